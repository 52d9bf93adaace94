//! Who saw a person.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::db::reporting::audit::accesses::{self, Access};
use crate::domain::access::compartments::Compartment;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ClientId, OrganisationId, UserId};
use crate::error::Result;

/// One request that showed something of the person, or changed it.
#[derive(Serialize, ToSchema)]
pub struct CaseAccess {
    /// When.
    at: Timestamp,
    /// By which user; null for a machine client.
    user_id: Option<UserId>,
    /// By which machine client; null for a user.
    client_id: Option<ClientId>,
    /// Of which organisation.
    organisation_id: OrganisationId,
    /// By which operation of this API.
    #[schema(max_length = 100)]
    operation: String,
    /// The cases of the person that it was about: this one, another episode, or one of a person who is merged into this one.
    #[schema(max_items = 200)]
    case_ids: Vec<CaseId>,
    /// The compartments that it opened; of a list, those that it opened of any case in it.
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// Whether the user had emergency access to one of these cases then.
    is_emergency: bool,
}

impl From<Access> for CaseAccess {
    fn from(Access { entry, cases, is_emergency }: Access) -> Self {
        Self {
            at: entry.recorded_at,
            user_id: entry.user_id,
            client_id: entry.client_id,
            organisation_id: entry.organisation_id,
            operation: entry.operation,
            case_ids: cases,
            compartments: entry.compartments.iter().collect(),
            is_emergency,
        }
    }
}

/// A page of accesses.
#[derive(Serialize, ToSchema)]
pub struct CaseAccessPage {
    /// Newest first.
    #[schema(max_items = 200)]
    items: Vec<CaseAccess>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// List who saw the person of a case, when, and which part.
///
/// For supervisors of the organisation that owns the case. It covers this case, the other cases of the person that your organisation owns,
/// and those of people who are merged into this person, since your organisation owns them; not what is about who sees a case. An access is listed once it is sealed, a minute later at most.
#[utoipa::path(
    tag = "audit",
    params(CasePath, PageQuery),
    responses((status = 200, body = CaseAccessPage, description = "A page"))
)]
#[get("/v1/cases/{id}/accesses")]
pub async fn list_case_accesses(
    http: HttpRequest,
    allowed: Allowed<may::CaseAccessesRead>,
    id: Path<CaseId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (id, page) = (id.0, page_request(query.0.limit, query.0.after));
    let page = allowed.read(move |tx| accesses::list(tx, id, &page)).await?.map(CaseAccess::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &CaseAccessPage { items: page.items, next: page.next }))
}

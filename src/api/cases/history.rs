//! The history of a case.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::db::casefile::history::FieldChange;
use crate::db::cases::history::{self, Change};
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::history::ChangeReason;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, UserId};
use crate::error::Result;

/// What one request changed in one part of a case.
#[derive(Serialize, ToSchema)]
pub struct CaseChange {
    /// Version of the case after the change.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
    /// When.
    changed_at: Timestamp,
    /// By which user; null for the system, and for another organisation's where your mission is a guest on the case.
    user_id: Option<UserId>,
    /// Of which organisation; null for another mission, where yours is a guest on the case.
    organisation_id: Option<OrganisationId>,
    /// By which operation of this API.
    #[schema(max_length = 100)]
    operation: String,
    /// Why, where the change follows from something else than a request on the case; null otherwise.
    reason: Option<ChangeReason>,
    /// The part of the case; null for fields outside the compartments.
    compartment: Option<Compartment>,
    /// What changed; absent where your grant does not open the compartment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100, nullable = false)]
    changes: Option<Vec<ChangedField>>,
    /// Whether `changes` is absent because your grant does not open the compartment.
    is_redacted: bool,
}

/// A field that changed.
#[derive(Serialize, ToSchema)]
pub struct ChangedField {
    /// The field.
    #[schema(max_length = 100, example = "identity.birth_date")]
    field: String,
    /// The value before.
    from: serde_json::Value,
    /// The value after.
    to: serde_json::Value,
}

/// A page of the history.
#[derive(Serialize, ToSchema)]
pub struct CaseHistoryPage {
    /// The changes, newest first.
    #[schema(max_items = 200)]
    items: Vec<CaseChange>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

impl From<Change> for CaseChange {
    fn from(change: Change) -> Self {
        let Change { version, changed_at, user_id, organisation_id, operation, subject: _, reason, compartment, changes } = change;
        let is_redacted = changes.is_none();
        let changes = changes.map(|fields| fields.into_iter().map(ChangedField::from).collect());
        Self { version, changed_at, user_id, organisation_id, operation, reason, compartment, changes, is_redacted }
    }
}

impl From<FieldChange> for ChangedField {
    fn from(change: FieldChange) -> Self {
        let FieldChange { field, from, to } = change;
        Self { field, from, to }
    }
}

/// The history of a case.
///
/// Every change, field by field, from and to, and by whom; redacted like the case itself.
#[utoipa::path(
    tag = "cases",
    params(CasePath, PageQuery),
    responses((status = 200, body = CaseHistoryPage, description = "A page"))
)]
#[get("/v1/cases/{id}/history")]
pub async fn list_case_history(
    http: HttpRequest,
    allowed: Allowed<may::CaseRead>,
    id: Path<CaseId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| history::list(tx, id.0, &page)).await?.map(CaseChange::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &CaseHistoryPage { items: page.items, next: page.next }))
}

//! What an organisation is told about access.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Query;
use crate::api::http::page::{self, page_request};
use crate::api::http::respond;
use crate::db::casefile::access_events::{self, AccessEventRow};
use crate::domain::codes::AccessEventKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{AccessEventId, CaseId};
use crate::error::Result;

/// Something that happened to your organisation's access, or to a case of yours. It never says why.
#[derive(Serialize, ToSchema)]
pub struct AccessEvent {
    /// Its id.
    id: AccessEventId,
    /// What happened.
    kind: AccessEventKind,
    /// The case. After `access_ended` it is not found any more: delete what you copied.
    case_id: CaseId,
    /// Its code; of an erased person, a text that stands for it.
    #[schema(max_length = 60)]
    case_code: String,
    /// When.
    happened_at: Timestamp,
}

/// A page of events.
#[derive(Serialize, ToSchema)]
pub struct AccessEventPage {
    /// Oldest first.
    #[schema(max_items = 200)]
    items: Vec<AccessEvent>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccessEventQuery {
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<AccessEventRow> for AccessEvent {
    fn from(row: AccessEventRow) -> Self {
        let AccessEventRow { id, organisation_id: _, kind, case_id, case_code, happened_at } = row;
        Self { id, kind, case_id, case_code, happened_at }
    }
}

/// List what happened to my organisation's access, oldest first.
///
/// `access_ended`: a consent was withdrawn or expired, a referral ended, the person is protected, or an emergency is over; which of them is
/// not said. `emergency_access`: somebody took emergency access.
#[utoipa::path(
    tag = "emergency access",
    params(AccessEventQuery),
    responses((status = 200, body = AccessEventPage, description = "A page"))
)]
#[get("/v1/access-events")]
pub async fn list_access_events(
    http: HttpRequest,
    allowed: Allowed<may::CaseRead>,
    query: Query<AccessEventQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| access_events::list(tx, &page)).await?.map(AccessEvent::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &AccessEventPage { items: page.items, next: page.next }))
}

//! What those who answer for data protection are told.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Query;
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::respond;
use crate::db::casefile::data_protection::DataProtectionEventRow;
use crate::db::reporting::audit::data_protection;
use crate::domain::codes::DataProtectionEventKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ClientId, DataProtectionEventId, UserId};
use crate::error::Result;

/// Something about access to cases that is odd, or that somebody must be able to answer for. It never says why.
#[derive(Serialize, ToSchema)]
pub struct DataProtectionEvent {
    /// Its id.
    id: DataProtectionEventId,
    /// What happened.
    kind: DataProtectionEventKind,
    /// The user whose acts it is about, where that is known.
    user_id: Option<UserId>,
    /// The machine client whose acts it is about, where that is known.
    client_id: Option<ClientId>,
    /// The case, if it is one case and your organisation sees it.
    case_id: Option<CaseId>,
    /// When it was noticed.
    happened_at: Timestamp,
}

impl From<DataProtectionEventRow> for DataProtectionEvent {
    fn from(row: DataProtectionEventRow) -> Self {
        let DataProtectionEventRow { id, organisation_id: _, kind, user_id, case_id, happened_at, client_id } = row;
        Self { id, kind, user_id, client_id, case_id, happened_at }
    }
}

/// A page of events.
#[derive(Serialize, ToSchema)]
pub struct DataProtectionEventPage {
    /// Newest first.
    #[schema(max_items = 200)]
    items: Vec<DataProtectionEvent>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// List what is odd about access, newest first.
///
/// `many_cases_opened`: a user opened 100 cases one by one within an hour, or saw 1,000 in lists. `refusals_in_a_row`: a user or a machine
/// client was refused 30 times within an hour, as not allowed or not found. Both are noticed when the audit trail is sealed, a minute
/// later at most, and told once an hour. `emergency_codes_guessed`: codes for emergency access led nowhere. The others are acts that
/// somebody must be able to answer for. Look up what was done in the audit trail, by `caller_id`.
#[utoipa::path(
    tag = "audit",
    params(PageQuery),
    responses((status = 200, body = DataProtectionEventPage, description = "A page"))
)]
#[get("/v1/audit/data-protection-events")]
pub async fn list_data_protection_events(
    http: HttpRequest,
    allowed: Allowed<may::DataProtectionRead>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| data_protection::list(tx, &page)).await?.map(DataProtectionEvent::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &DataProtectionEventPage { items: page.items, next: page.next }))
}

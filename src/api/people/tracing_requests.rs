//! Looking for the missing: what a mission, an NGO or a family asks.

use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Json, Path, Query, check};
use crate::api::http::items::MadeItems;
use crate::api::http::json::{Unread, in_order};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::TracingRequestPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::people::tracing_requests::{self, TracingRequest as Asked};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{TracingRelation, TracingStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, TracingRequestId};
use crate::domain::people::tracing::TracingDetails;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// A request for somebody who is missing.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTracingRequest {
    /// On whose behalf.
    relation: TracingRelation,
    /// Who is looked for, and what is known.
    #[validate(nested)]
    details: TracingDetails,
}

impl Input for CreateTracingRequest {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_ahead = self.details.last_contact_on.is_some_and(|day| day.earliest() > today);
        checks.refuse(is_ahead, "/details/last_contact_on", "date_in_future", "must not lie in the future");
        checks.found()
    }
}

/// A list of the missing.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTracingRequests {
    /// The requests; each is taken or refused on its own.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<CreateTracingRequest>,
    /// Those of the list that could not be read.
    #[serde(skip)]
    unread: Unread,
}

impl Input for CreateTracingRequests {
    const ENTRIES: Option<&'static str> = Some("items");

    fn set_aside(&mut self, unread: Unread) {
        self.unread = unread;
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let entries = self.items.len() + self.unread.len();
        checks.refuse(!(1..=500).contains(&entries), "/items", "length", "must have 1 to 500 entries");
        checks.found()
    }
}

/// A request of your organisation.
#[derive(Serialize, ToSchema)]
pub struct TracingRequest {
    /// Its id.
    id: TracingRequestId,
    /// On whose behalf.
    relation: TracingRelation,
    /// How far it is. `tracing_in_progress` says nothing about whether anybody was found.
    status: TracingStatus,
    /// Who is looked for, and what is known.
    details: TracingDetails,
    /// Whom to contact, once the person was found, wants the contact and consents; else empty.
    #[schema(max_items = 20)]
    contact: Vec<FoundAt>,
    /// When it was made.
    created_at: Timestamp,
    /// When you last changed it.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// An organisation to contact about somebody who was found. Never where the person is.
#[derive(Serialize, ToSchema)]
pub struct FoundAt {
    /// Its id.
    organisation_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    organisation: String,
}

impl From<Asked> for TracingRequest {
    fn from(asked: Asked) -> Self {
        Self {
            id: asked.row.id,
            relation: asked.row.relation,
            status: asked.row.status,
            details: asked.details,
            contact: asked.contact.into_iter().map(|(organisation_id, organisation)| FoundAt { organisation_id, organisation }).collect(),
            created_at: asked.row.created_at,
            updated_at: asked.row.updated_at,
            version: asked.row.version,
        }
    }
}

/// A page of requests.
#[derive(Serialize, ToSchema)]
pub struct TracingRequestPage {
    /// The requests, the newest first.
    #[schema(max_items = 200)]
    items: Vec<TracingRequest>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// What became of each request of a list.
#[derive(Serialize, ToSchema)]
pub struct TracingRequestResults {
    /// In the order of the list.
    #[schema(max_items = 500)]
    items: Vec<TracingRequestResult>,
}

/// What became of one request of a list.
#[derive(Serialize, ToSchema)]
pub struct TracingRequestResult {
    /// The request that was made; null where it was refused.
    id: Option<TracingRequestId>,
    /// What is wrong with it; empty where it was made.
    #[schema(max_items = 100)]
    errors: Vec<Violation>,
}

/// How a request ends.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CloseTracingRequest {
    /// `reunified`, or `closed`.
    status: TracingStatus,
}

impl Input for CloseTracingRequest {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let ends = matches!(self.status, TracingStatus::Reunified | TracingStatus::Closed);
        checks.refuse(!ends, "/status", "set_by_system", "must be reunified or closed");
        checks.found()
    }
}

/// An item of a list: good, or what is wrong with it.
type Checked = std::result::Result<CreateTracingRequest, Vec<Violation>>;

/// The requests of a list, in its order: those that were made, and what was wrong with the others.
type MadeList = MadeItems<TracingRequestId, Vec<Violation>>;

impl Rendered for MadeList {
    fn render(&self, _tx: &mut Tx<'_>) -> Result<Answer> {
        // Ids alone, of requests of the caller's own organisation: each is read at its own address.
        let items = self.0.iter().map(|item| match item {
            Ok(id) => TracingRequestResult { id: Some(*id), errors: Vec::new() },
            Err(errors) => TracingRequestResult { id: None, errors: errors.clone() },
        });
        let body = TracingRequestResults { items: items.collect() };
        respond::answer("/v1/tracing-requests".to_owned(), respond::etag(1, CompartmentSet::EMPTY), &body)
    }
}

impl Rendered for Apart<TracingRequestId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let asked = tracing_requests::find(tx, self.0)?;
        respond::answer(format!("/v1/tracing-requests/{}", self.0), etag(&asked), &TracingRequest::from(asked))
    }
}

fn etag(asked: &Asked) -> String {
    respond::etag(asked.row.version, CompartmentSet::EMPTY)
}

/// List the requests of your organisation.
///
/// The newest first.
#[utoipa::path(
    tag = "tracing",
    params(PageQuery),
    responses((status = 200, body = TracingRequestPage, description = "A page"))
)]
#[get("/v1/tracing-requests")]
pub async fn list_tracing_requests(
    http: HttpRequest,
    allowed: Allowed<may::TracingRequest>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| tracing_requests::list(tx, &page)).await?.map(TracingRequest::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &TracingRequestPage { items: page.items, next: page.next }))
}

/// Get a request of your organisation.
///
/// Whether nobody was found, the person declines or it is somebody else: the answer is the same. Only a person who wants the
/// contact and consents to it makes it `verified`, with the organisation to contact and nothing more; a consent that is withdrawn
/// takes that back at once.
#[utoipa::path(
    tag = "tracing",
    params(TracingRequestPath),
    responses((status = 200, body = TracingRequest, description = "The request"))
)]
#[get("/v1/tracing-requests/{id}")]
pub async fn get_tracing_request(allowed: Allowed<may::TracingRequest>, id: Path<TracingRequestId>) -> Result<HttpResponse> {
    let asked = allowed.read(move |tx| tracing_requests::find(tx, id.0)).await?;
    Ok(respond::changed(etag(&asked), &TracingRequest::from(asked)))
}

/// Look for somebody.
///
/// Everything is sealed for your organisation. Whoever is registered, now or later, is compared with it; only the organisation
/// that accompanies the person learns of a match, and asks them.
#[utoipa::path(
    tag = "tracing",
    request_body = CreateTracingRequest,
    responses((status = 201, body = TracingRequest, description = "Looked for"))
)]
#[post("/v1/tracing-requests")]
pub async fn create_tracing_request(allowed: Allowed<may::TracingRequest>, body: CreateBody<CreateTracingRequest>) -> Result<HttpResponse> {
    let CreateTracingRequest { relation, details } = body.input;
    allowed.create(body.key, move |tx| Ok(Apart(tracing_requests::insert(tx, relation, &details)?.row.id))).await
}

/// Look for everybody on a list.
///
/// Up to 500. Each is taken or refused on its own, and the answer says which.
#[utoipa::path(
    tag = "tracing",
    request_body = CreateTracingRequests,
    responses((status = 201, body = TracingRequestResults, description = "What became of each"))
)]
#[post("/v1/tracing-requests/batch")]
pub async fn create_tracing_requests(
    allowed: Allowed<may::TracingRequest>,
    body: CreateBody<CreateTracingRequests>,
) -> Result<HttpResponse> {
    let today = allowed.today();
    let CreateTracingRequests { items, unread } = body.input;
    let read: Vec<Checked> = items.into_iter().map(|item| check(item, today).map_err(|refused| refused.errors)).collect();
    let checked: Arc<Vec<Checked>> = Arc::new(in_order(read, unread, Err));
    let again = checked.clone();
    allowed
        .create_recalled(
            body.key,
            move |kept| Some(MadeList::recall(kept, &again)),
            move |tx| {
                // An empty list of good ones is still something that was asked.
                tx.audit_unchanged(uuid::Uuid::nil());
                let mut items = Vec::with_capacity(checked.len());
                for item in checked.iter() {
                    items.push(match item {
                        Ok(new) => Ok(tracing_requests::insert(tx, new.relation, &new.details)?.row.id),
                        Err(errors) => Err(errors.clone()),
                    });
                }
                Ok(MadeItems(items))
            },
        )
        .await
}

/// Look no more.
///
/// With `If-Match`: you met (`reunified`), or gave it up (`closed`).
#[utoipa::path(
    tag = "tracing",
    params(TracingRequestPath, IfMatch),
    request_body = CloseTracingRequest,
    responses((status = 200, body = TracingRequest, description = "Ended"))
)]
#[post("/v1/tracing-requests/{id}/close")]
pub async fn close_tracing_request(
    allowed: Allowed<may::TracingRequest>,
    id: Path<TracingRequestId>,
    if_match: IfMatch,
    body: Json<CloseTracingRequest>,
) -> Result<HttpResponse> {
    let status = body.0.status;
    let asked = allowed.write(move |tx| tracing_requests::close(tx, id.0, if_match.expected(), status)).await?;
    Ok(respond::changed(etag(&asked), &TracingRequest::from(asked)))
}

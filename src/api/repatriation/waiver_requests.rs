//! Lists of waivers: one note verbale for many fines, with an answer for each.

use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::WaiverRequestPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::repatriation::waiver_requests::{self, Member, Members, RequestRow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{WaiverReason, WaiverStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, RecordId, WaiverRequestId};
use crate::domain::money::Percent;
use crate::domain::repatriation::waiver_request::{WaiverAnswer, WaiverRequest};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// A list of waivers, without its members.
#[derive(Serialize, ToSchema)]
pub struct WaiverRequestSummary {
    /// Its id.
    id: WaiverRequestId,
    /// Number of the note verbale or letter.
    #[schema(max_length = 100)]
    reference: String,
    /// To which authority it went.
    #[schema(max_length = 200)]
    addressee: String,
    /// When it was sent.
    #[schema(max_length = 10)]
    sent_on: NaiveDate,
    /// The part of each fine that was asked to be waived.
    requested_percent: Percent,
    /// Why.
    reason: WaiverReason,
    /// When it was made.
    created_at: Timestamp,
    /// When members or answers were last added.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl TryFrom<&RequestRow> for WaiverRequestSummary {
    type Error = Error;

    fn try_from(row: &RequestRow) -> Result<Self> {
        let WaiverRequest { reference, addressee, sent_on, requested_percent, reason } = row.content()?;
        let RequestRow { id, created_at, updated_at, version, .. } = *row;
        Ok(Self { id, reference, addressee, sent_on, requested_percent, reason, created_at, updated_at, version })
    }
}

/// A list of waivers, with its members.
#[derive(Serialize, ToSchema)]
#[schema(as = WaiverRequest)]
pub struct WaiverRequestFile {
    #[serde(flatten)]
    request: WaiverRequestSummary,
    /// Whose fines it asks to waive, of those whom you may see.
    #[schema(max_items = 10000)]
    members: Vec<WaiverRequestMember>,
}

/// A member of a list of waivers.
#[derive(Serialize, ToSchema)]
pub struct WaiverRequestMember {
    /// The case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20)]
    code: String,
    /// The waiver on the case.
    waiver_id: RecordId,
    /// What the authority said.
    status: WaiverStatus,
    /// The part that is waived; null: not granted, or an amount.
    granted_percent: Option<Percent>,
    /// When the authority decided.
    #[schema(max_length = 10)]
    answered_on: Option<NaiveDate>,
    /// Reference of the decision.
    #[schema(max_length = 100)]
    reference: Option<String>,
}

impl From<Member> for WaiverRequestMember {
    fn from(member: Member) -> Self {
        let Member { case_id, code, waiver_id, waiver } = member;
        Self {
            case_id,
            code,
            waiver_id,
            status: waiver.status,
            granted_percent: waiver.percent.filter(|_| waiver.status == WaiverStatus::Granted),
            answered_on: waiver.decided_on,
            reference: waiver.reference,
        }
    }
}

impl TryFrom<Members> for WaiverRequestFile {
    type Error = Error;

    fn try_from(found: Members) -> Result<Self> {
        let Members { request, members } = found;
        Ok(Self { request: (&request).try_into()?, members: members.into_iter().map(Into::into).collect() })
    }
}

/// A page of lists of waivers.
#[derive(Serialize, ToSchema)]
pub struct WaiverRequestPage {
    /// The lists, the newest first.
    #[schema(max_items = 200)]
    items: Vec<WaiverRequestSummary>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

impl Input for WaiverRequest {
    fn violations(&self, today: Today) -> Vec<Violation> {
        Self::violations(self, today)
    }
}

/// Cases to be put on a list of waivers.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddWaiverRequestMembers {
    /// The cases.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    case_ids: Vec<CaseId>,
}
impl Input for AddWaiverRequestMembers {}

/// What the authority answered.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnswerWaiverRequest {
    /// The answers, each for one member.
    #[validate(length(min = 1, max = 200), nested)]
    #[schema(min_items = 1, max_items = 200)]
    answers: Vec<WaiverAnswer>,
}

impl Input for AnswerWaiverRequest {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        WaiverAnswer::check_all(&self.answers, &mut checks);
        checks.found()
    }
}

fn etag(request: &RequestRow) -> String {
    respond::etag(request.version, CompartmentSet::EMPTY)
}

impl Rendered for Apart<WaiverRequestId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let found = waiver_requests::find(tx, self.0)?;
        let etag = etag(&found.request);
        respond::answer(format!("/v1/waiver-requests/{}", self.0), etag, &WaiverRequestFile::try_from(found)?)
    }
}

/// List the lists of waivers of your organisation.
///
/// The newest first.
#[utoipa::path(tag = "immigration", params(PageQuery), responses((status = 200, body = WaiverRequestPage, description = "A page")))]
#[get("/v1/waiver-requests")]
pub async fn list_waiver_requests(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| waiver_requests::list(tx, &page)).await?;
    let items = page.items.iter().map(WaiverRequestSummary::try_from).collect::<Result<_>>()?;
    Ok(respond::page(&http, page.next.clone().as_deref(), &WaiverRequestPage { items, next: page.next }))
}

/// Get a list of waivers, with the answer for each member.
///
/// Only your own organisation's.
#[utoipa::path(tag = "immigration", params(WaiverRequestPath), responses((status = 200, body = WaiverRequestFile, description = "The list")))]
#[get("/v1/waiver-requests/{id}")]
pub async fn get_waiver_request(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<WaiverRequestId>) -> Result<HttpResponse> {
    let found = allowed.read(move |tx| waiver_requests::find(tx, id.0)).await?;
    let etag = etag(&found.request);
    Ok(respond::found(&http, etag, &WaiverRequestFile::try_from(found)?))
}

/// Make a list of waivers.
///
/// What one note verbale or letter asks for, with no members yet.
#[utoipa::path(
    tag = "immigration",
    request_body = WaiverRequest,
    responses((status = 201, body = WaiverRequestFile, description = "Made"))
)]
#[post("/v1/waiver-requests")]
pub async fn create_waiver_request(allowed: Allowed<may::CaseUpdate>, body: CreateBody<WaiverRequest>) -> Result<HttpResponse> {
    let content = body.input;
    allowed.create(body.key, move |tx| Ok(Apart(waiver_requests::insert(tx, content.clone())?))).await
}

/// Put cases on a list of waivers: all of them, or none.
///
/// Records on each case that the waiver was asked for. If anything is refused the answer is 422, with the place in the list and a code:
/// `not_found`, `duplicate`, `closed_to_you`, `case_closed`.
#[utoipa::path(
    tag = "immigration",
    params(WaiverRequestPath),
    request_body = AddWaiverRequestMembers,
    responses((status = 201, body = WaiverRequestFile, description = "On the list"))
)]
#[post("/v1/waiver-requests/{id}/members")]
pub async fn add_waiver_request_members(
    allowed: Allowed<may::CaseUpdate>,
    id: Path<WaiverRequestId>,
    body: CreateBody<AddWaiverRequestMembers>,
) -> Result<HttpResponse> {
    let AddWaiverRequestMembers { case_ids } = body.input;
    allowed.create(body.key, move |tx| waiver_requests::add(tx, id.0, &case_ids).map(|()| Apart(id.0))).await
}

/// Record what the authority answered for members of a list of waivers: all, or none.
///
/// Each answer is the change of the waiver on its case, by the same rules and in its history. The codes of a refusal are those of
/// adding members and of changing a waiver.
#[utoipa::path(
    tag = "immigration",
    params(WaiverRequestPath),
    request_body = AnswerWaiverRequest,
    responses((status = 201, body = WaiverRequestFile, description = "Recorded"))
)]
#[post("/v1/waiver-requests/{id}/answers")]
pub async fn answer_waiver_request(
    allowed: Allowed<may::CaseUpdate>,
    id: Path<WaiverRequestId>,
    body: CreateBody<AnswerWaiverRequest>,
) -> Result<HttpResponse> {
    let AnswerWaiverRequest { answers } = body.input;
    allowed.create(body.key, move |tx| waiver_requests::answer(tx, id.0, &answers).map(|()| Apart(id.0))).await
}

//! Referrals: a service that another organisation is asked for.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::access::{Allowed, may};
use super::extract::{CreateBody, IfMatch, Input, Json, Path, Query};
use super::page::page_request;
use super::respond;
use crate::db::sharing::referrals::{self, NewReferral, ReferralFilter, Step};
use crate::domain::codes::{Gender, ReferralKind, ReferralService, ReferralStatus, ReferralUrgency, RiskLevel};
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, ReferralId};
use crate::domain::repatriation::CoarseStatus;
use crate::domain::sharing::{AgeBand, Side, next_steps};
use crate::domain::violation::{Checks, Violation};
use crate::error::Result;

/// A referral, a transfer of the case, or a request for one.
#[derive(Serialize, ToSchema)]
#[schema(as = Referral)]
pub struct ReferralRecord {
    /// Its id.
    id: ReferralId,
    /// What is handed on.
    kind: ReferralKind,
    /// How far it is.
    status: ReferralStatus,
    /// The steps that your side may take now.
    #[schema(max_items = 7)]
    next: Vec<ReferralStatus>,
    /// The organisation that owns the case.
    owner_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    owner_name: String,
    /// The organisation that is asked, or that asks for the case.
    other_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    other_name: String,
    /// The service, for a referral.
    service: Option<ReferralService>,
    /// How soon it is needed.
    urgency: ReferralUrgency,
    /// The compartments that acceptance opens.
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// The consent it rests on; null for whoever does not own the case, and for a request that is not answered yet.
    consent_id: Option<ConsentId>,
    /// The person in outline. All that there is to see before acceptance.
    preview: CasePreview,
    /// The case, once you see it.
    case_id: Option<CaseId>,
    /// What was said; absent as long as your organisation does not see who the person is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    words: Option<ReferralWords>,
    /// The compartment that `words` is absent for.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was sent.
    sent_at: Option<Timestamp>,
    /// When it was answered.
    answered_at: Option<Timestamp>,
    /// When it was over.
    closed_at: Option<Timestamp>,
    /// Unless it is answered, it expires then.
    answer_by: Timestamp,
    /// The access that it gives ends then, if not before.
    expires_at: Option<Timestamp>,
    /// Its version, as in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A person in outline (class B).
#[derive(Serialize, ToSchema)]
pub struct CasePreview {
    /// The code of the case.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    code: String,
    /// About how old.
    age_band: AgeBand,
    /// Gender.
    gender: Gender,
    /// About how far on the road home.
    status: CoarseStatus,
    /// Where the person is stranded.
    host_country: Country,
    /// Danger to the person.
    risk_level: RiskLevel,
}

/// What the two sides said.
#[derive(Serialize, ToSchema)]
pub struct ReferralWords {
    /// Why, from whoever asked.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// Why it was rejected or revoked.
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// What came of it.
    #[schema(max_length = 2000)]
    feedback: Option<String>,
}

/// The referrals of a case.
#[derive(Serialize, ToSchema)]
pub struct ReferralList {
    /// Oldest first. Whoever does not own the case sees those that concern their own organisation.
    #[schema(max_items = 1000)]
    pub items: Vec<ReferralRecord>,
}

/// A page of referrals.
#[derive(Serialize, ToSchema)]
pub struct ReferralPage {
    /// Newest first.
    #[schema(max_items = 200)]
    items: Vec<ReferralRecord>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// A referral to be made.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateReferral {
    /// The organisation that is asked.
    to_organisation_id: OrganisationId,
    /// The service.
    service: ReferralService,
    /// How soon it is needed.
    urgency: ReferralUrgency,
    /// The compartments that acceptance opens: at least one, and none that the consent does not cover.
    #[validate(length(min = 1, max = 6))]
    #[schema(min_items = 1, max_items = 6)]
    compartments: Vec<Compartment>,
    /// The consent it rests on; any that holds if not stated.
    consent_id: Option<ConsentId>,
    /// Whether it is only prepared, and sent later with a step to `in_progress`.
    #[serde(default)]
    draft: bool,
    /// When the access that it gives ends, if not before.
    expires_at: Option<Timestamp>,
    /// Why. The other side reads it after acceptance, if the identity is among the compartments.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

impl Input for CreateReferral {
    fn violations(&self, today: NaiveDate) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        super::sharing::check_distinct(&mut checks, &self.compartments);
        let ends = self.expires_at.map(Timestamp::date);
        checks.refuse(ends.is_some_and(|ends| ends < today), "/expires_at", "date_in_past", "must not lie in the past");
        checks.found()
    }
}

/// A step of a referral or a transfer.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReferralStep {
    /// To this status; `next` lists those that are open to your side.
    to: ReferralStatus,
    /// For an owner who accepts a request: the consent; any that holds if not stated.
    consent_id: Option<ConsentId>,
    /// Why; required for `rejected` and `revoked`.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
    /// What came of it, for `done`.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    feedback: Option<String>,
}

impl Input for ReferralStep {
    fn violations(&self, today: NaiveDate) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let ends = matches!(self.to, ReferralStatus::Rejected | ReferralStatus::Revoked);
        checks.require(ends && self.reason.is_none(), "/reason", "tells the other side why");
        checks.refuse(self.to != ReferralStatus::Done && self.feedback.is_some(), "/feedback", "not_expected", "belongs to the step done");
        checks.found()
    }
}

impl From<ReferralStep> for Step {
    fn from(step: ReferralStep) -> Self {
        let ReferralStep { to, consent_id, reason, feedback } = step;
        Self { to, consent: consent_id, reason, feedback }
    }
}

/// Which direction.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To my organisation.
    Incoming,
    /// About cases of my organisation.
    Outgoing,
}

/// Which referrals.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReferralQuery {
    /// To my organisation, or about its cases; both if not stated.
    #[param(inline)]
    direction: Option<Direction>,
    /// With this status.
    status: Option<ReferralStatus>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl ReferralRecord {
    /// What goes out of a referral.
    pub fn of(referral: referrals::Referral, now: Timestamp) -> Self {
        let referrals::Referral { row, side, case, owner_name, other_name, details, sees_case } = referral;
        let redacted = if details.is_some() { Vec::new() } else { vec![Compartment::Identity] };
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            next: next_steps(row.kind, side, row.status),
            owner_id: row.owner_id,
            owner_name,
            other_id: row.other_id,
            other_name,
            service: row.service,
            urgency: row.urgency,
            compartments: row.compartments.iter().collect(),
            consent_id: row.consent_id.filter(|_| side == Side::Owner),
            preview: CasePreview {
                code: case.code,
                age_band: AgeBand::of(case.birth_year, case.is_child, now),
                gender: case.gender,
                status: CoarseStatus::of(case.stage, case.side_state),
                host_country: case.host_country,
                risk_level: case.risk_level,
            },
            case_id: sees_case.then_some(row.case_id),
            words: details.map(|words| ReferralWords { note: words.note, reason: words.reason, feedback: words.feedback }),
            redacted,
            created_at: row.created_at,
            sent_at: row.sent_at,
            answered_at: row.answered_at,
            closed_at: row.closed_at,
            answer_by: row.answer_by,
            expires_at: row.expires_at,
            version: row.version,
        }
    }
}

/// What the caller sees of it changes with the grant, so that is in the ETag.
pub fn etag(referral: &referrals::Referral) -> String {
    let words = referral.details.as_ref().map(|_| Compartment::Identity);
    let view = if referral.sees_case { words.into_iter().chain([Compartment::Contact]).collect() } else { CompartmentSet::EMPTY };
    respond::etag(referral.row.version, view)
}

/// List the referrals of a case.
///
/// Needs `case:read`; recorded in the audit trail.
#[utoipa::path(tag = "referral", security(("bearer" = ["case:read"])), params(("id" = CaseId, Path, description = "The case")), responses((status = 200, body = ReferralList, description = "The referrals")))]
#[get("/v1/cases/{id}/referrals")]
pub async fn list_case_referrals(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<ReferralList>> {
    let now = allowed.now();
    let items = allowed.read(move |tx| referrals::list_of_case(tx, id.0, &[ReferralKind::Referral])).await?;
    Ok(web::Json(ReferralList { items: items.into_iter().map(|item| ReferralRecord::of(item, now)).collect() }))
}

/// Refer a person to another organisation for a service.
///
/// Needs a live consent of the person that includes the organisation and covers every compartment: without one, 422
/// `consent_required` says which is missing. Until the other side accepts it sees a preview and no more; acceptance opens the
/// compartments. Only the owner of the case refers. Needs `sharing:write`; recorded in the audit trail; send an `Idempotency-Key` to be
/// able to repeat the request safely.
#[utoipa::path(tag = "referral", security(("bearer" = ["sharing:write"])), params(("id" = CaseId, Path, description = "The case")), request_body = CreateReferral, responses((status = 201, body = ReferralRecord, description = "Made")))]
#[post("/v1/cases/{id}/referrals")]
pub async fn create_referral(
    allowed: Allowed<may::SharingWrite>,
    id: Path<CaseId>,
    body: CreateBody<CreateReferral>,
) -> Result<HttpResponse> {
    let input = body.input;
    let new = NewReferral {
        kind: ReferralKind::Referral,
        other: input.to_organisation_id,
        service: Some(input.service),
        urgency: input.urgency,
        compartments: input.compartments.iter().copied().collect(),
        consent: input.consent_id,
        is_draft: input.draft,
        expires_at: input.expires_at,
        note: input.note,
    };
    allowed
        .create(body.key, move |tx| {
            let referral = referrals::insert(tx, id.0, &new)?;
            let (location, etag, now) = (format!("/v1/referrals/{}", referral.row.id), etag(&referral), tx.now);
            respond::answer(location, etag, Some(id.0), &ReferralRecord::of(referral, now))
        })
        .await
}

/// List referrals to my organisation and about its cases, newest first.
///
/// Needs `case:read`; recorded in the audit trail.
#[utoipa::path(tag = "referral", security(("bearer" = ["case:read"])), params(ReferralQuery), responses((status = 200, body = ReferralPage, description = "A page")))]
#[get("/v1/referrals")]
pub async fn list_referrals(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<ReferralQuery>) -> Result<HttpResponse> {
    page_of(&http, &allowed, query.0, vec![ReferralKind::Referral]).await
}

/// A page of referrals of some kinds.
pub async fn page_of(
    http: &HttpRequest,
    allowed: &Allowed<may::CaseRead>,
    query: ReferralQuery,
    kinds: Vec<ReferralKind>,
) -> Result<HttpResponse> {
    let now = allowed.now();
    let ReferralQuery { direction, status, limit, after } = query;
    let filter = ReferralFilter { kinds, incoming: direction.map(|direction| matches!(direction, Direction::Incoming)), status };
    let page = page_request(limit, after)?;
    let page = allowed.read(move |tx| referrals::list(tx, &filter, &page)).await?.map(|item| ReferralRecord::of(item, now));
    Ok(respond::page(http, page.next.clone().as_deref(), &ReferralPage { items: page.items, next: page.next }))
}

/// Get a referral.
///
/// Needs `case:read`; recorded in the audit trail.
#[utoipa::path(tag = "referral", security(("bearer" = ["case:read"])), params(("id" = ReferralId, Path, description = "The referral")), responses((status = 200, body = ReferralRecord, description = "The referral")))]
#[get("/v1/referrals/{id}")]
pub async fn get_referral(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<ReferralId>) -> Result<HttpResponse> {
    one_of(&http, &allowed, id.0, &[ReferralKind::Referral]).await
}

/// One referral of some kinds.
pub async fn one_of(
    http: &HttpRequest,
    allowed: &Allowed<may::CaseRead>,
    id: ReferralId,
    kinds: &'static [ReferralKind],
) -> Result<HttpResponse> {
    let now = allowed.now();
    let referral = allowed.read(move |tx| referrals::find(tx, id, kinds)).await?;
    Ok(respond::found(http, etag(&referral), &ReferralRecord::of(referral, now)))
}

/// Take a step of a referral.
///
/// The owner sends and revokes; the other side accepts or rejects; either says that it is done, with feedback. What is sent or
/// accepted must rest on a consent that holds now. `done`, `rejected` and `revoked` end the access that the referral gave. With
/// `If-Match`. Needs `sharing:write`; recorded in the audit trail.
#[utoipa::path(tag = "referral", security(("bearer" = ["sharing:write"])), params(("id" = ReferralId, Path, description = "The referral"), ("If-Match" = String, Header, description = "The ETag you read", max_length = 100)), request_body = ReferralStep, responses((status = 200, body = ReferralRecord, description = "Where it stands now")))]
#[post("/v1/referrals/{id}/transitions")]
pub async fn advance_referral(
    allowed: Allowed<may::SharingWrite>,
    id: Path<ReferralId>,
    if_match: IfMatch,
    body: Json<ReferralStep>,
) -> Result<HttpResponse> {
    step_of(&allowed, id.0, if_match.version(), body.0, &[ReferralKind::Referral]).await
}

/// A step of a referral of some kinds.
pub async fn step_of(
    allowed: &Allowed<may::SharingWrite>,
    id: ReferralId,
    version: i64,
    step: ReferralStep,
    kinds: &'static [ReferralKind],
) -> Result<HttpResponse> {
    let (now, step) = (allowed.now(), Step::from(step));
    let referral = allowed.write(move |tx| referrals::advance(tx, id, kinds, version, &step)).await?;
    Ok(respond::changed(etag(&referral), &ReferralRecord::of(referral, now)))
}

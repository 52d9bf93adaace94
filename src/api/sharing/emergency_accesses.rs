//! Emergency access: three hours on one case, for whoever must act before anybody can be asked, and a review afterwards.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, Input, Json, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::{CasePath, EmergencyAccessPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::sharing::emergency_access::{self, Emergency};
use crate::db::sharing::emergency_bar::{self, EmergencyLift};
use crate::db::sharing::emergency_misses;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::ReviewVerdict;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, EmergencyAccessId, OrganisationId, UserId};
use crate::domain::sharing::REASON_LENGTH;
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::{ErrorCode, Result};

/// Emergency access that was taken.
#[derive(Serialize, ToSchema)]
pub struct EmergencyAccess {
    /// Its id.
    id: EmergencyAccessId,
    /// The case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20)]
    case_code: String,
    /// The organisation that owns the case.
    owner_id: OrganisationId,
    /// The organisation of whoever took it.
    organisation_id: OrganisationId,
    /// Who took it. Nobody else sees anything by it.
    user_id: UserId,
    /// What it opens.
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// Why.
    #[schema(max_length = 2000)]
    reason: String,
    /// When it was taken.
    created_at: Timestamp,
    /// When it ends. Nothing extends it.
    expires_at: Timestamp,
    /// What the review found; null: it waits.
    verdict: Option<ReviewVerdict>,
    /// What the review says.
    #[schema(max_length = 2000)]
    review_note: Option<String>,
    /// When it was reviewed.
    reviewed_at: Option<Timestamp>,
    /// Who reviewed it.
    reviewed_by: Option<UserId>,
    /// Its version.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A page of emergency accesses.
#[derive(Serialize, ToSchema)]
pub struct EmergencyAccessPage {
    /// Newest first.
    #[schema(max_items = 200)]
    items: Vec<EmergencyAccess>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Emergency access to be taken.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateEmergencyAccess {
    /// The code of the case, as it was told on the phone.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// What must be read. Never `location` or `protection`.
    #[validate(length(min = 1, max = 4))]
    #[schema(min_items = 1, max_items = 4)]
    compartments: Vec<Compartment>,
    /// Why nobody can be asked first, in at least 20 characters.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = "REASON_LENGTH", max = 2000))]
    #[schema(min_length = 20, max_length = 2000)]
    reason: String,
}

impl Input for CreateEmergencyAccess {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.distinct("/compartments", &self.compartments);
        for (at, compartment) in self.compartments.iter().enumerate() {
            let is_closed = matches!(compartment, Compartment::Location | Compartment::Protection);
            checks.refuse(is_closed, &format!("/compartments/{at}"), "never_in_emergency", "is not opened even in an emergency");
        }
        let is_blank = u64::try_from(self.reason.trim().chars().count()).unwrap_or(0) < REASON_LENGTH;
        checks.refuse(is_blank, "/reason", "too_short", "must give the reason, in at least 20 characters");
        checks.found()
    }
}

/// What a review found.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EmergencyReview {
    /// Whether it was right. `unjustified` also ends it, if it has not ended yet.
    verdict: ReviewVerdict,
    /// Why.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
}
impl Input for EmergencyReview {}

/// For whom emergency access is opened again.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LiftEmergencyBar {
    /// The organisation that may take it again.
    organisation_id: OrganisationId,
}
impl Input for LiftEmergencyBar {}

/// That an organisation may take emergency access to a person again.
#[derive(Serialize, ToSchema)]
pub struct EmergencyBarLift {
    /// The case on which it was recorded. It holds for every case of the person.
    case_id: CaseId,
    /// The organisation.
    organisation_id: OrganisationId,
    /// When it was lifted. What happens after this bars the organisation anew.
    lifted_at: Timestamp,
    /// The supervisor who lifted it.
    lifted_by: UserId,
}

impl From<EmergencyLift> for EmergencyBarLift {
    fn from(lift: EmergencyLift) -> Self {
        let EmergencyLift { case_id, organisation_id, lifted_at, lifted_by, .. } = lift;
        Self { case_id, organisation_id, lifted_at, lifted_by }
    }
}

/// Which emergency accesses.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EmergencyQuery {
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<Emergency> for EmergencyAccess {
    fn from(emergency: Emergency) -> Self {
        let Emergency { row, case_code, details } = emergency;
        Self {
            id: row.id,
            case_id: row.case_id,
            case_code,
            owner_id: row.owner_id,
            organisation_id: row.organisation_id,
            user_id: row.user_id,
            compartments: row.compartments.iter().collect(),
            reason: details.reason,
            created_at: row.created_at,
            expires_at: row.expires_at,
            verdict: row.verdict,
            review_note: details.review_note,
            reviewed_at: row.reviewed_at,
            reviewed_by: row.reviewed_by,
            version: row.version,
        }
    }
}

impl Rendered for OfCase<EmergencyAccessId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let emergency = emergency_access::find(tx, self.id)?;
        let etag = respond::etag(emergency.row.version, CompartmentSet::EMPTY);
        respond::answer(format!("/v1/cases/{}", self.case), etag, &EmergencyAccess::from(emergency))
    }
}

/// Take emergency access to a case.
///
/// For three hours, for you alone, and only to read; nothing extends it. The supervisors of the owner and whoever answers for data
/// protection are told at once, and review it. One for a person in seven days, unless the owner finds the last one justified; none after
/// one that was found unjustified, or after the person refused your organisation, until the owner lifts that. All this, a case in the
/// protection pathway, one whose person denied your organisation, and one that does not exist answer alike: 404. At most five at a
/// time. Codes that lead nowhere are counted: after three of yours in a day those who answer for data protection are told, and after
/// ten, or thirty of your organisation, the answer is 429 until midnight UTC.
#[utoipa::path(
    tag = "emergency access",
    request_body = CreateEmergencyAccess,
    responses((status = 201, body = EmergencyAccess, description = "Taken"))
)]
#[post("/v1/emergency-accesses")]
pub async fn create_emergency_access(
    allowed: Allowed<may::Fresh<may::EmergencyAccessTake>>,
    body: CreateBody<CreateEmergencyAccess>,
) -> Result<HttpResponse> {
    let CreateEmergencyAccess { case_code, compartments, reason } = body.input;
    let compartments: CompartmentSet = compartments.into_iter().collect();
    // A try is a miss until its code has led somewhere.
    allowed.write(emergency_misses::count).await?;
    let taken = allowed
        .create(body.key, move |tx| {
            let emergency = emergency_access::take(tx, &case_code.trim().to_uppercase(), compartments, reason.trim())?;
            Ok(OfCase { case: emergency.row.case_id, id: emergency.row.id })
        })
        .await;
    match &taken {
        Err(refusal) if refusal.code == ErrorCode::NotFound => allowed.write(emergency_misses::tell).await?,
        _ => allowed.write(emergency_misses::take_back).await?,
    }
    taken
}

/// List emergency access: what was taken on my organisation's cases, and by my organisation, newest first.
///
/// Whoever reviews nothing sees their own.
#[utoipa::path(
    tag = "emergency access",
    params(EmergencyQuery),
    responses((status = 200, body = EmergencyAccessPage, description = "A page"))
)]
#[get("/v1/emergency-accesses")]
pub async fn list_emergency_accesses(
    http: HttpRequest,
    allowed: Allowed<may::CaseRead>,
    query: Query<EmergencyQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| emergency_access::list(tx, &page)).await?.map(EmergencyAccess::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &EmergencyAccessPage { items: page.items, next: page.next }))
}

/// Review an emergency access.
///
/// By a supervisor of the owner, or by whoever answers for data protection on either side; never by whoever took it. Once; the owner
/// also after the other side. `unjustified` bars the organisation from this person until the owner lifts it.
#[utoipa::path(
    tag = "emergency access",
    params(EmergencyAccessPath),
    request_body = EmergencyReview,
    responses((status = 200, body = EmergencyAccess, description = "Reviewed"))
)]
#[post("/v1/emergency-accesses/{id}/review")]
pub async fn review_emergency_access(
    allowed: Allowed<may::Fresh<may::EmergencyAccessReview>>,
    id: Path<EmergencyAccessId>,
    body: Json<EmergencyReview>,
) -> Result<HttpResponse> {
    let EmergencyReview { verdict, note } = body.0;
    let emergency = allowed.write(move |tx| emergency_access::review(tx, id.0, verdict, &note)).await?;
    Ok(respond::changed(respond::etag(emergency.row.version, CompartmentSet::EMPTY), &EmergencyAccess::from(emergency)))
}

/// Let an organisation take emergency access to a person again.
///
/// After an access that was found unjustified, after the person refused the organisation, or within the seven days of the last one. It
/// gives no access by itself, and no denial is lifted by it. By a supervisor of the owner.
#[utoipa::path(
    tag = "emergency access",
    params(CasePath),
    request_body = LiftEmergencyBar,
    responses((status = 200, body = EmergencyBarLift, description = "Lifted"))
)]
#[post("/v1/cases/{id}/emergency-access-bar/lift")]
pub async fn lift_emergency_bar(
    allowed: Allowed<may::Fresh<may::EmergencyAccessReview>>,
    id: Path<CaseId>,
    body: Json<LiftEmergencyBar>,
) -> Result<web::Json<EmergencyBarLift>> {
    let organisation = body.0.organisation_id;
    let lift = allowed.write(move |tx| emergency_bar::lift(tx, id.0, organisation)).await?;
    Ok(web::Json(EmergencyBarLift::from(lift)))
}

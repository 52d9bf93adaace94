//! Nationality verifications: asked of a mission, answered by that mission alone.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path};
use crate::api::http::path_params::{CasePath, NationalityVerificationPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::place;
use crate::db::process::verifications::{Verification, VerificationDetails};
use crate::db::repatriation::nationality_verifications as verifications;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{InterviewMode, NationalityEvidence, NationalityResult};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{AttachmentId, CaseId, MissionId, NationalityVerificationId};
use crate::domain::lists::null_as_empty;
use crate::domain::text::lines;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::Result;

/// A mission's verification of the claimed nationality.
#[derive(Serialize, ToSchema)]
pub struct NationalityVerification {
    /// Its id.
    id: NationalityVerificationId,
    /// The case.
    case_id: CaseId,
    /// The mission that was asked.
    mission_id: MissionId,
    /// The nationality that was claimed when it was asked.
    claimed_state: Country,
    /// When it was asked.
    #[schema(max_length = 10)]
    requested_on: NaiveDate,
    /// When the mission interviewed the person.
    #[schema(max_length = 10)]
    interview_on: Option<NaiveDate>,
    /// How.
    interview_mode: Option<InterviewMode>,
    /// What the finding rests on.
    #[schema(max_items = 20)]
    evidence: Vec<NationalityEvidence>,
    /// What the mission found.
    result: NationalityResult,
    /// When.
    #[schema(max_length = 10)]
    result_on: Option<NaiveDate>,
    /// The home authority's reference.
    #[schema(max_length = 100)]
    home_authority_reference: Option<String>,
    /// Why the claim was rejected or found inconclusive.
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// The note verbale with which a mission without account answered.
    #[schema(max_length = 100)]
    note_verbale: Option<String>,
    /// Its scan among the files of the case.
    note_verbale_id: Option<AttachmentId>,
    /// Whether the coordination desk recorded the answer.
    recorded_at_desk: bool,
    /// When it was recorded.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// The verifications of a case.
#[derive(Serialize, ToSchema)]
pub struct NationalityVerificationList {
    /// The verifications, oldest first. A mission that is a guest on the case sees its own only.
    #[schema(max_items = 300)]
    items: Vec<NationalityVerification>,
}

/// A verification to be asked for.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateNationalityVerification {
    /// The mission. The person must have accepted contact with it.
    mission_id: MissionId,
    /// When it was asked; today if not stated.
    #[schema(max_length = 10)]
    requested_on: Option<NaiveDate>,
}

impl Input for CreateNationalityVerification {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let is_future = self.requested_on.is_some_and(|day| day > today);
        is_future.then(|| Violation::new("/requested_on", "date_in_future", "must not lie in the future")).into_iter().collect()
    }
}

/// What the mission found. In a patch every field is optional.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateNationalityVerification {
    /// When the mission interviewed the person.
    #[schema(max_length = 10)]
    interview_on: Option<NaiveDate>,
    /// How.
    interview_mode: Option<InterviewMode>,
    /// What the finding rests on.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<NationalityEvidence>>, max_items = 20)]
    evidence: Vec<NationalityEvidence>,
    /// What the mission found. `verified` needs evidence; `rejected` and `inconclusive` need a reason.
    result: NationalityResult,
    /// When; today if not stated.
    #[schema(max_length = 10)]
    result_on: Option<NaiveDate>,
    /// The home authority's reference.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    home_authority_reference: Option<String>,
    /// Why the claim was rejected or found inconclusive.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
    /// At the desk: the number of the note verbale.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    note_verbale: Option<String>,
    /// Its scan among the files of the case.
    note_verbale_id: Option<AttachmentId>,
}

impl Input for UpdateNationalityVerification {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut found = Vec::new();
        for (pointer, date) in [("/interview_on", self.interview_on), ("/result_on", self.result_on)] {
            if date.is_some_and(|date| date > today) {
                found.push(Violation::new(pointer, "date_in_future", "must not lie in the future"));
            }
        }
        match self.result {
            NationalityResult::Verified if self.evidence.is_empty() => {
                found.push(Violation::new("/evidence", "required", "state what the finding is based on"));
            }
            NationalityResult::Rejected | NationalityResult::Inconclusive if self.reason.is_none() => {
                found.push(Violation::new("/reason", "required", "say why"));
            }
            _ => {}
        }
        found
    }
}

impl From<&Verification> for UpdateNationalityVerification {
    fn from(verification: &Verification) -> Self {
        let VerificationDetails { home_authority_reference, reason, note_verbale, note_verbale_id, recorded_at_desk: _ } =
            verification.details.clone().unwrap_or_default();
        Self {
            interview_on: verification.interview_on,
            interview_mode: verification.interview_mode,
            evidence: verification.evidence.clone(),
            result: verification.result,
            result_on: verification.result_on,
            home_authority_reference,
            reason,
            note_verbale,
            note_verbale_id,
        }
    }
}

impl UpdateNationalityVerification {
    fn put_into(self, verification: &mut Verification, today: NaiveDate) {
        let Self {
            interview_on,
            interview_mode,
            evidence,
            result,
            result_on,
            home_authority_reference,
            reason,
            note_verbale,
            note_verbale_id,
        } = self;
        let is_answer = result != NationalityResult::Pending;
        verification.interview_on = interview_on;
        verification.interview_mode = interview_mode;
        verification.evidence = evidence;
        verification.result = result;
        verification.result_on = result_on.or(is_answer.then_some(today));
        verification.details =
            Some(VerificationDetails { home_authority_reference, reason, note_verbale, note_verbale_id, recorded_at_desk: false });
    }
}

impl From<Verification> for NationalityVerification {
    fn from(verification: Verification) -> Self {
        let Verification {
            id,
            case_id,
            mission_id,
            created_at,
            updated_at,
            version,
            claimed_state,
            requested_on,
            interview_on,
            interview_mode,
            evidence,
            result,
            result_on,
            details,
        } = verification;
        let VerificationDetails { home_authority_reference, reason, note_verbale, note_verbale_id, recorded_at_desk } =
            details.unwrap_or_default();
        Self {
            id,
            case_id,
            mission_id,
            claimed_state,
            requested_on,
            interview_on,
            interview_mode,
            evidence,
            result,
            result_on,
            home_authority_reference,
            reason,
            note_verbale,
            note_verbale_id,
            recorded_at_desk,
            created_at,
            updated_at,
            version,
        }
    }
}

impl Rendered for OfCase<NationalityVerificationId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let verification = verifications::find(tx, self.case, self.id)?;
        let location = format!("/v1/cases/{}/nationality-verifications/{}", self.case, self.id);
        respond::answer(location, etag(&verification), &NationalityVerification::from(verification))
    }
}

fn etag(verification: &Verification) -> String {
    respond::etag(verification.version, CompartmentSet::EMPTY.with(Compartment::Identity))
}

/// List the nationality verifications of a case.
///
/// A mission that is a guest on the case sees its own only.
#[utoipa::path(
    tag = "nationality verifications",
    params(CasePath),
    responses((status = 200, body = NationalityVerificationList, description = "The verifications"))
)]
#[get("/v1/cases/{id}/nationality-verifications")]
pub async fn list_nationality_verifications(
    allowed: Allowed<may::CaseRead>,
    id: Path<CaseId>,
) -> Result<web::Json<NationalityVerificationList>> {
    let found = allowed.read(move |tx| verifications::list(tx, id.0)).await?;
    Ok(web::Json(NationalityVerificationList { items: found.into_iter().map(NationalityVerification::from).collect() }))
}

/// Get a nationality verification.
#[utoipa::path(
    tag = "nationality verifications",
    params(NationalityVerificationPath),
    responses((status = 200, body = NationalityVerification, description = "The verification"))
)]
#[get("/v1/cases/{id}/nationality-verifications/{verification_id}")]
pub async fn get_nationality_verification(
    http: HttpRequest,
    allowed: Allowed<may::CaseRead>,
    path: Path<NationalityVerificationPath>,
) -> Result<HttpResponse> {
    let NationalityVerificationPath { id: case, verification_id: id } = path.0;
    let found = allowed.read(move |tx| verifications::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(&found), &NationalityVerification::from(found)))
}

/// Ask a mission to verify the claimed nationality.
///
/// The person must have accepted contact with the mission, and it must have no pending verification of the case.
#[utoipa::path(
    tag = "nationality verifications",
    params(CasePath),
    request_body = CreateNationalityVerification,
    responses((status = 201, body = NationalityVerification, description = "Asked"))
)]
#[post("/v1/cases/{id}/nationality-verifications")]
pub async fn create_nationality_verification(
    allowed: Allowed<may::EmbassyContactWrite>,
    id: Path<CaseId>,
    body: CreateBody<CreateNationalityVerification>,
) -> Result<HttpResponse> {
    let CreateNationalityVerification { mission_id, requested_on } = body.input;
    allowed
        .create(body.key, move |tx| {
            let requested_on = place::day_or_today(tx, id.0, requested_on)?;
            let verification = verifications::insert(tx, id.0, mission_id, requested_on)?;
            Ok(OfCase { case: id.0, id: verification.id })
        })
        .await
}

/// Record what the mission found.
///
/// A merge patch (RFC 7396) with `If-Match`. Only a user of the mission that was asked may, and for a mission without account the
/// coordination desk, which needs the note verbale; `verified` also becomes the case's verified nationality. Recorded in the history of
/// the case.
#[utoipa::path(
    tag = "nationality verifications",
    params(NationalityVerificationPath, IfMatch),
    request_body(content = UpdateNationalityVerification, content_type = "application/merge-patch+json"),
    responses((status = 200, body = NationalityVerification, description = "Recorded"))
)]
#[patch("/v1/cases/{id}/nationality-verifications/{verification_id}")]
pub async fn update_nationality_verification(
    allowed: Allowed<may::NationalityVerify>,
    path: Path<NationalityVerificationPath>,
    if_match: IfMatch,
    patch: Patch<UpdateNationalityVerification>,
) -> Result<HttpResponse> {
    let NationalityVerificationPath { id: case, verification_id: id } = path.0;
    let verification = allowed
        .write(move |tx| {
            let today = place::today(tx, case)?.day();
            verifications::update(tx, case, id, if_match.expected(), |verification| {
                patch.apply(&UpdateNationalityVerification::from(&*verification))?.put_into(verification, today);
                Ok(())
            })
        })
        .await?;
    Ok(respond::changed(etag(&verification), &NationalityVerification::from(verification)))
}

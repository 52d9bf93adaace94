//! A case as it goes out.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::casefile::assignees::CaseAssignee;
use crate::db::casefile::open::OpenCase;
use crate::db::casefile::row::CaseRow;
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::contents::{Health, Location, Narrative, Protection};
use crate::domain::cases::person::{Contact, Identity};
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::*;
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::stage::{SideState, Stage};

/// A case: one episode of one person.
///
/// A compartment that your grant does not open is absent and listed in `redacted`; a field that is null is not known.
#[derive(Serialize, ToSchema)]
pub struct CaseFile {
    /// Its id.
    id: CaseId,
    /// The code people say on the phone; the last character checks the rest.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    code: String,
    /// The person.
    person_id: PersonId,
    /// The case this one follows.
    previous_case_id: Option<CaseId>,
    /// Day of registration.
    #[schema(max_length = 10)]
    registered_on: NaiveDate,
    /// The organisation that owns the case.
    owner_id: OrganisationId,
    /// The user it is assigned to; null where your mission is a guest on the case.
    assigned_to: Option<UserId>,
    /// Status.
    status: CaseStatus,
    /// Why it was closed.
    closure_reason: Option<ClosureReason>,
    /// When it was closed.
    #[schema(max_length = 10)]
    closed_on: Option<NaiveDate>,
    /// How the person came.
    intake_channel: IntakeChannel,
    /// How the person left the compound.
    exit_mode: Option<ExitMode>,
    /// When, as far as known.
    exited_on: Option<PartialDate>,
    /// Where the person is stranded.
    host_country: Country,
    /// The nationality the person claims.
    nationality_claimed: Option<Nationality>,
    /// Other states of which the person is a national too.
    #[schema(max_items = 12)]
    further_nationalities: Vec<Country>,
    /// The nationality a mission verified.
    nationality_verified: Option<Country>,
    /// Gender.
    gender: Gender,
    /// Whether the person is a child; null when the age was never assessed.
    is_child: Option<bool>,
    /// Danger to the person.
    risk_level: RiskLevel,
    /// The finding on trafficking so far.
    trafficking_status: TraffickingStatus,
    /// Standing with the immigration authority.
    immigration_status: ImmigrationStatus,
    /// Why no screening was needed.
    screening_skipped: Option<ScreeningSkipped>,
    /// The compound the person comes from.
    compound_id: Option<CompoundId>,
    /// The operation that freed the person.
    operation_id: Option<OperationId>,
    /// Stage on the road home.
    stage: Stage,
    /// State beside the road.
    side_state: Option<SideState>,
    /// Since when the case stands there.
    #[schema(max_length = 10)]
    stage_since: NaiveDate,
    /// Who the person is (class C).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    identity: Option<Identity>,
    /// How to reach the person (class C).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contact: Option<Contact>,
    /// Where the person is now (class E).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    location: Option<Location>,
    /// What the person needs now (class D).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    health: Option<Health>,
    /// What happened (class D).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    narrative: Option<Narrative>,
    /// What must be kept from almost everybody (class E).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    protection: Option<Protection>,
    /// The compartments that are absent because your grant does not open them.
    #[schema(max_items = 6)]
    redacted: Vec<Compartment>,
    /// When it was registered.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<OpenCase> for CaseFile {
    fn from(case: OpenCase) -> Self {
        let (redacted, previous_case_id) = (case.granted().missing(), case.previous);
        let CaseRow {
            id,
            code,
            person_id,
            previous_case_id: _,
            created_at,
            created_by: _,
            updated_at,
            version,
            registered_on,
            owner_id,
            assigned_to,
            status,
            closure_reason,
            closed_on,
            intake_channel,
            exit_mode,
            exited_on,
            host_country,
            claimed,
            nationality_verified,
            gender,
            birth_year: _,
            is_child,
            risk_level,
            trafficking_status,
            immigration_status,
            screening_skipped,
            compound_id,
            operation_id,
            stage,
            side_state,
            stage_since,
        } = case.row;
        let contents = case.contents;
        Self {
            id,
            code,
            person_id,
            previous_case_id,
            registered_on,
            owner_id,
            assigned_to: assigned_to.map(CaseAssignee::user),
            status,
            closure_reason,
            closed_on,
            intake_channel,
            exit_mode,
            exited_on,
            host_country,
            nationality_claimed: claimed.as_ref().map(ClaimedNationalities::main),
            further_nationalities: claimed.map(|claimed| claimed.further().to_vec()).unwrap_or_default(),
            nationality_verified,
            gender,
            is_child,
            risk_level,
            trafficking_status,
            immigration_status,
            screening_skipped,
            compound_id,
            operation_id,
            stage,
            side_state,
            stage_since,
            identity: contents.identity,
            contact: contents.contact,
            location: contents.location,
            health: contents.health,
            narrative: contents.narrative,
            protection: contents.protection,
            redacted,
            created_at,
            updated_at,
            version,
        }
    }
}

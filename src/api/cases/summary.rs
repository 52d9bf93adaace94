//! A case as a line of a list.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::casefile::list::CaseSummaryRow;
use crate::domain::cases::contents::RedactedField;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::stage::{SideState, Stage};

/// A case in a list.
#[derive(Serialize, ToSchema)]
pub struct CaseSummary {
    /// Its id.
    id: CaseId,
    /// The code people say on the phone.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    code: String,
    /// The person.
    person_id: PersonId,
    /// The person's name; absent where your grant does not open it, and then listed in `redacted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 700, nullable = false, example = "Siti Rahmawati")]
    name: Option<String>,
    /// The organisation that owns the case.
    owner_id: OrganisationId,
    /// The user it is assigned to; null where your mission is a guest on the case.
    assigned_to: Option<UserId>,
    /// Status.
    status: CaseStatus,
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
    /// The compound the person comes from.
    compound_id: Option<CompoundId>,
    /// The operation that freed the person.
    operation_id: Option<OperationId>,
    /// Stage on the road home.
    stage: Stage,
    /// State beside the road.
    side_state: Option<SideState>,
    /// The fields that are absent because your grant does not open them.
    #[schema(max_items = 1)]
    redacted: Vec<RedactedField>,
    /// When it was registered.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// Its version.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<(CaseSummaryRow, Option<String>)> for CaseSummary {
    fn from((row, name): (CaseSummaryRow, Option<String>)) -> Self {
        let redacted = if name.is_none() { vec![RedactedField::Name] } else { Vec::new() };
        Self {
            id: row.id,
            nationality_claimed: row.nationality_claimed(),
            further_nationalities: row.further_nationalities(),
            code: row.code,
            person_id: row.person_id,
            name,
            owner_id: row.owner_id,
            assigned_to: row.assigned_to,
            status: row.status,
            host_country: row.host_country,
            nationality_verified: row.nationality_verified,
            gender: row.gender,
            is_child: row.is_child,
            risk_level: row.risk_level,
            compound_id: row.compound_id,
            operation_id: row.operation_id,
            stage: row.stage,
            side_state: row.side_state,
            redacted,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

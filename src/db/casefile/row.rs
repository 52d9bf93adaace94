//! The row of a case: the fields that are stored in the clear.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::Tx;
use crate::db::casefile::assignees::CaseAssignee;
use crate::db::engine::page::found;
use crate::db::schema::cases;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::*;
use crate::domain::nationalities::{self, ClaimedNationalities};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::error::{Error, ErrorCode, Result};

/// A case as stored in the clear: classes A and B only.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset, Serialize)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CaseRow {
    #[serde(skip)]
    pub id: CaseId,
    #[serde(skip)]
    pub code: String,
    #[serde(skip)]
    pub person_id: PersonId,
    #[serde(skip)]
    pub previous_case_id: Option<CaseId>,
    #[serde(skip)]
    pub created_at: Timestamp,
    #[serde(skip)]
    pub created_by: Option<UserId>,
    #[serde(skip)]
    pub updated_at: Timestamp,
    #[serde(skip)]
    pub version: i64,
    pub registered_on: NaiveDate,
    pub owner_id: OrganisationId,
    pub assigned_to: Option<CaseAssignee>,
    pub status: CaseStatus,
    pub closure_reason: Option<ClosureReason>,
    pub closed_on: Option<NaiveDate>,
    pub intake_channel: IntakeChannel,
    pub exit_mode: Option<ExitMode>,
    pub exited_on: Option<PartialDate>,
    pub host_country: Country,
    #[diesel(column_name = nationality_claimed)]
    #[serde(flatten, serialize_with = "nationalities::as_fields")]
    pub claimed: Option<ClaimedNationalities>,
    pub nationality_verified: Option<Country>,
    pub gender: Gender,
    /// Derived from the date of birth, whose changes the history shows to the callers who may read it.
    #[serde(skip)]
    pub birth_year: Option<i32>,
    pub is_child: Option<bool>,
    pub risk_level: RiskLevel,
    pub trafficking_status: TraffickingStatus,
    pub immigration_status: ImmigrationStatus,
    pub screening_skipped: Option<ScreeningSkipped>,
    pub compound_id: Option<CompoundId>,
    pub operation_id: Option<OperationId>,
    pub stage: Stage,
    pub side_state: Option<SideState>,
    /// Derived from the transitions, which the log shows.
    #[serde(skip)]
    pub stage_since: NaiveDate,
}

impl CaseRow {
    /// The nationality that the person claims, before any further one.
    pub fn nationality_claimed(&self) -> Option<Nationality> {
        self.claimed.as_ref().map(ClaimedNationalities::main)
    }

    /// The nationality that counts: verified, else claimed.
    pub fn nationality(&self) -> Option<Nationality> {
        self.nationality_verified.map(Nationality::from).or(self.nationality_claimed())
    }

    /// Every state that the person is of, as far as claimed or verified.
    pub fn states(&self) -> Vec<Country> {
        self.claimed.iter().flat_map(ClaimedNationalities::states).chain(self.nationality_verified).collect()
    }

    /// This country, if the person is from there by any nationality that counts.
    pub fn origin_in(&self, country: Country) -> Option<Country> {
        let further = self.claimed.iter().flat_map(|claimed| claimed.further().iter().copied());
        self.nationality().and_then(Nationality::state).into_iter().chain(further).find(|state| *state == country)
    }

    /// Position of the risk level, for sorting.
    pub(in crate::db) fn risk_rank(&self) -> i32 {
        match self.risk_level {
            RiskLevel::Low => 0,
            RiskLevel::Medium => 1,
            RiskLevel::High => 2,
            RiskLevel::Imminent => 3,
        }
    }

    pub(in crate::db) fn stage_label(&self) -> &'static str {
        self.stage.as_str()
    }

    pub fn is_closed(&self) -> bool {
        !self.status.is_open()
    }

    /// By this, the greatest of several cases of a person is the one that stands for them: one that is open, and the newest.
    pub(in crate::db) fn stands_by(&self) -> (bool, Timestamp, CaseId) {
        (!self.is_closed(), self.created_at, self.id)
    }

    /// Whether the person is a child, or nobody knows that they are not.
    pub(in crate::db) fn may_be_child(&self) -> bool {
        self.is_child != Some(false)
    }
}

/// The plain row of a case without a check of grants: the caller checks them, or is the system.
pub(in crate::db) fn row_unscoped(tx: &mut Tx<'_>, id: CaseId) -> Result<CaseRow> {
    let query = cases::table.find(id).select(cases::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// The plain rows of several cases without a check of grants: the caller decides which fields are shown.
pub(in crate::db) fn rows_unscoped(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<CaseRow>> {
    let query = cases::table.filter(cases::id.eq_any(ids)).select(cases::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Every case of a person, without a check of grants. For decisions only.
pub(in crate::db) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<CaseRow>> {
    let query = cases::table.filter(cases::person_id.eq(person)).order((cases::created_at, cases::id)).select(cases::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Gives a case another owner.
pub(in crate::db) fn change_owner(tx: &mut Tx<'_>, id: CaseId, owner: OrganisationId) -> Result<()> {
    let query = diesel::update(cases::table.find(id)).set((cases::owner_id.eq(owner), cases::assigned_to.eq(None::<CaseAssignee>)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Stores a row that was read in this version.
pub(in crate::db) fn save_row(tx: &mut Tx<'_>, row: &CaseRow, expected_version: i64) -> Result<()> {
    let query = diesel::update(cases::table.find(row.id).filter(cases::version.eq(expected_version))).set(row);
    match query.execute(tx.conn)? {
        0 => Err(ErrorCode::StaleVersion.into()),
        _ => Ok(()),
    }
}

/// Refuses a change of a closed case; it must be reopened first.
pub(in crate::db) fn refuse_if_closed(row: &CaseRow) -> Result<()> {
    if row.is_closed() { Err(ErrorCode::CaseClosed.into()) } else { Ok(()) }
}

/// Refuses every organisation but the owner, who alone closes, reopens, assigns and hands on a case.
pub(in crate::db) fn require_owner(tx: &Tx<'_>, row: &CaseRow) -> Result<()> {
    if row.owner_id == tx.actor.organisation_id() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::PermissionDenied).detail("Only the organisation that owns the case can do this."))
}

//! Cases. Every function here sees only what a live grant of the actor's organisation shows.

mod list;
mod merged;
mod register;

pub use list::{CaseFilter, CaseSort, CaseSummaryRow, list, search};
pub(in crate::db) use list::{check_filter, filtered, opened, summaries};
pub(in crate::db) use merged::{lock, lock_even_merged, record_apart};
pub(in crate::db) use register::open_linked;
pub use register::{NewCase, insert};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use super::connection::on_backend;
use super::schema::cases;
use super::{Tx, changes, compartments, embassy_contacts, found, grants, missions, persons, process};
use crate::crypto::CompartmentKeys;
use crate::domain::codes::*;
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::history::ChangeSubject;
use crate::domain::ids::*;
use crate::domain::repatriation::{SideState, Stage};
use crate::error::{Error, ErrorCode, Result};

pub use compartments::Contents;

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
    pub assigned_to: Option<UserId>,
    pub status: CaseStatus,
    pub closure_reason: Option<ClosureReason>,
    pub closed_on: Option<NaiveDate>,
    pub intake_channel: IntakeChannel,
    pub exit_mode: Option<ExitMode>,
    pub exited_on: Option<PartialDate>,
    pub host_country: Country,
    pub nationality_claimed: Option<Country>,
    pub nationality_verified: Option<Country>,
    pub gender: Gender,
    /// Follows from the date of birth, which the history shows to those who may read it.
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
    /// Follows from the transitions, which the log shows.
    #[serde(skip)]
    pub stage_since: NaiveDate,
}

impl CaseRow {
    /// The nationality that counts: verified, else claimed.
    pub fn nationality(&self) -> Option<Country> {
        self.nationality_verified.or(self.nationality_claimed)
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

    /// The stage, for lists.
    pub(in crate::db) fn stage_label(&self) -> &'static str {
        self.stage.as_str()
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        matches!(self.status, CaseStatus::Closed | CaseStatus::ClosedReferred)
    }
}

/// A case with whatever the caller's grants open.
#[derive(Clone)]
pub struct OpenCase {
    /// What is in the clear.
    pub row: CaseRow,
    /// What is inside the compartments.
    pub contents: Contents,
    /// The case this one follows, if the caller may know of it.
    pub previous: Option<CaseId>,
    pub(in crate::db) keys: CompartmentKeys,
    versions: Vec<(Compartment, i64)>,
}

impl OpenCase {
    /// The compartments that the caller's grants open.
    pub fn granted(&self) -> CompartmentSet {
        self.keys.compartments()
    }

    /// The case as far as these compartments go, whatever else the grants open.
    fn within(self, compartments: CompartmentSet) -> Self {
        let keys = self.keys.only(compartments);
        Self { contents: self.contents.within(keys.compartments()), keys, ..self }
    }
}

/// The case, opened as far as the actor's grants go.
pub fn find(tx: &mut Tx<'_>, id: CaseId) -> Result<OpenCase> {
    let keys = keys_or_not_found(tx, id)?;
    let row = row_for_system(tx, id)?;
    let opened = compartments::open(tx, id, row.person_id, &keys)?;
    let previous = visible_previous(tx, &row)?;
    Ok(OpenCase { row, contents: opened.contents, previous, keys, versions: opened.versions })
}

/// An earlier case that the caller may not see is one that does not exist.
fn visible_previous(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<CaseId>> {
    let Some(previous) = row.previous_case_id else { return Ok(None) };
    Ok(grants::keys_for(tx, previous)?.map(|_| previous))
}

/// The case that follows an earlier one, if the caller may see it: the next episode of somebody who was trafficked again.
pub(in crate::db) fn following(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<CaseId>> {
    let query = cases::table.filter(cases::previous_case_id.eq(id)).order(cases::created_at.desc()).select(cases::id).limit(1);
    let next: Option<CaseId> = on_backend!(tx.conn, |c| query.get_result(c).optional())?;
    let Some(next) = next else { return Ok(None) };
    Ok(grants::keys_for(tx, next)?.map(|_| next))
}

/// The keys to a case; "not found", and recorded as such, if the actor's organisation has none.
pub(in crate::db) fn keys_or_not_found(tx: &mut Tx<'_>, id: CaseId) -> Result<CompartmentKeys> {
    tx.touch(id.0);
    found(grants::keys_for(tx, id)?)
}

/// The plain row of a case that the actor's organisation has a grant on.
pub(in crate::db) fn row_visible(tx: &mut Tx<'_>, id: CaseId) -> Result<(CaseRow, CompartmentKeys)> {
    let keys = keys_or_not_found(tx, id)?;
    Ok((row_for_system(tx, id)?, keys))
}

/// The plain row of a case, whoever sees it: the caller asks the grants, or is the system.
pub(in crate::db) fn row_for_system(tx: &mut Tx<'_>, id: CaseId) -> Result<CaseRow> {
    let query = cases::table.find(id).select(cases::all_columns);
    found(on_backend!(tx.conn, |c| query.get_result(c).optional())?)
}

/// The plain rows of several cases, whoever sees them. What is shown of them is decided by whoever asks.
pub(in crate::db) fn rows_for_system(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<CaseRow>> {
    let query = cases::table.filter(cases::id.eq_any(ids)).select(cases::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Every case of a person, whoever sees it. For decisions only.
pub(in crate::db) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<CaseRow>> {
    let query = cases::table.filter(cases::person_id.eq(person)).order((cases::created_at, cases::id)).select(cases::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Records that the person is no child any more: a new version, because whoever read the case read otherwise.
pub(in crate::db) fn came_of_age(tx: &mut Tx<'_>, before: &CaseRow) -> Result<()> {
    let row = CaseRow { is_child: Some(false), version: before.version + 1, updated_at: tx.now, ..before.clone() };
    save_row(tx, &row, before.version)?;
    let keys = persons::system_key(tx, row.person_id)?.compartment_keys(row.person_id, row.id, CompartmentSet::ALL)?;
    changes::record_parts(tx, row.id, row.version, ChangeSubject::Case, vec![(None, plain_differences(before, &row)?)], &keys).map(drop)
}

/// Gives a case another owner.
pub(in crate::db) fn change_owner(tx: &mut Tx<'_>, id: CaseId, owner: OrganisationId) -> Result<()> {
    let query = diesel::update(cases::table.find(id)).set((cases::owner_id.eq(owner), cases::assigned_to.eq(None::<UserId>)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Changes a case, and everything that follows from it.
pub fn update<F>(tx: &mut Tx<'_>, id: CaseId, expected_version: i64, change: F) -> Result<OpenCase>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    let case = apply(tx, id, expected_version, change)?;
    let row = process::follow_anew(tx, &case.row)?;
    Ok(OpenCase { row, ..case })
}

/// Changes a case: the one way. Checks the version, applies the change, seals what changed, writes the history and drops
/// the grants that the change ends. The caller lets the process follow.
pub(in crate::db) fn apply<F>(tx: &mut Tx<'_>, id: CaseId, expected_version: i64, change: F) -> Result<OpenCase>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    lock(tx, id)?;
    let before = find(tx, id)?;
    if before.row.version != expected_version {
        return Err(ErrorCode::StaleVersion.into());
    }
    let mut after = before.clone();
    change(tx, &mut after)?;
    if let Some(identity) = after.contents.identity.as_ref().filter(|_| after.contents.identity != before.contents.identity) {
        after.row.birth_year = identity.birth_year();
        after.row.is_child = identity.is_child(tx.now.date());
    }
    after.row.version = expected_version + 1;
    after.row.updated_at = tx.now;
    save_row(tx, &after.row, expected_version)?;
    save_contents(tx, &before, &mut after)?;
    end_contacts(tx, &before, &after)?;
    tx.audit(id.0, Some(expected_version), Some(after.row.version));
    Ok(after)
}

/// Stores a row that was read in this version.
pub(in crate::db) fn save_row(tx: &mut Tx<'_>, row: &CaseRow, expected_version: i64) -> Result<()> {
    let query = diesel::update(cases::table.find(row.id).filter(cases::version.eq(expected_version))).set(row);
    match on_backend!(tx.conn, |c| query.execute(c))? {
        0 => Err(ErrorCode::StaleVersion.into()),
        _ => Ok(()),
    }
}

fn save_contents(tx: &mut Tx<'_>, before: &OpenCase, after: &mut OpenCase) -> Result<()> {
    let plain = plain_differences(&before.row, &after.row)?;
    let contents = (&before.contents, &after.contents);
    let changed = changes::record(tx, after.row.id, after.row.version, plain, contents, &before.keys)?;
    for (compartment, value) in after.contents.values()? {
        let Some(value) = value.filter(|_| changed.contains(&compartment)) else { continue };
        let owner = if compartment.is_of_person() { after.row.person_id.0 } else { after.row.id.0 };
        let version = after.versions.iter().find(|(known, _)| *known == compartment).map_or(0, |(_, version)| *version);
        compartments::seal(tx, owner, compartment, version, &before.keys, &value)?;
    }
    if changed.iter().any(|compartment| compartment.is_of_person()) {
        persons::reindex(tx, after.row.person_id, &after.contents)?;
        share_with_other_episodes(tx, &after.row)?;
    }
    Ok(())
}

/// What follows from the person's identity is the same in all their cases.
fn share_with_other_episodes(tx: &mut Tx<'_>, row: &CaseRow) -> Result<()> {
    let others = cases::table.filter(cases::person_id.eq(row.person_id)).filter(cases::id.ne(row.id));
    let query = diesel::update(others).set((
        cases::birth_year.eq(row.birth_year),
        cases::is_child.eq(row.is_child),
        // Whoever read the other case has read a name that is no longer so.
        cases::version.eq(cases::version + 1),
        cases::updated_at.eq(tx.now),
    ));
    on_backend!(tx.conn, |c| query.execute(c))?;
    for other in of_person(tx, row.person_id)?.into_iter().filter(|other| other.id != row.id) {
        grants::follow(tx, &other)?;
    }
    Ok(())
}

/// A mission that does not cover the nationality now claimed, or from which the person now seeks asylum, has no business
/// with the case any more.
fn end_contacts(tx: &mut Tx<'_>, before: &OpenCase, after: &OpenCase) -> Result<()> {
    let seeks_asylum =
        |case: &OpenCase| case.contents.protection.as_ref().is_some_and(|protection| protection.asylum_claim_open == Some(true));
    let is_new_claim = seeks_asylum(after) && !seeks_asylum(before);
    let affected = if is_new_claim { of_person(tx, after.row.person_id)? } else { vec![after.row.clone()] };
    for row in affected {
        for mission in grants::contacted_missions(tx, row.id)? {
            if is_new_claim || !missions::covers(tx, mission, row.nationality_claimed, row.host_country)? {
                embassy_contacts::end(tx, row.id, mission)?;
            }
        }
    }
    Ok(())
}

/// The plain fields that differ.
pub(in crate::db) fn plain_differences(before: &CaseRow, after: &CaseRow) -> Result<Vec<changes::FieldChange>> {
    Ok(changes::differences("", &plain_fields(before)?, &plain_fields(after)?))
}

/// The fields that are stored in the clear.
pub(in crate::db) fn plain_fields(row: &CaseRow) -> Result<Map<String, Value>> {
    match serde_json::to_value(row).map_err(Error::internal)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::internal("a case row is not an object")),
    }
}

/// Whether the compound and the operation exist.
fn check_places(tx: &mut Tx<'_>, row: &CaseRow) -> Result<()> {
    use super::schema::{compounds, operations};
    if let Some(compound) = row.compound_id {
        let query = compounds::table.find(compound).select(compounds::id);
        let known: Option<CompoundId> = on_backend!(tx.conn, |c| query.get_result(c).optional())?;
        known.ok_or_else(|| Error::field("/compound_id", "not_found", "no compound with this id"))?;
    }
    if let Some(operation) = row.operation_id {
        let query = operations::table.find(operation).select(operations::id);
        let known: Option<OperationId> = on_backend!(tx.conn, |c| query.get_result(c).optional())?;
        known.ok_or_else(|| Error::field("/operation_id", "not_found", "no operation with this id"))?;
    }
    Ok(())
}

/// Closes a case.
pub fn close(tx: &mut Tx<'_>, id: CaseId, expected_version: i64, reason: ClosureReason) -> Result<OpenCase> {
    update(tx, id, expected_version, |tx, case| {
        refuse_if_closed(&case.row)?;
        require_owner(tx, &case.row)?;
        case.row.status = if reason == ClosureReason::Transferred { CaseStatus::ClosedReferred } else { CaseStatus::Closed };
        case.row.closure_reason = Some(reason);
        case.row.closed_on = Some(tx.now.date());
        Ok(())
    })
}

/// Opens a closed case again.
pub fn reopen(tx: &mut Tx<'_>, id: CaseId, expected_version: i64) -> Result<OpenCase> {
    update(tx, id, expected_version, |tx, case| {
        require_owner(tx, &case.row)?;
        if !case.row.is_closed() {
            return Err(Error::new(ErrorCode::Conflict).detail("The case is not closed."));
        }
        case.row.status = CaseStatus::Active;
        case.row.closure_reason = None;
        case.row.closed_on = None;
        Ok(())
    })
}

/// Assigns a case to a user of the actor's organisation, or to nobody.
pub fn assign(tx: &mut Tx<'_>, id: CaseId, expected_version: i64, assignee: Option<UserId>) -> Result<OpenCase> {
    update(tx, id, expected_version, |tx, case| {
        refuse_if_closed(&case.row)?;
        require_owner(tx, &case.row)?;
        if let Some(user) = assignee {
            super::users::is_active_colleague(tx, user)?
                .then_some(())
                .ok_or_else(|| Error::field("/assigned_to", "not_found", "no active user of your organisation with this id"))?;
        }
        case.row.assigned_to = assignee;
        Ok(())
    })
}

/// A closed case is not changed; it is reopened first.
pub(in crate::db) fn refuse_if_closed(row: &CaseRow) -> Result<()> {
    if row.is_closed() { Err(ErrorCode::CaseClosed.into()) } else { Ok(()) }
}

/// Closing, reopening, assigning and handing on are the owner's.
pub(in crate::db) fn require_owner(tx: &Tx<'_>, row: &CaseRow) -> Result<()> {
    if row.owner_id == tx.actor.organisation_id() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::PermissionDenied).detail("Only the organisation that owns the case can do this."))
}

/// Changes a case on behalf of the caller: like [`update`], but never a closed one, and places must exist.
pub fn edit<F>(tx: &mut Tx<'_>, id: CaseId, expected_version: i64, change: F) -> Result<OpenCase>
where
    F: FnOnce(&Tx<'_>, &mut OpenCase) -> Result<()>,
{
    update(tx, id, expected_version, |tx, case| {
        refuse_if_closed(&case.row)?;
        // A guest on the case answers through its contact, its verification and the transitions; what whoever accompanies
        // the person recorded is not its to change.
        require_owner(tx, &case.row)?;
        change(tx, case)?;
        check_places(tx, &case.row)
    })
}

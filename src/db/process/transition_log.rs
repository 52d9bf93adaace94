//! The log of transitions.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::case_keys;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::open::OpenCase;
use crate::db::casefile::row::CaseRow;
use crate::db::engine::connection::ExecuteLater;
use crate::db::schema::repatriation_transitions;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{DepartureBasis, HoldReason};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, OrganisationId, UserId};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::{Guard, RuleName};
use crate::error::{Error, Result};

/// The review day of the hold, for a case that is on hold.
pub(in crate::db) fn hold_review_on(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<chrono::NaiveDate>> {
    if row.side_state != Some(SideState::OnHold) {
        return Ok(None);
    }
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(row.id))
        .filter(repatriation_transitions::to_side_state.eq(SideState::OnHold))
        // A case that stands on hold again has the review of the hold that it was taken off.
        .filter(repatriation_transitions::review_on.is_not_null())
        .order(repatriation_transitions::version.desc())
        .select(repatriation_transitions::review_on)
        .limit(1);
    let review: Option<Option<chrono::NaiveDate>> = query.get_result(tx.conn).optional()?;
    Ok(review.flatten())
}

/// When the protection pathway began on which a case stands.
pub(in crate::db) fn shielded_at(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<Timestamp>> {
    if row.side_state != Some(SideState::ProtectionPathway) {
        return Ok(None);
    }
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(row.id))
        .filter(repatriation_transitions::to_side_state.eq(SideState::ProtectionPathway))
        .order(repatriation_transitions::version.desc())
        .select(repatriation_transitions::moved_at)
        .limit(1);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The entry of the log that made this version of a case.
pub(in crate::db) fn entry(tx: &mut Tx<'_>, case: CaseId, version: i64) -> Result<TransitionRow> {
    let query = repatriation_transitions::table.find((case, version)).select(repatriation_transitions::all_columns);
    query.get_result(tx.conn).optional()?.ok_or_else(|| Error::internal("a move without its entry in the log"))
}

/// The newest entry that led the case where it stands now and was not taken back.
pub(in crate::db) fn leading_here(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<TransitionRow>> {
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(row.id))
        .filter(repatriation_transitions::taken_back_with.is_null())
        .filter(repatriation_transitions::rule.ne(RuleName::T14))
        .order(repatriation_transitions::version.desc())
        .select(repatriation_transitions::all_columns)
        .limit(1);
    let newest: Option<TransitionRow> = query.get_result(tx.conn).optional()?;
    Ok(newest.filter(|entry| (entry.to_stage, entry.to_side_state) == (row.stage, row.side_state)))
}

/// Marks a wrong entry as taken back. Nothing else of it is changed.
pub(in crate::db) fn mark_taken_back(tx: &mut Tx<'_>, case: CaseId, wrong: i64, with: i64) -> Result<()> {
    let query =
        diesel::update(repatriation_transitions::table.find((case, wrong))).set(repatriation_transitions::taken_back_with.eq(Some(with)));
    query.execute(tx.conn)?;
    Ok(())
}

/// The entry by which the case entered its stage. Mistaken and correcting entries do not count: a case that steps back into a stage stands
/// there by the entry that led to it first. From the departure on, every step back takes back what did not happen, also in a log that does
/// not mark it.
pub(in crate::db) fn entry_into_stage(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<TransitionRow>> {
    let taking_back: &[RuleName] = if row.stage >= Stage::Departed { &[RuleName::T13, RuleName::T14] } else { &[RuleName::T14] };
    let wrong = diesel::alias!(repatriation_transitions as wrong);
    let took_back = wrong
        .filter(wrong.field(repatriation_transitions::case_id).eq(row.id))
        .filter(wrong.field(repatriation_transitions::taken_back_with).is_not_null())
        .select(wrong.field(repatriation_transitions::taken_back_with).assume_not_null());
    let entered = repatriation_transitions::from_stage.is_null().or(repatriation_transitions::from_stage.ne(row.stage));
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(row.id))
        .filter(repatriation_transitions::to_stage.eq(row.stage))
        .filter(entered)
        .filter(repatriation_transitions::taken_back_with.is_null())
        .filter(repatriation_transitions::version.ne_all(took_back))
        .filter(repatriation_transitions::rule.ne_all(taking_back.to_vec()))
        .order(repatriation_transitions::version.desc())
        .select(repatriation_transitions::all_columns)
        .limit(1);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The day on which the case entered its stage: for what was recorded afterwards, the day it happened.
fn stage_entered_on(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<NaiveDate>> {
    let here = row.clock(tx)?;
    let day =
        |entry: TransitionRow| entry.occurred_on.filter(|_| entry.rule == RuleName::T15).unwrap_or_else(|| here.day_of(entry.moved_at));
    Ok(entry_into_stage(tx, row)?.map(day))
}

/// The day on which the person left and the stage that the case had then, if that was recorded afterwards; and whether the case stands
/// where it does by such a record.
pub(in crate::db) fn recorded_afterwards(tx: &mut Tx<'_>, row: &CaseRow) -> Result<(Option<(NaiveDate, Stage)>, bool)> {
    if row.stage < Stage::Departed {
        return Ok((None, false));
    }
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(row.id))
        .filter(repatriation_transitions::rule.eq(RuleName::T15))
        .filter(repatriation_transitions::to_stage.eq(Stage::Departed))
        .filter(repatriation_transitions::taken_back_with.is_null())
        .order(repatriation_transitions::version.desc())
        .select((repatriation_transitions::occurred_on, repatriation_transitions::from_stage))
        .limit(1);
    let left: Option<(Option<NaiveDate>, Option<Stage>)> = query.get_result(tx.conn).optional()?;
    let stands = entry_into_stage(tx, row)?.is_some_and(|entry| entry.rule == RuleName::T15);
    Ok((left.and_then(|(day, from)| day.zip(from)), stands))
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = repatriation_transitions, treat_none_as_default_value = false)]
pub(in crate::db) struct TransitionRow {
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) version: i64,
    pub(in crate::db) moved_at: Timestamp,
    pub(in crate::db) user_id: Option<UserId>,
    pub(in crate::db) organisation_id: OrganisationId,
    pub(in crate::db) rule: RuleName,
    pub(in crate::db) from_stage: Option<Stage>,
    pub(in crate::db) from_side_state: Option<SideState>,
    pub(in crate::db) to_stage: Stage,
    pub(in crate::db) to_side_state: Option<SideState>,
    pub(in crate::db) hold_reason: Option<HoldReason>,
    pub(in crate::db) review_on: Option<NaiveDate>,
    pub(in crate::db) occurred_on: Option<NaiveDate>,
    pub(in crate::db) compartment: Compartment,
    pub(in crate::db) sealed_details: Vec<u8>,
    days_at_stage: Option<i32>,
    /// The version of the case with which the entry was taken back.
    pub(in crate::db) taken_back_with: Option<i64>,
    /// The day since which the case had stood where the move found it.
    pub(in crate::db) stood_since: Option<NaiveDate>,
    /// How the person left, where that was recorded afterwards.
    pub(in crate::db) departure_basis: Option<DepartureBasis>,
    /// The codes of the gaps that rest on the protection notes, sealed like those.
    pub(in crate::db) sealed_gaps: Option<Vec<u8>>,
}

/// The texts of a move, sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct MoveDetails {
    pub reason: Option<String>,
    /// The person or office that reported the move.
    pub source: Option<String>,
    /// The codes of the requirements that were not met, where the move was recorded afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
}

/// The statements of the caller about a move.
#[derive(Clone, Default)]
pub struct Move {
    pub hold_reason: Option<HoldReason>,
    /// The day on which the hold is reviewed.
    pub review_on: Option<NaiveDate>,
    /// The day on which the move happened.
    pub occurred_on: Option<NaiveDate>,
    pub details: MoveDetails,
    /// The approval of a second person, for a move that needs one.
    pub approval: Option<ApprovalId>,
    /// Whether it was used up for this move.
    pub is_approved: bool,
    /// How the person left, where that is recorded afterwards.
    pub departure_basis: Option<DepartureBasis>,
    /// The requirements that were not met, where it is.
    pub gaps: Vec<Guard>,
}

/// Writes the first entry of the log.
pub(in crate::db) fn record_registration(tx: &mut Tx<'_>, case: &OpenCase) -> Result<()> {
    log(tx, RuleName::T1, None, &case.row, &case.keys, &Move::default())
}

/// Writes the entry of a case that fell back because the basis of its departure is gone.
pub(in crate::db) fn record_fallback(tx: &mut Tx<'_>, before: &CaseRow, after: &CaseRow, keys: &CompartmentKeys) -> Result<()> {
    let details = MoveDetails {
        reason: Some("The movement, travel document or exit permit does not hold any more".to_owned()),
        ..MoveDetails::default()
    };
    log(tx, RuleName::T13, Some(before), after, keys, &Move { details, ..Move::default() })
}

pub(in crate::db) fn log(
    tx: &mut Tx<'_>,
    rule: RuleName,
    before: Option<&CaseRow>,
    after: &CaseRow,
    keys: &CompartmentKeys,
    moved: &Move,
) -> Result<()> {
    // The reason of a withdrawal or of a need for protection, and of taking one back, is class E, also where the caller cannot read it
    // afterwards; every other reason is open to the callers who read the identity.
    let restricted = |state: Option<SideState>| matches!(state, Some(SideState::ProtectionPathway | SideState::Withdrawn));
    let left = before.and_then(|before| before.side_state).filter(|_| matches!(rule, RuleName::T14 | RuleName::T16));
    let is_protected = restricted(after.side_state) || restricted(left);
    let compartment = if is_protected { Compartment::Protection } else { Compartment::Identity };
    let (restricted, open): (Vec<Guard>, Vec<Guard>) = moved.gaps.iter().partition(|guard| guard.rests_on_protection());
    let of_system = match keys.get(Compartment::Protection) {
        None if is_protected || !restricted.is_empty() => {
            Some(case_keys::of_system(tx, after, CompartmentSet::EMPTY.with(Compartment::Protection))?)
        }
        _ => None,
    };
    let protection_keys = of_system.as_ref().unwrap_or(keys);
    let keys = if is_protected { protection_keys } else { keys };
    let details = MoveDetails { gaps: codes(&open), ..moved.details.clone() };
    let sealed_gaps = match restricted.is_empty() {
        true => None,
        false => Some(seal_detail(after.id.0, after.version, Compartment::Protection, protection_keys, &codes(&restricted))?),
    };
    let row = TransitionRow {
        case_id: after.id,
        version: after.version,
        moved_at: tx.now,
        user_id: tx.actor.user().map(|user| user.user_id),
        organisation_id: tx.actor.organisation_id(),
        rule,
        from_stage: before.map(|before| before.stage),
        from_side_state: before.and_then(|before| before.side_state),
        to_stage: after.stage,
        to_side_state: after.side_state,
        hold_reason: moved.hold_reason,
        review_on: moved.review_on,
        occurred_on: moved.occurred_on,
        compartment,
        sealed_details: seal_detail(after.id.0, after.version, compartment, keys, &details)?,
        days_at_stage: days_at_stage(tx, rule, before, after, moved)?,
        taken_back_with: None,
        stood_since: before.map(|before| before.stage_since),
        departure_basis: moved.departure_basis,
        sealed_gaps,
    };
    let query = diesel::insert_into(repatriation_transitions::table).values(&row);
    query.execute_later(tx.conn)?;
    Ok(())
}

fn codes(guards: &[Guard]) -> Vec<String> {
    guards.iter().map(|guard| guard.unmet().guard.to_owned()).collect()
}

/// Days that the case spent at the stage that it leaves; none if it stays, if it never was there, or if it came and left by mistake.
fn days_at_stage(tx: &mut Tx<'_>, rule: RuleName, before: Option<&CaseRow>, after: &CaseRow, moved: &Move) -> Result<Option<i32>> {
    let left = before.filter(|before| before.stage != after.stage && rule != RuleName::T14);
    let Some(before) = left else { return Ok(None) };
    let here = before.clock(tx)?;
    let entered = stage_entered_on(tx, before)?.unwrap_or_else(|| here.day_of(before.created_at));
    let left_on = moved.occurred_on.filter(|_| rule == RuleName::T15).unwrap_or_else(|| here.day_of(tx.now));
    let days = left_on.signed_duration_since(entered).num_days();
    if days < 0 { Ok(None) } else { i32::try_from(days).map(Some).map_err(Error::internal) }
}

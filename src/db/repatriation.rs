//! The repatriation of a case: gathers what the guards look at, moves the stage, and writes the log.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::cases::{self, CaseRow, OpenCase};
use super::compartments::{open_detail, seal_detail};
use super::connection::on_backend;
use super::grants::{self, NewGrant};
use super::schema::repatriation_transitions;
use super::{Tx, embassy_contacts, facts, guests, nationality_verifications, persons, process};
use crate::crypto::CompartmentKeys;
use crate::domain::access::GrantBasis;
use crate::domain::codes::HoldReason;
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, UserId};
use crate::domain::repatriation::{Facts, RuleName, SideState, Stage, Target, TransitionDetails, UnmetGuard, next_steps, rule_for, unmet};
use crate::error::{Error, ErrorCode, Result};

#[derive(Queryable, Insertable)]
#[diesel(table_name = repatriation_transitions, treat_none_as_default_value = false)]
struct TransitionRow {
    case_id: CaseId,
    version: i64,
    moved_at: Timestamp,
    user_id: Option<UserId>,
    organisation_id: OrganisationId,
    rule: RuleName,
    from_stage: Option<Stage>,
    from_side_state: Option<SideState>,
    to_stage: Stage,
    to_side_state: Option<SideState>,
    hold_reason: Option<HoldReason>,
    review_on: Option<NaiveDate>,
    occurred_on: Option<NaiveDate>,
    compartment: Compartment,
    sealed_details: Vec<u8>,
    days_at_stage: Option<i32>,
}

/// What is said in words about a move, sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct MoveDetails {
    /// Why.
    pub reason: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
}

/// What the caller states with a move.
#[derive(Clone, Default)]
pub struct Move {
    /// Why the case is put on hold.
    pub hold_reason: Option<HoldReason>,
    /// When the hold is looked at again.
    pub review_on: Option<NaiveDate>,
    /// When it happened.
    pub occurred_on: Option<NaiveDate>,
    /// In words.
    pub details: MoveDetails,
}

/// One entry of the log.
pub struct TransitionEntry {
    pub version: i64,
    pub moved_at: Timestamp,
    pub user_id: Option<UserId>,
    /// None: one that the caller need not know of.
    pub organisation_id: Option<OrganisationId>,
    pub rule: RuleName,
    pub from_stage: Option<Stage>,
    pub from_side_state: Option<SideState>,
    pub to_stage: Stage,
    pub to_side_state: Option<SideState>,
    pub hold_reason: Option<HoldReason>,
    pub review_on: Option<NaiveDate>,
    pub occurred_on: Option<NaiveDate>,
    /// None: closed to the caller.
    pub details: Option<MoveDetails>,
}

/// Where a case stands on the road home, and what comes next for this caller.
pub struct Standing {
    /// The case.
    pub row: CaseRow,
    /// The log, oldest first.
    pub history: Vec<TransitionEntry>,
    /// Changes with the contacts and verifications that the next steps depend on.
    pub revision: i64,
    /// The case that follows this one, if the caller may know of it.
    pub next_case: Option<CaseId>,
    /// Every transition from here, with what is missing for each.
    pub next: Vec<(Target, RuleName, Vec<UnmetGuard>)>,
}

/// Where the case stands.
pub fn find(tx: &mut Tx<'_>, id: CaseId) -> Result<Standing> {
    let (row, keys) = cases::row_visible(tx, id)?;
    let facts = facts::gather(tx, &row, keys.compartments(), &Move::default())?;
    standing(tx, row, &keys, &facts)
}

fn standing(tx: &mut Tx<'_>, row: CaseRow, keys: &CompartmentKeys, facts: &Facts) -> Result<Standing> {
    let next = next_steps(row.stage, row.side_state, facts);
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(row.id))
        .order(repatriation_transitions::version)
        .select(repatriation_transitions::all_columns);
    let rows: Vec<TransitionRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let history = rows.into_iter().map(|entry| open(tx, row.owner_id, entry, keys)).collect::<Result<_>>()?;
    tx.disclose(row.id, keys.compartments());
    let contacts: i64 = embassy_contacts::all_of(tx, row.id)?.iter().map(|contact| contact.version).sum();
    let verifications: i64 = nationality_verifications::versions(tx, row.id)?.iter().sum();
    let next_case = cases::following(tx, row.id)?;
    Ok(Standing { row, history, revision: contacts + verifications, next, next_case })
}

/// Moves the repatriation along one transition, if its guards are met, and tells where it stands then.
pub fn advance(tx: &mut Tx<'_>, id: CaseId, expected_version: i64, to: Target, moved: &Move) -> Result<Standing> {
    let (case, facts) = step(tx, id, expected_version, to, moved)?;
    standing(tx, case.row, &case.keys, &facts)
}

/// Moves the repatriation along one transition, if its guards are met. The facts are those after it.
pub(in crate::db) fn step(tx: &mut Tx<'_>, id: CaseId, expected_version: i64, to: Target, moved: &Move) -> Result<(OpenCase, Facts)> {
    let mut made = None;
    let mut case = cases::apply(tx, id, expected_version, |tx, case| {
        cases::refuse_if_closed(&case.row)?;
        let (rule, guards) = rule_for(case.row.stage, case.row.side_state, to).ok_or(ErrorCode::NoSuchTransition)?;
        let facts = facts::gather(tx, &case.row, case.granted(), moved)?;
        let unmet = unmet(guards, &facts);
        if !unmet.is_empty() {
            return Err(Error::unmet(unmet));
        }
        made = Some((rule, case.row.clone(), facts));
        case.row.side_state = to.side_state();
        case.row.stage = to.stage().unwrap_or(case.row.stage);
        case.row.stage_since = tx.now.date();
        if to == Target::ProtectionPathway { shield_from_missions(tx, case) } else { Ok(()) }
    })?;
    let (rule, before, facts) = made.ok_or_else(|| Error::internal("a transition was made without its rule"))?;
    log(tx, rule, Some(&before), &case.row, &case.keys, moved)?;
    if to == Target::ReTrafficked {
        cases::open_linked(tx, &case)?;
    }
    // Shielding changes who owns the case and who is in contact with it; any other move changes where it stands.
    let facts = match to {
        Target::ProtectionPathway => facts::gather(tx, &case.row, case.granted(), &Move::default())?,
        _ => standing_at(&case.row, moved, facts),
    };
    case.row = process::follow(tx, &case.row, &facts)?;
    Ok((case, facts))
}

fn standing_at(row: &CaseRow, moved: &Move, facts: Facts) -> Facts {
    let hold_review_on = moved.review_on.filter(|_| row.side_state == Some(SideState::OnHold));
    let (stage, side_state, stage_since) = (row.stage, row.side_state, row.stage_since);
    Facts { stage, side_state, stage_since, hold_review_on, details: TransitionDetails::default(), ..facts }
}

/// The first entry of every log.
pub(in crate::db) fn record_registration(tx: &mut Tx<'_>, case: &OpenCase) -> Result<()> {
    log(tx, RuleName::T1, None, &case.row, &case.keys, &Move::default())
}

/// The entry of a case that fell back because what its departure rested on is gone.
pub(in crate::db) fn record_fallback(tx: &mut Tx<'_>, before: &CaseRow, after: &CaseRow, keys: &CompartmentKeys) -> Result<()> {
    let details =
        MoveDetails { reason: Some("The movement, travel document or exit permit does not hold any more".to_owned()), source: None };
    log(tx, RuleName::T13, Some(before), after, keys, &Move { details, ..Move::default() })
}

fn log(tx: &mut Tx<'_>, rule: RuleName, before: Option<&CaseRow>, after: &CaseRow, keys: &CompartmentKeys, moved: &Move) -> Result<()> {
    // Why somebody withdrew or needs protection is class E; all other reasons are read by whoever sees who the person is.
    let is_protected = matches!(after.side_state, Some(SideState::ProtectionPathway | SideState::Withdrawn));
    let compartment =
        if is_protected && keys.get(Compartment::Protection).is_some() { Compartment::Protection } else { Compartment::Identity };
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
        sealed_details: seal_detail(after.id.0, after.version, compartment, keys, &moved.details)?,
        days_at_stage: days_at_stage(tx, before, after)?,
    };
    let query = diesel::insert_into(repatriation_transitions::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// How long the case stood at the stage that it leaves; none where it stays.
fn days_at_stage(tx: &mut Tx<'_>, before: Option<&CaseRow>, after: &CaseRow) -> Result<Option<i32>> {
    let Some(before) = before.filter(|before| before.stage != after.stage) else { return Ok(None) };
    let entered = facts::stage_entered_at(tx, before)?.unwrap_or(before.created_at);
    let days = tx.now.date().signed_duration_since(entered.date()).num_days();
    i32::try_from(days).map(Some).map_err(Error::internal)
}

fn open(tx: &Tx<'_>, owner: OrganisationId, row: TransitionRow, keys: &CompartmentKeys) -> Result<TransitionEntry> {
    let organisation_id = guests::told_of(tx, owner, row.organisation_id);
    Ok(TransitionEntry {
        details: open_detail(row.case_id.0, row.version, row.compartment, keys, &row.sealed_details)?,
        version: row.version,
        moved_at: row.moved_at,
        user_id: row.user_id.filter(|_| organisation_id.is_some()),
        organisation_id,
        rule: row.rule,
        from_stage: row.from_stage,
        from_side_state: row.from_side_state,
        to_stage: row.to_stage,
        to_side_state: row.to_side_state,
        hold_reason: row.hold_reason,
        review_on: row.review_on,
        occurred_on: row.occurred_on,
    })
}

/// Ends every mission's sight of the person: of this case and of every other one, because name and address are the same
/// in all of them. What a mission owned, the organisation that protects the person takes over: a case that nobody can open
/// is a person left behind.
fn shield_from_missions(tx: &mut Tx<'_>, case: &mut OpenCase) -> Result<()> {
    let protector = tx.actor.organisation_id();
    for mut row in cases::of_person(tx, case.row.person_id)? {
        if row.owner_id != protector && super::organisations::find(tx, row.owner_id)?.kind.is_mission() {
            take_over(tx, &mut row, protector)?;
            if row.id == case.row.id {
                case.row.owner_id = protector;
                case.row.assigned_to = None;
            }
        }
        grants::withdraw_from_missions(tx, row.id)?;
        tx.touch(row.id.0);
        if row.id != case.row.id {
            let row = cases::row_for_system(tx, row.id)?;
            process::follow_anew(tx, &row)?;
        }
    }
    persons::withdraw_keys_from_missions(tx, case.row.person_id)
}

/// Gives a case that must not stay where it is to whoever protects the person.
pub(in crate::db) fn take_over(tx: &mut Tx<'_>, row: &mut CaseRow, protector: OrganisationId) -> Result<()> {
    let person_key = persons::system_key(tx, row.person_id)?;
    let keys = person_key.compartment_keys(row.person_id, row.id, CompartmentSet::ALL)?;
    let ownership = NewGrant { organisation: protector, basis: GrantBasis::Ownership, compartments: CompartmentSet::ALL, expires_at: None };
    grants::give(tx, row, &keys, &ownership)?;
    persons::hand_over(tx, row.person_id, protector, &person_key)?;
    cases::change_owner(tx, row.id, protector)
}

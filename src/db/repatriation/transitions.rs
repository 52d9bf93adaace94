//! The repatriation of a case: gathers the facts for the guards, moves the stage, and writes the log.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::compartments::open_detail;
use crate::db::casefile::data_protection::{About, tell_data_protection};
use crate::db::casefile::granting;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::relations::{self, Relation};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{guest_missions, merged, person_keys, stored_consents};
use crate::db::cases::{change, register};
use crate::db::engine::expected::Expected;
use crate::db::process::exclusions::{self, NewExclusion};
use crate::db::process::transition_log::{self, Move, MoveDetails, TransitionRow};
use crate::db::process::{contacts, facts, follow, responsibility, verifications};
use crate::db::repatriation::corrections::{self, SecondPerson};
use crate::db::schema::repatriation_transitions;
use crate::domain::access::compartments::Compartment;
use crate::domain::codes::{DataProtectionEventKind, DepartureBasis, ExclusionWay, HoldReason};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, ExclusionId, OrganisationId, RelationId, UserId};
use crate::domain::repatriation::belonging::{self, Apart, Related};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::{
    ASK_OWNER, Facts, Guard, RuleName, Target, TransitionDetails, UnmetGuard, next_steps, rule_from, stage_after, unmet,
};
use crate::domain::sharing::ACCESS_ACTS;
use crate::error::{Error, ErrorCode, Result};

/// An entry of the log.
pub struct TransitionEntry {
    pub version: i64,
    pub moved_at: Timestamp,
    pub user_id: Option<UserId>,
    /// None if the caller must not know of it.
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
    /// The version of the case with which it was taken back, because it was wrong.
    pub taken_back_with: Option<i64>,
    /// How the person left, where that was recorded afterwards.
    pub departure_basis: Option<DepartureBasis>,
    /// The requirements that were not met, where it was.
    pub gaps: Vec<UnmetGuard>,
}

/// The state of the repatriation of a case, with the next steps for this caller.
pub struct Standing {
    pub row: CaseRow,
    /// The log, oldest first.
    pub history: Vec<TransitionEntry>,
    /// A number that changes with the contacts and verifications on which the next steps depend.
    pub revision: i64,
    /// The case that follows this one, if the caller may know of it.
    pub next_case: Option<CaseId>,
    /// Every transition from here, with its unmet guards.
    pub next: Vec<(Target, RuleName, Vec<UnmetGuard>)>,
    /// The approval with which a second person is asked, where the transition waits for one.
    pub asked: Option<ApprovalId>,
    /// Who belongs to the person and is apart from them, as far as the caller sees both.
    pub apart: Vec<FromRelative>,
}

/// Somebody who belongs to the person, and how the two are apart.
pub struct FromRelative {
    pub relation: Relation,
    pub apart: Apart,
}

/// The state of the repatriation of a case.
pub fn find(tx: &mut Tx<'_>, id: CaseId) -> Result<Standing> {
    let (row, keys) = open::row_visible(tx, id)?;
    let facts = facts::load_known(tx, &row, keys.compartments())?;
    standing(tx, row, &keys, &facts)
}

pub(super) fn standing(tx: &mut Tx<'_>, row: CaseRow, keys: &CompartmentKeys, facts: &Facts) -> Result<Standing> {
    let next = next_steps(facts);
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(row.id))
        .order(repatriation_transitions::version)
        .select(repatriation_transitions::all_columns);
    let rows: Vec<TransitionRow> = query.load(tx.conn)?;
    let mut history = Vec::with_capacity(rows.len());
    for entry in rows {
        history.extend(open(tx, row.owner_id, entry, keys)?);
    }
    tx.audit_disclosure(row.id, keys.compartments());
    let (contacts, verifications) = (contacts::all_of(tx, row.id)?, verifications::versions(tx, row.id)?);
    let is_known = |mission| guest_missions::may_see_mission(tx, row.owner_id, Some(mission));
    let contacts: i64 = contacts.iter().filter(|contact| is_known(contact.mission_id)).map(|contact| contact.version).sum();
    let verifications: i64 = verifications.iter().filter(|(mission, _)| is_known(*mission)).map(|(_, version)| version).sum();
    let next_case = open::following(tx, row.id)?;
    let apart = apart_from(tx, row.id, facts)?;
    Ok(Standing { row, history, revision: contacts + verifications, next, next_case, asked: None, apart })
}

fn apart_from(tx: &mut Tx<'_>, case: CaseId, facts: &Facts) -> Result<Vec<FromRelative>> {
    let person = facts.traveller();
    let how = |related: &Related| belonging::apart(&person, related.kind, &related.other).map(|apart| (related.relation, apart));
    let apart: Vec<(RelationId, Apart)> = facts.belongs_with.iter().filter_map(how).collect();
    if apart.is_empty() {
        return Ok(Vec::new());
    }
    let with_them = relations::of_cases(tx, &[case])?.into_iter().filter_map(|(_, relation)| {
        let (_, apart) = apart.iter().find(|(id, _)| *id == relation.id)?;
        Some(FromRelative { relation, apart: *apart })
    });
    Ok(with_them.collect())
}

/// Moves the repatriation along one transition, if its guards are met, and returns the new state. Where a second person must approve
/// and nobody asked yet, they are asked, and the case stays where it is.
pub fn advance(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, to: Target, moved: &Move) -> Result<Standing> {
    tx.audit_subject(id.0);
    if ACCESS_ACTS.iter().any(|act| act.transitions.contains(&to)) {
        granting::authority(tx)?;
    }
    let mut moved = moved.clone();
    if to == Target::Resume {
        match corrections::second_person(tx, id, expected, &moved)? {
            SecondPerson::NotNeeded => {}
            SecondPerson::Approved(reason) => {
                moved.is_approved = true;
                moved.details.reason = reason.or(moved.details.reason);
            }
            SecondPerson::Asked(approval) => return Ok(Standing { asked: Some(approval), ..find(tx, id)? }),
        }
    }
    let (case, facts) = step(tx, id, expected, to, &moved)?;
    let facts = facts::as_known(tx, &case.row, facts)?;
    standing(tx, case.row, &case.keys, &facts)
}

/// Moves the repatriation along one transition, if its guards are met. Returns the case and the facts after the transition.
pub(in crate::db) fn step(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, to: Target, moved: &Move) -> Result<(OpenCase, Facts)> {
    let person = lock::lock_with_person(tx, id)?;
    let mut made = None;
    let mut case = change::change_row(tx, id, expected, |tx, case| {
        row::refuse_if_closed(&case.row)?;
        let facts = facts::load(tx, &case.row, case.granted(), moved)?;
        let (rule, guards) = rule_from(&facts, to).ok_or(ErrorCode::NoSuchTransition)?;
        let unmet = unmet(guards, &facts);
        if !unmet.is_empty() {
            return Err(Error::unmet(unmet));
        }
        let wrong = corrections::taken_back_by(tx, rule, &case.row)?;
        let before = case.row.clone();
        let shielded_since = before.stage_since;
        match &wrong {
            Some(wrong) => corrections::stand_again(&mut case.row, wrong),
            None => {
                case.row.side_state = to.side_state();
                case.row.stage = stage_after(rule, case.row.stage, to);
                case.row.stage_since = case.row.today(tx)?.day();
            }
        }
        // Kept for the log and the consequences, which follow the change.
        made = Some((rule, before, facts, wrong));
        match (to, rule) {
            (Target::ProtectionPathway, _) => shield_from_missions(tx, &person, case, moved),
            (_, RuleName::T16) => end_shield(tx, &person, &case.row, shielded_since),
            _ => Ok(()),
        }
    })?;
    let (rule, before, facts, wrong) = made.ok_or_else(|| Error::internal("a transition was made without its rule"))?;
    transition_log::log(tx, rule, Some(&before), &case.row, &case.keys, moved)?;
    if to == Target::ReTrafficked {
        register::open_linked(tx, &case)?;
    }
    if let Some(wrong) = &wrong {
        corrections::settle(tx, &person, &case, wrong)?;
        corrections::settle_death(tx, &case.row, wrong)?;
        case.row = row::row_unscoped(tx, id)?;
    }
    // Shielding changes the owner and the contacts of the case, and a correction can bring a hold back, so the facts are loaded again;
    // any other move changes only the stage and the side state.
    let facts = match to {
        Target::ProtectionPathway | Target::Resume => facts::load(tx, &case.row, case.granted(), &Move::default())?,
        _ => standing_at(&case.row, moved, facts),
    };
    case.row = follow::follow(tx, &case.row, &facts)?;
    Ok((case, facts))
}

fn standing_at(row: &CaseRow, moved: &Move, facts: Facts) -> Facts {
    let hold_review_on = moved.review_on.filter(|_| row.side_state == Some(SideState::OnHold));
    let (stage, side_state, stage_since) = (row.stage, row.side_state, row.stage_since);
    Facts { stage, side_state, stage_since, hold_review_on, details: TransitionDetails::default(), ..facts }
}

/// The entry as the caller may read it; none if it must not know of it. A guest mission knows of the moves of the owner, and the reasons
/// of its own alone: what somebody fears of an embassy is among the others.
fn open(tx: &Tx<'_>, owner: OrganisationId, row: TransitionRow, keys: &CompartmentKeys) -> Result<Option<TransitionEntry>> {
    let organisation_id = guest_missions::known_organisation(tx, owner, row.organisation_id);
    let is_guest = guest_missions::is_guest(tx, owner);
    let is_about_protection = [row.from_side_state, row.to_side_state].contains(&Some(SideState::ProtectionPathway));
    // A mission that the person turned to afterwards does not learn that they were to be protected from it: it reads that the case went a
    // stage back, as its history tells.
    let is_step_back = row.rule == RuleName::T16 && row.from_stage != Some(row.to_stage);
    if is_guest && (organisation_id.is_none() || (is_about_protection && !is_step_back)) {
        return Ok(None);
    }
    let (rule, from_side_state) = if is_guest && is_about_protection { (RuleName::T13, None) } else { (row.rule, row.from_side_state) };
    // Why somebody was to be protected from missions is read by none, also where a wrong pathway was taken back.
    let is_shielded = is_about_protection && tx.actor.is_mission();
    let is_told = !is_shielded && (!is_guest || row.organisation_id == tx.actor.organisation_id());
    let details = open_detail(row.case_id.0, row.version, row.compartment, keys, &row.sealed_details)?.filter(|_| is_told);
    let gaps = if is_told { gaps_told(&row, details.as_ref(), keys)? } else { Vec::new() };
    Ok(Some(TransitionEntry {
        gaps,
        departure_basis: row.departure_basis,
        details,
        version: row.version,
        moved_at: row.moved_at,
        user_id: guest_missions::known_user(tx, owner, row.organisation_id, row.user_id).filter(|_| organisation_id.is_some()),
        organisation_id,
        rule,
        from_stage: row.from_stage,
        from_side_state,
        to_stage: row.to_stage,
        to_side_state: row.to_side_state,
        // Witness, charges, illness: what it is about is closed to a guest mission, and so is its name.
        hold_reason: row.hold_reason.filter(|_| is_told),
        review_on: row.review_on,
        occurred_on: row.occurred_on,
        taken_back_with: row.taken_back_with,
    }))
}

/// The gaps of an entry, for a caller who is told its reasons: of those that rest on the protection notes, others learn that the owner
/// is to be asked. That alone says that there is something to ask.
fn gaps_told(row: &TransitionRow, details: Option<&MoveDetails>, keys: &CompartmentKeys) -> Result<Vec<UnmetGuard>> {
    let known = |codes: &[String]| codes.iter().filter_map(|code| Guard::by_code(code)).map(Guard::unmet).collect::<Vec<_>>();
    let mut told = details.map_or_else(Vec::new, |details| known(&details.gaps));
    if let Some(sealed) = &row.sealed_gaps {
        let restricted: Option<Vec<String>> = open_detail(row.case_id.0, row.version, Compartment::Protection, keys, sealed)?;
        told.extend(restricted.map_or_else(|| vec![ASK_OWNER], |codes| known(&codes)));
    }
    Ok(told)
}

/// Ends the access of every mission and all emergency access to all cases of the person, because name and address are the same in
/// all of them. Cases that a mission owned pass to the coordination desk: without an owner who can open the case, the person would be
/// left without help.
fn shield_from_missions(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &mut OpenCase, moved: &Move) -> Result<()> {
    let exclusion = begin_exclusion(tx, person, case, moved.approval)?;
    for mut row in row::of_person(tx, case.row.person_id)? {
        let (owner, mut lost) = (row.owner_id, exclusions::held_by_missions(tx, exclusion, &row)?);
        if is_of_another_mission(tx, &row)? {
            responsibility::take_from_mission(tx, person, &mut row)?;
            lost.iter_mut().filter(|grant| grant.organisation_id == owner).for_each(|grant| grant.next_owner_id = Some(row.owner_id));
            if row.id == case.row.id {
                case.row.owner_id = row.owner_id;
                case.row.assigned_to = None;
            }
        }
        exclusions::remember(tx, &lost)?;
        granting::withdraw_from_missions(tx, person, row.id)?;
        granting::withdraw_emergency_access(tx, person, row.id)?;
        tx.audit_subject(row.id.0);
        if row.id != case.row.id {
            let row = row::row_unscoped(tx, row.id)?;
            follow::apply_consequences_anew(tx, &row)?;
        }
    }
    for merged in merged::merged_into(tx, person.person())? {
        let merged = lock::lock_person(tx, merged)?;
        person_keys::withdraw_keys_from_missions(tx, &merged)?;
    }
    person_keys::withdraw_keys_from_missions(tx, person)
}

/// Ends the shield of somebody who wishes to go home after all. No mission gets back what it held, and the person is asked anew about each.
/// That day is not told apart from that on which the person put off the decision.
fn end_shield(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &CaseRow, since: NaiveDate) -> Result<()> {
    for pathway in exclusions::live_pathways(tx, &[row.id])? {
        exclusions::end(tx, person, pathway.id)?;
    }
    for contact in contacts::all_of(tx, row.id)? {
        contacts::end_on(tx, person, row.id, contact.mission_id, since)?;
    }
    stored_consents::end_to_missions(tx, person)?;
    let about = About { user: tx.actor.user().map(|user| user.user_id), case: Some(row.id), client: None };
    tell_data_protection(tx, row.owner_id, DataProtectionEventKind::ProtectionPathwayLeft, about)
}

fn begin_exclusion(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &OpenCase, approval: Option<ApprovalId>) -> Result<ExclusionId> {
    let mut is_foreign = case.row.owner_id != tx.actor.organisation_id();
    for row in row::of_person(tx, case.row.person_id)? {
        is_foreign |= is_of_another_mission(tx, &row)?;
    }
    let began_with = Some(case.row.version + 1);
    let new = NewExclusion { case: case.row.id, way: ExclusionWay::ProtectionPathway, began_with, is_foreign, approval };
    exclusions::begin(tx, person, &new)
}

fn is_of_another_mission(tx: &mut Tx<'_>, row: &CaseRow) -> Result<bool> {
    Ok(row.owner_id != tx.actor.organisation_id() && organisations::find(tx, row.owner_id)?.kind.is_mission())
}

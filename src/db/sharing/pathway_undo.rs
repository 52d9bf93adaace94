//! Taking a wrong protection pathway back: an act that needs two persons. The missions that were shut out get back what they held and
//! no more, and nothing that the person said meanwhile is undone.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::{approvals, organisations};
use crate::db::casefile::data_protection::{About, tell_data_protection};
use crate::db::casefile::granting::{self, HeldGrant, Opens};
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{access_events, denied, grants, ownership, shielded};
use crate::db::cases::change;
use crate::db::process::exclusions::{self, ExcludedGrant, ExclusionRow};
use crate::db::process::transition_log::{self, Move, MoveDetails, TransitionRow};
use crate::db::process::{contacts, follow, tasks};
use crate::db::reference::missions;
use crate::db::schema::case_changes;
use crate::db::sharing::reconcile::reconcile_access;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::Compartment;
use crate::domain::accounts::approval::{Act, PathwayUndoParameters};
use crate::domain::codes::{AccessEventKind, DataProtectionEventKind};
use crate::domain::ids::{ApprovalId, CaseId, OrganisationId};
use crate::domain::repatriation::RuleName;
use crate::domain::repatriation::stage::SideState;
use crate::error::{Error, ErrorCode, Result};

/// Takes the protection pathway of a case back, as a second person of its owner approved.
pub fn undo(tx: &mut Tx<'_>, case: CaseId, approval: Option<ApprovalId>) -> Result<()> {
    let person = lock::lock_with_person(tx, case)?;
    let (before, _) = open::row_visible(tx, case)?;
    row::require_owner(tx, &before)?;
    row::refuse_if_closed(&before)?;
    let cases: Vec<CaseId> = row::of_person(tx, before.person_id)?.iter().map(|case| case.id).collect();
    let live = exclusions::live_pathways(tx, &cases)?;
    let is_on_it = before.side_state == Some(SideState::ProtectionPathway);
    let pathway = live.iter().find(|pathway| is_on_it && pathway.case_id == case);
    let Some((pathway, began_with)) = pathway.and_then(|pathway| Some((pathway, pathway.began_with?))) else {
        return Err(Error::new(ErrorCode::Conflict).detail("The case is on no protection pathway that could be taken back."));
    };
    let asked = PathwayUndoParameters { case_id: case, began_with };
    let approved = approvals::consume(tx, approval, &Act { pathway_undo: Some(asked), ..Act::default() })?;
    let details = MoveDetails { reason: approvals::find(tx, approved.id)?.reason, ..MoveDetails::default() };
    exclusions::end(tx, &person, pathway.id)?;
    let lost = exclusions::lost_by(tx, pathway.id)?;
    let wrong = transition_log::entry(tx, case, began_with)?;
    let leave = CaseRow { side_state: wrong.from_side_state, ..before.clone() };
    let opened = match live.iter().find(|other| other.id != pathway.id) {
        _ if !shielded::is_barred(tx, &leave)? => give_back(tx, &person, &before, &wrong, pathway, &lost)?,
        Some(other) => {
            exclusions::leave_to(tx, &lost, other.id)?;
            change::change_row(tx, case, &before.version.into(), |_, case| step_off(case, &wrong))?
        }
        None => {
            return Err(Error::new(ErrorCode::Conflict).detail("Something else bars contact with missions, as an open asylum claim does."));
        }
    };
    transition_log::log(tx, RuleName::T14, Some(&before), &opened.row, &opened.keys, &Move { details, ..Move::default() })?;
    transition_log::mark_taken_back(tx, case, began_with, opened.row.version)?;
    reconcile_access(tx, &person)?;
    for case in cases {
        let row = row::row_unscoped(tx, case)?;
        follow::apply_consequences_anew(tx, &row)?;
        tx.audit_subject(case.0);
    }
    tell(tx, pathway, &lost)
}

fn step_off(case: &mut OpenCase, wrong: &TransitionRow) -> Result<()> {
    case.row.side_state = wrong.from_side_state;
    case.row.stage_since = wrong.stood_since.unwrap_or(case.row.stage_since);
    Ok(())
}

/// Steps off the pathway, and gives the missions back what they held.
fn give_back(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    before: &CaseRow,
    wrong: &TransitionRow,
    pathway: &ExclusionRow,
    lost: &[ExcludedGrant],
) -> Result<OpenCase> {
    refuse_what_was_written_since(tx, pathway, lost)?;
    let opened = change::change_row(tx, before.id, &before.version.into(), |tx, case| {
        step_off(case, wrong)?;
        for grant in lost.iter().filter(|grant| grant.case_id == before.id) {
            hand_back(tx, person, &mut case.row, grant)?;
        }
        Ok(())
    })?;
    for grant in lost {
        let mut row = row::row_unscoped(tx, grant.case_id)?;
        if grant.case_id != before.id {
            hand_back(tx, person, &mut row, grant)?;
        }
        if is_due(tx, &row, grant)? {
            let ExcludedGrant { organisation_id: organisation, basis, compartments, expires_at, .. } = *grant;
            let held = HeldGrant { organisation, basis, compartments, expires_at };
            ownership::give_back(tx, person, &row, &held, grant.holds_person_key)?;
        }
    }
    Ok(opened)
}

/// Refuses to open restricted notes (class E) to a mission that others wrote while it was shut out.
fn refuse_what_was_written_since(tx: &mut Tx<'_>, pathway: &ExclusionRow, lost: &[ExcludedGrant]) -> Result<()> {
    for grant in lost {
        let restricted = [Compartment::Location, Compartment::Protection].into_iter().filter(|part| grant.compartments.contains(*part));
        let written = case_changes::table
            .filter(case_changes::case_id.eq(grant.case_id))
            .filter(case_changes::changed_at.ge(pathway.created_at))
            .filter(case_changes::compartment.eq_any(restricted.collect::<Vec<_>>()));
        let query = diesel::select(diesel::dsl::exists(written));
        if query.get_result(tx.conn)? {
            return Err(Error::new(ErrorCode::Conflict).detail(
                "Since the pathway began, a location or protection notes were written that a mission would read: hand the case over \
                 with the person's consent instead.",
            ));
        }
    }
    Ok(())
}

/// Makes a mission the owner again of a case that it owned, unless the person denies it now, or the case was handed on meanwhile.
fn hand_back(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &mut CaseRow, grant: &ExcludedGrant) -> Result<()> {
    let meanwhile = row.owner_id;
    if grant.next_owner_id != Some(meanwhile) || denied::is_denied(tx, row.person_id, grant.organisation_id)? {
        return Ok(());
    }
    let opens = if grant.holds_person_key { Opens::Whole } else { Opens::AsBefore };
    ownership::hand_back(tx, person, row, grant.organisation_id, opens)?;
    tasks::hand_over(tx, row.id, meanwhile, grant.organisation_id)
}

/// Whether what a grant rested on still holds. What rests on a referral follows from the consents of the person.
fn is_due(tx: &mut Tx<'_>, row: &CaseRow, grant: &ExcludedGrant) -> Result<bool> {
    let is_over = grant.expires_at.is_some_and(|at| at <= tx.now);
    if is_over || denied::is_denied(tx, row.person_id, grant.organisation_id)? {
        return Ok(false);
    }
    Ok(match grant.basis {
        GrantBasis::Registration | GrantBasis::Ownership => row.owner_id == grant.organisation_id,
        GrantBasis::EmbassyContact => {
            let mission = grant.organisation_id.into();
            contacts::allow(tx, row.id, mission)? && missions::covers(tx, mission, row.claimed.as_ref(), row.host_country)?
        }
        GrantBasis::Coordination => organisations::desks_of(tx, row.host_country)?.contains(&grant.organisation_id),
        GrantBasis::Referral | GrantBasis::BreakGlass => false,
    })
}

/// Tells the missions that see a case again, the others who see it, and those who answer for data protection.
fn tell(tx: &mut Tx<'_>, pathway: &ExclusionRow, lost: &[ExcludedGrant]) -> Result<()> {
    let own = tx.actor.organisation_id();
    let mut back: Vec<(CaseId, OrganisationId)> = lost.iter().map(|grant| (grant.case_id, grant.organisation_id)).collect();
    back.sort_unstable();
    back.dedup();
    for (case, mission) in back.iter().copied() {
        if grants::is_seen_by(tx, case, mission)? {
            access_events::tell(tx, mission, AccessEventKind::AccessRestored, case)?;
        }
    }
    let mut others: Vec<OrganisationId> = granting::held(tx, pathway.case_id)?.into_iter().map(|grant| grant.organisation).collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|other| *other != own && !back.contains(&(pathway.case_id, *other)));
    for other in others {
        access_events::tell(tx, other, AccessEventKind::ProtectionPathwayUndone, pathway.case_id)?;
    }
    let about = About { user: tx.actor.user().map(|user| user.user_id), case: Some(pathway.case_id), client: None };
    tell_data_protection(tx, own, DataProtectionEventKind::ProtectionPathwayUndone, about)?;
    if pathway.organisation_id != own {
        let about = About { user: None, ..about };
        tell_data_protection(tx, pathway.organisation_id, DataProtectionEventKind::ProtectionPathwayUndone, about)?;
    }
    Ok(())
}

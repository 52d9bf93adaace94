//! Taking back what was entered by mistake: an end of the road, and a step that did not happen. The log keeps the wrong entry, marked
//! as taken back, and the case stands again where it stood before.

use crate::db::Tx;
use crate::db::accounts::approvals;
use crate::db::casefile::case_keys;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::engine::expected::Expected;
use crate::db::process::transition_log::{self, Move, TransitionRow};
use crate::db::process::{facts, follow, follow_up_case, record_facts};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::approval::{Act, ApprovalStatus, CorrectionParameters};
use crate::domain::ids::{ApprovalId, CaseId};
use crate::domain::repatriation::records::Death;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::{Guard, RuleName, Target, rule_for, unmet};
use crate::error::{Error, ErrorCode, Result};

/// The most characters of a reason that an approval shows.
const REASON_SHOWN: usize = 500;

/// What a second person has to do with a transition.
pub(super) enum SecondPerson {
    /// Nothing: the transition needs none.
    NotNeeded,
    /// Approved it, for this reason; the approval is used up.
    Approved(Option<String>),
    /// Is asked with this approval.
    Asked(ApprovalId),
}

/// Uses up the approval of a second person for taking a grave end back, and asks for one where there is none yet.
pub(super) fn second_person(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, moved: &Move) -> Result<SecondPerson> {
    lock::lock_with_person(tx, id)?;
    let (row, keys) = open::row_visible(tx, id)?;
    if !row.side_state.is_some_and(SideState::is_grave) {
        return Ok(SecondPerson::NotNeeded);
    }
    expected.check(row.version)?;
    row::refuse_if_closed(&row)?;
    let known = facts::load(tx, &row, keys.compartments(), moved)?;
    let (_, guards) = rule_for(row.stage, row.side_state, Target::Resume).ok_or(ErrorCode::NoSuchTransition)?;
    let missing = unmet(guards, &known);
    if missing.iter().any(|guard| *guard != Guard::SecondPerson.unmet()) {
        return Err(Error::unmet(missing));
    }
    if !tx.actor.user().is_some_and(|user| user.is_recent(tx.now)) {
        return Err(ErrorCode::InsufficientUserAuthentication.into());
    }
    let wrong = wrong_end(tx, &row)?;
    let act = Act { correction: Some(CorrectionParameters { case_id: id, wrong_version: wrong.version }), ..Act::default() };
    let pending = approvals::pending(tx, &act)?;
    match (moved.approval, pending) {
        (Some(approval), _) | (None, Some((approval, ApprovalStatus::Approved))) => {
            let approved = approvals::consume(tx, Some(approval), &act)?;
            Ok(SecondPerson::Approved(approvals::find(tx, approved.id)?.reason))
        }
        (None, Some((waiting, _))) => {
            tx.audit_unchanged(waiting.0);
            Ok(SecondPerson::Asked(waiting))
        }
        (None, None) => {
            let reason: String = moved.details.reason.iter().flat_map(|reason| reason.chars()).take(REASON_SHOWN).collect();
            Ok(SecondPerson::Asked(approvals::ask(tx, &act, &reason)?.id))
        }
    }
}

fn wrong_end(tx: &mut Tx<'_>, row: &CaseRow) -> Result<TransitionRow> {
    transition_log::leading_here(tx, row)?.ok_or_else(|| Error::internal("a case at an end to which no entry led"))
}

/// The entry that a transition takes back; none for one that leads on. A step back from a departure, an arrival or the end takes back
/// what did not happen; before that, something can have happened and hold no more.
pub(super) fn taken_back_by(tx: &mut Tx<'_>, rule: RuleName, row: &CaseRow) -> Result<Option<TransitionRow>> {
    match rule {
        RuleName::T14 if row.side_state.is_some() => wrong_end(tx, row).map(Some),
        // What was recorded afterwards.
        RuleName::T14 => transition_log::entry_into_stage(tx, row),
        RuleName::T13 if row.stage >= Stage::Departed => {
            let entry = transition_log::entry_into_stage(tx, row)?;
            Ok(entry.filter(|entry| entry.from_stage == row.stage.previous()))
        }
        _ => Ok(None),
    }
}

/// Lets the case stand again where it stood before a wrong entry.
pub(super) fn stand_again(case: &mut CaseRow, wrong: &TransitionRow) {
    case.stage = wrong.from_stage.unwrap_or(case.stage);
    case.side_state = wrong.from_side_state;
    case.stage_since = wrong.stood_since.unwrap_or(case.stage_since);
}

/// Marks the wrong entry, and undoes what the system had made of it.
pub(super) fn settle(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &OpenCase, wrong: &TransitionRow) -> Result<()> {
    transition_log::mark_taken_back(tx, case.row.id, wrong.version, case.row.version)?;
    if wrong.to_side_state == Some(SideState::ReTrafficked) {
        follow_up_case::withdraw(tx, person, &case.row, wrong.moved_at)?;
    }
    Ok(())
}

/// Marks what was recorded of a death that was wrong: it stays as it was written, and counts no more.
pub(super) fn settle_death(tx: &mut Tx<'_>, case: &CaseRow, wrong: &TransitionRow) -> Result<()> {
    if wrong.to_side_state != Some(SideState::Deceased) {
        return Ok(());
    }
    let keys = case_keys::of_system(tx, case, CompartmentSet::ALL)?;
    let today = case.today(tx)?.day();
    for death in record_facts::all_of(tx, case.id, &keys)?.deaths.into_iter().filter(|death| death.content.stands()) {
        let case = row::row_unscoped(tx, case.id)?;
        follow::change_record(tx, &case, death.id, |death: Death| death.taken_back(today))?;
    }
    Ok(())
}

//! Recording afterwards that somebody left or arrived: each on its own day, with the requirements that were not met as gaps, and a task
//! to review each of them.

use crate::db::Tx;
use crate::db::casefile::case_keys;
use crate::db::casefile::denied;
use crate::db::casefile::lock;
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::cases::register::NewCase;
use crate::db::cases::{change, register};
use crate::db::engine::expected::Expected;
use crate::db::process::batch_members;
use crate::db::process::transition_log::{self, Move, MoveDetails};
use crate::db::process::{facts, follow, tasks};
use crate::db::repatriation::transitions::{self, Standing};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{DepartureBasis, MovementStatus};
use crate::domain::ids::CaseId;
use crate::domain::repatriation::stage::Stage;
use crate::domain::repatriation::{Afterwards, Facts, Guard, Happened, RuleName, gaps, unmet};
use crate::error::{Error, ErrorCode, Result};

/// What a supervisor says that happened.
#[derive(Clone)]
pub struct Recorded {
    /// The departure, the arrival, or both, in this order.
    pub happened: Vec<Afterwards>,
    /// How the person left.
    pub basis: Option<DepartureBasis>,
    /// Why it is recorded only now.
    pub reason: String,
    /// The person or office that reported it.
    pub source: String,
}

/// Records what happened, in one act: all of it or nothing.
pub fn record(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, recorded: &Recorded) -> Result<Standing> {
    tx.audit_subject(id.0);
    lock::lock_with_person(tx, id)?;
    let (row, _) = open::row_visible(tx, id)?;
    expected.check(row.version)?;
    row::refuse_if_closed(&row)?;
    for happened in &recorded.happened {
        enter(tx, id, *happened, recorded)?;
    }
    transitions::find(tx, id)
}

/// Somebody on a list of people who left: of a case, or whom nobody registered yet.
#[derive(Clone)]
pub enum Listed {
    Case(CaseId),
    New(Box<NewCase>),
}

/// Records what happened to everybody on a list: each for itself, so that one who is refused holds nobody else up.
pub fn record_all(tx: &mut Tx<'_>, list: &[(Listed, Recorded)]) -> Result<Vec<Result<CaseId>>> {
    let (mut people, mut cases) = (Vec::new(), Vec::new());
    for (who, _) in list {
        match who {
            Listed::Case(id) => cases.push(*id),
            Listed::New(new) => people.extend(new.person_id),
        }
    }
    // In one order, so that two lists with the same people do not wait for each other.
    lock::lock_with_persons_of(tx, people, cases)?;
    let mut outcomes = Vec::with_capacity(list.len());
    for (who, recorded) in list {
        outcomes.push(tx.part(|tx| {
            let id = match who {
                Listed::Case(id) => *id,
                Listed::New(new) => register::insert(tx, new).map_err(|error| error.within("/person"))?.row.id,
            };
            record(tx, id, &Expected::Any, recorded).map(|standing| standing.row.id)
        })?);
    }
    Ok(outcomes)
}

/// Where a case stands that the caller sees; none for any other.
pub fn stage_now(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Stage>> {
    Ok(open::row_if_visible(tx, id)?.map(|row| row.stage))
}

/// Makes one entry. What was booked for the person and did not take place is cancelled first.
fn enter(tx: &mut Tx<'_>, id: CaseId, happened: Afterwards, recorded: &Recorded) -> Result<()> {
    let details = MoveDetails { reason: Some(recorded.reason.clone()), source: Some(recorded.source.clone()), ..MoveDetails::default() };
    let basis = recorded.basis.filter(|_| happened.what == Happened::Departed);
    let moved = Move { occurred_on: Some(happened.on), details, departure_basis: basis, ..Move::default() };
    let (row, keys) = open::row_visible(tx, id)?;
    let before = facts::load(tx, &row, keys.compartments(), &moved)?;
    if !happened.leads_on(&before) {
        return Err(ErrorCode::NoSuchTransition.into());
    }
    let missing = unmet(Afterwards::REQUIRED, &before);
    let violations = happened.violations(&before, recorded.basis);
    // A day that is not over is told as a fault of its field.
    let is_the_day_alone = !violations.is_empty() && missing.iter().all(|guard| *guard == Guard::DateAndSource.unmet());
    if !missing.is_empty() && !is_the_day_alone {
        return Err(Error::unmet(missing));
    }
    if !violations.is_empty() {
        return Err(Error::fields(violations));
    }
    let denies_somebody = !denied::of_person(tx, row.person_id)?.is_empty();
    let known = Facts { denies_somebody, ..before };
    let gaps = gaps(&known, happened.what);
    if happened.what == Happened::Departed {
        cancel_booking(tx, &row, &known)?;
    }
    let moved = Move { gaps, ..moved };
    // Cancelling a booking can take the case a step back by itself.
    let stood = row::row_unscoped(tx, id)?;
    let case = stand_at(tx, &stood, happened)?;
    transition_log::log(tx, RuleName::T15, Some(&stood), &case.row, &case.keys, &moved)?;
    ask_for_reviews(tx, &case, happened, &moved.gaps)?;
    follow::apply_consequences_anew(tx, &case.row).map(drop)
}

fn stand_at(tx: &mut Tx<'_>, stood: &CaseRow, happened: Afterwards) -> Result<OpenCase> {
    change::change_row(tx, stood.id, &stood.version.into(), |_, case| {
        case.row.stage = happened.what.stage();
        case.row.side_state = None;
        case.row.stage_since = happened.on;
        Ok(())
    })
}

/// Cancels what was booked and frees the seat: the person left another way.
fn cancel_booking(tx: &mut Tx<'_>, row: &CaseRow, facts: &Facts) -> Result<()> {
    let booked = facts.records.movements.iter().rev().find(|entry| entry.content.status != MovementStatus::Cancelled);
    let Some(booked) = booked.filter(|entry| !entry.content.has_departed()) else { return Ok(()) };
    if let Some(batch) = booked.content.batch_id {
        let member = batch_members::members(tx, batch)?.into_iter().find(|member| member.case_id == row.id);
        return member.map_or(Ok(()), |member| follow::leave(tx, &member));
    }
    follow::cancel_movement(tx, row.id, booked.id)
}

/// One task for the owner for each gap, so that somebody looks at what the guards would have protected.
fn ask_for_reviews(tx: &mut Tx<'_>, case: &OpenCase, happened: Afterwards, gaps: &[Guard]) -> Result<()> {
    let keys = case_keys::of_system(tx, &case.row, CompartmentSet::ALL)?;
    for gap in gaps {
        // The note is read by whoever reads the identity; what rests on the protection notes stands in the log alone.
        let (text, guard) = match gap.rests_on_protection() {
            true => ("see the log of the road home.", None),
            false => (gap.unmet().message, Some(gap.unmet().guard)),
        };
        let note = format!("Recorded afterwards ({}, {}), and a requirement was not met: {text}", happened.what.stage(), happened.on);
        tasks::add_for_owner(tx, &case.row, &keys, &note, guard)?;
    }
    Ok(())
}

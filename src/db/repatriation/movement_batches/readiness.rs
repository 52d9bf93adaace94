//! Who is on board, and what keeps each of them from the next step. Nothing is changed.

use crate::db::Tx;
use crate::db::casefile::list::{self, CaseSummaryRow};
use crate::db::process::batch_members::{self, Member};
use crate::db::process::facts;
use crate::db::repatriation::movement_batches::steps::{Passenger, keep_children_with_theirs, look_at};
use crate::db::repatriation::movement_batches::{ArrivalOfAll, Batch, BatchMove, find};
use crate::domain::ids::{CaseId, MovementBatchId};
use crate::domain::repatriation::UnmetGuard;
use crate::domain::repatriation::movement_batch::BatchStep;
use crate::error::Result;

/// Everybody on board whom the organisation sees, before a step.
pub struct Readiness {
    /// The step; none if the batch has none before it, or cannot make the asked one.
    pub step: Option<BatchStep>,
    /// What bars the caller from making the step for anybody.
    pub barred: Vec<UnmetGuard>,
    /// By the code of the case.
    pub passengers: Vec<ReadyPassenger>,
}

/// One of them.
pub struct ReadyPassenger {
    pub case: CaseSummaryRow,
    /// None where the grant does not open it.
    pub name: Option<String>,
    /// Whether the person made the step before.
    pub has_made: bool,
    /// The unmet guards; empty for who made the step before.
    pub unmet: Vec<UnmetGuard>,
}

/// Who is on board of one of the organisation's own batches, before the asked step; without one, before the first that nobody on board
/// made. A guest mission is told what follows from what it may know, as with a single case.
pub fn readiness(tx: &mut Tx<'_>, id: MovementBatchId, asked: Option<BatchStep>) -> Result<Readiness> {
    let batch = find(tx, id)?;
    let possible: Vec<BatchStep> = BatchStep::ALL.iter().copied().filter(|step| batch.content.allows(*step)).collect();
    let members = batch_members::members(tx, id)?;
    let steps: Vec<BatchStep> = possible.into_iter().filter(|step| asked.is_none_or(|asked| asked == *step)).collect();
    let (step, seen) = before_one_of(tx, &batch, &members, &steps)?;
    let ids: Vec<CaseId> = members.iter().map(|member| member.case_id).collect();
    let mut passengers: Vec<ReadyPassenger> = list::summaries(tx, &ids)?
        .into_iter()
        .map(|(case, name, _)| {
            let found = seen.iter().find(|passenger| passenger.case.id == case.id);
            let (has_made, unmet) = found.map_or((false, Vec::new()), |passenger| (passenger.has_made, passenger.unmet.clone()));
            ReadyPassenger { case, name, has_made, unmet }
        })
        .collect();
    passengers.sort_by(|one, other| one.case.code.cmp(&other.case.code));
    let barred = step.map_or_else(Vec::new, |step| step.barred(facts::party(tx.actor), tx.actor.organisation_id(), tx.today()));
    Ok(Readiness { step, barred, passengers })
}

/// The first of these steps that nobody has made, or the last of them, with everybody whom the organisation sees before it.
fn before_one_of(tx: &mut Tx<'_>, batch: &Batch, members: &[Member], steps: &[BatchStep]) -> Result<(Option<BatchStep>, Vec<Passenger>)> {
    let mut before = (None, Vec::new());
    for &step in steps {
        let mut seen = all_before(tx, batch, members, step)?;
        if step == BatchStep::Departed {
            keep_children_with_theirs(&mut seen);
        }
        let is_next = !seen.iter().any(|passenger| passenger.has_made);
        before = (Some(step), seen);
        if is_next {
            break;
        }
    }
    Ok(before)
}

fn all_before(tx: &mut Tx<'_>, batch: &Batch, members: &[Member], step: BatchStep) -> Result<Vec<Passenger>> {
    let (moved, departed_at) = (as_if_made(tx, step), batch.content.departed_at.or(Some(tx.now)));
    let mut seen = Vec::with_capacity(members.len());
    for member in members {
        let Some(passenger) = look_at(tx, member, batch, &moved, departed_at, facts::load_known)? else { continue };
        tx.audit_disclosure(passenger.case.id, passenger.keys.compartments());
        seen.push(passenger);
    }
    Ok(seen)
}

/// The step as it would be made now.
fn as_if_made(tx: &Tx<'_>, step: BatchStep) -> BatchMove {
    match step {
        BatchStep::DepartureScheduled => BatchMove::ScheduleDeparture,
        BatchStep::Departed => BatchMove::Depart(None),
        BatchStep::Arrived => {
            BatchMove::Arrive(ArrivalOfAll { arrived_on: tx.today().day(), country: None, port: String::new(), received_by: String::new() })
        }
    }
}

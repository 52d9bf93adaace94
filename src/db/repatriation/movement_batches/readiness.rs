//! Who is on board, and what keeps each of them from the next step. Nothing is changed.

use crate::db::Tx;
use crate::db::casefile::list::{self, CaseSummaryRow};
use crate::db::process::{batch_members, facts};
use crate::db::repatriation::movement_batches::steps::{Passenger, keep_children_with_theirs, look_at};
use crate::db::repatriation::movement_batches::{ArrivalOfAll, BatchMove, find};
use crate::domain::ids::{CaseId, MovementBatchId};
use crate::domain::repatriation::UnmetGuard;
use crate::domain::repatriation::movement_batch::BatchStep;
use crate::error::Result;

/// Everybody on board whom the organisation sees, before a step.
pub struct Readiness {
    /// The step; none if the batch has none before it.
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

/// Who is on board of one of the organisation's own batches, before the asked step; without one, before the next one of the batch.
pub fn readiness(tx: &mut Tx<'_>, id: MovementBatchId, asked: Option<BatchStep>) -> Result<Readiness> {
    let batch = find(tx, id)?;
    let step = asked.or_else(|| BatchStep::ALL.iter().copied().rev().find(|step| batch.content.allows(*step)));
    let members = batch_members::members(tx, id)?;
    let moved = step.map(|step| as_if_made(tx, step));
    let mut seen: Vec<Passenger> = Vec::new();
    for member in &members {
        if let Some(moved) = &moved {
            seen.extend(look_at(tx, member, &batch, moved, batch.content.departed_at.or(Some(tx.now)))?);
        }
    }
    if step == Some(BatchStep::Departed) {
        keep_children_with_theirs(&mut seen);
    }
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

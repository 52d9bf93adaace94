//! One step for all passengers of a batch. Each case moves on its own: a passenger with unmet guards stays behind with the
//! reasons, and the others go. That is decided for each passenger before anything is written, so that the failure of one does not
//! undo the step of another.

use chrono::NaiveDate;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::grants;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::engine::expected::Expected;
use crate::db::process::batch_members::{self, Member};
use crate::db::process::facts;
use crate::db::process::follow::{RecordChange, Source, change_movement, leave};
use crate::db::process::transition_log::Move;
use crate::db::repatriation::movement_batches::{Batch, begin, save};
use crate::db::repatriation::transitions;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::MovementStatus;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MovementBatchId, RecordId};
use crate::domain::repatriation::movement_batch::{BatchStep, CLOSED_TO_YOU, has_made, missing};
use crate::domain::repatriation::records::record::Entry;
use crate::domain::repatriation::records::{Arrival, Movement};
use crate::domain::repatriation::stage::Stage;
use crate::domain::repatriation::{Facts, Guard, UnmetGuard};
use crate::error::{Error, ErrorCode, Result};

/// The arrival of all passengers.
#[derive(Clone)]
pub struct ArrivalOfAll {
    pub arrived_on: NaiveDate,
    pub country: Option<Country>,
    /// Airport, harbour or border crossing.
    pub port: String,
    pub received_by: String,
}

/// A step of all passengers.
#[derive(Clone)]
pub enum BatchMove {
    /// Schedules the departure.
    ScheduleDeparture,
    /// Records the departure; now, if no time is stated.
    Depart(Option<Timestamp>),
    /// Records the arrival.
    Arrive(ArrivalOfAll),
}

impl BatchMove {
    /// The kind of step.
    pub fn step(&self) -> BatchStep {
        match self {
            Self::ScheduleDeparture => BatchStep::DepartureScheduled,
            Self::Depart(_) => BatchStep::Departed,
            Self::Arrive(_) => BatchStep::Arrived,
        }
    }
}

/// The result of the step for one passenger.
pub struct PassengerMove {
    pub case_id: CaseId,
    pub case_code: String,
    /// Whether the case made the step now.
    pub moved: bool,
    /// The stage after the step.
    pub stage: Stage,
    /// The unmet guards; empty for a case that moved now, or had made the step before.
    pub unmet: Vec<UnmetGuard>,
}

/// A passenger whom the organisation sees, with the guards that are unmet for the step.
pub(super) struct Passenger {
    member: Member,
    pub(super) case: CaseRow,
    pub(super) keys: CompartmentKeys,
    facts: Facts,
    pub(super) has_made: bool,
    pub(super) unmet: Vec<UnmetGuard>,
}

impl Passenger {
    fn moves(&self) -> bool {
        !self.has_made && self.unmet.is_empty()
    }
}

/// Moves every passenger whose guards are met. If no passenger moves or has moved before, the batch does not change.
pub fn advance(tx: &mut Tx<'_>, id: MovementBatchId, expected: &Expected, moved: &BatchMove) -> Result<(Batch, Vec<PassengerMove>)> {
    let batch = begin(tx, id, expected)?;
    check(tx, &batch, moved)?;
    let departed_at = match moved {
        BatchMove::Depart(at) => Some(at.unwrap_or(tx.now)),
        _ => batch.content.departed_at,
    };
    let members = batch_members::lock_members(tx, id)?;
    let mut seen = Vec::with_capacity(members.len());
    let mut hidden = Vec::new();
    for member in members {
        match look_at(tx, &member, &batch, moved, departed_at, whole)? {
            Some(passenger) => seen.push(passenger),
            None => hidden.push(member),
        }
    }
    if matches!(moved, BatchMove::Depart(_)) {
        keep_children_with_theirs(&mut seen);
    }
    let is_made = seen.iter().any(|passenger| passenger.unmet.is_empty());
    let batch = if is_made { carry_out(tx, batch, moved, departed_at, &seen, &hidden)? } else { batch };
    seen.sort_by(|one, other| one.case.code.cmp(&other.case.code));
    let results = seen.into_iter().map(|passenger| result(tx, passenger)).collect::<Result<_>>()?;
    Ok((batch, results))
}

/// Holds back whoever would leave a child, or a parent or guardian, behind with those who cannot leave: also where that only follows
/// from another one who is held back.
pub(super) fn keep_children_with_theirs(seen: &mut [Passenger]) {
    loop {
        let stay: Vec<CaseId> = seen.iter().filter(|one| !one.has_made && !one.unmet.is_empty()).map(|one| one.case.id).collect();
        let mut parted = seen.iter_mut().filter(|one| one.moves() && one.facts.is_separated_by(&stay)).peekable();
        if parted.peek().is_none() {
            return;
        }
        parted.for_each(|one| one.unmet.push(Guard::ChildNotSeparated.unmet()));
    }
}

/// Checks the conditions for the batch as a whole.
fn check(tx: &Tx<'_>, batch: &Batch, moved: &BatchMove) -> Result<()> {
    let step = moved.step();
    let barred = step.barred(facts::party(tx.actor), tx.actor.organisation_id(), tx.today());
    if !barred.is_empty() {
        return Err(Error::unmet(barred));
    }
    if !batch.content.allows(step) {
        let detail = format!("A batch that is {} cannot be {step}.", batch.content.status);
        return Err(Error::new(ErrorCode::NoSuchTransition).detail(detail));
    }
    let left_on = |country: Option<Country>| {
        let there = country.map_or(tx.today().zone(), |country| tx.zone_in(country));
        batch.content.departed_at.map(|at| there.day_of(at))
    };
    match moved {
        BatchMove::Depart(Some(at)) if *at > tx.now => Err(Error::field("/departed_at", "date_in_future", "must not lie in the future")),
        BatchMove::Arrive(arrival) if left_on(arrival.country).is_some_and(|left| arrival.arrived_on < left) => {
            Err(Error::field("/arrived_on", "out_of_order", "must not lie before the departure"))
        }
        _ => Ok(()),
    }
}

/// The facts of a case, by which it is decided.
fn whole(tx: &mut Tx<'_>, case: &CaseRow, granted: CompartmentSet) -> Result<Facts> {
    facts::load(tx, case, granted, &Move::default())
}

/// Checks one passenger by the facts that `load` gives; none if the organisation does not see the case, or no longer does.
pub(super) fn look_at(
    tx: &mut Tx<'_>,
    member: &Member,
    batch: &Batch,
    moved: &BatchMove,
    departed_at: Option<Timestamp>,
    load: impl FnOnce(&mut Tx<'_>, &CaseRow, CompartmentSet) -> Result<Facts>,
) -> Result<Option<Passenger>> {
    let Some(keys) = grants::keys_for(tx, member.case_id)? else { return Ok(None) };
    let case = row::row_unscoped(tx, member.case_id)?;
    let facts = load(tx, &case, keys.compartments())?;
    let step = moved.step();
    let has_made = has_made(step, &facts);
    let is_closed = matches!(moved, BatchMove::Arrive(_)) && keys.get(Compartment::Contact).is_none();
    let unmet = match (has_made, is_closed) {
        (true, _) => Vec::new(),
        (false, true) => vec![CLOSED_TO_YOU],
        (false, false) => missing(step, &facts, &then(tx, &facts, member, batch, moved, departed_at)),
    };
    Ok(Some(Passenger { member: member.clone(), case, keys, facts, has_made, unmet }))
}

/// The facts as the step would leave them.
fn then(tx: &Tx<'_>, facts: &Facts, member: &Member, batch: &Batch, moved: &BatchMove, departed_at: Option<Timestamp>) -> Facts {
    let mut facts = facts.clone();
    match moved {
        BatchMove::ScheduleDeparture => {}
        BatchMove::Depart(_) => {
            for entry in facts.records.movements.iter_mut().filter(|entry| entry.id == member.record_id) {
                entry.content = departed(entry.content.clone(), departed_at);
            }
        }
        BatchMove::Arrive(all) => {
            facts.records.arrivals.push(Entry { id: RecordId(batch.id.0), created_at: tx.now, content: arrival(all) });
        }
    }
    facts
}

fn departed(movement: Movement, departed_at: Option<Timestamp>) -> Movement {
    Movement { status: MovementStatus::Departed, departed_at, ..movement }
}

fn arrived(movement: Movement) -> Movement {
    Movement { status: MovementStatus::Arrived, ..movement }
}

fn arrival(all: &ArrivalOfAll) -> Arrival {
    Arrival {
        arrived_on: all.arrived_on,
        country: all.country,
        port: all.port.clone(),
        received_by: all.received_by.clone(),
        interviewed_by: None,
        released_to: None,
        onward_place: None,
        reception_consent_on: None,
    }
}

fn carry_out(
    tx: &mut Tx<'_>,
    mut batch: Batch,
    moved: &BatchMove,
    departed_at: Option<Timestamp>,
    seen: &[Passenger],
    hidden: &[Member],
) -> Result<Batch> {
    for passenger in seen {
        match moved {
            BatchMove::ScheduleDeparture if passenger.moves() => step(tx, passenger, moved)?,
            BatchMove::Depart(_) if passenger.moves() => {
                change_movement(tx, &passenger.member, |movement| departed(movement, departed_at))?;
                step(tx, passenger, moved)?;
            }
            BatchMove::Depart(_) if passenger.has_made => {
                change_movement(tx, &passenger.member, |movement| departed(movement, departed_at))?;
            }
            // A passenger who stays must not be shown as departed.
            BatchMove::Depart(_) => leave(tx, &passenger.member)?,
            BatchMove::Arrive(all) if passenger.moves() => {
                let (case, keys, facts) = (&passenger.case, &passenger.keys, passenger.facts.clone());
                RecordChange { case, keys, facts, source: Source::System }.insert(tx, arrival(all))?;
                change_movement(tx, &passenger.member, arrived)?;
                step(tx, passenger, moved)?;
            }
            BatchMove::Arrive(_) if passenger.has_made => change_movement(tx, &passenger.member, arrived)?,
            _ => {}
        }
    }
    match moved {
        BatchMove::ScheduleDeparture => {}
        BatchMove::Depart(_) => {
            // A passenger whom the organisation may no longer see does not travel with its batch either.
            hidden.iter().try_for_each(|member| leave(tx, member))?;
            (batch.content.status, batch.content.departed_at) = (MovementStatus::Departed, departed_at);
        }
        BatchMove::Arrive(_) => batch.content.status = MovementStatus::Arrived,
    }
    save(tx, batch)
}

fn step(tx: &mut Tx<'_>, passenger: &Passenger, moved: &BatchMove) -> Result<()> {
    let version = row::row_unscoped(tx, passenger.case.id)?.version;
    transitions::step(tx, passenger.case.id, &version.into(), moved.step().target(), &Move::default()).map(drop)
}

fn result(tx: &mut Tx<'_>, passenger: Passenger) -> Result<PassengerMove> {
    let moved = passenger.moves();
    let stage = row::row_unscoped(tx, passenger.case.id)?.stage;
    Ok(PassengerMove { case_id: passenger.case.id, case_code: passenger.case.code, moved, stage, unmet: passenger.unmet })
}

//! Batches: a charter, bus or convoy that takes several people home together.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{FundingSource, MovementIncident, MovementMode, MovementStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MovementBatchId, OrganisationId};
use crate::domain::repatriation::records::{Movement, MovementLeg};
use crate::domain::repatriation::stage::Stage;
use crate::domain::repatriation::{Facts, Party, Target, UnmetGuard, rule_for, unmet};
use crate::domain::text::name;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a batch is made of: everything that is the same for all on board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateMovementBatch)]
pub struct MovementBatch {
    /// What people call it.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Charter to Jakarta, 30 January")]
    pub name: String,
    /// How.
    pub mode: MovementMode,
    /// How far it is; `planned` if not stated. `delayed` and `cancelled` take everybody on board who is scheduled to depart
    /// back to clearing, and `cancelled` is final. `departed` and `arrived` are reached by a transition.
    #[serde(default = "planned", deserialize_with = "null_as_planned")]
    #[schema(value_type = Option<MovementStatus>)]
    pub status: MovementStatus,
    /// With whom: airline, bus company, authority.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub carrier: Option<String>,
    /// Flight or vehicle.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "GA 9801")]
    pub reference: Option<String>,
    /// From where.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Phnom Penh (KTI)")]
    pub origin: Option<String>,
    /// To where.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Jakarta (CGK)")]
    pub destination: Option<String>,
    /// When it is to depart.
    pub departs_at: Timestamp,
    /// When it is to arrive.
    pub arrives_at: Timestamp,
    /// When it departed. Stated with the transition; the time of that day can be corrected afterwards.
    pub departed_at: Option<Timestamp>,
    /// How many people it takes.
    #[validate(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000, format = Int32, example = 30)]
    pub capacity: i32,
    /// Who escorts the people.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub escort: Option<String>,
    /// Who pays.
    pub funding: Option<FundingSource>,
}

fn planned() -> MovementStatus {
    MovementStatus::Planned
}

/// Null says what an absent field says, in a new batch as in a patch.
fn null_as_planned<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<MovementStatus, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(planned))
}

impl MovementBatch {
    /// What is wrong with it by itself. `today` is the day at the place that it is about.
    pub fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.ordered(Some(self.departs_at), "/arrives_at", Some(self.arrives_at), "must not lie before departs_at");
        checks.past("/departed_at", self.departed_at.map(|at| today.day_of(at)));
        checks.found()
    }

    /// What forbids it: `before` is what it changes, none for a new one; so many people are on board.
    pub fn refusals(&self, before: Option<&Self>, on_board: i64, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let known = before.map(|before| before.status);
        let has_left = matches!(self.status, MovementStatus::Departed | MovementStatus::Arrived);
        let says_so = has_left && known != Some(self.status);
        checks.refuse(says_so, "/status", "use_transition", "departure and arrival are transitions of the batch: POST them");
        let takes_back = !has_left && known == Some(MovementStatus::Departed);
        checks.refuse(takes_back, "/status", "departed", "it has departed and can no longer be planned, delayed or cancelled");
        let is_stillborn = before.is_none() && matches!(self.status, MovementStatus::Delayed | MovementStatus::Cancelled);
        checks.refuse(is_stillborn, "/status", "not_new", "a new batch must be planned or booked");
        checks.refuse(!has_left && self.departed_at.is_some(), "/departed_at", "not_departed", "can only be given with the departure");
        checks.require(!says_so && has_left && self.departed_at.is_none(), "/departed_at", "say when it departed");
        let day_of = |at: Option<Timestamp>| at.map(|at| today.day_of(at));
        let left_on = day_of(before.and_then(|before| before.departed_at));
        let moves_departure = left_on.is_some() && day_of(self.departed_at) != left_on;
        checks.refuse(moves_departure, "/departed_at", "immutable", "everybody's departure was checked against this day");
        checks.refuse(self.departed_at.is_some_and(|at| at > today.now()), "/departed_at", "date_in_future", "must not lie in the future");
        checks.refuse(
            i64::from(self.capacity) < on_board,
            "/capacity",
            "capacity",
            "more people than that are on board: take some off first",
        );
        checks.found()
    }

    /// Whether it is over: nothing about it changes any more.
    pub fn is_over(&self) -> bool {
        matches!(self.status, MovementStatus::Cancelled | MovementStatus::Arrived)
    }

    /// Whether people can still be put on it and taken off.
    pub fn is_boarding(&self) -> bool {
        !self.is_over() && self.status != MovementStatus::Departed
    }

    /// Whether this step is the next one.
    pub fn allows(&self, step: BatchStep) -> bool {
        match step {
            BatchStep::DepartureScheduled => matches!(self.status, MovementStatus::Planned | MovementStatus::Booked),
            BatchStep::Departed => self.status == MovementStatus::Booked,
            BatchStep::Arrived => self.status == MovementStatus::Departed,
        }
    }

    /// The movement of somebody who travels with it.
    pub fn movement(&self, id: MovementBatchId) -> Movement {
        Movement {
            mode: self.mode,
            status: self.status,
            carrier: self.carrier.clone(),
            reference: self.reference.clone(),
            departs_at: self.departs_at,
            arrives_at: self.arrives_at,
            departed_at: self.departed_at,
            legs: self.leg().into_iter().collect(),
            escort: self.escort.clone(),
            companions: Vec::new(),
            incident: None,
            ticket: None,
            funding: self.funding,
            batch_id: Some(id),
        }
    }

    /// The movement of somebody on board after the batch changed; ticket, companions and what kept them from travelling are their own.
    pub fn carried_over(&self, id: MovementBatchId, before: Movement) -> Movement {
        Movement { ticket: before.ticket, companions: before.companions, incident: before.incident, ..self.movement(id) }
    }

    fn leg(&self) -> Option<MovementLeg> {
        Some(MovementLeg {
            from: self.origin.clone()?,
            to: self.destination.clone()?,
            reference: self.reference.clone(),
            departs_at: Some(self.departs_at),
            arrives_at: Some(self.arrives_at),
        })
    }
}

/// Why somebody cannot be put on a batch, as a code and a sentence; none: they can.
pub fn boarding_refusal(facts: &Facts) -> Option<(&'static str, &'static str)> {
    if facts.is_closed {
        return Some(("case_closed", "the case is closed: reopen it first"));
    }
    if facts.stage >= Stage::Departed {
        return Some(("departed", "the person has left already"));
    }
    let is_booked = facts.movement().is_some();
    is_booked.then_some(("already_booked", "the person has a movement already: cancel that one, or take the person off that batch"))
}

text_enum! {
    /// A step that everybody on board makes together.
    pub enum BatchStep {
        DepartureScheduled = "departure_scheduled",
        Departed = "departed",
        Arrived = "arrived",
    }
}

impl BatchStep {
    /// The transition of each case.
    pub const fn target(self) -> Target {
        match self {
            Self::DepartureScheduled => Target::DepartureScheduled,
            Self::Departed => Target::Departed,
            Self::Arrived => Target::Arrived,
        }
    }

    /// The stage that it leads to.
    pub const fn stage(self) -> Stage {
        match self {
            Self::DepartureScheduled => Stage::DepartureScheduled,
            Self::Departed => Stage::Departed,
            Self::Arrived => Stage::Arrived,
        }
    }

    /// What bars somebody from making the step for anybody. Asked before anything else: a plane does not leave all its
    /// passengers behind because the wrong person said that it has departed.
    pub fn barred(self, party: Party, asking: OrganisationId, today: Today) -> Vec<UnmetGuard> {
        let facts = Facts { party, is_owner: true, ..Facts::at_registration(asking, today) };
        let guards = self.stage().previous().and_then(|from| rule_for(from, None, self.target())).map_or(&[][..], |(_, guards)| guards);
        guards.iter().filter(|guard| guard.is_about_the_party() && !guard.is_met(&facts)).map(|guard| guard.unmet()).collect()
    }
}

/// What the organisation's grant must open before it can record this.
pub const CLOSED_TO_YOU: UnmetGuard = UnmetGuard {
    guard: "closed_to_you",
    field: "",
    resource: "",
    message: "Your organisation's grant on this case does not open what must be recorded.",
};
const LEFT_ON_THE_WAY: UnmetGuard = UnmetGuard {
    guard: "left_on_the_way",
    field: "incident",
    resource: "movements",
    message: "The person left on the way: record their own arrival where they turn up.",
};
const CASE_CLOSED: UnmetGuard =
    UnmetGuard { guard: "case_closed", field: "", resource: "case", message: "The case is closed: reopen it first." };
const OTHER_STAGE: UnmetGuard = UnmetGuard {
    guard: "other_stage",
    field: "stage",
    resource: "repatriation",
    message: "The case does not stand at the stage before this one, or it stands beside the road.",
};

/// What keeps somebody from making the step: nothing if the list is empty. `before` are the facts as they are, `then`
/// those that the step would leave (with the departure, or the arrival).
pub fn missing(step: BatchStep, before: &Facts, then: &Facts) -> Vec<UnmetGuard> {
    if before.is_closed {
        return vec![CASE_CLOSED];
    }
    let incident = before.movement().and_then(|movement| movement.incident);
    if step == BatchStep::Arrived && incident == Some(MovementIncident::AbscondedInTransit) {
        return vec![LEFT_ON_THE_WAY];
    }
    if let Some((_, guards)) = rule_for(before.stage, before.side_state, step.target()) {
        return unmet(guards, then);
    }
    // Whoever is not there yet is told what keeps them from the next stage of their own, too.
    let next = Stage::ALL.iter().find(|stage| **stage > before.stage).and_then(|stage| Target::parse(stage.as_str()));
    let guards = next.and_then(|next| rule_for(before.stage, before.side_state, next)).map_or(&[][..], |(_, guards)| guards);
    std::iter::once(OTHER_STAGE).chain(unmet(guards, before)).collect()
}

/// Whether the case made the step already, or a later one, and stands on the road.
pub fn has_made(step: BatchStep, facts: &Facts) -> bool {
    facts.side_state.is_none() && facts.stage >= step.stage()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::MissionId;
    use crate::domain::zones::Zone;

    fn at(text: &str) -> Timestamp {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).unwrap()
    }

    fn batch(status: MovementStatus) -> MovementBatch {
        MovementBatch {
            name: "Charter".to_owned(),
            mode: MovementMode::CharterFlight,
            status,
            carrier: None,
            reference: None,
            origin: Some("Phnom Penh".to_owned()),
            destination: Some("Jakarta".to_owned()),
            departs_at: at("2026-02-01T08:00:00Z"),
            arrives_at: at("2026-02-01T12:00:00Z"),
            departed_at: None,
            capacity: 30,
            escort: None,
            funding: None,
        }
    }

    fn codes(found: Vec<Violation>) -> Vec<String> {
        found.into_iter().map(|violation| format!("{} {}", violation.pointer, violation.code)).collect()
    }

    #[test]
    fn a_batch_departs_by_a_transition_only_and_takes_nobody_off_by_shrinking() {
        let now = at("2026-02-01T09:00:00Z");
        let (booked, departed) = (batch(MovementStatus::Booked), batch(MovementStatus::Departed));
        assert!(booked.refusals(None, 0, Today::at(Zone::UTC, now)).is_empty());
        assert_eq!(codes(departed.refusals(Some(&booked), 0, Today::at(Zone::UTC, now))), ["/status use_transition"]);
        assert_eq!(codes(booked.refusals(Some(&departed), 0, Today::at(Zone::UTC, now))), ["/status departed"]);
        assert_eq!(codes(batch(MovementStatus::Cancelled).refusals(None, 0, Today::at(Zone::UTC, now))), ["/status not_new"]);
        assert_eq!(codes(booked.refusals(Some(&booked), 31, Today::at(Zone::UTC, now))), ["/capacity capacity"]);
        let corrected = MovementBatch { departed_at: Some(at("2026-02-01T09:00:01Z")), ..departed.clone() };
        assert_eq!(codes(corrected.refusals(Some(&departed), 0, Today::at(Zone::UTC, now))), ["/departed_at date_in_future"]);
        let left = MovementBatch { departed_at: Some(at("2026-02-01T08:00:00Z")), ..departed };
        let moved = MovementBatch { departed_at: Some(at("2026-01-31T08:00:00Z")), ..left.clone() };
        assert_eq!(codes(moved.refusals(Some(&left), 0, Today::at(Zone::UTC, now))), ["/departed_at immutable"]);
        assert!(
            MovementBatch { departed_at: Some(at("2026-02-01T08:20:00Z")), ..left.clone() }
                .refusals(Some(&left), 0, Today::at(Zone::UTC, now))
                .is_empty()
        );
    }

    #[test]
    fn steps_follow_one_another() {
        use MovementStatus::{Arrived, Booked, Cancelled, Delayed, Departed, Planned};
        for (status, allowed) in [
            (Planned, vec![BatchStep::DepartureScheduled]),
            (Booked, vec![BatchStep::DepartureScheduled, BatchStep::Departed]),
            (Departed, vec![BatchStep::Arrived]),
            (Delayed, vec![]),
            (Cancelled, vec![]),
            (Arrived, vec![]),
        ] {
            let found: Vec<BatchStep> = BatchStep::ALL.iter().copied().filter(|step| batch(status).allows(*step)).collect();
            assert_eq!(found, allowed, "{status}");
        }
    }

    #[test]
    fn an_ngo_says_of_no_plane_that_it_departed() {
        let (own, today) = (OrganisationId::random(), Today::at(Zone::UTC, Timestamp::EPOCH));
        assert_eq!(BatchStep::Departed.barred(Party::Ngo, own, today).first().map(|guard| guard.guard), Some("mission_or_coordinator"));
        assert!(BatchStep::Departed.barred(Party::Mission(MissionId::random()), own, today).is_empty());
        assert!(BatchStep::Arrived.barred(Party::Ngo, own, today).is_empty());
    }

    #[test]
    fn whoever_stands_elsewhere_is_told_what_is_missing_there() {
        let mut facts = Facts::at_registration(OrganisationId::random(), Today::at(Zone::UTC, Timestamp::EPOCH));
        facts.party = Party::Coordinator;
        facts.stage = Stage::Clearing;
        let told: Vec<&str> = missing(BatchStep::Departed, &facts, &facts).iter().map(|guard| guard.guard).collect();
        assert_eq!(told.first(), Some(&"other_stage"));
        assert!(told.contains(&"exit_permit_valid"));
        facts.is_closed = true;
        assert_eq!(missing(BatchStep::Departed, &facts, &facts), [CASE_CLOSED]);
    }

    #[test]
    fn a_person_keeps_their_ticket_when_the_plane_changes() {
        let id = MovementBatchId::random();
        let own = Movement { ticket: Some("126-1".to_owned()), ..batch(MovementStatus::Booked).movement(id) };
        let later = MovementBatch { departs_at: at("2026-02-01T10:00:00Z"), ..batch(MovementStatus::Delayed) };
        let carried = later.carried_over(id, own);
        assert_eq!(
            (carried.ticket.as_deref(), carried.status, carried.departs_at),
            (Some("126-1"), MovementStatus::Delayed, later.departs_at)
        );
        assert_eq!(carried.legs.first().map(|leg| leg.to.as_str()), Some("Jakarta"));
    }
}

//! The rules about movements that ask the facts of the case.

use chrono::NaiveDate;

use crate::domain::codes::MovementStatus;
use crate::domain::repatriation::belonging::Journey;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{Movement, Records};
use crate::domain::repatriation::stage::Stage;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

impl RecordRules for Movement {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let known = before.and_then(|before| before.batch_id);
        checks.refuse(self.batch_id != known, "/batch_id", "read_only", "is set by the batch");
        let of_batch = |movement: &Self| Self { ticket: None, companions: Vec::new(), incident: None, ..movement.clone() };
        let changes_batch = known.is_some() && before.is_some_and(|before| of_batch(before) != of_batch(self));
        checks.refuse(
            changes_batch,
            "/batch_id",
            "part_of_batch",
            "change the batch, or take the person off it; only ticket, companions and incident can be changed for one person",
        );
        // One that has departed still counts: a second one would hide that the person has left.
        let is_new = before.is_none_or(|before| before.status == MovementStatus::Cancelled);
        let is_second = is_new && self.status != MovementStatus::Cancelled && facts.movement().is_some();
        checks.refuse(is_second, "/status", "already_booked", "the person already has a movement: change or cancel that one");
        let left_on = self.departed_at.map(|at| facts.today.day_of(at));
        checks.ordered(Some(facts.registered_on), "/departed_at", left_on, "must not lie before the day of registration");
        let moves_departure =
            before.is_some_and(|before| before.has_departed() && before.departed_at.map(|at| facts.today.day_of(at)) != left_on);
        let is_settled = facts.stage >= Stage::Departed && moves_departure;
        checks.refuse(
            is_settled,
            "/departed_at",
            "immutable",
            "the departure was checked against this day: take the case a step back first",
        );
        let has_left = facts.stage >= Stage::Departed && before.is_some_and(Self::has_departed);
        checks.refuse(has_left && !self.has_departed(), "/status", "departed", "the person has departed: take the case a step back first");
        checks.found()
    }
}

impl Movement {
    /// The journey of somebody who leaves on this day of the host country.
    pub fn journey(&self, leaves_on: NaiveDate) -> Journey {
        Journey { batch: self.batch_id, leaves_on, has_begun: self.has_departed() }
    }
}

impl Records {
    /// The movement that counts: the newest that is not cancelled.
    pub fn movement(&self) -> Option<&Movement> {
        let movements = self.movements.iter().map(|entry| &entry.content);
        movements.rev().find(|movement| movement.status != MovementStatus::Cancelled)
    }
}

impl Facts {
    /// The movement that counts: the newest that is not cancelled.
    pub fn movement(&self) -> Option<&Movement> {
        self.records.movement()
    }

    /// The day of departure in the host country: the day that permits and fines know.
    pub fn departure_day(&self, movement: &Movement) -> NaiveDate {
        self.today.day_of(movement.leaves_at())
    }

    /// The day of arrival as planned, in the country of destination.
    pub fn arrival_day(&self, movement: &Movement) -> NaiveDate {
        self.destination.day_of(movement.arrives_at)
    }

    /// The day that it is where the person goes.
    pub fn today_at_destination(&self) -> Today {
        self.today.elsewhere(self.destination)
    }

    /// Whether somebody can have arrived on this day of the country of destination: its day of the departure, or a later one. Across
    /// the date line that is a day earlier than the day of departure in the host country. Who has not left by now leaves now.
    pub fn is_after_departure(&self, arrived_on: NaiveDate) -> bool {
        if let Some(left_on) = self.left_on {
            // Only the day is known, and across the date line somebody arrives a day before it.
            return left_on.pred_opt().is_none_or(|day_before| arrived_on >= day_before);
        }
        let now = self.today.now();
        let left =
            self.movement().map(|movement| if movement.has_departed() { movement.leaves_at() } else { movement.leaves_at().max(now) });
        arrived_on >= self.destination.day_of(left.unwrap_or(now))
    }
}

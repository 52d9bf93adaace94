//! The rules about arrivals that ask the facts of the case.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::Arrival;
use crate::domain::repatriation::stage::Stage;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Zone;

impl RecordRules for Arrival {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let moves_arrival = before.is_some_and(|before| before.arrived_on != self.arrived_on) && facts.stage >= Stage::Arrived;
        checks.refuse(moves_arrival, "/arrived_on", "immutable", "monitoring is counted from this day: take the case a step back first");
        checks.refuse(
            facts.stage < Stage::Departed,
            "/arrived_on",
            "not_departed",
            "the person has not departed: record the departure first",
        );
        let there = self.country.map_or(facts.destination, |country| Zone::at(country, Some(facts.own_zone)));
        let left = facts.movement().map(|movement| there.day_of(movement.leaves_at()));
        let left = facts.left_on.and_then(|day| day.pred_opt()).or(left);
        checks.ordered(left, "/arrived_on", Some(self.arrived_on), "must not lie before the departure");
        checks.found()
    }
}

//! The rules about return decisions that ask the facts of the case.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::ReturnDecision;
use crate::domain::repatriation::stage::Stage;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for ReturnDecision {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let withdraws = self.withdrawn_on.is_some() && before.is_none_or(|before| before.withdrawn_on.is_none());
        let has_left = facts.stage >= Stage::Departed;
        let takes_back = before.is_some_and(|before| before.withdrawn_on.is_some() && before != self);
        checks.refuse(
            takes_back,
            "/withdrawn_on",
            "immutable",
            "a withdrawn decision stays withdrawn: record a new decision of the person",
        );
        let is_asked_later = before.is_some_and(|before| before.asked_by_person != self.asked_by_person);
        let message = "is said with the decision: record a new decision of the person";
        checks.refuse(is_asked_later, "/asked_by_person", "immutable", message);
        checks.refuse(withdraws && has_left, "/withdrawn_on", "departed", "a decision can be withdrawn until departure");
        checks.found()
    }
}

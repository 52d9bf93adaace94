//! The rules about help that was given: a ledger is corrected by cancelling an entry, and never rewritten.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::Assistance;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for Assistance {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let Some(before) = before else { return Vec::new() };
        let message = "a cancelled entry stays as it is; record another one";
        checks.refuse(before.cancelled_on.is_some() && self != before, "/cancelled_on", "immutable", message);
        let is_rewritten =
            (self.kind, self.given_on, self.money, self.repayable) != (before.kind, before.given_on, before.money, before.repayable);
        let message = "what was given can only be cancelled; record another one";
        checks.refuse(before.cancelled_on.is_none() && is_rewritten, "/money", "immutable", message);
        checks.found()
    }
}

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
        let cancelled = Self {
            receipt: self.receipt.clone(),
            cancelled_on: self.cancelled_on,
            cancellation_reason: self.cancellation_reason.clone(),
            ..before.clone()
        };
        let message = "what was given gets its receipt, or is cancelled; record another one";
        checks.refuse(before.cancelled_on.is_none() && *self != cancelled, "/money", "immutable", message);
        checks.found()
    }
}

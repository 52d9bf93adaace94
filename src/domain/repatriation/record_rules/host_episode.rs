//! The rules about earlier host countries that ask the facts of the case.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{CaseRecord, HostEpisode};
use crate::domain::violation::{Checks, Violation};

impl RecordRules for HostEpisode {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let was_cancelled = before.is_some_and(CaseRecord::is_cancelled);
        checks.refuse(
            was_cancelled && before != Some(self),
            "/cancelled_on",
            "immutable",
            "a cancelled one stays as it is; record another",
        );
        // Whoever came from there to here cannot have left it after they came.
        let entered = facts.records.clearance.as_ref().and_then(|entry| entry.content.entered_on);
        let is_new = before.is_none_or(|before| before.left_on != self.left_on);
        let overlaps = self.left_on.zip(entered).is_some_and(|(left, entered)| left > entered);
        checks.refuse(
            is_new && overlaps && !self.is_cancelled(),
            "/left_on",
            "wrong_order",
            "the person was in the present host country by then",
        );
        checks.found()
    }
}

//! The rules about earlier host countries that ask the facts of the case.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{CaseRecord, HostEpisode};
use crate::domain::violation::{Checks, Violation};

impl HostEpisode {
    /// Whether both say that the person was there on one day; who leaves one country enters the next on the same day. What nobody knows
    /// contradicts nothing.
    fn overlaps(&self, other: &Self) -> bool {
        let begins_before = |one: &Self, end: &Self| matches!((one.entered_on, end.left_on), (Some(entered), Some(left)) if entered < left);
        !other.is_cancelled() && begins_before(self, other) && begins_before(other, self)
    }
}

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
        let is_moved = before.is_none_or(|before| (before.entered_on, before.left_on) != (self.entered_on, self.left_on));
        let mut others = facts.records.host_episodes.iter().map(|entry| &entry.content).filter(|other| Some(*other) != before);
        let is_elsewhere = is_moved && !self.is_cancelled() && others.any(|other| self.overlaps(other));
        checks.refuse(is_elsewhere, "/entered_on", "overlaps", "the person was in another country then, as another episode says");
        checks.found()
    }
}

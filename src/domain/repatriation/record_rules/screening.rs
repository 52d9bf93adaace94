//! The rules about screenings that ask the facts of the case.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::Screening;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for Screening {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let known = before.and_then(|before| before.suggested_outcome);
        let mut checks = Checks::on(facts.today);
        checks.refuse(self.suggested_outcome != known, "/suggested_outcome", "read_only", "is computed from the answers");
        checks.found()
    }

    fn complete(&mut self, facts: &Facts) {
        self.suggested_outcome = self.suggestion(facts.is_child);
    }
}

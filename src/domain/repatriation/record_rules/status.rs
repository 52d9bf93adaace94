//! The rules about findings on trafficking that ask the facts of the case.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::StatusDetermination;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for StatusDetermination {
    fn refusals(&self, _before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        if let Some(superseded) = self.supersedes {
            let earlier = facts.records.determinations.iter().find(|entry| entry.id == superseded).map(|entry| &entry.content);
            checks.refuse(earlier.is_none(), "/supersedes", "not_found", "no determination of this case with this id");
            let is_of_another = earlier.is_some_and(|earlier| !self.is_of_the_same_body(earlier));
            checks.refuse(is_of_another, "/supersedes", "another_body", "a body can only replace its own findings");
        }
        checks.found()
    }
}

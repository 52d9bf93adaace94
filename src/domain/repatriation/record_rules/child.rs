//! The rules about best-interests procedures that ask the facts of the case.

use crate::domain::codes::BestInterestsKind;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::records::BestInterests;

impl Facts {
    /// The newest determination; an assessment does not replace it.
    pub fn determination(&self) -> Option<&BestInterests> {
        let of_kind = self.records.best_interests.iter().map(|entry| &entry.content);
        let determinations = of_kind.filter(|procedure| procedure.kind == BestInterestsKind::Determination);
        determinations.max_by_key(|procedure| procedure.decided_on.unwrap_or(procedure.initiated_on))
    }

    /// Whether any procedure names a guardian.
    pub fn has_guardian(&self) -> bool {
        self.records.best_interests.iter().any(|entry| entry.content.guardian.is_some())
    }
}

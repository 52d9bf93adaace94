//! The rules about best-interests procedures that ask the facts of the case.

use crate::domain::cases::guardianship::Guardianship;
use crate::domain::codes::{BestInterestsKind, CarerFinding};
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::records::{BestInterests, CarerCheck};

impl Facts {
    fn procedures(&self, kind: BestInterestsKind) -> impl Iterator<Item = &BestInterests> {
        self.records.best_interests.iter().map(|entry| &entry.content).filter(move |procedure| procedure.kind == kind)
    }

    /// The newest determination; an assessment does not replace it.
    pub fn determination(&self) -> Option<&BestInterests> {
        self.procedures(BestInterestsKind::Determination).max_by_key(|procedure| procedure.dated())
    }

    /// The assessment of a child who is with a parent or guardian that was checked. None where a determination was begun: then that one
    /// decides. Whether the two leave together is another question.
    pub fn assessment_with_carer(&self) -> Option<&BestInterests> {
        let newest = self.procedures(BestInterestsKind::Assessment).max_by_key(|procedure| procedure.dated())?;
        let stands = newest.is_with_carer() && !newest.carer_checks.is_empty() && !self.doubts_carer(newest);
        (stands && self.determination().is_none()).then_some(newest)
    }

    /// Whether anything recorded speaks against whom the child is with. An earlier concern ends only with checks that are newer.
    fn doubts_carer(&self, newest: &BestInterests) -> bool {
        let is_clean = |check: &CarerCheck| check.finding == CarerFinding::NoConcern;
        let all = || self.records.best_interests.iter().map(|entry| &entry.content);
        let first_checked_on = newest.carer_checks.iter().map(|check| check.checked_on).min();
        let concerns = all().flat_map(|procedure| &procedure.carer_checks).filter(|check| !is_clean(check));
        let is_doubted = concerns.map(|check| Some(check.checked_on)).any(|since| since >= first_checked_on);
        let is_against = |of: &Guardianship| of.conflict_of_interest;
        is_doubted || !newest.carer_checks.iter().all(is_clean) || newest.guardianship.as_ref().is_some_and(is_against)
    }

    /// Whether any procedure names a guardian, or the child is with a parent who was checked.
    pub fn has_guardian(&self) -> bool {
        self.records.best_interests.iter().any(|entry| entry.content.guardian.is_some()) || self.assessment_with_carer().is_some()
    }
}

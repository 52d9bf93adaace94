//! The rules about best-interests procedures that ask the facts of the case.

use crate::domain::codes::BestInterestsKind;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{BestInterests, CarerCheck};
use crate::domain::violation::{Checks, Violation};

impl RecordRules for BestInterests {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let known = before.map_or(&[][..], |before| &before.carer_checks);
        for (at, check) in self.carer_checks.iter().enumerate().filter(|(_, check)| !known.contains(check)) {
            let is_link = |relation| facts.belongs_with.iter().any(|related| related.relation == relation && related.kind.answers_for());
            let is_unknown = check.relation_id.is_some_and(|relation| !is_link(relation));
            let pointer = format!("/carer_checks/{at}/relation_id");
            checks.refuse(is_unknown, &pointer, "not_found", "the case has no link with this id to a parent or guardian");
        }
        checks.found()
    }
}

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

    /// Whether anything recorded speaks against whom the child is with. An earlier concern ends only with a newer check of the same person.
    fn doubts_carer(&self, newest: &BestInterests) -> bool {
        let all = self.records.best_interests.iter().flat_map(|entry| &entry.content.carer_checks);
        let is_settled = |concern: &CarerCheck| newest.carer_checks.iter().any(|check| check.settles(concern));
        let is_doubted = all.filter(|check| !check.is_clean()).any(|concern| !is_settled(concern));
        is_doubted || newest.guardianship.as_ref().is_some_and(|of| of.conflict_of_interest)
    }

    /// Whether any procedure names a guardian who can answer for the child, or the child is with a parent who was checked.
    pub fn has_guardian(&self) -> bool {
        self.records.best_interests.iter().any(|entry| entry.content.has_guardian()) || self.assessment_with_carer().is_some()
    }
}

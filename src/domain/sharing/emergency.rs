//! What bars an organisation from emergency access to a person: their refusal, a review that found an access unjustified, and an
//! access of the last days that the owner has not found right.

use crate::domain::codes::{ConsentAnswer, ConsentPurpose, ReviewVerdict};
use crate::domain::dates::Timestamp;
use crate::domain::sharing::consent::{Candidate, Consent, Recipient};
use crate::domain::sharing::decide::Standing;

/// Days in which an organisation takes emergency access to a person once.
const DAYS_BETWEEN: i64 = 7;

/// An earlier emergency access of the same organisation to the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastEmergency {
    /// When it was taken.
    pub taken_at: Timestamp,
    /// What the review found, and when.
    pub review: Option<(ReviewVerdict, Timestamp)>,
    /// Whether the owner of the case reviewed it. What the organisation says about its own access frees it from nothing.
    pub is_reviewed_by_owner: bool,
}

impl PastEmergency {
    /// Whether it keeps the organisation from taking another one now.
    fn bars(self, lifted_at: Option<Timestamp>, now: Timestamp) -> bool {
        let is_lifted = |at: Timestamp| lifted_at.is_some_and(|lifted| lifted >= at);
        match self.review {
            Some((ReviewVerdict::Unjustified, at)) => !is_lifted(at),
            Some((ReviewVerdict::Justified, _)) if self.is_reviewed_by_owner => false,
            _ => !is_lifted(self.taken_at) && self.taken_at.plus_seconds(DAYS_BETWEEN * 24 * 3600) > now,
        }
    }
}

impl Standing {
    /// Whether an earlier emergency access bars the organisation from another one.
    pub fn bars_another_emergency(&self, candidate: &Candidate, past: &[PastEmergency]) -> bool {
        let lifted_at = self.lifted_at(candidate);
        past.iter().any(|emergency| emergency.bars(lifted_at, self.now))
    }

    /// Whether the person refused this organisation, or took back what they had agreed to, and neither they nor the owner of the
    /// case said anything else since.
    pub(super) fn refuses_emergency(&self, candidate: &Candidate) -> bool {
        let lifted_at = self.lifted_at(candidate);
        let refuses = |purpose: &ConsentPurpose| {
            let about = |consent: &&Consent| consent.purpose == *purpose && self.is_about(consent, candidate);
            let said_no = |consent: &Consent| match consent.answer {
                ConsentAnswer::Refused => Some(consent.recorded_at),
                _ => consent.withdrawn_at,
            };
            let last_no = self.consents.iter().filter(about).filter_map(said_no).max();
            last_no.is_some_and(|at| lifted_at.is_none_or(|lifted| lifted < at)) && self.live(*purpose, candidate).is_empty()
        };
        ConsentPurpose::ALL.iter().any(refuses)
    }

    /// Whether an answer is about sharing with this organisation: it names the organisation or its kind, or is about help with the case, or
    /// about the purpose for which organisations like it see a case.
    fn is_about(&self, consent: &Consent, candidate: &Candidate) -> bool {
        let of_kind = |nationality| ConsentPurpose::of_sharing_with(candidate.kind, candidate.country, nationality);
        let is_its_purpose =
            consent.purpose == of_kind(None) || self.nationalities.iter().any(|country| consent.purpose == of_kind(Some(*country)));
        let names = matches!(consent.recipient, Recipient::Organisation(_) | Recipient::Kind(_));
        let is_named = names && consent.purpose.hands_on();
        consent.recipient.includes(candidate) && (is_its_purpose || is_named || consent.purpose.is_of_care())
    }

    fn lifted_at(&self, candidate: &Candidate) -> Option<Timestamp> {
        self.emergency_lifts.iter().filter(|(organisation, _)| *organisation == candidate.id).map(|(_, at)| *at).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(day * 24 * 3600)
    }

    #[test]
    fn one_emergency_in_seven_days_unless_the_owner_found_it_right_or_lifts_the_bar() {
        let taken = PastEmergency { taken_at: at(10), review: None, is_reviewed_by_owner: false };
        let reviewed = |verdict, is_reviewed_by_owner| PastEmergency { review: Some((verdict, at(11))), is_reviewed_by_owner, ..taken };
        assert!(taken.bars(None, at(12)) && taken.bars(None, at(17).plus_seconds(-1)));
        assert!(!taken.bars(None, at(17)), "the week is over");
        assert!(!taken.bars(Some(at(10)), at(12)), "the owner lifted it");
        assert!(taken.bars(Some(at(9)), at(12)), "what was lifted before is another one");
        assert!(!reviewed(ReviewVerdict::Justified, true).bars(None, at(12)));
        assert!(reviewed(ReviewVerdict::Justified, false).bars(None, at(12)), "nobody frees themselves");
        for by_owner in [true, false] {
            let unjustified = reviewed(ReviewVerdict::Unjustified, by_owner);
            assert!(unjustified.bars(None, at(1000)), "without end");
            assert!(unjustified.bars(Some(at(10)), at(12)) && !unjustified.bars(Some(at(11)), at(12)));
        }
    }
}

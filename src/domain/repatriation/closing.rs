//! Closing a case: a reason that says how somebody's way ended must say the same as the road home, or figures contradict each other.

use crate::domain::codes::ClosureReason;
use crate::domain::repatriation::stage::{SideState, Stage};

/// Why a reason for closing does not agree with where the case stands: a stable code, and the step to take first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The stable code.
    pub code: &'static str,
    /// The step to take, for people.
    pub step: &'static str,
}

const ARRIVAL_FIRST: Disagreement =
    Disagreement { code: "arrival_first", step: "make the transition to arrived first: the case does not say that the person is home" };
const DEATH_FIRST: Disagreement =
    Disagreement { code: "death_first", step: "make the transition to deceased first, with the day and the source" };
const LOSS_FIRST: Disagreement =
    Disagreement { code: "lost_contact_first", step: "make the transition to lost_contact first, with the day and the source" };
const REMOVAL_FIRST: Disagreement =
    Disagreement { code: "removal_first", step: "make the transition to removed_by_force first, or record the deportation afterwards" };
const HAS_LEFT: Disagreement =
    Disagreement { code: "has_left", step: "the person has left the country: take the departure a step back first, if it was wrong" };
const ANOTHER_END: Disagreement =
    Disagreement { code: "another_end", step: "the case stands at another end: take that back first with resume, if it was wrong" };

/// Whether a reason for closing contradicts the place of the case; none where both say the same.
pub fn disagreement(reason: ClosureReason, stage: Stage, side_state: Option<SideState>) -> Option<Disagreement> {
    let is_on_the_road = side_state.is_none_or(SideState::is_resumable);
    match reason {
        ClosureReason::Repatriated if !is_on_the_road => Some(ANOTHER_END),
        ClosureReason::Repatriated => (stage < Stage::Arrived).then_some(ARRIVAL_FIRST),
        // Without the help of this road, so at any stage.
        ClosureReason::ReturnedByOwnMeans => (!is_on_the_road).then_some(ANOTHER_END),
        ClosureReason::StayedLawfully if stage >= Stage::Departed => Some(HAS_LEFT),
        ClosureReason::StayedLawfully => {
            // Somebody whom the host country protects stays there.
            let may_stay = is_on_the_road || side_state == Some(SideState::ProtectionPathway);
            (!may_stay).then_some(ANOTHER_END)
        }
        ClosureReason::LostContact if side_state == Some(SideState::LostContact) => None,
        ClosureReason::LostContact if !is_on_the_road => Some(ANOTHER_END),
        ClosureReason::LostContact => Some(LOSS_FIRST),
        // A deportation that was agreed to goes by the road, with its basis.
        ClosureReason::Deported if is_on_the_road && stage >= Stage::Departed => None,
        ClosureReason::Deported => (side_state != Some(SideState::RemovedByForce)).then_some(REMOVAL_FIRST),
        ClosureReason::ProtectedOrResettled => (!is_on_the_road && side_state != Some(SideState::ProtectionPathway)).then_some(ANOTHER_END),
        ClosureReason::NotANational => (!is_on_the_road).then_some(ANOTHER_END),
        ClosureReason::Imprisoned if stage >= Stage::Departed => Some(HAS_LEFT),
        ClosureReason::Imprisoned => (!is_on_the_road).then_some(ANOTHER_END),
        ClosureReason::Deceased => (side_state != Some(SideState::Deceased)).then_some(DEATH_FIRST),
        // These say nothing of how the way ended.
        ClosureReason::Transferred | ClosureReason::Duplicate | ClosureReason::RegisteredInError | ClosureReason::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place of a case.
    fn places() -> impl Iterator<Item = (Stage, Option<SideState>)> {
        let beside = || SideState::ALL.iter().copied().map(Some).chain([None]);
        Stage::ALL.iter().flat_map(move |stage| beside().map(|state| (*stage, state)))
    }

    #[test]
    fn every_reason_that_names_an_end_agrees_with_it_alone() {
        for reason in ClosureReason::ALL {
            let agreed: Vec<_> = places().filter(|(stage, state)| disagreement(*reason, *stage, *state).is_none()).collect();
            assert!(!agreed.is_empty(), "{reason}: no case can be closed with it");
            let named = SideState::parse(reason.as_str());
            let contradicts = |(stage, state): &(Stage, Option<SideState>)| match (named, state) {
                (Some(named), state) => *state != Some(named),
                (None, _) if *reason == ClosureReason::Repatriated => *stage < Stage::Arrived,
                (None, _) if [ClosureReason::StayedLawfully, ClosureReason::Imprisoned].contains(reason) => *stage >= Stage::Departed,
                (None, state) if *reason == ClosureReason::Deported => {
                    *stage < Stage::Departed && *state != Some(SideState::RemovedByForce)
                }
                _ => false,
            };
            let wrong: Vec<_> = agreed.iter().filter(|place| contradicts(place)).collect();
            assert!(wrong.is_empty(), "{reason}: {wrong:?}");
        }
    }

    #[test]
    fn nobody_who_died_was_removed_or_was_sold_again_is_closed_as_somebody_who_went_home_or_stays() {
        let says_a_way = [
            ClosureReason::Repatriated,
            ClosureReason::ReturnedByOwnMeans,
            ClosureReason::StayedLawfully,
            ClosureReason::ProtectedOrResettled,
            ClosureReason::NotANational,
            ClosureReason::Imprisoned,
        ];
        for (stage, state) in places().filter(|(_, state)| state.is_some_and(SideState::is_grave)) {
            for reason in says_a_way {
                assert!(disagreement(reason, stage, state).is_some(), "{reason} at {stage}, {state:?}");
            }
        }
    }
}

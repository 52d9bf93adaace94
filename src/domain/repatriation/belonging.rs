//! People who belong together: whom a step of one would leave apart. Asked of a pair only for whoever sees both cases.

use chrono::NaiveDate;

use crate::domain::codes::RelationKind;
use crate::domain::ids::{CaseId, MovementBatchId, RelationId};
use crate::domain::repatriation::stage::{SideState, Stage, is_over};

text_enum! {
    /// How somebody is apart from a person they belong to.
    pub enum Apart {
        /// They are on hold, and the person goes on.
        OnHold = "on_hold",
        /// The person is on hold, and they go on.
        GoesOn = "goes_on",
        /// They leave, or have left, without the person.
        LeavesWithout = "leaves_without",
        /// The person leaves, or has left, without them.
        StaysBehind = "stays_behind",
        /// Their case ended, and the person is a child who remains.
        Ended = "ended",
        /// The case of the person ended, and they are a child who remains.
        Remains = "remains",
    }
}

impl Apart {
    /// Whether the other one caused it, so that whoever answers for the person must be told.
    pub const fn is_caused_by_the_other(self) -> bool {
        matches!(self, Self::OnHold | Self::LeavesWithout | Self::Ended)
    }
}

/// How somebody is to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Journey {
    /// The batch, where they travel with one.
    pub batch: Option<MovementBatchId>,
    /// The day of departure in the host country.
    pub leaves_on: NaiveDate,
    /// Whether it has begun.
    pub has_begun: bool,
}

/// One of two people who belong together, and where they are on the road home.
#[derive(Clone, Copy, Debug)]
pub struct Traveller {
    /// Whether they are a child, or may be one.
    pub is_child: bool,
    /// Whether their case is closed.
    pub is_closed: bool,
    /// Their stage.
    pub stage: Stage,
    /// Their side state.
    pub side_state: Option<SideState>,
    /// How they are to leave, if that is known.
    pub journey: Option<Journey>,
}

impl Traveller {
    /// Whether they left.
    fn has_left(&self) -> bool {
        self.stage >= Stage::Departed
    }

    /// Whether they are still there, to be left behind.
    pub fn waits(&self) -> bool {
        !self.is_closed && waits(self.stage, self.side_state)
    }

    /// Whether they are on the road home, and on no hold.
    fn goes_on(&self) -> bool {
        !self.is_closed && self.side_state.is_none() && self.stage != Stage::Completed
    }

    fn leaves(&self) -> bool {
        self.has_left() || (self.goes_on() && self.journey.is_some())
    }

    /// Whether the case ended before they left. Who stays for protection is there.
    fn ended(&self) -> bool {
        let is_over = self.is_closed || is_over(self.stage, self.side_state);
        is_over && !self.has_left() && self.side_state != Some(SideState::ProtectionPathway)
    }

    fn leaves_with(&self, other: &Self) -> bool {
        match (self.journey, other.journey) {
            (Some(own), Some(theirs)) if own.batch.is_some() || theirs.batch.is_some() => own.batch == theirs.batch,
            (Some(own), Some(theirs)) => own.leaves_on == theirs.leaves_on,
            _ => false,
        }
    }
}

/// Whether somebody whose case is open is still there, to be left behind. Who stays for protection is.
pub fn waits(stage: Stage, side_state: Option<SideState>) -> bool {
    stage < Stage::Departed && side_state.is_none_or(|state| state.is_resumable() || state == SideState::ProtectionPathway)
}

/// How the other one is apart from a person, of whom they are this.
pub fn apart(person: &Traveller, kind: RelationKind, other: &Traveller) -> Option<Apart> {
    if other.ended() && person.waits() && person.is_child && kind.answers_for() {
        return Some(Apart::Ended);
    }
    if person.ended() && other.waits() && other.is_child && kind.inverse().answers_for() {
        return Some(Apart::Remains);
    }
    let is_held = |one: &Traveller| one.side_state == Some(SideState::OnHold) && !one.is_closed;
    let are_level = person.has_left() == other.has_left();
    match () {
        () if are_level && is_held(other) && person.goes_on() => Some(Apart::OnHold),
        () if are_level && is_held(person) && other.goes_on() => Some(Apart::GoesOn),
        () if person.waits() && other.leaves() && !person.leaves_with(other) => Some(Apart::LeavesWithout),
        () if other.waits() && person.leaves() && !person.leaves_with(other) => Some(Apart::StaysBehind),
        () => None,
    }
}

/// Whether an adult takes a child along: on the same journey, on the road like the child and not behind it. Who travels by no batch has
/// left when the child does: somebody who is denied boarding leaves no child on board.
pub fn takes_along(adult: &Traveller, child: &Traveller) -> bool {
    let is_on_the_road = adult.side_state.is_none() && (adult.has_left() || adult.goes_on());
    let is_level = adult.stage >= child.stage.min(Stage::DepartureScheduled);
    let has_begun = |one: &Traveller| one.has_left() || one.journey.is_some_and(|journey| journey.has_begun);
    let is_on_board = child.journey.is_some_and(|journey| journey.batch.is_some()) || !has_begun(child) || has_begun(adult);
    !adult.is_child && is_on_the_road && is_level && is_on_board && child.leaves_with(adult)
}

/// Whether a person who leaves, and somebody who stays behind, are a child and the one who answers for it.
pub fn separates_a_child(person: &Traveller, kind: RelationKind, other: &Traveller) -> bool {
    let is_together = person.leaves_with(other) && other.side_state.is_none();
    person.journey.is_some() && other.waits() && !is_together && is_child_of_one(person, kind, other)
}

/// Whether one of two is a child for whom the other one answers.
pub fn is_child_of_one(person: &Traveller, kind: RelationKind, other: &Traveller) -> bool {
    ties_a_child(person.is_child, kind, other.is_child)
}

/// Whether one of two, of whom either may be a child, is a child for whom the other one answers.
pub fn ties_a_child(person_is_child: bool, kind: RelationKind, other_is_child: bool) -> bool {
    (person_is_child && kind.answers_for()) || (other_is_child && kind.inverse().answers_for())
}

/// Somebody who belongs to the person of a case, of whom the asking organisation sees both cases.
#[derive(Clone, Debug)]
pub struct Related {
    /// The relation.
    pub relation: RelationId,
    /// Their case.
    pub case: CaseId,
    /// What they are to the person.
    pub kind: RelationKind,
    /// Where they are.
    pub other: Traveller,
    /// Whether a supervisor recorded why the two are apart.
    pub is_decided: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traveller(stage: Stage, side_state: Option<SideState>, batch: Option<u128>) -> Traveller {
        let leaves_on = NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
        let journey =
            batch.map(|batch| Journey { batch: Some(MovementBatchId(uuid::Uuid::from_u128(batch))), leaves_on, has_begun: false });
        Traveller { is_child: false, is_closed: false, stage, side_state, journey }
    }

    fn child(of: Traveller) -> Traveller {
        Traveller { is_child: true, ..of }
    }

    #[test]
    fn what_one_side_is_told_the_other_side_is_told_the_other_way_round() {
        let mut all = Vec::new();
        for stage in [Stage::Clearing, Stage::Departed, Stage::Completed] {
            for side_state in SideState::ALL.iter().copied().map(Some).chain([None]) {
                for batch in [None, Some(1), Some(2)] {
                    for (is_closed, is_child) in [(false, false), (true, false), (false, true), (true, true)] {
                        all.push(Traveller { is_closed, is_child, ..traveller(stage, side_state, batch) });
                    }
                }
            }
        }
        for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (one, other))) {
            for kind in [RelationKind::Parent, RelationKind::Child, RelationKind::Sibling] {
                let (here, there) = (apart(one, kind, other), apart(other, kind.inverse(), one));
                let expected = match here {
                    None => None,
                    Some(Apart::OnHold) => Some(Apart::GoesOn),
                    Some(Apart::GoesOn) => Some(Apart::OnHold),
                    // Two who leave on different planes leave without one another.
                    Some(Apart::LeavesWithout) if there == Some(Apart::LeavesWithout) => Some(Apart::LeavesWithout),
                    Some(Apart::LeavesWithout) => Some(Apart::StaysBehind),
                    Some(Apart::StaysBehind) => Some(Apart::LeavesWithout),
                    Some(Apart::Ended) => Some(Apart::Remains),
                    Some(Apart::Remains) => Some(Apart::Ended),
                };
                assert_eq!(there, expected, "{one:?} {kind} {other:?}");
            }
        }
    }

    #[test]
    fn a_child_is_separated_from_whoever_answers_for_it_and_stays_and_from_nobody_else() {
        let (leaves, waits) = (traveller(Stage::DepartureScheduled, None, Some(1)), traveller(Stage::Clearing, None, None));
        for (kind, is_separated) in [
            (RelationKind::Parent, true),
            (RelationKind::Guardian, true),
            (RelationKind::Child, false),
            (RelationKind::Sibling, false),
            (RelationKind::TravellingCompanion, false),
        ] {
            assert_eq!(separates_a_child(&child(leaves), kind, &waits), is_separated, "{kind}");
            assert_eq!(separates_a_child(&leaves, kind.inverse(), &child(waits)), is_separated, "{kind} leaves");
            assert!(!separates_a_child(&leaves, kind, &waits), "two adults, {kind}");
        }
        for (other, is_separated) in [
            (traveller(Stage::Clearing, None, Some(1)), false),
            (traveller(Stage::Clearing, None, Some(2)), true),
            (traveller(Stage::Clearing, Some(SideState::OnHold), Some(1)), true),
            (traveller(Stage::Clearing, Some(SideState::Withdrawn), None), true),
            (traveller(Stage::Clearing, Some(SideState::ProtectionPathway), None), true),
            (traveller(Stage::Clearing, Some(SideState::Deceased), None), false),
            (traveller(Stage::Departed, None, Some(2)), false),
            (Traveller { is_closed: true, ..waits }, false),
        ] {
            assert_eq!(separates_a_child(&child(leaves), RelationKind::Parent, &other), is_separated, "{other:?}");
        }
        assert!(!separates_a_child(&child(waits), RelationKind::Parent, &waits), "nothing is booked yet");
    }

    #[test]
    fn two_without_a_batch_leave_together_on_the_same_day() {
        let alone = |day| Traveller {
            journey: Some(Journey { batch: None, leaves_on: NaiveDate::from_ymd_opt(2026, 2, day).unwrap(), has_begun: false }),
            ..traveller(Stage::Clearing, None, None)
        };
        assert_eq!(apart(&alone(1), RelationKind::Spouse, &alone(1)), None);
        assert_eq!(apart(&alone(1), RelationKind::Spouse, &alone(2)), Some(Apart::LeavesWithout));
    }
}

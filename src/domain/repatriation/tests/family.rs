//! A parent on the same road, who follows the child, and now and then does not.

use crate::domain::ids::{CaseId, RelationId};
use crate::domain::repatriation::belonging::{Related, Traveller};
use crate::domain::repatriation::tests::*;

/// A parent who is there when the case begins.
pub(super) fn parent() -> Related {
    let (relation, case) = (RelationId(Uuid::from_u128(7)), CaseId(Uuid::from_u128(8)));
    let other = Traveller { is_child: false, is_closed: false, stage: Stage::Registered, side_state: None, journey: None };
    Related { relation, case, kind: RelationKind::Parent, other, is_decided: false }
}

/// What happens to the parent is nobody's act on the case of the child.
fn nobody_acts(world: &mut World) {
    world.become_actor(Actor { organisation: OrganisationId::SYSTEM, party: Party::Other, is_supervisor: false });
}

/// The parent comes along: booked like the child, and on board when it is.
pub(super) fn comes_along(world: &mut World) -> bool {
    nobody_acts(world);
    let child = world.facts.traveller();
    let Some(parent) = world.facts.belongs_with.first_mut() else { return false };
    parent.other = Traveller { is_child: false, stage: child.stage, journey: child.journey, ..parent.other };
    world.note(|| "the parent comes along".to_owned());
    true
}

/// Anything happens to the parent: other plans, a hold, the end of their case.
pub(super) fn anything_happens_to_the_parent(world: &mut World) -> bool {
    nobody_acts(world);
    let (stage, beside, what) = (world.numbers.pick(Stage::ALL), world.numbers.pick(SideState::ALL), world.numbers.below(8));
    let Some(parent) = world.facts.belongs_with.first_mut() else { return false };
    let journey = parent.other.journey;
    match what {
        0 => parent.other.stage = stage,
        1 => parent.other.side_state = Some(beside),
        2 => parent.other.is_closed = !parent.other.is_closed,
        3 => parent.other.journey = journey.map(|journey| belonging::Journey { leaves_on: day("2030-01-01"), ..journey }),
        4 => parent.other.journey = journey.map(|journey| belonging::Journey { has_begun: !journey.has_begun, ..journey }),
        5 => parent.is_decided = !parent.is_decided,
        6 => parent.other.is_child = !parent.other.is_child,
        _ => parent.other = Traveller { is_closed: false, side_state: None, ..parent.other },
    }
    let now = parent.clone();
    world.note(|| format!("the parent: {now:?}"));
    true
}

/// An assessment of a child who is with a parent, and the check of the parent, which now and then finds something.
pub(super) fn assess_with_parent(world: &mut World) -> bool {
    let today = world.facts.today.day();
    let finding = if world.numbers.chance(85) { CarerFinding::NoConcern } else { world.numbers.pick(CarerFinding::ALL) };
    let arrangement =
        if world.numbers.chance(90) { Some(CareArrangement::WithParent) } else { Some(world.numbers.pick(CareArrangement::ALL)) };
    let parent = world.facts.belongs_with.first().map(|parent| parent.relation);
    let relation_id = parent.filter(|_| world.numbers.chance(90));
    let check = CarerCheck { carer: "Mother".to_owned(), relation_id, checked_by: "Social worker".to_owned(), checked_on: today, finding };
    let mut assessed = BestInterests {
        kind: BestInterestsKind::Assessment,
        care_arrangement: arrangement,
        carer_checks: vec![check],
        guardian: None,
        caregiver: None,
        caregiver_assessed_on: None,
        escort: None,
        ..best_interests(today)
    };
    assessed.carer_checks.retain(|_| world.numbers.chance(90));
    world.record(|records| &mut records.best_interests, assessed)
}

//! A child who leaves with a parent or guardian: what lets an assessment suffice, and everything that does not.

use crate::domain::cases::guardianship::Guardianship;
use crate::domain::ids::{CaseId, RelationId};
use crate::domain::repatriation::belonging::{Journey, Related, Traveller};
use crate::domain::repatriation::guards::tests::departure::leaves_a_child;
use crate::domain::repatriation::guards::tests::*;

/// Gives the child a mother who leaves on the same day, was checked, and is all that it needs beside an assessment.
pub(super) fn with_mother(facts: &mut Facts) {
    let found = procedure(facts);
    (found.kind, found.care_arrangement) = (BestInterestsKind::Assessment, Some(CareArrangement::WithParent));
    (found.guardian, found.caregiver, found.caregiver_assessed_on, found.escort) = (None, None, None, None);
    leaves_a_child(facts);
    checked(facts, vec![check(CarerFinding::NoConcern, TODAY)]);
    let other = Traveller { is_child: false, stage: Stage::DepartureScheduled, ..facts.traveller() };
    facts.belongs_with[0] = Related { kind: RelationKind::Parent, other, ..facts.belongs_with[0].clone() };
}

/// A check of nobody yet.
fn check(finding: CarerFinding, on: &str) -> CarerCheck {
    CarerCheck { carer: "Mother".to_owned(), relation_id: None, checked_by: "Social worker".to_owned(), checked_on: day(on), finding }
}

/// These checks of the mother.
fn of_mother(facts: &Facts, checks: Vec<CarerCheck>) -> Vec<CarerCheck> {
    let mother = Some(facts.belongs_with[0].relation);
    checks.into_iter().map(|check| CarerCheck { relation_id: mother, ..check }).collect()
}

fn checked(facts: &mut Facts, checks: Vec<CarerCheck>) {
    procedure(facts).carer_checks = of_mother(facts, checks);
}

/// What an earlier assessment found of the mother.
fn found_before(facts: &mut Facts, checks: Vec<CarerCheck>) {
    let before = BestInterests { carer_checks: of_mother(facts, checks), ..procedure(facts).clone() };
    facts.records.best_interests.insert(0, entry(before));
}

fn mother(facts: &mut Facts) -> &mut Traveller {
    with_mother(facts);
    &mut facts.belongs_with[0].other
}

/// The child is with its mother, of whom this was found.
fn mother_found(facts: &mut Facts, finding: CarerFinding) {
    with_mother(facts);
    checked(facts, vec![check(finding, TODAY)]);
}

/// A child with a parent: both guards for children ask the same of it.
pub(super) fn rows_with_a_parent() -> Vec<Row> {
    vec![
        ("assessed, with a mother who was checked", true, with_mother),
        ("a mother found violent", false, |facts| mother_found(facts, CarerFinding::Violent)),
        ("a mother found complicit", false, |facts| mother_found(facts, CarerFinding::Complicit)),
        ("a mother of whom nobody can tell", false, |facts| mother_found(facts, CarerFinding::Unclear)),
        ("a mother whom nobody checked", false, |facts| {
            with_mother(facts);
            procedure(facts).carer_checks.clear();
        }),
        ("a mother of whom an older concern was settled", true, |facts| {
            with_mother(facts);
            found_before(facts, vec![check(CarerFinding::Violent, "2026-01-18")]);
        }),
        ("an older concern about the father, and a check of the mother", false, |facts| {
            with_mother(facts);
            found_before(facts, vec![check(CarerFinding::Violent, "2026-01-18")]);
            facts.records.best_interests[0].content.carer_checks[0].relation_id = Some(RelationId::random());
        }),
        ("an older concern about nobody can say whom", false, |facts| {
            with_mother(facts);
            found_before(facts, vec![check(CarerFinding::Unclear, "2026-01-18")]);
            facts.records.best_interests[0].content.carer_checks[0].relation_id = None;
        }),
        ("a check of somebody else", false, |facts| {
            with_mother(facts);
            procedure(facts).carer_checks[0].relation_id = Some(RelationId::random());
        }),
        ("a check of nobody can say whom", false, |facts| {
            with_mother(facts);
            procedure(facts).carer_checks[0].relation_id = None;
        }),
        ("a concern of the same day", false, |facts| {
            with_mother(facts);
            found_before(facts, vec![check(CarerFinding::Complicit, TODAY)]);
        }),
        ("a separated child", false, |facts| {
            with_mother(facts);
            procedure(facts).care_arrangement = Some(CareArrangement::Separated);
        }),
        ("an unaccompanied child", false, |facts| {
            with_mother(facts);
            procedure(facts).care_arrangement = Some(CareArrangement::Unaccompanied);
        }),
        ("nobody says with whom the child is", false, |facts| {
            with_mother(facts);
            procedure(facts).care_arrangement = None;
        }),
        ("assessed to remain", false, |facts| {
            with_mother(facts);
            procedure(facts).decision = BestInterestsDecision::Remain;
        }),
        ("a determination was begun", false, |facts| {
            with_mother(facts);
            let begun = BestInterests { kind: BestInterestsKind::Determination, ..procedure(facts).clone() };
            let begun = BestInterests { decision: BestInterestsDecision::Pending, decided_on: None, ..begun };
            facts.records.best_interests.push(entry(begun));
        }),
        ("a mother of whom the caller does not know", false, |facts| {
            with_mother(facts);
            facts.belongs_with.clear();
        }),
        ("a sister instead", false, |facts| {
            with_mother(facts);
            facts.belongs_with[0].kind = RelationKind::Sibling;
        }),
        ("a guardian instead", false, |facts| {
            with_mother(facts);
            facts.belongs_with[0].kind = RelationKind::Guardian;
        }),
        ("a guardian whom a court appointed", true, |facts| with_guardian(facts, GuardianBasis::CourtOrder, false)),
        ("a guardian by custom", false, |facts| with_guardian(facts, GuardianBasis::CustomaryCare, false)),
        ("a guardian against the child's interest", false, |facts| with_guardian(facts, GuardianBasis::CourtOrder, true)),
        ("a father comes along who was not checked", false, |facts| {
            with_mother(facts);
            let father = Related { relation: RelationId::random(), case: CaseId::random(), ..facts.belongs_with[0].clone() };
            facts.belongs_with.push(father);
        }),
        ("a mother who is a child herself", false, |facts| mother(facts).is_child = true),
        ("a mother on hold", false, |facts| mother(facts).side_state = Some(SideState::OnHold)),
        ("a mother on the protection pathway", false, |facts| mother(facts).side_state = Some(SideState::ProtectionPathway)),
        ("a mother whose case is closed", false, |facts| mother(facts).is_closed = true),
        ("a mother of another day", false, |facts| {
            let journey = mother(facts).journey.map(|journey| Journey { leaves_on: day("2026-01-21"), ..journey });
            facts.belongs_with[0].other.journey = journey;
        }),
        ("a mother who is booked nowhere", false, |facts| mother(facts).journey = None),
        ("a mother who is not cleared", false, |facts| {
            mother(facts).stage = Stage::Screened;
            facts.stage = Stage::Clearing;
        }),
        ("a mother who was not let on board", false, |facts| {
            depart(facts, "2026-01-20T10:00");
            let journey = mother(facts).journey.map(|journey| Journey { has_begun: false, ..journey });
            facts.belongs_with[0].other.journey = journey;
        }),
        ("a mother of whom a supervisor said that the two part", false, |facts| {
            with_mother(facts);
            facts.belongs_with[0].is_decided = true;
        }),
    ]
}

pub(super) fn with_guardian(facts: &mut Facts, basis: GuardianBasis, conflict_of_interest: bool) {
    with_mother(facts);
    facts.belongs_with[0].kind = RelationKind::Guardian;
    let found = procedure(facts);
    found.care_arrangement = Some(CareArrangement::WithGuardian);
    let appointed_by = Some("A court".to_owned());
    found.guardianship = Some(Guardianship { basis, appointed_by, appointed_on: Some(day(TODAY)), document: None, conflict_of_interest });
}

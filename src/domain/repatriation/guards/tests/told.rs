//! What somebody is told of a requirement that is not met, and what is kept from them.

use super::*;
use crate::domain::access::compartments::CompartmentSet;

/// What a case has below it, as its addresses call it.
const COLLECTIONS: &str = "embassy-contacts nationality-verifications return-decisions movements travel-documents immigration-clearance \
    risk-assessments fit-to-travel legal-holds protection-outcomes best-interests arrivals support-plans follow-ups fine-payments screenings status-determinations";

fn guards_of(rule: RuleName) -> &'static [Guard] {
    RULES.iter().find(|known| known.name == rule).map_or(&[], |known| known.guards)
}

#[test]
fn what_is_missing_is_named_by_a_code_a_field_and_a_place_that_exist() {
    let codes: BTreeSet<&str> = Guard::ALL.iter().map(|guard| guard.unmet().guard).collect();
    assert_eq!(codes.len(), Guard::ALL.len(), "two guards share a code");
    for guard in Guard::ALL {
        let told = guard.unmet();
        let is_known = ["case", "transition", "repatriation", "denials", "relations"].contains(&told.resource)
            || COLLECTIONS.split_whitespace().any(|name| name == told.resource);
        match guard.is_about_the_party() {
            true => assert_eq!((told.field, told.resource), ("", ""), "{guard:?}: nothing can be recorded to become somebody else"),
            false => assert!(is_known && !told.field.is_empty(), "{guard:?} points to {}/{}", told.resource, told.field),
        }
        assert!(told.message.ends_with('.') && told.message.len() <= 300, "{guard:?}: {}", told.message);
        assert_eq!(Guard::by_code(told.guard), Some(*guard), "the code leads back to it");
    }
    assert_eq!(Guard::by_code("ask_owner"), None, "what is not told has no code of its own");
}

#[test]
fn what_rests_on_protection_notes_is_not_told_to_who_does_not_read_them() {
    let claims = |facts: &mut Facts| facts.asylum_claim_open = true;
    let held = |facts: &mut Facts| facts.records.legal_holds = vec![entry(legal_hold(day(TODAY), None))];
    for (guard, rule) in [(Guard::NoProtectionBar, RuleName::T3), (Guard::NoLegalHold, RuleName::T6)] {
        let guards = guards_of(rule);
        let mut facts = Facts { party: Party::Coordinator, ..ready() };
        if rule == RuleName::T3 {
            claims(&mut facts);
        } else {
            held(&mut facts);
        }
        let told = unmet(guards, &facts);
        assert_eq!(told.iter().map(|unmet| unmet.guard).collect::<Vec<_>>(), ["ask_owner"], "{guard:?}");
        facts.reads = CompartmentSet::ALL;
        assert_eq!(unmet(guards, &facts), [guard.unmet()], "{guard:?}: whoever reads the notes learns it");
    }
    let mut facts = Facts { reads: CompartmentSet::ALL, ..ready() };
    held(&mut facts);
    let tasks: Vec<&str> = forward_step(&facts).into_iter().flatten().map(|unmet| unmet.guard).collect();
    assert_eq!(tasks, ["ask_owner"], "tasks are kept in the clear, whoever asks");
}

#[test]
fn who_does_not_read_a_reflection_period_or_a_screening_is_told_to_ask_the_owner() {
    let reflecting = |facts: &mut Facts| facts.reflection_until = Some(day("2027-01-01"));
    let hurt = |facts: &mut Facts| {
        facts.records.fit_to_travel[0].content.basis = Some(FitnessBasis::NurseCheck);
        let pregnant = HealthScreening { pregnancy: Pregnancy::Yes, ..health_screening(day("2026-01-02")) };
        facts.records.health_screenings = vec![entry(pregnant)];
    };
    let ready = || Facts { stage: Stage::Clearing, ..ready() };
    let (mut pressed, mut unfit) = (ready(), ready());
    reflecting(&mut pressed);
    hurt(&mut unfit);
    for (mut facts, guard) in [(pressed, Guard::ReturnDecided), (unfit, Guard::FitToTravel)] {
        assert_eq!(unmet(&[guard], &facts), [unmet::ASK_OWNER], "{guard:?}");
        let told: Vec<&str> = forward_step(&facts).into_iter().flatten().map(|unmet| unmet.guard).collect();
        assert_eq!(told, ["ask_owner"], "{guard:?}: a task is read by whoever sees the case");
        facts.reads = CompartmentSet::ALL;
        assert_eq!(unmet(&[guard], &facts), [guard.unmet()], "{guard:?}: whoever reads it learns it");
        facts.reads = CompartmentSet::EMPTY;
        facts.records.return_decisions.clear();
        facts.records.fit_to_travel.clear();
        assert_eq!(unmet(&[guard], &facts), [guard.unmet()], "{guard:?}: what is missing for everybody is named");
    }
}

#[test]
fn what_rests_on_another_case_is_told_to_who_asks_and_kept_nowhere() {
    let mut facts = Facts { stage: Stage::Clearing, ..ready() };
    departure::leaves_a_child(&mut facts);
    let guards = guards_of(RuleName::T6);
    assert_eq!(unmet(guards, &facts), [Guard::ChildNotSeparated.unmet()]);
    assert_eq!(forward_step(&facts), Some(Vec::new()), "a task is read by who sees one case alone");
    assert_eq!(gaps(&facts, Happened::Departed), [], "and so is the log");
    let mut alone = Facts { stage: Stage::Clearing, ..ready() };
    with_parent::with_mother(&mut alone);
    assert_eq!(unmet(guards, &alone), []);
    alone.belongs_with.clear();
    assert_eq!(unmet(guards, &alone), [Guard::ChildReturnDetermined.unmet(), Guard::ChildAccompanied.unmet()]);
    assert_eq!(forward_step(&alone), Some(Vec::new()), "whether the mother comes along is in no task");
    assert_eq!(gaps(&alone, Happened::Departed), [], "nor in the log");
}

#[test]
fn somebody_who_may_not_make_a_transition_learns_nothing_of_the_case() {
    let nobody = Facts { party: Party::Other, ..Facts::at_registration(owner(), Today::noon(day(TODAY))) };
    for rule in RULES {
        let told = unmet(rule.guards, &nobody);
        assert!(told.iter().all(|unmet| unmet.field.is_empty() && unmet.resource.is_empty()), "{}: {told:?}", rule.name);
        assert!(!told.is_empty(), "{}: nobody in particular may make it", rule.name);
    }
}

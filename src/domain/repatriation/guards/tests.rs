//! One table a guard: what meets it, and what just does not.

mod departure;
mod fitness;
mod told;
mod with_parent;

use std::collections::BTreeSet;

use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::repatriation::guards::*;
use crate::domain::repatriation::records::*;
use crate::domain::repatriation::rules::{RESUME, RULES, RuleName, STEP_BACK, TAKE_BACK, WAY_BACK};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::{Happened, forward_step, gaps, unmet};
use crate::domain::tests::*;
use crate::domain::zones::Today;

/// What the facts are changed to, whether the guard is then met, and the change.
type Row = (&'static str, bool, fn(&mut Facts));

const NGO: fn(&mut Facts) = |facts| facts.party = Party::Ngo;
const COORDINATOR: fn(&mut Facts) = |facts| facts.party = Party::Coordinator;
const MISSION: fn(&mut Facts) = |facts| facts.party = Party::Mission(mission(1));
const NOBODY: fn(&mut Facts) = |facts| facts.party = Party::Other;
const NGO_OWNER: fn(&mut Facts) = |facts| (facts.party, facts.is_owner) = (Party::Ngo, true);
const WALK_IN_OWNER: fn(&mut Facts) = |facts| {
    (facts.party, facts.is_owner) = (Party::Mission(mission(1)), true);
    facts.intake_channel = Some(IntakeChannel::WalkInEmbassy);
};
const UNCHANGED: fn(&mut Facts) = |_| {};

fn travel_document(facts: &mut Facts) -> &mut TravelDocument {
    &mut facts.records.travel_documents[0].content
}

fn exit_permit(facts: &mut Facts) -> &mut ImmigrationClearance {
    &mut facts.records.clearance.as_mut().unwrap().content
}

fn journey(facts: &mut Facts) -> &mut Movement {
    &mut facts.records.movements[0].content
}

fn procedure(facts: &mut Facts) -> &mut BestInterests {
    &mut facts.records.best_interests[0].content
}

fn choice(facts: &mut Facts) -> &mut ReturnDecision {
    &mut facts.records.return_decisions[0].content
}

fn found(facts: &mut Facts) -> &mut VerificationFacts {
    &mut facts.verifications[0]
}

/// What came of the protection, on the day of the counselling.
fn outcome(facts: &mut Facts, outcome: ProtectionResult, appeal_until: Option<&str>) {
    let decided_on = choice(facts).counselling_on.unwrap();
    facts.stage_since = decided_on;
    facts.records.protection_outcomes = vec![entry(protection_outcome(outcome, decided_on, appeal_until.map(day)))];
}

/// The same mission is asked once more.
fn answer_again(facts: &mut Facts, result: NationalityResult) {
    let again = VerificationFacts { result, reason_given: true, ..found(facts).clone() };
    facts.verifications.push(again);
}

fn depart(facts: &mut Facts, departed_at: &str) {
    (journey(facts).status, journey(facts).departed_at) = (MovementStatus::Departed, Some(at(departed_at)));
}

/// The person agreed to contact with the mission that acts.
fn agree_to_own(facts: &mut Facts, informed_of_rights: bool) {
    facts.party = Party::Mission(mission(1));
    facts.contacts = vec![ContactFacts { informed_of_rights, ..contact(mission(1), PersonDecision::Accepted) }];
}

fn rows_about_the_party(guard: Guard) -> Vec<Row> {
    match guard {
        Guard::CareParty => vec![
            ("an NGO", true, NGO),
            ("the coordination desk", true, COORDINATOR),
            ("the mission the person walked into", true, WALK_IN_OWNER),
            ("a mission that is a guest", false, MISSION),
            ("a guest mission of a walk-in elsewhere", false, |facts| facts.intake_channel = Some(IntakeChannel::WalkInEmbassy)),
            ("an owning mission of another intake that the person agreed nothing with", false, |facts| {
                (facts.is_owner, facts.intake_channel) = (true, Some(IntakeChannel::Hotline));
                facts.contacts.clear();
            }),
            ("an owning mission that the person agreed to, knowing their rights", true, |facts| {
                (facts.is_owner, facts.intake_channel) = (true, Some(IntakeChannel::DetentionVisit));
                agree_to_own(facts, true);
            }),
            ("an owning mission that the person agreed to, not knowing their rights", false, |facts| {
                (facts.is_owner, facts.intake_channel) = (true, Some(IntakeChannel::DetentionVisit));
                agree_to_own(facts, false);
            }),
            ("a guest mission that the person agreed to, knowing their rights", false, |facts| agree_to_own(facts, true)),
            ("nobody in particular", false, NOBODY),
        ],
        Guard::AnswerableParty => vec![
            ("an NGO", true, NGO),
            ("the desk", true, COORDINATOR),
            ("the mission that owns the case", true, WALK_IN_OWNER),
            ("a mission that is a guest", false, MISSION),
        ],
        Guard::NgoOrCoordinator => vec![
            ("an NGO", true, NGO),
            ("the coordination desk", true, COORDINATOR),
            ("the mission the person walked into", false, WALK_IN_OWNER),
            ("nobody in particular", false, NOBODY),
        ],
        Guard::MissionParty => vec![
            ("a mission", true, MISSION),
            ("an owning NGO", false, NGO_OWNER),
            ("the desk", false, COORDINATOR),
            ("the desk, which recorded the answer of a mission without account", true, |facts| {
                facts.party = Party::Coordinator;
                found(facts).recorded_at_desk = true;
            }),
        ],
        Guard::OwnerParty => vec![("an owning NGO", true, NGO_OWNER), ("another NGO", false, NGO), ("the desk", false, COORDINATOR)],
        Guard::SupervisorParty => vec![
            ("a supervisor of the owner", true, |facts| (facts.is_supervisor, facts.is_owner) = (true, true)),
            ("a supervisor of the desk", true, |facts| (facts.is_supervisor, facts.party) = (true, Party::Coordinator)),
            ("a caseworker of the owner", false, NGO_OWNER),
            ("a supervisor of another NGO", false, |facts| (facts.is_supervisor, facts.party) = (true, Party::Ngo)),
            ("a supervisor of a guest mission", false, |facts| facts.is_supervisor = true),
        ],
        Guard::NgoOrMission => vec![
            ("an NGO", true, NGO),
            ("a mission", true, MISSION),
            ("the desk", false, COORDINATOR),
            ("the desk, which owns the case", true, |facts| (facts.party, facts.is_owner) = (Party::Coordinator, true)),
        ],
        Guard::MissionOrCoordinator => {
            vec![("a mission", true, MISSION), ("the desk", true, COORDINATOR), ("the owning NGO", false, NGO_OWNER)]
        }
        Guard::ReceivingParty => vec![
            ("the owning NGO", true, NGO_OWNER),
            ("another NGO", true, NGO),
            ("a mission that is a guest", false, MISSION),
            ("the mission the person walked into", true, WALK_IN_OWNER),
            ("the desk", false, COORDINATOR),
        ],
        _ => Vec::new(),
    }
}

fn rows_before_clearing(guard: Guard) -> Vec<Row> {
    match guard {
        Guard::ScreenedOrSkipped => vec![
            ("screened", true, UNCHANGED),
            ("neither", false, |facts| facts.records.screenings.clear()),
            ("skipped with a reason", true, |facts| {
                facts.records.screenings.clear();
                facts.screening_skipped = Some(ScreeningSkipped::PersonDeclined);
            }),
        ],
        Guard::AgeAssessed => vec![("assessed", true, UNCHANGED), ("not", false, |facts| facts.age_assessed = false)],
        Guard::ImmediateNeeds => vec![("recorded", true, UNCHANGED), ("not", false, |facts| facts.immediate_needs_recorded = false)],
        Guard::StatusDetermined => vec![
            ("presumed", true, UNCHANGED),
            ("a negative finding", true, |facts| facts.trafficking_status = Some(TraffickingStatus::NotIdentified)),
            ("the person declined", true, |facts| facts.trafficking_status = Some(TraffickingStatus::DeclinedIdentification)),
            ("unscreened", false, |facts| facts.trafficking_status = Some(TraffickingStatus::Unscreened)),
            ("unscreened, because too many came at once", true, |facts| {
                facts.trafficking_status = Some(TraffickingStatus::Unscreened);
                facts.screening_skipped = Some(ScreeningSkipped::MassArrival);
            }),
            ("unscreened, although an authority is said to have determined it", false, |facts| {
                facts.trafficking_status = Some(TraffickingStatus::Unscreened);
                facts.screening_skipped = Some(ScreeningSkipped::AuthorityDetermined);
            }),
            ("nothing", false, |facts| facts.trafficking_status = None),
        ],
        Guard::InformedOfRights => vec![
            ("informed", true, UNCHANGED),
            ("not informed", false, |facts| facts.contacts[0].informed_of_rights = false),
            ("informed, and declined", false, |facts| facts.contacts[0].decision = PersonDecision::Declined),
            ("informed about a mission that does not serve the person, and not about the one that does", false, |facts| {
                let other = ContactFacts { covers_nationality: false, ..facts.contacts[0].clone() };
                facts.contacts[0].informed_of_rights = false;
                facts.contacts.push(other);
            }),
        ],
        Guard::ContactAccepted => vec![
            ("requested", true, UNCHANGED),
            ("accepted", true, |facts| facts.contacts[0].decision = PersonDecision::Accepted),
            ("declined", false, |facts| facts.contacts[0].decision = PersonDecision::Declined),
            ("deferred", false, |facts| facts.contacts[0].decision = PersonDecision::Deferred),
            ("none", false, |facts| facts.contacts.clear()),
        ],
        Guard::ContactDeclined => vec![
            ("declined", true, |facts| facts.contacts[0].decision = PersonDecision::Declined),
            ("deferred", true, |facts| facts.contacts[0].decision = PersonDecision::Deferred),
            ("declined one, accepted another", false, |facts| facts.contacts.push(contact(mission(2), PersonDecision::Declined))),
            ("never asked", false, |facts| facts.contacts.clear()),
        ],
        Guard::MissionCovers => vec![
            ("covers", true, UNCHANGED),
            ("does not", false, |facts| facts.contacts[0].covers_nationality = false),
            ("the one that covers was declined", false, |facts| facts.contacts[0].decision = PersonDecision::Declined),
        ],
        Guard::NoProtectionBar => vec![("no claim", true, UNCHANGED), ("an open claim", false, |facts| facts.asylum_claim_open = true)],
        Guard::NationalityVerified => vec![
            ("verified", true, UNCHANGED),
            ("without evidence", false, |facts| found(facts).evidence_count = 0),
            ("neither interviewed nor documentary", false, |facts| found(facts).interviewed_or_documentary = false),
            ("pending", false, |facts| found(facts).result = NationalityResult::Pending),
            ("inconclusive", false, |facts| found(facts).result = NationalityResult::Inconclusive),
            ("by another mission", false, |facts| found(facts).mission = mission(2)),
            ("of a nationality that is claimed no more", false, |facts| facts.claimed_states = Country::parse("VNM").into_iter().collect()),
            ("of one of several", true, |facts| facts.claimed_states.splice(0..0, Country::parse("VNM")).for_each(drop)),
            ("rejected by the same mission since", false, |facts| answer_again(facts, NationalityResult::Rejected)),
            ("asked again, and not yet answered", true, |facts| answer_again(facts, NationalityResult::Pending)),
            ("asked by the owner", false, NGO_OWNER),
        ],
        Guard::NationalityNotConfirmed => vec![
            ("rejected, with a reason", true, |facts| {
                (found(facts).result, found(facts).reason_given) = (NationalityResult::Rejected, true);
            }),
            ("inconclusive, with a reason", true, |facts| {
                (found(facts).result, found(facts).reason_given) = (NationalityResult::Inconclusive, true);
            }),
            ("rejected without a reason", false, |facts| found(facts).result = NationalityResult::Rejected),
            ("verified", false, |facts| found(facts).reason_given = true),
            ("rejected by another mission", false, |facts| {
                (found(facts).result, found(facts).reason_given) = (NationalityResult::Rejected, true);
                found(facts).mission = mission(2);
            }),
        ],
        Guard::ReasonGiven => vec![("given", true, |facts| facts.details.reason_given = true), ("not", false, UNCHANGED)],
        Guard::HoldReviewed => vec![
            ("today", true, |facts| {
                (facts.details.hold_reason, facts.details.review_on) = (Some(HoldReason::Medical), Some(day(TODAY)));
            }),
            ("yesterday", false, |facts| {
                (facts.details.hold_reason, facts.details.review_on) = (Some(HoldReason::Medical), Some(day("2026-01-18")));
            }),
            ("no day", false, |facts| facts.details.hold_reason = Some(HoldReason::Medical)),
            ("no reason", false, |facts| facts.details.review_on = Some(day("2026-02-19"))),
        ],
        Guard::OnTheRoad => vec![("on the road", true, UNCHANGED), ("on hold", false, |facts| facts.side_state = Some(SideState::OnHold))],
        Guard::NothingDenied => vec![("nobody", true, UNCHANGED), ("somebody", false, |facts| facts.denies_somebody = true)],
        Guard::SecondPerson => vec![("approved", true, |facts| facts.details.is_approved = true), ("not", false, UNCHANGED)],
        Guard::ProtectionEnded => vec![
            ("no outcome", false, UNCHANGED),
            ("refused", true, |facts| outcome(facts, ProtectionResult::ClaimRefused, None)),
            ("a refugee who wishes to go home", true, |facts| outcome(facts, ProtectionResult::Refugee, None)),
            ("resettled", false, |facts| outcome(facts, ProtectionResult::Resettled, None)),
            ("an outcome of an earlier pathway", false, |facts| {
                outcome(facts, ProtectionResult::ClaimRefused, None);
                facts.stage_since = day(TODAY);
            }),
            ("the appeal is open today", false, |facts| outcome(facts, ProtectionResult::ClaimRefused, Some(TODAY))),
            ("the appeal is over", true, |facts| outcome(facts, ProtectionResult::ClaimRefused, Some("2026-01-18"))),
            ("another claim is open", false, |facts| {
                outcome(facts, ProtectionResult::ClaimRefused, None);
                facts.claims_asylum = true;
            }),
        ],
        Guard::ReturnWishedAnew => vec![
            ("no outcome", false, UNCHANGED),
            ("counselled on the day of it", true, |facts| outcome(facts, ProtectionResult::ClaimRefused, None)),
            ("counselled before it", false, |facts| {
                outcome(facts, ProtectionResult::ClaimRefused, None);
                choice(facts).counselling_on = Some(day("2025-12-01"));
            }),
            ("a wish that led off an earlier pathway", false, |facts| {
                outcome(facts, ProtectionResult::ClaimRefused, None);
                facts.stage_since = day(TODAY);
            }),
            ("not signed", false, |facts| {
                outcome(facts, ProtectionResult::ClaimRefused, None);
                choice(facts).signed_on = None;
            }),
            ("withdrawn", false, |facts| {
                outcome(facts, ProtectionResult::ClaimRefused, None);
                choice(facts).withdrawn_on = Some(day(TODAY));
            }),
        ],
        Guard::DateAndSource => vec![
            ("today", true, |facts| (facts.details.occurred_on, facts.details.source_given) = (Some(day(TODAY)), true)),
            ("tomorrow", false, |facts| (facts.details.occurred_on, facts.details.source_given) = (Some(day("2026-01-20")), true)),
            ("no source", false, |facts| facts.details.occurred_on = Some(day(TODAY))),
            ("no day", false, |facts| facts.details.source_given = true),
        ],
        _ => Vec::new(),
    }
}

fn rows(guard: Guard) -> Vec<Row> {
    [rows_about_the_party(guard), rows_before_clearing(guard), departure::rows_before_departure(guard)].concat()
}

#[test]
fn every_guard_is_met_by_what_its_table_says_and_by_nothing_else() {
    for guard in Guard::ALL {
        let rows = rows(*guard);
        for (what, is_met, change) in &rows {
            let mut facts = ready();
            change(&mut facts);
            assert_eq!(guard.is_met(&facts), *is_met, "{guard:?}: {what}");
        }
        for outcome in [true, false] {
            assert!(rows.iter().any(|(_, is_met, _)| *is_met == outcome), "{guard:?} has no row that is {outcome}");
        }
    }
}

#[test]
fn a_case_that_is_ready_departs_and_one_that_lacks_a_single_thing_does_not() {
    for (rule, mut facts) in [(RuleName::T6, ready()), (RuleName::T7, ready())] {
        facts.stage = if rule == RuleName::T6 { Stage::Clearing } else { Stage::DepartureScheduled };
        if rule == RuleName::T7 {
            facts.today = Today::noon(day("2026-01-20"));
            depart(&mut facts, "2026-01-20T23:45");
        }
        let guards = RULES.iter().find(|known| known.name == rule).unwrap().guards;
        assert_eq!(unmet(guards, &facts), [], "{rule}");
        // Whether the day has come is asked of another day here than in the table.
        for guard in guards.iter().filter(|guard| **guard != Guard::Departed) {
            let what_breaks_it = rows(*guard).into_iter().filter(|(_, is_met, _)| !is_met);
            for (what, _, change) in what_breaks_it {
                let mut broken = facts.clone();
                change(&mut broken);
                assert_ne!(unmet(guards, &broken), [], "{rule}, {guard:?}: {what}");
            }
        }
    }
}

#[test]
fn every_guard_is_asked_somewhere_and_every_guard_that_is_asked_is_known() {
    let asked: Vec<Guard> = RULES
        .iter()
        .flat_map(|rule| rule.guards)
        .chain(STEP_BACK)
        .chain(RESUME)
        .chain(TAKE_BACK)
        .chain(WAY_BACK)
        .copied()
        .chain([Guard::OnTheRoad, Guard::NothingDenied])
        .collect();
    for guard in Guard::ALL {
        assert!(asked.contains(guard), "{guard:?} is never asked");
    }
    for guard in asked {
        assert!(Guard::ALL.contains(&guard), "{guard:?} is not in the list");
    }
}

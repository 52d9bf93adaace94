//! Each task on the right day, for the right organisation, and gone when it is settled.

use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{
    BestInterestsKind, ChargeStatus, PenaltyStatus, PersonDecision, RiskLevel, TravelDocumentStatus, WaiverReason, WaiverStatus,
};
use crate::domain::repatriation::Party;
use crate::domain::repatriation::deadlines::ProcessRules;
use crate::domain::repatriation::records::{
    BestInterests, Charge, Death, Detention, FineWaiver, ImmigrationClearance, Records, RiskAssessment, TravelDocument,
};
use crate::domain::repatriation::tasks::*;
use crate::domain::tests::*;
use crate::domain::zones::Today;

mod decisions;
mod health;
mod monitoring;

use health::in_danger;

#[test]
fn rules_are_read_by_name_and_others_keep_their_default() {
    let rules = ProcessRules::parse(" mission_silent=3, monitoring=30 ,").unwrap();
    assert_eq!((rules.days(TaskKind::MissionSilent), rules.days(TaskKind::DocumentExpires), rules.monitoring_days), (3, 14, 30));
    assert_eq!(ProcessRules::parse("").unwrap(), ProcessRules::default());
    for wrong in ["mission=3", "mission_silent", "mission_silent=-1", "mission_silent=4000", "added=1", "=1"] {
        assert!(ProcessRules::parse(wrong).is_err(), "{wrong}");
    }
}

/// An adult with a case on which nothing but the time can be due.
fn quiet() -> Facts {
    let mut facts = Facts { is_child: false, verifications: Vec::new(), ..Facts::at_registration(owner(), Today::noon(day(TODAY))) };
    facts.contacts = vec![contact(mission(1), PersonDecision::Accepted)];
    facts.trafficking_status = Some(TraffickingStatus::Possible);
    facts
}

/// The tasks of a kind: whose, and by when.
fn of_kind(facts: &Facts, kind: TaskKind) -> Vec<(OrganisationId, String)> {
    due(facts).into_iter().filter(|task| task.kind == kind).map(|task| (task.organisation, task.due_on.to_string())).collect()
}

fn by_owner(due_on: &str) -> Vec<(OrganisationId, String)> {
    vec![(owner(), due_on.to_owned())]
}

fn asked_for(requested_on: Option<&str>) -> TravelDocument {
    TravelDocument {
        status: TravelDocumentStatus::Requested,
        requested_on: requested_on.map(day),
        number: None,
        issued_on: None,
        expires_on: None,
        ..document(day(TODAY), day(TODAY))
    }
}

fn detention(since: &str) -> Detention {
    Detention {
        facility: "Centre".to_owned(),
        authority: None,
        since: day(since),
        released_on: None,
        reason: None,
        non_punishment_raised_on: None,
        reviewed_on: None,
    }
}

fn charge(status: ChargeStatus) -> Charge {
    Charge { status, offence: "Overstay".to_owned(), authority: None, since: day("2025-12-01"), non_punishment_raised_on: None }
}

#[test]
fn a_quiet_case_only_stalls() {
    let facts = quiet();
    assert_eq!(due(&facts).iter().map(|task| task.kind).collect::<Vec<_>>(), [TaskKind::Stalled]);
    assert_eq!(of_kind(&facts, TaskKind::Stalled), by_owner("2026-02-02"), "fourteen days after it came to its stage");
    assert_eq!(due(&facts)[0].guard, Some("screened_or_skipped"), "and what to do first");
    let moved = Facts { stage_since: day("2026-02-15"), ..quiet() };
    assert_eq!(of_kind(&moved, TaskKind::Stalled), by_owner("2026-03-01"), "over the end of February");
    let in_a_leap_year = Facts { stage_since: day("2028-02-15"), ..quiet() };
    assert_eq!(of_kind(&in_a_leap_year, TaskKind::Stalled), by_owner("2028-02-29"));
}

#[test]
fn a_guard_that_rests_on_protection_notes_is_not_named_by_a_task() {
    let mut facts = ready();
    facts.records.legal_holds = vec![entry(legal_hold(day(TODAY), None))];
    facts.reads = CompartmentSet::ALL;
    let stalled = due(&facts).into_iter().find(|task| task.kind == TaskKind::Stalled).unwrap();
    assert_eq!(stalled.guard, Some("ask_owner"));
}

#[test]
fn a_hold_is_looked_at_again_and_does_not_stall_meanwhile() {
    let held = Facts { side_state: Some(SideState::OnHold), hold_review_on: Some(day("2026-12-31")), ..quiet() };
    assert_eq!(of_kind(&held, TaskKind::HoldReview), by_owner("2026-12-31"));
    assert_eq!(of_kind(&held, TaskKind::Stalled), [], "it is meant to stand still");
    let resumed = Facts { side_state: None, ..held };
    assert_eq!(of_kind(&resumed, TaskKind::HoldReview), []);
    assert_eq!(of_kind(&resumed, TaskKind::Stalled), by_owner("2026-02-02"));
}

#[test]
fn a_mission_that_was_asked_has_a_week_and_so_has_the_owner_to_ask_again() {
    let mut facts = quiet();
    facts.verifications = vec![verification(NationalityResult::Pending, day("2025-12-27"))];
    let to_mission = vec![(mission(1).into(), "2026-01-03".to_owned())];
    assert_eq!(of_kind(&facts, TaskKind::VerificationWaiting), to_mission, "over the year's end");
    assert_eq!(of_kind(&facts, TaskKind::MissionSilent), by_owner("2026-01-03"));
    for result in [NationalityResult::Verified, NationalityResult::Rejected, NationalityResult::Inconclusive] {
        facts.verifications[0].result = result;
        assert_eq!(of_kind(&facts, TaskKind::VerificationWaiting), [], "{result}");
        assert_eq!(of_kind(&facts, TaskKind::MissionSilent), [], "{result}");
    }
    facts.verifications[0].result = NationalityResult::Pending;
    let own = Facts { owner: mission(1).into(), ..facts.clone() };
    assert_eq!(of_kind(&own, TaskKind::VerificationWaiting), to_mission);
    assert_eq!(of_kind(&own, TaskKind::MissionSilent), [], "a mission does not remind itself");
    facts.contacts[0].decision = PersonDecision::Declined;
    assert_eq!(of_kind(&facts, TaskKind::VerificationWaiting), [], "the mission is not to know any more");
    assert_eq!(of_kind(&facts, TaskKind::MissionSilent), []);
}

#[test]
fn a_mission_that_was_asked_for_a_document_has_a_week() {
    let mut facts = quiet();
    facts.records.travel_documents = vec![entry(asked_for(Some("2026-01-14")))];
    assert_eq!(of_kind(&facts, TaskKind::DocumentWaiting), [(mission(1).into(), "2026-01-21".to_owned())]);
    facts.records.travel_documents = vec![entry(asked_for(None))];
    assert_eq!(of_kind(&facts, TaskKind::DocumentWaiting), [(mission(1).into(), "2026-01-19".to_owned())], "from the day it was recorded");
    facts.contacts[0].decision = PersonDecision::Deferred;
    assert_eq!(of_kind(&facts, TaskKind::DocumentWaiting), [], "contact was taken back");
    facts.contacts[0].decision = PersonDecision::Accepted;
    for status in [TravelDocumentStatus::Issued, TravelDocumentStatus::Refused] {
        facts.records.travel_documents[0].content.status = status;
        assert_eq!(of_kind(&facts, TaskKind::DocumentWaiting), [], "{status}");
    }
}

#[test]
fn documents_and_permits_that_end_are_used_before() {
    let mut facts = quiet();
    facts.records.travel_documents = vec![entry(document(day("2026-01-12"), day("2026-03-10")))];
    facts.records.clearance = Some(entry(permit(day("2026-01-12"), day("2026-02-03"))));
    assert_eq!(of_kind(&facts, TaskKind::DocumentExpires), by_owner("2026-02-24"), "fourteen days before");
    assert_eq!(of_kind(&facts, TaskKind::PermitExpires), by_owner("2026-01-27"), "a week before");
    let deadlines: Vec<Option<NaiveDate>> = due(&facts).iter().filter_map(|task| task.deadline).map(Some).collect();
    assert_eq!(deadlines, [Some(day("2026-03-10")), Some(day("2026-02-03"))], "what is lost, and when");
    facts.records.travel_documents.push(entry(document(day("2026-01-18"), day("2026-06-30"))));
    assert_eq!(of_kind(&facts, TaskKind::DocumentExpires), by_owner("2026-06-16"), "the newer one makes the older unimportant");
    let gone = Facts { stage: Stage::Departed, ..facts.clone() };
    assert_eq!(of_kind(&gone, TaskKind::DocumentExpires), [], "the person has left");
    assert_eq!(of_kind(&gone, TaskKind::PermitExpires), []);
    facts.records.travel_documents.iter_mut().for_each(|entry| entry.content.status = TravelDocumentStatus::Expired);
    assert_eq!(of_kind(&facts, TaskKind::DocumentExpires), [], "too late");
}

#[test]
fn detention_and_charges_are_looked_at() {
    let mut facts = quiet();
    facts.records.detentions = vec![entry(detention("2026-01-05"))];
    assert_eq!(of_kind(&facts, TaskKind::LongDetention), by_owner("2026-01-07"), "two days");
    let looked = Detention { reviewed_on: Some(day("2026-01-08")), ..detention("2026-01-05") };
    let looked = Facts { records: Records { detentions: vec![entry(looked)], ..Records::default() }, ..facts.clone() };
    assert_eq!(of_kind(&looked, TaskKind::LongDetention), by_owner("2026-01-15"), "a week after somebody looked");
    assert_eq!(of_kind(&facts, TaskKind::DetentionReview), by_owner("2026-01-12"), "the day it was recorded");
    let raised = Detention { non_punishment_raised_on: Some(day(TODAY)), ..detention("2026-01-05") };
    let raised = Facts { records: Records { detentions: vec![entry(raised)], ..Records::default() }, ..facts.clone() };
    assert_eq!(of_kind(&raised, TaskKind::DetentionReview), [], "it was raised");
    let not_a_victim = Facts { trafficking_status: Some(TraffickingStatus::NotIdentified), ..facts.clone() };
    assert_eq!(of_kind(&not_a_victim, TaskKind::DetentionReview), []);
    facts.records.detentions[0].content.released_on = Some(day(TODAY));
    assert_eq!(of_kind(&facts, TaskKind::LongDetention), []);
    assert_eq!(of_kind(&facts, TaskKind::DetentionReview), [], "released");
    for status in ChargeStatus::ALL {
        facts.records.charges = vec![entry(charge(*status))];
        let punishes = !matches!(status, ChargeStatus::ChargesDroppedNonPunishment | ChargeStatus::Acquitted | ChargeStatus::Pardoned);
        let expected = if punishes { by_owner("2026-01-12") } else { Vec::new() };
        assert_eq!(of_kind(&facts, TaskKind::NonPunishmentReview), expected, "{status}: the day it was recorded");
    }
    facts.records.charges = vec![entry(charge(ChargeStatus::Charged))];
    for (status, is_reviewed) in [
        (TraffickingStatus::FormallyIdentified, true),
        (TraffickingStatus::Possible, true),
        (TraffickingStatus::Presumed, true),
        (TraffickingStatus::NotIdentified, false),
    ] {
        facts.trafficking_status = Some(status);
        assert_eq!(of_kind(&facts, TaskKind::NonPunishmentReview).len(), usize::from(is_reviewed), "{status}");
    }
    facts.trafficking_status = Some(TraffickingStatus::Possible);
    facts.records.charges[0].content.non_punishment_raised_on = Some(day(TODAY));
    assert_eq!(of_kind(&facts, TaskKind::NonPunishmentReview), [], "it was raised");
}

#[test]
fn a_fine_on_somebody_who_may_be_a_victim_is_asked_to_be_waived_for_that_reason() {
    let mut facts = quiet();
    facts.records.clearance = Some(entry(owing("40.00")));
    assert_eq!(of_kind(&facts, TaskKind::FineReview), by_owner("2026-01-12"), "the day it was recorded");
    for status in TraffickingStatus::ALL {
        facts.trafficking_status = Some(*status);
        assert_eq!(!of_kind(&facts, TaskKind::FineReview).is_empty(), status.forbids_punishment(), "{status}");
    }
    facts.trafficking_status = Some(TraffickingStatus::Possible);
    for (reason, is_asked) in [(WaiverReason::Humanitarian, false), (WaiverReason::NonPunishment, true)] {
        for status in WaiverStatus::ALL {
            let waiver = FineWaiver { reason, status: *status, ..waiver(Some("10"), None, day(TODAY)) };
            facts.records.waivers = vec![entry(waiver)];
            let counts = is_asked && *status != WaiverStatus::Cancelled;
            assert_eq!(of_kind(&facts, TaskKind::FineReview).is_empty(), counts, "{reason} {status}");
        }
    }
    facts.records.waivers = Vec::new();
    facts.records.clearance = Some(entry(owing("0.00")));
    assert_eq!(of_kind(&facts, TaskKind::FineReview), [], "nothing is owed");
    for status in PenaltyStatus::ALL {
        facts.records.clearance = Some(entry(ImmigrationClearance { penalties: vec![penalty(*status)], ..owing("0.00") }));
        assert_eq!(of_kind(&facts, TaskKind::FineReview).is_empty(), *status != PenaltyStatus::Open, "a penalty that is {status}");
    }
}

#[test]
fn who_went_on_unscreened_is_screened_at_arrival_and_the_departure_settles_nothing() {
    let unscreened = Facts { trafficking_status: Some(TraffickingStatus::Unscreened), ..quiet() };
    assert_eq!(of_kind(&unscreened, TaskKind::ScreeningOutstanding), [], "screening is what comes next");
    let mut gone_on = Facts { stage: Stage::Screened, ..unscreened };
    assert_eq!(of_kind(&gone_on, TaskKind::ScreeningOutstanding), by_owner("2026-02-02"));
    gone_on.records.movements = ready().records.movements;
    let arrives = gone_on.arrival_day(gone_on.movement().unwrap()).to_string();
    for stage in [Stage::Screened, Stage::DepartureScheduled, Stage::Departed, Stage::Arrived] {
        let there = Facts { stage, ..gone_on.clone() };
        assert_eq!(of_kind(&there, TaskKind::ScreeningOutstanding), by_owner(&arrives), "{stage}");
    }
    for status in TraffickingStatus::ALL.iter().filter(|status| **status != TraffickingStatus::Unscreened) {
        let found = Facts { trafficking_status: Some(*status), ..gone_on.clone() };
        assert_eq!(of_kind(&found, TaskKind::ScreeningOutstanding), [], "{status}");
    }
}

#[test]
fn the_mission_is_told_of_a_death_within_a_day_or_the_denial_is_weighed() {
    let mut dead = Facts { side_state: Some(SideState::Deceased), ..quiet() };
    assert_eq!(of_kind(&dead, TaskKind::DeathToReport), by_owner("2026-01-20"));
    assert_eq!(due(&dead).len(), 1, "nothing else is due of the dead");
    assert_eq!(due(&Facts { side_state: None, ..dead.clone() }).iter().filter(|task| task.kind == TaskKind::DeathToReport).count(), 0);
    assert_eq!(of_kind(&Facts { is_closed: true, ..dead.clone() }, TaskKind::DeathToReport), []);
    let own = Facts { owner: mission(1).into(), ..dead.clone() };
    assert_eq!(of_kind(&own, TaskKind::DeathToReport), [], "the mission itself owns the case");
    let record = |death: Death| vec![entry(death)];
    dead.records.deaths = record(Death { denial_weighed: Some("Nothing".to_owned()), ..Death::default() });
    assert_eq!(of_kind(&dead, TaskKind::DeathToReport).len(), 1, "nobody denied anything: there is nothing to weigh");
    for wanted_none in [
        Facts { denies_somebody: true, ..dead.clone() },
        Facts { asylum_claim_open: true, ..dead.clone() },
        Facts { contacts: vec![contact(mission(1), PersonDecision::Declined)], ..dead.clone() },
    ] {
        assert_eq!(of_kind(&wanted_none, TaskKind::DeathToReport), [], "it was weighed");
        let unweighed = Facts { records: Records { deaths: record(Death::default()), ..Records::default() }, ..wanted_none };
        assert_eq!(of_kind(&unweighed, TaskKind::DeathToReport).len(), 1);
    }
    dead.records.deaths = record(Death { mission_informed_on: Some(day(TODAY)), ..Death::default() });
    assert_eq!(of_kind(&dead, TaskKind::DeathToReport), [], "it was told");
    dead.records.deaths[0].content.taken_back_on = Some(day(TODAY));
    assert_eq!(of_kind(&dead, TaskKind::DeathToReport).len(), 1, "what was taken back told of somebody else's death");
}

#[test]
fn a_child_has_a_guardian_from_the_first_day() {
    let mut facts = Facts { is_child: true, ..quiet() };
    assert_eq!(of_kind(&facts, TaskKind::ChildWithoutGuardian), by_owner(TODAY));
    let unnamed = BestInterests { guardian: None, ..best_interests(day(TODAY)) };
    facts.records.best_interests = vec![entry(unnamed)];
    assert_eq!(of_kind(&facts, TaskKind::ChildWithoutGuardian), by_owner(TODAY), "a procedure is no guardian");
    let named = BestInterests { kind: BestInterestsKind::Assessment, ..best_interests(day(TODAY)) };
    facts.records.best_interests = vec![entry(named)];
    assert_eq!(of_kind(&facts, TaskKind::ChildWithoutGuardian), []);
    let grown_up = Facts { is_child: false, records: Default::default(), ..facts };
    assert_eq!(of_kind(&grown_up, TaskKind::ChildWithoutGuardian), []);
}

#[test]
fn a_child_is_heard_before_a_mission_knows_of_it() {
    let mut facts = Facts { is_child: true, ..quiet() };
    facts.contacts = vec![contact(mission(1), PersonDecision::Declined)];
    assert_eq!(of_kind(&facts, TaskKind::ChildNotHeard), [], "no mission knows of it");
    facts.contacts.push(contact(mission(2), PersonDecision::Accepted));
    assert_eq!(of_kind(&facts, TaskKind::ChildNotHeard).len(), 1);
    assert_eq!(of_kind(&Facts { is_child: false, ..facts.clone() }, TaskKind::ChildNotHeard), []);
    facts.contacts[1].is_decided_for_child = true;
    assert_eq!(of_kind(&facts, TaskKind::ChildNotHeard), []);
}

#[test]
fn risks_are_assessed_again_and_people_followed_up() {
    let mut facts = quiet();
    let assessed =
        |next: &str| RiskAssessment { next_due_on: Some(day(next)), ..risk(RiskAssessmentKind::Return, RiskLevel::High, day(TODAY)) };
    facts.records.risk_assessments = vec![entry(assessed("2028-02-29"))];
    assert_eq!(of_kind(&facts, TaskKind::RiskAssessmentDue), by_owner("2028-02-29"));
    facts.records.risk_assessments.push(entry(assessed("2028-05-01")));
    assert_eq!(of_kind(&facts, TaskKind::RiskAssessmentDue), by_owner("2028-05-01"), "it was assessed again");
    facts.records.risk_assessments.push(entry(risk(RiskAssessmentKind::Return, RiskLevel::Low, day(TODAY))));
    assert_eq!(of_kind(&facts, TaskKind::RiskAssessmentDue), [], "and need not be once more");
    facts.records.follow_ups = vec![entry(follow_up(day("2026-03-01"), None))];
    assert_eq!(of_kind(&facts, TaskKind::FollowUpDue), by_owner("2026-03-01"));
    for situation in FollowUpSituation::ALL {
        facts.records.follow_ups = vec![entry(follow_up(day("2026-03-01"), Some((day(TODAY), *situation))))];
        assert_eq!(of_kind(&facts, TaskKind::FollowUpDue), [], "{situation}: somebody tried");
    }
}

#[test]
fn days_that_a_deployment_configures_count() {
    let rules = ProcessRules::parse("stalled=1,verification_waiting=0,mission_silent=30,document_expires=60,long_detention=3").unwrap();
    let mut facts = Facts { rules, ..quiet() };
    facts.verifications = vec![verification(NationalityResult::Pending, day("2026-01-14"))];
    facts.records.travel_documents = vec![entry(document(day("2026-01-12"), day("2026-03-10")))];
    facts.records.detentions = vec![entry(detention("2026-01-05"))];
    assert_eq!(of_kind(&facts, TaskKind::Stalled), by_owner("2026-01-20"));
    assert_eq!(of_kind(&facts, TaskKind::VerificationWaiting), [(mission(1).into(), "2026-01-14".to_owned())]);
    assert_eq!(of_kind(&facts, TaskKind::MissionSilent), by_owner("2026-02-13"));
    assert_eq!(of_kind(&facts, TaskKind::DocumentExpires), by_owner("2026-01-09"), "due already");
    assert_eq!(of_kind(&facts, TaskKind::LongDetention), by_owner("2026-01-08"));
}

/// A stay for which the authority wants this much.
fn owing(amount: &str) -> ImmigrationClearance {
    ImmigrationClearance { assessed_by_authority: Some(usd(amount)), ..ImmigrationClearance::default() }
}

fn owing_with_permit() -> ImmigrationClearance {
    ImmigrationClearance { assessed_by_authority: owing("40.00").assessed_by_authority, ..permit(day(TODAY), day("2026-02-03")) }
}

/// A case on which every kind of task is due that follows from its facts.
fn busy() -> Facts {
    let mut facts = Facts { is_child: true, party: Party::Other, ..quiet() };
    facts.verifications = vec![verification(NationalityResult::Pending, day(TODAY))];
    facts.records.travel_documents = vec![entry(document(day(TODAY), day("2026-03-10"))), entry(asked_for(None))];
    facts.records.clearance = Some(entry(owing_with_permit()));
    let released =
        Detention { released_on: Some(day("2026-01-04")), non_punishment_raised_on: Some(day("2026-01-04")), ..detention("2026-01-02") };
    facts.records.detentions = vec![entry(released), entry(detention("2026-01-05"))];
    facts.records.return_decisions = vec![entry(decision(day("2026-01-03")))];
    facts.records.charges = vec![entry(charge(ChargeStatus::Charged))];
    let next_due_on = Some(day(TODAY));
    facts.records.risk_assessments =
        vec![entry(RiskAssessment { next_due_on, ..risk(RiskAssessmentKind::Return, RiskLevel::Low, day(TODAY)) })];
    facts.records.follow_ups = vec![entry(follow_up(day(TODAY), None))];
    facts.records.health_screenings = vec![entry(in_danger(TODAY))];
    facts
}

#[test]
fn every_kind_is_due_once_and_none_where_the_journey_is_over() {
    let mut kinds: Vec<TaskKind> = due(&busy()).iter().map(|task| task.kind).collect();
    kinds.sort();
    let all = TaskKind::ALL.iter().copied();
    assert_eq!(
        kinds,
        all.filter(|kind| {
            let comes_otherwise = [
                TaskKind::HoldReview,
                TaskKind::ScreeningOutstanding,
                // Begins where these end: at arrival.
                TaskKind::MonitoringDue,
                TaskKind::DeathToReport,
                TaskKind::TakeoverWaiting,
                TaskKind::AssigneeLeft,
                // Follows from another case.
                TaskKind::RelatedCase,
                TaskKind::Added,
            ];
            !comes_otherwise.contains(kind)
        })
        .collect::<Vec<_>>()
    );
    assert_eq!(due(&Facts { is_closed: true, ..busy() }), [], "closed");
    assert_eq!(due(&Facts { stage: Stage::Completed, ..busy() }), [], "completed");
    for state in SideState::ALL {
        let beside = Facts { side_state: Some(*state), ..busy() };
        let of_the_dead = usize::from(*state == SideState::Deceased);
        assert!(state.is_resumable() || due(&beside).len() == of_the_dead, "{state}");
        assert!(!state.is_resumable() || !due(&beside).is_empty(), "{state}");
    }
    let facts = busy();
    assert_eq!(due(&facts), due(&facts.clone()), "the same facts give the same tasks");
}

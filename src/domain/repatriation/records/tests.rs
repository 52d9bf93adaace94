//! What makes a record sound, and what forbids it.

mod findings;
mod penalties;

use crate::domain::codes::*;
use crate::domain::money::Percent;
use chrono::NaiveDate;

use crate::domain::ids::RecordId;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::*;
use crate::domain::repatriation::stage::Stage;
use crate::domain::repatriation::{Facts, Party};
use crate::domain::tests::*;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;

fn today() -> NaiveDate {
    day(TODAY)
}

fn tomorrow() -> NaiveDate {
    day("2026-01-20")
}

/// Where something is wrong, and how.
fn named(found: Vec<Violation>) -> Vec<String> {
    found.into_iter().map(|violation| format!("{} {}", violation.pointer, violation.code)).collect()
}

/// A sound record, changed: what is wrong with it by itself.
fn wrong<R: RecordRules>(mut record: R, change: impl FnOnce(&mut R)) -> Vec<String> {
    assert_eq!(named(record.violations(Today::noon(today()))), [""; 0], "the record is sound before it is changed");
    change(&mut record);
    named(record.violations(Today::noon(today())))
}

/// What forbids a new record on this case.
fn forbidden<R: RecordRules>(record: R, facts: &Facts) -> Vec<String> {
    named(record.refusals(None, facts))
}

/// What forbids a change.
fn forbidden_change<R: RecordRules>(before: R, change: impl FnOnce(&mut R), facts: &Facts) -> Vec<String> {
    let mut after = before.clone();
    change(&mut after);
    named(after.refusals(Some(&before), facts))
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_travel_document_that_is_issued_can_be_travelled_on() {
    let sound = || document(day("2026-01-12"), today());
    assert_eq!(wrong(sound(), |document| document.number = None), ["/number required"]);
    assert_eq!(wrong(sound(), |document| document.expires_on = None), ["/expires_on required"]);
    assert_eq!(wrong(sound(), |document| document.issued_on = None), ["/issued_on required"]);
    assert_eq!(wrong(sound(), |document| document.issued_on = Some(tomorrow())), ["/issued_on date_in_future", "/expires_on out_of_order"]);
    assert_eq!(wrong(sound(), |document| document.expires_on = Some(day("2026-01-18"))), ["/expires_on expired"], "yesterday");
    assert_eq!(wrong(sound(), |document| document.requested_on = Some(today())), ["/issued_on out_of_order"]);
    assert_eq!(wrong(sound(), |document| document.handed_over_on = Some(day("2026-01-11"))), ["/handed_over_on out_of_order"]);
    assert_eq!(wrong(sound(), |document| document.status = TravelDocumentStatus::HandedOver), ["/handed_over_on required"]);
    assert_eq!(wrong(sound(), |document| document.status = TravelDocumentStatus::Refused), ["/refusal_reason required"]);
    assert_eq!(wrong(sound(), |document| document.mission_id = None), ["/mission_id required"]);
    assert_eq!(wrong(sound(), |document| document.kind = TravelDocumentKind::PassportValid), ["/mission_id not_issued"]);
    let own = TravelDocument { mission_id: None, kind: TravelDocumentKind::PassportValid, issued_on: None, ..sound() };
    assert_eq!(wrong(own, |_| {}), NOTHING, "the person's own passport needs neither mission nor day of issue");
    for kind in TravelDocumentKind::ALL.iter().copied().filter(|kind| kind.issuer() == DocumentIssuer::Authority) {
        let issued = TravelDocument { kind, mission_id: None, issuer: Some("The Red Cross".to_owned()), ..sound() };
        assert_eq!(wrong(issued.clone(), |_| {}), NOTHING, "{kind}");
        assert_eq!(wrong(issued.clone(), |document| document.issuer = None), ["/issuer required"], "{kind}");
        assert_eq!(wrong(issued.clone(), |document| document.mission_id = sound().mission_id), ["/mission_id not_issued"], "{kind}");
        assert!(issued.is_kept_from_guest_missions(), "{kind}: that the person turned to somebody else is no mission's to know");
    }
    assert_eq!(wrong(sound(), |document| document.issuer = Some("An office".to_owned())), ["/issuer not_issued"]);
}

#[test]
fn a_clearance_that_is_granted_says_until_when() {
    let sound = || permit(day("2026-01-12"), today());
    assert_eq!(wrong(sound(), |permit| permit.exit_permit_number = None), ["/exit_permit_number required"]);
    assert_eq!(wrong(sound(), |permit| permit.exit_permit_granted_on = None), ["/exit_permit_granted_on required"]);
    assert_eq!(wrong(sound(), |permit| permit.exit_permit_valid_until = None), ["/exit_permit_valid_until required"]);
    assert_eq!(wrong(sound(), |permit| permit.exit_permit_valid_until = Some(day("2026-01-18"))), ["/exit_permit_valid_until expired"]);
    assert_eq!(wrong(sound(), |permit| permit.entered_on = Some(tomorrow())).first().unwrap(), "/entered_on date_in_future");
    assert_eq!(wrong(sound(), |permit| permit.entered_on = Some(day("2026-01-13"))), ["/exit_permit_granted_on out_of_order"]);
    let entered = |permit: &mut ImmigrationClearance| {
        (permit.entered_on, permit.stay_expired_on) = (Some(day("2026-01-02")), Some(day("2026-01-01")));
    };
    assert_eq!(wrong(sound(), entered), ["/stay_expired_on out_of_order"]);
    let sum = |permit: &mut ImmigrationClearance| permit.assessed_by_authority = Some(too_much());
    assert_eq!(wrong(sound(), sum), ["/assessed_by_authority/amount too_large"]);
    let pending = |permit: &mut ImmigrationClearance| *permit = ImmigrationClearance::default();
    assert_eq!(wrong(sound(), pending), NOTHING, "what is not known yet is not asked for");
}

/// More than can be stored: no text of the wire reads so, a sum can be.
fn too_much() -> crate::domain::money::Money {
    let largest = usd("9999999999");
    crate::domain::money::Money { amount: largest.amount.plus(usd("0.0001").amount), ..largest }
}

#[test]
fn a_waiver_is_a_part_or_an_amount_and_more_than_nothing() {
    let sound = || waiver(Some("50"), None, today());
    assert_eq!(wrong(sound(), |waiver| waiver.amount = Some(usd("10"))), ["/percent either_or"], "both");
    assert_eq!(wrong(sound(), |waiver| waiver.percent = None), ["/percent either_or"], "neither");
    let nothing = |waiver: &mut FineWaiver| (waiver.percent, waiver.amount) = (None, Some(usd("0.00")));
    assert_eq!(wrong(sound(), nothing), ["/amount/amount invalid_amount"]);
    assert_eq!(wrong(sound(), |waiver| waiver.decided_on = None), ["/decided_on required"]);
    assert_eq!(wrong(sound(), |waiver| waiver.decided_on = Some(tomorrow())), ["/decided_on date_in_future"]);
    assert_eq!(wrong(sound(), |waiver| waiver.status = WaiverStatus::Cancelled), ["/cancellation_reason required"]);
    let late = |waiver: &mut FineWaiver| (waiver.requested_on, waiver.decided_on) = (Some(today()), Some(day("2026-01-18")));
    assert_eq!(wrong(sound(), late), ["/decided_on out_of_order"]);
    assert_eq!(wrong(payment("10", today()), |payment| payment.money = usd("0")), ["/money/amount invalid_amount"]);
    assert_eq!(wrong(payment("10", today()), |payment| payment.paid_on = tomorrow()), ["/paid_on date_in_future"]);
    let early = |payment: &mut FinePayment| payment.cancelled_on = Some(day("2026-01-18"));
    assert_eq!(wrong(payment("10", today()), early), ["/cancelled_on out_of_order", "/cancellation_reason required"]);
}

#[test]
fn what_is_written_as_money_is_neither_negative_nor_too_large() {
    for amount in ["-1", "10000000000", "1e9", "0.00001"] {
        let wire = serde_json::json!({ "money": { "amount": amount, "currency": "USD" }, "payer": "self", "paid_on": TODAY });
        assert!(serde_json::from_value::<FinePayment>(wire).is_err(), "{amount}");
    }
    for percent in ["0", "100.01", "-5"] {
        let wire = serde_json::json!({ "status": "granted", "reason": "child", "percent": percent, "decided_on": TODAY });
        assert!(serde_json::from_value::<FineWaiver>(wire).is_err(), "{percent}");
    }
}

#[test]
fn days_of_decisions_assessments_and_procedures_are_in_order() {
    assert_eq!(wrong(decision(today()), |decision| decision.signed_on = Some(tomorrow())), ["/signed_on date_in_future"]);
    assert_eq!(wrong(decision(today()), |decision| decision.decided_on = day("2026-01-18")), ["/decided_on out_of_order"]);
    assert_eq!(wrong(decision(today()), |decision| decision.signed_on = Some(day("2026-01-18"))), ["/signed_on out_of_order"]);
    assert_eq!(wrong(decision(today()), |decision| decision.withdrawn_on = Some(day("2026-01-18"))), ["/withdrawn_on out_of_order"]);
    assert_eq!(wrong(legal_hold(today(), None), |hold| hold.lifted_on = Some(tomorrow())), ["/lifted_on date_in_future"]);
    assert_eq!(wrong(legal_hold(today(), None), |hold| hold.lifted_on = Some(day("2026-01-18"))), ["/lifted_on out_of_order"]);
    assert_eq!(wrong(fit(today(), None), |fit| fit.examined_on = tomorrow()), ["/examined_on date_in_future"]);
    assert_eq!(wrong(fit(today(), None), |fit| fit.valid_until = Some(day("2026-01-18"))), ["/valid_until out_of_order"]);
    let assessed = || risk(RiskAssessmentKind::Return, RiskLevel::Low, today());
    assert_eq!(wrong(assessed(), |risk| risk.assessed_on = tomorrow()), ["/assessed_on date_in_future"]);
    assert_eq!(wrong(assessed(), |risk| risk.next_due_on = Some(day("2026-01-18"))), ["/next_due_on out_of_order"]);
    assert_eq!(wrong(best_interests(today()), |found| found.decided_on = None), ["/decided_on required"]);
    assert_eq!(wrong(best_interests(today()), |found| found.decided_on = Some(day("2026-01-18"))), ["/decided_on out_of_order"]);
    assert_eq!(wrong(best_interests(today()), |found| found.caregiver = None), ["/caregiver required"]);
    let pending = |found: &mut BestInterests| (found.decision, found.decided_on) = (BestInterestsDecision::Pending, None);
    assert_eq!(wrong(best_interests(today()), pending), NOTHING);
    assert_eq!(wrong(arrival(today(), None), |arrival| arrival.arrived_on = tomorrow()), ["/arrived_on date_in_future"]);
    assert_eq!(wrong(support_plan(today()), |plan| plan.kinds.clear()), ["/kinds required"]);
    assert_eq!(wrong(support_plan(today()), |plan| plan.status = SupportPlanStatus::Stopped), ["/ended_on required"]);
    let done = || follow_up(today(), Some((today(), FollowUpSituation::Stable)));
    assert_eq!(wrong(done(), |done| done.situation = None), ["/situation required"]);
    assert_eq!(wrong(done(), |done| done.done_on = None), ["/done_on required"]);
    assert_eq!(wrong(done(), |done| done.done_on = Some(tomorrow())), ["/done_on date_in_future"]);
}

#[test]
fn a_movement_goes_forward_leg_by_leg() {
    let sound = || movement(at("2026-01-20T23:30"), at("2026-01-21T06:00"));
    assert_eq!(wrong(sound(), |movement| movement.arrives_at = at("2026-01-20T23:29")), ["/arrives_at out_of_order"]);
    assert_eq!(wrong(sound(), |movement| movement.status = MovementStatus::Departed), ["/departed_at required"]);
    assert_eq!(wrong(sound(), |movement| movement.departed_at = Some(at("2026-01-19T08:00"))), ["/status departed"]);
    let early = |movement: &mut Movement| {
        (movement.status, movement.departed_at) = (MovementStatus::Departed, Some(at("2026-01-20T00:00")));
    };
    assert_eq!(wrong(sound(), early), ["/departed_at date_in_future"]);
    let leg = |departs: &str, arrives: Option<&str>| MovementLeg {
        from: "KTI".to_owned(),
        to: "BKK".to_owned(),
        reference: None,
        departs_at: Some(at(departs)),
        arrives_at: arrives.map(at),
    };
    let legs = |legs: Vec<MovementLeg>| move |movement: &mut Movement| movement.legs = legs;
    let first = leg("2026-01-20T23:30", Some("2026-01-21T01:00"));
    assert_eq!(wrong(sound(), legs(vec![first.clone(), leg("2026-01-21T01:00", None)])), NOTHING, "at the very minute");
    assert_eq!(wrong(sound(), legs(vec![first.clone(), leg("2026-01-21T00:59", None)])), ["/legs/1/departs_at out_of_order"]);
    assert_eq!(wrong(sound(), legs(vec![leg("2026-01-20T23:30", Some("2026-01-20T23:00"))])), ["/legs/0/arrives_at out_of_order"]);
    let open = MovementLeg { arrives_at: None, ..leg("2026-01-21T02:00", None) };
    assert_eq!(wrong(sound(), legs(vec![first, open, leg("2026-01-21T00:30", None)])), ["/legs/2/departs_at out_of_order"]);
}

/// The case that is ready, owing a hundred dollars: ten days at ten.
fn owing() -> Facts {
    let mut facts = ready();
    let stay_expired_on = Some(day("2026-01-09"));
    let clearance = ImmigrationClearance { exit_track: Some(ExitTrack::Requested), stay_expired_on, ..ImmigrationClearance::default() };
    facts.records.clearance = Some(entry(clearance));
    assert_eq!(facts.fine().outstanding.map(|owed| owed.to_string()).as_deref(), Some("100.00"));
    facts
}

#[test]
fn nobody_pays_or_is_waived_more_than_is_owed() {
    let facts = owing();
    assert_eq!(forbidden(payment("100", today()), &facts), NOTHING);
    assert_eq!(forbidden(payment("100.01", today()), &facts), ["/money/amount more_than_owed"]);
    let riel = crate::domain::money::Currency::parse("KHR").unwrap();
    let mut other = payment("10", today());
    other.money.currency = riel;
    assert_eq!(forbidden(other, &facts), ["/money/currency currency_mismatch"]);
    assert_eq!(forbidden(waiver(None, Some("100"), today()), &facts), NOTHING);
    assert_eq!(forbidden(waiver(None, Some("100.01"), today()), &facts), ["/amount/amount more_than_owed"]);
    let asked = FineWaiver { status: WaiverStatus::Requested, ..waiver(None, Some("500"), today()) };
    assert_eq!(forbidden(asked.clone(), &facts), NOTHING, "anything may be asked for");
    let grant = |waiver: &mut FineWaiver| waiver.status = WaiverStatus::Granted;
    assert_eq!(forbidden_change(asked, grant, &facts), ["/amount/amount more_than_owed"], "and not everything be granted");

    let mut most = owing();
    most.records.waivers = vec![entry(waiver(Some("80"), None, today()))];
    assert_eq!(forbidden(waiver(Some("20"), None, today()), &most), NOTHING);
    assert_eq!(forbidden(waiver(Some("20.01"), None, today()), &most), ["/percent more_than_owed"]);
    assert_eq!(forbidden(payment("20.01", today()), &most), ["/money/amount more_than_owed"]);

    let mut settled = owing();
    settled.records.payments = vec![entry(payment("100", today()))];
    assert_eq!(forbidden(waiver(Some("50"), None, today()), &settled), ["/status nothing_owed"]);
    assert_eq!(forbidden(payment("0.01", today()), &settled), ["/money/amount more_than_owed"]);
}

#[test]
fn what_was_paid_or_waived_is_cancelled_and_never_rewritten() {
    let facts = owing();
    let cancel = |payment: &mut FinePayment| {
        (payment.cancelled_on, payment.cancellation_reason) = (Some(today()), Some("paid twice".to_owned()));
    };
    assert_eq!(forbidden_change(payment("50", today()), cancel, &facts), NOTHING);
    assert_eq!(forbidden_change(payment("50", today()), |payment| payment.money = usd("40"), &facts), ["/money immutable"]);
    let mut cancelled = payment("50", today());
    cancel(&mut cancelled);
    assert_eq!(forbidden_change(cancelled, |payment| payment.cancelled_on = None, &facts), ["/money immutable"]);
    let granted = || waiver(Some("50"), None, today());
    assert_eq!(forbidden_change(granted(), |waiver| waiver.status = WaiverStatus::Cancelled, &facts), NOTHING);
    assert_eq!(forbidden_change(granted(), |waiver| waiver.status = WaiverStatus::Requested, &facts), ["/status immutable"]);
    assert_eq!(forbidden_change(granted(), |waiver| waiver.percent = Percent::parse("60"), &facts), ["/status immutable"]);
    let refused = FineWaiver { status: WaiverStatus::Refused, ..granted() };
    assert_eq!(forbidden_change(refused, |waiver| waiver.status = WaiverStatus::Granted, &facts), ["/status immutable"]);
}

#[test]
fn a_clearance_never_makes_the_fine_less_than_what_is_settled() {
    let mut facts = owing();
    facts.records.payments = vec![entry(payment("60", today()))];
    let before = facts.records.clearance.clone().unwrap().content;
    let shorter = |stay: &'static str| move |clearance: &mut ImmigrationClearance| clearance.stay_expired_on = Some(day(stay));
    assert_eq!(forbidden_change(before.clone(), shorter("2026-01-13"), &facts), NOTHING, "six days, sixty dollars");
    assert_eq!(forbidden_change(before.clone(), shorter("2026-01-14"), &facts), ["/stay_expired_on less_than_settled"]);
    let assessed = |amount: &'static str| move |clearance: &mut ImmigrationClearance| clearance.assessed_by_authority = Some(usd(amount));
    assert_eq!(forbidden_change(before.clone(), assessed("60"), &facts), NOTHING);
    assert_eq!(forbidden_change(before.clone(), assessed("59.99"), &facts), ["/assessed_by_authority/amount less_than_settled"]);
    let granted = |clearance: &mut ImmigrationClearance| {
        *clearance = ImmigrationClearance { stay_expired_on: clearance.stay_expired_on, ..permit(day("2026-01-14"), day("2026-02-01")) };
    };
    assert_eq!(forbidden_change(before.clone(), granted, &facts), ["/stay_expired_on less_than_settled"], "five days until the permit");
    let expire = |clearance: &mut ImmigrationClearance| clearance.exit_track = Some(ExitTrack::Expired);
    assert_eq!(forbidden_change(before, expire, &facts), ["/exit_track set_by_system"]);
}

#[test]
fn only_the_mission_that_is_asked_answers_and_only_one_that_was_accepted_is_asked() {
    let asked =
        |with| TravelDocument { mission_id: Some(mission(with)), status: TravelDocumentStatus::Requested, ..document(today(), today()) };
    let mut facts = ready();
    facts.contacts.push(contact(mission(2), PersonDecision::Declined));
    assert_eq!(forbidden(asked(1), &facts), NOTHING);
    assert_eq!(forbidden(asked(2), &facts), ["/mission_id not_contacted"], "declined");
    assert_eq!(forbidden(asked(3), &facts), ["/mission_id not_contacted"], "never asked");
    let issue = |document: &mut TravelDocument| document.status = TravelDocumentStatus::Issued;
    assert_eq!(forbidden_change(asked(1), issue, &facts), NOTHING, "the first mission itself");
    for party in [Party::Ngo, Party::Coordinator, Party::Mission(mission(2))] {
        let others = Facts { party, ..facts.clone() };
        assert_eq!(forbidden_change(asked(1), issue, &others), ["/status not_yours"], "{party:?}");
        assert_eq!(forbidden(document(today(), today()), &others), ["/status not_yours"], "{party:?}: one that is issued already");
        assert_eq!(forbidden(asked(1), &others), NOTHING, "{party:?} may ask");
    }
    facts.records.travel_documents.push(entry(asked(1)));
    assert_eq!(forbidden(asked(1), &facts), ["/mission_id already_requested"]);
    let elsewhere = |document: &mut TravelDocument| document.mission_id = Some(mission(2));
    assert_eq!(forbidden_change(asked(1), elsewhere, &facts).first().unwrap(), "/mission_id immutable");
    let expire = |document: &mut TravelDocument| document.status = TravelDocumentStatus::Expired;
    assert_eq!(forbidden_change(document(today(), today()), expire, &facts), ["/status set_by_system"]);
}

#[test]
fn a_person_has_one_movement_and_a_batch_changes_its_own() {
    let other = || movement(at("2026-01-25T10:00"), at("2026-01-25T14:00"));
    let mut facts = ready();
    assert_eq!(forbidden(other(), &facts), ["/status already_booked"]);
    facts.records.movements[0].content.status = MovementStatus::Cancelled;
    assert_eq!(forbidden(other(), &facts), NOTHING, "the first one is cancelled");
    let batch = Some(crate::domain::ids::MovementBatchId::random());
    assert_eq!(forbidden(Movement { batch_id: batch, ..other() }, &facts), ["/batch_id read_only"]);
    let of_batch = Movement { batch_id: batch, ..other() };
    assert_eq!(
        forbidden_change(of_batch.clone(), |movement| movement.escort = Some("Nurse".to_owned()), &facts),
        ["/batch_id part_of_batch"]
    );
    let leave = |movement: &mut Movement| movement.batch_id = None;
    assert_eq!(forbidden_change(of_batch, leave, &facts), ["/batch_id read_only", "/batch_id part_of_batch"]);
}

#[test]
fn a_cancelled_movement_is_not_taken_up_again_beside_another() {
    let facts = ready();
    let cancelled = Movement { status: MovementStatus::Cancelled, ..movement(at("2026-01-25T10:00"), at("2026-01-25T14:00")) };
    assert_eq!(forbidden_change(cancelled, |movement| movement.status = MovementStatus::Booked, &facts), ["/status already_booked"]);
}

#[test]
fn a_second_movement_does_not_hide_that_the_person_has_left() {
    let mut facts = Facts { stage: Stage::Departed, ..returned() };
    let onward = movement(at("2026-03-01T10:00"), at("2026-03-01T14:00"));
    assert_eq!(forbidden(onward, &facts), ["/status already_booked"]);
    let departed = facts.records.movements[0].content.clone();
    let take_back = |movement: &mut Movement| (movement.status, movement.departed_at) = (MovementStatus::Booked, None);
    let cancel = |movement: &mut Movement| (movement.status, movement.departed_at) = (MovementStatus::Cancelled, None);
    assert_eq!(forbidden_change(departed.clone(), take_back, &facts), ["/departed_at immutable", "/status departed"]);
    assert_eq!(forbidden_change(departed.clone(), cancel, &facts), ["/departed_at immutable", "/status departed"]);
    let correct = |movement: &mut Movement| movement.departed_at = Some(at("2026-01-20T23:50"));
    assert_eq!(forbidden_change(departed.clone(), correct, &facts), NOTHING, "the minute may be mended");
    facts.stage = Stage::DepartureScheduled;
    assert_eq!(forbidden_change(departed, take_back, &facts), NOTHING, "a supervisor took the case a step back");
}

#[test]
fn an_arrival_follows_a_departure() {
    let facts = Facts { stage: Stage::Departed, ..returned() };
    assert_eq!(forbidden(arrival(day("2026-01-20"), None), &facts), NOTHING, "the day of departure itself");
    assert_eq!(forbidden(arrival(today(), None), &facts), ["/arrived_on out_of_order"]);
    let waiting = Facts { stage: Stage::DepartureScheduled, ..ready() };
    assert_eq!(forbidden(arrival(day("2026-01-20"), None), &waiting), ["/arrived_on not_departed"]);
}

#[test]
fn a_decision_is_taken_back_until_departure_and_not_after() {
    let withdraw = |decision: &mut ReturnDecision| decision.withdrawn_on = Some(today());
    for stage in Stage::ALL {
        let facts = Facts { stage: *stage, ..ready() };
        let expected: &[&str] = if *stage >= Stage::Departed { &["/withdrawn_on departed"] } else { &[] };
        assert_eq!(forbidden_change(decision(today()), withdraw, &facts), expected, "{stage}");
        assert_eq!(forbidden(ReturnDecision { withdrawn_on: Some(today()), ..decision(today()) }, &facts), expected, "{stage}");
    }
}

#[test]
fn whoever_accompanies_the_person_records_and_a_guest_only_what_it_deals_with() {
    let guest = Party::Mission(mission(1));
    for kind in RecordKind::ALL {
        let decides_for_the_person = matches!(kind, RecordKind::ReturnDecision | RecordKind::BestInterests | RecordKind::ProtectionOutcome);
        assert_eq!(kind.recorder().includes(Party::Ngo, false), !decides_for_the_person, "{kind}");
        assert!(kind.recorder().includes(Party::Coordinator, false) && kind.recorder().includes(guest, true), "{kind}");
        assert!(!kind.recorder().includes(Party::Other, false), "{kind}: nobody in particular");
    }
    let by_guests: Vec<&str> =
        RecordKind::ALL.iter().filter(|kind| kind.recorder().includes(guest, false)).map(|kind| kind.as_str()).collect();
    assert_eq!(by_guests.join(" "), "travel_document fine_waiver fine_payment movement arrival placement assistance letter");
    for kind in RecordKind::ALL {
        for (party, is_owner, expected) in [
            (guest, false, false),
            (Party::Ngo, false, false),
            (guest, true, true),
            (Party::Ngo, true, true),
            (Party::Coordinator, false, true),
        ] {
            assert_eq!(kind.recorder().allows(RecordAct::ChangeAnothers, party, is_owner), expected, "{kind}");
            for act in [RecordAct::Create, RecordAct::ChangeOwn] {
                assert_eq!(kind.recorder().allows(act, party, is_owner), kind.recorder().includes(party, is_owner), "{kind}");
            }
        }
    }
}

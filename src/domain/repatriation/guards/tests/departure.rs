//! The tables of the guards that look at what is recorded: before departure, for children, and after departure.

use crate::domain::cases::guardianship::{Assent, Guardianship};
use crate::domain::ids::{CaseId, RelationId};
use crate::domain::repatriation::belonging::{Related, Traveller};
use crate::domain::repatriation::guards::tests::*;
use crate::domain::zones::Today;

fn not_needed() -> ImmigrationClearance {
    ImmigrationClearance { exit_track: Some(ExitTrack::NotNeeded), ..ImmigrationClearance::default() }
}

fn one_day_over() -> ImmigrationClearance {
    ImmigrationClearance { stay_expired_on: Some(day("2026-01-18")), ..not_needed() }
}

/// Gives the person a child who is at clearing, without a movement.
pub(super) fn leaves_a_child(facts: &mut Facts) {
    let other = Traveller { is_child: true, is_closed: false, stage: Stage::Clearing, side_state: None, journey: None };
    let (relation, case) = (RelationId::random(), CaseId::random());
    facts.belongs_with = vec![Related { relation, case, kind: RelationKind::Child, other, is_decided: false }];
}

fn own_passport(facts: &mut Facts) {
    let own = travel_document(facts);
    (own.kind, own.mission_id) = (TravelDocumentKind::PassportValid, None);
}

/// Departure is on the 20th, arrival on the 21st.
pub(in crate::domain) fn rows_before_departure(guard: Guard) -> Vec<Row> {
    match guard {
        Guard::ReturnDecided => vec![
            ("counselled, signed", true, UNCHANGED),
            ("in a reflection period", false, |facts| facts.reflection_until = Some(choice(facts).decided_on)),
            ("in a reflection period, and asked for", true, |facts| {
                facts.reflection_until = Some(choice(facts).decided_on);
                choice(facts).asked_by_person = Some(true);
            }),
            ("after a reflection period", true, |facts| facts.reflection_until = choice(facts).decided_on.pred_opt()),
            ("without another way", false, |facts| choice(facts).voluntariness = Voluntariness::AgreedWithoutAlternative),
            ("against their will", false, |facts| choice(facts).voluntariness = Voluntariness::AgainstWill),
            ("without counselling", false, |facts| choice(facts).counselling_on = None),
            ("unsigned", false, |facts| choice(facts).signed_on = None),
            ("without the paper", false, |facts| choice(facts).evidence = None),
            ("to stay", false, |facts| choice(facts).decision = ReturnChoice::Stay),
            ("withdrawn", false, |facts| choice(facts).withdrawn_on = Some(day(TODAY))),
            ("signed by a guardian against the child's interest", false, |facts| {
                with_parent::with_guardian(facts, GuardianBasis::CourtOrder, true);
                choice(facts).guardianship = procedure(facts).guardianship.clone();
            }),
            ("against the child's word", false, |facts| {
                facts.records.best_interests.clear();
                choice(facts).assent = Some(assent(false));
            }),
            ("with the child's word", true, |facts| choice(facts).assent = Some(assent(true))),
            ("against the child's word, after a determination that it returns", true, |facts| {
                choice(facts).assent = Some(assent(false));
                (procedure(facts).kind, procedure(facts).decision) =
                    (BestInterestsKind::Determination, BestInterestsDecision::ReturnToFamily);
            }),
            ("undecided since", false, |facts| {
                facts.records.return_decisions.push(entry(ReturnDecision { decision: ReturnChoice::Undecided, ..decision(day(TODAY)) }));
            }),
            ("none", false, |facts| facts.records.return_decisions.clear()),
        ],
        Guard::ReturnNotWithdrawn => vec![
            ("wanted", true, UNCHANGED),
            ("withdrawn", false, |facts| choice(facts).withdrawn_on = Some(day(TODAY))),
            ("to a third country", false, |facts| choice(facts).decision = ReturnChoice::ThirdCountry),
            ("decided anew after it was withdrawn", true, |facts| {
                choice(facts).withdrawn_on = Some(day(TODAY));
                facts.records.return_decisions.push(entry(decision(day(TODAY))));
            }),
            ("none", false, |facts| facts.records.return_decisions.clear()),
        ],
        Guard::OwnPassport => vec![
            ("a document of a mission", false, UNCHANGED),
            ("the person's own", true, own_passport),
            ("one that is over", false, |facts| {
                own_passport(facts);
                travel_document(facts).expires_on = Some(day("2026-01-18"));
            }),
            ("one that is not at hand", false, |facts| {
                own_passport(facts);
                travel_document(facts).status = TravelDocumentStatus::Requested;
            }),
            ("none", false, |facts| facts.records.travel_documents.clear()),
        ],
        Guard::MovementBooked => vec![
            ("booked", true, UNCHANGED),
            ("planned", false, |facts| journey(facts).status = MovementStatus::Planned),
            ("delayed", false, |facts| journey(facts).status = MovementStatus::Delayed),
            ("cancelled", false, |facts| journey(facts).status = MovementStatus::Cancelled),
            ("departed", false, |facts| depart(facts, "2026-01-19T08:00")),
            ("a cancelled one after it", true, |facts| {
                let cancelled = Movement { status: MovementStatus::Cancelled, ..journey(facts).clone() };
                facts.records.movements.push(entry(cancelled));
            }),
        ],
        Guard::TravelDocumentValid => vec![
            ("until the day of arrival", true, UNCHANGED),
            ("until the day before arrival", false, |facts| travel_document(facts).expires_on = Some(day("2026-01-20"))),
            ("handed over", true, |facts| travel_document(facts).status = TravelDocumentStatus::HandedOver),
            ("requested", false, |facts| travel_document(facts).status = TravelDocumentStatus::Requested),
            ("refused", false, |facts| travel_document(facts).status = TravelDocumentStatus::Refused),
            ("without number", false, |facts| travel_document(facts).number = None),
            ("without end", false, |facts| travel_document(facts).expires_on = None),
            ("expired before arrival", false, |facts| {
                (travel_document(facts).status, travel_document(facts).expires_on) =
                    (TravelDocumentStatus::Expired, Some(day("2026-01-18")));
            }),
            ("arrival delayed past its end", false, |facts| journey(facts).arrives_at = at("2026-01-22T00:00")),
            ("departure delayed past its end", false, |facts| depart(facts, "2026-01-22T00:00")),
            ("one of two holds", true, |facts| {
                travel_document(facts).expires_on = Some(day("2026-01-20"));
                facts.records.travel_documents.push(entry(document(day(TODAY), day("2026-01-21"))));
            }),
            ("issued after departure", false, |facts| {
                depart(facts, "2026-01-18T08:00");
                travel_document(facts).issued_on = Some(day(TODAY));
            }),
            ("none", false, |facts| facts.records.travel_documents.clear()),
        ],
        Guard::ExitPermitValid => vec![
            ("until the day of departure", true, UNCHANGED),
            ("until the day before", false, |facts| exit_permit(facts).exit_permit_valid_until = Some(day(TODAY))),
            ("departure delayed past midnight", false, |facts| {
                journey(facts).departs_at = at("2026-01-21T00:00");
                journey(facts).departed_at = journey(facts).departed_at.map(|_| at("2026-01-21T00:00"));
            }),
            ("requested", false, |facts| exit_permit(facts).exit_track = Some(ExitTrack::Requested)),
            ("refused", false, |facts| exit_permit(facts).exit_track = Some(ExitTrack::Refused)),
            ("unknown", false, |facts| exit_permit(facts).exit_track = None),
            ("without number", false, |facts| exit_permit(facts).exit_permit_number = None),
            ("granted after departure", false, |facts| {
                depart(facts, "2026-01-18T08:00");
                exit_permit(facts).exit_permit_granted_on = Some(day(TODAY));
            }),
            ("not needed", true, |facts| *exit_permit(facts) = not_needed()),
            ("nothing recorded", false, |facts| facts.records.clearance = None),
        ],
        Guard::FineSettled => vec![
            ("no overstay", true, UNCHANGED),
            ("the last day of the stay", true, |facts| {
                *exit_permit(facts) = ImmigrationClearance { stay_expired_on: Some(day(TODAY)), ..not_needed() };
            }),
            ("the day after", false, |facts| *exit_permit(facts) = one_day_over()),
            ("the day after, paid", true, |facts| {
                *exit_permit(facts) = one_day_over();
                facts.records.payments = vec![entry(payment("10", day(TODAY)))];
            }),
            ("a cent is missing", false, |facts| {
                *exit_permit(facts) = one_day_over();
                facts.records.payments = vec![entry(payment("9.99", day(TODAY)))];
            }),
            ("the payment was a mistake", false, |facts| {
                *exit_permit(facts) = one_day_over();
                facts.records.payments = vec![entry(FinePayment { cancelled_on: Some(day(TODAY)), ..payment("10", day(TODAY)) })];
            }),
            ("half waived, half paid", true, |facts| {
                *exit_permit(facts) = one_day_over();
                facts.records.waivers = vec![entry(waiver(Some("50"), None, day(TODAY)))];
                facts.records.payments = vec![entry(payment("5", day(TODAY)))];
            }),
            ("a waiver that is only asked for", false, |facts| {
                *exit_permit(facts) = one_day_over();
                let asked = FineWaiver { status: WaiverStatus::Requested, ..waiver(Some("100"), None, day(TODAY)) };
                facts.records.waivers = vec![entry(asked)];
            }),
            ("deported without paying", true, |facts| {
                *exit_permit(facts) = one_day_over();
                let reason = WaiverReason::DeportationWithoutPayment;
                facts.records.waivers = vec![entry(FineWaiver { reason, ..waiver(Some("100"), None, day(TODAY)) })];
            }),
            ("of an unknown price", false, |facts| {
                *exit_permit(facts) = one_day_over();
                facts.fine_rates.clear();
            }),
            ("of an unknown price, served in detention", true, |facts| {
                *exit_permit(facts) = one_day_over();
                facts.fine_rates.clear();
                let reason = WaiverReason::ServedInDetention;
                facts.records.waivers = vec![entry(FineWaiver { reason, ..waiver(Some("100"), None, day(TODAY)) })];
            }),
            ("no overstay where no rate is known", true, |facts| {
                *exit_permit(facts) = ImmigrationClearance { stay_expired_on: Some(day(TODAY)), ..not_needed() };
                facts.fine_rates.clear();
            }),
        ],
        Guard::PenaltiesSettled => vec![
            ("none", true, UNCHANGED),
            ("open, of an unknown amount", false, |facts| exit_permit(facts).penalties = vec![penalty(PenaltyStatus::Open)]),
            ("one of two is open", false, |facts| {
                exit_permit(facts).penalties = vec![penalty(PenaltyStatus::Paid), penalty(PenaltyStatus::Open)];
            }),
            ("all settled", true, |facts| {
                let settled = [PenaltyStatus::Paid, PenaltyStatus::Waived, PenaltyStatus::Served];
                exit_permit(facts).penalties = settled.map(penalty).to_vec();
            }),
        ],
        Guard::ReturnRiskAccepted => vec![
            ("high", true, UNCHANGED),
            ("imminent", false, |facts| facts.records.risk_assessments[0].content.level = RiskLevel::Imminent),
            ("another kind is imminent", true, |facts| {
                let other = risk(RiskAssessmentKind::Household, RiskLevel::Imminent, day(TODAY));
                facts.records.risk_assessments.push(entry(other));
            }),
            ("only another kind", false, |facts| facts.records.risk_assessments[0].content.kind = RiskAssessmentKind::Community),
            ("imminent since", false, |facts| {
                facts.records.risk_assessments.push(entry(risk(RiskAssessmentKind::Return, RiskLevel::Imminent, day(TODAY))));
            }),
        ],
        Guard::FitToTravel => super::fitness::rows(),
        Guard::NoLegalHold => vec![
            ("none", true, UNCHANGED),
            ("lifted", true, |facts| facts.records.legal_holds = vec![entry(legal_hold(day(TODAY), Some(day(TODAY))))]),
            ("one of two lifted", false, |facts| {
                let holds = [legal_hold(day(TODAY), None), legal_hold(day(TODAY), Some(day(TODAY)))];
                facts.records.legal_holds = holds.into_iter().map(entry).collect();
            }),
        ],
        _ => rows_of_children_and_after_departure(guard),
    }
}

fn rows_of_children_and_after_departure(guard: Guard) -> Vec<Row> {
    match guard {
        Guard::ChildReturnDetermined => [
            vec![
                ("to the family", true, UNCHANGED),
                ("to state care", true, |facts| procedure(facts).decision = BestInterestsDecision::ReturnToStateCare),
                ("to remain", false, |facts| procedure(facts).decision = BestInterestsDecision::Remain),
                ("pending", false, |facts| procedure(facts).decision = BestInterestsDecision::Pending),
                ("only assessed", false, |facts| procedure(facts).kind = BestInterestsKind::Assessment),
                ("assessed again after it was determined", true, |facts| {
                    let assessed = BestInterests { kind: BestInterestsKind::Assessment, ..best_interests(day(TODAY)) };
                    facts.records.best_interests.push(entry(assessed));
                }),
                ("determined otherwise since", false, |facts| {
                    let since = BestInterests { decision: BestInterestsDecision::ThirdCountry, ..best_interests(day(TODAY)) };
                    facts.records.best_interests.push(entry(since));
                }),
                ("none", false, |facts| facts.records.best_interests.clear()),
                ("none, for an adult", true, |facts| {
                    facts.records.best_interests.clear();
                    facts.is_child = false;
                }),
            ],
            with_parent::rows_with_a_parent(),
        ]
        .concat(),
        Guard::ChildNotSeparated => vec![
            ("alone", true, UNCHANGED),
            ("a child stays behind", false, leaves_a_child),
            ("a child left before", true, |facts| {
                leaves_a_child(facts);
                facts.belongs_with[0].other.stage = Stage::Arrived;
            }),
            ("a child of whom a supervisor said why", true, |facts| {
                leaves_a_child(facts);
                facts.belongs_with[0].is_decided = true;
            }),
            ("a sister stays behind", true, |facts| {
                leaves_a_child(facts);
                facts.belongs_with[0].kind = RelationKind::Sibling;
            }),
        ],
        Guard::ChildAccompanied => [
            vec![
                ("guardian, caregiver, escort", true, UNCHANGED),
                ("no guardian", false, |facts| procedure(facts).guardian = None),
                ("a guardian whose interest is against the child's", false, |facts| {
                    let basis = GuardianBasis::CourtOrder;
                    let against =
                        Guardianship { basis, appointed_by: None, appointed_on: None, document: None, conflict_of_interest: true };
                    procedure(facts).guardianship = Some(against);
                }),
                ("a caregiver who was not assessed", false, |facts| procedure(facts).caregiver_assessed_on = None),
                ("no escort", false, |facts| procedure(facts).escort = None),
                ("an escort on the movement", true, |facts| {
                    procedure(facts).escort = None;
                    journey(facts).escort = Some("Nurse".to_owned());
                }),
                ("an escort on a cancelled movement", false, |facts| {
                    procedure(facts).escort = None;
                    (journey(facts).escort, journey(facts).status) = (Some("Nurse".to_owned()), MovementStatus::Cancelled);
                }),
                ("nobody, for an adult", true, |facts| {
                    facts.records.best_interests.clear();
                    facts.is_child = false;
                }),
                ("nobody, for somebody who left as a child and is grown up now", false, |facts| {
                    facts.records.best_interests.clear();
                    (facts.is_child, facts.leaves_as_child) = (false, true);
                }),
            ],
            with_parent::rows_with_a_parent(),
        ]
        .concat(),
        Guard::Departed => vec![
            ("today", true, |facts| depart(facts, "2026-01-19T23:59")),
            ("tomorrow", false, |facts| depart(facts, "2026-01-20T00:00")),
            ("before the person was registered", false, |facts| depart(facts, "2026-01-11T23:59")),
            ("arrived already", true, |facts| {
                depart(facts, "2026-01-18T10:00");
                journey(facts).status = MovementStatus::Arrived;
            }),
            ("booked", false, UNCHANGED),
            ("departed, nobody says when", false, |facts| journey(facts).status = MovementStatus::Departed),
            ("none", false, |facts| facts.records.movements.clear()),
        ],
        Guard::Arrived => vec![
            ("the day after departure", true, |facts| *facts = returned()),
            ("the day of departure", true, |facts| arrived_on(facts, "2026-01-20")),
            ("the day before departure", false, |facts| arrived_on(facts, TODAY)),
            ("today", true, |facts| arrived_on(facts, "2026-01-22")),
            ("tomorrow", false, |facts| arrived_on(facts, "2026-01-23")),
            ("nowhere yet", false, UNCHANGED),
        ],
        Guard::ReceptionAgreed => vec![
            ("agreed", true, |facts| *facts = returned()),
            ("not yet", false, |facts| facts.records.arrivals = vec![entry(arrival(day(TODAY), None))]),
            ("an older arrival says so", false, |facts| {
                *facts = returned();
                facts.records.arrivals.push(entry(arrival(day("2026-01-21"), None)));
            }),
        ],
        Guard::SupportPlanned => vec![
            ("active", true, |facts| *facts = returned()),
            ("stopped", false, |facts| {
                *facts = returned();
                facts.records.support_plans[0].content.status = SupportPlanStatus::Stopped;
            }),
            ("none", false, UNCHANGED),
        ],
        Guard::FollowedUp => vec![
            ("reached", true, |facts| *facts = returned()),
            ("in need of support", true, |facts| followed_up(facts, Some((day("2026-01-22"), FollowUpSituation::NeedsSupport)))),
            ("not reached", false, |facts| followed_up(facts, Some((day("2026-01-22"), FollowUpSituation::NotReached)))),
            ("planned", false, |facts| followed_up(facts, None)),
            ("before arrival", false, |facts| followed_up(facts, Some((day("2026-01-20"), FollowUpSituation::Stable)))),
            ("none", false, UNCHANGED),
        ],
        Guard::MonitoringOver => vec![
            // A hundred and eighty days after 21 January; February has 28 days in 2026.
            ("half a year", true, |facts| *facts = Facts { today: Today::noon(day("2026-07-20")), ..returned() }),
            ("the day before", false, |facts| *facts = Facts { today: Today::noon(day("2026-07-19")), ..returned() }),
            ("where ten days are enough", true, |facts| {
                *facts = Facts { today: Today::noon(day("2026-01-31")), ..returned() };
                facts.rules.monitoring_days = 10;
            }),
            ("nowhere yet", false, UNCHANGED),
        ],
        _ => Vec::new(),
    }
}

fn arrived_on(facts: &mut Facts, on: &str) {
    *facts = returned();
    facts.records.arrivals = vec![entry(arrival(day(on), None))];
}

fn followed_up(facts: &mut Facts, done: Option<(NaiveDate, FollowUpSituation)>) {
    *facts = returned();
    facts.records.follow_ups = vec![entry(follow_up(day("2026-01-22"), done))];
}

fn assent(agrees: bool) -> Assent {
    Assent { agrees: Some(agrees), asked_on: day(TODAY), words: "What it says".to_owned(), explained_for_age: true }
}

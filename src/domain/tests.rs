//! Sound records, and a case that may depart: what the tests of the rules begin with.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MissionId, NationalityVerificationId, OrganisationId, RecordId};
use crate::domain::money::{Amount, Currency, Money, Percent};
use crate::domain::repatriation::fines::FineRate;
use crate::domain::repatriation::records::*;
use crate::domain::repatriation::stage::Stage;
use crate::domain::repatriation::{ContactFacts, Facts, Party, VerificationFacts};
use crate::domain::zones::Today;

/// The day on which the tables are looked at.
pub(super) const TODAY: &str = "2026-01-19";

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A moment, such as `2026-01-20T23:30`.
pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::new(format!("{text}:00Z").parse().unwrap())
}

pub(super) fn usd(amount: &str) -> Money {
    Money { amount: Amount::parse(amount).unwrap(), currency: Currency::parse("USD").unwrap() }
}

pub(super) fn ten_dollars_a_day() -> Vec<FineRate> {
    let Money { amount, currency } = usd("10");
    vec![FineRate::by_day(day("2000-01-01"), amount, currency)]
}

pub(super) const fn mission(number: u128) -> MissionId {
    MissionId(Uuid::from_u128(number))
}

pub(super) const fn owner() -> OrganisationId {
    OrganisationId(Uuid::from_u128(100))
}

pub(super) fn entry<T>(content: T) -> Entry<T> {
    Entry { id: RecordId::random(), created_at: at("2026-01-12T09:00"), content }
}

pub(super) fn penalty(status: PenaltyStatus) -> Penalty {
    let settled_on = (status != PenaltyStatus::Open).then(|| day("2026-01-15"));
    Penalty {
        kind: PenaltyKind::IllegalEntry,
        money: None,
        authority: None,
        imposed_on: Some(day("2026-01-12")),
        status,
        settled_on,
        reference: None,
    }
}

pub(super) fn screening(on: NaiveDate) -> Screening {
    Screening {
        instrument: ScreeningInstrument::IloIndicators,
        conducted_on: on,
        language: None,
        interpreter: true,
        preferred_gender: None,
        interviewer: None,
        indicators: Vec::new(),
        act: None,
        means: None,
        purpose: None,
        recommendation: None,
        suggested_outcome: None,
    }
}

pub(super) fn determination(outcome: TraffickingStatus, by: &str, on: NaiveDate) -> StatusDetermination {
    StatusDetermination {
        outcome,
        decided_by_kind: DecisionMakingOrganisation::Ngo,
        decided_by: by.to_owned(),
        decided_in_country: None,
        decided_on: on,
        reference: None,
        legal_basis: None,
        evidence_note: None,
        supersedes: None,
    }
}

/// An emergency document that the first mission issued.
pub(super) fn document(issued_on: NaiveDate, expires_on: NaiveDate) -> TravelDocument {
    TravelDocument {
        local_name: None,
        mission_id: Some(mission(1)),
        issuer: None,
        kind: TravelDocumentKind::LaissezPasser,
        status: TravelDocumentStatus::Issued,
        requested_on: None,
        number: Some("LP-1".to_owned()),
        issued_on: Some(issued_on),
        expires_on: Some(expires_on),
        single_journey: None,
        fee: None,
        fee_waived: None,
        handed_over_on: None,
        refusal_reason: None,
    }
}

pub(super) fn permit(granted_on: NaiveDate, valid_until: NaiveDate) -> ImmigrationClearance {
    ImmigrationClearance {
        exit_track: Some(ExitTrack::Granted),
        exit_permit_number: Some("EP-1".to_owned()),
        exit_permit_granted_on: Some(granted_on),
        exit_permit_valid_until: Some(valid_until),
        ..ImmigrationClearance::default()
    }
}

pub(super) fn waiver(percent: Option<&str>, amount: Option<&str>, on: NaiveDate) -> FineWaiver {
    FineWaiver {
        requested_percent: None,
        status: WaiverStatus::Granted,
        reason: WaiverReason::NonPunishment,
        percent: percent.map(|percent| Percent::parse(percent).unwrap()),
        amount: amount.map(usd),
        requested_on: None,
        decided_on: Some(on),
        decided_by: None,
        reference: None,
        cancellation_reason: None,
    }
}

pub(super) fn payment(amount: &str, on: NaiveDate) -> FinePayment {
    let payer = FundingSource::SendingState;
    FinePayment { money: usd(amount), payer, paid_on: on, receipt: None, cancelled_on: None, cancellation_reason: None }
}

pub(super) fn decision(on: NaiveDate) -> ReturnDecision {
    ReturnDecision {
        decision: ReturnChoice::Return,
        voluntariness: Voluntariness::Voluntary,
        asked_by_person: None,
        counselling_on: Some(on),
        decided_on: on,
        signed_on: Some(on),
        evidence: Some("file 7".to_owned()),
        withdrawn_on: None,
        withdrawal_reason: None,
        guardianship: None,
        assent: None,
    }
}

pub(super) fn risk(kind: RiskAssessmentKind, level: RiskLevel, on: NaiveDate) -> RiskAssessment {
    RiskAssessment { kind, level, factors: Vec::new(), mitigations: Vec::new(), assessor: None, assessed_on: on, next_due_on: None }
}

pub(super) fn fit(on: NaiveDate, valid_until: Option<NaiveDate>) -> FitToTravel {
    FitToTravel { fit: true, basis: None, examined_on: on, valid_until, examiner: None, conditions: None }
}

pub(super) fn legal_hold(on: NaiveDate, lifted_on: Option<NaiveDate>) -> LegalHold {
    LegalHold { kind: LegalHoldKind::WitnessProceedings, imposed_by: None, imposed_on: on, lifted_on, note: None }
}

pub(super) fn protection_outcome(outcome: ProtectionResult, decided_on: NaiveDate, appeal_until: Option<NaiveDate>) -> ProtectionOutcome {
    let authority = Some("Refugee office".to_owned());
    ProtectionOutcome { outcome, decided_on, authority, country: None, reference: None, appeal_until, note: None }
}

pub(super) fn best_interests(on: NaiveDate) -> BestInterests {
    BestInterests {
        kind: BestInterestsKind::Determination,
        initiated_on: on,
        panel: Vec::new(),
        decision: BestInterestsDecision::ReturnToFamily,
        decided_on: Some(on),
        guardian: Some("Legal guardian".to_owned()),
        guardian_contact: None,
        caregiver: Some("Aunt".to_owned()),
        caregiver_assessed_on: Some(on),
        escort: Some("Nurse".to_owned()),
        views_of_the_child: None,
        care_arrangement: None,
        carer_checks: Vec::new(),
        guardianship: None,
        escort_gender: None,
        handover: None,
    }
}

pub(super) fn movement(departs_at: Timestamp, arrives_at: Timestamp) -> Movement {
    Movement {
        mode: MovementMode::Flight,
        status: MovementStatus::Booked,
        carrier: None,
        reference: None,
        departs_at,
        arrives_at,
        departed_at: None,
        legs: Vec::new(),
        escort: None,
        companions: Vec::new(),
        incident: None,
        ticket: None,
        funding: None,
        batch_id: None,
    }
}

/// Somebody who was looked at and is well.
pub(super) fn health_screening(on: NaiveDate) -> HealthScreening {
    HealthScreening {
        screened_on: on,
        screener: None,
        triage: Triage::Green,
        injuries: None,
        pregnancy: Pregnancy::NotAsked,
        tests: Vec::new(),
        suicide_risk: SuicideRisk::None,
        medication: None,
        sexual_violence_disclosed: ViolenceDisclosure::NotAsked,
        sexual_violence_on: None,
        care_within_72_hours: None,
        referral: None,
    }
}

pub(super) fn arrival(on: NaiveDate, agreed_on: Option<NaiveDate>) -> Arrival {
    Arrival {
        arrived_on: on,
        country: None,
        port: "Jakarta (CGK)".to_owned(),
        received_by: "Social ministry".to_owned(),
        interviewed_by: None,
        released_to: None,
        onward_place: None,
        reception_consent_on: agreed_on,
    }
}

pub(super) fn support_plan(on: NaiveDate) -> SupportPlan {
    let (kinds, status) = (vec![SupportKind::Livelihood], SupportPlanStatus::Active);
    SupportPlan { kinds, status, provider: None, goals: None, agreed_on: Some(on), ended_on: None }
}

pub(super) fn follow_up(due_on: NaiveDate, done: Option<(NaiveDate, FollowUpSituation)>) -> FollowUp {
    FollowUp { due_on, mode: None, done_on: done.map(|(on, _)| on), situation: done.map(|(_, situation)| situation), notes: None }
}

/// The nationality that everybody here claims.
pub(super) fn claimed() -> Country {
    Country::parse("IDN").unwrap()
}

/// What the first mission verified, by a passport.
pub(super) fn verification(result: NationalityResult, requested_on: NaiveDate) -> VerificationFacts {
    VerificationFacts {
        id: NationalityVerificationId::random(),
        claimed_state: claimed(),
        requested_on,
        mission: mission(1),
        result,
        evidence_count: 1,
        interviewed_or_documentary: true,
        recorded_at_desk: false,
        reason_given: false,
    }
}

pub(super) fn contact(with: MissionId, decision: PersonDecision) -> ContactFacts {
    ContactFacts {
        mission: with,
        decision,
        informed_of_rights: true,
        covers_nationality: true,
        is_decided_for_child: false,
        is_of_merged: false,
    }
}

/// A child in clearing on 19 January 2026, seen by the first mission, that leaves tomorrow before midnight and arrives on the
/// 21st. The permit ends on the day of departure, the document on the day of arrival, the clearance to travel on that of
/// departure; nothing is owed.
pub(super) fn ready() -> Facts {
    let today = day(TODAY);
    let before = day("2026-01-12");
    let mut facts = Facts {
        registered_on: before,
        stage: Stage::Clearing,
        is_child: true,
        party: Party::Mission(mission(1)),
        age_assessed: true,
        immediate_needs_recorded: true,
        claimed_states: vec![claimed()],
        trafficking_status: Some(TraffickingStatus::Presumed),
        contacts: vec![contact(mission(1), PersonDecision::Requested)],
        verifications: vec![verification(NationalityResult::Verified, before)],
        fine_rates: ten_dollars_a_day(),
        ..Facts::at_registration(owner(), Today::noon(today))
    };
    let records = &mut facts.records;
    records.screenings = vec![entry(screening(before))];
    records.travel_documents = vec![entry(document(before, day("2026-01-21")))];
    records.clearance = Some(entry(permit(before, day("2026-01-20"))));
    records.return_decisions = vec![entry(decision(before))];
    records.risk_assessments = vec![entry(risk(RiskAssessmentKind::Return, RiskLevel::High, before))];
    records.fit_to_travel = vec![entry(fit(before, Some(day("2026-01-20"))))];
    records.best_interests = vec![entry(best_interests(before))];
    records.movements = vec![entry(movement(at("2026-01-20T23:30"), at("2026-01-21T06:00")))];
    facts
}

/// The same child after the journey: departed on the 20th, arrived on the 21st, and it is the 22nd.
pub(super) fn returned() -> Facts {
    let mut facts = Facts { stage: Stage::Arrived, today: Today::noon(day("2026-01-22")), ..ready() };
    let journey = &mut facts.records.movements[0].content;
    (journey.status, journey.departed_at) = (MovementStatus::Departed, Some(at("2026-01-20T23:45")));
    facts.records.arrivals = vec![entry(arrival(day("2026-01-21"), Some(day("2026-01-21"))))];
    facts.records.support_plans = vec![entry(support_plan(day("2026-01-22")))];
    facts.records.follow_ups = vec![entry(follow_up(day("2026-01-22"), Some((day("2026-01-22"), FollowUpSituation::Stable))))];
    facts
}

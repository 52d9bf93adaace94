//! The records of a person of the wave. All of them invented, and the same on every machine.

use chrono::{Days, NaiveDate};

use crate::demo::clock;
use crate::demo::pick;
use crate::demo::wave::WavePerson;
use crate::domain::codes::*;
use crate::domain::ids::MissionId;
use crate::domain::language::Language;
use crate::domain::money::{Money, Percent};
use crate::domain::repatriation::records::*;

/// Parts of the fine that are waived, in hundredths of a per cent.
const RELIEFS: &[i32] = &[5_000, 8_000, 10_000, 8_000, 5_000];
const REASONS: &[WaiverReason] = &[
    WaiverReason::NonPunishment,
    WaiverReason::BilateralAgreement,
    WaiverReason::Humanitarian,
    WaiverReason::NonPunishment,
    WaiverReason::Medical,
    WaiverReason::Amnesty,
    WaiverReason::Humanitarian,
];
const VISAS: &[VisaKind] = &[VisaKind::Tourist, VisaKind::Ordinary, VisaKind::VisaExempt, VisaKind::Business, VisaKind::NoVisa];
const PAYERS: &[FundingSource] = &[FundingSource::Family, FundingSource::SelfFunded, FundingSource::SendingState, FundingSource::Family];
const ANSWERS: &[&[Indicator]] = &[
    &[Indicator::Deception, Indicator::RetentionOfIdentityDocuments, Indicator::ForcedToScam],
    &[Indicator::JobDiffersFromOffer, Indicator::GuardedPremises, Indicator::TargetQuota, Indicator::WithholdingOfWages],
    &[Indicator::SoldOrTransferred, Indicator::DebtBondage, Indicator::ForcedToScam, Indicator::PhoneConfiscated],
    &[Indicator::ThirdPartyPaidTravel, Indicator::ExcessiveOvertime],
];
const ISSUER: &str = "Immigration authority";

/// The screening at the embassy.
pub(in crate::demo) fn screening(person: &WavePerson, today: NaiveDate) -> Screening {
    let is_victim = person.new_case.trafficking_status != TraffickingStatus::NotIdentified;
    let answer = if is_victim { IndicatorAnswerValue::Yes } else { IndicatorAnswerValue::No };
    let asked = pick(ANSWERS, person.number).unwrap_or_default();
    Screening {
        instrument: ScreeningInstrument::MissionForm,
        conducted_on: today,
        language: Language::parse("id"),
        interpreter: false,
        preferred_gender: None,
        interviewer: Some("Consular protection desk".to_owned()),
        indicators: asked.iter().map(|indicator| IndicatorAnswer { indicator: *indicator, answer }).collect(),
        act: None,
        means: None,
        purpose: None,
        recommendation: None,
        suggested_outcome: None,
    }
}

/// The signed decision to return.
pub(in crate::demo) fn decision(person: &WavePerson, today: NaiveDate) -> ReturnDecision {
    ReturnDecision {
        decision: ReturnChoice::Return,
        voluntariness: Voluntariness::Voluntary,
        asked_by_person: None,
        counselling_on: Some(today),
        decided_on: today,
        signed_on: Some(today),
        evidence: Some(format!("Folder {}", person.number)),
        withdrawn_on: None,
        withdrawal_reason: None,
        guardianship: None,
        assent: None,
    }
}

/// The stay: expired since two weeks to two years before the wave.
pub(in crate::demo) fn clearance(person: &WavePerson) -> ImmigrationClearance {
    let overstay = Days::new((14 + person.number * 37 % 700).into());
    ImmigrationClearance {
        visa_kind: pick(VISAS, person.number),
        stay_expired_on: person.first_day.checked_sub_days(overstay),
        exit_track: Some(ExitTrack::Requested),
        ..ImmigrationClearance::default()
    }
}

/// The exit permit: short for people who fly soon; for a few others it ends within the week.
pub(in crate::demo) fn permit(person: &WavePerson, today: NaiveDate, before: ImmigrationClearance) -> ImmigrationClearance {
    ImmigrationClearance {
        exit_track: Some(ExitTrack::Granted),
        exit_permit_number: Some(format!("E-{}", person.number)),
        exit_permit_granted_on: Some(today),
        exit_permit_valid_until: Some(person.after_the_wave(3 + person.number % 9)),
        ..before
    }
}

/// The one-way certificate (SPLP). One in nine is valid for a few weeks only.
pub(in crate::demo) fn certificate(person: &WavePerson, mission: MissionId, today: NaiveDate) -> TravelDocument {
    let is_short = person.number.is_multiple_of(9);
    let days = if is_short { 4 + person.number % 10 } else { 40 + person.number % 30 };
    TravelDocument {
        status: TravelDocumentStatus::Issued,
        number: Some(format!("X0SPLP{:05}", person.number)),
        issued_on: Some(today),
        expires_on: Some(person.after_the_wave(days)),
        single_journey: Some(true),
        fee_waived: Some(true),
        ..request(mission, today)
    }
}

/// A certificate that was requested.
pub(in crate::demo) fn request(mission: MissionId, today: NaiveDate) -> TravelDocument {
    TravelDocument {
        issuer: None,
        mission_id: Some(mission),
        kind: TravelDocumentKind::EmergencyTravelDocument,
        local_name: Some("SPLP".to_owned()),
        status: TravelDocumentStatus::Requested,
        requested_on: Some(today),
        number: None,
        issued_on: None,
        expires_on: None,
        single_journey: None,
        fee: None,
        fee_waived: None,
        handed_over_on: None,
        refusal_reason: None,
    }
}

/// The relief of the fine.
pub(in crate::demo) fn relief(person: &WavePerson, today: NaiveDate) -> FineWaiver {
    let reason = if person.is_child { Some(WaiverReason::Child) } else { pick(REASONS, person.number) };
    FineWaiver {
        status: WaiverStatus::Granted,
        reason: reason.unwrap_or(WaiverReason::Other),
        percent: pick(RELIEFS, person.number).and_then(Percent::from_hundredths),
        requested_percent: None,
        amount: None,
        requested_on: Some(today),
        decided_on: Some(today),
        decided_by: Some(ISSUER.to_owned()),
        reference: Some(format!("W-{}", person.number)),
        cancellation_reason: None,
    }
}

/// A payment of the rest of the fine.
pub(in crate::demo) fn payment(person: &WavePerson, money: Money, today: NaiveDate) -> FinePayment {
    FinePayment {
        money,
        payer: pick(PAYERS, person.number).unwrap_or(FundingSource::Family),
        paid_on: today,
        receipt: Some(format!("R-{}", person.number)),
        cancelled_on: None,
        cancellation_reason: None,
    }
}

/// The risk of the return. For one person in ten a new assessment is due in the days after the wave.
pub(in crate::demo) fn risk(person: &WavePerson, today: NaiveDate) -> RiskAssessment {
    let is_due_again = person.number.is_multiple_of(10);
    RiskAssessment {
        kind: RiskAssessmentKind::Return,
        level: if person.number.is_multiple_of(3) { RiskLevel::Medium } else { RiskLevel::Low },
        factors: Vec::new(),
        mitigations: Vec::new(),
        assessor: Some("Consular protection desk".to_owned()),
        assessed_on: today,
        next_due_on: is_due_again.then(|| person.after_the_wave(person.number % 5)),
    }
}

/// The medical clearance.
pub(in crate::demo) fn fit(today: NaiveDate) -> FitToTravel {
    let examiner = Some("Embassy doctor".to_owned());
    FitToTravel { fit: true, basis: Some(FitnessBasis::Examination), examined_on: today, valid_until: None, examiner, conditions: None }
}

/// The flight: that of the wave for people who left, one in the next days for the others.
pub(in crate::demo) fn flight(person: &WavePerson) -> Movement {
    const MORNING: i64 = 9 * 3600;
    const NOON: i64 = 13 * 3600;
    let day = person.plan.departed.map_or_else(|| person.after_the_wave(1 + person.number % 3), |day| person.day(day));
    Movement {
        mode: MovementMode::Flight,
        status: MovementStatus::Booked,
        carrier: Some("An airline".to_owned()),
        reference: None,
        departs_at: clock().start_of(day).plus_seconds(MORNING),
        arrives_at: clock().start_of(day).plus_seconds(NOON),
        departed_at: None,
        legs: Vec::new(),
        escort: None,
        companions: Vec::new(),
        incident: None,
        ticket: Some(format!("T-{}", person.number)),
        funding: pick(PAYERS, person.number / 4),
        batch_id: None,
    }
}

/// The arrival at home. One person in three agrees to be received and supported.
pub(in crate::demo) fn arrival(person: &WavePerson, today: NaiveDate) -> Arrival {
    Arrival {
        arrived_on: today,
        country: person.new_case.claimed.as_ref().and_then(|claimed| claimed.states().next()),
        port: "Jakarta (CGK)".to_owned(),
        received_by: "Agency for the protection of migrant workers".to_owned(),
        interviewed_by: None,
        released_to: Some("Family".to_owned()),
        onward_place: None,
        reception_consent_on: is_received(person).then_some(today),
    }
}

/// Whether the person agreed to be received.
pub(in crate::demo) fn is_received(person: &WavePerson) -> bool {
    person.number.is_multiple_of(3)
}

/// The plan of support after arrival.
pub(in crate::demo) fn support(today: NaiveDate) -> SupportPlan {
    SupportPlan {
        kinds: vec![SupportKind::Livelihood, SupportKind::Legal],
        status: SupportPlanStatus::Active,
        provider: Some("Ministry of Social Affairs".to_owned()),
        goals: None,
        agreed_on: Some(today),
        ended_on: None,
    }
}

/// The visit that is due in the days after the wave.
pub(in crate::demo) fn visit(person: &WavePerson) -> FollowUp {
    let due_on = person.after_the_wave(person.number % 4);
    FollowUp { due_on, mode: Some(FollowUpMode::HomeVisit), done_on: None, situation: None, notes: None }
}

/// The child's best interests: first an assessment that names the guardian, then the determination.
pub(in crate::demo) fn best_interests(kind: BestInterestsKind, today: NaiveDate) -> BestInterests {
    let is_decided = kind == BestInterestsKind::Determination;
    let aunt = || Some("An aunt".to_owned());
    BestInterests {
        kind,
        initiated_on: today,
        panel: Vec::new(),
        decision: if is_decided { BestInterestsDecision::ReturnToFamily } else { BestInterestsDecision::Pending },
        decided_on: is_decided.then_some(today),
        guardian: aunt(),
        guardian_contact: None,
        caregiver: aunt().filter(|_| is_decided),
        caregiver_assessed_on: is_decided.then_some(today),
        escort: is_decided.then(|| "A consular officer".to_owned()),
        views_of_the_child: is_decided.then(|| "Wants to go home".to_owned()),
        care_arrangement: None,
        carer_checks: Vec::new(),
        guardianship: None,
        escort_gender: None,
        handover: None,
    }
}

/// The custody of the immigration police. A few people have been held since before the wave.
pub(in crate::demo) fn detention(person: &WavePerson, today: NaiveDate) -> Detention {
    let is_long = person.number.is_multiple_of(200);
    let before = person.first_day.checked_sub_days(Days::new(20)).filter(|_| is_long);
    Detention {
        facility: "Immigration detention centre".to_owned(),
        authority: Some("Immigration police".to_owned()),
        since: before.unwrap_or(today),
        released_on: None,
        reason: Some("Stay without a visa; was brought to the embassy under guard".to_owned()),
        non_punishment_raised_on: None,
        reviewed_on: None,
    }
}

/// The charge.
pub(in crate::demo) fn charge(today: NaiveDate) -> Charge {
    let offence = "Unlawful stay".to_owned();
    Charge {
        status: ChargeStatus::Charged,
        offence,
        authority: Some("Provincial court".to_owned()),
        since: today,
        non_punishment_raised_on: None,
    }
}

/// The legal hold that keeps the person from leaving.
pub(in crate::demo) fn legal_hold(today: NaiveDate) -> LegalHold {
    LegalHold {
        kind: LegalHoldKind::WitnessProceedings,
        imposed_by: Some("Provincial court".to_owned()),
        imposed_on: today,
        lifted_on: None,
        note: None,
    }
}

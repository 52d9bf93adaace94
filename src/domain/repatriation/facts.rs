//! What the guards look at. Gathered once by the database layer; the guards themselves are pure.

use chrono::NaiveDate;

use crate::domain::codes::{HoldReason, IntakeChannel, NationalityEvidence, NationalityResult, PersonDecision, TraffickingStatus};
use crate::domain::country::Country;
use crate::domain::ids::MissionId;

/// Everything a transition may depend on.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Who asks.
    pub party: Party,
    /// Whether the asking organisation owns the case.
    pub is_owner: bool,
    /// Whether the asking user is a supervisor.
    pub is_supervisor: bool,
    /// Whether the asking organisation may read the protection notes.
    pub reads_protection: bool,
    /// How the person came.
    pub intake_channel: Option<IntakeChannel>,
    /// The nationality the person claims.
    pub nationality_claimed: Option<Country>,
    /// Whether a date of birth or an age estimate is recorded.
    pub age_assessed: bool,
    /// Whether the immediate needs are recorded.
    pub immediate_needs_recorded: bool,
    /// Whether a screening took place or the reason for none is recorded.
    pub screened_or_skipped: bool,
    /// The finding on trafficking so far.
    pub trafficking_status: Option<TraffickingStatus>,
    /// Whether an asylum claim is open.
    pub asylum_claim_open: bool,
    /// Contacts with missions, newest last.
    pub contacts: Vec<ContactFacts>,
    /// Verifications by missions, newest last.
    pub verifications: Vec<VerificationFacts>,
    /// Records of the later stages that exist and are complete.
    pub records: Vec<Record>,
    /// What the caller states with the transition.
    pub details: TransitionDetails,
    /// The day in UTC.
    pub today: NaiveDate,
}

/// Who asks for a transition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Party {
    /// An NGO, a shelter, an international organisation.
    Ngo,
    /// The host country's coordination desk.
    Coordinator,
    /// A mission.
    Mission(MissionId),
    /// Nobody in particular.
    #[default]
    Other,
}

/// One contact with a mission.
#[derive(Clone, Debug)]
pub struct ContactFacts {
    /// The mission.
    pub mission: MissionId,
    /// What the person decided.
    pub decision: PersonDecision,
    /// Whether the person was informed of their rights (VCCR art. 36(1)(b)).
    pub informed_of_rights: bool,
    /// Whether the mission covers the claimed nationality in the host country.
    pub covers_nationality: bool,
}

/// One mission's verification of the claimed nationality.
#[derive(Clone, Debug)]
pub struct VerificationFacts {
    /// The mission.
    pub mission: MissionId,
    /// What it found.
    pub result: NationalityResult,
    /// How many pieces of evidence it names.
    pub evidence_count: usize,
    /// Whether there was an interview, or the evidence is documentary.
    pub interviewed_or_documentary: bool,
    /// Whether a reason is given.
    pub reason_given: bool,
}

text_enum! {
    /// A record of the later stages that a guard asks for.
    Record {
        ReturnDecision = "return_decision",
        TravelDocument = "travel_document",
        ExitPermit = "exit_permit",
        FineSettlement = "fine_settlement",
        ReturnRiskAssessment = "return_risk_assessment",
        FitToTravel = "fit_to_travel",
        MovementBooked = "movement_booked",
        BestInterestsDetermination = "best_interests_determination",
        Departure = "departure",
        Arrival = "arrival",
        SupportPlan = "support_plan",
        FollowUp = "follow_up",
    }
}

/// What the caller states with the transition.
#[derive(Clone, Debug, Default)]
pub struct TransitionDetails {
    /// Why.
    pub reason_given: bool,
    /// Why the case is put on hold.
    pub hold_reason: Option<HoldReason>,
    /// When the hold is looked at again.
    pub review_on: Option<NaiveDate>,
    /// When it happened.
    pub occurred_on: Option<NaiveDate>,
    /// Who reported it.
    pub source_given: bool,
}

impl NationalityEvidence {
    /// Whether the evidence is a document or the word of the home authority, so that no interview is needed.
    pub fn is_documentary(self) -> bool {
        !matches!(self, Self::Interview | Self::Witness | Self::Other)
    }
}

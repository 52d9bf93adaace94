//! What all kinds of records have in common: compartment, recorder, soundness.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::access::compartments::Compartment;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MissionId, MovementBatchId, RecordId};
use crate::domain::money::Money;
use crate::domain::repatriation::Party;
use crate::domain::unreadable::invalid;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};

text_enum! {
    /// What is recorded.
    pub enum RecordKind {
        Screening = "screening",
        StatusDetermination = "status_determination",
        TravelDocument = "travel_document",
        ImmigrationClearance = "immigration_clearance",
        Detention = "detention",
        Charge = "charge",
        FineWaiver = "fine_waiver",
        FinePayment = "fine_payment",
        ReturnDecision = "return_decision",
        RiskAssessment = "risk_assessment",
        FitToTravel = "fit_to_travel",
        LegalHold = "legal_hold",
        BestInterests = "best_interests",
        Movement = "movement",
        Arrival = "arrival",
        SupportPlan = "support_plan",
        FollowUp = "follow_up",
        Death = "death",
        HostEpisode = "host_episode",
        ProtectionOutcome = "protection_outcome",
        NextOfKin = "next_of_kin",
        FamilyContact = "family_contact",
        Recruiter = "recruiter",
        MoneyEvent = "money_event",
        Placement = "placement",
        Assistance = "assistance",
        Letter = "letter",
        HealthScreening = "health_screening",
        Birth = "birth",
    }
}

/// What somebody wants to do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordAct {
    /// Record something.
    Create,
    /// Change what their organisation recorded, or what was addressed to it.
    ChangeOwn,
    /// Change what another organisation recorded.
    ChangeAnothers,
}

/// Who may record something on a case that their organisation's grant opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorder {
    /// The owner of the case, and the coordination desk: those who answer for what a person decides. No guest.
    Answerable,
    /// Whoever accompanies the person: the owner, an NGO, the coordination desk. Not a mission that is a guest.
    Care,
    /// Whoever accompanies the person, and the mission.
    CareOrMission,
}

impl RecordKind {
    /// The compartment it is sealed with, and so who can read it.
    pub const fn compartment(self) -> Compartment {
        match self {
            Self::Screening | Self::StatusDetermination | Self::Charge | Self::RiskAssessment => Compartment::Narrative,
            // A child's own words, and who looks after the child, are no matter of identity.
            Self::SupportPlan | Self::FollowUp | Self::BestInterests => Compartment::Narrative,
            // Why somebody died, and who mourns, is no matter of identity.
            Self::Death => Compartment::Narrative,
            // Whom a family owes, and who threatens it, is no matter of how to reach it.
            Self::FamilyContact | Self::MoneyEvent => Compartment::Narrative,
            Self::TravelDocument | Self::ImmigrationClearance | Self::FineWaiver | Self::FinePayment => Compartment::Identity,
            Self::ReturnDecision | Self::Movement | Self::Assistance | Self::Letter | Self::HostEpisode | Self::Birth => {
                Compartment::Identity
            }
            Self::FitToTravel | Self::HealthScreening => Compartment::Health,
            Self::Detention | Self::Placement => Compartment::Location,
            // Whom the person can name is what they are hunted for.
            Self::LegalHold | Self::Recruiter | Self::ProtectionOutcome => Compartment::Protection,
            Self::Arrival | Self::NextOfKin => Compartment::Contact,
        }
    }

    /// The fields that are closed to whoever does not open the protection compartment, although they open the record: why somebody changed
    /// their mind, or wanted no mission.
    pub const fn protected_fields(self) -> &'static [&'static str] {
        match self {
            Self::ReturnDecision => &["withdrawal_reason", "assent"],
            Self::Death => &["denial_weighed"],
            Self::Screening | Self::StatusDetermination | Self::TravelDocument | Self::ImmigrationClearance | Self::Detention => &[],
            Self::Charge | Self::FineWaiver | Self::FinePayment | Self::RiskAssessment | Self::FitToTravel | Self::LegalHold => &[],
            Self::BestInterests | Self::Movement | Self::Arrival | Self::SupportPlan | Self::FollowUp | Self::Birth => &[],
            Self::NextOfKin | Self::FamilyContact | Self::Recruiter | Self::MoneyEvent | Self::Placement => &[],
            Self::Assistance | Self::Letter | Self::HealthScreening | Self::HostEpisode | Self::ProtectionOutcome => &[],
        }
    }

    /// Who may record it.
    pub const fn recorder(self) -> Recorder {
        match self {
            Self::TravelDocument | Self::FineWaiver | Self::FinePayment => Recorder::CareOrMission,
            Self::Movement | Self::Arrival => Recorder::CareOrMission,
            // A mission lodges, helps and writes for its own nationals.
            Self::Placement | Self::Assistance | Self::Letter => Recorder::CareOrMission,
            // There is one for a case, and the fine follows from it: a guest's would be the owner's too.
            Self::ImmigrationClearance | Self::HostEpisode | Self::Birth => Recorder::Care,
            // What the person wants, and what is best for a child, is never a guest's to write.
            Self::ReturnDecision | Self::BestInterests | Self::ProtectionOutcome => Recorder::Answerable,
            Self::Screening | Self::StatusDetermination | Self::Charge | Self::Detention | Self::RiskAssessment => Recorder::Care,
            Self::FitToTravel | Self::LegalHold | Self::SupportPlan | Self::FollowUp | Self::Death => Recorder::Care,
            Self::NextOfKin | Self::FamilyContact | Self::Recruiter | Self::MoneyEvent | Self::HealthScreening => Recorder::Care,
        }
    }
}

impl Recorder {
    /// Whether somebody may do this. A guest changes its own records alone: the owner and the desk answer for the others.
    pub fn allows(self, act: RecordAct, party: Party, is_owner: bool) -> bool {
        let is_allowed = match act {
            RecordAct::Create | RecordAct::ChangeOwn => true,
            RecordAct::ChangeAnothers => Self::Answerable.includes(party, is_owner),
        };
        is_allowed && self.includes(party, is_owner)
    }

    /// Whether somebody may record.
    pub fn includes(self, party: Party, is_owner: bool) -> bool {
        match self {
            Self::Answerable => is_owner || party == Party::Coordinator,
            Self::Care => is_owner || matches!(party, Party::Ngo | Party::Coordinator),
            Self::CareOrMission => is_owner || party != Party::Other,
        }
    }
}

/// A text of 1 to 500 characters, for lists of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 500, example = "Debt to a recruiter")]
pub struct ShortText(String);

impl<'de> Deserialize<'de> for ShortText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = (1..=500).contains(&text.chars().count());
        fits.then_some(Self(text)).ok_or_else(|| invalid("length", "must have 1 to 500 characters", "x"))
    }
}

/// Asks an amount of money to be something, and small enough to be kept.
pub(super) fn check_money(checks: &mut Checks, pointer: &str, money: Option<Money>) {
    let pointer = format!("{pointer}/amount");
    checks.refuse(money.is_some_and(|money| money.amount.is_zero()), &pointer, "invalid_amount", "must be greater than zero");
    checks.refuse(money.is_some_and(|money| !money.amount.is_storable()), &pointer, "too_large", "is too large");
}

/// One kind of record.
pub trait CaseRecord: Clone + PartialEq + Serialize + DeserializeOwned + Validate + Send + 'static {
    /// Which kind.
    const KIND: RecordKind;

    /// What is wrong with it by itself. `today` is the day at the place that it is about.
    fn violations(&self, today: Today) -> Vec<Violation>;

    /// Whose day its dates are compared with.
    fn day_at(&self) -> DayAt {
        DayAt::Here
    }

    /// The last day on which it holds by itself; the process acts on the day after.
    fn holds_until(&self) -> Option<NaiveDate> {
        None
    }

    /// The mission whose record it is. A mission that is a guest on a case sees no other mission's.
    fn mission(&self) -> Option<MissionId> {
        None
    }

    /// Whether a mission that is a guest on a case learns nothing of it, unless it recorded it itself.
    fn is_kept_from_guest_missions(&self) -> bool {
        false
    }

    /// Whether it was found to be a mistake.
    fn is_cancelled(&self) -> bool {
        false
    }

    /// The batch that it is part of. Its id is told to the organisation of the batch alone: nobody else can ask for it.
    fn movement_batch(&self) -> Option<MovementBatchId> {
        None
    }

    /// The record without the id of its batch.
    fn without_batch(self) -> Self {
        self
    }
}

/// A record as the rules see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<T> {
    /// Its id.
    pub id: RecordId,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// What it says.
    pub content: T,
}

/// The newest of a kind by the day that it speaks of, which is the one that counts. Of two of one day, the later recorded.
pub fn newest<T>(entries: &[Entry<T>], day: impl Fn(&T) -> NaiveDate) -> Option<&T> {
    entries.iter().map(|entry| &entry.content).max_by_key(|content| day(content))
}

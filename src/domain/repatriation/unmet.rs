//! What to tell somebody of a requirement that is not met.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::guards::Guard;

/// What to tell a caller of the guards that are not met. Somebody who may not make the transition learns only that; and
/// of a guard that rests on what the caller may not read, only that the owner must be asked.
pub fn unmet(guards: &[Guard], facts: &Facts) -> Vec<UnmetGuard> {
    let missing: Vec<Guard> = guards.iter().copied().filter(|guard| !guard.is_met(facts)).collect();
    let is_barred = missing.iter().any(|guard| guard.is_about_the_party());
    let told = missing.into_iter().filter(|guard| !is_barred || guard.is_about_the_party());
    let mut told: Vec<UnmetGuard> = told.map(|guard| guard.told(facts, facts.reads)).collect();
    told.dedup();
    told
}

/// What is told of a requirement to those who may not read what it rests on.
pub const ASK_OWNER: UnmetGuard =
    UnmetGuard { guard: "ask_owner", field: "", resource: "", message: "The organisation that owns the case must be asked first." };

/// A requirement that is not met, and what would meet it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmetGuard {
    /// Stable code of the requirement.
    #[schema(max_length = 60, example = "informed_of_rights")]
    pub guard: &'static str,
    /// The field that would satisfy it.
    #[schema(max_length = 60, example = "informed_of_rights_on")]
    pub field: &'static str,
    /// The resource that holds the field, below the case.
    #[schema(max_length = 60, example = "embassy-contacts")]
    pub resource: &'static str,
    /// A sentence for people.
    #[schema(max_length = 300, example = "Record when the person was informed of their consular rights.")]
    pub message: &'static str,
}

impl Guard {
    /// What to tell of it: what rests on the protection notes is not told to those who may not read them; nor what is missing only
    /// because of a reflection period or a health screening that they do not read.
    pub(super) fn told(self, facts: &Facts, reads: CompartmentSet) -> UnmetGuard {
        let is_closed = self.rests_on_protection() && !reads.contains(Compartment::Protection);
        let is_met_as_read = || self.rests_on_contents() && self.is_met(&facts.as_read(reads));
        if is_closed || is_met_as_read() { ASK_OWNER } else { self.unmet() }
    }

    /// Whether it looks at a compartment that not everybody opens who moves the case.
    const fn rests_on_contents(self) -> bool {
        matches!(self, Self::ReturnDecided | Self::ReturnWishedAnew | Self::FitToTravel)
    }

    /// Whether it rests on the protection notes (class E).
    pub const fn rests_on_protection(self) -> bool {
        matches!(self, Self::NoProtectionBar | Self::NoLegalHold | Self::NothingDenied)
    }

    /// What it asks for, said of every case: what to tell somebody who does not meet it is, for some, the obstacle instead.
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::NoProtectionBar => "No protection concern bars contact with the mission.",
            Self::FineSettled => {
                "Nothing is owed of the overstay fine: it has been paid, waived, or settled by deportation or detention, or there is none."
            }
            Self::PenaltiesSettled => "No penalty beside the overstay fine is open.",
            Self::NoLegalHold => "No legal hold keeps the person from leaving.",
            Self::ChildReturnDetermined => {
                "If the person is, or may be, a child: a best-interests determination decides for return; an assessment, if it leaves with a checked parent."
            }
            Self::ChildAccompanied => {
                "If the person is, or may be, a child: guardian, assessed caregiver and escort are recorded, or a checked parent travels along."
            }
            Self::MonitoringOver => "The monitoring after arrival is over.",
            Self::ChildNotSeparated => "No child is parted from a linked parent or guardian, or a supervisor recorded why.",
            _ => self.unmet().message,
        }
    }

    /// What to tell somebody who does not meet it.
    pub const fn unmet(self) -> UnmetGuard {
        let (guard, field, resource, message) = match self {
            Self::CareParty => (
                "care_party",
                "",
                "",
                "An NGO, the coordination desk or the owning mission must do this; a mission where the person did not walk in records first that \
                 they agreed to its help and were informed of their rights.",
            ),
            Self::OwnPassport => (
                "own_passport",
                "kind",
                "travel-documents",
                "Record the person's own valid passport (passport_valid), or let a mission verify the nationality.",
            ),
            Self::AnswerableParty => {
                ("answerable_party", "", "", "The organisation that owns the case, an NGO or the coordination desk must do this.")
            }
            Self::NgoOrCoordinator => ("ngo_or_coordinator", "", "", "An NGO or the coordination desk must do this."),
            Self::MissionParty => ("mission_party", "", "", "The mission itself must do this."),
            Self::OwnerParty => ("owner_party", "", "", "The organisation that owns the case must do this."),
            Self::SupervisorParty => {
                ("supervisor_party", "", "", "A supervisor of the owning organisation or the coordination desk must do this.")
            }
            Self::ScreenedOrSkipped => (
                "screened_or_skipped",
                "conducted_on",
                "screenings",
                "Record a screening, or say in screening_skipped of the case why there was none.",
            ),
            Self::AgeAssessed => ("age_assessed", "identity.birth_date", "case", "Record a date of birth or an age estimate."),
            Self::ImmediateNeeds => {
                ("immediate_needs", "health.immediate_needs", "case", "Record the person's immediate needs; \"none\" is an answer.")
            }
            Self::StatusDetermined => (
                "status_determined",
                "outcome",
                "status-determinations",
                "Record a finding on trafficking, or say in screening_skipped why nobody could find out, such as mass_arrival.",
            ),
            Self::InformedOfRights => (
                "informed_of_rights",
                "informed_of_rights_on",
                "embassy-contacts",
                "Record when the person was informed of their consular rights.",
            ),
            Self::ContactAccepted => (
                "contact_accepted",
                "person_decision",
                "embassy-contacts",
                "The person must have requested or accepted contact with a mission.",
            ),
            Self::ContactDeclined => (
                "contact_declined",
                "person_decision",
                "embassy-contacts",
                "The person must have declined or deferred contact, and accepted no other mission.",
            ),
            Self::MissionCovers => {
                ("mission_covers", "mission_id", "embassy-contacts", "The mission must cover the claimed nationality in the host country.")
            }
            Self::NoProtectionBar => ("no_protection_bar", "protection", "case", "A protection concern bars contact with the mission."),
            Self::NationalityVerified => (
                "nationality_verified",
                "result",
                "nationality-verifications",
                "This mission must have verified the nationality, on evidence and by interview or documents.",
            ),
            Self::NationalityNotConfirmed => (
                "nationality_not_confirmed",
                "result",
                "nationality-verifications",
                "This mission must have rejected the claim or found it inconclusive, with a reason.",
            ),
            Self::ReasonGiven => ("reason_given", "reason", "transition", "State the reason."),
            Self::HoldReviewed => {
                ("hold_reviewed", "hold_reason", "transition", "State hold_reason, and review_on as a day that has not passed.")
            }
            Self::DateAndSource => ("date_and_source", "occurred_on", "transition", "State occurred_on, not in the future, and source."),
            Self::SecondPerson => (
                "second_person",
                "approval_id",
                "transition",
                "A second supervisor of your organisation must approve: send the transition with the reason, and they are asked.",
            ),
            Self::ProtectionEnded => (
                "protection_ended",
                "outcome",
                "protection-outcomes",
                "Record what came of the protection, and close the asylum claim; the time to appeal is over. A pathway that was wrong is taken back by protection-pathway/undo.",
            ),
            Self::ReturnWishedAnew => (
                "return_wished_anew",
                "counselling_on",
                "return-decisions",
                "Record the signed decision to return, after counselling on the day of the outcome or later.",
            ),
            Self::NgoOrMission => ("ngo_or_mission", "", "", "An NGO, a mission or the owning organisation must do this."),
            Self::MissionOrCoordinator => ("mission_or_coordinator", "", "", "A mission or the coordination desk must do this."),
            Self::ReceivingParty => {
                ("receiving_party", "", "", "The owning organisation, or the NGO that receives the person, must do this.")
            }
            _ => return self.unmet_by_records(),
        };
        UnmetGuard { guard, field, resource, message }
    }

    const fn unmet_by_records(self) -> UnmetGuard {
        let (guard, field, resource, message) = match self {
            Self::ReturnDecided => (
                "return_decided",
                "decision",
                "return-decisions",
                "Record a decision to return that is voluntary, counselled, signed, and says where the signed paper is; in a reflection period, one that the person asked for.",
            ),
            Self::ReturnNotWithdrawn => {
                ("return_not_withdrawn", "withdrawn_on", "return-decisions", "The person must still want to return.")
            }
            Self::MovementBooked => ("movement_booked", "status", "movements", "Book a movement."),
            Self::TravelDocumentValid => (
                "travel_document_valid",
                "expires_on",
                "travel-documents",
                "There must be a travel document that is issued, has a number, and is valid on the day of arrival.",
            ),
            Self::ExitPermitValid => (
                "exit_permit_valid",
                "exit_permit_valid_until",
                "immigration-clearance",
                "There must be an exit permit that is valid on the day of departure, or exit_track not_needed.",
            ),
            Self::FineSettled => (
                "fine_settled",
                "money",
                "fine-payments",
                "The overstay fine must be paid, waived or settled: something is owed, or nobody knows how much.",
            ),
            Self::PenaltiesSettled => (
                "penalties_settled",
                "penalties",
                "immigration-clearance",
                "A penalty beside the overstay fine is open: record when it was paid, waived or served.",
            ),
            Self::ReturnRiskAccepted => {
                ("return_risk_accepted", "level", "risk-assessments", "Assess the risk of the return; it must be lower than imminent.")
            }
            Self::FitToTravel => (
                "fit_to_travel",
                "fit",
                "fit-to-travel",
                "Record that the person is fit to travel on the day of departure: by an examination (basis) no older than what was found, where they are hurt, pregnant, in despair or under two.",
            ),
            Self::NoLegalHold => ("no_legal_hold", "lifted_on", "legal-holds", "A legal hold keeps the person from leaving."),
            Self::ChildReturnDetermined => (
                "child_return_determined",
                "decision",
                "best-interests",
                "The person is, or may be, a child: a best-interests determination must decide for return; an assessment, if it leaves with a checked parent.",
            ),
            Self::ChildAccompanied => (
                "child_accompanied",
                "escort",
                "best-interests",
                "The person is, or may be, a child: record guardian, assessed caregiver and escort, or let it leave with a checked parent.",
            ),
            Self::Departed => ("departed", "departed_at", "movements", "Record that the movement departed, and when."),
            Self::Arrived => ("arrived", "arrived_on", "arrivals", "Record when and where the person arrived, and who received them."),
            Self::ReceptionAgreed => {
                ("reception_agreed", "reception_consent_on", "arrivals", "Record that the person agreed to be received.")
            }
            Self::SupportPlanned => ("support_planned", "kinds", "support-plans", "Agree on a support plan with the person."),
            Self::OnTheRoad => ("on_the_road", "side_state", "repatriation", "The case must not be on hold or otherwise beside the road."),
            Self::NothingDenied => ("nothing_denied", "lifted_at", "denials", "The person denied somebody: see the denials."),
            Self::ChildNotSeparated => (
                "child_not_separated",
                "separation_reason",
                "relations",
                "A child and a parent or guardian would be parted: let them leave together, or let a supervisor record on the relation why not.",
            ),
            Self::FollowedUp => ("followed_up", "done_on", "follow-ups", "Record a follow-up that reached the person."),
            _ => ("monitoring_over", "arrived_on", "arrivals", "The monitoring after arrival is not over yet."),
        };
        UnmetGuard { guard, field, resource, message }
    }
}

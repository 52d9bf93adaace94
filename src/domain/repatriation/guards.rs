//! Guards: what a transition requires. Each is one pure question about the facts.

use serde::Serialize;
use utoipa::ToSchema;

use super::facts::{Facts, Party, Record};
use crate::domain::codes::{IntakeChannel, NationalityResult, PersonDecision, TraffickingStatus};

/// One requirement of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// An NGO, the coordination desk, or the mission the person walked into.
    CareParty,
    /// An NGO or the coordination desk.
    NgoOrCoordinator,
    /// A mission.
    MissionParty,
    /// The owning organisation.
    OwnerParty,
    /// A supervisor.
    SupervisorParty,
    /// A screening, or the reason why there was none.
    ScreenedOrSkipped,
    /// A date of birth or an age estimate.
    AgeAssessed,
    /// The immediate needs.
    ImmediateNeeds,
    /// A finding on trafficking, positive or negative.
    StatusDetermined,
    /// The person was informed of their consular rights.
    InformedOfRights,
    /// The person asked for, or accepted, the contact.
    ContactAccepted,
    /// The person declined or deferred, and nobody else was accepted.
    ContactDeclined,
    /// The mission serves the claimed nationality here.
    MissionCovers,
    /// No open asylum claim or other protection concern.
    NoProtectionBar,
    /// This very mission verified the nationality, on evidence.
    NationalityVerified,
    /// This very mission could not confirm the nationality, with a reason.
    NationalityNotConfirmed,
    /// A reason with the transition.
    ReasonGiven,
    /// A reason for the hold and a day to look at it again.
    HoldReviewed,
    /// The day it happened, not in the future, and who reported it.
    DateAndSource,
    /// A record of a later stage.
    Recorded(Record),
}

/// What to tell a caller of the guards that are not met. Somebody who may not make the transition learns only that; and
/// of a guard that rests on what the caller may not read, only that the owner must be asked.
pub fn unmet(guards: &[Guard], facts: &Facts) -> Vec<UnmetGuard> {
    let missing: Vec<Guard> = guards.iter().copied().filter(|guard| !guard.is_met(facts)).collect();
    let is_barred = missing.iter().any(|guard| guard.is_about_the_party());
    let told = missing.into_iter().filter(|guard| !is_barred || guard.is_about_the_party());
    told.map(|guard| if guard == Guard::NoProtectionBar && !facts.reads_protection { ASK_OWNER } else { guard.unmet() }).collect()
}

const ASK_OWNER: UnmetGuard =
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
    /// Whether it asks who makes the transition.
    const fn is_about_the_party(self) -> bool {
        matches!(self, Self::CareParty | Self::NgoOrCoordinator | Self::MissionParty | Self::OwnerParty | Self::SupervisorParty)
    }

    /// Whether the facts satisfy it.
    pub fn is_met(self, facts: &Facts) -> bool {
        let walk_in_owner =
            facts.is_owner && matches!(facts.party, Party::Mission(_)) && facts.intake_channel == Some(IntakeChannel::WalkInEmbassy);
        let accepted = || facts.contacts.iter().filter(|contact| contact.decision.allows_contact());
        match self {
            Self::CareParty => walk_in_owner || matches!(facts.party, Party::Ngo | Party::Coordinator),
            Self::NgoOrCoordinator => matches!(facts.party, Party::Ngo | Party::Coordinator),
            Self::MissionParty => matches!(facts.party, Party::Mission(_)),
            Self::OwnerParty => facts.is_owner,
            Self::SupervisorParty => facts.is_supervisor && (facts.is_owner || facts.party == Party::Coordinator),
            Self::ScreenedOrSkipped => facts.screened_or_skipped,
            Self::AgeAssessed => facts.age_assessed,
            Self::ImmediateNeeds => facts.immediate_needs_recorded,
            Self::StatusDetermined => facts.trafficking_status.is_some_and(|status| status != TraffickingStatus::Unscreened),
            Self::InformedOfRights => accepted().any(|contact| contact.informed_of_rights),
            Self::ContactAccepted => accepted().next().is_some(),
            Self::ContactDeclined => !facts.contacts.is_empty() && accepted().next().is_none(),
            Self::MissionCovers => accepted().any(|contact| contact.covers_nationality),
            Self::NoProtectionBar => !facts.asylum_claim_open,
            Self::NationalityVerified => own_verification(facts).any(|verification| {
                verification.result == NationalityResult::Verified
                    && verification.evidence_count > 0
                    && verification.interviewed_or_documentary
            }),
            Self::NationalityNotConfirmed => own_verification(facts).any(|verification| {
                matches!(verification.result, NationalityResult::Rejected | NationalityResult::Inconclusive) && verification.reason_given
            }),
            Self::ReasonGiven => facts.details.reason_given,
            Self::HoldReviewed => {
                facts.details.hold_reason.is_some() && facts.details.review_on.is_some_and(|review| review >= facts.today)
            }
            Self::DateAndSource => facts.details.source_given && facts.details.occurred_on.is_some_and(|day| day <= facts.today),
            Self::Recorded(record) => facts.records.contains(&record),
        }
    }

    /// What to tell somebody who does not meet it.
    pub const fn unmet(self) -> UnmetGuard {
        let (guard, field, resource, message) = match self {
            Self::CareParty => ("care_party", "", "", "An NGO, the coordination desk or the mission the person walked into must do this."),
            Self::NgoOrCoordinator => ("ngo_or_coordinator", "", "", "An NGO or the coordination desk must do this."),
            Self::MissionParty => ("mission_party", "", "", "The mission itself must do this."),
            Self::OwnerParty => ("owner_party", "", "", "The organisation that owns the case must do this."),
            Self::SupervisorParty => {
                ("supervisor_party", "", "", "A supervisor of the owning organisation or the coordination desk must do this.")
            }
            Self::ScreenedOrSkipped => ("screened_or_skipped", "screening_skipped", "case", "Record a screening, or why there was none."),
            Self::AgeAssessed => ("age_assessed", "identity.birth_date", "case", "Record a date of birth or an age estimate."),
            Self::ImmediateNeeds => {
                ("immediate_needs", "health.immediate_needs", "case", "Record the person's immediate needs; \"none\" is an answer.")
            }
            Self::StatusDetermined => {
                ("status_determined", "trafficking_status", "case", "Record a finding on trafficking, positive or negative.")
            }
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
            Self::Recorded(record) => match record {
                Record::ReturnDecision => recorded("return_decision", "Record a voluntary, counselled and signed decision to return."),
                Record::TravelDocument => recorded("travel_document", "Record a travel document that is valid on arrival."),
                Record::ExitPermit => recorded("exit_permit", "Record an exit permit that is valid on departure."),
                Record::FineSettlement => recorded("fine_settlement", "The overstay fine must be waived, paid or absent."),
                Record::ReturnRiskAssessment => recorded("return_risk_assessment", "Record a return risk assessment below imminent."),
                Record::FitToTravel => recorded("fit_to_travel", "Record that the person is fit to travel."),
                Record::MovementBooked => recorded("movement_booked", "Book a movement."),
                Record::BestInterestsDetermination => {
                    recorded("best_interests_determination", "For a child: record a best-interests determination, guardian and escort.")
                }
                Record::Departure => recorded("departure", "Record the departure."),
                Record::Arrival => recorded("arrival", "Record the arrival and who received the person."),
                Record::SupportPlan => recorded("support_plan", "Record consent to reception and a support plan."),
                Record::FollowUp => recorded("follow_up", "Record a follow-up and the end of the monitoring period."),
            },
        };
        UnmetGuard { guard, field, resource, message }
    }
}

const fn recorded(record: &'static str, message: &'static str) -> (&'static str, &'static str, &'static str, &'static str) {
    (record, record, "repatriation", message)
}

/// The verifications by the mission that asks: another mission's finding is not its own.
fn own_verification(facts: &Facts) -> impl Iterator<Item = &super::facts::VerificationFacts> {
    let asking = match facts.party {
        Party::Mission(mission) => Some(mission),
        _ => None,
    };
    facts.verifications.iter().filter(move |verification| Some(verification.mission) == asking)
}

impl PersonDecision {
    /// Whether the decision lets the mission know of the person (VCCR art. 36(1)(b) and (c)).
    pub const fn allows_contact(self) -> bool {
        matches!(self, Self::Requested | Self::Accepted)
    }
}

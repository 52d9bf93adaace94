//! Guards: what a transition requires. Each is one pure question about the facts.

use chrono::{Days, NaiveDate};

use crate::domain::codes::{
    IntakeChannel, NationalityResult, PersonDecision, RiskAssessmentKind, RiskLevel, ScreeningSkipped, SupportPlanStatus, TraffickingStatus,
};
use crate::domain::repatriation::facts::{ContactFacts, Facts, VerificationFacts};
use crate::domain::repatriation::party::Party;
use crate::domain::repatriation::records::record::newest;
use crate::domain::repatriation::records::{BestInterests, Movement, ReturnDecision};

/// One requirement of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// An NGO, the coordination desk, or the owning mission: where the person walked in, or agreed to its help and knows their rights.
    CareParty,
    /// An NGO or the coordination desk.
    NgoOrCoordinator,
    /// The owning organisation, an NGO or the coordination desk.
    AnswerableParty,
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
    /// A finding on trafficking, positive or negative, or a reason why nobody could find out.
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
    /// A second supervisor of the owning organisation approved it.
    SecondPerson,
    /// The operation that takes a protection pathway back, which is none of the transitions.
    ProtectionEnded,
    /// The person wished in writing to go home, after new counselling that followed the outcome of the protection.
    ReturnWishedAnew,
    /// An NGO, a mission, or the owning organisation.
    NgoOrMission,
    /// A mission or the coordination desk.
    MissionOrCoordinator,
    /// The owning organisation, or another NGO.
    ReceivingParty,
    /// A voluntary, counselled and signed decision to return.
    ReturnDecided,
    /// The person has not taken the decision back.
    ReturnNotWithdrawn,
    /// The person's own passport, which is valid and at hand: nobody need ask a mission who they are.
    OwnPassport,
    /// A movement that is booked.
    MovementBooked,
    /// A travel document that is valid until arrival.
    TravelDocumentValid,
    /// An exit permit that is valid on the day of departure, or none needed.
    ExitPermitValid,
    /// Nothing is owed of the overstay fine: paid, waived, settled by deportation or detention, or none.
    FineSettled,
    /// No penalty beside the overstay fine is open.
    PenaltiesSettled,
    /// A return risk assessment below `imminent`.
    ReturnRiskAccepted,
    /// A medical clearance for the day of departure.
    FitToTravel,
    /// Nothing holds the person by law.
    NoLegalHold,
    /// For a child: a determination that return is in its best interests; an assessment for one who leaves with a checked parent.
    ChildReturnDetermined,
    /// For a child: a guardian, an assessed caregiver, and an escort, or a checked parent or guardian who travels along.
    ChildAccompanied,
    /// The movement departed, at a time that is stated.
    Departed,
    /// The arrival is recorded: not before the departure, where, and by whom the person was received.
    Arrived,
    /// The person agreed to be received.
    ReceptionAgreed,
    /// A support plan that was not stopped.
    SupportPlanned,
    /// A follow-up that reached the person.
    FollowedUp,
    /// The monitoring after arrival is over.
    MonitoringOver,
    /// The case stands beside no road: it is not on hold, and the person did not withdraw.
    OnTheRoad,
    /// The person denies nobody.
    NothingDenied,
    /// No child is parted from a linked parent or guardian, unless a supervisor recorded why.
    ChildNotSeparated,
}

impl Guard {
    /// Whether it asks who makes the transition.
    pub const fn is_about_the_party(self) -> bool {
        matches!(
            self,
            Self::CareParty
                | Self::NgoOrCoordinator
                | Self::AnswerableParty
                | Self::MissionParty
                | Self::OwnerParty
                | Self::SupervisorParty
                | Self::NgoOrMission
                | Self::MissionOrCoordinator
                | Self::ReceivingParty
        )
    }

    /// Whether it rests on another case. What is kept of a case tells nothing of it, because whoever reads that may see only one of both.
    pub fn is_about_another_case(self, facts: &Facts) -> bool {
        match self {
            Self::ChildNotSeparated => true,
            Self::ChildReturnDetermined | Self::ChildAccompanied => facts.assessment_with_carer().is_some(),
            _ => false,
        }
    }

    /// Whether the facts satisfy it.
    pub fn is_met(self, facts: &Facts) -> bool {
        let accepted = || facts.contacts.iter().filter(|contact| contact.decision.allows_contact());
        match self {
            Self::CareParty => cares_for_its_own(facts) || matches!(facts.party, Party::Ngo | Party::Coordinator),
            Self::AnswerableParty => facts.is_owner || matches!(facts.party, Party::Ngo | Party::Coordinator),
            Self::NgoOrCoordinator => matches!(facts.party, Party::Ngo | Party::Coordinator),
            Self::MissionParty => match facts.party {
                Party::Mission(_) => true,
                Party::Coordinator => facts.verifications.iter().any(|verification| verification.recorded_at_desk),
                Party::Ngo | Party::Other => false,
            },
            Self::OwnerParty => facts.is_owner,
            Self::SupervisorParty => facts.is_supervisor && (facts.is_owner || facts.party == Party::Coordinator),
            Self::ScreenedOrSkipped => facts.screening_skipped.is_some() || !facts.records.screenings.is_empty(),
            Self::AgeAssessed => facts.age_assessed,
            Self::ImmediateNeeds => facts.immediate_needs_recorded,
            // A finding that nobody could make is not invented: the screening stays outstanding.
            Self::StatusDetermined => {
                let is_found = facts.trafficking_status.is_some_and(|status| status != TraffickingStatus::Unscreened);
                is_found || facts.screening_skipped.is_some_and(ScreeningSkipped::leaves_unscreened)
            }
            // Together with the next guard but one: it is one and the same contact that serves the person.
            Self::InformedOfRights => {
                let serves = |contact: &&ContactFacts| contact.covers_nationality || !accepted().any(|other| other.covers_nationality);
                accepted().filter(serves).any(|contact| contact.informed_of_rights)
            }
            Self::ContactAccepted => accepted().next().is_some(),
            Self::ContactDeclined => !facts.contacts.is_empty() && accepted().next().is_none(),
            Self::MissionCovers => accepted().any(|contact| contact.covers_nationality),
            Self::NoProtectionBar => !facts.asylum_claim_open,
            Self::NationalityVerified => own_answer(facts).is_some_and(|verification| {
                verification.result == NationalityResult::Verified
                    && verification.evidence_count > 0
                    && verification.interviewed_or_documentary
            }),
            Self::NationalityNotConfirmed => own_answer(facts).is_some_and(|verification| {
                matches!(verification.result, NationalityResult::Rejected | NationalityResult::Inconclusive) && verification.reason_given
            }),
            Self::ReasonGiven => facts.details.reason_given,
            Self::HoldReviewed => {
                facts.details.hold_reason.is_some() && facts.details.review_on.is_some_and(|review| review >= facts.today)
            }
            Self::DateAndSource => facts.details.source_given && facts.details.occurred_on.is_some_and(|day| day <= facts.today),
            Self::OnTheRoad => facts.side_state.is_none(),
            Self::NothingDenied => !facts.denies_somebody,
            Self::ChildNotSeparated => !facts.separates_a_child(),
            Self::SecondPerson => facts.details.is_approved,
            Self::ProtectionEnded => {
                let outcome = facts.protection_outcome().filter(|found| found.decided_on >= facts.stage_since);
                !facts.claims_asylum && outcome.is_some_and(|found| found.allows_way_back(facts.today.day()))
            }
            Self::NgoOrMission => facts.is_owner || matches!(facts.party, Party::Ngo | Party::Mission(_)),
            Self::MissionOrCoordinator => matches!(facts.party, Party::Mission(_) | Party::Coordinator),
            Self::ReceivingParty => facts.is_owner || facts.party == Party::Ngo,
            _ => self.is_met_by_records(facts),
        }
    }

    /// The guards of the later stages, which look at what is recorded.
    fn is_met_by_records(self, facts: &Facts) -> bool {
        let records = &facts.records;
        let movement = facts.movement();
        let leaves_on = facts.leaves_on();
        let booked = movement.filter(|_| facts.left_on.is_none());
        let arrives_on = booked.map_or(leaves_on, |movement| facts.arrival_day(movement)).max(leaves_on);
        let arrival = newest(&records.arrivals, |arrival| arrival.arrived_on);
        match self {
            Self::ReturnDecided => facts.return_decision().is_some(),
            Self::ReturnNotWithdrawn => {
                newest(&records.return_decisions, |decision| decision.decided_on).is_some_and(ReturnDecision::is_wanted)
            }
            Self::ReturnWishedAnew => {
                // After the outcome, and on this pathway: the wish that led off an earlier one is no new wish.
                let since = facts.protection_outcome().map(|found| found.decided_on.max(facts.stage_since));
                let is_new = facts.is_return_wished_on_this_pathway();
                is_new && facts.return_decision().is_some_and(|decision| since.is_some() && decision.counselling_on >= since)
            }
            Self::OwnPassport => records.travel_documents.iter().any(|entry| entry.content.is_own_passport_on(facts.today.day())),
            Self::MovementBooked => movement.is_some_and(Movement::is_booked),
            Self::TravelDocumentValid => records.travel_documents.iter().any(|entry| entry.content.is_good_for(leaves_on, arrives_on)),
            Self::ExitPermitValid => records.clearance.as_ref().is_some_and(|entry| entry.content.allows_exit_on(leaves_on)),
            // What is not known is not nothing: without a rate, the authority's own word is needed.
            Self::FineSettled => !facts.fine().may_be_owed(),
            Self::PenaltiesSettled => !facts.has_open_penalty(),
            Self::ReturnRiskAccepted => {
                let of_return = records.risk_assessments.iter().filter(|entry| entry.content.kind == RiskAssessmentKind::Return);
                let newest = of_return.max_by_key(|entry| entry.content.assessed_on);
                newest.is_some_and(|entry| entry.content.level != RiskLevel::Imminent)
            }
            Self::FitToTravel => facts.is_fit_on(leaves_on),
            Self::NoLegalHold => !records.legal_holds.iter().any(|entry| entry.content.is_active()),
            Self::ChildReturnDetermined => {
                let is_determined = facts.determination().is_some_and(BestInterests::decides_return);
                !facts.travels_as_child() || is_determined || facts.leaves_with_carer()
            }
            Self::ChildAccompanied => {
                let escort = || movement.is_some_and(|movement| movement.escort.is_some());
                !facts.travels_as_child()
                    || facts.leaves_with_carer()
                    || facts.determination().is_some_and(|found| {
                        found.has_guardian() && found.caregiver_assessed_on.is_some() && (found.escort.is_some() || escort())
                    })
            }
            Self::Departed => movement.is_some_and(|movement| {
                movement.has_departed() && (facts.registered_on..=facts.today.day()).contains(&facts.departure_day(movement))
            }),
            Self::Arrived => arrival
                .is_some_and(|arrival| facts.is_after_departure(arrival.arrived_on) && arrival.arrived_on <= facts.today_at_destination()),
            Self::ReceptionAgreed => arrival.is_some_and(|arrival| arrival.reception_consent_on.is_some()),
            Self::SupportPlanned => records.support_plans.iter().any(|entry| entry.content.status != SupportPlanStatus::Stopped),
            Self::FollowedUp => {
                let arrived_on = arrival.map(|arrival| arrival.arrived_on);
                records.follow_ups.iter().any(|entry| entry.content.is_done() && entry.content.done_on >= arrived_on)
            }
            Self::MonitoringOver => {
                arrival.is_some_and(|arrival| monitoring_ends(arrival.arrived_on, facts) <= facts.today_at_destination())
            }
            _ => false,
        }
    }

    /// Every guard.
    const ALL: &'static [Self] = &[
        Self::CareParty,
        Self::NgoOrCoordinator,
        Self::AnswerableParty,
        Self::MissionParty,
        Self::OwnerParty,
        Self::SupervisorParty,
        Self::ScreenedOrSkipped,
        Self::AgeAssessed,
        Self::ImmediateNeeds,
        Self::StatusDetermined,
        Self::InformedOfRights,
        Self::ContactAccepted,
        Self::ContactDeclined,
        Self::MissionCovers,
        Self::NoProtectionBar,
        Self::NationalityVerified,
        Self::NationalityNotConfirmed,
        Self::ReasonGiven,
        Self::HoldReviewed,
        Self::DateAndSource,
        Self::SecondPerson,
        Self::ProtectionEnded,
        Self::ReturnWishedAnew,
        Self::NgoOrMission,
        Self::MissionOrCoordinator,
        Self::ReceivingParty,
        Self::ReturnDecided,
        Self::ReturnNotWithdrawn,
        Self::OwnPassport,
        Self::MovementBooked,
        Self::TravelDocumentValid,
        Self::ExitPermitValid,
        Self::FineSettled,
        Self::PenaltiesSettled,
        Self::ReturnRiskAccepted,
        Self::FitToTravel,
        Self::NoLegalHold,
        Self::ChildReturnDetermined,
        Self::ChildAccompanied,
        Self::Departed,
        Self::Arrived,
        Self::ReceptionAgreed,
        Self::SupportPlanned,
        Self::FollowedUp,
        Self::MonitoringOver,
        Self::OnTheRoad,
        Self::NothingDenied,
        Self::ChildNotSeparated,
    ];

    /// The guard with this code.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|guard| guard.unmet().guard == code)
    }
}

impl Facts {
    /// Whether the rules for children hold for the journey.
    fn travels_as_child(&self) -> bool {
        self.is_child || self.leaves_as_child
    }
}

/// The first day on which the monitoring after arrival is over.
fn monitoring_ends(arrived_on: NaiveDate, facts: &Facts) -> NaiveDate {
    arrived_on.checked_add_days(Days::new(facts.rules.monitoring_days.into())).unwrap_or(NaiveDate::MAX)
}

/// Whether a mission that owns the case looks after the person by itself: somebody who walked in, or whom it fetched from the police, a
/// detention centre or a hotline, once they agreed to its help and were informed of their rights (VCCR art. 36(1)(b)).
fn cares_for_its_own(facts: &Facts) -> bool {
    let Party::Mission(own) = facts.party else { return false };
    let agreed = |contact: &ContactFacts| contact.mission == own && contact.decision.allows_contact() && contact.informed_of_rights;
    facts.is_owner && (facts.intake_channel == Some(IntakeChannel::WalkInEmbassy) || facts.contacts.iter().any(agreed))
}

/// What the mission that asks answered last, about a nationality that is claimed now: another mission's finding is not
/// its own, and a finding about another claim is none about this one. The desk speaks for the missions that have no account.
fn own_answer(facts: &Facts) -> Option<&VerificationFacts> {
    let is_own = |verification: &&VerificationFacts| {
        facts.party == Party::Mission(verification.mission) || (facts.party == Party::Coordinator && verification.recorded_at_desk)
    };
    let is_about_the_claim = |verification: &&VerificationFacts| facts.claimed_states.contains(&verification.claimed_state);
    let is_open =
        |verification: &VerificationFacts| matches!(verification.result, NationalityResult::Pending | NationalityResult::NotRequested);
    facts.verifications.iter().filter(is_own).filter(is_about_the_claim).rfind(|verification| !is_open(verification))
}

impl PersonDecision {
    /// Whether the decision lets the mission know of the person (VCCR art. 36(1)(b) and (c)).
    pub const fn allows_contact(self) -> bool {
        matches!(self, Self::Requested | Self::Accepted)
    }

    /// Whether several decisions about one mission let it know of the person: one does, and none declined it. Two cases that were
    /// merged may have one each, and the stricter counts.
    pub fn allow_contact(decisions: &[Self]) -> bool {
        decisions.iter().any(|decision| decision.allows_contact()) && !decisions.contains(&Self::Declined)
    }
}

#[cfg(test)]
mod tests;

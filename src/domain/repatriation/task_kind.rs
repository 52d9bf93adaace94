//! The kinds of tasks, and how far a task is.

use crate::domain::access::compartments::{Compartment, FieldClass};

text_enum! {
    /// Why something is to be done.
    pub enum TaskKind {
        /// The case has not moved for too long.
        Stalled = "stalled",
        /// A mission was asked to verify a nationality and has not answered.
        MissionSilent = "mission_silent",
        /// Your mission is asked to verify a nationality.
        VerificationWaiting = "verification_waiting",
        /// Your mission is asked for a travel document.
        DocumentWaiting = "document_waiting",
        /// A travel document expires soon.
        DocumentExpires = "document_expires",
        /// An exit permit expires soon.
        PermitExpires = "permit_expires",
        /// A month, three months, half a year or a year after arrival, and nobody followed the person up.
        MonitoringDue = "monitoring_due",
        /// A follow-up is due.
        FollowUpDue = "follow_up_due",
        /// A risk must be assessed again.
        RiskAssessmentDue = "risk_assessment_due",
        /// The person went on unscreened; the screening is due at arrival.
        ScreeningOutstanding = "screening_outstanding",
        /// A child has no guardian.
        ChildWithoutGuardian = "child_without_guardian",
        /// A mission is in contact with a child, and nobody who answers for the child decided that.
        ChildNotHeard = "child_not_heard",
        /// Somebody is detained: two days after the arrest, and every week from then on.
        LongDetention = "long_detention",
        /// Somebody decided to return while they were detained: whether they still want to, now that they are free to say.
        DetainedDecision = "detained_decision",
        /// Somebody who may be a victim is suspected, charged or convicted.
        NonPunishmentReview = "non_punishment_review",
        /// Somebody who may be a victim is detained.
        DetentionReview = "detention_review",
        /// Somebody who may be a victim is to pay a fine or another penalty, and nobody asked to waive it because victims are not punished.
        FineReview = "fine_review",
        /// A person died, and the mission of their country has not been told.
        DeathToReport = "death_to_report",
        /// A health screening asks for care now.
        UrgentCare = "urgent_care",
        /// A hold must be looked at again.
        HoldReview = "hold_review",
        /// Your organisation took a case over and opens only a part of it, until two people of yours answer for the rest.
        TakeoverWaiting = "takeover_waiting",
        /// The case lost its assignee, who can no longer act.
        AssigneeLeft = "assignee_left",
        /// Somebody who belongs to the person was put on hold, leaves without them, or their case ended.
        RelatedCase = "related_case",
        /// Somebody added it.
        Added = "added",
    }
}

impl TaskKind {
    /// Days that pass, or are left, before it is due, unless configured otherwise.
    pub const fn default_days(self) -> u32 {
        match self {
            Self::Stalled | Self::DocumentExpires | Self::ScreeningOutstanding => 14,
            Self::MissionSilent | Self::VerificationWaiting | Self::DocumentWaiting | Self::PermitExpires => 7,
            Self::LongDetention => 2,
            Self::TakeoverWaiting | Self::DeathToReport => 1,
            Self::FollowUpDue | Self::RiskAssessmentDue | Self::ChildWithoutGuardian | Self::UrgentCare => 0,
            Self::ChildNotHeard | Self::MonitoringDue | Self::DetainedDecision => 0,
            Self::NonPunishmentReview | Self::DetentionReview | Self::FineReview => 0,
            Self::HoldReview | Self::AssigneeLeft | Self::RelatedCase | Self::Added => 0,
        }
    }

    /// The compartment of the record that it is about; none where that stands in the clear, or where it is about the case.
    pub const fn subject_compartment(self) -> Option<Compartment> {
        match self {
            Self::DocumentWaiting | Self::DocumentExpires | Self::PermitExpires | Self::FineReview | Self::RelatedCase => {
                Some(Compartment::Identity)
            }
            Self::FollowUpDue | Self::RiskAssessmentDue | Self::NonPunishmentReview => Some(Compartment::Narrative),
            Self::LongDetention | Self::DetentionReview | Self::DetainedDecision => Some(Compartment::Location),
            Self::UrgentCare => Some(Compartment::Health),
            Self::Stalled | Self::MissionSilent | Self::VerificationWaiting | Self::ChildWithoutGuardian | Self::ScreeningOutstanding => {
                None
            }
            Self::HoldReview | Self::TakeoverWaiting | Self::DeathToReport | Self::AssigneeLeft | Self::Added => None,
            Self::ChildNotHeard | Self::MonitoringDue => None,
        }
    }

    /// The one next action, and the resource below the case where it is taken.
    pub const fn action(self) -> (&'static str, &'static str) {
        match self {
            Self::Stalled => ("Move the case on, or put it on hold with a reason.", "repatriation"),
            Self::MissionSilent => ("Ask the mission again, or another mission that covers the nationality.", "nationality-verifications"),
            Self::VerificationWaiting => ("Verify the nationality and record what you found.", "nationality-verifications"),
            Self::DocumentWaiting => ("Issue the travel document, or refuse it with a reason.", "travel-documents"),
            Self::DocumentExpires => ("Let the person depart before the document expires, or ask for another one.", "travel-documents"),
            Self::PermitExpires => {
                ("Let the person leave before the exit permit expires, or ask for another one.", "immigration-clearance")
            }
            Self::MonitoringDue => ("Reach the person as time goes by, and record how they are.", "follow-ups"),
            Self::FollowUpDue => ("Reach the person and record how they are.", "follow-ups"),
            Self::RiskAssessmentDue => ("Assess the risk again.", "risk-assessments"),
            Self::ScreeningOutstanding => ("Screen the person, at arrival at the latest, and record what is found.", "screenings"),
            Self::ChildWithoutGuardian => ("Find a guardian for the child and record who it is.", "best-interests"),
            Self::ChildNotHeard => {
                ("Record in child_decision who decides for the child about the mission, and what the child says.", "embassy-contacts")
            }
            Self::LongDetention => ("Visit the person or ask for release, and record it in reviewed_on.", "detentions"),
            Self::DetainedDecision => {
                ("Ask the person again, in freedom, whether they want to return, and record what they decide.", "return-decisions")
            }
            Self::NonPunishmentReview => ("Raise with the authority that victims are not to be punished.", "charges"),
            Self::DetentionReview => ("Raise with the authority that victims are not to be detained.", "detentions"),
            Self::FineReview => ("Ask to waive the fine, with the reason non_punishment.", "fine-waivers"),
            Self::DeathToReport => {
                ("Tell the mission of the person's country, or record what was weighed where the person wanted no contact.", "deaths")
            }
            Self::UrgentCare => ("See to the care that the health screening asks for, and record what was done.", "health-screenings"),
            Self::HoldReview => ("Look at the hold again: resume, or set a new day.", "repatriation"),
            Self::TakeoverWaiting => {
                ("Ask a second person of your organisation, and open the case; or transfer it to whoever cares for the person.", "takeover")
            }
            Self::AssigneeLeft => ("Assign the case to somebody who can act.", "assign"),
            Self::RelatedCase => {
                ("Look at who belongs to the person: a linked case is on hold, leaves without this one, or has ended.", "relations")
            }
            Self::Added => ("See the note.", "tasks"),
        }
    }
}

impl TaskKind {
    /// Whether the task itself tells what is restricted (class E), such as that somebody is detained.
    pub fn is_restricted(self) -> bool {
        self.subject_compartment().is_some_and(|compartment| compartment.class() == FieldClass::E)
    }
}

text_enum! {
    /// How far a task is.
    pub enum TaskStatus {
        Open = "open",
        Done = "done",
        /// The reason for it went away.
        Settled = "settled",
        /// The case was closed, or came to an end. It is open again when the case is, or goes on.
        EndedWithCase = "ended_with_case",
    }
}

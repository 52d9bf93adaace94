//! What a mission that is a guest on a case reads of what others recorded: listed field by field, so that a new field is closed to it
//! until somebody lists it here. Its own records, and those that are addressed to it, it reads whole.

use crate::domain::access::compartments::Compartment;
use crate::domain::repatriation::records::record::RecordKind;

impl RecordKind {
    /// The fields that a guest mission reads of a record of others, where its grant opens the compartment. Fields that a record cannot be
    /// without are always among them.
    pub const fn open_to_guest_missions(self) -> &'static [&'static str] {
        match self {
            Self::Screening => &[
                "act",
                "conducted_on",
                "indicators",
                "instrument",
                "interpreter",
                "interviewer",
                "language",
                "means",
                "preferred_gender",
                "purpose",
                "recommendation",
                "suggested_outcome",
            ],
            Self::StatusDetermination => &[
                "decided_by",
                "decided_by_kind",
                "decided_in_country",
                "decided_on",
                "evidence_note",
                "legal_basis",
                "outcome",
                "reference",
                "supersedes",
            ],
            Self::TravelDocument => &[
                "expires_on",
                "fee",
                "fee_waived",
                "handed_over_on",
                "issued_on",
                "issuer",
                "kind",
                "local_name",
                "mission_id",
                "number",
                "refusal_reason",
                "requested_on",
                "single_journey",
                "status",
            ],
            Self::ImmigrationClearance => &[
                "assessed_by_authority",
                "entered_by",
                "entered_on",
                "entry_ban",
                "entry_ban_until",
                "entry_point",
                "exit_permit_granted_on",
                "exit_permit_number",
                "exit_permit_valid_until",
                "exit_track",
                "penalties",
                "stay_expired_on",
                "visa_kind",
            ],
            // By which way home leads, and not what is owed to another state.
            Self::HostEpisode => &["country", "entered_by", "entered_on", "left_by", "left_on"],
            Self::Detention => &["authority", "facility", "non_punishment_raised_on", "reason", "released_on", "reviewed_on", "since"],
            Self::Charge => &["authority", "non_punishment_raised_on", "offence", "since", "status"],
            Self::FineWaiver => &[
                "amount",
                "cancellation_reason",
                "decided_by",
                "decided_on",
                "percent",
                "reason",
                "reference",
                "requested_on",
                "requested_percent",
                "status",
            ],
            Self::FinePayment => &["cancellation_reason", "cancelled_on", "money", "paid_on", "payer", "receipt"],
            // Why somebody changed their mind may be fear of that very mission.
            Self::ReturnDecision => &["counselling_on", "decided_on", "decision", "evidence", "signed_on", "voluntariness", "withdrawn_on"],
            Self::RiskAssessment => &["assessed_on", "assessor", "factors", "kind", "level", "mitigations", "next_due_on"],
            Self::FitToTravel => &["basis", "conditions", "examined_on", "examiner", "fit", "valid_until"],
            Self::LegalHold => &["imposed_by", "imposed_on", "kind", "lifted_on", "note"],
            // What was decided and who travels along; not the child's words, and not who looks after the child or how to reach them.
            // With whom it is, and what escort it asks for; not what was found of whom it is with.
            Self::BestInterests => {
                &["care_arrangement", "caregiver_assessed_on", "decided_on", "decision", "escort", "escort_gender", "initiated_on", "kind"]
            }
            // Not the names of those who travel along: they may have turned to nobody, or be hidden from that very mission.
            Self::Movement => &[
                "arrives_at",
                "batch_id",
                "carrier",
                "departed_at",
                "departs_at",
                "escort",
                "funding",
                "legs",
                "mode",
                "reference",
                "status",
                "ticket",
            ],
            Self::Arrival => {
                &["arrived_on", "country", "interviewed_by", "onward_place", "port", "received_by", "reception_consent_on", "released_to"]
            }
            Self::SupportPlan => &["agreed_on", "ended_on", "goals", "kinds", "provider", "status"],
            Self::FollowUp => &["done_on", "due_on", "mode", "notes", "situation"],
            // What the pass for the remains needs, and whether the mission was told; not why somebody died, and not who mourns.
            Self::Death => &[
                "certificate_number",
                "certified_by",
                "cost",
                "mission_informed_on",
                "payer",
                "permits",
                "place",
                "remains",
                "remains_on",
                "remains_place",
                "taken_back_on",
            ],
            // Nothing at all: the family's fears, who lured the person and where they sleep are not that mission's to know; nor what
            // others gave and wrote.
            Self::NextOfKin | Self::FamilyContact | Self::Recruiter | Self::MoneyEvent => &[],
            Self::Placement | Self::Assistance | Self::Letter | Self::HealthScreening => &[],
            // That somebody was protected from it.
            Self::ProtectionOutcome => &[],
            // What its own register asks for. Of nationalities a mission is told its own claim alone, and of other missions nothing.
            Self::Birth => &["born_on", "country", "place", "registration_number"],
        }
    }

    /// Whether a guest mission learns of no record of others of this kind, not even that there is one.
    pub const fn is_kept_from_guest_missions(self) -> bool {
        self.open_to_guest_missions().is_empty()
    }

    /// The compartment with which a guest mission reads these fields. A mission that takes a child home must know what was decided,
    /// and one that issues the pass for remains what is certified, although the record itself is closed to it.
    pub const fn compartment_for_guest_missions(self) -> Compartment {
        match self {
            Self::BestInterests | Self::Death => Compartment::Identity,
            other => other.compartment(),
        }
    }
}

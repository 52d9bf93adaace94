//! Consent, referral and everything else by which somebody comes to see a case.

use crate::domain::access::compartments::Compartment;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;

text_enum! {
    /// What a consent is for. None follows from another: each is asked for itself.
    pub enum ConsentPurpose {
        CaseManagement = "case_management",
        ContactOwnMission = "contact_own_mission",
        ShareWithMission = "share_with_mission",
        ShareWithNgo = "share_with_ngo",
        ShareWithShelterHealth = "share_with_shelter_health",
        ShareWithLawEnforcement = "share_with_law_enforcement",
        /// The authority that grants exit permits and decides about fines: identity alone. It is not the police.
        ShareWithImmigrationAuthority = "share_with_immigration_authority",
        ShareWithCourt = "share_with_court",
        ShareWithLegalCounsel = "share_with_legal_counsel",
        /// Airlines, bus companies, and the authorities of a country on the way.
        ShareWithCarrierAndTransit = "share_with_carrier_and_transit",
        FamilyContactTracing = "family_contact_tracing",
        /// Telling the family that the person is safe, which is not tracing.
        FamilyInformed = "family_informed",
        MedicalTreatmentAndTesting = "medical_treatment_and_testing",
        InterviewRecording = "interview_recording",
        Photograph = "photograph",
        Biometrics = "biometrics",
        ReceptionInCountryOfOrigin = "reception_in_country_of_origin",
        StatisticsNonIdentifying = "statistics_non_identifying",
        ResearchContact = "research_contact",
        Media = "media",
    }
}

impl ConsentPurpose {
    /// Whether it lets another organisation or the family know of the person, unlike figures, research, the media and what is done with
    /// the person themselves.
    pub const fn hands_on(self) -> bool {
        let is_done_here =
            matches!(self, Self::MedicalTreatmentAndTesting | Self::InterviewRecording | Self::Photograph | Self::Biometrics);
        !is_done_here && !matches!(self, Self::StatisticsNonIdentifying | Self::ResearchContact | Self::Media)
    }

    /// Whether these compartments can be shared for it.
    pub fn allows(self, compartments: &[Compartment]) -> bool {
        self != Self::ShareWithImmigrationAuthority || compartments.iter().all(|compartment| *compartment == Compartment::Identity)
    }

    /// Whether it is about help with the case itself, which an organisation of any kind may give.
    pub const fn is_of_care(self) -> bool {
        matches!(self, Self::CaseManagement | Self::ShareWithNgo | Self::ShareWithShelterHealth)
    }

    /// The consent under which a case is shared with an organisation of this kind. One in the person's own country receives
    /// them there, whatever it is.
    pub fn of_sharing_with(kind: OrganisationKind, seat: Country, nationality: Option<Country>) -> Self {
        use OrganisationKind::*;
        match kind {
            DiplomaticMission => Self::ShareWithMission,
            LawEnforcement => Self::ShareWithLawEnforcement,
            ImmigrationService => Self::ShareWithImmigrationAuthority,
            LegalService => Self::ShareWithLegalCounsel,
            CourtOrProsecution => Self::ShareWithCourt,
            OrganisationKind::Media => Self::Media,
            _ if nationality == Some(seat) => Self::ReceptionInCountryOfOrigin,
            Shelter | HealthServiceOrganisation => Self::ShareWithShelterHealth,
            _ => Self::ShareWithNgo,
        }
    }
}

text_enum! {
    /// What was answered when consent was asked.
    pub enum ConsentAnswer {
        Granted = "granted",
        Refused = "refused",
        /// Nobody could be asked, or the law leaves no choice; see the basis.
        Overridden = "overridden",
    }
}

text_enum! {
    /// Where a consent stands now.
    pub enum ConsentStatus {
        NotAsked = "not_asked",
        Granted = "granted",
        Refused = "refused",
        Withdrawn = "withdrawn",
        Expired = "expired",
        Overridden = "overridden",
    }
}

text_enum! {
    /// Who gave a consent.
    pub enum ConsentGiver {
        Person = "self",
        Parent = "parent",
        Guardian = "guardian",
        LegalRepresentative = "legal_representative",
    }
}

text_enum! {
    /// Whom a consent or a denial is about.
    pub enum RecipientScope {
        /// One organisation.
        Organisation = "organisation",
        /// Every organisation of one kind.
        OrganisationKind = "organisation_kind",
        /// Every mission of one country.
        MissionsOf = "missions_of",
        /// Everybody.
        Anyone = "anyone",
    }
}

text_enum! {
    /// Why something is shared without the person's consent.
    pub enum OverrideBasis {
        VitalInterest = "vital_interest",
        LegalObligation = "legal_obligation",
        CourtOrder = "court_order",
        BestInterestsOfChild = "best_interests_of_child",
        PublicInterest = "public_interest",
    }
}

text_enum! {
    /// On what legal ground somebody's data are kept (ICRC, Handbook on Data Protection in Humanitarian Action, ch. 3). Where help depends
    /// on a yes, consent is hardly free, and another ground carries the record.
    pub enum LegalBasis {
        VitalInterest = "vital_interest",
        PublicInterest = "public_interest",
        Consent = "consent",
        LegitimateInterest = "legitimate_interest",
        LegalObligation = "legal_obligation",
    }
}

text_enum! {
    /// What is handed on: a service that is asked for, or the case itself.
    pub enum ReferralKind {
        /// A service for the person; the case stays where it is.
        Referral = "referral",
        /// The owner offers the case to another organisation.
        Transfer = "transfer",
        /// Another organisation asks the owner for the case.
        TransferRequest = "transfer_request",
    }
}

text_enum! {
    /// The service that a referral asks for.
    pub enum ReferralService {
        Accommodation = "accommodation",
        Health = "health",
        Psychosocial = "psychosocial",
        Legal = "legal",
        Interpretation = "interpretation",
        Documentation = "documentation",
        Protection = "protection",
        FamilyTracing = "family_tracing",
        Return = "return",
        Reintegration = "reintegration",
        Financial = "financial",
        Education = "education",
        Other = "other",
    }
}

text_enum! {
    /// How soon it is needed.
    pub enum ReferralUrgency {
        Routine = "routine",
        Urgent = "urgent",
        Immediate = "immediate",
    }
}

text_enum! {
    /// How far a referral or a transfer is.
    pub enum ReferralStatus {
        Draft = "draft",
        InProgress = "in_progress",
        Accepted = "accepted",
        Rejected = "rejected",
        Done = "done",
        Revoked = "revoked",
        Expired = "expired",
    }
}

impl ReferralStatus {
    /// Whether something may follow still.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::InProgress | Self::Accepted)
    }
}

text_enum! {
    /// What an organisation is told about access.
    pub enum AccessEventKind {
        /// Your organisation does not see the case any more.
        AccessEnded = "access_ended",
        /// Somebody took emergency access to a case of your organisation, or of your colleagues: review it.
        EmergencyAccess = "emergency_access",
        /// A case was taken over from a mission a day ago, and no two people of the organisation that is responsible for it now have
        /// answered for opening the rest.
        TakeoverOverdue = "takeover_overdue",
        /// Another organisation recorded what a person of yours decided about a mission.
        DecisionRecordedElsewhere = "decision_recorded_elsewhere",
        /// A wrong protection pathway was taken back: your organisation sees the case again.
        AccessRestored = "access_restored",
        /// A protection pathway was taken back as wrong, and missions that were shut out see the case again.
        ProtectionPathwayUndone = "protection_pathway_undone",
    }
}

text_enum! {
    /// How a user shuts missions out of the cases of a person.
    pub enum ExclusionWay {
        /// The case goes onto the protection pathway.
        ProtectionPathway = "protection_pathway",
        /// The person never wants a mission to see them that owns a case of theirs.
        Denial = "denial",
    }
}

text_enum! {
    /// What those who answer for data protection are told. It says what is odd, and never why.
    pub enum DataProtectionEventKind {
        /// One user opened many cases within an hour.
        ManyCasesOpened = "many_cases_opened",
        /// One user was refused again and again.
        RefusalsInARow = "refusals_in_a_row",
        /// Somebody guessed at codes of cases to take emergency access.
        EmergencyCodesGuessed = "emergency_codes_guessed",
        /// A case was handed on although the person had not consented.
        ConsentOverridden = "consent_overridden",
        /// A case was taken over from a mission a day ago, and no second person has answered for opening the rest.
        TakeoverOverdue = "takeover_overdue",
        /// A protection pathway was taken back, and missions that were shut out see the case again.
        ProtectionPathwayUndone = "protection_pathway_undone",
        /// A person left the protection pathway by a supervised way back.
        ProtectionPathwayLeft = "protection_pathway_left",
    }
}

text_enum! {
    /// What the review of an emergency access found.
    pub enum ReviewVerdict {
        Justified = "justified",
        Unjustified = "unjustified",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn immigration_is_not_the_police_and_reads_the_identity_alone() {
        let host = Country::parse("KHM").unwrap();
        let purpose = |kind| ConsentPurpose::of_sharing_with(kind, host, Country::parse("IDN"));
        assert_eq!(purpose(OrganisationKind::ImmigrationService), ConsentPurpose::ShareWithImmigrationAuthority);
        assert_eq!(purpose(OrganisationKind::LawEnforcement), ConsentPurpose::ShareWithLawEnforcement);
        assert_eq!(purpose(OrganisationKind::LegalService), ConsentPurpose::ShareWithLegalCounsel);
        for purpose in ConsentPurpose::ALL {
            let is_narrow = *purpose == ConsentPurpose::ShareWithImmigrationAuthority;
            assert!(purpose.allows(&[Compartment::Identity]) && purpose.allows(&[]), "{purpose}");
            assert_eq!(purpose.allows(&[Compartment::Identity, Compartment::Contact]), !is_narrow, "{purpose}");
        }
    }
}

//! Codes of a case: how a person came to us, and what the case is.

text_enum! {
    /// HTCDS 2.0 `cas_Status`.
    pub enum CaseStatus {
        Active = "active",
        FollowUp = "follow_up",
        Closed = "closed",
        ClosedReferred = "closed_referred",
    }
}

impl CaseStatus {
    /// Whether anything is still done on the case.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Active | Self::FollowUp => true,
            Self::Closed | Self::ClosedReferred => false,
        }
    }
}

text_enum! {
    /// How the person reached us.
    pub enum IntakeChannel {
        Raid = "raid",
        WalkInEmbassy = "walk_in_embassy",
        WalkInNgo = "walk_in_ngo",
        Hotline = "hotline",
        FamilyReport = "family_report",
        Referral = "referral",
        DetentionVisit = "detention_visit",
        BorderReception = "border_reception",
        SocialMedia = "social_media",
        /// An authority told the mission, as VCCR art. 36(1)(b) has it.
        AuthorityNotification = "authority_notification",
        PoliceHandover = "police_handover",
        Hospital = "hospital",
        /// Stopped on the way out.
        AirportInterception = "airport_interception",
        OnlineForm = "online_form",
        AnotherMission = "another_mission",
        /// Met at home first, by an airport desk for instance.
        ArrivalInCountryOfOrigin = "arrival_in_country_of_origin",
        Other = "other",
    }
}

text_enum! {
    /// How the person left the compound.
    pub enum ExitMode {
        RescuedByRaid = "rescued_by_raid",
        ReleasedByOperator = "released_by_operator",
        AbandonedByOperator = "abandoned_by_operator",
        Escaped = "escaped",
        CrossedRiver = "crossed_river",
        Ransomed = "ransomed",
        DebtPaid = "debt_paid",
        EmbassyIntervention = "embassy_intervention",
        NgoExtraction = "ngo_extraction",
        TransferredToAuthority = "transferred_to_authority",
        HandedOverByArmedGroup = "handed_over_by_armed_group",
        FledDuringFighting = "fled_during_fighting",
        /// Sent away because they earned too little.
        DismissedOrUnprofitable = "dismissed_or_unprofitable",
        LeftAtBorder = "left_at_border",
        Died = "died",
        Unknown = "unknown",
    }
}

text_enum! {
    /// Danger to the person, lowest first.
    pub enum RiskLevel {
        Low = "low",
        Medium = "medium",
        High = "high",
        Imminent = "imminent",
    }
}

text_enum! {
    /// What is found, so far, about trafficking (HTCDS `vic_TraffickingStatus`, finer).
    pub enum TraffickingStatus {
        Unscreened = "unscreened",
        Presumed = "presumed",
        Possible = "possible",
        FormallyIdentified = "formally_identified",
        NotIdentified = "not_identified",
        DeclinedIdentification = "declined_identification",
    }
}

text_enum! {
    /// Standing with the host country's immigration authority.
    pub enum ImmigrationStatus {
        ValidStay = "valid_stay",
        Overstay = "overstay",
        IrregularEntry = "irregular_entry",
        NoWorkPermit = "no_work_permit",
        Detained = "detained",
        DeportationOrdered = "deportation_ordered",
        VisaCancelled = "visa_cancelled",
        VictimStayPermit = "victim_stay_permit",
        AsylumSeekerOrRefugee = "asylum_seeker_or_refugee",
        Blacklisted = "blacklisted",
        Unknown = "unknown",
    }
}

text_enum! {
    /// Why a case was closed.
    pub enum ClosureReason {
        Repatriated = "repatriated",
        StayedLawfully = "stayed_lawfully",
        ReturnedByOwnMeans = "returned_by_own_means",
        Transferred = "transferred",
        Duplicate = "duplicate",
        RegisteredInError = "registered_in_error",
        LostContact = "lost_contact",
        Deceased = "deceased",
        Deported = "deported",
        ProtectedOrResettled = "protected_or_resettled",
        NotANational = "not_a_national",
        Imprisoned = "imprisoned",
        Other = "other",
    }
}

text_enum! {
    /// HTCDS 2.0 exploitation types, and forced criminality.
    pub enum ExploitationType {
        ForcedLabour = "forced_labour",
        SexualExploitation = "sexual_exploitation",
        ChildLabour = "child_labour",
        ForcedMarriage = "forced_marriage",
        Servitude = "servitude",
        ForcedMilitaryByNonStateActors = "forced_military_by_non_state_actors",
        OrganRemoval = "organ_removal",
        ForcedBegging = "forced_begging",
        ForcedAdoption = "forced_adoption",
        Surrogacy = "surrogacy",
        ForcedCriminality = "forced_criminality",
        Other = "other",
    }
}

text_enum! {
    /// What the person was made to do.
    pub enum ScamType {
        Romance = "romance",
        Investment = "investment",
        CryptoInvestment = "crypto_investment",
        RomanceInvestment = "romance_investment",
        ImpersonationAuthority = "impersonation_authority",
        OnlineGambling = "online_gambling",
        Business = "business",
        TaskJob = "task_job",
        Loan = "loan",
        Sextortion = "sextortion",
        NonDeliveryOfGoods = "non_delivery_of_goods",
        MoneyMule = "money_mule",
        SupportRoleNonScam = "support_role_non_scam",
        TechSupport = "tech_support",
        Recovery = "recovery",
        VideoModel = "video_model",
        Laundering = "laundering",
        Other = "other",
        Unknown = "unknown",
    }
}

text_enum! {
    /// How the person was controlled (HTCDS `vic_MethodsOfControl`, union of its two lists).
    pub enum ControlMethod {
        PhysicalThreats = "physical_threats",
        ThreatsLawEnforcement = "threats_law_enforcement",
        ThreatensChildrenFamily = "threatens_children_family",
        UsesChildren = "uses_children",
        DebtBondage = "debt_bondage",
        FalsePromises = "false_promises",
        PhysicalAbuse = "physical_abuse",
        SexualAbuse = "sexual_abuse",
        TakesEarnings = "takes_earnings",
        RestrictsFinancialAccess = "restricts_financial_access",
        RestrictsMedicalCare = "restricts_medical_care",
        RestrictsMovement = "restricts_movement",
        WithholdsNecessities = "withholds_necessities",
        PsychologicalAbuse = "psychological_abuse",
        PsychoactiveSubstance = "psychoactive_substance",
        ExcessiveWorkingHours = "excessive_working_hours",
        WithholdsDocuments = "withholds_documents",
        Other = "other",
    }
}

text_enum! {
    /// How the person was recruited (HTCDS).
    pub enum RecruitmentMethod {
        AtAPlaceOfBusiness = "at_a_place_of_business",
        AtAnEducationalInstitution = "at_an_educational_institution",
        AtWork = "at_work",
        ThroughOnlineSocialNetworks = "through_online_social_networks",
        ThroughAnOnlineAdvertisement = "through_an_online_advertisement",
        ThroughATelevisionAdvert = "through_a_television_advert",
        ThroughANewspaperAdvert = "through_a_newspaper_advert",
        ThroughFamilyOrFamilyEvents = "through_family_or_family_events",
        ThroughFriendsOrSocialEvents = "through_friends_or_social_events",
        Other = "other",
    }
}

text_enum! {
    /// Why there was no screening before the case moved on.
    pub enum ScreeningSkipped {
        ArrivedAlreadyIdentified = "arrived_already_identified",
        AuthorityDetermined = "authority_determined",
        PersonDeclined = "person_declined",
        UrgentDeparture = "urgent_departure",
        /// Too many came at once.
        MassArrival = "mass_arrival",
        NoInterpreter = "no_interpreter",
        /// The person cannot be asked now.
        UnfitForInterview = "unfit_for_interview",
        /// An authority did not let anybody ask.
        AuthorityPrevented = "authority_prevented",
    }
}

impl ScreeningSkipped {
    /// Whether nobody knows yet whether the person is a victim, so that the screening is still to be done. Any other reason says who
    /// found it out.
    pub const fn leaves_unscreened(self) -> bool {
        match self {
            Self::UrgentDeparture | Self::MassArrival | Self::NoInterpreter | Self::UnfitForInterview | Self::AuthorityPrevented => true,
            Self::ArrivedAlreadyIdentified | Self::AuthorityDetermined | Self::PersonDeclined => false,
        }
    }
}

text_enum! {
    /// What the other person is to the person of the case.
    pub enum RelationKind {
        /// Mother or father.
        Parent = "parent",
        /// Daughter or son.
        Child = "child",
        /// Sister or brother.
        Sibling = "sibling",
        /// Wife or husband.
        Spouse = "spouse",
        /// Partner without a marriage.
        Partner = "partner",
        /// Grandmother or grandfather.
        Grandparent = "grandparent",
        /// Granddaughter or grandson.
        Grandchild = "grandchild",
        /// Aunt, cousin, in-law …
        OtherRelative = "other_relative",
        /// Who answers for the person: a guardian by law, or whoever cares for them.
        Guardian = "guardian",
        /// Whom the person answers for.
        Ward = "ward",
        /// Came or travels together, without being related.
        TravellingCompanion = "travelling_companion",
    }
}

impl RelationKind {
    /// The same relation as the other person sees it.
    pub const fn inverse(self) -> Self {
        match self {
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::Grandparent => Self::Grandchild,
            Self::Grandchild => Self::Grandparent,
            Self::Guardian => Self::Ward,
            Self::Ward => Self::Guardian,
            Self::Sibling | Self::Spouse | Self::Partner | Self::OtherRelative | Self::TravellingCompanion => self,
        }
    }

    /// Whether one of both answers for the other while that is a child.
    pub const fn ties_a_child(self) -> bool {
        self.answers_for() || self.inverse().answers_for()
    }

    /// Whether they answer for the person while that is a child.
    pub const fn answers_for(self) -> bool {
        matches!(self, Self::Parent | Self::Guardian)
    }
}

#[cfg(test)]
mod tests {
    use super::RelationKind;

    #[test]
    fn a_relation_seen_from_both_sides_is_the_same_relation() {
        for kind in RelationKind::ALL {
            assert_eq!(kind.inverse().inverse(), *kind);
        }
        assert_eq!(RelationKind::Guardian.inverse(), RelationKind::Ward);
        assert_eq!(RelationKind::Child.inverse(), RelationKind::Parent);
    }
}

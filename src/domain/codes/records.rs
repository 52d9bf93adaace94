//! Codes of what is recorded on the road home: screenings, documents, clearance, decisions, movements, reintegration.

text_enum! {
    /// The form a screening follows.
    pub enum ScreeningInstrument {
        IloIndicators = "ilo_indicators",
        IomScreeningForm = "iom_screening_form",
        NationalReferralForm = "national_referral_form",
        MissionForm = "mission_form",
        NgoForm = "ngo_form",
        ThaiNrmForm = "thai_nrm_form",
        BaliProcessIndicators = "bali_process_indicators",
        AseanIndicators = "asean_indicators",
        HomeStateForm = "home_state_form",
        Other = "other",
    }
}

text_enum! {
    /// An indicator of trafficking: the eleven of the ILO, and those of scam compounds.
    pub enum Indicator {
        AbuseOfVulnerability = "abuse_of_vulnerability",
        Deception = "deception",
        RestrictionOfMovement = "restriction_of_movement",
        Isolation = "isolation",
        PhysicalSexualViolence = "physical_sexual_violence",
        IntimidationThreats = "intimidation_threats",
        RetentionOfIdentityDocuments = "retention_of_identity_documents",
        WithholdingOfWages = "withholding_of_wages",
        DebtBondage = "debt_bondage",
        AbusiveWorkingLivingConditions = "abusive_working_living_conditions",
        ExcessiveOvertime = "excessive_overtime",
        JobDiffersFromOffer = "job_differs_from_offer",
        ForcedToScam = "forced_to_scam",
        TargetQuota = "target_quota",
        PunishedForMissingQuota = "punished_for_missing_quota",
        GuardedPremises = "guarded_premises",
        HousedOrReceivedByOperator = "housed_or_received_by_operator",
        PhoneConfiscated = "phone_confiscated",
        SoldOrTransferred = "sold_or_transferred",
        RansomDemanded = "ransom_demanded",
        WitnessedTorture = "witnessed_torture",
        ThirdPartyPaidTravel = "third_party_paid_travel",
        CoachedAtBorder = "coached_at_border",
        Under18 = "under_18",
        /// Shown photos of the family, as a threat.
        ThreatsToFamilyPhotos = "threats_to_family_photos",
        ElectricShock = "electric_shock",
        WaterOrDarkRoom = "water_or_dark_room",
        ForcedSexualActs = "forced_sexual_acts",
        MadeToBeatOthers = "made_to_beat_others",
        ForcedAbortion = "forced_abortion",
        IdentityUsedForAccounts = "identity_used_for_accounts",
        MadeToRecruit = "made_to_recruit",
    }
}

text_enum! {
    /// What the person answered. Nobody has to answer.
    pub enum IndicatorAnswerValue {
        Yes = "yes",
        No = "no",
        Unknown = "unknown",
        Declined = "declined",
    }
}

text_enum! {
    /// Whether one element of trafficking was found (Palermo Protocol art. 3).
    pub enum Finding {
        Found = "found",
        NotFound = "not_found",
        Unclear = "unclear",
    }
}

text_enum! {
    /// What kind of body found that somebody is, or is not, a victim (HTCDS `vic_TraffickingStatusDecisionMakingOrg`).
    pub enum DecisionMakingOrganisation {
        Police = "police",
        Ngo = "ngo",
        CourtOrProsecution = "court_or_prosecution",
        NonPoliceGovernmentalOrganization = "non_police_governmental_organization",
        Other = "other",
    }
}

text_enum! {
    /// What the person entered the host country on.
    pub enum VisaKind {
        Tourist = "tourist",
        Ordinary = "ordinary",
        Business = "business",
        Work = "work",
        Transit = "transit",
        VisaExempt = "visa_exempt",
        NoVisa = "no_visa",
        EVisa = "e_visa",
        BorderPass = "border_pass",
        Student = "student",
        Crew = "crew",
        Unknown = "unknown",
    }
}

text_enum! {
    /// How far the exit permit is.
    pub enum ExitTrack {
        NotNeeded = "not_needed",
        ToRequest = "to_request",
        Requested = "requested",
        Granted = "granted",
        Refused = "refused",
        Expired = "expired",
    }
}

text_enum! {
    /// Who pays.
    pub enum FundingSource {
        SelfFunded = "self",
        Family = "family",
        SendingState = "sending_state",
        HostState = "host_state",
        Iom = "iom",
        Ngo = "ngo",
        EmployerRestitution = "employer_restitution",
        ConsularLoan = "consular_loan",
        ThirdState = "third_state",
        FaithGroup = "faith_group",
        Airline = "airline",
        Other = "other",
    }
}

text_enum! {
    /// How far a criminal charge is.
    pub enum ChargeStatus {
        Suspected = "suspected",
        Charged = "charged",
        Convicted = "convicted",
        ChargesDroppedNonPunishment = "charges_dropped_non_punishment",
        Acquitted = "acquitted",
        Pardoned = "pardoned",
        SentenceServed = "sentence_served",
    }
}

text_enum! {
    /// What the person decided about going home.
    pub enum ReturnChoice {
        Return = "return",
        Stay = "stay",
        ThirdCountry = "third_country",
        Undecided = "undecided",
        ReturnLater = "return_later",
    }
}

text_enum! {
    /// What a risk assessment looks at.
    pub enum RiskAssessmentKind {
        Individual = "individual",
        Household = "household",
        Community = "community",
        Return = "return",
    }
}

text_enum! {
    /// What holds a person back by law.
    pub enum LegalHoldKind {
        WitnessProceedings = "witness_proceedings",
        CourtOrder = "court_order",
        TravelBan = "travel_ban",
        ChargesPending = "charges_pending",
        DebtClaim = "debt_claim",
        CustodyDispute = "custody_dispute",
        Other = "other",
    }
}

text_enum! {
    /// Best-interests assessment or determination (UNHCR guidelines; CRC art. 3).
    pub enum BestInterestsKind {
        Assessment = "bia",
        Determination = "bid",
    }
}

text_enum! {
    /// With whom a child is.
    pub enum CareArrangement {
        WithParent = "with_parent",
        /// With a guardian by law who is no parent.
        WithGuardian = "with_guardian",
        /// Apart from both parents, with other adults.
        Separated = "separated",
        Unaccompanied = "unaccompanied",
    }
}

text_enum! {
    /// What a check of somebody who cares for a child found.
    pub enum CarerFinding {
        NoConcern = "no_concern",
        Violent = "violent",
        /// Had a part in what was done to the child, such as recruiting.
        Complicit = "complicit",
        Unclear = "unclear",
    }
}

text_enum! {
    /// By what somebody answers for a child.
    pub enum GuardianBasis {
        ParentalResponsibility = "parental_responsibility",
        CourtOrder = "court_order",
        AuthorityAppointment = "authority_appointment",
        /// Cares for the child, without being appointed.
        CustomaryCare = "customary_care",
    }
}

impl GuardianBasis {
    /// Whether an authority or a court said so.
    pub const fn is_appointed(self) -> bool {
        matches!(self, Self::CourtOrder | Self::AuthorityAppointment)
    }
}

text_enum! {
    /// What the search for a child's family came to.
    pub enum FamilyTracing {
        UnderWay = "under_way",
        ParentsFound = "parents_found",
        RelativesFound = "relatives_found",
        NotFound = "not_found",
        /// Not searched for, because that would endanger the child, or it objects.
        NotSearched = "not_searched",
    }
}

text_enum! {
    /// What a best-interests procedure decided.
    pub enum BestInterestsDecision {
        ReturnToFamily = "return_to_family",
        ReturnToStateCare = "return_to_state_care",
        Remain = "remain",
        ThirdCountry = "third_country",
        Pending = "pending",
        KinshipOrFosterCare = "kinship_or_foster_care",
        ReunifyElsewhere = "reunify_elsewhere",
        Resettlement = "resettlement",
    }
}

text_enum! {
    /// How people travel.
    pub enum MovementMode {
        Flight = "flight",
        CharterFlight = "charter_flight",
        Bus = "bus",
        Convoy = "convoy",
        BorderHandover = "border_handover",
        Ship = "ship",
        OnFoot = "on_foot",
        Train = "train",
        MilitaryAircraft = "military_aircraft",
        Ambulance = "ambulance",
        MedicalEvacuation = "medical_evacuation",
        Other = "other",
    }
}

text_enum! {
    /// How far a movement is.
    pub enum MovementStatus {
        Planned = "planned",
        Booked = "booked",
        Delayed = "delayed",
        Cancelled = "cancelled",
        Departed = "departed",
        Arrived = "arrived",
    }
}

text_enum! {
    /// What kept a person from travelling as booked, or from arriving.
    pub enum MovementIncident {
        NoShow = "no_show",
        DeniedBoarding = "denied_boarding",
        /// By the host state, for a fine that is not settled for instance.
        TurnedBackAtExitControl = "turned_back_at_exit_control",
        AbscondedInTransit = "absconded_in_transit",
        Diverted = "diverted",
    }
}

impl MovementIncident {
    /// Whether the person had left when it happened.
    pub const fn is_after_departure(self) -> bool {
        match self {
            Self::AbscondedInTransit | Self::Diverted => true,
            Self::NoShow | Self::DeniedBoarding | Self::TurnedBackAtExitControl => false,
        }
    }
}

text_enum! {
    /// Kind of support after arrival (HTCDS 2.0 `spl_Type`).
    pub enum SupportKind {
        Education = "education",
        Financial = "financial",
        Health = "health",
        LabourExploitationRehabilitation = "labour_exploitation_rehabilitation",
        Legal = "legal",
        Livelihood = "livelihood",
        RightsBasedTraining = "rights_based_training",
        SexualExploitationRehabilitation = "sexual_exploitation_rehabilitation",
        SocialCare = "social_care",
    }
}

text_enum! {
    /// How far a support plan is.
    pub enum SupportPlanStatus {
        Planned = "planned",
        Active = "active",
        Completed = "completed",
        Stopped = "stopped",
    }
}

text_enum! {
    /// Whether a body was examined.
    pub enum Autopsy {
        Asked = "asked",
        Done = "done",
        /// The next of kin refused it.
        Refused = "refused",
        NotDone = "not_done",
    }
}

text_enum! {
    /// What became of somebody's remains.
    pub enum Remains {
        Repatriated = "repatriated",
        Cremated = "cremated",
        Buried = "buried",
        /// Cremated, and the ashes were returned.
        AshesReturned = "ashes_returned",
        /// Nobody could say for certain who it is.
        Unidentified = "unidentified",
    }
}

text_enum! {
    /// How a person is followed up.
    pub enum FollowUpMode {
        HomeVisit = "home_visit",
        OfficeVisit = "office_visit",
        Call = "call",
        Message = "message",
        PartnerReport = "partner_report",
    }
}

text_enum! {
    /// How the person is found to be.
    pub enum FollowUpSituation {
        Stable = "stable",
        NeedsSupport = "needs_support",
        AtRisk = "at_risk",
        NotReached = "not_reached",
        ReTrafficked = "re_trafficked",
        Detained = "detained",
        MovedAbroad = "moved_abroad",
        Deceased = "deceased",
        DeclinedContact = "declined_contact",
    }
}

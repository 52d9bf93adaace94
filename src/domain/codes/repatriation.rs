//! Codes of the embassy contact and of the road home.

text_enum! {
    /// What the person decided about contact with a mission (Vienna Convention on Consular Relations art. 36).
    pub enum PersonDecision {
        Requested = "requested",
        Accepted = "accepted",
        Declined = "declined",
        Deferred = "deferred",
    }
}

text_enum! {
    /// Who began the contact with a mission.
    pub enum ContactInitiator {
        PersonRequest = "person_request",
        AuthorityNotification = "authority_notification",
        WalkIn = "walk_in",
        Family = "family",
        NgoWithConsent = "ngo_with_consent",
    }
}

text_enum! {
    /// How the mission was contacted.
    pub enum ContactChannel {
        InPerson = "in_person",
        Phone = "phone",
        Email = "email",
        Letter = "letter",
        Messaging = "messaging",
        Other = "other",
    }
}

text_enum! {
    /// What came of the contact.
    pub enum ContactOutcome {
        AssistanceGiven = "assistance_given",
        AppointmentMade = "appointment_made",
        NoAnswer = "no_answer",
        Refused = "refused",
        ReferredElsewhere = "referred_elsewhere",
    }
}

text_enum! {
    /// What the mission found.
    pub enum NationalityResult {
        Pending = "pending",
        Verified = "verified",
        Rejected = "rejected",
        Inconclusive = "inconclusive",
        NotRequested = "not_requested",
    }
}

text_enum! {
    /// How the mission interviewed the person.
    pub enum InterviewMode {
        InPerson = "in_person",
        Video = "video",
        Phone = "phone",
        None = "none",
    }
}

text_enum! {
    /// What the finding rests on.
    pub enum NationalityEvidence {
        Passport = "passport",
        PassportCopy = "passport_copy",
        NationalId = "national_id",
        BirthCertificate = "birth_certificate",
        FamilyRegister = "family_register",
        HomeAuthorityConfirmation = "home_authority_confirmation",
        Biometrics = "biometrics",
        Interview = "interview",
        Witness = "witness",
        Other = "other",
    }
}

text_enum! {
    /// Why a repatriation is on hold.
    pub enum HoldReason {
        WitnessProceedings = "witness_proceedings",
        Detention = "detention",
        ChargesPending = "charges_pending",
        Medical = "medical",
        BorderClosed = "border_closed",
        DocumentRefused = "document_refused",
        Funds = "funds",
        FamilyTracing = "family_tracing",
        PersonRequest = "person_request",
        DocumentPending = "document_pending",
        NoFlight = "no_flight",
        NoMissionAnswer = "no_mission_answer",
        CustodyDispute = "custody_dispute",
        WagesClaim = "wages_claim",
    }
}

text_enum! {
    /// How free a decision to return was (IOM, assisted voluntary return and reintegration). Only `voluntary` carries an assisted voluntary
    /// return; somebody who saw no other way may agree to a deportation.
    pub enum Voluntariness {
        Voluntary = "voluntary",
        /// They saw no other way, and agreed.
        AgreedWithoutAlternative = "agreed_without_alternative",
        AgainstWill = "against_will",
    }
}

text_enum! {
    /// How somebody left the country. Only `assisted_voluntary` is an assisted voluntary return.
    pub enum DepartureBasis {
        /// With the help of a mission or an organisation, by their own free decision.
        AssistedVoluntary = "assisted_voluntary",
        /// By themselves, or with a ticket of the family.
        SelfOrganised = "self_organised",
        /// Deported, and they agreed to it or asked for it.
        DeportationAgreed = "deportation_agreed",
        /// Deported against their will.
        DeportationAgainstWill = "deportation_against_will",
        /// Extradited for a trial.
        Extradition = "extradition",
        /// Handed over from one authority to another at the border.
        Handover = "handover",
    }
}

impl DepartureBasis {
    /// Whether somebody who decided so freely can have left like this.
    pub const fn fits(self, decided: Voluntariness) -> bool {
        match self {
            Self::AssistedVoluntary => matches!(decided, Voluntariness::Voluntary),
            Self::DeportationAgreed => !matches!(decided, Voluntariness::AgainstWill),
            Self::SelfOrganised | Self::DeportationAgainstWill | Self::Extradition | Self::Handover => true,
        }
    }

    /// Whether an authority made the person leave.
    pub const fn is_by_authority(self) -> bool {
        match self {
            Self::DeportationAgreed | Self::DeportationAgainstWill | Self::Extradition | Self::Handover => true,
            Self::AssistedVoluntary | Self::SelfOrganised => false,
        }
    }
}

text_enum! {
    /// How somebody came over a border.
    pub enum BorderCrossing {
        Regular = "regular",
        Irregular = "irregular",
        HandedOverByAuthority = "handed_over_by_authority",
        HandedOverByArmedGroup = "handed_over_by_armed_group",
        Deported = "deported",
        Fled = "fled",
        Unknown = "unknown",
    }
}

text_enum! {
    /// Why a case has another host country.
    pub enum HostCountryReason {
        /// The person is in another country now.
        MovedOn = "moved_on",
        /// The country was entered by mistake.
        WrongEntry = "wrong_entry",
    }
}

text_enum! {
    /// How the protection of a person ended, or what came of it.
    pub enum ProtectionResult {
        Refugee = "refugee",
        VictimStay = "victim_stay",
        Resettled = "resettled",
        ClaimRefused = "claim_refused",
        ClaimWithdrawn = "claim_withdrawn",
        NoLongerNeeded = "no_longer_needed",
    }
}

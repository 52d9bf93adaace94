//! Codes of the daily work on a case: kin, money, beds, help, letters and health.

text_enum! {
    /// Whether somebody can be told where the person is and how they are.
    pub enum KinSafety {
        Yes = "yes",
        /// A relative of a recruiter, or whoever else may harm the person.
        No = "no",
        Unknown = "unknown",
    }
}

text_enum! {
    /// Who began a contact with the family.
    pub enum FamilyContactInitiator {
        Person = "person",
        Family = "family",
        Organisation = "organisation",
        Mission = "mission",
        /// Whoever holds the person, or speaks for them.
        Operator = "operator",
        Other = "other",
    }
}

text_enum! {
    /// What somebody did in the chain that led into the compound.
    pub enum ChainRole {
        Recruiter = "recruiter",
        Broker = "broker",
        Transporter = "transporter",
        DocumentForger = "document_forger",
        ReceivingManager = "receiving_manager",
        Guard = "guard",
        MoneyHandler = "money_handler",
        Other = "other",
    }
}

text_enum! {
    /// Why money was paid, taken or asked for.
    pub enum MoneyEventKind {
        RecruiterFee = "recruiter_fee",
        SalePrice = "sale_price",
        Ransom = "ransom",
        ImposedDebt = "imposed_debt",
        FamilyLoan = "family_loan",
        Confiscated = "confiscated",
        Other = "other",
    }
}

text_enum! {
    /// Who paid, or is to pay.
    pub enum MoneyPayer {
        Family = "family",
        Person = "person",
        Recruiter = "recruiter",
        /// Whoever runs the compound.
        Operator = "operator",
        Other = "other",
    }
}

text_enum! {
    /// What kind of place somebody stays at.
    pub enum PlacementKind {
        Shelter = "shelter",
        Hotel = "hotel",
        GuestHouse = "guest_house",
        Hospital = "hospital",
        PoliceStation = "police_station",
        ImmigrationCentre = "immigration_centre",
        Embassy = "embassy",
        PrivateHome = "private_home",
        TransitPoint = "transit_point",
        Other = "other",
    }
}

text_enum! {
    /// What help somebody was given.
    pub enum AssistanceKind {
        Cash = "cash",
        Food = "food",
        Clothing = "clothing",
        PhoneCredit = "phone_credit",
        Medicine = "medicine",
        Accommodation = "accommodation",
        Transport = "transport",
        DocumentFee = "document_fee",
        Other = "other",
    }
}

text_enum! {
    /// What a letter asks the authorities of the host country for.
    pub enum AuthorityLetterPurpose {
        Release = "release",
        ExitPermit = "exit_permit",
        FineWaiver = "fine_waiver",
    }
}

text_enum! {
    /// What kind of letter.
    pub enum LetterKind {
        NoteVerbale = "note_verbale",
        OfficialLetter = "official_letter",
        Reply = "reply",
        Other = "other",
    }
}

text_enum! {
    /// What a statement that somebody can travel rests on.
    pub enum FitnessBasis {
        /// A physician examined the person.
        Examination = "examination",
        /// A nurse looked at the person and asked.
        NurseCheck = "nurse_check",
        /// The person says so.
        SelfDeclaration = "self_declaration",
    }
}

impl FitnessBasis {
    /// Whether a physician says so.
    pub const fn is_examination(self) -> bool {
        matches!(self, Self::Examination)
    }
}

text_enum! {
    /// Which way a letter went.
    pub enum LetterDirection {
        Sent = "sent",
        Received = "received",
    }
}

text_enum! {
    /// To whom a letter went, or from whom it came.
    pub enum LetterParty {
        ForeignMinistry = "foreign_ministry",
        Immigration = "immigration",
        Police = "police",
        Embassy = "embassy",
        Other = "other",
    }
}

text_enum! {
    /// How soon somebody needs care.
    pub enum Triage {
        Green = "green",
        Yellow = "yellow",
        Orange = "orange",
        Red = "red",
    }
}

text_enum! {
    /// Whether somebody is pregnant.
    pub enum Pregnancy {
        Yes = "yes",
        No = "no",
        Unknown = "unknown",
        NotAsked = "not_asked",
    }
}

text_enum! {
    /// How likely somebody is to take their life.
    pub enum SuicideRisk {
        None = "none",
        Low = "low",
        Moderate = "moderate",
        High = "high",
        NotAssessed = "not_assessed",
    }
}

text_enum! {
    /// Whether somebody told of sexual violence. Nobody is pressed to.
    pub enum ViolenceDisclosure {
        Yes = "yes",
        No = "no",
        NotAsked = "not_asked",
    }
}

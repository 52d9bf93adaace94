//! Codes of what is said in public: what a statement is about, and what its figures count.

text_enum! {
    /// What kind of statement; it follows from the topic.
    pub enum StatementKind {
        /// How many, how much.
        Estimate = "estimate",
        /// What is paid for a person.
        Payment = "payment",
        /// What a state warns its people of.
        Advisory = "advisory",
        /// What is done about those who answer for it.
        Accountability = "accountability",
        /// What a government orders, denies or confirms, and what is said of its part in it.
        Policy = "policy",
        /// What else happens, and closes or opens a road.
        Event = "event",
        /// What missions, ministries and witnesses report of people.
        Report = "report",
        /// How compounds work.
        Practice = "practice",
    }
}

text_enum! {
    /// What a statement is about.
    pub enum StatementTopic {
        PeopleHeld = "people_held",
        PeopleWorking = "people_working",
        VictimAge = "victim_age",
        CompoundCount = "compound_count",
        ScamRevenue = "scam_revenue",
        ScamLosses = "scam_losses",
        TeamProfit = "team_profit",
        RecruiterFee = "recruiter_fee",
        SalePrice = "sale_price",
        Ransom = "ransom",
        ImposedDebt = "imposed_debt",
        JobOffers = "job_offers",
        Travel = "travel",
        Sanction = "sanction",
        Arrest = "arrest",
        Extradition = "extradition",
        Indictment = "indictment",
        Conviction = "conviction",
        Acquittal = "acquittal",
        AssetFreeze = "asset_freeze",
        LicenceRevoked = "licence_revoked",
        OfficialDismissed = "official_dismissed",
        Directive = "directive",
        Confirmation = "confirmation",
        Denial = "denial",
        Complicity = "complicity",
        BorderClosure = "border_closure",
        PowerCut = "power_cut",
        PeopleFreed = "people_freed",
        PeopleRescued = "people_rescued",
        PeopleEscaped = "people_escaped",
        PeopleFound = "people_found",
        PeopleWaiting = "people_waiting",
        Recruitment = "recruitment",
        Control = "control",
        Work = "work",
        Escape = "escape",
        Transfer = "transfer",
        Ownership = "ownership",
        Sites = "sites",
        Scams = "scams",
    }
}

impl StatementTopic {
    /// The kind of statement that is about this.
    pub const fn kind(self) -> StatementKind {
        match self {
            Self::PeopleHeld
            | Self::PeopleWorking
            | Self::VictimAge
            | Self::CompoundCount
            | Self::ScamRevenue
            | Self::ScamLosses
            | Self::TeamProfit => StatementKind::Estimate,
            Self::RecruiterFee | Self::SalePrice | Self::Ransom | Self::ImposedDebt => StatementKind::Payment,
            Self::JobOffers | Self::Travel => StatementKind::Advisory,
            Self::Sanction
            | Self::Arrest
            | Self::Extradition
            | Self::Indictment
            | Self::Conviction
            | Self::Acquittal
            | Self::AssetFreeze
            | Self::LicenceRevoked
            | Self::OfficialDismissed => StatementKind::Accountability,
            Self::Directive | Self::Confirmation | Self::Denial | Self::Complicity => StatementKind::Policy,
            Self::BorderClosure | Self::PowerCut => StatementKind::Event,
            Self::PeopleFreed | Self::PeopleRescued | Self::PeopleEscaped | Self::PeopleFound | Self::PeopleWaiting => {
                StatementKind::Report
            }
            Self::Recruitment
            | Self::Control
            | Self::Work
            | Self::Escape
            | Self::Transfer
            | Self::Ownership
            | Self::Sites
            | Self::Scams => StatementKind::Practice,
        }
    }
}

text_enum! {
    /// What a figure counts or measures.
    pub enum FigureOf {
        People = "people",
        Children = "children",
        Accused = "accused",
        Victims = "victims",
        Compounds = "compounds",
        /// An amount of money.
        Amount = "amount",
        Percent = "percent",
        AgeInYears = "age_in_years",
        TeamMembers = "team_members",
        /// People who are to be written to.
        Targets = "targets",
        /// Accounts that are used at the same time.
        Accounts = "accounts",
    }
}

text_enum! {
    /// For what a figure is.
    pub enum FigurePer {
        Person = "person",
        Team = "team",
        Day = "day",
        Year = "year",
    }
}

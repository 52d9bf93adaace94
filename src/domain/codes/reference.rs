//! Codes of compounds, operations and what was counted there.

text_enum! {
    /// What kind of place a compound is.
    pub enum SiteType {
        Apartment = "apartment",
        Villa = "villa",
        Hotel = "hotel",
        Casino = "casino",
        OfficeBlock = "office_block",
        GatedComplex = "gated_complex",
        IndustrialPark = "industrial_park",
        BorderEnclave = "border_enclave",
        Other = "other",
    }
}

text_enum! {
    /// What is known of a compound's activity.
    pub enum CompoundStatus {
        Active = "active",
        Suspected = "suspected",
        Raided = "raided",
        Emptied = "emptied",
        Relocated = "relocated",
        Closed = "closed",
        Unknown = "unknown",
    }
}

text_enum! {
    /// What kind of operation.
    pub enum OperationKind {
        Raid = "raid",
        Inspection = "inspection",
        Rescue = "rescue",
        MassRelease = "mass_release",
        Escape = "escape",
        DeportationFlight = "deportation_flight",
        BorderTransfer = "border_transfer",
        SweepOfDispersedWorkers = "sweep_of_dispersed_workers",
        Evacuation = "evacuation",
        MilitaryOperation = "military_operation",
    }
}

text_enum! {
    /// What happened to the people counted.
    pub enum OperationOutcome {
        Arrested = "arrested",
        Detained = "detained",
        Questioned = "questioned",
        Fined = "fined",
        Released = "released",
        IdentifiedVictim = "identified_victim",
        Deported = "deported",
        Transferred = "transferred",
        Found = "found",
        Fled = "fled",
        Deceased = "deceased",
        Screened = "screened",
        Repatriated = "repatriated",
        Missing = "missing",
        Injured = "injured",
        HandedToEmbassy = "handed_to_embassy",
    }
}

text_enum! {
    /// Age group of the people counted.
    pub enum AgeGroup {
        Adult = "adult",
        Child = "child",
        Unknown = "unknown",
    }
}

text_enum! {
    /// How exactly a published figure was stated.
    pub enum Qualifier {
        Exact = "exact",
        Approx = "approx",
        MoreThan = "more_than",
        LessThan = "less_than",
        UpTo = "up_to",
        Tens = "tens",
        Hundreds = "hundreds",
        Thousands = "thousands",
        Millions = "millions",
        Billions = "billions",
        Mostly = "mostly",
        PartialList = "partial_list",
        Unknown = "unknown",
    }
}

text_enum! {
    /// How exactly a published date was stated.
    pub enum DatePrecision {
        Day = "day",
        Week = "week",
        Month = "month",
        Year = "year",
        Approx = "approx",
        Unknown = "unknown",
    }
}

text_enum! {
    /// What kind of publication.
    pub enum SourceKind {
        NewsReport = "news_report",
        OfficialStatement = "official_statement",
        ImageCaption = "image_caption",
        NgoReport = "ngo_report",
        SocialMediaPost = "social_media_post",
        Other = "other",
    }
}

text_enum! {
    /// How far a source can be relied on.
    pub enum Reliability {
        Official = "official",
        FirstHand = "first_hand",
        SecondHand = "second_hand",
        Media = "media",
        SocialMedia = "social_media",
        Unverified = "unverified",
    }
}

text_enum! {
    /// How the person came into a compound.
    pub enum StayEntry {
        Recruited = "recruited",
        Transferred = "transferred",
        Sold = "sold",
        Detained = "detained",
        Abducted = "abducted",
        CameKnowingly = "came_knowingly",
        ReturnedAfterRelease = "returned_after_release",
        BornThere = "born_there",
        Unknown = "unknown",
    }
}

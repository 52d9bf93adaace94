//! Kinds of organisations and missions, and places of sessions.

text_enum! {
    /// What an organisation is. The first nine are HTCDS 2.0 `org_Type`.
    pub enum OrganisationKind {
        Ngo = "ngo",
        LawEnforcement = "law_enforcement",
        HealthServiceOrganisation = "health_service_organisation",
        CentralGovernmentOrganisation = "central_government_organisation",
        LocalGovernmentOrganisation = "local_government_organisation",
        ImmigrationService = "immigration_service",
        LegalService = "legal_service",
        CorporateBusiness = "corporate_business",
        SchoolOrCollege = "school_or_college",
        DiplomaticMission = "diplomatic_mission",
        InternationalOrganisation = "international_organisation",
        Shelter = "shelter",
        CourtOrProsecution = "court_or_prosecution",
        Media = "media",
    }
}

text_enum! {
    /// What a mission is (Vienna Convention on Consular Relations art. 1; representative offices where no mission is accredited).
    pub enum MissionKind {
        Embassy = "embassy",
        ConsulateGeneral = "consulate_general",
        Consulate = "consulate",
        HonoraryConsulate = "honorary_consulate",
        RepresentativeOffice = "representative_office",
    }
}

text_enum! {
    /// Why a mission serves nationals in a host country.
    pub enum CoverageBasis {
        Resident = "resident",
        NonResidentAccreditation = "non_resident_accreditation",
        RepresentativeOffice = "representative_office",
        ProtectingPower = "protecting_power",
    }
}

text_enum! {
    /// Where the refresh token of a session is kept.
    pub enum SessionPlace {
        Body = "body",
        Cookie = "cookie",
    }
}

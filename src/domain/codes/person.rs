//! Codes of a person and their documents.

text_enum! {
    /// HTCDS 2.0 `prs_Gender`.
    pub enum Gender {
        Feminine = "feminine",
        Masculine = "masculine",
        TransgenderFeminine = "transgender_feminine",
        TransgenderMasculine = "transgender_masculine",
        NonConforming = "non_conforming",
        NonSpecifiedUnknown = "non_specified_unknown",
    }
}

text_enum! {
    /// Kind of identity document.
    pub enum DocumentKind {
        Passport = "passport",
        NationalId = "national_id",
        BirthCertificate = "birth_certificate",
        FamilyRegister = "family_register",
        DrivingLicence = "driving_licence",
        StudentCard = "student_card",
        ResidencePermit = "residence_permit",
        MarriageCertificate = "marriage_certificate",
        RefugeeCard = "refugee_card",
        SeafarerBook = "seafarer_book",
        Other = "other",
    }
}

text_enum! {
    /// Who holds a document.
    pub enum DocumentCustody {
        WithPerson = "with_person",
        HeldByTrafficker = "held_by_trafficker",
        Lost = "lost",
        Destroyed = "destroyed",
        SeizedByPolice = "seized_by_police",
        HeldByMission = "held_by_mission",
        HeldByNgo = "held_by_ngo",
        HeldByRecruiter = "held_by_recruiter",
        HeldByImmigration = "held_by_immigration",
        CourtExhibit = "court_exhibit",
        Pawned = "pawned",
        Unknown = "unknown",
    }
}

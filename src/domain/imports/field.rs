//! The fields that a column can fill: each with its place in the person that `POST /v1/cases` takes.

text_enum! {
    /// What a column says.
    pub enum ImportField {
        /// The list's own number or key of the row.
        RowKey = "row_key",
        GivenName = "given_name",
        MiddleName = "middle_name",
        FamilyName = "family_name",
        /// The whole name, in any script.
        FullName = "full_name",
        Alias = "alias",
        BirthDate = "birth_date",
        /// An age in whole years on the day of the list.
        Age = "age",
        BirthPlace = "birth_place",
        Gender = "gender",
        Nationality = "nationality",
        PassportNumber = "passport_number",
        NationalIdNumber = "national_id_number",
        /// Who holds the passport.
        PassportCustody = "passport_custody",
        Phone = "phone",
        OtherPhone = "other_phone",
        Email = "email",
        HomeAddress = "home_address",
        HomeStreet = "home_street",
        HomeCity = "home_city",
        HomeState = "home_state",
        HomePostalCode = "home_postal_code",
        HomeCountry = "home_country",
        SafeContact = "safe_contact_instructions",
        HostCountry = "host_country",
        IntakeChannel = "intake_channel",
        RiskLevel = "risk_level",
        ExitMode = "exit_mode",
        ExitedOn = "exited_on",
        TraffickingStatus = "trafficking_status",
        ImmigrationStatus = "immigration_status",
        Facility = "facility",
        ImmediateNeeds = "immediate_needs",
        MedicalNotes = "medical_notes",
        ExploitationTypes = "exploitation_types",
        ScamTypes = "scam_types",
        ControlMethods = "control_methods",
        RecruitmentMethods = "recruitment_methods",
        MonthsExploited = "months_exploited",
        Notes = "notes",
    }
}

/// How what stands in a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As it is written.
    Text,
    /// As a date of which a part may be unknown.
    Date,
    /// As a whole number.
    Number,
    /// As one of a list of codes.
    Code,
    /// As several of a list of codes.
    Codes,
    /// As a country.
    Country,
    /// As one nationality or several.
    Nationalities,
    /// As a part of something that is put together of several columns.
    Part,
}

impl ImportField {
    /// How it is read.
    pub const fn reading(self) -> Reading {
        match self {
            Self::BirthDate | Self::ExitedOn => Reading::Date,
            Self::MonthsExploited => Reading::Number,
            Self::Gender | Self::IntakeChannel | Self::RiskLevel | Self::ExitMode | Self::TraffickingStatus | Self::ImmigrationStatus => {
                Reading::Code
            }
            Self::ExploitationTypes | Self::ScamTypes | Self::ControlMethods | Self::RecruitmentMethods => Reading::Codes,
            Self::HostCountry => Reading::Country,
            Self::Nationality => Reading::Nationalities,
            Self::RowKey
            | Self::Age
            | Self::PassportNumber
            | Self::NationalIdNumber
            | Self::PassportCustody
            | Self::Phone
            | Self::OtherPhone
            | Self::Email
            | Self::Alias
            | Self::HomeAddress
            | Self::HomeStreet
            | Self::HomeCity
            | Self::HomeState
            | Self::HomePostalCode
            | Self::HomeCountry => Reading::Part,
            Self::GivenName
            | Self::MiddleName
            | Self::FamilyName
            | Self::FullName
            | Self::BirthPlace
            | Self::SafeContact
            | Self::Facility
            | Self::ImmediateNeeds
            | Self::MedicalNotes
            | Self::Notes => Reading::Text,
        }
    }

    /// Where the person has it, as `POST /v1/cases` takes one: for a part, where the whole stands.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::RowKey => "",
            Self::GivenName => "/identity/given_name",
            Self::MiddleName => "/identity/middle_name",
            Self::FamilyName => "/identity/family_name",
            Self::FullName => "/identity/original_script_name",
            Self::Alias => "/identity/aliases",
            Self::BirthDate => "/identity/birth_date",
            Self::Age => "/identity/age_estimate",
            Self::BirthPlace => "/identity/birth_place",
            Self::Gender => "/gender",
            Self::Nationality => "/nationality_claimed",
            Self::PassportNumber | Self::NationalIdNumber | Self::PassportCustody => "/identity/documents",
            Self::Phone | Self::OtherPhone => "/contact/phones",
            Self::Email => "/contact/emails",
            Self::HomeAddress | Self::HomeStreet | Self::HomeCity | Self::HomeState | Self::HomePostalCode | Self::HomeCountry => {
                "/contact/home_address"
            }
            Self::SafeContact => "/contact/safe_contact_instructions",
            Self::HostCountry => "/host_country",
            Self::IntakeChannel => "/intake_channel",
            Self::RiskLevel => "/risk_level",
            Self::ExitMode => "/exit_mode",
            Self::ExitedOn => "/exited_on",
            Self::TraffickingStatus => "/trafficking_status",
            Self::ImmigrationStatus => "/immigration_status",
            Self::Facility => "/location/facility",
            Self::ImmediateNeeds => "/health/immediate_needs",
            Self::MedicalNotes => "/health/medical_notes",
            Self::ExploitationTypes => "/narrative/exploitation_types",
            Self::ScamTypes => "/narrative/scam_types",
            Self::ControlMethods => "/narrative/control_methods",
            Self::RecruitmentMethods => "/narrative/recruitment_methods",
            Self::MonthsExploited => "/narrative/months_exploited",
            Self::Notes => "/narrative/notes",
        }
    }

    /// Whether it is a name, or a part of one.
    pub const fn is_name(self) -> bool {
        matches!(self, Self::GivenName | Self::MiddleName | Self::FamilyName | Self::FullName)
    }

    /// Whether two columns may fill it together.
    pub const fn takes_several(self) -> bool {
        matches!(self, Self::Alias | Self::OtherPhone | Self::Notes)
    }
}

/// The most digits of a running number.
const LONGEST_KEY: usize = 6;

/// Whether a text can be the running number of a row, which may be repeated: what is longer can be the number of a document.
pub fn is_running_number(text: &str) -> bool {
    text.len() <= LONGEST_KEY && text.bytes().all(|byte| byte.is_ascii_digit())
}

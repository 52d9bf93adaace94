//! The columns of HTCDS 2.0: their labels, their names for programs, and what becomes of them here.

use crate::domain::imports::field::ImportField;
use crate::domain::imports::htcds::columns::Home::{Adds, Field, Nowhere};

/// What becomes of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// It fills a field.
    Field(ImportField),
    /// Consent is one checkbox there. Here it names a purpose and who receives, so it is asked again and not made up.
    Consent,
    /// The status of the case there. A case begins open here, and is closed by somebody.
    Status,
    /// Who found whether the person is a victim.
    DecidedBy,
    /// A yes adds this code to a field: an extension that the standard has no value for.
    Adds(ImportField, &'static str),
    /// Nothing here holds it: each value is listed, and none is dropped unsaid.
    Nowhere,
}

/// A column of the standard.
#[derive(Debug)]
pub struct Column {
    /// What people read.
    pub label: &'static str,
    /// Its names for programs: the official one first, then the spellings of the templates.
    pub names: &'static [&'static str],
    /// What becomes of it.
    pub home: Home,
}

const fn column(label: &'static str, names: &'static [&'static str], home: Home) -> Column {
    Column { label, names, home }
}

/// The columns of the templates, in their order; then those that only the standard has, and our extensions.
pub(super) const COLUMNS: &[Column] = &[
    column("Case Owner", &["cas_CaseOwner"], Nowhere),
    column("Salutation", &["prs_Salutation"], Nowhere),
    column("First Name", &["prs_FirstName", "prs_First_Name"], Field(ImportField::GivenName)),
    column("Second Name", &["prs_SecondName", "prs_Second_Name"], Field(ImportField::FamilyName)),
    column("Consent", &["con_Consent", "vic_AgreementToManagePersonalData"], Home::Consent),
    column("Birthdate", &["prs_Birthdate"], Field(ImportField::BirthDate)),
    column("Gender", &["prs_Gender"], Field(ImportField::Gender)),
    column("Citizenship", &["prs_Citizenship"], Field(ImportField::Nationality)),
    column("Title", &["prs_Title"], Nowhere),
    column("Email", &["prs_Email"], Field(ImportField::Email)),
    column("Home Phone", &["prs_HomePhone"], Field(ImportField::OtherPhone)),
    column("Mobile Phone", &["prs_MobilePhone"], Field(ImportField::Phone)),
    column("Mailing Street", &["prs_MailingStreet"], Field(ImportField::HomeStreet)),
    column("Mailing City", &["prs_MailingCity"], Field(ImportField::HomeCity)),
    column("Mailing State/Province", &["prs_MailingState"], Field(ImportField::HomeState)),
    column("Mailing Zip/Postal Code", &["prs_MailingPostalCode"], Field(ImportField::HomePostalCode)),
    column("Mailing Country", &["prs_MailingCountry"], Field(ImportField::HomeCountry)),
    column("Trafficking Status", &["vic_TraffickingStatus"], Field(ImportField::TraffickingStatus)),
    column(
        "Trafficking Status Decision Making Organization",
        &["vic_TraffickingStatusDecisionMakingOrg", "vic_TraffickinStatusDecisionMakingOrg"],
        Home::DecidedBy,
    ),
    column("Method of Recruitment", &["vic_MethodOfRecruitment"], Field(ImportField::RecruitmentMethods)),
    column("Location of Recruitment", &["vic_LocationOfRecruitment"], Nowhere),
    column("Methods of Control", &["vic_MethodsOfControl", "vic_Methods_of_Control"], Field(ImportField::ControlMethods)),
    column("Type of Exploitation", &["vic_TypeOfExploitation"], Field(ImportField::ExploitationTypes)),
    column("Forced Labour Industry", &["vic_ForcedLabourIndustry"], Nowhere),
    column("Type of Sex Exploitation", &["vic_TypeOfSexExploitation"], Nowhere),
    column("Location of Exploitation", &["vic_LocationOfExploitation"], Nowhere),
    column("Status", &["cas_Status"], Home::Status),
    column("Referring Organisation", &["cas_ReferringOrganisation"], Nowhere),
    column("Incoming Referral Date", &["cas_IncomingReferralDate"], Nowhere),
    column("Referring Primary Case Worker", &["cas_ReferringPrimaryCaseWorker"], Nowhere),
    column("Reason for Incoming Referral", &["cas_ReasonForIncomingReferral"], Nowhere),
    column("Incoming Referral Details", &["cas_IncomingReferralDetails"], Nowhere),
    column("Referred Organisation", &["cas_ReferredOrganisation"], Nowhere),
    column("Referred Primary Case Worker", &["cas_ReferredPrimaryCaseWorker"], Nowhere),
    column("Reason for Outgoing Referral", &["cas_ReasonForOutgoingReferral"], Nowhere),
    column("Outgoing Referral Date", &["cas_OutgoingReferralDate"], Nowhere),
    column("Outgoing Referral Details", &["cas_OutgoingReferralDetails"], Nowhere),
    column("Reason for Case Closure", &["cas_ReasonForCaseClosure"], Nowhere),
    column("Vulnerabilities", &["vic_Vulnerabilities"], Nowhere),
    column("Details of Vulnerabilities", &["vic_DetailsOfVulnerabilities"], Nowhere),
    column("Middle Name", &["prs_MiddleName"], Field(ImportField::MiddleName)),
    column("Identity Number", &["prs_IdentityNumber"], Field(ImportField::NationalIdNumber)),
    column("x_ForcedCriminality", &["x_ForcedCriminality"], Adds(ImportField::ExploitationTypes, "forced_criminality")),
    column("x_RestrictsMovement", &["x_RestrictsMovement"], Adds(ImportField::ControlMethods, "restricts_movement")),
    column("x_UsesChildren", &["x_UsesChildren"], Adds(ImportField::ControlMethods, "uses_children")),
];

//! Who may do what: roles, permissions, and the one table that joins them.

pub mod actor;
pub mod audience;
pub mod compartments;
pub mod scopes;

pub use actor::{Actor, LiveSession, RECENT_SECONDS, UserActor};

use crate::domain::codes::OrganisationKind;

text_enum! {
    /// What a user is trusted with. The organisation decides which cases; the role decides which acts.
    pub enum Role {
        /// Organisations and users; no case content at all.
        Administrator = "administrator",
        /// The desk that coordinates a host country's response.
        Coordinator = "coordinator",
        /// Mission staff at the desk.
        EmbassyOfficer = "embassy_officer",
        /// Mission staff who approve and correct.
        EmbassySupervisor = "embassy_supervisor",
        /// NGO staff who accompany people.
        NgoCaseworker = "ngo_caseworker",
        /// NGO staff who approve, assign and correct.
        NgoSupervisor = "ngo_supervisor",
        /// Figures only.
        Analyst = "analyst",
        /// The audit trail only.
        Auditor = "auditor",
    }
}

text_enum! {
    /// One thing a role may be allowed to do. Its text is the scope in the API document.
    pub enum Permission {
        /// See and change one's own account.
        OwnAccount = "account:own",
        /// Read missions, coverage, compounds, operations and statements.
        ReferenceRead = "reference:read",
        /// Record compounds, operations and statements.
        ReferenceWrite = "reference:write",
        /// Manage organisations, missions and coverage.
        OrganisationManage = "organisation:manage",
        /// Manage users.
        UserManage = "user:manage",
        /// Say when oneself, or somebody whose work one answers for, is away.
        AbsenceWrite = "absence:write",
        /// Hand the work of one colleague over to another one.
        WorkHandOver = "work:hand_over",
        /// Manage machine clients.
        ClientManage = "client:manage",
        /// Read the cases one's organisation holds a grant on.
        CaseRead = "case:read",
        /// Ask whether somebody may be registered elsewhere. Not for missions: a false one would trawl with it.
        CaseBlindSearch = "case:blind_search",
        /// Look for somebody who is missing.
        TracingRequest = "tracing:request",
        /// Record what a mission or ministry reported as figures.
        MissionReportWrite = "mission_report:write",
        /// Register a person.
        CaseRegister = "case:register",
        /// Change a case and what belongs to it.
        CaseUpdate = "case:update",
        /// Close and reopen a case.
        CaseClose = "case:close",
        /// Assign a case to a colleague.
        CaseAssign = "case:assign",
        /// Record embassy contacts and the person's decision.
        EmbassyContactWrite = "embassy_contact:write",
        /// Verify a nationality, for one's own mission.
        NationalityVerify = "nationality:verify",
        /// Move a repatriation along.
        RepatriationMove = "repatriation:move",
        /// Record consents and denials; refer and transfer; answer what is asked of one's organisation.
        SharingWrite = "sharing:write",
        /// Take emergency access.
        EmergencyAccessTake = "emergency_access:take",
        /// Review the emergency access that others took.
        EmergencyAccessReview = "emergency_access:review",
        /// Figures that give nobody away: released ones, and what missions reported.
        StatisticsRead = "statistics:read",
        /// Exact figures over the cases that one's organisation may see: only for those who may open these cases.
        StatisticsExact = "statistics:exact",
        /// Ask a second person for an act that one may do oneself, and follow what one asked for.
        ApprovalAsk = "approval:ask",
        /// Approve and reject what a colleague asked for, and see all that one's organisation asks for.
        ApprovalDecide = "approval:decide",
        /// Export names, with a second person's approval.
        ExportIdentifiable = "export:identifiable",
        /// Erase a person, with a second person's approval.
        PersonErase = "person:erase",
        /// Refer all that one's organisation may share with another one, as a second person approved it.
        SharingOrganisationWide = "sharing:organisation_wide",
        /// Read the audit trail: what one's organisation did, and what others did on its cases.
        AuditRead = "audit:read",
        /// Look for a recruiter in the chains of all cases that one's organisation opens.
        RecruiterSearch = "recruiter:search",
        /// Read who saw a person whose case one's organisation owns.
        CaseAccessesRead = "case:accesses",
        /// Read what those who answer for data protection are told: beside supervisors and auditors the users who are marked so.
        DataProtectionRead = "data_protection:read",
    }
}

impl Permission {
    /// Whether it shows or changes anything about people and their cases, figures included: such work begins when the code of
    /// conduct is accepted. A new permission decides here.
    pub const fn concerns_cases(self) -> bool {
        match self {
            Self::OwnAccount | Self::ReferenceRead | Self::ReferenceWrite => false,
            Self::OrganisationManage | Self::UserManage | Self::ClientManage | Self::AbsenceWrite => false,
            // Whoever hands cases over changes them, also where they may read none of them.
            Self::WorkHandOver => true,
            Self::CaseRead
            | Self::CaseRegister
            | Self::CaseUpdate
            | Self::CaseClose
            | Self::CaseAssign
            | Self::EmbassyContactWrite
            | Self::NationalityVerify
            | Self::RepatriationMove
            | Self::SharingWrite
            | Self::EmergencyAccessTake
            | Self::EmergencyAccessReview
            | Self::CaseBlindSearch
            | Self::TracingRequest
            | Self::MissionReportWrite
            | Self::ApprovalAsk
            | Self::ApprovalDecide
            | Self::ExportIdentifiable
            | Self::PersonErase
            | Self::SharingOrganisationWide
            | Self::AuditRead
            | Self::CaseAccessesRead
            | Self::RecruiterSearch
            | Self::DataProtectionRead
            | Self::StatisticsRead
            | Self::StatisticsExact => true,
        }
    }

    /// Whether every read under it is in the audit trail, also one that opens no compartment: who looks through accounts, clients and
    /// what two persons decide must be seen doing it. What everybody may read, one's own account and figures are not. A new
    /// permission decides here.
    pub const fn reads_are_recorded(self) -> bool {
        match self {
            Self::OwnAccount | Self::ReferenceRead | Self::StatisticsRead | Self::StatisticsExact => false,
            Self::ReferenceWrite
            | Self::OrganisationManage
            | Self::UserManage
            | Self::AbsenceWrite
            | Self::WorkHandOver
            | Self::ClientManage
            | Self::CaseRead
            | Self::CaseRegister
            | Self::CaseUpdate
            | Self::CaseClose
            | Self::CaseAssign
            | Self::EmbassyContactWrite
            | Self::NationalityVerify
            | Self::RepatriationMove
            | Self::SharingWrite
            | Self::EmergencyAccessTake
            | Self::EmergencyAccessReview
            | Self::CaseBlindSearch
            | Self::TracingRequest
            | Self::MissionReportWrite
            | Self::ApprovalAsk
            | Self::ApprovalDecide
            | Self::ExportIdentifiable
            | Self::PersonErase
            | Self::SharingOrganisationWide
            | Self::AuditRead
            | Self::CaseAccessesRead
            | Self::RecruiterSearch
            | Self::DataProtectionRead => true,
        }
    }
}

impl Role {
    /// What the role may do. This is the only place that says so; a committed rendering of it is compared by a test.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::*;
        match self {
            Self::Administrator => {
                &[OwnAccount, ReferenceRead, ReferenceWrite, OrganisationManage, UserManage, AbsenceWrite, WorkHandOver, ClientManage]
            }
            Self::Coordinator => &[
                OwnAccount,
                ReferenceRead,
                AbsenceWrite,
                WorkHandOver,
                ReferenceWrite,
                CaseRead,
                CaseBlindSearch,
                TracingRequest,
                MissionReportWrite,
                CaseRegister,
                CaseUpdate,
                CaseClose,
                CaseAssign,
                EmbassyContactWrite,
                NationalityVerify,
                RepatriationMove,
                SharingWrite,
                EmergencyAccessTake,
                EmergencyAccessReview,
                StatisticsRead,
                StatisticsExact,
                ApprovalAsk,
                ApprovalDecide,
                ExportIdentifiable,
                PersonErase,
                SharingOrganisationWide,
                CaseAccessesRead,
                RecruiterSearch,
                DataProtectionRead,
            ],
            Self::EmbassyOfficer => &[
                OwnAccount,
                ReferenceRead,
                AbsenceWrite,
                CaseRead,
                TracingRequest,
                MissionReportWrite,
                CaseRegister,
                CaseUpdate,
                EmbassyContactWrite,
                NationalityVerify,
                RepatriationMove,
                SharingWrite,
                StatisticsRead,
                StatisticsExact,
                ApprovalAsk,
                DataProtectionRead,
            ],
            Self::EmbassySupervisor => &[
                OwnAccount,
                ReferenceRead,
                AbsenceWrite,
                WorkHandOver,
                ReferenceWrite,
                CaseRead,
                TracingRequest,
                MissionReportWrite,
                CaseRegister,
                CaseUpdate,
                CaseClose,
                CaseAssign,
                EmbassyContactWrite,
                NationalityVerify,
                RepatriationMove,
                SharingWrite,
                EmergencyAccessReview,
                StatisticsRead,
                StatisticsExact,
                ApprovalAsk,
                ApprovalDecide,
                ExportIdentifiable,
                PersonErase,
                SharingOrganisationWide,
                CaseAccessesRead,
                RecruiterSearch,
                DataProtectionRead,
            ],
            Self::NgoCaseworker => &[
                OwnAccount,
                ReferenceRead,
                AbsenceWrite,
                ReferenceWrite,
                CaseRead,
                CaseBlindSearch,
                TracingRequest,
                CaseRegister,
                CaseUpdate,
                EmbassyContactWrite,
                RepatriationMove,
                SharingWrite,
                EmergencyAccessTake,
                StatisticsRead,
                StatisticsExact,
                ApprovalAsk,
                DataProtectionRead,
            ],
            Self::NgoSupervisor => &[
                OwnAccount,
                ReferenceRead,
                AbsenceWrite,
                WorkHandOver,
                ReferenceWrite,
                CaseRead,
                CaseBlindSearch,
                TracingRequest,
                CaseRegister,
                CaseUpdate,
                CaseClose,
                CaseAssign,
                EmbassyContactWrite,
                RepatriationMove,
                SharingWrite,
                EmergencyAccessTake,
                EmergencyAccessReview,
                StatisticsRead,
                StatisticsExact,
                ApprovalAsk,
                ApprovalDecide,
                ExportIdentifiable,
                PersonErase,
                SharingOrganisationWide,
                CaseAccessesRead,
                RecruiterSearch,
                DataProtectionRead,
            ],
            Self::Analyst => &[OwnAccount, ReferenceRead, StatisticsRead],
            Self::Auditor => &[OwnAccount, ReferenceRead, ApprovalAsk, AuditRead, DataProtectionRead],
        }
    }

    /// Whether the role may do this.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Whether the role works on cases, so that cases and tasks can be assigned to whoever holds it.
    pub fn does_casework(self) -> bool {
        self.may(Permission::CaseRead) && self.may(Permission::CaseUpdate)
    }

    /// Every role that works on cases.
    pub fn working() -> Vec<Self> {
        Self::ALL.iter().copied().filter(|role| role.does_casework()).collect()
    }

    /// Whether the role may correct what colleagues did (DOMAIN T13: backward moves).
    pub const fn is_supervisor(self) -> bool {
        matches!(self, Self::Coordinator | Self::EmbassySupervisor | Self::NgoSupervisor)
    }

    /// Whether users of an organisation of this kind can hold the role: an embassy role exists only at a mission, and the desk's only
    /// at an organisation that coordinates a country.
    pub fn fits(self, kind: OrganisationKind, is_desk: bool) -> bool {
        let mission = kind.is_mission();
        match self {
            Self::EmbassyOfficer | Self::EmbassySupervisor => mission,
            Self::Coordinator => is_desk && !mission,
            Self::NgoCaseworker | Self::NgoSupervisor => !mission,
            Self::Administrator | Self::Analyst | Self::Auditor => true,
        }
    }
}

text_enum! {
    /// Why an organisation holds a grant on a case.
    pub enum GrantBasis {
        /// It registered the case; all compartments.
        Registration = "registration",
        /// The person requested or accepted contact with this mission.
        EmbassyContact = "embassy_contact",
        /// It coordinates the host country.
        Coordination = "coordination",
        /// It took the case over.
        Ownership = "ownership",
        /// It accepted a referral.
        Referral = "referral",
        /// Emergency access, for hours.
        BreakGlass = "break_glass",
    }
}

/// Seconds for which a failed sign-in counts.
pub const FAILURES_COUNT_FOR_SECONDS: i64 = 24 * 3600;

/// The role × permission table as text, for a reviewer who reads no Rust.
pub fn permission_table() -> String {
    let width = Permission::ALL.iter().map(|permission| permission.as_str().len()).max().unwrap_or(0);
    let mut table = format!("{:width$}", "");
    for role in Role::ALL {
        table.push_str(&format!("  {role}"));
    }
    table.push_str("  machine");
    table.push('\n');
    for permission in Permission::ALL {
        table.push_str(&format!("{:width$}", permission.as_str()));
        for role in Role::ALL {
            let mark = if role.may(*permission) { "yes" } else { "-" };
            table.push_str(&format!("  {mark:^length$}", length = role.as_str().len()));
        }
        table.push_str(if permission.is_for_machines() { "    yes" } else { "     -" });
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    table
}

impl OrganisationKind {
    /// Whether it is a mission: the only kind that consular rules apply to.
    pub fn is_mission(self) -> bool {
        self == Self::DiplomaticMission
    }
}

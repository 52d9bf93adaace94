//! Who may do what: roles, permissions, and the one table that joins them.

pub mod actor;
pub mod audience;
pub mod compartments;
mod grant_basis;
mod permission;
pub mod scopes;

pub use actor::{Actor, LiveSession, RECENT_SECONDS, UserActor};
pub use grant_basis::GrantBasis;
pub use permission::Permission;

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

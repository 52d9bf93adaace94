//! Who may do what: roles, permissions, and the one table that joins them.

use super::codes::OrganisationKind;
use super::compartments::{Compartment, CompartmentSet};
use super::country::Country;
use super::dates::Timestamp;
use super::ids::{OrganisationId, SessionId, UserId};
use super::machine::MachineActor;

text_enum! {
    /// What a user is trusted with. The organisation decides which cases; the role decides which acts.
    Role {
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
    Permission {
        /// See and change one's own account.
        OwnAccount = "account:own",
        /// Read missions, coverage, compounds and operations.
        ReferenceRead = "reference:read",
        /// Record compounds and operations.
        ReferenceWrite = "reference:write",
        /// Manage organisations, missions and coverage.
        OrganisationManage = "organisation:manage",
        /// Manage users.
        UserManage = "user:manage",
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
        /// Figures over the cases one's organisation may see.
        StatisticsRead = "statistics:read",
        /// Ask for, approve and reject what needs two persons.
        ApprovalDecide = "approval:decide",
        /// Export names, with a second person's approval.
        ExportIdentifiable = "export:identifiable",
        /// Erase a person, with a second person's approval.
        PersonErase = "person:erase",
    }
}

impl Permission {
    /// Whether it shows or changes anything about people and their cases, figures included: such work begins when the code of
    /// conduct is accepted. A new permission decides here.
    pub const fn concerns_cases(self) -> bool {
        match self {
            Self::OwnAccount | Self::ReferenceRead | Self::ReferenceWrite => false,
            Self::OrganisationManage | Self::UserManage | Self::ClientManage => false,
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
            | Self::ApprovalDecide
            | Self::ExportIdentifiable
            | Self::PersonErase
            | Self::StatisticsRead => true,
        }
    }
}

impl Role {
    /// What the role may do. This is the only place that says so; a committed rendering of it is compared by a test.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::*;
        match self {
            Self::Administrator => &[OwnAccount, ReferenceRead, ReferenceWrite, OrganisationManage, UserManage, ClientManage],
            Self::Coordinator => &[
                OwnAccount,
                ReferenceRead,
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
                RepatriationMove,
                SharingWrite,
                EmergencyAccessTake,
                EmergencyAccessReview,
                StatisticsRead,
                ApprovalDecide,
                ExportIdentifiable,
                PersonErase,
            ],
            Self::EmbassyOfficer => &[
                OwnAccount,
                ReferenceRead,
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
            ],
            Self::EmbassySupervisor => &[
                OwnAccount,
                ReferenceRead,
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
                ApprovalDecide,
                ExportIdentifiable,
                PersonErase,
            ],
            Self::NgoCaseworker => &[
                OwnAccount,
                ReferenceRead,
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
            ],
            Self::NgoSupervisor => &[
                OwnAccount,
                ReferenceRead,
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
                ApprovalDecide,
                ExportIdentifiable,
                PersonErase,
            ],
            Self::Analyst => &[OwnAccount, ReferenceRead, StatisticsRead],
            Self::Auditor => &[OwnAccount, ReferenceRead],
        }
    }

    /// Whether the role may do this.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Whether the role may correct what colleagues did (DOMAIN T13: backward moves).
    pub const fn is_supervisor(self) -> bool {
        matches!(self, Self::Coordinator | Self::EmbassySupervisor | Self::NgoSupervisor)
    }

    /// Whether users of an organisation of this kind can hold the role: an embassy role exists only at a mission.
    pub fn fits(self, kind: OrganisationKind) -> bool {
        let mission = kind.is_mission();
        match self {
            Self::EmbassyOfficer | Self::EmbassySupervisor => mission,
            Self::NgoCaseworker | Self::NgoSupervisor | Self::Coordinator => !mission,
            Self::Administrator | Self::Analyst | Self::Auditor => true,
        }
    }
}

text_enum! {
    /// Why an organisation holds a grant on a case.
    GrantBasis {
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

/// Seconds for which an authentication is recent enough for a step-up operation (RFC 9470; ASSURANCE A17).
pub const RECENT_SECONDS: i64 = 300;

/// Seconds for which a failed sign-in counts.
pub const FAILURES_COUNT_FOR_SECONDS: i64 = 24 * 3600;

/// Who acts: a signed-in user, a machine, or the system itself with a stated reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user.
    User(UserActor),
    /// A machine client.
    Machine(MachineActor),
    /// The system, for work that no user asked for.
    System {
        /// Why, in a few words; recorded in the audit trail.
        reason: &'static str,
    },
}

/// A signed-in user, as the database knows them at this moment: never as a token said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserActor {
    /// The account.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The organisation, which decides which cases are seen.
    pub organisation_id: OrganisationId,
    /// What kind of organisation.
    pub organisation_kind: OrganisationKind,
    /// The host country this organisation coordinates, if it is a coordination desk.
    pub coordinates: Option<Country>,
    /// The current role.
    pub role: Role,
    /// When the user last proved who they are in this session: at sign-in, or by a step-up.
    pub authenticated_at: Timestamp,
}

impl UserActor {
    /// Whether the user proved who they are at most five minutes ago.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        self.authenticated_at.plus_seconds(RECENT_SECONDS) >= now
    }
}

/// The user behind a live session, as they are now.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Who acts.
    pub actor: UserActor,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// Whether the role needs a second factor, and the user has none.
    pub must_enrol_second_factor: bool,
    /// Whether the current code of conduct is not accepted yet.
    pub must_accept_conduct: bool,
    /// When the session ends.
    pub expires_at: Timestamp,
}

impl Actor {
    /// The organisation whose grants count. The system has its own.
    pub fn organisation_id(&self) -> OrganisationId {
        match self {
            Self::User(user) => user.organisation_id,
            Self::Machine(machine) => machine.organisation_id,
            Self::System { .. } => OrganisationId::SYSTEM,
        }
    }

    /// The user, if it is one.
    pub fn user(&self) -> Option<&UserActor> {
        match self {
            Self::User(user) => Some(user),
            Self::Machine(_) | Self::System { .. } => None,
        }
    }

    /// The machine, if it is one.
    pub fn machine(&self) -> Option<&MachineActor> {
        match self {
            Self::Machine(machine) => Some(machine),
            Self::User(_) | Self::System { .. } => None,
        }
    }

    /// The id of the user or the machine that asked; none for the system.
    pub fn caller_id(&self) -> Option<uuid::Uuid> {
        match self {
            Self::User(user) => Some(user.user_id.0),
            Self::Machine(machine) => Some(machine.client_id.0),
            Self::System { .. } => None,
        }
    }

    /// The session it acts in; none for the system.
    pub fn session_id(&self) -> Option<SessionId> {
        match self {
            Self::User(user) => Some(user.session_id),
            Self::Machine(machine) => Some(machine.session_id),
            Self::System { .. } => None,
        }
    }

    /// The compartments that the actor may open now, whatever a grant says. Where a person is opens to nobody who did not
    /// prove just now who they are: a stolen session must not lead anybody to the door of a shelter. To a machine nobody
    /// tells that at all, nor what the person must be protected from.
    pub fn may_open(&self, now: Timestamp) -> CompartmentSet {
        match self {
            Self::System { .. } => CompartmentSet::ALL,
            Self::User(user) if user.is_recent(now) => CompartmentSet::ALL,
            Self::User(_) => CompartmentSet::ALL.without(Compartment::Location),
            Self::Machine(_) => CompartmentSet::ALL.without(Compartment::Location).without(Compartment::Protection),
        }
    }

    /// Whether the actor is a user who could open locations by proving again who they are.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.user().is_some_and(|user| !user.is_recent(now))
    }

    /// Whether the actor belongs to a mission.
    pub fn is_mission(&self) -> bool {
        match self {
            Self::User(user) => user.organisation_kind.is_mission(),
            Self::Machine(machine) => machine.organisation_kind.is_mission(),
            Self::System { .. } => false,
        }
    }
}

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

//! What a role or a machine may be allowed to do.

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

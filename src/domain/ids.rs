//! Typed identifiers: a case id can never be passed where an organisation id is meant.
//!
//! All are random (UUIDv4): a time-ordered id would tell an outsider when somebody was taken in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An id that says of what it is.
pub trait TypedId: Copy + Send + 'static {
    /// The id without its type.
    fn uuid(self) -> Uuid;
    /// The id with its type.
    fn of(id: Uuid) -> Self;
}

macro_rules! typed_ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid, max_length = 36, example = "5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new random id.
            pub fn random() -> Self { Self(Uuid::new_v4()) }
        }

        impl TypedId for $name {
            fn uuid(self) -> Uuid { self.0 }
            fn of(id: Uuid) -> Self { Self(id) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+};
}

typed_ids! {
    /// An organisation: a mission, an NGO, a coordination desk.
    OrganisationId,
    /// A mission (embassy, consulate, representative office).
    MissionId,
    /// One line of a mission's coverage.
    CoverageId,
    /// A user account.
    UserId,
    /// A device that a user signed in from.
    DeviceId,
    /// A handover of all work of one user to another one.
    HandoverId,
    /// A signed-in session.
    SessionId,
    /// A person; one person may have several cases.
    PersonId,
    /// A case: one episode of one person.
    CaseId,
    /// A scam compound.
    CompoundId,
    /// A raid, release or other operation.
    OperationId,
    /// That two people belong together.
    RelationId,
    /// A period in a compound.
    StayId,
    /// A contact, or decision about contact, between a person and a mission.
    EmbassyContactId,
    /// Whatever owns a compartment: a person or a case.
    OwnerId,
    /// A recorded consent.
    ConsentId,
    /// An organisation, or a kind of them, that a person never wants to see their case.
    DenialId,
    /// A referral, a transfer or a request for one.
    ReferralId,
    /// Emergency access to a case.
    EmergencyAccessId,
    /// An act that shut missions out of the cases of a person.
    ExclusionId,
    /// Something an organisation is told about access.
    AccessEventId,
    /// Something that those who answer for data protection are told.
    DataProtectionEventId,
    /// One mission's verification of a claimed nationality.
    NationalityVerificationId,
    /// Something recorded on the road home: a screening, a travel document, a movement …
    RecordId,
    /// Something to be done about a case by a day.
    TaskId,
    /// A charter, bus or convoy that takes several people.
    MovementBatchId,
    /// A note verbale that asks to waive the fines of many.
    WaiverRequestId,
    /// What a host country asks for a day of overstay, from a day on.
    FineRateId,
    /// A machine client.
    ClientId,
    /// Whoever called: a user or a machine client.
    CallerId,
    /// A secret of a machine client.
    ClientSecretId,
    /// Something that two persons answer for.
    ApprovalId,
    /// An export of names that can be fetched once.
    ExportId,
    /// An export of audit entries that can be fetched once.
    AuditExportId,
    /// Two people who may be one.
    DuplicatePairId,
    /// Two persons who were found to be one, and are kept as one.
    MergeId,
    /// A request for somebody who is missing.
    TracingRequestId,
    /// A running instance of the service.
    InstanceId,
    /// A case that may be of somebody who is looked for.
    TracingMatchId,
    /// What a mission reported as a figure.
    MissionReportId,
    /// What somebody said in public.
    StatementId,
    /// A file on a case.
    AttachmentId,
    /// Where the bytes of a file lie in the storage.
    StoredFileId,
    /// A list that comes in.
    ImportId,
    /// A row of a list that comes in.
    ImportRowId,
    /// A mapping that is kept for the next list.
    ImportProfileId,
    /// A release of figures.
    ReleaseId,
    /// Whatever the matcher is to look at: a person, or a request for somebody.
    SubjectId,
    /// One request to this server; in every problem, log line and audit entry.
    RequestId,
}

impl RequestId {
    /// An id for examples.
    pub const EXAMPLE: Self = Self(Uuid::from_u128(0x5b1a_2c3d_4e5f_4a6b_8c7d_9e0f_1a2b_3c4d));
}

impl OrganisationId {
    /// The system itself: holds a sealed copy of every person's key, for work no organisation asked for.
    pub const SYSTEM: Self = Self(Uuid::nil());
}

impl From<OrganisationId> for MissionId {
    /// A mission is an organisation of kind `diplomatic_mission`: both share one id.
    fn from(id: OrganisationId) -> Self {
        Self(id.0)
    }
}

impl From<MissionId> for OrganisationId {
    fn from(id: MissionId) -> Self {
        Self(id.0)
    }
}

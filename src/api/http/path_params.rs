//! The ids in the path of an operation: their description in the API document and, where there is more than one, the type that
//! the handler takes out of the path.

use serde::Deserialize;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Ref, Required};
use utoipa::{IntoParams, ToSchema};

use crate::domain::ids::*;

fn id<T: ToSchema>(name: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(Ref::from_schema_name(T::name())))
        .build()
}

/// Declares the paths with one id, which a handler takes as that id: `Path<CaseId>`.
macro_rules! paths_of_one {
    ($($name:ident { $field:ident: $id:ty = $description:literal })+) => {$(
        #[doc = concat!("A path with one id. ", $description, ".")]
        pub enum $name {}

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![id::<$id>(stringify!($field), $description)]
            }
        }
    )+};
}

/// Declares the paths with several ids, which a handler takes whole: `Path<StayPath>`.
macro_rules! paths_of_several {
    ($($name:ident { $($field:ident: $id:ty = $description:literal),+ })+) => {$(
        /// A path with several ids.
        #[derive(Deserialize)]
        pub struct $name {
            $(#[doc = $description] pub $field: $id),+
        }

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![$(id::<$id>(stringify!($field), $description)),+]
            }
        }
    )+};
}

paths_of_one! {
    ApprovalPath { id: ApprovalId = "The approval" }
    AuditExportPath { id: AuditExportId = "The export" }
    CasePath { id: CaseId = "The case" }
    ClientPath { id: ClientId = "The client" }
    CompoundPath { id: CompoundId = "The compound" }
    DuplicatePairPath { id: DuplicatePairId = "The pair" }
    EmergencyAccessPath { id: EmergencyAccessId = "The emergency access" }
    ExportPath { id: ExportId = "The export" }
    ImportPath { id: ImportId = "The list" }
    ImportProfilePath { id: ImportProfileId = "The profile" }
    MergePath { id: MergeId = "The merge" }
    MissionPath { id: MissionId = "The mission" }
    MissionReportPath { id: MissionReportId = "The report" }
    MovementBatchPath { id: MovementBatchId = "The batch" }
    OperationPath { id: OperationId = "The operation" }
    OrganisationPath { id: OrganisationId = "The organisation" }
    ReferralPath { id: ReferralId = "The referral" }
    SessionPath { session_id: SessionId = "The session" }
    StatementPath { id: StatementId = "The statement" }
    TracingMatchPath { id: TracingMatchId = "The match" }
    TracingRequestPath { id: TracingRequestId = "The request" }
    TransferPath { id: ReferralId = "The transfer" }
    UserPath { id: UserId = "The user" }
    WaiverRequestPath { id: WaiverRequestId = "The list" }
}

paths_of_several! {
    AttachmentPath { id: CaseId = "The case", attachment_id: AttachmentId = "The file" }
    ClientSecretPath { id: ClientId = "The client", secret_id: ClientSecretId = "The secret" }
    ConsentPath { id: CaseId = "The case", consent_id: ConsentId = "The consent" }
    CoveragePath { id: MissionId = "The mission", coverage_id: CoverageId = "The line of coverage" }
    DenialPath { id: CaseId = "The case", denial_id: DenialId = "The denial" }
    EmbassyContactPath { id: CaseId = "The case", contact_id: EmbassyContactId = "The contact" }
    ImportRowPath { id: ImportId = "The list", row_id: ImportRowId = "The row" }
    HandoverPath { id: UserId = "The user", handover_id: HandoverId = "The handover" }
    NationalityVerificationPath { id: CaseId = "The case", verification_id: NationalityVerificationId = "The verification" }
    PassengerPath { id: MovementBatchId = "The batch", case_id: CaseId = "The case" }
    RecordPath { id: CaseId = "The case", record_id: RecordId = "The record" }
    RelationPath { id: CaseId = "The case", relation_id: RelationId = "The relation" }
    StayPath { id: CaseId = "The case", stay_id: StayId = "The stay" }
    TaskPath { id: CaseId = "The case", task_id: TaskId = "The task" }
}

//! Column types with the same meaning on both databases, and the storage of domain types in them.

use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Integer, Nullable, SingleValue, Text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

use crate::crypto::BlindField;
use crate::db::engine::backend::{Database, Raw, Value};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::access::{GrantBasis, Role};
use crate::domain::accounts::approval::{ApprovalAction, ApprovalStatus};
use crate::domain::accounts::password_hash::PasswordHash;
use crate::domain::cases::history::{ChangeReason, ChangeSubject};
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::*;
use crate::domain::imports::state::{ImportState, KeptBecause, RowDecision, RowState};
use crate::domain::money::Currency;
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::records::record::RecordKind;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::domain::repatriation::{MilestoneSet, RuleName};
use crate::domain::zones::Zone;

/// The SQL types of this layer. Their Postgres types are set in `backend`.
pub mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::SqlType;

    /// `uuid` | `BLOB` of 16 bytes.
    #[derive(SqlType, QueryId, Clone, Copy)]
    pub struct Id;

    /// `timestamptz` | `INTEGER` of microseconds since 1970.
    #[derive(SqlType, QueryId, Clone, Copy)]
    pub struct Instant;

    /// `jsonb` | `TEXT`.
    #[derive(SqlType, QueryId, Clone, Copy)]
    pub struct Document;
}

/// Allows a type to be bound to, and read from, a column of an SQL type, nullable or not.
macro_rules! column {
    ($sql:ty, $type:ty $(, $generic:ident)?) => {
        impl$(<$generic>)? AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a $(, $generic)?> AsExpression<$sql> for &'a $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl$(<$generic>)? AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a $(, $generic)?> AsExpression<Nullable<$sql>> for &'a $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl$(<$generic>)? ToSql<Nullable<$sql>, Database> for $type where Self: ToSql<$sql, Database> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
                <Self as ToSql<$sql, Database>>::to_sql(self, out)
            }
        }
        impl<ST: SingleValue $(, $generic)?> Queryable<ST, Database> for $type where Self: FromSql<ST, Database> {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
        }
    };
}
pub(in crate::db) use column;

macro_rules! text_columns {
    ($($type:ty),+ $(,)?) => {$(
        impl FromSql<Text, Database> for $type {
            fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
                <$type>::parse(raw.text()?).ok_or_else(|| concat!("unknown ", stringify!($type)).into())
            }
        }
        impl ToSql<Text, Database> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
                out.set_value(Value::Text(Cow::Borrowed(self.as_str())));
                Ok(IsNull::No)
            }
        }
        column!(Text, $type);
    )+};
}

macro_rules! uuid_columns {
    ($($type:ident),+ $(,)?) => {$(
        impl FromSql<sql::Id, Database> for $type {
            fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> { Ok(Self(uuid::Uuid::from_slice(raw.bytes()?)?)) }
        }
        impl ToSql<sql::Id, Database> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
                out.set_value(Value::Bytes(Cow::Borrowed(self.0.as_bytes())));
                Ok(IsNull::No)
            }
        }
        column!(sql::Id, $type);
    )+};
}

uuid_columns!(
    OrganisationId,
    MissionId,
    CoverageId,
    UserId,
    HandoverId,
    SessionId,
    PersonId,
    CaseId,
    CompoundId,
    OperationId,
    RelationId,
    StayId,
    EmbassyContactId,
    ConsentId,
    DenialId,
    ReferralId,
    EmergencyAccessId,
    ExclusionId,
    AccessEventId,
    DataProtectionEventId,
    OwnerId,
    NationalityVerificationId,
    RecordId,
    TaskId,
    MovementBatchId,
    WaiverRequestId,
    FineRateId,
    ClientId,
    CallerId,
    ClientSecretId,
    ApprovalId,
    ExportId,
    DuplicatePairId,
    MergeId,
    TracingRequestId,
    TracingMatchId,
    InstanceId,
    MissionReportId,
    StatementId,
    SubjectId,
    AttachmentId,
    StoredFileId,
    RequestId,
    ImportId,
    ImportRowId,
    ImportProfileId,
    ReleaseId,
);

text_columns!(
    WaiverReason,
    BlindField,
    GrantBasis,
    Role,
    Compartment,
    Country,
    Nationality,
    Zone,
    Stage,
    RuleName,
    ChangeSubject,
    ChangeReason,
    SideState,
    OrganisationKind,
    MissionKind,
    CoverageBasis,
    CaseStatus,
    IntakeChannel,
    ExitMode,
    RiskLevel,
    TraffickingStatus,
    ImmigrationStatus,
    ClosureReason,
    DepartureBasis,
    ScreeningSkipped,
    Gender,
    SiteType,
    CompoundStatus,
    OperationKind,
    DatePrecision,
    PersonDecision,
    ContactInitiator,
    ContactChannel,
    ContactOutcome,
    NationalityResult,
    InterviewMode,
    HoldReason,
    RecordKind,
    TaskKind,
    TaskStatus,
    Currency,
    MovementMode,
    MovementStatus,
    FundingSource,
    ConsentPurpose,
    ConsentAnswer,
    RecipientScope,
    OverrideBasis,
    ReferralKind,
    ReferralService,
    ReferralUrgency,
    ReferralStatus,
    AccessEventKind,
    DataProtectionEventKind,
    ReviewVerdict,
    ExclusionWay,
    ApprovalAction,
    ApprovalStatus,
    Qualifier,
    QueuedKind,
    DuplicateStatus,
    TracingRelation,
    TracingStatus,
    TracingDecision,
    MissionReportKind,
    Reliability,
    StatementKind,
    StatementTopic,
    ImportState,
    RowState,
    RowDecision,
    KeptBecause,
);

impl FromSql<Text, Database> for PasswordHash {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        Self::parse(raw.text()?).ok_or_else(|| "unknown PasswordHash".into())
    }
}
impl ToSql<Text, Database> for PasswordHash {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
        out.set_value(Value::Text(Cow::Borrowed(self.as_str())));
        Ok(IsNull::No)
    }
}
column!(Text, PasswordHash);

impl FromSql<sql::Instant, Database> for Timestamp {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        raw.instant()
    }
}

impl ToSql<sql::Instant, Database> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
        out.set_value(Value::Instant(*self));
        Ok(IsNull::No)
    }
}

column!(sql::Instant, Timestamp);

impl FromSql<Text, Database> for PartialDate {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        Self::parse(raw.text()?).ok_or_else(|| "not a partial date".into())
    }
}

impl ToSql<Text, Database> for PartialDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
        out.set_value(Value::Text(Cow::Owned(self.to_string())));
        Ok(IsNull::No)
    }
}

column!(Text, PartialDate);

impl FromSql<Text, Database> for ClaimedNationalities {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        Self::parse(raw.text()?).ok_or_else(|| "not nationalities".into())
    }
}

impl ToSql<Text, Database> for ClaimedNationalities {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
        out.set_value(Value::Text(Cow::Owned(self.to_string())));
        Ok(IsNull::No)
    }
}

column!(Text, ClaimedNationalities);

impl FromSql<Integer, Database> for CompartmentSet {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_bits(u8::try_from(i32::from_sql(raw)?)?))
    }
}

impl ToSql<Integer, Database> for CompartmentSet {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
        out.set_value(Value::Integer(i32::from(self.bits())));
        Ok(IsNull::No)
    }
}

column!(Integer, CompartmentSet);

impl FromSql<Integer, Database> for MilestoneSet {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        i32::from_sql(raw).map(Self)
    }
}

impl ToSql<Integer, Database> for MilestoneSet {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
        out.set_value(Value::Integer(self.0));
        Ok(IsNull::No)
    }
}

column!(Integer, MilestoneSet);

/// A document in one column.
#[derive(Clone, PartialEq)]
pub struct Json<T>(pub T);

impl<T> std::fmt::Debug for Json<T> {
    /// Omits the contents, because they may be about a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Json(..)")
    }
}

impl<T: DeserializeOwned> FromSql<sql::Document, Database> for Json<T> {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_slice(raw.document()?)?))
    }
}

impl<T: Serialize> ToSql<sql::Document, Database> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
        out.set_value(Value::Document(serde_json::to_string(&self.0)?));
        Ok(IsNull::No)
    }
}

column!(sql::Document, Json<T>, T);

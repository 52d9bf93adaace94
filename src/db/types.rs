//! Column types that mean the same on both databases, and how domain types are stored in them.

use std::io::Write;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Integer, Nullable, SingleValue, Text};
use diesel::sqlite::{Sqlite, SqliteValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::crypto::BlindField;
use crate::domain::access::{GrantBasis, Role};
use crate::domain::approval::{ApprovalAction, ApprovalStatus};
use crate::domain::codes::*;
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::history::ChangeSubject;
use crate::domain::ids::*;
use crate::domain::money::Currency;
use crate::domain::records::RecordKind;
use crate::domain::repatriation::{MilestoneSet, RuleName, SideState, Stage};
use crate::domain::tasks::{TaskKind, TaskStatus};

/// The SQL types of our own. Their Postgres oids are given, so that no catalogue look-up is ever made.
pub mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::SqlType;

    /// `uuid` | `BLOB` of 16 bytes.
    #[derive(SqlType, QueryId, Clone, Copy)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951))]
    #[diesel(sqlite_type(name = "Binary"))]
    pub struct Id;

    /// `timestamptz` | `INTEGER` of microseconds since 1970.
    #[derive(SqlType, QueryId, Clone, Copy)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185))]
    #[diesel(sqlite_type(name = "Long"))]
    pub struct Instant;

    /// `jsonb` | `TEXT`.
    #[derive(SqlType, QueryId, Clone, Copy)]
    #[diesel(postgres_type(oid = 3802, array_oid = 3807))]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Document;
}

/// Lets a type be bound to, and read from, a column of an SQL type, nullable or not.
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
        impl<DB: Backend $(, $generic)?> ToSql<Nullable<$sql>, DB> for $type where Self: ToSql<$sql, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <Self as ToSql<$sql, DB>>::to_sql(self, out)
            }
        }
        impl<DB: Backend, ST: SingleValue $(, $generic)?> Queryable<ST, DB> for $type where Self: FromSql<ST, DB> {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
        }
    };
}

macro_rules! text_columns {
    ($($type:ty),+ $(,)?) => {$(
        impl<DB: Backend> FromSql<Text, DB> for $type where String: FromSql<Text, DB> {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                <$type>::parse(&String::from_sql(bytes)?).ok_or_else(|| concat!("unknown ", stringify!($type)).into())
            }
        }
        impl<DB: Backend> ToSql<Text, DB> for $type where str: ToSql<Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result { self.as_str().to_sql(out) }
        }
        column!(Text, $type);
    )+};
}

macro_rules! uuid_columns {
    ($($type:ident),+ $(,)?) => {$(
        impl FromSql<sql::Id, Sqlite> for $type {
            fn from_sql(mut bytes: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                Ok(Self(uuid::Uuid::from_slice(bytes.read_blob())?))
            }
        }
        impl FromSql<sql::Id, Pg> for $type {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(uuid::Uuid::from_slice(bytes.as_bytes())?))
            }
        }
        impl ToSql<sql::Id, Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.0.as_bytes().as_slice());
                Ok(IsNull::No)
            }
        }
        impl ToSql<sql::Id, Pg> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(self.0.as_bytes())?;
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
    SessionId,
    PersonId,
    CaseId,
    CompoundId,
    OperationId,
    StayId,
    EmbassyContactId,
    ConsentId,
    DenialId,
    ReferralId,
    EmergencyAccessId,
    AccessEventId,
    OwnerId,
    NationalityVerificationId,
    RecordId,
    TaskId,
    MovementBatchId,
    FineRateId,
    ClientId,
    ClientSecretId,
    ApprovalId,
    ExportId,
    DuplicatePairId,
    MergeId,
    TracingRequestId,
    TracingMatchId,
    MissionReportId,
    SubjectId,
    AttachmentId,
    StoredFileId,
    RequestId,
);

text_columns!(
    BlindField,
    GrantBasis,
    Role,
    Compartment,
    Country,
    Stage,
    RuleName,
    ChangeSubject,
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
    ReviewVerdict,
    ApprovalAction,
    ApprovalStatus,
    Qualifier,
    QueuedKind,
    DuplicateStatus,
    TracingRelation,
    TracingStatus,
    TracingDecision,
    MissionReportKind,
);

impl FromSql<sql::Instant, Sqlite> for Timestamp {
    fn from_sql(mut bytes: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Self::from_micros(bytes.read_long()).ok_or_else(|| "instant out of range".into())
    }
}

impl ToSql<sql::Instant, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Instant, Pg> for Timestamp {
    fn from_sql(bytes: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        <chrono::DateTime<chrono::Utc> as FromSql<diesel::sql_types::Timestamptz, Pg>>::from_sql(bytes).map(Self::new)
    }
}

impl ToSql<sql::Instant, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <chrono::DateTime<chrono::Utc> as ToSql<diesel::sql_types::Timestamptz, Pg>>::to_sql(&self.utc(), &mut out.reborrow())
    }
}

column!(sql::Instant, Timestamp);

impl<DB: Backend> FromSql<Text, DB> for PartialDate
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Self::parse(&String::from_sql(bytes)?).ok_or_else(|| "not a partial date".into())
    }
}

impl ToSql<Text, Sqlite> for PartialDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Pg> for PartialDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        write!(out, "{self}")?;
        Ok(IsNull::No)
    }
}

column!(Text, PartialDate);

impl<DB: Backend> FromSql<Integer, DB> for CompartmentSet
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_bits(u8::try_from(i32::from_sql(bytes)?)?))
    }
}

impl ToSql<Integer, Sqlite> for CompartmentSet {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(i32::from(self.bits()));
        Ok(IsNull::No)
    }
}

impl ToSql<Integer, Pg> for CompartmentSet {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&i32::from(self.bits()).to_be_bytes())?;
        Ok(IsNull::No)
    }
}

column!(Integer, CompartmentSet);

impl<DB: Backend> FromSql<Integer, DB> for MilestoneSet
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i32::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<Integer, DB> for MilestoneSet
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

column!(Integer, MilestoneSet);

/// A document in one column.
#[derive(Clone, PartialEq)]
pub struct Json<T>(pub T);

impl<T> std::fmt::Debug for Json<T> {
    /// Without the contents: they may be about a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Json(..)")
    }
}

impl<T: DeserializeOwned> FromSql<sql::Document, Sqlite> for Json<T> {
    fn from_sql(mut bytes: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(bytes.read_text())?))
    }
}

impl<T: Serialize> ToSql<sql::Document, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned> FromSql<sql::Document, Pg> for Json<T> {
    fn from_sql(bytes: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        // jsonb travels as a version byte and the text.
        let (version, text) = bytes.as_bytes().split_first().ok_or("empty jsonb")?;
        if *version != 1 {
            return Err("unknown jsonb version".into());
        }
        Ok(Self(serde_json::from_slice(text)?))
    }
}

impl<T: Serialize> ToSql<sql::Document, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

column!(sql::Document, Json<T>, T);

//! The values of a statement's parameters, independent of the database.

use chrono::NaiveDate;
use diesel::query_builder::BindCollector;
use diesel::result::Error::SerializationError;
use diesel::result::QueryResult;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{self, HasSqlType};
use std::borrow::Cow;
use std::fmt;
use tokio_postgres::types::Type;

use crate::db::engine::backend::database::Database;
use crate::domain::dates::Timestamp;

/// The value of a parameter.
pub enum Value<'a> {
    /// None.
    Null,
    /// `bool` | 0 or 1.
    Bool(bool),
    /// `int4` | `INTEGER`.
    Integer(i32),
    /// `int8` | `INTEGER`.
    Long(i64),
    /// `float8` | `REAL`.
    Double(f64),
    /// `text` | `TEXT`.
    Text(Cow<'a, str>),
    /// `bytea`, or `uuid` | `BLOB`.
    Bytes(Cow<'a, [u8]>),
    /// `date` | `TEXT`.
    Day(NaiveDate),
    /// `timestamptz` | `INTEGER` of microseconds since 1970.
    Instant(Timestamp),
    /// `jsonb` | `TEXT`.
    Document(String),
}

impl fmt::Debug for Value<'_> {
    /// Omits the contents, because they may be about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(..)")
    }
}

/// The values of a statement in the order of their parameters.
#[derive(Debug, Default)]
pub struct Binds<'a> {
    values: Vec<Value<'a>>,
    types: Vec<Type>,
}

impl Value<'_> {
    fn owned(&self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Long(value) => Value::Long(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(text) => Value::Text(Cow::Owned(text.clone().into_owned())),
            Self::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.clone().into_owned())),
            Self::Day(day) => Value::Day(*day),
            Self::Instant(at) => Value::Instant(*at),
            Self::Document(text) => Value::Document(text.clone()),
        }
    }
}

impl<'a> Binds<'a> {
    pub fn values(&self) -> &[Value<'a>] {
        &self.values
    }

    /// The values, for a statement that outlives what they were bound from.
    pub fn owned(&self) -> Vec<Value<'static>> {
        self.values.iter().map(Value::owned).collect()
    }

    /// The Postgres type of each value.
    pub fn types(&self) -> &[Type] {
        &self.types
    }
}

impl<'a> BindCollector<'a, Database> for Binds<'a> {
    type Buffer = Value<'a>;

    fn push_bound_value<T, U>(&mut self, bind: &'a U, lookup: &mut ()) -> QueryResult<()>
    where
        Database: HasSqlType<T>,
        U: ToSql<T, Database> + ?Sized + 'a,
    {
        // A NULL sets no value.
        let mut output = Output::new(Value::Null, lookup);
        bind.to_sql(&mut output).map_err(SerializationError)?;
        self.values.push(output.into_inner());
        self.types.push(<Database as HasSqlType<T>>::metadata(lookup));
        Ok(())
    }

    fn push_null_value(&mut self, metadata: Type) -> QueryResult<()> {
        self.values.push(Value::Null);
        self.types.push(metadata);
        Ok(())
    }
}

/// Allows a Rust type to be bound as an SQL type.
macro_rules! binds_as {
    ($($sql:ident, $type:ty, $value:ident => $bound:expr;)+) => {$(
        impl ToSql<sql_types::$sql, Database> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
                let $value = self;
                out.set_value($bound);
                Ok(IsNull::No)
            }
        }
    )+};
}

binds_as!(
    Bool, bool, value => Value::Bool(*value);
    Integer, i32, value => Value::Integer(*value);
    BigInt, i64, value => Value::Long(*value);
    Double, f64, value => Value::Double(*value);
    Text, str, value => Value::Text(Cow::Borrowed(value));
    Binary, [u8], value => Value::Bytes(Cow::Borrowed(value));
    Date, NaiveDate, value => Value::Day(*value);
);

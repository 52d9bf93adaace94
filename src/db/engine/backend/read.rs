//! A value as a database returned it, and its conversion into a Rust value.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRef};
use diesel::sql_types::{BigInt, Binary, Bool, Date, Double, Integer, Text};
use tokio_postgres::types::{FromSql as FromWire, Type};

use crate::db::engine::backend::database::Database;
use crate::domain::dates::Timestamp;

/// The format in which SQLite stores a day.
const DAY: &str = "%F";

/// A value of a row, not NULL.
#[derive(Clone, Copy)]
pub enum Raw<'a> {
    /// An integer of SQLite.
    Integer(i64),
    /// A real number of SQLite.
    Real(f64),
    /// A text of SQLite.
    Text(&'a str),
    /// A blob of SQLite.
    Bytes(&'a [u8]),
    /// A value of Postgres, in the binary format of its type.
    Wire(&'a [u8]),
}

impl<'a> Raw<'a> {
    /// The text of a `text` | `TEXT`.
    pub fn text(self) -> deserialize::Result<&'a str> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Wire(bytes) => Ok(std::str::from_utf8(bytes)?),
            _ => Err(self.is_no("text")),
        }
    }

    /// The bytes of a `bytea` or `uuid` | `BLOB`.
    pub fn bytes(self) -> deserialize::Result<&'a [u8]> {
        match self {
            Self::Bytes(bytes) | Self::Wire(bytes) => Ok(bytes),
            _ => Err(self.is_no("bytes")),
        }
    }

    /// The text of a `jsonb` | `TEXT`.
    pub fn document(self) -> deserialize::Result<&'a [u8]> {
        match self {
            Self::Text(text) => Ok(text.as_bytes()),
            // jsonb travels as a version byte and the text.
            Self::Wire([1, text @ ..]) => Ok(text),
            _ => Err(self.is_no("document")),
        }
    }

    /// The instant of a `timestamptz` | `INTEGER` of microseconds.
    pub fn instant(self) -> deserialize::Result<Timestamp> {
        match self {
            Self::Integer(micros) => Timestamp::from_micros(micros).ok_or_else(|| "instant out of range".into()),
            Self::Wire(bytes) => of_wire::<DateTime<Utc>>(&Type::TIMESTAMPTZ, bytes).map(Timestamp::new),
            _ => Err(self.is_no("instant")),
        }
    }

    /// Names the expected type, and not the value found: it may be about a person.
    fn is_no(self, expected: &str) -> Box<dyn std::error::Error + Send + Sync> {
        format!("the column holds no {expected}").into()
    }
}

fn of_wire<'a, T: FromWire<'a>>(of: &Type, bytes: &'a [u8]) -> deserialize::Result<T> {
    T::from_sql(of, bytes)
}

impl FromSql<Bool, Database> for bool {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        match raw {
            Raw::Integer(value) => Ok(value != 0),
            Raw::Wire(bytes) => of_wire(&Type::BOOL, bytes),
            _ => Err(raw.is_no("truth value")),
        }
    }
}

impl FromSql<Integer, Database> for i32 {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        match raw {
            Raw::Integer(value) => Ok(Self::try_from(value)?),
            Raw::Wire(bytes) => of_wire(&Type::INT4, bytes),
            _ => Err(raw.is_no("integer")),
        }
    }
}

impl FromSql<BigInt, Database> for i64 {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        match raw {
            Raw::Integer(value) => Ok(value),
            Raw::Wire(bytes) => of_wire(&Type::INT8, bytes),
            _ => Err(raw.is_no("integer")),
        }
    }
}

impl FromSql<Double, Database> for f64 {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        match raw {
            Raw::Real(value) => Ok(value),
            Raw::Wire(bytes) => of_wire(&Type::FLOAT8, bytes),
            _ => Err(raw.is_no("number")),
        }
    }
}

impl FromSql<Date, Database> for NaiveDate {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        match raw {
            Raw::Text(text) => Ok(Self::parse_from_str(text, DAY)?),
            Raw::Wire(bytes) => of_wire(&Type::DATE, bytes),
            _ => Err(raw.is_no("date")),
        }
    }
}

impl<'a> FromSqlRef<'a, Text, Database> for &'a str {
    fn from_sql(raw: &'a mut Raw<'_>) -> deserialize::Result<Self> {
        raw.text()
    }
}

impl<'a> FromSqlRef<'a, Binary, Database> for &'a [u8] {
    fn from_sql(raw: &'a mut Raw<'_>) -> deserialize::Result<Self> {
        raw.bytes()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use diesel::deserialize::FromSql;
    use diesel::sql_types::{BigInt, Bool, Date, Double, Integer, Text};

    use super::{Database, Raw};
    use crate::domain::dates::Timestamp;

    #[test]
    fn a_value_is_the_same_from_either_database() {
        let same = |one: Raw<'_>, other: Raw<'_>| {
            let read = |raw| <i32 as FromSql<Integer, Database>>::from_sql(raw).expect("an integer");
            assert_eq!(read(one), read(other));
        };
        same(Raw::Integer(-7), Raw::Wire(&(-7_i32).to_be_bytes()));
        let day = NaiveDate::from_ymd_opt(2026, 1, 19).expect("a day");
        let since_2000 = 9515_i32.to_be_bytes();
        for raw in [Raw::Text("2026-01-19"), Raw::Wire(&since_2000)] {
            assert_eq!(<NaiveDate as FromSql<Date, Database>>::from_sql(raw).expect("a day"), day);
        }
        let since_2000 = 822_096_000_000_001_i64.to_be_bytes();
        for raw in [Raw::Integer(1_768_780_800_000_001), Raw::Wire(&since_2000)] {
            assert_eq!(raw.instant().expect("an instant"), Timestamp::from_micros(1_768_780_800_000_001).expect("in range"));
        }
        for raw in [Raw::Text("[1]"), Raw::Wire(b"\x01[1]")] {
            assert_eq!(raw.document().expect("a document"), b"[1]");
        }
    }

    #[test]
    fn a_value_of_another_type_is_an_error_that_does_not_repeat_it() {
        let failures = [
            <bool as FromSql<Bool, Database>>::from_sql(Raw::Text("Ana")).map(|_| ()),
            <i32 as FromSql<Integer, Database>>::from_sql(Raw::Integer(i64::MAX)).map(|_| ()),
            <i64 as FromSql<BigInt, Database>>::from_sql(Raw::Wire(b"Ana")).map(|_| ()),
            <f64 as FromSql<Double, Database>>::from_sql(Raw::Text("Ana")).map(|_| ()),
            <String as FromSql<Text, Database>>::from_sql(Raw::Integer(1)).map(|_| ()),
            Raw::Wire(b"\x02Ana").document().map(|_| ()),
            Raw::Text("Ana").bytes().map(|_| ()),
            Raw::Integer(i64::MAX).instant().map(|_| ()),
        ];
        for failure in failures {
            let cause = failure.expect_err("another type").to_string();
            assert!(!cause.contains("Ana"), "{cause}");
        }
    }
}

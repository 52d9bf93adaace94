//! Instants, and dates of which only a part is known.

use chrono::{DateTime, Datelike, Months, NaiveDate, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::domain::unreadable::invalid;

/// An instant in UTC, cut to microseconds so that both databases give back what they were given. RFC 3339 on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, max_length = 40, example = "2026-01-19T03:12:45.123456Z")]
pub struct Timestamp(DateTime<Utc>);

/// Microseconds of a day.
const MICROS_OF_A_DAY: i64 = 86_400_000_000;

impl Timestamp {
    /// 1970-01-01T00:00:00Z: before anything that is recorded here.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// The instant, cut to microseconds.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(6))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The instant so many microseconds after 1970-01-01T00:00:00Z.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self)
    }

    /// The instant as chrono knows it. Its day depends on the place: [`crate::domain::zones`] knows it.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The beginning of its day in UTC, for what is told by the day.
    pub fn beginning_of_day(self) -> Self {
        Self(self.0 - TimeDelta::microseconds(self.micros().rem_euclid(MICROS_OF_A_DAY)))
    }

    /// The instant so many seconds later (or earlier).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + TimeDelta::seconds(seconds))
    }
}

/// A date of which the day, or day and month, may be unknown: `1998-05-17`, `1998-05` or `1998`.
/// Many people rescued from compounds know no more about their birth than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
}

impl PartialDate {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a date that does not exist is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |part| part.map(Some))?;
        let day = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |part| part.map(Some))?;
        let date = Self { year: i32::try_from(year).ok()?, month, day };
        (parts.next().is_none() && NaiveDate::from_ymd_opt(date.year, month.unwrap_or(1), day.unwrap_or(1)).is_some()).then_some(date)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Whether another date says the same as this one, more exactly.
    pub fn is_refined_by(self, other: Self) -> bool {
        self != other && self.earliest() <= other.earliest() && other.latest() <= self.latest()
    }

    /// The first day it can mean.
    pub fn earliest(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(NaiveDate::MIN)
    }

    /// The last day it can mean.
    pub fn latest(self) -> NaiveDate {
        let after = match (self.month, self.day) {
            (_, Some(_)) => return self.earliest(),
            (Some(_), None) => self.earliest().checked_add_months(Months::new(1)),
            (None, None) => self.earliest().checked_add_months(Months::new(12)),
        };
        after.and_then(|day| day.pred_opt()).unwrap_or(NaiveDate::MAX)
    }
}

/// A year, a month of a year, or a day that the calendar has, leap years included.
const EXISTING: &str = concat!(
    "^(",
    "[0-9]{4}(-(0[1-9]|1[0-2]))?",
    "|[0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])",
    "|[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)",
    "|[0-9]{4}-02-(0[1-9]|1[0-9]|2[0-8])",
    "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29",
    ")$"
);

fn digits(part: &str, width: usize) -> Option<u32> {
    (part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok()).flatten()
}

impl utoipa::PartialSchema for PartialDate {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A date of which the day, or day and month, may be unknown: `1998-05-17`, `1998-05` or `1998`."))
            .min_length(Some(4))
            .max_length(Some(10))
            .pattern(Some(EXISTING))
            .examples(["1998-05"])
            .into()
    }
}

impl ToSchema for PartialDate {
    fn name() -> std::borrow::Cow<'static, str> {
        "PartialDate".into()
    }
}

impl From<NaiveDate> for PartialDate {
    fn from(date: NaiveDate) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl std::fmt::Display for PartialDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| invalid("invalid_date", "must be an existing date: YYYY-MM-DD, YYYY-MM or YYYY", "2000"))
    }
}

/// The whole years between a birth and a day; 0 if born later.
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> i32 {
    day.years_since(birth).and_then(|years| i32::try_from(years).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_by_the_day_says_no_hour() {
        let at = |text: &str| Timestamp::new(text.parse().unwrap());
        assert_eq!(at("2026-01-19T03:12:45.123456Z").beginning_of_day(), at("2026-01-19T00:00:00Z"));
        assert_eq!(at("2026-01-19T00:00:00Z").beginning_of_day(), at("2026-01-19T00:00:00Z"));
        assert_eq!(at("1969-12-31T23:59:59Z").beginning_of_day(), at("1969-12-31T00:00:00Z"));
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn partial_dates_keep_their_precision() {
        for text in ["1998", "1998-05", "1998-05-17", "2024-02-29"] {
            assert_eq!(PartialDate::parse(text).map(|date| date.to_string()).as_deref(), Some(text));
        }
        for text in ["", "98", "1998-5", "1998-13", "1998-02-30", "2023-02-29", "1998-05-17T00", "1998-05-17-1", "+998", "１９９８"] {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_partial_date_spans_its_days() {
        let spans =
            [("2024", "2024-01-01", "2024-12-31"), ("2024-02", "2024-02-01", "2024-02-29"), ("2024-02-03", "2024-02-03", "2024-02-03")];
        for (text, first, last) in spans {
            let date = PartialDate::parse(text).unwrap();
            assert_eq!((date.earliest(), date.latest()), (day(first), day(last)), "{text}");
        }
    }

    #[test]
    fn age_turns_on_the_birthday() {
        assert_eq!(age_on(day("2008-02-29"), day("2026-02-28")), 17);
        assert_eq!(age_on(day("2008-02-29"), day("2026-03-01")), 18);
        assert_eq!(age_on(day("2030-01-01"), day("2026-03-01")), 0);
    }
}

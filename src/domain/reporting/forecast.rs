//! The days to clear the backlog, if everything goes on as it went lately. No more than that, and it says so.

use chrono::{Days, NaiveDate};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// The days whose departures tell the pace.
pub const PACE_DAYS: i64 = 14;

/// Departures a day, in hundredths: a decimal text with two digits on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = r"^\d{1,12}\.\d{2}$", min_length = 4, max_length = 15, example = "2.50")]
pub struct Pace(i64);

impl Pace {
    /// The pace of so many departures, rounded to hundredths, halves up.
    fn of(departures: i64) -> Self {
        Self((departures * 200 + PACE_DAYS) / (2 * PACE_DAYS))
    }

    /// In hundredths.
    pub fn hundredths(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Pace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What follows from a backlog and a pace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Departures a day.
    pub pace: Pace,
    /// Days until nobody waits; none where nobody leaves.
    pub days_to_clear: Option<i64>,
    /// The day that is.
    pub expected_on: Option<NaiveDate>,
    /// How this was computed.
    pub assumption: String,
}

/// When the backlog is cleared at the pace of so many departures in the last [`PACE_DAYS`] days. Computed from the
/// departures themselves, not from the rounded pace.
pub fn forecast(backlog: i64, departures: i64, today: NaiveDate) -> Forecast {
    let days_to_clear = match (backlog, departures) {
        (..=0, _) => Some(0),
        (_, ..=0) => None,
        (backlog, departures) => Some((backlog * PACE_DAYS + departures - 1) / departures),
    };
    let expected_on = days_to_clear.and_then(|days| u64::try_from(days).ok()).and_then(|days| today.checked_add_days(Days::new(days)));
    let pace = Pace::of(departures.max(0));
    let basis = format!("{backlog} waiting before departure, {departures} departures in the last {PACE_DAYS} days, {pace} a day");
    let assumption = match days_to_clear {
        None => format!("{basis}. Nobody left in that time, so no day can be given."),
        Some(_) => format!("{basis}. Assumes that the pace stays as it was and that nobody else is registered."),
    };
    Forecast { pace, days_to_clear, expected_on, assumption }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_rounded_up_and_a_standstill_has_none() {
        let today: NaiveDate = "2026-01-31".parse().unwrap();
        for (backlog, departures, pace, days, expected_on) in [
            (0, 0, "0.00", Some(0), Some("2026-01-31")),
            (0, 9, "0.64", Some(0), Some("2026-01-31")),
            (5, 0, "0.00", None, None),
            (14, 14, "1.00", Some(14), Some("2026-02-14")),
            (1, 14, "1.00", Some(1), Some("2026-02-01")),
            (100, 35, "2.50", Some(40), Some("2026-03-12")),
            (101, 35, "2.50", Some(41), Some("2026-03-13")),
            (3, 1, "0.07", Some(42), Some("2026-03-14")),
            (3000, 111, "7.93", Some(379), Some("2027-02-14")),
        ] {
            let found = forecast(backlog, departures, today);
            assert_eq!(found.pace.to_string(), pace, "{backlog}, {departures}");
            assert_eq!(found.days_to_clear, days, "{backlog}, {departures}");
            assert_eq!(found.expected_on.map(|day| day.to_string()).as_deref(), expected_on, "{backlog}, {departures}");
            assert!(found.assumption.starts_with(&format!("{backlog} waiting before departure, {departures} departures")));
        }
    }

    #[test]
    fn a_day_beyond_the_calendar_is_no_day() {
        let found = forecast(i64::from(u32::MAX), 1, "2026-01-31".parse().unwrap());
        assert_eq!((found.days_to_clear, found.expected_on), (Some(60_129_542_130), None));
    }
}

//! How many cases took how many days, and the median of that.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The median of days: whole, or half a day between two whole ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = f64, minimum = 0, maximum = 100_000, example = 4.5)]
pub struct MedianDays(i32);

impl MedianDays {
    /// In half days, so that nothing is rounded.
    pub fn halves(self) -> i32 {
        self.0
    }
}

impl std::fmt::Display for MedianDays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.0 / 2, if self.0 % 2 == 0 { "" } else { ".5" })
    }
}

impl Serialize for MedianDays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 2.0)
    }
}

/// A histogram of days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayCounts(BTreeMap<i32, i64>);

impl DayCounts {
    /// Adds so many cases that took so many days. Fewer than none are none: a clock that went back makes no negative wait.
    pub fn add(&mut self, days: i64, cases: i64) {
        let days = i32::try_from(days.clamp(0, 100_000)).unwrap_or(0);
        *self.0.entry(days).or_default() += cases.max(0);
    }

    /// How many cases there are.
    pub fn cases(&self) -> i64 {
        self.0.values().sum()
    }

    /// The median: the middle one, or halfway between the two in the middle. None of no cases.
    pub fn median(&self) -> Option<MedianDays> {
        let cases = self.cases();
        let (lower, upper) = (self.at((cases - 1) / 2)?, self.at(cases / 2)?);
        Some(MedianDays(lower + upper))
    }

    /// The days of the case at this place, counted from zero in the order of their days.
    fn at(&self, place: i64) -> Option<i32> {
        let mut passed = 0;
        self.0.iter().find_map(|(days, cases)| {
            passed += cases;
            (passed > place).then_some(*days)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_of_all_cases() {
        let median = |counts: &[(i64, i64)]| {
            let mut days = DayCounts::default();
            counts.iter().for_each(|(took, cases)| days.add(*took, *cases));
            days.median().map(|median| median.to_string())
        };
        for (counts, expected) in [
            (&[][..], None),
            (&[(7, 0)], None),
            (&[(7, 1)], Some("7")),
            (&[(1, 1), (4, 1)], Some("2.5")),
            (&[(1, 1), (3, 1)], Some("2")),
            (&[(9, 1), (1, 1), (2, 1)], Some("2")),
            (&[(0, 3), (10, 2)], Some("0")),
            (&[(0, 2), (10, 2)], Some("5")),
            (&[(1, 1), (1, 1), (8, 1), (9, 1)], Some("4.5")),
            (&[(-5, 1), (3, 2)], Some("3")),
            (&[(1, 1_000_000), (2, 999_999)], Some("1")),
        ] {
            assert_eq!(median(counts).as_deref(), expected, "{counts:?}");
        }
    }

    #[test]
    fn half_a_day_is_a_number_on_the_wire() {
        assert_eq!(serde_json::to_string(&MedianDays(9)).unwrap(), "4.5");
        assert_eq!(serde_json::to_string(&MedianDays(4)).unwrap(), "2.0");
    }
}

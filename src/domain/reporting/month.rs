//! A month of registration.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::domain::dates::PartialDate;
use crate::domain::unreadable::invalid;

/// A month: `2026-01`. Sorts as it passes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = r"^\d{4}-(0[1-9]|1[0-2])$", min_length = 7, max_length = 7, example = "2026-01")]
pub struct Month(String);

impl Month {
    /// Reads `YYYY-MM`.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 7 && PartialDate::parse(text).is_some()).then(|| Self(text.to_owned()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| invalid("invalid_month", "must be an existing month: YYYY-MM", "2000-01"))
    }
}

#[cfg(test)]
mod tests {
    use super::Month;

    #[test]
    fn a_month_is_a_year_and_a_month() {
        for (text, good) in [
            ("2026-01", true),
            ("2026-12", true),
            ("2026-13", false),
            ("2026-1", false),
            ("2026", false),
            ("2026-01-01", false),
            ("abcd-01", false),
            ("", false),
        ] {
            assert_eq!(Month::parse(text).is_some(), good, "{text}");
        }
    }
}

//! What somebody said in public, with its figures. Statements contradict each other, and all of them are kept as they were made.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{FigureOf, FigurePer, Qualifier};
use crate::domain::dates::PartialDate;
use crate::domain::money::Currency;
use crate::domain::unreadable::invalid;
use crate::domain::violation::Checks;

/// Digits before the point, and after it, that a figure may have. What a region loses in a year is more than an [`Amount`] holds.
///
/// [`Amount`]: crate::domain::money::Amount
const DIGITS: (usize, usize) = (14, 4);

/// A published figure, zero or more, on the wire as a decimal text: `"40000000000"`, `"0.5"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = r"^\d{1,14}(\.\d{1,4})?$", min_length = 1, max_length = 19, example = "40000000000")]
pub struct Figure(Decimal);

impl Figure {
    /// Reads `40000000000` or `0.5`; no sign, no exponent, no group marks.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = is_number(whole, DIGITS.0) && is_number(fraction, DIGITS.1);
        fits.then(|| Decimal::from_str_exact(text).ok().map(Self)).flatten()
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.normalize())
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| invalid("invalid_amount", "must be a decimal text without sign, such as \"1440\"", "1440"))
    }
}

/// A code of this API that a statement speaks of: `withholds_documents`, `romance`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[a-z0-9_]{1,60}$", min_length = 1, max_length = 60, example = "withholds_documents")]
pub struct SpokenOf(String);

impl<'de> Deserialize<'de> for SpokenOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let fits = (1..=60).contains(&text.len()) && text.bytes().all(is_code);
        fits.then_some(Self(text)).ok_or_else(|| invalid("malformed", "must be a code in small letters, such as \"romance\"", "romance"))
    }
}

/// One figure of a statement. A figure that was stated in words alone has no value: "billions" is a qualifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct StatedFigure {
    /// What it counts or measures.
    pub of: FigureOf,
    /// The figure; null when none is stated, or a range.
    pub value: Option<Figure>,
    /// The least, of a range.
    pub low: Option<Figure>,
    /// The most, of a range.
    pub high: Option<Figure>,
    /// How the figure was stated.
    pub qualifier: Qualifier,
    /// The currency of an amount.
    pub currency: Option<Currency>,
    /// For what it is: for one person, for a year.
    pub per: Option<FigurePer>,
}

impl StatedFigure {
    /// Checks what one figure must be: one number or a range, and money in a currency.
    pub fn check(&self, pointer: &str, checks: &mut Checks) {
        let at = |field: &str| format!("{pointer}/{field}");
        let is_range = self.low.is_some() || self.high.is_some();
        checks.refuse(self.value.is_some() && is_range, &at("value"), "either_or", "give value, or low and high");
        checks.ordered(self.low, &at("high"), self.high, "must not be less than low");
        let is_amount = self.of == FigureOf::Amount;
        checks.require(is_amount && self.currency.is_none(), &at("currency"), "an amount is in a currency");
        checks.refuse(!is_amount && self.currency.is_some(), &at("currency"), "not_applicable", "only an amount is in a currency");
    }
}

/// The days a statement is about, as far as they can be told: those on which it happened, or else the day of publication.
pub fn days(begin: Option<PartialDate>, end: Option<PartialDate>, published: Option<PartialDate>) -> Option<(NaiveDate, NaiveDate)> {
    let first = begin.or(end).or(published)?;
    let last = end.unwrap_or(first);
    Some((first.earliest(), last.latest()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_a_plain_decimal_of_any_size_that_was_published() {
        for (text, shown) in
            [("40000000000", "40000000000"), ("0.5", "0.5"), ("900000.00", "900000"), ("99999999999999.9999", "99999999999999.9999")]
        {
            let figure = Figure::parse(text).unwrap();
            assert_eq!(serde_json::to_string(&figure).unwrap(), format!("\"{shown}\""));
        }
        for text in ["", "-1", "1e9", "40,000", "1.", ".5", "123456789012345", "1.23456"] {
            assert_eq!(Figure::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_statement_is_dated_by_what_happened_and_else_by_its_publication() {
        let date = |text| PartialDate::parse(text);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(days(date("2022-08"), None, date("2022-09-20")), Some((day("2022-08-01"), day("2022-08-31"))));
        assert_eq!(days(date("2025-07-14"), date("2025-07"), None), Some((day("2025-07-14"), day("2025-07-31"))));
        assert_eq!(days(None, None, date("2024")), Some((day("2024-01-01"), day("2024-12-31"))));
        assert_eq!(days(None, None, None), None);
    }
}

//! Money: a decimal amount and an ISO 4217 currency. Never a binary fraction.

use iso_currency::IntoEnumIterator;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use crate::domain::unreadable::invalid;

/// Decimals that an amount may have: enough for every currency of ISO 4217.
const MAX_SCALE: u32 = 4;
/// The largest amount: fourteen digits in all, so that sums stay exact in the database.
const LARGEST: i64 = 9_999_999_999;
/// What one unit is in the database, where sums are made.
const TEN_THOUSANDTHS: i64 = 10_000;

/// An amount of money, zero or more, on the wire as a decimal text: `"3650.00"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, pattern = r"^\d{1,10}(\.\d{1,4})?$", min_length = 1, max_length = 15, example = "3650.00")]
pub struct Amount(Decimal);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Reads `3650` or `3650.00`; no sign, no exponent, at most four decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = is_number(whole) && is_number(fraction) && whole.len() <= 10 && fraction.len() <= 4;
        fits.then(|| Decimal::from_str_exact(text).ok().map(Self)).flatten()
    }

    /// So many whole units.
    pub fn whole(units: u32) -> Self {
        Self(Decimal::from(units))
    }

    /// The amount that so many ten-thousandths are, as stored; none below zero.
    pub fn from_ten_thousandths(stored: i64) -> Option<Self> {
        (stored >= 0).then(|| Self(Decimal::new(stored, MAX_SCALE)))
    }

    /// The amount in ten-thousandths, as stored.
    pub fn ten_thousandths(self) -> i64 {
        let scaled = self.0 * Decimal::from(TEN_THOUSANDTHS);
        i64::try_from(scaled.trunc()).unwrap_or(i64::MAX)
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Both amounts together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// What is left after taking another amount away: never below zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self((self.0 - other.0).max(Decimal::ZERO))
    }

    /// The amount so many times.
    #[must_use]
    pub fn times(self, count: i64) -> Self {
        Self(self.0 * Decimal::from(count.max(0)))
    }

    /// The lesser of two amounts.
    #[must_use]
    pub fn at_most(self, limit: Self) -> Self {
        Self(self.0.min(limit.0))
    }

    /// So many per cent of it, rounded to the cent, halves away from zero as authorities do.
    #[must_use]
    pub fn per_cent(self, percent: Percent) -> Self {
        let part = self.0 * percent.0 / Decimal::ONE_HUNDRED;
        Self(part.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// Whether it is small enough to be stored and added up.
    pub fn is_storable(self) -> bool {
        self.0 <= Decimal::from(LARGEST)
    }
}

impl std::fmt::Display for Amount {
    /// With at least two decimals.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self.0.normalize();
        let decimals = usize::try_from(shown.scale().max(2)).unwrap_or(2);
        write!(f, "{shown:.decimals$}")
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| invalid("invalid_amount", "must be a decimal text without sign, such as \"3650.00\"", "3650.00"))
    }
}

/// A part in a hundred, more than 0 and at most 100, on the wire as a decimal text: `"80"`, `"33.33"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = r"^(100(\.0{1,2})?|[1-9]\d?(\.\d{1,2})?|0\.(0[1-9]|[1-9]\d?))$", min_length = 1, max_length = 6, example = "80")]
pub struct Percent(Decimal);

impl Percent {
    /// The whole.
    pub const WHOLE: Self = Self(Decimal::ONE_HUNDRED);

    /// Reads `80` or `33.33`.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let percent = Amount::parse(text)?.0;
        let is_padded = whole.len() > 1 && whole.starts_with('0');
        (!is_padded && fraction.len() <= 2 && percent > Decimal::ZERO && percent <= Decimal::ONE_HUNDRED).then_some(Self(percent))
    }

    /// Hundredths of a per cent, as stored.
    pub fn hundredths(self) -> i32 {
        i32::try_from((self.0 * Decimal::ONE_HUNDRED).trunc()).unwrap_or(0)
    }

    /// The part that so many hundredths of a per cent are; none where that is nothing, or more than the whole.
    pub fn from_hundredths(stored: i32) -> Option<Self> {
        (1..=10_000).contains(&stored).then(|| Self(Decimal::new(i64::from(stored), 2)))
    }

    /// Both parts together; none where that is more than the whole.
    pub fn plus(self, other: Self) -> Option<Self> {
        let sum = self.0 + other.0;
        (sum <= Decimal::ONE_HUNDRED).then_some(Self(sum))
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| invalid("invalid_percent", "must be a decimal text above 0 and up to 100, such as \"80\"", "80"))
    }
}

/// A currency, ISO 4217 (`USD`, `KHR`, …). Upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Says which codes there are: three letters that are no currency are refused, and a document that allowed them would lie.
impl utoipa::PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        let codes: Vec<&str> = iso_currency::Currency::iter().map(|currency| currency.code()).collect();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A currency, ISO 4217 (`USD`, `KHR`, …). Upper case."))
            .min_length(Some(3))
            .max_length(Some(3))
            .pattern(Some(format!("^({})$", codes.join("|"))))
            .examples(["USD"])
            .into()
    }
}

impl ToSchema for Currency {
    fn name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
}

impl Currency {
    /// The currency with this code, if ISO 4217 lists it.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        let listed = bytes.iter().all(u8::is_ascii_uppercase) && iso_currency::Currency::from_code(code).is_some();
        listed.then_some(Self(bytes))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| invalid("unknown_currency", "must be an ISO 4217 code, such as USD", "USD"))
    }
}

/// An amount in a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Money {
    /// The amount.
    pub amount: Amount,
    /// The currency.
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_plain_decimals() {
        for (text, shown) in [("0", "0.00"), ("3650", "3650.00"), ("0.1", "0.10"), ("1.2345", "1.2345"), ("9999999999", "9999999999.00")] {
            assert_eq!(Amount::parse(text).map(|amount| amount.to_string()).as_deref(), Some(shown));
        }
        for text in ["", "-1", "+1", "1e3", "1,5", ".5", "5.", "1.23456", "12345678901", "١", " 1"] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
        let exact = Amount::parse("1234567.8901").unwrap();
        assert_eq!(Amount::from_ten_thousandths(exact.ten_thousandths()), Some(exact));
        assert_eq!(Amount::from_ten_thousandths(-1), None);
    }

    #[test]
    fn per_cents_are_parts_of_a_hundred() {
        for text in ["0", "0.00", "00.5", "05", "100.01", "-5", "33.333", "x"] {
            assert_eq!(Percent::parse(text), None, "{text}");
        }
        let third = Percent::parse("33.33").unwrap();
        assert_eq!(Percent::from_hundredths(third.hundredths()), Some(third));
        assert_eq!(Amount::parse("3650").unwrap().per_cent(Percent::parse("80").unwrap()).to_string(), "2920.00");
        assert_eq!(Amount::parse("0.05").unwrap().per_cent(Percent::parse("50").unwrap()).to_string(), "0.03", "halves go up");
    }

    #[test]
    fn currencies_are_those_of_the_standard() {
        assert_eq!(Currency::parse("KHR").map(|currency| currency.to_string()).as_deref(), Some("KHR"));
        for code in ["", "usd", "ZZZ", "USDT", "US"] {
            assert_eq!(Currency::parse(code), None, "{code}");
        }
    }
}

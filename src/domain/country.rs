//! Countries as ISO 3166-1 alpha-3 codes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use crate::domain::unreadable::invalid;

/// A country or territory, ISO 3166-1 alpha-3 (`KHM`, `TWN`, …). Upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 3]);

/// Says which codes there are: three letters that are no country are refused, and a document that allowed them would lie.
impl utoipa::PartialSchema for Country {
    fn schema() -> RefOr<Schema> {
        let codes: Vec<&str> = celes::Country::get_countries().iter().map(|country| country.alpha3).collect();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A country or territory, ISO 3166-1 alpha-3 (`KHM`, `TWN`, …). Upper case."))
            .min_length(Some(3))
            .max_length(Some(3))
            .pattern(Some(format!("^({})$", codes.join("|"))))
            .examples(["IDN"])
            .into()
    }
}

impl ToSchema for Country {
    fn name() -> std::borrow::Cow<'static, str> {
        "Country".into()
    }
}

impl Country {
    /// The country with this alpha-3 code, if ISO 3166-1 lists it.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        let listed = bytes.iter().all(u8::is_ascii_uppercase) && celes::Country::from_alpha3(code).is_ok();
        listed.then_some(Self(bytes))
    }

    /// Its name in English, as people say it.
    pub fn name(&self) -> &'static str {
        match self.as_str() {
            // ISO 3166-1 puts it under another state, which its papers do not.
            "TWN" => "Taiwan",
            code => celes::Country::from_alpha3(code).map_or("", |country| country.long_name),
        }
    }

    /// The alpha-3 code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| invalid("unknown_country", "must be an ISO 3166-1 alpha-3 code, such as KHM", "KHM"))
    }
}

#[cfg(test)]
mod tests {
    use super::Country;

    #[test]
    fn only_listed_alpha3_codes_are_countries() {
        for good in ["IDN", "TWN", "KHM", "MMR", "VNM"] {
            assert_eq!(Country::parse(good).map(|c| c.to_string()).as_deref(), Some(good));
        }
        for bad in ["", "ID", "idn", "XXX", "INDO", "ÅÅ"] {
            assert_eq!(Country::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_country_has_a_name() {
        for known in celes::Country::get_countries() {
            assert!(Country::parse(known.alpha3).is_some_and(|country| !country.name().is_empty()), "{}", known.alpha3);
        }
        let name = |code: &str| Country::parse(code).map(|country| country.name());
        assert_eq!((name("TWN"), name("KHM")), (Some("Taiwan"), Some("Cambodia")));
    }
}

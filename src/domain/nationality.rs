//! Nationalities: a country, or one of the codes that passports use where there is none (ICAO 9303 part 3, section 5).
//!
//! Codes of organisations that issue documents without giving a nationality (`EUE`, `UNO`, `XPO`, `XOM` …) are none, and belong to
//! documents only.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use crate::domain::country::Country;
use crate::domain::unreadable::invalid;

text_enum! {
    /// What takes the place of a country.
    pub enum SpecialNationality {
        /// Stateless (1954 Convention).
        Stateless = "XXA",
        /// A refugee (1951 Convention).
        Refugee = "XXB",
        /// A refugee by another rule.
        OtherRefugee = "XXC",
        /// Asked, and not known or not stated.
        Unknown = "XXX",
        /// Looked into, and not determined: a code of this service, from the range that ISO 3166 leaves to users.
        Undetermined = "XXU",
        /// British overseas territories citizen.
        BritishTerritories = "GBD",
        /// British national (overseas).
        BritishNational = "GBN",
        /// British overseas citizen.
        BritishOverseas = "GBO",
        /// British protected person.
        BritishProtected = "GBP",
        /// British subject.
        BritishSubject = "GBS",
    }
}

/// A nationality. `None` means that the person was not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Nationality {
    /// Of a country.
    Of(Country),
    /// Of none, or not known, or of another kind than citizenship.
    Special(SpecialNationality),
}

/// How passports of Kosovo write the country that users of ISO 3166 write `XKX`.
const KOSOVO_IN_PASSPORTS: &str = "RKS";
const KOSOVO: &str = "XKX";

impl Nationality {
    /// The nationality with this code.
    pub fn parse(code: &str) -> Option<Self> {
        let code = if code == KOSOVO_IN_PASSPORTS { KOSOVO } else { code };
        SpecialNationality::parse(code).map(Self::Special).or_else(|| Country::parse(code).map(Self::Of))
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Of(country) => country.as_str(),
            Self::Special(special) => special.as_str(),
        }
    }

    /// The state that answers for the person, and whose missions may cover them. None: no state does, or nobody knows which.
    pub fn state(self) -> Option<Country> {
        match self {
            Self::Of(country) => Some(country),
            Self::Special(special) => match special {
                SpecialNationality::Stateless | SpecialNationality::Refugee | SpecialNationality::OtherRefugee => None,
                SpecialNationality::Unknown | SpecialNationality::Undetermined => None,
                SpecialNationality::BritishTerritories
                | SpecialNationality::BritishNational
                | SpecialNationality::BritishOverseas
                | SpecialNationality::BritishProtected
                | SpecialNationality::BritishSubject => Country::parse("GBR"),
            },
        }
    }

    /// Whether it says what the person is: of a state, stateless or a refugee.
    pub fn is_determined(self) -> bool {
        !matches!(self, Self::Special(SpecialNationality::Unknown | SpecialNationality::Undetermined))
    }
}

impl From<Country> for Nationality {
    fn from(country: Country) -> Self {
        Self::Of(country)
    }
}

impl std::fmt::Display for Nationality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Nationality {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Nationality {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| invalid("unknown_nationality", MESSAGE, "KHM"))
    }
}

const MESSAGE: &str = "must be an ISO 3166-1 alpha-3 code, such as KHM, or one of XXA, XXB, XXC, XXX, XXU, GBD, GBN, GBO, GBP, GBS, RKS";
const DESCRIPTION: &str = "A nationality: ISO 3166-1 alpha-3, or as passports say it: `XXA` stateless, `XXB` refugee (1951 Convention), `XXC` other refugee, `XXX` asked and not known, `XXU` looked into and not determined, and the British `GBD`, `GBN`, `GBO`, `GBP`, `GBS`. `RKS` is answered as `XKX`.";

fn codes() -> String {
    let special = SpecialNationality::ALL.iter().map(|special| special.as_str()).chain([KOSOVO_IN_PASSPORTS]);
    celes::Country::get_countries().iter().map(|country| country.alpha3).chain(special).collect::<Vec<_>>().join("|")
}

impl utoipa::PartialSchema for Nationality {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(DESCRIPTION))
            .min_length(Some(3))
            .max_length(Some(3))
            .pattern(Some(format!("^({})$", codes())))
            .examples(["IDN"])
            .into()
    }
}

impl ToSchema for Nationality {
    fn name() -> std::borrow::Cow<'static, str> {
        "Nationality".into()
    }
}

/// Which nationality the cases of a list have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NationalityFilter {
    /// This one.
    Is(Nationality),
    /// Not asked yet.
    NotAsked,
}

/// What stands in a filter for those who were not asked.
const NONE: &str = "none";

impl Serialize for NationalityFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Is(nationality) => nationality.serialize(serializer),
            Self::NotAsked => serializer.serialize_str(NONE),
        }
    }
}

impl<'de> Deserialize<'de> for NationalityFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        if code == NONE {
            return Ok(Self::NotAsked);
        }
        Nationality::parse(&code).map(Self::Is).ok_or_else(|| invalid("unknown_nationality", MESSAGE, "KHM"))
    }
}

impl utoipa::PartialSchema for NationalityFilter {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A nationality, or `none`: people who were not asked."))
            .min_length(Some(3))
            .max_length(Some(4))
            .pattern(Some(format!("^({}|{NONE})$", codes())))
            .examples(["IDN"])
            .into()
    }
}

impl ToSchema for NationalityFilter {
    fn name() -> std::borrow::Cow<'static, str> {
        "NationalityFilter".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_as_it_is_written_and_codes_of_documents_are_no_nationality() {
        for special in SpecialNationality::ALL {
            let read = Nationality::parse(special.as_str()).unwrap();
            assert_eq!((read, read.as_str()), (Nationality::Special(*special), special.as_str()));
        }
        for code in ["IDN", "TWN", "PSE", "XKX"] {
            assert_eq!(Nationality::parse(code).map(|read| read.to_string()).as_deref(), Some(code));
        }
        assert_eq!(Nationality::parse("RKS"), Nationality::parse("XKX"));
        for code in ["EUE", "UNO", "UNA", "UNK", "XPO", "XOM", "xxa", "XX", "", "none"] {
            assert_eq!(Nationality::parse(code), None, "{code}");
        }
    }

    #[test]
    fn no_state_answers_for_the_stateless_and_nobody_is_guessed_for_the_unknown() {
        let state = |code| Nationality::parse(code).unwrap().state().map(|country| country.to_string());
        for code in ["XXA", "XXB", "XXC", "XXX", "XXU"] {
            assert_eq!(state(code), None, "{code}");
        }
        assert_eq!(state("GBN").as_deref(), Some("GBR"));
        assert_eq!(state("MMR").as_deref(), Some("MMR"));
    }
}

//! The nationalities that a person claims: one, or one and those of further states.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::country::Country;
use crate::domain::nationality::Nationality;
use crate::domain::violation::Violation;

/// The most further nationalities that a request states.
pub const MOST_FURTHER: u64 = 5;

/// The nationalities that a person claims. Further ones are of states, and stand beside one of a state: `XXA` (stateless) and `XXX` (not
/// known) stand alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedNationalities {
    main: Nationality,
    further: Vec<Country>,
}

impl ClaimedNationalities {
    /// These nationalities, each once. Further ones that cannot stand beside the main one are left out.
    pub fn of(main: Nationality, further: impl IntoIterator<Item = Country>) -> Self {
        let Some(state) = main.state() else { return Self { main, further: Vec::new() } };
        let mut kept: Vec<Country> = Vec::new();
        for country in further {
            if country != state && !kept.contains(&country) {
                kept.push(country);
            }
        }
        Self { main, further: kept }
    }

    /// The one that the person named first, and that figures count.
    pub fn main(&self) -> Nationality {
        self.main
    }

    /// The others.
    pub fn further(&self) -> &[Country] {
        &self.further
    }

    /// Whether there are others.
    pub fn are_several(&self) -> bool {
        !self.further.is_empty()
    }

    /// All of them, the main one first.
    pub fn all(&self) -> impl Iterator<Item = Nationality> {
        std::iter::once(self.main).chain(self.further.iter().copied().map(Nationality::Of))
    }

    /// The states that answer for the person, the main one first.
    pub fn states(&self) -> impl Iterator<Item = Country> {
        self.all().filter_map(Nationality::state)
    }

    /// What two registrations of one person claim. What one desk could not find out says nothing against what the other one found.
    pub fn joined(self, other: Self) -> Self {
        if !self.main.is_determined() && other.main.is_determined() {
            return other;
        }
        let states: Vec<Country> = self.states().chain(other.states()).collect();
        Self::of(self.main, states)
    }

    /// Reads what `to_string` writes: the codes, with commas.
    pub fn parse(text: &str) -> Option<Self> {
        let mut codes = text.split(',');
        let main = Nationality::parse(codes.next()?)?;
        let further = codes.map(Country::parse).collect::<Option<Vec<_>>>()?;
        Some(Self::of(main, further))
    }
}

impl From<Nationality> for ClaimedNationalities {
    fn from(main: Nationality) -> Self {
        Self { main, further: Vec::new() }
    }
}

impl std::fmt::Display for ClaimedNationalities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.main)?;
        self.further.iter().try_for_each(|country| write!(f, ",{country}"))
    }
}

// As it is stored, also by merges, which stored one code before there were several.
impl Serialize for ClaimedNationalities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClaimedNationalities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not nationalities"))
    }
}

/// The two fields in which an answer and the history say what is claimed: whoever reads the first need not read the second.
#[derive(Serialize)]
struct Fields<'a> {
    nationality_claimed: Option<Nationality>,
    further_nationalities: &'a [Country],
}

/// Writes them as two fields, for `serialize_with` beside `flatten`.
pub fn as_fields<S: Serializer>(claimed: &Option<ClaimedNationalities>, serializer: S) -> Result<S::Ok, S::Error> {
    let further_nationalities = claimed.as_ref().map_or(&[][..], ClaimedNationalities::further);
    Fields { nationality_claimed: claimed.as_ref().map(ClaimedNationalities::main), further_nationalities }.serialize(serializer)
}

/// What forbids to claim these together.
pub fn violations(main: Option<Nationality>, further: &[Country]) -> Vec<Violation> {
    if further.is_empty() {
        return Vec::new();
    }
    let Some(main) = main else {
        return vec![Violation::new("/nationality_claimed", "required", "is required together with further_nationalities")];
    };
    let Some(state) = main.state() else {
        let message = "a person who is stateless, a refugee, or whose nationality is not known has none beside that: leave it out";
        return vec![Violation::new("/further_nationalities", "contradicts", message)];
    };
    let before = |index: usize| further.iter().take(index).copied().chain([state]);
    let twice = further.iter().enumerate().filter(|(index, country)| before(*index).any(|known| known == **country));
    twice.map(|(index, _)| Violation::new(format!("/further_nationalities/{index}"), "duplicate", "is stated already")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(text: &str) -> ClaimedNationalities {
        ClaimedNationalities::parse(text).unwrap()
    }

    fn countries(codes: &str) -> Vec<Country> {
        codes.split(',').filter(|code| !code.is_empty()).map(|code| Country::parse(code).unwrap()).collect()
    }

    #[test]
    fn they_are_read_as_they_are_written() {
        for text in ["IDN", "XXA", "IDN,MMR", "GBN,CHN", "MYS,SGP,CHN"] {
            assert_eq!(claimed(text).to_string(), text);
            assert_eq!(serde_json::from_value::<ClaimedNationalities>(text.into()).unwrap(), claimed(text));
        }
        assert_eq!(claimed("IDN,MMR,IDN,MMR").to_string(), "IDN,MMR", "each once");
        assert_eq!(claimed("GBN,GBR").to_string(), "GBN", "of one state");
        assert_eq!(claimed("XXA,MMR").to_string(), "XXA", "stateless stands alone");
        for text in ["", "IDN,", "IDN,XXA", "IDN;MMR"] {
            assert_eq!(ClaimedNationalities::parse(text), None, "{text}");
        }
    }

    #[test]
    fn two_registrations_claim_what_either_did() {
        for (one, other, joined) in [
            ("IDN", "IDN", "IDN"),
            ("IDN", "MMR", "IDN,MMR"),
            ("IDN,SGP", "MMR,IDN", "IDN,SGP,MMR"),
            ("XXX", "MMR,IDN", "MMR,IDN"),
            ("IDN", "XXU", "IDN"),
            ("XXA", "IDN", "XXA"),
            ("XXX", "XXU", "XXX"),
        ] {
            assert_eq!(claimed(one).joined(claimed(other)).to_string(), joined, "{one} and {other}");
        }
    }

    #[test]
    fn what_cannot_be_claimed_together_is_refused_at_its_place() {
        for (main, further, found) in [
            (Some("IDN"), "", vec![]),
            (Some("IDN"), "MMR,SGP", vec![]),
            (Some("GBN"), "CHN", vec![]),
            (None, "MMR", vec!["/nationality_claimed"]),
            (Some("XXA"), "MMR", vec!["/further_nationalities"]),
            (Some("XXX"), "MMR", vec!["/further_nationalities"]),
            (Some("IDN"), "MMR,IDN,MMR", vec!["/further_nationalities/1", "/further_nationalities/2"]),
            (Some("GBO"), "GBR", vec!["/further_nationalities/0"]),
        ] {
            let violations = violations(main.and_then(Nationality::parse), &countries(further));
            let pointers: Vec<&str> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
            assert_eq!(pointers, found, "{main:?} with {further}");
        }
    }
}

//! Compartments: the parts of a case that are encrypted apart, and the field class each one belongs to.
//!
//! A personal field exists only inside a compartment. So a new field cannot be without a class, cannot be stored in the
//! clear, and is redacted wherever the compartment is: that is the whole redactor.

use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

text_enum! {
    /// A part of a case that is encrypted and shared on its own.
    pub enum Compartment {
        /// Names, birth, documents (class C).
        Identity = "identity",
        /// Phones, addresses, how to reach the person safely (class C).
        Contact = "contact",
        /// Where the person is sheltered (class E).
        Location = "location",
        /// Immediate needs and medical notes (class D).
        Health = "health",
        /// What happened: exploitation, stays, notes (class D).
        Narrative = "narrative",
        /// Asylum, witness cooperation, why an embassy is refused (class E).
        Protection = "protection",
    }
}

text_enum! {
    /// How sensitive a field is.
    pub enum FieldClass {
        /// Operational aggregate: compound, nationality, stage.
        A = "A",
        /// Pseudonymous case: code, gender, dates of the process.
        B = "B",
        /// Identity.
        C = "C",
        /// Protected narrative.
        D = "D",
        /// Restricted.
        E = "E",
    }
}

impl Compartment {
    /// The class of every field inside.
    pub const fn class(self) -> FieldClass {
        match self {
            Self::Identity | Self::Contact => FieldClass::C,
            Self::Health | Self::Narrative => FieldClass::D,
            Self::Location | Self::Protection => FieldClass::E,
        }
    }

    /// Whether it belongs to the person, and so to every case of that person, rather than to one case.
    pub const fn is_of_person(self) -> bool {
        matches!(self, Self::Identity | Self::Contact)
    }

    /// The position in a [`CompartmentSet`] and in a grant's sealed keys. Part of the storage format: never renumber.
    pub const fn bit(self) -> u8 {
        match self {
            Self::Identity => 0,
            Self::Contact => 1,
            Self::Location => 2,
            Self::Health => 3,
            Self::Narrative => 4,
            Self::Protection => 5,
        }
    }
}

/// A set of compartments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CompartmentSet(u8);

impl CompartmentSet {
    /// No compartment.
    pub const EMPTY: Self = Self(0);
    /// Every compartment: what the organisation that registered the case holds.
    pub const ALL: Self = Self(0b11_1111);
    /// Who the person is and how to reach them: what a mission or a coordination desk holds.
    pub const WHO: Self = Self(0b11);

    /// The set with one more compartment.
    #[must_use]
    pub const fn with(self, compartment: Compartment) -> Self {
        Self(self.0 | 1 << compartment.bit())
    }

    /// The set without one compartment.
    #[must_use]
    pub const fn without(self, compartment: Compartment) -> Self {
        Self(self.0 & !(1 << compartment.bit()))
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Only what is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the compartment is in the set.
    pub const fn contains(self, compartment: Compartment) -> bool {
        self.0 & (1 << compartment.bit()) != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The compartments of the set.
    pub fn iter(self) -> impl Iterator<Item = Compartment> {
        Compartment::ALL.iter().copied().filter(move |compartment| self.contains(*compartment))
    }

    /// The compartments that are not in the set: what is redacted.
    pub fn missing(self) -> Vec<Compartment> {
        Compartment::ALL.iter().copied().filter(|compartment| !self.contains(*compartment)).collect()
    }

    /// The set as stored.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set stored as these bits; unknown bits are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl FromIterator<Compartment> for CompartmentSet {
    fn from_iter<I: IntoIterator<Item = Compartment>>(compartments: I) -> Self {
        compartments.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl Serialize for CompartmentSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for compartment in self.iter() {
            list.serialize_element(&compartment)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for CompartmentSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Compartment>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_distinct_and_fill_the_whole_set() {
        let all: CompartmentSet = Compartment::ALL.iter().copied().collect();
        assert_eq!(all, CompartmentSet::ALL);
        assert_eq!(all.iter().count(), Compartment::ALL.len());
        assert_eq!(
            CompartmentSet::WHO.missing(),
            [Compartment::Location, Compartment::Health, Compartment::Narrative, Compartment::Protection]
        );
    }
}

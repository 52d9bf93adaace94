//! A word of a name, as names are compared.

use crate::domain::people::names::{sounds, spellings};

/// A token, with what it is compared by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::domain) struct Token {
    pub(in crate::domain) text: String,
    /// Without what is written in two ways.
    pub(in crate::domain) plain: String,
    /// The sounds, vowels included.
    units: String,
    /// Without vowels.
    pub(in crate::domain) sound: String,
    /// The same, without what languages tell apart differently.
    pub(in crate::domain) classes: String,
    /// The names that it may be a spelling of.
    pub(in crate::domain) names: &'static [usize],
    /// Whether many people bear it.
    pub(in crate::domain) is_common: bool,
    /// A bit for each letter of the plain spelling: two words that share few letters need no closer look.
    letters: u32,
}

impl Token {
    /// A word written in Latin letters.
    pub(in crate::domain) fn new(text: String) -> Self {
        let units = sounds::units(&text);
        Self::with_units(text, units)
    }

    /// A word of another script, with the sounds of its letters.
    pub(in crate::domain) fn with_units(text: String, units: String) -> Self {
        let plain = spellings::plain(&text);
        Self {
            sound: sounds::consonants(&units),
            classes: sounds::classes(&units),
            names: spellings::names_of(&text),
            is_common: spellings::is_common(&text),
            letters: plain.bytes().fold(0, |letters, letter| letters | 1 << (letter & 31)),
            plain,
            text,
            units,
        }
    }

    /// Edits that make one plain spelling the other, at the least.
    pub(in crate::domain) fn fewest_edits(&self, other: &Self) -> usize {
        let by_letters = usize::try_from((self.letters ^ other.letters).count_ones().div_ceil(2)).unwrap_or(0);
        by_letters.max(self.plain.len().abs_diff(other.plain.len()))
    }

    /// Several words written as one.
    pub(in crate::domain) fn joined<'a>(tokens: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let text = tokens.clone().map(|token| token.text.as_str()).collect();
        Self::with_units(text, tokens.map(|token| token.units.as_str()).collect())
    }
}

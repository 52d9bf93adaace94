//! A word of a name, as names are compared.

use crate::domain::people::names::spellings;

/// A token, with what it is compared by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::domain) struct Token {
    pub(in crate::domain) text: String,
    /// Without what is written in two ways.
    pub(in crate::domain) plain: String,
    /// Without vowels.
    pub(in crate::domain) sound: String,
}

impl Token {
    pub(in crate::domain) fn new(text: String) -> Self {
        Self { plain: spellings::plain(&text), sound: spellings::consonants(&text), text }
    }
}

//! The words of the papers of the counter, by language: what a paper is called, its labels and its fixed sentences. A language that lacks a
//! word does not compile.

mod en;
mod id;
mod km;
mod lo;
mod my;
mod th;
mod vi;
mod words;
mod zh;

#[cfg(test)]
mod tests;

pub(crate) use words::Words;

use crate::domain::country::Country;
use crate::domain::language::Language;

/// English, in which every paper is written.
pub(crate) static ENGLISH: Words = en::WORDS;

/// The other languages.
static OTHERS: [Words; 7] = [id::WORDS, km::WORDS, lo::WORDS, my::WORDS, th::WORDS, vi::WORDS, zh::WORDS];

/// The words that stand beside the English ones; none where the language is English, or has no words yet.
pub(crate) fn beside_english(language: &Language) -> Option<&'static Words> {
    OTHERS.iter().find(|words| words.tag == language.primary())
}

/// The words in which the authorities of a host country read a letter.
pub(crate) fn of_host_country(country: Country) -> Option<&'static Words> {
    let tag = match country.as_str() {
        "KHM" => "km",
        "LAO" => "lo",
        "MMR" => "my",
        "THA" => "th",
        _ => return None,
    };
    OTHERS.iter().find(|words| words.tag == tag)
}

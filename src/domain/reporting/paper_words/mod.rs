//! The words of the papers of the counter, by language: what a paper is called, its labels and its fixed sentences. A language that lacks a
//! word does not compile.

mod en;
mod id;
mod km;
mod lo;
mod my;
mod th;
mod vi;
mod zh;

#[cfg(test)]
mod tests;

use crate::domain::country::Country;
use crate::domain::language::Language;

/// The words of one language.
#[allow(missing_docs, reason = "a label is named after what it says; English carries the documentation")]
#[derive(Debug)]
pub struct Words {
    /// The language, BCP 47.
    pub tag: &'static str,
    /// Says that the words are a draft; none where somebody reviewed them.
    pub draft: Option<&'static str>,
    pub by_hand: &'static str,
    pub closed: &'static str,
    pub name: &'static str,
    pub other_names: &'static str,
    pub birth_date: &'static str,
    pub age: &'static str,
    pub birth_place: &'static str,
    pub sex: &'static str,
    pub female: &'static str,
    pub male: &'static str,
    pub nationality: &'static str,
    pub passport: &'static str,
    pub travel_document: &'static str,
    pub case: &'static str,
    pub number: &'static str,
    pub day: &'static str,
    pub place: &'static str,
    pub signature: &'static str,
    pub seal: &'static str,
    pub letter: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub authorities: &'static str,
    pub reference: &'static str,
    pub ask_release: &'static str,
    pub ask_exit_permit: &'static str,
    pub ask_fine_waiver: &'static str,
    pub grounds: &'static str,
    pub is_victim: &'static str,
    pub may_be_victim: &'static str,
    pub is_child: &'static str,
    pub is_verified: &'static str,
    pub held: &'static str,
    pub entered: &'static str,
    pub stay_until: &'static str,
    pub overstay: &'static str,
    pub fine: &'static str,
    pub owed: &'static str,
    pub share: &'static str,
    pub thanks: &'static str,
    pub application: &'static str,
    pub photo: &'static str,
    pub family_name: &'static str,
    pub given_names: &'static str,
    pub own_script: &'static str,
    pub height: &'static str,
    pub eyes: &'static str,
    pub hair: &'static str,
    pub marks: &'static str,
    pub home_address: &'static str,
    pub kin: &'static str,
    pub documents: &'static str,
    pub lost_where: &'static str,
    pub declaration: &'static str,
    pub thumbprint: &'static str,
    pub officer: &'static str,
    pub consent: &'static str,
    pub recipient: &'static str,
    pub answer: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub giver: &'static str,
    pub interpreter: &'static str,
    pub staff: &'static str,
    pub read_out: &'static str,
}

/// English, in which every paper is written.
pub static ENGLISH: Words = en::WORDS;

/// The other languages.
static OTHERS: [Words; 7] = [id::WORDS, km::WORDS, lo::WORDS, my::WORDS, th::WORDS, vi::WORDS, zh::WORDS];

/// The words that stand beside the English ones; none where the language is English, or has no words yet.
pub fn beside_english(language: &Language) -> Option<&'static Words> {
    OTHERS.iter().find(|words| words.tag == language.primary())
}

/// The words in which the authorities of a host country read a letter.
pub fn of_host_country(country: Country) -> Option<&'static Words> {
    let tag = match country.as_str() {
        "KHM" => "km",
        "LAO" => "lo",
        "MMR" => "my",
        "THA" => "th",
        _ => return None,
    };
    OTHERS.iter().find(|words| words.tag == tag)
}

//! The making of an invented person's name, in Latin letters and in the script of the person.

use crate::demo::origins::ORIGINS;
use crate::demo::pick;
use crate::domain::codes::Gender;
use crate::domain::language::Language;

/// A word of a name: in Latin letters, and in the home script. The second is empty where both are the same.
pub(in crate::demo) type Word = (&'static str, &'static str);

/// The order of the words in the home script, and the text between them.
#[derive(Clone, Copy)]
pub(in crate::demo) enum Order {
    /// The given name first, with this text between the names.
    GivenFirst(&'static str),
    /// The family name first, with this text between the names.
    FamilyFirst(&'static str),
    /// There are no family names: both words are one given name.
    OneName,
}

/// The names, languages and places of birth of one nationality.
pub(in crate::demo) struct Origin {
    pub(super) nationality: &'static str,
    pub(super) language: &'static str,
    pub(super) birth_places: &'static [&'static str],
    pub(super) order: Order,
    pub(super) feminine: &'static [Word],
    pub(super) masculine: &'static [Word],
    pub(super) middle_feminine: &'static [&'static str],
    pub(super) middle_masculine: &'static [&'static str],
    pub(super) family: &'static [Word],
}

/// The name of a person.
pub(super) struct Name {
    pub(super) given: Option<String>,
    pub(super) middle: Option<String>,
    pub(super) family: Option<String>,
    pub(super) original: Option<String>,
}

impl Origin {
    /// The origin of people of this nationality.
    pub(super) fn of(nationality: &str) -> Option<&'static Self> {
        ORIGINS.iter().find(|origin| origin.nationality == nationality)
    }

    /// Whether they are nationals of the country where they were found.
    pub(super) fn is_host(&self) -> bool {
        self.nationality == "KHM"
    }

    /// Their language.
    pub(super) fn language(&self) -> Option<Language> {
        Language::parse(self.language)
    }

    /// The place of birth of the person with this number.
    pub(super) fn birth_place(&self, number: u32) -> Option<String> {
        pick(self.birth_places, number).map(str::to_owned)
    }

    /// The name of the person with this number.
    pub(super) fn name(&self, gender: Gender, number: u32) -> Name {
        let is_feminine = matches!(gender, Gender::Feminine | Gender::TransgenderFeminine);
        let (given, middle) = if is_feminine { (self.feminine, self.middle_feminine) } else { (self.masculine, self.middle_masculine) };
        let given = pick(given, number).unwrap_or_default();
        let middle = pick(middle, number / 3).unwrap_or_default();
        let family = pick(self.family, number).unwrap_or_default();
        let (given_latin, family_latin) = match self.order {
            Order::OneName => (format!("{} {}", given.0, family.0), String::new()),
            Order::GivenFirst(_) | Order::FamilyFirst(_) => (given.0.to_owned(), family.0.to_owned()),
        };
        Name {
            given: some(given_latin),
            middle: some(middle.to_owned()),
            family: some(family_latin),
            original: self.written(given.1, family.1),
        }
    }

    fn written(&self, given: &str, family: &str) -> Option<String> {
        if given.is_empty() || family.is_empty() {
            return None;
        }
        Some(match self.order {
            Order::GivenFirst(between) => format!("{given}{between}{family}"),
            Order::FamilyFirst(between) => format!("{family}{between}{given}"),
            Order::OneName => format!("{given}{family}"),
        })
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

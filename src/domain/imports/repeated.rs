//! Whether a row is about somebody who is known already: from an earlier row of a list that was put together of two, or from a case.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::domain::cases::person::Identity;
use crate::domain::imports::folding::fold_name;
use crate::domain::imports::row::ReadRow;
use crate::domain::people::matching::document_number;

text_enum! {
    /// In what two are alike.
    pub enum Alike {
        /// In a document of one kind and number.
        Document = "document",
        /// In the name and the date of birth.
        NameAndBirth = "name_and_birth_date",
        /// In the name, where nothing else is known of either by which they could be told apart.
        NameAlone = "name",
        /// In every value of the row.
        WholeRow = "every_value",
    }
}

impl Alike {
    /// What a sentence says that they share.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Document => "the same document",
            Self::NameAndBirth => "the same name and date of birth",
            Self::NameAlone => "the same name, with neither a date of birth nor a document",
            Self::WholeRow => "the same values",
        }
    }
}

/// By what a person is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sign {
    /// What kind of sign it is.
    pub alike: Alike,
    text: String,
}

/// By what somebody is known again: by each document, by the name with the date of birth, and by the name alone where there is neither.
pub fn signs(identity: &Identity) -> Vec<Sign> {
    let number = |number: &str| Some(document_number(number)).filter(|number| !number.is_empty());
    let documents = identity.documents.iter().filter_map(|document| Some((document.kind, number(document.number.as_deref()?)?)));
    let mut signs: Vec<Sign> = documents.map(|(kind, number)| Sign { alike: Alike::Document, text: format!("{kind} {number}") }).collect();
    let latin = [&identity.given_name, &identity.middle_name, &identity.family_name];
    let latin: Vec<&str> = latin.into_iter().flatten().map(String::as_str).collect();
    let names = [Some(latin.join(" ")), identity.original_script_name.clone()];
    let mut names: Vec<String> = names.iter().flatten().map(|name| fold_name(name)).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        // Of some, only what they were called is known.
        names.extend(identity.aliases.iter().map(|alias| fold_name(&alias.name)).filter(|name| !name.is_empty()));
    }
    let is_known_by_more = !signs.is_empty();
    for name in names {
        match identity.birth_date {
            Some(born) => signs.push(Sign { alike: Alike::NameAndBirth, text: format!("{name} {born}") }),
            None if !is_known_by_more => signs.push(Sign { alike: Alike::NameAlone, text: name }),
            None => {}
        }
    }
    signs
}

/// An earlier row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Its number.
    pub row: u32,
    /// In what it is alike.
    pub alike: Alike,
}

/// The people of the rows of a list that were seen so far. Of a sign, no more is kept than tells it from others.
#[derive(Default)]
pub struct Seen(HashMap<u64, u32>);

impl Seen {
    /// Takes a row that can be registered, and tells the first row before it that is about the same person. Two of whom only the name is
    /// known can be two people, as long as one word of their rows differs.
    pub fn take(&mut self, row: &ReadRow, identity: &Identity) -> Option<Before> {
        let known = signs(identity).into_iter().filter(|sign| sign.alike != Alike::NameAlone);
        let values: Vec<String> = row.values.iter().map(|value| format!("{} {:?}", value.pointer, value.written)).collect();
        let whole = Sign { alike: Alike::WholeRow, text: values.join("\n") };
        let mut before = None;
        for sign in known.chain([whole]) {
            match self.0.entry(hashed(&sign)) {
                Entry::Occupied(known) => before = before.or(Some(Before { row: *known.get(), alike: sign.alike })),
                Entry::Vacant(new) => {
                    new.insert(row.number);
                }
            }
        }
        before
    }
}

fn hashed(sign: &Sign) -> u64 {
    let mut hasher = DefaultHasher::new();
    sign.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::{DocumentCustody, DocumentKind};
    use crate::domain::imports::row::{Value, Written};

    fn named(name: &str, born: Option<&str>) -> Identity {
        let birth_date = born.map(|born| born.parse::<chrono::NaiveDate>().unwrap().into());
        Identity { original_script_name: Some(name.to_owned()), birth_date, ..Identity::default() }
    }

    fn with_passport(name: &str, number: &str) -> Identity {
        let passport = serde_json::json!({ "kind": DocumentKind::Passport, "number": number, "custody": DocumentCustody::Unknown });
        Identity { documents: vec![serde_json::from_value(passport).unwrap()], ..named(name, None) }
    }

    /// A row with this number, and a value that tells it from others.
    fn row(number: u32, word: &str) -> ReadRow {
        let value = Value { pointer: "/narrative/notes".to_owned(), written: Written::Text(word.to_owned()), column: None };
        ReadRow { number, values: vec![value], ..ReadRow::default() }
    }

    #[test]
    fn a_person_who_stands_twice_on_a_list_is_told() {
        let mut seen = Seen::default();
        for (number, word, identity, before) in [
            (2, "a", with_passport("Siti", "C 123-456"), None),
            (3, "b", named("Nguyễn Thị Hà", Some("1999-03-17")), None),
            (4, "c", with_passport("S. Rahmawati", "c123456"), Some((2, Alike::Document))),
            (5, "d", named("NGUYỄN THỊ HÀ", Some("1999-03-17")), Some((3, Alike::NameAndBirth))),
            (6, "e", named("Nguyễn Thị Hạ", Some("1999-03-17")), None),
            (7, "f", named("Nguyễn Thị Hà", Some("1998-03-17")), None),
            (8, "g", named("Nguyễn Thị Hà", None), None),
            (9, "h", named("Nguyễn Thị Hà", None), None),
            (10, "h", named("Nguyễn Thị Hà", None), Some((9, Alike::WholeRow))),
        ] {
            let found = seen.take(&row(number, word), &identity).map(|before| (before.row, before.alike));
            assert_eq!(found, before, "{number}");
        }
    }

    #[test]
    fn who_is_known_by_an_alias_alone_is_known_by_it() {
        let alias = |name: &str| serde_json::from_value(serde_json::json!({ "name": name })).unwrap();
        let called = |name: &str| signs(&Identity { aliases: vec![alias(name)], ..Identity::default() });
        let signs_of = called("Mei");
        assert_eq!(signs_of.iter().map(|sign| sign.alike).collect::<Vec<_>>(), [Alike::NameAlone]);
        assert_eq!(called("MEI"), signs_of);
        let named = Identity { aliases: vec![alias("Mei")], ..named("Siti", None) };
        assert_eq!(signs(&named).len(), 1, "beside a name, an alias says nothing of its own");
    }

    #[test]
    fn a_name_in_parts_is_the_name_as_a_whole() {
        let parts = Identity { given_name: Some("Siti".to_owned()), family_name: Some("Rahmawati".to_owned()), ..Identity::default() };
        assert_eq!(signs(&parts), signs(&named("siti rahmawati", None)));
        assert_eq!(signs(&parts).iter().map(|sign| sign.alike).collect::<Vec<_>>(), [Alike::NameAlone]);
        let birth = signs(&named("Siti", Some("1999-03-17")));
        assert_eq!(birth.iter().map(|sign| sign.alike).collect::<Vec<_>>(), [Alike::NameAndBirth]);
    }
}

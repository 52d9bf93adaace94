//! The lists of two persons who turn out to be one, united: every entry of both is kept, and an entry that both have is kept once.
//! Pure.

use crate::domain::cases::person::{Alias, EmailAddress, IdentityDocument};
use crate::domain::cases::phone::{PhoneNumber, digits};
use crate::domain::codes::DocumentCustody;

/// An entry of a list, which may say the same as another one.
pub trait Unite: Clone + PartialEq {
    /// One entry for both, if they are about the same thing and contradict each other in nothing. The more careful of two facts
    /// about safety holds.
    fn with(&self, other: &Self) -> Option<Self>;
}

/// The entries of the first list, followed by those that only the second one has.
pub fn united<T: Unite>(own: &[T], others: &[T]) -> Vec<T> {
    let mut all = own.to_vec();
    for other in others {
        let place = all.iter_mut().find_map(|known| known.with(other).map(|both| (known, both)));
        match place {
            Some((known, both)) => *known = both,
            None => all.push(other.clone()),
        }
    }
    all
}

/// One value for both, if they do not contradict each other: the unknown one gives way.
fn agreed<T: Clone + PartialEq>(one: &Option<T>, other: &Option<T>) -> Option<Option<T>> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => None,
        _ => Some(one.clone().or_else(|| other.clone())),
    }
}

impl Unite for Alias {
    fn with(&self, other: &Self) -> Option<Self> {
        let Self { name, language } = self;
        let language = agreed(language, &other.language)?;
        (*name == other.name).then(|| Self { name: name.clone(), language })
    }
}

impl Unite for crate::domain::language::Language {
    fn with(&self, other: &Self) -> Option<Self> {
        (self == other).then(|| self.clone())
    }
}

impl Unite for PhoneNumber {
    fn with(&self, other: &Self) -> Option<Self> {
        let Self { number, safe, normalised, extension, several } = self;
        let is_same = match (self.key(), other.key()) {
            (Some(one), Some(another)) => one == another,
            _ => digits(number) == digits(&other.number),
        };
        // Who is behind an extension is not who is behind another one.
        let extension = agreed(extension, &other.extension)?;
        let normalised = normalised.clone().or_else(|| other.normalised.clone());
        let several = if several.is_empty() { other.several.clone() } else { several.clone() };
        is_same.then(|| Self { number: number.clone(), safe: *safe && other.safe, normalised, extension, several })
    }
}

impl Unite for EmailAddress {
    fn with(&self, other: &Self) -> Option<Self> {
        let Self { address, safe } = self;
        address.eq_ignore_ascii_case(&other.address).then(|| Self { address: address.clone(), safe: *safe && other.safe })
    }
}

impl Unite for IdentityDocument {
    fn with(&self, other: &Self) -> Option<Self> {
        let Self { kind, number, issuing_state, issued_on, expires_on, custody, custody_since } = self;
        if (*kind, number) != (other.kind, &other.number) {
            return None;
        }
        let custody = match (*custody, other.custody) {
            (DocumentCustody::Unknown, known) | (known, DocumentCustody::Unknown) => known,
            (one, another) if one == another => one,
            _ => return None,
        };
        Some(Self {
            kind: *kind,
            number: number.clone(),
            issuing_state: agreed(issuing_state, &other.issuing_state)?,
            issued_on: agreed(issued_on, &other.issued_on)?,
            expires_on: agreed(expires_on, &other.expires_on)?,
            custody,
            custody_since: agreed(custody_since, &other.custody_since)?,
        })
    }
}

/// The list that an undo leaves: what was there before, without what was removed since, and with what was added since.
pub fn taken_back<T: Clone + PartialEq>(before: &[T], after: &[T], now: &[T]) -> Vec<T> {
    let is_removed = |entry: &&T| after.contains(entry) && !now.contains(entry);
    let kept = before.iter().filter(|entry| !is_removed(entry));
    let added = now.iter().filter(|entry| !after.contains(entry) && !before.contains(entry));
    kept.chain(added).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(number: &str, safe: bool) -> PhoneNumber {
        PhoneNumber { number: number.into(), safe, normalised: None, extension: None, several: Vec::new() }
    }

    fn passport(number: &str, custody: DocumentCustody) -> IdentityDocument {
        let kind = crate::domain::codes::DocumentKind::Passport;
        IdentityDocument {
            kind,
            number: Some(number.into()),
            issuing_state: None,
            issued_on: None,
            expires_on: None,
            custody,
            custody_since: None,
        }
    }

    #[test]
    fn every_entry_of_both_is_kept_and_what_both_have_once() {
        let (own, others) = ([phone("+977981", true), phone("+977982", true)], [phone("977982", false), phone("+977983", false)]);
        assert!(
            united(&own, &others) == [phone("+977981", true), phone("+977982", false), phone("+977983", false)],
            "unsafe to one is unsafe"
        );
        let (held, with_person) = (passport("A1", DocumentCustody::HeldByTrafficker), passport("A1", DocumentCustody::WithPerson));
        assert!(united(std::slice::from_ref(&held), std::slice::from_ref(&with_person)) == [held.clone(), with_person.clone()]);
        assert!(united(&[passport("A1", DocumentCustody::Unknown)], std::slice::from_ref(&held)) == [held]);
    }

    #[test]
    fn an_undo_leaves_what_was_added_since_and_does_not_bring_back_what_was_removed() {
        let (before, after) = ([1, 2], [1, 2, 3]);
        assert_eq!(taken_back(&before, &after, &after), before);
        assert_eq!(taken_back(&before, &after, &[1, 2, 3, 4]), [1, 2, 4]);
        assert_eq!(taken_back(&before, &after, &[2, 3]), [2]);
    }
}

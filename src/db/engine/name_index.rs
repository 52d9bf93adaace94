//! The names of all registered persons, in memory only. No token made from a name is ever stored (DESIGN §4), so an attacker with
//! the database cannot find a person by name, only one with the process can. The index returns ids and does not know grants: its
//! callers filter by grants first, and find no case of an erased or merged person.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, RwLock};
use zeroize::Zeroizing;

use crate::domain::dates::Timestamp;
use crate::domain::ids::PersonId;
use crate::domain::people::names::{Closeness, Name, Signature};
use crate::error::{Error, Result};

/// Separates two names of one person.
const BETWEEN: char = '\n';
/// Persons whose names are compared letter by letter in one search: those whose signatures overlap most with the query.
const MOST_COMPARED: usize = 2000;

/// The names of all registered persons.
#[derive(Default)]
pub(in crate::db) struct NameIndex {
    held: RwLock<Held>,
    is_complete: AtomicBool,
    filling: Mutex<()>,
    /// The time, in microseconds, up to which the index knows what other instances committed; 0 before the first look.
    current_until: AtomicI64,
}

#[derive(Default)]
struct Held {
    /// The signatures in the order of `people`, so that a scan reads 32 bytes a person.
    signatures: Vec<Signature>,
    people: Vec<Person>,
    places: HashMap<PersonId, usize>,
}

struct Person {
    id: PersonId,
    version: i64,
    names: Zeroizing<String>,
}

/// The current names of a person.
pub(in crate::db) struct Renamed {
    pub(in crate::db) person: PersonId,
    /// The stored version of the identity; 0 if only the transaction knew it.
    pub(in crate::db) version: i64,
    pub(in crate::db) names: Zeroizing<Vec<String>>,
}

/// What a transaction does to the index when it commits.
pub(in crate::db) enum NameChange {
    /// A person has these names now.
    Named(Renamed),
    /// A person is erased, or merged into another one: nobody is found by their name any more.
    Gone(PersonId),
}

impl NameIndex {
    /// Whether the index contains every person.
    pub(in crate::db) fn is_complete(&self) -> bool {
        self.is_complete.load(Ordering::Acquire)
    }

    /// The right to fill the index; none while another thread fills it.
    pub(in crate::db) fn begin_filling(&self) -> Option<MutexGuard<'_, ()>> {
        self.filling.try_lock().ok()
    }

    /// Marks the index as complete.
    pub(in crate::db) fn complete(&self) {
        self.is_complete.store(true, Ordering::Release);
    }

    /// Does what was committed.
    pub(in crate::db) fn apply(&self, changes: Vec<NameChange>) {
        let Ok(mut held) = self.held.write() else { return };
        for change in changes {
            match change {
                NameChange::Named(Renamed { person, version, names }) => held.put(person, version, &names),
                NameChange::Gone(person) => held.remove(person),
            }
        }
    }

    /// The time up to which the index knows what other instances committed; none before the first look.
    pub(in crate::db) fn current_until(&self) -> Option<Timestamp> {
        Timestamp::from_micros(self.current_until.load(Ordering::Acquire)).filter(|time| *time > Timestamp::EPOCH)
    }

    /// Marks what was committed before this time as known.
    pub(in crate::db) fn is_current(&self, until: Timestamp) {
        self.current_until.store(until.micros(), Ordering::Release);
    }

    /// How many persons the index holds.
    pub(in crate::db) fn count(&self) -> usize {
        self.held.read().map_or(0, |held| held.people.len())
    }

    /// Stores names of persons who are not in the index yet: names that a write stored meanwhile are newer.
    pub(in crate::db) fn put_absent(&self, found: Vec<Renamed>) {
        let Ok(mut held) = self.held.write() else { return };
        for Renamed { person, version, names } in found {
            if !held.places.contains_key(&person) {
                held.put(person, version, &names);
            }
        }
    }

    /// The persons whose version differs from the one in the index.
    pub(in crate::db) fn outdated(&self, versions: &[(PersonId, i64)]) -> Vec<PersonId> {
        let Ok(held) = self.held.read() else { return Vec::new() };
        let is_held = |(person, version): &&(PersonId, i64)| {
            held.places.get(person).and_then(|at| held.people.get(*at)).is_some_and(|person| person.version == *version)
        };
        versions.iter().filter(|pair| !is_held(pair)).map(|(person, _)| *person).collect()
    }

    /// The persons among these with a name similar to one of the sought names, the most similar first. The cost depends on the
    /// number of persons given.
    pub(in crate::db) fn alike_among(
        &self,
        people: &[PersonId],
        sought: &[Name],
        closeness: Closeness,
        floor: f64,
    ) -> Result<Vec<(PersonId, f64)>> {
        let held = self.held.read().map_err(|_| Error::internal("the names are locked for ever"))?;
        let places = people.iter().filter_map(|person| held.places.get(person).copied());
        Ok(held.alike(places, sought, closeness, floor))
    }

    /// The same among all persons: for decisions of the system that show nothing.
    pub(in crate::db) fn alike(&self, sought: &[Name], floor: f64) -> Result<Vec<(PersonId, f64)>> {
        let held = self.held.read().map_err(|_| Error::internal("the names are locked for ever"))?;
        Ok(held.alike(0..held.people.len(), sought, Closeness::SamePerson, floor))
    }

    /// Some arbitrary persons, so that a search without a result takes as long as one with a result.
    pub(in crate::db) fn anybody(&self, count: usize) -> Vec<PersonId> {
        self.held.read().map(|held| held.people.iter().take(count).map(|person| person.id).collect()).unwrap_or_default()
    }
}

impl Held {
    fn put(&mut self, id: PersonId, version: i64, names: &[String]) {
        self.remove(id);
        let signature =
            names.iter().filter_map(|name| Name::read(name)).fold(Signature::default(), |all, name| all.union(name.signature()));
        self.places.insert(id, self.people.len());
        self.signatures.push(signature);
        self.people.push(Person { id, version, names: Zeroizing::new(names.join(&BETWEEN.to_string())) });
    }

    fn remove(&mut self, id: PersonId) {
        let Some(at) = self.places.remove(&id) else { return };
        self.signatures.swap_remove(at);
        self.people.swap_remove(at);
        if let Some(moved) = self.people.get(at) {
            self.places.insert(moved.id, at);
        }
    }

    fn alike(&self, places: impl Iterator<Item = usize>, sought: &[Name], closeness: Closeness, floor: f64) -> Vec<(PersonId, f64)> {
        let queries = closeness.queries(sought);
        let overlap = |at: &usize| self.signatures.get(*at).and_then(|held| closeness.fit(*held, &queries));
        let mut likely: Vec<(u32, usize)> = places.filter_map(|at| overlap(&at).map(|overlap| (overlap, at))).collect();
        if likely.len() > MOST_COMPARED {
            likely.select_nth_unstable_by(MOST_COMPARED, |one, other| other.0.cmp(&one.0));
            likely.truncate(MOST_COMPARED);
        }
        let mut found = Vec::new();
        for (_, at) in likely {
            let Some(person) = self.people.get(at) else { continue };
            let borne: Vec<Name> = person.names.split(BETWEEN).filter_map(Name::read).collect();
            let likeness = closeness.of(sought, &borne).unwrap_or(0.0);
            if likeness >= floor {
                found.push((person.id, likeness));
            }
        }
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(person: PersonId, version: i64, name: &str) -> Renamed {
        Renamed { person, version, names: Zeroizing::new(vec![name.to_owned()]) }
    }

    fn named(person: PersonId, version: i64, name: &str) -> NameChange {
        NameChange::Named(renamed(person, version, name))
    }

    fn found(index: &NameIndex, name: &str) -> Vec<PersonId> {
        index.alike(&Vec::from_iter(Name::read(name)), 0.8).unwrap().into_iter().map(|(person, _)| person).collect()
    }

    #[test]
    fn the_index_follows_what_is_committed() {
        let index = NameIndex::default();
        let (siti, hung, chen) = (PersonId::random(), PersonId::random(), PersonId::random());
        index.apply(vec![named(siti, 1, "Siti Rahmawati"), named(hung, 1, "Nguyễn Văn Hùng"), named(chen, 1, "陳怡君")]);
        assert_eq!(found(&index, "Rachmawati, Siti"), [siti]);
        assert_eq!(found(&index, "Chen Yi-Jun"), [chen]);
        assert_eq!(index.alike_among(&[siti, hung], &Vec::from_iter(Name::read("Chen Yi-Jun")), Closeness::SamePerson, 0.5).unwrap(), []);

        index.apply(vec![named(siti, 2, "Dewi Lestari")]);
        assert_eq!((found(&index, "Siti Rahmawati"), found(&index, "Dewi Lestari")), (vec![], vec![siti]));
        index.put_absent(vec![renamed(siti, 1, "Siti Rahmawati")]);
        assert_eq!(found(&index, "Dewi Lestari"), [siti], "what was read before a write is older than the write");
        assert_eq!(index.outdated(&[(siti, 2), (hung, 2), (PersonId::random(), 1)]).len(), 2);
        assert_eq!(found(&index, "Hung Nguyen Van"), [hung], "the others stay where they are");

        index.apply(vec![NameChange::Gone(siti), NameChange::Gone(siti)]);
        assert_eq!((found(&index, "Dewi Lestari"), index.count()), (vec![], 2));
        assert_eq!((found(&index, "Hung Nguyen Van"), found(&index, "Chen Yi-Jun")), (vec![hung], vec![chen]));
    }
}

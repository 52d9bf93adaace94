//! The names of all registered persons, in memory only. No token made from a name is ever stored (DESIGN §4), so an attacker with
//! the database cannot find a person by name, only one with the process can. The index returns ids and does not know grants: its
//! callers filter by grants first, and find no case of an erased or merged person.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use zeroize::Zeroizing;

use crate::db::engine::transactions::Server;
use crate::domain::ids::PersonId;
use crate::domain::people::matching::{Span, may_be_one};
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
    looking: Mutex<()>,
    /// The position of the changes of names up to which the index knows what other instances committed; 0 before the first look.
    known_until: AtomicI64,
    /// Who numbered these changes.
    numbered_by: Mutex<Server>,
}

#[derive(Default)]
struct Held {
    /// The signatures in the order of `people`, so that a scan reads 32 bytes a person.
    signatures: Vec<Signature>,
    /// The births in the same order: the matcher rules out most people by them.
    births: Vec<Option<Span>>,
    people: Vec<Person>,
    places: HashMap<PersonId, usize>,
}

struct Person {
    id: PersonId,
    version: i64,
    names: Zeroizing<String>,
}

/// The current names of a person, and when they were born: what the matcher looks at before it opens anybody.
pub(in crate::db) struct Renamed {
    pub(in crate::db) person: PersonId,
    /// The stored version of the identity; 0 if only the transaction knew it.
    pub(in crate::db) version: i64,
    pub(in crate::db) names: Zeroizing<Vec<String>>,
    pub(in crate::db) born: Option<Span>,
}

/// What a transaction does to the index when it commits.
pub(in crate::db) enum NameChange {
    /// A person has these names now.
    Named(Renamed),
    /// A person is erased, or merged into another one: nobody is found by their name any more.
    Gone(PersonId),
}

impl NameChange {
    /// Whose names change.
    pub(in crate::db) fn person(&self) -> PersonId {
        match self {
            Self::Named(renamed) => renamed.person,
            Self::Gone(person) => *person,
        }
    }
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

    /// The right to look at what changed. Two looks at once could end in the wrong order: the one that saw less would put back a name that
    /// is gone, and the other one would mark its going as known.
    pub(in crate::db) fn begin_looking(&self) -> MutexGuard<'_, ()> {
        // Whoever panicked under it changed nothing by halves.
        self.looking.lock().unwrap_or_else(PoisonError::into_inner)
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
                NameChange::Named(renamed) => held.put(&renamed),
                NameChange::Gone(person) => held.remove(person),
            }
        }
    }

    /// The position up to which the index knows what other instances committed; none before the first look.
    pub(in crate::db) fn known_until(&self) -> Option<i64> {
        Some(self.known_until.load(Ordering::Acquire)).filter(|position| *position > 0)
    }

    /// The server whose numbers the position is one of.
    pub(in crate::db) fn numbered_by(&self) -> Server {
        *self.numbered_by.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks what was committed below this position as known.
    pub(in crate::db) fn knows_until(&self, position: i64, server: Server) {
        *self.numbered_by.lock().unwrap_or_else(PoisonError::into_inner) = server;
        self.known_until.store(position, Ordering::Release);
    }

    /// Forgets everybody, so that the index is filled anew.
    pub(in crate::db) fn forget(&self) {
        self.is_complete.store(false, Ordering::Release);
        self.known_until.store(0, Ordering::Release);
        if let Ok(mut held) = self.held.write() {
            *held = Held::default();
        }
    }

    /// Everybody in the index.
    pub(in crate::db) fn everybody(&self) -> Vec<PersonId> {
        self.anybody(usize::MAX)
    }

    /// How many persons the index holds.
    pub(in crate::db) fn count(&self) -> usize {
        self.held.read().map_or(0, |held| held.people.len())
    }

    /// Stores names of persons who are not in the index yet: names that a write stored meanwhile are newer.
    pub(in crate::db) fn put_absent(&self, found: Vec<Renamed>) {
        let Ok(mut held) = self.held.write() else { return };
        for renamed in found {
            if !held.places.contains_key(&renamed.person) {
                held.put(&renamed);
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
        Ok(held.alike(places, sought, closeness, floor, |_, _| true))
    }

    /// The same among all persons: for decisions of the system that show nothing.
    pub(in crate::db) fn alike(&self, sought: &[Name], floor: f64) -> Result<Vec<(PersonId, f64)>> {
        let held = self.held.read().map_err(|_| Error::internal("the names are locked for ever"))?;
        Ok(held.alike(0..held.people.len(), sought, Closeness::SamePerson, floor, |_, _| true))
    }

    /// The same, without those who cannot be one person with somebody of these names who was born then, unless a number says so.
    pub(in crate::db) fn alike_and_born(&self, sought: &[Name], born: Option<Span>, floor: f64) -> Result<Vec<(PersonId, f64)>> {
        let held = self.held.read().map_err(|_| Error::internal("the names are locked for ever"))?;
        let may_be = |other: Option<Span>, likeness: f64| may_be_one(born, other, likeness);
        Ok(held.alike(0..held.people.len(), sought, Closeness::SamePerson, floor, may_be))
    }

    /// Some arbitrary persons, so that a search without a result takes as long as one with a result.
    pub(in crate::db) fn anybody(&self, count: usize) -> Vec<PersonId> {
        self.held.read().map(|held| held.people.iter().take(count).map(|person| person.id).collect()).unwrap_or_default()
    }
}

impl Held {
    fn put(&mut self, renamed: &Renamed) {
        let Renamed { person: id, version, names, born } = renamed;
        self.remove(*id);
        let signature =
            names.iter().filter_map(|name| Name::read(name)).fold(Signature::default(), |all, name| all.union(name.signature()));
        self.places.insert(*id, self.people.len());
        self.signatures.push(signature);
        self.births.push(*born);
        self.people.push(Person { id: *id, version: *version, names: Zeroizing::new(names.join(&BETWEEN.to_string())) });
    }

    fn remove(&mut self, id: PersonId) {
        let Some(at) = self.places.remove(&id) else { return };
        self.signatures.swap_remove(at);
        self.births.swap_remove(at);
        self.people.swap_remove(at);
        if let Some(moved) = self.people.get(at) {
            self.places.insert(moved.id, at);
        }
    }

    /// `may_be`: whether somebody born then, with names this much alike, is worth looking at.
    fn alike(
        &self,
        places: impl Iterator<Item = usize>,
        sought: &[Name],
        closeness: Closeness,
        floor: f64,
        may_be: impl Fn(Option<Span>, f64) -> bool,
    ) -> Vec<(PersonId, f64)> {
        let queries = closeness.queries(sought);
        let born = |at: usize| self.births.get(at).copied().flatten();
        let overlap = |at: &usize| match may_be(born(*at), 1.0) {
            true => self.signatures.get(*at).and_then(|held| closeness.fit(*held, &queries)),
            false => None,
        };
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
            if likeness >= floor && may_be(born(at), likeness) {
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
    use crate::domain::dates::PartialDate;

    fn renamed(person: PersonId, version: i64, name: &str) -> Renamed {
        Renamed { person, version, names: Zeroizing::new(vec![name.to_owned()]), born: None }
    }

    fn named(person: PersonId, version: i64, name: &str) -> NameChange {
        NameChange::Named(renamed(person, version, name))
    }

    fn found(index: &NameIndex, name: &str) -> Vec<PersonId> {
        index.alike(&Vec::from_iter(Name::read(name)), 0.8).unwrap().into_iter().map(|(person, _)| person).collect()
    }

    #[test]
    fn who_was_born_on_another_day_is_passed_over_and_who_moved_in_the_index_keeps_their_own() {
        let born = |text: &str| PartialDate::parse(text).map(Span::from);
        let index = NameIndex::default();
        let people: Vec<PersonId> = (0..3).map(|_| PersonId::random()).collect();
        for (person, day) in people.iter().zip(["1995-11-03", "1988-06-01", "1988"]) {
            index.apply(vec![NameChange::Named(Renamed { born: born(day), ..renamed(*person, 1, "Nguyễn Văn Hùng") })]);
        }
        let sought = Vec::from_iter(Name::read("Hung Nguyen Van"));
        let found = |day: &str| {
            let found = index.alike_and_born(&sought, born(day), 0.8).unwrap();
            found.into_iter().map(|(person, _)| person).collect::<std::collections::BTreeSet<_>>()
        };
        let of = |places: &[usize]| places.iter().map(|at| people[*at]).collect();
        assert_eq!(found("1995"), of(&[0]));
        assert_eq!(found("1988-06-01"), of(&[1, 2]));
        assert_eq!(found(""), of(&[0, 1, 2]), "a day that is not known rules nobody out");
        index.apply(vec![NameChange::Gone(people[0])]);
        assert_eq!(found("1988-06-01"), of(&[1, 2]), "the last one stands where the first one stood");
        assert_eq!(found("1995"), of(&[]));
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

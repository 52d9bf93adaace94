//! Whether people who are about to be registered from a list are on a case that the organisation sees: by a document, or by exactly the
//! same name. Who is only alike is for the matcher.

use std::collections::{HashMap, HashSet};

use crate::db::Tx;
use crate::db::casefile::list;
use crate::db::people::{known, names};
use crate::domain::cases::person::Identity;
use crate::domain::codes::Gender;
use crate::domain::ids::{CaseId, PersonId};
use crate::domain::imports::repeated::{Alike, Sign, signs};
use crate::domain::people::matching::Profile;
use crate::domain::people::names::Closeness;
use crate::error::Result;

/// Names less similar than this are not the same name.
const NAME_FLOOR: f64 = 0.98;
/// The most persons of one name who are opened for one row.
const MOST_OPENED: usize = 200;
/// Cases in one statement: a statement of SQLite takes no list of any length.
const LOOKED_AT_ONCE: usize = 2000;

/// A case on which somebody is already.
#[derive(Clone, Debug)]
pub struct OnCase {
    /// The case.
    pub case: CaseId,
    /// The code of the case.
    pub code: String,
    /// In what the two are alike.
    pub alike: Alike,
}

/// For each of some people, the case that they are on already; only of cases whose identity the organisation reads.
pub fn already_on(tx: &mut Tx<'_>, people: &[Identity]) -> Result<Vec<Option<OnCase>>> {
    // Every search leaves an audit entry, with or without a result.
    tx.audit_unchanged(uuid::Uuid::nil());
    // It is done in a transaction that writes its entry at once, and changes nothing.
    tx.as_read(|tx| found(tx, people))
}

fn found(tx: &mut Tx<'_>, people: &[Identity]) -> Result<Vec<Option<OnCase>>> {
    names::fill(tx)?;
    let visible: HashMap<PersonId, CaseId> = known::identified(tx)?.into_iter().collect();
    let ids: Vec<PersonId> = visible.keys().copied().collect();
    let mut cases: HashSet<CaseId> = HashSet::new();
    for identity in people {
        let profile = Profile::of(identity, None, Vec::new(), Gender::UNKNOWN);
        let by_name = tx.names.alike_among(&ids, &profile.names, Closeness::SamePerson, NAME_FLOOR)?;
        let by_number = known::with_number(tx, &profile)?;
        let persons = by_number.into_iter().chain(by_name.into_iter().map(|(person, _)| person).take(MOST_OPENED));
        cases.extend(persons.filter_map(|person| visible.get(&person)).copied());
    }
    let cases: Vec<CaseId> = cases.into_iter().collect();
    let mut known: HashMap<Sign, (CaseId, String)> = HashMap::new();
    for some in cases.chunks(LOOKED_AT_ONCE) {
        for (row, identity, _) in list::opened(tx, some)? {
            for sign in identity.iter().flat_map(signs) {
                known.entry(sign).or_insert_with(|| (row.id, row.code.clone()));
            }
        }
    }
    let on_case = |identity: &Identity| {
        let mut signs = signs(identity).into_iter();
        signs.find_map(|sign| known.get(&sign).map(|(case, code)| OnCase { case: *case, code: code.clone(), alike: sign.alike }))
    };
    Ok(people.iter().map(on_case).collect())
}

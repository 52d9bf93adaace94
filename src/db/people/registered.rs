//! Whether people who are about to be registered from a list are on a case that the organisation sees: by a document, or by exactly the
//! same name. Who is only alike is for the matcher.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

use crate::db::Tx;
use crate::db::casefile::{grants, list};
use crate::db::people::{known, names};
use crate::db::schema::{case_grants, cases, import_rows};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::Identity;
use crate::domain::codes::{ClosureReason, Gender};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ImportId, PersonId};
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

/// Somebody who is looked for.
#[derive(Clone, Default)]
pub struct Sought {
    /// Who it is.
    pub identity: Identity,
    /// The cases of which somebody decided that they are of other people.
    pub others: Vec<CaseId>,
}

/// Among which of the cases that the organisation reads people are looked for: among all, where nothing is said.
#[derive(Clone, Copy, Default)]
pub struct Among {
    /// Not among those that this list made: its rows were compared with each other.
    pub not_of: Option<ImportId>,
    /// Among those that were registered since.
    pub since: Option<Timestamp>,
}

/// For each of some people, the case that they are on already; only of cases whose identity the organisation reads, and of none that was
/// registered in error: whoever was on one has no case.
pub fn already_on(tx: &mut Tx<'_>, people: &[Sought], among: Among) -> Result<Vec<Option<OnCase>>> {
    // Every search leaves an audit entry, with or without a result.
    tx.audit_unchanged(uuid::Uuid::nil());
    // It is done in a transaction that writes its entry at once, and changes nothing.
    tx.as_read(|tx| found(tx, people, among))
}

/// The persons among whom is looked, each with the newest case.
fn visible(tx: &mut Tx<'_>, among: Among) -> Result<HashMap<PersonId, CaseId>> {
    let made = import_rows::table
        .filter(import_rows::case_id.eq(cases::id.nullable()))
        .filter(import_rows::import_id.eq(among.not_of.unwrap_or(ImportId(uuid::Uuid::nil()))))
        .filter(import_rows::is_made.eq(true));
    let mut query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(cases::closure_reason.is_null().or(cases::closure_reason.ne(ClosureReason::RegisteredInError)))
        .filter(not(exists(made)))
        .order((cases::person_id, case_grants::registered_at.desc()))
        .select((cases::person_id, case_grants::case_id, case_grants::compartments))
        .into_boxed();
    if let Some(since) = among.since {
        query = query.filter(case_grants::registered_at.ge(since));
    }
    let rows: Vec<(PersonId, CaseId, CompartmentSet)> = query.load(tx.conn)?;
    let mut newest = HashMap::with_capacity(rows.len());
    for (person, case, _) in rows.into_iter().filter(|(.., set)| set.contains(Compartment::Identity)) {
        newest.entry(person).or_insert(case);
    }
    Ok(newest)
}

fn found(tx: &mut Tx<'_>, people: &[Sought], among: Among) -> Result<Vec<Option<OnCase>>> {
    let visible = visible(tx, among)?;
    if visible.is_empty() {
        return Ok(vec![None; people.len()]);
    }
    names::fill(tx)?;
    let ids: Vec<PersonId> = visible.keys().copied().collect();
    let mut cases: HashSet<CaseId> = HashSet::new();
    for Sought { identity, .. } in people {
        let profile = Profile::of(identity, None, Vec::new(), Gender::UNKNOWN);
        let by_name = tx.names.alike_among(&ids, &profile.names, Closeness::SamePerson, NAME_FLOOR)?;
        let by_number = known::with_number(tx, &profile)?;
        let persons = by_number.into_iter().chain(by_name.into_iter().map(|(person, _)| person).take(MOST_OPENED));
        cases.extend(persons.filter_map(|person| visible.get(&person)).copied());
    }
    let cases: Vec<CaseId> = cases.into_iter().collect();
    let mut known: HashMap<Sign, Vec<(CaseId, String)>> = HashMap::new();
    for some in cases.chunks(LOOKED_AT_ONCE) {
        for (row, identity, _) in list::opened(tx, some)? {
            for sign in identity.iter().flat_map(signs) {
                known.entry(sign).or_default().push((row.id, row.code.clone()));
            }
        }
    }
    let on_case = |sought: &Sought| {
        signs(&sought.identity).into_iter().find_map(|sign| {
            let mut of_sign = known.get(&sign)?.iter();
            let (case, code) = of_sign.find(|(case, _)| !sought.others.contains(case))?;
            Some(OnCase { case: *case, code: code.clone(), alike: sign.alike })
        })
    };
    Ok(people.iter().map(on_case).collect())
}

//! Keeps the names in memory equal to the database: filled at the start with the system's keys, updated after each commit of this
//! instance, and several times a second with the commits of other instances, which are known by their order and not by anybody's clock.

use diesel::prelude::*;
use std::collections::HashSet;
use zeroize::Zeroizing;

use crate::db::Tx;
use crate::db::casefile::compartments::open_blob;
use crate::db::casefile::merged::merged_persons;
use crate::db::engine::name_changes;
use crate::db::engine::name_index::{NameChange, Renamed};
use crate::db::schema::{compartments, person_keys};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::Identity;
use crate::domain::ids::{CaseId, OrganisationId, OwnerId, PersonId};
use crate::domain::people::matching::Span;
use crate::error::{Error, ErrorCode, Result};

/// Persons that are read at once.
const AT_ONCE: i64 = 2000;
/// Persons in one statement of a look at what changed: a statement of SQLite takes no list of any length.
const LOOKED_AT_ONCE: usize = 2000;

type SealedIdentity = (PersonId, Vec<u8>, i64, Vec<u8>);

/// Fills the index, unless it is complete. Refused while another thread fills it: the caller tries again in a second.
pub fn fill(tx: &mut Tx<'_>) -> Result<()> {
    if tx.names.is_complete() {
        return Ok(());
    }
    let index = tx.names;
    let Some(_filling) = index.begin_filling() else {
        return Err(Error::new(ErrorCode::NamesNotReady).retry_after(1));
    };
    // What is committed while this takes its time is looked for from here on.
    if index.known_until().is_none() {
        let reach = name_changes::reach(tx.conn)?;
        index.knows_until(reach.settled, reach.server);
    }
    let mut after = PersonId(uuid::Uuid::nil());
    loop {
        let of_identity = compartments::owner_id.eq(person_keys::person_id).and(compartments::compartment.eq(Compartment::Identity));
        let query = person_keys::table
            .inner_join(compartments::table.on(of_identity))
            .filter(person_keys::organisation_id.eq(OrganisationId::SYSTEM))
            .filter(person_keys::person_id.gt(after))
            .filter(person_keys::person_id.ne_all(merged_persons()))
            .order(person_keys::person_id)
            .limit(AT_ONCE)
            .select((person_keys::person_id, person_keys::sealed_key, compartments::version, compartments::ciphertext));
        let rows: Vec<SealedIdentity> = query.load(tx.conn)?;
        let Some((last, ..)) = rows.last() else { break };
        after = *last;
        index.put_absent(opened(tx, &rows));
    }
    index.complete();
    Ok(())
}

/// Brings the index up to date with what other instances committed since the last look, however long ago that was: new names, other
/// names, and persons who were erased or merged into another one. Two statements if there is nothing. One look at a time.
pub fn refresh(tx: &mut Tx<'_>) -> Result<()> {
    // Before the first statement, from which on this read sees one state: so it sees no less than the look before it.
    let _look = tx.names.begin_looking();
    let known = tx.names.known_until();
    fill(tx)?;
    let Some(known) = known else { return Ok(()) };
    let reach = name_changes::reach(tx.conn)?;
    if reach.settled < known || tx.names.numbered_by() != reach.server {
        // Transactions are numbered anew: this is another server, or an older state of it.
        tx.names.forget();
        return fill(tx);
    }
    let changed = name_changes::since(tx.conn, known, &reach)?;
    // Who is gone is told nowhere: everybody is asked for.
    let to_ask = if changed.somebody_is_gone { tx.names.everybody() } else { Vec::new() };
    for some in changed.persons.chunks(LOOKED_AT_ONCE).chain(to_ask.chunks(LOOKED_AT_ONCE)) {
        update(tx, some)?;
    }
    tx.names.knows_until(reach.settled, reach.server);
    Ok(())
}

/// Brings these persons up to date in the index.
fn update(tx: &mut Tx<'_>, changed: &[PersonId]) -> Result<()> {
    let of_identity = compartments::owner_id.eq(person_keys::person_id).and(compartments::compartment.eq(Compartment::Identity));
    let query = person_keys::table
        .inner_join(compartments::table.on(of_identity))
        .filter(person_keys::organisation_id.eq(OrganisationId::SYSTEM))
        .filter(person_keys::person_id.eq_any(changed))
        .filter(person_keys::person_id.ne_all(merged_persons()))
        .select((person_keys::person_id, compartments::version));
    let versions: Vec<(PersonId, i64)> = query.load(tx.conn)?;
    let named: HashSet<PersonId> = versions.iter().map(|(person, _)| *person).collect();
    let gone = changed.iter().filter(|person| !named.contains(person)).copied().map(NameChange::Gone);
    tx.names.apply(gone.collect());
    let rows = stored(tx, tx.names.outdated(&versions))?;
    tx.names.apply(opened(tx, &rows).into_iter().map(NameChange::Named).collect());
    Ok(())
}

/// Stages the stored names of a person who is found again.
pub(in crate::db) fn stage(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let rows = stored(tx, vec![person])?;
    for renamed in opened(tx, &rows) {
        tx.stage_names(NameChange::Named(renamed));
    }
    Ok(())
}

fn stored(tx: &mut Tx<'_>, persons: Vec<PersonId>) -> Result<Vec<SealedIdentity>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let of_identity = compartments::owner_id.eq(person_keys::person_id).and(compartments::compartment.eq(Compartment::Identity));
    let query = person_keys::table
        .inner_join(compartments::table.on(of_identity))
        .filter(person_keys::organisation_id.eq(OrganisationId::SYSTEM))
        .filter(person_keys::person_id.eq_any(persons))
        .select((person_keys::person_id, person_keys::sealed_key, compartments::version, compartments::ciphertext));
    Ok(query.load(tx.conn)?)
}

fn opened(tx: &Tx<'_>, rows: &[SealedIdentity]) -> Vec<Renamed> {
    let open = |(person, sealed_key, version, ciphertext): &SealedIdentity| -> Result<Renamed> {
        let key = tx.keys.open_person_key(*person, OrganisationId::SYSTEM, sealed_key)?;
        // The identity belongs to the person, so its key is the same in every case.
        let keys = key.compartment_keys(*person, CaseId(uuid::Uuid::nil()), CompartmentSet::EMPTY.with(Compartment::Identity))?;
        let identity: Option<Identity> = open_blob(person.0, Compartment::Identity, *version, ciphertext, &keys)?;
        let identity = identity.unwrap_or_default();
        let (names, born) = (Zeroizing::new(identity.names()), Span::of_birth(&identity));
        Ok(Renamed { person: *person, version: *version, names, born })
    };
    let mut names = Vec::with_capacity(rows.len());
    for row in rows {
        match open(row) {
            Ok(renamed) => names.push(renamed),
            // A person who cannot be opened must not prevent all others from being found.
            Err(error) => tracing::error!(cause = error.cause(), "a name cannot be read and will not be found"),
        }
    }
    names
}

/// The owner of a person's compartments.
pub(in crate::db) fn owner(person: PersonId) -> OwnerId {
    OwnerId(person.0)
}

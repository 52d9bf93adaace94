//! Keeps the names in memory equal to the database: filled at the start with the system's keys, updated after each commit of this
//! instance, and once a second with the commits of other instances.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::compartments::open_blob;
use crate::db::engine::name_index::Renamed;
use crate::db::schema::{cases, compartments, person_keys};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::Identity;
use crate::domain::ids::{CaseId, OrganisationId, OwnerId, PersonId};
use crate::error::{Error, ErrorCode, Result};

/// Persons that are read at once.
const AT_ONCE: i64 = 2000;
/// Seconds that a commit of another instance, or its clock, may lag.
const LAG_SECONDS: i64 = 60;

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
    let mut after = PersonId(uuid::Uuid::nil());
    loop {
        let of_identity = compartments::owner_id.eq(person_keys::person_id).and(compartments::compartment.eq(Compartment::Identity));
        let query = person_keys::table
            .inner_join(compartments::table.on(of_identity))
            .filter(person_keys::organisation_id.eq(OrganisationId::SYSTEM))
            .filter(person_keys::person_id.gt(after))
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

/// Reads the names that other instances committed lately. One statement if there are none.
pub fn refresh(tx: &mut Tx<'_>) -> Result<()> {
    fill(tx)?;
    let of_identity = compartments::owner_id.eq(cases::person_id).and(compartments::compartment.eq(Compartment::Identity));
    let query = cases::table
        .inner_join(compartments::table.on(of_identity))
        .filter(cases::updated_at.gt(tx.now.plus_seconds(-LAG_SECONDS)))
        .select((cases::person_id, compartments::version));
    let versions: Vec<(PersonId, i64)> = query.load(tx.conn)?;
    let outdated = tx.names.outdated(&versions);
    if outdated.is_empty() {
        return Ok(());
    }
    let of_identity = compartments::owner_id.eq(person_keys::person_id).and(compartments::compartment.eq(Compartment::Identity));
    let query = person_keys::table
        .inner_join(compartments::table.on(of_identity))
        .filter(person_keys::organisation_id.eq(OrganisationId::SYSTEM))
        .filter(person_keys::person_id.eq_any(outdated))
        .select((person_keys::person_id, person_keys::sealed_key, compartments::version, compartments::ciphertext));
    let rows: Vec<SealedIdentity> = query.load(tx.conn)?;
    tx.names.put(opened(tx, &rows));
    Ok(())
}

fn opened(tx: &Tx<'_>, rows: &[SealedIdentity]) -> Vec<Renamed> {
    let open = |(person, sealed_key, version, ciphertext): &SealedIdentity| -> Result<Renamed> {
        let key = tx.keys.open_person_key(*person, OrganisationId::SYSTEM, sealed_key)?;
        // The identity belongs to the person, so its key is the same in every case.
        let keys = key.compartment_keys(*person, CaseId(uuid::Uuid::nil()), CompartmentSet::EMPTY.with(Compartment::Identity))?;
        let identity: Option<Identity> = open_blob(person.0, Compartment::Identity, *version, ciphertext, &keys)?;
        Ok(Renamed { person: *person, version: *version, names: identity.map(|identity| identity.names()).unwrap_or_default() })
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

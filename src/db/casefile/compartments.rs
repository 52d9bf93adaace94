//! Opening and sealing the compartments of a person and a case.

use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::engine::connection::ExecuteLater;
use crate::db::schema::compartments;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::contents::{Health, Location, Narrative, Protection};
use crate::domain::cases::person::{Contact, Identity};
use crate::domain::ids::{CaseId, OwnerId, PersonId};
use crate::error::{Error, ErrorCode, Result};

/// Version of the shape of the plaintext, bound to every blob.
const SCHEMA_VERSION: [u8; 1] = [1];

/// The contents of the compartments. None: closed to the caller.
#[derive(Clone, Default, PartialEq)]
pub struct Contents {
    pub identity: Option<Identity>,
    pub contact: Option<Contact>,
    pub location: Option<Location>,
    pub health: Option<Health>,
    pub narrative: Option<Narrative>,
    pub protection: Option<Protection>,
}

impl Contents {
    /// Keeps only the contents of these compartments.
    pub(in crate::db) fn within(self, held: CompartmentSet) -> Self {
        Self {
            identity: self.identity.filter(|_| held.contains(Compartment::Identity)),
            contact: self.contact.filter(|_| held.contains(Compartment::Contact)),
            location: self.location.filter(|_| held.contains(Compartment::Location)),
            health: self.health.filter(|_| held.contains(Compartment::Health)),
            narrative: self.narrative.filter(|_| held.contains(Compartment::Narrative)),
            protection: self.protection.filter(|_| held.contains(Compartment::Protection)),
        }
    }

    /// Every compartment as a JSON object; none where closed. The only list of compartments and their contents.
    pub(in crate::db) fn values(&self) -> Result<Vec<(Compartment, Option<serde_json::Value>)>> {
        Ok(vec![
            (Compartment::Identity, value(self.identity.as_ref())?),
            (Compartment::Contact, value(self.contact.as_ref())?),
            (Compartment::Location, value(self.location.as_ref())?),
            (Compartment::Health, value(self.health.as_ref())?),
            (Compartment::Narrative, value(self.narrative.as_ref())?),
            (Compartment::Protection, value(self.protection.as_ref())?),
        ])
    }
}

fn value(contents: Option<&impl Serialize>) -> Result<Option<serde_json::Value>> {
    contents.map(serde_json::to_value).transpose().map_err(Error::internal)
}

/// A sealed compartment as stored.
#[derive(Queryable, Insertable)]
#[diesel(table_name = compartments, treat_none_as_default_value = false)]
pub(in crate::db) struct CompartmentRow {
    owner_id: OwnerId,
    compartment: Compartment,
    pub(in crate::db) version: i64,
    pub(in crate::db) ciphertext: Vec<u8>,
}

/// The compartments of a case and its person, as far as the keys open them.
pub(in crate::db) struct Opened {
    pub(in crate::db) contents: Contents,
    /// The stored version of each compartment that was ever written.
    pub(in crate::db) versions: Vec<(Compartment, i64)>,
}

/// Opens every compartment of a case that the keys open, and records the disclosure.
pub(in crate::db) fn open(tx: &mut Tx<'_>, case: CaseId, person: PersonId, keys: &CompartmentKeys) -> Result<Opened> {
    tx.audit_disclosure(case, keys.compartments());
    open_all(tx, case, person, keys)
}

/// The compartments of a case of a new person, before anything is written in them. What is written will be disclosed.
pub(in crate::db) fn none_yet(tx: &mut Tx<'_>, case: CaseId, keys: &CompartmentKeys) -> Opened {
    tx.audit_disclosure(case, keys.compartments());
    Opened { contents: Contents::default(), versions: Vec::new() }
}

/// Opens the compartments for a decision of the system. The contents must not leave this layer, so no disclosure is recorded.
pub(in crate::db) fn open_for_decision(tx: &mut Tx<'_>, case: CaseId, person: PersonId, keys: &CompartmentKeys) -> Result<Contents> {
    open_all(tx, case, person, keys).map(|opened| opened.contents)
}

fn open_all(tx: &mut Tx<'_>, case: CaseId, person: PersonId, keys: &CompartmentKeys) -> Result<Opened> {
    let query = compartments::table
        .filter(compartments::owner_id.eq(OwnerId(case.0)).or(compartments::owner_id.eq(OwnerId(person.0))))
        .select(compartments::all_columns);
    let rows: Vec<CompartmentRow> = query.load(tx.conn)?;
    let contents = Contents {
        identity: open_one(&rows, Compartment::Identity, keys)?,
        contact: open_one(&rows, Compartment::Contact, keys)?,
        location: open_one(&rows, Compartment::Location, keys)?,
        health: open_one(&rows, Compartment::Health, keys)?,
        narrative: open_one(&rows, Compartment::Narrative, keys)?,
        protection: open_one(&rows, Compartment::Protection, keys)?,
    };
    Ok(Opened { contents, versions: rows.iter().map(|row| (row.compartment, row.version)).collect() })
}

fn open_one<T: DeserializeOwned + Default>(rows: &[CompartmentRow], compartment: Compartment, keys: &CompartmentKeys) -> Result<Option<T>> {
    match (keys.get(compartment), rows.iter().find(|row| row.compartment == compartment)) {
        (None, _) => Ok(None),
        (Some(_), None) => Ok(Some(T::default())),
        (Some(_), Some(row)) => open_blob(row.owner_id.0, compartment, row.version, &row.ciphertext, keys),
    }
}

/// Opens one blob; none if the keys do not open the compartment.
pub(in crate::db) fn open_blob<T: DeserializeOwned>(
    owner: uuid::Uuid,
    compartment: Compartment,
    version: i64,
    ciphertext: &[u8],
    keys: &CompartmentKeys,
) -> Result<Option<T>> {
    let Some(key) = keys.get(compartment) else { return Ok(None) };
    let plain = key.open(&[&place("compartment", owner, compartment, version)], ciphertext)?;
    // The text of a serde error may repeat the plaintext.
    serde_json::from_slice(&plain).map(Some).map_err(|_| Error::internal("a compartment has an unknown shape"))
}

/// Seals compartments for the first time, all in one statement. The keys must open them.
pub(in crate::db) fn seal_first(
    tx: &mut Tx<'_>,
    keys: &CompartmentKeys,
    contents: &[(uuid::Uuid, Compartment, impl Serialize)],
) -> Result<()> {
    let rows = contents.iter().map(|(owner, compartment, contents)| sealed_row(*owner, *compartment, 1, keys, contents));
    let rows: Vec<CompartmentRow> = rows.collect::<Result<_>>()?;
    let query = diesel::insert_into(compartments::table).values(&rows);
    query.execute_later(tx.conn)?;
    Ok(())
}

fn sealed_row(
    owner: uuid::Uuid,
    compartment: Compartment,
    version: i64,
    keys: &CompartmentKeys,
    contents: &impl Serialize,
) -> Result<CompartmentRow> {
    let key = keys.get(compartment).ok_or_else(|| Error::internal("sealing a compartment without its key"))?;
    let plain = serde_json::to_vec(contents).map_err(|_| Error::internal("a compartment cannot be written"))?;
    let ciphertext = key.seal(&[&place("compartment", owner, compartment, version)], &plain)?;
    Ok(CompartmentRow { owner_id: OwnerId(owner), compartment, version, ciphertext })
}

/// Seals one compartment in the version after `version`. The keys must open it.
pub(in crate::db) fn seal(
    tx: &mut Tx<'_>,
    owner: uuid::Uuid,
    compartment: Compartment,
    version: i64,
    keys: &CompartmentKeys,
    contents: &impl Serialize,
) -> Result<()> {
    let version = version + 1;
    let row = sealed_row(owner, compartment, version, keys, contents)?;
    // Fails on a concurrent change: another instance may change another case of the same person at the same moment.
    let stored = if version == 1 {
        let query = diesel::insert_into(compartments::table).values(&row).on_conflict_do_nothing();
        query.execute(tx.conn)?
    } else {
        let unchanged = compartments::table.find((row.owner_id, compartment)).filter(compartments::version.eq(version - 1));
        let query = diesel::update(unchanged).set((compartments::version.eq(version), compartments::ciphertext.eq(&row.ciphertext)));
        query.execute(tx.conn)?
    };
    if stored == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    Ok(())
}

/// Seals a detail of a sub-resource, such as a stay or a reason, under a compartment's key. It opens only at the same record.
pub(in crate::db) fn seal_detail(
    record: uuid::Uuid,
    version: i64,
    compartment: Compartment,
    keys: &CompartmentKeys,
    detail: &impl Serialize,
) -> Result<Vec<u8>> {
    let key = keys.get(compartment).ok_or_else(|| Error::internal("sealing a detail without its key"))?;
    let plain = serde_json::to_vec(detail).map_err(|_| Error::internal("a detail cannot be written"))?;
    key.seal(&[&place("detail", record, compartment, version)], &plain)
}

/// Opens a detail; none if the keys do not open its compartment.
pub(in crate::db) fn open_detail<T: DeserializeOwned>(
    record: uuid::Uuid,
    version: i64,
    compartment: Compartment,
    keys: &CompartmentKeys,
    sealed: &[u8],
) -> Result<Option<T>> {
    let Some(plain) = open_plain(record, version, compartment, keys, sealed)? else { return Ok(None) };
    serde_json::from_slice(&plain).map(Some).map_err(|_| Error::internal("a detail has an unknown shape"))
}

/// What a detail says, as it was written; none if the keys do not open its compartment.
pub(in crate::db) fn open_plain(
    record: uuid::Uuid,
    version: i64,
    compartment: Compartment,
    keys: &CompartmentKeys,
    sealed: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(key) = keys.get(compartment) else { return Ok(None) };
    Ok(Some(key.open(&[&place("detail", record, compartment, version)], sealed)?))
}

/// The place of a blob as bytes: kind, owner, compartment, shape, version. A blob moved elsewhere does not open.
fn place(kind: &str, owner: uuid::Uuid, compartment: Compartment, version: i64) -> Vec<u8> {
    [kind.as_bytes(), b"/", owner.as_bytes(), b"/", compartment.as_str().as_bytes(), b"/", &SCHEMA_VERSION, &version.to_be_bytes()].concat()
}

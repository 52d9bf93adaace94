//! A backup: every row of one state of the database, after the state was found to be sound.

use diesel::prelude::*;
use std::io::Write;

use crate::backup::{ArchiveWriter, Fault};
use crate::crypto::Hash;
use crate::db::Tx;
use crate::db::casefile::{compartments, person_keys};
use crate::db::engine::copied_tables::copied;
use crate::db::engine::migrate;
use crate::db::reporting::audit::verifying::{self, Sealed};
use crate::db::schema::{cases, compartments as compartment_rows};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::ids::{CaseId, OwnerId, PersonId};
use crate::error::{Error, Result};

/// Sealed values that are opened as a sample.
const SAMPLE: usize = 100;

/// Sealed values that are read at once, when all of them are opened.
const PAGE: i64 = 1000;

/// A state that is sound.
pub struct Sound {
    /// Entries of the sealed audit trail.
    pub entries: i64,
    /// The root of the trail.
    pub root: Hash,
    /// Sealed values that were opened.
    pub opened: usize,
    /// The versions of the schema.
    pub schema: Vec<String>,
}

/// Verifies the audit trail, and opens a sample of what is sealed. The contents leave this function for nobody, so nothing is disclosed. An
/// error in words: what is wrong.
pub fn examine(tx: &mut Tx<'_>) -> Result<std::result::Result<Sound, String>> {
    let Sealed { size, root, .. } = match verifying::verify(tx, None)? {
        Ok(sealed) => sealed,
        Err(fault) => return Ok(Err(format!("the audit trail is damaged at entry {}: {}", fault.position, fault.what))),
    };
    let mut opened = 0;
    for _ in 0..SAMPLE {
        match open_any(tx)? {
            None => break,
            Some(true) => opened += 1,
            Some(false) => return Ok(Err("something sealed in the database does not open under the root key".to_owned())),
        }
    }
    Ok(Ok(Sound { entries: size, root, opened, schema: migrate::recorded(tx.conn)? }))
}

/// The same, and opens everything that is sealed.
pub fn examine_all(tx: &mut Tx<'_>) -> Result<std::result::Result<Sound, String>> {
    let sound = match examine(tx)? {
        Ok(sound) => sound,
        Err(what) => return Ok(Err(what)),
    };
    let (opened, closed) = open_all(tx)?;
    let Some((first, _)) = closed.split_first() else { return Ok(Ok(Sound { opened, ..sound })) };
    Ok(Err(format!("{} of {} sealed values do not open; the first one is of {first}", closed.len(), opened + closed.len())))
}

/// Opens every compartment. Returns how many opened, and of whom one did not.
fn open_all(tx: &mut Tx<'_>) -> Result<(usize, Vec<OwnerId>)> {
    use compartment_rows as c;
    let (mut opened, mut closed, mut after) = (0, Vec::new(), OwnerId(uuid::Uuid::nil()));
    loop {
        let columns = (c::owner_id, c::compartment, c::version, c::ciphertext);
        let query = c::table.filter(c::owner_id.gt(after)).order((c::owner_id, c::compartment)).limit(PAGE).select(columns);
        let rows: Vec<Sealing> = query.load(tx.conn)?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < PAGE);
        let Some(end) = rows.last().map(|(owner, ..)| *owner) else { return Ok((opened, closed)) };
        // The rows of the last one may go on in the next page.
        for row in rows.into_iter().filter(|(owner, ..)| is_last || *owner != end) {
            after = row.0;
            if opens(tx, row)? { opened += 1 } else { closed.push(after) }
        }
        if is_last {
            return Ok((opened, closed));
        }
    }
}

/// Opens any one compartment. None: there is none. False: it does not open.
fn open_any(tx: &mut Tx<'_>) -> Result<Option<bool>> {
    any(tx)?.map(|row| opens(tx, row)).transpose()
}

/// Whether a compartment opens.
fn opens(tx: &mut Tx<'_>, (owner, compartment, version, ciphertext): Sealing) -> Result<bool> {
    let query = cases::table.find(CaseId(owner.0)).select(cases::person_id);
    let of_case: Option<PersonId> = query.get_result(tx.conn).optional()?;
    let person = of_case.unwrap_or(PersonId(owner.0));
    let key = match person_keys::system_key(tx, person) {
        Err(error) if error.is_outage() => return Err(error),
        Err(_) => return Ok(false),
        Ok(key) => key,
    };
    // What is of the person has the same key in every case of theirs.
    let keys = key.compartment_keys(person, CaseId(owner.0), CompartmentSet::ALL)?;
    let contents = compartments::open_blob::<serde_json::Value>(owner.0, compartment, version, &ciphertext, &keys);
    Ok(contents.is_ok_and(|contents| contents.is_some()))
}

type Sealing = (OwnerId, Compartment, i64, Vec<u8>);

/// Any sealed compartment: ids are random, so that the next one after a random id is any.
fn any(tx: &mut Tx<'_>) -> Result<Option<Sealing>> {
    use compartment_rows as c;
    let columns = (c::owner_id, c::compartment, c::version, c::ciphertext);
    let query = c::table.filter(c::owner_id.ge(OwnerId::random())).order((c::owner_id, c::compartment)).limit(1).select(columns);
    let found: Option<Sealing> = query.get_result(tx.conn).optional()?;
    if found.is_some() {
        return Ok(found);
    }
    let query = c::table.order((c::owner_id, c::compartment)).limit(1).select(columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// Writes every row.
pub fn write<W: Write>(tx: &mut Tx<'_>, archive: &mut ArchiveWriter<W>) -> Result<()> {
    for table in copied()? {
        let mut writer = archive.table(table.name, &table.columns).map_err(unwritten)?;
        table.each_row(tx.conn, |row| writer.row(row).map_err(unwritten))?;
        writer.finish().map_err(unwritten)?;
    }
    Ok(())
}

/// A backup that cannot be written, for whoever wants it.
pub fn unwritten(fault: Fault) -> Error {
    match fault.is_full_disk() {
        true => Error::storage_full().detail(
            "No backup was made: the disk that it is for is full. Make room there, or name a folder on another disk; the backups that are \
             there are kept.",
        ),
        false => Error::internal(format!("the backup cannot be written: {fault}")),
    }
}

//! The end of a list: its file and its rows are deleted some days after somebody did anything with it.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::cases::attachment_cleanup;
use crate::db::people::imports::record::{ImportRecord, KEPT_SECONDS};
use crate::db::people::imports::rows;
use crate::db::schema::{import_rows, imports};
use crate::domain::ids::{CaseId, ImportId};
use crate::domain::imports::state::ImportState;
use crate::error::Result;

/// Lists that are deleted in one round.
const ROUND: i64 = 50;

/// Lists that were kept long enough.
pub fn due(tx: &mut Tx<'_>) -> Result<Vec<ImportId>> {
    let query = imports::table.filter(imports::expires_at.le(tx.now)).order(imports::expires_at).select(imports::id).limit(ROUND);
    Ok(query.load(tx.conn)?)
}

/// Deletes a list that was kept long enough, whatever the work on it: its rows first, some at a time. True: it is not gone yet.
pub fn forget(tx: &mut Tx<'_>, id: ImportId) -> Result<bool> {
    tx.audit_unchanged(id.0);
    let old = imports::table.find(id).filter(imports::expires_at.le(tx.now));
    let query = old.select(imports::all_columns);
    let found: Option<ImportRecord> = query.get_result(tx.conn).optional()?;
    match found {
        Some(_) if rows::forget_some(tx, id)? => Ok(true),
        Some(mut record) => forget_record(tx, &mut record).map(|()| false),
        None => Ok(false),
    }
}

/// Ends the lists, of whichever organisation, of which a row names a case that is erased: what they say of the person goes with the file, and
/// no new mapping or validation brings the person back. That a list of another organisation knew the person is told to nobody, so no entry
/// names it.
pub(in crate::db) fn end_naming(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let naming = import_rows::table.filter(import_rows::case_id.eq(case)).select(import_rows::import_id);
    // Locked by the write: the work on one of them does not go on meanwhile.
    let query = diesel::update(imports::table.filter(imports::id.eq_any(naming)).filter(imports::file_id.is_not_null()))
        .set(imports::version.eq(imports::version))
        .returning(imports::all_columns);
    let lists: Vec<ImportRecord> = query.get_results(tx.conn)?;
    for mut list in lists {
        if list.organisation_id == tx.actor.organisation_id() {
            tx.audit_subject(list.id.0);
        }
        drop_file(tx, &mut list)?;
        // What else is known of it stays sealed as it is: an erasure waits for no list that cannot be opened.
        let ended = ImportRecord {
            state: ImportState::Cancelled,
            stopped_because: None,
            taken_by: None,
            not_before: None,
            version: list.version + 1,
            updated_at: tx.now,
            ..list
        };
        let query = diesel::update(imports::table.find(ended.id)).set(&ended);
        query.execute(tx.conn)?;
    }
    Ok(())
}

/// Deletes a list with its rows, and lets its file go.
pub(in crate::db) fn forget_record(tx: &mut Tx<'_>, record: &mut ImportRecord) -> Result<()> {
    drop_file(tx, record)?;
    rows::forget(tx, record.id)?;
    let query = diesel::delete(imports::table.find(record.id));
    query.execute(tx.conn)?;
    Ok(())
}

/// Keeps a list, with its file, for some days from now on.
pub(in crate::db) fn prolong(tx: &mut Tx<'_>, record: &mut ImportRecord) -> Result<()> {
    record.expires_at = tx.now.plus_seconds(KEPT_SECONDS);
    record.file_id.map_or(Ok(()), |file| attachment_cleanup::remove_at(tx, file, record.expires_at))
}

/// Lets the file of a list go, and the key without which nobody reads it: from the files of the database, too.
pub(in crate::db) fn drop_file(tx: &mut Tx<'_>, record: &mut ImportRecord) -> Result<()> {
    let Some(file) = record.file_id.take() else { return Ok(()) };
    record.sealed_key = None;
    tx.purge_on_commit();
    attachment_cleanup::remove_at(tx, file, tx.now)
}

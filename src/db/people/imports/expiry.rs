//! The end of a list: its file and its rows are deleted some days after somebody did anything with it.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::cases::attachment_cleanup;
use crate::db::people::imports::record::{ImportRecord, KEPT_SECONDS};
use crate::db::people::imports::rows;
use crate::db::schema::imports;
use crate::domain::ids::ImportId;
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

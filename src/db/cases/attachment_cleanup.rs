//! Files in the storage, and their removal. A file is registered here before its first byte is written. The cleanup therefore
//! never has to list the storage, and removes no file of another program.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{attachments, stored_files};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, StoredFileId};
use crate::error::{Error, ErrorCode, Result};

/// Seconds after which a reserved file that no attachment names is removed. Longer than an upload may take.
const RESERVED_SECONDS: i64 = 2 * 3600;
/// Seconds for which an announcement without content is kept: as long as the answer to it.
const ANNOUNCED_SECONDS: i64 = 7 * 24 * 3600;
/// Files that are removed in one round.
const ROUND: i64 = 200;

/// Reserves a place in the storage.
pub(in crate::db) fn reserve(tx: &mut Tx<'_>) -> Result<StoredFileId> {
    let id = StoredFileId::random();
    let until = tx.now.plus_seconds(RESERVED_SECONDS);
    let query = diesel::insert_into(stored_files::table).values((stored_files::id.eq(id), stored_files::remove_after.eq(until)));
    query.execute(tx.conn)?;
    Ok(id)
}

/// Keeps a received file, unless its reservation expired: then it may have been removed already.
pub(in crate::db) fn keep(tx: &mut Tx<'_>, id: StoredFileId) -> Result<()> {
    let reserved = stored_files::table.find(id).filter(stored_files::remove_after.gt(tx.now));
    let query = diesel::update(reserved).set(stored_files::remove_after.eq(None::<Timestamp>));
    match query.execute(tx.conn)? {
        0 => Err(Error::new(ErrorCode::RequestTimeout)),
        _ => Ok(()),
    }
}

/// Keeps a received file until a day, on which it is removed by itself; not one whose reservation expired. No backup has it.
pub(in crate::db) fn keep_until(tx: &mut Tx<'_>, id: StoredFileId, at: Timestamp) -> Result<()> {
    let reserved = stored_files::table.find(id).filter(stored_files::remove_after.gt(tx.now));
    let query = diesel::update(reserved).set(stored_files::remove_after.eq(Some(at)));
    match query.execute(tx.conn)? {
        0 => Err(Error::new(ErrorCode::RequestTimeout)),
        _ => Ok(()),
    }
}

/// Schedules the removal of a file.
pub(in crate::db) fn remove_at(tx: &mut Tx<'_>, id: StoredFileId, at: Timestamp) -> Result<()> {
    let query = diesel::update(stored_files::table.find(id)).set(stored_files::remove_after.eq(Some(at)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Deletes every attachment of a case, with its key. The bytes are removed within minutes.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let of_case = attachments::table.filter(attachments::case_id.eq(case));
    let query = of_case.select(attachments::file_id);
    let files: Vec<Option<StoredFileId>> = query.load(tx.conn)?;
    let query = diesel::delete(of_case);
    query.execute(tx.conn)?;
    files.into_iter().flatten().try_for_each(|file| remove_at(tx, file, tx.now))
}

/// The files that are kept: those that a backup must have.
pub fn kept(tx: &mut Tx<'_>) -> Result<Vec<StoredFileId>> {
    let query = stored_files::table.filter(stored_files::remove_after.is_null()).order(stored_files::id).select(stored_files::id);
    Ok(query.load(tx.conn)?)
}

/// Whether a file is still kept: it may have been removed since it was listed.
pub fn is_kept(tx: &mut Tx<'_>, id: StoredFileId) -> Result<bool> {
    let query = diesel::select(diesel::dsl::exists(stored_files::table.find(id).filter(stored_files::remove_after.is_null())));
    Ok(query.get_result(tx.conn)?)
}

/// Files that are to be removed from the storage now.
pub fn due(tx: &mut Tx<'_>) -> Result<Vec<StoredFileId>> {
    let query = stored_files::table.filter(stored_files::remove_after.le(tx.now)).select(stored_files::id).limit(ROUND);
    Ok(query.load(tx.conn)?)
}

/// Deletes the row of a file that was removed from the storage.
pub fn removed(tx: &mut Tx<'_>, id: StoredFileId) -> Result<()> {
    let query = diesel::delete(stored_files::table.find(id).filter(stored_files::remove_after.le(tx.now)));
    query.execute(tx.conn)?;
    tx.audit_unchanged(id.0);
    Ok(())
}

/// Whether an announcement without content is too old.
pub fn has_announced(tx: &mut Tx<'_>) -> Result<bool> {
    let old = attachments::table
        .filter(attachments::file_id.is_null())
        .filter(attachments::created_at.lt(tx.now.plus_seconds(-ANNOUNCED_SECONDS)));
    let query = diesel::select(diesel::dsl::exists(old));
    Ok(query.get_result(tx.conn)?)
}

/// Deletes old announcements without content.
pub fn forget_announced(tx: &mut Tx<'_>) -> Result<()> {
    let old = attachments::table
        .filter(attachments::file_id.is_null())
        .filter(attachments::created_at.lt(tx.now.plus_seconds(-ANNOUNCED_SECONDS)));
    let query = diesel::delete(old);
    query.execute(tx.conn)?;
    tx.audit_unchanged(uuid::Uuid::nil());
    Ok(())
}

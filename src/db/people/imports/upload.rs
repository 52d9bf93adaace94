//! The file of a list: a place is reserved, the bytes come in and are durable, and then the list names them. No transaction waits for a slow
//! line.

use crate::crypto::FileKey;
use crate::db::Tx;
use crate::db::cases::attachment_cleanup;
use crate::db::engine::expected::Expected;
use crate::db::people::imports::record::{self, Import};
use crate::db::people::imports::steps::step;
use crate::domain::ids::{ImportId, StoredFileId};
use crate::domain::imports::state::ImportState;
use crate::error::{ErrorCode, Result};

/// The states of a list that waits for its file, or for another one.
const WAITING: &[ImportState] = &[ImportState::Announced, ImportState::Refused];

/// A file that may come in.
pub struct PendingFile {
    pub file: StoredFileId,
    /// The key that seals it.
    pub key: FileKey,
    /// The place that it is bound to.
    pub place: Vec<u8>,
}

/// Reserves a place for the file of a list.
pub fn begin(tx: &mut Tx<'_>, id: ImportId, expected: &Expected) -> Result<PendingFile> {
    record::lock(tx, id)?;
    let record = record::find_record(tx, id)?;
    expected.check(record.version)?;
    if !WAITING.contains(&record.state) {
        return Err(ErrorCode::ImportNotAtStep.into());
    }
    let file = attachment_cleanup::reserve(tx)?;
    tx.audit_change(id.0, None, None);
    Ok(PendingFile { file, key: FileKey::random()?, place: record.place(file) })
}

/// Names a file that arrived, and has it read.
pub fn finish(tx: &mut Tx<'_>, id: ImportId, expected: &Expected, arrived: &PendingFile, size: u64) -> Result<Import> {
    step(tx, id, expected, WAITING, |tx, record, about| {
        attachment_cleanup::keep_until(tx, arrived.file, record.expires_at)?;
        (record.state, record.stopped_because, record.attempts, record.taken_by) = (ImportState::Reading, None, 0, None);
        record.not_before = None;
        record.sealed_key = Some(record::seal_file_key(tx, record, arrived.file, &arrived.key)?);
        if let Some(before) = record.file_id.replace(arrived.file) {
            attachment_cleanup::remove_at(tx, before, tx.now)?;
        }
        about.size = size;
        Ok(())
    })
}

//! The checkpoints of the trail, as they were signed, for those who keep copies.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::engine::page::{Page, PageRequest};
use crate::db::reporting::audit::checkpoint::CheckpointKey;
use crate::db::reporting::audit::verifying::public_key;
use crate::db::schema::audit_checkpoints;
use crate::domain::dates::Timestamp;
use crate::error::Result;

/// A checkpoint without the hashes under it.
#[derive(Clone, Debug, Queryable)]
pub struct StoredCheckpoint {
    pub size: i64,
    pub sealed_at: Timestamp,
    /// The signed note.
    pub note: String,
}

/// The keys that sign the notes, as tools for signed notes read them; none before the first seal.
pub fn keys(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    Ok(public_key(tx)?.iter().map(CheckpointKey::verifier).collect())
}

/// The checkpoints, newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<StoredCheckpoint>> {
    use audit_checkpoints as c;
    let list = b"audit checkpoints";
    let before: i64 = page.position(tx, list)?.unwrap_or(i64::MAX);
    let query = c::table.filter(c::size.lt(before)).order(c::size.desc()).limit(page.limit + 1).select((c::size, c::sealed_at, c::note));
    let rows: Vec<StoredCheckpoint> = query.load(tx.conn)?;
    page.page(tx, list, rows, |row| row.size)
}

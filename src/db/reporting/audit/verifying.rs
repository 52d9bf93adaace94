//! Verification of the sealed trail: every entry is hashed again, and every checkpoint compared. Whoever edits, deletes, swaps or
//! inserts an entry is found at that entry; who cuts the end off, or writes the whole trail anew under another key, by a checkpoint
//! that somebody else kept.

use diesel::prelude::*;

use crate::crypto::{Edge, Hash, Leaf, inclusion, leaf};
use crate::db::Tx;
use crate::db::reporting::audit::checkpoint::{Checkpoint, CheckpointKey};
use crate::db::reporting::audit::encoding::StoredEntry;
use crate::db::reporting::audit::sealing::CheckpointRow;
use crate::db::schema::{audit_checkpoints, audit_entries, audit_keys};
use crate::error::{Error, ErrorCode, Result};

/// Entries that are read at once.
const PAGE: i64 = 4000;

/// Lines of a note with one signature.
const NOTE_LINES: usize = 5;

/// The first thing that is wrong with a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The position of the first entry that is not what was sealed.
    pub position: i64,
    /// What is wrong with it.
    pub what: &'static str,
}

/// What a verification found.
pub type Verdict = std::result::Result<Sealed, Fault>;

/// A trail as it is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Entries.
    pub size: i64,
    /// The root of their tree.
    pub root: Hash,
    /// The key that signed it; none before the first seal.
    pub key: Option<CheckpointKey>,
}

/// The public key of the checkpoints; none before the first seal.
pub fn public_key(tx: &mut Tx<'_>) -> Result<Option<CheckpointKey>> {
    let query = audit_keys::table.select(audit_keys::public_key);
    let key: Option<Vec<u8>> = query.get_result(tx.conn).optional()?;
    Ok(key.map(|bytes| CheckpointKey::new(&bytes)))
}

/// Verifies the whole trail, and that it goes on from the checkpoints in a note that somebody kept.
pub fn verify(tx: &mut Tx<'_>, kept: Option<&str>) -> Result<Verdict> {
    let key = public_key(tx)?;
    let kept = match (kept, &key) {
        (None, _) => None,
        (Some(note), Some(key)) => match key.open(note) {
            Some(checkpoint) => Some(checkpoint),
            None => {
                return Ok(fault(
                    0,
                    "the kept checkpoint was signed with another key: the trail was written anew, or the file is no checkpoint",
                ));
            }
        },
        (Some(_), None) => return Ok(fault(0, "nothing is sealed, and the kept checkpoint says otherwise")),
    };
    let mut trail = Trail { edge: Edge::default(), leaf: Leaf::default(), position: 0, kept };
    loop {
        let query = audit_checkpoints::table
            .filter(audit_checkpoints::size.gt(trail.position))
            .order(audit_checkpoints::size)
            .limit(1)
            .select(audit_checkpoints::all_columns);
        let next: Option<CheckpointRow> = query.get_result(tx.conn).optional()?;
        let Some(row) = next else { break };
        if let Err(fault) = trail.compare_batch(tx, &row, key.as_ref())? {
            return Ok(Err(fault));
        }
    }
    if let Some(fault) = beyond(tx, trail.position)? {
        return Ok(Err(fault));
    }
    if trail.kept.is_some_and(|kept| kept.size > trail.edge.size()) {
        return Ok(fault(trail.position, "the kept checkpoint has more entries: the end is cut off"));
    }
    Ok(Ok(Sealed { size: trail.position, root: trail.edge.root(), key }))
}

fn fault<T>(position: i64, what: &'static str) -> std::result::Result<T, Fault> {
    Err(Fault { position, what })
}

/// Entries with a place that no checkpoint gave them.
fn beyond(tx: &mut Tx<'_>, size: i64) -> Result<Option<Fault>> {
    let query = audit_entries::table
        .filter(audit_entries::position.ge(size).or(audit_entries::position.lt(0)))
        .order(audit_entries::position)
        .limit(1)
        .select(audit_entries::position);
    let found: Option<Option<i64>> = query.get_result(tx.conn).optional()?;
    Ok(found.flatten().map(|position| Fault { position, what: "this entry, or its checkpoint, was put in or taken out" }))
}

/// A trail while it is verified.
struct Trail {
    edge: Edge,
    leaf: Leaf,
    position: i64,
    kept: Option<Checkpoint>,
}

impl Trail {
    fn compare_batch(
        &mut self,
        tx: &mut Tx<'_>,
        row: &CheckpointRow,
        key: Option<&CheckpointKey>,
    ) -> Result<std::result::Result<(), Fault>> {
        let begins = self.position;
        let (leaves, rest) = row.leaves.as_chunks::<32>();
        let length = i64::try_from(leaves.len()).map_err(Error::internal)?;
        if !rest.is_empty() || row.size - begins != length {
            return Ok(fault(begins, "a checkpoint is missing or damaged"));
        }
        for leaves in leaves.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
            if let Err(fault) = self.compare_page(tx, leaves)? {
                return Ok(Err(fault));
            }
        }
        let here = Checkpoint { size: self.edge.size(), root: self.edge.root() };
        // Whoever keeps a checkpoint may have others sign it as well; here it is as it was sealed.
        let is_alone = row.note.ends_with('\n') && row.note.lines().count() == NOTE_LINES;
        let is_signed = is_alone && key.and_then(|key| key.open(&row.note)) == Some(here);
        if !is_signed || row.root != here.root || row.edge != self.edge.bytes() {
            return Ok(fault(begins, "the checkpoint of its batch is not that of its entries"));
        }
        Ok(Ok(()))
    }

    /// Compares the entries of the next leaves.
    fn compare_page(&mut self, tx: &mut Tx<'_>, leaves: &[Hash]) -> Result<std::result::Result<(), Fault>> {
        let begins = self.position;
        let ends = begins + i64::try_from(leaves.len()).map_err(Error::internal)?;
        let entries = match between(tx, begins, ends) {
            Ok(entries) => entries,
            Err(error) if error.code == ErrorCode::DatabaseUnavailable => return Err(error),
            Err(_) => return Ok(fault(unreadable(tx, begins, ends)?, "this entry cannot be read")),
        };
        let mut entries = entries.into_iter();
        for sealed in leaves {
            let entry = entries.next().filter(|entry| entry.position == Some(self.position));
            let Some(entry) = entry else { return Ok(fault(self.position, "this entry is missing")) };
            let hash = self.leaf.hash(|bytes| entry.write(self.position, bytes));
            if hash != *sealed {
                return Ok(fault(self.position, "this entry is not what was sealed"));
            }
            self.edge.push(hash);
            self.position += 1;
            if self.kept.is_some_and(|kept| kept.size == self.edge.size() && kept.root != self.edge.root()) {
                return Ok(fault(0, "the kept checkpoint has other entries: the trail was written anew"));
            }
        }
        Ok(Ok(()))
    }
}

fn between(tx: &mut Tx<'_>, begins: i64, ends: i64) -> Result<Vec<StoredEntry>> {
    let query = audit_entries::table
        .filter(audit_entries::position.ge(begins))
        .filter(audit_entries::position.lt(ends))
        .order(audit_entries::position)
        .select(StoredEntry::as_select());
    Ok(query.load(tx.conn)?)
}

/// The first entry of a range that cannot be read: something that is no value of its column was written past the service.
fn unreadable(tx: &mut Tx<'_>, begins: i64, ends: i64) -> Result<i64> {
    for position in begins..ends {
        match between(tx, position, position + 1) {
            Ok(_) => {}
            Err(error) if error.code == ErrorCode::DatabaseUnavailable => return Err(error),
            Err(_) => return Ok(position),
        }
    }
    Ok(begins)
}

/// The latest checkpoint, as it was signed; none before the first seal.
pub fn latest_note(tx: &mut Tx<'_>) -> Result<Option<String>> {
    let query = audit_checkpoints::table.order(audit_checkpoints::size.desc()).limit(1).select(audit_checkpoints::note);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The proof that an entry is in the trail, as the latest checkpoint signs it.
pub struct Proof {
    /// The bytes of the entry, whose hash is the leaf.
    pub entry: Vec<u8>,
    /// The hashes from the leaf up.
    pub path: Vec<Hash>,
    /// The checkpoint, as it was signed.
    pub note: String,
}

/// Proves that the entry at a position is in the trail; none if nothing is sealed there, or something else.
pub fn prove(tx: &mut Tx<'_>, position: i64) -> Result<Option<Proof>> {
    let query = audit_checkpoints::table.order(audit_checkpoints::size).select((audit_checkpoints::leaves, audit_checkpoints::note));
    let rows: Vec<(Vec<u8>, String)> = query.load(tx.conn)?;
    let leaves: Vec<Hash> = rows.iter().flat_map(|(leaves, _)| leaves.as_chunks::<32>().0.iter().copied()).collect();
    let index = usize::try_from(position).ok();
    let (Some(index), Some((_, note))) = (index, rows.last()) else { return Ok(None) };
    let Some(sealed) = leaves.get(index) else { return Ok(None) };
    let Some(entry) = between(tx, position, position + 1)?.pop().map(|entry| entry.bytes(position)) else { return Ok(None) };
    Ok((leaf(&entry) == *sealed).then(|| Proof { entry, path: inclusion(index, &leaves), note: note.clone() }))
}

//! Sealing: entries get their place in the trail in order of completion, a batch at a time, and each batch ends with a signed
//! checkpoint. A place is given under a lock and only to entries that are committed, so that a finished range never grows. Nothing is
//! sealed twice.

use diesel::prelude::*;

use crate::crypto::{Edge, Leaf, Purpose, SigningKey};
use crate::db::Tx;
use crate::db::reporting::audit::checkpoint::{self, Checkpoint};
use crate::db::reporting::audit::encoding::StoredEntry;
use crate::db::reporting::audit::{readers, watch};
use crate::db::schema::{audit_checkpoints, audit_entries, audit_keys, audit_subjects};
use crate::domain::dates::Timestamp;
use crate::error::{Error, Result};

/// The most entries of a batch.
pub const BATCH: i64 = 1000;
/// Seconds after which an entry is sealed at the latest, give or take the pace of the background work.
pub const SEALED_AFTER_SECONDS: i64 = 50;
/// The only row of the table of keys.
const THE_KEY: i32 = 1;
/// Rows of one insert.
const ROWS: usize = 500;

/// A stored checkpoint.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = audit_checkpoints, treat_none_as_default_value = false)]
pub struct CheckpointRow {
    pub size: i64,
    pub sealed_at: Timestamp,
    pub root: Vec<u8>,
    /// The leaves of this batch, 32 bytes each.
    pub leaves: Vec<u8>,
    /// The right edge of the tree, to which the next batch is appended.
    pub edge: Vec<u8>,
    /// The signed note.
    pub note: String,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = audit_keys, treat_none_as_default_value = false)]
struct KeyRow {
    id: i32,
    created_at: Timestamp,
    public_key: Vec<u8>,
    sealed_seed: Vec<u8>,
}

/// Whether a batch is due: it is full, or its first entry has waited long enough.
fn is_due(tx: &mut Tx<'_>) -> Result<bool> {
    let query = audit_entries::table
        .filter(audit_entries::position.is_null())
        .order(audit_entries::seq)
        .limit(BATCH)
        .select(audit_entries::recorded_at);
    let waiting: Vec<Timestamp> = query.load(tx.conn)?;
    let is_full = i64::try_from(waiting.len()).unwrap_or(BATCH) >= BATCH;
    let latest = tx.now.plus_seconds(-SEALED_AFTER_SECONDS);
    Ok(is_full || waiting.first().is_some_and(|first| *first <= latest))
}

/// Seals the entries that are committed and not sealed yet, up to a batch, if that is due. Returns how many.
pub fn seal_batch(tx: &mut Tx<'_>) -> Result<usize> {
    if !is_due(tx)? {
        return Ok(0);
    }
    let key = lock_key(tx)?;
    let mut edge = last_edge(tx)?;
    let base = i64::try_from(edge.size()).map_err(Error::internal)?;
    let query = audit_entries::table
        .filter(audit_entries::position.is_null())
        .order(audit_entries::seq)
        .limit(BATCH)
        .select(StoredEntry::as_select());
    let entries: Vec<StoredEntry> = query.load(tx.conn)?;
    if entries.is_empty() {
        return Ok(0);
    }
    let mut leaves = Vec::with_capacity(entries.len() * 32);
    let mut subjects = Vec::new();
    let mut leaf = Leaf::default();
    for (position, entry) in (base..).zip(&entries) {
        let hash = leaf.hash(|bytes| entry.write(position, bytes));
        edge.push(hash);
        leaves.extend_from_slice(&hash);
        subjects.extend(readers::ids(&entry.subject_ids).map(|id| (id, position)));
        let query = diesel::update(audit_entries::table.find(entry.seq)).set(audit_entries::position.eq(position));
        query.execute(tx.conn)?;
    }
    index_subjects(tx, subjects)?;
    readers::open_to_readers(tx, base, &entries)?;
    watch::watch(tx, &entries)?;
    let checkpoint = Checkpoint { size: edge.size(), root: edge.root() };
    let row = CheckpointRow {
        size: i64::try_from(edge.size()).map_err(Error::internal)?,
        sealed_at: tx.now,
        root: checkpoint.root.to_vec(),
        leaves,
        edge: edge.bytes(),
        note: checkpoint::sign(&key, &checkpoint),
    };
    let query = diesel::insert_into(audit_checkpoints::table).values(&row);
    query.execute(tx.conn)?;
    Ok(entries.len())
}

/// Keeps which entries are about what, so that the accesses to a case are found without reading the whole trail.
fn index_subjects(tx: &mut Tx<'_>, mut subjects: Vec<(uuid::Uuid, i64)>) -> Result<()> {
    subjects.sort_unstable();
    subjects.dedup();
    for rows in subjects.chunks(ROWS) {
        let rows: Vec<_> = rows
            .iter()
            .map(|(id, position)| (audit_subjects::subject_id.eq(id.as_bytes().to_vec()), audit_subjects::position.eq(*position)))
            .collect();
        let query = diesel::insert_into(audit_subjects::table).values(rows);
        query.execute(tx.conn)?;
    }
    Ok(())
}

fn last_edge(tx: &mut Tx<'_>) -> Result<Edge> {
    let query =
        audit_checkpoints::table.order(audit_checkpoints::size.desc()).limit(1).select((audit_checkpoints::size, audit_checkpoints::edge));
    let last: Option<(i64, Vec<u8>)> = query.get_result(tx.conn).optional()?;
    let Some((size, edge)) = last else { return Ok(Edge::default()) };
    let edge = u64::try_from(size).ok().and_then(|size| Edge::read(size, &edge));
    edge.ok_or_else(|| Error::internal("the last checkpoint of the audit trail is damaged: run `homeward audit verify`"))
}

/// The key, made at the first seal. Locked until the transaction ends: one instance seals at a time.
fn lock_key(tx: &mut Tx<'_>) -> Result<SigningKey> {
    if let Some(key) = locked(tx)? {
        return Ok(key);
    }
    let seed = SigningKey::generate()?;
    let row = KeyRow {
        id: THE_KEY,
        created_at: tx.now,
        public_key: SigningKey::read(&seed)?.public().to_vec(),
        sealed_seed: tx.keys.seal_for_service(Purpose::AuditSealing, &[b"audit-key"], &seed)?,
    };
    let query = diesel::insert_into(audit_keys::table).values(&row).on_conflict_do_nothing();
    query.execute(tx.conn)?;
    locked(tx)?.ok_or_else(|| Error::internal("there is no key for the audit trail"))
}

fn locked(tx: &mut Tx<'_>) -> Result<Option<SigningKey>> {
    let lock = diesel::update(audit_keys::table.find(THE_KEY)).set(audit_keys::id.eq(THE_KEY));
    if lock.execute(tx.conn)? == 0 {
        return Ok(None);
    }
    let query = audit_keys::table.find(THE_KEY).select(audit_keys::sealed_seed);
    let sealed: Vec<u8> = query.get_result(tx.conn)?;
    let seed = tx.keys.open_for_service(Purpose::AuditSealing, &[b"audit-key"], &sealed)?;
    SigningKey::read(&seed).map(Some)
}

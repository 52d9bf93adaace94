//! Batches: a charter, bus or convoy of one organisation, invisible to other organisations. The organisation itself sees, moves
//! and counts only the passengers on whose cases it holds a live grant.

pub mod manifest;
mod passengers;
mod readiness;
mod steps;

pub use manifest::{Manifest, ManifestLine, left_behind, manifest};
pub use passengers::{add, remove};
pub use readiness::{Readiness, ReadyPassenger, readiness};
pub use steps::{ArrivalOfAll, BatchMove, PassengerMove, advance};

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::grants;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, Place, Reading, found};
use crate::db::process::{batch_members, follow};
use crate::db::schema::{case_grants, movement_batch_members, movement_batches};
use crate::domain::codes::{FundingSource, MovementMode, MovementStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MovementBatchId, OrganisationId, UserId};
use crate::domain::repatriation::movement_batch::MovementBatch;
use crate::error::{Error, ErrorCode, Result};

/// A batch as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = movement_batches, treat_none_as_null = true, treat_none_as_default_value = false)]
struct BatchRow {
    id: MovementBatchId,
    organisation_id: OrganisationId,
    created_at: Timestamp,
    created_by: Option<UserId>,
    updated_at: Timestamp,
    version: i64,
    name: String,
    mode: MovementMode,
    status: MovementStatus,
    carrier: Option<String>,
    reference: Option<String>,
    origin: Option<String>,
    destination: Option<String>,
    departs_at: Timestamp,
    arrives_at: Timestamp,
    departed_at: Option<Timestamp>,
    capacity: i32,
    escort: Option<String>,
    funding: Option<FundingSource>,
}

/// A batch.
#[derive(Clone)]
pub struct Batch {
    pub id: MovementBatchId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    /// The fields that are the same for all passengers.
    pub content: MovementBatch,
    /// The number of passengers whom the organisation may see.
    pub on_board: i64,
    created_by: Option<UserId>,
}

impl Batch {
    fn of(row: BatchRow, on_board: i64) -> Self {
        let BatchRow { id, organisation_id: _, created_at, created_by, updated_at, version, name, mode, status, .. } = row;
        let BatchRow { carrier, reference, origin, destination, departs_at, arrives_at, departed_at, capacity, escort, funding, .. } = row;
        let content = MovementBatch {
            name,
            mode,
            status,
            carrier,
            reference,
            origin,
            destination,
            departs_at,
            arrives_at,
            departed_at,
            capacity,
            escort,
            funding,
        };
        Self { id, created_at, updated_at, version, content, on_board, created_by }
    }

    fn row(&self, owner: OrganisationId) -> BatchRow {
        let MovementBatch {
            name,
            mode,
            status,
            carrier,
            reference,
            origin,
            destination,
            departs_at,
            arrives_at,
            departed_at,
            capacity,
            escort,
            funding,
        } = self.content.clone();
        BatchRow {
            id: self.id,
            organisation_id: owner,
            created_at: self.created_at,
            created_by: self.created_by,
            updated_at: self.updated_at,
            version: self.version,
            name,
            mode,
            status,
            carrier,
            reference,
            origin,
            destination,
            departs_at,
            arrives_at,
            departed_at,
            capacity,
            escort,
            funding,
        }
    }
}

/// A page of the organisation's own batches, the newest departure first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<Batch>> {
    let list = b"movement batches";
    // The list leaves an audit entry, because departures are sensitive even without names.
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let place: Place<(Timestamp, MovementBatchId), MovementBatchId> = page.place(tx, list)?;
    let rows = page_of(tx, place, page.limit + 1)?;
    let reading = Reading {
        key_of: |row: &BatchRow| (row.departs_at, row.id),
        changed_of: |row: &BatchRow| (row.updated_at, row.id),
        has_changed: |tx: &mut Tx<'_>, since: Timestamp| Ok(!page_of(tx, Place::Changed { after: (since, None) }, 1)?.is_empty()),
    };
    let page = page.page_of_changing(tx, list, place, rows, reading)?;
    let ids: Vec<MovementBatchId> = page.items.iter().map(|row| row.id).collect();
    let counts = on_board(tx, &ids)?;
    let count = |id| counts.iter().find(|(known, _)| *known == id).map_or(0, |(_, count)| *count);
    Ok(page.map(|row| Batch::of(row.clone(), count(row.id))))
}

fn page_of(tx: &mut Tx<'_>, place: Place<(Timestamp, MovementBatchId), MovementBatchId>, limit: i64) -> Result<Vec<BatchRow>> {
    let own = movement_batches::table
        .filter(movement_batches::organisation_id.eq(tx.actor.organisation_id()))
        .limit(limit)
        .select(movement_batches::all_columns)
        .into_boxed();
    let query = match place {
        Place::Ordered { after, .. } => {
            let from_here = match after {
                None => own,
                Some((at, id)) => {
                    let beyond = movement_batches::departs_at.lt(at).or(movement_batches::id.lt(id));
                    own.filter(movement_batches::departs_at.le(at)).filter(beyond)
                }
            };
            from_here.order((movement_batches::departs_at.desc(), movement_batches::id.desc()))
        }
        Place::Changed { after: (at, id) } => {
            let beyond = movement_batches::updated_at.gt(at).or(movement_batches::id.gt(id.unwrap_or(MovementBatchId(uuid::Uuid::nil()))));
            own.filter(movement_batches::updated_at.ge(at)).filter(beyond).order((movement_batches::updated_at, movement_batches::id))
        }
    };
    Ok(query.load(tx.conn)?)
}

/// Finds one of the organisation's own batches.
pub fn find(tx: &mut Tx<'_>, id: MovementBatchId) -> Result<Batch> {
    tx.audit_unchanged(id.0);
    let query = movement_batches::table
        .find(id)
        .filter(movement_batches::organisation_id.eq(tx.actor.organisation_id()))
        .select(movement_batches::all_columns);
    let row: BatchRow = found(query.get_result(tx.conn).optional()?)?;
    let on_board = on_board(tx, &[id])?.first().map_or(0, |(_, count)| *count);
    Ok(Batch::of(row, on_board))
}

/// Creates a batch without passengers.
pub fn insert(tx: &mut Tx<'_>, content: MovementBatch) -> Result<Batch> {
    refuse(content.refusals(None, 0, tx.today()))?;
    let batch = Batch {
        id: MovementBatchId::random(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        content,
        on_board: 0,
    };
    let query = diesel::insert_into(movement_batches::table).values(batch.row(tx.actor.organisation_id()));
    query.execute(tx.conn)?;
    tx.audit_change(batch.id.0, None, Some(1));
    Ok(batch)
}

/// Changes a batch, and with it the movement of every passenger.
pub fn update<F>(tx: &mut Tx<'_>, id: MovementBatchId, expected: &Expected, change: F) -> Result<Batch>
where
    F: FnOnce(&MovementBatch) -> Result<MovementBatch>,
{
    let before = begin(tx, id, expected)?;
    if before.content.is_over() {
        return Err(Error::new(ErrorCode::Conflict).detail("The batch is cancelled or has arrived: it can no longer be changed."));
    }
    let content = change(&before.content)?;
    refuse(content.refusals(Some(&before.content), before.on_board, tx.today()))?;
    let members = batch_members::lock_members(tx, id)?;
    for member in &members {
        follow::change_movement(tx, member, |movement| content.carried_over(id, movement))?;
    }
    save(tx, Batch { content, ..before })
}

fn refuse(found: Vec<crate::domain::violation::Violation>) -> Result<()> {
    if found.is_empty() { Ok(()) } else { Err(Error::fields(found)) }
}

/// Locks the batch until this transaction ends, and returns it, in a version that the caller expects.
fn begin(tx: &mut Tx<'_>, id: MovementBatchId, expected: &Expected) -> Result<Batch> {
    let query = diesel::update(movement_batches::table.find(id)).set(movement_batches::version.eq(movement_batches::version));
    query.execute(tx.conn)?;
    let batch = find(tx, id)?;
    expected.check(batch.version)?;
    // Called first, so that the audit entry names the versions of the batch and not those of a passenger's record.
    tx.audit_change(id.0, Some(batch.version), None);
    Ok(batch)
}

/// Stores the batch as its next version.
fn save(tx: &mut Tx<'_>, batch: Batch) -> Result<Batch> {
    let batch = Batch { version: batch.version + 1, updated_at: tx.now, ..batch };
    let row = batch.row(tx.actor.organisation_id());
    let query = diesel::update(movement_batches::table.find(batch.id).filter(movement_batches::version.eq(batch.version - 1))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(batch.id.0, Some(batch.version - 1), Some(batch.version));
    let on_board = on_board(tx, &[batch.id])?.first().map_or(0, |(_, count)| *count);
    Ok(Batch { on_board, ..batch })
}

/// The number of passengers of each batch whom the organisation may see: the seat of a person who left for protection is free,
/// and only visible passengers are counted.
fn on_board(tx: &mut Tx<'_>, batches: &[MovementBatchId]) -> Result<Vec<(MovementBatchId, i64)>> {
    let granted = case_grants::table
        .filter(case_grants::case_id.eq(movement_batch_members::case_id))
        .filter(grants::live(tx.actor.organisation_id(), tx.now));
    let query = movement_batch_members::table
        .filter(movement_batch_members::batch_id.eq_any(batches))
        .filter(diesel::dsl::exists(granted))
        .group_by(movement_batch_members::batch_id)
        .select((movement_batch_members::batch_id, diesel::dsl::count_star()));
    Ok(query.load(tx.conn)?)
}

//! Operations: raids, releases and escapes as they were published. Class A, readable by every signed-in user.

use diesel::prelude::*;
use serde::Serialize;

use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::operations;
use crate::db::schema::types::Json;
use crate::db::{Tx, taken};
use crate::domain::codes::{DatePrecision, OperationKind};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::OperationId;
use crate::domain::reference::operation::{OperationCount, PlaceName, Reconciliation, Seizure, Source, StatedTotal, reconcile};
use crate::error::{Error, ErrorCode, Result};

/// The detail of the error for a reference that another operation has.
const REFERENCE_TAKEN: &str = "There is an operation with this reference already.";

/// An operation as stored.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = operations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct OperationRow {
    pub id: OperationId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    /// Stable reference of published data; none for operations recorded by hand.
    pub reference: Option<String>,
    pub name: String,
    pub kind: OperationKind,
    /// The operation of which this one is a part.
    pub parent_id: Option<OperationId>,
    pub country: Country,
    pub localities: Json<Vec<PlaceName>>,
    pub started_on: Option<PartialDate>,
    pub ended_on: Option<PartialDate>,
    pub date_precision: DatePrecision,
    pub duration_days: Option<i32>,
    pub lead_authority: Option<String>,
    pub stated_total: Option<Json<StatedTotal>>,
    pub counts: Json<Vec<OperationCount>>,
    pub seizures: Json<Vec<Seizure>>,
    pub sources: Json<Vec<Source>>,
}

/// An operation with its parts and the sum of them.
#[derive(Clone, Debug)]
pub struct Operation {
    pub row: OperationRow,
    pub parts: Vec<OperationRow>,
    /// The sum of the parts against the stated total.
    pub reconciliation: Reconciliation,
}

/// The filter of a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OperationFilter {
    pub country: Option<Country>,
    pub kind: Option<OperationKind>,
    /// The operation whose parts are listed.
    pub part_of: Option<OperationId>,
}

/// Records an operation.
pub fn insert(tx: &mut Tx<'_>, row: &OperationRow) -> Result<Operation> {
    check_parent(tx, row)?;
    let query = diesel::insert_into(operations::table).values(row);
    query.execute(tx.conn).map_err(|error| taken(error, REFERENCE_TAKEN))?;
    tx.audit_change(row.id.0, None, Some(row.version));
    find(tx, row.id)
}

/// Changes an operation.
pub fn update<F>(tx: &mut Tx<'_>, id: OperationId, expected: &Expected, change: F) -> Result<Operation>
where
    F: FnOnce(&mut OperationRow) -> Result<()>,
{
    let mut row = find(tx, id)?.row;
    let read = expected.check(row.version)?;
    change(&mut row)?;
    check_parent(tx, &row)?;
    row.version += 1;
    row.updated_at = tx.now;
    let query = diesel::update(operations::table.find(id).filter(operations::version.eq(read))).set(&row);
    if query.execute(tx.conn).map_err(|error| taken(error, REFERENCE_TAKEN))? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(read), Some(row.version));
    find(tx, id)
}

/// Checks that the parent of a part exists and is not itself a part: two levels cover all published operations.
fn check_parent(tx: &mut Tx<'_>, row: &OperationRow) -> Result<()> {
    let Some(parent) = row.parent_id else { return Ok(()) };
    let query = operations::table.find(parent).select(operations::parent_id);
    let grandparent: Option<Option<OperationId>> = query.get_result(tx.conn).optional()?;
    match grandparent {
        None => Err(Error::field("/part_of", "not_found", "no operation with this id")),
        Some(_) if parent == row.id => Err(Error::field("/part_of", "part_of_itself", "an operation cannot be part of itself")),
        Some(Some(_)) => Err(Error::field("/part_of", "too_deep", "the operation named is itself part of another one")),
        Some(None) if !parts_of(tx, row.id)?.is_empty() => Err(Error::field("/part_of", "too_deep", "this operation has parts of its own")),
        Some(None) => Ok(()),
    }
}

/// Finds an operation, with its parts.
pub fn find(tx: &mut Tx<'_>, id: OperationId) -> Result<Operation> {
    let query = operations::table.find(id).select(operations::all_columns);
    let row: OperationRow = found(query.get_result(tx.conn).optional()?)?;
    let parts = parts_of(tx, id)?;
    let counts = row.counts.0.iter().chain(parts.iter().flat_map(|part| part.counts.0.iter()));
    let reconciliation = reconcile(counts, row.stated_total.as_ref().map(|total| &total.0));
    Ok(Operation { row, parts, reconciliation })
}

fn parts_of(tx: &mut Tx<'_>, id: OperationId) -> Result<Vec<OperationRow>> {
    let query = operations::table
        .filter(operations::parent_id.eq(id))
        .order((operations::created_at, operations::id))
        .select(operations::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The operation of published data with this reference.
pub fn find_by_reference(tx: &mut Tx<'_>, reference: &str) -> Result<Option<OperationRow>> {
    let query = operations::table.filter(operations::reference.eq(reference)).select(operations::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// A page of operations, oldest first.
pub fn list(tx: &mut Tx<'_>, filter: &OperationFilter, page: &PageRequest) -> Result<Page<OperationRow>> {
    let list = serde_json::to_vec(&("operations", filter)).map_err(Error::internal)?;
    let position: Option<(i64, OperationId)> = page.position(tx, &list)?;
    let rows: Vec<OperationRow> = {
        let mut query = operations::table.select(operations::all_columns).into_boxed();
        if let Some(country) = filter.country {
            query = query.filter(operations::country.eq(country));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(operations::kind.eq(kind));
        }
        if let Some(parent) = filter.part_of {
            query = query.filter(operations::parent_id.eq(parent));
        }
        if let Some((at, id)) = position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
            query = query.filter(operations::created_at.ge(at)).filter(operations::created_at.gt(at).or(operations::id.gt(id)));
        }
        query.order((operations::created_at, operations::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    page.page(tx, &list, rows, |row| (row.created_at.micros(), row.id))
}

//! Which cases changed in what lists filter, sort and count by, in an order that no clock has a part in. The database writes it itself, by
//! triggers, in the transaction that makes the change: see `name_changes`, whose order it has.

use diesel::dsl::{exists, max};
use diesel::prelude::*;

use crate::db::engine::connection::Connection;
use crate::db::engine::name_changes::transactions;
use crate::db::schema::listed_changes;
use crate::domain::ids::CaseId;
use crate::error::Result;

/// Positions that are kept, at least. Who looks later than half of that fills anew.
const KEPT: i64 = 200_000;

/// How far the changes reach, as one read sees them.
pub(in crate::db) struct Reach {
    /// Below this, nothing is added any more.
    pub(in crate::db) settled: i64,
    /// Nothing that can be seen is at this or above it, but for what was brought here from another server.
    next: i64,
}

impl Reach {
    /// Whether everything is still there that changed from this position on. It is not where transactions are numbered anew, on another
    /// server or in an older state of this one, nor where nobody looked for very long.
    pub(in crate::db) fn reaches_back_to(&self, position: i64) -> bool {
        position <= self.settled && self.settled.saturating_sub(position) <= KEPT / 2
    }
}

/// How far the changes reach that this read sees.
pub(in crate::db) fn reach(conn: &mut Connection) -> Result<Reach> {
    if conn.is_postgres() {
        let (settled, next) = transactions(conn)?;
        return Ok(Reach { settled, next });
    }
    let query = listed_changes::table.select(max(listed_changes::position));
    let last: Option<i64> = query.get_result(conn)?;
    let next = last.unwrap_or(0).saturating_add(1);
    Ok(Reach { settled: next, next })
}

/// The cases that changed from a position on, at most so many.
pub(in crate::db) fn since(conn: &mut Connection, position: i64, reach: &Reach, most: i64) -> Result<Vec<CaseId>> {
    let query = listed_changes::table
        .filter(listed_changes::position.ge(position))
        .filter(listed_changes::position.lt(reach.next))
        .select(listed_changes::case_id)
        .distinct()
        .limit(most);
    Ok(query.load(conn)?)
}

/// Whether there is much that nobody looks for any more.
pub(in crate::db) fn has_old(conn: &mut Connection) -> Result<bool> {
    let oldest = reach(conn)?.settled.saturating_sub(2 * KEPT);
    let query = diesel::select(exists(listed_changes::table.filter(listed_changes::position.lt(oldest))));
    Ok(query.get_result(conn)?)
}

/// Deletes what nobody looks for any more. The last row stays, so that the next one is numbered after it.
pub(in crate::db) fn forget_old(conn: &mut Connection) -> Result<()> {
    let oldest = reach(conn)?.settled.saturating_sub(KEPT);
    let query = diesel::delete(listed_changes::table.filter(listed_changes::position.lt(oldest)));
    query.execute(conn)?;
    Ok(())
}

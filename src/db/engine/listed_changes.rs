//! Which cases changed in what lists filter, sort and count by, in an order that no clock has a part in. The database writes it itself, by
//! triggers, in the transaction that makes the change: see `name_changes`, whose order it has.

use diesel::dsl::{exists, max};
use diesel::prelude::*;

use crate::db::engine::connection::Connection;
use crate::db::engine::transactions::{Server, transactions};
use crate::db::schema::listed_changes;
use crate::domain::ids::CaseId;
use crate::error::Result;

/// Positions that are kept, at least. Who looks later than half of that fills anew.
const KEPT: i64 = 200_000;
/// Rows that are deleted in one write; more only where one transaction wrote more.
const DELETED_AT_ONCE: i64 = 5_000;

/// How far the changes reach, as one read sees them.
pub(in crate::db) struct Reach {
    /// Below this, nothing is added any more.
    settled: i64,
    /// Nothing that can be seen is at this or above it, but for what was brought here from another server.
    next: i64,
    /// Who numbered them.
    server: Server,
}

/// A place in the changes: all that was committed before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) struct Known {
    position: i64,
    server: Server,
}

impl Known {
    /// Everything below this position, on a database of one numbering.
    #[cfg(test)]
    pub(in crate::db) fn below(position: i64) -> Self {
        Self { position, server: None }
    }
}

impl Reach {
    /// What whoever looks now knows afterwards.
    pub(in crate::db) fn known(&self) -> Known {
        Known { position: self.settled, server: self.server }
    }

    /// Whether everything is still there that changed from this place on. It is not where transactions are numbered anew, on another
    /// server or in an older state of this one, nor where nobody looked for very long.
    pub(in crate::db) fn reaches_back_to(&self, known: Known) -> bool {
        let is_kept = known.position <= self.settled && self.settled.saturating_sub(known.position) <= KEPT / 2;
        is_kept && known.server == self.server
    }
}

/// How far the changes reach that this read sees.
pub(in crate::db) fn reach(conn: &mut Connection) -> Result<Reach> {
    if conn.is_postgres() {
        let (settled, next, server) = transactions(conn)?;
        return Ok(Reach { settled, next, server });
    }
    let query = listed_changes::table.select(max(listed_changes::position));
    let last: Option<i64> = query.get_result(conn)?;
    let next = last.unwrap_or(0).saturating_add(1);
    Ok(Reach { settled: next, next, server: None })
}

/// The cases that changed from a place on. None: they are more than that, or somebody was erased, of whom no id is told.
pub(in crate::db) fn since(conn: &mut Connection, known: Known, reach: &Reach, most: usize) -> Result<Option<Vec<CaseId>>> {
    let one_more = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let query = listed_changes::table
        .filter(listed_changes::position.ge(known.position))
        .filter(listed_changes::position.lt(reach.next))
        .select(listed_changes::case_id)
        .distinct()
        .limit(one_more);
    let changed: Vec<Option<CaseId>> = query.load(conn)?;
    if changed.len() > most {
        return Ok(None);
    }
    Ok(changed.into_iter().collect())
}

/// Forgets that a case ever changed, because it is erased, and tells every memory to begin anew.
pub(in crate::db) fn forget_case(conn: &mut Connection, case: CaseId) -> Result<()> {
    let told = diesel::delete(listed_changes::table.filter(listed_changes::case_id.eq(case)));
    told.execute(conn)?;
    let query = diesel::insert_into(listed_changes::table).values(listed_changes::case_id.eq(None::<CaseId>));
    query.execute(conn)?;
    Ok(())
}

/// Whether there is much that nobody looks for any more.
pub(in crate::db) fn has_old(conn: &mut Connection) -> Result<bool> {
    let oldest = reach(conn)?.settled.saturating_sub(2 * KEPT);
    let query = diesel::select(exists(listed_changes::table.filter(listed_changes::position.lt(oldest))));
    Ok(query.get_result(conn)?)
}

/// Deletes some of what nobody looks for any more, the oldest first: the writer is not held for long. The last row stays, so that the next
/// one is numbered after it.
pub(in crate::db) fn forget_old(conn: &mut Connection) -> Result<()> {
    let oldest = reach(conn)?.settled.saturating_sub(KEPT);
    let query = listed_changes::table.order(listed_changes::position).select(listed_changes::position).offset(DELETED_AT_ONCE).limit(1);
    let last: Option<i64> = query.get_result(conn).optional()?;
    let end = last.map_or(oldest, |last| last.saturating_add(1).min(oldest));
    let old = diesel::delete(listed_changes::table.filter(listed_changes::position.lt(end)));
    old.execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dates::Timestamp;

    #[test]
    fn a_server_that_took_over_numbers_anew() {
        let started = |micros| Some(Timestamp::from_micros(micros).unwrap());
        let reach = Reach { settled: 1003, next: 1003, server: started(2) };
        assert!(reach.reaches_back_to(Known { position: 1001, server: started(2) }));
        assert!(!reach.reaches_back_to(Known { position: 1001, server: started(1) }), "numbers below were given out twice");
        assert!(!reach.reaches_back_to(Known { position: 1004, server: started(2) }), "an older state");
        assert!(!reach.reaches_back_to(Known { position: 1003 - KEPT, server: started(2) }), "nobody looked for long");
    }
}

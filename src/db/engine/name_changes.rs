//! Whose names changed, in an order that no clock has a part in: so an instance learns what others committed.
//!
//! Each change is written in the transaction that makes it, under the number of that transaction. Numbers are not committed in their order.
//! The database knows up to which one all are over, and the next look begins there: what is committed late is found late, and nothing is
//! missed. On SQLite there is one writer, and its rows are numbered.

use diesel::dsl::max;
use diesel::prelude::*;
use std::collections::HashMap;

use crate::db::engine::connection::{Connection, ExecuteLater};
use crate::db::engine::name_index::NameChange;
use crate::db::engine::transactions::{Server, transactions};
use crate::db::schema::name_changes;
use crate::domain::ids::PersonId;
use crate::error::Result;

/// How far the changes reach, as one read sees them.
pub(in crate::db) struct Reach {
    /// Below this, nothing is added any more.
    pub(in crate::db) settled: i64,
    /// Nothing that can be seen is at this or above it, but for what was brought here from another server.
    next: i64,
    /// Who numbered them.
    pub(in crate::db) server: Server,
}

/// How far the changes reach that this read sees.
pub(in crate::db) fn reach(conn: &mut Connection) -> Result<Reach> {
    if conn.is_postgres() {
        let (settled, next, server) = transactions(conn)?;
        return Ok(Reach { settled, next, server });
    }
    let query = name_changes::table.select(max(name_changes::position));
    let last: Option<i64> = query.get_result(conn)?;
    let next = last.unwrap_or(0).saturating_add(1);
    Ok(Reach { settled: next, next, server: None })
}

/// What changed from a position on.
pub(in crate::db) struct Changed {
    /// Those who were named, or named anew.
    pub(in crate::db) persons: Vec<PersonId>,
    /// Whether anybody was erased, or merged into another one.
    pub(in crate::db) somebody_is_gone: bool,
}

/// What changed from a position on.
pub(in crate::db) fn since(conn: &mut Connection, position: i64, reach: &Reach) -> Result<Changed> {
    let query = name_changes::table
        .filter(name_changes::position.ge(position))
        .filter(name_changes::position.lt(reach.next))
        .select(name_changes::person_id)
        .distinct();
    let found: Vec<Option<PersonId>> = query.load(conn)?;
    Ok(Changed { somebody_is_gone: found.contains(&None), persons: found.into_iter().flatten().collect() })
}

/// Writes whose names a transaction changes. Of those who are gone, only that there was somebody: an id that stands nowhere else any more
/// would say that a person was erased.
pub(in crate::db) fn insert(conn: &mut Connection, changes: &[NameChange]) -> Result<()> {
    let last: HashMap<PersonId, bool> = changes.iter().map(|change| (change.person(), matches!(change, NameChange::Named(_)))).collect();
    let gone: Vec<PersonId> = last.iter().filter(|(_, is_named)| !**is_named).map(|(person, _)| *person).collect();
    if !gone.is_empty() {
        let query = diesel::delete(name_changes::table.filter(name_changes::person_id.eq_any(&gone)));
        query.execute_later(conn)?;
    }
    let rows: Vec<_> = last.into_iter().map(|(person, is_named)| name_changes::person_id.eq(is_named.then_some(person))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let query = diesel::insert_into(name_changes::table).values(rows);
    query.execute_later(conn)?;
    Ok(())
}

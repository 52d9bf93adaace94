//! Which transactions of Postgres are over, as one read sees it: the order of changes that no clock has a part in.

use diesel::define_sql_function;
use diesel::prelude::*;
use diesel::sql_types::SqlType;

use crate::db::engine::connection::Connection;
use crate::db::schema::types::sql::Instant;
use crate::domain::dates::Timestamp;
use crate::error::Result;

/// Which transactions are over, as Postgres keeps it.
#[derive(SqlType)]
pub struct Snapshot;

define_sql_function! {
    /// The state that this transaction sees.
    fn txid_current_snapshot() -> Snapshot;
}
define_sql_function! {
    /// The lowest number of a transaction that is not over.
    fn txid_snapshot_xmin(of: Snapshot) -> BigInt;
}
define_sql_function! {
    /// The lowest number that is not given yet.
    fn txid_snapshot_xmax(of: Snapshot) -> BigInt;
}
define_sql_function! {
    /// When the server was started.
    fn pg_postmaster_start_time() -> Instant;
}

/// Since when the server runs that numbers the changes. A standby that took over runs since another moment than the server before it, and
/// may give numbers out again that were lost with that one. None on SQLite, whose file has one numbering.
pub(in crate::db) type Server = Option<Timestamp>;

/// The lowest number of a transaction of Postgres that is not over for this read, the lowest that is not given yet, and who numbers them.
pub(in crate::db) fn transactions(conn: &mut Connection) -> Result<(i64, i64, Server)> {
    let (settled, next) = (txid_snapshot_xmin(txid_current_snapshot()), txid_snapshot_xmax(txid_current_snapshot()));
    let query = diesel::select((settled, next, pg_postmaster_start_time()));
    let (settled, next, server): (i64, i64, Timestamp) = query.get_result(conn)?;
    Ok((settled, next, Some(server)))
}

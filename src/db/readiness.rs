//! Readiness: whether the database accepts writes, and the state of its schema.

use crate::db::accounts::throttles;
use crate::db::engine::migrate;
use crate::db::engine::tx::Tx;
use crate::error::Result;

/// Proves that the database accepts writes, and returns the state of its schema.
pub fn probe(tx: &mut Tx<'_>) -> Result<migrate::SchemaState> {
    throttles::forget_old(tx)?;
    migrate::schema_state(tx.conn)
}

//! Whether the database can be written to, and how its schema compares with the binary.

use crate::db::accounts::throttles;
use crate::db::engine::migrate;
use crate::db::engine::tx::Tx;
use crate::error::Result;

/// Proves that the database can be written to, and tells how its schema compares with the binary.
pub fn probe(tx: &mut Tx<'_>) -> Result<migrate::SchemaState> {
    throttles::forget_old(tx)?;
    migrate::schema_state(tx.conn)
}

//! When the last good backup was made: for whoever watches the service, on every instance, whoever made the backup.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::last_backup;
use crate::domain::dates::Timestamp;
use crate::error::Result;

/// Records a good backup; `made_at` is when its rows were read. It takes the place of the one before, whatever a clock said then.
pub fn record(tx: &mut Tx<'_>, made_at: Timestamp) -> Result<()> {
    tx.audit_unchanged(uuid::Uuid::nil());
    let query = diesel::delete(last_backup::table);
    query.execute(tx.conn)?;
    let query = diesel::insert_into(last_backup::table).values(last_backup::made_at.eq(made_at));
    query.execute(tx.conn)?;
    Ok(())
}

/// When the rows of the last good backup were read. None: no backup was made, or none since a restore.
pub fn known(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    let query = last_backup::table.order(last_backup::made_at.desc()).select(last_backup::made_at).limit(1);
    Ok(query.get_result(tx.conn).optional()?)
}

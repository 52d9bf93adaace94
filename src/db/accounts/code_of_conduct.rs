//! Acceptances of the code of conduct, by user and version.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::conduct_acceptances;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::error::Result;

/// The time at which the user accepted the current version; none if they did not.
pub fn accepted_at(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Timestamp>> {
    let query = conduct_acceptances::table.find((user, tx.accounts.conduct.version.clone())).select(conduct_acceptances::accepted_at);
    Ok(query.get_result(tx.conn).optional()?)
}

/// Records that the user accepts the current version. Repeating it changes nothing.
pub fn accept(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let row = (
        conduct_acceptances::user_id.eq(user),
        conduct_acceptances::version.eq(tx.accounts.conduct.version.clone()),
        conduct_acceptances::accepted_at.eq(tx.now),
    );
    let query = diesel::insert_into(conduct_acceptances::table).values(row).on_conflict_do_nothing();
    query.execute(tx.conn)?;
    tx.audit_change(user.0, None, None);
    Ok(())
}

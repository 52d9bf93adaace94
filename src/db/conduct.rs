//! Who accepted which version of the code of conduct.

use diesel::prelude::*;

use super::Tx;
use super::connection::on_backend;
use super::schema::conduct_acceptances;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::error::Result;

/// When the user accepted the current version; none if they did not.
pub fn accepted_at(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Timestamp>> {
    let query = conduct_acceptances::table.find((user, tx.accounts.conduct.version.clone())).select(conduct_acceptances::accepted_at);
    Ok(on_backend!(tx.conn, |c| query.get_result(c).optional())?)
}

/// Records that the user accepts the current version. Once is enough.
pub fn accept(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let row = (
        conduct_acceptances::user_id.eq(user),
        conduct_acceptances::version.eq(tx.accounts.conduct.version.clone()),
        conduct_acceptances::accepted_at.eq(tx.now),
    );
    let query = diesel::insert_into(conduct_acceptances::table).values(row).on_conflict_do_nothing();
    on_backend!(tx.conn, |c| query.execute(c))?;
    tx.audit(user.0, None, None);
    Ok(())
}

//! What each username looks like: one account for each look, so that no account passes for another.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{username_skeletons, users};
use crate::domain::accounts::username::skeleton;
use crate::domain::ids::UserId;
use crate::error::{Error, ErrorCode, Result};

#[derive(Insertable)]
#[diesel(table_name = username_skeletons, treat_none_as_default_value = false)]
struct SkeletonRow {
    user_id: UserId,
    skeleton: String,
}

/// Takes the look of a username for a new user. Refused if another user's looks the same.
pub(super) fn take(tx: &mut Tx<'_>, user: UserId, username: &str) -> Result<()> {
    fill_in(tx, user)?;
    if store(tx, user, username)? {
        return Ok(());
    }
    Err(Error::new(ErrorCode::AlreadyExists).detail("There is a user already whose name looks the same."))
}

/// Fills in the looks of users who were made before looks were kept, or by an earlier version that runs beside this one. Of two
/// that look the same the one who was first keeps the look; both still sign in, and the log says who they are.
fn fill_in(tx: &mut Tx<'_>, newcomer: UserId) -> Result<()> {
    let query = users::table
        .filter(users::id.ne(newcomer))
        .filter(users::id.ne_all(username_skeletons::table.select(username_skeletons::user_id)))
        .order((users::created_at, users::id))
        .select((users::id, users::username));
    let missing: Vec<(UserId, String)> = query.load(tx.conn)?;
    for (user, username) in missing {
        if !store(tx, user, &username)? {
            tracing::warn!(%user, "the name of this user looks like the name of an earlier one; disable one of the two");
        }
    }
    Ok(())
}

/// Stores a look. Tells whether it was free.
fn store(tx: &mut Tx<'_>, user_id: UserId, username: &str) -> Result<bool> {
    let row = SkeletonRow { user_id, skeleton: skeleton(username) };
    let query = diesel::insert_into(username_skeletons::table).values(&row).on_conflict_do_nothing();
    Ok(query.execute(tx.conn)? > 0)
}

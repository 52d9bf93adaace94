//! Progress of a user in setting up the account, for the administrator who helps them. It reveals nothing about the user's work.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::second_factors;
use crate::db::accounts::users::UserRow;
use crate::db::schema::{password_resets, sessions};
use crate::domain::dates::Timestamp;
use crate::error::Result;

/// The stored state of an account.
pub struct UserState {
    pub has_password: bool,
    /// The time until which the unused one-time code can be used.
    pub code_expires_at: Option<Timestamp>,
    pub second_factor_since: Option<Timestamp>,
    /// Start of the newest session; none also where sessions were removed.
    pub last_sign_in_at: Option<Timestamp>,
}

/// Looks up the state of a user's account.
pub fn of(tx: &mut Tx<'_>, user: &UserRow) -> Result<UserState> {
    let code = password_resets::table.find(user.id).select(password_resets::expires_at);
    let newest =
        sessions::table.filter(sessions::user_id.eq(user.id)).order(sessions::created_at.desc()).select(sessions::created_at).limit(1);
    Ok(UserState {
        has_password: user.usable_hash().is_some(),
        code_expires_at: code.get_result(tx.conn).optional()?,
        second_factor_since: second_factors::state(tx, user.id)?.since,
        last_sign_in_at: newest.get_result(tx.conn).optional()?,
    })
}

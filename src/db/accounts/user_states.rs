//! How far a user is with setting up the account: for whoever helps them. Nothing here says what somebody did.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::second_factors;
use crate::db::accounts::users::UserRow;
use crate::db::schema::{password_resets, sessions};
use crate::domain::dates::Timestamp;
use crate::error::Result;

/// What is stored of it.
pub struct UserState {
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Until when the one-time code can be used, which was not used yet.
    pub code_expires_at: Option<Timestamp>,
    /// Since when the second factor is on.
    pub second_factor_since: Option<Timestamp>,
    /// When the newest session began; none also where sessions were removed.
    pub last_sign_in_at: Option<Timestamp>,
}

/// Looks up how far a user is.
pub fn of(tx: &mut Tx<'_>, user: &UserRow) -> Result<UserState> {
    let code = password_resets::table.find(user.id).select(password_resets::expires_at);
    let newest =
        sessions::table.filter(sessions::user_id.eq(user.id)).order(sessions::created_at.desc()).select(sessions::created_at).limit(1);
    Ok(UserState {
        has_password: user.usable_hash().is_some(),
        code_expires_at: code.get_result(tx.conn).optional()?,
        second_factor_since: second_factors::standing(tx, user.id)?.since,
        last_sign_in_at: newest.get_result(tx.conn).optional()?,
    })
}

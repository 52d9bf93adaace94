//! One-time codes with which a user sets a password. An administrator begins a reset and never learns a password.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::password_resets;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::error::Result;

/// Seconds for which a code can be used: long enough for a person to hand it over.
pub const LIFE_SECONDS: i64 = 24 * 3600;

/// A code as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = password_resets, treat_none_as_default_value = false)]
pub struct PasswordResetRow {
    pub user_id: UserId,
    pub code_hash: Vec<u8>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Begins a reset: a new code replaces an older one. Returns the time until which it can be used.
pub fn begin(tx: &mut Tx<'_>, user: UserId, code_hash: Vec<u8>) -> Result<Timestamp> {
    let row = PasswordResetRow { user_id: user, code_hash, created_at: tx.now, expires_at: tx.now.plus_seconds(LIFE_SECONDS) };
    let query = diesel::insert_into(password_resets::table).values(&row).on_conflict(password_resets::user_id).do_update().set(&row);
    query.execute(tx.conn)?;
    tx.audit_change(user.0, None, None);
    Ok(row.expires_at)
}

/// Whether this code of a user can be used now.
pub fn is_valid(tx: &mut Tx<'_>, user: UserId, code_hash: &[u8]) -> Result<bool> {
    let live = password_resets::table
        .filter(password_resets::user_id.eq(user))
        .filter(password_resets::code_hash.eq(code_hash.to_vec()))
        .filter(password_resets::expires_at.gt(tx.now));
    let query = diesel::select(diesel::dsl::exists(live));
    Ok(query.get_result(tx.conn)?)
}

/// Uses a code up. Of two concurrent attempts, one succeeds.
pub fn use_up(tx: &mut Tx<'_>, user: UserId, code_hash: &[u8]) -> Result<bool> {
    let live = password_resets::table
        .filter(password_resets::user_id.eq(user))
        .filter(password_resets::code_hash.eq(code_hash.to_vec()))
        .filter(password_resets::expires_at.gt(tx.now));
    let query = diesel::delete(live);
    Ok(query.execute(tx.conn)? == 1)
}

//! Second factors: the sealed seed of an authenticator, the last step it was used at, and recovery codes.

use diesel::prelude::*;
use zeroize::Zeroizing;

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::accounts::{sessions, throttles};
use crate::db::schema::{recovery_codes, second_factors};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{SessionId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// Seconds for which a begun enrolment can be confirmed.
pub const PENDING_SECONDS: i64 = 3600;
/// Attempts that an account has (ASSURANCE A15) …
const TRIES: i32 = 5;
/// … in so many seconds. It is never locked out for longer.
const TRIES_SECONDS: i64 = 60;
/// The last used step of a factor that was never used: before the first possible step.
const NEVER: i64 = -1;

/// A second factor as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = second_factors, treat_none_as_null = true, treat_none_as_default_value = false)]
struct SecondFactorRow {
    user_id: UserId,
    sealed_seed: Option<Vec<u8>>,
    confirmed_at: Option<Timestamp>,
    last_step: i64,
    sealed_pending_seed: Option<Vec<u8>>,
    pending_since: Option<Timestamp>,
}

/// The seed of an authenticator.
pub type Seed = Zeroizing<Vec<u8>>;

/// The state of the user's own second factor.
#[derive(Clone, Copy, Default)]
pub struct SecondFactorState {
    pub since: Option<Timestamp>,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: i64,
}

/// Whether the second factor of a user is on, and how many recovery codes are left.
pub fn state(tx: &mut Tx<'_>, user: UserId) -> Result<SecondFactorState> {
    let since = find(tx, user)?.and_then(|row| row.confirmed_at);
    let query = recovery_codes::table.filter(recovery_codes::user_id.eq(user)).count();
    Ok(SecondFactorState { since, recovery_codes_left: query.get_result(tx.conn)? })
}

/// The seed in use; none while the second factor is off.
pub fn seed(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Seed>> {
    let sealed = find(tx, user)?.and_then(|row| row.sealed_seed);
    sealed.map(|sealed| open(tx, user, &sealed)).transpose()
}

/// The seed that is being enrolled, if the enrolment began within the hour.
pub fn pending_seed(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Seed>> {
    let oldest = tx.now.plus_seconds(-PENDING_SECONDS);
    let pending = find(tx, user)?.filter(|row| row.pending_since.is_some_and(|since| since > oldest));
    pending.and_then(|row| row.sealed_pending_seed).map(|sealed| open(tx, user, &sealed)).transpose()
}

/// Begins an enrolment. An active factor stays active until the new one is confirmed.
pub fn begin(tx: &mut Tx<'_>, user: UserId, seed: &[u8]) -> Result<()> {
    let sealed = tx.keys.seal_for_service(Purpose::SecondFactor, &place(&user), seed)?;
    let known = find(tx, user)?;
    let off = SecondFactorRow {
        user_id: user,
        sealed_seed: None,
        confirmed_at: None,
        last_step: NEVER,
        sealed_pending_seed: None,
        pending_since: None,
    };
    let row = SecondFactorRow { sealed_pending_seed: Some(sealed), pending_since: Some(tx.now), ..known.unwrap_or(off) };
    save(tx, &row)
}

/// Turns the enrolled factor on, after its first code was right at this step. Ends every other session of the user.
pub fn turn_on(tx: &mut Tx<'_>, user: UserId, step: i64, but: SessionId) -> Result<()> {
    let Some(row) = find(tx, user)?.filter(|row| row.sealed_pending_seed.is_some()) else { return Err(nothing_begun()) };
    let row = SecondFactorRow {
        sealed_seed: row.sealed_pending_seed,
        confirmed_at: Some(tx.now),
        last_step: step,
        sealed_pending_seed: None,
        pending_since: None,
        ..row
    };
    save(tx, &row)?;
    sessions::revoke_others(tx, user, but)
}

/// Turns the factor off, with its recovery codes, and ends every session of the user.
pub fn turn_off(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let query = diesel::delete(second_factors::table.find(user));
    query.execute(tx.conn)?;
    let query = diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)));
    query.execute(tx.conn)?;
    sessions::revoke_all(tx, user)
}

/// The error of a confirmation without an enrolment.
pub fn nothing_begun() -> Error {
    Error::new(ErrorCode::Conflict).detail("No second factor was begun within the last hour. Begin one first.")
}

/// Uses a step up. Each step works once, and no step before a used one works, on any instance.
pub fn use_step(tx: &mut Tx<'_>, user: UserId, step: i64) -> Result<bool> {
    let unused = second_factors::table.find(user).filter(second_factors::last_step.lt(step));
    let query = diesel::update(unused).set(second_factors::last_step.eq(step));
    let changed = query.execute(tx.conn)?;
    tx.audit_subject(user.0);
    Ok(changed == 1)
}

/// Replaces the recovery codes of a user.
pub fn replace_recovery_codes(tx: &mut Tx<'_>, user: UserId, code_hashes: Vec<Vec<u8>>) -> Result<()> {
    let query = diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)));
    query.execute(tx.conn)?;
    for code_hash in code_hashes {
        let row = (recovery_codes::code_hash.eq(code_hash), recovery_codes::user_id.eq(user), recovery_codes::created_at.eq(tx.now));
        let query = diesel::insert_into(recovery_codes::table).values(row);
        query.execute(tx.conn)?;
    }
    tx.audit_change(user.0, None, None);
    Ok(())
}

/// Uses a recovery code up. Of two concurrent attempts, one succeeds.
pub fn use_recovery_code(tx: &mut Tx<'_>, user: UserId, code_hash: &[u8]) -> Result<bool> {
    let of_user = recovery_codes::table.filter(recovery_codes::user_id.eq(user));
    let query = diesel::delete(of_user.filter(recovery_codes::code_hash.eq(code_hash.to_vec())));
    let gone = query.execute(tx.conn)?;
    tx.audit_subject(user.0);
    Ok(gone == 1)
}

/// Counts an attempt at a code; refuses more than five a minute. The counter is in the database, so a restart grants no more
/// attempts.
pub fn count_try(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let key = throttles::key(tx, "second_factor", &user.to_string())?;
    let now = tx.now;
    let window = throttles::find_locked(tx, &key)?.filter(|row| row.blocked_until > now);
    let row = match window {
        Some(row) if row.failures >= TRIES => {
            let wait = (row.blocked_until.micros() - now.micros()) / 1_000_000 + 1;
            return Err(Error::new(ErrorCode::TooManyRequests).retry_after(u64::try_from(wait).unwrap_or(1)));
        }
        Some(row) => throttles::ThrottleRow { failures: row.failures + 1, ..row },
        None => throttles::ThrottleRow { key, failures: 1, last_failure_at: now, blocked_until: now.plus_seconds(TRIES_SECONDS) },
    };
    throttles::save(tx, &row)
}

fn find(tx: &mut Tx<'_>, user: UserId) -> Result<Option<SecondFactorRow>> {
    let query = second_factors::table.find(user).select(second_factors::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

fn save(tx: &mut Tx<'_>, row: &SecondFactorRow) -> Result<()> {
    let query = diesel::insert_into(second_factors::table).values(row).on_conflict(second_factors::user_id).do_update().set(row);
    query.execute(tx.conn)?;
    tx.audit_change(row.user_id.0, None, None);
    Ok(())
}

fn open(tx: &Tx<'_>, user: UserId, sealed: &[u8]) -> Result<Seed> {
    tx.keys.open_for_service(Purpose::SecondFactor, &place(&user), sealed)
}

/// Binds a seed to its account: moved to another account, it does not open.
fn place(user: &UserId) -> [&[u8]; 2] {
    [b"second-factor", user.0.as_bytes()]
}

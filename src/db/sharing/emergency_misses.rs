//! Codes with which somebody tried to take emergency access and that led nowhere. Their number a day is small: a code can be
//! guessed, and what it opens is a person. Counted before the code is looked up, so that many at once are no more.

use crate::db::Tx;
use crate::db::accounts::throttles::{self, ThrottleRow};
use crate::db::casefile::data_protection::{About, tell_data_protection};
use crate::domain::codes::DataProtectionEventKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::limits::{EMERGENCY_MISSES, EMERGENCY_MISSES_OF_ORGANISATION, EMERGENCY_MISSES_TOLD};
use crate::error::{Error, ErrorCode, Result};

const SECONDS_OF_A_DAY: i64 = 24 * 3600;

/// The user who tries, and their organisation.
fn trying(tx: &Tx<'_>) -> Result<(UserId, OrganisationId)> {
    let user = tx.actor.user().ok_or_else(|| Error::internal("only a person takes emergency access"))?;
    Ok((user.user_id, user.organisation_id))
}

/// The counters of the one who tries, each with its limit.
fn counters(tx: &Tx<'_>) -> Result<[(Vec<u8>, u32); 2]> {
    let (user, organisation) = trying(tx)?;
    Ok([
        (throttles::key(tx, "emergency miss", &user.to_string())?, EMERGENCY_MISSES),
        (throttles::key(tx, "emergency miss", &organisation.to_string())?, EMERGENCY_MISSES_OF_ORGANISATION),
    ])
}

/// Today's row of a counter.
fn today(tx: &mut Tx<'_>, key: &[u8]) -> Result<Option<ThrottleRow>> {
    let midnight = Timestamp::start_of(tx.now.date());
    Ok(throttles::find(tx, key)?.filter(|row| row.last_failure_at >= midnight))
}

/// Counts a try as a miss, until it is taken back. Refuses it when the day's misses are used up.
pub fn count(tx: &mut Tx<'_>) -> Result<()> {
    let tomorrow = Timestamp::start_of(tx.now.date()).plus_seconds(SECONDS_OF_A_DAY);
    for (key, most) in counters(tx)? {
        let failures = today(tx, &key)?.map_or(0, |row| row.failures).saturating_add(1);
        if failures.unsigned_abs() > most {
            let wait = (tomorrow.micros() - tx.now.micros()) / 1_000_000 + 1;
            let detail = "Too many codes led nowhere today. Ask a supervisor, or the organisation that owns the case.";
            return Err(Error::new(ErrorCode::TooManyRequests).retry_after(wait.unsigned_abs()).detail(detail));
        }
        throttles::save(tx, &ThrottleRow { key, failures, last_failure_at: tx.now, blocked_until: tx.now })?;
    }
    Ok(())
}

/// Takes a try back: its code led somewhere, or was not looked up.
pub fn take_back(tx: &mut Tx<'_>) -> Result<()> {
    for (key, _) in counters(tx)? {
        if let Some(row) = today(tx, &key)? {
            throttles::save(tx, &ThrottleRow { failures: (row.failures - 1).max(0), ..row })?;
        }
    }
    Ok(())
}

/// Tells those who answer for data protection that somebody guesses: after a few misses of one user, and again when the day's are
/// used up, each once a day. A code that is denied and one that does not exist are the same miss.
pub fn tell(tx: &mut Tx<'_>) -> Result<()> {
    let (user, organisation) = trying(tx)?;
    let [(of_user, _), _] = counters(tx)?;
    let misses = today(tx, &of_user)?.map_or(0, |row| row.failures).unsigned_abs();
    let key = throttles::key(tx, "emergency miss told", &user.to_string())?;
    let told = today(tx, &key)?.map_or(0, |row| row.failures).unsigned_abs();
    let Some(due) = [EMERGENCY_MISSES, EMERGENCY_MISSES_TOLD].into_iter().find(|due| misses >= *due && told < *due) else {
        tx.audit_unchanged(user.0);
        return Ok(());
    };
    let failures = i32::try_from(due).map_err(Error::internal)?;
    throttles::save(tx, &ThrottleRow { key, failures, last_failure_at: tx.now, blocked_until: tx.now })?;
    tell_data_protection(tx, organisation, DataProtectionEventKind::EmergencyCodesGuessed, About { user: Some(user), case: None })
}

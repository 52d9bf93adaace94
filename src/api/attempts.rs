//! Attempts to prove who one is. Each is counted before anything is looked at, and taken back when it succeeds: many at once
//! are still one guess. The counters are in the database, and so survive a restart.

use crate::auth::lockout::Counted;
use crate::db::Tx;
use crate::db::throttles::{self, ThrottleRow};
use crate::domain::access::FAILURES_COUNT_FOR_SECONDS;
use crate::error::{Error, ErrorCode, Result};

/// Refuses while any of these must wait.
pub fn refuse_while_blocked(tx: &mut Tx<'_>, counted: &[(Counted, String)]) -> Result<()> {
    for (kind, value) in counted {
        let key = throttles::key(tx, kind.kind(), value)?;
        let blocked = throttles::find(tx, &key)?.filter(|row| row.blocked_until > tx.now);
        if let Some(row) = blocked {
            let wait = (row.blocked_until.utc() - tx.now.utc()).num_milliseconds().max(0);
            return Err(Error::new(ErrorCode::TooManyRequests).retry_after(u64::try_from(wait / 1000 + 1).unwrap_or(1)));
        }
    }
    Ok(())
}

/// Counts an attempt as failed, until it is taken back.
pub fn count_failure(tx: &mut Tx<'_>, kind: Counted, value: &str) -> Result<()> {
    let key = throttles::key(tx, kind.kind(), value)?;
    let since = tx.now.plus_seconds(-FAILURES_COUNT_FOR_SECONDS);
    let earlier = throttles::find(tx, &key)?.filter(|row| row.last_failure_at > since).map_or(0, |row| row.failures);
    let failures = earlier.saturating_add(1);
    let delay = if failures <= kind.free() { 0 } else { kind.delay_seconds(failures) };
    throttles::save(tx, &ThrottleRow { key, failures, last_failure_at: tx.now, blocked_until: tx.now.plus_seconds(delay) })
}

/// Takes back what a success was counted as: an account starts anew, an address loses this one attempt.
pub fn forgive(tx: &mut Tx<'_>, kind: Counted, value: &str) -> Result<()> {
    let key = throttles::key(tx, kind.kind(), value)?;
    match (kind, throttles::find(tx, &key)?) {
        (Counted::Address, Some(row)) if row.failures > 1 => {
            throttles::save(tx, &ThrottleRow { failures: row.failures - 1, blocked_until: tx.now, ..row })
        }
        _ => throttles::clear(tx, &key),
    }
}

//! Attempts to prove who one is: at sign-in, and again for a step-up. Each is counted before anything is looked at, and taken back when it succeeds: many at once
//! are still one guess. The counters are in the database, and so survive a restart.

use crate::auth::lockout::{Counted, counted_since};
use crate::auth::one_time_code::{self, CodeFor};
use crate::auth::totp;
use crate::db::Tx;
use crate::db::accounts::second_factors;
use crate::db::accounts::throttles::{self, ThrottleRow};
use crate::domain::ids::UserId;
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
pub fn count_failures(tx: &mut Tx<'_>, counted: &[(Counted, String)]) -> Result<()> {
    for (kind, value) in counted {
        let key = throttles::key(tx, kind.kind(), value)?;
        let since = counted_since(tx.now);
        let earlier = throttles::find(tx, &key)?.filter(|row| row.last_failure_at >= since).map_or(0, |row| row.failures);
        let failures = earlier.saturating_add(1);
        let row = ThrottleRow { key, failures, last_failure_at: tx.now, blocked_until: kind.blocked_until(failures, tx.now) };
        throttles::save(tx, &row)?;
    }
    Ok(())
}

/// Takes back what a success was counted as: an account starts anew, an address loses this one attempt.
pub fn clear(tx: &mut Tx<'_>, counted: &[(Counted, String)]) -> Result<()> {
    for (kind, value) in counted {
        match kind {
            Counted::Address => take_back(tx, *kind, value)?,
            Counted::Account | Counted::Device | Counted::Client => {
                let key = throttles::key(tx, kind.kind(), value)?;
                throttles::clear(tx, &key)?;
            }
        }
    }
    Ok(())
}

/// Takes back this one attempt: it was no guess, and no success either.
pub fn clear_all(tx: &mut Tx<'_>, counted: &[(Counted, String)]) -> Result<()> {
    counted.iter().try_for_each(|(kind, value)| take_back(tx, *kind, value))
}

fn take_back(tx: &mut Tx<'_>, kind: Counted, value: &str) -> Result<()> {
    let key = throttles::key(tx, kind.kind(), value)?;
    match throttles::find(tx, &key)? {
        Some(row) if row.failures > 1 => throttles::save(tx, &ThrottleRow { failures: row.failures - 1, blocked_until: tx.now, ..row }),
        _ => throttles::clear(tx, &key),
    }
}

/// Lets an account start anew: an administrator vouches for the person behind it.
pub fn clear_account(tx: &mut Tx<'_>, username: &str) -> Result<()> {
    let key = throttles::key(tx, Counted::Account.kind(), username)?;
    throttles::clear(tx, &key)
}

/// How the check of a second factor came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// It is off, or its code is right and used up now.
    Holds,
    /// It is on, and no code came.
    Missing,
    /// The code is wrong, or was used before.
    Wrong,
}

impl Factor {
    /// What whoever has the right password is told.
    pub fn refusal(self) -> Option<ErrorCode> {
        match self {
            Self::Holds => None,
            Self::Missing => Some(ErrorCode::SecondFactorRequired),
            Self::Wrong => Some(ErrorCode::InvalidSecondFactor),
        }
    }
}

/// Checks the code of a second factor, and uses it up. Asked only after the password was right. The try is counted, so whoever
/// calls commits, whatever comes out.
pub fn check_factor(tx: &mut Tx<'_>, user: UserId, code: Option<&str>) -> Result<Factor> {
    let Some(seed) = second_factors::seed(tx, user)? else { return Ok(Factor::Holds) };
    let Some(code) = code else { return Ok(Factor::Missing) };
    second_factors::count_try(tx, user)?;
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_right = if code.bytes().all(|byte| byte.is_ascii_digit()) {
        match totp::matching_step(&seed, &code, tx.now)? {
            Some(step) => second_factors::use_step(tx, user, step)?,
            None => false,
        }
    } else {
        second_factors::use_recovery_code(tx, user, &one_time_code::hash(CodeFor::Recovery, user, &code))?
    };
    Ok(if is_right { Factor::Holds } else { Factor::Wrong })
}

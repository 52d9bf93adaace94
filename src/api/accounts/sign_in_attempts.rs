//! Attempts to prove who one is: at sign-in, and again for a step-up. Each is counted before anything is looked at, and taken back
//! when it succeeds: many at once are still one guess. The counters are in the database, and so survive a restart.

use crate::auth::lockout::{Counted, counted_since};
use crate::auth::one_time_code::{self, CodeFor};
use crate::auth::totp;
use crate::db::Tx;
use crate::db::accounts::second_factors;
use crate::db::accounts::throttles::{self, ThrottleRow};
use crate::db::accounts::users::UserRow;
use crate::domain::ids::UserId;
use crate::error::{Error, ErrorCode, Result};

/// Refuses while any of these must wait.
pub fn refuse_while_blocked(tx: &mut Tx<'_>, counted: &[(Counted, String)]) -> Result<()> {
    for (kind, value) in counted {
        let key = throttles::key(tx, kind.kind(), value)?;
        let row = throttles::find(tx, &key)?;
        refuse_if_blocked(tx, row)?;
    }
    Ok(())
}

fn refuse_if_blocked(tx: &Tx<'_>, row: Option<ThrottleRow>) -> Result<()> {
    // A failure without a wait blocks nobody, also whoever began before it was counted, or whose clock is behind.
    let Some(row) = row.filter(|row| row.blocked_until > row.last_failure_at.max(tx.now)) else { return Ok(()) };
    let wait = (row.blocked_until.utc() - tx.now.utc()).num_milliseconds().max(0);
    Err(Error::new(ErrorCode::TooManyRequests).retry_after(u64::try_from(wait / 1000 + 1).unwrap_or(1)))
}

/// An attempt that is counted as failed, until it is taken back.
#[derive(Clone, Default)]
pub struct CountedAttempt(Vec<Tally>);

/// One counter of an attempt: how it stood before, and how the attempt left it.
#[derive(Clone)]
struct Tally {
    kind: Counted,
    before: Option<ThrottleRow>,
    after: ThrottleRow,
}

/// Counts an attempt as failed. Refuses while any of its counters must wait. The counters are locked before they are read, so that of
/// many attempts at once, on several instances too, one is looked at and the others wait.
pub fn attempt(tx: &mut Tx<'_>, counted: &[(Counted, String)]) -> Result<CountedAttempt> {
    for (kind, value) in counted {
        let key = throttles::key(tx, kind.kind(), value)?;
        let row = throttles::find_locked(tx, &key)?;
        refuse_if_blocked(tx, row)?;
    }
    count_failures(tx, counted)
}

/// Counts a failure.
pub fn count_failures(tx: &mut Tx<'_>, counted: &[(Counted, String)]) -> Result<CountedAttempt> {
    let mut attempt = CountedAttempt::default();
    for (kind, value) in counted {
        let key = throttles::key(tx, kind.kind(), value)?;
        let since = counted_since(tx.now);
        let before = throttles::find_locked(tx, &key)?.filter(|row| row.last_failure_at >= since);
        let failures = before.as_ref().map_or(0, |row| row.failures).saturating_add(1);
        let after = ThrottleRow { key, failures, last_failure_at: tx.now, blocked_until: kind.blocked_until(failures, tx.now) };
        throttles::save(tx, &after)?;
        attempt.0.push(Tally { kind: *kind, before, after });
    }
    Ok(attempt)
}

/// Takes back what a success was counted as: whoever succeeded starts anew, and a network, which others are in, loses this one
/// attempt.
pub fn clear(tx: &mut Tx<'_>, attempt: &CountedAttempt) -> Result<()> {
    for tally in &attempt.0 {
        match tally.kind {
            Counted::Network | Counted::NetworkReset | Counted::NetworkToken => take_back_one(tx, tally)?,
            Counted::Account | Counted::Device | Counted::User | Counted::Client => throttles::clear(tx, &tally.after.key)?,
        }
    }
    Ok(())
}

/// Takes back this one attempt: it was no guess, and no success either.
pub fn take_back(tx: &mut Tx<'_>, attempt: &CountedAttempt) -> Result<()> {
    attempt.0.iter().try_for_each(|tally| take_back_one(tx, tally))
}

fn take_back_one(tx: &mut Tx<'_>, Tally { before, after, .. }: &Tally) -> Result<()> {
    match (throttles::find_locked(tx, &after.key)?, before) {
        (Some(row), Some(before)) if row == *after => throttles::save(tx, before),
        (Some(row), None) if row == *after => throttles::clear(tx, &after.key),
        // Others failed meanwhile. The wait that they caused stays: a success of one's own must not end it.
        (Some(row), _) => throttles::save(tx, &ThrottleRow { failures: (row.failures - 1).max(0), ..row }),
        // Somebody who succeeded meanwhile let the counter start anew.
        (None, _) => throttles::clear(tx, &after.key),
    }
}

/// Lets a counter start anew.
pub fn forget(tx: &mut Tx<'_>, kind: Counted, value: &str) -> Result<()> {
    let key = throttles::key(tx, kind.kind(), value)?;
    throttles::clear(tx, &key)
}

/// Lets an account start anew: an administrator vouches for the person behind it.
pub fn clear_account(tx: &mut Tx<'_>, user: &UserRow) -> Result<()> {
    forget(tx, Counted::Account, &user.username)?;
    forget(tx, Counted::User, &user.id.to_string())
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

//! Codes with which somebody tried to take emergency access and that led nowhere. Their number a day is small: a code can be
//! guessed, and what it opens is a person. Counted before the code is looked up, so that many at once are no more.

use crate::db::Tx;
use crate::db::accounts::throttles;
use crate::db::casefile::data_protection::{About, tell_data_protection};
use crate::domain::codes::DataProtectionEventKind;
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::limits::{EMERGENCY_MISSES, EMERGENCY_MISSES_OF_ORGANISATION, EMERGENCY_MISSES_TOLD};
use crate::domain::zones::Zone;
use crate::error::{Error, ErrorCode, Result};

/// The user who tries, and their organisation.
fn trying(tx: &Tx<'_>) -> Result<(UserId, OrganisationId)> {
    let user = tx.actor.user().ok_or_else(|| Error::internal("only a person takes emergency access"))?;
    Ok((user.user_id, user.organisation_id))
}

/// The key of a counter of today.
fn key(tx: &Tx<'_>, kind: &str, whose: uuid::Uuid) -> Result<Vec<u8>> {
    throttles::key(tx, kind, &format!("{whose} {}", Zone::UTC.day_of(tx.now)))
}

/// The counters of the one who tries, each with its limit: always in the same order, because counting locks them.
fn counters(tx: &Tx<'_>) -> Result<[(Vec<u8>, u32); 2]> {
    let (user, organisation) = trying(tx)?;
    Ok([
        (key(tx, "emergency misses", organisation.0)?, EMERGENCY_MISSES_OF_ORGANISATION),
        (key(tx, "emergency misses", user.0)?, EMERGENCY_MISSES),
    ])
}

/// Counts a try as a miss, until it is taken back. Refuses it when the day's misses are used up.
pub fn count(tx: &mut Tx<'_>) -> Result<()> {
    let tomorrow = Zone::UTC.end_of(Zone::UTC.day_of(tx.now));
    for (key, most) in counters(tx)? {
        if throttles::add(tx, &key)?.unsigned_abs() > most {
            let wait = (tomorrow.micros() - tx.now.micros()) / 1_000_000 + 1;
            let detail = "Too many codes led nowhere today. Ask a supervisor, or the organisation that owns the case.";
            return Err(Error::new(ErrorCode::TooManyRequests).retry_after(wait.unsigned_abs()).detail(detail));
        }
    }
    Ok(())
}

/// Takes a try back: its code led somewhere, or was not looked up.
pub fn take_back(tx: &mut Tx<'_>) -> Result<()> {
    counters(tx)?.iter().try_for_each(|(key, _)| throttles::subtract(tx, key))
}

/// Tells those who answer for data protection that somebody guesses: after a few misses of one user, and again when the day's are
/// used up, each once a day. A code that is denied and one that does not exist are the same miss.
pub fn tell(tx: &mut Tx<'_>) -> Result<()> {
    let (user, organisation) = trying(tx)?;
    let of_user = key(tx, "emergency misses", user.0)?;
    let misses = throttles::find(tx, &of_user)?.map_or(0, |row| row.failures.unsigned_abs());
    for due in [EMERGENCY_MISSES_TOLD, EMERGENCY_MISSES].into_iter().filter(|due| misses >= *due) {
        let told = key(tx, &format!("emergency misses told {due}"), user.0)?;
        if throttles::add(tx, &told)? == 1 {
            let about = About { user: Some(user), ..About::default() };
            tell_data_protection(tx, organisation, DataProtectionEventKind::EmergencyCodesGuessed, about)?;
        }
    }
    tx.audit_unchanged(user.0);
    Ok(())
}

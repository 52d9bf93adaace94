//! A database that cannot be reached: who asks for it again, and how often that is told. Every thread and every request notices it, and
//! a log of ten thousand lines tells no more than one of thirty.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::db::engine::connection::Connection;
use crate::error::{Error, Result};

/// After an attempt to connect that failed, nobody makes another one for so long: a database that comes back is not met by a crowd.
const PAUSE: Duration = Duration::from_millis(250);
/// One line in so much time.
const BETWEEN_LINES: Duration = Duration::from_secs(1);

/// What the threads of the database know of its outage.
#[derive(Default)]
pub(in crate::db) struct Outage(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    failed: Option<Instant>,
    told: Option<Instant>,
    untold: u32,
}

impl Outage {
    /// Connects, unless somebody failed to a moment ago. None: there is no connection now.
    pub(in crate::db) fn connect(&self, open: impl FnOnce() -> Result<Connection>) -> Option<Connection> {
        if !self.may_connect() {
            return None;
        }
        match open() {
            Ok(connection) => {
                self.note(None);
                Some(connection)
            }
            Err(error) => {
                self.note(Some(Instant::now()));
                self.tell("no connection to the database", &error);
                None
            }
        }
    }

    fn may_connect(&self) -> bool {
        let failed = self.0.lock().map(|seen| seen.failed).unwrap_or_default();
        failed.is_none_or(|failed| failed.elapsed() >= PAUSE)
    }

    fn note(&self, failed: Option<Instant>) {
        if let Ok(mut seen) = self.0.lock() {
            seen.failed = failed;
        }
    }

    /// Tells the log what failed: at once, or, where it follows from an outage, once in a second, with the number of what else failed.
    pub(in crate::db) fn tell(&self, what: &'static str, error: &Error) {
        if !error.is_outage() {
            tracing::error!(code = error.code.as_str(), cause = error.cause(), "{what}");
            return;
        }
        if let Some(untold) = self.may_tell(Instant::now()) {
            tracing::error!(code = error.code.as_str(), cause = error.cause(), untold, "{what}");
        }
    }

    /// How much was not told since the last line; none: too little time went by since.
    fn may_tell(&self, now: Instant) -> Option<u32> {
        let Ok(mut seen) = self.0.lock() else { return Some(0) };
        if seen.told.is_some_and(|told| now.duration_since(told) < BETWEEN_LINES) {
            seen.untold = seen.untold.saturating_add(1);
            return None;
        }
        seen.told = Some(now);
        Some(std::mem::take(&mut seen.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn an_outage_is_told_once_a_second_and_nothing_is_lost_from_the_count() {
        let (outage, begun) = (Outage::default(), Instant::now());
        let told = |after: u64| outage.may_tell(begun + Duration::from_millis(after));
        assert_eq!([told(0), told(1), told(500), told(999)], [Some(0), None, None, None]);
        assert_eq!([told(1000), told(1001), told(2500)], [Some(3), None, Some(1)]);
    }

    #[test]
    fn after_a_failure_nobody_connects_for_a_moment() {
        let (outage, mut attempts) = (Outage::default(), 0);
        let mut fail = || {
            outage.connect(|| {
                attempts += 1;
                Err(Error::new(ErrorCode::DatabaseUnavailable))
            })
        };
        for _ in 0..100 {
            assert!(fail().is_none());
        }
        std::thread::sleep(PAUSE);
        assert!(fail().is_none());
        assert_eq!(attempts, 2, "a crowd of requests makes one attempt at a time");
    }
}

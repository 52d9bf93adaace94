//! The clock of a deployment. Tests and the demo set it.

use chrono::Utc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::dates::Timestamp;

/// The clock of a database handle. A transaction has one time for everything in it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Seconds ahead of the real time: the demo plays weeks in a minute, and tests do not wait for midnight.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that is so many seconds ahead of the real time, or behind it.
    pub fn ahead_by(seconds: i64) -> Self {
        Self { ahead: Arc::new(AtomicI64::new(seconds)) }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now(&self) -> Timestamp {
        Timestamp::new(Utc::now()).plus_seconds(self.ahead.load(Ordering::Relaxed))
    }

    /// A clock that shows this time now, to the second.
    pub fn showing(at: Timestamp) -> Self {
        let clock = Self::default();
        clock.set(at);
        clock
    }

    /// Sets this clock, and every copy of it, to this time, to the second.
    pub fn set(&self, at: Timestamp) {
        let seconds = (at.micros() - Self::default().now().micros()).div_euclid(1_000_000);
        self.ahead.store(seconds, Ordering::Relaxed);
    }

    /// Sets this clock, and every copy of it, to the time of another one.
    pub fn follow(&self, other: &Self) {
        self.ahead.store(other.ahead.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Puts this clock, and every copy of it, forward.
    pub fn forward(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}

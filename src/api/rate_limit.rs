//! Requests a minute, one window for each session or address. In memory: a limit, not a promise.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
/// Callers remembered at most; beyond that the windows that are over are dropped.
const MOST: usize = 100_000;

/// How a caller stands within the limit, for the `RateLimit` headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Requests a minute.
    pub limit: u32,
    /// Requests left in this window, this one included; 0: refused.
    pub remaining: u32,
    /// Seconds until the window is over.
    pub resets_in_seconds: u64,
}

/// Counts requests.
pub struct Limiter {
    limit: u32,
    windows: Mutex<HashMap<String, (Instant, u32)>>,
}

impl Limiter {
    /// A limiter of so many requests a minute.
    pub fn new(limit: u32) -> Self {
        Self { limit, windows: Mutex::default() }
    }

    /// Counts one request of a caller.
    pub fn count(&self, caller: &str) -> Standing {
        let Ok(mut windows) = self.windows.lock() else {
            return Standing { limit: self.limit, remaining: 1, resets_in_seconds: 1 };
        };
        if windows.len() >= MOST {
            windows.retain(|_, (since, _)| since.elapsed() < WINDOW);
        }
        let window = windows.entry(caller.to_owned()).or_insert_with(|| (Instant::now(), 0));
        if window.0.elapsed() >= WINDOW {
            *window = (Instant::now(), 0);
        }
        window.1 = window.1.saturating_add(1);
        Standing {
            limit: self.limit,
            remaining: self.limit.saturating_add(1).saturating_sub(window.1),
            resets_in_seconds: WINDOW.saturating_sub(window.0.elapsed()).as_secs().max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Limiter;

    #[test]
    fn the_limit_is_per_caller() {
        let limiter = Limiter::new(2);
        assert_eq!([limiter.count("a").remaining, limiter.count("a").remaining, limiter.count("a").remaining], [2, 1, 0]);
        assert_eq!(limiter.count("b").remaining, 2);
    }
}

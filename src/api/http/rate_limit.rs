//! Requests a minute, counted in memory: each instance counts for itself, and a restart begins anew. By whom they are counted is
//! in the table of `domain::limits`.
//!
//! `governor` meters with GCRA, so that requests come back one by one. A window that begins anew all at once would let twice the
//! limit through at its edge.

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::domain::ids::{ClientId, DeviceId, UserId};
use crate::domain::network::Network;

/// Seconds after which a caller who used up the limit has it whole again.
const WINDOW_SECONDS: u64 = 60;
/// Requests after which callers with their whole limit are forgotten: seldom enough to cost nothing, often enough that addresses
/// cannot fill the memory.
const SWEEP_EVERY: u32 = 10_000;

/// By whom requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CountedBy {
    /// A user, in all sessions together.
    User(UserId),
    /// A machine client, however many tokens it asks for.
    Client(ClientId),
    /// A device that a user signed in from before, while it signs in.
    Device(DeviceId),
    /// A network from which a request without a valid token comes.
    Network(Network),
}

/// How a caller stands within the limit, for the `RateLimit` headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitState {
    /// Requests a minute.
    pub limit: u32,
    /// Requests left after this one.
    pub remaining: u32,
    /// Seconds until the caller has the whole limit again.
    pub resets_in_seconds: u64,
    /// Seconds until a request is let through; none if this one is.
    pub retry_after: Option<u64>,
}

/// Counts requests.
pub struct Limiter<C: Clock = DefaultClock> {
    limit: NonZeroU32,
    clock: C,
    callers: RateLimiter<CountedBy, HashMapStateStore<CountedBy>, C, StateInformationMiddleware>,
    counted: AtomicU32,
}

impl Limiter {
    /// A limiter with this limit of requests a minute.
    pub fn new(limit: NonZeroU32) -> Self {
        Self::with_clock(limit, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limiter<C> {
    fn with_clock(limit: NonZeroU32, clock: C) -> Self {
        let callers = RateLimiter::new(Quota::per_minute(limit), HashMapStateStore::default(), clock.clone());
        Self { limit, clock, callers, counted: AtomicU32::new(0) }
    }

    /// Counts one request of a caller.
    pub fn count(&self, caller: CountedBy) -> RateLimitState {
        if self.counted.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.callers.retain_recent();
            self.callers.shrink_to_fit();
        }
        let (remaining, retry_after) = match self.callers.check_key(&caller) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(refused) => (0, Some(whole_seconds(refused.wait_time_from(self.clock.now())))),
        };
        let used = u64::from(self.limit.get().saturating_sub(remaining));
        let resets_in_seconds = (used * WINDOW_SECONDS).div_ceil(u64::from(self.limit.get())).max(1);
        RateLimitState { limit: self.limit.get(), remaining, resets_in_seconds, retry_after }
    }
}

/// Rounds up, so that a caller who waits that long is let through.
fn whole_seconds(wait: std::time::Duration) -> u64 {
    wait.as_millis().div_ceil(1000).try_into().unwrap_or(WINDOW_SECONDS).max(1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limiter(limit: u32) -> (Limiter<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Limiter::with_clock(NonZeroU32::new(limit).unwrap(), clock.clone()), clock)
    }

    fn user(number: u32) -> CountedBy {
        CountedBy::User(UserId(uuid::Uuid::from_u128(number.into())))
    }

    /// The number of these requests that are let through.
    fn passed(limiter: &Limiter<FakeRelativeClock>, caller: CountedBy, requests: usize) -> usize {
        (0..requests).filter(|_| limiter.count(caller).retry_after.is_none()).count()
    }

    #[test]
    fn the_limit_is_per_caller_and_said_with_each_request() {
        let (limiter, _) = limiter(2);
        let standing = |remaining, resets_in_seconds, retry_after| RateLimitState { limit: 2, remaining, resets_in_seconds, retry_after };
        assert_eq!(
            [limiter.count(user(1)), limiter.count(user(1)), limiter.count(user(1))],
            [standing(1, 30, None), standing(0, 60, None), standing(0, 60, Some(30))]
        );
        assert_eq!(limiter.count(user(2)), standing(1, 30, None));
    }

    #[test]
    fn requests_come_back_one_by_one_and_never_more_at_once_than_the_limit() {
        let (limiter, clock) = limiter(60);
        clock.advance(Duration::from_secs(59));
        assert_eq!(passed(&limiter, user(1), 100), 60);
        clock.advance(Duration::from_secs(1));
        assert_eq!(passed(&limiter, user(1), 100), 1, "the next minute brings no second sixty");
        clock.advance(Duration::from_secs(10));
        assert_eq!(passed(&limiter, user(1), 100), 10);
        clock.advance(Duration::from_secs(3600));
        assert_eq!(passed(&limiter, user(1), 100), 60, "an hour of silence saves nothing up");
    }

    #[test]
    fn whoever_waits_as_told_is_let_through() {
        let (limiter, clock) = limiter(7);
        assert_eq!(passed(&limiter, user(1), 7), 7);
        let wait = limiter.count(user(1)).retry_after.unwrap();
        assert_eq!(wait, 9, "60 / 7 seconds, rounded up");
        clock.advance(Duration::from_secs(wait));
        assert_eq!(limiter.count(user(1)).retry_after, None);
    }

    #[test]
    fn callers_who_are_gone_take_no_memory_and_the_others_stay_counted() {
        let (limiter, clock) = limiter(2);
        for number in 0..SWEEP_EVERY - 3 {
            limiter.count(user(1000 + number));
        }
        clock.advance(Duration::from_secs(90));
        assert_eq!(passed(&limiter, user(1), 3), 2);
        assert_eq!(limiter.callers.len(), 1, "the sweep forgot everybody else");
        assert!(limiter.count(user(1)).retry_after.is_some());
    }
}

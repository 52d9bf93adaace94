//! Delay after failed authentications: enough to stop guessing, never a lock-out that an attacker could use against a user.

use crate::domain::dates::Timestamp;
use crate::domain::limits::{FREE_FAILURES, WRONG_PASSWORDS};
use crate::domain::zones::Zone;

/// The subject whose failures are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Of one account name, existing or not, from devices that are not remembered: anybody can raise it.
    Account,
    /// Of one device that its user signed in from before: guesses from elsewhere do not slow it down.
    Device,
    /// Of one user, in sessions of theirs: whoever has none cannot raise it.
    User,
    /// Of one network, which may be a whole embassy behind one router.
    Network,
    /// Of one network, with one-time codes.
    NetworkReset,
    /// Of one network, with proofs of machine clients.
    NetworkToken,
    /// Of one machine client at one address: another address that knows the client's id must not be able to slow it down.
    Client,
}

impl Counted {
    /// The name under which the failures are stored.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Device => "device",
            Self::User => "user",
            Self::Network => "network",
            Self::NetworkReset => "network reset",
            Self::NetworkToken => "network token",
            Self::Client => "client",
        }
    }

    /// The time until which to wait after this number of failures today.
    pub fn blocked_until(self, failures: i32, now: Timestamp) -> Timestamp {
        match self {
            Self::Account | Self::Device | Self::User if failures.unsigned_abs() >= WRONG_PASSWORDS => next_midnight(now),
            _ => now.plus_seconds(self.delay_seconds(failures)),
        }
    }

    const fn delay_seconds(self, failures: i32) -> i64 {
        match (self, failures) {
            (Self::Account | Self::Device | Self::User, n) if n <= 3 => 1,
            (Self::Account | Self::Device | Self::User, n) if n <= 9 => 3,
            (Self::Account | Self::Device | Self::User, n) if n <= 25 => 5,
            (Self::Account | Self::Device | Self::User, _) => 10,
            // Mistakes are usual while a client is being set up.
            (Self::Client, n) if n <= 3 => 0,
            (Self::Client, n) if n <= 9 => 3,
            (Self::Client, n) if n <= 25 => 5,
            (Self::Client, _) => 10,
            (_, n) if n.unsigned_abs() < FREE_FAILURES => 0,
            (_, n) if n <= 50 => 5,
            (_, n) if n <= 100 => 30,
            (_, _) => 60,
        }
    }
}

/// The time from which failures are counted: midnight in UTC, so that a day of attacks does not slow down the next one.
pub fn counted_since(now: Timestamp) -> Timestamp {
    Zone::UTC.start_of(Zone::UTC.day_of(now))
}

fn next_midnight(now: Timestamp) -> Timestamp {
    Zone::UTC.end_of(Zone::UTC.day_of(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour and a half before midnight.
    fn evening() -> Timestamp {
        Zone::UTC.start_of("2026-01-19".parse().unwrap()).plus_seconds(22 * 3600 + 1800)
    }

    fn wait(counted: Counted, failures: i32) -> i64 {
        (counted.blocked_until(failures, evening()).micros() - evening().micros()) / 1_000_000
    }

    #[test]
    fn delays_of_an_account_grow_and_end_with_the_day() {
        let delays: Vec<i64> = (1..=200).map(|failures| wait(Counted::Account, failures)).collect();
        assert!(delays.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!((delays[0], delays[5], delays[20], delays[60], delays[150]), (1, 3, 5, 10, 5400));
        assert_eq!(counted_since(evening().plus_seconds(5400)), Zone::UTC.start_of("2026-01-20".parse().unwrap()));
    }

    #[test]
    fn an_address_is_slowed_down_after_thirty_and_never_for_long() {
        assert_eq!([29, 30, 51, 101, 100_000].map(|failures| wait(Counted::Network, failures)), [0, 5, 30, 60, 60]);
    }
}

//! Delay after failed sign-ins: enough to stop guessing, never a lock-out that an attacker could use as a weapon.

/// Whose failures are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Of one account name, existing or not.
    Account,
    /// Of one network address, which may be a whole embassy behind one router.
    Address,
    /// Of one machine client at one address: whoever knows a client's id must not be able to slow it down from elsewhere.
    Client,
}

impl Counted {
    /// The name under which the failures are stored.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Client => "client",
        }
    }

    /// Failures that cost nothing: an address is shared by a whole office, and a client that is being set up slips.
    pub const fn free(self) -> i32 {
        match self {
            Self::Account => 0,
            Self::Client => 3,
            Self::Address => 29,
        }
    }

    /// Seconds to wait after so many failures.
    pub const fn delay_seconds(self, failures: i32) -> i64 {
        let (few, some, many, most) = match self {
            Self::Account | Self::Client => (3, 9, 25, 100),
            Self::Address => (30, 90, 250, 1000),
        };
        match failures {
            n if n <= few => 1,
            n if n <= some => 3,
            n if n <= many => 5,
            n if n <= most => 10,
            _ => 600,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;

    #[test]
    fn delays_grow_and_an_account_is_never_locked_for_good() {
        let delays: Vec<i64> = (1..=200).map(|failures| Counted::Account.delay_seconds(failures)).collect();
        assert!(delays.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!((delays[0], delays[5], delays[20], delays[60], delays[150]), (1, 3, 5, 10, 600));
        assert!(Counted::Address.delay_seconds(20) == 1, "a whole embassy shares an address");
    }
}

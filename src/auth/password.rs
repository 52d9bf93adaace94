//! Passwords: argon2id with as many hashes at once as there are cores, and with a pepper from the root key.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::auth::password_rule::MAX_BYTES;
use crate::crypto::{Keys, Purpose};
use crate::domain::ids::{DeviceId, UserId};
use crate::domain::limits::{HASHES, HASHES_OF_KNOWN, HASHES_OF_NETWORK};
use crate::domain::network::Network;
use crate::error::{Error, ErrorCode, Result};
use crate::places::{Place, Places};

/// Who waits for a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// A user who is known: by a session, or by a one-time code that is right.
    User(UserId),
    /// A device that a user signed in from before.
    Device(DeviceId),
    /// Somebody in this network.
    Stranger(Network),
}

/// A place in the queue. Taken before anything is looked up, so that a flood of sign-ins costs neither hashes nor the database
/// anything.
pub struct Turn {
    is_stranger: bool,
    _place: Place<Waiting>,
}

/// The cost of a hash. The floor is OWASP's: 19 MiB, two passes.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
}

impl Cost {
    /// The cost of new hashes in production: 64 MiB, three passes.
    pub const STANDARD: Self = Self { memory_kib: 65_536, passes: 3 };
    /// The least cost that a service accepts in a stored hash, unless its own new hashes cost less: in tests they do, where
    /// hashing at this cost is a quarter of all computing.
    pub const FLOOR: Self = Self { memory_kib: 19_456, passes: 2 };
    /// The highest cost that is ever computed: a forged hash in the database must not be able to stop the service.
    const CEILING: Self = Self { memory_kib: 262_144, passes: 10 };

    fn params(self) -> Result<Params> {
        Params::new(self.memory_kib, self.passes, 1, None).map_err(|error| Error::internal(format!("argon2 parameters: {error}")))
    }

    fn accepts(self, params: &Params) -> bool {
        (self.memory_kib.min(Self::FLOOR.memory_kib)..=Self::CEILING.memory_kib).contains(&params.m_cost())
            && (self.passes.min(Self::FLOOR.passes)..=Self::CEILING.passes).contains(&params.t_cost())
            && params.p_cost() == 1
    }
}

/// Hashes and verifies passwords, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    cost: Cost,
    pepper: Arc<Zeroizing<Vec<u8>>>,
    permits: Arc<Semaphore>,
    /// Of those, the permits that strangers may hold: half of the cores, so that the rest of the service keeps its own.
    permits_of_strangers: Arc<Semaphore>,
    known: Places<Waiting>,
    strangers: Places<Waiting>,
    /// Verified against when the user does not exist, so that the time of the answer does not tell.
    dummy: Arc<str>,
}

/// The outcome of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right; `rehash` holds a hash of today's cost when the stored one is cheaper.
    Right {
        /// A better hash to store.
        rehash: Option<String>,
    },
    /// Wrong.
    Wrong,
}

impl Passwords {
    /// A hasher with this cost and one permit a core.
    pub fn new(keys: &Keys, cost: Cost) -> Result<Self> {
        let pepper = keys.purpose(Purpose::Pepper)?.fingerprint(&[b"password"])?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut passwords = Self {
            cost,
            pepper: Arc::new(Zeroizing::new(pepper)),
            permits: Arc::new(Semaphore::new(cores)),
            permits_of_strangers: Arc::new(Semaphore::new((cores / 2).max(1))),
            known: Places::new(HASHES),
            strangers: Places::new(HASHES),
            dummy: Arc::from(""),
        };
        passwords.dummy = passwords.hash_now("a password that nobody has")?.into();
        Ok(passwords)
    }

    /// Takes a place in the queue. Strangers have places of their own, and each network a share of them: however many sign in from
    /// however many networks, whoever is known finds a place.
    pub fn queue(&self, who: Waiting) -> Result<Turn> {
        let is_stranger = matches!(who, Waiting::Stranger(_));
        let place = match is_stranger {
            true => self.strangers.take([(who, HASHES_OF_NETWORK)]),
            false => self.known.take([(who, HASHES_OF_KNOWN)]),
        };
        let busy = || Error::new(ErrorCode::TooManyRequests).retry_after(2);
        Ok(Turn { is_stranger, _place: place.ok_or_else(busy)? })
    }

    /// Hashes a new password.
    pub async fn hash(&self, turn: &Turn, password: Zeroizing<String>) -> Result<String> {
        let this = self.clone();
        self.run(turn, move || this.hash_now(&password)).await?
    }

    /// Verifies a password against a stored hash; against the dummy when there is none.
    pub async fn verify(&self, turn: &Turn, password: Zeroizing<String>, stored: Option<String>) -> Result<Verdict> {
        if password.len() > MAX_BYTES {
            return Ok(Verdict::Wrong);
        }
        let this = self.clone();
        self.run(turn, move || this.verify_now(&password, stored.as_deref())).await?
    }

    async fn run<T: Send + 'static>(&self, turn: &Turn, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        // A stranger waits among strangers first, and so never stands before more than a few who are known.
        let _permit_of_strangers = match turn.is_stranger {
            true => Some(self.permits_of_strangers.acquire().await.map_err(Error::internal)?),
            false => None,
        };
        let _permit = self.permits.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::internal("hashing was interrupted"))
    }

    fn argon2(&self) -> Result<Argon2<'_>> {
        Argon2::new_with_secret(&self.pepper, Algorithm::Argon2id, Version::V0x13, self.cost.params()?)
            .map_err(|error| Error::internal(format!("argon2: {error}")))
    }

    /// Hashes on the current thread: for the command line and for set-up.
    pub fn hash_now(&self, password: &str) -> Result<String> {
        let normal = Zeroizing::new(password.nfc().collect::<String>());
        let hash: PasswordHash =
            self.argon2()?.hash_password(normal.as_bytes()).map_err(|error| Error::internal(format!("argon2: {error}")))?;
        Ok(hash.to_string())
    }

    fn verify_now(&self, password: &str, stored: Option<&str>) -> Result<Verdict> {
        let normal = Zeroizing::new(password.nfc().collect::<String>());
        let unreadable = |error: String| Error::internal(format!("a stored password hash cannot be used: {error}"));
        let hash = PasswordHash::new(stored.unwrap_or(&self.dummy)).map_err(|error| unreadable(error.to_string()))?;
        let params = Params::try_from(&hash).map_err(|error| unreadable(error.to_string()))?;
        if !self.cost.accepts(&params) {
            return Err(unreadable("its cost is out of bounds".to_owned()));
        }
        let is_right = PasswordVerifier::<PasswordHash>::verify_password(&self.argon2()?, normal.as_bytes(), &hash).is_ok();
        if !is_right || stored.is_none() {
            return Ok(Verdict::Wrong);
        }
        let is_cheap = params.m_cost() < self.cost.memory_kib || params.t_cost() < self.cost.passes;
        Ok(Verdict::Right { rehash: is_cheap.then(|| self.hash_now(password)).transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RootKey;

    fn passwords(root: u8, cost: Cost) -> Passwords {
        Passwords::new(&Keys::new(RootKey::new([root; 32]), Vec::new()), cost).unwrap()
    }

    #[test]
    fn only_the_whole_password_under_the_same_pepper_is_right() {
        let passwords_1 = passwords(1, Cost::FLOOR);
        let hash = passwords_1.hash_now("correct horse battery ñ").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verdict = |password: &str| passwords_1.verify_now(password, Some(&hash)).unwrap();
        assert_eq!(verdict("correct horse battery ñ"), Verdict::Right { rehash: None });
        assert_eq!(verdict("correct horse battery n\u{303}"), Verdict::Right { rehash: None }, "the same text typed differently");
        assert_eq!(verdict("correct horse battery ñ "), Verdict::Wrong);
        assert_eq!(passwords(2, Cost::FLOOR).verify_now("correct horse battery ñ", Some(&hash)).unwrap(), Verdict::Wrong);
        assert_eq!(passwords_1.verify_now("a password that nobody has", None).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn strangers_take_no_place_of_whoever_is_known_and_no_network_takes_all() {
        let passwords = passwords(1, Cost { memory_kib: 64, passes: 1 });
        let network = |last: u32| crate::domain::network::ClientAddress::read(&format!("2001:db8:0:{last:x}::1")).unwrap().network();
        let of_one: Vec<Turn> = (0..100).filter_map(|_| passwords.queue(Waiting::Stranger(network(0))).ok()).collect();
        assert_eq!(of_one.len(), 8);
        let of_all: Vec<Turn> = (1..100).filter_map(|last| passwords.queue(Waiting::Stranger(network(last))).ok()).collect();
        assert_eq!(of_one.len() + of_all.len(), 24);
        let (user, device) = (Waiting::User(UserId::random()), Waiting::Device(DeviceId::random()));
        let turns: Vec<Turn> = [user, device, user, device, user].into_iter().filter_map(|who| passwords.queue(who).ok()).collect();
        assert_eq!(turns.len(), 4);
        drop((of_one, of_all));
        assert!(passwords.queue(Waiting::Stranger(network(7))).is_ok(), "places come back");
    }

    #[test]
    fn a_hash_below_the_floor_is_refused_by_whoever_hashes_at_it_or_above() {
        let cheap = Cost { memory_kib: 64, passes: 1 };
        let hash = passwords(1, cheap).hash_now("correct horse battery").unwrap();
        assert_eq!(passwords(1, cheap).verify_now("correct horse battery", Some(&hash)).unwrap(), Verdict::Right { rehash: None });
        for cost in [Cost::FLOOR, Cost::STANDARD] {
            assert!(passwords(1, cost).verify_now("correct horse battery", Some(&hash)).is_err());
        }
    }

    #[test]
    fn a_cheap_hash_is_replaced_and_an_absurd_one_is_refused() {
        let cheap = passwords(1, Cost::FLOOR).hash_now("correct horse battery").unwrap();
        let dearer = passwords(1, Cost { memory_kib: 20_480, passes: 2 });
        assert!(matches!(dearer.verify_now("correct horse battery", Some(&cheap)).unwrap(), Verdict::Right { rehash: Some(_) }));
        for absurd in [cheap.replace("m=19456", "m=4000000"), cheap.replace("m=19456", "m=8"), cheap.replace("t=2", "t=99")] {
            assert!(dearer.verify_now("correct horse battery", Some(&absurd)).is_err(), "{absurd}");
        }
    }
}

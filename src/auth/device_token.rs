//! Devices that a user signed in from before. The token that a device keeps gives it counters of its own: an attacker cannot lock a
//! person out of the machine they work at, neither by guessing at the account nor with the token of another device of theirs.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::sync::Arc;

use crate::crypto::{Keys, Purpose, sha256};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{DeviceId, UserId};
use crate::error::Result;

/// Seconds for which a device is remembered.
const LIFE_SECONDS: i64 = 90 * 24 * 3600;
const PLACE: &[&[u8]] = &[b"device-token"];

/// Issues and opens the tokens of devices. Neither asks the database.
pub struct DeviceTokens(Arc<Keys>);

/// A device whose token was issued here and is not too old.
#[derive(Clone)]
pub struct RememberedDevice {
    /// The device. Its counters are kept under this id, and it stays the same from one sign-in to the next.
    pub id: DeviceId,
    user: UserId,
    password: Vec<u8>,
}

impl RememberedDevice {
    /// Whether this user signed in from the device with this password, by its hash. A new password forgets every device.
    pub fn is_of(&self, user: UserId, password_hash: &str) -> bool {
        self.user == user && self.password == sha256(password_hash.as_bytes())
    }
}

impl DeviceTokens {
    /// Tokens under these keys.
    pub fn new(keys: Arc<Keys>) -> Self {
        Self(keys)
    }

    /// Issues the token of a device on which the user just signed in.
    pub fn issue(&self, device: DeviceId, user: UserId, password_hash: &str, now: Timestamp) -> Result<String> {
        let (issued, password) = (now.micros().to_be_bytes(), sha256(password_hash.as_bytes()));
        let plain = [user.0.as_bytes(), issued.as_slice(), device.0.as_bytes(), password.as_slice()].concat();
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.0.seal_for_service(Purpose::Device, PLACE, &plain)?))
    }

    /// The device that the token was issued to. It may have been another user's: ask [`RememberedDevice::is_of`].
    pub fn open(&self, token: &str, now: Timestamp) -> Option<RememberedDevice> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let plain = self.0.open_for_service(Purpose::Device, PLACE, &sealed).ok()?;
        let (user, rest) = plain.split_first_chunk::<16>()?;
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (device, password) = rest.split_first_chunk::<16>()?;
        let is_young = i64::from_be_bytes(*issued) > now.plus_seconds(-LIFE_SECONDS).micros();
        let id = |bytes: &[u8; 16]| uuid::Uuid::from_bytes(*bytes);
        is_young.then(|| RememberedDevice { id: DeviceId(id(device)), user: UserId(id(user)), password: password.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RootKey;

    fn tokens(root: u8) -> DeviceTokens {
        DeviceTokens::new(Arc::new(Keys::new(RootKey::new([root; 32]), Vec::new())))
    }

    #[test]
    fn a_device_is_known_for_one_user_and_one_password_and_ninety_days() {
        let tokens_1 = tokens(1);
        let (user, device) = (UserId::random(), DeviceId::random());
        let now = Timestamp::from_micros(1_700_000_000_000_000).unwrap();
        let token = tokens_1.issue(device, user, "hash", now).unwrap();
        let known = tokens_1.open(&token, now.plus_seconds(LIFE_SECONDS - 1)).unwrap();
        assert_eq!(known.id, device);
        assert!(known.is_of(user, "hash") && !known.is_of(UserId::random(), "hash") && !known.is_of(user, "another hash"));
        assert!(tokens_1.open(&token, now.plus_seconds(LIFE_SECONDS + 1)).is_none());
        assert!(tokens(2).open(&token, now).is_none());
        let cut = token.get(1..).unwrap();
        for nonsense in ["", "A", "AAAA", cut] {
            assert!(tokens_1.open(nonsense, now).is_none(), "{nonsense}");
        }
    }
}

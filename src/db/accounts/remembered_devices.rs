//! Devices that a user signed in from before. The token that a device keeps exempts it from the delay that strangers cause by
//! guessing at the account: an attacker cannot lock a person out of the machine they work at.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::crypto::{Keys, Purpose, sha256};
use crate::db::Tx;
use crate::db::accounts::users::UserRow;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::error::Result;

/// Seconds for which a device is remembered.
const LIFE_SECONDS: i64 = 90 * 24 * 3600;
const PLACE: &[&[u8]] = &[b"device-token"];

/// Issues the token of a device on which the user just signed in. A new password invalidates it.
pub fn issue(tx: &Tx<'_>, user: &UserRow) -> Result<String> {
    seal(tx.keys, user.id, &user.password_hash, tx.now)
}

/// Whether the token belongs to a device of this user.
pub fn is_known(tx: &Tx<'_>, token: &str, user: &UserRow) -> bool {
    opens(tx.keys, token, user.id, &user.password_hash, tx.now)
}

fn seal(keys: &Keys, user: UserId, password_hash: &str, now: Timestamp) -> Result<String> {
    let plain = [user.0.as_bytes().as_slice(), &now.micros().to_be_bytes(), &sha256(password_hash.as_bytes())].concat();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(keys.seal_for_service(Purpose::Device, PLACE, &plain)?))
}

fn opens(keys: &Keys, token: &str, user: UserId, password_hash: &str, now: Timestamp) -> bool {
    let Ok(sealed) = BASE64_URL_SAFE_NO_PAD.decode(token) else { return false };
    let Ok(plain) = keys.open_for_service(Purpose::Device, PLACE, &sealed) else { return false };
    let Some((of_user, rest)) = plain.split_first_chunk::<16>() else { return false };
    let Some((issued, of_password)) = rest.split_first_chunk::<8>() else { return false };
    let is_young = i64::from_be_bytes(*issued) > now.plus_seconds(-LIFE_SECONDS).micros();
    is_young && of_user == user.0.as_bytes() && of_password == sha256(password_hash.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RootKey;

    #[test]
    fn a_device_is_known_for_one_user_and_one_password_and_ninety_days() {
        let keys = Keys::new(RootKey::new([1; 32]), Vec::new());
        let (user, now) = (UserId::random(), Timestamp::from_micros(1_700_000_000_000_000).unwrap());
        let token = seal(&keys, user, "hash", now).unwrap();
        assert!(opens(&keys, &token, user, "hash", now.plus_seconds(LIFE_SECONDS - 1)));
        assert!(!opens(&keys, &token, user, "hash", now.plus_seconds(LIFE_SECONDS + 1)));
        assert!(!opens(&keys, &token, UserId::random(), "hash", now));
        assert!(!opens(&keys, &token, user, "another hash", now));
        assert!(!opens(&Keys::new(RootKey::new([2; 32]), Vec::new()), &token, user, "hash", now));
        let cut = token.get(1..).unwrap();
        for nonsense in ["", "A", "AAAA", cut] {
            assert!(!opens(&keys, nonsense, user, "hash", now), "{nonsense}");
        }
    }
}

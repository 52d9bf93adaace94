//! The secret that a recipient and a key that is used once agree on (X25519, RFC 7748).

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use zeroize::Zeroizing;

use crate::crypto::envelope::derived;
use crate::error::{Error, Result};

/// Tells the key that wraps the key of a file from every other.
const WRAPPING: &[u8] = b"age-encryption.org/v1/X25519";

/// The key of one file, from which those of its header and contents are derived.
pub(super) type FileSecret = Zeroizing<[u8; 16]>;
/// A key of 256 bits.
pub(super) type Secret = Zeroizing<[u8; 32]>;

/// The key that wraps the key of a file for one recipient.
pub(super) fn wrapping_key(own: &PrivateKey, other: &[u8; 32], share: &[u8; 32], recipient: &[u8; 32]) -> Result<Secret> {
    let salt = [share.as_slice(), recipient].concat();
    let other = UnparsedPublicKey::new(&X25519, other);
    agree(own, other, Error::internal("no secret can be agreed on"), |agreed| derived(agreed, &salt, WRAPPING))
}

pub(super) fn private(secret: &[u8; 32]) -> Result<PrivateKey> {
    PrivateKey::from_private_key(&X25519, secret).map_err(|_| Error::internal("key refused"))
}

pub(super) fn public_of(key: &PrivateKey) -> Result<[u8; 32]> {
    let refused = || Error::internal("key refused");
    let public = key.compute_public_key().map_err(|_| refused())?;
    <[u8; 32]>::try_from(public.as_ref()).map_err(|_| refused())
}

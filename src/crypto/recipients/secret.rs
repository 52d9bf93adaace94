//! The secrets of the format of age, and how one is derived from another.

use aws_lc_rs::{hkdf, rand};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The key of one file, from which those of its header and contents are derived.
pub(super) type FileSecret = Zeroizing<[u8; 16]>;
/// A key of 256 bits.
pub(super) type Secret = Zeroizing<[u8; 32]>;

/// A key derived by HKDF-SHA-256 (RFC 5869).
pub(super) fn derived(from: &[u8], salt: &[u8], info: &[u8]) -> Result<Secret> {
    let mut key = Secret::default();
    let info = [info];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(from);
    let expanded = extracted.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(key.as_mut_slice()));
    expanded.map_err(|_| Error::internal("key derivation refused"))?;
    Ok(key)
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::fill(bytes.as_mut_slice()).map_err(|_| Error::internal("no random bytes"))?;
    Ok(bytes)
}

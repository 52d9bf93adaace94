//! Keys and ciphertext. Nothing else in the service touches a key.
//!
//! ```text
//! root (a ring: one current, older ones readable; from a file, never in the database)
//!  ├─ HKDF "organisation" + id → organisation key: seals compartment keys in grants, and person keys
//!  ├─ HKDF "blind-index" + field → blind index keys
//!  └─ HKDF "cursor" | "pepper" | "signing" | "idempotency" | "throttle" | "refresh" | … → purpose keys
//! person key (random, one a person)
//!  └─ HKDF + owner id + compartment → compartment key
//!      └─ seals the random key of each file (`stream`)
//! ```
//!
//! Backups are sealed to recipients whose secret keys are not here at all (`recipients`).

mod blind_index;
mod envelope;
mod keys;
mod merkle;
mod recipients;
mod signing;
mod stream;

pub use blind_index::{BlindField, NORMALISER_VERSION};
pub use envelope::{Key, OpenError};
pub use keys::{CompartmentKeys, Keys, PersonKey, Purpose, RootKey};
pub use merkle::{Edge, Hash, Leaf, inclusion, leaf, root_of_inclusion};
pub use recipients::{Recipients, RecoveryKeys, SealedReader, SealedWriter, Unopened};
pub use signing::{SigningKey, is_signed};
pub use stream::{CHUNK, FileKey, Opener, SEALED_CHUNK, Sealer};

use aws_lc_rs::{digest, hmac, rand};

use crate::error::{Error, Result};

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    sha256_array(bytes).to_vec()
}

/// The same without the heap: the audit trail has millions of hashes.
fn sha256_array(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    let mut hash = [0; 32];
    hash.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

/// SHA-256 of bytes that arrive one piece after another.
pub struct Sha256(digest::Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Sha256 {
    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

/// Whether two byte strings are equal, in a time that does not depend on where they differ.
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// The code by which whoever has the key knows that bytes are as they were (HMAC-SHA-256, RFC 2104).
fn authentication_code(key: &[u8; 32], bytes: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes).as_ref().to_vec()
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::internal("the operating system gives no random bytes"))?;
    Ok(bytes)
}

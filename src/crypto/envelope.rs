//! The sealed blob: `format | suite | nonce (12) | ciphertext | tag (16)`, AES-256-GCM-SIV.
//!
//! GCM-SIV because it survives a repeated nonce (a restored machine image, a failed random generator).
//! The plaintext is padded to 64, 256, 1 Ki, 4 Ki … bytes, because the length of a diagnosis or an address would disclose too
//! much.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf;
use zeroize::Zeroizing;

use crate::crypto;
use crate::error::{Error, ErrorCode, Result};

const FORMAT: u8 = 1;
/// AES-256-GCM-SIV.
const SUITE: u8 = 1;
const HEADER: usize = 2;
const SMALLEST: usize = 64;

/// A blob cannot be opened: wrong key, changed byte or changed place. Never says which.
#[derive(Debug)]
pub struct OpenError;

impl From<OpenError> for Error {
    fn from(_: OpenError) -> Self {
        Self::new(ErrorCode::Integrity).with_internal("a sealed value does not open under its key and place")
    }
}

/// A symmetric key of 32 bytes. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// The key made of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new random key.
    pub fn random() -> Result<Self> {
        crypto::random().map(Self::new)
    }

    /// The raw bytes, for sealing one key under another.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key derived from this one for one use (HKDF-SHA-256, RFC 5869). The parts of `info` are length-prefixed.
    pub fn derive(&self, info: &[&[u8]]) -> Result<Self> {
        let mut label = b"homeward/1".to_vec();
        for part in info {
            label.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            label.extend_from_slice(part);
        }
        derived(self.0.as_slice(), b"homeward", &label).map(|key| Self::new(*key))
    }

    /// A keyed hash of the parts, 256 bits: recognises a value without storing it.
    pub fn fingerprint(&self, parts: &[&[u8]]) -> Result<Vec<u8>> {
        Ok(self.derive(&[&[b"fingerprint".as_slice()], parts].concat())?.bytes().to_vec())
    }

    /// Seals the plaintext for one place. `place` is bound to it: a blob moved elsewhere does not open.
    pub fn seal(&self, place: &[&[u8]], plaintext: &[u8]) -> Result<Vec<u8>> {
        let mut padded = pad(plaintext)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM_SIV, self.0.as_slice()).map_err(|_| Error::internal("key refused"))?;
        let nonce = key.seal_in_place_append_tag(Aad::from(bind(place)), &mut padded).map_err(|_| Error::internal("sealing failed"))?;
        let mut blob = Vec::with_capacity(HEADER + NONCE_LEN + padded.len());
        blob.extend_from_slice(&[FORMAT, SUITE]);
        blob.extend_from_slice(nonce.as_ref());
        blob.append(&mut padded);
        Ok(blob)
    }

    /// Opens a blob sealed for the same place.
    pub fn open(&self, place: &[&[u8]], blob: &[u8]) -> std::result::Result<Zeroizing<Vec<u8>>, OpenError> {
        let body = blob.strip_prefix(&[FORMAT, SUITE]).ok_or(OpenError)?;
        let (nonce, sealed) = body.split_at_checked(NONCE_LEN).ok_or(OpenError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM_SIV, self.0.as_slice()).map_err(|_| OpenError)?;
        let mut buffer = Zeroizing::new(sealed.to_vec());
        let length = key.open_in_place(nonce, Aad::from(bind(place)), &mut buffer).map_err(|_| OpenError)?.len();
        buffer.truncate(length);
        unpad(&mut buffer)?;
        Ok(buffer)
    }
}

/// The parts of a place as associated data, together with the suite, so that no two places look alike.
fn bind(place: &[&[u8]]) -> Vec<u8> {
    let mut bound = Vec::with_capacity(HEADER + place.iter().map(|part| part.len() + 4).sum::<usize>());
    bound.extend_from_slice(&[FORMAT, SUITE]);
    for part in place {
        bound.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}

fn pad(plaintext: &[u8]) -> Result<Vec<u8>> {
    let length = u32::try_from(plaintext.len()).map_err(|_| Error::internal("plaintext too long to seal"))?;
    let mut size = SMALLEST;
    while size < plaintext.len() + 4 {
        size *= 4;
    }
    let mut padded = Vec::with_capacity(size + 16);
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(plaintext);
    padded.resize(size, 0);
    Ok(padded)
}

fn unpad(buffer: &mut Zeroizing<Vec<u8>>) -> std::result::Result<(), OpenError> {
    let (length, _) = buffer.split_first_chunk::<4>().ok_or(OpenError)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| OpenError)?;
    if buffer.len() < length + 4 {
        return Err(OpenError);
    }
    buffer.drain(..4);
    buffer.truncate(length);
    Ok(())
}

/// A key derived from a secret (HKDF-SHA-256, RFC 5869).
pub(super) fn derived(secret: &[u8], salt: &[u8], info: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    let info = [info];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let expanded = extracted.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(key.as_mut_slice()));
    expanded.map_err(|_| Error::internal("key derivation refused"))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_at_its_place_and_untouched() {
        let key = Key::random().unwrap();
        let blob = key.seal(&[b"case", b"identity"], b"a name").unwrap();
        assert_eq!(key.open(&[b"case", b"identity"], &blob).unwrap().as_slice(), b"a name");
        assert!(key.open(&[b"case", b"contact"], &blob).is_err());
        assert!(key.open(&[b"casei", b"dentity"], &blob).is_err(), "parts are length-prefixed");
        assert!(Key::random().unwrap().open(&[b"case", b"identity"], &blob).is_err());
        for at in 0..blob.len() {
            let mut touched = blob.clone();
            touched[at] ^= 1;
            assert!(key.open(&[b"case", b"identity"], &touched).is_err(), "byte {at}");
        }
        for shorter in 0..blob.len() {
            assert!(key.open(&[b"case", b"identity"], &blob[..shorter]).is_err(), "{shorter} bytes");
        }
    }

    #[test]
    fn length_tells_only_its_magnitude_and_equal_plaintexts_differ() {
        let key = Key::random().unwrap();
        let sealed = |length: usize| key.seal(&[], &vec![b'x'; length]).unwrap();
        assert_eq!(sealed(0).len(), sealed(60).len());
        assert_eq!(sealed(61).len(), sealed(252).len());
        assert_eq!(sealed(253).len(), sealed(1020).len());
        assert_ne!(sealed(10), sealed(10));
        for length in [0, 60, 61, 252, 253, 5000] {
            assert_eq!(key.open(&[], &sealed(length)).unwrap().len(), length);
        }
    }
}

//! Secrets of machine clients: `hw_<key id>_<256 random bits>_<checksum>`. The form lets scanners find leaked secrets in files
//! and logs; only a hash is stored. The secret is random, so a plain SHA-256 is enough: there is nothing to guess.

use crate::crypto::{is_same, random, sha256};
use crate::error::Result;

const PREFIX: &str = "hw";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters of 62 that hold 256 bits.
const CHARACTERS: usize = 43;
/// Hexadecimal digits of a key id.
const KEY_ID: usize = 12;
/// Hexadecimal digits of a checksum.
const CHECKSUM: usize = 8;

/// A new secret.
pub struct NewSecret {
    /// Its name: the second part of its text.
    pub key_id: String,
    /// The text, to be shown once.
    pub text: String,
    /// The hash that is stored.
    pub hash: Vec<u8>,
}

impl NewSecret {
    /// Draws a secret.
    pub fn draw() -> Result<Self> {
        let key_id = hex(&random::<{ KEY_ID / 2 }>()?);
        let body = format!("{PREFIX}_{key_id}_{}", characters()?);
        let text = format!("{body}_{}", checksum(&body));
        let hash = sha256(text.as_bytes());
        Ok(Self { key_id, text, hash })
    }
}

/// The key id of a text that has the form of a secret, checksum included; none for any other text.
pub fn key_id(text: &str) -> Option<&str> {
    let (body, sum) = text.rsplit_once('_')?;
    let mut parts = body.split('_');
    let (prefix, key_id, secret) = (parts.next()?, parts.next()?, parts.next()?);
    let is_sound =
        prefix == PREFIX && key_id.len() == KEY_ID && secret.len() == CHARACTERS && parts.next().is_none() && sum == checksum(body);
    is_sound.then_some(key_id)
}

/// Whether this is the secret that was stored as `hash`.
pub fn is_secret(text: &str, hash: &[u8]) -> bool {
    is_same(&sha256(text.as_bytes()), hash)
}

fn characters() -> Result<String> {
    let mut drawn = String::with_capacity(CHARACTERS);
    while drawn.len() < CHARACTERS {
        // 62 of the 64 values are used, so that each character is equally likely.
        let taken = random::<64>()?.into_iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
        drawn.extend(taken.take(CHARACTERS - drawn.len()).copied().map(char::from));
    }
    Ok(drawn)
}

fn checksum(body: &str) -> String {
    hex(&sha256(body.as_bytes())).chars().take(CHECKSUM).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_and_no_other_text_is() {
        let (secret, other) = (NewSecret::draw().unwrap(), NewSecret::draw().unwrap());
        assert_eq!(key_id(&secret.text), Some(secret.key_id.as_str()));
        assert!(is_secret(&secret.text, &secret.hash) && !is_secret(&other.text, &secret.hash));
        assert_ne!(secret.text, other.text);
        let flipped = secret.text.replacen(['a', 'b', 'c', '1', '2', '3'], "x", 1);
        for text in ["", "hw", "hw___", "secret", &flipped, &secret.text.to_uppercase(), &format!("{}0", secret.text)] {
            assert_eq!(key_id(text), None, "{text}");
        }
    }
}

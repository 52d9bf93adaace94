//! Recipients of backups, in the format of age (age-encryption.org/v1): public keys are enough to seal, so the service holds no secret that
//! opens a backup. The secret keys are kept off-line.

use age::secrecy::ExposeSecret;
use age::stream::{StreamReader, StreamWriter};
use age::x25519;
use std::io::{Read, Write};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The public keys to which a backup is sealed. Any one of their secret keys opens it.
pub struct Recipients(Vec<x25519::Recipient>);

impl Recipients {
    /// Reads public keys (`age1…`), one a line; empty lines and those that begin with `#` count for nothing. None: a line is no public key,
    /// or there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<x25519::Recipient>> = lines(text).map(|line| line.parse().ok()).collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }

    /// Seals everything that is written into what is returned. It must be finished.
    pub fn seal<W: Write>(&self, out: W) -> Result<SealedWriter<W>> {
        let keys = self.0.iter().map(|key| {
            let key: &dyn age::Recipient = key;
            key
        });
        let encryptor = age::Encryptor::with_recipients(keys).map_err(|_| Error::internal("these recipients cannot be sealed to"))?;
        encryptor.wrap_output(out).map(SealedWriter).map_err(Error::internal)
    }
}

/// Seals what is written.
pub struct SealedWriter<W: Write>(StreamWriter<W>);

impl<W: Write> SealedWriter<W> {
    /// Writes the end, without which nobody can open the rest.
    pub fn finish(self) -> std::io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// The secret keys that open backups. Never printed, but once when one is made.
#[derive(Clone)]
pub struct RecoveryKeys(Vec<x25519::Identity>);

/// The reason why something sealed does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unopened {
    /// It was sealed to none of these keys.
    OtherKey,
    /// It is not in the format, or its beginning was changed or cut off.
    Damaged,
}

impl RecoveryKeys {
    /// A new secret key: the text of its file, and its public key.
    pub fn generate() -> (Zeroizing<String>, String) {
        let key = x25519::Identity::generate();
        let public = key.to_public().to_string();
        let secret = key.to_string();
        (Zeroizing::new(format!("# public key: {public}\n{}\n", secret.expose_secret())), public)
    }

    /// Reads secret keys (`AGE-SECRET-KEY-1…`) as [`Recipients::parse`] reads public ones.
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<x25519::Identity>> = lines(text).map(|line| line.parse().ok()).collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }

    /// Opens what was sealed to one of these keys. A later part that was changed or cut off is an error while it is read.
    pub fn open<R: Read>(&self, from: R) -> std::result::Result<SealedReader<R>, Unopened> {
        let decryptor = age::Decryptor::new(from).map_err(|_| Unopened::Damaged)?;
        let keys = self.0.iter().map(|key| {
            let key: &dyn age::Identity = key;
            key
        });
        decryptor.decrypt(keys).map(SealedReader).map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => Unopened::OtherKey,
            _ => Unopened::Damaged,
        })
    }
}

/// Reads what was sealed.
pub struct SealedReader<R>(StreamReader<R>);

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(bytes)
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(public: &[&str], text: &[u8]) -> Vec<u8> {
        let mut writer = Recipients::parse(&public.join("\n")).unwrap().seal(Vec::new()).unwrap();
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    fn opened(secret: &str, sealed: &[u8]) -> std::result::Result<Vec<u8>, Unopened> {
        let mut text = Vec::new();
        let mut reader = RecoveryKeys::parse(secret).unwrap().open(sealed)?;
        reader.read_to_end(&mut text).map(|_| text).map_err(|_| Unopened::Damaged)
    }

    #[test]
    fn each_recipient_opens_what_was_sealed_and_nobody_else() {
        let ((one, its_public), (two, of_two), (other, _)) = (RecoveryKeys::generate(), RecoveryKeys::generate(), RecoveryKeys::generate());
        let text = vec![7; 200_000];
        let sealed = sealed(&[its_public.as_str(), "# a comment", of_two.as_str()], &text);
        assert_eq!(opened(&one, &sealed).unwrap(), text);
        assert_eq!(opened(&two, &sealed).unwrap(), text);
        assert_eq!(opened(&other, &sealed), Err(Unopened::OtherKey));
        for length in [0, 10, 100, sealed.len() / 2, sealed.len() - 1] {
            assert_eq!(opened(&one, &sealed[..length]), Err(Unopened::Damaged), "{length} bytes");
        }
        let mut touched = sealed.clone();
        touched[sealed.len() / 2] ^= 1;
        assert_eq!(opened(&one, &touched), Err(Unopened::Damaged));
    }

    #[test]
    fn what_is_no_key_is_not_taken_for_one() {
        let (secret, public) = RecoveryKeys::generate();
        let longer = format!("{public}x");
        for wrong in ["", "# nothing", "age1", "ssh-ed25519 AAAA", longer.as_str()] {
            assert!(Recipients::parse(wrong).is_none() && RecoveryKeys::parse(wrong).is_none(), "{wrong}");
        }
        assert!(Recipients::parse(&secret).is_none(), "a secret key is no recipient");
        assert!(RecoveryKeys::parse(&public).is_none(), "a public key opens nothing");
    }
}

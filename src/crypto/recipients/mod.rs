//! Recipients of backups, in the format of age (age-encryption.org/v1): public keys are enough to seal, so the service holds no secret that
//! opens a backup. The secret keys are kept off-line. What is sealed here, the program `age` opens, and the other way round.
//!
//! The format is two pages over the primitives of aws-lc. The crate of the same name brings fifty-nine others, one of them without a
//! maintainer, nearly all for the messages of its command line.

mod agreement;
mod contents;
mod header;

pub use contents::{SealedReader, SealedWriter};

use std::io::{BufRead, Write};

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use zeroize::Zeroizing;

use crate::crypto::random;
use crate::crypto::recipients::agreement::{FileSecret, Secret, private, public_of, wrapping_key};
use crate::crypto::recipients::header::{Header, Stanza};
use crate::error::{Error, Result};

/// What a public key begins with, before its `1`.
const PUBLIC: Hrp = Hrp::parse_unchecked("age");
/// What a secret key begins with; it is written in capitals.
const SECRET: Hrp = Hrp::parse_unchecked("age-secret-key-");

/// The public keys to which a backup is sealed. Any one of their secret keys opens it.
pub struct Recipients(Vec<[u8; 32]>);

impl Recipients {
    /// Reads public keys (`age1…`), one a line; empty lines and those that begin with `#` count for nothing. None: a line is no public key,
    /// or there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<[u8; 32]>> = lines(text).map(|line| bytes_of(line, PUBLIC).map(|key| *key)).collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }

    /// Seals everything that is written into what is returned. It must be finished.
    pub fn seal<W: Write>(&self, mut out: W) -> Result<SealedWriter<W>> {
        let secret: FileSecret = Zeroizing::new(random()?);
        let stanzas = self.0.iter().map(|recipient| wrap(&secret, recipient)).collect::<Result<_>>()?;
        out.write_all(&Header::written(stanzas, &secret)?).map_err(Error::internal)?;
        SealedWriter::begin(out, &secret)
    }
}

/// The secret keys that open backups. Never printed, but once when one is made.
#[derive(Clone)]
pub struct RecoveryKeys(Vec<Secret>);

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
    pub fn generate() -> Result<(Zeroizing<String>, String)> {
        let refused = |_| Error::internal("a key cannot be written");
        let secret: Secret = Zeroizing::new(random()?);
        let public = bech32::encode::<Bech32>(PUBLIC, &public_of(&private(&secret)?)?).map_err(refused)?;
        let secret = Zeroizing::new(bech32::encode_upper::<Bech32>(SECRET, secret.as_slice()).map_err(refused)?);
        Ok((Zeroizing::new(format!("# public key: {public}\n{}\n", *secret)), public))
    }

    /// Reads secret keys (`AGE-SECRET-KEY-1…`) as [`Recipients::parse`] reads public ones.
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<Secret>> = lines(text).map(|line| bytes_of(line, SECRET)).collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }

    /// Opens what was sealed to one of these keys. A later part that was changed or cut off is an error while it is read.
    pub fn open<R: BufRead>(&self, mut from: R) -> std::result::Result<SealedReader<R>, Unopened> {
        let header = Header::read(&mut from).ok_or(Unopened::Damaged)?;
        let pairs = self.0.iter().flat_map(|key| header.stanzas.iter().map(move |stanza| (key, stanza)));
        let secret = pairs.filter_map(|(key, stanza)| unwrap(stanza, key)).next().ok_or(Unopened::OtherKey)?;
        if !header.is_of(&secret) {
            return Err(Unopened::Damaged);
        }
        SealedReader::begin(from, &secret).ok_or(Unopened::Damaged)
    }
}

/// Wraps the key of a file for one recipient, under a secret that this recipient alone can agree on with a key that is used once.
fn wrap(secret: &FileSecret, recipient: &[u8; 32]) -> Result<Stanza> {
    let once = private(&Zeroizing::new(random()?))?;
    let share = public_of(&once)?;
    let key = wrapping_key(&once, recipient, &share, recipient)?;
    Ok(Stanza { share, wrapped: contents::sealed_once(&key, secret.as_slice())? })
}

/// The key of a file, if it was wrapped for this secret key.
fn unwrap(stanza: &Stanza, key: &Secret) -> Option<FileSecret> {
    let own = private(key).ok()?;
    let recipient = public_of(&own).ok()?;
    let key = wrapping_key(&own, &stanza.share, &stanza.share, &recipient).ok()?;
    let opened = contents::opened_once(&key, &stanza.wrapped)?;
    <[u8; 16]>::try_from(opened.as_slice()).ok().map(Zeroizing::new)
}

/// The key that is written in Bech32 (BIP 173).
fn bytes_of(line: &str, kind: Hrp) -> Option<Secret> {
    let checked = CheckedHrpstring::new::<Bech32>(line).ok()?;
    let bytes = Zeroizing::new(checked.byte_iter().collect::<Vec<u8>>());
    let key = <[u8; 32]>::try_from(bytes.as_slice()).ok()?;
    (checked.hrp() == kind).then(|| Zeroizing::new(key))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use std::io::Read;

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
        let [(one, its_public), (two, of_two), (other, _)] = std::array::from_fn(|_| RecoveryKeys::generate().unwrap());
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
        let (secret, public) = RecoveryKeys::generate().unwrap();
        let longer = format!("{public}x");
        for wrong in ["", "# nothing", "age1", "ssh-ed25519 AAAA", longer.as_str()] {
            assert!(Recipients::parse(wrong).is_none() && RecoveryKeys::parse(wrong).is_none(), "{wrong}");
        }
        assert!(Recipients::parse(&secret).is_none(), "a secret key is no recipient");
        assert!(RecoveryKeys::parse(&public).is_none(), "a public key opens nothing");
    }

    /// Sealed by the program `age` 1.1.1.
    const BY_AGE: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB4dm1zQXZrYWdlT0dFTllzc1YyZjN0c3NVQmtBSTVycGNGNmhESTU5RkJvCk1DZmRjUVdvNVBXS2\
        YydFJxVVV2VTQ3eHVsV1ltd3kzTi9WazZlbW5uUU0KLS0tIG9YSTZPVHVuVXVJbGVHSjg4c002Y2NxaG9oaUZKWDZxb0NNeDc4RVRSbGMK/wHMoOqRm4+CuqGV5TtJ\
        jlL1dqsRAJ3Nv3UvQekv9mTKFL4iZfGK0nkqwvdU6+IwhDKSGHNc";
    const ITS_KEY: &str = "AGE-SECRET-KEY-1MU3UYWYM0V89SWDLPTT9ZTU9GRLC8CP5KPQ88UG9S8DQ7U03GCVQQUWG9T";

    #[test]
    fn what_the_program_age_sealed_opens() {
        let by_age = STANDARD.decode(BY_AGE).unwrap();
        assert_eq!(opened(ITS_KEY, &by_age).unwrap(), b"Nobody is left behind.");
        let header = by_age.windows(4).position(|bytes| bytes == b"--- ").unwrap();
        for at in [0, 30, header - 2, header + 6, by_age.len() - 1] {
            let mut touched = by_age.clone();
            touched[at] ^= 1;
            assert!(opened(ITS_KEY, &touched).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_stanza_of_another_kind_is_passed_over_and_authenticated_all_the_same() {
        let (secret, public) = RecoveryKeys::generate().unwrap();
        let sealed = sealed(&[public.as_str()], b"text");
        let first = sealed.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let added = [&sealed[..first], b"-> ssh-rsa abcd\n\n", &sealed[first..]].concat();
        // It is found, opened, and refused: it was put in by somebody who does not know the key.
        assert_eq!(opened(&secret, &added), Err(Unopened::Damaged));
    }

    #[test]
    fn every_length_around_a_chunk_comes_back_and_no_chunk_can_be_left_out() {
        const CHUNK: usize = 65_536;
        let (secret, public) = RecoveryKeys::generate().unwrap();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1] {
            let text = vec![9; length];
            let sealed = sealed(&[public.as_str()], &text);
            assert_eq!(opened(&secret, &sealed).unwrap(), text, "{length} bytes");
            for chunks in 0..length / CHUNK {
                let begin = sealed.len() - (length + length.div_ceil(CHUNK).max(1) * 16);
                let cut = &sealed[..begin + chunks * (CHUNK + 16)];
                assert_eq!(opened(&secret, cut), Err(Unopened::Damaged), "{chunks} chunks of {length} bytes");
            }
        }
    }

    #[test]
    fn nothing_is_given_after_a_chunk_that_does_not_open() {
        let (secret, public) = RecoveryKeys::generate().unwrap();
        // Something hangs behind the last chunk, which would open as the last one if it were tried again.
        let added = [sealed(&[public.as_str()], b"text"), vec![0; 20]].concat();
        let mut reader = RecoveryKeys::parse(&secret).unwrap().open(added.as_slice()).unwrap();
        for _ in 0..3 {
            assert!(reader.read(&mut [0; 100]).is_err());
        }
    }
}

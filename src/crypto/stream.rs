//! A file, sealed in chunks: 65,536 bytes and a tag each, AES-256-GCM-SIV under a random key of the file's own (the STREAM
//! construction of Hoang, Reyhanitabar, Rogaway and Vizár).
//!
//! The nonce counts the chunks and marks the last one, so a file that was cut, reordered or mixed with another one does not open.
//! The last chunk is padded with zeros, so the storage learns a length only to 64 KiB; the exact length is in the file's details,
//! which are sealed too.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::crypto::envelope::{Key, OpenError};
use crate::error::{Error, Result};

/// Bytes of a file in one chunk.
pub const CHUNK: usize = 65_536;
/// Bytes of a chunk as it is stored: with its tag.
pub const SEALED_CHUNK: usize = CHUNK + 16;

/// Version of the format, bound to every chunk.
const FORMAT: &[u8] = b"homeward/file/1";

/// The random key of one file.
#[derive(Clone)]
pub struct FileKey(Key);

impl FileKey {
    /// A new random key.
    pub fn random() -> Result<Self> {
        Key::random().map(Self)
    }

    /// The key, sealed under the key of its compartment for one place.
    pub fn seal_under(&self, key: &Key, place: &[&[u8]]) -> Result<Vec<u8>> {
        key.seal(place, self.0.bytes())
    }

    /// Opens a key that was sealed by [`Self::seal_under`].
    pub fn open_under(key: &Key, place: &[&[u8]], sealed: &[u8]) -> Result<Self> {
        let bytes = key.open(place, sealed)?;
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| OpenError)?;
        Ok(Self(Key::new(bytes)))
    }

    fn cipher(&self) -> Result<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, self.0.bytes()).map_err(|_| Error::internal("key refused"))?;
        Ok(LessSafeKey::new(key))
    }
}

/// The associated data of a chunk: the format and the file's place.
fn bound(place: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([FORMAT, place].concat())
}

/// The number of a chunk and whether it is the last one: eleven bytes and one.
fn nonce(number: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    let from_behind = std::iter::once(u8::from(is_last)).chain(number.to_le_bytes());
    bytes.iter_mut().rev().zip(from_behind).for_each(|(to, from)| *to = from);
    Nonce::assume_unique_for_key(bytes)
}

/// The same construction with ChaCha20-Poly1305 (RFC 8439) and nothing bound, as the format of age has it.
pub(super) struct Chunks(LessSafeKey);

impl Chunks {
    pub(super) fn new(key: &[u8; 32]) -> Result<Self> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| Error::internal("key refused"))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals a chunk where it is, and appends its tag.
    pub(super) fn seal(&self, number: u64, is_last: bool, chunk: &mut Vec<u8>) -> Result<()> {
        let sealed = self.0.seal_in_place_append_tag(nonce(number, is_last), Aad::empty(), chunk);
        sealed.map_err(|_| Error::internal("sealing failed"))
    }

    /// Opens a chunk where it is. Returns the length of what was in it.
    pub(super) fn open(&self, number: u64, is_last: bool, chunk: &mut [u8]) -> std::result::Result<usize, OpenError> {
        self.0.open_in_place(nonce(number, is_last), Aad::empty(), chunk).map(|opened| opened.len()).map_err(|_| OpenError)
    }
}

/// Seals a file while it comes in.
pub struct Sealer {
    key: LessSafeKey,
    place: Vec<u8>,
    number: u32,
    /// Bytes that are not sealed yet: never more than a chunk, and at the end at least those of the last one.
    held: Zeroizing<Vec<u8>>,
}

impl Sealer {
    /// A sealer for a file at a place.
    pub fn new(key: &FileKey, place: &[u8]) -> Result<Self> {
        Ok(Self { key: key.cipher()?, place: place.to_vec(), number: 0, held: Zeroizing::new(Vec::with_capacity(SEALED_CHUNK)) })
    }

    /// Takes the next bytes of the file. Appends complete sealed chunks to `out`.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        while !bytes.is_empty() {
            if self.held.len() == CHUNK {
                self.seal(false, out)?;
            }
            let (taken, rest) = bytes.split_at(bytes.len().min(CHUNK - self.held.len()));
            self.held.extend_from_slice(taken);
            bytes = rest;
        }
        Ok(())
    }

    /// Seals the last chunk.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<()> {
        self.held.resize(CHUNK, 0);
        self.seal(true, out)
    }

    fn seal(&mut self, is_last: bool, out: &mut Vec<u8>) -> Result<()> {
        let sealed = self.key.seal_in_place_separate_tag(nonce(u64::from(self.number), is_last), bound(&self.place), &mut self.held);
        let tag = sealed.map_err(|_| Error::internal("sealing failed"))?;
        out.extend_from_slice(&self.held);
        out.extend_from_slice(tag.as_ref());
        self.held.clear();
        self.number = self.number.checked_add(1).ok_or_else(|| Error::internal("a file of too many chunks"))?;
        Ok(())
    }
}

/// Opens the chunks of a file, in any order.
pub struct Opener {
    key: LessSafeKey,
    place: Vec<u8>,
    last: u32,
}

impl Opener {
    /// An opener for a file of `length` bytes at a place.
    pub fn new(key: &FileKey, place: &[u8], length: u64) -> Result<Self> {
        let chunk = u64::try_from(CHUNK).map_err(Error::internal)?;
        let last = u32::try_from(length.div_ceil(chunk).saturating_sub(1)).map_err(Error::internal)?;
        Ok(Self { key: key.cipher()?, place: place.to_vec(), last })
    }

    /// How many chunks there are.
    pub fn chunks(&self) -> u32 {
        self.last.saturating_add(1)
    }

    /// Opens one chunk, of [`SEALED_CHUNK`] bytes; the last one is padded with zeros.
    pub fn open(&self, number: u32, mut sealed: Vec<u8>) -> Result<Vec<u8>> {
        if sealed.len() != SEALED_CHUNK || number > self.last {
            return Err(OpenError.into());
        }
        let length = self
            .key
            .open_in_place(nonce(u64::from(number), number == self.last), bound(&self.place), &mut sealed)
            .map_err(|_| OpenError)?
            .len();
        sealed.truncate(length);
        Ok(sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &FileKey, place: &[u8], content: &[u8], piece: usize) -> Vec<u8> {
        let (mut sealer, mut out) = (Sealer::new(key, place).unwrap(), Vec::new());
        content.chunks(piece).for_each(|bytes| sealer.push(bytes, &mut out).unwrap());
        sealer.finish(&mut out).unwrap();
        out
    }

    fn opened(key: &FileKey, place: &[u8], length: usize, file: &[u8]) -> Result<Vec<u8>> {
        let opener = Opener::new(key, place, u64::try_from(length).unwrap())?;
        let mut content = Vec::new();
        for number in 0..opener.chunks() {
            let at = usize::try_from(number).unwrap() * SEALED_CHUNK;
            let chunk = file.get(at..file.len().min(at + SEALED_CHUNK)).unwrap_or_default();
            content.extend(opener.open(number, chunk.to_vec())?);
        }
        content.truncate(length);
        Ok(content)
    }

    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    #[test]
    fn a_file_of_any_length_comes_back_however_it_came() {
        let key = FileKey::random().unwrap();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7] {
            for piece in [1000, CHUNK, 5 * CHUNK] {
                let file = sealed(&key, b"case", &content(length), piece);
                assert_eq!(file.len() % SEALED_CHUNK, 0, "a length is told only to a chunk");
                assert_eq!(opened(&key, b"case", length, &file).unwrap(), content(length), "{length} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_file_that_was_cut_swapped_mixed_or_touched_does_not_open() {
        let key = FileKey::random().unwrap();
        let length = 3 * CHUNK;
        let file = sealed(&key, b"case", &content(length), CHUNK);
        let other = sealed(&key, b"case", &content(2 * CHUNK), CHUNK);
        let chunk = |file: &[u8], at: usize| file[at * SEALED_CHUNK..(at + 1) * SEALED_CHUNK].to_vec();
        let of = |chunks: [Vec<u8>; 3]| chunks.concat();
        let (first, second, third) = (chunk(&file, 0), chunk(&file, 1), chunk(&file, 2));
        assert!(opened(&key, b"case", length, &of([first.clone(), second.clone(), third.clone()])).is_ok());
        assert!(opened(&key, b"case", length, &of([second.clone(), first.clone(), third.clone()])).is_err(), "in another order");
        assert!(opened(&key, b"case", length, &of([first.clone(), first.clone(), third.clone()])).is_err(), "one chunk twice");
        assert!(opened(&key, b"case", length, &of([first.clone(), chunk(&other, 1), third])).is_err(), "the last one of another file");
        assert!(opened(&key, b"case", 2 * CHUNK, &file[..2 * SEALED_CHUNK]).is_err(), "cut at a chunk, and said to be shorter");
        assert!(opened(&key, b"case", length, &file[..2 * SEALED_CHUNK]).is_err(), "cut at a chunk");
        assert!(opened(&key, b"case", length, &file[..file.len() - 1]).is_err(), "cut inside a chunk");
        assert!(opened(&key, b"another case", length, &file).is_err(), "at another place");
        assert!(opened(&FileKey::random().unwrap(), b"case", length, &file).is_err(), "with another key");
        for at in [0, 1000, CHUNK, SEALED_CHUNK - 1, SEALED_CHUNK, file.len() - 17, file.len() - 1] {
            let mut touched = file.clone();
            touched[at] ^= 1;
            assert!(opened(&key, b"case", length, &touched).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_key_of_a_file_opens_only_under_its_compartment_and_at_its_place() {
        let (compartment, key) = (Key::random().unwrap(), FileKey::random().unwrap());
        let sealed_key = key.seal_under(&compartment, &[b"one"]).unwrap();
        let again = FileKey::open_under(&compartment, &[b"one"], &sealed_key).unwrap();
        assert!(opened(&again, b"case", 5, &sealed(&key, b"case", b"hello", 5)).is_ok());
        assert!(FileKey::open_under(&compartment, &[b"two"], &sealed_key).is_err());
        assert!(FileKey::open_under(&Key::random().unwrap(), &[b"one"], &sealed_key).is_err());
    }
}

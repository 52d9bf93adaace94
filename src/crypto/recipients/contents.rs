//! The contents in the format of age: chunks of 64 KiB and a tag each, ChaCha20-Poly1305 (RFC 8439) in the STREAM construction. The nonce
//! counts the chunks and marks the last one, so that what was cut, reordered or mixed with something else does not open.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use crate::crypto::envelope::derived;
use crate::crypto::random;
use crate::crypto::recipients::agreement::{FileSecret, Secret};
use crate::crypto::stream::{CHUNK, Chunks, SEALED_CHUNK};
use crate::error::{Error, Result};

/// The random bytes that stand before the chunks.
const SALT: usize = 16;

/// Seals what is written.
pub struct SealedWriter<W: Write> {
    out: W,
    key: Chunks,
    number: u64,
    chunk: Zeroizing<Vec<u8>>,
}

impl<W: Write> SealedWriter<W> {
    pub(super) fn begin(mut out: W, secret: &FileSecret) -> Result<Self> {
        let salt: [u8; SALT] = random()?;
        out.write_all(&salt).map_err(Error::internal)?;
        Ok(Self {
            out,
            key: payload_key(secret, &salt).and_then(|key| Chunks::new(&key))?,
            number: 0,
            chunk: Zeroizing::new(Vec::with_capacity(SEALED_CHUNK)),
        })
    }

    /// Writes the end, without which nobody can open the rest.
    pub fn finish(mut self) -> io::Result<W> {
        self.chunk(true)?;
        Ok(self.out)
    }

    fn chunk(&mut self, is_last: bool) -> io::Result<()> {
        self.key.seal(self.number, is_last, &mut self.chunk).map_err(|_| io::Error::other("sealing failed"))?;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        self.number += 1;
        Ok(())
    }
}

impl<W: Write> Write for SealedWriter<W> {
    /// A full chunk waits for the next byte: it could be the last one, which is marked.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.chunk(false)?;
        }
        let (taken, _) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
        self.chunk.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads what was sealed. What was changed or cut off is an error, before any byte of its chunk is given.
pub struct SealedReader<R> {
    from: R,
    key: Chunks,
    number: u64,
    /// The chunk that is being given, opened, and how much of it was given.
    chunk: Zeroizing<Vec<u8>>,
    given: usize,
    /// The sealed chunk after it. Empty: that was the last.
    next: Vec<u8>,
    /// A chunk did not open: nothing after it is given, however often it is asked for.
    is_damaged: bool,
}

impl<R: Read> SealedReader<R> {
    pub(super) fn begin(mut from: R, secret: &FileSecret) -> Option<Self> {
        let mut salt = [0; SALT];
        from.read_exact(&mut salt).ok()?;
        let key = payload_key(secret, &salt).and_then(|key| Chunks::new(&key)).ok()?;
        Some(Self { from, key, number: 0, chunk: Zeroizing::default(), given: 0, next: Vec::new(), is_damaged: false })
    }

    fn open(&mut self) -> io::Result<()> {
        let after = sealed_chunk(&mut self.from)?;
        let mut chunk = Zeroizing::new(std::mem::replace(&mut self.next, after));
        let opened = self.key.open(self.number, self.next.is_empty(), &mut chunk);
        // No writer ends with an empty chunk, but after nothing at all.
        let length = opened.ok().filter(|length| *length > 0 || self.number == 0);
        self.is_damaged = length.is_none();
        let length = length.ok_or_else(damaged)?;
        chunk.truncate(length);
        (self.chunk, self.given) = (chunk, 0);
        self.number += 1;
        Ok(())
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what was sealed was changed or cut off")
}

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.is_damaged {
            return Err(damaged());
        }
        if self.number == 0 {
            self.next = sealed_chunk(&mut self.from)?;
            self.open()?;
        } else if self.given == self.chunk.len() && !self.next.is_empty() {
            self.open()?;
        }
        let given = self.chunk.get(self.given..).unwrap_or_default().read(bytes)?;
        self.given += given;
        Ok(given)
    }
}

fn sealed_chunk(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(SEALED_CHUNK);
    from.take(u64::try_from(SEALED_CHUNK).map_err(io::Error::other)?).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// Seals something under a key that is used for nothing else, which is why it may be the first chunk of none.
pub(super) fn sealed_once(key: &Secret, contents: &[u8]) -> Result<Vec<u8>> {
    let mut sealed = contents.to_vec();
    Chunks::new(key)?.seal(0, false, &mut sealed)?;
    Ok(sealed)
}

/// Opens what [`sealed_once`] sealed.
pub(super) fn opened_once(key: &Secret, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut opened = Zeroizing::new(sealed.to_vec());
    let length = Chunks::new(key).ok()?.open(0, false, &mut opened).ok()?;
    opened.truncate(length);
    Some(opened)
}

fn payload_key(secret: &FileSecret, salt: &[u8]) -> Result<Secret> {
    derived(secret.as_slice(), salt, b"payload")
}

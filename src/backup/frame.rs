//! Frames, and the sum over all of them.

use std::io::{Read, Write};

use crate::backup::{Fault, Result};
use crate::crypto::Sha256;

/// The first bytes, with the version of the format.
pub(in crate::backup) const MAGIC: &[u8; 18] = b"homeward backup 1\n";
/// The most bytes of a frame. A length that was changed takes no memory beyond this.
pub(in crate::backup) const LARGEST: usize = 64 << 20;

pub(in crate::backup) const HEADER: u8 = b'H';
pub(in crate::backup) const TABLE: u8 = b'T';
pub(in crate::backup) const ROWS: u8 = b'R';
pub(in crate::backup) const END: u8 = b'E';
pub(in crate::backup) const MANIFEST: u8 = b'M';
const LAST: u8 = b'Z';

/// Writes frames.
pub(in crate::backup) struct FrameWriter<W> {
    out: W,
    sum: Sha256,
}

impl<W: Write> FrameWriter<W> {
    pub fn begin(out: W) -> Result<Self> {
        let mut frames = Self { out, sum: Sha256::default() };
        frames.put(MAGIC)?;
        Ok(frames)
    }

    pub fn write(&mut self, kind: u8, content: &[u8]) -> Result<()> {
        let length = u32::try_from(content.len()).ok().filter(|_| content.len() <= LARGEST);
        let length = length.ok_or(Fault::Changed("a row is too long for a backup"))?;
        self.put(&[kind])?;
        self.put(&length.to_be_bytes())?;
        self.put(content)
    }

    /// Writes the last frame, and gives back where it was written.
    pub fn finish(mut self) -> Result<W> {
        let sum = std::mem::take(&mut self.sum).finish();
        self.write(LAST, &sum)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.sum.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }
}

/// Reads frames.
pub(in crate::backup) struct FrameReader<R> {
    from: R,
    sum: Sha256,
}

impl<R: Read> FrameReader<R> {
    pub fn begin(from: R) -> Result<Self> {
        let mut frames = Self { from, sum: Sha256::default() };
        let magic: [u8; MAGIC.len()] = frames.take()?;
        if magic == *MAGIC { Ok(frames) } else { Err(Fault::Unknown) }
    }

    /// The next frame: its kind and its content.
    pub fn read(&mut self) -> Result<(u8, Vec<u8>)> {
        let [kind] = self.take()?;
        let length = usize::try_from(u32::from_be_bytes(self.take()?)).unwrap_or(usize::MAX);
        if length > LARGEST {
            return Err(Fault::Changed("a part is too long"));
        }
        let mut content = Vec::new();
        (&mut self.from).take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut content)?;
        if content.len() < length {
            return Err(Fault::CutOff);
        }
        self.sum.update(&content);
        Ok((kind, content))
    }

    /// Reads the last frame, and compares the sum. Nothing may follow it.
    pub fn finish(&mut self) -> Result<()> {
        let sum = std::mem::take(&mut self.sum).finish();
        let (kind, content) = self.read()?;
        if kind != LAST || content != sum {
            return Err(Fault::Changed("its sum is another one"));
        }
        match self.from.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(Fault::Changed("something follows its end")),
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes)?;
        self.sum.update(&bytes);
        Ok(bytes)
    }
}

//! PDF: only the beginning and the end are checked. The contents stay: see docs/security.md.

use crate::files::clean::input::{Looked, Refusal, hold};

const BEGINS: &[u8] = b"%PDF-";
const ENDS: &[u8] = b"%%EOF";
/// Bytes before the end within which readers look for the end marker.
const TAIL: usize = 1024;

/// A PDF that is being received.
#[derive(Default)]
pub struct Pdf {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Pdf {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        let mut input = bytes;
        if self.head.len() < BEGINS.len() && hold(&mut self.head, BEGINS.len(), &mut input) && self.head != BEGINS {
            return Err(Refusal::NotOfThisFormat);
        }
        out.extend_from_slice(bytes);
        self.tail.extend_from_slice(bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or_default());
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
        Ok(())
    }

    /// Checks the beginning and the end marker. Data far behind the end marker would make the file something else as well.
    pub(super) fn finish(&self) -> Looked<()> {
        match self.head.as_slice() {
            BEGINS if self.tail.windows(ENDS.len()).any(|window| window == ENDS) => Ok(()),
            BEGINS => Err(Refusal::Truncated),
            _ => Err(Refusal::NotOfThisFormat),
        }
    }
}

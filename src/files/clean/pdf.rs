//! PDF: looked at from both ends. What is inside stays: see docs/security.md.

use crate::files::clean::input::{Looked, Refusal, hold};

const BEGINS: &[u8] = b"%PDF-";
const ENDS: &[u8] = b"%%EOF";
/// Where readers look for the end: within so many last bytes.
const TAIL: usize = 1024;

/// A PDF that comes in.
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

    /// It began and ended as one does. What stands far behind its end makes it something else as well.
    pub(super) fn finish(&self) -> Looked<()> {
        match self.head.as_slice() {
            BEGINS if self.tail.windows(ENDS.len()).any(|window| window == ENDS) => Ok(()),
            BEGINS => Err(Refusal::Truncated),
            _ => Err(Refusal::NotOfThisFormat),
        }
    }
}

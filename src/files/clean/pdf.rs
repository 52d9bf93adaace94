//! PDF: only the beginning and the end are checked, and what others put around it is taken away. The contents stay: see
//! docs/security.md.

use crate::files::clean::input::{Looked, Refusal};

const BEGINS: &[u8] = b"%PDF-";
const ENDS: &[u8] = b"%%EOF";
/// Bytes before the beginning that readers skip (ISO 32000-1, annex H.3.4.1). Gateways put a line there, and the file would be
/// something else as well: they are not kept.
const LEAD: usize = 1024;
/// Bytes before the end within which readers look for the end marker (annex H.3.4.4).
const TAIL: usize = 1024;

/// A PDF that is being received.
#[derive(Default)]
pub struct Pdf {
    /// What came before the beginning was found.
    lead: Vec<u8>,
    has_begun: bool,
    tail: Vec<u8>,
    /// Zeros that came last: scanners fill their files up with them. Not kept, unless something follows.
    padding: usize,
}

impl Pdf {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        if self.has_begun {
            self.keep(bytes, out);
            return Ok(());
        }
        self.lead.extend_from_slice(bytes);
        match self.lead.windows(BEGINS.len()).take(LEAD + 1).position(|window| window == BEGINS) {
            None if self.lead.len() >= LEAD + BEGINS.len() => Err(Refusal::NotOfThisFormat),
            None => Ok(()),
            Some(start) => {
                self.has_begun = true;
                let held = std::mem::take(&mut self.lead);
                self.keep(held.get(start..).unwrap_or_default(), out);
                Ok(())
            }
        }
    }

    fn keep(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
        let content = bytes.get(..bytes.len() - zeros).unwrap_or_default();
        if !content.is_empty() {
            out.resize(out.len() + self.padding, 0);
            out.extend_from_slice(content);
            self.note_tail(content);
            self.padding = 0;
        }
        self.padding += zeros;
    }

    fn note_tail(&mut self, content: &[u8]) {
        self.tail.extend(std::iter::repeat_n(0, self.padding.min(TAIL)));
        self.tail.extend_from_slice(content.get(content.len().saturating_sub(TAIL)..).unwrap_or_default());
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
    }

    /// Checks the beginning and the end marker. Data far behind the end marker would make the file something else as well.
    pub(super) fn finish(&self) -> Looked<()> {
        match self.has_begun {
            true if self.tail.windows(ENDS.len()).any(|window| window == ENDS) => Ok(()),
            true => Err(Refusal::Truncated),
            false => Err(Refusal::NotOfThisFormat),
        }
    }
}

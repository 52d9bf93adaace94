//! The archive that a spreadsheet is: looked through before anybody unpacks it. Sizes that it states are not believed; every entry is
//! unpacked once, piece by piece and into nothing, and the sum is bounded.

use flate2::read::DeflateDecoder;
use std::io::Read;

use crate::tables::little_endian::{four, two};
use crate::tables::refused::Refused;

/// The most entries: a workbook has one for each sheet and picture.
const MOST_ENTRIES: usize = 2_000;
/// The most bytes that all entries together unpack to.
const MOST_UNPACKED: usize = 128 * 1024 * 1024;
/// The most bytes of the texts of all cells, which are held at once.
const MOST_TEXTS: usize = 32 * 1024 * 1024;

/// How the end of an archive begins, and its length without a comment.
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
/// The longest comment.
const LONGEST_COMMENT: usize = 65_535;
/// How an entry of the directory begins, and its length without its names.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
/// How an entry itself begins, and the length of its header without its names.
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_LENGTH: usize = 30;
/// What stands for a number that does not fit: an archive of more than four gigabytes, which none of 20 MiB is.
const DOES_NOT_FIT: usize = 0xFFFF;

/// What is in an archive besides the cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Besides {
    pub macros: bool,
    pub external_links: bool,
    pub formulas: bool,
}

/// Looks through an archive.
pub(super) fn look_through(bytes: &[u8]) -> Result<Besides, Refused> {
    let end = end_of(bytes).ok_or(Refused::Damaged)?;
    let field = |at: usize| two(bytes, end + at).ok_or(Refused::Damaged);
    let entries = field(10)?;
    if entries == DOES_NOT_FIT || entries > MOST_ENTRIES {
        return Err(Refused::Inflated);
    }
    let mut at = four(bytes, end + 16).ok_or(Refused::Damaged)?;
    let mut besides = Besides::default();
    let mut left = MOST_UNPACKED;
    for _ in 0..entries {
        let entry = Entry::at(bytes, at).ok_or(Refused::Damaged)?;
        at = entry.next;
        if entry.is_encrypted {
            return Err(Refused::Encrypted);
        }
        besides.macros |= entry.name.ends_with("vbaProject.bin");
        besides.external_links |= entry.name.starts_with("xl/externalLinks/");
        let most = if entry.name.ends_with("sharedStrings.xml") { left.min(MOST_TEXTS) } else { left };
        let unpacked = entry.unpack(bytes, most)?;
        besides.formulas |= unpacked.has_formula && entry.name.starts_with("xl/worksheets/");
        left = left.saturating_sub(unpacked.length);
    }
    Ok(besides)
}

/// Where the end of the directory stands: behind it there is nothing but a comment.
fn end_of(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(LONGEST_COMMENT);
    (first..=last).rev().find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(END)))
}

struct Entry {
    name: String,
    is_encrypted: bool,
    is_stored: bool,
    /// Where its bytes begin and end.
    begin: usize,
    end: usize,
    next: usize,
}

/// What came of an entry.
struct Unpacked {
    length: usize,
    has_formula: bool,
}

impl Entry {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        if !bytes.get(at..)?.starts_with(ENTRY) {
            return None;
        }
        let (flags, method) = (two(bytes, at + 8)?, two(bytes, at + 10)?);
        let packed = four(bytes, at + 20)?;
        let (name, extra, comment) = (two(bytes, at + 28)?, two(bytes, at + 30)?, two(bytes, at + 32)?);
        let local = four(bytes, at + 42)?;
        let names = at + ENTRY_LENGTH;
        let written = bytes.get(names..names + name)?;
        if !bytes.get(local..)?.starts_with(LOCAL) || !matches!(method, 0 | 8) {
            return None;
        }
        let begin = local + LOCAL_LENGTH + two(bytes, local + 26)? + two(bytes, local + 28)?;
        Some(Self {
            // Some programs write the names as paths of Windows.
            name: String::from_utf8_lossy(written).replace('\\', "/"),
            is_encrypted: flags & 1 == 1,
            is_stored: method == 0,
            begin,
            end: begin.checked_add(packed)?,
            next: names + name + extra + comment,
        })
    }

    /// Unpacks the entry into nothing, and no further than the bound.
    fn unpack(&self, bytes: &[u8], most: usize) -> Result<Unpacked, Refused> {
        let packed = bytes.get(self.begin..self.end).ok_or(Refused::Damaged)?;
        if self.is_stored { count(packed, most) } else { count(DeflateDecoder::new(packed), most) }
    }
}

/// How much is read at once.
const PIECE: usize = 64 * 1024;

fn count(mut from: impl Read, most: usize) -> Result<Unpacked, Refused> {
    let mut piece = vec![0; PIECE];
    // The last bytes of the piece before: what is looked for may stand across the border.
    let mut before = [0_u8; 2];
    let mut unpacked = Unpacked { length: 0, has_formula: false };
    loop {
        let read = from.read(&mut piece).map_err(|_| Refused::Damaged)?;
        let Some(new) = piece.get(..read).filter(|new| !new.is_empty()) else { return Ok(unpacked) };
        unpacked.length += read;
        if unpacked.length > most {
            return Err(Refused::Inflated);
        }
        let border: Vec<u8> = before.iter().chain(new.iter().take(2)).copied().collect();
        unpacked.has_formula = unpacked.has_formula || has_formula(new) || has_formula(&border);
        let mut last = border.iter().chain(new.iter().skip(2)).rev().copied();
        before = match (last.next(), last.next()) {
            (Some(one), Some(other)) => [other, one],
            _ => before,
        };
    }
}

/// Whether the cells of a sheet have a formula among them.
fn has_formula(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|three| three == b"<f>" || three == b"<f ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_across_two_pieces_is_seen() {
        for (first, second) in [("abc<", "f>x"), ("abc<f", ">x"), ("abc", "<f >x"), ("a", "b")] {
            let mut whole = vec![b' '; PIECE - first.len()];
            whole.extend_from_slice(first.as_bytes());
            whole.extend_from_slice(second.as_bytes());
            let found = count(whole.as_slice(), usize::MAX).map(|unpacked| unpacked.has_formula).ok();
            assert_eq!(found, Some(second != "b"), "{first}|{second}");
        }
    }

    #[test]
    fn what_unpacks_too_far_is_given_up() {
        assert!(matches!(count(std::io::repeat(b' '), 1_000_000), Err(Refused::Inflated)));
    }

    #[test]
    fn what_is_no_archive_is_damaged() {
        for bytes in [&b"PK\x03\x04"[..], b"PK\x05\x06", &[0; 100]] {
            assert_eq!(look_through(bytes), Err(Refused::Damaged));
        }
    }
}

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
/// What stands before the end in an archive of the larger kind, and how far before.
const LARGER: &[u8] = b"PK\x06\x07";
const LARGER_LENGTH: usize = 20;
/// How an entry of the directory begins, and its length without its names.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
/// How an entry itself begins, and the length of its header without its names.
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_LENGTH: usize = 30;
/// What stands for a number that does not fit: an archive of more than four gigabytes, which none of 20 MiB is.
const DOES_NOT_FIT: usize = 0xFFFF;
const DOES_NOT_FIT_FOUR: usize = 0xFFFF_FFFF;
/// A name of the unpacked entry in other letters than the directory writes it: whoever unpacks goes by that one.
const OTHER_NAME: usize = 0x7075;

/// What is in an archive besides the cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Besides {
    pub macros: bool,
    pub external_links: bool,
    pub formulas: bool,
}

/// Looks through an archive.
pub(super) fn look_through(bytes: &[u8]) -> Result<Besides, Refused> {
    let Directory { mut at, end, entries } = directory(bytes)?;
    let mut besides = Besides::default();
    let mut left = MOST_UNPACKED;
    for _ in 0..entries {
        let entry = Entry::at(bytes, at).ok_or(Refused::Damaged)?;
        at = entry.next;
        if entry.is_encrypted {
            return Err(Refused::Encrypted);
        }
        besides.macros |= entry.name.ends_with("vbaproject.bin");
        besides.external_links |= entry.name.starts_with("xl/externallinks/");
        let most = if entry.name.ends_with("sharedstrings.xml") { left.min(MOST_TEXTS) } else { left };
        let unpacked = entry.unpack(bytes, most)?;
        if unpacked.stated_texts.saturating_mul(SHORTEST_TEXT) > unpacked.length {
            return Err(Refused::Inflated);
        }
        besides.formulas |= unpacked.has_formula && entry.name.contains("worksheets/");
        left = left.saturating_sub(unpacked.length);
    }
    if at == end { Ok(besides) } else { Err(Refused::Damaged) }
}

/// Where the list of the entries begins and ends, and how many they are.
struct Directory {
    at: usize,
    end: usize,
    entries: usize,
}

/// The directory, where there is only one way to find it: whoever unpacks later must not find another one than was looked through.
fn directory(bytes: &[u8]) -> Result<Directory, Refused> {
    let end = end_of(bytes).ok_or(Refused::Damaged)?;
    let two = |at: usize| two(bytes, end + at).ok_or(Refused::Damaged);
    let four = |at: usize| four(bytes, end + at).ok_or(Refused::Damaged);
    let (here, entries, size, at, comment) = (two(8)?, two(10)?, four(12)?, four(16)?, two(20)?);
    if entries == DOES_NOT_FIT || entries > MOST_ENTRIES {
        return Err(Refused::Inflated);
    }
    let is_larger = end.checked_sub(LARGER_LENGTH).and_then(|at| bytes.get(at..)).is_some_and(|rest| rest.starts_with(LARGER));
    let is_one = two(4)? == 0 && two(6)? == 0 && here == entries;
    let is_whole = size != DOES_NOT_FIT_FOUR && at.checked_add(size) == Some(end) && end + END_LENGTH + comment == bytes.len();
    if is_larger || !is_one || !is_whole { Err(Refused::Damaged) } else { Ok(Directory { at, end, entries }) }
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
    /// How many texts it says that it has.
    stated_texts: usize,
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
        if has_other_name(bytes.get(names + name..names + name + extra)?) {
            return None;
        }
        let begin = local + LOCAL_LENGTH + two(bytes, local + 26)? + two(bytes, local + 28)?;
        Some(Self {
            // Some programs write the names as paths of Windows, and capitals count for nobody who looks for them.
            name: String::from_utf8_lossy(written).replace('\\', "/").to_lowercase(),
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

/// Whether one of the fields behind the name is another name.
fn has_other_name(extra: &[u8]) -> bool {
    let mut at = 0;
    while let Some((kind, length)) = two(extra, at).zip(two(extra, at + 2)) {
        if kind == OTHER_NAME {
            return true;
        }
        at += 4 + length;
    }
    false
}

/// How much is read at once.
const PIECE: usize = 64 * 1024;

fn count(mut from: impl Read, most: usize) -> Result<Unpacked, Refused> {
    let mut piece = vec![0; PIECE];
    // The last bytes of the piece before: what is looked for may stand across the border.
    let mut before = [0_u8; 2];
    let mut unpacked = Unpacked { length: 0, has_formula: false, stated_texts: 0 };
    let mut stated = StatedTexts::default();
    loop {
        let read = from.read(&mut piece).map_err(|_| Refused::Damaged)?;
        let Some(new) = piece.get(..read).filter(|new| !new.is_empty()) else {
            unpacked.stated_texts = stated.most;
            return Ok(unpacked);
        };
        new.iter().for_each(|byte| stated.take(*byte));
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

/// The shortest that a text can be written: whoever says that there are more lies, and is believed by whoever makes room for them.
const SHORTEST_TEXT: usize = 5;
/// How the number of texts is called.
const COUNTED: &[u8] = b"uniqueCount";

/// The largest number of texts that is stated, found byte for byte.
#[derive(Default)]
struct StatedTexts {
    /// Bytes of the name that were seen, one after the other.
    seen: usize,
    number: usize,
    most: usize,
}

impl StatedTexts {
    fn take(&mut self, byte: u8) {
        match COUNTED.get(self.seen) {
            // No letter stands twice where it would begin the name within the name, but for its first one.
            Some(expected) => self.seen = if byte == *expected { self.seen + 1 } else { usize::from(byte == b'u') },
            None if byte.is_ascii_digit() => {
                self.number = self.number.saturating_mul(10).saturating_add(usize::from(byte - b'0'));
                self.most = self.most.max(self.number);
            }
            None if self.number == 0 && matches!(byte, b'=' | b'"' | b'\'' | b' ' | b'\t' | b'\r' | b'\n') => {}
            None => (self.seen, self.number) = (usize::from(byte == b'u'), 0),
        }
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
    fn the_number_of_texts_that_is_stated_is_found() {
        for (text, most) in [
            ("<sst count=\"9\" uniqueCount=\"18446744073709551615\">", usize::MAX),
            ("<sst uuniqueCount = '42'><si/>", 42),
            ("<sst uniqueCount=\"007\" uniqueCount=\"5\">", 7),
            ("<sst count=\"9\">", 0),
        ] {
            assert_eq!(count(text.as_bytes(), usize::MAX).map(|unpacked| unpacked.stated_texts).ok(), Some(most), "{text}");
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

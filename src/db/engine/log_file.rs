//! What lies in the log of an SQLite database (SQLite file format, 4), read as a file, before SQLite opens it.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

/// The bytes before the first frame, and before the page of each frame.
const HEADER: usize = 32;
const FRAME: usize = 24;
/// The first word of a log, but for its last bit.
const MAGIC: u32 = 0x377f_0682;
/// Where a page 1 has the number of the change that wrote it last.
const NUMBER: usize = 60;

/// Two numbers that tell one filling of a log from the next.
pub(in crate::db) type Salts = [u8; 8];

/// A log with its changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::db) struct Log {
    pub(in crate::db) salts: Salts,
    /// The numbers of the first and of the last change in it that can be read; none: none of them has a number.
    pub(in crate::db) numbers: Option<(u32, u32)>,
    /// Whether durable changes lie behind a place that cannot be read.
    pub(in crate::db) is_broken: bool,
}

/// The salts of a log. None: there is no log, or nothing in it that SQLite would read.
pub(in crate::db) fn salts(path: &Path) -> std::io::Result<Option<Salts>> {
    Ok(opened(path)?.and_then(|(header, _)| Header::of(&header)).map(|header| header.salts))
}

/// Reads a log, as SQLite will.
pub(in crate::db) fn read(path: &Path) -> std::io::Result<Option<Log>> {
    let Some((bytes, mut file)) = opened(path)? else { return Ok(None) };
    let Some(header) = Header::of(&bytes) else { return Ok(None) };
    let (mut log, mut sum, mut pending) = (Log { salts: header.salts, ..Log::default() }, header.sum, None);
    let (mut can_read, mut commits_behind) = (true, 0);
    let mut frame = vec![0; FRAME + header.page];
    while fill(&mut file, &mut frame)? {
        let (about, page) = frame.split_at(FRAME);
        if about.get(8..16) != Some(&header.salts) {
            break;
        }
        let summed = header.add(header.add(sum, about.get(..8).unwrap_or_default()), page);
        can_read = can_read && (word(about, 16), word(about, 20)) == summed;
        let is_commit = word(about, 4) != 0;
        if !can_read {
            commits_behind += usize::from(is_commit);
            continue;
        }
        sum = summed;
        if word(about, 0) == 1 {
            pending = Some(word(page, NUMBER));
        }
        if is_commit && let Some(number) = pending.take() {
            log.numbers = Some((log.numbers.map_or(number, |(first, _)| first), number));
        }
    }
    // One change may have been cut off by the end of the process. Before a second one began, the first one was on the disk.
    log.is_broken = commits_behind > 1;
    Ok(Some(log))
}

struct Header {
    page: usize,
    salts: Salts,
    sum: (u32, u32),
    is_big_endian: bool,
}

impl Header {
    fn of(bytes: &[u8; HEADER]) -> Option<Self> {
        let magic = word(bytes, 0);
        if magic & !1 != MAGIC {
            return None;
        }
        let page = usize::try_from(word(bytes, 8)).ok().filter(|page| page.is_power_of_two() && (512..=65_536).contains(page))?;
        let salts = bytes.get(16..24)?.try_into().ok()?;
        let mut header = Self { page, salts, sum: (0, 0), is_big_endian: magic & 1 == 1 };
        header.sum = header.add((0, 0), bytes.get(..24)?);
        (header.sum == (word(bytes, 24), word(bytes, 28))).then_some(header)
    }

    /// Goes on with a checksum: over pairs of words, in the byte order of the machine that made the log.
    fn add(&self, (mut one, mut two): (u32, u32), bytes: &[u8]) -> (u32, u32) {
        let read = |bytes: &[u8]| {
            let bytes = bytes.try_into().unwrap_or_default();
            if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        for pair in bytes.chunks_exact(8) {
            let (first, second) = pair.split_at(4);
            one = one.wrapping_add(read(first)).wrapping_add(two);
            two = two.wrapping_add(read(second)).wrapping_add(one);
        }
        (one, two)
    }
}

/// Opens a log that has a whole header. The file of a log bears no locks, so that closing it ends none.
fn opened(path: &Path) -> std::io::Result<Option<([u8; HEADER], BufReader<File>)>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => BufReader::new(file?),
    };
    let mut header = [0; HEADER];
    Ok(fill(&mut file, &mut header)?.then_some((header, file)))
}

/// Reads so many bytes. False: there are fewer.
fn fill(file: &mut impl Read, bytes: &mut [u8]) -> std::io::Result<bool> {
    match file.read_exact(bytes) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}

/// A number in the order of bytes that the format has.
fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

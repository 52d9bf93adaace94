//! HEIC, M4A, MP4, QuickTime and 3GP (ISO base media file format, ISO/IEC 14496-12): the brand and the boxes are checked, so that a file is of its
//! format and whole. The contents stay, with whatever the telephone wrote into them.

use crate::files::clean::input::{Looked, Refusal, hold, take};

/// Bytes of the head of a box, and of one that has a long size.
const HEAD: usize = 8;
const LONG_HEAD: usize = 16;
/// Bytes that the first box may have: it lists brands of four bytes.
const MAX_BRANDS: u64 = 4096;
/// The brands of still pictures in HEIF (ISO/IEC 23008-12).
const PICTURES: &[&[u8; 4]] = &[b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2"];
/// The brands of recordings that players of MP4 open.
const RECORDINGS: &[&[u8; 4]] = &[
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4A ", b"M4B ", b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6",
    b"dash",
];

/// The brand of QuickTime, which telephones of Apple record.
const QUICKTIME: &[&[u8; 4]] = &[b"qt  "];
/// The brands of 3GP (3GPP TS 26.244), which simple telephones record.
const OF_SIMPLE_TELEPHONES: &[&[u8; 4]] =
    &[b"3gp1", b"3gp2", b"3gp3", b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gp8", b"3gp9", b"3ge6", b"3ge7", b"3gg6", b"3gr6", b"3gs6"];

enum State {
    /// The brands come.
    Brands(Vec<u8>),
    /// The head of a box comes.
    Head(Vec<u8>),
    /// The content of a box comes: so many bytes are missing.
    Content(u64),
    /// The content of the last box comes, which goes on to the end.
    ToTheEnd,
}

/// A file of boxes that is being received.
pub struct Boxes {
    /// One of these brands must be named.
    brands: &'static [&'static [u8; 4]],
    /// The box without which there is nothing to show.
    index: &'static [u8; 4],
    has_index: bool,
    state: State,
}

impl Boxes {
    pub(super) fn picture() -> Self {
        Self::new(PICTURES, b"meta")
    }

    pub(super) fn recording() -> Self {
        Self::new(RECORDINGS, b"moov")
    }

    pub(super) fn quicktime() -> Self {
        Self::new(QUICKTIME, b"moov")
    }

    pub(super) fn of_simple_telephone() -> Self {
        Self::new(OF_SIMPLE_TELEPHONES, b"moov")
    }

    fn new(brands: &'static [&'static [u8; 4]], index: &'static [u8; 4]) -> Self {
        Self { brands, index, has_index: false, state: State::Brands(Vec::new()) }
    }

    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        let mut input = bytes;
        while !input.is_empty() {
            let next = match &mut self.state {
                State::Brands(held) => brands(held, &mut input, self.brands)?,
                State::Head(held) => head(held, &mut input)?.map(|(name, next)| {
                    self.has_index |= &name == self.index;
                    next
                }),
                State::Content(missing) => content(missing, &mut input),
                State::ToTheEnd => {
                    input = &[];
                    None
                }
            };
            if let Some(next) = next {
                self.state = next;
            }
        }
        out.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn finish(&self) -> Looked<()> {
        let is_between_boxes = match &self.state {
            State::Head(held) => held.is_empty(),
            State::Content(missing) => *missing == 0,
            State::ToTheEnd => true,
            State::Brands(held) if held.is_empty() => return Err(Refusal::NotOfThisFormat),
            State::Brands(_) => false,
        };
        if is_between_boxes && self.has_index { Ok(()) } else { Err(Refusal::Truncated) }
    }
}

/// The size and the name of a box whose head is held; its size counts the head.
fn size_and_name(held: &[u8]) -> Option<(u64, [u8; 4])> {
    let (size, rest) = held.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_first_chunk::<4>()?;
    let size = match u32::from_be_bytes(*size) {
        1 => u64::from_be_bytes(*rest.first_chunk::<8>()?),
        size => size.into(),
    };
    Some((size, *name))
}

/// Reads the first box, which names the brands.
fn brands(held: &mut Vec<u8>, input: &mut &[u8], known: &[&[u8; 4]]) -> Looked<Option<State>> {
    if !hold(held, HEAD, input) {
        return Ok(None);
    }
    let (size, name) = size_and_name(held).ok_or(Refusal::NotOfThisFormat)?;
    if &name != b"ftyp" || !(16..=MAX_BRANDS).contains(&size) {
        return Err(Refusal::NotOfThisFormat);
    }
    if !hold(held, usize::try_from(size).map_err(|_| Refusal::Malformed)?, input) {
        return Ok(None);
    }
    // The major brand, then its version, then those that it is compatible with.
    let mut named = held.get(HEAD..).unwrap_or_default().chunks_exact(4);
    if named.any(|brand| known.iter().any(|known| known.as_slice() == brand)) {
        Ok(Some(State::Head(Vec::new())))
    } else {
        Err(Refusal::NotOfThisFormat)
    }
}

/// Reads the head of a box: its name, and what comes after.
fn head(held: &mut Vec<u8>, input: &mut &[u8]) -> Looked<Option<([u8; 4], State)>> {
    if !hold(held, HEAD, input) || (held.starts_with(&1_u32.to_be_bytes()) && !hold(held, LONG_HEAD, input)) {
        return Ok(None);
    }
    let (size, name) = size_and_name(held).ok_or(Refusal::Malformed)?;
    if size == 0 {
        return Ok(Some((name, State::ToTheEnd)));
    }
    let length = u64::try_from(held.len()).map_err(|_| Refusal::Malformed)?;
    let missing = size.checked_sub(length).ok_or(Refusal::Malformed)?;
    Ok(Some((name, State::Content(missing))))
}

fn content(missing: &mut u64, input: &mut &[u8]) -> Option<State> {
    let mut wanted = usize::try_from(*missing).unwrap_or(usize::MAX);
    let taken = take(&mut wanted, input).len();
    *missing = missing.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX));
    (*missing == 0).then(|| State::Head(Vec::new()))
}

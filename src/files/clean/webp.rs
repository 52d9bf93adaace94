//! WebP (RFC 9649): only the picture. What a telephone wrote beside it (Exif, XMP, colour profiles, parts that no standard knows) is
//! overwritten where it stands, because the file says its length before its parts come; everything behind the end goes.

use crate::files::clean::input::{Looked, Refusal, check_size, hold, take};

/// Bytes of the head of the file: `RIFF`, its length, `WEBP`.
const FILE_HEAD: usize = 12;
/// Bytes of a part's name and length.
const HEAD: usize = 8;
/// Bytes of the first part of a long file: what it has, and its size.
const EXTENDED: usize = 10;
/// Bytes at the beginning of a picture that say how large it is.
const LOSSY_SIZE: usize = 10;
const LOSSLESS_SIZE: usize = 5;
/// Bytes before the parts of one frame of a moving picture.
const FRAME_HEAD: usize = 16;
/// What the first part says of the parts that are taken out: a colour profile, Exif, XMP.
const TAKEN_OUT: u8 = 0x20 | 0x08 | 0x04;
/// The name that a part has whose content was overwritten.
const EMPTY: &[u8; 4] = b"JUNK";

#[derive(Default)]
enum State {
    #[default]
    FileHead,
    Head,
    /// The beginning of a part that says how large the picture is: so many bytes are held, so many follow.
    Size {
        name: [u8; 4],
        held: usize,
        rest: usize,
    },
    Kept(usize),
    Overwritten(usize),
    Done,
}

/// A WebP that is being received.
#[derive(Default)]
pub struct Webp {
    state: State,
    held: Vec<u8>,
    /// Bytes that are still to come, as the head of the file says.
    missing: usize,
    has_picture: bool,
}

impl Webp {
    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        while !input.is_empty() {
            self.step(&mut input, out)?;
        }
        Ok(())
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.state, State::Done)
    }

    fn step(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Looked<()> {
        match &mut self.state {
            State::FileHead => {
                if hold(&mut self.held, FILE_HEAD, input) {
                    self.begin_file(out)?;
                }
            }
            State::Head => {
                if hold(&mut self.held, HEAD, input) {
                    self.begin_part(out)?;
                }
            }
            State::Size { name, held, rest } => {
                let (name, needed, rest) = (*name, *held, *rest);
                if hold(&mut self.held, needed, input) {
                    self.begin_picture(&name)?;
                    out.append(&mut self.held);
                    self.follow(State::Kept(rest), rest)?;
                }
            }
            State::Kept(rest) => {
                out.extend_from_slice(take(rest, input));
                let rest = *rest;
                self.go_on(rest)?;
            }
            State::Overwritten(rest) => {
                let dropped = take(rest, input).len();
                out.resize(out.len() + dropped, 0);
                let rest = *rest;
                self.go_on(rest)?;
            }
            State::Done => *input = &[],
        }
        Ok(())
    }

    /// Goes to the next part where this one is over.
    fn go_on(&mut self, rest: usize) -> Looked<()> {
        if rest > 0 {
            return Ok(());
        }
        self.state = match (self.missing, self.has_picture) {
            (0, false) => return Err(Refusal::Malformed),
            (0, true) => State::Done,
            _ => State::Head,
        };
        Ok(())
    }

    /// What comes after a beginning that was written: so many bytes.
    fn follow(&mut self, state: State, rest: usize) -> Looked<()> {
        self.state = state;
        self.go_on(rest)
    }

    fn begin_file(&mut self, out: &mut Vec<u8>) -> Looked<()> {
        let (riff, rest) = self.held.split_first_chunk::<4>().ok_or(Refusal::NotOfThisFormat)?;
        let (length, name) = rest.split_first_chunk::<4>().ok_or(Refusal::NotOfThisFormat)?;
        if riff != b"RIFF" || name != b"WEBP" {
            return Err(Refusal::NotOfThisFormat);
        }
        self.missing = size(*length)?.checked_sub(4).ok_or(Refusal::Malformed)?;
        out.append(&mut self.held);
        self.state = State::Head;
        Ok(())
    }

    fn begin_part(&mut self, out: &mut Vec<u8>) -> Looked<()> {
        let (name, rest) = self.held.split_first_chunk::<4>().ok_or(Refusal::Malformed)?;
        let (name, length) = (*name, size(*rest.first_chunk::<4>().ok_or(Refusal::Malformed)?)?);
        let padded = length.checked_add(length % 2).ok_or(Refusal::Malformed)?;
        // A frame is a part that has parts of its own, which are read one by one.
        let begun = if &name == b"ANMF" { FRAME_HEAD } else { padded };
        self.missing = self.missing.checked_sub(HEAD + begun).ok_or(Refusal::Malformed)?;
        let of_size = match &name {
            b"VP8X" => EXTENDED,
            b"VP8 " => LOSSY_SIZE,
            b"VP8L" => LOSSLESS_SIZE,
            _ => 0,
        };
        self.has_picture |= matches!(&name, b"VP8 " | b"VP8L");
        let is_kept = matches!(&name, b"ALPH" | b"ANIM" | b"ANMF");
        if of_size > 0 {
            let rest = padded.checked_sub(of_size).ok_or(Refusal::Malformed)?;
            out.append(&mut self.held);
            self.state = State::Size { name, held: of_size, rest };
            return Ok(());
        }
        if !is_kept && let Some(place) = self.held.first_chunk_mut::<4>() {
            *place = *EMPTY;
        }
        out.append(&mut self.held);
        self.follow(if is_kept { State::Kept(begun) } else { State::Overwritten(begun) }, begun)
    }

    /// Looks at how large the picture is, and takes back the announcement of what is overwritten.
    fn begin_picture(&mut self, name: &[u8; 4]) -> Looked<()> {
        let number = |from: usize, bytes: usize| {
            let little = self.held.get(from..from + bytes).unwrap_or_default().iter().rev();
            little.fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        };
        match name {
            b"VP8X" => check_size(number(4, 3) + 1, number(7, 3) + 1)?,
            b"VP8 " => check_size(number(6, 2) & 0x3fff, number(8, 2) & 0x3fff)?,
            _ => check_size((number(1, 4) & 0x3fff) + 1, (number(1, 4) >> 14 & 0x3fff) + 1)?,
        }
        if name == b"VP8X"
            && let Some(flags) = self.held.first_mut()
        {
            *flags &= !TAKEN_OUT;
        }
        Ok(())
    }
}

fn size(bytes: [u8; 4]) -> Looked<usize> {
    usize::try_from(u32::from_le_bytes(bytes)).map_err(|_| Refusal::Malformed)
}

//! PNG: only the chunks that make the picture. Texts, dates, places (eXIf), colour profiles and further pictures go, and so does
//! everything behind the end.

use crate::files::clean::input::{Looked, Refusal, check_size, hold, take};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Chunks that are kept: the picture, and how it is to be shown.
const KEPT: &[&[u8; 4]] = &[b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"];
/// Bytes of a chunk's length and name.
const HEAD: usize = 8;
/// Bytes of its checksum.
const CHECKSUM: usize = 4;
/// Bytes of the chunk with the size of the picture.
const SIZE: usize = 13;

#[derive(Default)]
enum State {
    #[default]
    Signature,
    Head,
    Size,
    Kept {
        remaining: usize,
        is_end: bool,
    },
    Dropped {
        remaining: usize,
    },
    Done,
}

/// A PNG that is being received.
#[derive(Default)]
pub struct Png {
    state: State,
    held: Vec<u8>,
    has_size: bool,
    has_picture: bool,
}

impl Png {
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
            State::Signature => {
                if hold(&mut self.held, SIGNATURE.len(), input) {
                    if self.held != SIGNATURE {
                        return Err(Refusal::NotOfThisFormat);
                    }
                    self.emit(out, State::Head);
                }
            }
            State::Head => {
                if hold(&mut self.held, HEAD, input) {
                    self.begin_chunk(out)?;
                }
            }
            State::Size => {
                if hold(&mut self.held, SIZE, input) {
                    check_picture(&self.held)?;
                    self.has_size = true;
                    self.emit(out, State::Kept { remaining: CHECKSUM, is_end: false });
                }
            }
            State::Kept { remaining, is_end } => {
                out.extend_from_slice(take(remaining, input));
                if *remaining == 0 {
                    self.state = if *is_end { State::Done } else { State::Head };
                }
            }
            State::Dropped { remaining } => {
                take(remaining, input);
                if *remaining == 0 {
                    self.state = State::Head;
                }
            }
            State::Done => *input = &[],
        }
        Ok(())
    }

    fn emit(&mut self, out: &mut Vec<u8>, next: State) {
        out.append(&mut self.held);
        self.state = next;
    }

    fn begin_chunk(&mut self, out: &mut Vec<u8>) -> Looked<()> {
        let (length, name) = self.held.split_first_chunk::<4>().ok_or(Refusal::Malformed)?;
        let name = <[u8; 4]>::try_from(name).map_err(|_| Refusal::Malformed)?;
        let length = u32::from_be_bytes(*length);
        if length > 0x7fff_ffff || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Refusal::Malformed);
        }
        let length = usize::try_from(length).map_err(|_| Refusal::Malformed)?;
        let is_size = &name == b"IHDR";
        if is_size == self.has_size || (is_size && length != SIZE) {
            return Err(Refusal::Malformed);
        }
        let is_needed = name.first().is_some_and(u8::is_ascii_uppercase);
        match KEPT.contains(&&name) {
            _ if is_size => self.emit(out, State::Size),
            true => {
                let is_end = &name == b"IEND";
                if is_end && (length != 0 || !self.has_picture) {
                    return Err(Refusal::Malformed);
                }
                self.has_picture |= &name == b"IDAT";
                self.emit(out, State::Kept { remaining: length + CHECKSUM, is_end });
            }
            false if is_needed => return Err(Refusal::Malformed),
            false => {
                self.held.clear();
                self.state = State::Dropped { remaining: length + CHECKSUM };
            }
        }
        Ok(())
    }
}

fn check_picture(size: &[u8]) -> Looked<()> {
    let (width, rest) = size.split_first_chunk::<4>().ok_or(Refusal::Malformed)?;
    let (height, _) = rest.split_first_chunk::<4>().ok_or(Refusal::Malformed)?;
    check_size(u32::from_be_bytes(*width).into(), u32::from_be_bytes(*height).into())
}

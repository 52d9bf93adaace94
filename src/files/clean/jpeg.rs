//! JPEG: only the segments that make the picture. Exif, XMP, IPTC, comments, thumbnails, colour profiles and all else in an APPn
//! segment go, and so does everything behind the end: further pictures, the video of a "motion photo", an archive.

use crate::files::clean::input::{Looked, Refusal, check_size, hold, take};
use crate::files::clean::orientation;

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const APP0: u8 = 0xe0;
const EXIF: u8 = 0xe1;
const ADOBE: u8 = 0xee;
/// Bytes of Adobe's segment, which says how the colours are written.
const ADOBE_LENGTH: usize = 12;
/// Bytes of a JFIF segment up to its thumbnail.
const JFIF_LENGTH: usize = 14;

#[derive(Default)]
enum State {
    #[default]
    Begin,
    /// Before a marker; whether its first byte was there.
    Marker {
        is_begun: bool,
    },
    /// Before the length of a segment.
    Length {
        marker: u8,
    },
    /// In a segment that is copied.
    Kept {
        marker: u8,
        remaining: usize,
    },
    /// In a segment that is left out.
    Dropped {
        remaining: usize,
    },
    /// In a segment that must be read as a whole: at most 64 KiB.
    Held {
        marker: u8,
        length: usize,
    },
    /// In the picture itself; whether the last byte may begin a marker.
    Picture {
        may_end: bool,
    },
    Done,
}

/// A JPEG that is being received.
#[derive(Default)]
pub struct Jpeg {
    state: State,
    held: Vec<u8>,
    has_size: bool,
}

impl Jpeg {
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
            State::Begin => {
                if hold(&mut self.held, 3, input) {
                    self.begin(out)?;
                }
            }
            State::Marker { is_begun } => {
                let Some((byte, rest)) = input.split_first() else { return Ok(()) };
                *input = rest;
                match (*is_begun, *byte) {
                    (_, 0xff) => *is_begun = true,
                    (false, _) => return Err(Refusal::Malformed),
                    (true, marker) => self.marker(marker, out)?,
                }
            }
            State::Length { marker } => {
                let marker = *marker;
                if hold(&mut self.held, 2, input) {
                    self.begin_segment(marker, out)?;
                }
            }
            State::Kept { marker, remaining } => {
                out.extend_from_slice(take(remaining, input));
                if *remaining == 0 {
                    self.state = after(*marker);
                }
            }
            State::Dropped { remaining } => {
                take(remaining, input);
                if *remaining == 0 {
                    self.state = State::Marker { is_begun: false };
                }
            }
            State::Held { marker, length } => {
                let marker = *marker;
                if hold(&mut self.held, *length, input) {
                    self.keep_of_segment(marker, out)?;
                }
            }
            State::Picture { may_end } => {
                let may_end = *may_end;
                self.picture(may_end, input, out)?;
            }
            State::Done => *input = &[],
        }
        Ok(())
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> Looked<()> {
        if self.held != [0xff, START, 0xff] {
            return Err(Refusal::NotOfThisFormat);
        }
        self.held.clear();
        out.extend_from_slice(&[0xff, START]);
        self.state = State::Marker { is_begun: true };
        Ok(())
    }

    fn marker(&mut self, marker: u8, out: &mut Vec<u8>) -> Looked<()> {
        self.state = match marker {
            END if self.has_size => {
                out.extend_from_slice(&[0xff, END]);
                State::Done
            }
            // None of these markers may stand between two segments.
            0x00..=0x01 | 0xd0..=START | END => return Err(Refusal::Malformed),
            marker => State::Length { marker },
        };
        Ok(())
    }

    fn begin_segment(&mut self, marker: u8, out: &mut Vec<u8>) -> Looked<()> {
        let length = self.held.first_chunk::<2>().map(|bytes| usize::from(u16::from_be_bytes(*bytes))).ok_or(Refusal::Malformed)?;
        let remaining = length.checked_sub(2).ok_or(Refusal::Malformed)?;
        let length = std::mem::take(&mut self.held);
        self.state = match marker {
            APP0 | EXIF => State::Held { marker, length: remaining },
            _ if is_size(marker) => State::Held { marker, length: remaining },
            ADOBE if remaining != ADOBE_LENGTH => State::Dropped { remaining },
            // Tables, scans, the restart interval, and Adobe's statement about the colours.
            0xc4 | 0xcc | SCAN..=0xdd | ADOBE => {
                if marker == SCAN && !self.has_size {
                    return Err(Refusal::Malformed);
                }
                out.extend_from_slice(&[0xff, marker]);
                out.extend_from_slice(&length);
                State::Kept { marker, remaining }
            }
            _ => State::Dropped { remaining },
        };
        match self.state {
            State::Kept { remaining: 0, .. } => self.state = after(marker),
            State::Dropped { remaining: 0 } => self.state = State::Marker { is_begun: false },
            State::Held { length: 0, .. } => self.keep_of_segment(marker, out)?,
            _ => {}
        }
        Ok(())
    }

    /// Keeps the useful part of a segment that was read as a whole.
    fn keep_of_segment(&mut self, marker: u8, out: &mut Vec<u8>) -> Looked<()> {
        let segment = std::mem::take(&mut self.held);
        self.state = State::Marker { is_begun: false };
        match marker {
            EXIF => out.extend(orientation::of(&segment).map(orientation::segment).unwrap_or_default()),
            APP0 => {
                if let Some(jfif) = segment.get(..JFIF_LENGTH - 2).filter(|jfif| jfif.starts_with(b"JFIF\0")) {
                    out.extend_from_slice(&[0xff, APP0, 0, 16]);
                    out.extend_from_slice(jfif);
                    // No thumbnail: it may show parts that were cut off the picture.
                    out.extend_from_slice(&[0, 0]);
                }
            }
            _ => {
                let size = segment.get(1..5).and_then(|size| size.first_chunk::<4>());
                let [a, b, c, d] = *size.ok_or(Refusal::Malformed)?;
                check_size(u16::from_be_bytes([c, d]).into(), u16::from_be_bytes([a, b]).into())?;
                self.has_size = true;
                let length = u16::try_from(segment.len() + 2).map_err(|_| Refusal::Malformed)?;
                out.extend_from_slice(&[0xff, marker]);
                out.extend_from_slice(&length.to_be_bytes());
                out.extend_from_slice(&segment);
            }
        }
        Ok(())
    }

    /// Copies the picture up to the next marker that ends a scan.
    fn picture(&mut self, may_end: bool, input: &mut &[u8], out: &mut Vec<u8>) -> Looked<()> {
        if may_end {
            let Some((byte, rest)) = input.split_first() else { return Ok(()) };
            *input = rest;
            match *byte {
                0x00 | 0xd0..=0xd7 => {
                    out.extend_from_slice(&[0xff, *byte]);
                    self.state = State::Picture { may_end: false };
                }
                0xff => {}
                marker => self.marker(marker, out)?,
            }
            return Ok(());
        }
        let end = input.iter().position(|byte| *byte == 0xff);
        let (plain, rest) = input.split_at(end.unwrap_or(input.len()));
        out.extend_from_slice(plain);
        *input = rest.get(1..).unwrap_or_default();
        self.state = State::Picture { may_end: end.is_some() };
        Ok(())
    }
}

/// The state after a copied segment.
fn after(marker: u8) -> State {
    if marker == SCAN { State::Picture { may_end: false } } else { State::Marker { is_begun: false } }
}

/// Whether a segment says how large the picture is: SOF0 to SOF15, among which three codes mean something else.
fn is_size(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

//! AMR and AMR-WB (RFC 4867 §5): the voice notes of simple telephones. A file is a mark and frames of sound, each of which says how long
//! it is; there is no room for anything else, so that what is kept is the sound alone.

use crate::files::clean::input::{Looked, Refusal, hold, take};

const NARROW: &[u8] = b"#!AMR\n";
const WIDE: &[u8] = b"#!AMR-WB\n";
/// Bytes of sound in a frame of each type (3GPP TS 26.101 and 26.201). None: there is no such frame in a file.
const NARROW_FRAMES: [Option<usize>; 16] =
    [Some(12), Some(13), Some(15), Some(17), Some(19), Some(20), Some(26), Some(31), Some(5), None, None, None, None, None, None, Some(0)];
const WIDE_FRAMES: [Option<usize>; 16] = [
    Some(17),
    Some(23),
    Some(32),
    Some(36),
    Some(40),
    Some(46),
    Some(50),
    Some(58),
    Some(60),
    Some(5),
    None,
    None,
    None,
    None,
    Some(0),
    Some(0),
];

#[derive(Default)]
enum State {
    #[default]
    Mark,
    Head,
    Sound(usize),
}

/// A voice note that is being received.
#[derive(Default)]
pub struct Amr {
    state: State,
    held: Vec<u8>,
    is_wide: bool,
    has_sound: bool,
}

impl Amr {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        let mut input = bytes;
        while !input.is_empty() {
            match &mut self.state {
                State::Mark => self.begin(&mut input, out)?,
                State::Head => {
                    let Some((head, rest)) = input.split_first() else { break };
                    input = rest;
                    let frames = if self.is_wide { &WIDE_FRAMES } else { &NARROW_FRAMES };
                    // The bits beside the type and the quality are padding, and zero.
                    let length = frames.get(usize::from(head >> 3 & 0x0f)).copied().flatten().filter(|_| head & 0x83 == 0);
                    let length = length.ok_or(Refusal::Malformed)?;
                    out.push(*head);
                    self.has_sound = true;
                    self.state = if length == 0 { State::Head } else { State::Sound(length) };
                }
                State::Sound(missing) => {
                    out.extend_from_slice(take(missing, &mut input));
                    if *missing == 0 {
                        self.state = State::Head;
                    }
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Looked<()> {
        if !hold(&mut self.held, NARROW.len(), input) {
            return Ok(());
        }
        self.is_wide = self.held != NARROW;
        if self.is_wide && !WIDE.starts_with(self.held.get(..NARROW.len()).unwrap_or_default()) {
            return Err(Refusal::NotOfThisFormat);
        }
        if self.is_wide && !hold(&mut self.held, WIDE.len(), input) {
            return Ok(());
        }
        if self.is_wide && self.held != WIDE {
            return Err(Refusal::NotOfThisFormat);
        }
        out.append(&mut self.held);
        self.state = State::Head;
        Ok(())
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.state, State::Head) && self.has_sound
    }
}

//! Ogg (RFC 3533) with sound in it: the voice notes of chat programs. The pages are checked, so that a file is of its format and whole.
//! The contents stay, with the title and the device that a program may have written into them.

use crate::files::clean::input::{Looked, Refusal, hold, take};

/// Bytes of the head of a page before the lengths of its segments.
const HEAD: usize = 27;
const MARK: &[u8] = b"OggS";
/// How the first page begins, for each sound that is taken: Opus (RFC 7845), Vorbis, FLAC, Speex.
const SOUNDS: &[&[u8]] = &[b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   "];
/// Bytes that tell the sound.
const SOUND: usize = 8;
/// The flag of the last page.
const LAST: u8 = 4;

#[derive(Default)]
enum State {
    #[default]
    Head,
    /// The lengths of the segments come.
    Lengths,
    Content(usize),
}

/// A recording that is being received.
#[derive(Default)]
pub struct Ogg {
    state: State,
    held: Vec<u8>,
    /// The first bytes of the first page.
    sound: Vec<u8>,
    pages: usize,
    is_last: bool,
}

impl Ogg {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        let mut input = bytes;
        while !input.is_empty() {
            match &mut self.state {
                State::Head => {
                    if hold(&mut self.held, HEAD, &mut input) {
                        self.begin_page()?;
                    }
                }
                State::Lengths => {
                    let segments = self.held.get(HEAD - 1).copied().map_or(0, usize::from);
                    if hold(&mut self.held, HEAD + segments, &mut input) {
                        let content = self.held.get(HEAD..).unwrap_or_default().iter().map(|length| usize::from(*length)).sum();
                        self.held.clear();
                        self.state = if content == 0 { State::Head } else { State::Content(content) };
                    }
                }
                State::Content(missing) => {
                    let taken = take(missing, &mut input);
                    let is_over = *missing == 0;
                    self.look(taken)?;
                    if is_over {
                        self.state = State::Head;
                    }
                }
            }
        }
        out.extend_from_slice(bytes);
        Ok(())
    }

    fn begin_page(&mut self) -> Looked<()> {
        let is_first = self.pages == 0;
        let refusal = if is_first { Refusal::NotOfThisFormat } else { Refusal::Malformed };
        if !self.held.starts_with(MARK) || self.held.get(4) != Some(&0) {
            return Err(refusal);
        }
        if !is_first && self.sound.len() < SOUND {
            return Err(Refusal::NotOfThisFormat);
        }
        self.pages += 1;
        self.is_last = self.held.get(5).is_some_and(|flags| flags & LAST != 0);
        self.state = if self.held.last() == Some(&0) { State::Head } else { State::Lengths };
        if matches!(self.state, State::Head) {
            self.held.clear();
        }
        Ok(())
    }

    /// Tells the sound by how the first page begins. A film is none.
    fn look(&mut self, mut taken: &[u8]) -> Looked<()> {
        if self.sound.len() >= SOUND || !hold(&mut self.sound, SOUND, &mut taken) {
            return Ok(());
        }
        let is_sound = SOUNDS.iter().any(|sound| self.sound.starts_with(sound));
        if is_sound { Ok(()) } else { Err(Refusal::NotOfThisFormat) }
    }

    pub(super) fn finish(&self) -> Looked<()> {
        match self.pages {
            0 => Err(Refusal::NotOfThisFormat),
            _ if matches!(self.state, State::Head) && self.held.is_empty() && self.is_last => Ok(()),
            _ => Err(Refusal::Truncated),
        }
    }
}

//! What comes in is looked at while it comes: its format is told by its bytes, and whatever an image says beside the picture is taken
//! out, above all where it was taken. Piece by piece, so that a file is never in memory as a whole; nothing is decoded, so that no
//! picture can be made to need more memory than it has bytes.

mod jpeg;
mod orientation;
mod pdf;
mod png;

use crate::domain::attachment::AttachmentFormat;
use crate::error::{Error, ErrorCode};

/// Pixels that a picture may have: whoever opens it must be able to.
const MAX_PIXELS: u64 = 40_000_000;

/// Why a file is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not begin as a file of this format does.
    NotOfThisFormat,
    /// Its parts do not fit together.
    Malformed,
    /// It ends before it is complete.
    Truncated,
    /// The picture is too large to be opened safely.
    TooManyPixels,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (code, message) = match refusal {
            Refusal::NotOfThisFormat => ("not_of_this_format", "does not begin like a file of the announced media type"),
            Refusal::Malformed => ("malformed", "is damaged: its parts do not fit together"),
            Refusal::Truncated => ("truncated", "ends before it is complete"),
            Refusal::TooManyPixels => ("too_many_pixels", "the picture has more than 40 megapixels"),
        };
        Self::new(ErrorCode::FileRefused).at("", code, message)
    }
}

/// The result of looking at a piece.
type Looked<T> = Result<T, Refusal>;

/// Looks at a file of one format while it comes in.
pub enum Cleaner {
    /// Kept as it is: see docs/security.md for what stays in it.
    Pdf(pdf::Pdf),
    /// Without anything beside the picture, apart from how it is turned.
    Jpeg(jpeg::Jpeg),
    /// Without anything beside the picture.
    Png(png::Png),
}

impl Cleaner {
    /// For a file that was announced as one of this format.
    pub fn new(format: AttachmentFormat) -> Self {
        match format {
            AttachmentFormat::Pdf => Self::Pdf(pdf::Pdf::default()),
            AttachmentFormat::Jpeg => Self::Jpeg(jpeg::Jpeg::default()),
            AttachmentFormat::Png => Self::Png(png::Png::default()),
        }
    }

    /// The next bytes. What is kept of them is put at the end of `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        match self {
            Self::Pdf(pdf) => pdf.push(bytes, out),
            Self::Jpeg(jpeg) => jpeg.push(bytes, out),
            Self::Png(png) => png.push(bytes, out),
        }
    }

    /// The end of the file.
    pub fn finish(&self) -> Looked<()> {
        let is_whole = match self {
            Self::Pdf(pdf) => return pdf.finish(),
            Self::Jpeg(jpeg) => jpeg.is_whole(),
            Self::Png(png) => png.is_whole(),
        };
        if is_whole { Ok(()) } else { Err(Refusal::Truncated) }
    }
}

/// Moves bytes from the front of `input` into `held` until that has as many as are needed; says whether it has.
fn hold(held: &mut Vec<u8>, needed: usize, input: &mut &[u8]) -> bool {
    let (taken, rest) = input.split_at(input.len().min(needed.saturating_sub(held.len())));
    held.extend_from_slice(taken);
    *input = rest;
    held.len() >= needed
}

/// Takes at most so many bytes from the front of `input`.
fn take<'a>(remaining: &mut usize, input: &mut &'a [u8]) -> &'a [u8] {
    let (taken, rest) = input.split_at(input.len().min(*remaining));
    *remaining -= taken.len();
    *input = rest;
    taken
}

/// Refuses a picture that is too large, or has no size.
fn check_size(width: u64, height: u64) -> Looked<()> {
    match width.saturating_mul(height) {
        0 => Err(Refusal::Malformed),
        pixels if pixels > MAX_PIXELS => Err(Refusal::TooManyPixels),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

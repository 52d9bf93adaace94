//! What comes in is looked at while it comes: its format is told by its bytes, and whatever an image says beside the picture is taken
//! out, above all where it was taken. Piece by piece, so that a file is never in memory as a whole; nothing is decoded, so that no
//! picture can be made to need more memory than it has bytes.

mod input;
mod jpeg;
mod orientation;
mod pdf;
mod png;

use crate::domain::cases::attachment::AttachmentFormat;
use crate::error::{Error, ErrorCode};
use crate::files::clean::input::{Looked, Refusal};

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

#[cfg(test)]
mod tests;

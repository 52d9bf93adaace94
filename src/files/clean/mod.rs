//! Checks and cleans files while they arrive: the format is told by the bytes, and everything in an image beside the picture is
//! removed, above all the place where it was taken. Of other formats nothing is removed: only the owner of the case sees those that a
//! telephone makes. Piece by piece, so that a file is never in memory as a whole; nothing is
//! decoded, so that no picture can be made to need more memory than it has bytes.

mod amr;
mod boxes;
mod input;
mod jpeg;
mod ogg;
mod orientation;
mod pdf;
mod png;
mod webp;

use crate::domain::cases::attachment::AttachmentFormat;
use crate::error::{Error, ErrorCode};
use crate::files::clean::input::{Looked, Refusal};

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (code, message) = match refusal {
            Refusal::NotOfThisFormat => ("not_of_this_format", "does not begin like a file of the announced media type"),
            Refusal::Malformed => ("malformed", "is damaged: its parts do not fit together"),
            Refusal::Truncated => ("truncated", "ends before it is complete"),
            Refusal::TooManyPixels => ("too_many_pixels", "the picture has more than 200 megapixels"),
        };
        Self::new(ErrorCode::FileRefused).at("", code, message)
    }
}

/// Checks and cleans a file of one format while it arrives.
pub enum Cleaner {
    /// Kept as it is: docs/security.md lists the details that stay in it.
    Pdf(pdf::Pdf),
    /// Only the picture and its orientation.
    Jpeg(jpeg::Jpeg),
    /// Only the picture.
    Png(png::Png),
    /// Only the picture.
    Webp(webp::Webp),
    /// Only the sound: there is nothing else.
    Amr(amr::Amr),
    /// Pictures and recordings of telephones, kept as they are.
    Boxes(boxes::Boxes),
    /// Voice notes of chat programs, kept as they are.
    Ogg(ogg::Ogg),
}

impl Cleaner {
    /// A cleaner for a file that was announced in this format.
    pub fn new(format: AttachmentFormat) -> Self {
        match format {
            AttachmentFormat::Pdf => Self::Pdf(pdf::Pdf::default()),
            AttachmentFormat::Jpeg => Self::Jpeg(jpeg::Jpeg::default()),
            AttachmentFormat::Png => Self::Png(png::Png::default()),
            AttachmentFormat::Heic => Self::Boxes(boxes::Boxes::picture()),
            AttachmentFormat::M4a | AttachmentFormat::Mp4 => Self::Boxes(boxes::Boxes::recording()),
            AttachmentFormat::QuickTime => Self::Boxes(boxes::Boxes::quicktime()),
            AttachmentFormat::ThreeGp => Self::Boxes(boxes::Boxes::of_simple_telephone()),
            AttachmentFormat::Webp => Self::Webp(webp::Webp::default()),
            AttachmentFormat::Amr => Self::Amr(amr::Amr::default()),
            AttachmentFormat::Ogg => Self::Ogg(ogg::Ogg::default()),
        }
    }

    /// Takes the next bytes. Appends the bytes that are kept to `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Looked<()> {
        match self {
            Self::Pdf(pdf) => pdf.push(bytes, out),
            Self::Jpeg(jpeg) => jpeg.push(bytes, out),
            Self::Png(png) => png.push(bytes, out),
            Self::Boxes(boxes) => boxes.push(bytes, out),
            Self::Webp(webp) => webp.push(bytes, out),
            Self::Amr(amr) => amr.push(bytes, out),
            Self::Ogg(ogg) => ogg.push(bytes, out),
        }
    }

    /// Takes the end of the file.
    pub fn finish(&self) -> Looked<()> {
        let is_whole = match self {
            Self::Pdf(pdf) => return pdf.finish(),
            Self::Boxes(boxes) => return boxes.finish(),
            Self::Ogg(ogg) => return ogg.finish(),
            Self::Webp(webp) => webp.is_whole(),
            Self::Amr(amr) => amr.is_whole(),
            Self::Jpeg(jpeg) => jpeg.is_whole(),
            Self::Png(png) => png.is_whole(),
        };
        if is_whole { Ok(()) } else { Err(Refusal::Truncated) }
    }
}

#[cfg(test)]
mod tests;

//! Tables as they are sent: bytes become cells. What kind of file it is, is told by the bytes and not by its name; what was assumed is told
//! with the result. Nothing here knows what a column means (`domain::imports` does), and nothing that a file says is carried out: no
//! formula, no macro, no link.

use crate::domain::imports::grid::{Grid, LARGEST};
pub use crate::domain::imports::stated::Charset;

mod archive;
mod delimited;
mod encoding;
mod json_lines;
mod json_list;
mod little_endian;
#[cfg(test)]
mod official;
mod refused;
mod spreadsheet;
#[cfg(test)]
mod tests;

pub use delimited::Delimiter;
pub use refused::Refused;

/// What somebody said about a file whose bytes do not say it, or say it wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// The encoding of its characters.
    pub charset: Option<Charset>,
    /// The sign between its values.
    pub delimiter: Option<Delimiter>,
    /// The sheet to be read, counted from 1.
    pub sheet: Option<usize>,
}

/// How archives begin, and so spreadsheets.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// How spreadsheets began before 2007, and how those with a password do.
const OLD_SPREADSHEET: &[u8] = b"\xD0\xCF\x11\xE0";
/// How files begin that people send by mistake: PDF, JPEG, PNG, gzip, RAR.
const OTHER_KINDS: &[&[u8]] = &[b"%PDF", b"\xFF\xD8\xFF", b"\x89PNG", b"\x1F\x8B", b"Rar!"];

/// Reads a file into cells.
pub fn read(bytes: &[u8], stated: Stated) -> Result<Grid, Refused> {
    if bytes.len() > LARGEST {
        return Err(Refused::TooLarge);
    }
    if bytes.starts_with(ARCHIVE) {
        return spreadsheet::read(bytes, stated.sheet);
    }
    if bytes.starts_with(OLD_SPREADSHEET) {
        return Err(Refused::OldSpreadsheet);
    }
    if OTHER_KINDS.iter().any(|kind| bytes.starts_with(kind)) {
        return Err(Refused::OtherKind);
    }
    let text = encoding::decode(bytes, stated.charset)?;
    if is_json(&text.text) { json_lines::read(text) } else { delimited::read(text, stated.delimiter) }
}

/// Whether a text begins with an object, or with a list of objects: a bracket alone can begin a heading.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    text.strip_prefix('[').map_or(text, str::trim_start).starts_with('{')
}

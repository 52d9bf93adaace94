//! The format of a backup: tables as a stream of rows, and the sums by which it is known to be whole. It belongs to no database, so that
//! what was written by one is read into the other; it knows no table by name, and nothing of what is in one. `crypto::recipients` seals it.
//!
//! ```text
//! MAGIC, and then frames: kind (1 byte), length of the content (4 bytes, big endian), content
//!   H  header, JSON: whose backup it is, of which schema and when; first, so that what cannot be restored is refused at once
//!   T  a table, JSON: its name and its columns
//!   R  rows of it, one after another (`cell`); any number of these frames
//!   E  the end of the table, JSON: how many rows, and their SHA-256
//!   M  manifest, JSON: all tables and files with their sums, signed by the installation
//!   Z  SHA-256 of every byte before this frame; nothing follows
//! ```
//!
//! A backup that was cut off anywhere lacks `Z`, and one in which any bit was changed has another one.

mod archive;
mod cell;
mod frame;
mod manifest;
#[cfg(test)]
mod tests;

pub use archive::{ArchiveReader, ArchiveWriter, Part, RowSum, TableWriter};
pub use cell::{Cell, Column, Kind, Row};
pub use manifest::{FileSum, Header, Manifest, TableSum, hex, unhex};

use std::fmt;
use std::io::ErrorKind;

/// What is wrong with a backup, or with the disk that it is on.
#[derive(Debug)]
pub enum Fault {
    /// It cannot be read or written.
    Io(std::io::Error),
    /// It ends before its end.
    CutOff,
    /// Something in it is not what was written.
    Changed(&'static str),
    /// It is no backup, or one of a later version of the format.
    Unknown,
}

impl Fault {
    /// Whether the disk that it is written to is full.
    pub fn is_full_disk(&self) -> bool {
        matches!(self, Self::Io(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::CutOff,
            // What seals the stream reports so that it was changed.
            ErrorKind::InvalidData => Self::Changed("what was sealed does not open"),
            _ => Self::Io(error),
        }
    }
}

impl fmt::Display for Fault {
    /// Never repeats what is in the backup.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "it cannot be read or written: {error}"),
            Self::CutOff => f.write_str("it is only a part of a backup: it was cut off"),
            Self::Changed(what) => write!(f, "it is damaged: {what}"),
            Self::Unknown => f.write_str("it is no backup that this version of homeward can read"),
        }
    }
}

/// The result of reading or writing a backup.
pub type Result<T> = std::result::Result<T, Fault>;

//! What a backup says of itself: before its rows, and after them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::backup::{Column, Fault, Result};

/// Whose backup it is, and of what. Read before anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the program that made it.
    pub version: String,
    /// The versions of the schema, oldest first.
    pub schema: Vec<String>,
    /// The installation, in hexadecimal digits: the same for every backup of one root key.
    pub installation: String,
    /// Whether the root key at hand is that of the installation: sealed under it, in hexadecimal digits.
    pub proof: String,
    /// When the rows were read, in microseconds since 1970.
    pub made_at: i64,
}

/// A table that begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::backup) struct TableHead {
    pub name: String,
    pub columns: Vec<Column>,
}

/// A table, when all of it was written or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of the rows in hexadecimal digits.
    pub sha256: String,
}

/// A file that lies beside the backup, because many backups share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Its id.
    pub id: String,
    /// Bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// Everything that is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The tables in their order.
    pub tables: Vec<TableSum>,
    /// The files.
    pub files: Vec<FileSum>,
    /// Entries of the audit trail that were sealed, and found to be whole.
    pub sealed_entries: i64,
    /// The root of the sealed trail in hexadecimal digits.
    pub sealed_root: String,
    /// Sealed values that were opened as a sample.
    pub opened: usize,
}

/// A manifest as it is written: its text, because a signature is over bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::backup) struct Signed {
    pub manifest: String,
    pub signature: String,
}

pub(in crate::backup) fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| Fault::Changed("a part cannot be written"))
}

pub(in crate::backup) fn of_json<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|_| Fault::Changed("a part of it cannot be read"))
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that these hexadecimal digits stand for.
pub fn unhex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    // A sign, which a number may begin with, is no digit.
    let is_digits = |pair: &[u8; 2]| pair.iter().all(u8::is_ascii_hexdigit);
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| is_digits(pair));
    pairs.iter().map(byte).collect()
}

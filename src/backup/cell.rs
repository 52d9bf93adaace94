//! Values, and rows as bytes. A value is a tag and, where its length may differ, a length; what a number or a text stands for is said once,
//! by the column.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::backup::{Fault, Result};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A truth value.
    Bool,
    /// An integer of 32 bits.
    Integer,
    /// An integer of 64 bits.
    Long,
    /// A number.
    Real,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// An id: 16 bytes.
    Id,
    /// A day, as a text: `2026-01-19`.
    Day,
    /// An instant, as an integer: microseconds since 1970.
    Instant,
    /// JSON, as a text with the keys of each object in their order, so that it is the same from both databases.
    Document,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
}

/// A value.
#[derive(Clone, PartialEq)]
pub enum Cell {
    /// None.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer, or an instant.
    Integer(i64),
    /// A number.
    Real(f64),
    /// A text, a day, or a document.
    Text(String),
    /// Bytes, or an id.
    Bytes(Vec<u8>),
}

impl fmt::Debug for Cell {
    /// Omits the contents, because they may be about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(..)")
    }
}

/// The values of a row, in the order of the columns.
pub type Row = Vec<Cell>;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INTEGER: u8 = 3;
const REAL: u8 = 4;
const TEXT: u8 = 5;
const BYTES: u8 = 6;

/// Appends a row.
pub(in crate::backup) fn write_row(row: &[Cell], out: &mut Vec<u8>) -> Result<()> {
    for cell in row {
        match cell {
            Cell::Null => out.push(NULL),
            Cell::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
            Cell::Integer(value) => write_fixed(INTEGER, value.to_be_bytes(), out),
            Cell::Real(value) => write_fixed(REAL, value.to_bits().to_be_bytes(), out),
            Cell::Text(text) => write_long(TEXT, text.as_bytes(), out)?,
            Cell::Bytes(bytes) => write_long(BYTES, bytes, out)?,
        }
    }
    Ok(())
}

fn write_fixed(tag: u8, bytes: [u8; 8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&bytes);
}

fn write_long(tag: u8, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| Fault::Changed("a value is too long"))?;
    out.push(tag);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

/// Reads rows of this many columns, up to the last byte.
pub(in crate::backup) fn read_rows(columns: usize, mut from: &[u8]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    // A table without columns would have rows without end.
    while !from.is_empty() && columns > 0 {
        let mut row = Vec::with_capacity(columns);
        for _ in 0..columns {
            row.push(read_cell(&mut from)?);
        }
        rows.push(row);
    }
    if from.is_empty() { Ok(rows) } else { Err(SHORT) }
}

const SHORT: Fault = Fault::Changed("a row does not end where it should");

fn read_cell(from: &mut &[u8]) -> Result<Cell> {
    let [tag] = take(from)?;
    Ok(match tag {
        NULL => Cell::Null,
        FALSE => Cell::Bool(false),
        TRUE => Cell::Bool(true),
        INTEGER => Cell::Integer(i64::from_be_bytes(take(from)?)),
        REAL => Cell::Real(f64::from_bits(u64::from_be_bytes(take(from)?))),
        TEXT => Cell::Text(String::from_utf8(take_long(from)?).map_err(|_| Fault::Changed("a text is no text"))?),
        BYTES => Cell::Bytes(take_long(from)?),
        _ => return Err(Fault::Changed("a value of an unknown kind")),
    })
}

fn take<const N: usize>(from: &mut &[u8]) -> Result<[u8; N]> {
    let (taken, rest) = from.split_first_chunk::<N>().ok_or(SHORT)?;
    *from = rest;
    Ok(*taken)
}

fn take_long(from: &mut &[u8]) -> Result<Vec<u8>> {
    let length = usize::try_from(u32::from_be_bytes(take(from)?)).map_err(|_| SHORT)?;
    let (taken, rest) = from.split_at_checked(length).ok_or(SHORT)?;
    *from = rest;
    Ok(taken.to_vec())
}

//! The rules of lists that come in as they are: what a heading means, what a cell says, what must be asked first.
//!
//! Nothing here reads a file: bytes become cells in `crate::tables`. Nothing here guesses either: what can be read in two ways is a
//! question, and what was assumed is told.

pub mod cell;
pub mod codes;
pub mod dates;
pub mod field;
pub mod folding;
pub mod grid;
pub mod headings;
pub mod htcds;
pub mod mapping;
pub mod proposal;
pub mod repeated;
pub mod report;
pub mod row;
pub mod state;
pub mod stated;
pub mod table;

//! Pure rules: no database, no HTTP, no clock, no I/O. Everything here can be tested with a table.

pub mod access;
pub mod accounts;
pub mod cases;
pub mod codes;
pub mod country;
pub mod dates;
pub mod ids;
pub mod imports;
pub mod language;
pub mod limits;
pub mod lists;
pub mod money;
pub mod nationalities;
pub mod nationality;
pub mod network;
pub mod people;
pub mod reference;
pub mod repatriation;
pub mod reporting;
pub mod sharing;
pub mod text;
pub mod unreadable;
pub mod violation;
pub mod zones;

#[cfg(test)]
mod tests;

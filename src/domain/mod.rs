//! Pure rules: no database, no HTTP, no clock, no I/O. Everything here can be tested with a table.

pub mod access;
pub mod accounts;
pub mod approval;
pub mod attachment;
pub mod case;
pub mod case_code;
pub mod client;
pub mod codes;
pub mod compartments;
pub mod country;
pub mod dates;
pub mod fines;
pub mod history;
pub mod ids;
pub mod language;
pub mod machine;
pub mod matching;
pub mod merging;
pub mod money;
pub mod movement_batch;
pub mod names;
pub mod operation;
pub mod person;
pub mod records;
pub mod repatriation;
pub mod reports;
pub mod sharing;
pub mod tasks;
pub mod tracing;
pub mod violation;

#[cfg(test)]
mod tests;

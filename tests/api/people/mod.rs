//! Tests of the area people.

pub mod blind_search;
pub mod chain;
pub mod duplicates;
pub mod imports;
pub mod merges;
pub mod names_of_others;
pub mod phones;
pub mod search;
pub mod tracing;

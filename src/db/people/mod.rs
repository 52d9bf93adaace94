//! The tables and queries of the area `people`: search, duplicates, merges, tracing and erasure.

pub mod blind_search;
pub mod chain;
mod disclosure;
pub mod duplicates;
pub mod erasure;
pub mod imports;
mod known;
pub mod matching;
pub mod merges;
pub mod names;
pub mod registered;
pub mod search;
pub mod tracing_matches;
pub mod tracing_requests;

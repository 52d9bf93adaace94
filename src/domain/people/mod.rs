//! The rules of the area `people`: search, duplicates, merges, tracing and erasure.

pub mod chain;
pub mod joining;
pub mod matching;
pub mod merging;
pub mod names;
pub mod tracing;
pub mod uniting;

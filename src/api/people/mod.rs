//! The operations of the area `people`: search, duplicates, merges, tracing and erasure.

pub(in crate::api) mod duplicates;
pub(in crate::api) mod erasure;
mod match_reasons;
pub(in crate::api) mod merges;
pub(in crate::api) mod search;
pub(in crate::api) mod tracing_matches;
pub(in crate::api) mod tracing_requests;

//! Tests of the area reference.

pub mod mission_reports;
pub mod operations;
pub mod published_facts;
pub mod statements;

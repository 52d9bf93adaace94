//! The suite: one binary, the server in process, every test on SQLite and on Postgres.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test says what it expects and fails where it does not find it"
)]

mod support;

mod accounts;
mod cases;
mod command_line;
mod documentation;
mod journeys;
mod people;
mod reference;
mod repatriation;
mod reporting;
mod sharing;
mod walkers;

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

mod access_matrix;
mod architecture;
mod audit_coverage;
mod auth;
mod bad_input;
mod blind_search;
mod cases;
mod command_line;
mod dossier;
mod duplicates;
mod embassy_contacts;
mod guests;
mod january_wave;
mod migrations;
mod mission_reports;
mod movement_batches;
mod openapi;
mod operations;
mod query_counts;
mod readme;
mod redaction;
mod repatriation;
mod reports;
mod road_home;
mod search;
mod shielding;
mod stays;
mod tracing;
mod worst_day;

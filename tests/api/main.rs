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
mod attachments;
mod audit_coverage;
mod auth;
mod bad_input;
mod blind_search;
mod brevity;
mod cases;
mod code_of_conduct;
mod command_line;
mod cross_reference;
mod decisive_lists;
mod demo_days;
mod denials;
mod docs;
mod documents;
mod dossier;
mod duplicates;
mod embassy_contacts;
mod encoded_paths;
mod every_role;
mod first_sign_in;
mod guests;
mod guides;
mod january_wave;
mod machines;
mod merges;
mod methods;
mod migrations;
mod mission_reports;
mod movement_batches;
#[cfg(feature = "without_grant_filter")]
mod mutant;
mod openapi;
mod operations;
mod passwords;
mod query_counts;
mod rate_limit;
mod readme;
mod redaction;
mod relation_matrix;
mod repatriation;
mod reports;
mod revocation;
mod road_home;
mod routing;
mod search;
mod second_factor;
mod sessions;
mod sharing;
mod shielding;
mod stays;
mod step_up;
mod tracing;
mod two_persons;
mod worst_day;

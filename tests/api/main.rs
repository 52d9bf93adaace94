//! The suite: one binary, the server in process, every test on SQLite and on Postgres.

mod support;

mod access_matrix;
mod architecture;
mod audit_coverage;
mod auth;
mod bad_input;
mod cases;
mod command_line;
mod embassy_contacts;
mod migrations;
mod openapi;
mod operations;
mod query_counts;
mod redaction;
mod repatriation;
mod stays;
mod worst_day;

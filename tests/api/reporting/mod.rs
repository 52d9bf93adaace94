//! Tests of the area reporting.

pub mod audit_reading;
pub mod audit_seal;
mod audit_watch;
mod backup;
mod backup_schedule;
mod columns;
mod dossier;
mod papers;
pub mod releases;
pub mod reports;

//! Tests of the area reporting.

pub mod audit_seal;
mod dossier;
pub mod reports;

//! Tests of the area reporting.

pub mod dossier;
pub mod reports;

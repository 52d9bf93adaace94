//! The tables and queries of the area `reporting`: reports, statistics, dossiers, papers and exports.

pub mod audit;
pub mod backup;
pub mod counted_records;
pub mod dossier;
pub mod exports;
pub mod last_backup;
pub mod papers;
pub mod releases;
pub mod reports;
pub mod restore;
pub mod statistics;

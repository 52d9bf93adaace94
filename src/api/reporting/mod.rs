//! The operations of the area `reporting`: reports, statistics, dossiers and exports.

mod chart;
pub(in crate::api) mod dossier;
pub(in crate::api) mod exports;
mod report;
pub(in crate::api) mod reports;
pub(in crate::api) mod statistics;
mod table;

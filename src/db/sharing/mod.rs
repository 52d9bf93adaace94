//! The tables and queries of the area `sharing`: consents, denials, referrals, transfers and emergency access.

mod carried;
pub mod consents;
pub mod denials;
pub mod emergency_access;
pub mod emergency_bar;
pub mod emergency_misses;
pub mod pathway_undo;
pub mod reconcile;
pub mod referrals;
pub(in crate::db) mod state;
pub mod takeovers;

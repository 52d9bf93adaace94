//! What follows from a change of a case: facts, consequences, tasks, the transition log.

pub(in crate::db) mod batch_members;
pub mod contacts;
pub(in crate::db) mod facts;
pub(in crate::db) mod fine_ledger;
pub mod follow;
pub mod records;
pub mod tasks;
pub mod transition_log;
pub mod verifications;

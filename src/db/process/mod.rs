//! The consequences of a change of a case: facts, follow-up changes, tasks, the transition log.

pub mod across_cases;
pub(in crate::db) mod batch_members;
pub(in crate::db) mod belonging;
pub mod contacts;
pub(in crate::db) mod desks;
mod earlier_contents;
pub(in crate::db) mod exclusions;
pub(in crate::db) mod facts;
pub(in crate::db) mod fine_ledger;
pub mod follow;
pub(in crate::db) mod follow_up_case;
pub(in crate::db) mod host_episodes;
pub(in crate::db) mod known_fines;
pub(in crate::db) mod record_facts;
pub mod records;
pub(in crate::db) mod responsibility;
pub mod tasks;
pub mod transition_log;
pub mod verifications;

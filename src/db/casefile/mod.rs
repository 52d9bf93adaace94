//! The stored parts of a case and their keys: rows, compartments, grants, denials, history. The consequences of a change are
//! decided elsewhere.

pub mod access_events;
pub mod assignees;
pub(in crate::db) mod assignments;
pub(in crate::db) mod candidates;
pub mod case_keys;
pub mod columns;
pub mod compartments;
pub mod data_protection;
pub mod denied;
pub(in crate::db) mod earlier_words;
pub mod filter;
pub(in crate::db) mod grant_copies;
pub(in crate::db) mod granting;
pub mod grants;
pub(in crate::db) mod guest_missions;
pub mod handing_over;
pub mod history;
pub mod idempotency;
pub mod leaving;
pub mod list;
pub(in crate::db) mod lock;
pub(in crate::db) mod merged;
pub mod open;
pub(in crate::db) mod ownership;
pub mod person_keys;
pub(in crate::db) mod person_lock;
pub mod place;
pub mod relations;
pub mod row;
pub(in crate::db) mod search_index;
pub(in crate::db) mod shielded;
pub mod stored_consents;
pub mod task_row;
pub(in crate::db) mod told_nationality;

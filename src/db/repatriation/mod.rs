//! The tables and queries of the area `repatriation`: transitions, embassy contacts, verifications, records, movement batches, tasks and clearance.

pub mod afterwards;
pub mod child_contacts;
mod corrections;
pub mod embassy_contacts;
pub mod expiry;
pub mod host_country;
pub mod immigration_clearance;
pub mod movement_batches;
pub mod nationality_verifications;
pub mod placements;
pub mod records;
pub mod tasks;
pub mod transitions;
pub mod waiver_requests;
pub mod worklist;

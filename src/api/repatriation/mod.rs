//! The operations of the area `repatriation`: transitions, embassy contacts, verifications, records, movement batches, tasks and clearance.

pub(in crate::api) mod diagram;
pub(in crate::api) mod embassy_contacts;
pub(in crate::api) mod immigration_clearance;
pub(in crate::api) mod movement_batches;
pub(in crate::api) mod nationality_verifications;
pub(in crate::api) mod records;
pub(in crate::api) mod tasks;
pub(in crate::api) mod transitions;

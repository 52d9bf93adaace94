//! Tests of the area repatriation.

pub mod afterwards;
pub mod belonging;
pub mod contact_decisions;
pub mod corrections;
pub mod daily_work;
pub mod deaths;
pub mod embassy_contacts;
pub mod findings;
pub mod fines;
pub mod free_decisions;
pub mod guest_missions;
pub mod host_countries;
pub mod movement_batches;
pub mod placements;
pub mod protection_pathway;
pub mod transitions;
pub mod travel_documents;
pub mod waiver_requests;
pub mod way_back;

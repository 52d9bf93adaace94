//! Queries with a forgotten organisation filter, for one test only. They find the grants of every organisation; the test proves
//! the second barrier, that no grant opens for another organisation.

use std::sync::RwLock;

use crate::domain::ids::OrganisationId;

#[cfg(not(debug_assertions))]
compile_error!("without_grant_filter is for one test, and must never be released");

static FORGOTTEN: RwLock<Vec<OrganisationId>> = RwLock::new(Vec::new());

/// Stops the queries of this organisation's users from filtering by organisation.
pub fn forget_filter_of(organisation: OrganisationId) {
    if let Ok(mut forgotten) = FORGOTTEN.write() {
        forgotten.push(organisation);
    }
}

/// A rank below every grant's where the filter is forgotten; else one above every grant's.
pub(in crate::db) fn lowest_rank_shown_to(organisation: OrganisationId) -> i32 {
    let is_forgotten = FORGOTTEN.read().is_ok_and(|forgotten| forgotten.contains(&organisation));
    if is_forgotten { i32::MIN } else { i32::MAX }
}

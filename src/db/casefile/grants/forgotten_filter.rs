//! For one test alone: queries that forgot which organisation they ask for. They find everybody's grants; that none of them opens for
//! another organisation is the second barrier, and what the test proves.

use std::sync::RwLock;

use crate::domain::ids::OrganisationId;

#[cfg(not(debug_assertions))]
compile_error!("without_grant_filter is for one test, and must never be released");

static FORGOTTEN: RwLock<Vec<OrganisationId>> = RwLock::new(Vec::new());

/// From now on the queries of this organisation's users filter by no organisation.
pub fn forget_filter_of(organisation: OrganisationId) {
    if let Ok(mut forgotten) = FORGOTTEN.write() {
        forgotten.push(organisation);
    }
}

/// A rank that every grant has, where the filter is forgotten; else one that none has.
pub(in crate::db) fn lowest_rank_shown_to(organisation: OrganisationId) -> i32 {
    let is_forgotten = FORGOTTEN.read().is_ok_and(|forgotten| forgotten.contains(&organisation));
    if is_forgotten { i32::MIN } else { i32::MAX }
}

//! The keys of a case as the system holds them, with those of the cases merged into it.

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{merged, person_keys};
use crate::domain::access::compartments::CompartmentSet;
use crate::error::Result;

/// The keys of these compartments of a case and of those merged into it. Only for decisions that show nothing, and for giving a case
/// whole: to a new owner, to a desk, in an emergency.
pub(in crate::db) fn of_system(tx: &mut Tx<'_>, case: &CaseRow, compartments: CompartmentSet) -> Result<CompartmentKeys> {
    let mut keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, compartments)?;
    for (merged, person) in merged::cases_of(tx, case.id)? {
        let of_merged = person_keys::system_key(tx, person)?.compartment_keys(person, merged, compartments)?;
        keys = keys.and_of(merged, of_merged);
    }
    Ok(keys)
}

//! Handing a case to another owner.

use crate::db::Tx;
use crate::db::casefile::granting::{self, NewGrant};
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::person_keys;
use crate::db::casefile::row::{self, CaseRow};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::OrganisationId;
use crate::error::Result;

/// Hands a case that must not stay with its owner to the organisation that protects the person.
pub(in crate::db) fn take_over(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &mut CaseRow, protector: OrganisationId) -> Result<()> {
    let person_key = person_keys::system_key(tx, row.person_id)?;
    let keys = person_key.compartment_keys(row.person_id, row.id, CompartmentSet::ALL)?;
    let ownership = NewGrant { organisation: protector, basis: GrantBasis::Ownership, compartments: CompartmentSet::ALL, expires_at: None };
    granting::give(tx, person, row, &keys, &ownership)?;
    person_keys::hand_over(tx, person, protector, &person_key)?;
    row::change_owner(tx, row.id, protector)
}

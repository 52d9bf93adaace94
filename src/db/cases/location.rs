//! The location of a person: opened alone, so that the audit entry names exactly this compartment.

use crate::db::Tx;
use crate::db::casefile::{compartments, open};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::contents::Location;
use crate::domain::ids::CaseId;
use crate::error::Result;

pub struct CaseLocation {
    /// The version of the case.
    pub version: i64,
    /// The location; none where the caller's grants do not open it.
    pub location: Option<Location>,
}

/// Opens the location of a case, as far as the actor's grants do.
pub fn find(tx: &mut Tx<'_>, case: CaseId) -> Result<CaseLocation> {
    let (row, keys) = open::row_visible(tx, case)?;
    let keys = keys.only(CompartmentSet::EMPTY.with(Compartment::Location));
    let opened = compartments::open(tx, case, row.person_id, &keys)?;
    Ok(CaseLocation { version: row.version, location: opened.contents.location })
}

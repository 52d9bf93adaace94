//! Whether a person must be kept from missions: by the protection pathway, or by an open asylum claim. Checked with the system's key,
//! for every caller.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::crypto::PersonKey;
use crate::db::Tx;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{compartments, merged, person_keys};
use crate::db::schema::exclusions;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::contents::Protection;
use crate::domain::codes::ExclusionWay;
use crate::domain::repatriation::stage::SideState;
use crate::error::Result;

/// Whether any case of the person, or of somebody merged with them, bars contact with missions.
pub(in crate::db) fn is_barred(tx: &mut Tx<'_>, row: &CaseRow) -> Result<bool> {
    let person_key = person_keys::system_key(tx, row.person_id)?;
    if bars_contact(tx, row, &person_key)? || elsewhere(tx, row, &person_key)?.bars_contact {
        return Ok(true);
    }
    for same in merged::one_with(tx, row.person_id)?.into_iter().filter(|same| *same != row.person_id) {
        let person_key = person_keys::system_key(tx, same)?;
        for case in row::of_person(tx, same)? {
            if bars_contact(tx, &case, &person_key)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What the pathway of this case, and the other cases of the person, say of them: it is theirs, whichever case says so.
#[derive(Clone, Copy, Default)]
pub(in crate::db) struct Elsewhere {
    /// Whether contact with missions is barred.
    pub(in crate::db) bars_contact: bool,
    /// The last day of a recovery and reflection period.
    pub(in crate::db) reflects_until: Option<NaiveDate>,
}

/// Looks there.
pub(in crate::db) fn elsewhere(tx: &mut Tx<'_>, row: &CaseRow, person_key: &PersonKey) -> Result<Elsewhere> {
    let mut found = Elsewhere { bars_contact: stands_on_pathway(tx, row)?, reflects_until: None };
    for case in row::of_person(tx, row.person_id)?.into_iter().filter(|case| case.id != row.id) {
        let protection = protection_of(tx, &case, person_key)?;
        found.bars_contact = found.bars_contact || protection.asylum_claim_open == Some(true) || stands_on_pathway(tx, &case)?;
        found.reflects_until = found.reflects_until.max(protection.reflection_until);
    }
    Ok(found)
}

fn protection_of(tx: &mut Tx<'_>, case: &CaseRow, person_key: &PersonKey) -> Result<Protection> {
    let protection = CompartmentSet::EMPTY.with(Compartment::Protection);
    let keys = person_key.compartment_keys(case.person_id, case.id, protection)?;
    Ok(compartments::open_for_decision(tx, case.id, case.person_id, &keys)?.protection.unwrap_or_default())
}

fn bars_contact(tx: &mut Tx<'_>, case: &CaseRow, person_key: &PersonKey) -> Result<bool> {
    if stands_on_pathway(tx, case)? {
        return Ok(true);
    }
    Ok(protection_of(tx, case, person_key)?.asylum_claim_open == Some(true))
}

/// Whether the case is on the protection pathway, or was when something happened to the person there: only taking the pathway back ends
/// the shield.
pub(in crate::db) fn stands_on_pathway(tx: &mut Tx<'_>, case: &CaseRow) -> Result<bool> {
    if case.side_state == Some(SideState::ProtectionPathway) {
        return Ok(true);
    }
    let begun = exclusions::table
        .filter(exclusions::case_id.eq(case.id))
        .filter(exclusions::way.eq(ExclusionWay::ProtectionPathway))
        .filter(exclusions::undone_at.is_null());
    let query = diesel::select(diesel::dsl::exists(begun));
    Ok(query.get_result(tx.conn)?)
}

//! What is decided for a child about a mission: by somebody who answers for it, with what it says. Sealed with the narrative, and closed to a
//! mission that is a guest on the case: a child may fear that very mission.

use serde_json::{Map, Value};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::history::{self, Part};
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{case_keys, guest_missions};
use crate::db::process::contacts::EmbassyContactRow;
use crate::db::process::facts;
use crate::db::process::transition_log::Move;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::guardianship::ChildDecision;
use crate::domain::cases::history::ChangeSubject;
use crate::domain::repatriation::records::BestInterests;
use crate::domain::violation::Checks;
use crate::error::{Error, Result};

/// With what else a child says and whoever answers for it is recorded: a desk that knows who the child is does not read it.
pub(in crate::db) const SEALED_IN: Compartment = Compartment::Narrative;
/// What it is sealed under: the version of a contact moves where nobody has its keys at hand.
const VERSION: i64 = 1;

/// A contact, and what was decided for a child.
#[derive(Clone)]
pub struct OpenContact {
    pub row: EmbassyContactRow,
    /// None: nothing is recorded, or it is closed to the caller.
    pub child: Option<ChildDecision>,
}

/// Opens a contact with the keys that the caller holds on its case.
pub(in crate::db) fn open(tx: &Tx<'_>, case: &CaseRow, row: EmbassyContactRow, keys: &CompartmentKeys) -> Result<OpenContact> {
    let keys = keys.of(row.merged_from).filter(|_| !guest_missions::is_guest(tx, case.owner_id));
    let child = match (keys, &row.sealed_child) {
        (Some(keys), Some(sealed)) => open_detail(row.id.0, VERSION, SEALED_IN, keys, sealed)?,
        _ => None,
    };
    Ok(OpenContact { row, child })
}

/// Seals what was decided for a child, with the key of the case on which the contact was recorded.
pub(in crate::db) fn seal(tx: &mut Tx<'_>, case: &CaseRow, row: &EmbassyContactRow, child: &ChildDecision) -> Result<Vec<u8>> {
    let keys = case_keys::of_system(tx, case, CompartmentSet::EMPTY.with(SEALED_IN))?;
    let keys = keys.of(row.merged_from).ok_or_else(|| Error::internal("a contact of a merged case without its keys"))?;
    seal_detail(row.id.0, VERSION, SEALED_IN, keys, child)
}

/// Refuses that a mission learns of a child without a decision of somebody who answers for it, by a guardian whose interest is against
/// the child's, or against its own word while nobody determined that it returns.
pub(in crate::db) fn check(tx: &mut Tx<'_>, case: &CaseRow, row: &EmbassyContactRow, child: Option<&ChildDecision>) -> Result<()> {
    if case.is_child != Some(true) || !row.person_decision.allows_contact() {
        return Ok(());
    }
    let Some(child) = child else {
        let message = "for a child, somebody who answers for it must decide, and the child is heard";
        return Err(Error::field("/child_decision", "required", message));
    };
    let mut checks = Checks::on(case.today(tx)?);
    child.guardianship.refuse_conflict("/child_decision/guardianship", &mut checks);
    let found = checks.found();
    if !found.is_empty() {
        return Err(Error::fields(found));
    }
    if child.assent.agrees != Some(false) {
        return Ok(());
    }
    let facts = facts::load(tx, case, CompartmentSet::EMPTY, &Move::default())?;
    if facts.determination().is_some_and(BestInterests::decides_return) {
        return Ok(());
    }
    let message = "the child does not want it: only after a determination that it returns";
    Err(Error::field("/child_decision/assent/agrees", "child_objects", message))
}

/// Keeps in the history of the case what was decided for a child before, and what is decided now: a contact holds the last word alone.
pub(in crate::db) fn note(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    contact: &EmbassyContactRow,
    before: Option<&ChildDecision>,
    now: Option<&ChildDecision>,
) -> Result<()> {
    let fields = |child: Option<&ChildDecision>| match child.map(serde_json::to_value).transpose() {
        Ok(Some(Value::Object(fields))) => Ok(fields),
        Ok(None) => Ok(Map::new()),
        _ => Err(Error::internal("a decision for a child is not an object")),
    };
    let prefix = format!("embassy-contacts/{}/child_decision.", contact.id);
    let changes = history::differences(&prefix, &fields(before)?, &fields(now)?);
    let keys = case_keys::of_system(tx, case, CompartmentSet::EMPTY.with(SEALED_IN))?;
    let part = Part::sealed(SEALED_IN, changes, contact.merged_from);
    history::record_apart(tx, case, &keys, ChangeSubject::Case, vec![part])
}

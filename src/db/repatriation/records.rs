//! Records of the repatriation. All kinds are stored in the same way: sealed under their compartment, versioned, never deleted.
//! Each version is in the history of the case, and each change makes a new version of the case.

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grants, lock, open};
use crate::db::process::facts;
use crate::db::process::follow::{RecordChange, Source};
use crate::db::process::records::{self, Recorded};
use crate::db::process::transition_log::Move;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::{CaseId, RecordId};
use crate::domain::repatriation::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::error::{Error, ErrorCode, Result};

/// Adds a record.
pub fn insert<R: RecordRules>(tx: &mut Tx<'_>, case: CaseId, content: R) -> Result<Recorded<R>> {
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    let facts = may_record::<R>(tx, &row, &keys)?;
    RecordChange { case: &row, keys: &keys, facts, source: Source::Caller }.insert(tx, content)
}

/// Changes a record.
pub fn update<R, F>(tx: &mut Tx<'_>, case: CaseId, id: RecordId, expected_version: i64, change: F) -> Result<Recorded<R>>
where
    R: RecordRules,
    F: FnOnce(R) -> Result<R>,
{
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    let before = records::find::<R>(tx, case, id)?;
    let facts = may_record::<R>(tx, &row, &keys)?;
    if before.version != expected_version {
        return Err(ErrorCode::StaleVersion.into());
    }
    let content = change(before.content.clone())?;
    RecordChange { case: &row, keys: &keys, facts, source: Source::Caller }.update(tx, before, content)
}

/// Checks that the caller may record this kind on the case now; returns the facts for the rules.
fn may_record<R: RecordRules>(tx: &mut Tx<'_>, row: &CaseRow, keys: &CompartmentKeys) -> Result<Facts> {
    row::refuse_if_closed(row)?;
    let compartment = R::KIND.compartment();
    if keys.get(compartment).is_none() {
        grants::refuse_stale(tx, compartment)?;
        let detail = format!("Your organisation's grant on this case does not open {compartment}.");
        return Err(Error::new(ErrorCode::PermissionDenied).detail(detail));
    }
    let facts = facts::load(tx, row, keys.compartments(), &Move::default())?;
    if !R::KIND.recorder().includes(facts.party, facts.is_owner) {
        return Err(Error::new(ErrorCode::PermissionDenied).detail("Only an organisation that accompanies the person can record this."));
    }
    tx.audit_disclosure(row.id, CompartmentSet::EMPTY.with(compartment));
    Ok(facts)
}

//! The cases that the rows of a list name, as they stand now.

use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

use crate::db::Tx;
use crate::db::casefile::idempotency;
use crate::db::cases::register::REGISTERS_ONE;
use crate::db::people::imports::rows::RowRecord;
use crate::db::schema::{cases, import_rows, imports};
use crate::domain::codes::ClosureReason;
use crate::domain::ids::{CaseId, ImportId};
use crate::domain::imports::state::{KeptBecause, RowState};
use crate::error::Result;

/// Those of these cases that were registered in error: whoever was on one has no case there.
pub fn in_error(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<HashSet<CaseId>> {
    let closed = cases::table.filter(cases::id.eq_any(ids)).filter(cases::closure_reason.eq(ClosureReason::RegisteredInError));
    let query = closed.select(cases::id);
    Ok(query.load(tx.conn)?.into_iter().collect())
}

/// Which of these rows the caller registered before, each with its case; none that was erased. That somebody was registered in error is
/// forgotten: they can be registered again.
pub fn known_again(tx: &mut Tx<'_>, keys: &[String]) -> Result<HashMap<String, CaseId>> {
    let used = idempotency::known(tx, keys)?;
    let mut known: HashMap<String, CaseId> = used.into_iter().filter_map(|(key, case)| Some((key, case?))).collect();
    let ids: Vec<CaseId> = known.values().copied().collect();
    let mistaken = in_error(tx, &ids)?;
    for case in &mistaken {
        idempotency::forget_made(tx, *case, REGISTERS_ONE)?;
    }
    known.retain(|_, case| !mistaken.contains(case));
    Ok(known)
}

/// Whether another row is about the case that a row made, whatever became of that row: whoever decides about it may rely on the case. That a
/// list of another organisation knows the person is told to nobody.
pub(in crate::db) fn known_elsewhere(tx: &mut Tx<'_>, row: &RowRecord, case: CaseId) -> Result<Option<KeptBecause>> {
    let others = import_rows::table
        .filter(import_rows::case_id.eq(case))
        .filter(import_rows::id.ne(row.id))
        .filter(import_rows::state.ne(RowState::TakenBack));
    let query = others.select(import_rows::import_id).distinct();
    let lists: Vec<ImportId> = query.load(tx.conn)?;
    if lists.is_empty() {
        return Ok(None);
    }
    let own = imports::table.filter(imports::id.eq_any(&lists)).filter(imports::organisation_id.eq(tx.actor.organisation_id()));
    let query = diesel::select(diesel::dsl::exists(own));
    Ok(Some(if query.get_result(tx.conn)? { KeptBecause::KnownAgain } else { KeptBecause::WorkedOn }))
}

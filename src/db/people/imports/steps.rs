//! The steps of a list, as somebody asks for them. What takes long is left to the work beside the requests.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::people::imports::expiry;
use crate::db::people::imports::record::{self, About, Import, ImportRecord, KEPT_SECONDS, UNDO_SECONDS};
use crate::db::people::imports::rows::{self, ImportRow, RowRecord};
use crate::db::schema::import_rows;
use crate::domain::ids::{ImportId, ImportRowId};
use crate::domain::imports::mapping::Mapping;
use crate::domain::imports::state::{ImportState, RowDecision, RowState};
use crate::error::{Error, ErrorCode, Result};

/// Takes a list a step further: locked, in the version that the caller read, and only from a state that admits it.
pub(in crate::db) fn step(
    tx: &mut Tx<'_>,
    id: ImportId,
    expected: &Expected,
    admitting: &[ImportState],
    change: impl FnOnce(&mut Tx<'_>, &mut ImportRecord, &mut About) -> Result<()>,
) -> Result<Import> {
    record::lock(tx, id)?;
    let mut record = record::find_record(tx, id)?;
    if record.state.is_worked_on() && !admitting.contains(&record.state) {
        return Err(ErrorCode::ImportBusy.into());
    }
    expected.check(record.version)?;
    if !admitting.contains(&record.state) {
        return Err(ErrorCode::ImportNotAtStep.into());
    }
    let mut about = record::about(tx, &record)?;
    record.expires_at = tx.now.plus_seconds(KEPT_SECONDS);
    change(tx, &mut record, &mut about)?;
    expiry::prolong(tx, &mut record)?;
    let saved = record::save(tx, &record, &about)?;
    record::with_counts(tx, saved)
}

/// Hands a list to the work beside the requests, in the name of the caller.
fn hand_over(tx: &Tx<'_>, record: &mut ImportRecord, state: ImportState) -> Result<()> {
    let asked_by = tx.actor.user().map(|user| user.user_id).ok_or_else(|| Error::from(ErrorCode::PermissionDenied))?;
    (record.state, record.asked_by) = (state, Some(asked_by));
    (record.position, record.attempts, record.taken_by, record.stopped_because) = (0, 0, None, None);
    record.not_before = None;
    Ok(())
}

/// Refuses to begin anew with a list of which somebody was registered.
fn refuse_registered(tx: &mut Tx<'_>, id: ImportId) -> Result<()> {
    let registered = import_rows::table.filter(import_rows::import_id.eq(id)).filter(import_rows::state.eq(RowState::Registered));
    let query = diesel::select(diesel::dsl::exists(registered));
    if !query.get_result::<bool>(tx.conn)? {
        return Ok(());
    }
    let advice = "Rows of it are registered already: commit the others, or cancel it.";
    Err(Error::new(ErrorCode::ImportNotAtStep).detail(advice))
}

/// Says what each column is. What was validated, and decided, by another mapping is dropped.
pub fn map(tx: &mut Tx<'_>, id: ImportId, expected: &Expected, mapping: &Mapping) -> Result<Import> {
    step(tx, id, expected, &[ImportState::Read, ImportState::Validated], |tx, record, about| {
        refuse_registered(tx, id)?;
        let table = found(about.table.as_ref())?.without_rows();
        let wrong = mapping.violations(&table);
        if !wrong.is_empty() {
            return Err(Error::fields(wrong));
        }
        rows::forget(tx, id)?;
        (record.state, record.stopped_because) = (ImportState::Read, None);
        about.mapping = Some(mapping.clone());
        Ok(())
    })
}

/// Has the rows checked, by the mapping that the list has now. Decisions about an earlier check are dropped.
pub fn validate(tx: &mut Tx<'_>, id: ImportId, expected: &Expected) -> Result<Import> {
    step(tx, id, expected, &[ImportState::Read, ImportState::Validated], |tx, record, about| {
        refuse_registered(tx, id)?;
        if about.mapping.is_none() {
            return Err(Error::new(ErrorCode::ImportNotAtStep).detail("Say first what each column is."));
        }
        rows::forget(tx, id)?;
        hand_over(tx, record, ImportState::Validating)
    })
}

/// Has the rows registered that were checked and decided about. `undecided` decides at once about all that wait.
pub fn commit(tx: &mut Tx<'_>, id: ImportId, expected: &Expected, undecided: Option<RowDecision>) -> Result<Import> {
    step(tx, id, expected, &[ImportState::Validated], |tx, record, _| {
        let undecided_rows = import_rows::table.filter(import_rows::import_id.eq(id)).filter(import_rows::decision.is_null());
        if let Some(decision) = undecided {
            let admitting: Vec<RowState> = RowState::UNDECIDED.into_iter().filter(|state| state.admits(decision)).collect();
            let admitting = undecided_rows.filter(import_rows::state.eq_any(admitting));
            let query = diesel::update(admitting).set(import_rows::decision.eq(Some(decision)));
            query.execute(tx.conn)?;
        }
        // Nobody is left out without a word: also not who cannot be registered before something is answered.
        let waiting = undecided_rows.filter(import_rows::state.eq_any(RowState::UNDECIDED));
        let query = diesel::select(diesel::dsl::exists(waiting));
        if query.get_result::<bool>(tx.conn)? {
            return Err(ErrorCode::DecisionsMissing.into());
        }
        hand_over(tx, record, ImportState::Committing)
    })
}

/// Ends a list where it is. Who was registered stays registered, and can be taken back.
pub fn cancel(tx: &mut Tx<'_>, id: ImportId, expected: &Expected) -> Result<Import> {
    use ImportState::{Announced, Committing, Read, Reading, Refused, Validated, Validating};
    let admitting = [Announced, Reading, Refused, Read, Validating, Validated, Committing];
    step(tx, id, expected, &admitting, |tx, record, _| {
        (record.state, record.stopped_because) = (ImportState::Cancelled, None);
        expiry::drop_file(tx, record)
    })
}

/// Has what the list made taken back, as far as nobody worked on it.
pub fn undo(tx: &mut Tx<'_>, id: ImportId, expected: &Expected) -> Result<Import> {
    step(tx, id, expected, &[ImportState::Committed, ImportState::Cancelled], |tx, record, _| {
        if record.first_registered_at.is_some_and(|at| at.plus_seconds(UNDO_SECONDS) < tx.now) {
            return Err(ErrorCode::UndoTooLate.into());
        }
        hand_over(tx, record, ImportState::Undoing)
    })
}

/// Deletes a list. Who was registered stays registered.
pub fn delete(tx: &mut Tx<'_>, id: ImportId, expected: &Expected) -> Result<()> {
    record::lock(tx, id)?;
    let mut record = record::find_record(tx, id)?;
    if record.state.is_worked_on() {
        return Err(ErrorCode::ImportBusy.into());
    }
    expected.check(record.version)?;
    expiry::forget_record(tx, &mut record)?;
    tx.audit_change(id.0, Some(record.version), None);
    Ok(())
}

/// Decides about one row. It makes a new version of the list: who commits it has seen the decision.
pub fn decide(tx: &mut Tx<'_>, import: ImportId, id: ImportRowId, expected: &Expected, decision: RowDecision) -> Result<ImportRow> {
    record::lock(tx, import)?;
    let mut record = record::find_record(tx, import)?;
    let query = import_rows::table.find(id).filter(import_rows::import_id.eq(import)).select(import_rows::all_columns);
    let row: RowRecord = found(query.get_result(tx.conn).optional()?)?;
    if record.state.is_worked_on() {
        return Err(ErrorCode::ImportBusy.into());
    }
    expected.check(row.version)?;
    if record.state != ImportState::Validated {
        return Err(ErrorCode::ImportNotAtStep.into());
    }
    // Whoever waits because their case is gone can be on none.
    let is_on_none = decision == RowDecision::Existing && row.case_id.is_none();
    if !row.state.admits(decision) || is_on_none {
        return Err(Error::field("/decision", "not_for_this_row", "cannot be decided about a row in this state"));
    }
    // What was decided about whom: of a case, whoever reads what became of it finds this.
    tx.audit_subject(id.0);
    if let Some(case) = row.case_id {
        tx.audit_subject(case.0);
    }
    let about = record::about(tx, &record)?;
    expiry::prolong(tx, &mut record)?;
    let saved = record::save(tx, &record, &about)?;
    let mut row = rows::opened(tx, row)?;
    (row.record.decision, row.record.version) = (Some(decision), saved.version);
    rows::save(tx, &row)?;
    Ok(row)
}

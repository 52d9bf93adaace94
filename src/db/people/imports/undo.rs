//! Taking back what a list made: each case is closed as registered in error, as its owner may close it by hand, and only where nobody worked
//! on it since.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::{idempotency, lock, merged, row};
use crate::db::cases::change::{self, Closing};
use crate::db::cases::register::REGISTERS_ONE;
use crate::db::engine::expected::Expected;
use crate::db::people::imports::on_case;
use crate::db::people::imports::rows::{self, ImportRow};
use crate::db::process::follow_up_case;
use crate::db::schema::{approvals, emergency_accesses, import_rows, tasks, tracing_matches};
use crate::domain::codes::ClosureReason;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ImportId};
use crate::domain::imports::state::{KeptBecause, RowState};
use crate::error::Result;

/// Rows with a case, from a position on.
pub fn registered(tx: &mut Tx<'_>, import: ImportId, after: i32, most: i64) -> Result<Vec<ImportRow>> {
    let made = import_rows::table
        .filter(import_rows::import_id.eq(import))
        .filter(import_rows::number.gt(after))
        .filter(import_rows::state.eq(RowState::Registered));
    let query = made.order(import_rows::number).limit(most).select(import_rows::all_columns);
    let records: Vec<rows::RowRecord> = query.load(tx.conn)?;
    records.into_iter().map(|record| rows::opened(tx, record)).collect()
}

/// Takes back what a row made, or says why not.
pub fn take_back(tx: &mut Tx<'_>, row: &mut ImportRow) -> Result<()> {
    row.record.kept_because = match row.record.case_id {
        _ if !row.record.is_made => Some(KeptBecause::NotMade),
        None => Some(KeptBecause::Erased),
        Some(case) => match obstacle(tx, row, case)? {
            Some(kept) => Some(kept),
            None => close(tx, case)?,
        },
    };
    if row.record.kept_because.is_none() {
        row.record.state = RowState::TakenBack;
    }
    rows::save(tx, row)
}

fn close(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<KeptBecause>> {
    let closing = Closing { reason: ClosureReason::RegisteredInError, end_tasks: true, leaves_child: false };
    let closed = tx.part(|tx| {
        change::close(tx, case, &Expected::Any, closing)?;
        idempotency::forget_made(tx, case, REGISTERS_ONE)
    })?;
    Ok(closed.err().map(|_| KeptBecause::ByRule))
}

fn obstacle(tx: &mut Tx<'_>, row: &ImportRow, case: CaseId) -> Result<Option<KeptBecause>> {
    // What is looked at is locked first: nobody works on it between the look and the end of this transaction.
    let person = row::row_unscoped(tx, case)?.person_id;
    lock::lock_person(tx, person)?;
    lock::lock_even_merged(tx, case)?;
    let made = row::row_unscoped(tx, case)?;
    let episodes = row::of_person(tx, made.person_id)?.len();
    Ok(if made.owner_id != tx.actor.organisation_id() {
        Some(KeptBecause::HandedOn)
    } else if made.is_closed() {
        Some(KeptBecause::Closed)
    } else if merged::is_merged(tx, made.person_id)? {
        Some(KeptBecause::Merged)
    } else if let Some(kept) = on_case::known_elsewhere(tx, &row.record, case)? {
        Some(kept)
    } else if episodes > 1
        || follow_up_case::is_worked_on(tx, case, made.created_at)?
        || has_done_tasks(tx, case, made.created_at)?
        || somebody_acted(tx, case)?
    {
        Some(KeptBecause::WorkedOn)
    } else {
        None
    })
}

/// Whether somebody asked for an act on a case, read it in an emergency, or decided whether it is of a person who is looked for: each relies on
/// the case, though it wrote nothing on it.
fn somebody_acted(tx: &mut Tx<'_>, case: CaseId) -> Result<bool> {
    let asked = exists(approvals::table.filter(approvals::case_id.eq(case)));
    let read = exists(emergency_accesses::table.filter(emergency_accesses::case_id.eq(case)));
    let decided = tracing_matches::table.filter(tracing_matches::case_id.eq(case)).filter(tracing_matches::decision.is_not_null());
    let query = diesel::select(asked.or(read).or(exists(decided)));
    Ok(query.get_result(tx.conn)?)
}

/// Whether a task of a case was changed after it was opened: somebody did it, or took it on.
fn has_done_tasks(tx: &mut Tx<'_>, case: CaseId, opened_at: Timestamp) -> Result<bool> {
    let changed = tasks::table
        .filter(tasks::case_id.eq(case))
        .filter(tasks::updated_at.gt(tasks::created_at))
        .filter(tasks::updated_at.gt(opened_at));
    let query = diesel::select(exists(changed));
    Ok(query.get_result(tx.conn)?)
}

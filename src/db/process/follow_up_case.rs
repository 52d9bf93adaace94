//! The case that the system opened for a person who was trafficked again, where that was entered by mistake.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grant_copies, granting};
use crate::db::process::follow;
use crate::db::schema::{attachments, case_records, cases, consents, embassy_contacts, nationality_verifications, referrals, stays, tasks};
use crate::domain::codes::{CaseStatus, ClosureReason};
use crate::domain::dates::Timestamp;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::task_kind::TaskKind;
use crate::error::{Error, ErrorCode, Result};

/// Withdraws the case that was opened with the wrong entry: it is closed as registered in error, and no organisation sees or counts it
/// any more. A case on which somebody worked holds what was learnt of a person, so its owner closes it first.
pub(in crate::db) fn withdraw(tx: &mut Tx<'_>, person: &PersonLocked<'_>, earlier: &CaseRow, opened_at: Timestamp) -> Result<()> {
    let query =
        cases::table.filter(cases::previous_case_id.eq(earlier.id)).filter(cases::created_at.eq(opened_at)).select(cases::all_columns);
    let opened: Option<CaseRow> = query.get_result(tx.conn).optional()?;
    let Some(opened) = opened.filter(|case| case.closure_reason != Some(ClosureReason::RegisteredInError)) else { return Ok(()) };
    lock::lock(tx, opened.id)?;
    if opened.version != 1 || is_worked_on(tx, opened.id)? {
        return Err(Error::new(ErrorCode::Conflict)
            .detail("The case that was opened for the new trafficking was worked on: close it first, as registered in error."));
    }
    let closed = CaseRow {
        status: CaseStatus::Closed,
        closure_reason: Some(ClosureReason::RegisteredInError),
        closed_on: Some(opened.today(tx)?.day()),
        updated_at: tx.now,
        version: opened.version + 1,
        ..opened.clone()
    };
    row::save_row(tx, &closed, opened.version)?;
    grant_copies::follow(tx, &closed)?;
    follow::apply_consequences_anew(tx, &closed)?;
    for grant in granting::held(tx, opened.id)? {
        granting::withdraw(tx, person, opened.id, grant.organisation, grant.basis)?;
    }
    tx.audit_change(opened.id.0, Some(opened.version), Some(closed.version));
    Ok(())
}

/// Whether anybody added something to a case that makes no new version of it.
fn is_worked_on(tx: &mut Tx<'_>, case: CaseId) -> Result<bool> {
    macro_rules! has_any {
        ($($table:ident),+) => { false $(|| {
            let query = diesel::select(exists($table::table.filter($table::case_id.eq(case))));
            query.get_result::<bool>(tx.conn)?
        })+ };
    }
    let added = tasks::table.filter(tasks::case_id.eq(case)).filter(tasks::kind.eq(TaskKind::Added));
    let query = diesel::select(exists(added));
    let has_tasks: bool = query.get_result(tx.conn)?;
    Ok(has_tasks || has_any!(attachments, case_records, consents, embassy_contacts, nationality_verifications, referrals, stays))
}

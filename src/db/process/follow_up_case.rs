//! The case that the system opened for a person who was trafficked again, where that was entered by mistake.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grant_copies, granting};
use crate::db::process::follow;
use crate::db::schema::{
    attachments, case_changes, case_records, case_relations, cases, consents, denials, embassy_contacts, movement_batch_members,
    nationality_verifications, referrals, repatriation_transitions, stays, tasks,
};
use crate::domain::codes::{CaseStatus, ClosureReason};
use crate::domain::dates::Timestamp;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::RuleName;
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
    if is_worked_on(tx, opened.id, opened_at)? {
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

/// Whether anybody changed a case, moved it, or recorded something on it. Its version says nothing: it also rises with what is corrected
/// on another case of the person, and when its assignee leaves.
pub(in crate::db) fn is_worked_on(tx: &mut Tx<'_>, case: CaseId, opened_at: Timestamp) -> Result<bool> {
    macro_rules! has_any {
        ($($table:ident $(since $written:ident)?),+ $(,)?) => { false $(|| {
            let query = diesel::select(exists($table::table.filter($table::case_id.eq(case))$(.filter($table::$written.gt(opened_at)))?));
            query.get_result::<bool>(tx.conn)?
        })+ };
    }
    let added = tasks::table.filter(tasks::case_id.eq(case)).filter(tasks::kind.eq(TaskKind::Added));
    let query = diesel::select(exists(added));
    let has_tasks: bool = query.get_result(tx.conn)?;
    let changed = case_changes::table.filter(case_changes::case_id.eq(case)).filter(case_changes::reason.is_null());
    let query = diesel::select(exists(changed));
    let is_changed: bool = query.get_result(tx.conn)?;
    let moved = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq(case))
        .filter(repatriation_transitions::rule.ne(RuleName::T1));
    let query = diesel::select(exists(moved));
    let is_moved: bool = query.get_result(tx.conn)?;
    // Not those that came with the person when the case was opened.
    let related = case_relations::first_case_id.eq(case).or(case_relations::second_case_id.eq(case));
    let since = case_relations::table.filter(related).filter(case_relations::updated_at.gt(opened_at));
    let query = diesel::select(exists(since));
    let is_related: bool = query.get_result(tx.conn)?;
    let is_recorded_on = has_any!(
        attachments,
        // A registration records what was found of the person by then, and at whose desk they stand.
        case_records since updated_at,
        consents,
        denials,
        embassy_contacts since updated_at,
        movement_batch_members,
        nationality_verifications,
        referrals,
        stays,
    );
    Ok(has_tasks || is_changed || is_moved || is_related || is_recorded_on)
}

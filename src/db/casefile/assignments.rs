//! Moving many cases at once from one user to another one, or to nobody, with the reason in the history of each.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::assignees::{Assignee, CaseAssignee};
use crate::db::casefile::grant_copies;
use crate::db::casefile::history::{ChangeRow, FieldChange};
use crate::db::casefile::row::CaseRow;
use crate::db::schema::{case_changes, cases, tasks};
use crate::domain::cases::history::{ChangeReason, ChangeSubject};
use crate::domain::ids::{CaseId, TaskId, UserId};
use crate::domain::repatriation::task_kind::TaskStatus;
use crate::error::{Error, Result};

/// Cases that are written at a time: each is a few parameters of a statement.
pub(in crate::db) const PORTION: usize = 500;

/// The cases of a user, locked so that what is read still holds: whoever adds a task to one of them waits, or is done. In one statement,
/// so that none is read that is not locked.
pub(in crate::db) fn lock_held(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<CaseRow>> {
    let held = cases::table.filter(cases::assigned_to.eq(user));
    let query = diesel::update(held).set(cases::version.eq(cases::version)).returning(cases::all_columns);
    let mut held: Vec<CaseRow> = query.get_results(tx.conn)?;
    held.sort_by_key(|case| case.id);
    Ok(held)
}

/// Gives a task of the process to whoever does the work of its case, unless it was settled meanwhile.
pub(in crate::db) fn assign_open(tx: &mut Tx<'_>, task: TaskId, to: Option<Assignee>) -> Result<()> {
    let open = tasks::table.find(task).filter(tasks::status.eq(TaskStatus::Open));
    let query = diesel::update(open).set((tasks::assigned_to.eq(to), tasks::version.eq(tasks::version + 1), tasks::updated_at.eq(tx.now)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Gives cases that are locked another assignee, or none, each in a new version. The tasks are the caller's.
pub(in crate::db) fn reassign(tx: &mut Tx<'_>, held: &[CaseRow], to: Option<Assignee>, reason: ChangeReason) -> Result<()> {
    let ids: Vec<CaseId> = held.iter().map(|case| case.id).collect();
    let to = to.map(CaseAssignee::from);
    let query = diesel::update(cases::table.filter(cases::id.eq_any(&ids))).set((
        cases::assigned_to.eq(to),
        cases::version.eq(cases::version + 1),
        cases::updated_at.eq(tx.now),
    ));
    query.execute(tx.conn)?;
    grant_copies::mark_changed(tx, &ids)?;
    let changes = held.iter().map(|case| change(tx, case, to, reason)).collect::<Result<Vec<_>>>()?;
    let query = diesel::insert_into(case_changes::table).values(changes);
    query.execute(tx.conn)?;
    ids.iter().for_each(|id| tx.audit_change(id.0, None, None));
    Ok(())
}

fn change(tx: &Tx<'_>, before: &CaseRow, to: Option<CaseAssignee>, reason: ChangeReason) -> Result<ChangeRow> {
    let value = |assignee: Option<CaseAssignee>| serde_json::to_value(assignee).map_err(Error::internal);
    let fields = [FieldChange { field: "assigned_to".to_owned(), from: value(before.assigned_to)?, to: value(to)? }];
    Ok(ChangeRow {
        case_id: before.id,
        version: before.version + 1,
        position: 0,
        changed_at: tx.now,
        user_id: tx.actor.user().map(|user| user.user_id),
        organisation_id: tx.actor.organisation_id(),
        operation: tx.request.operation.clone(),
        compartment: None,
        changes: serde_json::to_vec(&fields).map_err(Error::internal)?,
        subject: ChangeSubject::Case,
        reason: Some(reason),
        merged_from: None,
    })
}

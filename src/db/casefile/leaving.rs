//! What becomes of the work of an account that can no longer act: in the same transaction it goes to nobody, visibly. The case says why
//! in its history, a task asks for a new assignment, and the open tasks are among those of nobody.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::assignees::{self, Assignee};
use crate::db::casefile::assignments::{PORTION, lock_held, reassign};
use crate::db::casefile::merged;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::task_row::TaskRow;
use crate::db::schema::{cases, tasks, users};
use crate::domain::access::Role;
use crate::domain::cases::history::ChangeReason;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{PersonId, RecordId, UserId};
use crate::domain::repatriation::is_over;
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::error::Result;

/// Takes all work from a user. The cases keep their owner, so nobody sees more or less of them.
pub(in crate::db) fn release(tx: &mut Tx<'_>, user: UserId, reason: ChangeReason) -> Result<()> {
    let held = lock_held(tx, user)?;
    for portion in held.chunks(PORTION) {
        reassign(tx, portion, None, reason)?;
        ask_for_assignment(tx, portion, user)?;
    }
    let open = tasks::table.filter(tasks::assigned_to.eq(user)).filter(tasks::status.eq(TaskStatus::Open));
    // The version stays, because the note is sealed for it.
    let query =
        diesel::update(open).set((tasks::assigned_to.eq(None::<Assignee>), tasks::left_by.eq(Some(user)), tasks::updated_at.eq(tx.now)));
    query.execute(tx.conn)?;
    tx.audit_change(user.0, None, None);
    Ok(())
}

/// Opens a task for each case that goes on without the user who left: a case without any other task would be on nobody's list. For one
/// that is closed or at an end the task rests until the case goes on.
pub(in crate::db) fn ask_for_assignment(tx: &mut Tx<'_>, held: &[CaseRow], left: UserId) -> Result<()> {
    let people: Vec<PersonId> = held.iter().map(|case| case.person_id).collect();
    let merged = merged::merged_among(tx, people)?;
    let waits = |case: &CaseRow| !case.is_closed() && !is_over(case.stage, case.side_state) && !merged.contains(&case.person_id);
    let status = |case: &CaseRow| if waits(case) { TaskStatus::Open } else { TaskStatus::EndedWithCase };
    let rows: Vec<TaskRow> = held.iter().map(|case| task(tx, case, left, status(case))).collect::<Result<_>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    let query = diesel::insert_into(tasks::table).values(rows);
    query.execute(tx.conn)?;
    Ok(())
}

/// Its subject is the account, so that a handover finds what the user left behind.
fn task(tx: &mut Tx<'_>, case: &CaseRow, left: UserId, status: TaskStatus) -> Result<TaskRow> {
    let due_on = tx.rules.after(case.today(tx)?.day(), TaskKind::AssigneeLeft);
    Ok(TaskRow { status, ..TaskRow::of_process(tx, case, TaskKind::AssigneeLeft, RecordId(left.0), due_on) })
}

/// Accounts that cannot act and still hold work: they stopped by the clock alone, or before this was looked at.
pub fn due(tx: &mut Tx<'_>) -> Result<Vec<UserId>> {
    let has_case = diesel::dsl::exists(cases::table.filter(cases::assigned_to.eq(users::id.nullable())));
    let has_task =
        diesel::dsl::exists(tasks::table.filter(tasks::assigned_to.eq(users::id.nullable())).filter(tasks::status.eq(TaskStatus::Open)));
    let query = users::table.filter(assignees::gone(tx.now)).filter(has_case.or(has_task)).order(users::id).select(users::id);
    Ok(query.load(tx.conn)?)
}

/// Takes the work of one of them, unless the account can act again.
pub fn release_gone(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.audit_unchanged(user.0);
    let query = users::table.filter(users::id.eq(user)).filter(assignees::gone(tx.now)).select((users::disabled_at, users::role));
    let found: Option<(Option<Timestamp>, Role)> = query.get_result(tx.conn).optional()?;
    let Some((disabled_at, role)) = found else { return Ok(()) };
    release(tx, user, ChangeReason::of_account(disabled_at.is_some(), role))
}

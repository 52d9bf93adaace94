//! Tasks: those that follow from the facts of a case, and those that users add. An organisation sees its own tasks, on cases on
//! which it has a live grant.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::accounts::users;
use crate::db::casefile::assignees::{self, Assignee};
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::open;
use crate::db::casefile::row;
use crate::db::casefile::task_row::TaskRow;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::process::belonging;
use crate::db::process::tasks as task_rows;
use crate::db::schema::tasks;
use crate::domain::access::compartments::Compartment;
use crate::domain::ids::{CaseId, RecordId, TaskId, UserId};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::error::{Error, ErrorCode, Result};

/// A task with its opened note.
#[derive(Clone)]
pub struct Task {
    pub row: TaskRow,
    /// The note; none if there is none, or it is closed to the caller.
    pub note: Option<String>,
}

/// A task that a user adds or changes.
#[derive(Clone)]
pub struct AddedTask {
    /// The work to be done.
    pub note: String,
    pub due_on: NaiveDate,
    /// The assignee; none: any user of the organisation.
    pub assigned_to: Option<UserId>,
    pub status: TaskStatus,
}

/// Adds a task for the actor's organisation.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, new: &AddedTask) -> Result<Task> {
    if let Some(user) = new.assigned_to {
        users::lock(tx, user)?;
    }
    let (case, keys) = open::row_to_change(tx, case)?;
    row::refuse_if_closed(&case)?;
    let assigned_to = new.assigned_to.map(|user| chosen(tx, user)).transpose()?;
    let id = TaskId::random();
    let row = TaskRow {
        id,
        case_id: case.id,
        organisation_id: tx.actor.organisation_id(),
        kind: TaskKind::Added,
        subject_id: RecordId(id.0),
        assigned_to,
        due_on: new.due_on,
        deadline: None,
        guard: None,
        status: new.status,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        sealed_note: Some(seal_detail(id.0, 1, Compartment::Identity, &keys, &new.note)?),
        merged_from: None,
        left_by: None,
    };
    let query = diesel::insert_into(tasks::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(case.id.0, None, Some(1));
    tx.audit_subject(id.0);
    Ok(Task { row, note: Some(new.note.clone()) })
}

/// Changes a task that a user of the organisation added. A task of the process changes only with the case, and none is opened again on
/// a closed case, whose tasks nobody sees on a worklist.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, id: TaskId, expected: &Expected, change: F) -> Result<Task>
where
    F: Fn(AddedTask) -> Result<AddedTask>,
{
    lock_new_assignee(tx, case, id, &change)?;
    let (row, keys) = open::row_to_change(tx, case)?;
    let before = find(tx, case, id)?;
    if before.row.kind != TaskKind::Added {
        return Err(Error::new(ErrorCode::Conflict).detail("This task follows from the case: it disappears when its reason does."));
    }
    let read = expected.check(before.row.version)?;
    let AddedTask { note, due_on, assigned_to, status } = change(as_added(&before))?;
    if status == TaskStatus::Open && before.row.status != status {
        row::refuse_if_closed(&row)?;
    }
    // A task that is ticked off stays with whoever did it.
    let assigned_to = match (assigned_to, before.row.assigned_to) {
        (Some(user), Some(known)) if user == known.user() => Some(known),
        (wanted, _) => wanted.map(|user| chosen(tx, user)).transpose()?,
    };
    let left_by = before.row.left_by.filter(|_| assigned_to.is_none());
    let version = read + 1;
    let under = found(keys.of(before.row.merged_from))?;
    let sealed_note = Some(seal_detail(id.0, version, Compartment::Identity, under, &note)?);
    let row = TaskRow { due_on, assigned_to, status, version, updated_at: tx.now, sealed_note, left_by, ..before.row };
    task_rows::save(tx, &row)?;
    tx.audit_change(case.0, Some(read), Some(version));
    tx.audit_subject(id.0);
    Ok(Task { row, note: Some(note) })
}

fn as_added(task: &Task) -> AddedTask {
    AddedTask {
        note: task.note.clone().unwrap_or_default(),
        due_on: task.row.due_on,
        assigned_to: task.row.assigned_to.map(Assignee::user),
        status: task.row.status,
    }
}

/// Locks the user to whom a change assigns a task before the case is locked, as whoever ends an account or hands its work over does.
/// What the change is worth is decided later, under the lock of the case.
fn lock_new_assignee<F>(tx: &mut Tx<'_>, case: CaseId, id: TaskId, change: &F) -> Result<()>
where
    F: Fn(AddedTask) -> Result<AddedTask>,
{
    let before = as_added(&find(tx, case, id)?);
    let known = before.assigned_to;
    match change(before) {
        Ok(AddedTask { assigned_to: Some(user), .. }) if Some(user) != known => users::lock(tx, user),
        // A change that is refused is refused below.
        _ => Ok(()),
    }
}

fn chosen(tx: &mut Tx<'_>, user: UserId) -> Result<Assignee> {
    assignees::chosen(tx, tx.actor.organisation_id(), user, "/assigned_to")
}

/// Finds a task of the actor's organisation.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: TaskId) -> Result<Task> {
    found(list(tx, case)?.into_iter().find(|task| task.row.id == id))
}

/// The tasks of the actor's organisation on a case: open tasks first, each part by due date.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Task>> {
    let keys = open::keys_or_not_found(tx, case)?;
    let query = tasks::table
        .filter(tasks::case_id.eq(case))
        .filter(tasks::organisation_id.eq(tx.actor.organisation_id()))
        .order((tasks::status.desc(), tasks::due_on, tasks::id))
        .select(tasks::all_columns);
    let rows: Vec<TaskRow> = query.load(tx.conn)?;
    tx.audit_disclosure(case, keys.compartments());
    let rows = belonging::without_hidden(tx, rows)?;
    // A task of a merged case is told to whoever saw that one.
    rows.into_iter().filter(|row| keys.of(row.merged_from).is_some()).filter_map(|row| shown(tx, row, &keys).transpose()).collect()
}

/// A task as the caller may see it. It names no record whose compartment is closed to the caller. A machine, which is never told where
/// a person is, is not told of a task that says so either.
pub(in crate::db) fn shown(tx: &Tx<'_>, row: TaskRow, keys: &CompartmentKeys) -> Result<Option<Task>> {
    let of_case = keys.of(row.merged_from);
    let is_open = |compartment| of_case.is_some_and(|keys| keys.get(compartment).is_some());
    let is_closed = row.kind.subject_compartment().is_some_and(|compartment| !is_open(compartment));
    if is_closed && row.kind.is_restricted() && tx.actor.machine().is_some() {
        return Ok(None);
    }
    let subject_id = if is_closed { RecordId(uuid::Uuid::nil()) } else { row.subject_id };
    opened(TaskRow { subject_id, ..row }, keys).map(Some)
}

fn opened(row: TaskRow, keys: &CompartmentKeys) -> Result<Task> {
    let sealed = row.sealed_note.as_ref().zip(keys.of(row.merged_from));
    let open = |(sealed, keys): (&Vec<u8>, _)| open_detail(row.id.0, row.version, Compartment::Identity, keys, sealed);
    let note = sealed.map(open).transpose()?.flatten();
    Ok(Task { row, note })
}

text_enum! {
    /// The scope of a worklist.
    pub enum WorklistOf {
        /// Tasks assigned to the caller.
        Me = "me",
        /// Tasks of the caller's organisation, with or without an assignee.
        MyOrganisation = "my_organisation",
        /// Tasks without an assignee, and those of an assignee who is away today.
        Nobody = "nobody",
    }
}

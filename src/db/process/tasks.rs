//! The tasks of a case, kept equal to those that the process requires.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::assignees::{self, Assignee, Doer};
use crate::db::casefile::case_keys;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::task_row::TaskRow;
use crate::db::engine::connection::ExecuteLater;
use crate::db::schema::tasks;
use crate::domain::access::compartments::Compartment;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, RecordId, TaskId, UserId};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::domain::repatriation::tasks::{DueTask, due};
use crate::domain::repatriation::{Facts, is_over};
use crate::error::{Error, ErrorCode, Result};

/// Opens the tasks of a new case.
pub(in crate::db) fn open_first(tx: &mut Tx<'_>, case: &CaseRow, facts: &Facts) -> Result<()> {
    let assignee = assignees::at_work(tx, case.owner_id, case.assigned_to)?;
    due(facts).into_iter().try_for_each(|task| open(tx, case, assignee, task))
}

/// Makes the open tasks of a case those that follow from its facts. Tasks that users added stay, and so do those that follow from another
/// case, too.
pub(in crate::db) fn reconcile(tx: &mut Tx<'_>, case: &CaseRow, facts: &Facts) -> Result<()> {
    let rests = tasks::kind.eq(TaskKind::AssigneeLeft).and(tasks::status.eq(TaskStatus::EndedWithCase));
    let query = tasks::table
        .filter(tasks::case_id.eq(case.id))
        .filter(tasks::kind.ne_all([TaskKind::Added, TaskKind::RelatedCase]))
        .filter(tasks::status.eq(TaskStatus::Open).or(rests))
        .select(tasks::all_columns);
    let known: Vec<TaskRow> = query.load(tx.conn)?;
    let (asks, mut known): (Vec<TaskRow>, Vec<TaskRow>) = known.into_iter().partition(|row| row.kind == TaskKind::AssigneeLeft);
    let doer = assignees::doer(tx, case.owner_id, case.assigned_to)?;
    for wanted in due(facts) {
        match known.iter().position(|row| is_same(row, &wanted)) {
            None => open(tx, case, doer.at_work, wanted)?,
            Some(at) => follow(tx, case, doer, known.swap_remove(at), wanted)?,
        }
    }
    // The remaining tasks follow from no fact any more.
    known.into_iter().try_for_each(|gone| turn(tx, gone, TaskStatus::Settled))?;
    asks.into_iter().try_for_each(|ask| {
        let status = assignment_asked(&ask, case);
        turn(tx, ask, status)
    })
}

/// What becomes of a task that asks to assign a case whose assignee left: it waits as long as the case has none, rests while the case is
/// closed or at an end, and is there again once it goes on.
fn assignment_asked(row: &TaskRow, case: &CaseRow) -> TaskStatus {
    let is_unanswered = row.organisation_id == case.owner_id && case.assigned_to.is_none();
    match is_unanswered {
        false => TaskStatus::Settled,
        true if case.is_closed() || is_over(case.stage, case.side_state) => TaskStatus::EndedWithCase,
        true => TaskStatus::Open,
    }
}

/// Gives a task of the process another status.
fn turn(tx: &mut Tx<'_>, row: TaskRow, status: TaskStatus) -> Result<()> {
    if row.status == status {
        return Ok(());
    }
    save(tx, &TaskRow { status, version: row.version + 1, updated_at: tx.now, ..row })
}

/// Settles the tasks of one kind on a case, also those that rest.
pub(in crate::db) fn settle(tx: &mut Tx<'_>, case: &CaseRow, kind: TaskKind) -> Result<()> {
    let open = tasks::table
        .filter(tasks::case_id.eq(case.id))
        .filter(tasks::kind.eq(kind))
        .filter(tasks::status.eq_any([TaskStatus::Open, TaskStatus::EndedWithCase]));
    let query = diesel::update(open).set((
        tasks::status.eq(TaskStatus::Settled),
        tasks::version.eq(tasks::version + 1),
        tasks::updated_at.eq(tx.now),
    ));
    query.execute(tx.conn)?;
    Ok(())
}

fn is_same(row: &TaskRow, wanted: &DueTask) -> bool {
    (row.organisation_id, row.kind, row.subject_id.0) == (wanted.organisation, wanted.kind, wanted.subject)
}

/// The assignee of the case does what its owner has to do. What a mission has to do waits for anybody there.
fn does(case: &CaseRow, assignee: Option<Assignee>, organisation: OrganisationId) -> Option<Assignee> {
    assignee.filter(|_| organisation == case.owner_id)
}

fn open(tx: &mut Tx<'_>, case: &CaseRow, assignee: Option<Assignee>, task: DueTask) -> Result<()> {
    let row = TaskRow {
        organisation_id: task.organisation,
        assigned_to: does(case, assignee, task.organisation),
        deadline: task.deadline,
        guard: task.guard.map(ToOwned::to_owned),
        ..TaskRow::of_process(tx, case, task.kind, RecordId(task.subject), task.due_on)
    };
    let query = diesel::insert_into(tasks::table).values(&row);
    query.execute_later(tx.conn)?;
    Ok(())
}

/// Whose a task of the process is now. What is assigned to the assignee of the case stays so while they are away.
pub(in crate::db) fn assigned(case: &CaseRow, doer: Doer, row: &TaskRow) -> Option<Assignee> {
    let theirs = does(case, doer.able, row.organisation_id);
    if row.assigned_to == theirs { theirs } else { does(case, doer.at_work, row.organisation_id) }
}

/// Brings a task up to date.
fn follow(tx: &mut Tx<'_>, case: &CaseRow, doer: Doer, row: TaskRow, wanted: DueTask) -> Result<()> {
    let assigned_to = assigned(case, doer, &row);
    let guard = wanted.guard.map(ToOwned::to_owned);
    if (row.assigned_to, row.due_on, row.deadline, &row.guard) == (assigned_to, wanted.due_on, wanted.deadline, &guard) {
        return Ok(());
    }
    let version = row.version + 1;
    save(tx, &TaskRow { assigned_to, due_on: wanted.due_on, deadline: wanted.deadline, guard, version, updated_at: tx.now, ..row })
}

pub(in crate::db) fn save(tx: &mut Tx<'_>, row: &TaskRow) -> Result<()> {
    let query = diesel::update(tasks::table.find(row.id).filter(tasks::version.eq(row.version - 1))).set(row);
    if query.execute(tx.conn)? == 0 { Err(ErrorCode::StaleVersion.into()) } else { Ok(()) }
}

/// Forgets the tasks that followed from what a merge brought since then, and opens those again that it had settled.
pub(in crate::db) fn forget_since(tx: &mut Tx<'_>, case: CaseId, since: Timestamp) -> Result<()> {
    let query = tasks::table.filter(tasks::case_id.eq(case)).filter(tasks::kind.ne(TaskKind::Added)).select(tasks::all_columns);
    let all: Vec<TaskRow> = query.load(tx.conn)?;
    let (newer, older): (Vec<TaskRow>, Vec<TaskRow>) = all.into_iter().partition(|row| row.created_at >= since);
    for row in newer {
        let was_settled_since = |known: &&TaskRow| known.status == TaskStatus::Settled && known.updated_at >= since;
        let is_same =
            |known: &&TaskRow| (known.organisation_id, known.kind, known.subject_id) == (row.organisation_id, row.kind, row.subject_id);
        let before = older.iter().filter(was_settled_since).find(is_same);
        if row.status != TaskStatus::Settled && before.is_none() {
            continue;
        }
        let query = diesel::delete(tasks::table.find(row.id));
        query.execute(tx.conn)?;
        if let Some(before) = before.filter(|_| row.status != TaskStatus::Settled) {
            let reopened = TaskRow { id: before.id, created_at: before.created_at, version: before.version + 1, updated_at: tx.now, ..row };
            save(tx, &reopened)?;
        }
    }
    Ok(())
}

/// Adds a task for the owner of a case, due today, because of an event that the owner must look at, or of a requirement.
pub(in crate::db) fn add_for_owner(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    keys: &CompartmentKeys,
    note: &str,
    guard: Option<&'static str>,
) -> Result<()> {
    let id = TaskId::random();
    let due_on = case.today(tx)?.day();
    let row = TaskRow {
        id,
        assigned_to: assignees::at_work(tx, case.owner_id, case.assigned_to)?,
        guard: guard.map(ToOwned::to_owned),
        sealed_note: Some(seal_detail(id.0, 1, Compartment::Identity, keys, &note)?),
        ..TaskRow::of_process(tx, case, TaskKind::Added, RecordId(id.0), due_on)
    };
    let query = diesel::insert_into(tasks::table).values(&row);
    query.execute(tx.conn)?;
    Ok(())
}

/// Ends the open tasks that users added, because the case is closed. Those of the actor's organisation only if it said so.
pub(in crate::db) fn end_with_case(tx: &mut Tx<'_>, case: &CaseRow, end_own: bool) -> Result<()> {
    let own = tx.actor.organisation_id();
    let open = added(tx, case.id, TaskStatus::Open)?;
    if !end_own && open.iter().any(|task| task.organisation_id == own) {
        return Err(Error::new(ErrorCode::OpenTasks).at("/end_tasks", "required", "say true if the open tasks end with the case"));
    }
    let keys = case_keys::of_system(tx, case, [Compartment::Identity].into_iter().collect())?;
    open.into_iter().try_for_each(|task| put(tx, &keys, task, TaskStatus::EndedWithCase))
}

/// Opens the tasks again that ended with the case. What somebody was to do who can no longer act waits for anybody, and is among what
/// they left behind.
pub(in crate::db) fn return_with_case(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let keys = case_keys::of_system(tx, case, [Compartment::Identity].into_iter().collect())?;
    for task in added(tx, case.id, TaskStatus::EndedWithCase)? {
        let before = task.assigned_to.map(Assignee::user);
        let assigned_to = assignees::once(tx, task.organisation_id, before)?;
        let left_by = before.filter(|_| assigned_to.is_none()).or(task.left_by);
        put(tx, &keys, TaskRow { assigned_to, left_by, ..task }, TaskStatus::Open)?;
    }
    Ok(())
}

fn added(tx: &mut Tx<'_>, case: CaseId, status: TaskStatus) -> Result<Vec<TaskRow>> {
    let query = tasks::table
        .filter(tasks::case_id.eq(case))
        .filter(tasks::kind.eq(TaskKind::Added))
        .filter(tasks::status.eq(status))
        .select(tasks::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Gives a task that a user added another status. Its note is sealed anew, because it is sealed under the version.
fn put(tx: &mut Tx<'_>, keys: &CompartmentKeys, task: TaskRow, status: TaskStatus) -> Result<()> {
    let (version, keys) = (task.version + 1, keys.of(task.merged_from));
    let keys = keys.ok_or_else(|| Error::internal("a task of a merged case without its keys"))?;
    let open = |sealed: &Vec<u8>| open_detail::<String>(task.id.0, task.version, Compartment::Identity, keys, sealed);
    let note = task.sealed_note.as_ref().map(open).transpose()?.flatten();
    let sealed_note = note.map(|note| seal_detail(task.id.0, version, Compartment::Identity, keys, &note)).transpose()?;
    save(tx, &TaskRow { status, version, updated_at: tx.now, sealed_note, ..task })
}

/// Hands the tasks that users added over to the new owner of a case, without an assignee: also those that ended with the case, because
/// they come back with it.
pub(in crate::db) fn hand_over(tx: &mut Tx<'_>, case: CaseId, from: OrganisationId, to: OrganisationId) -> Result<()> {
    let open = tasks::table
        .filter(tasks::case_id.eq(case))
        .filter(tasks::organisation_id.eq(from))
        .filter(tasks::kind.eq(TaskKind::Added))
        .filter(tasks::status.eq_any([TaskStatus::Open, TaskStatus::EndedWithCase]));
    let query = diesel::update(open).set((
        tasks::organisation_id.eq(to),
        tasks::assigned_to.eq(None::<Assignee>),
        tasks::left_by.eq(None::<UserId>),
    ));
    query.execute(tx.conn)?;
    Ok(())
}

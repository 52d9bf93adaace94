//! Tasks: what follows from the facts of a case, and what people add. An organisation sees those of its own, on cases it
//! has a live grant on.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;

use super::cases::{self, CaseRow};
use super::compartments::{open_detail, seal_detail};
use super::connection::on_backend;
use super::page::{Page, PageRequest};
use super::schema::{case_grants, tasks};
use super::{Tx, found, grants, users};
use crate::crypto::CompartmentKeys;
use crate::domain::compartments::Compartment;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, RecordId, TaskId, UserId};
use crate::domain::repatriation::Facts;
use crate::domain::tasks::{DueTask, TaskKind, TaskStatus, due};
use crate::error::{Error, ErrorCode, Result};

/// A task as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = tasks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct TaskRow {
    pub id: TaskId,
    pub case_id: CaseId,
    pub organisation_id: OrganisationId,
    pub kind: TaskKind,
    pub subject_id: RecordId,
    pub assigned_to: Option<UserId>,
    pub due_on: NaiveDate,
    pub deadline: Option<NaiveDate>,
    pub guard: Option<String>,
    pub status: TaskStatus,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    sealed_note: Option<Vec<u8>>,
}

/// A task with the note that somebody added.
#[derive(Clone)]
pub struct Task {
    /// What is in the clear.
    pub row: TaskRow,
    /// The note; none where there is none, or it is closed to the caller.
    pub note: Option<String>,
}

/// A task that somebody adds or changes.
#[derive(Clone)]
pub struct AddedTask {
    /// What is to be done.
    pub note: String,
    /// By when.
    pub due_on: NaiveDate,
    /// By whom; none: anybody of the organisation.
    pub assigned_to: Option<UserId>,
    /// How far it is.
    pub status: TaskStatus,
}

/// Opens the tasks of a new case.
pub(in crate::db) fn open_first(tx: &mut Tx<'_>, case: &CaseRow, facts: &Facts) -> Result<()> {
    due(facts).into_iter().try_for_each(|task| open(tx, case, task))
}

/// Makes the open tasks of a case those that follow from its facts. What people added stays.
pub(in crate::db) fn reconcile(tx: &mut Tx<'_>, case: &CaseRow, facts: &Facts) -> Result<()> {
    let query = tasks::table
        .filter(tasks::case_id.eq(case.id))
        .filter(tasks::status.eq(TaskStatus::Open))
        .filter(tasks::kind.ne(TaskKind::Added))
        .select(tasks::all_columns);
    let mut known: Vec<TaskRow> = on_backend!(tx.conn, |c| query.load(c))?;
    for wanted in due(facts) {
        match known.iter().position(|row| is_same(row, &wanted)) {
            None => open(tx, case, wanted)?,
            Some(at) => follow(tx, case, known.swap_remove(at), wanted)?,
        }
    }
    for gone in known {
        let settled = TaskRow { status: TaskStatus::Settled, version: gone.version + 1, updated_at: tx.now, ..gone };
        save(tx, &settled)?;
    }
    Ok(())
}

fn is_same(row: &TaskRow, wanted: &DueTask) -> bool {
    (row.organisation_id, row.kind, row.subject_id.0) == (wanted.organisation, wanted.kind, wanted.subject)
}

fn assignee(case: &CaseRow, organisation: OrganisationId) -> Option<UserId> {
    case.assigned_to.filter(|_| organisation == case.owner_id)
}

fn open(tx: &mut Tx<'_>, case: &CaseRow, task: DueTask) -> Result<()> {
    let row = TaskRow {
        id: TaskId::random(),
        case_id: case.id,
        organisation_id: task.organisation,
        kind: task.kind,
        subject_id: RecordId(task.subject),
        assigned_to: assignee(case, task.organisation),
        due_on: task.due_on,
        deadline: task.deadline,
        guard: task.guard.map(ToOwned::to_owned),
        status: TaskStatus::Open,
        created_at: tx.now,
        created_by: None,
        updated_at: tx.now,
        version: 1,
        sealed_note: None,
    };
    let query = diesel::insert_into(tasks::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

fn follow(tx: &mut Tx<'_>, case: &CaseRow, row: TaskRow, wanted: DueTask) -> Result<()> {
    let assigned_to = assignee(case, row.organisation_id);
    let guard = wanted.guard.map(ToOwned::to_owned);
    if (row.assigned_to, row.due_on, row.deadline, &row.guard) == (assigned_to, wanted.due_on, wanted.deadline, &guard) {
        return Ok(());
    }
    let version = row.version + 1;
    save(tx, &TaskRow { assigned_to, due_on: wanted.due_on, deadline: wanted.deadline, guard, version, updated_at: tx.now, ..row })
}

fn save(tx: &mut Tx<'_>, row: &TaskRow) -> Result<()> {
    let query = diesel::update(tasks::table.find(row.id).filter(tasks::version.eq(row.version - 1))).set(row);
    if on_backend!(tx.conn, |c| query.execute(c))? == 0 { Err(ErrorCode::StaleVersion.into()) } else { Ok(()) }
}

/// Adds a task for one's own organisation.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, new: &AddedTask) -> Result<Task> {
    let (case, keys) = cases::row_visible(tx, case)?;
    cases::refuse_if_closed(&case)?;
    check_assignee(tx, new.assigned_to)?;
    let id = TaskId::random();
    let row = TaskRow {
        id,
        case_id: case.id,
        organisation_id: tx.actor.organisation_id(),
        kind: TaskKind::Added,
        subject_id: RecordId(id.0),
        assigned_to: new.assigned_to,
        due_on: new.due_on,
        deadline: None,
        guard: None,
        status: new.status,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        sealed_note: Some(seal_detail(id.0, 1, Compartment::Identity, &keys, &new.note)?),
    };
    let query = diesel::insert_into(tasks::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    tx.audit(case.id.0, None, Some(1));
    tx.touch(id.0);
    Ok(Task { row, note: Some(new.note.clone()) })
}

/// Adds a task to the day of the organisation that owns a case: something happened that it must look at today.
pub(in crate::db) fn add_for_owner(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, note: &str) -> Result<()> {
    let id = TaskId::random();
    let row = TaskRow {
        id,
        case_id: case.id,
        organisation_id: case.owner_id,
        kind: TaskKind::Added,
        subject_id: RecordId(id.0),
        assigned_to: case.assigned_to,
        due_on: tx.now.date(),
        deadline: None,
        guard: None,
        status: TaskStatus::Open,
        created_at: tx.now,
        created_by: None,
        updated_at: tx.now,
        version: 1,
        sealed_note: Some(seal_detail(id.0, 1, Compartment::Identity, keys, &note)?),
    };
    let query = diesel::insert_into(tasks::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// What people added goes on with the new owner of a case, and nobody is assigned to it yet.
pub(in crate::db) fn hand_over(tx: &mut Tx<'_>, case: CaseId, from: OrganisationId, to: OrganisationId) -> Result<()> {
    let open = tasks::table
        .filter(tasks::case_id.eq(case))
        .filter(tasks::organisation_id.eq(from))
        .filter(tasks::kind.eq(TaskKind::Added))
        .filter(tasks::status.eq(TaskStatus::Open));
    let query = diesel::update(open).set((tasks::organisation_id.eq(to), tasks::assigned_to.eq(None::<UserId>)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Changes a task that somebody of the organisation added. A task of the process changes with the case.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, id: TaskId, expected_version: i64, change: F) -> Result<Task>
where
    F: FnOnce(AddedTask) -> Result<AddedTask>,
{
    let (_, keys) = cases::row_visible(tx, case)?;
    let before = find(tx, case, id)?;
    if before.row.kind != TaskKind::Added {
        return Err(Error::new(ErrorCode::Conflict).detail("This task follows from the case: it disappears when its reason does."));
    }
    if before.row.version != expected_version {
        return Err(ErrorCode::StaleVersion.into());
    }
    let AddedTask { note, due_on, assigned_to, status } = change(AddedTask {
        note: before.note.clone().unwrap_or_default(),
        due_on: before.row.due_on,
        assigned_to: before.row.assigned_to,
        status: before.row.status,
    })?;
    if assigned_to != before.row.assigned_to {
        check_assignee(tx, assigned_to)?;
    }
    let version = expected_version + 1;
    let sealed_note = Some(seal_detail(id.0, version, Compartment::Identity, &keys, &note)?);
    let row = TaskRow { due_on, assigned_to, status, version, updated_at: tx.now, sealed_note, ..before.row };
    save(tx, &row)?;
    tx.audit(case.0, Some(expected_version), Some(version));
    tx.touch(id.0);
    Ok(Task { row, note: Some(note) })
}

fn check_assignee(tx: &mut Tx<'_>, user: Option<UserId>) -> Result<()> {
    let Some(user) = user else { return Ok(()) };
    let refused = || Error::field("/assigned_to", "not_found", "no active user of your organisation with this id");
    users::is_active_colleague(tx, user)?.then_some(()).ok_or_else(refused)
}

/// One task of one's own organisation.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: TaskId) -> Result<Task> {
    found(list(tx, case)?.into_iter().find(|task| task.row.id == id))
}

/// The tasks of one's own organisation on a case, the first due first; those that are over at the end.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Task>> {
    let keys = cases::keys_or_not_found(tx, case)?;
    let query = tasks::table
        .filter(tasks::case_id.eq(case))
        .filter(tasks::organisation_id.eq(tx.actor.organisation_id()))
        .order((tasks::status.desc(), tasks::due_on, tasks::id))
        .select(tasks::all_columns);
    let rows: Vec<TaskRow> = on_backend!(tx.conn, |c| query.load(c))?;
    tx.disclose(case, keys.compartments());
    rows.into_iter().map(|row| opened(row, &keys)).collect()
}

fn opened(row: TaskRow, keys: &CompartmentKeys) -> Result<Task> {
    let sealed = row.sealed_note.as_ref();
    let note = sealed.map(|sealed| open_detail(row.id.0, row.version, Compartment::Identity, keys, sealed)).transpose()?.flatten();
    Ok(Task { row, note })
}

text_enum! {
    /// Whose tasks a worklist shows.
    pub enum WorklistOf {
        /// Those assigned to the caller.
        Me = "me",
        /// Those of the caller's organisation, whoever they are assigned to.
        MyOrganisation = "my_organisation",
        /// Those assigned to nobody.
        Nobody = "nobody",
    }
}

/// Which tasks a worklist shows.
#[derive(Clone, Copy)]
pub struct WorklistFilter {
    /// Whose.
    pub of: WorklistOf,
    /// Due within so many days.
    pub horizon_days: u32,
    /// Of this kind only.
    pub kind: Option<TaskKind>,
}

/// A line of a worklist.
pub struct WorklistItem {
    /// The task.
    pub task: Task,
    /// The case it is about.
    pub case: cases::CaseSummaryRow,
    /// The person's name, where the caller's grant opens it.
    pub name: Option<String>,
}

/// What is to be done: open tasks of the caller's organisation, the longest overdue first.
pub fn worklist(tx: &mut Tx<'_>, filter: &WorklistFilter, page: &PageRequest) -> Result<Page<WorklistItem>> {
    let list = format!("worklist {} {} {:?}", filter.of, filter.horizon_days, filter.kind);
    let position: Option<(NaiveDate, TaskId)> = page.position(tx, list.as_bytes())?;
    let rows = page_of(tx, filter, position, page.limit + 1)?;
    let page = page.page(tx, list.as_bytes(), rows, |row| (row.due_on, row.id))?;
    let ids: Vec<CaseId> = page.items.iter().map(|row| row.case_id).collect();
    let cases = cases::summaries(tx, &ids)?;
    let lines = page.items.into_iter().filter_map(|row| {
        let (case, name, keys) = cases.iter().find(|(case, ..)| case.id == row.case_id)?;
        Some(opened(row, keys).map(|task| WorklistItem { task, case: case.clone(), name: name.clone() }))
    });
    Ok(Page { items: lines.collect::<Result<_>>()?, next: page.next })
}

fn page_of(tx: &mut Tx<'_>, filter: &WorklistFilter, position: Option<(NaiveDate, TaskId)>, limit: i64) -> Result<Vec<TaskRow>> {
    let own = tx.actor.organisation_id();
    let user = tx.actor.user().map(|user| user.user_id);
    let due_until = tx.now.date().checked_add_days(Days::new(filter.horizon_days.into())).unwrap_or(NaiveDate::MAX);
    let kinds = filter.kind.map_or(TaskKind::ALL.to_vec(), |kind| vec![kind]);
    let (day, id) = position.unwrap_or((Timestamp::EPOCH.date(), TaskId(uuid::Uuid::nil())));
    let granted = diesel::dsl::exists(case_grants::table.filter(case_grants::case_id.eq(tasks::case_id)).filter(grants::live(own, tx.now)));
    let due = tasks::table
        .filter(tasks::organisation_id.eq(own))
        .filter(tasks::status.eq(TaskStatus::Open))
        .filter(tasks::due_on.le(due_until))
        .filter(tasks::due_on.ge(day))
        .filter(tasks::due_on.gt(day).or(tasks::id.gt(id)))
        .filter(tasks::kind.eq_any(kinds))
        .filter(granted)
        .order((tasks::due_on, tasks::id))
        .limit(limit)
        .select(tasks::all_columns);
    Ok(match filter.of {
        WorklistOf::MyOrganisation => on_backend!(tx.conn, |c| due.load(c)),
        WorklistOf::Me => {
            let mine = due.filter(tasks::assigned_to.eq(user));
            on_backend!(tx.conn, |c| mine.load(c))
        }
        WorklistOf::Nobody => {
            let unassigned = due.filter(tasks::assigned_to.is_null());
            on_backend!(tx.conn, |c| unassigned.load(c))
        }
    }?)
}

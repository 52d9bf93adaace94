//! The worklist: open tasks over all cases, most urgent first.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::task_row::TaskRow;
use crate::db::casefile::{assignees, grants, list};
use crate::db::engine::page::{Page, PageRequest, Place, Reading};
use crate::db::process::belonging;
use crate::db::repatriation::tasks as task_commands;
use crate::db::repatriation::tasks::{Task, WorklistOf};
use crate::db::schema::{case_grants, tasks};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, TaskId, UserId};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::domain::zones::Zone;
use crate::error::Result;

/// The filter of a worklist.
#[derive(Clone, Copy)]
pub struct WorklistFilter {
    pub of: WorklistOf,
    /// Days within which the tasks are due.
    pub horizon_days: u32,
    pub kind: Option<TaskKind>,
}

/// A line of a worklist.
pub struct WorklistItem {
    pub task: Task,
    pub case: list::CaseSummaryRow,
    /// The person's name, where the caller's grant opens it.
    pub name: Option<String>,
    /// Whether the assignee is away today.
    pub assignee_is_away: bool,
}

/// Open tasks of the caller's organisation, the longest overdue first.
pub fn worklist(tx: &mut Tx<'_>, filter: &WorklistFilter, page: &PageRequest) -> Result<Page<WorklistItem>> {
    let list = format!("worklist {} {} {:?}", filter.of, filter.horizon_days, filter.kind);
    let place: Place<(NaiveDate, TaskId), TaskId> = page.place(tx, list.as_bytes())?;
    let away = assignees::away(tx)?;
    let rows = page_of(tx, filter, &away, place, page.limit + 1)?;
    let reading = Reading {
        key_of: |row: &TaskRow| (row.due_on, row.id),
        changed_of: |row: &TaskRow| (row.updated_at, row.id),
        has_changed: |tx: &mut Tx<'_>, since: Timestamp| {
            Ok(!page_of(tx, filter, &away, Place::Changed { after: (since, None) }, 1)?.is_empty())
        },
    };
    let page = page.page_of_changing(tx, list.as_bytes(), place, rows, reading)?;
    let ids: Vec<CaseId> = page.items.iter().map(|row| row.case_id).collect();
    let cases = list::summaries(tx, &ids)?;
    let items = belonging::without_hidden(tx, page.items)?;
    let lines = items.into_iter().filter_map(|row| {
        let (case, name, keys) = cases.iter().find(|(case, ..)| case.id == row.case_id)?;
        let task = task_commands::shown(tx, row, keys).transpose()?;
        let is_away = |task: &Task| task.row.assigned_to.is_some_and(|assignee| away.contains(&assignee.user()));
        Some(task.map(|task| WorklistItem { assignee_is_away: is_away(&task), task, case: case.clone(), name: name.clone() }))
    });
    Ok(Page { items: lines.collect::<Result<_>>()?, next: page.next })
}

fn page_of(
    tx: &mut Tx<'_>,
    filter: &WorklistFilter,
    away: &[UserId],
    place: Place<(NaiveDate, TaskId), TaskId>,
    limit: i64,
) -> Result<Vec<TaskRow>> {
    let own = tx.actor.organisation_id();
    let user = tx.actor.user().map(|user| user.user_id);
    let due_until = tx.today().day().checked_add_days(Days::new(filter.horizon_days.into())).unwrap_or(NaiveDate::MAX);
    let granted = diesel::dsl::exists(case_grants::table.filter(case_grants::case_id.eq(tasks::case_id)).filter(grants::live(own, tx.now)));
    let due = tasks::table
        .filter(tasks::organisation_id.eq(own))
        .filter(tasks::status.eq(TaskStatus::Open))
        .filter(tasks::due_on.le(due_until))
        .filter(granted)
        .limit(limit)
        .select(tasks::all_columns)
        .into_boxed();
    // Only where it is asked for: an index gives them in the order of their days.
    let due = match filter.kind {
        Some(kind) => due.filter(tasks::kind.eq(kind)),
        None => due,
    };
    let of_whom = match filter.of {
        WorklistOf::MyOrganisation => due,
        WorklistOf::Me => due.filter(tasks::assigned_to.eq(user)),
        WorklistOf::Nobody => due.filter(tasks::assigned_to.is_null().or(tasks::assigned_to.assume_not_null().eq_any(away.to_vec()))),
    };
    let first = TaskId(uuid::Uuid::nil());
    let query = match place {
        Place::Ordered { after, .. } => {
            let (day, id) = after.unwrap_or((Zone::UTC.day_of(Timestamp::EPOCH), first));
            let beyond = tasks::due_on.gt(day).or(tasks::id.gt(id));
            of_whom.filter(tasks::due_on.ge(day)).filter(beyond).order((tasks::due_on, tasks::id))
        }
        Place::Changed { after: (at, id) } => {
            let beyond = tasks::updated_at.gt(at).or(tasks::id.gt(id.unwrap_or(first)));
            of_whom.filter(tasks::updated_at.ge(at)).filter(beyond).order((tasks::updated_at, tasks::id))
        }
    };
    Ok(query.load(tx.conn)?)
}

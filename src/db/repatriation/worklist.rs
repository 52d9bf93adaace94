//! The worklist: open tasks over all cases, most urgent first.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::{grants, list};
use crate::db::engine::page::{Page, PageRequest};
use crate::db::process::tasks::TaskRow;
use crate::db::repatriation::tasks as task_commands;
use crate::db::repatriation::tasks::{Task, WorklistOf};
use crate::db::schema::{case_grants, tasks};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, TaskId};
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
}

/// Open tasks of the caller's organisation, the longest overdue first.
pub fn worklist(tx: &mut Tx<'_>, filter: &WorklistFilter, page: &PageRequest) -> Result<Page<WorklistItem>> {
    let list = format!("worklist {} {} {:?}", filter.of, filter.horizon_days, filter.kind);
    let position: Option<(NaiveDate, TaskId)> = page.position(tx, list.as_bytes())?;
    let rows = page_of(tx, filter, position, page.limit + 1)?;
    let page = page.page(tx, list.as_bytes(), rows, |row| (row.due_on, row.id))?;
    let ids: Vec<CaseId> = page.items.iter().map(|row| row.case_id).collect();
    let cases = list::summaries(tx, &ids)?;
    let lines = page.items.into_iter().filter_map(|row| {
        let (case, name, keys) = cases.iter().find(|(case, ..)| case.id == row.case_id)?;
        let task = task_commands::shown(tx, row, keys).transpose()?;
        Some(task.map(|task| WorklistItem { task, case: case.clone(), name: name.clone() }))
    });
    Ok(Page { items: lines.collect::<Result<_>>()?, next: page.next })
}

fn page_of(tx: &mut Tx<'_>, filter: &WorklistFilter, position: Option<(NaiveDate, TaskId)>, limit: i64) -> Result<Vec<TaskRow>> {
    let own = tx.actor.organisation_id();
    let user = tx.actor.user().map(|user| user.user_id);
    let due_until = tx.today().day().checked_add_days(Days::new(filter.horizon_days.into())).unwrap_or(NaiveDate::MAX);
    let kinds = filter.kind.map_or(TaskKind::ALL.to_vec(), |kind| vec![kind]);
    let (day, id) = position.unwrap_or((Zone::UTC.day_of(Timestamp::EPOCH), TaskId(uuid::Uuid::nil())));
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
        WorklistOf::MyOrganisation => due.load(tx.conn),
        WorklistOf::Me => {
            let mine = due.filter(tasks::assigned_to.eq(user));
            mine.load(tx.conn)
        }
        WorklistOf::Nobody => {
            let unassigned = due.filter(tasks::assigned_to.is_null());
            unassigned.load(tx.conn)
        }
    }?)
}

//! The row of a task.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::assignees::Assignee;
use crate::db::casefile::row::CaseRow;
use crate::db::schema::tasks;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, RecordId, TaskId, UserId};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};

/// A task as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = tasks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct TaskRow {
    pub id: TaskId,
    pub case_id: CaseId,
    pub organisation_id: OrganisationId,
    pub kind: TaskKind,
    pub subject_id: RecordId,
    pub assigned_to: Option<Assignee>,
    pub due_on: NaiveDate,
    pub deadline: Option<NaiveDate>,
    pub guard: Option<String>,
    pub status: TaskStatus,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    pub(in crate::db) sealed_note: Option<Vec<u8>>,
    /// The case to which it was added, if that one was merged into this.
    pub(in crate::db) merged_from: Option<CaseId>,
    /// The user who had it and left, until somebody else has it: a handover finds it by this.
    pub(in crate::db) left_by: Option<UserId>,
}

impl TaskRow {
    /// An open task that the process gives the owner of a case, and that nobody does yet.
    pub(in crate::db) fn of_process(tx: &Tx<'_>, case: &CaseRow, kind: TaskKind, subject: RecordId, due_on: NaiveDate) -> Self {
        Self {
            id: TaskId::random(),
            case_id: case.id,
            organisation_id: case.owner_id,
            kind,
            subject_id: subject,
            assigned_to: None,
            due_on,
            deadline: None,
            guard: None,
            status: TaskStatus::Open,
            created_at: tx.now,
            created_by: None,
            updated_at: tx.now,
            version: 1,
            sealed_note: None,
            merged_from: None,
            left_by: None,
        }
    }
}

//! Tasks of a case, and the worklist: the officer's day.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::{CasePath, TaskPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::assignees::Assignee;
use crate::db::casefile::list::CaseSummaryRow;
use crate::db::casefile::task_row::TaskRow;
use crate::db::repatriation::tasks::{self, AddedTask, WorklistOf};
use crate::db::repatriation::worklist::{self, WorklistFilter, WorklistItem as Line};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, RecordId, TaskId, UserId};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::Guard;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::{Error, ErrorCode, Result};

/// Days that a worklist looks ahead at most.
const MAX_HORIZON: u32 = 90;

/// The one next action.
#[derive(Serialize, ToSchema)]
pub struct NextAction {
    /// A sentence for people.
    #[schema(max_length = 300, example = "Record when the person was informed of their consular rights.")]
    message: &'static str,
    /// The resource below the case where it is taken; `case` is the case itself.
    #[schema(max_length = 60, example = "embassy-contacts")]
    resource: &'static str,
    /// The field that would settle it, where there is one.
    #[schema(max_length = 60, example = "informed_of_rights_on")]
    field: Option<&'static str>,
}

impl NextAction {
    fn of(row: &TaskRow) -> Self {
        let guard = row.guard.as_deref().and_then(Guard::by_code).map(Guard::unmet);
        match guard.filter(|guard| !guard.resource.is_empty()) {
            Some(guard) => Self { message: guard.message, resource: guard.resource, field: Some(guard.field) },
            None => {
                let (message, resource) = row.kind.action();
                Self { message, resource, field: None }
            }
        }
    }
}

/// Something to be done about a case. What the process asks for goes away by itself when it is settled.
#[derive(Serialize, ToSchema)]
pub struct Task {
    /// Its id.
    id: TaskId,
    /// The case.
    case_id: CaseId,
    /// Why; `added`: somebody added it.
    kind: TaskKind,
    /// The record it is about; null for the case itself, and where your grant does not open the record.
    record_id: Option<RecordId>,
    /// Who is to do it; null: anybody of the organisation.
    assigned_to: Option<UserId>,
    /// When it should be done.
    #[schema(max_length = 10)]
    due_on: NaiveDate,
    /// When something is lost if it is not done.
    #[schema(max_length = 10)]
    deadline: Option<NaiveDate>,
    /// What to do.
    next_action: NextAction,
    /// What somebody added.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// How far it is; `settled`: its reason went away.
    status: TaskStatus,
    /// When it was made.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<tasks::Task> for Task {
    fn from(task: tasks::Task) -> Self {
        let tasks::Task { row, note } = task;
        let is_about_a_record =
            !matches!(row.kind, TaskKind::Added | TaskKind::AssigneeLeft | TaskKind::RelatedCase) && !row.subject_id.0.is_nil();
        Self {
            id: row.id,
            case_id: row.case_id,
            kind: row.kind,
            record_id: is_about_a_record.then_some(row.subject_id),
            assigned_to: row.assigned_to.map(Assignee::user),
            due_on: row.due_on,
            deadline: row.deadline,
            next_action: NextAction::of(&row),
            note,
            status: row.status,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// The tasks of your organisation on a case.
#[derive(Serialize, ToSchema)]
pub struct TaskList {
    /// What is open first, by the day it is due.
    #[schema(max_items = 1000)]
    items: Vec<Task>,
}

/// A task to be added.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTask {
    /// What is to be done.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
    /// By when.
    #[schema(max_length = 10)]
    due_on: NaiveDate,
    /// By which colleague; absent: anybody.
    assigned_to: Option<UserId>,
    /// How far it is; `open` if not stated.
    #[serde(default = "open", deserialize_with = "null_as_open")]
    #[schema(value_type = Option<TaskStatus>)]
    status: TaskStatus,
}

fn open() -> TaskStatus {
    TaskStatus::Open
}

/// Null says what an absent field says, in a new task as in a patch.
fn null_as_open<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<TaskStatus, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(open))
}

impl Input for CreateTask {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.refuse(self.status == TaskStatus::Settled, "/status", "set_by_system", "only tasks that the process created can be settled");
        let ends = self.status == TaskStatus::EndedWithCase;
        checks.refuse(ends, "/status", "set_by_system", "a task ends with the case when that is closed");
        checks.found()
    }
}

impl From<CreateTask> for AddedTask {
    fn from(task: CreateTask) -> Self {
        let CreateTask { note, due_on, assigned_to, status } = task;
        Self { note, due_on, assigned_to, status }
    }
}

impl From<AddedTask> for CreateTask {
    fn from(task: AddedTask) -> Self {
        let AddedTask { note, due_on, assigned_to, status } = task;
        Self { note, due_on, assigned_to, status }
    }
}

/// Which tasks, and which page of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorklistQuery {
    /// Whose: `me`, `my_organisation` (if not stated), `nobody`: what has no assignee, and what is assigned to somebody who is away
    /// today.
    of: Option<WorklistOf>,
    /// Days to look ahead; 0 (if not stated): what is due today or overdue.
    #[param(minimum = 0, maximum = 90)]
    horizon_days: Option<u32>,
    /// One kind only.
    kind: Option<TaskKind>,
    /// Items on a page; 50 if not stated.
    #[param(minimum = 1, maximum = 200)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// Cursor of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

/// A line of a worklist: a task, and the case it is about.
#[derive(Serialize, ToSchema)]
pub struct WorklistItem {
    /// The task.
    task: Task,
    /// Days since it was due; null where it is not overdue.
    #[schema(minimum = 1, maximum = 100_000)]
    days_overdue: Option<i64>,
    /// The code of the case.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// The person's name; null where your grant does not open it.
    #[schema(max_length = 1000)]
    name: Option<String>,
    /// Nationality: verified, else claimed.
    nationality: Option<Nationality>,
    /// Whether the person is a child.
    is_child: Option<bool>,
    /// Stage on the road home.
    stage: Stage,
    /// State beside the road.
    side_state: Option<SideState>,
    /// Whether the assignee is away today, so that the task waits for anybody.
    assignee_is_away: bool,
}

impl WorklistItem {
    fn of(line: Line, today: Today) -> Self {
        let nationality = line.case.nationality();
        let CaseSummaryRow { code, is_child, stage, side_state, .. } = line.case;
        let overdue = today.day().signed_duration_since(line.task.row.due_on).num_days();
        Self {
            task: Task::from(line.task),
            days_overdue: (overdue > 0).then_some(overdue),
            case_code: code,
            name: line.name,
            nationality,
            is_child,
            stage,
            side_state,
            assignee_is_away: line.assignee_is_away,
        }
    }
}

/// A page of a worklist.
#[derive(Serialize, ToSchema)]
pub struct WorklistPage {
    /// What is to be done, the longest overdue first.
    #[schema(max_items = 200)]
    items: Vec<WorklistItem>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

impl Rendered for OfCase<TaskId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let task = tasks::find(tx, self.case, self.id)?;
        respond::answer(format!("/v1/cases/{}/tasks/{}", self.case, self.id), etag(&task), &Task::from(task))
    }
}

/// The assignee may change without a new version, so the time of the change is in the ETag.
fn etag(task: &tasks::Task) -> String {
    let view = respond::etag(task.row.version, CompartmentSet::EMPTY);
    format!("{}-{}\"", view.trim_end_matches('"'), task.row.updated_at.micros())
}

/// The worklist: what is to be done today.
///
/// Open tasks of your organisation on cases that it may see, the longest overdue first, each with the one next action.
#[utoipa::path(
    tag = "tasks",
    params(WorklistQuery),
    responses((status = 200, body = WorklistPage, description = "A page"))
)]
#[get("/v1/worklist")]
pub async fn get_worklist(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<WorklistQuery>) -> Result<HttpResponse> {
    let WorklistQuery { of, horizon_days, kind, limit, after } = query.0;
    let horizon_days = horizon_days.unwrap_or(0);
    if horizon_days > MAX_HORIZON {
        return Err(Error::new(ErrorCode::InvalidQuery).at("horizon_days", "range", "must lie between 0 and 90"));
    }
    let filter = WorklistFilter { of: of.unwrap_or(WorklistOf::MyOrganisation), horizon_days, kind };
    let request = page_request(limit, after);
    let today = allowed.today();
    let page = allowed.read(move |tx| worklist::worklist(tx, &filter, &request)).await?.map(|line| WorklistItem::of(line, today));
    Ok(respond::page(&http, page.next.clone().as_deref(), &WorklistPage { items: page.items, next: page.next }))
}

/// List the tasks of a case.
///
/// Those of your own organisation.
#[utoipa::path(tag = "tasks", params(CasePath), responses((status = 200, body = TaskList, description = "The tasks")))]
#[get("/v1/cases/{id}/tasks")]
pub async fn list_tasks(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<TaskList>> {
    let tasks = allowed.read(move |tx| tasks::list(tx, id.0)).await?;
    Ok(web::Json(TaskList { items: tasks.into_iter().map(Task::from).collect() }))
}

/// Get a task.
#[utoipa::path(tag = "tasks", params(TaskPath), responses((status = 200, body = Task, description = "The task")))]
#[get("/v1/cases/{id}/tasks/{task_id}")]
pub async fn get_task(http: HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<TaskPath>) -> Result<HttpResponse> {
    let TaskPath { id: case, task_id: id } = path.0;
    let task = allowed.read(move |tx| tasks::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(&task), &Task::from(task)))
}

/// Add a task.
///
/// For your own organisation; no other sees it.
#[utoipa::path(
    tag = "tasks",
    params(CasePath),
    request_body = CreateTask,
    responses((status = 201, body = Task, description = "Added"))
)]
#[post("/v1/cases/{id}/tasks")]
pub async fn create_task(allowed: Allowed<may::CaseUpdate>, id: Path<CaseId>, body: CreateBody<CreateTask>) -> Result<HttpResponse> {
    let new = AddedTask::from(body.input);
    allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: tasks::insert(tx, id.0, &new)?.row.id })).await
}

/// Change a task that a colleague added, or tick it off.
///
/// A merge patch (RFC 7396) with `If-Match`. What the process asks for cannot be ticked off: it goes away when its reason
/// does.
#[utoipa::path(
    tag = "tasks",
    params(TaskPath, IfMatch),
    request_body(content = ref("#/components/schemas/UpdateTask"), content_type = "application/merge-patch+json"),
    responses((status = 200, body = Task, description = "Changed"))
)]
#[patch("/v1/cases/{id}/tasks/{task_id}")]
pub async fn update_task(
    allowed: Allowed<may::CaseUpdate>,
    path: Path<TaskPath>,
    if_match: IfMatch,
    patch: Patch<CreateTask>,
) -> Result<HttpResponse> {
    let TaskPath { id: case, task_id: id } = path.0;
    let change = move |before: AddedTask| patch.apply(&CreateTask::from(before)).map(AddedTask::from);
    let task = allowed.write(move |tx| tasks::update(tx, case, id, if_match.expected(), &change)).await?;
    Ok(respond::changed(etag(&task), &Task::from(task)))
}

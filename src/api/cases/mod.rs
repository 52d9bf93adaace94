//! Cases: the person, what happened, and what comes next.

pub(in crate::api) mod attachments;
pub mod batch;
mod file;
mod history;
pub(crate) mod import_report;
pub(crate) mod imported;
mod input;
pub mod list;
mod location;
pub(in crate::api) mod relations;
pub(in crate::api) mod stays;
pub(in crate::api) mod summary;

pub use file::CaseFile;
pub use history::list_case_history;
pub use input::{CreateCase, UpdateCase};
pub use list::list_cases;
pub use location::get_case_location;

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Json, Patch, Path};
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::open::{self, OpenCase};
use crate::db::cases::change::{self, Closing};
use crate::db::cases::register;
use crate::domain::codes::ClosureReason;
use crate::domain::ids::{CaseId, UserId};
use crate::domain::text::lines;
use crate::error::Result;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(list_cases);
    api.service(create_case).service(batch::create_cases);
    api.service(get_case);
    api.service(update_case);
    api.service(list_case_history);
    api.service(get_case_location);
    api.service(close_case);
    api.service(reopen_case);
    api.service(assign_case);
    api.service(stays::list_stays).service(stays::get_stay).service(stays::create_stay).service(stays::update_stay);
    api.service(stays::delete_stay);
    api.service(relations::list_relations).service(relations::get_relation).service(relations::create_relation);
    api.service(relations::update_relation).service(relations::delete_relation);
    api.service(attachments::list_attachments)
        .service(attachments::get_attachment)
        .service(attachments::create_attachment)
        .service(attachments::delete_attachment);
    api.service(attachments::put_attachment_content).service(attachments::get_attachment_content);
}

/// Why a case is closed.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CloseCase {
    /// The reason. One that names how the way ended must agree with the stage or the side state.
    reason: ClosureReason,
    /// Whether the open tasks that your organisation added end with the case. Without it, a case with open tasks or with a
    /// death that no mission was told of is not closed.
    end_tasks: Option<bool>,
    /// Whether a child who belongs to the person, and whose case is open, stays behind. Without it the case of a parent or guardian is not
    /// closed before the child's.
    leaves_child: Option<bool>,
}
impl Input for CloseCase {}

/// Why a closed case goes on.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReopenCase {
    /// Why, in words.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "She called: she is still in the country")]
    reason: String,
}
impl Input for ReopenCase {}

/// Whom a case is assigned to.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AssignCase {
    /// An active user of the organisation that owns the case; null for nobody.
    #[schema(required = true)]
    assigned_to: Option<UserId>,
}
impl Input for AssignCase {}

fn etag(case: &OpenCase) -> String {
    respond::etag(case.row.version, case.granted())
}

fn changed(case: OpenCase) -> HttpResponse {
    respond::changed(etag(&case), &CaseFile::from(case))
}

impl Rendered for CaseId {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let case = open::show(tx, *self)?;
        respond::answer(format!("/v1/cases/{self}"), etag(&case), &CaseFile::from(case))
    }
}

/// Register a person.
///
/// A new person, or with `person_id` a new episode of somebody whom your organisation registered before. Nobody is
/// contacted. A walk-in at a mission is itself the request to that mission. A newborn is registered with `child_of`, which links it with
/// its mother or father as `POST /v1/cases/{id}/relations` does, and may have no name until one is patched in; a birth date it has.
#[utoipa::path(
    tag = "cases",
    request_body = CreateCase,
    responses((status = 201, body = CaseFile, description = "Registered"))
)]
#[post("/v1/cases")]
pub async fn create_case(allowed: Allowed<may::CaseRegister>, body: CreateBody<CreateCase>) -> Result<HttpResponse> {
    let new = body.input.into_new_case();
    allowed.create(body.key, move |tx| Ok(register::insert(tx, &new)?.row.id)).await
}

/// Get a case.
///
/// What your organisation's grant does not open is absent and listed in `redacted`; so is the location, unless you proved who
/// you are at most five minutes ago (`GET /v1/cases/{id}/location` asks for that). The disclosure is in the audit trail
/// before the answer leaves. A case you may not see is a case that does not exist.
#[utoipa::path(tag = "cases", params(CasePath), responses((status = 200, body = CaseFile, description = "The case")))]
#[get("/v1/cases/{id}")]
pub async fn get_case(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<HttpResponse> {
    let case = allowed.read(move |tx| open::show(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&case), &CaseFile::from(case)))
}

/// Change a case.
///
/// A merge patch (RFC 7396) with `If-Match`: absent fields stay, null clears, lists are replaced. A part of the case that
/// your grant does not open cannot be changed, and a location only within five minutes after you proved who you are. Recorded
/// in the history of the case.
#[utoipa::path(
    tag = "cases",
    params(CasePath, IfMatch),
    request_body(content = UpdateCase, content_type = "application/merge-patch+json"),
    responses((status = 200, body = CaseFile, description = "Changed"))
)]
#[patch("/v1/cases/{id}")]
pub async fn update_case(
    allowed: Allowed<may::CaseUpdate>,
    id: Path<CaseId>,
    if_match: IfMatch,
    patch: Patch<UpdateCase>,
) -> Result<HttpResponse> {
    let case = allowed
        .write(move |tx| {
            change::change_as_owner(tx, id.0, if_match.expected(), |tx, case| {
                input::refuse_closed_compartments(tx, &patch, case)?;
                let changed = patch.apply(&UpdateCase::from(&*case))?;
                changed.refuse_unnamed(case)?;
                changed.refuse_early_end(tx, case)?;
                changed.put_into(case);
                Ok(())
            })
        })
        .await?;
    Ok(changed(case))
}

/// Close a case.
///
/// With `If-Match`. A closed case stays readable and can be reopened. A reason that names how the way ended (`deceased`, `repatriated` …)
/// agrees with where the case stands, or 409 `closure_disagrees` names the step to take. The tasks that users added end with the case
/// (`ended_with_case`); while your organisation has open ones, say so with `end_tasks`, or 409 `open_tasks`; and while a child
/// who belongs to the person and whose case you see stays behind, with `leaves_child`, or 409 `child_remains`. Recorded in the history of
/// the case.
#[utoipa::path(
    tag = "cases",
    params(CasePath, IfMatch),
    request_body = CloseCase,
    responses((status = 200, body = CaseFile, description = "Closed"))
)]
#[post("/v1/cases/{id}/close")]
pub async fn close_case(
    allowed: Allowed<may::CaseClose>,
    id: Path<CaseId>,
    if_match: IfMatch,
    body: Json<CloseCase>,
) -> Result<HttpResponse> {
    let CloseCase { reason, end_tasks, leaves_child } = body.0;
    let closing = Closing { reason, end_tasks: end_tasks.unwrap_or(false), leaves_child: leaves_child.unwrap_or(false) };
    Ok(changed(allowed.write(move |tx| change::close(tx, id.0, if_match.expected(), closing)).await?))
}

/// Reopen a case.
///
/// With `If-Match`, and the reason. It stands where it stood, and the tasks that ended with it are open again. An end that was entered by
/// mistake is taken back after that, with the transition `resume`. Recorded in the history of the case.
#[utoipa::path(
    tag = "cases",
    params(CasePath, IfMatch),
    request_body = ReopenCase,
    responses((status = 200, body = CaseFile, description = "Open again"))
)]
#[post("/v1/cases/{id}/reopen")]
pub async fn reopen_case(
    allowed: Allowed<may::CaseClose>,
    id: Path<CaseId>,
    if_match: IfMatch,
    body: Json<ReopenCase>,
) -> Result<HttpResponse> {
    let reason = body.0.reason;
    Ok(changed(allowed.write(move |tx| change::reopen(tx, id.0, if_match.expected(), &reason)).await?))
}

/// Assign a case.
///
/// With `If-Match`; to an active user of the organisation that owns the case, or to nobody. Recorded in the history of the
/// case.
#[utoipa::path(
    tag = "cases",
    params(CasePath, IfMatch),
    request_body = AssignCase,
    responses((status = 200, body = CaseFile, description = "Assigned"))
)]
#[post("/v1/cases/{id}/assign")]
pub async fn assign_case(
    allowed: Allowed<may::CaseAssign>,
    id: Path<CaseId>,
    if_match: IfMatch,
    body: Json<AssignCase>,
) -> Result<HttpResponse> {
    let assignee = body.0.assigned_to;
    Ok(changed(allowed.write(move |tx| change::assign(tx, id.0, if_match.expected(), assignee)).await?))
}

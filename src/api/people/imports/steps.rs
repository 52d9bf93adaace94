//! The steps of a list, each with the ETag of what the caller saw of it.

use actix_web::{HttpResponse, post, put};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Json, Path};
use crate::api::http::path_params::ImportPath;
use crate::api::http::respond;
use crate::api::people::imports::shown::{Import, accepted, etag};
use crate::db::people::imports::record::Import as Listed;
use crate::db::people::imports::steps;
use crate::domain::ids::ImportId;
use crate::domain::imports::mapping::Mapping;
use crate::domain::imports::state::RowDecision;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

impl Input for Mapping {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/defaults/listed_on", self.defaults.listed_on);
        checks.found()
    }
}

/// How a list is committed.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CommitImport {
    /// What is decided about all rows that still wait: `skip` or `new`. Without it, a list with rows that wait is not committed; `new` says
    /// nothing of rows that are `asked`.
    undecided: Option<RowDecision>,
}

impl Input for CommitImport {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_for_one = self.undecided == Some(RowDecision::Existing);
        checks.refuse(is_for_one, "/undecided", "not_for_all", "must be skip or new: who is on a case is decided row by row");
        checks.found()
    }
}

fn changed(import: Listed) -> HttpResponse {
    respond::changed(etag(&import), &Import::from(import))
}

/// Say what each column is.
///
/// `columns` of the list with your corrections, and what holds for everybody. What was validated by another mapping, and decided, is dropped.
#[utoipa::path(
    tag = "imports",
    params(ImportPath, IfMatch),
    request_body = Mapping,
    responses((status = 200, body = Import, description = "Mapped"))
)]
#[put("/v1/imports/{id}/mapping")]
pub async fn put_import_mapping(
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    id: Path<ImportId>,
    if_match: IfMatch,
    body: Json<Mapping>,
) -> Result<HttpResponse> {
    let mapping = body.0;
    Ok(changed(allowed.write(move |tx| steps::map(tx, id.0, if_match.expected(), &mapping)).await?))
}

/// Validate a list.
///
/// Every row is checked as `POST /v1/cases` checks a person, and compared with the rows before it and with the cases whose identity you
/// read. Nobody is registered. The work goes on beside the request: read the list until it is `validated`.
#[utoipa::path(
    tag = "imports",
    params(ImportPath, IfMatch),
    responses((status = 202, body = Import, description = "Begun"))
)]
#[post("/v1/imports/{id}/validate")]
pub async fn validate_import(
    allowed: Allowed<may::TakesSpace<may::ByPerson<may::CaseRegister>>>,
    id: Path<ImportId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    Ok(accepted(allowed.write(move |tx| steps::validate(tx, id.0, if_match.expected())).await?))
}

/// Commit a list.
///
/// Registers the rows that can be, each as `POST /v1/cases` would, in your name. 409 `decisions_missing` while rows wait, also those that
/// are `asked`. Whoever was registered since the validation is found again, and such a row waits: the list is `validated` then, and committed
/// again. A row is never registered twice: whom you registered from a row that says the same is known for seven days, and such a row waits, too, unless `new` was
/// decided about it.
#[utoipa::path(
    tag = "imports",
    params(ImportPath, IfMatch),
    request_body = CommitImport,
    responses((status = 202, body = Import, description = "Begun"))
)]
#[post("/v1/imports/{id}/commit")]
pub async fn commit_import(
    allowed: Allowed<may::TakesSpace<may::ByPerson<may::CaseRegister>>>,
    id: Path<ImportId>,
    if_match: IfMatch,
    body: Json<CommitImport>,
) -> Result<HttpResponse> {
    let undecided = body.0.undecided;
    Ok(accepted(allowed.write(move |tx| steps::commit(tx, id.0, if_match.expected(), undecided)).await?))
}

/// Cancel a list.
///
/// Until it is committed, also while it is worked on. Whoever was registered before stays registered, and can be taken back.
#[utoipa::path(
    tag = "imports",
    params(ImportPath, IfMatch),
    responses((status = 200, body = Import, description = "Cancelled"))
)]
#[post("/v1/imports/{id}/cancel")]
pub async fn cancel_import(
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    id: Path<ImportId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    Ok(changed(allowed.write(move |tx| steps::cancel(tx, id.0, if_match.expected())).await?))
}

/// Take back what a list made.
///
/// Within 24 hours after the first of it were registered. Each case that this list made and nobody worked on is closed as
/// `registered_in_error`, in your name and as you may close it; of the others the rows say why not.
#[utoipa::path(
    tag = "imports",
    params(ImportPath, IfMatch),
    responses((status = 202, body = Import, description = "Begun"))
)]
#[post("/v1/imports/{id}/undo")]
pub async fn undo_import(allowed: Allowed<may::ByPerson<may::CaseClose>>, id: Path<ImportId>, if_match: IfMatch) -> Result<HttpResponse> {
    Ok(accepted(allowed.write(move |tx| steps::undo(tx, id.0, if_match.expected())).await?))
}

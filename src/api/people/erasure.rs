//! Erasing a person.

use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Input, Json, Path};
use crate::api::http::path_params::CasePath;
use crate::db::people::erasure;
use crate::domain::accounts::approval::ErasureParameters;
use crate::domain::ids::{ApprovalId, CaseId};
use crate::error::Result;

/// What a person is erased with.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ErasePerson {
    /// The approval of a second person.
    approval_id: Option<ApprovalId>,
    /// Whether the person asked for it: exactly as it was approved.
    requested_by_person: bool,
}
impl Input for ErasePerson {}

/// Erase a person.
///
/// With a second person's approval. Every copy of the person's key is destroyed, and whatever was sealed under it is deleted,
/// in every case of the person; there is no way back. What stays says where, when, which nationality and how far, and the
/// audit trail keeps its ids; the case then answers 404 to everybody. Refused (409 `erasure_refused`) while a legal hold is on
/// record, while the person is on the way home unless they asked for it, and where another organisation owns a case of theirs.
/// Only by the owner of the case.
#[utoipa::path(
    tag = "two persons",
    params(CasePath),
    request_body = ErasePerson,
    responses((status = 204, description = "Erased"))
)]
#[post("/v1/cases/{id}/erasure")]
pub async fn erase_person(
    allowed: Allowed<may::Fresh<may::PersonErase>>,
    id: Path<CaseId>,
    body: Json<ErasePerson>,
) -> Result<HttpResponse> {
    let ErasePerson { approval_id, requested_by_person } = body.0;
    let parameters = ErasureParameters { case_id: id.0, requested_by_person };
    let erased = allowed.write(move |tx| erasure::erase(tx, approval_id, &parameters)).await;
    void_if_misused(&allowed, approval_id, &erased).await?;
    erased?;
    Ok(HttpResponse::NoContent().finish())
}

//! Cases that an organisation took over from a mission: opening them, and giving back what was taken by mistake.

use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Input, Json, Path};
use crate::api::http::path_params::CasePath;
use crate::db::sharing::{pathway_undo, takeovers};
use crate::domain::ids::{ApprovalId, CaseId};
use crate::error::Result;

/// With what a case is opened whole.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenTakeover {
    /// The approval of a second person.
    approval_id: Option<ApprovalId>,
}
impl Input for OpenTakeover {}

/// Open a case whole that your organisation took over.
///
/// When the protection pathway or "never my embassy" shuts a mission out of a case that it owns, the coordination desk becomes
/// responsible for it and opens what it opened before. Two people of it answer for opening the rest, within a day. Only by the owner of
/// the case, with a second person's approval.
#[utoipa::path(
    tag = "two persons",
    params(CasePath),
    request_body = OpenTakeover,
    responses((status = 204, description = "Opened"))
)]
#[post("/v1/cases/{id}/takeover")]
pub async fn open_takeover(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<CaseId>,
    body: Json<OpenTakeover>,
) -> Result<HttpResponse> {
    let approval = body.0.approval_id;
    let opened = allowed.write(move |tx| takeovers::open_whole(tx, id.0, approval).map(drop)).await;
    void_if_misused(&allowed, approval, &opened).await?;
    opened?;
    Ok(HttpResponse::NoContent().finish())
}

/// With what a protection pathway is taken back.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UndoProtectionPathway {
    /// The approval of a second person.
    approval_id: Option<ApprovalId>,
}
impl Input for UndoProtectionPathway {}

/// Take a protection pathway back that was wrong.
///
/// The case stands again where it stood. The missions that the pathway shut out get back what they held, and no more: a case of theirs, if
/// nobody else owns it by now, and the contact, if the person still agrees. A denial that the person gave meanwhile stays, and so
/// does what else bars missions: 409 then, and also where a location or protection notes were written since that a mission would read. The
/// missions, the others who see the case and those who answer for data protection are told. Only by the owner of the case, with a second
/// person's approval of exactly this pathway (`pathway_undo`).
#[utoipa::path(
    tag = "two persons",
    params(CasePath),
    request_body = UndoProtectionPathway,
    responses((status = 204, description = "Taken back"))
)]
#[post("/v1/cases/{id}/protection-pathway/undo")]
pub async fn undo_protection_pathway(
    allowed: Allowed<may::Fresh<may::ApprovalDecide>>,
    id: Path<CaseId>,
    body: Json<UndoProtectionPathway>,
) -> Result<HttpResponse> {
    let approval = body.0.approval_id;
    let undone = allowed.write(move |tx| pathway_undo::undo(tx, id.0, approval)).await;
    void_if_misused(&allowed, approval, &undone).await?;
    undone?;
    Ok(HttpResponse::NoContent().finish())
}

//! Standing with the immigration authority, and the overstay fine that follows from it. One of each case.

use actix_web::{HttpRequest, HttpResponse, get, patch};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Patch, Path};
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::db::repatriation::immigration_clearance::{self, Clearance};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::fines::Fine;
use crate::domain::repatriation::records::ImmigrationClearance;
use crate::error::Result;

/// Standing with the immigration authority. Nothing is known while `version` is 0.
#[derive(Serialize, ToSchema)]
#[schema(as = ImmigrationClearance)]
pub struct ImmigrationClearanceRecord {
    /// The case.
    case_id: CaseId,
    #[serde(flatten)]
    content: ImmigrationClearance,
    /// The overstay fine as it stands today: the days counted, at the host country's rates, less what is waived, paid and settled.
    fine: Fine,
    /// When it was last changed; null while nothing is recorded.
    updated_at: Option<Timestamp>,
    /// As in the ETag.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<Clearance> for ImmigrationClearanceRecord {
    fn from(clearance: Clearance) -> Self {
        let Clearance { case_id, content, fine, updated_at, version } = clearance;
        Self { case_id, content, fine, updated_at, version }
    }
}

/// The fine changes from day to day and with every waiver and payment: the digest of the answer in the ETag changes with it.
fn etag(clearance: &Clearance) -> String {
    respond::etag(clearance.version, CompartmentSet::EMPTY.with(Compartment::Identity))
}

/// Get the standing with the immigration authority, and the fine.
///
/// Only with a grant that opens the identity.
#[utoipa::path(
    tag = "immigration",
    params(CasePath),
    responses((status = 200, body = ImmigrationClearanceRecord, description = "The standing"))
)]
#[get("/v1/cases/{id}/immigration-clearance")]
pub async fn get_immigration_clearance(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<HttpResponse> {
    let clearance = allowed.read(move |tx| immigration_clearance::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&clearance), &ImmigrationClearanceRecord::from(clearance)))
}

/// Change the standing with the immigration authority.
///
/// A merge patch (RFC 7396) with `If-Match`, also for the first time. Only with a grant that opens the identity. Makes a new
/// version of the case, recorded in its history.
#[utoipa::path(
    tag = "immigration",
    params(CasePath, IfMatch),
    request_body(
        content = ref("#/components/schemas/UpdateImmigrationClearance"),
        content_type = "application/merge-patch+json"
    ),
    responses((status = 200, body = ImmigrationClearanceRecord, description = "Changed"))
)]
#[patch("/v1/cases/{id}/immigration-clearance")]
pub async fn update_immigration_clearance(
    allowed: Allowed<may::CaseUpdate>,
    id: Path<CaseId>,
    if_match: IfMatch,
    patch: Patch<ImmigrationClearance>,
) -> Result<HttpResponse> {
    let change = move |before: ImmigrationClearance| patch.apply(&before);
    let clearance = allowed.write(move |tx| immigration_clearance::update(tx, id.0, if_match.expected(), &change)).await?;
    Ok(respond::changed(etag(&clearance), &ImmigrationClearanceRecord::from(clearance)))
}

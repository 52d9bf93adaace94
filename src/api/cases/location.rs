//! Where a person is, for whoever just proved who they are.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Path;
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::db::cases::location;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::contents::Location;
use crate::domain::ids::CaseId;
use crate::error::Result;

/// Where the person of a case is.
#[derive(Serialize, ToSchema)]
pub struct CaseLocation {
    /// The case.
    case_id: CaseId,
    /// Where the person is; absent when redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    location: Option<Location>,
    /// The location, if your organisation's grant does not open it.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
    /// The version of the case, as in its ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// Get where a person is.
///
/// The one part of a case that a session opens only within five minutes after its user proved who they are; elsewhere it is
/// redacted until then.
#[utoipa::path(
    tag = "cases",
    params(CasePath),
    responses((status = 200, body = CaseLocation, description = "Where the person is"))
)]
#[get("/v1/cases/{id}/location")]
pub async fn get_case_location(http: HttpRequest, allowed: Allowed<may::Fresh<may::CaseRead>>, id: Path<CaseId>) -> Result<HttpResponse> {
    let case_id = id.0;
    let found = allowed.read(move |tx| location::find(tx, case_id)).await?;
    let location_alone = CompartmentSet::EMPTY.with(Compartment::Location);
    let (view, redacted) = match found.location {
        Some(_) => (location_alone, Vec::new()),
        None => (CompartmentSet::EMPTY, vec![Compartment::Location]),
    };
    let body = CaseLocation { case_id, location: found.location, redacted, version: found.version };
    Ok(respond::found(&http, respond::etag(found.version, view), &body))
}

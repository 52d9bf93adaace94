//! Stays: the compounds a person was held in, one after another.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path};
use crate::api::http::path_params::{CasePath, StayPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::cases::stays::{self, StayDetails};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{ExitMode, StayEntry};
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{CaseId, CompoundId, StayId};
use crate::domain::text::lines;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::Result;

/// A period in a compound. A person sold on has several.
#[derive(Serialize, ToSchema)]
pub struct Stay {
    /// Its id.
    id: StayId,
    /// The case.
    case_id: CaseId,
    /// The compound, where known.
    compound_id: Option<CompoundId>,
    /// From when, as far as known.
    entered_on: Option<PartialDate>,
    /// How the person came in.
    entry: StayEntry,
    /// Until when, as far as known.
    left_on: Option<PartialDate>,
    /// How the person left.
    exit_mode: Option<ExitMode>,
    /// Anything else.
    #[schema(max_length = 4000)]
    notes: Option<String>,
    /// When it was recorded.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// The stays of a case.
#[derive(Serialize, ToSchema)]
pub struct StayList {
    /// The stays, in the order they were recorded; absent where your grant does not open the narrative.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 1000, nullable = false)]
    items: Option<Vec<Stay>>,
    /// The compartment that `items` is absent for.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
}

/// What a stay is recorded with.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateStay {
    /// The compound, where known.
    compound_id: Option<CompoundId>,
    /// From when, as far as known.
    entered_on: Option<PartialDate>,
    /// How the person came in.
    entry: StayEntry,
    /// Until when, as far as known.
    left_on: Option<PartialDate>,
    /// How the person left.
    exit_mode: Option<ExitMode>,
    /// Anything else.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    notes: Option<String>,
}

impl Input for CreateStay {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut found = Vec::new();
        if matches!((self.entered_on, self.left_on), (Some(entered), Some(left)) if left.latest() < entered.earliest()) {
            found.push(Violation::new("/left_on", "out_of_order", "must not lie before entered_on"));
        }
        for (pointer, date) in [("/entered_on", self.entered_on), ("/left_on", self.left_on)] {
            if date.is_some_and(|date| date.earliest() > today) {
                found.push(Violation::new(pointer, "date_in_future", "must not lie in the future"));
            }
        }
        found
    }
}

impl CreateStay {
    fn into_parts(self) -> (Option<CompoundId>, StayDetails) {
        let Self { compound_id, entered_on, entry, left_on, exit_mode, notes } = self;
        (compound_id, StayDetails { entered_on, entry, left_on, exit_mode, notes })
    }
}

impl From<&stays::Stay> for CreateStay {
    fn from(stay: &stays::Stay) -> Self {
        let StayDetails { entered_on, entry, left_on, exit_mode, notes } = stay.details.clone();
        Self { compound_id: stay.compound_id, entered_on, entry, left_on, exit_mode, notes }
    }
}

impl From<stays::Stay> for Stay {
    fn from(stay: stays::Stay) -> Self {
        let stays::Stay { id, case_id, compound_id, created_at, updated_at, version, details } = stay;
        let StayDetails { entered_on, entry, left_on, exit_mode, notes } = details;
        Self { id, case_id, compound_id, entered_on, entry, left_on, exit_mode, notes, created_at, updated_at, version }
    }
}

fn etag(version: i64) -> String {
    respond::etag(version, CompartmentSet::EMPTY.with(Compartment::Narrative))
}

impl Rendered for OfCase<StayId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let stay = stays::find(tx, self.case, self.id)?;
        respond::answer(format!("/v1/cases/{}/stays/{}", self.case, self.id), etag(stay.version), &Stay::from(stay))
    }
}

/// List the stays of a case.
///
/// Stays are part of the narrative (class D).
#[utoipa::path(tag = "stays", params(CasePath), responses((status = 200, body = StayList, description = "The stays")))]
#[get("/v1/cases/{id}/stays")]
pub async fn list_stays(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<StayList>> {
    let stays = allowed.read(move |tx| stays::list(tx, id.0)).await?;
    let redacted = if stays.is_none() { vec![Compartment::Narrative] } else { Vec::new() };
    Ok(web::Json(StayList { items: stays.map(|stays| stays.into_iter().map(Stay::from).collect()), redacted }))
}

/// Get a stay.
#[utoipa::path(tag = "stays", params(StayPath), responses((status = 200, body = Stay, description = "The stay")))]
#[get("/v1/cases/{id}/stays/{stay_id}")]
pub async fn get_stay(http: HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<StayPath>) -> Result<HttpResponse> {
    let StayPath { id: case, stay_id: id } = path.0;
    let stay = allowed.read(move |tx| stays::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(stay.version), &Stay::from(stay)))
}

/// Add a stay.
///
/// Only with a grant that opens the narrative.
#[utoipa::path(
    tag = "stays",
    params(CasePath),
    request_body = CreateStay,
    responses((status = 201, body = Stay, description = "Added"))
)]
#[post("/v1/cases/{id}/stays")]
pub async fn create_stay(allowed: Allowed<may::CaseUpdate>, id: Path<CaseId>, body: CreateBody<CreateStay>) -> Result<HttpResponse> {
    let (compound_id, details) = body.input.into_parts();
    allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: stays::insert(tx, id.0, compound_id, &details)?.id })).await
}

/// Change a stay.
///
/// A merge patch (RFC 7396) with `If-Match`. Only with a grant that opens the narrative.
#[utoipa::path(
    tag = "stays",
    params(StayPath, IfMatch),
    request_body(content = ref("#/components/schemas/UpdateStay"), content_type = "application/merge-patch+json"),
    responses((status = 200, body = Stay, description = "Changed"))
)]
#[patch("/v1/cases/{id}/stays/{stay_id}")]
pub async fn update_stay(
    allowed: Allowed<may::CaseUpdate>,
    path: Path<StayPath>,
    if_match: IfMatch,
    patch: Patch<CreateStay>,
) -> Result<HttpResponse> {
    let StayPath { id: case, stay_id: id } = path.0;
    let stay = allowed
        .write(move |tx| {
            stays::update(tx, case, id, if_match.expected(), |stay| {
                (stay.compound_id, stay.details) = patch.apply(&CreateStay::from(&*stay))?.into_parts();
                Ok(())
            })
        })
        .await?;
    Ok(respond::changed(etag(stay.version), &Stay::from(stay)))
}

/// Remove a stay that was recorded in error.
///
/// With `If-Match`. Only with a grant that opens the narrative.
#[utoipa::path(tag = "stays", params(StayPath, IfMatch), responses((status = 204, description = "Removed")))]
#[delete("/v1/cases/{id}/stays/{stay_id}")]
pub async fn delete_stay(allowed: Allowed<may::CaseUpdate>, path: Path<StayPath>, if_match: IfMatch) -> Result<HttpResponse> {
    let StayPath { id: case, stay_id: id } = path.0;
    allowed.write(move |tx| stays::delete(tx, case, id, if_match.expected())).await?;
    Ok(HttpResponse::NoContent().finish())
}

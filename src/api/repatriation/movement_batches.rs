//! Batches: a charter, bus or convoy, and who is on board.

mod boarding;
mod manifest;
mod passengers;
mod steps;

pub use boarding::*;
pub use manifest::*;
pub use passengers::*;
pub use steps::*;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::{MovementBatchPath, PassengerPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::repatriation::movement_batches::{self, Batch};
use crate::domain::dates::Timestamp;
use crate::domain::ids::MovementBatchId;
use crate::domain::repatriation::movement_batch::MovementBatch;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::Result;

/// A batch: everything that is the same for all on board. Who is on board says its manifest.
#[derive(Serialize, ToSchema)]
#[schema(as = MovementBatch, description = "A batch: everything that is the same for all on board. Who is on board says its manifest.")]
pub struct BatchAnswer {
    /// Its id.
    id: MovementBatchId,
    #[serde(flatten)]
    content: MovementBatch,
    /// How many people are on board, of those whom you may see.
    #[schema(minimum = 0, maximum = 1000, format = Int32)]
    on_board: i64,
    /// When it was made.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<Batch> for BatchAnswer {
    fn from(batch: Batch) -> Self {
        let Batch { id, created_at, updated_at, version, content, on_board, .. } = batch;
        Self { id, content, on_board, created_at, updated_at, version }
    }
}

impl Input for MovementBatch {
    fn violations(&self, today: Today) -> Vec<Violation> {
        Self::violations(self, today)
    }
}

/// A page of batches.
#[derive(Serialize, ToSchema)]
pub struct MovementBatchPage {
    /// The batches, the newest departure first.
    #[schema(max_items = 200)]
    items: Vec<BatchAnswer>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// How many are on board changes with what the caller may see, too.
fn etag(batch: &Batch) -> String {
    format!("\"{}-n{}\"", batch.version, batch.on_board)
}

impl Rendered for Apart<MovementBatchId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let batch = movement_batches::find(tx, self.0)?;
        respond::answer(format!("/v1/movements/batches/{}", self.0), etag(&batch), &BatchAnswer::from(batch))
    }
}

/// List the batches of your organisation.
///
/// The newest departure first.
#[utoipa::path(
    tag = "movements",
    params(PageQuery),
    responses((status = 200, body = MovementBatchPage, description = "A page"))
)]
#[get("/v1/movements/batches")]
pub async fn list_movement_batches(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| movement_batches::list(tx, &page)).await?.map(BatchAnswer::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &MovementBatchPage { items: page.items, next: page.next }))
}

/// Get a batch.
///
/// Only your own organisation's.
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath),
    responses((status = 200, body = BatchAnswer, description = "The batch"))
)]
#[get("/v1/movements/batches/{id}")]
pub async fn get_movement_batch(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<MovementBatchId>) -> Result<HttpResponse> {
    let batch = allowed.read(move |tx| movement_batches::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&batch), &BatchAnswer::from(batch)))
}

/// Make a batch.
///
/// A charter, bus or convoy of your organisation, with nobody on board yet.
#[utoipa::path(
    tag = "movements",
    request_body = MovementBatch,
    responses((status = 201, body = BatchAnswer, description = "Made"))
)]
#[post("/v1/movements/batches")]
pub async fn create_movement_batch(allowed: Allowed<may::RepatriationMove>, body: CreateBody<MovementBatch>) -> Result<HttpResponse> {
    let content = body.input;
    allowed.create(body.key, move |tx| Ok(Apart(movement_batches::insert(tx, content.clone())?.id))).await
}

/// Change a batch, and with it the movement of everybody on board.
///
/// A merge patch (RFC 7396) with `If-Match`. `delayed` and `cancelled` take everybody who is scheduled to depart back to
/// clearing; so do new times that somebody's documents do not cover. Recorded in the history of every case on board.
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath, IfMatch),
    request_body(
        content = ref("#/components/schemas/UpdateMovementBatch"),
        content_type = "application/merge-patch+json"
    ),
    responses((status = 200, body = BatchAnswer, description = "Changed"))
)]
#[patch("/v1/movements/batches/{id}")]
pub async fn update_movement_batch(
    allowed: Allowed<may::RepatriationMove>,
    id: Path<MovementBatchId>,
    if_match: IfMatch,
    patch: Patch<MovementBatch>,
) -> Result<HttpResponse> {
    let batch = allowed.write(move |tx| movement_batches::update(tx, id.0, if_match.expected(), |before| patch.apply(before))).await?;
    Ok(respond::changed(etag(&batch), &BatchAnswer::from(batch)))
}

/// Take somebody off, and cancel their movement.
///
/// With the `If-Match` of the batch. Recorded in the history of the case.
#[utoipa::path(tag = "movements", params(PassengerPath, IfMatch), responses((status = 204, description = "Off board")))]
#[delete("/v1/movements/batches/{id}/passengers/{case_id}")]
pub async fn remove_movement_passenger(
    allowed: Allowed<may::RepatriationMove>,
    path: Path<PassengerPath>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let PassengerPath { id, case_id: case } = path.0;
    let batch = allowed.write(move |tx| movement_batches::remove(tx, id, case, if_match.expected())).await?;
    Ok(HttpResponse::NoContent().insert_header((header::ETAG, etag(&batch))).finish())
}

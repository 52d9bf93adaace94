//! Putting people on board, with a reminder of those who belong to them.

use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Recalled, Referenced, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::path_params::MovementBatchPath;
use crate::api::http::respond;
use crate::api::repatriation::movement_batches::{LeftBehind, etag};
use crate::db::Tx;
use crate::db::casefile::idempotency::Reference;
use crate::db::repatriation::movement_batches::{self, Batch};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MovementBatchId};
use crate::domain::repatriation::movement_batch::MovementBatch;
use crate::error::Result;

/// People to be put on board.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddMovementPassengers {
    /// Their cases.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    case_ids: Vec<CaseId>,
}
impl Input for AddMovementPassengers {}

/// A batch after people were put on board.
#[derive(Serialize, ToSchema)]
pub struct BoardedBatch {
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
    /// Who belongs to the people on board, has not left and is not on board, as far as you see their cases: put them on board too, or ask.
    #[schema(max_items = 1000)]
    left_behind: Vec<LeftBehind>,
}

/// A batch on which people were put on board.
struct Boarded(MovementBatchId);

impl Referenced for Boarded {
    fn reference(&self) -> Reference {
        Apart(self.0).reference()
    }
}

impl Recalled for Boarded {
    fn recall(kept: &Reference) -> Option<Self> {
        Apart::recall(kept).map(|Apart(batch)| Self(batch))
    }
}

impl Rendered for Boarded {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let batch = movement_batches::find(tx, self.0)?;
        let left_behind = movement_batches::left_behind(tx, self.0)?.into_iter().map(LeftBehind::from).collect();
        let etag = etag(&batch);
        let Batch { id, created_at, updated_at, version, content, on_board, .. } = batch;
        let boarded = BoardedBatch { id, content, on_board, created_at, updated_at, version, left_behind };
        respond::answer(format!("/v1/movements/batches/{id}"), etag, &boarded)
    }
}

/// Put people on board: all of them, or nobody.
///
/// Each gets a movement that follows the batch. If anybody cannot be put on board the answer is 422, with the place in the
/// list and a code: `not_found`, `duplicate`, `already_booked`, `capacity`, `case_closed`, `departed`, `closed_to_you`.
/// Recorded in the history of each case. Who belongs to them and is not on board is in `left_behind`.
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath),
    request_body = AddMovementPassengers,
    responses((status = 201, body = BoardedBatch, description = "On board"))
)]
#[post("/v1/movements/batches/{id}/passengers")]
pub async fn add_movement_passengers(
    allowed: Allowed<may::RepatriationMove>,
    id: Path<MovementBatchId>,
    body: CreateBody<AddMovementPassengers>,
) -> Result<HttpResponse> {
    let AddMovementPassengers { case_ids } = body.input;
    allowed.create(body.key, move |tx| Ok(Boarded(movement_batches::add(tx, id.0, &case_ids)?.id))).await
}

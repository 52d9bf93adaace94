//! Who is on board, and what keeps each of them from the next step.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::cases::summary::CaseSummary;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Path, Query};
use crate::api::http::path_params::MovementBatchPath;
use crate::db::repatriation::movement_batches::{self, Readiness, ReadyPassenger};
use crate::domain::ids::MovementBatchId;
use crate::domain::repatriation::UnmetGuard;
use crate::domain::repatriation::movement_batch::BatchStep;
use crate::error::Result;

/// Before which step.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PassengerQuery {
    /// A step that the batch can make; without it the first one that nobody on board made.
    step: Option<BatchStep>,
}

/// Somebody on board.
#[derive(Serialize, ToSchema)]
pub struct MovementPassenger {
    // Described where it is defined: beside the reference, the generator of Rust clients takes every field of it for one that may be null.
    case: CaseSummary,
    /// Whether the person made the step before.
    has_made: bool,
    /// Why the person would stay behind; empty for who can make the step, for who made it before, and where there is no step. Where your
    /// mission is a guest on the case, what follows from what it may know.
    #[schema(max_items = 30)]
    unmet: Vec<UnmetGuard>,
}

impl From<ReadyPassenger> for MovementPassenger {
    fn from(passenger: ReadyPassenger) -> Self {
        let ReadyPassenger { case, name, has_made, unmet } = passenger;
        Self { case: CaseSummary::from((case, name)), has_made, unmet }
    }
}

/// Everybody on board, before a step.
#[derive(Serialize, ToSchema)]
pub struct MovementPassengers {
    /// The step that was looked at; null if the batch has none before it, or cannot make the one asked for.
    step: Option<BatchStep>,
    /// What bars you from making the step for anybody.
    #[schema(max_items = 30)]
    barred: Vec<UnmetGuard>,
    /// Those on board whose cases you see, by the code of the case.
    #[schema(max_items = 1000)]
    passengers: Vec<MovementPassenger>,
}

/// Who is on board, and who is ready.
///
/// The people whose cases you see, each with what keeps them from the next step of the batch; nothing changes. Documents are on the manifest.
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath, PassengerQuery),
    responses((status = 200, body = MovementPassengers, description = "Those on board whose cases you see"))
)]
#[get("/v1/movements/batches/{id}/passengers")]
pub async fn list_movement_passengers(
    allowed: Allowed<may::CaseRead>,
    id: Path<MovementBatchId>,
    query: Query<PassengerQuery>,
) -> Result<web::Json<MovementPassengers>> {
    let asked = query.0.step;
    let Readiness { step, barred, passengers } = allowed.read_long(move |tx| movement_batches::readiness(tx, id.0, asked)).await?;
    let passengers = passengers.into_iter().map(MovementPassenger::from).collect();
    Ok(web::Json(MovementPassengers { step, barred, passengers }))
}

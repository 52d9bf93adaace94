//! One step for everybody on board, with what became of each.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Json, Path};
use crate::api::http::path_params::MovementBatchPath;
use crate::api::http::respond;
use crate::api::repatriation::movement_batches::{BatchAnswer, LeftBehind, etag};
use crate::db::repatriation::movement_batches::{self, ArrivalOfAll, BatchMove, PassengerMove};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MovementBatchId};
use crate::domain::repatriation::UnmetGuard;
use crate::domain::repatriation::movement_batch::BatchStep;
use crate::domain::repatriation::stage::Stage;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};
use crate::error::Result;

/// A step of everybody on board.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MakeMovementTransition {
    /// Where to.
    to: BatchStep,
    /// For `departed`: when; now, if not stated.
    departed_at: Option<Timestamp>,
    /// For `arrived`: when.
    #[schema(max_length = 10)]
    arrived_on: Option<NaiveDate>,
    /// For `arrived`: in which country.
    country: Option<Country>,
    /// For `arrived`: airport, harbour or border crossing.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    port: Option<String>,
    /// For `arrived`: who received the people.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    received_by: Option<String>,
}

impl Input for MakeMovementTransition {
    fn day_at(&self) -> DayAt {
        self.country.map_or(DayAt::Here, DayAt::Country)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let arrives = self.to == BatchStep::Arrived;
        for (pointer, is_given) in
            [("/arrived_on", self.arrived_on.is_some()), ("/port", self.port.is_some()), ("/received_by", self.received_by.is_some())]
        {
            checks.require(arrives && !is_given, pointer, "say when and where they arrived, and who received them");
            checks.refuse(!arrives && is_given, pointer, "not_here", "can only be given with an arrival");
        }
        checks.refuse(!arrives && self.country.is_some(), "/country", "not_here", "can only be given with an arrival");
        let departs = self.to == BatchStep::Departed;
        checks.refuse(!departs && self.departed_at.is_some(), "/departed_at", "not_here", "can only be given with a departure");
        checks.past("/departed_at", self.departed_at.map(|at| today.day_of(at)));
        checks.past("/arrived_on", self.arrived_on);
        checks.found()
    }
}

impl From<MakeMovementTransition> for BatchMove {
    fn from(step: MakeMovementTransition) -> Self {
        let MakeMovementTransition { to, departed_at, arrived_on, country, port, received_by } = step;
        match (to, arrived_on, port, received_by) {
            (BatchStep::Arrived, Some(arrived_on), Some(port), Some(received_by)) => {
                Self::Arrive(ArrivalOfAll { arrived_on, country, port, received_by })
            }
            (BatchStep::Departed, ..) => Self::Depart(departed_at),
            _ => Self::ScheduleDeparture,
        }
    }
}

/// What became of one person on board.
#[derive(Serialize, ToSchema)]
pub struct PassengerResult {
    /// The case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// Whether the person made the step now.
    moved: bool,
    /// The stage of the case after it.
    stage: Stage,
    /// Why the person stays behind. Empty for who moved, and for who had made the step before.
    #[schema(max_items = 30)]
    unmet: Vec<UnmetGuard>,
}

impl From<PassengerMove> for PassengerResult {
    fn from(result: PassengerMove) -> Self {
        let PassengerMove { case_id, case_code, moved, stage, unmet } = result;
        Self { case_id, case_code, moved, stage, unmet }
    }
}

/// What became of everybody on board.
#[derive(Serialize, ToSchema)]
pub struct MovementTransitionResult {
    /// The batch after it.
    batch: BatchAnswer,
    /// How many moved.
    #[schema(minimum = 0, maximum = 1000, format = Int32)]
    moved: usize,
    /// How many stay behind.
    #[schema(minimum = 0, maximum = 1000, format = Int32)]
    left_behind: usize,
    /// Everybody, by the code of their case.
    #[schema(max_items = 1000)]
    passengers: Vec<PassengerResult>,
    /// Who belongs to those who made the step, has not left and is not on board, as far as you see their cases.
    #[schema(max_items = 1000)]
    left_without: Vec<LeftBehind>,
}

/// Move everybody on board one step.
///
/// With `If-Match`. Each person moves in their own right: those whose requirements are not met stay behind and are listed
/// with the reasons, everybody else goes. Who stays behind at the departure is taken off, and their movement cancelled.
/// Where nobody can make the step nothing changes. Recorded in the log and in the history of each case.
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath, IfMatch),
    request_body = MakeMovementTransition,
    responses((status = 200, body = MovementTransitionResult, description = "What became of each"))
)]
#[post("/v1/movements/batches/{id}/transitions")]
pub async fn make_movement_transition(
    allowed: Allowed<may::RepatriationMove>,
    id: Path<MovementBatchId>,
    if_match: IfMatch,
    body: Json<MakeMovementTransition>,
) -> Result<HttpResponse> {
    let moved = BatchMove::from(body.0);
    let (batch, results, left_without) = allowed
        .write(move |tx| {
            let (batch, results) = movement_batches::advance(tx, id.0, if_match.expected(), &moved)?;
            let mut left_without = movement_batches::left_behind(tx, batch.id)?;
            left_without.retain(|(passenger, _)| results.iter().any(|result| result.moved && result.case_id == *passenger));
            Ok((batch, results, left_without))
        })
        .await?;
    let passengers: Vec<PassengerResult> = results.into_iter().map(PassengerResult::from).collect();
    let answer = MovementTransitionResult {
        moved: passengers.iter().filter(|passenger| passenger.moved).count(),
        left_behind: passengers.iter().filter(|passenger| !passenger.unmet.is_empty()).count(),
        passengers,
        left_without: left_without.into_iter().map(LeftBehind::from).collect(),
        batch: BatchAnswer::from(batch.clone()),
    };
    Ok(respond::changed(etag(&batch), &answer))
}

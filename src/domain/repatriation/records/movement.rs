//! Movements: how a person travels home, alone or with a batch.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{FundingSource, MovementIncident, MovementMode, MovementStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::MovementBatchId;
use crate::domain::lists::null_as_empty;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, ShortText};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{Today, Zone};

/// One part of the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct MovementLeg {
    /// From where.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Phnom Penh (KTI)")]
    pub from: String,
    /// To where.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Jakarta (CGK)")]
    pub to: String,
    /// Flight or vehicle.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
    /// When it begins.
    pub departs_at: Option<Timestamp>,
    /// When it ends.
    pub arrives_at: Option<Timestamp>,
}

/// What a movement is recorded with. The newest one that is not cancelled counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateMovement)]
pub struct Movement {
    /// How.
    pub mode: MovementMode,
    /// How far it is. `delayed` and `cancelled` take a case that is scheduled to depart back to clearing.
    pub status: MovementStatus,
    /// What kept the person from travelling: a movement that is `cancelled` for them; or from arriving: one that has departed.
    pub incident: Option<MovementIncident>,
    /// With whom: airline, bus company, authority.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub carrier: Option<String>,
    /// Flight or vehicle.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
    /// When it is to depart.
    pub departs_at: Timestamp,
    /// When it is to arrive.
    pub arrives_at: Timestamp,
    /// When it departed.
    pub departed_at: Option<Timestamp>,
    /// The parts of the way, in order.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20), nested)]
    #[schema(value_type = Option<Vec<MovementLeg>>, max_items = 20)]
    pub legs: Vec<MovementLeg>,
    /// Who escorts the person.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub escort: Option<String>,
    /// Who travels along.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<ShortText>>, max_items = 20)]
    pub companions: Vec<ShortText>,
    /// Number of the ticket.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub ticket: Option<String>,
    /// Who pays.
    pub funding: Option<FundingSource>,
    /// The batch it is part of; null for a batch of another organisation. Set by the batch, which also changes it.
    #[schema(read_only)]
    pub batch_id: Option<MovementBatchId>,
}

impl CaseRecord for Movement {
    const KIND: RecordKind = RecordKind::Movement;

    fn movement_batch(&self) -> Option<MovementBatchId> {
        self.batch_id
    }

    fn without_batch(self) -> Self {
        Self { batch_id: None, ..self }
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.ordered(Some(self.departs_at), "/arrives_at", Some(self.arrives_at), "must not lie before departs_at");
        checks.past("/departed_at", self.departed_at.map(|at| today.day_of(at)));
        let has_departed = matches!(self.status, MovementStatus::Departed | MovementStatus::Arrived);
        checks.require(has_departed && self.departed_at.is_none(), "/departed_at", "say when it departed");
        checks.refuse(
            !has_departed && self.departed_at.is_some(),
            "/status",
            "departed",
            "a movement with a departure must have the status departed or arrived",
        );
        let is_told_of = |is_after: bool| self.incident.is_some_and(|incident| incident.is_after_departure() == is_after);
        let is_off = self.status == MovementStatus::Cancelled;
        checks.refuse(is_told_of(false) && !is_off, "/incident", "contradicts", "who did not travel has a movement that is cancelled");
        checks.refuse(is_told_of(true) && !has_departed, "/incident", "contradicts", "can happen on a movement that departed only");
        let mut before = None;
        for (index, leg) in self.legs.iter().enumerate() {
            checks.ordered(leg.departs_at, &format!("/legs/{index}/arrives_at"), leg.arrives_at, "must not lie before departs_at");
            checks.ordered(before, &format!("/legs/{index}/departs_at"), leg.departs_at, "must not lie before the leg before it arrives");
            before = leg.arrives_at.or(before);
        }
        checks.found()
    }
}

impl Movement {
    /// Whether it will take place as booked.
    pub fn is_booked(&self) -> bool {
        self.status == MovementStatus::Booked
    }

    /// Whether it has begun, at a time that is stated.
    pub fn has_departed(&self) -> bool {
        matches!(self.status, MovementStatus::Departed | MovementStatus::Arrived) && self.departed_at.is_some()
    }

    /// When it leaves: as it did, else as it is planned.
    pub fn leaves_at(&self) -> Timestamp {
        self.departed_at.unwrap_or(self.departs_at)
    }

    /// The day of departure where it departs from: as it was, else as it is planned.
    pub fn departure_day(&self, here: Zone) -> NaiveDate {
        here.day_of(self.leaves_at())
    }
}

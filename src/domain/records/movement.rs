//! Movements: how a person travels home, alone or with a batch.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{CaseRecord, RecordKind, ShortText};
use crate::domain::codes::{FundingSource, MovementMode, MovementStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::MovementBatchId;
use crate::domain::person::null_as_empty;
use crate::domain::repatriation::{Facts, Stage};
use crate::domain::violation::{Checks, Violation};

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
    /// The batch it is part of. Set by the batch, which also changes it.
    #[schema(read_only)]
    pub batch_id: Option<MovementBatchId>,
}

impl CaseRecord for Movement {
    const KIND: RecordKind = RecordKind::Movement;

    fn violations(&self, today: NaiveDate) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.ordered(Some(self.departs_at), "/arrives_at", Some(self.arrives_at), "must not lie before departs_at");
        checks.past("/departed_at", self.departed_at.map(Timestamp::date));
        let has_departed = matches!(self.status, MovementStatus::Departed | MovementStatus::Arrived);
        checks.require(has_departed && self.departed_at.is_none(), "/departed_at", "say when it departed");
        checks.refuse(
            !has_departed && self.departed_at.is_some(),
            "/status",
            "departed",
            "a movement with a departure must have the status departed or arrived",
        );
        let mut before = None;
        for (index, leg) in self.legs.iter().enumerate() {
            checks.ordered(leg.departs_at, &format!("/legs/{index}/arrives_at"), leg.arrives_at, "must not lie before departs_at");
            checks.ordered(before, &format!("/legs/{index}/departs_at"), leg.departs_at, "must not lie before the leg before it arrives");
            before = leg.arrives_at.or(before);
        }
        checks.found()
    }

    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let known = before.and_then(|before| before.batch_id);
        checks.refuse(self.batch_id != known, "/batch_id", "read_only", "is set by the batch");
        let of_batch = |movement: &Self| Self { ticket: None, companions: Vec::new(), ..movement.clone() };
        let changes_batch = known.is_some() && before.is_some_and(|before| of_batch(before) != of_batch(self));
        checks.refuse(
            changes_batch,
            "/batch_id",
            "part_of_batch",
            "change the batch, or take the person off it; only ticket and companions can be changed for one person",
        );
        // One that has departed still counts: a second one would hide that the person has left.
        let is_new = before.is_none_or(|before| before.status == MovementStatus::Cancelled);
        let is_second = is_new && self.status != MovementStatus::Cancelled && facts.movement().is_some();
        checks.refuse(is_second, "/status", "already_booked", "the person already has a movement: change or cancel that one");
        let left_on = self.departed_at.map(Timestamp::date);
        checks.ordered(Some(facts.registered_on), "/departed_at", left_on, "must not lie before the day of registration");
        let moves_departure = before.is_some_and(|before| before.has_departed() && before.departed_at.map(Timestamp::date) != left_on);
        let is_settled = facts.stage >= Stage::Departed && moves_departure;
        checks.refuse(
            is_settled,
            "/departed_at",
            "immutable",
            "the departure was checked against this day: take the case a step back first",
        );
        let has_left = facts.stage >= Stage::Departed && before.is_some_and(Self::has_departed);
        checks.refuse(has_left && !self.has_departed(), "/status", "departed", "the person has departed: take the case a step back first");
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

    /// The day of departure: as it was, else as it is planned.
    pub fn departure_day(&self) -> NaiveDate {
        self.departed_at.unwrap_or(self.departs_at).date()
    }

    /// The day of arrival as planned, and never before that of departure.
    pub fn arrival_day(&self) -> NaiveDate {
        self.arrives_at.date().max(self.departure_day())
    }
}

impl Facts {
    /// The movement that counts: the newest that is not cancelled.
    pub fn movement(&self) -> Option<&Movement> {
        let movements = self.records.movements.iter().map(|entry| &entry.content);
        movements.rev().find(|movement| movement.status != MovementStatus::Cancelled)
    }
}

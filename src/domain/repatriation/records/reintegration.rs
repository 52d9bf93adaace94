//! Reintegration: what support was agreed on, and how the person is doing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{FollowUpMode, FollowUpSituation, SupportKind, SupportPlanStatus};
use crate::domain::lists::null_as_empty;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};

/// What a support plan is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateSupportPlan)]
pub struct SupportPlan {
    /// Kinds of support (HTCDS `spl_Type`).
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 9))]
    #[schema(value_type = Option<Vec<SupportKind>>, max_items = 9)]
    pub kinds: Vec<SupportKind>,
    /// How far it is.
    pub status: SupportPlanStatus,
    /// Who gives the support.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub provider: Option<String>,
    /// What the person wants to reach.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub goals: Option<String>,
    /// When the person agreed to it.
    #[schema(max_length = 10)]
    pub agreed_on: Option<NaiveDate>,
    /// When it ended.
    #[schema(max_length = 10)]
    pub ended_on: Option<NaiveDate>,
}

impl CaseRecord for SupportPlan {
    const KIND: RecordKind = RecordKind::SupportPlan;

    fn day_at(&self) -> DayAt {
        DayAt::Destination
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/agreed_on", self.agreed_on);
        checks.past("/ended_on", self.ended_on);
        checks.ordered(self.agreed_on, "/ended_on", self.ended_on, "must not lie before agreed_on");
        checks.require(self.kinds.is_empty(), "/kinds", "name at least one kind of support");
        let is_over = matches!(self.status, SupportPlanStatus::Completed | SupportPlanStatus::Stopped);
        checks.require(is_over && self.ended_on.is_none(), "/ended_on", "say when it ended");
        checks.found()
    }
}

/// What a follow-up is recorded with: planned first, done later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateFollowUp)]
pub struct FollowUp {
    /// When it is due.
    #[schema(max_length = 10)]
    pub due_on: NaiveDate,
    /// How.
    pub mode: Option<FollowUpMode>,
    /// When it was done.
    #[schema(max_length = 10)]
    pub done_on: Option<NaiveDate>,
    /// How the person was found to be.
    pub situation: Option<FollowUpSituation>,
    /// What was seen and agreed on.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub notes: Option<String>,
}

/// Days beyond which a due date is a slip of the keyboard: ten years.
const FAR_DAYS: i64 = 3_653;

impl CaseRecord for FollowUp {
    const KIND: RecordKind = RecordKind::FollowUp;

    fn day_at(&self) -> DayAt {
        DayAt::Destination
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/done_on", self.done_on);
        let is_far = self.due_on.signed_duration_since(today.day()).num_days().abs() > FAR_DAYS;
        checks.refuse(is_far, "/due_on", "too_far", "must lie within ten years");
        checks.require(self.done_on.is_some() && self.situation.is_none(), "/situation", "say how the person was found to be");
        checks.refuse(self.done_on.is_none() && self.situation.is_some(), "/done_on", "required", "say when it was done");
        checks.found()
    }
}

impl FollowUp {
    /// Whether somebody reached the person.
    pub fn is_done(&self) -> bool {
        self.done_on.is_some() && self.situation.is_some_and(|situation| situation != FollowUpSituation::NotReached)
    }
}

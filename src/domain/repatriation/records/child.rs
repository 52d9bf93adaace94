//! A child's best interests, guardian, caregiver and escort.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{BestInterestsDecision, BestInterestsKind};
use crate::domain::lists::null_as_empty;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, ShortText};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a best-interests assessment (`bia`) or determination (`bid`) is recorded with. The newest of each kind counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateBestInterests)]
pub struct BestInterests {
    /// Assessment or determination. Only a determination lets a child travel.
    pub kind: BestInterestsKind,
    /// When it was begun.
    #[schema(max_length = 10)]
    pub initiated_on: NaiveDate,
    /// Who decides.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<ShortText>>, max_items = 20)]
    pub panel: Vec<ShortText>,
    /// What is best for the child.
    pub decision: BestInterestsDecision,
    /// When that was decided.
    #[schema(max_length = 10)]
    pub decided_on: Option<NaiveDate>,
    /// The child's guardian.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub guardian: Option<String>,
    /// How to reach the guardian.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub guardian_contact: Option<String>,
    /// Who takes the child in after arrival.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub caregiver: Option<String>,
    /// When that caregiver was assessed and found able.
    #[schema(max_length = 10)]
    pub caregiver_assessed_on: Option<NaiveDate>,
    /// Who travels with the child.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub escort: Option<String>,
    /// What the child says about it (CRC art. 12).
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub views_of_the_child: Option<String>,
}

impl CaseRecord for BestInterests {
    const KIND: RecordKind = RecordKind::BestInterests;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/initiated_on", Some(self.initiated_on));
        checks.past("/decided_on", self.decided_on);
        checks.past("/caregiver_assessed_on", self.caregiver_assessed_on);
        checks.ordered(Some(self.initiated_on), "/decided_on", self.decided_on, "must not lie before initiated_on");
        let is_decided = self.decision != BestInterestsDecision::Pending;
        checks.require(is_decided && self.decided_on.is_none(), "/decided_on", "say when it was decided");
        checks.require(self.caregiver_assessed_on.is_some() && self.caregiver.is_none(), "/caregiver", "say who was assessed");
        checks.found()
    }
}

impl BestInterests {
    /// Whether a determination decided that the child returns.
    pub fn decides_return(&self) -> bool {
        self.kind == BestInterestsKind::Determination
            && matches!(self.decision, BestInterestsDecision::ReturnToFamily | BestInterestsDecision::ReturnToStateCare)
    }
}

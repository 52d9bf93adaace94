//! What came of the protection pathway.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::ProtectionResult;
use crate::domain::country::Country;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What an outcome of the protection pathway is recorded with. The newest one counts. The shield stays whatever it says, until the person
/// wishes to go home after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateProtectionOutcome)]
pub struct ProtectionOutcome {
    /// What came of it.
    pub outcome: ProtectionResult,
    /// When.
    #[schema(max_length = 10)]
    pub decided_on: NaiveDate,
    /// Which authority decided.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub authority: Option<String>,
    /// The country that protects, resettles or refused.
    pub country: Option<Country>,
    /// Reference of the decision.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
    /// The last day on which it can be appealed.
    #[schema(max_length = 10)]
    pub appeal_until: Option<NaiveDate>,
    /// What is to be known beside it.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

impl CaseRecord for ProtectionOutcome {
    const KIND: RecordKind = RecordKind::ProtectionOutcome;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/decided_on", Some(self.decided_on));
        checks.ordered(Some(self.decided_on), "/appeal_until", self.appeal_until, "must not lie before decided_on");
        let is_decided = matches!(self.outcome, ProtectionResult::Refugee | ProtectionResult::VictimStay | ProtectionResult::ClaimRefused);
        checks.require(is_decided && self.authority.is_none(), "/authority", "say which authority decided");
        checks.found()
    }
}

impl ProtectionOutcome {
    /// Whether a way back may begin from here. Whoever was resettled is at home elsewhere, and an appeal may still decide otherwise.
    pub fn allows_way_back(&self, today: NaiveDate) -> bool {
        self.outcome != ProtectionResult::Resettled && self.appeal_until.is_none_or(|until| until < today)
    }
}

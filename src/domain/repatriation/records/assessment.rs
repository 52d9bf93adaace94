//! What must be assessed before anybody travels: risk, and health.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{FitnessBasis, RiskAssessmentKind, RiskLevel};
use crate::domain::lists::null_as_empty;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, ShortText};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a risk assessment is recorded with. The newest of each kind counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateRiskAssessment)]
pub struct RiskAssessment {
    /// What it looks at.
    pub kind: RiskAssessmentKind,
    /// What it found.
    pub level: RiskLevel,
    /// What makes it dangerous.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 30))]
    #[schema(value_type = Option<Vec<ShortText>>, max_items = 30)]
    pub factors: Vec<ShortText>,
    /// What is done about it.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 30))]
    #[schema(value_type = Option<Vec<ShortText>>, max_items = 30)]
    pub mitigations: Vec<ShortText>,
    /// Who assessed.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub assessor: Option<String>,
    /// When.
    #[schema(max_length = 10)]
    pub assessed_on: NaiveDate,
    /// When it must be looked at again.
    #[schema(max_length = 10)]
    pub next_due_on: Option<NaiveDate>,
}

impl CaseRecord for RiskAssessment {
    const KIND: RecordKind = RecordKind::RiskAssessment;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/assessed_on", Some(self.assessed_on));
        checks.ordered(Some(self.assessed_on), "/next_due_on", self.next_due_on, "must not lie before assessed_on");
        checks.found()
    }
}

/// What a medical clearance is recorded with. The newest one counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateFitToTravel)]
pub struct FitToTravel {
    /// Whether the person can travel.
    pub fit: bool,
    /// What this rests on; none: not stated. An injury, a pregnancy, a psychiatric risk, urgent care and an age under two take an
    /// examination, no older than the health screening that found it. Only another examination lifts the no of one.
    pub basis: Option<FitnessBasis>,
    /// When the person was examined.
    #[schema(max_length = 10)]
    pub examined_on: NaiveDate,
    /// The last day on which this can be relied on; none: until another examination.
    #[schema(max_length = 10)]
    pub valid_until: Option<NaiveDate>,
    /// Who examined.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub examiner: Option<String>,
    /// What must be seen to on the way: medicine, a wheelchair, company.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub conditions: Option<String>,
}

impl CaseRecord for FitToTravel {
    const KIND: RecordKind = RecordKind::FitToTravel;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/examined_on", Some(self.examined_on));
        checks.ordered(Some(self.examined_on), "/valid_until", self.valid_until, "must not lie before examined_on");
        checks.found()
    }
}

impl FitToTravel {
    /// Whether the person can travel on this day: examined by then, and not too long before.
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.fit && self.examined_on <= day && self.valid_until.is_none_or(|until| until >= day)
    }
}

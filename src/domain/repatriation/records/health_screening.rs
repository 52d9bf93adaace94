//! What was seen and asked when somebody's health was looked at. Everything is offered, nothing is forced.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{Pregnancy, SuicideRisk, Triage, ViolenceDisclosure};
use crate::domain::lists::null_as_empty;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// Days within which care after sexual violence prevents most.
const CARE_WITHIN: Days = Days::new(3);

/// A test that was offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OfferedTest {
    /// Which test.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "HIV")]
    pub test: String,
    /// When it was offered.
    #[schema(max_length = 10)]
    pub offered_on: NaiveDate,
    /// Whether the person agreed; null: not answered yet.
    pub accepted: Option<bool>,
}

/// Care after sexual violence, which helps most within 72 hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OfferedCare {
    /// When it was offered.
    #[schema(max_length = 10)]
    pub offered_on: NaiveDate,
    /// Whether the person agreed; null: not answered yet.
    pub accepted: Option<bool>,
}

/// What a medical and psychosocial screening is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateHealthScreening)]
pub struct HealthScreening {
    /// When.
    #[schema(max_length = 10)]
    pub screened_on: NaiveDate,
    /// By whom.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub screener: Option<String>,
    /// How soon the person needs care.
    pub triage: Triage,
    /// Injuries.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub injuries: Option<String>,
    /// Whether the person is pregnant.
    pub pregnancy: Pregnancy,
    /// Tests offered.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20), nested)]
    #[schema(value_type = Option<Vec<OfferedTest>>, max_items = 20)]
    pub tests: Vec<OfferedTest>,
    /// Risk of suicide.
    pub suicide_risk: SuicideRisk,
    /// Medication.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub medication: Option<String>,
    /// Whether the person told of sexual violence.
    pub sexual_violence_disclosed: ViolenceDisclosure,
    /// The last day of it, where known: the 72 hours count from there.
    #[schema(max_length = 10)]
    pub sexual_violence_on: Option<NaiveDate>,
    /// The care that was offered after it.
    #[validate(nested)]
    pub care_within_72_hours: Option<OfferedCare>,
    /// Where the person was referred to.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub referral: Option<String>,
}

impl CaseRecord for HealthScreening {
    const KIND: RecordKind = RecordKind::HealthScreening;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/screened_on", Some(self.screened_on));
        for (at, offered) in self.tests.iter().enumerate() {
            checks.past(&format!("/tests/{at}/offered_on"), Some(offered.offered_on));
        }
        checks.past("/sexual_violence_on", self.sexual_violence_on);
        let care = self.care_within_72_hours.as_ref().map(|care| care.offered_on);
        checks.past("/care_within_72_hours/offered_on", care);
        let is_told = self.sexual_violence_disclosed == ViolenceDisclosure::Yes;
        let untold = !is_told && self.sexual_violence_on.is_some();
        checks.refuse(untold, "/sexual_violence_on", "not_applicable", "no sexual violence was disclosed");
        checks.ordered(self.sexual_violence_on, "/care_within_72_hours/offered_on", care, "must not lie before sexual_violence_on");
        checks.found()
    }
}

impl HealthScreening {
    /// Whether the person needs care now.
    pub fn is_urgent(&self) -> bool {
        self.triage == Triage::Red || self.suicide_risk == SuicideRisk::High
    }

    /// Whether the person is injured, or needs care soon.
    pub fn is_hurt(&self) -> bool {
        self.injuries.is_some() || matches!(self.triage, Triage::Orange | Triage::Red)
    }

    /// The last day for care after sexual violence; none where nothing was disclosed, or the care was offered.
    pub fn care_is_due_by(&self) -> Option<NaiveDate> {
        let is_awaited = self.sexual_violence_disclosed == ViolenceDisclosure::Yes && self.care_within_72_hours.is_none();
        let since = self.sexual_violence_on.unwrap_or(self.screened_on);
        is_awaited.then(|| since.checked_add_days(CARE_WITHIN).unwrap_or(since))
    }
}

//! Where a person stayed, one place after the other (class E).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{FundingSource, PlacementKind};
use crate::domain::country::Country;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::{lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a placement is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreatePlacement)]
pub struct Placement {
    /// What kind of place.
    pub kind: PlacementKind,
    /// Its name.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub facility: Option<String>,
    /// City.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub city: Option<String>,
    /// Country.
    pub country: Option<Country>,
    /// First day; ahead, where a bed is booked.
    #[schema(max_length = 10)]
    pub from: NaiveDate,
    /// Last day; null: not known yet.
    #[schema(max_length = 10)]
    pub until: Option<NaiveDate>,
    /// Who pays.
    pub payer: Option<FundingSource>,
    /// Beds, rules, who may come in.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub capacity_notes: Option<String>,
}

impl CaseRecord for Placement {
    const KIND: RecordKind = RecordKind::Placement;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.ordered(Some(self.from), "/until", self.until, "must not lie before from");
        checks.found()
    }
}

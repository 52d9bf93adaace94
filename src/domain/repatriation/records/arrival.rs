//! Arrival: where, received by whom, and whether the person agrees to be received.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::country::Country;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};

/// What an arrival is recorded with. The newest one counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateArrival)]
pub struct Arrival {
    /// When the person arrived.
    #[schema(max_length = 10)]
    pub arrived_on: NaiveDate,
    /// In which country.
    pub country: Option<Country>,
    /// Airport, harbour or border crossing.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub port: String,
    /// Who received the person.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub received_by: String,
    /// Which authority interviewed the person.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub interviewed_by: Option<String>,
    /// To whom the person was released.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub released_to: Option<String>,
    /// Where the person went on to.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub onward_place: Option<String>,
    /// When the person agreed to be received and supported in the country of origin; none: not (yet).
    #[schema(max_length = 10)]
    pub reception_consent_on: Option<NaiveDate>,
}

impl CaseRecord for Arrival {
    const KIND: RecordKind = RecordKind::Arrival;

    fn day_at(&self) -> DayAt {
        self.country.map_or(DayAt::Destination, DayAt::Country)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/arrived_on", Some(self.arrived_on));
        checks.past("/reception_consent_on", self.reception_consent_on);
        checks.found()
    }
}

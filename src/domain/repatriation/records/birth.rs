//! The birth of a child on the way: where and when, and where it is registered.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::country::Country;
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::{copied, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a birth is recorded with, on the case of the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateBirth)]
pub struct Birth {
    /// In which country.
    pub country: Country,
    /// Where: the hospital, the city.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub place: Option<String>,
    /// When. Born in the host country: overstay counts from here, where nothing else is said of the stay.
    #[schema(max_length = 10)]
    pub born_on: NaiveDate,
    /// Number in the local register of births.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub registration_number: Option<String>,
    /// The entry in the register of a mission.
    #[validate(nested)]
    pub consular_registration: Option<ConsularRegistration>,
    /// The mother's nationality.
    pub mother_nationality: Option<Nationality>,
    /// The father's nationality.
    pub father_nationality: Option<Nationality>,
    /// The citizenship claimed for the child.
    pub citizenship_claimed: Option<Nationality>,
}

/// A birth in the register of a mission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConsularRegistration {
    /// Its number.
    #[serde(deserialize_with = "copied")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub number: String,
    /// When it was made.
    #[schema(max_length = 10)]
    pub registered_on: NaiveDate,
    /// By which mission.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub mission: String,
}

impl CaseRecord for Birth {
    const KIND: RecordKind = RecordKind::Birth;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/born_on", Some(self.born_on));
        if let Some(registered) = &self.consular_registration {
            let pointer = "/consular_registration/registered_on";
            checks.past(pointer, Some(registered.registered_on));
            checks.ordered(Some(self.born_on), pointer, Some(registered.registered_on), "must not lie before born_on");
        }
        checks.found()
    }
}

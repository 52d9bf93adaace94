//! The death of a person: what is known of it, who was told, and the way of the remains. Who saw to it, and on which day the person
//! died, stands in the log of the road home.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{Autopsy, FundingSource, Remains};
use crate::domain::lists::null_as_empty;
use crate::domain::money::Money;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, ShortText};
use crate::domain::text::{lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a death is recorded with. Of a case that stands at `deceased` alone; it is brought up to date as things become known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateDeath)]
pub struct Death {
    /// Where the person died: the hospital, the city. Never the address of a shelter.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Calmette Hospital, Phnom Penh")]
    pub place: Option<String>,
    /// The cause that is stated officially.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub cause_stated: Option<String>,
    /// The cause that is suspected, where that is another one, and by whom.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub cause_suspected: Option<String>,
    /// Who certified the death.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub certified_by: Option<String>,
    /// Number of the death certificate.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub certificate_number: Option<String>,
    /// Whether there was an examination of the body.
    pub autopsy: Option<Autopsy>,
    /// The next of kin: who they are and how they are reached.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub next_of_kin: Option<String>,
    /// When the next of kin were told.
    #[schema(max_length = 10)]
    pub next_of_kin_informed_on: Option<NaiveDate>,
    /// Who told them.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub next_of_kin_informed_by: Option<String>,
    /// How.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "In person, by a community worker")]
    pub next_of_kin_informed_how: Option<String>,
    /// When the mission of the person's country was told (VCCR art. 37(a)), which answers the task.
    #[schema(max_length = 10)]
    pub mission_informed_on: Option<NaiveDate>,
    /// Which mission, by whom.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Embassy in Phnom Penh, by the immigration department")]
    pub mission_informed: Option<String>,
    /// Where the person wanted no contact with a mission, or sought asylum: what was weighed, and why the mission is, or is not, told.
    /// Null for whoever does not open `protection`.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub denial_weighed: Option<String>,
    /// What the person, or the next of kin, want for the remains.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub wishes: Option<String>,
    /// What became of the remains.
    pub remains: Option<Remains>,
    /// When.
    #[schema(max_length = 10)]
    pub remains_on: Option<NaiveDate>,
    /// Where they were taken, cremated or buried.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub remains_place: Option<String>,
    /// Permits, each with its number: the laissez-passer mortuaire, the export permit, the certificate of embalming.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<ShortText>>, max_items = 20)]
    pub permits: Vec<ShortText>,
    /// What it costs.
    pub cost: Option<Money>,
    /// Who pays.
    pub payer: Option<FundingSource>,
    /// Who was given the person's belongings.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub effects_handed_to: Option<String>,
    /// When.
    #[schema(max_length = 10)]
    pub effects_handed_on: Option<NaiveDate>,
    /// When two people took the death back, because it was wrong. Set by the system.
    #[schema(read_only, max_length = 10)]
    pub taken_back_on: Option<NaiveDate>,
}

impl CaseRecord for Death {
    const KIND: RecordKind = RecordKind::Death;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        for (pointer, day) in [
            ("/next_of_kin_informed_on", self.next_of_kin_informed_on),
            ("/mission_informed_on", self.mission_informed_on),
            ("/remains_on", self.remains_on),
            ("/effects_handed_on", self.effects_handed_on),
        ] {
            checks.past(pointer, day);
        }
        let how = self.next_of_kin_informed_by.is_some() || self.next_of_kin_informed_how.is_some();
        checks.require(how && self.next_of_kin_informed_on.is_none(), "/next_of_kin_informed_on", "say when they were told");
        let which = self.mission_informed.is_some() && self.mission_informed_on.is_none();
        checks.require(which, "/mission_informed_on", "say when the mission was told");
        let journey = self.remains_on.is_some() || self.remains_place.is_some();
        checks.require(journey && self.remains.is_none(), "/remains", "say what became of them");
        let given = self.effects_handed_on.is_some() && self.effects_handed_to.is_none();
        checks.require(given, "/effects_handed_to", "say who was given them");
        let too_large = self.cost.is_some_and(|money| !money.amount.is_storable());
        checks.refuse(too_large, "/cost/amount", "too_large", "is too large");
        checks.found()
    }
}

impl Death {
    /// Whether it stands: nobody took the death back.
    pub fn stands(&self) -> bool {
        self.taken_back_on.is_none()
    }

    /// The record of a death that was wrong.
    #[must_use]
    pub fn taken_back(self, on: NaiveDate) -> Self {
        Self { taken_back_on: Some(on), ..self }
    }
}

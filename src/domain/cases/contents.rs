//! The compartments that belong to one case, and rules of the case itself.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{ControlMethod, ExploitationType, LegalBasis, RecruitmentMethod, ScamType};
use crate::domain::lists::null_as_empty;
use crate::domain::text::lines;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;

/// Where the person is now (class E).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Location {
    /// Name of the shelter, hotel, detention centre or hospital.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub facility: Option<String>,
    /// Its address.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub address: Option<String>,
    /// Anything else needed to find the person.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub notes: Option<String>,
}

/// What the person needs now (class D).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Health {
    /// Immediate needs as the person states them: food, shelter, treatment, safety. "None" is an answer.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "Needs treatment for a wrist injury; otherwise none")]
    pub immediate_needs: Option<String>,
    /// Medical notes.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub medical_notes: Option<String>,
}

/// What happened to the person (class D).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Narrative {
    /// Kinds of exploitation.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<ExploitationType>>, max_items = 20)]
    pub exploitation_types: Vec<ExploitationType>,
    /// Kinds of scam the person was made to run.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<ScamType>>, max_items = 20)]
    pub scam_types: Vec<ScamType>,
    /// How the person was controlled.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<ControlMethod>>, max_items = 20)]
    pub control_methods: Vec<ControlMethod>,
    /// How the person was recruited.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<RecruitmentMethod>>, max_items = 20)]
    pub recruitment_methods: Vec<RecruitmentMethod>,
    /// Whole months of exploitation.
    #[validate(range(min = 0, max = 600))]
    #[schema(minimum = 0, maximum = 600, format = Int32)]
    pub months_exploited: Option<i32>,
    /// Notes of the caseworker.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 10000))]
    #[schema(min_length = 1, max_length = 10000)]
    pub notes: Option<String>,
}

/// What must be kept from almost everybody (class E).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Protection {
    /// Whether an asylum claim is open. While it is, no mission may be contacted.
    pub asylum_claim_open: Option<bool>,
    /// Why the person refuses contact with an embassy.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub embassy_refusal_reason: Option<String>,
    /// On what legal ground the person is registered. Each share has its own: a consent, or what overrode a missing one.
    pub registration_basis: Option<LegalBasis>,
    /// The last day of a recovery and reflection period. Until then no decision to return counts but one that the person asked for.
    #[schema(max_length = 10)]
    pub reflection_until: Option<NaiveDate>,
    /// Cooperation as a witness, and other matters of protection.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub notes: Option<String>,
}

/// Days beyond which the end of a reflection period is a slip of the keyboard: a year.
const LONGEST_REFLECTION: Days = Days::new(366);

/// The first year: the Palermo Protocol is of 2000.
const EARLIEST_REFLECTION: i32 = 2000;

impl Protection {
    /// What is wrong with it.
    pub fn violations(&self, today: Today) -> Vec<Violation> {
        let latest = today.day().checked_add_days(LONGEST_REFLECTION);
        let is_far = self.reflection_until.is_some_and(|until| Some(until) > latest || until.year() < EARLIEST_REFLECTION);
        let refused = is_far.then(|| Violation::new("/reflection_until", "too_far", "must lie after 1999 and within a year from now"));
        refused.into_iter().collect()
    }
}

text_enum! {
    /// A field of a list that a grant may not open.
    pub enum RedactedField {
        Name = "name",
    }
}

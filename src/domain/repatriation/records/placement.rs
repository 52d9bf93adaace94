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
    /// Country; the host country where none is given.
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

impl Placement {
    /// Whether the person is there on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Where somebody is on a day, of everything that was recorded, oldest first: the place to which they went last. Nobody is at two.
    pub fn on<'a>(day: NaiveDate, recorded: impl Iterator<Item = &'a Self>) -> Option<&'a Self> {
        recorded.filter(|placement| placement.holds_on(day)).max_by_key(|placement| placement.from)
    }
}

impl CaseRecord for Placement {
    const KIND: RecordKind = RecordKind::Placement;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.within_memory("/from", Some(self.from));
        checks.ordered(Some(self.from), "/until", self.until, "must not lie before from");
        checks.found()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn placement(kind: PlacementKind, from: &str, until: Option<&str>) -> Placement {
        Placement {
            kind,
            facility: None,
            city: None,
            country: None,
            from: day(from),
            until: until.map(day),
            payer: None,
            capacity_notes: None,
        }
    }

    #[test]
    fn somebody_is_at_the_place_to_which_they_went_last() {
        let recorded = [
            placement(PlacementKind::Hospital, "2026-03-05", Some("2026-03-07")),
            placement(PlacementKind::Shelter, "2026-03-01", None),
            placement(PlacementKind::Hotel, "2026-03-10", Some("2026-03-10")),
            placement(PlacementKind::Embassy, "2026-03-20", None),
            placement(PlacementKind::TransitPoint, "2026-03-20", None),
        ];
        let at = |on: &str| Placement::on(day(on), recorded.iter()).map(|placement| placement.kind);
        assert_eq!(at("2026-02-28"), None, "a bed that is booked is not slept in");
        assert_eq!(at("2026-03-01"), Some(PlacementKind::Shelter));
        assert_eq!(at("2026-03-07"), Some(PlacementKind::Hospital), "the last day counts");
        assert_eq!(at("2026-03-08"), Some(PlacementKind::Shelter), "back from hospital");
        assert_eq!(at("2026-03-10"), Some(PlacementKind::Hotel));
        assert_eq!(at("2026-03-20"), Some(PlacementKind::TransitPoint), "of two that begin on one day the one recorded last");
    }
}

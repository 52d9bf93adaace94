//! Raids and releases as they were published: counts keep their qualifier, and contradictions are shown, never refused.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{AgeGroup, Gender, ImmigrationStatus, OperationOutcome, Qualifier, Reliability, SourceKind};
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::lists::null_as_empty;
use crate::domain::text::{lines, name};

/// One published count of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct OperationCount {
    /// Nationality; null when the report names none.
    pub nationality: Option<Country>,
    /// Nationalities the report names without a figure each. Never exhaustive, and never zero for others.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 50))]
    #[schema(value_type = Option<Vec<Country>>, max_items = 50)]
    pub includes_nationalities: Vec<Country>,
    /// Gender, where the count is of one.
    pub gender: Option<Gender>,
    /// Age group, where the count is of one.
    pub age_group: Option<AgeGroup>,
    /// Immigration status, where the count is of one.
    pub immigration_status: Option<ImmigrationStatus>,
    /// What happened to them.
    pub outcome: OperationOutcome,
    /// The figure; null when the report only says "many".
    #[validate(range(min = 0, max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000, format = Int32)]
    pub value: Option<i32>,
    /// How the figure was stated.
    pub qualifier: Qualifier,
    /// Whether these people are already in another count of this operation ("including 45 women").
    pub is_subset: bool,
    /// What else the report says.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Things that were seized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Seizure {
    /// What, as a short code: `mobile_phone`, `passport`.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "mobile_phone")]
    pub item: String,
    /// How many; null when the report gives no number.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000, format = Int32)]
    pub quantity: Option<i32>,
    /// How the number was stated.
    pub qualifier: Qualifier,
    /// Unit, where the item is not counted one by one.
    #[validate(length(max = 30))]
    #[schema(max_length = 30, example = "pair")]
    pub unit: Option<String>,
}

/// Where something was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Source {
    /// Who published it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Fintech News Singapore")]
    pub publisher: String,
    /// Its title.
    #[validate(length(max = 300))]
    #[schema(max_length = 300)]
    pub title: Option<String>,
    /// When it was published, as far as known.
    pub published_on: Option<PartialDate>,
    /// Its address.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub url: Option<String>,
    /// What kind of publication.
    pub kind: SourceKind,
    /// How far it can be relied on.
    pub reliability: Reliability,
}

/// Name of a place: a town, a district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 100, example = "Poipet")]
pub struct PlaceName(#[serde(deserialize_with = "name")] pub String);

/// The stated total of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct StatedTotal {
    /// The figure.
    #[validate(range(min = 0, max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000, format = Int32)]
    pub value: i32,
    /// How it was stated.
    pub qualifier: Qualifier,
}

text_enum! {
    /// How the sum of the parts compares with the stated total.
    pub enum ReconciliationStatus {
        /// The parts can add up to the stated total, given the qualifiers.
        Consistent = "consistent",
        /// They cannot; both are kept.
        Warning = "warning",
        /// There is no stated total to compare with.
        NoStatedTotal = "no_stated_total",
    }
}

/// The sum of the parts against the stated total. A difference is a warning, never an error: sources contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reconciliation {
    /// Sum of the stated figures of all parts, subsets left out.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub sum_of_parts: i64,
    /// Whether the sum is only a lower bound, because some part says "more than" or gives no figure.
    pub is_lower_bound: bool,
    /// The stated total.
    #[schema(required = true, minimum = 0, maximum = 1_000_000)]
    pub stated_total: Option<i32>,
    /// How the total was stated.
    #[schema(required = true)]
    pub stated_qualifier: Option<Qualifier>,
    /// How they compare.
    pub status: ReconciliationStatus,
    /// The comparison in a sentence.
    #[schema(max_length = 300)]
    pub message: String,
}

/// Compares the sum of the counts with the stated total.
pub fn reconcile<'a>(counts: impl Iterator<Item = &'a OperationCount>, stated: Option<&StatedTotal>) -> Reconciliation {
    let (mut sum, mut is_lower_bound, mut is_rough) = (0i64, false, false);
    for count in counts.filter(|count| !count.is_subset) {
        sum += i64::from(count.value.unwrap_or(0));
        is_lower_bound |= count.value.is_none() || count.qualifier == Qualifier::MoreThan;
        is_rough |= !matches!(count.qualifier, Qualifier::Exact | Qualifier::MoreThan);
    }
    let (status, message) = match stated {
        None => (ReconciliationStatus::NoStatedTotal, format!("The parts add up to {sum}; no total was stated.")),
        Some(total) => compare(sum, is_lower_bound, is_rough, total),
    };
    Reconciliation {
        sum_of_parts: sum,
        is_lower_bound,
        stated_total: stated.map(|total| total.value),
        stated_qualifier: stated.map(|total| total.qualifier),
        status,
        message,
    }
}

fn compare(sum: i64, is_lower_bound: bool, is_rough: bool, total: &StatedTotal) -> (ReconciliationStatus, String) {
    let value = i64::from(total.value);
    let agrees = match total.qualifier {
        Qualifier::Exact => sum == value,
        Qualifier::MoreThan => sum > value,
        Qualifier::LessThan => sum < value,
        Qualifier::UpTo => sum <= value,
        _ => true,
    };
    let stated = format!("the stated total is {} {value}", total.qualifier);
    match (agrees, is_lower_bound || is_rough) {
        (true, _) => (ReconciliationStatus::Consistent, format!("The parts add up to {sum}; {stated}.")),
        (false, true) => (
            ReconciliationStatus::Warning,
            format!("The parts add up to at least {sum}; {stated}. Some parts are themselves inexact, so both may be right."),
        ),
        (false, false) => {
            (ReconciliationStatus::Warning, format!("The parts add up to {sum}; {stated}. The sources contradict each other."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(value: i32, qualifier: Qualifier, is_subset: bool) -> OperationCount {
        OperationCount {
            nationality: None,
            includes_nationalities: Vec::new(),
            gender: None,
            age_group: None,
            immigration_status: None,
            outcome: OperationOutcome::Arrested,
            value: Some(value),
            qualifier,
            is_subset,
            note: None,
        }
    }

    /// F10 of the published facts: 200 + 27 + 75 + 85 + 270 + 312 + 27 = 996 against "more than 1,000".
    #[test]
    fn july_2025_is_a_warning_and_never_a_rejection() {
        use Qualifier::{Exact, MoreThan};
        let parts = [
            count(200, MoreThan, false),
            count(27, Exact, false),
            count(75, Exact, false),
            count(85, Exact, false),
            count(270, Exact, false),
            count(45, Exact, true),
            count(312, Exact, false),
            count(27, Exact, false),
        ];
        let found = reconcile(parts.iter(), Some(&StatedTotal { value: 1000, qualifier: MoreThan }));
        assert_eq!((found.sum_of_parts, found.is_lower_bound, found.status), (996, true, ReconciliationStatus::Warning));
    }

    #[test]
    fn exact_parts_that_add_up_are_consistent() {
        let parts = [count(12, Qualifier::Exact, false), count(15, Qualifier::Exact, false)];
        let status = |value, qualifier| reconcile(parts.iter(), Some(&StatedTotal { value, qualifier })).status;
        assert_eq!(status(27, Qualifier::Exact), ReconciliationStatus::Consistent);
        assert_eq!(status(28, Qualifier::Exact), ReconciliationStatus::Warning);
        assert_eq!(status(20, Qualifier::MoreThan), ReconciliationStatus::Consistent);
        assert_eq!(reconcile(parts.iter(), None).status, ReconciliationStatus::NoStatedTotal);
    }
}

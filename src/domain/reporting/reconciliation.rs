//! Raid reconciliation: so many were counted in public, so many are registered. Whoever is in neither list is what this is
//! for; and because published figures are seldom exact, neither is what is left of them.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

use crate::domain::codes::Qualifier;
use crate::domain::country::Country;
use crate::domain::reference::operation::{OperationCount, Reconciliation, StatedTotal, reconcile};

/// People counted against people registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unaccounted {
    /// N: how many were counted in public; null where no figure was given.
    #[schema(required = true, minimum = 0, maximum = 9007199254740991i64)]
    pub published: Option<i64>,
    /// How that figure was stated. It holds for `unaccounted` and `surplus` too.
    pub qualifier: Qualifier,
    /// M: how many cases of it your organisation sees.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub registered: i64,
    /// N − M, never below zero; null where no figure was given.
    #[schema(required = true, minimum = 0, maximum = 9007199254740991i64)]
    pub unaccounted: Option<i64>,
    /// M − N where more are registered than were counted, else zero; null where no figure was given.
    #[schema(required = true, minimum = 0, maximum = 9007199254740991i64)]
    pub surplus: Option<i64>,
    /// Whether the published figure was stated as exact. Only then is the difference.
    pub is_exact: bool,
    /// The comparison in a sentence.
    #[schema(
        max_length = 300,
        example = "More than 200 were counted and 12 are registered: about 188 are unaccounted for, because the published figure is not exact."
    )]
    pub statement: String,
}

/// The same for one nationality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NationalityCount {
    /// Nationality. Null: people whose nationality the publication does not give; whoever is of a nationality without a
    /// figure of its own may be one of them, and is registered there too.
    pub nationality: Option<Country>,
    /// The figures.
    pub figures: Unaccounted,
}

/// An operation reconciled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OperationReconciliation {
    /// The whole operation: the stated total, else the sum of what was published, against every case of it.
    pub total: Unaccounted,
    /// By nationality.
    #[schema(max_items = 500)]
    pub nationalities: Vec<NationalityCount>,
    /// What was published against itself: the sum of the counts and the stated total.
    pub published: Reconciliation,
}

/// Compares a published figure with the number of registered cases.
pub fn unaccounted(published: Option<i64>, qualifier: Qualifier, registered: i64) -> Unaccounted {
    let above = |one: i64, other: i64| (one - other).max(0);
    Unaccounted {
        published,
        qualifier,
        registered,
        unaccounted: published.map(|published| above(published, registered)),
        surplus: published.map(|published| above(registered, published)),
        is_exact: published.is_some() && qualifier == Qualifier::Exact,
        statement: statement(published, qualifier, registered),
    }
}

fn statement(published: Option<i64>, qualifier: Qualifier, registered: i64) -> String {
    let Some(published) = published else { return format!("No figure was published; {registered} are registered.") };
    let (about, because) = match qualifier {
        Qualifier::Exact => ("", ""),
        _ => ("about ", ", because the published figure is not exact"),
    };
    let counted = match qualifier {
        Qualifier::Exact => published.to_string(),
        Qualifier::MoreThan => format!("More than {published}"),
        Qualifier::LessThan => format!("Less than {published}"),
        Qualifier::UpTo => format!("Up to {published}"),
        Qualifier::Approx => format!("About {published}"),
        other => format!("{published} (stated as \"{}\")", other.as_str().replace('_', " ")),
    };
    match published - registered {
        0 => format!("{counted} were counted and as many are registered{because}.")
            .replace(", because", "; nothing more can be said, because"),
        missing @ 1.. => {
            format!("{counted} were counted and {registered} are registered: {about}{missing} are unaccounted for{because}.")
        }
        surplus => format!("{counted} were counted and {registered} are registered: a surplus of {about}{}{because}.", -surplus),
    }
}

/// A figure with how it was stated.
type Stated = (Option<i64>, Qualifier);

/// Reconciles an operation. `counts` are its own and those of its parts, and so is what is `registered`, by nationality.
pub fn reconcile_registered(
    counts: &[&OperationCount],
    stated: Option<&StatedTotal>,
    registered: &BTreeMap<Option<Country>, i64>,
) -> OperationReconciliation {
    let published = reconcile(counts.iter().copied(), stated);
    let whole: Vec<&OperationCount> = counts.iter().copied().filter(|count| !count.is_subset).collect();
    let (sum, qualifier) = match stated {
        Some(total) => (Some(i64::from(total.value)), total.qualifier),
        None => together(&whole),
    };
    let total = unaccounted(sum, qualifier, registered.values().sum());
    OperationReconciliation { total, nationalities: by_nationality(counts, &whole, registered), published }
}

fn by_nationality(
    counts: &[&OperationCount],
    whole: &[&OperationCount],
    registered: &BTreeMap<Option<Country>, i64>,
) -> Vec<NationalityCount> {
    let unnamed: Vec<&OperationCount> = whole.iter().copied().filter(|count| count.nationality.is_none()).collect();
    let with_own_figure: BTreeSet<Country> = whole.iter().filter_map(|count| count.nationality).collect();
    let mut all: BTreeSet<Option<Country>> = registered.keys().copied().collect();
    all.extend(counts.iter().flat_map(|count| count.includes_nationalities.iter().copied().chain(count.nationality)).map(Some));
    all.extend(unnamed.first().map(|_| None));
    let row = |nationality: Option<Country>| {
        let (published, qualifier) = match nationality {
            None => together(&unnamed),
            Some(country) => figure_of(country, counts, whole),
        };
        // Whoever has no figure of their own can only have been counted among those without a nationality.
        let is_of_row = |other: &Option<Country>| match nationality {
            None if !unnamed.is_empty() => other.is_none_or(|country| !with_own_figure.contains(&country)),
            nationality => *other == nationality,
        };
        let cases = registered.iter().filter(|(other, _)| is_of_row(other)).map(|(_, cases)| cases).sum();
        NationalityCount { nationality, figures: unaccounted(published, qualifier, cases) }
    };
    let (unknown, known): (Vec<_>, Vec<_>) = all.into_iter().partition(Option::is_none);
    known.into_iter().chain(unknown).map(row).collect()
}

/// What was published of one nationality: the sum of its counts, or where they are all parts of others, the largest.
fn figure_of(country: Country, counts: &[&OperationCount], whole: &[&OperationCount]) -> Stated {
    let of_country = |count: &&OperationCount| count.nationality == Some(country);
    let own: Vec<&OperationCount> = whole.iter().copied().filter(of_country).collect();
    if !own.is_empty() {
        return together(&own);
    }
    let parts = counts.iter().copied().filter(of_country);
    parts.max_by_key(|count| count.value).map_or((None, Qualifier::Unknown), |count| (count.value.map(i64::from), count.qualifier))
}

/// Several counts as one figure. A sum is as exact as its least exact part.
fn together(counts: &[&OperationCount]) -> Stated {
    let values: Vec<i64> = counts.iter().filter_map(|count| count.value).map(i64::from).collect();
    if values.is_empty() {
        return (None, counts.first().map_or(Qualifier::Unknown, |count| count.qualifier));
    }
    // A part without a figure makes the sum a lower bound.
    let qualifiers = counts.iter().map(|count| if count.value.is_some() { count.qualifier } else { Qualifier::MoreThan });
    (Some(values.iter().sum()), qualifiers.reduce(both).unwrap_or(Qualifier::Unknown))
}

fn both(one: Qualifier, other: Qualifier) -> Qualifier {
    match (one, other) {
        (one, other) if one == other => one,
        (Qualifier::Exact, bound @ (Qualifier::MoreThan | Qualifier::LessThan | Qualifier::UpTo))
        | (bound @ (Qualifier::MoreThan | Qualifier::LessThan | Qualifier::UpTo), Qualifier::Exact) => bound,
        _ => Qualifier::Approx,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::OperationOutcome;

    fn count(nationality: Option<&str>, value: Option<i32>, qualifier: Qualifier, is_subset: bool) -> OperationCount {
        OperationCount {
            nationality: nationality.and_then(Country::parse),
            includes_nationalities: Vec::new(),
            gender: None,
            age_group: None,
            immigration_status: None,
            outcome: OperationOutcome::Found,
            value,
            qualifier,
            is_subset,
            note: None,
        }
    }

    #[test]
    fn a_difference_is_never_below_zero_and_as_exact_as_what_was_published() {
        use Qualifier::*;
        for (published, qualifier, registered, missing, surplus, is_exact, words) in [
            (Some(270), Exact, 12, Some(258), Some(0), true, "270 were counted and 12 are registered: 258 are unaccounted for."),
            (Some(10), Exact, 10, Some(0), Some(0), true, "10 were counted and as many are registered."),
            (Some(10), Exact, 13, Some(0), Some(3), true, "10 were counted and 13 are registered: a surplus of 3."),
            (
                Some(200),
                MoreThan,
                12,
                Some(188),
                Some(0),
                false,
                "More than 200 were counted and 12 are registered: about 188 are unaccounted for, because the published figure is not exact.",
            ),
            (
                Some(50),
                UpTo,
                60,
                Some(0),
                Some(10),
                false,
                "Up to 50 were counted and 60 are registered: a surplus of about 10, because the published figure is not exact.",
            ),
            (
                Some(50),
                Approx,
                50,
                Some(0),
                Some(0),
                false,
                "About 50 were counted and as many are registered; nothing more can be said, because the published figure is not exact.",
            ),
            (
                Some(80),
                PartialList,
                1,
                Some(79),
                Some(0),
                false,
                "80 (stated as \"partial list\") were counted and 1 are registered: about 79 are unaccounted for, because the published figure is not exact.",
            ),
            (None, Exact, 4, None, None, false, "No figure was published; 4 are registered."),
            (None, Tens, 0, None, None, false, "No figure was published; 0 are registered."),
        ] {
            let found = unaccounted(published, qualifier, registered);
            assert_eq!((found.unaccounted, found.surplus, found.is_exact), (missing, surplus, is_exact), "{found:?}");
            assert_eq!((found.statement.as_str(), found.qualifier), (words, qualifier));
        }
    }

    #[test]
    fn a_sum_is_as_exact_as_its_least_exact_part() {
        use Qualifier::*;
        for (parts, expected) in [
            (vec![], (None, Unknown)),
            (vec![(None, Tens)], (None, Tens)),
            (vec![(Some(3), Exact), (Some(4), Exact)], (Some(7), Exact)),
            (vec![(Some(200), MoreThan), (Some(27), Exact)], (Some(227), MoreThan)),
            (vec![(Some(200), Exact), (None, Hundreds)], (Some(200), MoreThan)),
            (vec![(Some(5), UpTo), (Some(5), MoreThan)], (Some(10), Approx)),
            (vec![(Some(5), Exact), (Some(5), Mostly)], (Some(10), Approx)),
        ] {
            let counts: Vec<_> = parts.iter().map(|(value, qualifier)| count(None, *value, *qualifier, false)).collect();
            assert_eq!(together(&counts.iter().collect::<Vec<_>>()), expected, "{parts:?}");
        }
    }

    #[test]
    fn nationalities_keep_their_own_figure_and_the_unnamed_are_counted_together() {
        use Qualifier::{Exact, MoreThan};
        let mut unnamed = count(None, Some(100), MoreThan, false);
        unnamed.includes_nationalities = vec![Country::parse("KEN").unwrap()];
        let counts = [
            count(Some("IDN"), Some(270), Exact, false),
            count(Some("IDN"), Some(45), Exact, true),
            count(Some("VNM"), Some(20), Exact, true),
            unnamed,
        ];
        let registered = [(Some("IDN"), 3), (Some("VNM"), 2), (Some("PHL"), 1), (None, 4)];
        let registered = registered.into_iter().map(|(code, cases)| (code.and_then(Country::parse), cases)).collect();
        let found = reconcile_registered(&counts.iter().collect::<Vec<_>>(), None, &registered);
        assert_eq!((found.total.published, found.total.qualifier, found.total.registered), (Some(370), MoreThan, 10));
        assert_eq!(found.published.sum_of_parts, 370);
        let rows: Vec<_> = found
            .nationalities
            .iter()
            .map(|row| {
                (row.nationality.map(|country| country.to_string()), row.figures.published, row.figures.registered, row.figures.unaccounted)
            })
            .collect();
        let row = |code: &str, published, registered, missing| (Some(code.to_owned()), published, registered, missing);
        assert_eq!(
            rows,
            [
                row("IDN", Some(270), 3, Some(267)),
                row("KEN", None, 0, None),
                row("PHL", None, 1, None),
                row("VNM", Some(20), 2, Some(18)),
                (None, Some(100), 7, Some(93)),
            ]
        );
        let stated = StatedTotal { value: 400, qualifier: Qualifier::Approx };
        let found = reconcile_registered(&counts.iter().collect::<Vec<_>>(), Some(&stated), &registered);
        assert_eq!((found.total.published, found.total.qualifier, found.total.is_exact), (Some(400), Qualifier::Approx, false));
    }
}

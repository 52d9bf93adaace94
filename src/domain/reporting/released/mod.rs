//! Released figures: what may be told of a group without telling of anybody in it (DOMAIN §5).
//!
//! A release is a frozen count of records by the ten dimensions below. Everything that can be asked about it is a table by at most three of
//! them: a filter is one more dimension, and its answer a part of that table. So what an attacker can know is the finite set of these
//! tables, whatever is asked, and in whatever order.

mod cross;
mod published;
mod settled;

pub use cross::{Cross, Facts, Record};
pub use published::{Published, PublishedCell};

text_enum! {
    /// What released figures can be broken down by.
    pub enum ReleasedDimension {
        Nationality = "nationality",
        Gender = "gender",
        AgeBand = "age_band",
        CompoundAdmin1 = "compound_admin1",
        ExitMode = "exit_mode",
        Stage = "stage",
        Mission = "mission",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

/// The most dimensions of one question, filters among them.
pub const MOST_DIMENSIONS: usize = 3;
/// The most cells of one answer.
pub const MOST_CELLS: usize = 10_000;
/// The smallest group that is ever told of, unless a deployment asks for a larger one.
pub const SMALLEST_GROUP: i64 = 10;
/// The largest group that a deployment can ask for.
pub const LARGEST_GROUP: i64 = 1_000;

/// What a deployment decides about released figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseRules {
    /// The smallest group that is told of, at least [`SMALLEST_GROUP`].
    pub group: i64,
    /// Different questions that one user or client may ask about one release in a day.
    pub questions: i32,
}

impl Default for ReleaseRules {
    fn default() -> Self {
        Self { group: SMALLEST_GROUP, questions: 100 }
    }
}

/// What a group of this size is told as: rounded down to a multiple of the smallest group, and nothing where it is smaller.
pub const fn rounded(count: i64, group: i64) -> Option<i64> {
    if group > 0 && count >= group { Some(count - count % group) } else { None }
}

/// A figure of a cell by itself: a true zero is told only where the group in which nobody was found is large enough.
pub const fn figure(count: i64, marginal: i64, group: i64) -> Option<i64> {
    if count == 0 && marginal >= group { Some(0) } else { rounded(count, group) }
}

/// Whether nothing is answered by these together, however large the groups are: compound, nationality and month single people out by what
/// a newspaper says.
pub fn is_barred(dimensions: &[ReleasedDimension]) -> bool {
    use ReleasedDimension::{CompoundAdmin1, Month, Nationality};
    [CompoundAdmin1, Nationality, Month].iter().all(|one| dimensions.contains(one))
}

/// Whether a new release may follow one: so many records came, went or changed that the two, subtracted, are about a group.
pub fn may_follow(before: &Cross, after: &Cross, group: i64) -> bool {
    before.changed(after) >= group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded_down_as_the_domain_says() {
        for (count, told) in [(0, None), (3, None), (9, None), (10, Some(10)), (19, Some(10)), (45, Some(40)), (270, Some(270))] {
            assert_eq!(rounded(count, 10), told, "{count}");
        }
        for (count, told) in [(312, 310), (1_440, 1_440), (8_776, 8_770)] {
            assert_eq!(rounded(count, 10), Some(told), "{count}");
        }
        for (count, told) in [(10, None), (11, Some(11)), (45, Some(44)), (270, Some(264))] {
            assert_eq!(rounded(count, 11), told, "{count} as CTDC rounds");
        }
        assert_eq!([figure(0, 9, 10), figure(0, 10, 10), figure(3, 400, 10), figure(12, 400, 10)], [None, Some(0), None, Some(10)]);
    }

    #[test]
    fn place_nationality_and_month_are_never_told_together() {
        use ReleasedDimension::*;
        assert!(is_barred(&[Month, Nationality, CompoundAdmin1]));
        assert!(!is_barred(&[Year, Nationality, CompoundAdmin1]) && !is_barred(&[Nationality, Month]));
    }
}

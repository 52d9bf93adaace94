//! What a group is told as, and what a deployment decides about it.

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
}

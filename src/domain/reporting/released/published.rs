//! What a release tells when it is asked.

use crate::domain::reporting::released::cross::Cross;
use crate::domain::reporting::released::dimension::ReleasedDimension;
use crate::domain::reporting::released::rounding::rounded;
use crate::domain::reporting::released::settled::{Key, Settled, Settling};

/// What can be told of a release.
pub struct Published<'a> {
    cross: &'a Cross,
    group: i64,
    settling: Settling<'a>,
}

/// A cell of a table that is told: its values, in the order that was asked for, and its figure; none where it is held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedCell {
    /// The values.
    pub values: Vec<String>,
    /// The figure.
    pub count: Option<i64>,
}

impl<'a> Published<'a> {
    /// What can be told of these records about groups of at least this size.
    pub fn of(cross: &'a Cross, group: i64) -> Self {
        Self { cross, group, settling: Settling::of(cross, group) }
    }

    /// How many records there are, as far as that is told.
    pub fn records(&self) -> Option<i64> {
        rounded(self.cross.records(), self.group)
    }

    /// The values of a dimension that are told of: those that a whole group has.
    pub fn values(&self, dimension: ReleasedDimension) -> Vec<String> {
        self.settling.values(dimension).iter().map(|place| self.cross.word(*place).to_owned()).collect()
    }

    /// How many cells the answer to a question has.
    pub fn size(&self, by: &[ReleasedDimension]) -> usize {
        self.settling.size(by)
    }

    /// Counts by dimensions, among the records that have these values; and how many there are of those, as far as that is told.
    pub fn table(&self, by: &[ReleasedDimension], only: &[(ReleasedDimension, String)]) -> (Vec<PublishedCell>, Option<i64>) {
        // A filter is one more dimension, and the answer a part of that table: so nothing is told that the table itself does not tell.
        let mut all: Vec<ReleasedDimension> = by.iter().copied().chain(only.iter().map(|(dimension, _)| *dimension)).collect();
        all.sort_unstable();
        all.dedup();
        let cells = self.part(&all, only, |key| by.iter().map(|dimension| self.value_at(&all, *dimension, key)).collect());
        let mut filters: Vec<ReleasedDimension> = only.iter().map(|(dimension, _)| *dimension).collect();
        filters.sort_unstable();
        filters.dedup();
        if filters.is_empty() {
            return (cells, self.records());
        }
        let total = self.part(&filters, only, |_| Vec::new()).into_iter().find_map(|cell| cell.count);
        (cells, total)
    }

    /// The cells of a table that have these values.
    fn part(
        &self,
        by: &[ReleasedDimension],
        only: &[(ReleasedDimension, String)],
        values: impl Fn(&Key) -> Vec<String>,
    ) -> Vec<PublishedCell> {
        let Settled { counts, held } = self.settling.settle(by);
        let is_wanted = |key: &Key| only.iter().all(|(dimension, value)| self.value_at(by, *dimension, key) == *value);
        let told = |key: &Key, count: i64| if count == 0 { Some(0) } else { rounded(count, self.group) }.filter(|_| !held.contains(key));
        let wanted = counts.iter().filter(|(key, _)| is_wanted(key));
        wanted.map(|(key, count)| PublishedCell { values: values(key), count: told(key, *count) }).collect()
    }

    fn value_at(&self, by: &[ReleasedDimension], dimension: ReleasedDimension, key: &Key) -> String {
        let place = by.iter().zip(key).find(|(one, _)| **one == dimension).map_or(0, |(_, place)| *place);
        self.cross.word(place).to_owned()
    }
}

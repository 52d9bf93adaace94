//! What of a table is held back, so that nothing that is told gives away a small group.
//!
//! A line is a row or a column of the table, in any of its directions, with the total of that line, which another table tells. Where one cell
//! of a line is held back, the rest of the line tells about how many are in it: so another one is held back with it. Some are held back by
//! chance, so that whoever knows all this still does not know of a cell that is held back whether few or many are in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::reporting::released::cross::Cross;
use crate::domain::reporting::released::dimension::ReleasedDimension;
use crate::domain::reporting::released::rounding::figure;

/// The values of a cell, as places in the list of words.
pub(super) type Key = Vec<u32>;

/// A table by dimensions, and what of it is held back.
pub(super) struct Settled {
    /// Every combination of the values that are told of, and its true count.
    pub(super) counts: BTreeMap<Key, i64>,
    /// What is not told.
    pub(super) held: BTreeSet<Key>,
}

/// A row or a column of a table: its cells, its true total, and how many records of it are in no cell.
struct Line<'a> {
    cells: Vec<(&'a Key, i64)>,
    total: i64,
    rest: i64,
}

/// Decides about tables of one release.
pub(super) struct Settling<'a> {
    cross: &'a Cross,
    group: i64,
    /// The values that are told of, for each dimension: those that a whole group has.
    listed: BTreeMap<ReleasedDimension, Vec<u32>>,
}

impl<'a> Settling<'a> {
    pub(super) fn of(cross: &'a Cross, group: i64) -> Self {
        let listed = |dimension: ReleasedDimension| {
            let sums = cross.sums(&[dimension]);
            let told = sums.into_iter().filter(|(_, count)| *count >= group).filter_map(|(key, _)| key.first().copied());
            let told: BTreeSet<u32> = told.filter(|place| *place != 0).collect();
            (dimension, told.into_iter().collect())
        };
        Self { cross, group, listed: ReleasedDimension::ALL.iter().copied().map(listed).collect() }
    }

    /// How many cells a table by these dimensions has.
    pub(super) fn size(&self, by: &[ReleasedDimension]) -> usize {
        by.iter().map(|dimension| self.values(*dimension).len()).product()
    }

    pub(super) fn values(&self, dimension: ReleasedDimension) -> &[u32] {
        self.listed.get(&dimension).map_or(&[], Vec::as_slice)
    }

    /// The table by these dimensions, and what of it is held back.
    pub(super) fn settle(&self, by: &[ReleasedDimension]) -> Settled {
        let sums = self.cross.sums(by);
        let counts: BTreeMap<Key, i64> = self.keys(by).into_iter().map(|key| (key.clone(), sums.get(&key).copied().unwrap_or(0))).collect();
        let mut held: BTreeSet<Key> = counts.iter().filter(|(_, count)| self.is_small(**count)).map(|(key, _)| key.clone()).collect();
        let has_small = !held.is_empty();
        if by.len() > 1 {
            held.extend(counts.iter().filter(|(key, count)| **count > 0 && self.cross.holds_by_chance(key)).map(|(key, _)| key.clone()));
        }
        let lines = self.lines(by, &counts);
        while has_small && self.hold_more(&lines, &mut held) {}
        self.hold_zeros(&lines, &counts, has_small, &mut held);
        Settled { counts, held }
    }

    fn is_small(&self, count: i64) -> bool {
        count > 0 && count < self.group
    }

    /// Every combination of the values that are told of.
    fn keys(&self, by: &[ReleasedDimension]) -> Vec<Key> {
        by.iter().fold(vec![Vec::new()], |keys, dimension| {
            let longer = |key: &Key| self.values(*dimension).iter().map(|value| [key.as_slice(), &[*value]].concat()).collect::<Vec<_>>();
            keys.iter().flat_map(longer).collect()
        })
    }

    /// The rows and columns of a table, in every direction.
    fn lines<'b>(&self, by: &[ReleasedDimension], counts: &'b BTreeMap<Key, i64>) -> Vec<Line<'b>> {
        let mut lines = Vec::new();
        for axis in 0..by.len() {
            let mut along: BTreeMap<Key, Vec<(&Key, i64)>> = BTreeMap::new();
            for (key, count) in counts {
                along.entry(without(key, axis)).or_default().push((key, *count));
            }
            add(&mut lines, along, &self.cross.sums(&without(by, axis)));
            self.add_calendar(&mut lines, by, axis, counts);
        }
        lines
    }

    /// The months of a quarter are a line, of which another table tells the total, and so are the quarters of a year.
    fn add_calendar<'b>(&self, lines: &mut Vec<Line<'b>>, by: &[ReleasedDimension], axis: usize, counts: &'b BTreeMap<Key, i64>) {
        let Some(dimension) = by.get(axis).copied() else { return };
        let longer = match dimension {
            ReleasedDimension::Month => ReleasedDimension::Quarter,
            ReleasedDimension::Quarter => ReleasedDimension::Year,
            _ => return,
        };
        let pairs = self.cross.sums(&[dimension, longer]);
        let within: BTreeMap<u32, u32> = pairs.keys().filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect();
        let mut along: BTreeMap<Key, Vec<(&Key, i64)>> = BTreeMap::new();
        for (key, count) in counts {
            let longer_at = |(at, place): (usize, &u32)| if at == axis { within.get(place).copied().unwrap_or(0) } else { *place };
            along.entry(key.iter().enumerate().map(longer_at).collect()).or_default().push((key, *count));
        }
        let of: Vec<ReleasedDimension> = by.iter().map(|one| if *one == dimension { longer } else { *one }).collect();
        add(lines, along, &self.cross.sums(&of));
    }

    /// Holds back one more cell, the next smallest, in each line that gives away the only one that is held back. True: there was such a line.
    fn hold_more(&self, lines: &[Line<'_>], held: &mut BTreeSet<Key>) -> bool {
        let mut more = Vec::new();
        for line in lines.iter().filter(|line| self.gives_away(line, held)) {
            let told = line.cells.iter().filter(|(key, count)| *count >= self.group && !held.contains(*key));
            more.extend(told.min_by_key(|(key, count)| (*count, *key)).map(|(key, _)| (*key).clone()));
        }
        let is_more = !more.is_empty();
        held.extend(more);
        is_more
    }

    /// Whether subtracting what is told of a line from its total says something about what of it is held back: because that is one cell, or
    /// because all of it together is no group.
    fn gives_away(&self, line: &Line<'_>, held: &BTreeSet<Key>) -> bool {
        let held: Vec<i64> = line.cells.iter().filter(|(key, count)| *count > 0 && held.contains(*key)).map(|(_, count)| *count).collect();
        let is_alone = held.len() == 1 && line.rest == 0;
        is_alone || (!held.is_empty() && self.is_small(held.iter().sum::<i64>() + line.rest))
    }

    /// Holds back every zero where anything else is held back, so that nobody can tell the one from the other; and where the group in
    /// which nobody was found is small.
    fn hold_zeros(&self, lines: &[Line<'_>], counts: &BTreeMap<Key, i64>, has_small: bool, held: &mut BTreeSet<Key>) {
        let zeros = counts.iter().filter(|(_, count)| **count == 0).map(|(key, _)| key.clone());
        if has_small {
            held.extend(zeros);
            return;
        }
        let of_few = lines.iter().filter(|line| figure(0, line.total, self.group).is_none()).flat_map(|line| &line.cells);
        held.extend(of_few.filter(|(_, count)| *count == 0).map(|(key, _)| (*key).clone()));
    }
}

/// Adds lines of cells, with their totals.
fn add<'b>(lines: &mut Vec<Line<'b>>, along: BTreeMap<Key, Vec<(&'b Key, i64)>>, totals: &HashMap<Key, i64>) {
    for (of, cells) in along {
        let total = totals.get(&of).copied().unwrap_or(0);
        let rest = total - cells.iter().map(|(_, count)| count).sum::<i64>();
        lines.push(Line { cells, total, rest });
    }
}

/// The same without the one at this place.
fn without<T: Clone>(of: &[T], place: usize) -> Vec<T> {
    of.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, one)| one.clone()).collect()
}

//! Somebody who asks everything that may be asked about a release, subtracts each answer from each other, and looks for a group of fewer
//! than the smallest that is told of.
//!
//! They know how the figures are rounded and held back, and, more than anybody outside, of every line whether its cells are all there is. What they conclude is told as a range; a small group is found out where the range
//! leaves nothing but small groups.

use std::collections::{BTreeMap, HashMap};

/// A group of records, by dimensions and their values, in the order of the dimensions.
pub type Group = Vec<(usize, String)>;

/// One answer: of each group of a table its figure; none where it is held back.
pub type Told = BTreeMap<Group, Option<i64>>;

const ANY: i64 = i64::MAX / 4;

/// A row or a column: the whole, its parts that are told of, and whether there may be others.
struct Line {
    whole: usize,
    parts: Vec<usize>,
    rest: i64,
}

pub struct Attacker {
    smallest: i64,
    groups: Vec<Group>,
    truth: Vec<i64>,
    ranges: Vec<(i64, i64)>,
    lines: Vec<Line>,
}

/// The quarter of a month and the year of a quarter, as the test numbers them.
fn longer(dimension: usize, value: &str) -> Option<(usize, String)> {
    let (word, number) = value.split_at(value.find(|letter: char| letter.is_ascii_digit())?);
    let number: usize = number.parse().ok()?;
    match word {
        "month" => Some((dimension + 1, format!("quarter{}", number / 3))),
        "quarter" => Some((dimension + 1, format!("year{}", number / 4))),
        _ => None,
    }
}

impl Attacker {
    /// Somebody who was told these answers. `truth` counts the records of a group.
    pub fn told(smallest: i64, answers: &Told, truth: impl Fn(&Group) -> i64) -> Self {
        let groups: Vec<Group> = answers.keys().cloned().collect();
        let truth: Vec<i64> = groups.iter().map(truth).collect();
        let range = |told: &Option<i64>| match told {
            Some(0) => (0, 0),
            Some(figure) => (*figure, figure + smallest - 1),
            // Fewer than the smallest group, or held back for another's sake, or by chance.
            None => (0, ANY),
        };
        let ranges = answers.values().map(range).collect();
        let places: HashMap<&Group, usize> = groups.iter().zip(0..).collect();
        let mut along: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (place, group) in groups.iter().enumerate() {
            for axis in 0..group.len() {
                let mut whole = group.clone();
                let (dimension, _) = whole.remove(axis);
                if let Some(whole) = places.get(&whole) {
                    along.entry((*whole, dimension)).or_default().push(place);
                }
            }
        }
        // Whoever knows the calendar adds up the months of a quarter, and the quarters of a year.
        for (place, group) in groups.iter().enumerate() {
            for (axis, (dimension, value)) in group.iter().enumerate() {
                if let Some(longer) = longer(*dimension, value) {
                    let mut whole = group.clone();
                    whole[axis] = longer;
                    if let Some(whole) = places.get(&whole) {
                        along.entry((*whole, *dimension)).or_default().push(place);
                    }
                }
            }
        }
        let line = |((whole, _), parts): ((usize, usize), Vec<usize>)| {
            let listed: i64 = parts.iter().map(|part| truth[*part]).sum();
            Line { whole, rest: if listed == truth[whole] { 0 } else { ANY }, parts }
        };
        let lines = along.into_iter().map(line).collect();
        Self { smallest, groups, truth, ranges, lines }
    }

    /// Everything that can be concluded about a small group, in words.
    pub fn findings(mut self) -> Vec<String> {
        while self.conclude() {}
        let mut found = Vec::new();
        for ((group, range), truth) in self.groups.iter().zip(&self.ranges).zip(&self.truth) {
            assert!(range.0 <= *truth && *truth <= range.1, "{group:?} has {truth}, and {range:?} is told of it");
            self.look(*range, || format!("{group:?}, which has {truth}"), &mut found);
        }
        for line in &self.lines {
            self.subtract(line, &mut found);
        }
        found
    }

    fn look(&self, (least, most): (i64, i64), what: impl Fn() -> String, found: &mut Vec<String>) {
        if least >= 1 && most < self.smallest {
            found.push(format!("{}: {least} to {most}", what()));
        }
    }

    /// The whole without one part, and without each two.
    fn subtract(&self, line: &Line, found: &mut Vec<String>) {
        let (least, most) = self.ranges[line.whole];
        let (sum_least, sum_most) = self.sums(line);
        let left = |parts: &[usize]| {
            let of = |side: fn((i64, i64)) -> i64| parts.iter().map(|part| side(self.ranges[*part])).sum::<i64>();
            let (fewest, largest) = (of(|range| range.0), of(|range| range.1));
            let by_others = if sum_most + line.rest >= ANY { ANY } else { sum_most + line.rest - largest };
            ((least - largest).max(sum_least - fewest).max(0), (most - fewest).min(by_others))
        };
        for (at, one) in line.parts.iter().enumerate() {
            self.look(left(&[*one]), || format!("{:?} without {:?}", self.groups[line.whole], self.groups[*one]), found);
            for other in &line.parts[at + 1..] {
                let what = || format!("{:?} without {:?} and {:?}", self.groups[line.whole], self.groups[*one], self.groups[*other]);
                self.look(left(&[*one, *other]), what, found);
            }
        }
    }

    fn sums(&self, line: &Line) -> (i64, i64) {
        let add = |sum: (i64, i64), part: &usize| ((sum.0 + self.ranges[*part].0), (sum.1 + self.ranges[*part].1).min(ANY));
        line.parts.iter().fold((0, 0), add)
    }

    /// Narrows every range by the others of its lines. True: one became narrower.
    fn conclude(&mut self) -> bool {
        let before = self.ranges.clone();
        for at in 0..self.lines.len() {
            let line = &self.lines[at];
            let (whole, rest, parts) = (line.whole, line.rest, line.parts.clone());
            let (sum_least, sum_most) = self.sums(line);
            let range = &mut self.ranges[whole];
            *range = (range.0.max(sum_least), range.1.min(sum_most.saturating_add(rest)));
            let (least, most) = *range;
            let unbounded = parts.iter().filter(|part| self.ranges[**part].1 >= ANY).count();
            let bounded: i64 = parts.iter().map(|part| self.ranges[*part].1).filter(|most| *most < ANY).sum();
            for part in parts {
                let (fewest, largest) = self.ranges[part];
                let others_unbounded = rest >= ANY || unbounded > usize::from(largest >= ANY);
                let others = bounded - if largest >= ANY { 0 } else { largest };
                let narrower = if others_unbounded { fewest } else { fewest.max(least - others - rest) };
                self.ranges[part] = (narrower, largest.min(most - (sum_least - fewest)));
            }
        }
        before != self.ranges
    }
}

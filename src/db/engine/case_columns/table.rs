//! The cases that one organisation lists, column by column, so that a look at a million of them reads a few megabytes one after the other.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Mutex;

use crate::db::engine::case_columns::codes::{Coded, ID_COLUMNS, Numbers, TEXT_COLUMNS, TextColumn};
use crate::db::engine::case_columns::wanted::{Order, SortColumn, Wanted};
use crate::domain::ids::CaseId;

/// Sets of columns whose counts are kept. Each one costs something with each case that changes.
const MOST_KEPT: usize = 16;
/// Combinations that are counted in one array; of more, only those that there are.
const MOST_COMBINATIONS: usize = 4_000_000;

/// How many cases have these codes, in the order of the columns that were asked for.
pub(super) type Counts = HashMap<Vec<u16>, i64>;

/// The cases of one organisation.
#[derive(Default)]
pub(super) struct Table {
    cases: Vec<CaseId>,
    texts: [Vec<u16>; TEXT_COLUMNS],
    ids: [Vec<u32>; ID_COLUMNS],
    registered_on: Vec<i32>,
    registered: Vec<i64>,
    changed: Vec<i64>,
    risk: Vec<i32>,
    /// The grants that end, and when: few.
    ends: HashMap<CaseId, i64>,
    places: HashMap<CaseId, usize>,
    /// The counts of all cases by sets of columns that somebody asked for, kept equal to the rows. Grants that are over are counted, too:
    /// no clock changes the counts.
    kept: Mutex<HashMap<Vec<TextColumn>, Counts>>,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    pub(super) fn put(&mut self, row: &Coded) {
        self.remove(row.case);
        self.places.insert(row.case, self.cases.len());
        self.cases.push(row.case);
        self.texts.iter_mut().zip(row.texts).for_each(|(column, number)| column.push(number));
        self.ids.iter_mut().zip(row.ids).for_each(|(column, number)| column.push(number));
        self.registered_on.push(row.registered_on);
        self.registered.push(row.registered);
        self.changed.push(row.changed);
        self.risk.push(row.risk);
        if let Some(ends) = row.ends {
            self.ends.insert(row.case, ends);
        }
        self.count_in(&row.texts, 1);
    }

    pub(super) fn remove(&mut self, case: CaseId) {
        let Some(at) = self.places.remove(&case) else { return };
        if let Some(texts) = self.texts_at(at) {
            self.count_in(&texts, -1);
        }
        self.ends.remove(&case);
        self.cases.swap_remove(at);
        for column in &mut self.texts {
            column.swap_remove(at);
        }
        for column in &mut self.ids {
            column.swap_remove(at);
        }
        self.registered_on.swap_remove(at);
        self.registered.swap_remove(at);
        self.changed.swap_remove(at);
        self.risk.swap_remove(at);
        if let Some(moved) = self.cases.get(at) {
            self.places.insert(*moved, at);
        }
    }

    fn texts_at(&self, at: usize) -> Option<[u16; TEXT_COLUMNS]> {
        let mut texts = [0; TEXT_COLUMNS];
        for (number, column) in texts.iter_mut().zip(&self.texts) {
            *number = *column.get(at)?;
        }
        Some(texts)
    }

    /// Keeps the counts equal to the rows.
    fn count_in(&mut self, texts: &[u16; TEXT_COLUMNS], more: i64) {
        match self.kept.get_mut() {
            Ok(kept) => kept.iter_mut().for_each(|(columns, counts)| add(counts, combination(columns, texts), more)),
            // Counts that a panic left half written are no counts.
            Err(poisoned) => poisoned.into_inner().clear(),
        }
    }

    /// The first of the wanted cases behind a place in an order, at most so many, those not whose grant is over.
    pub(super) fn first(&self, numbers: &Numbers, wanted: &Wanted, order: Order, most: usize, now: i64) -> Vec<CaseId> {
        let Some(mask) = self.mask(numbers, wanted, now) else { return Vec::new() };
        match order.by {
            SortColumn::Registered => self.best(&mask, self.registered.iter().copied(), order, most),
            SortColumn::Changed => self.best(&mask, self.changed.iter().copied(), order, most),
            SortColumn::Risk => self.best(&mask, self.risk.iter().copied().map(i64::from), order, most),
        }
    }

    fn best(&self, mask: &[bool], keys: impl Iterator<Item = i64>, order: Order, most: usize) -> Vec<CaseId> {
        let rows = mask.iter().zip(keys).zip(&self.cases).filter(|((is_wanted, _), _)| **is_wanted).map(|((_, key), case)| (key, *case));
        if order.descending {
            let rows = rows.filter(|row| order.after.is_none_or(|after| *row < after)).map(Reverse);
            return least(rows, most).into_iter().map(|Reverse((_, case))| case).collect();
        }
        let rows = rows.filter(|row| order.after.is_none_or(|after| *row > after));
        least(rows, most).into_iter().map(|(_, case)| case).collect()
    }

    /// Which rows are wanted. None: no row is, because no case has what is asked for.
    fn mask(&self, numbers: &Numbers, wanted: &Wanted, now: i64) -> Option<Vec<bool>> {
        let mut mask = vec![true; self.cases.len()];
        for (column, text) in &wanted.texts {
            let number = column.of(&numbers.texts).number(text.as_deref())?;
            narrow(&mut mask, column.of::<Vec<_>>(&self.texts), |found| *found == number);
        }
        for (column, id) in &wanted.ids {
            let number = numbers.id(*id)?;
            narrow(&mut mask, column.of::<Vec<_>>(&self.ids), |found| *found == number);
        }
        let (first, last) = wanted.registered_on;
        if (first, last) != (None, None) {
            let (first, last) = (first.unwrap_or(i32::MIN), last.unwrap_or(i32::MAX));
            narrow(&mut mask, &self.registered_on, |day| first <= *day && *day <= last);
        }
        for (column, (begin, end)) in [(&self.registered, wanted.registered), (&self.changed, wanted.changed)] {
            if (begin, end) != (None, None) {
                let (begin, end) = (begin.unwrap_or(i64::MIN), end.unwrap_or(i64::MAX));
                narrow(&mut mask, column, |at| begin <= *at && *at < end);
            }
        }
        self.leave_out(&mut mask, self.over(now));
        Some(mask)
    }

    /// The cases whose grant is over.
    fn over(&self, now: i64) -> impl Iterator<Item = CaseId> + '_ {
        self.ends.iter().filter(move |(_, ends)| **ends <= now).map(|(case, _)| *case)
    }

    fn leave_out(&self, mask: &mut [bool], cases: impl Iterator<Item = CaseId>) {
        for case in cases {
            if let Some(is_wanted) = self.places.get(&case).and_then(|at| mask.get_mut(*at)) {
                *is_wanted = false;
            }
        }
    }

    /// Counts the wanted cases by codes, those not whose grant is over, nor these ones. The columns are at most three.
    pub(super) fn count(&self, numbers: &Numbers, wanted: &Wanted, columns: &[TextColumn], but: &[CaseId], now: i64) -> Counts {
        if !wanted.is_everything() {
            let Some(mut mask) = self.mask(numbers, wanted, now) else { return Counts::new() };
            self.leave_out(&mut mask, but.iter().copied());
            return self.counted(numbers, columns, Some(&mask));
        }
        let mut counts = self.counts_of_all(numbers, columns);
        let out: HashSet<CaseId> = self.over(now).chain(but.iter().copied()).collect();
        for texts in out.iter().filter_map(|case| self.places.get(case)).filter_map(|at| self.texts_at(*at)) {
            add(&mut counts, combination(columns, &texts), -1);
        }
        counts
    }

    fn counts_of_all(&self, numbers: &Numbers, columns: &[TextColumn]) -> Counts {
        let Ok(mut kept) = self.kept.lock() else { return self.counted(numbers, columns, None) };
        if let Some(counts) = kept.get(columns) {
            return counts.clone();
        }
        let counts = self.counted(numbers, columns, None);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(columns.to_vec(), counts.clone());
        counts
    }

    fn counted(&self, numbers: &Numbers, columns: &[TextColumn], mask: Option<&[bool]>) -> Counts {
        let widths: Vec<usize> = columns.iter().map(|column| column.of(&numbers.texts).width()).collect();
        let Some(combinations) = widths.iter().try_fold(1_usize, |all, width| all.checked_mul(*width)) else { return Counts::new() };
        // The place of each row among the combinations.
        let mut places = vec![0_usize; self.cases.len()];
        for (column, width) in columns.iter().zip(&widths) {
            places.iter_mut().zip(column.of(&self.texts)).for_each(|(place, number)| *place = *place * width + usize::from(*number));
        }
        let wanted = |at: usize| mask.is_none_or(|mask| mask.get(at).copied().unwrap_or_default());
        let wanted = places.into_iter().enumerate().filter(|(at, _)| wanted(*at)).map(|(_, place)| place);
        let mut found: HashMap<usize, i64> = HashMap::new();
        if combinations <= MOST_COMBINATIONS {
            let mut all = vec![0_i64; combinations];
            wanted.for_each(|place| {
                if let Some(count) = all.get_mut(place) {
                    *count += 1;
                }
            });
            found.extend(all.into_iter().enumerate().filter(|(_, count)| *count > 0));
        } else {
            wanted.for_each(|place| *found.entry(place).or_default() += 1);
        }
        found.into_iter().map(|(place, count)| (numbers_of(place, &widths), count)).collect()
    }
}

/// The least of some things, at most so many, in no order.
fn least<T: Ord>(things: impl Iterator<Item = T>, most: usize) -> Vec<T> {
    let mut kept: BinaryHeap<T> = BinaryHeap::new();
    for thing in things {
        if kept.len() < most {
            kept.push(thing);
        } else if kept.peek().is_some_and(|greatest| thing < *greatest) {
            kept.pop();
            kept.push(thing);
        }
    }
    kept.into_vec()
}

/// Takes the rows out of a mask whose value is not wanted: without a branch, so that the machine looks at many at once.
fn narrow<T>(mask: &mut [bool], column: &[T], is_wanted: impl Fn(&T) -> bool) {
    mask.iter_mut().zip(column).for_each(|(row, value)| *row &= is_wanted(value));
}

fn combination(columns: &[TextColumn], texts: &[u16; TEXT_COLUMNS]) -> Vec<u16> {
    columns.iter().map(|column| *column.of(texts)).collect()
}

fn add(counts: &mut Counts, combination: Vec<u16>, more: i64) {
    match counts.entry(combination) {
        Entry::Occupied(mut count) => {
            *count.get_mut() += more;
            if *count.get() == 0 {
                count.remove();
            }
        }
        Entry::Vacant(place) => {
            place.insert(more);
        }
    }
}

/// The codes of a place among the combinations.
fn numbers_of(place: usize, widths: &[usize]) -> Vec<u16> {
    let mut rest = place;
    let digits = widths.iter().rev().map(|width| {
        let digit = rest % width;
        rest /= width;
        u16::try_from(digit).unwrap_or_default()
    });
    let mut numbers: Vec<u16> = digits.collect();
    numbers.reverse();
    numbers
}

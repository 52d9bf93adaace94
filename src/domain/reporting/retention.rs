//! Which backups are kept: all of the last hours, then one a day, then one a week. What is not kept is deleted, and with it, in time,
//! everything that an erased person left in backups.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::domain::dates::Timestamp;

/// Microseconds of an hour and of a day.
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Days from a Monday to 1970-01-01, which was a Thursday.
const MONDAY: i64 = 3;
/// More than any rule needs: a larger number is a typing error.
const MOST: i64 = 9_999;
/// What a rule looks like, for whoever wrote another one.
pub const ACCEPTED: &str = "must say what to keep, such as 48h,14d,8w: every backup of the last 48 hours, one of each of the last 14 days and one of \
                            each of the last 8 weeks; each letter at most once, with a number from 1 to 9999 before it";

/// How long backups are kept. Days and weeks are those of UTC, and weeks begin on Monday; those that are not over come in addition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Hours of which every backup is kept.
    hours: Option<i64>,
    /// Days of which one backup each is kept.
    days: Option<i64>,
    /// Weeks of which one backup each is kept.
    weeks: Option<i64>,
}

impl Retention {
    /// Reads a rule such as `48h,14d,8w`. None: it is none, see [`ACCEPTED`].
    pub fn parse(text: &str) -> Option<Self> {
        let mut rule = Self::default();
        for part in text.split(',').map(str::trim) {
            let (number, of) = match part.chars().last()? {
                'h' => (part.strip_suffix('h')?, &mut rule.hours),
                'd' => (part.strip_suffix('d')?, &mut rule.days),
                'w' => (part.strip_suffix('w')?, &mut rule.weeks),
                _ => return None,
            };
            let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
            let number = number.parse().ok().filter(|number| is_plain && (1..=MOST).contains(number))?;
            if of.replace(number).is_some() {
                return None;
            }
        }
        Some(rule)
    }

    /// Which of these backups are kept. The newest one always is; and so is one of the future, which a wrong clock made: nobody knows
    /// how old it is. Of a day or a week its last one is kept, so that a backup that is kept once stays until its day or week is too old.
    pub fn kept(self, made: &[Timestamp], now: Timestamp) -> BTreeSet<Timestamp> {
        let (past, mut kept): (BTreeSet<Timestamp>, BTreeSet<Timestamp>) = made.iter().partition(|at| **at <= now);
        kept.extend(past.last());
        let of_hours = |at: &&Timestamp| self.hours.is_some_and(|hours| now.micros() - at.micros() <= hours * HOUR);
        kept.extend(past.iter().filter(of_hours));
        kept.extend(last_of_each(&past, now, self.days, day));
        kept.extend(last_of_each(&past, now, self.weeks, week));
        kept
    }
}

/// The number of the day, from 1970-01-01 on.
fn day(at: Timestamp) -> i64 {
    at.micros().div_euclid(DAY)
}

/// The number of the week.
fn week(at: Timestamp) -> i64 {
    (day(at) + MONDAY).div_euclid(7)
}

/// The last one of each of the last periods, and of the one that is not over.
fn last_of_each(made: &BTreeSet<Timestamp>, now: Timestamp, count: Option<i64>, period: fn(Timestamp) -> i64) -> Vec<Timestamp> {
    let Some(count) = count else { return Vec::new() };
    // They come in their order, so that the last one stays.
    let last: BTreeMap<i64, Timestamp> = made.iter().map(|at| (period(*at), *at)).collect();
    last.into_iter().filter(|(number, _)| period(now) - number <= count).map(|(_, at)| at).collect()
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.hours, 'h'), (self.days, 'd'), (self.weeks, 'w')];
        let parts: Vec<String> = parts.iter().filter_map(|(number, unit)| number.map(|number| format!("{number}{unit}"))).collect();
        f.write_str(&parts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which day or week a moment is in.
    type Period = fn(Timestamp) -> i64;

    /// 2026-03-10 12:00:00 UTC, a Tuesday.
    const NOW: i64 = 1_773_144_000_000_000;

    fn at(hours_ago: i64) -> Timestamp {
        Timestamp::from_micros(NOW - hours_ago * HOUR).unwrap()
    }

    fn rule(text: &str) -> Retention {
        Retention::parse(text).unwrap()
    }

    /// Numbers that are the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn up_to(&mut self, most: i64) -> i64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(self.0 >> 33).unwrap() % (most + 1)
        }

        /// Backups of the hours before now, at any minute, with gaps.
        fn backups(&mut self) -> Vec<Timestamp> {
            let (count, hours) = (self.up_to(200), 1 + self.up_to(24 * 120));
            (0..count).map(|_| Timestamp::from_micros(NOW - self.up_to(hours * 60) * (HOUR / 60)).unwrap()).collect()
        }

        fn rule(&mut self) -> Retention {
            let mut some = |most| (self.up_to(2) > 0).then(|| 1 + self.up_to(most));
            Retention { hours: some(100), days: some(30), weeks: some(12) }
        }
    }

    #[test]
    fn a_rule_is_read_as_it_is_written_and_nothing_else_is_one() {
        for text in ["48h,14d,8w", "1h", "7d,4w", "9999w"] {
            assert_eq!(rule(text).to_string(), text);
        }
        assert_eq!(rule(" 8w , 48h ").to_string(), "48h,8w");
        for text in ["", "48", "h", "0h", "-1d", "+1d", "1h,1h", "48h;14d", "2m", "48h,", "10000h", "1.5d", "48 h", "٣d"] {
            assert_eq!(Retention::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_one_of_the_last_hours_is_kept_then_one_a_day_then_one_a_week() {
        let hourly: Vec<Timestamp> = (0..24 * 100).map(at).collect();
        let kept = rule("48h,14d,8w").kept(&hourly, at(0));
        assert!((0..=48).all(|hours| kept.contains(&at(hours))), "the last two days whole");
        let older: Vec<Timestamp> = kept.iter().copied().filter(|kept| *kept < at(48)).collect();
        // It is noon: the last backup of a day was made thirteen hours before the noon after it.
        let of_days: Vec<Timestamp> = (2..=14).map(|days| at(13 + 24 * (days - 1))).filter(|kept| *kept < at(48)).rev().collect();
        assert!(of_days.iter().all(|day| older.contains(day)), "{older:?}");
        // The last backup of a week was made on Sunday at eleven in the evening: a day and thirteen hours ago.
        let of_weeks: Vec<Timestamp> = (0..8).map(|weeks| at(24 + 13 + 24 * 7 * weeks)).collect();
        assert!(of_weeks.iter().all(|week| kept.contains(week)), "{older:?}");
        assert!(older.iter().all(|kept| of_days.contains(kept) || of_weeks.contains(kept)), "and no other one: {older:?}");
    }

    #[test]
    fn the_newest_one_is_kept_however_old_it_is() {
        let old = [at(24 * 400), at(24 * 500)];
        assert_eq!(rule("1h,1d,1w").kept(&old, at(0)), BTreeSet::from([at(24 * 400)]));
        assert_eq!(rule("1h").kept(&[], at(0)), BTreeSet::new());
        // One of the future does not take the place of the newest one.
        assert_eq!(rule("1h").kept(&[at(-5), old[0]], at(0)), BTreeSet::from([at(-5), old[0]]));
    }

    #[test]
    fn whatever_there_is_the_rule_keeps_its_promises() {
        let mut numbers = Numbers(1);
        for round in 0..2_000 {
            let (made, rule, now) = (numbers.backups(), numbers.rule(), at(0));
            let kept = rule.kept(&made, now);
            assert!(kept.iter().all(|kept| made.contains(kept)), "round {round}: nothing is made up");
            assert_eq!(made.iter().max(), kept.last(), "round {round}: the newest one is kept");
            for one in &made {
                let age = now.micros() - one.micros();
                let recent = rule.hours.is_some_and(|hours| age <= hours * HOUR);
                assert!(!recent || kept.contains(one), "round {round}: one of the last hours is lost");
                let periods: [(Option<i64>, Period); 2] = [(rule.days, day), (rule.weeks, week)];
                for (count, period) in periods {
                    let is_asked_for = count.is_some_and(|count| period(now) - period(*one) <= count);
                    let has_one = kept.iter().any(|kept| period(*kept) == period(*one) && kept >= one);
                    assert!(!is_asked_for || has_one, "round {round}: a day or a week has none");
                }
            }
            let recent = made.iter().filter(|one| rule.hours.is_some_and(|hours| now.micros() - one.micros() <= hours * HOUR));
            let recent: BTreeSet<&Timestamp> = recent.collect();
            let most =
                recent.len() + [rule.days, rule.weeks].iter().flatten().map(|count| usize::try_from(count + 1).unwrap()).sum::<usize>();
            assert!(kept.len() <= most + 1, "round {round}: {} are kept, and {most} are asked for", kept.len());
        }
    }

    #[test]
    fn whoever_deletes_every_hour_keeps_what_one_who_deletes_once_keeps() {
        let mut numbers = Numbers(2);
        for round in 0..300 {
            let (made, rule) = (numbers.backups(), numbers.rule());
            let mut there: Vec<Timestamp> = Vec::new();
            let mut all: Vec<Timestamp> = made.clone();
            all.sort_unstable();
            for one in &all {
                there.push(*one);
                there = rule.kept(&there, *one).into_iter().collect();
            }
            assert_eq!(rule.kept(&there, at(0)), rule.kept(&all, at(0)), "round {round}");
        }
    }
}

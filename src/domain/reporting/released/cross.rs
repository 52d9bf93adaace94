//! The records of a release, as counts of their coarse facts: no record has an id here, and nothing is finer than what can be asked.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::codes::{ExitMode, Gender};
use crate::domain::reporting::released::dimension::ReleasedDimension;
use crate::domain::sharing::AgeBand;

/// How many dimensions there are.
const DIMENSIONS: usize = ReleasedDimension::ALL.len();

/// One of so many cells is held back by chance.
const ONE_IN: u64 = 20;

/// What is known of a record by each dimension, in the order of their declaration.
pub type Facts = [Option<String>; DIMENSIONS];

/// A record, as far as it is published.
pub struct Record {
    /// Nationality: verified, else claimed.
    pub nationality: Option<String>,
    /// Gender.
    pub gender: Gender,
    /// About how old the person was.
    pub age: AgeBand,
    /// The province of the compound.
    pub province: Option<String>,
    /// How the person left the compound.
    pub exit_mode: Option<ExitMode>,
    /// The stage of the road home.
    pub stage: String,
    /// The mission that accompanies the person.
    pub mission: Option<String>,
    /// The day of registration.
    pub registered_on: chrono::NaiveDate,
}

impl Record {
    /// The record by its dimensions. Genders that few have are one group, and so are children (CTDC, variable 2; DOMAIN §5 rule 6).
    pub fn facts(self) -> Facts {
        use chrono::Datelike;
        let gender = match self.gender {
            Gender::Feminine | Gender::Masculine => Some(self.gender.as_str()),
            Gender::TransgenderFeminine | Gender::TransgenderMasculine | Gender::NonConforming => Some("transgender_or_non_conforming"),
            Gender::NonSpecifiedUnknown => None,
        };
        let age = match self.age {
            AgeBand::Under9 | AgeBand::From9To17 => Some("under_18"),
            AgeBand::Unknown => None,
            band => Some(band.as_str()),
        };
        let (year, month) = (self.registered_on.year(), self.registered_on.month());
        [
            self.nationality,
            gender.map(ToOwned::to_owned),
            age.map(ToOwned::to_owned),
            self.province,
            self.exit_mode.filter(|mode| *mode != ExitMode::Unknown).map(|mode| mode.as_str().to_owned()),
            Some(self.stage),
            self.mission,
            Some(format!("{year:04}-{month:02}")),
            Some(format!("{year:04}-Q{}", month.div_ceil(3))),
            Some(format!("{year:04}")),
        ]
    }
}

/// Counts of records by all their facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cross {
    /// The values, each once; the empty text at the beginning stands for what is not known.
    words: Vec<String>,
    /// A secret number for each of them, by which chance decides.
    secrets: Vec<u64>,
    /// For each combination that occurs its values, as places in the list of words, and how many records it has.
    cells: Vec<([u32; DIMENSIONS], i64)>,
}

impl Cross {
    /// Counts records. `random` makes numbers that nobody can guess.
    pub fn of(records: impl IntoIterator<Item = Facts>, mut random: impl FnMut() -> u64) -> Self {
        let mut counts: BTreeMap<Facts, i64> = BTreeMap::new();
        for facts in records {
            *counts.entry(facts).or_default() += 1;
        }
        let texts: BTreeSet<&str> = counts.keys().flatten().flatten().map(String::as_str).collect();
        let words: Vec<String> = std::iter::once("").chain(texts).map(ToOwned::to_owned).collect();
        let places: HashMap<&str, u32> = words.iter().map(String::as_str).zip(0..).collect();
        let place = |fact: &Option<String>| fact.as_deref().and_then(|text| places.get(text).copied()).unwrap_or(0);
        let cells = counts.iter().map(|(facts, count)| (facts.each_ref().map(place), *count)).collect();
        let secrets = words.iter().map(|_| random()).collect();
        Self { cells, secrets, words }
    }

    /// How many records there are.
    pub fn records(&self) -> i64 {
        self.cells.iter().map(|(_, count)| count).sum()
    }

    /// How many records are in one and not in the other, or otherwise there: the larger of what came and what went.
    pub fn changed(&self, after: &Self) -> i64 {
        let (old, new) = (self.by_words(), after.by_words());
        let more = |of: &BTreeMap<Vec<&str>, i64>, than: &BTreeMap<Vec<&str>, i64>| -> i64 {
            of.iter().map(|(facts, count)| (count - than.get(facts).copied().unwrap_or(0)).max(0)).sum()
        };
        more(&new, &old).max(more(&old, &new))
    }

    /// Whether a release of these may follow this one: so many came, went or changed that the two, subtracted, are about a group.
    pub fn may_be_followed_by(&self, after: &Self, group: i64) -> bool {
        self.changed(after) >= group
    }

    fn by_words(&self) -> BTreeMap<Vec<&str>, i64> {
        self.cells.iter().map(|(places, count)| (places.iter().map(|place| self.word(*place)).collect(), *count)).collect()
    }

    /// A value.
    pub(super) fn word(&self, place: u32) -> &str {
        usize::try_from(place).ok().and_then(|place| self.words.get(place)).map_or("", String::as_str)
    }

    /// Whether a cell is held back by chance: always the same one of a release, and nobody knows which. So whoever sees that a cell is held
    /// back does not learn that few are behind it.
    pub(super) fn holds_by_chance(&self, key: &[u32]) -> bool {
        let secret = |place: &u32| usize::try_from(*place).ok().and_then(|place| self.secrets.get(place)).copied().unwrap_or(0);
        key.iter().fold(0, |mixed, place| mix(mixed ^ secret(place))).is_multiple_of(ONE_IN)
    }

    /// How many records there are for each combination of these dimensions that occurs, those among them of which something is not known.
    pub(super) fn sums(&self, by: &[ReleasedDimension]) -> HashMap<Vec<u32>, i64> {
        let at = |dimension: &ReleasedDimension| ReleasedDimension::ALL.iter().position(|known| known == dimension);
        let at: Vec<usize> = by.iter().filter_map(at).collect();
        let mut sums: HashMap<Vec<u32>, i64> = HashMap::new();
        for (places, count) in &self.cells {
            let key = at.iter().map(|at| places.get(*at).copied().unwrap_or(0)).collect();
            *sums.entry(key).or_default() += count;
        }
        sums
    }
}

/// Mixes the bits of a number (SplitMix64).
const fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(nationality: &str, month: u32) -> Facts {
        let registered_on = chrono::NaiveDate::from_ymd_opt(2026, month, 3).unwrap();
        Record {
            nationality: Some(nationality.to_owned()),
            gender: Gender::NonConforming,
            age: AgeBand::Under9,
            province: None,
            exit_mode: Some(ExitMode::Unknown),
            stage: "screened".to_owned(),
            mission: None,
            registered_on,
        }
        .facts()
    }

    #[test]
    fn a_record_is_told_by_coarse_facts() {
        let known: Vec<String> = record("IDN", 5).into_iter().map(Option::unwrap_or_default).collect();
        let told = ["IDN", "transgender_or_non_conforming", "under_18", "", "", "screened", "", "2026-05", "2026-Q2", "2026"];
        assert_eq!(known, told);
    }

    #[test]
    fn what_changed_is_counted_once_for_each_record() {
        let cross = |months: &[u32]| Cross::of(months.iter().map(|month| record("IDN", *month)), || 7);
        let before = cross(&[1, 1, 2]);
        assert_eq!(before.changed(&before), 0);
        assert_eq!(before.changed(&cross(&[1, 1, 2, 2])), 1, "one came");
        assert_eq!(before.changed(&cross(&[1])), 2, "two went");
        assert_eq!(before.changed(&cross(&[1, 3, 3])), 2, "two are otherwise there");
        assert_eq!((before.records(), Cross::default().records()), (3, 0));
    }
}

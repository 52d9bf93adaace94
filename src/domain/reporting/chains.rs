//! Re-trafficking: people who came back, how often, and after how long.

use chrono::NaiveDate;
use std::collections::BTreeMap;

use crate::domain::ids::PersonId;
use crate::domain::nationality::Nationality;
use crate::domain::reporting::{DayCounts, MedianDays};

/// One case of somebody who has several.
#[derive(Clone, Copy, Debug)]
pub struct ChainOf {
    /// Whose. Never leaves the computation.
    pub person: PersonId,
    /// When the case was registered.
    pub registered_on: NaiveDate,
    /// Nationality: verified, else claimed.
    pub nationality: Option<Nationality>,
}

/// People of one nationality with as many cases each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Cases a person.
    pub length: i64,
    /// Nationality; none: not known.
    pub nationality: Option<Nationality>,
    /// How many people.
    pub persons: i64,
    /// Days between one case and the next, the median.
    pub median_days_between: Option<MedianDays>,
}

/// Chains by length and nationality: the longest first. Whoever has one case only is in no chain.
pub fn chains(cases: &[ChainOf]) -> Vec<Chain> {
    let mut people: BTreeMap<PersonId, Vec<&ChainOf>> = BTreeMap::new();
    cases.iter().for_each(|case| people.entry(case.person).or_default().push(case));
    let mut found: BTreeMap<(i64, Option<Nationality>), (i64, DayCounts)> = BTreeMap::new();
    for mut chain in people.into_values().filter(|chain| chain.len() > 1) {
        chain.sort_by_key(|case| case.registered_on);
        let length = i64::try_from(chain.len()).unwrap_or(i64::MAX);
        // What the newest case knows of the nationality counts; an older one may say more.
        let nationality = chain.iter().rev().find_map(|case| case.nationality);
        let (persons, between) = found.entry((length, nationality)).or_default();
        *persons += 1;
        for (earlier, later) in chain.iter().zip(chain.iter().skip(1)) {
            between.add(later.registered_on.signed_duration_since(earlier.registered_on).num_days(), 1);
        }
    }
    let chain = |((length, nationality), (persons, between)): (_, (i64, DayCounts))| Chain {
        length,
        nationality,
        persons,
        median_days_between: between.median(),
    };
    found.into_iter().rev().map(chain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_once_by_the_length_of_their_chain() {
        let country = Nationality::parse("KEN");
        let (one, two, three, four) = (PersonId::random(), PersonId::random(), PersonId::random(), PersonId::random());
        let case = |person, day: &str, nationality| ChainOf { person, registered_on: day.parse().unwrap(), nationality };
        let cases = [
            case(one, "2026-01-01", None),
            case(two, "2026-03-01", country),
            case(two, "2026-01-01", None),
            case(three, "2026-01-01", country),
            case(three, "2026-01-11", None),
            case(four, "2026-01-01", None),
            case(four, "2026-01-05", None),
            case(four, "2026-01-07", None),
        ];
        let found: Vec<_> = chains(&cases)
            .into_iter()
            .map(|chain| (chain.length, chain.nationality, chain.persons, chain.median_days_between.map(|days| days.to_string())))
            .collect();
        assert_eq!(found, [(3, None, 1, Some("3".to_owned())), (2, country, 2, Some("34.5".to_owned()))]);
        assert_eq!(chains(&[]), []);
    }
}

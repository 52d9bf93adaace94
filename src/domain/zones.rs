//! Which day it is, and where. An instant has a day only at a place: at 06:30 in Phnom Penh it is still yesterday in UTC, and a
//! permit that ended yesterday lets nobody board. Whoever asks for a day therefore names the place, as a [`Zone`].

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::unreadable::invalid;

/// The zones of each country and territory as IANA lists them (`zone.tab`), that of the capital first.
const TABLE: &str = include_str!("zones.tsv");

/// The zones of each country. Two islands that nobody lives on have none.
static ZONES: LazyLock<BTreeMap<Country, Vec<Zone>>> = LazyLock::new(|| TABLE.lines().filter_map(line).collect());

/// Names that a place had before, or has beside, with the name that the tables have today, as IANA links them (`backward`). Where the
/// database follows the rules of a bigger neighbour, it is the place itself: Timbuktu is in Mali.
const NAMES: &str = include_str!("zone_names.tsv");

/// The name of today of each of those names.
static TODAYS_NAMES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| NAMES.lines().filter_map(|line| line.split_once('\t')).collect());

fn line(line: &str) -> Option<(Country, Vec<Zone>)> {
    let (country, zones) = line.split_once('\t')?;
    Some((Country::parse(country)?, zones.split(' ').filter_map(|name| name.parse().ok().map(Zone)).collect()))
}

/// The longest time by which a clock is put forward, with room: after so much the day has begun everywhere.
const LONGEST_GAP: i32 = 27 * QUARTERS_OF_AN_HOUR;
const QUARTERS_OF_AN_HOUR: i32 = 4;

/// The clock of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

impl Zone {
    /// The clock of no place: for counters of this service that start anew every day, and for nothing about a person.
    pub const UTC: Self = Self(Tz::UTC);

    /// The clock of a country; of its capital, where it has several.
    pub fn of(country: Country) -> Self {
        Self::all_of(country).first().copied().unwrap_or(Self::UTC)
    }

    /// Every clock of a country.
    pub fn all_of(country: Country) -> &'static [Self] {
        ZONES.get(&country).map(Vec::as_slice).unwrap_or_default()
    }

    /// The clock with this name in the IANA database, if a country keeps it: `Asia/Makassar`. A name of before is that of today:
    /// `Asia/Saigon` is `Asia/Ho_Chi_Minh`.
    pub fn parse(name: &str) -> Option<Self> {
        let name = TODAYS_NAMES.get(name).copied().unwrap_or(name);
        let zone = Self(name.parse().ok()?);
        ZONES.values().flatten().any(|kept| *kept == zone).then_some(zone)
    }

    /// The clock of a place in a country: the one that is stated for the place, if the country keeps it, else that of the capital.
    pub fn at(country: Country, stated: Option<Self>) -> Self {
        stated.filter(|zone| Self::all_of(country).contains(zone)).unwrap_or_else(|| Self::of(country))
    }

    /// The name in the IANA database.
    pub fn as_str(&self) -> &'static str {
        self.0.name()
    }

    /// The day that it is at an instant.
    pub fn day_of(self, at: Timestamp) -> NaiveDate {
        at.utc().with_timezone(&self.0).naive_local().date()
    }

    /// The instant at which a day begins: midnight, or the first instant after it where the clock skips midnight. A day that the
    /// calendar of the place leaves out begins, and ends, when the next one begins.
    pub fn start_of(self, day: NaiveDate) -> Timestamp {
        let midnight = day.and_time(NaiveTime::MIN);
        let first = |quarters: i32| match self.0.from_local_datetime(&(midnight + TimeDelta::minutes(i64::from(quarters) * 15))) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at),
            LocalResult::None => None,
        };
        let begun = (0..=LONGEST_GAP).find_map(first);
        Timestamp::new(begun.map_or_else(|| midnight.and_utc(), |at: DateTime<Tz>| at.to_utc()))
    }

    /// Whether a day began after one instant and until another.
    pub fn has_begun_a_day(self, after: Timestamp, until: Timestamp) -> bool {
        self.day_of(after) != self.day_of(until)
    }

    /// The time at the place, for people who read it on paper.
    pub fn written(self, at: Timestamp) -> String {
        at.utc().with_timezone(&self.0).format("%Y-%m-%d %H:%M (UTC%:z)").to_string()
    }

    /// The instant at which a day is over.
    pub fn end_of(self, day: NaiveDate) -> Timestamp {
        self.start_of(day.succ_opt().unwrap_or(NaiveDate::MAX))
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name)
            .ok_or_else(|| invalid("unknown_time_zone", "must be a time zone of a country, such as Asia/Makassar", "Asia/Jakarta"))
    }
}

/// The place whose day the dates of an input are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayAt {
    /// Where the case is that the address names: its host country. Where it names none: the country of the caller's organisation.
    Here,
    /// Where the person of the case goes.
    Destination,
    /// In this country.
    Country(Country),
}

/// The day that it is now at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    now: Timestamp,
    zone: Zone,
}

impl Today {
    /// The day at a place.
    pub fn at(zone: Zone, now: Timestamp) -> Self {
        Self { now, zone }
    }

    /// Noon of a day, UTC.
    #[cfg(test)]
    pub fn noon(day: NaiveDate) -> Self {
        Self { now: Zone::UTC.start_of(day).plus_seconds(12 * 3600), zone: Zone::UTC }
    }

    /// The day.
    pub fn day(self) -> NaiveDate {
        self.zone.day_of(self.now)
    }

    /// The day of another instant at the same place.
    pub fn day_of(self, at: Timestamp) -> NaiveDate {
        self.zone.day_of(at)
    }

    /// The clock of the place.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// The same moment at another place.
    pub fn elsewhere(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// The same moment in a country, for somebody whose own clock is this one: whoever works in the country means the day where they are.
    pub fn in_country(self, country: Country, own: Zone) -> Self {
        self.elsewhere(Zone::at(country, Some(own)))
    }

    /// The moment.
    pub fn now(self) -> Timestamp {
        self.now
    }
}

impl PartialEq<Today> for NaiveDate {
    fn eq(&self, today: &Today) -> bool {
        *self == today.day()
    }
}

impl PartialOrd<Today> for NaiveDate {
    fn partial_cmp(&self, today: &Today) -> Option<std::cmp::Ordering> {
        self.partial_cmp(&today.day())
    }
}

/// The countries in which a day began after one instant and until another.
pub fn day_began_in(after: Timestamp, until: Timestamp) -> Vec<Country> {
    let began = |zones: &[Zone]| zones.iter().any(|zone| zone.has_begun_a_day(after, until));
    ZONES.iter().filter(|(_, zones)| began(zones)).map(|(country, _)| *country).collect()
}

/// Seconds by which the clocks furthest east are ahead of UTC.
const FURTHEST_EAST: i64 = 14 * 3600;
/// Seconds by which the clocks furthest west are behind UTC.
const FURTHEST_WEST: i64 = 12 * 3600;

/// The latest day that it is anywhere.
pub fn latest_day(now: Timestamp) -> NaiveDate {
    Zone::UTC.day_of(now.plus_seconds(FURTHEST_EAST))
}

/// The instant before which a day has begun nowhere.
pub fn begins_first(day: NaiveDate) -> Timestamp {
    Zone::UTC.start_of(day).plus_seconds(-FURTHEST_EAST)
}

/// The instant from which a day is over everywhere.
pub fn ends_last(day: NaiveDate) -> Timestamp {
    Zone::UTC.end_of(day).plus_seconds(FURTHEST_WEST)
}

#[cfg(test)]
mod tests;

//! The day of a place, tried in every zone there is, around every change of its clock.

use super::*;
use chrono::{Datelike, Days};

fn zone(name: &str) -> Zone {
    Zone(name.parse().unwrap())
}

fn at(text: &str) -> Timestamp {
    Timestamp::new(text.parse().unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

/// Every zone of every country.
fn all() -> impl Iterator<Item = Zone> {
    ZONES.values().flatten().copied().chain([Zone::UTC])
}

#[test]
fn every_country_where_somebody_lives_has_the_clock_of_its_capital() {
    let named = TABLE.lines().map(|line| line.split([' ', '\t']).count() - 1).sum::<usize>();
    assert_eq!(ZONES.values().map(Vec::len).sum::<usize>(), named, "a name in the table is no zone");
    let without: Vec<&str> =
        celes::Country::get_countries().iter().map(|known| known.alpha3).filter(|code| Zone::all_of(country(code)).is_empty()).collect();
    assert_eq!(without, ["BVT", "HMD"], "two islands without people");
    for (code, capital) in [
        ("KHM", "Asia/Phnom_Penh"),
        ("MMR", "Asia/Yangon"),
        ("IDN", "Asia/Jakarta"),
        ("RUS", "Europe/Moscow"),
        ("USA", "America/New_York"),
        ("BRA", "America/Sao_Paulo"),
        ("AUS", "Australia/Sydney"),
        ("CAN", "America/Toronto"),
        ("MEX", "America/Mexico_City"),
        ("COL", "America/Bogota"),
        ("UKR", "Europe/Kyiv"),
    ] {
        assert_eq!(Zone::of(country(code)), zone(capital), "{code}");
    }
}

#[test]
fn a_place_has_a_clock_of_its_own_country_or_that_of_the_capital() {
    let indonesia = country("IDN");
    assert_eq!(Zone::at(indonesia, Some(zone("Asia/Jayapura"))), zone("Asia/Jayapura"));
    assert_eq!(Zone::at(indonesia, Some(zone("Asia/Bangkok"))), zone("Asia/Jakarta"));
    assert_eq!(Zone::at(indonesia, None), zone("Asia/Jakarta"));
    assert_eq!(Zone::parse("Asia/Makassar"), Some(zone("Asia/Makassar")));
    for unknown in ["UTC", "Etc/GMT+7", "Asia/Nowhere", ""] {
        assert_eq!(Zone::parse(unknown), None, "{unknown}");
    }
}

#[test]
fn every_name_of_a_place_is_that_of_today() {
    for (before, today) in [
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("Asia/Rangoon", "Asia/Yangon"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("Asia/Ujung_Pandang", "Asia/Makassar"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Africa/Timbuktu", "Africa/Bamako"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Singapore", "Asia/Singapore"),
    ] {
        assert_eq!(Zone::parse(before).map(|zone| zone.as_str()), Some(today), "{before}");
    }
    let of_no_place = ["UTC", "UCT", "GMT", "GMT+0", "GMT-0", "GMT0", "Greenwich", "Universal", "Zulu", "Factory"];
    let abbreviations = ["CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"];
    for name in chrono_tz::TZ_VARIANTS.map(chrono_tz::Tz::name) {
        let is_place = !name.starts_with("Etc/") && !of_no_place.contains(&name) && !abbreviations.contains(&name);
        assert_eq!(Zone::parse(name).is_some(), is_place, "{name}");
    }
    for (before, today) in TODAYS_NAMES.iter() {
        assert!(!all().any(|kept| kept.as_str() == *before), "{before} is the name of today");
        let offset = |name: &str| {
            (0..24).map(|month| zone(name).written(at("2024-01-15T00:00:00Z").plus_seconds(month * 2_629_800))).collect::<Vec<_>>()
        };
        assert_eq!(offset(before), offset(today), "{before} and {today} have one clock");
    }
}

#[test]
fn it_is_another_day_in_another_place() {
    for (place, instant, expected) in [
        ("Asia/Phnom_Penh", "2026-01-19T16:59:59Z", "2026-01-19"),
        ("Asia/Phnom_Penh", "2026-01-19T17:00:00Z", "2026-01-20"),
        ("Asia/Phnom_Penh", "2026-01-19T23:30:00Z", "2026-01-20"),
        ("Asia/Yangon", "2026-01-19T17:29:59Z", "2026-01-19"),
        ("Asia/Yangon", "2026-01-19T17:30:00Z", "2026-01-20"),
        ("Asia/Kathmandu", "2026-01-19T18:14:59Z", "2026-01-19"),
        ("Asia/Kathmandu", "2026-01-19T18:15:00Z", "2026-01-20"),
        ("America/Mexico_City", "2026-01-20T02:00:00Z", "2026-01-19"),
        ("America/Mexico_City", "2026-01-20T06:00:00Z", "2026-01-20"),
        ("America/Bogota", "2026-01-20T04:59:59Z", "2026-01-19"),
        ("Pacific/Kiritimati", "2026-01-19T10:00:00Z", "2026-01-20"),
        ("Pacific/Pago_Pago", "2026-01-20T10:59:59Z", "2026-01-19"),
    ] {
        assert_eq!(zone(place).day_of(at(instant)), day(expected), "{place} {instant}");
    }
}

#[test]
fn a_day_begins_where_the_clock_skips_midnight_and_where_it_shows_it_twice() {
    for (place, date, begins) in [
        ("Asia/Phnom_Penh", "2026-01-20", "2026-01-19T17:00:00Z"),
        // At midnight the clocks of Beirut are put forward to one.
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"),
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z"),
        // At one the clocks of Havana are put back to midnight, which comes twice.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
        // Samoa left out a day when it crossed the date line.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
    ] {
        assert_eq!(zone(place).start_of(day(date)), at(begins), "{place} {date}");
    }
}

#[test]
fn every_instant_is_in_its_day_and_in_no_other() {
    let from = day("2011-12-20");
    for zone in all() {
        // From the year in which the date line moved last; every day of the years in which this service runs.
        let early = (0..30).map(|later| from.checked_add_days(Days::new(later)).unwrap());
        let late = (0..800).map(|later| day("2026-01-01").checked_add_days(Days::new(later)).unwrap());
        for date in early.chain(late) {
            let (begins, ends) = (zone.start_of(date), zone.end_of(date));
            assert!(begins <= ends, "{zone:?} {date}");
            assert_eq!(ends, zone.start_of(date.succ_opt().unwrap()), "{zone:?} {date}: no instant is between two days");
            if begins == ends {
                assert!(zone.day_of(begins) > date, "{zone:?} {date} was left out");
                continue;
            }
            assert_eq!(zone.day_of(begins), date, "{zone:?} {date}: the first instant");
            assert_eq!(zone.day_of(ends.plus_seconds(-1)), date, "{zone:?} {date}: the last second");
            assert!(zone.day_of(begins.plus_seconds(-1)) < date, "{zone:?} {date}: the second before");
            assert!(begins >= begins_first(date) && ends <= ends_last(date), "{zone:?} {date}: within the bounds of all places");
            let hours = (ends.micros() - begins.micros()) / 3_600_000_000;
            assert!((22..=26).contains(&hours), "{zone:?} {date} has {hours} hours");
            assert!(latest_day(begins) >= date);
        }
    }
}

#[test]
fn a_day_begins_once_a_day_in_each_country() {
    let minutes = |text: &str, minutes: i64| at(text).plus_seconds(minutes * 60);
    let mut begun = BTreeMap::<Country, u32>::new();
    for minute in 0..1440 {
        let (before, now) = (minutes("2026-01-19T00:00:30Z", minute), minutes("2026-01-19T00:00:30Z", minute + 1));
        for country in day_began_in(before, now) {
            *begun.entry(country).or_default() += 1;
        }
    }
    assert_eq!(begun.len(), ZONES.len());
    assert!(["KHM", "MMR", "COL", "NPL"].iter().all(|code| begun[&country(code)] == 1));
    assert!(day_began_in(at("2026-01-19T16:59:30Z"), at("2026-01-19T17:00:30Z")).contains(&country("KHM")));
    assert!(!day_began_in(at("2026-01-19T23:59:30Z"), at("2026-01-20T00:00:30Z")).contains(&country("KHM")));
}

#[test]
fn today_is_compared_as_a_day() {
    let today = Today::at(Zone::of(country("KHM")), at("2026-01-19T23:30:00Z"));
    assert_eq!(today.day(), day("2026-01-20"));
    assert!(day("2026-01-20") == today && day("2026-01-21") > today && day("2026-01-19") < today);
    assert_eq!(today.elsewhere(Zone::of(country("COL"))).day(), day("2026-01-19"));
    assert_eq!(today.day_of(at("2026-01-19T16:59:00Z")).day(), 19);
    assert_eq!(today.zone().written(today.now()), "2026-01-20 06:30 (UTC+07:00)");
}

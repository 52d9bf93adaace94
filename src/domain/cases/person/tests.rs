//! Ages, births and names of people.

use super::*;
use crate::domain::cases::listed_name::ListedName;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn born(date: &str) -> Identity {
    Identity { given_name: Some("Rizwan".into()), birth_date: PartialDate::parse(date), ..Identity::default() }
}

#[test]
fn a_list_shows_the_name_that_the_whole_identity_says() {
    let text = |text: &str| Some(text.to_owned());
    let alias = |name: &str| Alias { name: name.to_owned(), language: None };
    let (given, middle, family) = (text("Siti"), text("Nur \"Ika\""), text("Rahmawati"));
    for (identity, shown) in [
        (Identity { given_name: given.clone(), family_name: family.clone(), ..born("1998-05") }, "Siti Rahmawati"),
        (
            Identity { given_name: given.clone(), middle_name: middle.clone(), family_name: family, ..born("1998") },
            "Siti Nur \"Ika\" Rahmawati",
        ),
        (Identity { original_script_name: text("陳怡君"), ..Identity::default() }, "陳怡君"),
        (
            Identity {
                given_name: given.clone(), original_script_name: text("ស៊ីទី"), aliases: vec![alias("Ika")], ..Identity::default()
            },
            "Siti (ស៊ីទី)",
        ),
        (Identity { aliases: vec![alias("Ika"), alias("Ana")], birth_place: text("Solo"), ..Identity::default() }, "Ika"),
        (Identity { given_name: text("\u{e9}\n"), ..Identity::default() }, "\u{e9}\n"),
        (Identity { middle_name: middle, ..Identity::default() }, "Nur \"Ika\""),
        (Identity::default(), "Child without a name"),
    ] {
        let mut whole = identity;
        let stored = serde_json::to_vec(&whole).unwrap();
        let mut listed: ListedName = serde_json::from_slice(&stored).unwrap();
        assert_eq!(OfIdentity::is_unnamed(&listed), whole.is_unnamed(), "{shown}");
        assert_eq!(whole.display_name(), shown);
        listed.show_as("Child of KHM-26-7F3M9Q-4".to_owned());
        whole.show_as("Child of KHM-26-7F3M9Q-4".to_owned());
        assert_eq!(listed.shown(), whole.display_name(), "{shown}");
    }
    let null = serde_json::from_str::<ListedName>(r#"{"given_name":null,"aliases":null,"shown_as":"x"}"#).unwrap();
    assert_eq!(null.shown(), ListedName::default().shown());
}

#[test]
fn a_range_that_includes_17_is_a_child() {
    let today = day("2026-02-01");
    let table = [("2008-02-01", false), ("2008-02-02", true), ("2008-02", true), ("2008", true), ("2007", false)];
    for (birth, child) in table {
        assert_eq!(born(birth).is_child(today), Some(child), "{birth}");
    }
    let estimate = |from_years, on: &str| Identity {
        age_estimate: Some(AgeEstimate { from_years, to_years: 20, estimated_on: day(on) }),
        ..Identity::default()
    };
    assert_eq!(estimate(17, "2026-02-01").is_child(today), Some(true));
    assert_eq!(estimate(17, "2025-02-01").is_child(today), Some(false), "a year has passed since the estimate");
    assert_eq!(Identity::default().is_child(today), None, "unknown is not adult");
}

#[test]
fn a_child_grows_up_on_the_birthday_and_not_a_day_before() {
    // Born on a leap day: grown up on 1 March of a year without one. Born in a leap February: on the last day it can mean.
    for (birth, last_day_as_child, first_day_grown_up) in [
        ("2008-02-29", "2026-02-28", "2026-03-01"),
        ("2010-02-28", "2028-02-27", "2028-02-28"),
        ("2010-03-01", "2028-02-29", "2028-03-01"),
        ("2007-12-31", "2025-12-30", "2025-12-31"),
        ("2008-01-01", "2025-12-31", "2026-01-01"),
        ("2008-02", "2026-02-28", "2026-03-01"),
        ("2008", "2026-12-30", "2026-12-31"),
    ] {
        assert_eq!(born(birth).is_child(day(last_day_as_child)), Some(true), "{birth} on {last_day_as_child}");
        assert_eq!(born(birth).is_child(day(first_day_grown_up)), Some(false), "{birth} on {first_day_grown_up}");
    }
    let estimated = Identity {
        age_estimate: Some(AgeEstimate { from_years: 16, to_years: 20, estimated_on: day("2024-02-29") }),
        ..Identity::default()
    };
    assert_eq!(estimated.is_child(day("2026-02-28")), Some(true));
    assert_eq!(estimated.is_child(day("2026-03-01")), Some(false), "two whole years after a leap day");
}

#[test]
fn absurd_births_are_named() {
    let codes = |identity: Identity| identity.violations(Today::noon(day("2026-02-01"))).iter().map(|v| v.code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(born("2026-02-02")), ["date_in_future"]);
    assert_eq!(codes(born("1850")), ["date_too_early"]);
    assert_eq!(codes(Identity::default()), ["name_required"]);
    assert!(codes(born("2026")).is_empty(), "a baby born this year");
}

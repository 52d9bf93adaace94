use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use validator::Validate;

use crate::demo::*;
use crate::domain::codes::*;
use crate::domain::zones::Today;
use crate::reference::Published;

fn today() -> NaiveDate {
    "2026-02-01".parse().unwrap()
}

fn nationality(person: &DemoPerson) -> String {
    person.new_case.claimed.as_ref().unwrap().to_string()
}

fn is_child(person: &DemoPerson) -> bool {
    person.new_case.contents.identity.as_ref().unwrap().is_child(today()) == Some(true)
}

#[test]
fn the_published_counts_come_out_exactly() {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for person in people(today()) {
        *counts.entry((person.operation_reference, nationality(&person))).or_default() += 1;
    }
    let of = |operation: &'static str, nationality: &str| counts.get(&(operation, nationality.to_owned())).copied().unwrap_or(0);
    assert_eq!(of("KH-2025-07-POIPET", "IDN"), 270);
    for (nationality, count) in [("VNM", 200), ("CHN", 27), ("TWN", 75), ("KHM", 85)] {
        assert_eq!(of("KH-2025-07-PNH-SHV", nationality), count, "{nationality}");
    }
    for (operation, total, nationalities) in [("KH-2025-07-KRATIE", 312, "BGD IDN MMR THA VNM"), ("KH-2025-07-PURSAT", 27, "CHN MMR VNM")] {
        let here: Vec<_> = counts.iter().filter(|((reference, _), _)| *reference == operation).collect();
        assert_eq!(here.iter().map(|(_, count)| **count).sum::<usize>(), total);
        assert_eq!(here.iter().map(|((_, nationality), _)| nationality.as_str()).collect::<Vec<_>>().join(" "), nationalities);
    }
    assert_eq!(counts.values().sum::<usize>(), 996);
}

#[test]
fn of_the_270_at_poipet_45_are_women_and_all_walked_into_the_embassy() {
    let everybody = people(today());
    let poipet = || everybody.iter().filter(|person| person.operation_reference == "KH-2025-07-POIPET");
    assert_eq!(poipet().filter(|person| person.new_case.gender == Gender::Feminine).count(), 45);
    assert!(poipet().all(|person| person.new_case.intake_channel == IntakeChannel::WalkInEmbassy));
    assert!(poipet().all(|person| person.registrar() == Registrar::IndonesianEmbassy));
}

#[test]
fn operations_and_compounds_are_published_ones() {
    let published = Published::read().unwrap();
    let operations: BTreeSet<&str> = published.operations.iter().map(|operation| operation.reference.as_str()).collect();
    let compounds: BTreeSet<&str> = published.compounds.iter().map(|compound| compound.reference.as_str()).collect();
    for person in people(today()) {
        assert!(operations.contains(person.operation_reference) && compounds.contains(person.compound_reference));
    }
}

#[test]
fn at_least_six_scripts_occur() {
    let blocks = [
        ("Latin", 'A'..='z'),
        ("Vietnamese", 'Ạ'..='ỹ'),
        ("Chinese", '一'..='鿿'),
        ("Thai", 'ก'..='๛'),
        ("Burmese", 'က'..='႟'),
        ("Bengali", 'ঁ'..='৾'),
        ("Khmer", 'ក'..='៿'),
    ];
    let mut found = BTreeSet::new();
    for person in people(today()) {
        let identity = person.new_case.contents.identity.unwrap();
        assert!(identity.given_name.is_some());
        let names = [identity.given_name, identity.middle_name, identity.family_name, identity.original_script_name];
        let text: String = names.into_iter().flatten().collect();
        found.extend(blocks.iter().filter(|(_, block)| text.chars().any(|c| block.contains(&c))).map(|(script, _)| *script));
    }
    assert_eq!(found.len(), blocks.len(), "{found:?}");
}

#[test]
fn some_are_children_some_ages_are_estimates_and_some_births_are_partial() {
    let everybody = people(today());
    let children = everybody.iter().filter(|person| is_child(person)).count();
    assert!((15..=40).contains(&children), "{children}");
    let identities = || everybody.iter().filter_map(|person| person.new_case.contents.identity.as_ref());
    assert!(identities().filter(|identity| identity.age_estimate.is_some()).count() > 20);
    let lengths: BTreeSet<usize> = identities().filter_map(|identity| identity.birth_date).map(|date| date.to_string().len()).collect();
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [4, 7, 10]);
    let minors = everybody.iter().filter(|person| is_child(person) && person.new_case.risk_level >= RiskLevel::High).count();
    assert!(minors >= 5, "{minors}");
}

#[test]
fn documents_are_mostly_with_the_traffickers_and_plainly_invented() {
    let everybody = people(today());
    let documents: Vec<_> = everybody.iter().flat_map(DemoPerson::documents).collect();
    let withheld = documents.iter().filter(|document| document.custody == DocumentCustody::HeldByTrafficker).count();
    assert!(withheld * 2 > documents.len(), "{withheld} of {}", documents.len());
    let numbers: BTreeSet<&str> = documents.iter().filter_map(|document| document.number.as_deref()).collect();
    assert_eq!(numbers.len(), documents.len());
    assert!(numbers.iter().all(|number| number.starts_with("X0")));
    for person in &everybody {
        let contact = person.new_case.contents.contact.as_ref().unwrap();
        assert!(contact.phones.is_empty() && contact.emails.is_empty(), "a number somebody might answer");
    }
}

#[test]
fn every_person_would_pass_as_input() {
    for person in people(today()) {
        let contents = person.new_case.contents;
        let identity = contents.identity.unwrap();
        assert_eq!(identity.violations(Today::noon(today())), []);
        identity.validate().unwrap();
        contents.contact.unwrap().validate().unwrap();
        contents.location.unwrap().validate().unwrap();
        contents.health.unwrap().validate().unwrap();
        contents.narrative.unwrap().validate().unwrap();
        contents.protection.unwrap().validate().unwrap();
    }
}

#[test]
fn every_journey_occurs_and_can_be_made() {
    let everybody = people(today());
    let mut journeys = Vec::new();
    for person in &everybody {
        if !journeys.contains(&discriminant(&person.journey)) {
            journeys.push(discriminant(&person.journey));
        }
        let (case, at_embassy) = (&person.new_case, person.registrar() == Registrar::IndonesianEmbassy);
        if person.journey.is_screened() {
            let identity = case.contents.identity.as_ref().unwrap();
            assert!(identity.birth_date.is_some() || identity.age_estimate.is_some());
            assert!(case.screening_skipped.is_some() && case.trafficking_status != TraffickingStatus::Unscreened);
            assert!(case.contents.health.as_ref().unwrap().immediate_needs.is_some());
        }
        match person.journey {
            Journey::Withdrawn | Journey::ContactDeclined => assert!(!at_embassy),
            Journey::Closed(_) => assert!(person.registrar().closing_username().is_some()),
            _ => {}
        }
        assert!(person.mission().is_none_or(|state| officer_of(state).is_some()), "nobody could verify");
        let seeks_asylum = case.contents.protection.as_ref().unwrap().asylum_claim_open == Some(true);
        assert!(!seeks_asylum || person.journey == Journey::ContactDeclined);
    }
    assert_eq!(journeys.len(), 10);
    assert!(everybody.iter().any(|person| person.new_case.contents.protection.as_ref().unwrap().asylum_claim_open == Some(true)));
}

#[test]
fn nationals_without_a_mission_here_go_no_further_than_they_can() {
    let everybody = people(today());
    let of = |code: &'static str| everybody.iter().filter(move |person| nationality(person) == code);
    assert!(of("KHM").all(|person| matches!(person.journey, Journey::StaysRegistered | Journey::Screened)));
    assert!(of("TWN").filter(|person| person.journey == Journey::Screened).count() * 2 > of("TWN").count());
    assert!(of("TWN").any(|person| person.journey == Journey::ContactDeclined));
    assert!(of("TWN").any(|person| person.journey == Journey::MissionContacted));
}

#[test]
fn the_people_are_the_same_every_time() {
    let (first, second) = (people(today()), people(today()));
    assert_eq!(first.len(), second.len());
    for (one, other) in first.iter().zip(&second) {
        assert!(one.new_case.contents == other.new_case.contents);
        assert_eq!(
            (one.compound_reference, one.journey, one.registered_by),
            (other.compound_reference, other.journey, other.registered_by)
        );
        assert_eq!((one.new_case.risk_level, one.new_case.exit_mode), (other.new_case.risk_level, other.new_case.exit_mode));
    }
}

#[test]
fn every_account_fits_its_organisation_and_every_registrar_has_one() {
    let usernames: BTreeSet<&str> = accounts().iter().map(|account| account.username).collect();
    assert_eq!(usernames.len(), accounts().len());
    for account in accounts() {
        assert_eq!(account.username, account.username.to_lowercase());
        let invented = organisations().iter().find(|invented| invented.organisation == account.organisation);
        let kind = invented.map_or(OrganisationKind::DiplomaticMission, |invented| invented.kind);
        let is_desk = invented.is_some_and(|invented| invented.coordinates.is_some());
        assert!(account.role.fits(kind, is_desk), "{}", account.username);
        assert_eq!(invented.is_none(), account.organisation.sending_state().is_some(), "{}", account.username);
    }
    for person in people(today()) {
        for username in [person.registrar().username(), person.travelling_username()] {
            let account = accounts().iter().find(|account| account.username == username).unwrap();
            assert_eq!(account.organisation, person.registrar().organisation());
        }
    }
}

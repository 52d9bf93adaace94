//! The wave has the numbers that were published.

use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use validator::Validate;

use crate::demo::wave::*;
use crate::demo::wave_plan::*;
use crate::demo::wave_records;
use crate::domain::repatriation::records::record::CaseRecord;
use crate::domain::zones::Today;

fn today() -> NaiveDate {
    "2026-02-03".parse().unwrap()
}

fn count(step: impl Fn(&Plan) -> bool) -> usize {
    wave(today()).iter().filter(|person| step(&person.plan)).count()
}

#[test]
fn the_wave_has_exactly_the_published_numbers() {
    assert_eq!(wave(today()).len(), 3_167);
    assert_eq!(count(|plan| plan.screened.is_some()), 2_100);
    assert_eq!(count(|plan| plan.document.is_some()), 800);
    assert_eq!(count(|plan| plan.relief.is_some()), 800);
    assert_eq!(count(|plan| plan.scheduled.is_some()), 130);
    assert_eq!(count(|plan| plan.departed.is_some()), 45);
    assert_eq!(count(|plan| plan.contacted.is_some()), 1_500);
    assert_eq!(count(|plan| plan.verified.is_some()), 1_250);
    assert_eq!(count(|plan| plan.decided.is_some()), 1_050);
    assert_eq!(count(|plan| plan.exit.is_some()), 190);
}

#[test]
fn as_many_come_on_each_day_as_came() {
    let mut by_day: BTreeMap<u32, usize> = BTreeMap::new();
    for person in wave(today()) {
        *by_day.entry(person.plan.registered).or_default() += 1;
    }
    let until = |last: u32| by_day.range(..=last).map(|(_, people)| people).sum::<usize>();
    // 19 January was the peak; the sums until 23 January, 31 January and 2 February were published.
    assert_eq!((by_day[&3], until(7), until(15), until(17)), (520, 2_117, 2_887, 3_167));
    assert_eq!(count(|plan| plan.departed == Some(14)), 36, "36 arrived on 30 January");
}

#[test]
fn nothing_happens_before_what_it_rests_on_or_after_the_wave() {
    for person in wave(today()) {
        let plan = person.plan;
        let order = [Some(plan.registered), plan.screened, plan.contacted, plan.verified, plan.decided];
        let road: Vec<u32> = order.into_iter().chain([plan.document, plan.exit, plan.scheduled, plan.departed]).flatten().collect();
        assert!(road.is_sorted(), "{plan:?}");
        assert!(plan.relief.is_none() || plan.relief >= plan.decided && plan.exit.is_none_or(|exit| plan.relief <= Some(exit)));
        assert!(plan.held.is_none() || plan.exit.is_none(), "somebody who is held does not leave");
        assert!(plan.days().all(|day| day < WAVE_DAYS && day >= plan.registered));
    }
}

#[test]
fn everybody_would_pass_as_input() {
    let mut numbers = BTreeSet::new();
    let mut names = BTreeSet::new();
    for person in wave(today()) {
        let contents = &person.new_case.contents;
        let identity = contents.identity.as_ref().unwrap();
        assert_eq!(identity.violations(Today::noon(person.day(person.plan.registered))), []);
        identity.validate().unwrap();
        assert!(contents.contact.as_ref().unwrap().phones.is_empty(), "a number somebody might answer");
        assert!(
            identity
                .documents
                .iter()
                .all(|document| numbers.insert(document.number.clone()) && document.number.as_ref().unwrap().starts_with("X0"))
        );
        names.insert((identity.given_name.clone(), identity.family_name.clone()));
        if person.plan.screened.is_some() {
            assert!(identity.birth_date.is_some() || identity.age_estimate.is_some());
            assert!(contents.health.as_ref().unwrap().immediate_needs.is_some());
            assert_ne!(person.new_case.trafficking_status, TraffickingStatus::Unscreened);
        }
    }
    assert!(names.len() > 1_000, "{}", names.len());
}

#[test]
fn what_is_recorded_would_pass_as_input() {
    let mission = crate::domain::ids::MissionId::random();
    for person in wave(today()) {
        let day = |step: Option<u32>| step.map(|step| person.day(step));
        let passes = |violations: Vec<_>| assert_eq!(violations, [], "{}", person.number);
        if let Some(screened) = day(person.plan.screened) {
            passes(wave_records::screening(&person, screened).violations(Today::noon(screened)));
            passes(wave_records::detention(&person, screened).violations(Today::noon(screened)));
            passes(wave_records::charge(screened).violations(Today::noon(screened)));
        }
        if let Some(decided) = day(person.plan.decided) {
            passes(wave_records::decision(&person, decided).violations(Today::noon(decided)));
            passes(wave_records::clearance(&person).violations(Today::noon(decided)));
            passes(wave_records::best_interests(BestInterestsKind::Determination, decided).violations(Today::noon(decided)));
        }
        if let Some(issued) = day(person.plan.document) {
            passes(wave_records::certificate(&person, mission, issued).violations(Today::noon(issued)));
        }
        if let Some(relieved) = day(person.plan.relief) {
            passes(wave_records::relief(&person, relieved).violations(Today::noon(relieved)));
        }
        if let Some(exit) = day(person.plan.exit) {
            passes(wave_records::permit(&person, exit, wave_records::clearance(&person)).violations(Today::noon(exit)));
            passes(wave_records::risk(&person, exit).violations(Today::noon(exit)));
        }
        if let Some(home) = day(person.plan.departed) {
            passes(wave_records::arrival(&person, home).violations(Today::noon(home)));
            passes(wave_records::support(home).violations(Today::noon(home)));
        }
    }
}

#[test]
fn the_wave_gives_work_of_many_kinds() {
    let everybody = wave(today());
    let any = |what: &str, found: &dyn Fn(&WavePerson) -> bool| {
        let people = everybody.iter().filter(|person| found(person)).count();
        assert!((1..=200).contains(&people), "{what}: {people}");
    };
    any("children", &|person| person.is_child);
    any("children who decided", &|person| person.is_child && person.plan.decided.is_some());
    any("children without guardian", &|person| person.is_child && person.plan.screened.is_some() && person.number.is_multiple_of(3));
    any("held by law", &|person| person.plan.held.is_some());
    any("on hold", &|person| person.plan.on_hold.is_some());
    any("in custody", &|person| person.in_custody);
    any("in custody for long", &|person| person.in_custody && person.number.is_multiple_of(200));
    any("charged", &|person| person.is_charged);
    let expires =
        |person: &WavePerson| wave_records::certificate(person, crate::domain::ids::MissionId::random(), today()).expires_on.unwrap();
    any("documents that expire", &|person| person.plan.document.is_some() && expires(person) <= today() + chrono::Days::new(14));
}

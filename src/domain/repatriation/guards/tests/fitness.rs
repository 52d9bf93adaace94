//! The table of the guard that asks whether somebody is fit to travel, and by whose word.

use crate::domain::cases::person::YoungestAge;
use crate::domain::repatriation::guards::tests::*;

fn rest_on(facts: &mut Facts, basis: FitnessBasis) {
    facts.records.fit_to_travel[0].content.basis = Some(basis);
}

fn injured() -> HealthScreening {
    HealthScreening { injuries: Some("A broken wrist".to_owned()), ..health_screening(day("2026-01-02")) }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        ("until the day of departure", true, UNCHANGED),
        ("until the day before", false, |facts| facts.records.fit_to_travel[0].content.valid_until = Some(day(TODAY))),
        ("until another examination", true, |facts| facts.records.fit_to_travel[0].content.valid_until = None),
        ("not fit", false, |facts| facts.records.fit_to_travel[0].content.fit = false),
        ("by their own word", true, |facts| rest_on(facts, FitnessBasis::SelfDeclaration)),
        ("by nobody knows whose word, and injured", false, |facts| {
            facts.records.health_screenings = vec![entry(injured())];
        }),
        ("a lay word against a physician's no", false, |facts| {
            facts.records.fit_to_travel[0].content.fit = false;
            let basis = Some(FitnessBasis::SelfDeclaration);
            facts.records.fit_to_travel.push(entry(FitToTravel { basis, ..fit(day(TODAY), None) }));
        }),
        ("examined before the injury", false, |facts| {
            rest_on(facts, FitnessBasis::Examination);
            let since = HealthScreening { screened_on: day("2026-01-25"), ..injured() };
            facts.records.health_screenings = vec![entry(since)];
        }),
        ("pregnant, and not asked again", false, |facts| {
            rest_on(facts, FitnessBasis::SelfDeclaration);
            let pregnant = HealthScreening { pregnancy: Pregnancy::Yes, ..health_screening(day("2026-01-02")) };
            facts.records.health_screenings = vec![entry(pregnant), entry(health_screening(day(TODAY)))];
        }),
        ("an infant who was examined", true, |facts| {
            rest_on(facts, FitnessBasis::Examination);
            facts.youngest = Some(YoungestAge::of_born_on(day(TODAY)));
        }),
        ("by their own word, and pregnant", false, |facts| {
            rest_on(facts, FitnessBasis::SelfDeclaration);
            facts.records.health_screenings = vec![entry(HealthScreening { pregnancy: Pregnancy::Yes, ..health_screening(day(TODAY)) })];
        }),
        ("seen by a nurse, and injured", false, |facts| {
            rest_on(facts, FitnessBasis::NurseCheck);
            facts.records.health_screenings = vec![entry(injured())];
        }),
        ("examined, and injured", true, |facts| {
            rest_on(facts, FitnessBasis::Examination);
            facts.records.health_screenings = vec![entry(injured())];
        }),
        ("seen by a nurse, and in despair", false, |facts| {
            rest_on(facts, FitnessBasis::NurseCheck);
            let despair = HealthScreening { suicide_risk: SuicideRisk::Moderate, ..health_screening(day(TODAY)) };
            facts.records.health_screenings = vec![entry(despair)];
        }),
        ("seen by a nurse, and well again", true, |facts| {
            rest_on(facts, FitnessBasis::NurseCheck);
            let ill = HealthScreening { triage: Triage::Orange, screened_on: day("2026-01-02"), ..health_screening(day(TODAY)) };
            facts.records.health_screenings = vec![entry(ill), entry(health_screening(day(TODAY)))];
        }),
        ("an infant whom a nurse saw", false, |facts| {
            rest_on(facts, FitnessBasis::NurseCheck);
            facts.youngest = Some(YoungestAge::of_born_on(day(TODAY)));
        }),
        ("not fit since", false, |facts| {
            facts.records.fit_to_travel.push(entry(FitToTravel { fit: false, ..fit(day(TODAY), None) }));
        }),
        ("examined after departure", false, |facts| {
            depart(facts, "2026-01-18T08:00");
            facts.records.fit_to_travel = vec![entry(fit(day(TODAY), None))];
        }),
    ]
}

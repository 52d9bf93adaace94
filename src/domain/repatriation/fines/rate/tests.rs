//! Steps, bands, ceilings and exemptions: three countries by hand, and properties of every schedule.

use crate::domain::codes::StepRule;
use crate::domain::repatriation::fines::tests::{Numbers, amount, cambodia, day, rate, shown};
use crate::domain::repatriation::fines::*;
use crate::domain::violation::Checks;
use crate::domain::zones::Today;

/// THB 500 a day, at most 20,000; children owe nothing. From which age on is not certain: 14 here.
fn thailand() -> FineRate {
    FineRate { ceiling: Some(amount("20000")), exempt_under_age: Some(14), ..rate("2000-01-01", "500") }
}

/// USD 3 a day for 90 days, USD 5 for each day beyond.
fn myanmar() -> FineRate {
    let steps = vec![FineStep { from_day: 91, daily_amount: amount("5") }];
    let schedule = FineSchedule { steps, step_rule: Some(StepRule::DaysBeyond), ..FineSchedule::default() };
    FineRate { schedule, ..rate("2000-01-01", "3") }
}

/// Invented amounts in the manner of Viet Nam: fixed for up to 15 days, more up to 29, more up to 59, and one for all beyond.
fn viet_nam() -> FineRate {
    let band = |from_day, to_day, fixed: &str| FineBand { from_day, to_day, amount: amount(fixed) };
    let bands =
        vec![band(1, Some(15), "1250000"), band(16, Some(29), "4000000"), band(30, Some(59), "7500000"), band(60, None, "17500000")];
    FineRate { schedule: FineSchedule { bands, ..FineSchedule::default() }, ..rate("2000-01-01", "0") }
}

fn after(days: u64) -> NaiveDate {
    day("2025-01-31").checked_add_days(Days::new(days)).unwrap()
}

fn of_days(days: u64, rate: &FineRate) -> String {
    shown(assessed(Some(day("2025-01-31")), after(days), std::slice::from_ref(rate)))
}

#[test]
fn three_countries_by_hand() {
    for (days, fine) in [(0, "0.00"), (1, "10.00"), (90, "900.00"), (365, "3650.00"), (696, "6960.00")] {
        assert_eq!(of_days(days, &cambodia()[0]), fine, "Cambodia, {days} days at 10");
    }
    for (days, fine) in [(1, "500.00"), (39, "19500.00"), (40, "20000.00"), (41, "20000.00"), (696, "20000.00")] {
        assert_eq!(of_days(days, &thailand()), fine, "Thailand, {days} days at 500, at most 20000");
    }
    // 90 × 3 = 270; one day beyond: 275; 606 days beyond: 270 + 3030.
    for (days, fine) in [(1, "3.00"), (90, "270.00"), (91, "275.00"), (100, "320.00"), (696, "3300.00")] {
        assert_eq!(of_days(days, &myanmar()), fine, "Myanmar, {days} days");
    }
}

#[test]
fn a_step_holds_for_all_days_or_for_those_beyond() {
    let mut for_all = myanmar();
    for_all.schedule.step_rule = Some(StepRule::AllDays);
    for (days, beyond, all) in [(90, "270.00", "270.00"), (91, "275.00", "455.00"), (100, "320.00", "500.00")] {
        assert_eq!((of_days(days, &myanmar()), of_days(days, &for_all)), (beyond.to_owned(), all.to_owned()), "{days} days");
    }
    let fine = FineBasis { stay_expired_on: Some(day("2025-01-31")), ..FineBasis::default() };
    let daily = |days| fine.on(after(days), &[myanmar()]).daily_rate.map(|daily| daily.to_string());
    assert_eq!((daily(90).as_deref(), daily(91).as_deref()), (Some("3.00"), Some("5.00")), "what the last day costs");
}

#[test]
fn a_band_is_a_fixed_amount() {
    for (days, fine) in [
        (0, "0.00"),
        (1, "1250000.00"),
        (15, "1250000.00"),
        (16, "4000000.00"),
        (29, "4000000.00"),
        (30, "7500000.00"),
        (60, "17500000.00"),
        (900, "17500000.00"),
    ] {
        assert_eq!(of_days(days, &viet_nam()), fine, "{days} days");
    }
    let basis = FineBasis { stay_expired_on: Some(day("2025-01-31")), ..FineBasis::default() };
    assert_eq!(basis.on(after(20), &[viet_nam()]).daily_rate, None, "no amount a day is asked");
    // Three days of grace, and ten a day from then on.
    let grace = FineBand { from_day: 1, to_day: Some(3), amount: Amount::ZERO };
    let gracious = FineRate { schedule: FineSchedule { bands: vec![grace], ..FineSchedule::default() }, ..rate("2000-01-01", "10") };
    for (days, fine) in [(3, "0.00"), (4, "10.00"), (13, "100.00")] {
        assert_eq!(of_days(days, &gracious), fine, "{days} days");
    }
}

#[test]
fn a_new_rate_goes_on_counting_the_days_of_overstay() {
    // 80 days at 3 under the old rate; from the 81st day on a rate with 4, and 6 beyond day 90: 240 + 10 × 4 + 10 × 6.
    let steps = vec![FineStep { from_day: 91, daily_amount: amount("6") }];
    let schedule = FineSchedule { steps, step_rule: Some(StepRule::DaysBeyond), ..FineSchedule::default() };
    let next = FineRate { valid_from: after(81), schedule, ..rate("2000-01-01", "4") };
    assert_eq!(shown(assessed(Some(day("2025-01-31")), after(100), &[myanmar(), next])), "340.00");
}

#[test]
fn who_is_too_young_on_the_day_of_departure_owes_nothing() {
    let basis = |age| FineBasis { stay_expired_on: Some(day("2025-01-31")), youngest_age: age, ..FineBasis::default() };
    for (age, track, fine) in
        [(Some(13), FineTrack::Exempt, "0.00"), (Some(14), FineTrack::Assessed, "5000.00"), (None, FineTrack::Assessed, "5000.00")]
    {
        let found = basis(age).on(after(10), &[thailand()]);
        assert_eq!((found.track, shown(found.outstanding)), (track, fine.to_owned()), "{age:?}");
    }
    assert_eq!(basis(Some(13)).on(after(0), &[thailand()]).track, FineTrack::None, "nothing to be exempt from");
    assert_eq!(basis(Some(3)).on(after(10), &cambodia()).track, FineTrack::Assessed, "no exemption is known");
    let asked = FineBasis { assessed_by_authority: Some(amount("500")), ..basis(Some(13)) };
    assert_eq!(shown(asked.on(after(10), &[thailand()]).outstanding), "500.00", "the authority asked all the same");
    assert_eq!(basis(Some(13)).on(after(10), &[]).track, FineTrack::Unknown);
}

/// Some schedule that passes the checks, with its amount a day.
fn some_rate(numbers: &mut Numbers) -> FineRate {
    loop {
        let some_amount = |numbers: &mut Numbers| Amount::from_ten_thousandths(i64::try_from(numbers.below(200_000)).unwrap()).unwrap();
        let mut schedule = FineSchedule::default();
        let (mut next, mut fixed) = (1, Amount::ZERO);
        for _ in 0..numbers.below(3) {
            let end = next + i64::try_from(numbers.below(30)).unwrap();
            fixed = fixed.plus(some_amount(numbers));
            let to_day = (numbers.below(6) > 0).then_some(end);
            schedule.bands.push(FineBand { from_day: next, to_day, amount: fixed });
            next = end + 1;
        }
        let mut from_day = next;
        for _ in 0..numbers.below(3) {
            from_day += 1 + i64::try_from(numbers.below(40)).unwrap();
            schedule.steps.push(FineStep { from_day, daily_amount: some_amount(numbers) });
            schedule.step_rule = Some(if numbers.below(2) == 0 { StepRule::AllDays } else { StepRule::DaysBeyond });
        }
        let daily = some_amount(numbers);
        let mut checks = Checks::on(Today::noon(day("2026-01-01")));
        schedule.check(daily, &mut checks);
        if checks.found().is_empty() {
            let ceiling = (numbers.below(3) == 0).then(|| daily.plus(some_amount(numbers).times(20)));
            return FineRate { ceiling, schedule, daily, ..rate("2000-01-01", "1") };
        }
    }
}

#[test]
fn more_days_never_cost_less_and_never_more_than_the_ceiling() {
    let mut numbers = Numbers(11);
    for round in 0..2_000 {
        let rate = some_rate(&mut numbers);
        let mut before = Amount::ZERO;
        for days in 0..150 {
            let fine = assessed(Some(day("2025-01-31")), after(days), std::slice::from_ref(&rate)).unwrap();
            assert!(fine >= before, "round {round}: {days} days of {rate:?}");
            assert!(rate.ceiling.is_none_or(|ceiling| fine <= ceiling), "round {round}: {days} days of {rate:?}");
            before = fine;
        }
    }
}

#[test]
fn steps_are_the_sum_of_their_days() {
    let mut numbers = Numbers(13);
    for round in 0..2_000 {
        let rate = FineRate { ceiling: None, ..some_rate(&mut numbers) };
        let total = i64::try_from(numbers.below(200)).unwrap();
        let band = |last: i64| rate.schedule.bands.iter().rev().find(|band| band.from_day <= last).map_or(Amount::ZERO, |band| band.amount);
        let days = (1..=total).filter_map(|number| rate.daily_on(number, total));
        let sum = days.fold(band(total), Amount::plus);
        let whole = assessed(Some(day("2025-01-31")), after(total.unsigned_abs()), std::slice::from_ref(&rate));
        assert_eq!(whole, Some(sum), "round {round}: {total} days of {rate:?}");
        // The same days under two rates that ask the same.
        let again = FineRate { valid_from: after(numbers.below(200)), ..rate.clone() };
        assert_eq!(assessed(Some(day("2025-01-31")), after(total.unsigned_abs()), &[rate, again]), whole, "round {round}");
    }
}

#[test]
fn a_schedule_that_makes_no_sense_is_refused() {
    let wrong = |schedule: FineSchedule| {
        let mut checks = Checks::on(Today::noon(day("2026-01-01")));
        schedule.check(amount("10"), &mut checks);
        checks.found().iter().map(|violation| format!("{} {}", violation.pointer, violation.code)).collect::<Vec<_>>()
    };
    let stepped = |steps: &[(i64, &str)], rule| FineSchedule {
        steps: steps.iter().map(|(from_day, daily)| FineStep { from_day: *from_day, daily_amount: amount(daily) }).collect(),
        step_rule: rule,
        ..FineSchedule::default()
    };
    let banded = |bands: &[(i64, Option<i64>, &str)]| FineSchedule {
        bands: bands
            .iter()
            .map(|(from_day, to_day, fixed)| FineBand { from_day: *from_day, to_day: *to_day, amount: amount(fixed) })
            .collect(),
        ..FineSchedule::default()
    };
    let (all, beyond) = (Some(StepRule::AllDays), Some(StepRule::DaysBeyond));
    let nothing: [&str; 0] = [];
    assert_eq!(wrong(FineSchedule::default()), nothing);
    assert_eq!(wrong(stepped(&[(31, "5")], beyond)), nothing, "days beyond may cost less");
    assert_eq!(wrong(stepped(&[(31, "5")], all)), ["/steps/0/daily_amount out_of_order"], "one day more would cost less");
    assert_eq!(wrong(stepped(&[(31, "20"), (31, "30")], all)), ["/steps/1/from_day out_of_order"]);
    assert_eq!(wrong(stepped(&[(1, "20")], all)), ["/steps/0/from_day out_of_order"]);
    assert_eq!(wrong(stepped(&[(31, "20")], None)), ["/step_rule required"]);
    assert_eq!(wrong(stepped(&[], all)), ["/step_rule not_applicable"]);
    assert_eq!(wrong(banded(&[(1, Some(15), "5"), (16, None, "9")])), nothing);
    assert_eq!(wrong(banded(&[(2, Some(15), "5")])), ["/bands/0/from_day out_of_order"], "a first day without an amount");
    assert_eq!(wrong(banded(&[(1, Some(15), "5"), (17, None, "9")])), ["/bands/1/from_day out_of_order"], "a gap");
    assert_eq!(wrong(banded(&[(1, Some(0), "5")])), ["/bands/0/to_day out_of_order"]);
    assert_eq!(wrong(banded(&[(1, Some(15), "5"), (16, None, "4")])), ["/bands/1/amount out_of_order"]);
    assert_eq!(wrong(banded(&[(1, None, "5"), (16, None, "9")]))[0], "/bands/0/to_day required");
    let both =
        FineSchedule { steps: vec![FineStep { from_day: 16, daily_amount: amount("20") }], step_rule: beyond, ..banded(&[(1, None, "5")]) };
    assert_eq!(wrong(both), ["/steps/0/from_day out_of_order"], "no day is left that is charged by the day");
}

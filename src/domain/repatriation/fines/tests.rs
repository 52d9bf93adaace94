//! The arithmetic of fines: vectors computed by hand, and properties that hold for every input.

use crate::domain::repatriation::fines::*;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub(super) fn rate(from: &str, daily: &str) -> FineRate {
    FineRate::by_day(day(from), amount(daily), Currency::parse("USD").unwrap())
}

pub(super) fn shown(amount: Option<Amount>) -> String {
    amount.map_or_else(|| "unknown".to_owned(), |amount| amount.to_string())
}

pub(super) fn cambodia() -> Vec<FineRate> {
    vec![rate("2000-01-01", "10")]
}

#[test]
fn a_day_counts_from_the_day_after_the_stay() {
    // Last day of the stay, day of reckoning, days. 2024 is a leap year, 2025 and 2100 are not.
    for (expired, until, days) in [
        ("2025-01-19", "2026-01-19", 365),
        ("2024-01-19", "2025-01-19", 366),
        ("2024-02-28", "2024-03-01", 2),
        ("2025-02-28", "2025-03-01", 1),
        ("2100-02-28", "2100-03-01", 1),
        ("2025-12-31", "2026-01-01", 1),
        ("2026-01-19", "2026-01-19", 0),
        ("2026-01-20", "2026-01-19", 0),
        ("2023-02-28", "2026-02-28", 1096),
    ] {
        assert_eq!(overstay_days(Some(day(expired)), day(until)), days, "{expired} to {until}");
        assert_eq!(assessed(Some(day(expired)), day(until), &cambodia()), Some(Amount::whole(10).times(days)), "{expired} to {until}");
    }
    assert_eq!(overstay_days(None, day("2026-01-19")), 0, "no stay is known to have expired");
}

#[test]
fn each_day_costs_what_held_on_it() {
    let rates = [rate("2000-01-01", "10"), rate("2026-01-01", "12.50"), rate("2026-02-01", "5")];
    // 2025-12-30, -31: 10 each; January: 31 × 12.50; 1 to 3 February: 5 each.
    assert_eq!(shown(assessed(Some(day("2025-12-29")), day("2026-02-03"), &rates)), "422.50");
    assert_eq!(shown(assessed(Some(day("2025-12-29")), day("2025-12-31"), &rates)), "20.00");
    assert_eq!(shown(assessed(Some(day("2026-01-31")), day("2026-02-01"), &rates)), "5.00");
    let backwards: Vec<FineRate> = rates.iter().rev().cloned().collect();
    assert_eq!(shown(assessed(Some(day("2025-12-29")), day("2026-02-03"), &backwards)), "422.50", "in any order");
    assert_eq!(
        assessed(Some(day("1999-12-29")), day("2000-01-02"), &cambodia()),
        None,
        "what the days before the first rate cost is not known"
    );
    assert_eq!(assessed(Some(day("1999-12-31")), day("2000-01-02"), &cambodia()), Some(amount("20")), "from its first day on it is");
    assert_eq!(assessed(Some(day("2025-01-01")), day("2026-01-01"), &[]), None, "no rate is known");
    assert_eq!(assessed(None, day("2026-01-01"), &[]), None, "neither the stay nor a rate is known");
    assert_eq!(assessed(Some(day("2026-01-01")), day("2026-01-01"), &[]), Some(Amount::ZERO), "no overstay costs nothing anywhere");
}

#[test]
fn a_ceiling_holds() {
    let thailand = [FineRate { ceiling: Some(amount("20000")), ..rate("2000-01-01", "500") }];
    assert_eq!(shown(assessed(Some(day("2026-01-01")), day("2026-01-31"), &thailand)), "15000.00");
    assert_eq!(shown(assessed(Some(day("2026-01-01")), day("2026-02-11"), &thailand)), "20000.00");
}

#[test]
fn reliefs_of_the_embassys_letter() {
    let year = FineBasis { stay_expired_on: Some(day("2025-01-19")), ..FineBasis::default() };
    let today = day("2026-01-19");
    assert_eq!(shown(year.on(today, &cambodia()).assessed), "3650.00");
    for (percent, outstanding, track) in
        [("50", "1825.00", FineTrack::Outstanding), ("80", "730.00", FineTrack::Outstanding), ("100", "0.00", FineTrack::WaivedFull)]
    {
        let fine = FineBasis { waived_percent: Percent::parse(percent), ..year }.on(today, &cambodia());
        assert_eq!((shown(fine.outstanding), fine.track), (outstanding.to_owned(), track), "{percent} %");
    }
    let settled = FineBasis { waived_percent: Percent::parse("80"), paid: amount("730"), ..year };
    assert_eq!(settled.on(today, &cambodia()).track, FineTrack::WaivedPartial);
    assert_eq!(FineBasis { paid: amount("3650"), ..year }.on(today, &cambodia()).track, FineTrack::Paid);
    assert_eq!(FineBasis { waiver_requested: true, ..year }.on(today, &cambodia()).track, FineTrack::WaiverRequested);
    assert_eq!(FineBasis::default().on(today, &cambodia()).track, FineTrack::None);
    let rest = FineBasis { waived_percent: Percent::parse("100"), paid: amount("1000"), ..year }.on(today, &cambodia());
    assert_eq!((shown(rest.waived), shown(rest.paid)), ("2650.00".to_owned(), "1000.00".to_owned()), "the rest is waived");
}

#[test]
fn nothing_counts_after_the_day_until_which_it_is_counted() {
    let basis = FineBasis { stay_expired_on: Some(day("2026-01-01")), counted_until: Some(day("2026-01-11")), ..FineBasis::default() };
    assert_eq!(shown(basis.on(day("2026-03-01"), &cambodia()).assessed), "100.00");
    assert_eq!(basis.on(day("2026-01-06"), &cambodia()).overstay_days, 5, "a day that has not come does not count");
    let assessed = FineBasis { assessed_by_authority: Some(amount("75")), ..basis };
    assert_eq!(shown(assessed.on(day("2026-03-01"), &cambodia()).outstanding), "75.00", "the authority's word counts");
}

/// A small generator of numbers that are the same in every run.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[test]
fn waived_paid_and_outstanding_add_up_to_what_is_assessed() {
    let mut numbers = Numbers(7);
    let start = day("2023-06-01");
    for round in 0..50_000 {
        let mut some_day = |span| start.checked_add_days(Days::new(numbers.below(span)));
        let (stay_expired_on, counted_until, today) = (some_day(1200), some_day(1200), some_day(1200).unwrap());
        // The first holds from before the first day, so that every day has a price.
        let rates: Vec<FineRate> = (0..1 + numbers.below(4))
            .map(|at| {
                let from = start.checked_add_days(Days::new(if at == 0 { 0 } else { numbers.below(1200) })).unwrap();
                let daily = Amount::from_ten_thousandths(i64::try_from(numbers.below(500_000)).unwrap()).unwrap();
                FineRate::by_day(from, daily, Currency::parse("USD").unwrap())
            })
            .collect();
        let mut some_amount = |most| Amount::from_ten_thousandths(i64::try_from(numbers.below(most)).unwrap()).unwrap();
        let (waived_amount, paid, by_authority) = (some_amount(90_000_000), some_amount(90_000_000), some_amount(90_000_000));
        let basis = FineBasis {
            stay_expired_on: stay_expired_on.filter(|_| numbers.below(5) > 0),
            counted_until: counted_until.filter(|_| numbers.below(2) > 0),
            assessed_by_authority: (numbers.below(4) == 0).then_some(by_authority),
            waived_percent: Percent::from_hundredths(i32::try_from(numbers.below(10_001)).unwrap()).filter(|_| numbers.below(2) > 0),
            waived_amount,
            settled_percent: Percent::from_hundredths(i32::try_from(numbers.below(10_001)).unwrap()).filter(|_| numbers.below(4) == 0),
            settled_amount: Amount::ZERO,
            paid,
            youngest_age: None,
            waiver_requested: numbers.below(2) > 0,
        };
        let fine = basis.on(today, &rates);
        let known = |amount: Option<Amount>| amount.unwrap();
        let sum = known(fine.waived).plus(known(fine.paid)).plus(known(fine.settled_unpaid)).plus(known(fine.outstanding));
        assert_eq!(sum, known(fine.assessed), "round {round}: {basis:?} on {today}");
        assert_eq!(known(fine.paid).plus(known(fine.overpaid)), paid, "round {round}: no payment disappears");
        assert!(fine.overstay_days >= 0 && fine.counted_until <= today, "round {round}");
        let is_over = !matches!(fine.track, FineTrack::Assessed | FineTrack::WaiverRequested | FineTrack::Outstanding);
        assert_eq!((is_over, fine.is_settled()), (known(fine.outstanding).is_zero(), is_over), "round {round}: {fine:?}");
    }
}

#[test]
fn an_unknown_fine_is_never_shown_as_nothing() {
    let overstayed = FineBasis { stay_expired_on: Some(day("2024-02-22")), paid: amount("5"), ..FineBasis::default() };
    let fine = overstayed.on(day("2026-01-18"), &[]);
    assert_eq!((fine.overstay_days, fine.track, fine.currency, fine.daily_rate), (696, FineTrack::Unknown, None, None));
    let amounts = [fine.assessed, fine.waived, fine.paid, fine.settled_unpaid, fine.outstanding, fine.overpaid];
    assert_eq!(amounts, [None; 6]);
    assert!(fine.may_be_owed(), "days of an unknown price are not free");
    let assessed = FineBasis { assessed_by_authority: Some(amount("75")), ..overstayed };
    assert_eq!(shown(assessed.on(day("2026-01-18"), &[]).outstanding), "70.00", "the authority's word makes it known");
    let in_time = FineBasis { stay_expired_on: Some(day("2026-01-18")), ..FineBasis::default() };
    assert_eq!(
        (in_time.on(day("2026-01-18"), &[]).track, shown(in_time.on(day("2026-01-18"), &[]).assessed)),
        (FineTrack::None, "0.00".to_owned())
    );
    assert_eq!(FineBasis::default().on(day("2026-01-18"), &[]).track, FineTrack::Unknown, "neither stay nor rate");
    assert!(!FineBasis::default().on(day("2026-01-18"), &[]).may_be_owed(), "no overstay is recorded");
}

#[test]
fn deportation_and_detention_settle_without_being_a_relief() {
    let part = |percent: &str| Percent::parse(percent);
    let year = FineBasis { stay_expired_on: Some(day("2025-01-19")), ..FineBasis::default() };
    let today = day("2026-01-19");
    let deported = FineBasis { settled_percent: part("100"), paid: amount("650"), ..year }.on(today, &cambodia());
    assert_eq!(
        (shown(deported.paid), shown(deported.settled_unpaid), shown(deported.waived)),
        ("650.00".into(), "3000.00".into(), "0.00".into())
    );
    assert_eq!((deported.track, deported.is_settled()), (FineTrack::SettledUnpaid, true));
    let half = FineBasis { waived_percent: part("50"), settled_percent: part("50"), ..year };
    assert_eq!(
        (half.on(today, &cambodia()).track, shown(half.on(today, &cambodia()).waived)),
        (FineTrack::SettledUnpaid, "1825.00".into())
    );
    assert_eq!(FineBasis { settled_percent: part("20"), ..year }.on(today, &cambodia()).track, FineTrack::Outstanding);
    // Also where nobody knows how much it was.
    for (waived, settled, track) in
        [(None, "100", FineTrack::SettledUnpaid), (Some("50"), "50", FineTrack::SettledUnpaid), (Some("50"), "20", FineTrack::Unknown)]
    {
        let fine = FineBasis { waived_percent: waived.and_then(part), settled_percent: part(settled), ..year }.on(today, &[]);
        assert_eq!(
            (fine.track, fine.settled_unpaid, fine.may_be_owed()),
            (track, None, track == FineTrack::Unknown),
            "{waived:?} {settled}"
        );
    }
    let waived = FineBasis { waived_percent: part("100"), ..year }.on(today, &[]);
    assert_eq!((waived.track, waived.may_be_owed()), (FineTrack::WaivedFull, false));
}

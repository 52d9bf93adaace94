//! Asking after arrival how somebody is.

use super::*;
use crate::domain::repatriation::records::FollowUp;

/// Somebody who came home on the 1st of January 2026, followed up on these days.
fn at_home(today: &str, follow_ups: &[FollowUp]) -> Facts {
    let mut facts = Facts { stage: Stage::Reintegration, ..quiet() };
    facts.today = Today::noon(day(today));
    facts.records.arrivals = vec![entry(arrival(day("2026-01-01"), None))];
    facts.records.follow_ups = follow_ups.iter().cloned().map(entry).collect();
    facts
}

fn followed_up(done_on: &str, situation: FollowUpSituation) -> FollowUp {
    FollowUp { due_on: day(done_on), mode: None, done_on: Some(day(done_on)), situation: Some(situation), notes: None }
}

#[test]
fn whoever_came_home_is_followed_up_after_one_three_and_six_months() {
    let due = |follow_ups: &[FollowUp]| of_kind(&at_home("2026-01-10", follow_ups), TaskKind::MonitoringDue);
    let safe = |on| followed_up(on, FollowUpSituation::Stable);
    assert_eq!(due(&[]), by_owner("2026-01-31"), "thirty days after arrival");
    assert_eq!(due(&[safe("2026-01-09")]), by_owner("2026-01-31"), "the welcome is no monitoring");
    assert_eq!(due(&[followed_up("2026-01-20", FollowUpSituation::NotReached)]), by_owner("2026-01-31"), "nobody was reached");
    assert_eq!(due(&[safe("2026-01-16")]), by_owner("2026-04-01"), "ninety");
    assert_eq!(due(&[safe("2026-01-31"), safe("2026-03-01")]), by_owner("2026-04-01"), "before half of the time has passed");
    assert_eq!(due(&[safe("2026-03-02")]), by_owner("2026-06-30"), "a hundred and eighty; a late one counts for the time before");
    let planned = FollowUp { done_on: None, situation: None, ..safe("2026-01-31") };
    assert_eq!(due(std::slice::from_ref(&planned)), by_owner("2026-04-01"), "it has a task of its own");
    assert_eq!(due(&[safe("2026-06-30")]), [], "half a year is enough, unless configured otherwise");
    let mut year = at_home("2026-07-01", &[safe("2026-06-30")]);
    year.rules.monitoring_days = 365;
    assert_eq!(of_kind(&year, TaskKind::MonitoringDue), by_owner("2027-01-01"));
    assert_eq!(due(&[followed_up("2026-01-20", FollowUpSituation::DeclinedContact)]), [], "who wants to be left alone is");
    let by_themselves = Facts { left_on: Some(day("2026-01-01")), records: Records::default(), ..at_home("2026-01-10", &[]) };
    assert_eq!(of_kind(&by_themselves, TaskKind::MonitoringDue), by_owner("2026-01-31"), "also whoever came home by themselves");
    let mut alone = at_home("2026-01-21", &[followed_up("2026-01-20", FollowUpSituation::DeclinedContact), planned]);
    assert_eq!(of_kind(&alone, TaskKind::FollowUpDue), [], "and nobody calls as planned");
    alone.records.follow_ups.remove(0);
    assert_eq!(of_kind(&alone, TaskKind::FollowUpDue), by_owner("2026-01-31"));
    let on_the_way = Facts { stage: Stage::Departed, ..at_home("2026-01-10", &[]) };
    assert_eq!(of_kind(&on_the_way, TaskKind::MonitoringDue), [], "not before the case says so");
}

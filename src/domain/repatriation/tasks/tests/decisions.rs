//! A decision to return is free, and nobody is pressed for it.

use super::*;

#[test]
fn who_decided_in_detention_is_asked_again_in_freedom() {
    let mut facts = quiet();
    facts.records.return_decisions = vec![entry(decision(day("2026-01-10")))];
    let with = |held: Detention| Facts { records: Records { detentions: vec![entry(held)], ..facts.records.clone() }, ..facts.clone() };
    let due = |held| of_kind(&with(held), TaskKind::DetainedDecision);
    let released = |since, on: &str| Detention { released_on: Some(day(on)), ..detention(since) };
    assert_eq!(due(released("2026-01-08", "2026-01-12")), by_owner("2026-01-12"));
    assert_eq!(due(detention("2026-01-08")), [], "not free to say yet");
    assert_eq!(due(released("2026-01-02", "2026-01-05")), [], "decided in freedom");
    assert_eq!(due(released("2026-01-11", "2026-01-12")), [], "decided before");
    assert_eq!(due(released("2026-01-08", "2026-01-10")), [], "on the day of release they are free to say");
    let mut again = with(released("2026-01-08", "2026-01-12"));
    again.records.return_decisions.push(entry(decision(day("2026-01-14"))));
    assert_eq!(of_kind(&again, TaskKind::DetainedDecision), [], "and asked again");
}

#[test]
fn nobody_is_pressed_while_they_reflect() {
    let reflecting = Facts { reflection_until: Some(day("2026-01-30")), ..quiet() };
    assert_eq!(of_kind(&reflecting, TaskKind::Stalled), by_owner("2026-02-13"), "fourteen days after the period");
    let long_over = Facts { reflection_until: Some(day("2026-01-03")), ..quiet() };
    assert_eq!(of_kind(&long_over, TaskKind::Stalled), by_owner("2026-02-02"));
}

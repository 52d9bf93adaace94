//! Care that cannot wait.

use super::*;
use crate::domain::codes::{SuicideRisk, Triage, ViolenceDisclosure};
use crate::domain::repatriation::records::{HealthScreening, OfferedCare};

/// Somebody who was found in danger, and told of nothing.
pub(super) fn in_danger(on: &str) -> HealthScreening {
    HealthScreening { triage: Triage::Red, suicide_risk: SuicideRisk::High, ..health_screening(day(on)) }
}

#[test]
fn care_that_cannot_wait_is_due_until_it_was_given() {
    let found = |all: Vec<HealthScreening>| {
        let mut facts = quiet();
        facts.records.health_screenings = all.into_iter().map(entry).collect();
        let due = due(&facts).into_iter().filter(|task| task.kind == TaskKind::UrgentCare);
        due.map(|task| (task.due_on.to_string(), task.deadline.map(|day| day.to_string()))).collect::<Vec<_>>()
    };
    let red = in_danger("2026-01-02");
    let calm = HealthScreening { triage: Triage::Orange, suicide_risk: SuicideRisk::Moderate, ..red.clone() };
    let due_at_once = vec![("2026-01-02".to_owned(), None)];
    assert_eq!(found(vec![red.clone()]), due_at_once);
    assert_eq!(found(vec![HealthScreening { triage: Triage::Red, ..calm.clone() }]), due_at_once);
    assert_eq!(found(vec![HealthScreening { suicide_risk: SuicideRisk::High, ..calm.clone() }]), due_at_once);
    assert_eq!(found(vec![calm.clone()]), []);
    assert_eq!(found(vec![red.clone(), HealthScreening { screened_on: day("2026-01-03"), ..calm.clone() }]), [], "it passed");
    assert_eq!(found(vec![HealthScreening { screened_on: day("2026-01-01"), ..calm.clone() }, red]), due_at_once);
    let told = HealthScreening { sexual_violence_disclosed: ViolenceDisclosure::Yes, ..calm };
    assert_eq!(found(vec![told.clone()]), [("2026-01-02".to_owned(), Some("2026-01-05".to_owned()))]);
    let dated = HealthScreening { sexual_violence_on: Some(day("2026-01-01")), ..told };
    assert_eq!(found(vec![dated.clone()]), [("2026-01-02".to_owned(), Some("2026-01-04".to_owned()))]);
    let offered = OfferedCare { offered_on: day("2026-01-02"), accepted: Some(false) };
    let given = HealthScreening { care_within_72_hours: Some(offered), ..dated.clone() };
    assert_eq!(found(vec![given.clone()]), [], "it was offered, and declined");
    let later = HealthScreening { screened_on: day("2026-01-03"), ..given };
    assert_eq!(found(vec![dated, later]), [], "it was offered at the next screening");
}

//! What already happened is recorded as it was: that somebody left, or arrived, without the steps of this road. A guard protects the
//! person and never makes the record lie: the requirements that were not met are kept with the entry as its gaps.

use chrono::NaiveDate;

use crate::domain::codes::DepartureBasis;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::guards::Guard;
use crate::domain::repatriation::records::newest;
use crate::domain::repatriation::rules::{Target, rule_for};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::violation::Violation;

/// What can be recorded afterwards. Decisions are not among it: that a mission verified somebody, or that somebody agreed to return, is
/// said by those who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The person left the country.
    Departed,
    /// The person arrived at home.
    Arrived,
}

impl Happened {
    /// The stage that the case has then.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Departed => Stage::Departed,
            Self::Arrived => Stage::Arrived,
        }
    }

    const fn pointer(self) -> &'static str {
        match self {
            Self::Departed => "/departed_on",
            Self::Arrived => "/arrived_on",
        }
    }
}

/// Something that happened, and its day.
#[derive(Clone, Copy, Debug)]
pub struct Afterwards {
    /// What.
    pub what: Happened,
    /// On which day of the place.
    pub on: NaiveDate,
}

impl Afterwards {
    /// What must be so whatever happened: a supervisor says it, with reason and source.
    pub const REQUIRED: &'static [Guard] = &[Guard::SupervisorParty, Guard::ReasonGiven, Guard::DateAndSource];

    /// Whether it leads on from where the case stands: only forward, and not from an end. Whoever was removed by force arrives, and who was protected may leave, too.
    pub fn leads_on(self, facts: &Facts) -> bool {
        let may_leave = [SideState::RemovedByForce, SideState::ProtectionPathway];
        let goes_on = |state: SideState| state.is_resumable() || may_leave.contains(&state);
        facts.stage < self.what.stage() && facts.side_state.is_none_or(goes_on)
    }

    /// What is wrong with its day. It must be over: who may leave today still has the protection of every guard.
    pub fn violations(self, facts: &Facts, basis: Option<DepartureBasis>) -> Vec<Violation> {
        let pointer = self.what.pointer();
        let today = match self.what {
            Happened::Departed => facts.today.day(),
            Happened::Arrived => facts.today_at_destination().day().min(facts.today.day()),
        };
        let mut found = Vec::new();
        if self.what == Happened::Arrived && facts.stage < Stage::Departed {
            found.push(Violation::new("/departed_on", "required", "say when the person left, too"));
        }
        if self.on >= today {
            found.push(Violation::new(pointer, "not_over", "must be a day that is over: what is still to happen goes by the transitions"));
        }
        let was_removed = self.what == Happened::Departed && facts.side_state == Some(SideState::RemovedByForce);
        if was_removed && !basis.is_some_and(DepartureBasis::is_by_authority) {
            found.push(Violation::new("/basis", "disagrees", "the person was removed by force: say how"));
        }
        let decided = newest(&facts.records.return_decisions, |decision| decision.decided_on).map(|decision| decision.voluntariness);
        if self.what == Happened::Departed && basis.zip(decided).is_some_and(|(basis, decided)| !basis.fits(decided)) {
            found.push(Violation::new("/basis", "disagrees", "the decision to return on the case was less free: say how the person left"));
        }
        let departed = facts.movement().filter(|movement| movement.has_departed()).map(|movement| facts.departure_day(movement));
        if self.what == Happened::Departed && departed.is_some_and(|departed| departed != self.on) {
            found.push(Violation::new(pointer, "disagrees", "the movement says another day of departure"));
        }
        // Across the date line somebody arrives a day before they left.
        let left = facts.left_on.or(departed).and_then(|left| left.pred_opt());
        if self.what == Happened::Arrived && left.is_some_and(|left| self.on < left) {
            found.push(Violation::new(pointer, "date_order", "must not lie before the departure"));
        }
        found
    }
}

/// The unmet requirements before a stage, except those on the actor, on the recorded event itself and on other cases.
pub fn gaps(facts: &Facts, what: Happened) -> Vec<Guard> {
    const ITSELF: &[Guard] = &[Guard::Departed, Guard::Arrived, Guard::MovementBooked];
    let stages = Stage::ALL.windows(2).filter_map(|pair| pair.first().copied().zip(pair.last().copied()));
    let ahead = stages.filter(|(from, to)| *from >= facts.stage && *to <= what.stage());
    let steps = ahead.filter_map(|(from, to)| rule_for(from, None, Target::parse(to.as_str())?));
    let mut asked: Vec<Guard> = vec![Guard::OnTheRoad];
    if what == Happened::Departed {
        asked.push(Guard::NothingDenied);
    }
    for guard in steps.flat_map(|(_, guards)| guards) {
        let is_of_the_case = !guard.is_about_the_party() && !guard.is_about_another_case(facts);
        if is_of_the_case && !ITSELF.contains(guard) && !asked.contains(guard) {
            asked.push(*guard);
        }
    }
    asked.retain(|guard| !guard.is_met(facts));
    asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tests::{TODAY, day, owner, ready};
    use crate::domain::zones::Today;

    #[test]
    fn a_case_on_which_nothing_is_recorded_has_every_guard_of_the_road_as_a_gap() {
        let fresh = Facts::at_registration(owner(), Today::noon(day(TODAY)));
        let found = gaps(&fresh, Happened::Arrived);
        for guard in
            [Guard::ScreenedOrSkipped, Guard::ContactAccepted, Guard::ReturnDecided, Guard::TravelDocumentValid, Guard::FitToTravel]
        {
            assert!(found.contains(&guard), "{guard:?} is missing of {found:?}");
        }
        assert!(!found.iter().any(|guard| guard.is_about_the_party()));
        let beside = Facts { side_state: Some(SideState::OnHold), denies_somebody: true, asylum_claim_open: true, ..fresh };
        let found = gaps(&beside, Happened::Departed);
        for loud in [Guard::OnTheRoad, Guard::NothingDenied, Guard::NoProtectionBar] {
            assert!(found.contains(&loud), "{loud:?} is missing of {found:?}");
        }
    }

    #[test]
    fn a_case_that_is_ready_has_no_gap() {
        let ready = Facts { stage: Stage::DepartureScheduled, left_on: Some(day(TODAY)), ..ready() };
        assert_eq!(gaps(&ready, Happened::Departed), []);
    }

    #[test]
    fn only_days_that_are_over_and_only_forward() {
        let facts = Facts::at_registration(owner(), Today::noon(day(TODAY)));
        let on = |on: NaiveDate| Afterwards { what: Happened::Departed, on };
        let today = day(TODAY);
        assert_eq!(on(today).violations(&facts, None).len(), 1, "today");
        assert_eq!(on(today.succ_opt().unwrap()).violations(&facts, None).len(), 1, "tomorrow");
        assert_eq!(on(today.pred_opt().unwrap()).violations(&facts, None), [], "yesterday");
        for stage in Stage::ALL {
            for state in SideState::ALL.iter().copied().map(Some).chain([None]) {
                let there = Facts { stage: *stage, side_state: state, ..facts.clone() };
                let is_end = state.is_some_and(|state| matches!(state, SideState::Deceased | SideState::ReTrafficked));
                let may = *stage < Stage::Departed && !is_end;
                assert_eq!(on(today).leads_on(&there), may, "{stage} {state:?}");
            }
        }
    }
    #[test]
    fn whoever_was_removed_by_force_left_by_an_authority() {
        let removed = Facts { side_state: Some(SideState::RemovedByForce), ..Facts::at_registration(owner(), Today::noon(day(TODAY))) };
        let yesterday = Afterwards { what: Happened::Departed, on: day(TODAY).pred_opt().unwrap() };
        for basis in DepartureBasis::ALL {
            let found = yesterday.violations(&removed, Some(*basis));
            assert_eq!(found.is_empty(), basis.is_by_authority(), "{basis}: {found:?}");
        }
    }
}

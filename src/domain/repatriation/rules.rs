//! The transitions of DOMAIN §3, T1 to T13.

use crate::domain::access::compartments::CompartmentSet;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::guards::Guard;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::unmet::{UnmetGuard, unmet};

text_enum! {
    /// Where a transition leads: a stage, a side state, or `resume`, which leaves a side state or takes a wrong end back.
    pub enum Target {
        Registered = "registered",
        Screened = "screened",
        MissionContacted = "mission_contacted",
        NationalityVerified = "nationality_verified",
        Clearing = "clearing",
        DepartureScheduled = "departure_scheduled",
        Departed = "departed",
        Arrived = "arrived",
        Reintegration = "reintegration",
        Completed = "completed",
        OnHold = "on_hold",
        ContactDeclined = "contact_declined",
        NationalityNotConfirmed = "nationality_not_confirmed",
        LostContact = "lost_contact",
        Withdrawn = "withdrawn",
        ProtectionPathway = "protection_pathway",
        RemovedByForce = "removed_by_force",
        ReTrafficked = "re_trafficked",
        Deceased = "deceased",
        Resume = "resume",
    }
}

impl Target {
    /// The stage it names, if it names one.
    pub fn stage(self) -> Option<Stage> {
        Stage::parse(self.as_str())
    }

    /// The side state it names, if it names one.
    pub fn side_state(self) -> Option<SideState> {
        SideState::parse(self.as_str())
    }
}

text_enum! {
    /// A transition as DOMAIN §3 names it.
    pub enum RuleName {
        T1 = "T1",
        T2 = "T2",
        T3 = "T3",
        T3a = "T3a",
        T4 = "T4",
        T4a = "T4a",
        T5 = "T5",
        /// By the person's own passport, without a mission.
        T5a = "T5a",
        T6 = "T6",
        T7 = "T7",
        T8 = "T8",
        T9 = "T9",
        T10 = "T10",
        T11 = "T11",
        T12 = "T12",
        T13 = "T13",
        /// A wrong entry is taken back.
        T14 = "T14",
        /// A departure or an arrival is recorded afterwards.
        T15 = "T15",
        /// A supervised way back from the protection pathway.
        T16 = "T16",
    }
}

/// One transition: from which stages, to where, and what it requires.
#[derive(Debug)]
pub struct Rule {
    /// Its name in DOMAIN §3.
    pub name: RuleName,
    /// Stages it starts from.
    pub from: &'static [Stage],
    /// Where it leads.
    pub to: Target,
    /// What it requires.
    pub guards: &'static [Guard],
}

const BEFORE_DEPARTED: &[Stage] =
    &[Stage::Registered, Stage::Screened, Stage::MissionContacted, Stage::NationalityVerified, Stage::Clearing, Stage::DepartureScheduled];

/// T6. Children are asked for more than adults; the guards say so themselves.
const BEFORE_DEPARTURE: &[Guard] = &[
    Guard::MissionOrCoordinator,
    Guard::MovementBooked,
    Guard::ReturnDecided,
    Guard::ReturnNotWithdrawn,
    Guard::AgeAssessed,
    Guard::TravelDocumentValid,
    Guard::ExitPermitValid,
    Guard::FineSettled,
    Guard::PenaltiesSettled,
    Guard::ReturnRiskAccepted,
    Guard::FitToTravel,
    Guard::NoLegalHold,
    Guard::NoProtectionBar,
    Guard::ChildReturnDetermined,
    Guard::ChildAccompanied,
    Guard::ChildNotSeparated,
];
/// T7. Days pass between booking and departure, and what held then may hold no more: everything is asked again.
const ON_DEPARTURE: &[Guard] = &[
    Guard::MissionOrCoordinator,
    Guard::Departed,
    Guard::ReturnDecided,
    Guard::ReturnNotWithdrawn,
    Guard::AgeAssessed,
    Guard::TravelDocumentValid,
    Guard::ExitPermitValid,
    Guard::FineSettled,
    Guard::PenaltiesSettled,
    Guard::ReturnRiskAccepted,
    Guard::FitToTravel,
    Guard::NoLegalHold,
    Guard::NoProtectionBar,
    Guard::ChildReturnDetermined,
    Guard::ChildAccompanied,
    Guard::ChildNotSeparated,
];

/// Every transition but the backward step (T13) and `resume`, which [`rule_for`] derives from the stage itself.
pub const RULES: &[Rule] = &[
    Rule {
        name: RuleName::T2,
        from: &[Stage::Registered],
        to: Target::Screened,
        guards: &[Guard::CareParty, Guard::ScreenedOrSkipped, Guard::AgeAssessed, Guard::ImmediateNeeds, Guard::StatusDetermined],
    },
    Rule {
        name: RuleName::T3,
        from: &[Stage::Screened],
        to: Target::MissionContacted,
        guards: &[Guard::CareParty, Guard::InformedOfRights, Guard::ContactAccepted, Guard::MissionCovers, Guard::NoProtectionBar],
    },
    Rule {
        name: RuleName::T3a,
        from: &[Stage::Screened],
        to: Target::ContactDeclined,
        guards: &[Guard::OwnerParty, Guard::ContactDeclined],
    },
    Rule {
        name: RuleName::T4,
        from: &[Stage::MissionContacted],
        to: Target::NationalityVerified,
        guards: &[Guard::MissionParty, Guard::NationalityVerified],
    },
    Rule {
        name: RuleName::T4a,
        from: &[Stage::MissionContacted],
        to: Target::NationalityNotConfirmed,
        guards: &[Guard::MissionParty, Guard::NationalityNotConfirmed],
    },
    Rule {
        name: RuleName::T5,
        from: &[Stage::NationalityVerified],
        to: Target::Clearing,
        guards: &[Guard::NgoOrMission, Guard::ReturnDecided],
    },
    Rule {
        name: RuleName::T5a,
        from: &[Stage::Screened],
        to: Target::Clearing,
        guards: &[Guard::CareParty, Guard::OwnPassport, Guard::ReturnDecided],
    },
    Rule { name: RuleName::T6, from: &[Stage::Clearing], to: Target::DepartureScheduled, guards: BEFORE_DEPARTURE },
    Rule { name: RuleName::T7, from: &[Stage::DepartureScheduled], to: Target::Departed, guards: ON_DEPARTURE },
    Rule { name: RuleName::T8, from: &[Stage::Departed], to: Target::Arrived, guards: &[Guard::NgoOrMission, Guard::Arrived] },
    Rule {
        name: RuleName::T9,
        from: &[Stage::Arrived],
        to: Target::Reintegration,
        guards: &[Guard::ReceivingParty, Guard::ReceptionAgreed, Guard::SupportPlanned],
    },
    Rule {
        name: RuleName::T9,
        from: &[Stage::Reintegration],
        to: Target::Completed,
        guards: &[Guard::ReceivingParty, Guard::FollowedUp, Guard::MonitoringOver],
    },
    Rule { name: RuleName::T10, from: BEFORE_DEPARTED, to: Target::Withdrawn, guards: &[Guard::AnswerableParty, Guard::ReasonGiven] },
    Rule {
        name: RuleName::T10,
        from: BEFORE_DEPARTED,
        to: Target::ProtectionPathway,
        guards: &[Guard::NgoOrCoordinator, Guard::ReasonGiven],
    },
    Rule { name: RuleName::T11, from: Stage::ALL, to: Target::OnHold, guards: &[Guard::OwnerParty, Guard::HoldReviewed] },
    Rule { name: RuleName::T12, from: Stage::ALL, to: Target::LostContact, guards: &[Guard::OwnerParty, Guard::DateAndSource] },
    Rule { name: RuleName::T12, from: Stage::ALL, to: Target::RemovedByForce, guards: &[Guard::OwnerParty, Guard::DateAndSource] },
    Rule { name: RuleName::T12, from: Stage::ALL, to: Target::ReTrafficked, guards: &[Guard::OwnerParty, Guard::DateAndSource] },
    Rule { name: RuleName::T12, from: Stage::ALL, to: Target::Deceased, guards: &[Guard::OwnerParty, Guard::DateAndSource] },
];

/// T13: one step back.
pub const STEP_BACK: &[Guard] = &[Guard::SupervisorParty, Guard::ReasonGiven];
/// T11: back to the stored stage.
pub const RESUME: &[Guard] = &[Guard::OwnerParty];
/// T14: a grave end that was entered by mistake is taken back, by two persons.
pub const TAKE_BACK: &[Guard] = &[Guard::OwnerParty, Guard::SupervisorParty, Guard::ReasonGiven, Guard::SecondPerson];
/// T16: a supervised way back from the protection pathway. The shield ends with it, and no mission gets back what it held: the person is
/// asked anew. A wrong pathway is taken back by an operation of its own (T14).
pub const WAY_BACK: &[Guard] =
    &[Guard::OwnerParty, Guard::SupervisorParty, Guard::ReasonGiven, Guard::ProtectionEnded, Guard::ReturnWishedAnew];

/// T14: a departure or an arrival that was recorded afterwards did not happen.
pub const TAKE_BACK_RECORD: &[Guard] = &[Guard::SupervisorParty, Guard::ReasonGiven];

/// How a side state is left.
const fn way_back(from: SideState) -> (RuleName, &'static [Guard]) {
    match from {
        SideState::OnHold
        | SideState::ContactDeclined
        | SideState::NationalityNotConfirmed
        | SideState::LostContact
        | SideState::Withdrawn => (RuleName::T11, RESUME),
        SideState::RemovedByForce | SideState::ReTrafficked | SideState::Deceased => (RuleName::T14, TAKE_BACK),
        SideState::ProtectionPathway => (RuleName::T16, WAY_BACK),
    }
}

/// Where a case stands after a transition: whoever comes back from the protection pathway is asked anew about every mission.
pub fn stage_after(rule: RuleName, stage: Stage, to: Target) -> Stage {
    match rule {
        RuleName::T16 => stage.min(Stage::Screened),
        _ => to.stage().unwrap_or(stage),
    }
}

/// The name and guards of the transition from here to there; none when there is no such transition.
pub fn rule_for(stage: Stage, side_state: Option<SideState>, to: Target) -> Option<(RuleName, &'static [Guard])> {
    if to == Target::Resume {
        return side_state.map(way_back);
    }
    let from_here = || RULES.iter().find(|rule| rule.to == to && rule.from.contains(&stage)).map(|rule| (rule.name, rule.guards));
    match side_state {
        // Beside the road nothing leads forward; what happens to a person can still happen.
        Some(state)
            if state.is_resumable()
                && matches!(from_here(), Some((RuleName::T10 | RuleName::T12, _)))
                && to.side_state() != Some(state) =>
        {
            from_here()
        }
        // Whom missions are kept away from can die, vanish or be removed, too; the shield stays.
        Some(SideState::ProtectionPathway) if matches!(from_here(), Some((RuleName::T12, _))) => from_here(),
        Some(_) => None,
        None if to.stage().is_some() && to.stage() == stage.previous() => Some((RuleName::T13, STEP_BACK)),
        None => from_here(),
    }
}

/// The same, for a case with these facts: what was recorded afterwards is taken back as a whole, because the case never stood at the
/// stage before it.
pub fn rule_from(facts: &Facts, to: Target) -> Option<(RuleName, &'static [Guard])> {
    let is_record = facts.side_state.is_none() && facts.is_recorded_afterwards;
    // Whoever travels on their own passport was never verified by a mission: a step back leads to where they came from.
    let by_own_passport = facts.side_state.is_none() && facts.stage == Stage::Clearing && facts.went_by_own_passport();
    match rule_for(facts.stage, facts.side_state, to) {
        Some((RuleName::T13, _)) if by_own_passport => None,
        None if by_own_passport && to == Target::Screened => Some((RuleName::T13, STEP_BACK)),
        None if to == Target::Resume && is_record => Some((RuleName::T14, TAKE_BACK_RECORD)),
        Some((RuleName::T13, _)) if is_record => None,
        found => found,
    }
}

/// Every transition that leads away from here, with what is missing for each.
pub fn next_steps(facts: &Facts) -> Vec<(Target, RuleName, Vec<UnmetGuard>)> {
    Target::ALL
        .iter()
        .filter_map(|to| {
            let (name, guards) = rule_from(facts, *to)?;
            let unmet = unmet(guards, facts);
            Some((*to, name, unmet))
        })
        .collect()
}

/// What is missing for the next stage, whoever would make the step. None at the end of the road, and beside it.
pub fn forward_step(facts: &Facts) -> Option<Vec<UnmetGuard>> {
    let next = Stage::ALL.iter().find(|stage| **stage > facts.stage).and_then(|stage| Target::parse(stage.as_str()))?;
    let (_, guards) = rule_for(facts.stage, facts.side_state, next)?;
    let is_asked = |guard: &&Guard| !guard.is_about_the_party() && !guard.is_about_another_case(facts);
    let missing = guards.iter().filter(is_asked).filter(|guard| !guard.is_met(facts));
    // Tasks are kept in the clear, so nothing is told here that rests on what not everybody reads.
    Some(missing.map(|guard| guard.told(facts, CompartmentSet::EMPTY)).collect())
}

/// The stage that a case falls back to because what its departure rests on is gone: the movement does not take place as
/// booked, or the travel document or exit permit is not valid any more (T13). None: it stays.
pub fn falls_back(facts: &Facts) -> Option<Stage> {
    const GROUND: &[Guard] = &[Guard::MovementBooked, Guard::TravelDocumentValid, Guard::ExitPermitValid];
    let is_on_the_road = facts.side_state.is_none_or(SideState::is_resumable);
    let waits = is_on_the_road && facts.stage == Stage::DepartureScheduled && !Guard::Departed.is_met(facts);
    (waits && GROUND.iter().any(|guard| !guard.is_met(facts))).then_some(Stage::Clearing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_but_the_last_leads_forward_and_every_target_is_known() {
        for pair in Stage::ALL.windows(2) {
            let to = Target::parse(pair[1].as_str()).unwrap();
            assert!(rule_for(pair[0], None, to).is_some(), "{} → {}", pair[0], pair[1]);
        }
        for target in Target::ALL {
            assert!(*target == Target::Resume || target.stage().is_some() != target.side_state().is_some(), "{target}");
        }
    }

    #[test]
    fn nothing_leads_forward_from_a_side_state() {
        for state in SideState::ALL {
            for (from, to) in Stage::ALL.iter().zip(Stage::ALL.iter().skip(1)) {
                let to = Target::parse(to.as_str()).unwrap();
                assert_eq!(rule_for(*from, Some(*state), to), None, "{from}/{state} → {to}");
            }
        }
    }

    #[test]
    fn every_side_state_has_a_way_back_and_a_grave_one_takes_two_persons() {
        for state in SideState::ALL {
            let (rule, guards) = rule_for(Stage::Screened, Some(*state), Target::Resume).unwrap();
            assert_eq!(rule == RuleName::T11, state.is_resumable(), "{state}");
            assert_eq!(guards.contains(&Guard::SecondPerson), state.is_grave(), "{state}");
            assert!(state.is_resumable() || guards.contains(&Guard::SupervisorParty), "{state}");
        }
        assert_eq!(rule_for(Stage::Screened, None, Target::Resume), None);
    }

    #[test]
    fn the_backward_step_is_one_step_and_needs_a_supervisor_and_a_reason() {
        assert_eq!(rule_for(Stage::NationalityVerified, None, Target::MissionContacted), Some((RuleName::T13, STEP_BACK)));
        assert_eq!(rule_for(Stage::NationalityVerified, None, Target::Screened), None);
        assert_eq!(rule_for(Stage::Registered, None, Target::Registered), None);
    }

    #[test]
    fn no_transition_from_a_fresh_case_is_allowed_without_facts() {
        let today = crate::domain::zones::Today::noon("2026-01-19".parse().unwrap());
        let fresh = Facts::at_registration(crate::domain::ids::OrganisationId::random(), today);
        for stage in Stage::ALL {
            for (to, _, unmet) in next_steps(&Facts { stage: *stage, ..fresh.clone() }) {
                assert!(!unmet.is_empty(), "{stage} → {to} needs nothing");
            }
        }
    }
    #[test]
    fn a_case_falls_back_when_what_its_departure_rests_on_is_gone_and_only_while_it_waits() {
        use crate::domain::codes::MovementStatus;
        use crate::domain::codes::TravelDocumentStatus;
        use crate::domain::tests::at;
        use crate::domain::tests::ready;
        let waiting = Facts { stage: Stage::DepartureScheduled, ..ready() };
        assert_eq!(falls_back(&waiting), None, "it departs tomorrow");
        let mut expired = waiting.clone();
        expired.records.travel_documents[0].content.status = TravelDocumentStatus::Refused;
        assert_eq!(falls_back(&expired), Some(Stage::Clearing));
        let mut delayed = waiting.clone();
        delayed.records.movements[0].content.status = MovementStatus::Delayed;
        assert_eq!(falls_back(&delayed), Some(Stage::Clearing));
        let mut departed = expired.clone();
        let journey = &mut departed.records.movements[0].content;
        (journey.status, journey.departed_at) = (MovementStatus::Departed, Some(at("2026-01-19T08:00")));
        assert_eq!(falls_back(&departed), None, "the person has left");
        for state in SideState::ALL {
            let beside = Facts { side_state: Some(*state), ..expired.clone() };
            let expected = state.is_resumable().then_some(Stage::Clearing);
            assert_eq!(falls_back(&beside), expected, "{state}: a case that ended does not move");
        }
        assert_eq!(falls_back(&Facts { stage: Stage::Departed, ..expired }), None);
    }
}

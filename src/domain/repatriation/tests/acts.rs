//! What may happen to a case: acts that lead home, and any others.

use crate::domain::repatriation::tests::*;

const NGO: Actor = Actor { organisation: NGO_ID, party: Party::Ngo, is_supervisor: false };
const OTHER_NGO: Actor = Actor { organisation: OrganisationId(Uuid::from_u128(101)), party: Party::Ngo, is_supervisor: false };
const DESK: Actor = Actor { organisation: OrganisationId(Uuid::from_u128(102)), party: Party::Coordinator, is_supervisor: true };

/// The mission's officer.
pub(super) fn officer(at: usize) -> Actor {
    Actor { organisation: MISSIONS[at].into(), party: Party::Mission(MISSIONS[at]), is_supervisor: false }
}

/// Whoever works for the organisation that owns the case.
fn of_owner(world: &World) -> Actor {
    [NGO, OTHER_NGO, DESK, officer(0), officer(1)].into_iter().find(|actor| actor.organisation == world.facts.owner).unwrap_or(NGO)
}

/// One act; whether it was accepted.
pub(in crate::domain) fn act(world: &mut World) -> bool {
    if world.numbers.chance(world.drive) { towards_home(world) } else { anything(world) }
}

fn days_ago(world: &World, days: u64) -> NaiveDate {
    world.facts.today.day().checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

/// A day from so many days ago to so many days ahead.
fn around(world: &mut World, ago: u64, ahead: u64) -> NaiveDate {
    let days = world.numbers.below(ago + ahead + 1);
    days_ago(world, ago).checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn towards_home(world: &mut World) -> bool {
    let owner = of_owner(world);
    world.become_actor(owner);
    match world.facts.side_state {
        Some(SideState::ProtectionPathway) if world.numbers.chance(20) => return way_back(world, owner),
        Some(state) if state.is_resumable() => return world.advance(Target::Resume, TransitionDetails::default()),
        Some(_) => return anything(world),
        None => {}
    }
    let next = Stage::ALL.iter().find(|stage| **stage > world.facts.stage).and_then(|stage| Target::parse(stage.as_str()));
    let Some((to, (_, guards))) = next.and_then(|to| Some((to, rule_for(world.facts.stage, None, to)?))) else { return anything(world) };
    let guest = officer(usize::from(!world.granted[0] && world.granted[1]));
    match world.facts.stage {
        Stage::Screened if world.numbers.chance(8) => {
            let today = world.facts.today.day();
            let passport = TravelDocument {
                mission_id: None,
                kind: TravelDocumentKind::PassportValid,
                ..document(days_ago(world, 400), around(world, 1, 400))
            };
            let has_passport = world.record(|records| &mut records.travel_documents, passport);
            let has_decided = world.record(|records| &mut records.return_decisions, decision(today));
            return world.advance(Target::Clearing, TransitionDetails::default()) || has_passport || has_decided;
        }
        Stage::Screened if world.numbers.chance(4) => {
            let is_declined = world.decide(0, PersonDecision::Declined, true, true);
            return world.advance(Target::ContactDeclined, TransitionDetails::default()) || is_declined;
        }
        Stage::MissionContacted if world.numbers.chance(4) => {
            world.become_actor(guest);
            let is_rejected = world.verify(0, NationalityResult::Rejected);
            return world.advance(Target::NationalityNotConfirmed, TransitionDetails::default()) || is_rejected;
        }
        Stage::MissionContacted => world.become_actor(guest),
        Stage::Clearing | Stage::DepartureScheduled => {
            let actor = world.numbers.pick(&[DESK, guest]);
            world.become_actor(actor);
        }
        _ => {}
    }
    let missing: Vec<Guard> = guards.iter().copied().filter(|guard| !guard.is_about_the_party() && !guard.is_met(&world.facts)).collect();
    match missing.is_empty() {
        true => world.advance(to, TransitionDetails::default()),
        false => {
            let guard = world.numbers.pick(&missing);
            if world.facts.stage != Stage::MissionContacted {
                world.become_actor(owner);
            }
            meet(world, guard)
        }
    }
}

/// What a supervised way back from the protection pathway needs, and now and then not quite.
fn way_back(world: &mut World, owner: Actor) -> bool {
    let today = world.facts.today.day();
    let (outcome, counselled) = (world.numbers.pick(ProtectionResult::ALL), around(world, 1, 0));
    world.claim_asylum(false);
    let is_found = world.record(|records| &mut records.protection_outcomes, protection_outcome(outcome, today, None));
    let wish = ReturnDecision { counselling_on: Some(counselled), ..decision(today) };
    let is_wished = world.record(|records| &mut records.return_decisions, wish);
    let is_supervisor = world.numbers.chance(80);
    world.become_actor(Actor { is_supervisor, ..owner });
    let details = TransitionDetails { reason_given: world.numbers.chance(90), ..TransitionDetails::default() };
    world.advance(Target::Resume, details) || is_found || is_wished
}

/// Does what a requirement asks for, and now and then not quite.
fn meet(world: &mut World, guard: Guard) -> bool {
    let today = world.facts.today.day();
    match guard {
        Guard::ScreenedOrSkipped => world.record(|records| &mut records.screenings, screening(today)),
        Guard::AgeAssessed => world.assess_age(),
        Guard::ImmediateNeeds => {
            world.facts.immediate_needs_recorded = true;
            true
        }
        Guard::StatusDetermined => new_determination(world),
        Guard::InformedOfRights | Guard::ContactAccepted | Guard::MissionCovers => {
            let informed = world.numbers.chance(90);
            world.decide(0, PersonDecision::Requested, informed, true)
        }
        Guard::NoProtectionBar => world.claim_asylum(false),
        Guard::NationalityVerified => world.verify(usize::from(!world.granted[0] && world.granted[1]), NationalityResult::Verified),
        Guard::ReturnDecided | Guard::ReturnNotWithdrawn => world.record(|records| &mut records.return_decisions, decision(today)),
        Guard::MovementBooked => book(world),
        Guard::TravelDocumentValid => {
            world.become_actor(officer(0));
            let expires = around(world, 1, 40);
            world.record(|records| &mut records.travel_documents, document(today, expires))
        }
        Guard::ExitPermitValid => {
            world.become_actor(DESK);
            let (until, expired) = (around(world, 0, 25), around(world, 90, 10));
            let stay = world.facts.records.clearance.as_ref().and_then(|entry| entry.content.stay_expired_on).or(Some(expired));
            let track = if world.numbers.chance(20) { ExitTrack::NotNeeded } else { ExitTrack::Granted };
            world.clear(ImmigrationClearance { exit_track: Some(track), stay_expired_on: stay, ..permit(today, until) })
        }
        Guard::FineSettled => settle(world),
        Guard::ReturnRiskAccepted => new_risk(world),
        Guard::FitToTravel => new_examination(world),
        Guard::NoLegalHold => {
            let held = world.facts.records.legal_holds.iter().position(|entry| entry.content.lifted_on.is_none());
            world.change(|records| &mut records.legal_holds, held.unwrap_or(0), |hold| hold.lifted_on = Some(today))
        }
        Guard::ChildReturnDetermined | Guard::ChildAccompanied => match world.facts.belongs_with.is_empty() || world.numbers.chance(8) {
            true => new_procedure(world),
            false if world.facts.assessment_with_carer().is_some() => family::comes_along(world),
            false => family::assess_with_parent(world),
        },
        Guard::ChildNotSeparated => family::comes_along(world),
        Guard::Departed => depart(world),
        Guard::Arrived => {
            let (on, agreed_on) = (around(world, 2, 0), world.numbers.chance(70).then_some(today));
            world.record(|records| &mut records.arrivals, arrival(on, agreed_on)) || world.pass(1)
        }
        Guard::ReceptionAgreed => {
            let newest = world.facts.records.arrivals.len().saturating_sub(1);
            world.change(|records| &mut records.arrivals, newest, |arrival| arrival.reception_consent_on = Some(today))
        }
        Guard::SupportPlanned => world.record(|records| &mut records.support_plans, support_plan(today)),
        Guard::FollowedUp => {
            let situation = world.numbers.pick(FollowUpSituation::ALL);
            world.record(|records| &mut records.follow_ups, follow_up(today, Some((today, situation))))
        }
        Guard::MonitoringOver => {
            let days = 10 + world.numbers.below(30);
            world.pass(days)
        }
        _ => false,
    }
}

/// Books a journey, or the one there is anew.
fn book(world: &mut World) -> bool {
    let leaves = around(world, 1, 8);
    let departs_at = Zone::UTC.start_of(leaves).plus_seconds(64_800);
    let hours = i64::try_from(world.numbers.below(72)).unwrap_or(0);
    let booked = movement(departs_at, departs_at.plus_seconds(hours * 3600));
    match world.facts.records.movements.iter().rposition(|entry| entry.content.status != MovementStatus::Cancelled) {
        Some(at) => world.change(|records| &mut records.movements, at, |known| *known = booked),
        None => world.record(|records| &mut records.movements, booked),
    }
}

/// The journey begins: on the day, or whenever somebody says so.
fn depart(world: &mut World) -> bool {
    let at = world.facts.records.movements.iter().rposition(|entry| entry.content.status != MovementStatus::Cancelled);
    let Some((at, planned)) = at.map(|at| (at, world.facts.records.movements[at].content.departure_day(Zone::UTC))) else { return false };
    if planned > world.facts.today.day() && world.numbers.chance(90) {
        return world.pass(1);
    }
    let on = if world.numbers.chance(60) { planned } else { around(world, 6, 0) };
    let departed_at = Zone::UTC.start_of(on.min(world.facts.today.day())).plus_seconds(72_000);
    world.change(
        |records| &mut records.movements,
        at,
        |movement| (movement.status, movement.departed_at) = (MovementStatus::Departed, Some(departed_at)),
    )
}

/// Pays or waives what is owed, or a part of it.
fn settle(world: &mut World) -> bool {
    let today = world.facts.today.day();
    let owed = world.facts.fine().outstanding.unwrap_or_default();
    let part = world.numbers.pick(&["100", "50", "33.33"]);
    let amount = Percent::parse(part).map_or(owed, |percent| owed.per_cent(percent));
    match world.numbers.below(4) {
        0 => world.record(|records| &mut records.waivers, waiver(Some(part), None, today)),
        1 => {
            let waived = FineWaiver { amount: Some(Money { amount, ..usd("1") }), ..waiver(None, None, today) };
            world.record(|records| &mut records.waivers, waived)
        }
        _ => world.record(|records| &mut records.payments, FinePayment { money: Money { amount, ..usd("1") }, ..payment("1", today) }),
    }
}

fn new_determination(world: &mut World) -> bool {
    let (outcome, by) = (world.numbers.pick(TraffickingStatus::ALL), world.numbers.pick(&["ministry", "shelter"]));
    let earlier = world.facts.records.determinations.last().map(|entry| entry.id);
    let supersedes = earlier.filter(|_| world.numbers.chance(30));
    let found = StatusDetermination { supersedes, ..determination(outcome, by, world.facts.today.day()) };
    world.record(|records| &mut records.determinations, found)
}

fn new_risk(world: &mut World) -> bool {
    let kind = if world.numbers.chance(80) { RiskAssessmentKind::Return } else { world.numbers.pick(RiskAssessmentKind::ALL) };
    let (level, today) = (world.numbers.pick(RiskLevel::ALL), world.facts.today.day());
    world.record(|records| &mut records.risk_assessments, risk(kind, level, today))
}

fn new_examination(world: &mut World) -> bool {
    let (on, until) = (around(world, 1, 0), around(world, 0, 15));
    let (is_fit, basis) = (world.numbers.chance(85), world.numbers.pick(FitnessBasis::ALL));
    let examined = FitToTravel { fit: is_fit, basis: Some(basis), ..fit(on, world.numbers.chance(80).then_some(until)) };
    world.record(|records| &mut records.fit_to_travel, examined)
}

fn new_procedure(world: &mut World) -> bool {
    let mut procedure = best_interests(world.facts.today.day());
    if world.numbers.chance(25) {
        procedure.decision = world.numbers.pick(BestInterestsDecision::ALL);
        procedure.kind = world.numbers.pick(BestInterestsKind::ALL);
    }
    procedure.guardian = procedure.guardian.filter(|_| world.numbers.chance(90));
    procedure.caregiver_assessed_on = procedure.caregiver_assessed_on.filter(|_| world.numbers.chance(90));
    procedure.escort = procedure.escort.filter(|_| world.numbers.chance(90));
    world.record(|records| &mut records.best_interests, procedure)
}

/// Anything by anybody, most of which is refused.
fn anything(world: &mut World) -> bool {
    let actor = world.numbers.pick(&[NGO, OTHER_NGO, DESK, officer(0), officer(1)]);
    let is_supervisor = world.numbers.chance(50);
    world.become_actor(Actor { is_supervisor, ..actor });
    let today = world.facts.today.day();
    match world.numbers.below(32) {
        0..=3 => {
            let days = world.numbers.pick(&[0, 1, 1, 2, 5, 30]);
            world.pass(days)
        }
        4..=10 => move_anywhere(world),
        11 => {
            let (at, decision, covers) = (world.numbers.index(2), world.numbers.pick(PersonDecision::ALL), world.numbers.chance(80));
            world.decide(at, decision, true, covers)
        }
        12 => {
            let (at, result) = (world.numbers.index(2), world.numbers.pick(NationalityResult::ALL));
            world.verify(at, result)
        }
        13 => {
            let claims = world.numbers.chance(30);
            world.claim_asylum(claims)
        }
        14 => new_determination(world),
        15 => new_risk(world),
        16 => new_examination(world),
        17 if world.facts.belongs_with.is_empty() => new_procedure(world),
        17 => match world.numbers.chance(50) {
            true => family::anything_happens_to_the_parent(world),
            false => family::assess_with_parent(world),
        },
        18 => book(world),
        19 => depart(world),
        20 => settle(world),
        21 => {
            let hold = legal_hold(today, world.numbers.chance(60).then_some(today));
            world.record(|records| &mut records.legal_holds, hold)
        }
        22 => {
            let (choice, voluntariness) = (world.numbers.pick(ReturnChoice::ALL), world.numbers.pick(Voluntariness::ALL));
            let decided =
                ReturnDecision { decision: choice, voluntariness, signed_on: world.numbers.chance(50).then_some(today), ..decision(today) };
            world.record(|records| &mut records.return_decisions, decided)
        }
        23 => {
            let at = world.numbers.index(world.facts.records.return_decisions.len().max(1));
            world.change(|records| &mut records.return_decisions, at, |decision| decision.withdrawn_on = Some(today))
        }
        24 => change_movement(world),
        25 | 26 => some_document(world),
        27 => {
            let (track, stay) = (world.numbers.pick(ExitTrack::ALL), around(world, 200, 20));
            let (granted, until) = (around(world, 20, 0), around(world, 3, 30));
            world.clear(ImmigrationClearance { exit_track: Some(track), stay_expired_on: Some(stay), ..permit(granted, until) })
        }
        28 => {
            let (injured, suicide_risk) = (world.numbers.chance(30), world.numbers.pick(SuicideRisk::ALL));
            let injuries = injured.then(|| "Burns".to_owned());
            let screened = HealthScreening { injuries, suicide_risk, ..health_screening(today) };
            world.record(|records| &mut records.health_screenings, screened)
        }
        29 => {
            let until = world.numbers.chance(50).then_some(today);
            if world.facts.is_owner {
                world.facts.reflection_until = until;
            }
            world.facts.is_owner
        }
        30 => {
            let at = world.numbers.index(world.facts.records.payments.len().max(1));
            let cancel = |payment: &mut FinePayment| {
                (payment.cancelled_on, payment.cancellation_reason) = (Some(today), Some("typing error".to_owned()));
            };
            world.change(|records| &mut records.payments, at, cancel)
        }
        _ => {
            let (on, agreed_on) = (around(world, 5, 1), world.numbers.chance(50).then_some(today));
            world.record(|records| &mut records.arrivals, arrival(on, agreed_on))
        }
    }
}

fn move_anywhere(world: &mut World) -> bool {
    let to = world.numbers.pick(Target::ALL);
    if world.numbers.chance(2) {
        let what = world.numbers.pick(&[Happened::Departed, Happened::Arrived]);
        let happened = Afterwards { what, on: around(world, 6, 1) };
        let details = TransitionDetails { reason_given: true, source_given: true, ..TransitionDetails::default() };
        return world.record_afterwards(happened, details);
    }
    let is_final = to.side_state().is_some_and(|state| !state.is_resumable());
    if is_final && world.numbers.chance(80) {
        return false;
    }
    let details = TransitionDetails {
        reason_given: world.numbers.chance(70),
        hold_reason: world.numbers.chance(80).then_some(HoldReason::Funds),
        review_on: Some(around(world, 1, 20)),
        occurred_on: Some(around(world, 3, 1)),
        source_given: world.numbers.chance(80),
        is_approved: world.numbers.chance(60),
    };
    world.advance(to, details)
}

fn change_movement(world: &mut World) -> bool {
    let (at, status) = (world.numbers.index(world.facts.records.movements.len().max(1)), world.numbers.pick(MovementStatus::ALL));
    let has_departed = matches!(status, MovementStatus::Departed | MovementStatus::Arrived);
    let departed_at = Zone::UTC.start_of(around(world, 4, 0));
    world.change(
        |records| &mut records.movements,
        at,
        |movement| (movement.status, movement.departed_at) = (status, has_departed.then_some(departed_at)),
    )
}

/// Asks for a document, brings one's own passport, answers, hands over or refuses.
fn some_document(world: &mut World) -> bool {
    let status = world.numbers.pick(TravelDocumentStatus::ALL);
    let (issued_on, expires_on) = (around(world, 10, 0), around(world, 1, 40));
    let is_own = world.numbers.chance(20);
    let number = world.numbers.chance(90).then(|| "LP-2".to_owned());
    if !is_own && !world.facts.records.travel_documents.is_empty() && world.numbers.chance(50) {
        let at = world.numbers.index(world.facts.records.travel_documents.len());
        let handed_over_on = Some(world.facts.today.day());
        return world.change(
            |records| &mut records.travel_documents,
            at,
            |document| {
                (document.status, document.handed_over_on, document.expires_on) = (status, handed_over_on, Some(expires_on));
                document.refusal_reason = Some("no record".to_owned());
            },
        );
    }
    let mission_id = (!is_own).then(|| world.numbers.pick(&MISSIONS));
    let kind = if is_own { TravelDocumentKind::PassportValid } else { TravelDocumentKind::LaissezPasser };
    world.record(
        |records| &mut records.travel_documents,
        TravelDocument { mission_id, kind, status, number, ..document(issued_on, expires_on) },
    )
}

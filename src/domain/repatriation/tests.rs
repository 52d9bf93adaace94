//! Random histories: whatever happens, in whatever order, nobody leaves who must not.
//!
//! What must hold is worked out here from the records, with plain arithmetic and without asking a guard.

mod acts;
mod family;
mod world;

use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::domain::codes::*;
use crate::domain::dates::age_on;
use crate::domain::ids::{MissionId, OrganisationId, RecordId};
use crate::domain::money::{Money, Percent};
use crate::domain::repatriation::belonging::Traveller;
use crate::domain::repatriation::fines::FineRate;
use crate::domain::repatriation::records::*;
use crate::domain::repatriation::tests::world::{Actor, LogEntry, Numbers, Place, World};
use crate::domain::repatriation::*;
use crate::domain::tests::*;
use crate::domain::zones::{Today, Zone};

const HISTORIES: u64 = 30_000;
const ACTS: usize = 60;
const NGO_ID: OrganisationId = owner();
const MISSIONS: [MissionId; 2] = [mission(1), mission(2)];

/// A case begins: a child or an adult, with an NGO or walked into an embassy.
fn registered(seed: u64, traced: bool) -> World {
    let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let today = day("2025-11-20").checked_add_days(Days::new(numbers.below(150))).unwrap();
    let born = today.checked_sub_days(Days::new(5800 + numbers.below(2000))).unwrap();
    let is_walk_in = numbers.chance(25);
    let party = if is_walk_in { Party::Mission(MISSIONS[0]) } else { Party::Ngo };
    let organisation = if is_walk_in { MISSIONS[0].into() } else { NGO_ID };
    let mut facts = Facts::at_registration(organisation, Today::noon(today));
    facts.intake_channel = Some(if is_walk_in { IntakeChannel::WalkInEmbassy } else { IntakeChannel::Raid });
    facts.trafficking_status = Some(TraffickingStatus::Unscreened);
    facts.claimed_states = vec![claimed()];
    facts.fine_rates = ten_dollars_a_day();
    if numbers.chance(30) {
        let Money { amount, currency } = usd("12.50");
        facts.fine_rates.push(FineRate::by_day(day("2026-01-01"), amount, currency));
    }
    if numbers.chance(40) {
        facts.belongs_with = vec![family::parent()];
    }
    facts.rules.monitoring_days = if numbers.chance(50) { 90 } else { 20 };
    World::new(facts, born, Actor { organisation, party, is_supervisor: false }, numbers, traced)
}

/// One history; what went wrong, if anything did.
fn lived(seed: u64, traced: bool) -> (World, Option<String>) {
    let mut world = registered(seed, traced);
    for _ in 0..ACTS {
        let (before, logged, was_shielded) = (world.place(), world.log.len(), world.is_shielded());
        let is_done = acts::act(&mut world);
        let acted_as_mission = is_done && matches!(world.facts.party, Party::Mission(_));
        let new = &world.log[logged..];
        let checks = [
            logs_every_change(before, new, &world),
            ensure(!(was_shielded && acted_as_mission), || "a mission acted on a shielded case".to_owned()),
            keeps_missions_away(&world),
            new.iter().try_for_each(leads_where_it_may),
            new.iter().filter(|entry| is_departure(entry)).try_for_each(|_| may_depart(&world)),
        ];
        if let Some(wrong) = checks.into_iter().find_map(Result::err) {
            return (world, Some(wrong));
        }
    }
    let wrong = owes_no_more_as_days_pass(&mut world).err();
    (world, wrong)
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Each change of place has one entry, which says from where to where; and there is no entry without a change.
fn logs_every_change(mut at: Place, new: &[LogEntry], world: &World) -> Result<(), String> {
    for entry in new {
        ensure(entry.before == Some(at) && entry.after != at, || format!("{entry:?} does not lead away from {at:?}"))?;
        at = entry.after;
    }
    ensure(at == world.place(), || format!("the log ends at {at:?}, the case stands at {:?}", world.place()))
}

/// On the protection pathway no mission has a grant, owns the case, or can be let in again.
fn keeps_missions_away(world: &World) -> Result<(), String> {
    let owns = MISSIONS.iter().any(|mission| world.facts.owner == (*mission).into());
    let is_seen = world.granted.contains(&true) || owns;
    ensure(!world.is_shielded() || !is_seen, || "a mission sees a shielded case".to_owned())?;
    ensure(!world.is_shielded() || world.facts.asylum_claim_open, || "a shielded case does not bar contact".to_owned())
}

/// DOMAIN §3, written down once more.
fn leads_where_it_may(entry: &LogEntry) -> Result<(), String> {
    let Some((from, beside)) = entry.before else { return ensure(entry.rule == RuleName::T1, || format!("{entry:?}")) };
    let place = |stage: Stage| Stage::ALL.iter().position(|known| *known == stage).unwrap();
    let steps = i64::try_from(place(entry.after.0)).unwrap() - i64::try_from(place(from)).unwrap();
    let party = entry.by.map(|actor| actor.party);
    let is_care = matches!(party, Some(Party::Ngo | Party::Coordinator));
    let is_supervised = entry.by.is_some_and(|actor| actor.is_supervisor) && (entry.as_owner || party == Some(Party::Coordinator));
    let is_passable =
        |state: SideState| !matches!(state.as_str(), "protection_pathway" | "removed_by_force" | "re_trafficked" | "deceased");
    let holds = match (beside, entry.after.1) {
        (_, after) if entry.by.is_none() => {
            (from, entry.after.0, entry.rule) == (Stage::DepartureScheduled, Stage::Clearing, RuleName::T13)
                && after == beside
                && beside.is_none_or(is_passable)
        }
        (before, None) if entry.rule == RuleName::T15 => {
            let is_forward = from < entry.after.0 && matches!(entry.after.0, Stage::Departed | Stage::Arrived);
            let may_leave = |state: SideState| is_passable(state) || matches!(state.as_str(), "removed_by_force" | "protection_pathway");
            is_forward && before.is_none_or(may_leave) && is_supervised && entry.reason_given
        }
        (None, _) if entry.rule == RuleName::T14 => {
            let was_recorded = matches!(from, Stage::Departed | Stage::Arrived) && steps < 0;
            was_recorded && is_supervised && entry.reason_given
        }
        // By the person's own passport, and back.
        (None, None) if (from, entry.after.0) == (Stage::Screened, Stage::Clearing) => entry.rule == RuleName::T5a,
        (None, None) if (from, entry.after.0) == (Stage::Clearing, Stage::Screened) => {
            entry.rule == RuleName::T13 && is_supervised && entry.reason_given
        }
        (None, None) if steps == -1 => entry.rule == RuleName::T13 && is_supervised && entry.reason_given,
        (None, None) => {
            steps == 1
                && [
                    RuleName::T2,
                    RuleName::T3,
                    RuleName::T4,
                    RuleName::T5,
                    RuleName::T6,
                    RuleName::T7,
                    RuleName::T8,
                    RuleName::T9,
                    RuleName::T9,
                ]
                .get(place(from))
                    == Some(&entry.rule)
        }
        (Some(left), back) if entry.rule == RuleName::T14 => {
            let is_grave = matches!(left.as_str(), "removed_by_force" | "re_trafficked" | "deceased");
            let may_be_back = |state: SideState| is_passable(state) || state.as_str() == "protection_pathway";
            steps == 0 && is_grave && back.is_none_or(may_be_back) && is_supervised && entry.as_owner && entry.reason_given
        }
        (Some(state), None) if entry.rule == RuleName::T16 => {
            let is_asked_anew = entry.after.0 == from.min(Stage::Screened);
            state.as_str() == "protection_pathway" && is_asked_anew && is_supervised && entry.as_owner && entry.reason_given
        }
        (Some(state), None) => steps == 0 && entry.rule == RuleName::T11 && is_passable(state) && entry.as_owner,
        (before, Some(state)) => {
            let may_begin = before.is_none_or(|before| {
                let is_shielded = before.as_str() == "protection_pathway" && entry.rule == RuleName::T12;
                is_shielded || (is_passable(before) && before != state && [RuleName::T10, RuleName::T12].contains(&entry.rule))
            });
            let is_right = match state {
                SideState::ContactDeclined => from == Stage::Screened && entry.rule == RuleName::T3a && entry.as_owner,
                SideState::NationalityNotConfirmed => from == Stage::MissionContacted && entry.rule == RuleName::T4a && !is_care,
                SideState::Withdrawn | SideState::ProtectionPathway => {
                    let may = is_care || (entry.as_owner && state == SideState::Withdrawn);
                    entry.rule == RuleName::T10 && from < Stage::Departed && may && entry.reason_given
                }
                SideState::OnHold => entry.rule == RuleName::T11 && entry.as_owner,
                _ => entry.rule == RuleName::T12 && entry.as_owner,
            };
            steps == 0 && may_begin && is_right
        }
    };
    ensure(holds, || format!("{entry:?} is not in the table"))
}

fn is_departure(entry: &LogEntry) -> bool {
    entry.rule == RuleName::T7
}

/// What must be true of somebody who leaves, from the records alone.
fn may_depart(world: &World) -> Result<(), String> {
    let (facts, records) = (&world.facts, &world.facts.records);
    let journey = records.movements.iter().rev().map(|entry| &entry.content).find(|journey| journey.status.as_str() != "cancelled");
    let departed_at = journey.filter(|journey| matches!(journey.status.as_str(), "departed" | "arrived")).and_then(|one| one.departed_at);
    let Some((journey, left)) = journey.zip(departed_at.map(|at| Zone::UTC.day_of(at))) else {
        return Err("no movement departed".to_owned());
    };
    let arrives = Zone::UTC.day_of(journey.arrives_at).max(left);
    ensure(left <= facts.today.day(), || "the departure lies in the future".to_owned())?;
    let is_good = |document: &TravelDocument| {
        matches!(document.status.as_str(), "issued" | "handed_over" | "expired")
            && document.number.is_some()
            && document.issued_on.is_none_or(|issued| issued <= left)
            && document.expires_on.is_some_and(|expires| expires >= arrives)
    };
    ensure(records.travel_documents.iter().any(|entry| is_good(&entry.content)), || "no document was valid until arrival".to_owned())?;
    let clearance = records.clearance.as_ref().map(|entry| &entry.content).ok_or("no exit permit")?;
    let is_granted = matches!(clearance.exit_track, Some(ExitTrack::Granted | ExitTrack::Expired))
        && clearance.exit_permit_granted_on.is_some_and(|granted| granted <= left)
        && clearance.exit_permit_valid_until.is_some_and(|until| until >= left);
    ensure(is_granted || clearance.exit_track == Some(ExitTrack::NotNeeded), || "no exit permit on the day of departure".to_owned())?;
    let owed = owed_by_hand(world, left, if is_granted { clearance.exit_permit_granted_on } else { None });
    ensure(owed == 0, || format!("{owed} ten-thousandths are owed"))?;
    let decided =
        records.return_decisions.iter().map(|entry| &entry.content).max_by_key(|decision| decision.decided_on).ok_or("no decision")?;
    let is_free = decided.voluntariness.as_str() == "voluntary" && decided.counselling_on.is_some() && decided.signed_on.is_some();
    let is_pressed = facts.reflection_until.is_some_and(|until| decided.decided_on <= until) && decided.asked_by_person != Some(true);
    ensure(!is_pressed, || "pressed while they reflected".to_owned())?;
    ensure(decided.withdrawn_on.is_none() && decided.decision.as_str() == "return" && is_free, || format!("not decided: {decided:?}"))?;
    let mut risks = records.risk_assessments.iter().filter(|entry| entry.content.kind.as_str() == "return");
    ensure(risks.next_back().is_some_and(|entry| entry.content.level.as_str() != "imminent"), || {
        "the risk is imminent, or unknown".to_owned()
    })?;
    let examined =
        records.fit_to_travel.iter().map(|entry| &entry.content).max_by_key(|clearance| clearance.examined_on).ok_or("not examined")?;
    let is_in_time = examined.examined_on <= left && examined.valid_until.is_none_or(|until| until >= left);
    let takes_a_physician = records
        .health_screenings
        .iter()
        .map(|entry| &entry.content)
        .max_by_key(|found| found.screened_on)
        .is_some_and(|found| found.injuries.is_some() || found.pregnancy.as_str() == "yes" || found.suicide_risk.as_str() == "high");
    let screened_on = records.health_screenings.iter().map(|entry| entry.content.screened_on).max();
    let is_examined = records.fit_to_travel.iter().map(|entry| &entry.content).any(|found| {
        found.basis.is_some_and(|basis| basis.as_str() == "examination") && found.fit && Some(found.examined_on) >= screened_on
    });
    ensure(is_examined || !takes_a_physician, || "hurt, and seen by no physician".to_owned())?;
    ensure(examined.fit && is_in_time, || "not fit to travel on the day of departure".to_owned())?;
    ensure(records.legal_holds.iter().all(|entry| entry.content.lifted_on.is_some()), || "held by law".to_owned())?;
    ensure(facts.age_assessed, || "nobody knows the age".to_owned())?;
    let birthday = NaiveDate::from_ymd_opt(world.born.year() + 18, world.born.month(), world.born.day());
    if birthday.is_some_and(|birthday| facts.today.day() < birthday) {
        let found = records.best_interests.iter().map(|entry| &entry.content).filter(|found| found.kind.as_str() == "bid");
        let Some(found) = found.max_by_key(|found| found.decided_on.unwrap_or(found.initiated_on)) else {
            return ensure(leaves_with_a_checked_parent(world, left), || {
                "a child without a determination, and without its parent".to_owned()
            });
        };
        ensure(found.decision.as_str().starts_with("return_"), || "a child whose return was not decided".to_owned())?;
        ensure(found.guardian.is_some() && found.caregiver_assessed_on.is_some(), || "a child without guardian or caregiver".to_owned())?;
        ensure(found.escort.is_some() || journey.escort.is_some(), || "a child without an escort".to_owned())?;
    }
    Ok(())
}

/// An assessment decided that the child goes with a parent, of whom nothing bad is known, and who left by then on the same day.
fn leaves_with_a_checked_parent(world: &World, left: NaiveDate) -> bool {
    let all = || world.facts.records.best_interests.iter().map(|entry| &entry.content);
    let Some(newest) = all().max_by_key(|found| found.decided_on.unwrap_or(found.initiated_on)) else { return false };
    let is_cleared = newest.carer_checks.iter().any(|check| check.finding.as_str() == "no_concern");
    let last_doubt = all().flat_map(|found| &found.carer_checks).filter(|check| check.finding.as_str() != "no_concern");
    let last_doubt = last_doubt.map(|check| check.checked_on).max();
    let is_cleared_since = newest.carer_checks.iter().all(|check| last_doubt.is_none_or(|doubt| check.checked_on > doubt));
    let is_checked = |relation| newest.carer_checks.iter().any(|check| check.relation_id == Some(relation));
    let has_left = |parent: &Traveller| {
        let journey = parent.journey.filter(|journey| journey.leaves_on == left && (journey.has_begun || parent.stage >= Stage::Departed));
        journey.is_some() && parent.side_state.is_none() && !parent.is_child && (!parent.is_closed || parent.stage >= Stage::Departed)
    };
    let parents = world.facts.belongs_with.iter().filter(|related| related.kind == RelationKind::Parent && !related.is_decided);
    let leaves = parents.filter(|related| is_checked(related.relation)).map(|related| &related.other).any(has_left);
    let is_decided = newest.decision.as_str().starts_with("return_") && newest.decided_on.is_some();
    let is_with_parent = newest.care_arrangement.is_some_and(|with| with.as_str() == "with_parent");
    is_decided && is_with_parent && is_cleared && is_cleared_since && leaves
}

/// What is owed of the fine on leaving, in ten-thousandths: day by day, less what was paid and waived.
fn owed_by_hand(world: &World, left: NaiveDate, stopped: Option<NaiveDate>) -> i64 {
    let records = &world.facts.records;
    let Some(expired) = records.clearance.as_ref().and_then(|entry| entry.content.stay_expired_on) else { return 0 };
    let until = stopped.unwrap_or(left);
    let rate_on = |on: NaiveDate| world.facts.fine_rates.iter().rev().find(|rate| rate.valid_from <= on).unwrap().daily.ten_thousandths();
    let fine: i64 = expired.iter_days().skip(1).take_while(|on| *on <= until).map(rate_on).sum();
    let paid = records.payments.iter().map(|entry| &entry.content).filter(|payment| payment.cancelled_on.is_none());
    let paid: i64 = paid.map(|payment| payment.money.amount.ten_thousandths()).sum();
    let granted = || records.waivers.iter().map(|entry| &entry.content).filter(|waiver| waiver.status.as_str() == "granted");
    let parts: i64 = granted().filter_map(|waiver| waiver.percent).map(|percent| i64::from(percent.hundredths())).sum();
    let amounts: i64 = granted().filter_map(|waiver| waiver.amount).map(|money| money.amount.ten_thousandths()).sum();
    // A hundredth of a per cent of a ten-thousandth, rounded to whole cents, of which each is a hundred ten-thousandths.
    let waived = (fine * parts.min(10_000) + 500_000) / 1_000_000 * 100 + amounts;
    (fine - paid - waived).max(0)
}

fn owes_no_more_as_days_pass(world: &mut World) -> Result<(), String> {
    let owed = world.facts.fine().outstanding;
    let has_left = world.facts.stage >= Stage::Departed;
    world.pass(40);
    ensure(!has_left || world.facts.fine().outstanding.is_none_or(|left| owed.is_some_and(|owed| left <= owed)), || {
        "the fine grows after the person has left".to_owned()
    })
}

#[test]
fn nobody_departs_with_an_unmet_guard_and_every_change_stands_in_the_log() {
    let halves = [0..HISTORIES / 2, HISTORIES / 2..HISTORIES];
    let tallies = std::thread::scope(|scope| {
        let running: Vec<_> = halves.map(|seeds| scope.spawn(|| tally(seeds))).into_iter().collect();
        running.into_iter().map(|half| half.join().unwrap()).collect::<Vec<_>>()
    });
    let mut reached: BTreeMap<&str, u64> = BTreeMap::new();
    for (what, count) in tallies.into_iter().flatten() {
        *reached.entry(what).or_default() += count;
    }
    println!("of {HISTORIES} histories: {reached:?}");
    for often in
        ["departed", "arrived", "reintegration", "completed", "protection_pathway", "a child departed", "with a parent", "fell back"]
    {
        let count = reached.get(often).copied().unwrap_or(0);
        assert!(count * 100 > HISTORIES, "only {count} of {HISTORIES} histories: {often}");
    }
    let rules = RuleName::ALL.iter().map(|rule| rule.as_str());
    for known in rules.chain(SideState::ALL.iter().map(|state| state.as_str())) {
        assert!(reached.contains_key(known), "{known} was never reached");
    }
}

/// How many of these histories took which rule and came to which place.
fn tally(seeds: std::ops::Range<u64>) -> BTreeMap<&'static str, u64> {
    let mut reached = BTreeMap::new();
    for seed in seeds {
        let (world, wrong) = lived(seed, false);
        if let Some(wrong) = wrong {
            let history = lived(seed, true).0.trace.unwrap_or_default().join("\n");
            panic!("seed {seed}: {wrong}\n{history}");
        }
        let mut names: Vec<&str> = world.log.iter().map(|entry| entry.rule.as_str()).collect();
        names.extend(world.log.iter().map(|entry| entry.after.0.as_str()));
        names.extend(world.log.iter().filter_map(|entry| entry.after.1).map(SideState::as_str));
        names.extend(world.log.iter().filter(|entry| entry.by.is_none()).map(|_| "fell back"));
        names.extend(world.log.iter().filter(|entry| is_departure(entry) && entry.was_child).map(|_| "a child departed"));
        let is_determined = world.facts.records.best_interests.iter().any(|entry| entry.content.kind.as_str() == "bid");
        let with_parent = |entry: &&LogEntry| is_departure(entry) && entry.was_child && !is_determined;
        names.extend(world.log.iter().filter(with_parent).map(|_| "with a parent"));
        names.sort_unstable();
        names.dedup();
        for name in names {
            *reached.entry(name).or_default() += 1;
        }
    }
    reached
}

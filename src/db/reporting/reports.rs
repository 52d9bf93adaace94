//! The figures of reports. The database counts each over the cases on which the actor's organisation holds a live grant, in a
//! number of statements that does not depend on the number of cases. No id of a case or person leaves this module.

use chrono::{Days, NaiveDate};
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;
use std::collections::BTreeMap;

use crate::db::Tx;
use crate::db::casefile::grants;
use crate::db::process::fine_ledger::FineLedgerRow;
use crate::db::process::known_fines;
use crate::db::reference::fine_rates;
use crate::db::reference::operations::OperationRow;
use crate::db::schema::{case_grants, cases, fine_ledger, operations, organisations, repatriation_transitions};
use crate::domain::codes::{CaseStatus, ClosureReason};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MissionId, OperationId, OrganisationId, PersonId};
use crate::domain::money::Currency;
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::fines::{FineBasis, FineRate};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::{MilestoneSet, RuleName};
use crate::domain::reporting::{Chain, ChainOf, DayCounts, FineSums, MedianDays, Month, PACE_DAYS, WaitBand, chains};
use crate::error::{Error, Result};

/// A mission as a report names it: only missions that the organisation's own grants name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedMission {
    pub id: MissionId,
    pub name: String,
}

/// The names of the missions by which figures were counted.
struct MissionNames(BTreeMap<MissionId, String>);

impl MissionNames {
    fn load(tx: &mut Tx<'_>, ids: impl Iterator<Item = Option<MissionId>>) -> Result<Self> {
        let mut asked: Vec<OrganisationId> = ids.flatten().map(OrganisationId::from).collect();
        asked.sort_unstable();
        asked.dedup();
        let query = organisations::table.filter(organisations::id.eq_any(asked)).select((organisations::id, organisations::name));
        let found: Vec<(OrganisationId, String)> = query.load(tx.conn)?;
        Ok(Self(found.into_iter().map(|(id, name)| (id.into(), name)).collect()))
    }

    fn of(&self, id: Option<MissionId>) -> Option<NamedMission> {
        id.map(|id| NamedMission { id, name: self.0.get(&id).cloned().unwrap_or_default() })
    }
}

/// Cases of one month and mission that reached the same milestones.
pub struct FunnelCount {
    pub month: Month,
    pub mission: Option<NamedMission>,
    pub reached: MilestoneSet,
    pub cases: i64,
}

/// The funnel, from the copies in the grants: one index contains all its columns, in the order of the grouping.
pub fn funnel(tx: &mut Tx<'_>) -> Result<Vec<FunnelCount>> {
    let query = case_grants::table
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .group_by((case_grants::cohort, case_grants::mission_id, case_grants::milestones))
        .select((case_grants::cohort, case_grants::mission_id, case_grants::milestones, count_star()));
    let counts: Vec<(String, Option<MissionId>, MilestoneSet, i64)> = query.load(tx.conn)?;
    let names = MissionNames::load(tx, counts.iter().map(|(_, mission, ..)| *mission))?;
    let named = counts.into_iter().map(|(cohort, mission, reached, cases)| {
        let month = Month::parse(&cohort).ok_or_else(|| Error::internal("a cohort is no month"))?;
        Ok(FunnelCount { month, mission: names.of(mission), reached, cases })
    });
    named.collect()
}

/// The statuses of a case that is still worked on.
const OPEN: [CaseStatus; 2] = [CaseStatus::Active, CaseStatus::FollowUp];

/// The side states from which a case can resume.
fn resumable() -> Vec<SideState> {
    SideState::ALL.iter().copied().filter(|state| state.is_resumable()).collect()
}

/// Cases at one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageBacklog {
    /// Cases that wait at the stage, without a side state.
    pub waiting: i64,
    /// Cases in a side state from which they can resume.
    pub beside_the_road: i64,
    /// Days for which the waiting cases have waited.
    pub median_days_waiting: Option<MedianDays>,
    /// Cases that passed to a later stage so far.
    pub passed: i64,
    /// Days that these cases took.
    pub median_days_to_pass: Option<MedianDays>,
}

/// The cases that wait at each stage now, and the time that cases took to pass it. Leaves out the last stage.
pub fn backlog(tx: &mut Tx<'_>) -> Result<Vec<(Stage, StageBacklog)>> {
    let counted = cases_at_stages(tx)?;
    let mut passed = days_to_pass(tx)?;
    let today = tx.today().day();
    let row = |stage: &Stage| {
        let mut row = StageBacklog::default();
        let mut waiting = DayCounts::default();
        for (_, side_state, since, cases) in counted.iter().filter(|(at, ..)| at == stage) {
            match side_state {
                Some(_) => row.beside_the_road += cases,
                None => waiting.add(days_until(today, *since), *cases),
            }
        }
        let took = passed.remove(stage).unwrap_or_default();
        row.waiting = waiting.cases();
        row.median_days_waiting = waiting.median();
        row.passed = took.cases();
        row.median_days_to_pass = took.median();
        (*stage, row)
    };
    Ok(Stage::ALL.iter().filter(|stage| **stage != Stage::Completed).map(row).collect())
}

/// Whole days from a day of a host country to the day where the caller is, which may be a day behind.
fn days_until(today: NaiveDate, since: NaiveDate) -> i64 {
    today.signed_duration_since(since).num_days().max(0)
}

type CasesAtStage = (Stage, Option<SideState>, NaiveDate, i64);

/// Open cases that are not lost to the repatriation, by stage, side state and the day since which they stand there.
fn cases_at_stages(tx: &mut Tx<'_>) -> Result<Vec<CasesAtStage>> {
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(cases::status.eq_any(OPEN))
        .filter(cases::side_state.is_null().or(cases::side_state.eq_any(resumable())))
        .group_by((cases::stage, cases::side_state, cases::stage_since))
        .select((cases::stage, cases::side_state, cases::stage_since, count_star()));
    Ok(query.load(tx.conn)?)
}

fn days_to_pass(tx: &mut Tx<'_>) -> Result<BTreeMap<Stage, DayCounts>> {
    let query = case_grants::table
        .inner_join(repatriation_transitions::table.on(repatriation_transitions::case_id.eq(case_grants::case_id)))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(repatriation_transitions::days_at_stage.is_not_null())
        // T13 is a step back to an earlier stage, so it passes no stage; nor does what was entered by mistake.
        .filter(repatriation_transitions::rule.ne(RuleName::T13))
        .filter(repatriation_transitions::taken_back_with.is_null())
        .group_by((repatriation_transitions::from_stage, repatriation_transitions::days_at_stage))
        .select((repatriation_transitions::from_stage, repatriation_transitions::days_at_stage, count_star()));
    let counts: Vec<(Option<Stage>, Option<i32>, i64)> = query.load(tx.conn)?;
    let mut passed: BTreeMap<Stage, DayCounts> = BTreeMap::new();
    for (stage, days, cases) in counts {
        if let (Some(stage), Some(days)) = (stage, days) {
            passed.entry(stage).or_default().add(days.into(), cases);
        }
    }
    Ok(passed)
}

/// Waiting cases of one mission, by band.
pub type Ageing = (Option<NamedMission>, BTreeMap<WaitBand, i64>);

/// The waiting times since registration of the cases that have not arrived, by mission.
pub fn ageing(tx: &mut Tx<'_>) -> Result<Vec<Ageing>> {
    let not_arrived: Vec<Stage> = Stage::ALL.iter().copied().filter(|stage| *stage < Stage::Arrived).collect();
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(cases::status.eq_any(OPEN))
        .filter(cases::stage.eq_any(not_arrived))
        .filter(cases::side_state.is_null().or(cases::side_state.eq_any(resumable())))
        .group_by((case_grants::mission_id, cases::registered_on))
        .select((case_grants::mission_id, cases::registered_on, count_star()));
    let counts: Vec<(Option<MissionId>, NaiveDate, i64)> = query.load(tx.conn)?;
    let names = MissionNames::load(tx, counts.iter().map(|(mission, ..)| *mission))?;
    let mut bands: BTreeMap<Option<NamedMission>, BTreeMap<WaitBand, i64>> = BTreeMap::new();
    for (mission, registered_on, cases) in counts {
        let days = days_until(tx.today().day(), registered_on);
        *bands.entry(names.of(mission)).or_default().entry(WaitBand::of(days)).or_default() += cases;
    }
    Ok(bands.into_iter().collect())
}

/// Fines in one currency of the cases of one mission.
pub type MissionFines = (Option<Currency>, Option<NamedMission>, FineSums);

/// The fines of all cases as of today. The rates are loaded once for all cases. A guest mission is told of the fines that it may
/// know.
pub fn fines(tx: &mut Tx<'_>) -> Result<Vec<MissionFines>> {
    let mut rates: BTreeMap<Country, Vec<FineRate>> = BTreeMap::new();
    for row in fine_rates::list(tx)? {
        rates.entry(row.country).or_default().push(row.rate()?);
    }
    let query = case_grants::table
        .inner_join(fine_ledger::table.on(fine_ledger::case_id.eq(case_grants::case_id)))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .select((case_grants::mission_id, fine_ledger::all_columns));
    let ledger: Vec<(Option<MissionId>, FineLedgerRow)> = query.load(tx.conn)?;
    let names = MissionNames::load(tx, ledger.iter().map(|(mission, _)| *mission))?;
    let mut known = known_fines::to_guest(tx)?;
    let has_exemption = |country: &Country| rates.get(country).is_some_and(|of| of.iter().any(|rate| rate.exempt_under_age.is_some()));
    let young = ledger.iter().map(|(_, row)| row).filter(|row| row.may_be_exempt && has_exemption(&row.country));
    let young = known_fines::of_the_young(tx, young.map(|row| row.case_id).collect())?;
    let mut sums: BTreeMap<(Option<Currency>, Option<MissionId>), FineSums> = BTreeMap::new();
    for (mission, stored) in &ledger {
        let Some(row) = known.remove(&stored.case_id).unwrap_or_else(|| Some(stored.clone())) else { continue };
        let basis = FineBasis { youngest_age: young.get(&row.case_id).copied().flatten(), ..row.basis() };
        let fine = basis.on(tx.today_in(row.country).day(), rates.get(&row.country).map_or(&[], Vec::as_slice));
        sums.entry((row.currency.or(fine.currency), *mission)).or_default().add(&fine);
    }
    Ok(sums.into_iter().map(|((currency, mission), sums)| (currency, names.of(mission), sums)).collect())
}

/// Every published operation, and the cases of each by nationality.
pub struct Raids {
    /// The operations, oldest first; parts among them.
    pub operations: Vec<OperationRow>,
    /// The number of cases that the organisation sees of each operation.
    pub registered: BTreeMap<OperationId, BTreeMap<Option<Country>, i64>>,
}

/// The published operations, with the registered cases of each.
pub fn raids(tx: &mut Tx<'_>) -> Result<Raids> {
    let query = operations::table.order((operations::created_at, operations::id)).select(operations::all_columns);
    let published: Vec<OperationRow> = query.load(tx.conn)?;
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(cases::operation_id.is_not_null())
        .group_by((cases::operation_id, case_grants::nationality))
        .select((cases::operation_id, case_grants::nationality, count_star()));
    let counts: Vec<(Option<OperationId>, Option<Nationality>, i64)> = query.load(tx.conn)?;
    let mut registered: BTreeMap<OperationId, BTreeMap<Option<Country>, i64>> = BTreeMap::new();
    for (operation, nationality, cases) in counts {
        if let Some(operation) = operation {
            // Publications count by country: whoever has none is among those without one.
            *registered.entry(operation).or_default().entry(nationality.and_then(Nationality::state)).or_default() += cases;
        }
    }
    Ok(Raids { operations: published, registered })
}

/// Persons with several cases. Loads only their cases; a case that the organisation does not see is not part of a chain.
pub fn re_trafficking(tx: &mut Tx<'_>) -> Result<Vec<Chain>> {
    let others = diesel::alias!(cases as others);
    // Nobody was trafficked again because they were registered twice, or by mistake.
    let no_episode = [ClosureReason::RegisteredInError, ClosureReason::Duplicate];
    let is_episode = cases::closure_reason.is_null().or(cases::closure_reason.ne_all(no_episode));
    let other_reason = others.field(cases::closure_reason);
    let another = others
        .filter(others.field(cases::person_id).eq(cases::person_id))
        .filter(others.field(cases::id).ne(cases::id))
        .filter(other_reason.is_null().or(other_reason.ne_all(no_episode)));
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(exists(another))
        .filter(is_episode)
        .select((cases::person_id, cases::registered_on, case_grants::nationality));
    let found: Vec<(PersonId, NaiveDate, Option<Nationality>)> = query.load(tx.conn)?;
    let cases: Vec<ChainOf> =
        found.into_iter().map(|(person, registered_on, nationality)| ChainOf { person, registered_on, nationality }).collect();
    Ok(chains(&cases))
}

/// The figures behind the forecast.
pub struct Flow {
    /// Open cases that have not departed, in a side state or not.
    pub backlog: i64,
    /// Departures in the last [`PACE_DAYS`] days.
    pub departures: i64,
}

/// Counts the waiting cases and the recent departures.
pub fn flow(tx: &mut Tx<'_>) -> Result<Flow> {
    let backlog = cases_at_stages(tx)?.into_iter().filter(|(stage, ..)| *stage < Stage::Departed).map(|(.., cases)| cases).sum();
    // Today and the thirteen days before it.
    let today = tx.today();
    let first_day = u64::try_from(PACE_DAYS - 1).ok().and_then(|days| today.day().checked_sub_days(Days::new(days)));
    // T7 is the departure; what was recorded afterwards counts on the day it happened.
    let departed = repatriation_transitions::rule
        .eq(RuleName::T7)
        .and(repatriation_transitions::moved_at.ge(first_day.map_or(Timestamp::EPOCH, |day| today.zone().start_of(day))));
    let departed_by_record = repatriation_transitions::rule
        .eq(RuleName::T15)
        .and(repatriation_transitions::to_stage.eq(Stage::Departed))
        .and(repatriation_transitions::occurred_on.ge(first_day));
    let query = case_grants::table
        .inner_join(repatriation_transitions::table.on(repatriation_transitions::case_id.eq(case_grants::case_id)))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(repatriation_transitions::taken_back_with.is_null())
        .filter(departed.or(departed_by_record))
        .select(count_star());
    let departures = query.get_result(tx.conn)?;
    Ok(Flow { backlog, departures })
}

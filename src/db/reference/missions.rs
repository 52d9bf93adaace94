//! Missions and their coverage, in no order of preference. Readable by every signed-in user.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::accounts::organisations as organisation_rows;
use crate::db::accounts::organisations::OrganisationRow;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::{clients, mission_coverage, missions, organisations, users};
use crate::db::{Tx, taken};
use crate::domain::codes::{CoverageBasis, MissionKind};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CoverageId, MissionId, OrganisationId};
use crate::domain::nationalities::ClaimedNationalities;
use crate::error::{ErrorCode, Result};

/// The detail of the error for a line of coverage that exists already.
const COVERAGE_TAKEN: &str = "The mission covers this nationality in this country on this basis already.";

/// A mission. It shares its id with its organisation, which carries the name.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = missions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct MissionRow {
    pub id: MissionId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub sending_state: Country,
    pub host_state: Country,
    pub city: String,
    pub kind: MissionKind,
    pub resident: bool,
    pub hotline: Option<String>,
    pub desk_email: Option<String>,
}

/// One line of coverage.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = mission_coverage, treat_none_as_default_value = false)]
pub struct CoverageRow {
    pub id: CoverageId,
    pub mission_id: MissionId,
    pub nationality: Country,
    pub host_country: Country,
    pub basis: CoverageBasis,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A mission with its name and coverage.
#[derive(Clone, Debug)]
pub struct Mission {
    pub row: MissionRow,
    pub name: String,
    pub coverage: Vec<CoverageRow>,
}

/// The filter of a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MissionFilter {
    /// The nationality that the mission covers.
    pub nationality: Option<Country>,
    /// The host country that the mission covers.
    pub host_country: Option<Country>,
    pub sending_state: Option<Country>,
}

/// Creates a mission for an organisation of kind `diplomatic_mission`.
pub fn insert(tx: &mut Tx<'_>, row: &MissionRow, coverage: &[CoverageRow]) -> Result<Mission> {
    let query = diesel::insert_into(missions::table).values(row);
    query.execute(tx.conn)?;
    for line in coverage {
        add_coverage(tx, line)?;
    }
    tx.audit_change(row.id.0, None, Some(row.version));
    find(tx, row.id)
}

/// Changes a mission.
pub fn update(tx: &mut Tx<'_>, id: MissionId, expected: &Expected, change: impl FnOnce(&mut MissionRow)) -> Result<Mission> {
    let mut row = find(tx, id)?.row;
    let read = expected.check(row.version)?;
    change(&mut row);
    row.version += 1;
    row.updated_at = tx.now;
    let query = diesel::update(missions::table.find(id).filter(missions::version.eq(read))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(read), Some(row.version));
    find(tx, id)
}

/// Adds a line of coverage.
pub fn add_coverage(tx: &mut Tx<'_>, row: &CoverageRow) -> Result<()> {
    let query = diesel::insert_into(mission_coverage::table).values(row);
    query.execute(tx.conn).map_err(|error| taken(error, COVERAGE_TAKEN))?;
    tx.audit_change(row.mission_id.0, None, None);
    Ok(())
}

/// Removes a line of coverage.
pub fn remove_coverage(tx: &mut Tx<'_>, mission: MissionId, id: CoverageId) -> Result<()> {
    let query = diesel::delete(mission_coverage::table.find(id).filter(mission_coverage::mission_id.eq(mission)));
    found((query.execute(tx.conn)? > 0).then_some(()))?;
    tx.audit_change(mission.0, None, None);
    Ok(())
}

/// Finds a mission.
pub fn find(tx: &mut Tx<'_>, id: MissionId) -> Result<Mission> {
    let query =
        missions::table.inner_join(organisations::table).filter(missions::id.eq(id)).select((missions::all_columns, organisations::name));
    let (row, name): (MissionRow, String) = found(query.get_result(tx.conn).optional()?)?;
    let coverage = coverage_of(tx, &[id])?;
    Ok(Mission { row, name, coverage })
}

/// A page of missions.
pub fn list(tx: &mut Tx<'_>, filter: &MissionFilter, page: &PageRequest) -> Result<Page<Mission>> {
    let list = serde_json::to_vec(&("missions", filter)).map_err(crate::error::Error::internal)?;
    let position: Option<(i64, MissionId)> = page.position(tx, &list)?;
    let today = filter.host_country.map_or_else(|| tx.today(), |country| tx.today_in(country)).day();
    let rows: Vec<(MissionRow, String)> = {
        let mut query = missions::table.inner_join(organisations::table).select((missions::all_columns, organisations::name)).into_boxed();
        if filter.nationality.is_some() || filter.host_country.is_some() {
            let mut covering = mission_coverage::table
                .select(mission_coverage::mission_id)
                .filter(mission_coverage::valid_from.is_null().or(mission_coverage::valid_from.assume_not_null().le(today)))
                .filter(mission_coverage::valid_to.is_null().or(mission_coverage::valid_to.assume_not_null().ge(today)))
                .into_boxed();
            if let Some(nationality) = filter.nationality {
                covering = covering.filter(mission_coverage::nationality.eq(nationality));
            }
            if let Some(country) = filter.host_country {
                covering = covering.filter(mission_coverage::host_country.eq(country));
            }
            query = query.filter(missions::id.eq_any(covering));
        }
        if let Some(state) = filter.sending_state {
            query = query.filter(missions::sending_state.eq(state));
        }
        if let Some((at, id)) = position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
            query = query.filter(missions::created_at.ge(at)).filter(missions::created_at.gt(at).or(missions::id.gt(id)));
        }
        query.order((missions::created_at, missions::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    let page = page.page(tx, &list, rows, |(row, _)| (row.created_at.micros(), row.id))?;
    let ids: Vec<MissionId> = page.items.iter().map(|(row, _)| row.id).collect();
    let coverage = coverage_of(tx, &ids)?;
    Ok(page.map(|(row, name)| Mission { coverage: coverage.iter().filter(|line| line.mission_id == row.id).cloned().collect(), row, name }))
}

/// Whether the mission covers a claimed nationality in the host country today. No mission covers somebody for whom no state answers.
pub(in crate::db) fn covers(
    tx: &mut Tx<'_>,
    mission: MissionId,
    claimed: Option<&ClaimedNationalities>,
    host_country: Country,
) -> Result<bool> {
    Ok(covered(tx, mission, claimed, host_country)?.is_some())
}

/// The state of the first claimed nationality that the mission covers in the host country today: that of the state that sent it, if it is
/// claimed.
pub(in crate::db) fn covered(
    tx: &mut Tx<'_>,
    mission: MissionId,
    claimed: Option<&ClaimedNationalities>,
    host_country: Country,
) -> Result<Option<Country>> {
    let Some(claimed) = claimed.filter(|claimed| claimed.states().next().is_some()) else { return Ok(None) };
    let today = tx.today_in(host_country);
    let lines = coverage_of(tx, &[mission])?;
    let is_covered = |state: &Country| {
        lines.iter().any(|line| {
            line.nationality == *state
                && line.host_country == host_country
                && line.valid_from.is_none_or(|from| from <= today)
                && line.valid_to.is_none_or(|to| to >= today)
        })
    };
    let covered: Vec<Country> = claimed.states().filter(is_covered).collect();
    let sent_by = if covered.len() > 1 { sending_state(tx, mission)? } else { None };
    Ok(covered.iter().copied().find(|state| Some(*state) == sent_by).or(covered.first().copied()))
}

/// The sending state; `None` if the organisation is not a mission.
pub(in crate::db) fn sending_state(tx: &mut Tx<'_>, mission: MissionId) -> Result<Option<Country>> {
    let query = missions::table.find(mission).select(missions::sending_state);
    Ok(query.get_result(tx.conn).optional()?)
}

/// Whether anybody, or any machine, answers for the mission here.
pub(in crate::db) fn has_account(tx: &mut Tx<'_>, mission: MissionId) -> Result<bool> {
    let organisation = OrganisationId::from(mission);
    let people = users::table.filter(users::organisation_id.eq(organisation)).filter(users::disabled_at.is_null());
    let machines = clients::table.filter(clients::organisation_id.eq(organisation)).filter(clients::disabled_at.is_null());
    let query = diesel::select(diesel::dsl::exists(people).or(diesel::dsl::exists(machines)));
    Ok(query.get_result(tx.conn)?)
}

/// Whether the mission exists.
pub(in crate::db) fn exists(tx: &mut Tx<'_>, mission: MissionId) -> Result<bool> {
    let query = missions::table.find(mission).select(missions::id);
    let known: Option<MissionId> = query.get_result(tx.conn).optional()?;
    Ok(known.is_some())
}

fn coverage_of(tx: &mut Tx<'_>, ids: &[MissionId]) -> Result<Vec<CoverageRow>> {
    let query = mission_coverage::table
        .filter(mission_coverage::mission_id.eq_any(ids.iter().copied()))
        .order((mission_coverage::nationality, mission_coverage::host_country, mission_coverage::id))
        .select(mission_coverage::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The organisation behind a mission that is about to be created.
pub fn organisation(tx: &mut Tx<'_>, id: OrganisationId) -> Result<OrganisationRow> {
    organisation_rows::find(tx, id)
}

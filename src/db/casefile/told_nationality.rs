//! The nationality of which a mission is told that is a guest on a case. A state must not hear from this service that its national is also
//! one of another state.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::engine::connection::ExecuteLater;
use crate::db::schema::{case_nationalities, mission_coverage, missions};
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, MissionId};
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::nationality::Nationality;
use crate::error::Result;

/// Of several nationalities, the one of the mission's own state, else the first that it has served in this country: never another one.
/// Somebody who claims one nationality claims it before every mission.
pub(in crate::db) fn told_to(
    tx: &mut Tx<'_>,
    mission: MissionId,
    claimed: Option<&ClaimedNationalities>,
    host: Country,
) -> Result<Option<Nationality>> {
    let Some(claimed) = claimed else { return Ok(None) };
    if !claimed.are_several() {
        return Ok(Some(claimed.main()));
    }
    let query = missions::table.find(mission).select(missions::sending_state);
    let sent_by: Option<Country> = query.get_result(tx.conn).optional()?;
    let of_own_state = claimed.all().find(|one| one.state().is_some() && one.state() == sent_by);
    if of_own_state.is_some() {
        return Ok(of_own_state);
    }
    let lines = mission_coverage::table
        .filter(mission_coverage::mission_id.eq(mission))
        .filter(mission_coverage::host_country.eq(host))
        .select(mission_coverage::nationality);
    let served: Vec<Country> = lines.load(tx.conn)?;
    Ok(claimed.all().find(|one| one.state().is_some_and(|state| served.contains(&state))))
}

/// Updates the nationalities by which lists find a case besides the one that counts.
pub(in crate::db) fn index(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    forget(tx, case.id)?;
    index_new(tx, case)
}

/// The same for a case that has none yet.
pub(in crate::db) fn index_new(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let Some(claimed) = case.claimed.as_ref().filter(|claimed| claimed.are_several()) else { return Ok(()) };
    let rows: Vec<_> =
        claimed.all().map(|one| (case_nationalities::nationality.eq(one), case_nationalities::case_id.eq(case.id))).collect();
    let query = diesel::insert_into(case_nationalities::table).values(rows);
    query.execute_later(tx.conn)?;
    Ok(())
}

/// Removes them.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let query = diesel::delete(case_nationalities::table.filter(case_nationalities::case_id.eq(case)));
    query.execute(tx.conn)?;
    Ok(())
}

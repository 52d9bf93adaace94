//! Which cases a page of a list can consist of, from the columns in memory, where no index of the database leads to them: the statement
//! with all its filters decides.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::columns::{self, MOST_CHANGED};
use crate::db::casefile::filter::CaseFilter;
use crate::db::engine::case_columns::{IdColumn, Order, TextColumn, Wanted, yes_or_no};
use crate::db::schema::{case_nationalities, embassy_contacts};
use crate::domain::access::Actor;
use crate::domain::ids::{CaseId, MissionId};
use crate::domain::nationality::{Nationality, NationalityFilter};
use crate::domain::zones::{begins_first, ends_last};
use crate::error::Result;

/// The most cases that the statement looks at beside those of the page.
const MOST_LOOKED_AT: usize = 1000;

/// The cases among which are the first so many of a filter behind a place in an order, and at most some more. `by_each` as in `filtered!`.
/// None: the database finds them by itself, or the memory cannot say.
pub(in crate::db) fn propose(tx: &mut Tx<'_>, filter: &CaseFilter, order: Order, limit: i64, by_each: bool) -> Result<Option<Vec<CaseId>>> {
    let mut wanted = wanted(tx.actor, filter);
    let is_found_by_index = filter.mission.is_none() && wanted.has_an_index(order.by) && !by_each;
    if filter.code.is_some() || is_found_by_index {
        return Ok(None);
    }
    let Some(sight) = columns::sight(tx)? else { return Ok(None) };
    // What the columns do not know: the contacts of a mission, and who is of several nationalities. Where those are few, they are named.
    let mut is_exact = true;
    let mut named = Vec::new();
    if let Some(mission) = filter.mission {
        match contacted(tx, mission)? {
            Some(cases) => return Ok(Some(cases)),
            None => is_exact = false,
        }
    }
    if let Some(NationalityFilter::Is(nationality)) = filter.nationality.filter(|_| by_each) {
        match also_of(tx, nationality)? {
            Some(cases) => named = cases,
            None => {
                is_exact = false;
                wanted.texts.retain(|(column, _)| *column != TextColumn::Nationality);
            }
        }
    }
    let most = if is_exact { usize::try_from(limit).unwrap_or(MOST_LOOKED_AT) } else { MOST_LOOKED_AT };
    let Some(first) = tx.columns.first(&sight, &wanted, order, most) else { return Ok(None) };
    if first.uncertain.len() > 2 * MOST_CHANGED || (!is_exact && !first.is_all) {
        return Ok(None);
    }
    let mut cases = first.cases;
    cases.extend(first.uncertain);
    cases.extend(named);
    cases.sort_unstable();
    cases.dedup();
    Ok(Some(cases))
}

/// The cases with a contact with a mission. None: they are many.
fn contacted(tx: &mut Tx<'_>, mission: MissionId) -> Result<Option<Vec<CaseId>>> {
    let query = embassy_contacts::table
        .filter(embassy_contacts::mission_id.eq(mission))
        .select(embassy_contacts::case_id)
        .distinct()
        .limit(one_more());
    Ok(few(query.load(tx.conn)?))
}

/// The cases of people who are of this nationality and of others. None: they are many.
fn also_of(tx: &mut Tx<'_>, nationality: Nationality) -> Result<Option<Vec<CaseId>>> {
    let query = case_nationalities::table
        .filter(case_nationalities::nationality.eq(nationality))
        .select(case_nationalities::case_id)
        .limit(one_more());
    Ok(few(query.load(tx.conn)?))
}

fn one_more() -> i64 {
    i64::try_from(MOST_LOOKED_AT).unwrap_or(i64::MAX).saturating_add(1)
}

fn few(cases: Vec<CaseId>) -> Option<Vec<CaseId>> {
    (cases.len() <= MOST_LOOKED_AT).then_some(cases)
}

/// What a figure counts, if the columns know all that its filter asks for.
pub(in crate::db) fn counted_by(tx: &Tx<'_>, filter: &CaseFilter) -> Option<Wanted> {
    (filter.mission.is_none() && filter.code.is_none()).then(|| wanted(tx.actor, filter))
}

/// A filter in columns, condition by condition as in `filtered!`, but for the mission and the code. By the nationality that counts.
fn wanted(actor: &Actor, filter: &CaseFilter) -> Wanted {
    let CaseFilter {
        nationality,
        stage,
        side_state,
        compound,
        operation,
        mission: _,
        risk_level,
        is_child,
        owner,
        assigned_to,
        status,
        host_country,
        gender,
        code: _,
        registered_from,
        registered_to,
        updated_from,
        updated_to,
    } = filter;
    let mut wanted = Wanted {
        registered: (registered_from.map(|day| begins_first(day).micros()), registered_to.map(|day| ends_last(day).micros())),
        registered_on: (registered_from.map(day_number), registered_to.map(day_number)),
        changed: (updated_from.map(|day| actor.zone().start_of(day).micros()), updated_to.map(|day| actor.zone().end_of(day).micros())),
        ..Wanted::default()
    };
    match nationality {
        Some(NationalityFilter::Is(nationality)) => wanted.texts.push((TextColumn::Nationality, Some(nationality.as_str().to_owned()))),
        Some(NationalityFilter::NotAsked) => wanted.texts.push((TextColumn::Nationality, None)),
        None => {}
    }
    let texts = [
        (TextColumn::Stage, stage.map(|stage| stage.as_str().to_owned())),
        (TextColumn::SideState, side_state.map(|state| state.as_str().to_owned())),
        (TextColumn::RiskLevel, risk_level.map(|risk| risk.as_str().to_owned())),
        (TextColumn::IsChild, is_child.map(|is_child| yes_or_no(is_child).to_owned())),
        (TextColumn::Status, status.map(|status| status.as_str().to_owned())),
        (TextColumn::HostCountry, host_country.map(|country| country.as_str().to_owned())),
        (TextColumn::Gender, gender.map(|gender| gender.as_str().to_owned())),
    ];
    wanted.texts.extend(texts.into_iter().filter(|(_, text)| text.is_some()));
    let own = assigned_to.filter(|_| actor.is_mission()).map(|_| actor.organisation_id().0);
    let ids = [
        (IdColumn::Compound, compound.map(|compound| compound.0)),
        (IdColumn::Operation, operation.map(|operation| operation.0)),
        (IdColumn::Owner, owner.map(|owner| owner.0)),
        (IdColumn::AssignedTo, assigned_to.map(|user| user.0)),
        // A guest mission finds nothing by who works on a case.
        (IdColumn::Owner, own),
    ];
    wanted.ids.extend(ids.into_iter().filter_map(|(column, id)| Some((column, id?))));
    wanted
}

fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce()
}

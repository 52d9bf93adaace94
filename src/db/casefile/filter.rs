//! The filter of lists and figures of cases.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::Tx;
use crate::db::schema::case_nationalities;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::ids::*;
use crate::domain::nationality::NationalityFilter;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::error::{Error, Result};

/// The filter of a list. Every field is of class A or B, so that a caller cannot filter by a field that they may not read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CaseFilter {
    /// Nationality. A list goes by each that the person claims, as far as the caller may know it; a figure by the one that counts.
    pub nationality: Option<NationalityFilter>,
    pub stage: Option<Stage>,
    pub side_state: Option<SideState>,
    pub compound: Option<CompoundId>,
    pub operation: Option<OperationId>,
    pub mission: Option<MissionId>,
    pub risk_level: Option<RiskLevel>,
    pub is_child: Option<bool>,
    pub owner: Option<OrganisationId>,
    pub assigned_to: Option<UserId>,
    pub status: Option<CaseStatus>,
    pub host_country: Option<Country>,
    pub gender: Option<Gender>,
    /// The code, as it is stored.
    pub code: Option<String>,
    /// Registered on this day or later.
    pub registered_from: Option<NaiveDate>,
    /// Registered on this day or earlier.
    pub registered_to: Option<NaiveDate>,
    /// Updated on this day or later.
    pub updated_from: Option<NaiveDate>,
    /// Updated on this day or earlier.
    pub updated_to: Option<NaiveDate>,
}

/// Adds the conditions of a filter to a boxed query over `case_grants` and `cases`. `by_each`: whether a person of several nationalities
/// is found by each of them.
macro_rules! filtered {
    ($query:expr, $filter:expr, $actor:expr, by_each: $by_each:expr) => {{
        let (mut query, filter) = ($query, $filter);
        match filter.nationality {
            Some($crate::domain::nationality::NationalityFilter::Is(nationality)) => {
                let counts = case_grants::nationality.eq(nationality).assume_not_null();
                if $by_each {
                    use $crate::db::schema::case_nationalities;
                    let also = case_nationalities::table.filter(case_nationalities::nationality.eq(nationality));
                    let is_also = case_grants::case_id.eq_any(also.select(case_nationalities::case_id));
                    if $actor.is_mission() {
                        // A guest mission is told of one nationality, which stands in its grant.
                        query = query.filter(counts.or(is_also.and(cases::owner_id.eq($actor.organisation_id()))));
                    } else {
                        query = query.filter(counts.or(is_also));
                    }
                } else {
                    query = query.filter(case_grants::nationality.eq(nationality));
                }
            }
            Some($crate::domain::nationality::NationalityFilter::NotAsked) => {
                query = query.filter(case_grants::nationality.is_null());
            }
            None => {}
        }
        if let Some(stage) = filter.stage {
            query = query.filter(case_grants::stage.eq(stage.as_str()));
        }
        if let Some(state) = filter.side_state {
            query = query.filter(cases::side_state.eq(state));
        }
        if let Some(compound) = filter.compound {
            query = query.filter(cases::compound_id.eq(compound));
        }
        if let Some(operation) = filter.operation {
            query = query.filter(cases::operation_id.eq(operation));
        }
        if let Some(mission) = filter.mission {
            let contact = embassy_contacts::table
                .filter(embassy_contacts::case_id.eq(cases::id))
                .filter(embassy_contacts::mission_id.eq(mission))
                .filter($crate::db::casefile::merged::is_told_to($actor.organisation_id()));
            query = query.filter(diesel::dsl::exists(contact));
        }
        if let Some(risk) = filter.risk_level {
            query = query.filter(cases::risk_level.eq(risk));
        }
        if let Some(is_child) = filter.is_child {
            query = query.filter(cases::is_child.eq(is_child));
        }
        if let Some(owner) = filter.owner {
            query = query.filter(cases::owner_id.eq(owner));
        }
        if let Some(user) = filter.assigned_to {
            query = query.filter(cases::assigned_to.eq(user));
            if $actor.is_mission() {
                // A guest mission is not told who works on a case, and so finds nothing by it.
                query = query.filter(cases::owner_id.eq($actor.organisation_id()));
            }
        }
        if let Some(status) = filter.status {
            query = query.filter(cases::status.eq(status));
        }
        if let Some(country) = filter.host_country {
            query = query.filter(cases::host_country.eq(country));
        }
        if let Some(gender) = filter.gender {
            query = query.filter(cases::gender.eq(gender));
        }
        if let Some(code) = &filter.code {
            query = query.filter(cases::code.eq(code.clone()));
        }
        if let Some(day) = filter.registered_from {
            // The day is that of the host country; the bound beside it lets the index seek.
            let begins = $crate::domain::zones::begins_first(day);
            query = query.filter(case_grants::registered_at.ge(begins)).filter(cases::registered_on.ge(day));
        }
        if let Some(day) = filter.registered_to {
            let ends = $crate::domain::zones::ends_last(day);
            query = query.filter(case_grants::registered_at.lt(ends)).filter(cases::registered_on.le(day));
        }
        if let Some(day) = filter.updated_from {
            query = query.filter(case_grants::changed_at.ge($actor.zone().start_of(day)));
        }
        if let Some(day) = filter.updated_to {
            query = query.filter(case_grants::changed_at.lt($actor.zone().end_of(day)));
        }
        query
    }};
}
pub(in crate::db) use filtered;

/// Refuses a mission's filter by another mission, because a mission must not know another mission's contacts.
pub(in crate::db) fn check_filter(tx: &Tx<'_>, filter: &CaseFilter) -> Result<()> {
    let is_foreign = filter.mission.is_some_and(|mission| tx.actor.is_mission() && tx.actor.organisation_id() != mission.into());
    if is_foreign {
        return Err(Error::field("mission", "not_yours", "a mission can only filter by itself"));
    }
    Ok(())
}

/// Whether somebody who is of the nationality asked for is of another one too. Mostly nobody is, and then an index finds the cases.
pub(in crate::db) fn is_of_several(tx: &mut Tx<'_>, filter: &CaseFilter) -> Result<bool> {
    let Some(NationalityFilter::Is(nationality)) = filter.nationality else { return Ok(false) };
    let query = diesel::select(diesel::dsl::exists(case_nationalities::table.filter(case_nationalities::nationality.eq(nationality))));
    Ok(query.get_result(tx.conn)?)
}

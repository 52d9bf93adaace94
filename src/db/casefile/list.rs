//! Lists of cases, filtered and sorted over the copies in the organisation's grants, so that the cost depends only on the number
//! of cases that the organisation sees.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::crypto::{BlindField, CompartmentKeys};
use crate::db::Tx;
use crate::db::casefile::compartments::open_blob;
use crate::db::casefile::{grants, guest_missions, merged, search_index};
use crate::db::engine::page::{Page, PageRequest, Place, Reading};
use crate::db::schema::{case_grants, cases, compartments, embassy_contacts};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::Identity;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::nationality::{Nationality, NationalityFilter};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::error::{Error, Result};

text_enum! {
    /// The order of a list; `-` is descending.
    pub enum CaseSort {
        RegisteredNewest = "-registered",
        RegisteredOldest = "registered",
        UpdatedNewest = "-updated",
        UpdatedOldest = "updated",
        RiskHighest = "-risk",
        RiskLowest = "risk",
    }
}

impl CaseSort {
    /// Whether a case that changes can move to where a reader has already been.
    fn moves_back(self) -> bool {
        match self {
            Self::UpdatedNewest | Self::RiskHighest | Self::RiskLowest => true,
            Self::RegisteredNewest | Self::RegisteredOldest | Self::UpdatedOldest => false,
        }
    }

    fn key(self, grant: &SummaryGrant) -> i64 {
        match self {
            Self::RegisteredNewest | Self::RegisteredOldest => grant.registered_at.micros(),
            Self::UpdatedNewest | Self::UpdatedOldest => grant.changed_at.micros(),
            Self::RiskHighest | Self::RiskLowest => i64::from(grant.risk_rank),
        }
    }
}

/// The filter of a list. Every field is of class A or B, so that a caller cannot filter by a field that they may not read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CaseFilter {
    /// Nationality: verified, else claimed.
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

/// One case in a list.
#[derive(Clone, Queryable)]
pub struct CaseSummaryRow {
    pub id: CaseId,
    pub code: String,
    pub person_id: PersonId,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub owner_id: OrganisationId,
    pub assigned_to: Option<UserId>,
    pub status: CaseStatus,
    pub host_country: Country,
    pub nationality_claimed: Option<Nationality>,
    pub nationality_verified: Option<Country>,
    pub gender: Gender,
    pub is_child: Option<bool>,
    pub risk_level: RiskLevel,
    pub compound_id: Option<CompoundId>,
    pub operation_id: Option<OperationId>,
    pub stage: Stage,
    pub side_state: Option<SideState>,
    pub(in crate::db) grant: SummaryGrant,
    sealed_identity: Option<(i64, Vec<u8>)>,
}

/// The part of a grant that a list needs: the keys and the sort columns.
#[derive(Clone, Queryable)]
pub struct SummaryGrant {
    basis: GrantBasis,
    sealed_keys: Vec<u8>,
    registered_at: Timestamp,
    changed_at: Timestamp,
    risk_rank: i32,
}

/// Adds the conditions of a filter to a boxed query over `case_grants` and `cases`.
macro_rules! filtered {
    ($query:expr, $filter:expr, $actor:expr) => {{
        let (mut query, filter) = ($query, $filter);
        match filter.nationality {
            Some($crate::domain::nationality::NationalityFilter::Is(nationality)) => {
                query = query.filter(case_grants::nationality.eq(nationality));
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

/// Adds the position and the order of a keyset page. `key <= x and (key < x or id < y)` lets the index seek.
macro_rules! seek {
    ($query:expr, $position:expr, $column:path, desc) => {{
        let mut query = $query;
        if let Some((key, id)) = $position {
            query = query.filter($column.le(key)).filter($column.lt(key).or(case_grants::case_id.lt(id)));
        }
        query.order(($column.desc(), case_grants::case_id.desc()))
    }};
    ($query:expr, $position:expr, $column:path, asc) => {{
        let mut query = $query;
        if let Some((key, id)) = $position {
            query = query.filter($column.ge(key)).filter($column.gt(key).or(case_grants::case_id.gt(id)));
        }
        query.order(($column.asc(), case_grants::case_id.asc()))
    }};
}

/// The columns of a summary.
macro_rules! summary {
    () => {
        (
            cases::id,
            cases::code,
            cases::person_id,
            cases::version,
            cases::created_at,
            cases::updated_at,
            cases::owner_id,
            cases::assigned_to,
            cases::status,
            cases::host_country,
            cases::nationality_claimed,
            cases::nationality_verified,
            cases::gender,
            cases::is_child,
            cases::risk_level,
            cases::compound_id,
            cases::operation_id,
            cases::stage,
            cases::side_state,
            (case_grants::basis, case_grants::sealed_keys, case_grants::registered_at, case_grants::changed_at, case_grants::risk_rank),
            (compartments::version, compartments::ciphertext).nullable(),
        )
    };
}

/// Joins the identity of the person of a case, in the same row.
macro_rules! with_identity {
    ($query:expr) => {
        $query.left_join(
            compartments::table.on(compartments::owner_id.eq(cases::person_id).and(compartments::compartment.eq(Compartment::Identity))),
        )
    };
}

/// Refuses a mission's filter by another mission, because a mission must not know another mission's contacts.
pub(in crate::db) fn check_filter(tx: &Tx<'_>, filter: &CaseFilter) -> Result<()> {
    let is_foreign = filter.mission.is_some_and(|mission| tx.actor.is_mission() && tx.actor.organisation_id() != mission.into());
    if is_foreign {
        return Err(Error::field("mission", "not_yours", "a mission can only filter by itself"));
    }
    Ok(())
}

/// A page of the cases that the organisation sees.
pub fn list(tx: &mut Tx<'_>, filter: &CaseFilter, sort: CaseSort, page: &PageRequest) -> Result<Page<(CaseSummaryRow, Option<Identity>)>> {
    check_filter(tx, filter)?;
    let code = filter.code.as_deref().map(|code| merged::current_code(tx, code)).transpose()?;
    let filter = &CaseFilter { code, ..filter.clone() };
    let list = serde_json::to_vec(&("cases", filter, sort)).map_err(Error::internal)?;
    let place: Place<(i64, CaseId), CaseId> = page.place(tx, &list)?;
    let rows = page_of(tx, filter, sort, place, page.limit + 1)?;
    let reading = Reading {
        key_of: |row: &CaseSummaryRow| (sort.key(&row.grant), row.id),
        changed_of: |row: &CaseSummaryRow| (row.grant.changed_at, row.id),
        has_changed: |tx: &mut Tx<'_>, since: Timestamp| if sort.moves_back() { has_changed(tx, filter, since) } else { Ok(false) },
    };
    let page = page.page_of_changing(tx, &list, place, rows, reading)?;
    let items = told(tx, page.items)?.into_iter().map(|(row, identity, _)| (row, identity)).collect();
    Ok(Page { items, next: page.next })
}

fn page_of(
    tx: &mut Tx<'_>,
    filter: &CaseFilter,
    sort: CaseSort,
    place: Place<(i64, CaseId), CaseId>,
    limit: i64,
) -> Result<Vec<CaseSummaryRow>> {
    let scope = grants::primary(tx.actor.organisation_id(), tx.now);
    let joined = with_identity!(case_grants::table.inner_join(cases::table)).filter(scope).select(summary!()).into_boxed();
    let query = filtered!(joined, filter, tx.actor);
    let query = match place {
        Place::Changed { after: (at, id) } => {
            seek!(query, Some((at, id.unwrap_or(CaseId(uuid::Uuid::nil())))), case_grants::changed_at, asc)
        }
        Place::Ordered { after, .. } => {
            let instant = after.and_then(|(key, id)| Timestamp::from_micros(key).map(|at| (at, id)));
            let rank = after.and_then(|(key, id)| i32::try_from(key).ok().map(|rank| (rank, id)));
            match sort {
                CaseSort::RegisteredNewest => seek!(query, instant, case_grants::registered_at, desc),
                CaseSort::RegisteredOldest => seek!(query, instant, case_grants::registered_at, asc),
                CaseSort::UpdatedNewest => seek!(query, instant, case_grants::changed_at, desc),
                CaseSort::UpdatedOldest => seek!(query, instant, case_grants::changed_at, asc),
                CaseSort::RiskHighest => seek!(query, rank, case_grants::risk_rank, desc),
                CaseSort::RiskLowest => seek!(query, rank, case_grants::risk_rank, asc),
            }
        }
    };
    Ok(query.limit(limit).load(tx.conn)?)
}

/// Whether a case of the list changed after a moment.
fn has_changed(tx: &mut Tx<'_>, filter: &CaseFilter, since: Timestamp) -> Result<bool> {
    let scope = grants::primary(tx.actor.organisation_id(), tx.now);
    let joined = case_grants::table.inner_join(cases::table).filter(scope).select(case_grants::case_id).into_boxed();
    let changed = filtered!(joined, filter, tx.actor).filter(case_grants::changed_at.gt(since)).limit(1);
    let found: Vec<CaseId> = changed.load(tx.conn)?;
    Ok(!found.is_empty())
}

/// The cases of every person with this exact identifier, where the organisation's grant opens the identifier.
pub fn search(tx: &mut Tx<'_>, field: BlindField, value: &str) -> Result<Vec<(CaseSummaryRow, Option<Identity>)>> {
    // Every search leaves an audit entry, with or without a result.
    tx.audit_unchanged(uuid::Uuid::nil());
    let candidates = search_index::cases_with(tx, field, value)?;
    let query = with_identity!(case_grants::table.inner_join(cases::table))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(case_grants::case_id.eq_any(candidates))
        .order((case_grants::registered_at.desc(), case_grants::case_id.desc()))
        .select(summary!());
    let rows: Vec<CaseSummaryRow> = query.load(tx.conn)?;
    let needed = match field {
        BlindField::DocumentNumber => Compartment::Identity,
        BlindField::Phone | BlindField::Email => Compartment::Contact,
    };
    let opened = told(tx, rows)?.into_iter().filter(|(.., keys)| keys.get(needed).is_some());
    Ok(opened.map(|(row, identity, _)| (row, identity)).collect())
}

/// The case with this code, or with which the merged case of this code goes on, if the organisation sees it.
pub fn with_code(tx: &mut Tx<'_>, code: &str) -> Result<Vec<(CaseSummaryRow, Option<Identity>)>> {
    // Every search leaves an audit entry, with or without a result.
    tx.audit_unchanged(uuid::Uuid::nil());
    let code = merged::current_code(tx, code)?;
    let query = with_identity!(case_grants::table.inner_join(cases::table))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(cases::code.eq(code))
        .select(summary!());
    let rows: Vec<CaseSummaryRow> = query.load(tx.conn)?;
    Ok(told(tx, rows)?.into_iter().map(|(row, identity, _)| (row, identity)).collect())
}

/// Cases by id, with the person's name where the grant opens it, in one statement. The result omits cases that the organisation
/// does not see.
pub(in crate::db) fn summaries(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<(CaseSummaryRow, Option<String>, CompartmentKeys)>> {
    let found = opened(tx, ids)?.into_iter();
    Ok(found.map(|(row, identity, keys)| (row, identity.map(|identity| identity.display_name()), keys)).collect())
}

/// The same with the whole identity.
pub(in crate::db) fn opened(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<(CaseSummaryRow, Option<Identity>, CompartmentKeys)>> {
    let query = with_identity!(case_grants::table.inner_join(cases::table))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(case_grants::case_id.eq_any(ids))
        .select(summary!());
    let rows: Vec<CaseSummaryRow> = query.load(tx.conn)?;
    told(tx, rows)
}

/// Summaries as the caller may read them, each with its identity and its keys: the one way out of this file.
fn told(tx: &mut Tx<'_>, rows: Vec<CaseSummaryRow>) -> Result<Vec<(CaseSummaryRow, Option<Identity>, CompartmentKeys)>> {
    let guests: Vec<CaseId> = rows.iter().filter(|row| guest_missions::is_guest(tx, row.owner_id)).map(|row| row.id).collect();
    let verified = if guests.is_empty() { Vec::new() } else { guest_missions::verified_by_caller(tx, &guests)? };
    let mut found = Vec::with_capacity(rows.len());
    for mut row in rows {
        if guests.contains(&row.id) {
            row.assigned_to = None;
            row.nationality_verified = row.nationality_verified.filter(|country| verified.contains(&(row.id, *country)));
        }
        let (keys, identity) = open_identity(tx, &row)?;
        found.push((row, identity, keys));
    }
    Ok(found)
}

/// Opens the identity in a summary, if the grant does, and records the disclosure.
fn open_identity(tx: &mut Tx<'_>, row: &CaseSummaryRow) -> Result<(CompartmentKeys, Option<Identity>)> {
    let keys = grants::open_keys(tx, row.id, row.grant.basis, &row.grant.sealed_keys)?;
    let identity = match &row.sealed_identity {
        Some((version, ciphertext)) => open_blob(row.person_id.0, Compartment::Identity, *version, ciphertext, &keys)?,
        None => keys.get(Compartment::Identity).map(|_| Identity::default()),
    };
    if identity.is_some() {
        tx.audit_disclosure(row.id, CompartmentSet::EMPTY.with(Compartment::Identity));
    }
    Ok((keys, identity))
}

//! Lists of cases, filtered and sorted over the copies in the organisation's grants, so that the cost depends only on the number
//! of cases that the organisation sees.

use diesel::prelude::*;
use std::collections::HashMap;

use crate::crypto::{BlindField, CompartmentKeys};
use crate::db::Tx;
use crate::db::casefile::columns::of_steady_length;
use crate::db::casefile::compartments::open_blob;
use crate::db::casefile::filter::{CaseFilter, check_filter, filtered, is_of_several};
use crate::db::casefile::{candidates, grants, guest_missions, merged, relations, search_index};
use crate::db::engine::case_columns::{Order, SortColumn};
use crate::db::engine::page::{Page, PageRequest, Place, Reading};
use crate::db::schema::{case_grants, cases, compartments, embassy_contacts};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::listed_name::{ListedName, OfIdentity};
use crate::domain::cases::person::Identity;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::nationality::Nationality;
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

    /// The order of a page.
    fn order(self, place: Place<(i64, CaseId), CaseId>) -> Order {
        let (by, descending) = match self {
            Self::RegisteredNewest => (SortColumn::Registered, true),
            Self::RegisteredOldest => (SortColumn::Registered, false),
            Self::UpdatedNewest => (SortColumn::Changed, true),
            Self::UpdatedOldest => (SortColumn::Changed, false),
            Self::RiskHighest => (SortColumn::Risk, true),
            Self::RiskLowest => (SortColumn::Risk, false),
        };
        match place {
            Place::Ordered { after, .. } => Order { by, descending, after },
            Place::Changed { after: (at, id) } => {
                let after = Some((at.micros(), id.unwrap_or(CaseId(uuid::Uuid::nil()))));
                Order { by: SortColumn::Changed, descending: false, after }
            }
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
    pub claimed: Option<ClaimedNationalities>,
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

impl CaseSummaryRow {
    /// The nationality that the person claims, before any further one.
    pub fn nationality_claimed(&self) -> Option<Nationality> {
        self.claimed.as_ref().map(ClaimedNationalities::main)
    }

    /// The nationality that counts: verified, else claimed.
    pub fn nationality(&self) -> Option<Nationality> {
        self.nationality_verified.map(Nationality::from).or(self.nationality_claimed())
    }

    /// The further nationalities that the person claims.
    pub fn further_nationalities(&self) -> Vec<Country> {
        self.claimed.as_ref().map(|claimed| claimed.further().to_vec()).unwrap_or_default()
    }
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

/// A page of the cases that the organisation sees, each with the person's name where the grant opens it.
pub fn list(tx: &mut Tx<'_>, filter: &CaseFilter, sort: CaseSort, page: &PageRequest) -> Result<Page<(CaseSummaryRow, Option<String>)>> {
    Ok(page_with::<ListedName>(tx, filter, sort, page)?.map(named))
}

/// The same with the whole identity.
pub(in crate::db) fn list_whole(
    tx: &mut Tx<'_>,
    filter: &CaseFilter,
    sort: CaseSort,
    page: &PageRequest,
) -> Result<Page<(CaseSummaryRow, Option<Identity>)>> {
    Ok(page_with::<Identity>(tx, filter, sort, page)?.map(|(row, identity, _)| (row, identity)))
}

fn named((row, name, _): Told<ListedName>) -> (CaseSummaryRow, Option<String>) {
    (row, name.map(ListedName::shown))
}

fn page_with<I: OfIdentity>(tx: &mut Tx<'_>, filter: &CaseFilter, sort: CaseSort, page: &PageRequest) -> Result<Page<Told<I>>> {
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
    Ok(Page { items: told(tx, page.items)?, next: page.next })
}

fn page_of(
    tx: &mut Tx<'_>,
    filter: &CaseFilter,
    sort: CaseSort,
    place: Place<(i64, CaseId), CaseId>,
    limit: i64,
) -> Result<Vec<CaseSummaryRow>> {
    let by_each = is_of_several(tx, filter)?;
    let among = candidates::propose(tx, filter, sort.order(place), limit, by_each)?;
    if among.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let scope = grants::primary(tx.actor.organisation_id(), tx.now);
    let joined = with_identity!(case_grants::table.inner_join(cases::table)).filter(scope).select(summary!()).into_boxed();
    let mut query = filtered!(joined, filter, tx.actor, by_each: by_each);
    if let Some(among) = among {
        query = query.filter(case_grants::case_id.eq_any(of_steady_length(among)));
    }
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
    let by_each = is_of_several(tx, filter)?;
    let changed = filtered!(joined, filter, tx.actor, by_each: by_each).filter(case_grants::changed_at.gt(since)).limit(1);
    let found: Vec<CaseId> = changed.load(tx.conn)?;
    Ok(!found.is_empty())
}

/// The cases of every person with this exact identifier, where the organisation's grant opens the identifier.
pub fn search(tx: &mut Tx<'_>, field: BlindField, value: &str) -> Result<Vec<(CaseSummaryRow, Option<String>)>> {
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
    Ok(told(tx, rows)?.into_iter().filter(|(.., keys)| keys.get(needed).is_some()).map(named).collect())
}

/// The codes of listed cases by id, in one statement; the result omits cases that the organisation does not see.
pub(in crate::db) fn codes(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<HashMap<CaseId, String>> {
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(case_grants::case_id.eq_any(ids))
        .select((case_grants::case_id, cases::code));
    let codes: Vec<(CaseId, String)> = query.load(tx.conn)?;
    Ok(codes.into_iter().collect())
}

/// The case with this code, or with which the merged case of this code goes on, if the organisation sees it.
pub fn with_code(tx: &mut Tx<'_>, code: &str) -> Result<Vec<(CaseSummaryRow, Option<String>)>> {
    // Every search leaves an audit entry, with or without a result.
    tx.audit_unchanged(uuid::Uuid::nil());
    let code = merged::current_code(tx, code)?;
    let query = with_identity!(case_grants::table.inner_join(cases::table))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(cases::code.eq(code))
        .select(summary!());
    let rows: Vec<CaseSummaryRow> = query.load(tx.conn)?;
    Ok(told(tx, rows)?.into_iter().map(named).collect())
}

/// Cases by id, with the person's name where the grant opens it, in one statement. The result omits cases that the organisation
/// does not see.
pub(in crate::db) fn summaries(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<(CaseSummaryRow, Option<String>, CompartmentKeys)>> {
    let found = with_ids::<ListedName>(tx, ids)?.into_iter();
    Ok(found.map(|(row, name, keys)| (row, name.map(ListedName::shown), keys)).collect())
}

/// The same with the whole identity.
pub(in crate::db) fn opened(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<(CaseSummaryRow, Option<Identity>, CompartmentKeys)>> {
    with_ids(tx, ids)
}

fn with_ids<I: OfIdentity>(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<Told<I>>> {
    let query = with_identity!(case_grants::table.inner_join(cases::table))
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(case_grants::case_id.eq_any(ids))
        .select(summary!());
    let rows: Vec<CaseSummaryRow> = query.load(tx.conn)?;
    told(tx, rows)
}

/// A summary as the caller may read it, with what is asked for of the identity, where the grant opens it, and the keys.
type Told<I> = (CaseSummaryRow, Option<I>, CompartmentKeys);

/// Summaries as the caller may read them, each with its identity and its keys: the one way out of this file.
fn told<I: OfIdentity>(tx: &mut Tx<'_>, rows: Vec<CaseSummaryRow>) -> Result<Vec<Told<I>>> {
    let guests: Vec<CaseId> = rows.iter().filter(|row| guest_missions::is_guest(tx, row.owner_id)).map(|row| row.id).collect();
    let verified = if guests.is_empty() { Vec::new() } else { guest_missions::verified_by_caller(tx, &guests)? };
    let mut found = Vec::with_capacity(rows.len());
    for mut row in rows {
        if guests.contains(&row.id) {
            row.assigned_to = None;
            row.nationality_verified = row.nationality_verified.filter(|country| verified.contains(&(row.id, *country)));
            let told = guest_missions::known_claim(tx, row.owner_id, row.claimed.as_ref(), row.host_country)?;
            row.claimed = told.map(ClaimedNationalities::from);
        }
        let (keys, identity) = open_identity(tx, &mut row)?;
        found.push((row, identity, keys));
    }
    show_unnamed(tx, &mut found)?;
    Ok(found)
}

/// Shows those without a name by a parent whose case the caller sees, too; to everybody else they have no name.
fn show_unnamed<I: OfIdentity>(tx: &mut Tx<'_>, found: &mut [Told<I>]) -> Result<()> {
    let is_unnamed = |identity: &Option<I>| identity.as_ref().is_some_and(I::is_unnamed);
    let unnamed: Vec<CaseId> = found.iter().filter(|(_, identity, _)| is_unnamed(identity)).map(|(row, ..)| row.id).collect();
    if unnamed.is_empty() {
        return Ok(());
    }
    let seen = relations::of_cases(tx, &unnamed)?;
    let parent = |of: CaseId| seen.iter().find(|(case, relation)| *case == of && relation.kind == RelationKind::Parent);
    for (row, identity, _) in found.iter_mut() {
        if let (Some(identity), Some((_, relation))) = (identity.as_mut().filter(|known| known.is_unnamed()), parent(row.id)) {
            identity.show_as(Identity::child_of(&relation.relative.code));
        }
    }
    Ok(())
}

/// Opens the identity in a summary, if the grant does, and records the disclosure. What was sealed ends here: whoever copies the summary,
/// or frees it on another thread, has no use for it.
fn open_identity<I: OfIdentity>(tx: &mut Tx<'_>, row: &mut CaseSummaryRow) -> Result<(CompartmentKeys, Option<I>)> {
    let keys = grants::open_keys(tx, row.id, row.grant.basis, &std::mem::take(&mut row.grant.sealed_keys))?;
    let identity = match row.sealed_identity.take() {
        Some((version, ciphertext)) => open_blob(row.person_id.0, Compartment::Identity, version, &ciphertext, &keys)?,
        None => keys.get(Compartment::Identity).map(|_| I::default()),
    };
    if identity.is_some() {
        tx.audit_disclosure(row.id, CompartmentSet::EMPTY.with(Compartment::Identity));
    }
    Ok((keys, identity))
}

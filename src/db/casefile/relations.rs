//! Relations: who belongs together. A relation is seen by whoever sees both cases, and by nobody else: it leaves no trace in the
//! version, the history or the lists of either case. Part of the identity (class C).

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::open_detail;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{case_keys, grants, guest_missions, merged, open};
use crate::db::engine::page::found;
use crate::db::schema::case_relations;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::RelationKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, PersonId, RelationId, UserId};
use crate::error::Result;

const IDENTITY: CompartmentSet = CompartmentSet::EMPTY.with(Compartment::Identity);

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = case_relations, treat_none_as_default_value = false)]
pub(in crate::db) struct RelationRow {
    pub(in crate::db) id: RelationId,
    pub(in crate::db) first_case_id: CaseId,
    pub(in crate::db) second_case_id: CaseId,
    pub(in crate::db) organisation_id: OrganisationId,
    pub(in crate::db) created_at: Timestamp,
    pub(in crate::db) created_by: Option<UserId>,
    pub(in crate::db) sealed_details: Vec<u8>,
    pub(in crate::db) updated_at: Timestamp,
    pub(in crate::db) version: i64,
}

/// What is sealed with the identity of the first one, under the version of the relation.
#[derive(Serialize, Deserialize)]
pub(in crate::db) struct RelationDetails {
    /// What the second one is to the first one.
    pub(in crate::db) second_is: RelationKind,
    /// Why the two are apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::db) separation: Option<SeparationDetails>,
}

/// Why two who belong together are apart, as a supervisor recorded it.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::db) struct SeparationDetails {
    pub(in crate::db) reason: String,
    pub(in crate::db) recorded_at: Timestamp,
}

/// The same, as the caller is told.
#[derive(Clone)]
pub struct Separation {
    /// None: closed to a mission that is a guest on one of the two cases. Why a family is parted is seldom about the family alone.
    pub reason: Option<String>,
    pub recorded_at: Timestamp,
}

/// A relation as it is seen from one of its cases.
pub struct Relation {
    pub id: RelationId,
    /// The case of the other person: the one that goes on, if theirs was merged.
    pub relative: CaseRow,
    /// What the other person is to the person of the case.
    pub kind: RelationKind,
    pub separation: Option<Separation>,
    /// The organisation that linked them.
    pub recorded_by: OrganisationId,
    /// The day alone: the hour would tell which links came with the person from an earlier case.
    pub created_at: Timestamp,
    pub version: i64,
}

/// A case at one end of a relation, for a caller who sees who the person is.
struct End {
    /// The case that the relation was recorded on.
    recorded: CaseId,
    /// That case, or the one that goes on for it.
    row: CaseRow,
    /// The keys of the recorded case.
    keys: CompartmentKeys,
}

/// Finds a relation of a case.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: RelationId) -> Result<Relation> {
    found(list(tx, case)?.unwrap_or_default().into_iter().find(|relation| relation.id == id))
}

/// The relations of a case and of those merged into it, oldest first: those of which the caller sees both cases. None: the identity is
/// closed to the caller.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Vec<Relation>>> {
    let keys = open::keys_or_not_found(tx, case)?;
    if keys.get(Compartment::Identity).is_none() {
        return Ok(None);
    }
    tx.audit_disclosure(case, IDENTITY);
    Ok(Some(of_cases(tx, &[case])?.into_iter().map(|(_, relation)| relation).collect()))
}

/// The relations of several cases that the caller sees, each with its case and each person once, by the case that stands for them: oldest
/// first, in a fixed number of statements.
pub(in crate::db) fn of_cases(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<(CaseId, Relation)>> {
    let mut relations = seen_from_any(tx, cases)?;
    let known: Vec<_> = relations.iter().map(|(case, known)| (*case, known.relative.person_id, known.relative.stands_by())).collect();
    relations.retain(|(case, relation)| {
        let (person, own) = (relation.relative.person_id, relation.relative.stands_by());
        known.iter().all(|(of, whose, other)| (*of, *whose) != (*case, person) || *other <= own)
    });
    Ok(relations)
}

/// The same, with every case of each person. What is told of a relative is where their case stands, and the audit trail of its owner, who
/// may not see this one, does not tell that it was asked for.
pub(in crate::db) fn seen_from_any(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<(CaseId, Relation)>> {
    let rows = rows_of(tx, cases)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ends = ends_of(tx, &rows)?;
    let mut relations = Vec::new();
    for row in &rows {
        for case in cases {
            relations.extend(seen_from(tx, *case, row, &ends)?.map(|relation| (*case, relation)));
        }
    }
    let known: Vec<_> = relations.iter().map(|(case, relation)| ((*case, relation.relative.id), relation.kind, relation.id)).collect();
    relations.retain(|(case, relation)| stands(&known, (*case, relation.relative.id)) == Some(relation.id));
    Ok(relations)
}

/// The one relation that stands for a pair of cases, which have several where cases that were linked with the same person were merged: a
/// parent or guardian before anything else, and then the oldest. The others are shown nowhere, and stand again after an undo.
fn stands<P: PartialEq>(oldest_first: &[(P, RelationKind, RelationId)], pair: P) -> Option<RelationId> {
    let mut of_pair = oldest_first.iter().filter(|(known, ..)| *known == pair);
    let oldest = of_pair.clone().next();
    of_pair.find(|(_, kind, _)| kind.ties_a_child()).or(oldest).map(|(.., id)| *id)
}

/// The relations that were recorded on these cases and on those merged into them, oldest first, regardless of the caller.
fn rows_of(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<RelationRow>> {
    let mut here = merged::cases_merged_into(tx, cases)?;
    here.extend(cases);
    let query = case_relations::table
        .filter(case_relations::first_case_id.eq_any(here.clone()).or(case_relations::second_case_id.eq_any(here)))
        .order((case_relations::created_at, case_relations::id))
        .select(case_relations::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The ends of some relations that the caller sees, in a fixed number of statements.
fn ends_of(tx: &mut Tx<'_>, rows: &[RelationRow]) -> Result<Vec<End>> {
    let recorded: BTreeSet<CaseId> = rows.iter().flat_map(|row| [row.first_case_id, row.second_case_id]).collect();
    let recorded = row::rows_unscoped(tx, &recorded.into_iter().collect::<Vec<_>>())?;
    let persons: Vec<PersonId> = recorded.iter().map(|row| row.person_id).collect();
    let goes_on = merged::survivors_of(tx, persons)?;
    let survivors = row::rows_unscoped(tx, &goes_on.iter().map(|(_, survivor)| *survivor).collect::<Vec<_>>())?;
    let shown: Vec<CaseId> = recorded.iter().chain(&survivors).map(|row| row.id).collect();
    let keys = grants::keys_for_each(tx, &shown)?;
    let end = |recorded: CaseRow| {
        let survivor = goes_on.iter().find(|(person, _)| *person == recorded.person_id).map(|(_, survivor)| *survivor);
        let merged_from = survivor.map(|_| recorded.id);
        let shown = survivor.unwrap_or(recorded.id);
        let opened = keys.iter().find(|(case, _)| *case == shown).and_then(|(_, keys)| keys.of(merged_from));
        let keys = opened.filter(|keys| keys.get(Compartment::Identity).is_some())?.clone();
        let row = survivor.map_or(Some(&recorded), |id| survivors.iter().find(|row| row.id == id))?.clone();
        Some(End { recorded: recorded.id, row, keys })
    };
    Ok(recorded.into_iter().filter_map(end).collect())
}

/// A relation as it is seen from a case. None: the caller does not see both ends, or both are one person by now.
fn seen_from(tx: &Tx<'_>, case: CaseId, row: &RelationRow, ends: &[End]) -> Result<Option<Relation>> {
    let end = |recorded: CaseId| ends.iter().find(|end| end.recorded == recorded);
    let (Some(first), Some(second)) = (end(row.first_case_id), end(row.second_case_id)) else { return Ok(None) };
    let is_open = |end: &End| guest_missions::may_see_record(tx, end.row.owner_id, row.organisation_id, None);
    if !is_open(first) || !is_open(second) {
        return Ok(None);
    }
    let Some(RelationDetails { second_is, separation }) = details(row, &first.keys)? else { return Ok(None) };
    let (relative, kind) = match (first.row.id == case, second.row.id == case) {
        (true, false) => (second, second_is),
        (false, true) => (first, second_is.inverse()),
        _ => return Ok(None),
    };
    let relative = relative.row.clone();
    let is_guest = [first, second].iter().any(|end| guest_missions::is_guest(tx, end.row.owner_id));
    let told = |known: SeparationDetails| Separation { reason: Some(known.reason).filter(|_| !is_guest), recorded_at: known.recorded_at };
    let separation = separation.map(told);
    Ok(Some(Relation {
        id: row.id,
        relative,
        kind,
        separation,
        recorded_by: row.organisation_id,
        created_at: row.created_at.beginning_of_day(),
        version: row.version,
    }))
}

fn details(row: &RelationRow, keys: &CompartmentKeys) -> Result<Option<RelationDetails>> {
    open_detail(row.id.0, row.version, Compartment::Identity, keys, &row.sealed_details)
}

/// A relation of a case as it is stored, to be sealed anew.
pub(in crate::db) struct Stored {
    /// The keys of its first end.
    pub(in crate::db) keys: CompartmentKeys,
    /// Whether the case is that end.
    pub(in crate::db) is_first: bool,
    pub(in crate::db) details: RelationDetails,
}

/// Opens a relation of a case to be changed. None: the caller does not see both ends.
pub(in crate::db) fn stored(tx: &mut Tx<'_>, case: CaseId, id: RelationId) -> Result<Option<Stored>> {
    let rows: Vec<RelationRow> = rows_of(tx, &[case])?.into_iter().filter(|row| row.id == id).collect();
    let Some(row) = rows.first() else { return Ok(None) };
    let Some(first) = ends_of(tx, &rows)?.into_iter().find(|end| end.recorded == row.first_case_id) else { return Ok(None) };
    let details = details(row, &first.keys)?;
    Ok(details.map(|details| Stored { keys: first.keys, is_first: first.row.id == case, details }))
}

/// Whether a relation was recorded on these very cases.
pub(in crate::db) fn is_recorded_on_both(tx: &mut Tx<'_>, one: CaseId, other: CaseId) -> Result<bool> {
    let recorded = case_relations::table
        .filter(case_relations::first_case_id.eq(one.min(other)))
        .filter(case_relations::second_case_id.eq(one.max(other)));
    let query = diesel::select(diesel::dsl::exists(recorded));
    Ok(query.get_result(tx.conn)?)
}

/// Every relation that was recorded on a case, regardless of the caller.
pub(in crate::db) fn recorded_on(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<RelationId>> {
    Ok(rows_of(tx, &[case])?.into_iter().map(|row| row.id).collect())
}

/// Every relation between two cases: several where cases that were linked with the same person were merged.
pub(in crate::db) fn between(tx: &mut Tx<'_>, one: CaseId, other: CaseId) -> Result<Vec<RelationId>> {
    let (of_one, of_other) = (recorded_on(tx, one)?, recorded_on(tx, other)?);
    Ok(of_one.into_iter().filter(|id| of_other.contains(id)).collect())
}

/// Two surviving cases whose people belong together, regardless of the caller: to tell an owner who sees both.
pub(in crate::db) struct Link {
    pub(in crate::db) id: RelationId,
    /// The organisation that linked them.
    pub(in crate::db) recorded_by: OrganisationId,
    pub(in crate::db) first: Linked,
    pub(in crate::db) second: Linked,
    /// What the second one is to the first one.
    pub(in crate::db) second_is: RelationKind,
    /// Whether a supervisor recorded why the two are apart.
    pub(in crate::db) is_decided: bool,
}

/// A case at one end of a link.
pub(in crate::db) struct Linked {
    pub(in crate::db) row: CaseRow,
    /// The merged case that the relation was recorded on.
    pub(in crate::db) merged_from: Option<CaseId>,
}

impl Linked {
    /// The case that the relation was recorded on.
    pub(in crate::db) fn recorded_on(&self) -> CaseId {
        self.merged_from.unwrap_or(self.row.id)
    }
}

/// The links of a case with the cases of other people, without a check of grants. For decisions only.
pub(in crate::db) fn links(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    for row in rows_of(tx, &[case])? {
        let recorded_first = row::row_unscoped(tx, row.first_case_id)?;
        let keys = case_keys::of_system(tx, &recorded_first, IDENTITY)?;
        let Some(RelationDetails { second_is, separation }) = details(&row, &keys)? else { continue };
        let (first, second) = (linked(tx, row.first_case_id)?, linked(tx, row.second_case_id)?);
        if first.row.person_id != second.row.person_id {
            let is_decided = separation.is_some();
            links.push(Link { id: row.id, recorded_by: row.organisation_id, first, second, second_is, is_decided });
        }
    }
    let pair = |link: &Link| (link.first.row.id.min(link.second.row.id), link.first.row.id.max(link.second.row.id));
    let known: Vec<_> = links.iter().map(|link| (pair(link), link.second_is, link.id)).collect();
    links.retain(|link| stands(&known, pair(link)) == Some(link.id));
    Ok(links)
}

fn linked(tx: &mut Tx<'_>, recorded: CaseId) -> Result<Linked> {
    let row = row::row_unscoped(tx, recorded)?;
    match merged::survivor_of(tx, row.person_id)? {
        None => Ok(Linked { row, merged_from: None }),
        Some(survivor) => Ok(Linked { row: row::row_unscoped(tx, survivor)?, merged_from: Some(recorded) }),
    }
}

/// Deletes the relations of an erased case.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let of_case = case_relations::first_case_id.eq(case).or(case_relations::second_case_id.eq(case));
    let query = diesel::delete(case_relations::table.filter(of_case));
    query.execute(tx.conn)?;
    Ok(())
}

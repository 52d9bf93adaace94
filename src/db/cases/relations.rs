//! Relations: who belongs together. A relation is seen by whoever sees both cases, and by nobody else: it leaves no trace in the
//! version, the history or the lists of either case. Part of the identity (class C).

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grants, guest_missions, lock, merged, open};
use crate::db::engine::page::found;
use crate::db::schema::case_relations;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::RelationKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, PersonId, RelationId, UserId};
use crate::error::{Error, ErrorCode, Result};

const IDENTITY: CompartmentSet = CompartmentSet::EMPTY.with(Compartment::Identity);

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = case_relations, treat_none_as_default_value = false)]
struct RelationRow {
    id: RelationId,
    first_case_id: CaseId,
    second_case_id: CaseId,
    organisation_id: OrganisationId,
    created_at: Timestamp,
    created_by: Option<UserId>,
    sealed_details: Vec<u8>,
}

/// What is sealed with the identity of the first one.
#[derive(Serialize, Deserialize)]
struct RelationDetails {
    /// What the second one is to the first one.
    second_is: RelationKind,
}

/// A relation as it is seen from one of its cases.
pub struct Relation {
    pub id: RelationId,
    /// The case of the other person: the one that goes on, if theirs was merged.
    pub relative: CaseRow,
    /// What the other person is to the person of the case.
    pub kind: RelationKind,
    pub created_at: Timestamp,
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

/// Links two cases: the person of the other one is this to the person of the case.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, other: CaseId, kind: RelationKind) -> Result<RelationId> {
    keys_to_change(tx, case, other)?;
    lock::lock_all_with_persons(tx, vec![case, other])?;
    // Read again under the lock: a grant may have ended meanwhile.
    let (keys, keys_of_other) = keys_to_change(tx, case, other)?;
    if list(tx, case)?.unwrap_or_default().iter().any(|known| known.relative.id == other) {
        return Err(Error::new(ErrorCode::Conflict).detail("They are linked already: remove that relation first."));
    }
    let id = RelationId::random();
    let is_first = case < other;
    let second_is = if is_first { kind } else { kind.inverse() };
    let keys = if is_first { &keys } else { &keys_of_other };
    let row = RelationRow {
        id,
        first_case_id: case.min(other),
        second_case_id: case.max(other),
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        sealed_details: seal_detail(id.0, 1, Compartment::Identity, keys, &RelationDetails { second_is })?,
    };
    let query = diesel::insert_into(case_relations::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, Some(1));
    tx.audit_subject(other.0);
    Ok(id)
}

/// Removes a relation. Nothing else of either case changes.
pub fn delete(tx: &mut Tx<'_>, case: CaseId, id: RelationId) -> Result<()> {
    let relative = find(tx, case, id)?.relative.id;
    keys_to_change(tx, case, relative)?;
    let query = diesel::delete(case_relations::table.find(id));
    query.execute(tx.conn)?;
    tx.audit_change(id.0, Some(1), None);
    tx.audit_subject(relative.0);
    Ok(())
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

/// The relations of several cases that the caller sees, each with its case, oldest first, in a fixed number of statements.
pub(in crate::db) fn of_cases(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<(CaseId, Relation)>> {
    let mut here = merged::cases_merged_into(tx, cases)?;
    here.extend(cases);
    let query = case_relations::table
        .filter(case_relations::first_case_id.eq_any(here.clone()).or(case_relations::second_case_id.eq_any(here)))
        .order((case_relations::created_at, case_relations::id))
        .select(case_relations::all_columns);
    let rows: Vec<RelationRow> = query.load(tx.conn)?;
    let ends = ends_of(tx, &rows)?;
    let mut relations = Vec::new();
    for row in &rows {
        for case in cases {
            relations.extend(seen_from(tx, *case, row, &ends)?.map(|relation| (*case, relation)));
        }
    }
    for (_, relation) in &relations {
        tx.audit_disclosure(relation.relative.id, IDENTITY);
    }
    Ok(relations)
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
    let details: Option<RelationDetails> = open_detail(row.id.0, 1, Compartment::Identity, &first.keys, &row.sealed_details)?;
    let Some(RelationDetails { second_is }) = details else { return Ok(None) };
    let (relative, kind) = match (first.row.id == case, second.row.id == case) {
        (true, false) => (second, second_is),
        (false, true) => (first, second_is.inverse()),
        _ => return Ok(None),
    };
    Ok(Some(Relation { id: row.id, relative: relative.row.clone(), kind, created_at: row.created_at }))
}

/// The keys of both cases, for whoever may link them: who sees who both people are, and is on neither case a mission that is a guest.
fn keys_to_change(tx: &mut Tx<'_>, case: CaseId, other: CaseId) -> Result<(CompartmentKeys, CompartmentKeys)> {
    let (row, keys) = open::row_visible(tx, case)?;
    row::refuse_if_closed(&row)?;
    let unknown = || Error::field("/case_id", "not_found", "your organisation sees no case with this id");
    let keys_of_other = grants::keys_for(tx, other)?.ok_or_else(unknown)?;
    let other = row::row_unscoped(tx, other)?;
    let is_closed = [&keys, &keys_of_other].iter().any(|keys| keys.get(Compartment::Identity).is_none());
    if is_closed || [&row, &other].iter().any(|row| guest_missions::is_guest(tx, row.owner_id)) {
        let message = "Your organisation must see who both people are, and a mission must own both cases.";
        return Err(Error::new(ErrorCode::PermissionDenied).detail(message));
    }
    if row.person_id == other.person_id {
        return Err(Error::field("/case_id", "same_person", "must be a case of another person"));
    }
    Ok((keys, keys_of_other))
}

/// Deletes the relations of an erased case.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let of_case = case_relations::first_case_id.eq(case).or(case_relations::second_case_id.eq(case));
    let query = diesel::delete(case_relations::table.filter(of_case));
    query.execute(tx.conn)?;
    Ok(())
}

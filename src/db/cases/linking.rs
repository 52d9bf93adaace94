//! Linking: recording who belongs together, changing it, and taking it back.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::relations::{self, Relation, RelationDetails, RelationRow, SeparationDetails, Stored};
use crate::db::casefile::{grants, guest_missions, lock, open, row};
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::process::belonging;
use crate::db::schema::case_relations;
use crate::domain::access::compartments::Compartment;
use crate::domain::codes::RelationKind;
use crate::domain::ids::{CaseId, RelationId};
use crate::domain::repatriation::belonging::ties_a_child;
use crate::error::{Error, ErrorCode, Result};

/// Links two cases: the person of the other one is this to the person of the case.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, other: CaseId, kind: RelationKind) -> Result<RelationId> {
    insert_at(tx, case, other, kind, "/case_id")
}

/// Locks the case of a parent before that of a child is registered, so that all locks are taken in one order.
pub(in crate::db) fn lock_parent(tx: &mut Tx<'_>, parent: CaseId) -> Result<()> {
    let unknown = || Error::field("/child_of", "not_found", "your organisation sees no case with this id");
    grants::keys_for(tx, parent)?.ok_or_else(unknown)?;
    lock::lock_all_with_persons(tx, vec![parent])?;
    row::refuse_if_closed(&row::row_unscoped(tx, parent)?)
}

/// The same, for a field of the request that names the other case.
pub(in crate::db) fn insert_at(tx: &mut Tx<'_>, case: CaseId, other: CaseId, kind: RelationKind, field: &str) -> Result<RelationId> {
    keys_to_change(tx, case, other, field)?;
    lock::lock_all_with_persons(tx, vec![case, other])?;
    // Read again under the lock: a grant may have ended meanwhile.
    let (keys, keys_of_other) = keys_to_change(tx, case, other, field)?;
    let is_seen = relations::list(tx, case)?.unwrap_or_default().iter().any(|known| known.relative.id == other);
    if is_seen || relations::is_recorded_on_both(tx, case, other)? {
        return Err(Error::new(ErrorCode::Conflict).detail("They are linked already: remove that relation first."));
    }
    let id = RelationId::random();
    let is_first = case < other;
    let second_is = if is_first { kind } else { kind.inverse() };
    let keys = if is_first { &keys } else { &keys_of_other };
    let details = RelationDetails { second_is, separation: None };
    let row = RelationRow {
        id,
        first_case_id: case.min(other),
        second_case_id: case.max(other),
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        sealed_details: seal_detail(id.0, 1, Compartment::Identity, keys, &details)?,
        updated_at: tx.now,
        version: 1,
    };
    let query = diesel::insert_into(case_relations::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, Some(1));
    tx.audit_subject(other.0);
    let row = row::row_unscoped(tx, case)?;
    belonging::remind(tx, &row)?;
    Ok(id)
}

/// What can be changed of a relation, as it is seen from one of its cases.
#[derive(Clone, PartialEq, Eq)]
pub struct Changed {
    /// What the other person is to the person of the case.
    pub kind: RelationKind,
    /// Why the two are apart.
    pub separation: Option<String>,
}

/// Changes a relation. That two are apart, and why, is a supervisor's to say, and so is that a child is not tied to somebody any more.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, id: RelationId, expected: &Expected, change: F) -> Result<Relation>
where
    F: FnOnce(&Changed) -> Result<Changed>,
{
    let known = find_to_change(tx, case, id)?;
    let read = expected.check(known.version)?;
    let Stored { keys, is_first, details } = found(relations::stored(tx, case, id)?)?;
    let before = Changed { kind: known.kind, separation: details.separation.as_ref().map(|separation| separation.reason.clone()) };
    let after = change(&before)?;
    if after.separation != before.separation || loosens(tx, case, &known, Some(after.kind))? {
        refuse_unless_supervisor(tx, case, known.relative.id)?;
    }
    let separation = match after.separation {
        reason if reason == before.separation => details.separation,
        reason => reason.map(|reason| SeparationDetails { reason, recorded_at: tx.now }),
    };
    let second_is = if is_first { after.kind } else { after.kind.inverse() };
    let details = RelationDetails { second_is, separation };
    let version = read + 1;
    let unchanged = case_relations::table.find(id).filter(case_relations::version.eq(read));
    let query = diesel::update(unchanged).set((
        case_relations::updated_at.eq(tx.now),
        case_relations::version.eq(version),
        case_relations::sealed_details.eq(seal_detail(id.0, version, Compartment::Identity, &keys, &details)?),
    ));
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(read), Some(version));
    tx.audit_subject(known.relative.id.0);
    let row = row::row_unscoped(tx, case)?;
    belonging::remind(tx, &row)?;
    relations::find(tx, case, id)
}

/// Finds a relation that the caller may change, and locks both cases. Asked again under the locks: a grant may have ended meanwhile, or
/// somebody else have changed it.
fn find_to_change(tx: &mut Tx<'_>, case: CaseId, id: RelationId) -> Result<Relation> {
    let other = refuse_unless_concerned(tx, case, id)?.relative.id;
    keys_to_change(tx, case, other, "/case_id")?;
    lock::lock_all_with_persons(tx, vec![case, other])?;
    keys_to_change(tx, case, other, "/case_id")?;
    refuse_unless_concerned(tx, case, id)
}

/// Whether a change of what two are to one another, or the end of their relation (none), lets a child go without somebody it was tied to,
/// or touches what a supervisor said of the two.
fn loosens(tx: &mut Tx<'_>, case: CaseId, known: &Relation, after: Option<RelationKind>) -> Result<bool> {
    if after == Some(known.kind) {
        return Ok(false);
    }
    let (person, relative) = (row::row_unscoped(tx, case)?.may_be_child(), known.relative.may_be_child());
    let ties = |kind: RelationKind| ties_a_child(person, kind, relative);
    Ok(known.separation.is_some() || (ties(known.kind) && !after.is_some_and(ties)))
}

/// Refuses a partner that a case was shared with: what somebody else recorded of two people is changed by them, by an owner of the two
/// cases and by the coordination desk.
fn refuse_unless_concerned(tx: &mut Tx<'_>, case: CaseId, id: RelationId) -> Result<Relation> {
    let relation = relations::find(tx, case, id)?;
    let own = tx.actor.organisation_id();
    let is_desk = tx.actor.user().is_some_and(|user| user.coordinates.is_some());
    let both = row::rows_unscoped(tx, &[case, relation.relative.id])?;
    if is_desk || own == relation.recorded_by || both.iter().any(|row| row.owner_id == own) {
        return Ok(relation);
    }
    let message = "Only an owner of the two cases, the organisation that linked them and the coordination desk can change this.";
    Err(Error::new(ErrorCode::PermissionDenied).detail(message))
}

fn refuse_unless_supervisor(tx: &mut Tx<'_>, case: CaseId, other: CaseId) -> Result<()> {
    let own = tx.actor.organisation_id();
    let is_supervisor = tx.actor.user().is_some_and(|user| user.role.is_supervisor());
    let is_desk = tx.actor.user().is_some_and(|user| user.coordinates.is_some());
    let owns_one = row::rows_unscoped(tx, &[case, other])?.iter().any(|row| row.owner_id == own);
    if is_supervisor && (is_desk || owns_one) {
        return Ok(());
    }
    let message =
        "Only a supervisor of an owner of the two cases, or of the coordination desk, can say why they are apart, or untie a child.";
    Err(Error::new(ErrorCode::PermissionDenied).detail(message))
}

/// Removes a relation, and with it every other one of the two people that the caller sees: those of earlier cases, and, after a merge, the
/// others that stand for the two. None of them comes back in its place. Nothing else of either case changes.
pub fn delete(tx: &mut Tx<'_>, case: CaseId, id: RelationId) -> Result<()> {
    let known = find_to_change(tx, case, id)?;
    let (relative, version) = (known.relative.clone(), known.version);
    let person = row::row_unscoped(tx, case)?.person_id;
    let cases: Vec<CaseId> = row::of_person(tx, person)?.into_iter().map(|case| case.id).collect();
    let mut of_both = relations::seen_from_any(tx, &cases)?;
    of_both.retain(|(_, other)| other.relative.person_id == relative.person_id);
    for (of, other) in of_both.iter().chain([&(case, known)]) {
        if loosens(tx, *of, other, None)? {
            refuse_unless_supervisor(tx, case, relative.id)?;
        }
    }
    let mut removed = relations::between(tx, case, relative.id)?;
    removed.extend(of_both.iter().map(|(_, other)| other.id));
    for id in removed {
        let query = diesel::delete(case_relations::table.find(id));
        query.execute(tx.conn)?;
        belonging::forget(tx, id)?;
    }
    tx.audit_change(id.0, Some(version), None);
    tx.audit_subject(relative.id.0);
    Ok(())
}

/// The keys of both cases, if the caller opens both identities and is a guest mission on neither.
fn keys_to_change(tx: &mut Tx<'_>, case: CaseId, other: CaseId, field: &str) -> Result<(CompartmentKeys, CompartmentKeys)> {
    let (row, keys) = open::row_visible(tx, case)?;
    row::refuse_if_closed(&row)?;
    let unknown = || Error::field(field, "not_found", "your organisation sees no case with this id");
    let keys_of_other = grants::keys_for(tx, other)?.ok_or_else(unknown)?;
    let other = row::row_unscoped(tx, other)?;
    let is_closed = [&keys, &keys_of_other].iter().any(|keys| keys.get(Compartment::Identity).is_none());
    if is_closed || [&row, &other].iter().any(|row| guest_missions::is_guest(tx, row.owner_id)) {
        let message = "Your organisation must see who both people are, and a mission must own both cases.";
        return Err(Error::new(ErrorCode::PermissionDenied).detail(message));
    }
    if row.person_id == other.person_id {
        return Err(Error::field(field, "same_person", "must be a case of another person"));
    }
    Ok((keys, keys_of_other))
}

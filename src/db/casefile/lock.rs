//! The lock of a case, alone or after that of its person, and its behaviour for merged persons.

pub(in crate::db) use crate::db::casefile::person_lock::{PersonLocked, lock_merged_persons, lock_person, lock_persons};

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::{grants, merged};
use crate::db::schema::{cases, cases as case_rows, merges};
use crate::domain::ids::{CaseId, PersonId, *};
use crate::error::{Error, ErrorCode, Result};

/// Locks the person of a case, and then the case as [`lock`] does. "Not found", and recorded as such, if there is no such case.
pub(in crate::db) fn lock_with_person<'a>(tx: &mut Tx<'a>, case: CaseId) -> Result<PersonLocked<'a>> {
    tx.audit_subject(case.0);
    let query = cases::table.find(case).select(cases::person_id);
    let person: Option<PersonId> = query.get_result(tx.conn).optional()?;
    let locked = lock_person(tx, person.ok_or_else(Error::not_found)?)?;
    lock(tx, case)?;
    Ok(locked)
}

/// Locks the persons whom cases are about, where there are such cases.
pub(in crate::db) fn lock_persons_of(tx: &mut Tx<'_>, ids: Vec<CaseId>) -> Result<()> {
    lock_with_persons_of(tx, Vec::new(), ids)
}

/// Locks these persons, and those whom cases are about.
pub(in crate::db) fn lock_with_persons_of(tx: &mut Tx<'_>, mut people: Vec<PersonId>, ids: Vec<CaseId>) -> Result<()> {
    let query = cases::table.filter(cases::id.eq_any(ids)).select(cases::person_id);
    people.extend(query.load::<PersonId>(tx.conn)?);
    lock_persons(tx, people).map(drop)
}

/// Locks several cases, after the persons whom they are about.
pub(in crate::db) fn lock_all_with_persons(tx: &mut Tx<'_>, mut ids: Vec<CaseId>) -> Result<()> {
    lock_persons_of(tx, ids.clone())?;
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().try_for_each(|id| lock(tx, id))
}

/// Locks the case against other instances until this transaction ends, so that a decision made here still holds then. Refuses the
/// case of a person who was merged into another one. It gives no right to change access: see [`lock_with_person`].
pub(in crate::db) fn lock(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let open = cases::table.find(id).filter(cases::person_id.ne_all(merged::merged_persons()));
    let query = diesel::update(open).set(cases::version.eq(cases::version));
    if query.execute(tx.conn)? == 0 { refuse_if_merged(tx, id) } else { Ok(()) }
}

/// The same lock, but also for the case of a merged person: for the merge, its undo and the erasure.
pub(in crate::db) fn lock_even_merged(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let query = diesel::update(cases::table.find(id)).set(cases::version.eq(cases::version));
    query.execute(tx.conn)?;
    Ok(())
}

/// Refuses a write on the case of a merged person. Tells the owner which case to continue with, and every other organisation "not
/// found".
pub(in crate::db) fn refuse_if_merged(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let query = case_rows::table
        .inner_join(merges::table.on(merges::merged_person_id.eq(case_rows::person_id)))
        .filter(case_rows::id.eq(case))
        .filter(merges::undone_at.is_null())
        .select((case_rows::owner_id, merges::survivor_case_id));
    let merged: Option<(OrganisationId, CaseId)> = query.get_result(tx.conn).optional()?;
    let Some((owner, survivor)) = merged else { return Ok(()) };
    tx.audit_subject(case.0);
    let is_told = owner == tx.actor.organisation_id() && grants::keys_for(tx, survivor)?.is_some();
    if !is_told {
        return Err(Error::not_found());
    }
    Err(Error::new(ErrorCode::CaseMerged).detail(format!("Continue with /v1/cases/{survivor}.")))
}

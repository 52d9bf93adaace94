//! Merges: two persons who turned out to be one. The case of the survivor goes on; the other person keeps everything that is
//! theirs, closed to every write, without a single grant in `case_grants`, and therefore in no list, count, report or search. What
//! they hold stays readable to the organisation that owns it, and comes back as it was when the merge is undone.

mod join;
mod particulars;
mod undo;

pub use join::{Asked, Preview, merge, preview};
pub use particulars::{Beside, Taken};
pub use undo::undo;

use diesel::prelude::*;

use super::cases::{self, CaseRow};
use super::compartments::open_detail;
use super::connection::on_backend;
use super::grants::{self, GrantRow};
use super::page::{Page, PageRequest};
use super::schema::{cases as case_rows, merged_grants, merges};
use super::{Tx, found, sharing};
use crate::crypto::{CompartmentKeys, Purpose};
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::error::{Error, ErrorCode, Result};

/// A merge as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = merges, treat_none_as_default_value = false)]
pub struct MergeRow {
    pub id: MergeId,
    organisation_id: OrganisationId,
    pub pair_id: DuplicatePairId,
    pub survivor_person_id: PersonId,
    pub survivor_case_id: CaseId,
    pub merged_person_id: PersonId,
    pub merged_case_id: CaseId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    pub undone_at: Option<Timestamp>,
    pub undone_by: Option<UserId>,
    sealed_identity: Option<Vec<u8>>,
    sealed_contact: Option<Vec<u8>>,
    sealed_reason: Option<Vec<u8>>,
}

/// A merge, opened.
pub struct Merge {
    /// What is in the clear.
    pub row: MergeRow,
    /// The fields that the survivor took over, as far as the caller's grants on the survivor open them.
    pub taken: Vec<Taken>,
    /// Why it was undone.
    pub reason: Option<String>,
}

/// A page of the merges of the organisation whose survivor it sees, the newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<Merge>> {
    tx.note(tx.actor.organisation_id().0);
    let list = b"merges";
    let (at, before) = page.newest_first(tx, list, MergeId(uuid::Uuid::max()))?;
    let query = merges::table
        .filter(merges::organisation_id.eq(tx.actor.organisation_id()))
        .filter(merges::created_at.le(at))
        .filter(merges::created_at.lt(at).or(merges::id.lt(before)))
        .order((merges::created_at.desc(), merges::id.desc()))
        .limit(page.limit + 1)
        .select(merges::all_columns);
    let rows: Vec<MergeRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let page = page.page(tx, list, rows, |row| (row.created_at.micros(), row.id))?;
    let survivors: Vec<CaseId> = page.items.iter().map(|row| row.survivor_case_id).collect();
    let keys = grants::keys_for_each(tx, &survivors)?;
    let keys_of = |row: &MergeRow| keys.iter().find(|(case, _)| *case == row.survivor_case_id).map(|(_, keys)| keys);
    let mut items = Vec::new();
    for row in page.items {
        if let Some(keys) = keys_of(&row) {
            items.push(opened(tx, row, keys)?);
        }
    }
    Ok(Page { items, next: page.next })
}

/// One merge.
pub fn find(tx: &mut Tx<'_>, id: MergeId) -> Result<Merge> {
    tx.note(id.0);
    let own = merges::table.find(id).filter(merges::organisation_id.eq(tx.actor.organisation_id())).select(merges::all_columns);
    let row: MergeRow = found(on_backend!(tx.conn, |c| own.get_result(c).optional())?)?;
    // Whoever does not see the survivor any more sees no merge.
    let keys = found(grants::keys_for(tx, row.survivor_case_id)?)?;
    opened(tx, row, &keys)
}

/// Opens a merge with the keys to the survivor.
fn opened(tx: &mut Tx<'_>, row: MergeRow, keys: &CompartmentKeys) -> Result<Merge> {
    let mut taken: Vec<Taken> = Vec::new();
    for (compartment, sealed) in [(Compartment::Identity, &row.sealed_identity), (Compartment::Contact, &row.sealed_contact)] {
        if let Some(sealed) = sealed {
            let fields: Option<Vec<Taken>> = open_detail(row.id.0, 1, compartment, keys, sealed)?;
            taken.extend(fields.unwrap_or_default());
        }
    }
    let reason = match &row.sealed_reason {
        Some(sealed) => {
            let plain = tx.keys.open_for_service(Purpose::Matching, &[&place(row.id)], sealed)?;
            Some(String::from_utf8(plain.to_vec()).map_err(|_| Error::internal("a reason is no text"))?)
        }
        None => None,
    };
    tx.disclose(row.survivor_case_id, keys.compartments().intersection(CompartmentSet::WHO));
    Ok(Merge { row, taken, reason })
}

/// Where the reason of an undo belongs.
fn place(id: MergeId) -> Vec<u8> {
    [b"merge/".as_slice(), id.0.as_bytes()].concat()
}

/// The persons who are merged into another one now: nobody to every list, search and clock. For a filter.
#[diesel::dsl::auto_type]
pub(in crate::db) fn merged_persons() -> _ {
    merges::table.filter(merges::undone_at.is_null()).select(merges::merged_person_id)
}

/// Whether the person is merged into another one.
pub(in crate::db) fn is_merged(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    let live = merges::table.filter(merges::undone_at.is_null()).filter(merges::merged_person_id.eq(person));
    let query = diesel::select(diesel::dsl::exists(live));
    Ok(on_backend!(tx.conn, |c| query.get_result(c))?)
}

/// The person, and whoever is taken for the same one now. What one of them refused, all refused.
pub(in crate::db) fn one_with(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<PersonId>> {
    let query = merges::table
        .filter(merges::undone_at.is_null())
        .filter(merges::survivor_person_id.eq(person).or(merges::merged_person_id.eq(person)))
        .order((merges::created_at, merges::id))
        .select((merges::survivor_person_id, merges::merged_person_id));
    let pairs: Vec<(PersonId, PersonId)> = on_backend!(tx.conn, |c| query.load(c))?;
    let others = pairs.into_iter().map(|(survivor, merged)| if survivor == person { merged } else { survivor });
    Ok(std::iter::once(person).chain(others).collect())
}

/// Everybody who is merged into the person.
pub(in crate::db) fn merged_into(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<PersonId>> {
    let query =
        merges::table.filter(merges::undone_at.is_null()).filter(merges::survivor_person_id.eq(person)).select(merges::merged_person_id);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Says no to a write on the case of a merged person: to the owner where to go on, to everybody else that there is no such case.
pub(in crate::db) fn refuse_if_merged(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let query = case_rows::table
        .inner_join(merges::table.on(merges::merged_person_id.eq(case_rows::person_id)))
        .filter(case_rows::id.eq(case))
        .filter(merges::undone_at.is_null())
        .select((case_rows::owner_id, merges::survivor_case_id));
    let merged: Option<(OrganisationId, CaseId)> = on_backend!(tx.conn, |c| query.get_result(c).optional())?;
    let Some((owner, survivor)) = merged else { return Ok(()) };
    tx.touch(case.0);
    let is_told = owner == tx.actor.organisation_id() && grants::keys_for(tx, survivor)?.is_some();
    if !is_told {
        return Err(Error::not_found());
    }
    Err(Error::new(ErrorCode::CaseMerged).detail(format!("Continue with /v1/cases/{survivor}.")))
}

/// The keys with which the owner reads the case of a merged person. Nobody else reads it, nobody lists it, nobody writes it.
pub(in crate::db) fn keys_of_merged(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<CompartmentKeys>> {
    let own = tx.actor.organisation_id();
    let query = merged_grants::table
        .inner_join(case_rows::table)
        .filter(merged_grants::case_id.eq(case))
        .filter(merged_grants::organisation_id.eq(own))
        .filter(case_rows::owner_id.eq(own))
        .select((merged_grants::all_columns, case_rows::person_id));
    let rows: Vec<(GrantRow, PersonId)> = on_backend!(tx.conn, |c| query.load(c))?;
    // What was refused to the owner since, it does not read here either.
    let Some((_, person)) = rows.first() else { return Ok(None) };
    if sharing::is_denied(tx, *person, own)? {
        return Ok(None);
    }
    let grants: Vec<GrantRow> = rows.into_iter().map(|(grant, _)| grant).filter(|grant| !grant.is_emergency()).collect();
    Ok(grants::joined(tx, &grants)?.pop().map(|(_, keys)| keys))
}

/// Forgets that the person was ever merged with anybody: they are erased.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let of_person = merges::table.filter(merges::survivor_person_id.eq(person).or(merges::merged_person_id.eq(person)));
    let query = diesel::delete(of_person);
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Locks cases that may be those of a merged person, always in the same order.
fn lock_all(tx: &mut Tx<'_>, rows: &[CaseRow]) -> Result<()> {
    let mut ids: Vec<CaseId> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids.into_iter().try_for_each(|id| cases::lock_even_merged(tx, id))
}

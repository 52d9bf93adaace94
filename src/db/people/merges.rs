//! Merges of two persons who turned out to be one. The survivor's case continues, with everything that was recorded about both. The
//! other case cannot be written, and no grant in `case_grants` leads to it; therefore it is in no list, count, report or search. Its
//! owner still reads its history and its log at its own address, and the undo of the merge restores it.

mod joined;
pub mod merge;
mod plain;
mod side_by_side;
mod suspended_grants;
mod taking_over;
pub mod undo;

pub use merge::{Asked, Preview, merge, preview};
pub use side_by_side::{ChosenField, FieldPair};
pub use undo::undo;

use diesel::prelude::*;

use crate::crypto::{CompartmentKeys, Purpose};
use crate::db::Tx;
use crate::db::casefile::compartments::open_detail;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grants, merged};
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::merges;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::error::{Error, Result};

/// A merge as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = merges, treat_none_as_default_value = false)]
pub struct MergeRow {
    pub id: MergeId,
    /// Who made it. It is read and undone by whoever owns the case that goes on.
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
    sealed_plain: Option<Vec<u8>>,
    sealed_location: Option<Vec<u8>>,
    sealed_health: Option<Vec<u8>>,
    sealed_narrative: Option<Vec<u8>>,
    sealed_protection: Option<Vec<u8>>,
}

/// A merge, opened.
pub struct Merge {
    pub row: MergeRow,
    /// The fields that the survivor took over, where the caller's grants on the survivor open them.
    pub taken: Vec<ChosenField>,
    /// The reason of the undo.
    pub reason: Option<String>,
}

/// A page of the merges into cases that the organisation owns and sees, the newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<Merge>> {
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let list = b"merges";
    let (at, before) = page.newest_first(tx, list, MergeId(uuid::Uuid::max()))?;
    let query = merges::table
        .filter(merged::is_of_owner(tx.actor.organisation_id()))
        .filter(merges::created_at.le(at))
        .filter(merges::created_at.lt(at).or(merges::id.lt(before)))
        .order((merges::created_at.desc(), merges::id.desc()))
        .limit(page.limit + 1)
        .select(merges::all_columns);
    let rows: Vec<MergeRow> = query.load(tx.conn)?;
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

/// Finds a merge.
pub fn find(tx: &mut Tx<'_>, id: MergeId) -> Result<Merge> {
    tx.audit_unchanged(id.0);
    let own = merges::table.find(id).filter(merged::is_of_owner(tx.actor.organisation_id())).select(merges::all_columns);
    let row: MergeRow = found(own.get_result(tx.conn).optional()?)?;
    // Without a grant on the survivor, the merge does not exist for the caller.
    let keys = found(grants::keys_for(tx, row.survivor_case_id)?)?;
    opened(tx, row, &keys)
}

/// Opens a merge with the keys to the survivor.
fn opened(tx: &mut Tx<'_>, row: MergeRow, keys: &CompartmentKeys) -> Result<Merge> {
    let mut taken: Vec<ChosenField> = Vec::new();
    for (compartment, sealed) in [(Compartment::Identity, &row.sealed_identity), (Compartment::Contact, &row.sealed_contact)] {
        if let Some(sealed) = sealed {
            let fields: Option<Vec<ChosenField>> = open_detail(row.id.0, 1, compartment, keys, sealed)?;
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
    tx.audit_disclosure(row.survivor_case_id, keys.compartments().intersection(CompartmentSet::WHO));
    Ok(Merge { row, taken, reason })
}

/// The place to which the reason of an undo is bound.
fn place(id: MergeId) -> Vec<u8> {
    [b"merge/".as_slice(), id.0.as_bytes()].concat()
}

/// Deletes the merges of an erased person.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let of_person = merges::table.filter(merges::survivor_person_id.eq(person).or(merges::merged_person_id.eq(person)));
    let query = diesel::delete(of_person);
    query.execute(tx.conn)?;
    Ok(())
}

/// The locks of the two persons of a merge.
struct BothLocked<'a> {
    survivor: PersonLocked<'a>,
    merged: PersonLocked<'a>,
}

/// Locks both persons in the order of their ids, and then their cases, also those of a merged person.
fn lock_both<'a>(tx: &mut Tx<'a>, survivor: PersonId, merged: PersonId) -> Result<BothLocked<'a>> {
    let (mut of_survivor, mut of_merged) = (None, None);
    for locked in lock::lock_persons(tx, vec![survivor, merged])? {
        let place = if locked.person() == survivor { &mut of_survivor } else { &mut of_merged };
        *place = Some(locked);
    }
    let lost = || Error::internal("a person was not locked");
    let mut rows = row::of_person(tx, survivor)?;
    rows.extend(row::of_person(tx, merged)?);
    lock_cases(tx, &rows)?;
    Ok(BothLocked { survivor: of_survivor.ok_or_else(lost)?, merged: of_merged.ok_or_else(lost)? })
}

/// Locks cases, also those of a merged person, always in the same order.
fn lock_cases(tx: &mut Tx<'_>, rows: &[CaseRow]) -> Result<()> {
    let mut ids: Vec<CaseId> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids.into_iter().try_for_each(|id| lock::lock_even_merged(tx, id))
}

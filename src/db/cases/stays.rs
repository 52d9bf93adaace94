//! Stays: the compounds a person was held in, one after another. Part of the narrative (class D).

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::{earlier_words, open, row};
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::schema::{compounds, stays};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{ExitMode, StayEntry};
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{CaseId, CompoundId, StayId, UserId};
use crate::error::{Error, ErrorCode, Result};

const NARRATIVE: CompartmentSet = CompartmentSet::EMPTY.with(Compartment::Narrative);

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = stays, treat_none_as_null = true, treat_none_as_default_value = false)]
struct StayRow {
    id: StayId,
    case_id: CaseId,
    compound_id: Option<CompoundId>,
    created_at: Timestamp,
    created_by: Option<UserId>,
    updated_at: Timestamp,
    version: i64,
    sealed_details: Vec<u8>,
    merged_from: Option<CaseId>,
}

/// The details of a stay, sealed with the narrative.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct StayDetails {
    pub entered_on: Option<PartialDate>,
    pub entry: StayEntry,
    pub left_on: Option<PartialDate>,
    #[serde(default, deserialize_with = "earlier_words::exit_mode")]
    pub exit_mode: Option<ExitMode>,
    pub notes: Option<String>,
}

/// A stay, opened.
#[derive(Clone)]
pub struct Stay {
    pub id: StayId,
    pub case_id: CaseId,
    pub compound_id: Option<CompoundId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub details: StayDetails,
}

/// Adds a stay.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, compound_id: Option<CompoundId>, details: &StayDetails) -> Result<Stay> {
    let keys = keys_to_change(tx, case)?;
    check_compound(tx, compound_id)?;
    let id = StayId::random();
    let row = StayRow {
        id,
        case_id: case,
        compound_id,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        sealed_details: seal_detail(id.0, 1, Compartment::Narrative, &keys, details)?,
        merged_from: None,
    };
    let query = diesel::insert_into(stays::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(case.0, None, Some(1));
    tx.audit_subject(id.0);
    found(open(&row, &keys)?)
}

/// Changes a stay.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, id: StayId, expected: &Expected, change: F) -> Result<Stay>
where
    F: FnOnce(&mut Stay) -> Result<()>,
{
    let keys = keys_to_change(tx, case)?;
    let row = find_row(tx, case, id)?;
    let read = expected.check(row.version)?;
    let mut stay = found(open(&row, &keys)?)?;
    let under = found(keys.of(row.merged_from))?;
    change(&mut stay)?;
    check_compound(tx, stay.compound_id)?;
    let version = read + 1;
    let changed = StayRow {
        compound_id: stay.compound_id,
        updated_at: tx.now,
        version,
        sealed_details: seal_detail(id.0, version, Compartment::Narrative, under, &stay.details)?,
        ..row
    };
    let unchanged = stays::table.find(id).filter(stays::version.eq(read)).filter(stays::case_id.eq(case));
    let query = diesel::update(unchanged).set(&changed);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(case.0, Some(read), Some(version));
    tx.audit_subject(id.0);
    found(open(&changed, &keys)?)
}

/// Deletes a stay that was recorded in error.
pub fn delete(tx: &mut Tx<'_>, case: CaseId, id: StayId, expected: &Expected) -> Result<()> {
    let keys = keys_to_change(tx, case)?;
    let row = find_row(tx, case, id)?;
    found(keys.of(row.merged_from))?;
    let read = expected.check(row.version)?;
    let query = diesel::delete(stays::table.find(id));
    query.execute(tx.conn)?;
    tx.audit_change(case.0, Some(read), None);
    tx.audit_subject(id.0);
    Ok(())
}

/// Finds a stay.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: StayId) -> Result<Stay> {
    found(list(tx, case)?.unwrap_or_default().into_iter().find(|stay| stay.id == id))
}

/// The stays of a case, in the order they were recorded; none where the narrative is closed to the caller.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Vec<Stay>>> {
    let keys = open::keys_or_not_found(tx, case)?;
    if keys.get(Compartment::Narrative).is_none() {
        return Ok(None);
    }
    let query = stays::table.filter(stays::case_id.eq(case)).order((stays::created_at, stays::id)).select(stays::all_columns);
    let rows: Vec<StayRow> = query.load(tx.conn)?;
    tx.audit_disclosure(case, NARRATIVE);
    let opened = rows.iter().map(|row| open(row, &keys)).collect::<Result<Vec<_>>>()?;
    Ok(Some(opened.into_iter().flatten().collect()))
}

/// The keys for a change of stays. Without the narrative, the caller could not read the stay that it records, and is refused.
fn keys_to_change(tx: &mut Tx<'_>, case: CaseId) -> Result<CompartmentKeys> {
    let (row, keys) = open::row_to_change(tx, case)?;
    row::refuse_if_closed(&row)?;
    if keys.get(Compartment::Narrative).is_none() {
        return Err(
            Error::new(ErrorCode::PermissionDenied).detail("Your organisation's grant on this case does not include the narrative.")
        );
    }
    tx.audit_disclosure(case, NARRATIVE);
    Ok(keys)
}

fn find_row(tx: &mut Tx<'_>, case: CaseId, id: StayId) -> Result<StayRow> {
    let query = stays::table.find(id).filter(stays::case_id.eq(case)).select(stays::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

fn check_compound(tx: &mut Tx<'_>, compound: Option<CompoundId>) -> Result<()> {
    let Some(compound) = compound else { return Ok(()) };
    let query = compounds::table.find(compound).select(compounds::id);
    let known: Option<CompoundId> = query.get_result(tx.conn).optional()?;
    known.map(|_| ()).ok_or_else(|| Error::field("/compound_id", "not_found", "no compound with this id"))
}

/// Opens a stay; none where the keys do not open it, because it was recorded on a merged case that the caller did not see.
fn open(row: &StayRow, keys: &CompartmentKeys) -> Result<Option<Stay>> {
    let Some(keys) = keys.of(row.merged_from) else { return Ok(None) };
    let details: Option<StayDetails> = open_detail(row.id.0, row.version, Compartment::Narrative, keys, &row.sealed_details)?;
    Ok(details.map(|details| Stay {
        id: row.id,
        case_id: row.case_id,
        compound_id: row.compound_id,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        details,
    }))
}

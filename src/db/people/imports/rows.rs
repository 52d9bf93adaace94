//! The rows of a list: what became of each, and what somebody decided. The notes of a row are sealed with its running number, which is the
//! only thing of the list that stands among them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::cases::register;
use crate::db::engine::page::{Page, PageRequest};
use crate::db::schema::import_rows;
use crate::domain::ids::{CaseId, ImportId, ImportRowId};
use crate::domain::imports::repeated::Alike;
use crate::domain::imports::report::Note;
use crate::domain::imports::state::{KeptBecause, RowDecision, RowState};
use crate::error::{Error, Result};

/// Rows of a list that goes that are deleted together: nobody waits long behind it.
const FORGOTTEN_AT_ONCE: i64 = 2000;
/// Rows of a report that are opened together.
const REPORTED_AT_ONCE: i64 = 200;

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = import_rows, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct RowRecord {
    pub id: ImportRowId,
    pub import_id: ImportId,
    /// Its number in the file, from 1.
    pub number: i32,
    pub state: RowState,
    pub decision: Option<RowDecision>,
    /// Of the list when the row was last written: never one that an earlier validation had.
    pub version: i64,
    /// The case of the person, or the one on which the person seems to be.
    pub case_id: Option<CaseId>,
    /// Whether this row made the case.
    pub is_made: bool,
    pub kept_because: Option<KeptBecause>,
    sealed_details: Vec<u8>,
}

/// What is told of a row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Details {
    /// The running number of the row in the list.
    pub key: Option<String>,
    pub notes: Vec<Note>,
    /// In what the person is alike with somebody who is known.
    pub alike: Option<Alike>,
    /// The earlier row that is about the same person.
    pub like_row: Option<u32>,
    /// The cases of which somebody decided that they are of other people.
    #[serde(default)]
    pub not_cases: Vec<CaseId>,
}

/// A row with what is told of it.
#[derive(Clone)]
pub struct ImportRow {
    pub record: RowRecord,
    pub details: Details,
}

/// How many rows became what.
#[derive(Clone, Debug, Default)]
pub struct RowCounts {
    pub by_state: HashMap<RowState, i64>,
    /// Rows that wait for a decision.
    pub undecided: i64,
    /// Rows that were decided about and not committed.
    pub decided: i64,
}

impl RowCounts {
    /// Rows in a state.
    pub fn of(&self, state: RowState) -> i64 {
        self.by_state.get(&state).copied().unwrap_or_default()
    }
}

/// How many rows of each list became what.
pub(in crate::db) fn counts(tx: &mut Tx<'_>, ids: &[ImportId]) -> Result<HashMap<ImportId, RowCounts>> {
    let query = import_rows::table
        .filter(import_rows::import_id.eq_any(ids))
        .group_by((import_rows::import_id, import_rows::state, import_rows::decision))
        .select((import_rows::import_id, import_rows::state, import_rows::decision, diesel::dsl::count_star()));
    let counted: Vec<(ImportId, RowState, Option<RowDecision>, i64)> = query.load(tx.conn)?;
    let mut counts: HashMap<ImportId, RowCounts> = HashMap::new();
    for (id, state, decision, rows) in counted {
        let of_list = counts.entry(id).or_default();
        *of_list.by_state.entry(state).or_default() += rows;
        let is_waiting = RowState::UNDECIDED.contains(&state);
        of_list.undecided += if is_waiting && decision.is_none() { rows } else { 0 };
        of_list.decided += if (is_waiting || state == RowState::Ready) && decision.is_some() { rows } else { 0 };
    }
    Ok(counts)
}

/// A page of the rows of a list, in their order; of one state, if one is named. Leaves an entry: a row says of whom a case is.
pub fn list(tx: &mut Tx<'_>, import: ImportId, state: Option<RowState>, page: &PageRequest) -> Result<Page<ImportRow>> {
    tx.audit_unchanged(import.0);
    let name = format!("import rows {import} {}", state.map_or("", RowState::as_str));
    let after: Option<i32> = page.position(tx, name.as_bytes())?;
    let mut query = import_rows::table
        .filter(import_rows::import_id.eq(import))
        .filter(import_rows::number.gt(after.unwrap_or_default()))
        .order(import_rows::number)
        .limit(page.limit + 1)
        .select(import_rows::all_columns)
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(import_rows::state.eq(state));
    }
    let records: Vec<RowRecord> = query.load(tx.conn)?;
    let page = page.page(tx, name.as_bytes(), records, |record| record.number)?;
    let items = page.items.into_iter().map(|record| opened(tx, record)).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// The next rows of a list behind a position, in their order, for its report.
pub fn behind(tx: &mut Tx<'_>, import: ImportId, position: i32) -> Result<Vec<ImportRow>> {
    tx.audit_unchanged(import.0);
    let of_list = import_rows::table.filter(import_rows::import_id.eq(import)).filter(import_rows::number.gt(position));
    let query = of_list.order(import_rows::number).limit(REPORTED_AT_ONCE).select(import_rows::all_columns);
    let records: Vec<RowRecord> = query.load(tx.conn)?;
    records.into_iter().map(|record| opened(tx, record)).collect()
}

/// The codes of the cases of rows, of those that the caller sees now.
pub fn codes(tx: &mut Tx<'_>, rows: &[ImportRow]) -> Result<HashMap<CaseId, String>> {
    let ids: BTreeSet<CaseId> = rows.iter().filter_map(|row| row.record.case_id).collect();
    let ids: Vec<CaseId> = ids.into_iter().collect();
    register::codes(tx, &ids)
}

/// The rows with these numbers.
pub fn of_numbers(tx: &mut Tx<'_>, import: ImportId, numbers: &[i32]) -> Result<Vec<ImportRow>> {
    let some = import_rows::table.filter(import_rows::import_id.eq(import)).filter(import_rows::number.eq_any(numbers));
    let query = some.order(import_rows::number).select(import_rows::all_columns);
    let records: Vec<RowRecord> = query.load(tx.conn)?;
    records.into_iter().map(|record| opened(tx, record)).collect()
}

pub(in crate::db) fn opened(tx: &Tx<'_>, record: RowRecord) -> Result<ImportRow> {
    let place = [b"row".as_slice(), record.import_id.0.as_bytes(), record.id.0.as_bytes()];
    let plain = tx.keys.open_for_service(Purpose::Import, &place, &record.sealed_details)?;
    let details = serde_json::from_slice(&plain).map_err(|_| Error::internal("a row is described in an unknown shape"))?;
    Ok(ImportRow { record, details })
}

fn seal(tx: &Tx<'_>, import: ImportId, id: ImportRowId, details: &Details) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(details).map_err(|_| Error::internal("a row cannot be described"))?;
    tx.keys.seal_for_service(Purpose::Import, &[b"row", import.0.as_bytes(), id.0.as_bytes()], &plain)
}

/// A row that was checked.
#[derive(Clone)]
pub struct CheckedRow {
    pub number: i32,
    pub state: RowState,
    pub case_id: Option<CaseId>,
    pub details: Details,
}

/// Stores a group of rows of a list that was checked in this version.
pub fn insert(tx: &mut Tx<'_>, import: ImportId, version: i64, checked: &[CheckedRow]) -> Result<()> {
    let mut records = Vec::with_capacity(checked.len());
    for row in checked {
        let id = ImportRowId::random();
        records.push(RowRecord {
            id,
            import_id: import,
            number: row.number,
            state: row.state,
            decision: None,
            version,
            case_id: row.case_id,
            is_made: false,
            kept_because: None,
            sealed_details: seal(tx, import, id, &row.details)?,
        });
    }
    let query = diesel::insert_into(import_rows::table).values(&records);
    query.execute(tx.conn)?;
    Ok(())
}

/// Saves what became of a row.
pub fn save(tx: &mut Tx<'_>, row: &ImportRow) -> Result<()> {
    let sealed_details = seal(tx, row.record.import_id, row.record.id, &row.details)?;
    let saved = RowRecord { sealed_details, ..row.record.clone() };
    let query = diesel::update(import_rows::table.find(saved.id)).set(&saved);
    query.execute(tx.conn)?;
    Ok(())
}

/// Drops some of the rows of a list that goes. True: there may be more.
pub(in crate::db) fn forget_some(tx: &mut Tx<'_>, import: ImportId) -> Result<bool> {
    let some = import_rows::table.filter(import_rows::import_id.eq(import)).limit(FORGOTTEN_AT_ONCE);
    let query = some.select(import_rows::id);
    let ids: Vec<ImportRowId> = query.load(tx.conn)?;
    let query = diesel::delete(import_rows::table.filter(import_rows::id.eq_any(&ids)));
    query.execute(tx.conn)?;
    Ok(!ids.is_empty())
}

/// Drops the rows of a list: it is checked anew, or it goes.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, import: ImportId) -> Result<()> {
    let query = diesel::delete(import_rows::table.filter(import_rows::import_id.eq(import)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Takes a case that is erased out of the rows that name it. One that waits for a decision about it is left out: the erased person does not come
/// back by the list of a colleague.
pub(in crate::db) fn forget_case(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let named = import_rows::table.filter(import_rows::case_id.eq(case));
    let query = diesel::update(named.filter(import_rows::state.eq_any(RowState::WAITING))).set(import_rows::state.eq(RowState::Skipped));
    query.execute(tx.conn)?;
    let query = diesel::update(named).set(import_rows::case_id.eq(None::<CaseId>));
    query.execute(tx.conn)?;
    Ok(())
}

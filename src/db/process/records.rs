//! The records of a case as stored: read, opened and written, without rules.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_plain, seal_detail};
use crate::db::casefile::guest_missions::{self, Reader};
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{history, open, person_keys};
use crate::db::engine::connection::ExecuteLater;
use crate::db::engine::page::found;
use crate::db::process::{batch_members, earlier_contents};
use crate::db::schema::case_records;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::history::FieldOf;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MissionId, OrganisationId, RecordId, UserId};
use crate::domain::repatriation::records::record::{CaseRecord, Entry, RecordKind};
use crate::domain::repatriation::records::{Movement, TravelDocument};
use crate::error::{Error, Result};

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = case_records, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(in crate::db) struct RecordRow {
    pub(in crate::db) id: RecordId,
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) kind: RecordKind,
    organisation_id: OrganisationId,
    created_at: Timestamp,
    created_by: Option<UserId>,
    updated_at: Timestamp,
    version: i64,
    pub(in crate::db) lapses_on: Option<NaiveDate>,
    compartment: Compartment,
    sealed_content: Vec<u8>,
    /// The case on which it was recorded, if that one was merged into this.
    pub(in crate::db) merged_from: Option<CaseId>,
    /// The earlier host country that it is about.
    pub(in crate::db) host_episode_id: Option<RecordId>,
}

/// A record, opened.
#[derive(Clone)]
pub struct Recorded<T> {
    pub id: RecordId,
    pub case_id: CaseId,
    /// The organisation that recorded it; none if the caller must not know of it.
    pub recorded_by: Option<OrganisationId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    /// The case on which it was recorded, if that one was merged into this.
    pub merged_from: Option<CaseId>,
    /// The earlier host country that it is about: it counts there, and no more here.
    pub host_episode_id: Option<RecordId>,
    pub content: T,
}

/// The records of one kind on a case as the caller reads them, oldest first; none where their compartment is closed to the caller.
pub fn list<R: CaseRecord>(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Vec<Recorded<R>>>> {
    let Some(Visible { owner, held, records }) = visible(tx, case)? else { return Ok(None) };
    records.into_iter().map(|record| as_read(tx, owner, held, record)).collect::<Result<_>>().map(Some)
}

/// The records of one kind on a case that the caller may see, whole: they are not shown before [`as_read`].
struct Visible<R> {
    owner: OrganisationId,
    /// The compartments that the caller opens.
    held: CompartmentSet,
    records: Vec<Recorded<R>>,
}

fn visible<R: CaseRecord>(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Visible<R>>> {
    let (row, mut keys) = open::row_visible(tx, case)?;
    let held = keys.compartments();
    let is_guest = guest_missions::is_guest(tx, row.owner_id);
    let told_with = if is_guest { R::KIND.compartment_for_guest_missions() } else { R::KIND.compartment() };
    if keys.get(told_with).is_none() {
        return Ok(None);
    }
    if keys.get(R::KIND.compartment()).is_none() {
        // The listed fields of a kind whose compartment itself is closed to a guest.
        let own = CompartmentSet::EMPTY.with(R::KIND.compartment());
        keys = person_keys::system_key(tx, row.person_id)?.compartment_keys(row.person_id, case, own)?;
    }
    tx.audit_disclosure(case, CompartmentSet::EMPTY.with(told_with));
    let query = case_records::table
        .filter(case_records::case_id.eq(case))
        .filter(case_records::kind.eq(R::KIND))
        .order((case_records::created_at, case_records::id))
        .select(case_records::all_columns);
    let rows: Vec<RecordRow> = query.load(tx.conn)?;
    let opened = rows.iter().map(|stored| open_visible(tx, row.owner_id, stored, &keys)).collect::<Result<Vec<_>>>()?;
    Ok(Some(Visible { owner: row.owner_id, held, records: opened.into_iter().flatten().collect() }))
}

/// A record as the caller reads it, who opens these compartments: for a guest mission the listed fields of what others recorded, and for
/// everybody no id of another organisation's batch.
pub(in crate::db) fn as_read<R: CaseRecord>(
    tx: &mut Tx<'_>,
    owner: OrganisationId,
    held: CompartmentSet,
    record: Recorded<R>,
) -> Result<Recorded<R>> {
    let record = without_closed_fields(tx, owner, held, record)?;
    let is_foreign = match record.content.movement_batch() {
        Some(batch) => batch_members::is_of_another_organisation(tx, batch)?,
        None => false,
    };
    Ok(if is_foreign { Recorded { content: record.content.without_batch(), ..record } } else { record })
}

fn without_closed_fields<R: CaseRecord>(
    tx: &Tx<'_>,
    owner: OrganisationId,
    held: CompartmentSet,
    record: Recorded<R>,
) -> Result<Recorded<R>> {
    let is_reduced = guest_missions::is_guest(tx, owner) && !is_own(tx, record.recorded_by, record.content.mission());
    if !is_reduced && !closes_fields(R::KIND, held) {
        return Ok(record);
    }
    let mut stored = serde_json::to_value(&record.content).map_err(Error::internal)?;
    if let Some(fields) = stored.as_object_mut() {
        keep_open_fields(R::KIND, held, is_reduced, fields);
    }
    // A field that the record cannot be without is always listed.
    let content = serde_json::from_value(stored).map_err(Error::internal)?;
    Ok(Recorded { content, ..record })
}

/// Whether a kind has fields that are closed to whoever opens only these compartments.
fn closes_fields(kind: RecordKind, held: CompartmentSet) -> bool {
    !held.contains(Compartment::Protection) && !kind.protected_fields().is_empty()
}

fn keep_open_fields(kind: RecordKind, held: CompartmentSet, is_reduced: bool, fields: &mut Map<String, Value>) {
    if is_reduced {
        fields.retain(|field, _| kind.open_to_guest_missions().contains(&field.as_str()));
    }
    if closes_fields(kind, held) {
        fields.retain(|field, _| !kind.protected_fields().contains(&field.as_str()));
    }
}

/// Whether a record is the caller's: recorded by its organisation, or addressed to its mission.
fn is_own(tx: &Tx<'_>, recorded_by: Option<OrganisationId>, mission: Option<MissionId>) -> bool {
    let own = tx.actor.organisation_id();
    recorded_by == Some(own) || mission == Some(own.into())
}

/// The records of one kind on several cases, oldest first, in one statement: each case with its owner and the caller's keys.
pub(in crate::db) fn of_cases<R: CaseRecord>(
    tx: &mut Tx<'_>,
    cases: &[(CaseId, OrganisationId, &CompartmentKeys)],
) -> Result<Vec<Recorded<R>>> {
    let ids: Vec<CaseId> = cases.iter().map(|(id, ..)| *id).collect();
    let query = case_records::table
        .filter(case_records::case_id.eq_any(ids))
        .filter(case_records::kind.eq(R::KIND))
        .order((case_records::created_at, case_records::id))
        .select(case_records::all_columns);
    let rows: Vec<RecordRow> = query.load(tx.conn)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some((case, owner, keys)) = cases.iter().find(|(case, ..)| *case == row.case_id) else { continue };
        let Some(record) = open_visible::<R>(tx, *owner, row, keys)? else { continue };
        let record = without_closed_fields(tx, *owner, keys.compartments(), record)?;
        tx.audit_disclosure(*case, CompartmentSet::EMPTY.with(R::KIND.compartment()));
        found.push(record);
    }
    Ok(found)
}

/// Finds a record of a case.
pub fn find<R: CaseRecord>(tx: &mut Tx<'_>, case: CaseId, id: RecordId) -> Result<Recorded<R>> {
    found(list(tx, case)?.unwrap_or_default().into_iter().find(|record| record.id == id))
}

/// Finds a record of a case whole, to be changed.
pub(in crate::db) fn find_to_change<R: CaseRecord>(tx: &mut Tx<'_>, case: CaseId, id: RecordId) -> Result<Recorded<R>> {
    let all = visible(tx, case)?.map(|seen| seen.records).unwrap_or_default();
    found(all.into_iter().find(|record| record.id == id))
}

/// Stores a record of a new case, without further consequences.
pub(in crate::db) fn store_first<R: CaseRecord>(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, content: &R) -> Result<()> {
    let row = new_row(tx, case.id, keys, content)?;
    let query = diesel::insert_into(case_records::table).values(&row);
    query.execute_later(tx.conn)?;
    Ok(())
}

/// The version of a new record. What there is one of for a case is addressed without an id: a version of the one that was set aside for an
/// earlier host country must not be taken for one of this.
fn first_version(tx: &mut Tx<'_>, case: CaseId, kind: RecordKind) -> Result<i64> {
    if kind != RecordKind::ImmigrationClearance {
        return Ok(1);
    }
    let query = case_records::table
        .filter(case_records::case_id.eq(case))
        .filter(case_records::kind.eq(kind))
        .select(diesel::dsl::max(case_records::version));
    let newest: Option<i64> = query.get_result(tx.conn)?;
    Ok(newest.unwrap_or_default() + 1)
}

pub(in crate::db) fn new_row<R: CaseRecord>(tx: &mut Tx<'_>, case_id: CaseId, keys: &CompartmentKeys, content: &R) -> Result<RecordRow> {
    let (id, version) = (RecordId::random(), first_version(tx, case_id, R::KIND)?);
    Ok(RecordRow {
        id,
        case_id,
        kind: R::KIND,
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version,
        lapses_on: content.holds_until(),
        compartment: R::KIND.compartment(),
        sealed_content: seal_detail(id.0, version, R::KIND.compartment(), keys, content)?,
        merged_from: None,
        host_episode_id: None,
    })
}

pub(in crate::db) fn differences<R: CaseRecord>(before: Option<&R>, record: &Recorded<R>) -> Result<Vec<history::FieldChange>> {
    let fields = |content: Option<&R>| match content.map(serde_json::to_value).transpose() {
        Ok(Some(Value::Object(fields))) => Ok(fields),
        Ok(None) => Ok(Map::new()),
        _ => Err(Error::internal("a record is not an object")),
    };
    Ok(history::differences(&FieldOf::Record(R::KIND, record.id).prefix(), &fields(before)?, &fields(Some(&record.content))?))
}

/// All records on a case that the caller may see, in their stored form, oldest first.
pub(in crate::db) fn all_shown(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Vec<(RecordKind, Recorded<Value>)>> {
    let rows = rows_of_case(tx, case.id)?;
    tx.audit_disclosure(case.id, keys.compartments());
    let shown = rows.iter().map(|row| Ok(shown(tx, case, row, keys)?.map(|record| (row.kind, record))));
    Ok(shown.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn shown(tx: &Tx<'_>, case: &CaseRow, row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<Recorded<Value>>> {
    let document = travel_document(row, keys)?;
    let mission_of_document = document.as_ref().and_then(CaseRecord::mission);
    // A record keeps the compartment it was sealed with, but is shown to whoever opens the one of its kind.
    let is_open = keys.get(row.kind.compartment()).is_some();
    let content: Option<Value> = open_content(row, keys)?.filter(|_| is_open);
    let content = content.filter(|_| may_see(tx, case.owner_id, row, document.as_ref()));
    let is_reduced = guest_missions::is_guest(tx, case.owner_id) && !is_own(tx, Some(row.organisation_id), mission_of_document);
    let content = content.map(|mut content| {
        if let Some(fields) = content.as_object_mut() {
            keep_open_fields(row.kind, keys.compartments(), is_reduced, fields);
            // On paper the id of a batch leads nowhere.
            if row.kind == RecordKind::Movement {
                fields.remove("batch_id");
            }
        }
        content
    });
    Ok(content.map(|content| told(tx, case.owner_id, recorded(row, content))))
}

/// Opens a record whole; none where the keys do not open it, or the record is another mission's.
pub(super) fn open_visible<R: CaseRecord>(
    tx: &Tx<'_>,
    owner: OrganisationId,
    row: &RecordRow,
    keys: &CompartmentKeys,
) -> Result<Option<Recorded<R>>> {
    let opened = open::<R>(row, keys)?.filter(|record| may_see(tx, owner, row, Some(&record.content)));
    Ok(opened.map(|record| told(tx, owner, record)))
}

/// The travel document that a record is, opened: the only kind that is addressed to a mission, or kept from some.
pub(in crate::db) fn travel_document(row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<TravelDocument>> {
    match row.kind {
        RecordKind::TravelDocument => Ok(open(row, keys)?.map(|record| record.content)),
        _ => Ok(None),
    }
}

/// Whether the caller may see a record with this content. Of a kind that is addressed to nobody the content need not be known.
pub(in crate::db) fn may_see<R: CaseRecord>(tx: &Tx<'_>, owner: OrganisationId, row: &RecordRow, content: Option<&R>) -> bool {
    let is_own = row.organisation_id == tx.actor.organisation_id();
    let is_for_others = row.kind.is_kept_from_guest_missions() || content.is_some_and(CaseRecord::is_kept_from_guest_missions);
    let is_kept = is_for_others && !is_own && guest_missions::is_guest(tx, owner);
    !is_kept && guest_missions::may_see_record(tx, owner, row.organisation_id, content.and_then(CaseRecord::mission))
}

/// The movements on some cases that a reader knows of, each case with the reader's keys, oldest first, in one statement. What is told of
/// them is how people stand to one another: they are shown to nobody, so no trail tells that they were read.
pub(in crate::db) fn movements_known(
    tx: &mut Tx<'_>,
    reader: Reader,
    cases: &[(&CaseRow, CompartmentKeys)],
) -> Result<Vec<(CaseId, Entry<Movement>)>> {
    let ids: Vec<CaseId> = cases.iter().map(|(case, _)| case.id).collect();
    let query = case_records::table
        .filter(case_records::case_id.eq_any(ids))
        .filter(case_records::kind.eq(RecordKind::Movement))
        .order((case_records::created_at, case_records::id))
        .select(case_records::all_columns);
    let rows: Vec<RecordRow> = query.load(tx.conn)?;
    let mut known = Vec::with_capacity(rows.len());
    for row in &rows {
        let case = cases.iter().find(|(case, _)| case.id == row.case_id);
        let Some((case, keys)) = case.filter(|(case, _)| reader.knows(case.owner_id, row.organisation_id)) else { continue };
        known.extend(entry(row, keys)?.map(|movement| (case.id, movement)));
    }
    Ok(known)
}

/// The stored records of a case, oldest first.
pub(in crate::db) fn rows_of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<RecordRow>> {
    let query = case_records::table
        .filter(case_records::case_id.eq(case))
        .order((case_records::created_at, case_records::id))
        .select(case_records::all_columns);
    Ok(query.load(tx.conn)?)
}

fn told<R>(tx: &Tx<'_>, owner: OrganisationId, record: Recorded<R>) -> Recorded<R> {
    Recorded {
        recorded_by: record.recorded_by.and_then(|organisation| guest_missions::known_organisation(tx, owner, organisation)),
        ..record
    }
}

/// A record as the rules see it; none where the keys do not open it.
pub(in crate::db) fn entry<R: CaseRecord>(row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<Entry<R>>> {
    let opened = open::<R>(row, keys)?;
    Ok(opened.map(|record| Entry { id: record.id, created_at: record.created_at, content: record.content }))
}

/// Finds a stored record, without a check of grants. For the system and for batches.
pub(in crate::db) fn find_stored<R: CaseRecord>(tx: &mut Tx<'_>, id: RecordId, keys: &CompartmentKeys) -> Result<Recorded<R>> {
    let query = case_records::table.find(id).filter(case_records::kind.eq(R::KIND)).select(case_records::all_columns);
    let row: RecordRow = found(query.get_result(tx.conn).optional()?)?;
    found(open(&row, keys)?)
}

/// Opens what a record says; none where the keys do not open it.
fn open_content<T: DeserializeOwned>(row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<T>> {
    let Some(keys) = keys.of(row.merged_from) else { return Ok(None) };
    let plain = open_plain(row.id.0, row.version, row.compartment, keys, &row.sealed_content)?;
    plain.map(|plain| earlier_contents::read(row.kind, &plain)).transpose()
}

fn open<R: CaseRecord>(row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<Recorded<R>>> {
    Ok(open_content(row, keys)?.map(|content| recorded(row, content)))
}

pub(in crate::db) fn recorded<R>(row: &RecordRow, content: R) -> Recorded<R> {
    Recorded {
        id: row.id,
        case_id: row.case_id,
        recorded_by: Some(row.organisation_id),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        merged_from: row.merged_from,
        host_episode_id: row.host_episode_id,
        content,
    }
}

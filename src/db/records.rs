//! What is recorded on the road home: every kind is kept alike. Sealed under its compartment, versioned, never deleted;
//! each version stands in the history of the case, and each change makes a new version of the case.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Map, Value};

use super::cases::{self, CaseRow};
use super::compartments::{open_detail, seal_detail};
use super::connection::on_backend;
use super::repatriation::{self, Move};
use super::schema::case_records;
use super::{Tx, changes, facts, found, guests, process};
use crate::crypto::CompartmentKeys;
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::history::{ChangeSubject, FieldOf};
use crate::domain::ids::{CaseId, OrganisationId, RecordId, UserId};
use crate::domain::records::{CaseRecord, Entry, RecordKind, Records, TravelDocument, strongest};
use crate::domain::repatriation::{Facts, falls_back};
use crate::error::{Error, ErrorCode, Result};

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
}

/// A record, opened.
#[derive(Clone)]
pub struct Recorded<T> {
    /// Its id.
    pub id: RecordId,
    /// The case.
    pub case_id: CaseId,
    /// The organisation that recorded it; none: one that the caller need not know of.
    pub recorded_by: Option<OrganisationId>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its version.
    pub version: i64,
    /// What it says.
    pub content: T,
}

/// The records of one kind on a case, oldest first; none where their compartment is closed to the caller.
pub fn list<R: CaseRecord>(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Vec<Recorded<R>>>> {
    let (row, keys) = cases::row_visible(tx, case)?;
    if keys.get(R::KIND.compartment()).is_none() {
        return Ok(None);
    }
    tx.disclose(case, CompartmentSet::EMPTY.with(R::KIND.compartment()));
    let query = case_records::table
        .filter(case_records::case_id.eq(case))
        .filter(case_records::kind.eq(R::KIND))
        .order((case_records::created_at, case_records::id))
        .select(case_records::all_columns);
    let rows: Vec<RecordRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let opened = rows.iter().map(|stored| open_shown(tx, row.owner_id, stored, &keys)).collect::<Result<Vec<_>>>()?;
    Ok(Some(opened.into_iter().flatten().collect()))
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
    let rows: Vec<RecordRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some((case, owner, keys)) = cases.iter().find(|(case, ..)| *case == row.case_id) else { continue };
        let Some(record) = open_shown::<R>(tx, *owner, row, keys)? else { continue };
        tx.disclose(*case, CompartmentSet::EMPTY.with(R::KIND.compartment()));
        found.push(record);
    }
    Ok(found)
}

/// One record of a case.
pub fn find<R: CaseRecord>(tx: &mut Tx<'_>, case: CaseId, id: RecordId) -> Result<Recorded<R>> {
    found(list(tx, case)?.unwrap_or_default().into_iter().find(|record| record.id == id))
}

/// Records something new.
pub fn insert<R: CaseRecord>(tx: &mut Tx<'_>, case: CaseId, content: R) -> Result<Recorded<R>> {
    cases::lock(tx, case)?;
    let (row, keys) = cases::row_visible(tx, case)?;
    let facts = may_record::<R>(tx, &row, &keys)?;
    store_new(tx, &row, &keys, facts, content, true)
}

/// Changes a record.
pub fn update<R, F>(tx: &mut Tx<'_>, case: CaseId, id: RecordId, expected_version: i64, change: F) -> Result<Recorded<R>>
where
    R: CaseRecord,
    F: FnOnce(R) -> Result<R>,
{
    cases::lock(tx, case)?;
    let (row, keys) = cases::row_visible(tx, case)?;
    let before = find::<R>(tx, case, id)?;
    let facts = may_record::<R>(tx, &row, &keys)?;
    if before.version != expected_version {
        return Err(ErrorCode::StaleVersion.into());
    }
    let content = change(before.content.clone())?;
    store_changed(tx, &row, &keys, facts, before, content, true)
}

/// Whether the caller may record this kind of thing on the case now; the facts that the rules look at.
fn may_record<R: CaseRecord>(tx: &mut Tx<'_>, row: &CaseRow, keys: &CompartmentKeys) -> Result<Facts> {
    cases::refuse_if_closed(row)?;
    let compartment = R::KIND.compartment();
    if keys.get(compartment).is_none() {
        super::grants::refuse_stale(tx, compartment)?;
        let detail = format!("Your organisation's grant on this case does not open {compartment}.");
        return Err(Error::new(ErrorCode::PermissionDenied).detail(detail));
    }
    let facts = facts::gather(tx, row, keys.compartments(), &Move::default())?;
    if !R::KIND.recorder().includes(facts.party, facts.is_owner) {
        return Err(Error::new(ErrorCode::PermissionDenied).detail("Only an organisation that accompanies the person can record this."));
    }
    tx.disclose(row.id, CompartmentSet::EMPTY.with(compartment));
    Ok(facts)
}

/// Stores a new record. `asked`: by a user, whose input the rules may refuse; a batch and the system know what they do.
pub(in crate::db) fn store_new<R: CaseRecord>(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    keys: &CompartmentKeys,
    facts: Facts,
    mut content: R,
    asked: bool,
) -> Result<Recorded<R>> {
    refuse(asked, content.refusals(None, &facts))?;
    content.complete(&facts);
    let row = new_row(tx, case.id, keys, &content)?;
    let query = diesel::insert_into(case_records::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    let record = recorded(&row, content);
    follow(tx, case, keys, facts, None, &record)?;
    tx.audit(case.id.0, None, Some(1));
    Ok(record)
}

/// Stores a record together with the case that it comes with, of which nothing else has to follow.
pub(in crate::db) fn store_first<R: CaseRecord>(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, content: &R) -> Result<()> {
    let row = new_row(tx, case.id, keys, content)?;
    let query = diesel::insert_into(case_records::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

fn new_row<R: CaseRecord>(tx: &Tx<'_>, case_id: CaseId, keys: &CompartmentKeys, content: &R) -> Result<RecordRow> {
    let id = RecordId::random();
    Ok(RecordRow {
        id,
        case_id,
        kind: R::KIND,
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        lapses_on: content.holds_until(),
        compartment: R::KIND.compartment(),
        sealed_content: seal_detail(id.0, 1, R::KIND.compartment(), keys, content)?,
    })
}

/// Stores a changed record.
pub(in crate::db) fn store_changed<R: CaseRecord>(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    keys: &CompartmentKeys,
    facts: Facts,
    before: Recorded<R>,
    mut content: R,
    asked: bool,
) -> Result<Recorded<R>> {
    refuse(asked, content.refusals(Some(&before.content), &facts))?;
    content.complete(&facts);
    let version = before.version + 1;
    let sealed = seal_detail(before.id.0, version, R::KIND.compartment(), keys, &content)?;
    let unchanged = case_records::table.find(before.id).filter(case_records::version.eq(before.version));
    let query = diesel::update(unchanged).set((
        case_records::updated_at.eq(tx.now),
        case_records::version.eq(version),
        case_records::lapses_on.eq(content.holds_until()),
        case_records::sealed_content.eq(sealed),
    ));
    if on_backend!(tx.conn, |c| query.execute(c))? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    let record = Recorded { updated_at: tx.now, version, content, ..before.clone() };
    follow(tx, case, keys, facts, Some(&before.content), &record)?;
    tx.audit(case.id.0, Some(before.version), Some(version));
    Ok(record)
}

fn refuse(asked: bool, refusals: Vec<crate::domain::violation::Violation>) -> Result<()> {
    if asked && !refusals.is_empty() { Err(Error::fields(refusals)) } else { Ok(()) }
}

/// Everything that follows from a record: the history, what the case shows of it, the stage, the tasks.
fn follow<R: CaseRecord>(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    keys: &CompartmentKeys,
    mut facts: Facts,
    before: Option<&R>,
    record: &Recorded<R>,
) -> Result<()> {
    let system_keys = super::persons::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::ALL)?;
    facts.records = all_of(tx, case.id, &system_keys)?;
    let mut row = case.clone();
    row.trafficking_status = strongest(&facts.records.determinations).unwrap_or(row.trafficking_status);
    facts.trafficking_status = Some(row.trafficking_status);
    let left = falls_back(&facts);
    if let Some(stage) = left {
        (row.stage, row.stage_since) = (stage, tx.now.date());
        (facts.stage, facts.stage_since) = (stage, tx.now.date());
    }
    row.version += 1;
    row.updated_at = tx.now;
    cases::save_row(tx, &row, case.version)?;
    let mut parts = vec![(None, cases::plain_differences(case, &row)?)];
    parts.push((Some(R::KIND.compartment()), differences(before, record)?));
    changes::record_parts(tx, row.id, row.version, ChangeSubject::Case, parts, keys)?;
    if left.is_some() {
        repatriation::record_fallback(tx, case, &row, &system_keys)?;
    }
    tx.touch(record.id.0);
    process::follow(tx, &row, &facts).map(drop)
}

fn differences<R: CaseRecord>(before: Option<&R>, record: &Recorded<R>) -> Result<Vec<changes::FieldChange>> {
    let fields = |content: Option<&R>| match content.map(serde_json::to_value).transpose() {
        Ok(Some(Value::Object(fields))) => Ok(fields),
        Ok(None) => Ok(Map::new()),
        _ => Err(Error::internal("a record is not an object")),
    };
    Ok(changes::differences(&FieldOf::Record(R::KIND, record.id).prefix(), &fields(before)?, &fields(Some(&record.content))?))
}

/// Everything recorded on a case that the caller may see, as it is written, oldest first.
pub(in crate::db) fn all_shown(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Vec<(RecordKind, Recorded<Value>)>> {
    let query = case_records::table
        .filter(case_records::case_id.eq(case.id))
        .order((case_records::created_at, case_records::id))
        .select(case_records::all_columns);
    let rows: Vec<RecordRow> = on_backend!(tx.conn, |c| query.load(c))?;
    tx.disclose(case.id, keys.compartments());
    let shown = rows.iter().map(|row| Ok(shown(tx, case, row, keys)?.map(|record| (row.kind, record))));
    Ok(shown.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn shown(tx: &Tx<'_>, case: &CaseRow, row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<Recorded<Value>>> {
    let mission_of_document = match row.kind {
        RecordKind::TravelDocument => open::<TravelDocument>(row, keys)?.and_then(|record| record.content.mission()),
        _ => None,
    };
    let content: Option<Value> = open_detail(row.id.0, row.version, row.compartment, keys, &row.sealed_content)?;
    let content = content.filter(|_| guests::sees_what_is_of(tx, case.owner_id, mission_of_document));
    Ok(content.map(|content| told(tx, case.owner_id, recorded(row, content))))
}

/// Opens a record for the caller; none where the keys do not open it, or it is another mission's.
fn open_shown<R: CaseRecord>(tx: &Tx<'_>, owner: OrganisationId, row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<Recorded<R>>> {
    let record = open::<R>(row, keys)?.filter(|record| guests::sees_what_is_of(tx, owner, record.content.mission()));
    Ok(record.map(|record| told(tx, owner, record)))
}

fn told<R>(tx: &Tx<'_>, owner: OrganisationId, record: Recorded<R>) -> Recorded<R> {
    Recorded { recorded_by: record.recorded_by.and_then(|organisation| guests::told_of(tx, owner, organisation)), ..record }
}

/// Everything recorded on a case, for decisions. Opened with the system's keys.
pub(in crate::db) fn all_of(tx: &mut Tx<'_>, case: CaseId, keys: &CompartmentKeys) -> Result<Records> {
    let query = case_records::table
        .filter(case_records::case_id.eq(case))
        .order((case_records::created_at, case_records::id))
        .select(case_records::all_columns);
    let rows: Vec<RecordRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let mut all = Records::default();
    for row in &rows {
        put(&mut all, row, keys)?;
    }
    Ok(all)
}

fn put(all: &mut Records, row: &RecordRow, keys: &CompartmentKeys) -> Result<()> {
    match row.kind {
        RecordKind::Screening => all.screenings.extend(entry(row, keys)?),
        RecordKind::StatusDetermination => all.determinations.extend(entry(row, keys)?),
        RecordKind::TravelDocument => all.travel_documents.extend(entry(row, keys)?),
        RecordKind::ImmigrationClearance => all.clearance = entry(row, keys)?,
        RecordKind::Detention => all.detentions.extend(entry(row, keys)?),
        RecordKind::Charge => all.charges.extend(entry(row, keys)?),
        RecordKind::FineWaiver => all.waivers.extend(entry(row, keys)?),
        RecordKind::FinePayment => all.payments.extend(entry(row, keys)?),
        RecordKind::ReturnDecision => all.return_decisions.extend(entry(row, keys)?),
        RecordKind::RiskAssessment => all.risk_assessments.extend(entry(row, keys)?),
        RecordKind::FitToTravel => all.fit_to_travel.extend(entry(row, keys)?),
        RecordKind::LegalHold => all.legal_holds.extend(entry(row, keys)?),
        RecordKind::BestInterests => all.best_interests.extend(entry(row, keys)?),
        RecordKind::Movement => all.movements.extend(entry(row, keys)?),
        RecordKind::Arrival => all.arrivals.extend(entry(row, keys)?),
        RecordKind::SupportPlan => all.support_plans.extend(entry(row, keys)?),
        RecordKind::FollowUp => all.follow_ups.extend(entry(row, keys)?),
    }
    Ok(())
}

fn entry<R: CaseRecord>(row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<Entry<R>>> {
    let opened = open::<R>(row, keys)?;
    Ok(opened.map(|record| Entry { id: record.id, created_at: record.created_at, content: record.content }))
}

/// One record as it is stored, whoever sees it. For the system and for batches.
pub(in crate::db) fn find_stored<R: CaseRecord>(tx: &mut Tx<'_>, id: RecordId, keys: &CompartmentKeys) -> Result<Recorded<R>> {
    let query = case_records::table.find(id).filter(case_records::kind.eq(R::KIND)).select(case_records::all_columns);
    let row: RecordRow = found(on_backend!(tx.conn, |c| query.get_result(c).optional())?)?;
    found(open(&row, keys)?)
}

fn open<R: CaseRecord>(row: &RecordRow, keys: &CompartmentKeys) -> Result<Option<Recorded<R>>> {
    let content: Option<R> = open_detail(row.id.0, row.version, row.compartment, keys, &row.sealed_content)?;
    Ok(content.map(|content| recorded(row, content)))
}

fn recorded<R>(row: &RecordRow, content: R) -> Recorded<R> {
    Recorded {
        id: row.id,
        case_id: row.case_id,
        recorded_by: Some(row.organisation_id),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        content,
    }
}

//! Lists of waivers of one organisation, invisible to other organisations. Each member is a waiver on its case, recorded and answered by
//! the rules of that record; the organisation sees only those on whose cases it holds a live grant.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::{list as case_list, lock, place as case_place};
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, Place, Reading, found};
use crate::db::process::records as stored_records;
use crate::db::repatriation::records;
use crate::db::schema::{case_records, waiver_request_members, waiver_requests};
use crate::domain::codes::WaiverReason;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, RecordId, UserId, WaiverRequestId};
use crate::domain::money::Percent;
use crate::domain::repatriation::records::{CaseRecord, FineWaiver};
use crate::domain::repatriation::waiver_request::{WaiverAnswer, WaiverRequest};
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode, Result};

/// A list as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = waiver_requests, treat_none_as_default_value = false)]
pub struct RequestRow {
    pub id: WaiverRequestId,
    organisation_id: OrganisationId,
    pub created_at: Timestamp,
    created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    reference: String,
    addressee: String,
    sent_on: NaiveDate,
    requested_percent: i32,
    reason: WaiverReason,
}

impl RequestRow {
    /// What the list asks for.
    pub fn content(&self) -> Result<WaiverRequest> {
        let percent = Percent::from_hundredths(self.requested_percent);
        Ok(WaiverRequest {
            reference: self.reference.clone(),
            addressee: self.addressee.clone(),
            sent_on: self.sent_on,
            requested_percent: percent.ok_or_else(|| Error::internal("a part that is no part is stored"))?,
            reason: self.reason,
        })
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = waiver_request_members, treat_none_as_default_value = false)]
struct MemberRow {
    request_id: WaiverRequestId,
    record_id: RecordId,
    added_at: Timestamp,
}

/// A member of a list.
pub struct Member {
    pub case_id: CaseId,
    /// The code of the case.
    pub code: String,
    pub waiver_id: RecordId,
    pub waiver: FineWaiver,
}

/// A list with its members whom the organisation may see.
pub struct Members {
    pub request: RequestRow,
    pub members: Vec<Member>,
}

/// A page of the organisation's own lists, the newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<RequestRow>> {
    let name = b"waiver requests";
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let place: Place<(Timestamp, WaiverRequestId), WaiverRequestId> = page.place(tx, name)?;
    let rows = page_of(tx, place, page.limit + 1)?;
    let reading = Reading {
        key_of: |row: &RequestRow| (row.created_at, row.id),
        changed_of: |row: &RequestRow| (row.updated_at, row.id),
        has_changed: |tx: &mut Tx<'_>, since: Timestamp| Ok(!page_of(tx, Place::Changed { after: (since, None) }, 1)?.is_empty()),
    };
    page.page_of_changing(tx, name, place, rows, reading)
}

fn page_of(tx: &mut Tx<'_>, place: Place<(Timestamp, WaiverRequestId), WaiverRequestId>, limit: i64) -> Result<Vec<RequestRow>> {
    let own = waiver_requests::table
        .filter(waiver_requests::organisation_id.eq(tx.actor.organisation_id()))
        .limit(limit)
        .select(waiver_requests::all_columns)
        .into_boxed();
    let query = match place {
        Place::Ordered { after, .. } => {
            let from_here = match after {
                None => own,
                Some((at, id)) => {
                    let beyond = waiver_requests::created_at.lt(at).or(waiver_requests::id.lt(id));
                    own.filter(waiver_requests::created_at.le(at)).filter(beyond)
                }
            };
            from_here.order((waiver_requests::created_at.desc(), waiver_requests::id.desc()))
        }
        Place::Changed { after: (at, id) } => {
            let beyond = waiver_requests::updated_at.gt(at).or(waiver_requests::id.gt(id.unwrap_or(WaiverRequestId(uuid::Uuid::nil()))));
            own.filter(waiver_requests::updated_at.ge(at)).filter(beyond).order((waiver_requests::updated_at, waiver_requests::id))
        }
    };
    Ok(query.load(tx.conn)?)
}

fn find_own(tx: &mut Tx<'_>, id: WaiverRequestId) -> Result<RequestRow> {
    tx.audit_unchanged(id.0);
    let query = waiver_requests::table
        .find(id)
        .filter(waiver_requests::organisation_id.eq(tx.actor.organisation_id()))
        .select(waiver_requests::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// Finds one of the organisation's own lists, with its members, in as many statements for many as for one.
pub fn find(tx: &mut Tx<'_>, id: WaiverRequestId) -> Result<Members> {
    let request = find_own(tx, id)?;
    let waivers = waivers_of(tx, id)?;
    let cases: Vec<CaseId> = waivers.iter().map(|(_, case)| *case).collect();
    let seen = case_list::opened(tx, &cases)?;
    let keys: Vec<(CaseId, OrganisationId, &CompartmentKeys)> = seen.iter().map(|(row, _, keys)| (row.id, row.owner_id, keys)).collect();
    let known = stored_records::of_cases::<FineWaiver>(tx, &keys)?;
    let member = |(waiver, case): &(RecordId, CaseId)| {
        let code = seen.iter().find(|(row, ..)| row.id == *case).map(|(row, ..)| row.code.clone())?;
        let waiver = known.iter().find(|record| record.id == *waiver)?;
        Some(Member { case_id: *case, code, waiver_id: waiver.id, waiver: waiver.content.clone() })
    };
    Ok(Members { members: waivers.iter().filter_map(member).collect(), request })
}

/// The waivers of a list, each with its case, in the order in which they were added. Without a check of grants.
fn waivers_of(tx: &mut Tx<'_>, id: WaiverRequestId) -> Result<Vec<(RecordId, CaseId)>> {
    let query = waiver_request_members::table
        .inner_join(case_records::table)
        .filter(waiver_request_members::request_id.eq(id))
        .order((waiver_request_members::added_at, waiver_request_members::record_id))
        .select((waiver_request_members::record_id, case_records::case_id));
    Ok(query.load(tx.conn)?)
}

/// Makes a list without members.
pub fn insert(tx: &mut Tx<'_>, content: WaiverRequest) -> Result<WaiverRequestId> {
    let WaiverRequest { reference, addressee, sent_on, requested_percent, reason } = content;
    let row = RequestRow {
        id: WaiverRequestId::random(),
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        reference,
        addressee,
        sent_on,
        requested_percent: requested_percent.hundredths(),
        reason,
    };
    let query = diesel::insert_into(waiver_requests::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(row.id.0, None, Some(1));
    Ok(row.id)
}

/// Puts cases on a list: all of them, or none. Records on each that the waiver was asked for.
pub fn add(tx: &mut Tx<'_>, id: WaiverRequestId, asked: &[CaseId]) -> Result<()> {
    let request = begin(tx, id)?;
    let content = request.content()?;
    let known: Vec<CaseId> = waivers_of(tx, id)?.into_iter().map(|(_, case)| case).collect();
    lock::lock_all_with_persons(tx, asked.to_vec())?;
    let mut wrong = Vec::new();
    for (place, case) in asked.iter().enumerate() {
        let pointer = format!("/case_ids/{place}");
        if known.contains(case) || asked.iter().take(place).any(|other| other == case) {
            wrong.push(Violation::new(pointer, "duplicate", "is on the list already, or named twice"));
            continue;
        }
        match records::insert(tx, *case, content.waiver()) {
            Ok(waiver) => {
                let member = MemberRow { request_id: id, record_id: waiver.id, added_at: tx.now };
                let query = diesel::insert_into(waiver_request_members::table).values(&member);
                query.execute(tx.conn)?;
            }
            Err(error) => wrong.extend(refusals(error, &pointer)?),
        }
    }
    save(tx, &request, wrong)
}

/// Records the answers for members of a list: all of them, or none. Each is a change of the waiver on its case.
pub fn answer(tx: &mut Tx<'_>, id: WaiverRequestId, answers: &[WaiverAnswer]) -> Result<()> {
    let request = begin(tx, id)?;
    let waivers = waivers_of(tx, id)?;
    lock::lock_all_with_persons(tx, answers.iter().map(|answer| answer.case_id).collect())?;
    let mut wrong = Vec::new();
    for (place, answer) in answers.iter().enumerate() {
        let waiver = waivers.iter().find(|(_, case)| *case == answer.case_id).map(|(waiver, _)| *waiver);
        let recorded = match waiver {
            Some(waiver) => record(tx, &request, waiver, answer),
            None => Err(Error::not_found()),
        };
        if let Err(error) = recorded {
            wrong.extend(refusals(error.within(&format!("/answers/{place}")), &format!("/answers/{place}/case_id"))?);
        }
    }
    save(tx, &request, wrong)
}

fn record(tx: &mut Tx<'_>, request: &RequestRow, waiver: RecordId, answer: &WaiverAnswer) -> Result<()> {
    let today = case_place::today(tx, answer.case_id)?;
    let changed = records::update(tx, answer.case_id, waiver, &Expected::Any, |before: FineWaiver| {
        let answered = answer.applied_to(before, &request.addressee);
        let wrong = answered.violations(today);
        if wrong.is_empty() { Ok(answered) } else { Err(Error::fields(wrong)) }
    });
    changed.map(drop)
}

/// What a refusal of one item of a list says of it. What is no refusal ends the whole.
fn refusals(error: Error, item: &str) -> Result<Vec<Violation>> {
    let (code, message) = match error.code {
        ErrorCode::ValidationFailed => return Ok(error.errors),
        ErrorCode::NotFound => ("not_found", "your organisation sees no such case here"),
        ErrorCode::PermissionDenied => ("closed_to_you", "your organisation may not record this on the case"),
        ErrorCode::CaseClosed => ("case_closed", "the case is closed"),
        ErrorCode::Conflict => ("other_country", "the person has moved on to another country: this waiver is about an earlier one"),
        _ => return Err(error),
    };
    Ok(vec![Violation::new(item.to_owned(), code, message)])
}

/// Locks the list until this transaction ends, and returns it.
fn begin(tx: &mut Tx<'_>, id: WaiverRequestId) -> Result<RequestRow> {
    let query = diesel::update(waiver_requests::table.find(id)).set(waiver_requests::version.eq(waiver_requests::version));
    query.execute(tx.conn)?;
    let request = find_own(tx, id)?;
    // Called first, so that the audit entry names the versions of the list and not those of a record.
    tx.audit_change(id.0, Some(request.version), None);
    Ok(request)
}

/// Stores the list as its next version, unless something was refused.
fn save(tx: &mut Tx<'_>, request: &RequestRow, wrong: Vec<Violation>) -> Result<()> {
    if !wrong.is_empty() {
        return Err(Error::fields(wrong));
    }
    let version = request.version + 1;
    let change = (waiver_requests::version.eq(version), waiver_requests::updated_at.eq(tx.now));
    let query = diesel::update(waiver_requests::table.find(request.id)).set(change);
    query.execute(tx.conn)?;
    tx.audit_change(request.id.0, Some(request.version), Some(version));
    Ok(())
}

/// Takes a case off all lists, before its records are erased.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let waivers = case_records::table.filter(case_records::case_id.eq(case)).select(case_records::id);
    let ids: Vec<RecordId> = waivers.load(tx.conn)?;
    let query = diesel::delete(waiver_request_members::table.filter(waiver_request_members::record_id.eq_any(ids)));
    query.execute(tx.conn)?;
    Ok(())
}

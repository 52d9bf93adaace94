//! Requests for missing persons: sealed for the requesting organisation, and visible only to it. The result of a match never
//! changes the request, so that a refusal, a different person and no match at all look the same to the requester.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::search_index;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::people::{disclosure, known};
use crate::db::schema::{organisations, tracing_matches, tracing_requests};
use crate::domain::codes::{ConsentPurpose, TracingDecision, TracingRelation, TracingStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::people::matching::Profile;
use crate::domain::people::tracing::{Disclosure, TracingDetails};
use crate::error::{Error, ErrorCode, Result};

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = tracing_requests, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct RequestRow {
    pub id: TracingRequestId,
    pub organisation_id: OrganisationId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    pub relation: TracingRelation,
    pub status: TracingStatus,
    sealed_details: Vec<u8>,
}

/// A request as the requesting organisation sees it.
pub struct TracingRequest {
    pub row: RequestRow,
    /// The description of the missing person.
    pub details: TracingDetails,
    /// The organisations to contact, if the person was found and wants contact: name and id, and never more.
    pub contact: Vec<(OrganisationId, String)>,
}

/// Creates a request for a missing person.
pub fn insert(tx: &mut Tx<'_>, relation: TracingRelation, details: &TracingDetails) -> Result<TracingRequest> {
    let (id, organisation_id) = (TracingRequestId::random(), tx.actor.organisation_id());
    let plain = serde_json::to_vec(details).map_err(|_| Error::internal("a request cannot be written"))?;
    let row = RequestRow {
        id,
        organisation_id,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        relation,
        status: TracingStatus::Open,
        sealed_details: tx.keys.seal_of_organisation(organisation_id, &[&place(id)], &plain)?,
    };
    let query = diesel::insert_into(tracing_requests::table).values(&row);
    query.execute(tx.conn)?;
    search_index::enqueue_request(tx, id)?;
    tx.audit_change(id.0, None, Some(1));
    Ok(TracingRequest { row, details: details.clone(), contact: Vec::new() })
}

/// A page of the organisation's own requests, the newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<TracingRequest>> {
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let list = b"tracing requests";
    let position: Option<(i64, TracingRequestId)> = page.position(tx, list)?;
    let own = tracing_requests::table
        .filter(tracing_requests::organisation_id.eq(tx.actor.organisation_id()))
        .order((tracing_requests::created_at.desc(), tracing_requests::id.desc()))
        .limit(page.limit + 1)
        .select(tracing_requests::all_columns);
    let rows: Vec<RequestRow> = match position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
        None => own.load(tx.conn),
        Some((at, id)) => {
            let beyond = tracing_requests::created_at.lt(at).or(tracing_requests::id.lt(id));
            let rest = own.filter(tracing_requests::created_at.le(at)).filter(beyond);
            rest.load(tx.conn)
        }
    }?;
    let page = page.page(tx, list, rows, |row| (row.created_at.micros(), row.id))?;
    let items = opened(tx, page.items)?;
    Ok(Page { items, next: page.next })
}

/// Finds one of the organisation's own requests.
pub fn find(tx: &mut Tx<'_>, id: TracingRequestId) -> Result<TracingRequest> {
    tx.audit_unchanged(id.0);
    let own = tracing_requests::table.find(id).filter(tracing_requests::organisation_id.eq(tx.actor.organisation_id()));
    let query = own.select(tracing_requests::all_columns);
    let row: RequestRow = found(query.get_result(tx.conn).optional()?)?;
    found(opened(tx, vec![row])?.pop())
}

/// Closes a request that the requester gave up, or whose person was met.
pub fn close(tx: &mut Tx<'_>, id: TracingRequestId, expected: &Expected, status: TracingStatus) -> Result<TracingRequest> {
    let before = find(tx, id)?.row;
    let read = expected.check(before.version)?;
    let row = RequestRow { status, version: before.version + 1, updated_at: tx.now, ..before };
    let query = diesel::update(tracing_requests::table.find(id).filter(tracing_requests::version.eq(read))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(read), Some(row.version));
    find(tx, id)
}

/// Marks a request as compared with all persons. Makes no new version, because nothing that the requester wrote has changed.
pub(in crate::db) fn begin(tx: &mut Tx<'_>, id: TracingRequestId) -> Result<()> {
    let open = tracing_requests::table.find(id).filter(tracing_requests::status.eq(TracingStatus::Open));
    let query = diesel::update(open).set(tracing_requests::status.eq(TracingStatus::TracingInProgress));
    query.execute(tx.conn)?;
    Ok(())
}

/// Requests by id, for the owners of possibly matching cases. The caller is responsible for the scope.
pub(in crate::db) fn of_matches(tx: &mut Tx<'_>, ids: &[TracingRequestId]) -> Result<Vec<(RequestRow, TracingDetails, String)>> {
    let query = tracing_requests::table
        .inner_join(organisations::table.on(organisations::id.eq(tracing_requests::organisation_id)))
        .filter(tracing_requests::id.eq_any(ids))
        .select((tracing_requests::all_columns, organisations::name));
    let rows: Vec<(RequestRow, String)> = query.load(tx.conn)?;
    rows.into_iter().map(|(row, name)| details(tx, &row).map(|details| (row, details, name))).collect()
}

/// The profile that the matcher compares; none if the request is closed.
pub(in crate::db) fn profile_of(tx: &mut Tx<'_>, id: TracingRequestId) -> Result<Option<Profile>> {
    let query = tracing_requests::table.find(id).select(tracing_requests::all_columns);
    let row: Option<RequestRow> = query.get_result(tx.conn).optional()?;
    let Some(row) = row.filter(|row| is_looked_for(row.status)) else { return Ok(None) };
    details(tx, &row).map(|details| Some(details.sought.profile()))
}

/// The open requests, each with the person it looks for.
pub(in crate::db) fn looked_for(tx: &mut Tx<'_>) -> Result<Vec<(TracingRequestId, Profile)>> {
    let open = tracing_requests::status.eq_any([TracingStatus::Open, TracingStatus::TracingInProgress]);
    let query = tracing_requests::table.filter(open).select(tracing_requests::all_columns);
    let rows: Vec<RequestRow> = query.load(tx.conn)?;
    rows.iter().map(|row| Ok((row.id, details(tx, row)?.sought.profile()))).collect()
}

fn is_looked_for(status: TracingStatus) -> bool {
    matches!(status, TracingStatus::Open | TracingStatus::TracingInProgress | TracingStatus::Verified)
}

fn details(tx: &Tx<'_>, row: &RequestRow) -> Result<TracingDetails> {
    let plain = tx.keys.open_of_organisation(row.organisation_id, &[&place(row.id)], &row.sealed_details)?;
    serde_json::from_slice(&plain).map_err(|_| Error::internal("a request has an unknown shape"))
}

fn place(id: TracingRequestId) -> Vec<u8> {
    [b"tracing-request/".as_slice(), id.0.as_bytes()].concat()
}

fn opened(tx: &mut Tx<'_>, rows: Vec<RequestRow>) -> Result<Vec<TracingRequest>> {
    let ids: Vec<TracingRequestId> = rows.iter().map(|row| row.id).collect();
    let wanted = wanted(tx, &ids)?;
    let mut items = Vec::with_capacity(rows.len());
    for mut row in rows {
        let mut contact = Vec::new();
        for (request, person, owner) in wanted.iter().filter(|(request, ..)| *request == row.id) {
            debug_assert_eq!(*request, row.id, "a contact of another request");
            if is_told(tx, &row, *person)? {
                contact.push(owner.clone());
            }
        }
        if !contact.is_empty() && is_looked_for(row.status) {
            row.status = TracingStatus::Verified;
        }
        items.push(TracingRequest { details: details(tx, &row)?, contact, row });
    }
    Ok(items)
}

type Wanted = (TracingRequestId, PersonId, (OrganisationId, String));

/// The persons who were found and want contact, with the owner of their case.
fn wanted(tx: &mut Tx<'_>, ids: &[TracingRequestId]) -> Result<Vec<Wanted>> {
    use crate::db::schema::cases;
    let query = tracing_matches::table
        .inner_join(cases::table.on(cases::id.eq(tracing_matches::case_id)))
        .inner_join(organisations::table.on(organisations::id.eq(cases::owner_id)))
        .filter(tracing_matches::request_id.eq_any(ids))
        .filter(tracing_matches::decision.eq(TracingDecision::PersonWantsContact))
        .select((tracing_matches::request_id, tracing_matches::person_id, (organisations::id, organisations::name)));
    Ok(query.load(tx.conn)?)
}

/// Whether the requester is told of the person. Decided at each reading, because a consent may have been withdrawn a second ago.
fn is_told(tx: &mut Tx<'_>, row: &RequestRow, person: PersonId) -> Result<bool> {
    let purpose = if tx.actor.is_mission() { ConsentPurpose::ShareWithMission } else { ConsentPurpose::FamilyContactTracing };
    let known = known::known(tx, &[person])?;
    let people: Vec<_> = known.iter().map(|known| (known.person, &known.key, known.cases.as_slice())).collect();
    let is_protected = !disclosure::protected(tx, &people)?.is_empty();
    let disclosure = Disclosure {
        wants_contact: true,
        has_consent: disclosure::has_live_consent(tx, person, purpose, row.organisation_id)?,
        is_shielded: is_protected || disclosure::is_denied(tx, person, row.organisation_id)?,
    };
    Ok(disclosure.is_told())
}

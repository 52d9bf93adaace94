//! Cases whose person may be sought by a tracing request. Shown only to the owner of the case, who decides with the person.

use diesel::prelude::*;

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::casefile::list;
use crate::db::casefile::stored_consents;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::people::search;
use crate::db::people::tracing_requests::{self, RequestRow};
use crate::db::schema::{cases, tracing_matches};
use crate::domain::codes::TracingDecision;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::people::matching::Likeness;
use crate::domain::people::tracing::TracingDetails;
use crate::error::{Error, ErrorCode, Result};

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = tracing_matches, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct MatchRow {
    pub id: TracingMatchId,
    pub request_id: TracingRequestId,
    pub person_id: PersonId,
    pub case_id: CaseId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub decision: Option<TracingDecision>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Timestamp>,
    pub consent_id: Option<ConsentId>,
    sealed_note: Option<Vec<u8>>,
}

/// A match as the owner of the case sees it.
pub struct TracingMatch {
    pub row: MatchRow,
    /// The note on the decision.
    pub note: Option<String>,
    pub case: list::CaseSummaryRow,
    pub name: String,
    /// The tracing request.
    pub request: RequestRow,
    /// The opened details of the request.
    pub details: TracingDetails,
    /// Name of the requesting organisation.
    pub requester: String,
    /// The similarity, with its reasons.
    pub likeness: Likeness,
}

/// The decision of the person.
pub struct Decided {
    pub decision: TracingDecision,
    /// The consent that the person gave.
    pub consent_id: Option<ConsentId>,
    pub note: Option<String>,
}

/// Records a match, once.
pub(in crate::db) fn insert(tx: &mut Tx<'_>, request_id: TracingRequestId, person_id: PersonId, case_id: CaseId) -> Result<()> {
    let row = MatchRow {
        id: TracingMatchId::random(),
        request_id,
        person_id,
        case_id,
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        decision: None,
        decided_by: None,
        decided_at: None,
        consent_id: None,
        sealed_note: None,
    };
    let query = diesel::insert_into(tracing_matches::table).values(&row).on_conflict_do_nothing();
    query.execute(tx.conn)?;
    Ok(())
}

/// A page of the matches of the cases that the organisation owns, the newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<TracingMatch>> {
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let list = b"tracing matches";
    let position: Option<(i64, TracingMatchId)> = page.position(tx, list)?;
    let own = tracing_matches::table
        .inner_join(cases::table.on(cases::id.eq(tracing_matches::case_id)))
        .filter(cases::owner_id.eq(tx.actor.organisation_id()))
        .order((tracing_matches::created_at.desc(), tracing_matches::id.desc()))
        .limit(page.limit + 1)
        .select(tracing_matches::all_columns);
    let rows: Vec<MatchRow> = match position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
        None => own.load(tx.conn),
        Some((at, id)) => {
            let beyond = tracing_matches::created_at.lt(at).or(tracing_matches::id.lt(id));
            let rest = own.filter(tracing_matches::created_at.le(at)).filter(beyond);
            rest.load(tx.conn)
        }
    }?;
    let page = page.page(tx, list, rows, |row| (row.created_at.micros(), row.id))?;
    let items = opened(tx, page.items)?;
    Ok(Page { items, next: page.next })
}

/// Finds a match of a case that the organisation owns.
pub fn find(tx: &mut Tx<'_>, id: TracingMatchId) -> Result<TracingMatch> {
    tx.audit_unchanged(id.0);
    let own = tracing_matches::table
        .inner_join(cases::table.on(cases::id.eq(tracing_matches::case_id)))
        .filter(cases::owner_id.eq(tx.actor.organisation_id()))
        .filter(tracing_matches::id.eq(id));
    let query = own.select(tracing_matches::all_columns);
    let row: MatchRow = found(query.get_result(tx.conn).optional()?)?;
    found(opened(tx, vec![row])?.pop())
}

/// Records the decision of the person. A later decision replaces it. The request does not change.
pub fn decide(tx: &mut Tx<'_>, id: TracingMatchId, expected: &Expected, decided: &Decided) -> Result<TracingMatch> {
    let before = find(tx, id)?.row;
    let read = expected.check(before.version)?;
    check_consent(tx, before.person_id, decided.consent_id)?;
    let sealed_note = match &decided.note {
        Some(note) => Some(tx.keys.seal_for_service(Purpose::Matching, &[&place(id)], note.as_bytes())?),
        None => None,
    };
    let row = MatchRow {
        decision: Some(decided.decision),
        decided_by: tx.actor.user().map(|user| user.user_id),
        decided_at: Some(tx.now),
        consent_id: decided.consent_id,
        sealed_note,
        version: before.version + 1,
        updated_at: tx.now,
        ..before
    };
    let query = diesel::update(tracing_matches::table.find(id).filter(tracing_matches::version.eq(read))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(read), Some(row.version));
    tx.audit_subject(row.case_id.0);
    find(tx, id)
}

/// Checks that a named consent is one of this person.
fn check_consent(tx: &mut Tx<'_>, person: PersonId, consent: Option<ConsentId>) -> Result<()> {
    let Some(id) = consent else { return Ok(()) };
    let is_theirs = stored_consents::of_person(tx, person)?.iter().any(|consent| consent.id == id);
    if is_theirs { Ok(()) } else { Err(Error::field("/consent_id", "not_found", "this person has given no consent with this id")) }
}

fn place(id: TracingMatchId) -> Vec<u8> {
    [b"tracing-match/".as_slice(), id.0.as_bytes()].concat()
}

/// Opens and compares matches with the reader's keys. Omits a case whose identity the reader cannot open.
fn opened(tx: &mut Tx<'_>, rows: Vec<MatchRow>) -> Result<Vec<TracingMatch>> {
    let cases: Vec<CaseId> = rows.iter().map(|row| row.case_id).collect();
    let seen = search::seen(tx, &cases)?;
    let requests = tracing_requests::of_matches(tx, &rows.iter().map(|row| row.request_id).collect::<Vec<_>>())?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(case) = seen.iter().find(|case| case.row.id == row.case_id) else { continue };
        let Some((request, details, requester)) = requests.iter().find(|(request, ..)| request.id == row.request_id) else { continue };
        let note = match &row.sealed_note {
            Some(sealed) => {
                let plain = tx.keys.open_for_service(Purpose::Matching, &[&place(row.id)], sealed)?;
                Some(String::from_utf8(plain.to_vec()).map_err(|_| Error::internal("a note is no text"))?)
            }
            None => None,
        };
        items.push(TracingMatch {
            likeness: details.sought.profile().compare(&case.profile),
            case: case.row.clone(),
            name: case.identity.display_name(),
            request: request.clone(),
            details: details.clone(),
            requester: requester.clone(),
            note,
            row,
        });
    }
    Ok(items)
}

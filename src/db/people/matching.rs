//! The matcher: its queue, its comparisons and its findings. It works as the system, apart from the requests, so that registering
//! costs the same for every person, and never fails because of the matcher.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::search_index::QueuedRow;
use crate::db::people::known::{self, Known};
use crate::db::people::{duplicates, names, tracing_matches, tracing_requests};
use crate::db::schema::matching_queue;
use crate::domain::codes::QueuedKind;
use crate::domain::ids::*;
use crate::domain::people::matching::{POSSIBLE, Profile};
use crate::error::Result;

/// Subjects of one round.
const ROUND: i64 = 50;
/// Names less similar than this are no candidates.
const NAME_FLOOR: f64 = 0.7;
/// The most persons who are compared with one subject: more than that bear the same name, and a name alone is no match.
const MOST_CANDIDATES: usize = 500;

/// The findings about a subject.
#[derive(Clone, Default)]
pub struct Findings {
    pairs: Vec<(OrganisationId, PersonId, PersonId)>,
    traced: Vec<(TracingRequestId, PersonId, CaseId)>,
}

/// The subjects that have waited longest.
pub fn queued(tx: &mut Tx<'_>) -> Result<Vec<QueuedRow>> {
    let query = matching_queue::table
        .order((matching_queue::queued_at, matching_queue::subject_id))
        .limit(ROUND)
        .select(matching_queue::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Compares a subject with all registered persons. Reads only.
pub fn compare(tx: &mut Tx<'_>, subject: &QueuedRow) -> Result<Findings> {
    names::fill(tx)?;
    match subject.kind {
        QueuedKind::Person => compare_person(tx, PersonId(subject.subject_id.0)),
        QueuedKind::TracingRequest => compare_request(tx, TracingRequestId(subject.subject_id.0)),
    }
}

/// Records the findings, and removes the subject from the queue, unless it was queued again meanwhile.
pub fn record(tx: &mut Tx<'_>, subject: &QueuedRow, findings: &Findings) -> Result<()> {
    let seen = matching_queue::table.find(subject.subject_id).filter(matching_queue::queued_at.eq(subject.queued_at));
    let query = diesel::delete(seen);
    query.execute(tx.conn)?;
    for (organisation, one, other) in &findings.pairs {
        duplicates::insert(tx, *organisation, *one, *other)?;
    }
    for (request, person, case) in &findings.traced {
        tracing_matches::insert(tx, *request, *person, *case)?;
    }
    if subject.kind == QueuedKind::TracingRequest {
        tracing_requests::begin(tx, TracingRequestId(subject.subject_id.0))?;
    }
    tx.audit_unchanged(subject.subject_id.0);
    Ok(())
}

fn compare_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Findings> {
    let Some(own) = known::known(tx, &[person])?.pop().filter(|known| !known.cases.is_empty()) else { return Ok(Findings::default()) };
    let mut candidates = candidates(tx, &own.profile)?;
    candidates.retain(|candidate| *candidate != person);
    let alike: Vec<PersonId> = known::known(tx, &candidates)?
        .into_iter()
        .filter(|other| own.profile.compare(&other.profile).score >= POSSIBLE)
        .map(|other| other.person)
        .collect();
    let seen_by = known::identified_to(tx, &[person])?;
    let mut pairs = Vec::new();
    for (organisation, other) in known::identified_to(tx, &alike)? {
        if seen_by.contains(&(organisation, person)) {
            pairs.push((organisation, person, other));
        }
    }
    let traced = tracing_requests::looked_for(tx, &own.profile)?.into_iter();
    let traced = traced.filter_map(|request| newest(&own).map(|case| (request, person, case.id))).collect();
    Ok(Findings { pairs, traced })
}

fn compare_request(tx: &mut Tx<'_>, request: TracingRequestId) -> Result<Findings> {
    let Some(sought) = tracing_requests::profile_of(tx, request)? else { return Ok(Findings::default()) };
    let candidates = candidates(tx, &sought)?;
    let alike = known::known(tx, &candidates)?.into_iter().filter(|other| sought.compare(&other.profile).score >= POSSIBLE);
    let traced = alike.filter_map(|other| newest(&other).map(|case| (request, other.person, case.id)));
    Ok(Findings { pairs: Vec::new(), traced: traced.collect() })
}

fn newest(known: &Known) -> Option<&CaseRow> {
    known.cases.first()
}

/// All candidates, by name or by a number. The caller decides who may see the result.
pub(in crate::db) fn candidates(tx: &mut Tx<'_>, profile: &Profile) -> Result<Vec<PersonId>> {
    let by_name = tx.names.alike(&profile.names, NAME_FLOOR)?;
    let mut found: Vec<PersonId> = known::with_number(tx, profile)?;
    for (person, _) in by_name.into_iter().take(MOST_CANDIDATES) {
        if !found.contains(&person) {
            found.push(person);
        }
    }
    Ok(found)
}

//! The matcher: its queue, its comparisons and its findings. It works as the system, apart from the requests, so that registering
//! costs the same for every person, and never fails because of the matcher.

use diesel::prelude::*;
use std::collections::HashMap;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
pub use crate::db::casefile::search_index::QueuedRow;
use crate::db::people::known::{self, Known};
use crate::db::people::{duplicates, names, tracing_matches, tracing_requests};
use crate::db::schema::matching_queue;
use crate::domain::codes::QueuedKind;
use crate::domain::ids::*;
use crate::domain::people::matching::{POSSIBLE, Profile};
use crate::error::Result;

/// Subjects of one round: they are read together and recorded in one transaction.
pub const ROUND: i64 = 100;
/// Seconds for which a subject that cannot be compared is put off.
const PUT_OFF_SECONDS: i64 = 3600;
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
        .filter(matching_queue::queued_at.le(tx.now))
        .order((matching_queue::queued_at, matching_queue::subject_id))
        .limit(ROUND)
        .select(matching_queue::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Compares subjects with all registered persons. Reads only.
pub fn compare(tx: &mut Tx<'_>, subjects: &[QueuedRow]) -> Result<Vec<Findings>> {
    names::fill(tx)?;
    let people: Vec<PersonId> = subjects.iter().filter_map(person_of).collect();
    let mut known: HashMap<PersonId, Known> = known::known(tx, &people)?.into_iter().map(|known| (known.person, known)).collect();
    let looked_for = if people.is_empty() { Vec::new() } else { tracing_requests::looked_for(tx)? };
    let mut findings = Vec::with_capacity(subjects.len());
    for subject in subjects {
        findings.push(match person_of(subject).map(|person| known.remove(&person)) {
            Some(Some(own)) if !own.cases.is_empty() => compare_person(tx, &own, &looked_for)?,
            // Somebody who was merged or erased meanwhile.
            Some(_) => Findings::default(),
            None => compare_request(tx, TracingRequestId(subject.subject_id.0))?,
        });
    }
    Ok(findings)
}

fn person_of(subject: &QueuedRow) -> Option<PersonId> {
    (subject.kind == QueuedKind::Person).then_some(PersonId(subject.subject_id.0))
}

/// Records the findings, and removes the subjects from the queue, except those that were queued again meanwhile.
pub fn record(tx: &mut Tx<'_>, compared: &[(QueuedRow, Findings)]) -> Result<()> {
    for (subject, findings) in compared {
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
    }
    Ok(())
}

/// Puts off a subject that cannot be compared: a round of them must not keep the others from their turn.
pub fn put_off(tx: &mut Tx<'_>, subject: &QueuedRow) -> Result<()> {
    let seen = matching_queue::table.find(subject.subject_id).filter(matching_queue::queued_at.eq(subject.queued_at));
    let query = diesel::update(seen).set(matching_queue::queued_at.eq(tx.now.plus_seconds(PUT_OFF_SECONDS)));
    query.execute(tx.conn)?;
    tx.audit_unchanged(subject.subject_id.0);
    Ok(())
}

fn compare_person(tx: &mut Tx<'_>, own: &Known, looked_for: &[(TracingRequestId, Profile)]) -> Result<Findings> {
    let mut candidates = candidates(tx, &own.profile)?;
    candidates.retain(|candidate| *candidate != own.person);
    let alike: Vec<PersonId> = known_if_any(tx, &candidates)?
        .into_iter()
        .filter(|other| own.profile.compare(&other.profile).score >= POSSIBLE)
        .map(|other| other.person)
        .collect();
    let mut pairs = Vec::new();
    if !alike.is_empty() {
        let seen_by = known::identified_to(tx, &[own.person])?;
        for (organisation, other) in known::identified_to(tx, &alike)? {
            if seen_by.contains(&(organisation, own.person)) {
                pairs.push((organisation, own.person, other));
            }
        }
    }
    let traced = looked_for.iter().filter(|(_, sought)| sought.compare(&own.profile).score >= POSSIBLE);
    let traced = traced.filter_map(|(request, _)| newest(own).map(|case| (*request, own.person, case.id)));
    Ok(Findings { pairs, traced: traced.collect() })
}

fn compare_request(tx: &mut Tx<'_>, request: TracingRequestId) -> Result<Findings> {
    let Some(sought) = tracing_requests::profile_of(tx, request)? else { return Ok(Findings::default()) };
    let candidates = candidates(tx, &sought)?;
    let alike = known_if_any(tx, &candidates)?.into_iter().filter(|other| sought.compare(&other.profile).score >= POSSIBLE);
    let traced = alike.filter_map(|other| newest(&other).map(|case| (request, other.person, case.id)));
    Ok(Findings { pairs: Vec::new(), traced: traced.collect() })
}

/// Mostly nobody is a candidate, and nothing needs to be asked.
fn known_if_any(tx: &mut Tx<'_>, candidates: &[PersonId]) -> Result<Vec<Known>> {
    if candidates.is_empty() { Ok(Vec::new()) } else { known::known(tx, candidates) }
}

fn newest(known: &Known) -> Option<&CaseRow> {
    known.cases.first()
}

/// All candidates, by name or by a number. The caller decides who may see the result.
pub(in crate::db) fn candidates(tx: &mut Tx<'_>, profile: &Profile) -> Result<Vec<PersonId>> {
    let by_name = tx.names.alike_and_born(&profile.names, profile.born, NAME_FLOOR)?;
    let mut found: Vec<PersonId> = known::with_number(tx, profile)?;
    for (person, _) in by_name.into_iter().take(MOST_CANDIDATES) {
        if !found.contains(&person) {
            found.push(person);
        }
    }
    Ok(found)
}

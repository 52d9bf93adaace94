//! Who may be whom: what the matcher is to look at, and what it finds. It works as the system and beside the requests, so that
//! registering costs the same whoever is registered, and never fails because of it.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::compartments::open_blob;
use super::connection::on_backend;
use super::schema::{
    blind_index, case_grants, cases, compartments, duplicate_pairs, matching_queue, person_keys, tracing_matches as match_rows,
};
use super::{Tx, duplicates, grants, merges, tracing_matches, tracing_requests};
use crate::crypto::{BlindField, PersonKey};
use crate::db::cases::CaseRow;
use crate::domain::codes::QueuedKind;
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::matching::{POSSIBLE, Profile};
use crate::domain::person::{Contact, Identity};
use crate::error::Result;

/// Subjects of one round.
const ROUND: i64 = 50;
/// Names less alike than this are not looked at again.
const NAME_FLOOR: f64 = 0.7;
/// People who are compared with one subject at most: more than that bear the same name, and a name alone is no match.
const MOST_CANDIDATES: usize = 500;

/// Something that the matcher is to look at.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = matching_queue, treat_none_as_default_value = false)]
pub struct QueuedRow {
    pub subject_id: SubjectId,
    pub kind: QueuedKind,
    pub queued_at: Timestamp,
}

/// What was found about a subject.
#[derive(Clone, Default)]
pub struct Findings {
    pairs: Vec<(OrganisationId, PersonId, PersonId)>,
    traced: Vec<(TracingRequestId, PersonId, CaseId)>,
}

/// A person as the system knows them, for decisions that show nothing.
pub(in crate::db) struct Known {
    pub(in crate::db) person: PersonId,
    pub(in crate::db) profile: Profile,
    /// Their cases, the newest first. A person who was merged or erased has none, and is nobody.
    pub(in crate::db) cases: Vec<CaseRow>,
    pub(in crate::db) key: PersonKey,
}

/// Has the matcher look at a person: they are new, or their names or numbers changed.
pub(in crate::db) fn enqueue(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    enqueue_subject(tx, SubjectId(person.0), QueuedKind::Person)
}

/// The same for a request for somebody.
pub(in crate::db) fn enqueue_request(tx: &mut Tx<'_>, request: TracingRequestId) -> Result<()> {
    enqueue_subject(tx, SubjectId(request.0), QueuedKind::TracingRequest)
}

fn enqueue_subject(tx: &mut Tx<'_>, subject_id: SubjectId, kind: QueuedKind) -> Result<()> {
    let row = QueuedRow { subject_id, kind, queued_at: tx.now };
    let query = diesel::insert_into(matching_queue::table)
        .values(&row)
        .on_conflict(matching_queue::subject_id)
        .do_update()
        .set(matching_queue::queued_at.eq(tx.now));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// What waits longest.
pub fn queued(tx: &mut Tx<'_>) -> Result<Vec<QueuedRow>> {
    let query = matching_queue::table
        .order((matching_queue::queued_at, matching_queue::subject_id))
        .limit(ROUND)
        .select(matching_queue::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Compares a subject with everybody. Reads only.
pub fn compare(tx: &mut Tx<'_>, subject: &QueuedRow) -> Result<Findings> {
    super::names::fill(tx)?;
    match subject.kind {
        QueuedKind::Person => compare_person(tx, PersonId(subject.subject_id.0)),
        QueuedKind::TracingRequest => compare_request(tx, TracingRequestId(subject.subject_id.0)),
    }
}

/// Records what was found, and that the subject was looked at; unless it changed meanwhile, and is looked at again.
pub fn record(tx: &mut Tx<'_>, subject: &QueuedRow, findings: &Findings) -> Result<()> {
    let seen = matching_queue::table.find(subject.subject_id).filter(matching_queue::queued_at.eq(subject.queued_at));
    let query = diesel::delete(seen);
    on_backend!(tx.conn, |c| query.execute(c))?;
    for (organisation, one, other) in &findings.pairs {
        duplicates::insert(tx, *organisation, *one, *other)?;
    }
    for (request, person, case) in &findings.traced {
        tracing_matches::insert(tx, *request, *person, *case)?;
    }
    if subject.kind == QueuedKind::TracingRequest {
        tracing_requests::begin(tx, TracingRequestId(subject.subject_id.0))?;
    }
    tx.note(subject.subject_id.0);
    Ok(())
}

fn compare_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Findings> {
    let Some(own) = known(tx, &[person])?.pop().filter(|known| !known.cases.is_empty()) else { return Ok(Findings::default()) };
    let mut candidates = candidates(tx, &own.profile)?;
    candidates.retain(|candidate| *candidate != person);
    let alike: Vec<PersonId> = known(tx, &candidates)?
        .into_iter()
        .filter(|other| own.profile.compare(&other.profile).score >= POSSIBLE)
        .map(|other| other.person)
        .collect();
    let seen_by = identified_to(tx, &[person])?;
    let mut pairs = Vec::new();
    for (organisation, other) in identified_to(tx, &alike)? {
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
    let alike = known(tx, &candidates)?.into_iter().filter(|other| sought.compare(&other.profile).score >= POSSIBLE);
    let traced = alike.filter_map(|other| newest(&other).map(|case| (request, other.person, case.id)));
    Ok(Findings { pairs: Vec::new(), traced: traced.collect() })
}

fn newest(known: &Known) -> Option<&CaseRow> {
    known.cases.first()
}

/// Everybody who may be meant: by name, or by a number. Whoever sees the answer is the caller's business.
pub(in crate::db) fn candidates(tx: &mut Tx<'_>, profile: &Profile) -> Result<Vec<PersonId>> {
    let by_name = tx.names.alike(&profile.names, NAME_FLOOR)?;
    let mut found: Vec<PersonId> = with_number(tx, profile)?;
    for (person, _) in by_name.into_iter().take(MOST_CANDIDATES) {
        if !found.contains(&person) {
            found.push(person);
        }
    }
    Ok(found)
}

/// Whoever has one of the numbers. Always one statement, so that it tells nothing.
pub(in crate::db) fn with_number(tx: &mut Tx<'_>, profile: &Profile) -> Result<Vec<PersonId>> {
    let mut tags = Vec::new();
    for (field, values) in [(BlindField::DocumentNumber, &profile.documents), (BlindField::Phone, &profile.phones)] {
        for value in values {
            tags.push(tx.keys.tag(field, value)?);
        }
    }
    let query = blind_index::table.filter(blind_index::tag.eq_any(tags)).select(blind_index::person_id).distinct();
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Which organisations see who these people are.
fn identified_to(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<BTreeSet<(OrganisationId, PersonId)>> {
    let unexpired = case_grants::expires_at.is_null().or(case_grants::expires_at.gt(tx.now));
    let query = case_grants::table.inner_join(cases::table).filter(cases::person_id.eq_any(people)).filter(unexpired).select((
        case_grants::organisation_id,
        cases::person_id,
        case_grants::compartments,
    ));
    let rows: Vec<(OrganisationId, PersonId, CompartmentSet)> = on_backend!(tx.conn, |c| query.load(c))?;
    let opens = |set: &CompartmentSet| set.contains(Compartment::Identity);
    Ok(rows.into_iter().filter(|(.., set)| opens(set)).map(|(organisation, person, _)| (organisation, person)).collect())
}

/// The people whose identity the actor's organisation may read, each with their newest case there: the scope of every search
/// by name. What it does not hold is not ranked.
pub(in crate::db) fn identified(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, CaseId)>> {
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .order((cases::person_id, case_grants::registered_at.desc()))
        .select((cases::person_id, case_grants::case_id, case_grants::compartments));
    let rows: Vec<(PersonId, CaseId, CompartmentSet)> = on_backend!(tx.conn, |c| query.load(c))?;
    let open = rows.into_iter().filter(|(.., set)| set.contains(Compartment::Identity)).map(|(person, case, _)| (person, case));
    let mut people: Vec<(PersonId, CaseId)> = open.collect();
    people.dedup_by_key(|(person, _)| *person);
    Ok(people)
}

/// People as the system knows them: three statements, however many they are.
pub(in crate::db) fn known(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<Vec<Known>> {
    let query = person_keys::table
        .filter(person_keys::organisation_id.eq(OrganisationId::SYSTEM))
        .filter(person_keys::person_id.eq_any(people))
        .select((person_keys::person_id, person_keys::sealed_key));
    let keys: Vec<(PersonId, Vec<u8>)> = on_backend!(tx.conn, |c| query.load(c))?;
    let query = cases::table
        .filter(cases::person_id.eq_any(people))
        .filter(cases::person_id.ne_all(merges::merged_persons()))
        .order((cases::created_at.desc(), cases::id))
        .select(cases::all_columns);
    let rows: Vec<CaseRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let owners: Vec<OwnerId> = people.iter().map(|person| super::names::owner(*person)).collect();
    let query = compartments::table.filter(compartments::owner_id.eq_any(owners)).select((
        compartments::owner_id,
        compartments::compartment,
        compartments::version,
        compartments::ciphertext,
    ));
    let sealed: Vec<(OwnerId, Compartment, i64, Vec<u8>)> = on_backend!(tx.conn, |c| query.load(c))?;
    let mut found = Vec::with_capacity(keys.len());
    for (person, sealed_key) in keys {
        let key = tx.keys.open_person_key(person, OrganisationId::SYSTEM, &sealed_key)?;
        let held = key.compartment_keys(person, CaseId(uuid::Uuid::nil()), CompartmentSet::WHO)?;
        let of_person = |wanted: Compartment| sealed.iter().find(|(owner, kind, ..)| owner.0 == person.0 && *kind == wanted);
        let identity: Option<Identity> = match of_person(Compartment::Identity) {
            Some((owner, kind, version, blob)) => open_blob(owner.0, *kind, *version, blob, &held)?,
            None => None,
        };
        let contact: Option<Contact> = match of_person(Compartment::Contact) {
            Some((owner, kind, version, blob)) => open_blob(owner.0, *kind, *version, blob, &held)?,
            None => None,
        };
        let cases: Vec<CaseRow> = rows.iter().filter(|row| row.person_id == person).cloned().collect();
        let gender = cases.first().map_or(crate::domain::codes::Gender::UNKNOWN, |case| case.gender);
        let nationality = cases.first().and_then(CaseRow::nationality);
        let profile = Profile::of(&identity.unwrap_or_default(), contact.as_ref(), nationality, gender);
        found.push(Known { person, profile, cases, key });
    }
    Ok(found)
}

/// Forgets whom a person was taken for, and who looked for them: they are erased.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let queued = diesel::delete(matching_queue::table.find(SubjectId(person.0)));
    on_backend!(tx.conn, |c| queued.execute(c))?;
    let found = diesel::delete(match_rows::table.filter(match_rows::person_id.eq(person)));
    on_backend!(tx.conn, |c| found.execute(c))?;
    merges::forget(tx, person)?;
    let of_person = duplicate_pairs::first_person_id.eq(person).or(duplicate_pairs::second_person_id.eq(person));
    let pairs = diesel::delete(duplicate_pairs::table.filter(of_person));
    on_backend!(tx.conn, |c| pairs.execute(c))?;
    Ok(())
}

//! The indexes that make a person findable: the blind index, staged names, and the queue of the matcher.

use diesel::prelude::*;
use zeroize::Zeroizing;

use crate::crypto::{BlindField, NORMALISER_VERSION};
use crate::db::Tx;
use crate::db::casefile::compartments::Contents;
use crate::db::engine::connection::ExecuteLater;
use crate::db::engine::name_index::{NameChange, Renamed};
use crate::db::schema::{blind_index, cases, matching_queue};
use crate::domain::cases::person::Identity;
use crate::domain::cases::phone::{PhoneNumber, meanings};
use crate::domain::codes::QueuedKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, PersonId, *};
use crate::domain::people::matching::Span;
use crate::error::Result;

/// A person or a tracing request that the matcher is to compare.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = matching_queue, treat_none_as_default_value = false)]
pub struct QueuedRow {
    pub subject_id: SubjectId,
    pub kind: QueuedKind,
    pub queued_at: Timestamp,
}

/// Queues a person for the matcher, because they are new, or their names or numbers changed.
pub(in crate::db) fn enqueue(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    enqueue_subject(tx, SubjectId(person.0), QueuedKind::Person)
}

/// Queues a tracing request for the matcher.
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
    query.execute_later(tx.conn)?;
    Ok(())
}

/// Stages the new names; they take effect only if, and when, the transaction commits.
pub(in crate::db) fn stage(tx: &mut Tx<'_>, person: PersonId, identity: &Identity) {
    let (names, born) = (Zeroizing::new(identity.names()), Span::of_birth(identity));
    tx.stage_names(NameChange::Named(Renamed { person, version: 0, names, born }));
}

/// Stages that nobody is found by the names of this person any more.
pub(in crate::db) fn stage_gone(tx: &mut Tx<'_>, person: PersonId) {
    tx.stage_names(NameChange::Gone(person));
}

#[derive(Insertable)]
#[diesel(table_name = blind_index, treat_none_as_default_value = false)]
struct BlindIndexRow {
    tag: Vec<u8>,
    person_id: PersonId,
    field: BlindField,
    normaliser: i32,
}

/// Indexes the exact identifiers anew, for each kind whose compartment is open.
pub(in crate::db) fn reindex(tx: &mut Tx<'_>, person: PersonId, contents: &Contents) -> Result<()> {
    let mut values: Vec<(BlindField, String)> = Vec::new();
    let mut fields: Vec<BlindField> = Vec::new();
    enqueue(tx, person)?;
    if let Some(identity) = &contents.identity {
        stage(tx, person, identity);
        fields.push(BlindField::DocumentNumber);
        values.extend(
            identity
                .documents
                .iter()
                .filter_map(|document| document.number.as_deref())
                .map(|number| (BlindField::DocumentNumber, number.to_owned())),
        );
    }
    if let Some(contact) = &contents.contact {
        fields.extend([BlindField::Phone, BlindField::Email]);
        values.extend(contact.phones.iter().flat_map(PhoneNumber::findable).map(|digits| (BlindField::Phone, digits)));
        values.extend(contact.emails.iter().map(|email| (BlindField::Email, email.address.clone())));
    }
    let clear = diesel::delete(blind_index::table.filter(blind_index::person_id.eq(person)).filter(blind_index::field.eq_any(fields)));
    clear.execute_later(tx.conn)?;
    for (field, value) in values {
        let row = BlindIndexRow { tag: tx.keys.tag(field, &value)?, person_id: person, field, normaliser: NORMALISER_VERSION };
        let query = diesel::insert_into(blind_index::table).values(&row).on_conflict_do_nothing();
        query.execute_later(tx.conn)?;
    }
    Ok(())
}

/// The ids of the cases of every person with this exact identifier. Scope and redaction are up to the caller.
pub(in crate::db) fn cases_with(tx: &mut Tx<'_>, field: BlindField, value: &str) -> Result<Vec<CaseId>> {
    let values = match field {
        BlindField::Phone => meanings(value, tx.actor.country().as_slice()),
        BlindField::DocumentNumber | BlindField::Email => vec![value.to_owned()],
    };
    let tags = values.iter().map(|value| tx.keys.tag(field, value)).collect::<Result<Vec<_>>>()?;
    let query = blind_index::table
        .inner_join(cases::table.on(cases::person_id.eq(blind_index::person_id)))
        .filter(blind_index::tag.eq_any(tags))
        .filter(blind_index::field.eq(field))
        .select(cases::id)
        .distinct();
    Ok(query.load(tx.conn)?)
}

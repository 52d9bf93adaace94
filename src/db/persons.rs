//! Persons: their keys, and the blind index over their exact identifiers.

use diesel::prelude::*;

use super::compartments::Contents;
use super::connection::on_backend;
use super::schema::{blind_index, cases, person_keys, persons};
use super::{Tx, matching, names};
use crate::crypto::{BlindField, NORMALISER_VERSION, PersonKey};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, PersonId};
use crate::error::{Error, Result};

#[derive(Insertable)]
#[diesel(table_name = persons, treat_none_as_default_value = false)]
struct NewPersonRow {
    id: PersonId,
    created_at: Timestamp,
}

#[derive(Insertable)]
#[diesel(table_name = person_keys, treat_none_as_default_value = false)]
struct PersonKeyRow {
    person_id: PersonId,
    organisation_id: OrganisationId,
    sealed_key: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = blind_index, treat_none_as_default_value = false)]
struct BlindIndexRow {
    tag: Vec<u8>,
    person_id: PersonId,
    field: BlindField,
    normaliser: i32,
}

/// Creates a person. Their key is sealed for the registering organisation and for the system.
pub(in crate::db) fn insert(tx: &mut Tx<'_>) -> Result<(PersonId, PersonKey)> {
    let (id, key) = (PersonId::random(), PersonKey::random()?);
    let query = diesel::insert_into(persons::table).values(NewPersonRow { id, created_at: tx.now });
    on_backend!(tx.conn, |c| query.execute(c))?;
    hand_over(tx, id, tx.actor.organisation_id(), &key)?;
    if tx.actor.organisation_id() != OrganisationId::SYSTEM {
        hand_over(tx, id, OrganisationId::SYSTEM, &key)?;
    }
    Ok((id, key))
}

/// Seals the person's key for an organisation that is to hold it whole.
pub(in crate::db) fn hand_over(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId, key: &PersonKey) -> Result<()> {
    let row =
        PersonKeyRow { person_id: person, organisation_id: organisation, sealed_key: tx.keys.seal_person_key(person, organisation, key)? };
    let query = diesel::insert_into(person_keys::table)
        .values(&row)
        .on_conflict((person_keys::person_id, person_keys::organisation_id))
        .do_update()
        .set(person_keys::sealed_key.eq(&row.sealed_key));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// The person's whole key, if the actor's organisation holds it: it registered the person.
pub(in crate::db) fn key_held(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<PersonKey>> {
    key_of(tx, person, tx.actor.organisation_id())
}

/// The person's whole key as the system holds it. Only for decisions that show nothing, and for handing a case over.
pub(in crate::db) fn system_key(tx: &mut Tx<'_>, person: PersonId) -> Result<PersonKey> {
    key_of(tx, person, OrganisationId::SYSTEM)?.ok_or_else(|| Error::internal("a person without a system key"))
}

fn key_of(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<Option<PersonKey>> {
    let query = person_keys::table.find((person, organisation)).select(person_keys::sealed_key);
    let sealed: Option<Vec<u8>> = on_backend!(tx.conn, |c| query.get_result(c).optional())?;
    sealed.map(|sealed| tx.keys.open_person_key(person, organisation, &sealed)).transpose()
}

/// The organisations that hold the person's whole key.
pub(in crate::db) fn holders(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<OrganisationId>> {
    let query = person_keys::table.filter(person_keys::person_id.eq(person)).select(person_keys::organisation_id);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Withdraws the whole key from one organisation.
pub(in crate::db) fn withdraw_key(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<()> {
    let query = diesel::delete(person_keys::table.find((person, organisation)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Withdraws the whole key from every mission: the protection pathway.
pub(in crate::db) fn withdraw_keys_from_missions(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    use super::schema::organisations;
    use crate::domain::codes::OrganisationKind;
    let missions = organisations::table.filter(organisations::kind.eq(OrganisationKind::DiplomaticMission)).select(organisations::id);
    let query =
        diesel::delete(person_keys::table.filter(person_keys::person_id.eq(person)).filter(person_keys::organisation_id.eq_any(missions)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Indexes the exact identifiers of one kind anew.
pub(in crate::db) fn reindex(tx: &mut Tx<'_>, person: PersonId, contents: &Contents) -> Result<()> {
    let mut values: Vec<(BlindField, &str)> = Vec::new();
    let mut fields: Vec<BlindField> = Vec::new();
    matching::enqueue(tx, person)?;
    if let Some(identity) = &contents.identity {
        names::stage(tx, person, identity);
        fields.push(BlindField::DocumentNumber);
        values.extend(
            identity.documents.iter().filter_map(|document| document.number.as_deref()).map(|number| (BlindField::DocumentNumber, number)),
        );
    }
    if let Some(contact) = &contents.contact {
        fields.extend([BlindField::Phone, BlindField::Email]);
        values.extend(contact.phones.iter().map(|phone| (BlindField::Phone, phone.number.as_str())));
        values.extend(contact.emails.iter().map(|email| (BlindField::Email, email.address.as_str())));
    }
    let clear = diesel::delete(blind_index::table.filter(blind_index::person_id.eq(person)).filter(blind_index::field.eq_any(fields)));
    on_backend!(tx.conn, |c| clear.execute(c))?;
    for (field, value) in values {
        let row = BlindIndexRow { tag: tx.keys.tag(field, value)?, person_id: person, field, normaliser: NORMALISER_VERSION };
        let query = diesel::insert_into(blind_index::table).values(&row).on_conflict_do_nothing();
        on_backend!(tx.conn, |c| query.execute(c))?;
    }
    Ok(())
}

/// The cases of whoever has this exact identifier. Scope and redaction are the caller's: this returns ids only.
pub(in crate::db) fn cases_with(tx: &mut Tx<'_>, field: BlindField, value: &str) -> Result<Vec<CaseId>> {
    let tag = tx.keys.tag(field, value)?;
    let query = blind_index::table
        .inner_join(cases::table.on(cases::person_id.eq(blind_index::person_id)))
        .filter(blind_index::tag.eq(tag))
        .filter(blind_index::field.eq(field))
        .select(cases::id);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

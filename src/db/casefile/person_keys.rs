//! Persons: their keys, and the blind index over their exact identifiers.

use diesel::prelude::*;

use crate::crypto::PersonKey;
use crate::db::Tx;
use crate::db::casefile::person_lock::PersonLocked;
use crate::db::engine::connection::ExecuteLater;
use crate::db::schema::{person_keys, persons};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::sharing::{AccessRule, Authority};
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

/// Creates a person. Their key is sealed for the registering organisation and for the system.
pub(in crate::db) fn insert<'a>(tx: &mut Tx<'a>) -> Result<(PersonLocked<'a>, PersonKey)> {
    let (id, key) = (PersonId::random(), PersonKey::random()?);
    let query = diesel::insert_into(persons::table).values(NewPersonRow { id, created_at: tx.now });
    query.execute_later(tx.conn)?;
    let person = PersonLocked::of_new(id);
    let authority = Authority::of_rule(AccessRule::Registration);
    hand_over(tx, &person, authority, tx.actor.organisation_id(), &key)?;
    if tx.actor.organisation_id() != OrganisationId::SYSTEM {
        hand_over(tx, &person, authority, OrganisationId::SYSTEM, &key)?;
    }
    Ok((person, key))
}

/// Seals the person's whole key for an organisation.
pub(in crate::db) fn hand_over(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    _: Authority,
    organisation: OrganisationId,
    key: &PersonKey,
) -> Result<()> {
    let person = person.person();
    let row =
        PersonKeyRow { person_id: person, organisation_id: organisation, sealed_key: tx.keys.seal_person_key(person, organisation, key)? };
    let query = diesel::insert_into(person_keys::table)
        .values(&row)
        .on_conflict((person_keys::person_id, person_keys::organisation_id))
        .do_update()
        .set(person_keys::sealed_key.eq(&row.sealed_key));
    query.execute_later(tx.conn)?;
    Ok(())
}

/// The person's whole key, if the actor's organisation holds it because it registered the person.
pub(in crate::db) fn key_held(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<PersonKey>> {
    key_of(tx, person, tx.actor.organisation_id())
}

/// The person's whole key as the system holds it. Only for decisions that show nothing, and for handing a case over.
pub(in crate::db) fn system_key(tx: &mut Tx<'_>, person: PersonId) -> Result<PersonKey> {
    key_of(tx, person, OrganisationId::SYSTEM)?.ok_or_else(|| Error::internal("a person without a system key"))
}

fn key_of(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<Option<PersonKey>> {
    let query = person_keys::table.find((person, organisation)).select(person_keys::sealed_key);
    let sealed: Option<Vec<u8>> = query.get_result(tx.conn).optional()?;
    sealed.map(|sealed| tx.keys.open_person_key(person, organisation, &sealed)).transpose()
}

/// The organisations that hold the person's whole key.
pub(in crate::db) fn holders(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<OrganisationId>> {
    let query = person_keys::table.filter(person_keys::person_id.eq(person)).select(person_keys::organisation_id);
    Ok(query.load(tx.conn)?)
}

/// Withdraws the whole key from one organisation.
pub(in crate::db) fn withdraw_key(tx: &mut Tx<'_>, person: &PersonLocked<'_>, organisation: OrganisationId) -> Result<()> {
    let query = diesel::delete(person_keys::table.find((person.person(), organisation)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Withdraws the whole key from every mission: the protection pathway.
pub(in crate::db) fn withdraw_keys_from_missions(tx: &mut Tx<'_>, person: &PersonLocked<'_>) -> Result<()> {
    use crate::db::schema::organisations;
    use crate::domain::codes::OrganisationKind;
    let missions = organisations::table.filter(organisations::kind.eq(OrganisationKind::DiplomaticMission)).select(organisations::id);
    let of_person = person_keys::table.filter(person_keys::person_id.eq(person.person()));
    let query = diesel::delete(of_person.filter(person_keys::organisation_id.eq_any(missions)));
    query.execute(tx.conn)?;
    Ok(())
}

//! Registered persons as the matcher compares them.

use diesel::prelude::*;
use std::collections::BTreeSet;

use crate::crypto::{BlindField, PersonKey};
use crate::db::Tx;
use crate::db::casefile::compartments::open_blob;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{grants, merged};
use crate::db::people::names;
use crate::db::schema::{blind_index, case_grants, cases, compartments, person_keys};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::{Contact, Identity};
use crate::domain::ids::*;
use crate::domain::people::matching::Profile;
use crate::error::Result;

/// A person as the system knows them, for decisions that show nothing.
pub(in crate::db) struct Known {
    pub(in crate::db) person: PersonId,
    pub(in crate::db) profile: Profile,
    /// Their cases, the newest first; none for a merged or erased person, who is never matched.
    pub(in crate::db) cases: Vec<CaseRow>,
    pub(in crate::db) key: PersonKey,
}

/// The persons with one of these numbers. Always one statement, so that its duration reveals nothing.
pub(in crate::db) fn with_number(tx: &mut Tx<'_>, profile: &Profile) -> Result<Vec<PersonId>> {
    let mut tags = Vec::new();
    for (field, values) in [(BlindField::DocumentNumber, &profile.documents), (BlindField::Phone, &profile.phones)] {
        for value in values {
            tags.push(tx.keys.tag(field, value)?);
        }
    }
    let query = blind_index::table.filter(blind_index::tag.eq_any(tags)).select(blind_index::person_id).distinct();
    Ok(query.load(tx.conn)?)
}

/// The organisations that may read the identity of these persons.
pub(in crate::db) fn identified_to(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<BTreeSet<(OrganisationId, PersonId)>> {
    let unexpired = case_grants::expires_at.is_null().or(case_grants::expires_at.gt(tx.now));
    let query = case_grants::table.inner_join(cases::table).filter(cases::person_id.eq_any(people)).filter(unexpired).select((
        case_grants::organisation_id,
        cases::person_id,
        case_grants::compartments,
    ));
    let rows: Vec<(OrganisationId, PersonId, CompartmentSet)> = query.load(tx.conn)?;
    let opens = |set: &CompartmentSet| set.contains(Compartment::Identity);
    Ok(rows.into_iter().filter(|(.., set)| opens(set)).map(|(organisation, person, _)| (organisation, person)).collect())
}

/// The persons whose identity the actor's organisation may read, each with the newest such case: the scope of every search by
/// name. Persons outside of it are not ranked.
pub(in crate::db) fn identified(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, CaseId)>> {
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .order((cases::person_id, case_grants::registered_at.desc()))
        .select((cases::person_id, case_grants::case_id, case_grants::compartments));
    let rows: Vec<(PersonId, CaseId, CompartmentSet)> = query.load(tx.conn)?;
    let open = rows.into_iter().filter(|(.., set)| set.contains(Compartment::Identity)).map(|(person, case, _)| (person, case));
    let mut people: Vec<(PersonId, CaseId)> = open.collect();
    people.dedup_by_key(|(person, _)| *person);
    Ok(people)
}

/// Persons as the system knows them, in three statements for any number of persons.
pub(in crate::db) fn known(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<Vec<Known>> {
    let query = person_keys::table
        .filter(person_keys::organisation_id.eq(OrganisationId::SYSTEM))
        .filter(person_keys::person_id.eq_any(people))
        .select((person_keys::person_id, person_keys::sealed_key));
    let keys: Vec<(PersonId, Vec<u8>)> = query.load(tx.conn)?;
    let query = cases::table
        .filter(cases::person_id.eq_any(people))
        .filter(cases::person_id.ne_all(merged::merged_persons()))
        .order((cases::created_at.desc(), cases::id))
        .select(cases::all_columns);
    let rows: Vec<CaseRow> = query.load(tx.conn)?;
    let owners: Vec<OwnerId> = people.iter().map(|person| names::owner(*person)).collect();
    let query = compartments::table.filter(compartments::owner_id.eq_any(owners)).select((
        compartments::owner_id,
        compartments::compartment,
        compartments::version,
        compartments::ciphertext,
    ));
    let sealed: Vec<(OwnerId, Compartment, i64, Vec<u8>)> = query.load(tx.conn)?;
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
        // The one that counts: that two records agree in a further one is for nobody to read who is told of one.
        let nationality = cases.first().and_then(CaseRow::nationality).into_iter().collect();
        let profile = Profile::of(&identity.unwrap_or_default(), contact.as_ref(), nationality, gender);
        found.push(Known { person, profile, cases, key });
    }
    Ok(found)
}

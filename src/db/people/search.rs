//! Searching the organisation's own cases: by name in any script, birth date, nationality and numbers. Filters by grants before
//! it ranks, so that persons whom the organisation may not see do not influence the order.

use diesel::prelude::*;
use std::collections::HashSet;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::open_blob;
use crate::db::casefile::list::{self, CaseSummaryRow};
use crate::db::people::{known, names};
use crate::db::schema::compartments;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::{Contact, Identity};
use crate::domain::ids::{CaseId, OwnerId, PersonId};
use crate::domain::nationality::Nationality;
use crate::domain::people::matching::{Likeness, POSSIBLE, Profile, WORTH_SHOWING};
use crate::domain::people::names::Closeness;
use crate::error::Result;

/// Names less similar than this are no candidates.
const NAME_FLOOR: f64 = 0.5;
/// Cases that are opened for one search.
const MOST_OPENED: usize = 200;

/// A case whose person may be the sought one.
pub struct FoundCase {
    pub case: CaseSummaryRow,
    pub identity: Identity,
    /// The similarity, with its reasons.
    pub likeness: Likeness,
}

/// A case with the particulars of the person that the caller's grant opens.
pub(in crate::db) struct SeenCase {
    pub(in crate::db) row: CaseSummaryRow,
    pub(in crate::db) identity: Identity,
    pub(in crate::db) profile: Profile,
}

/// The cases of persons who answer a search, the best first, at most `limit`. What was typed may be a beginning, or mistyped.
pub fn search(tx: &mut Tx<'_>, sought: &Profile, limit: usize) -> Result<Vec<FoundCase>> {
    like(tx, sought, Closeness::Typed, WORTH_SHOWING, limit)
}

/// The cases of persons who may be the described one, the most similar first, at most `limit`.
pub fn candidates(tx: &mut Tx<'_>, described: &Profile, limit: usize) -> Result<Vec<FoundCase>> {
    like(tx, described, Closeness::SamePerson, POSSIBLE, limit)
}

fn like(tx: &mut Tx<'_>, sought: &Profile, closeness: Closeness, floor: f64, limit: usize) -> Result<Vec<FoundCase>> {
    // Every search leaves an audit entry, with or without a result.
    tx.audit_unchanged(uuid::Uuid::nil());
    names::fill(tx)?;
    let visible = known::identified(tx)?;
    let people: Vec<PersonId> = visible.iter().map(|(person, _)| *person).collect();
    let mut chosen: HashSet<PersonId> = known::with_number(tx, sought)?.into_iter().collect();
    let by_name = tx.names.alike_among(&people, &sought.names, closeness, NAME_FLOOR)?;
    chosen.extend(by_name.into_iter().map(|(person, _)| person).take(MOST_OPENED));
    let ids: Vec<CaseId> = visible.iter().filter(|(person, _)| chosen.contains(person)).map(|(_, case)| *case).collect();
    let mut found = Vec::new();
    for SeenCase { row, identity, profile } in seen(tx, &ids)? {
        let likeness = match closeness {
            Closeness::SamePerson => sought.compare(&profile),
            Closeness::Typed => profile.answers(sought),
        };
        if likeness.score >= floor {
            found.push(FoundCase { case: row, identity, likeness });
        }
    }
    found.sort_by(|one, other| other.likeness.score.total_cmp(&one.likeness.score).then(other.case.created_at.cmp(&one.case.created_at)));
    found.truncate(limit);
    Ok(found)
}

/// Cases as the caller's grants open them; omits those whose identity stays closed.
pub(in crate::db) fn seen(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<Vec<SeenCase>> {
    let opened = list::opened(tx, ids)?;
    let contacts = sealed_contacts(tx, &opened.iter().map(|(row, ..)| row.person_id).collect::<Vec<_>>())?;
    let mut seen = Vec::with_capacity(opened.len());
    for (row, identity, keys) in opened {
        let Some(identity) = identity else { continue };
        let contact = open_contact(tx, &row, &contacts, &keys)?;
        let nationalities = row.nationality().into_iter().chain(row.further_nationalities().into_iter().map(Nationality::Of)).collect();
        let profile = Profile::of(&identity, contact.as_ref(), nationalities, row.gender);
        seen.push(SeenCase { row, identity, profile });
    }
    Ok(seen)
}

type SealedContact = (OwnerId, i64, Vec<u8>);

fn sealed_contacts(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<Vec<SealedContact>> {
    let owners: Vec<OwnerId> = people.iter().map(|person| names::owner(*person)).collect();
    let query = compartments::table
        .filter(compartments::owner_id.eq_any(owners))
        .filter(compartments::compartment.eq(Compartment::Contact))
        .select((compartments::owner_id, compartments::version, compartments::ciphertext));
    Ok(query.load(tx.conn)?)
}

fn open_contact(tx: &mut Tx<'_>, row: &CaseSummaryRow, sealed: &[SealedContact], keys: &CompartmentKeys) -> Result<Option<Contact>> {
    let Some((owner, version, blob)) = sealed.iter().find(|(owner, ..)| owner.0 == row.person_id.0) else { return Ok(None) };
    let contact = open_blob(owner.0, Compartment::Contact, *version, blob, keys)?;
    if contact.is_some() {
        tx.audit_disclosure(row.id, CompartmentSet::EMPTY.with(Compartment::Contact));
    }
    Ok(contact)
}

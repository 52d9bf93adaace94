//! The denials of a person: the organisations that must never see them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::db::casefile::compartments::open_detail;
use crate::db::casefile::{merged, person_keys};
use crate::db::engine::page::found;
use crate::db::schema::{denials, organisations};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{OrganisationKind, RecipientScope};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, DenialId, OrganisationId, PersonId, UserId};
use crate::domain::sharing::{Candidate, Recipient};
use crate::error::Result;

/// A denial as stored. The row shows that it exists; its recipient is sealed.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = denials, treat_none_as_default_value = false)]
pub struct DenialRow {
    pub id: DenialId,
    pub(in crate::db) person_id: PersonId,
    pub case_id: CaseId,
    pub organisation_id: OrganisationId,
    pub created_at: Timestamp,
    pub(in crate::db) created_by: Option<UserId>,
    pub(in crate::db) version: i64,
    pub lifted_at: Option<Timestamp>,
    pub(in crate::db) sealed_details: Vec<u8>,
}

/// The recipient of a denial and the reason, sealed in the protection compartment (class E).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DenialDetails {
    pub scope: RecipientScope,
    pub organisation_id: Option<OrganisationId>,
    /// Denies every organisation of a kind.
    pub organisation_kind: Option<OrganisationKind>,
    /// Denies every mission of a country.
    pub missions_of: Option<Country>,
    /// The reason in the person's words.
    pub reason: Option<String>,
}

impl DenialDetails {
    /// The denied recipient; none if the denial names none, or is about anyone.
    pub fn recipient(&self) -> Option<Recipient> {
        match self.scope {
            RecipientScope::Organisation => self.organisation_id.map(Recipient::Organisation),
            RecipientScope::OrganisationKind => self.organisation_kind.map(Recipient::Kind),
            RecipientScope::MissionsOf => self.missions_of.map(Recipient::MissionsOf),
            RecipientScope::Anyone => None,
        }
    }
}

pub(in crate::db) fn rows_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<DenialRow>> {
    let query = denials::table.filter(denials::person_id.eq(person)).order((denials::created_at, denials::id)).select(denials::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The recipients that the person denies now, for decisions. Includes the denials of every person merged with this one.
pub(in crate::db) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Recipient>> {
    let mut denied = Vec::new();
    for same in merged::one_with(tx, person)? {
        for row in rows_of(tx, same)?.into_iter().filter(|row| row.lifted_at.is_none()) {
            denied.extend(details_of(tx, &row)?.and_then(|details| details.recipient()));
        }
    }
    Ok(denied)
}

/// Opens a denial with the system's key.
pub(in crate::db) fn details_of(tx: &mut Tx<'_>, row: &DenialRow) -> Result<Option<DenialDetails>> {
    let protection = CompartmentSet::EMPTY.with(Compartment::Protection);
    let keys = person_keys::system_key(tx, row.person_id)?.compartment_keys(row.person_id, row.case_id, protection)?;
    open_detail(row.id.0, 1, Compartment::Protection, &keys, &row.sealed_details)
}

/// The facts about an organisation that the rules of sharing need.
pub(in crate::db) fn candidate(tx: &mut Tx<'_>, id: OrganisationId) -> Result<Candidate> {
    let query = organisations::table.find(id).select((organisations::kind, organisations::country));
    let (kind, country) = found(query.get_result(tx.conn).optional()?)?;
    Ok(Candidate { id, kind, country })
}

/// Whether the person denies this organisation. Checked before every grant.
pub(in crate::db) fn is_denied(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<bool> {
    let denials = of_person(tx, person)?;
    if denials.is_empty() {
        return Ok(false);
    }
    let candidate = candidate(tx, organisation)?;
    Ok(denials.iter().any(|denial| denial.includes(&candidate)))
}

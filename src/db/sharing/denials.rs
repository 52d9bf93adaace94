//! Denials: whom a person never wants to see their case. They beat every grant, batch, emergency and rule, now and later.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{candidate, check_recipient, settle};
use crate::db::cases::{self, CaseRow};
use crate::db::compartments::{open_detail, seal_detail};
use crate::db::connection::on_backend;
use crate::db::schema::denials;
use crate::db::{Tx, facts, found, merges, persons, repatriation};
use crate::domain::codes::{OrganisationKind, RecipientScope};
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, DenialId, OrganisationId, PersonId, UserId};
use crate::domain::repatriation::Party;
use crate::domain::sharing::Recipient;
use crate::error::{Error, ErrorCode, Result};

/// A denial as stored: that there is one. Whom it is about is sealed.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = denials, treat_none_as_default_value = false)]
pub struct DenialRow {
    pub id: DenialId,
    person_id: PersonId,
    pub case_id: CaseId,
    pub organisation_id: OrganisationId,
    pub created_at: Timestamp,
    created_by: Option<UserId>,
    version: i64,
    pub lifted_at: Option<Timestamp>,
    sealed_details: Vec<u8>,
}

/// Whom a denial is about, and why. Sealed with what protects the person (class E).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DenialDetails {
    /// What kind of recipient.
    pub scope: RecipientScope,
    /// One organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Every organisation of a kind.
    pub organisation_kind: Option<OrganisationKind>,
    /// Every mission of a country.
    pub missions_of: Option<Country>,
    /// In the person's words.
    pub reason: Option<String>,
}

impl DenialDetails {
    /// Whom it is about; none if nobody is named, or everybody.
    pub fn recipient(&self) -> Option<Recipient> {
        match self.scope {
            RecipientScope::Organisation => self.organisation_id.map(Recipient::Organisation),
            RecipientScope::OrganisationKind => self.organisation_kind.map(Recipient::Kind),
            RecipientScope::MissionsOf => self.missions_of.map(Recipient::MissionsOf),
            RecipientScope::Anyone => None,
        }
    }
}

/// A denial, opened.
pub struct Denial {
    pub row: DenialRow,
    /// None: closed to the caller.
    pub details: Option<DenialDetails>,
}

/// Records a denial and ends, in the same transaction, whatever those it names could see.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, details: &DenialDetails) -> Result<Denial> {
    cases::lock(tx, case)?;
    let (case, _) = cases::row_visible(tx, case)?;
    let recipient = details.recipient().ok_or_else(|| Error::internal("a denial of nobody"))?;
    require_care(tx, &case)?;
    check_recipient(tx, &recipient, "/organisation_id")?;
    let own = tx.actor.organisation_id();
    if recipient.includes(&candidate(tx, own)?) {
        return Err(Error::field(
            "/scope",
            "own_organisation",
            "this includes your own organisation: transfer the case to another one first",
        ));
    }
    let id = DenialId::random();
    let keys = persons::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::ALL)?;
    let row = DenialRow {
        id,
        person_id: case.person_id,
        case_id: case.id,
        organisation_id: own,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        version: 1,
        lifted_at: None,
        sealed_details: seal_detail(id.0, 1, Compartment::Protection, &keys, details)?,
    };
    let query = diesel::insert_into(denials::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    take_from_denied(tx, &case, &recipient)?;
    settle(tx, case.person_id)?;
    tx.audit(case.id.0, None, Some(1));
    tx.touch(id.0);
    Ok(Denial { row, details: Some(details.clone()) })
}

/// A case that a denied mission owns passes to whoever records the denial: a case that nobody can open is a person left behind. One
/// that anybody else owns does not: a desk must not come to hold a case whole by saying that its owner is denied.
fn take_from_denied(tx: &mut Tx<'_>, case: &CaseRow, recipient: &Recipient) -> Result<()> {
    for mut episode in cases::of_person(tx, case.person_id)? {
        let owner = candidate(tx, episode.owner_id)?;
        if !recipient.includes(&owner) {
            continue;
        }
        if !owner.kind.is_mission() {
            return Err(Error::field("/scope", "owner", "owns a case of the person: ask for a transfer first"));
        }
        repatriation::take_over(tx, &mut episode, tx.actor.organisation_id())?;
    }
    Ok(())
}

/// Lifts a denial, because the person changed their mind. It gives nobody anything back: what was ended is asked for anew.
pub fn lift(tx: &mut Tx<'_>, case: CaseId, id: DenialId) -> Result<Denial> {
    cases::lock(tx, case)?;
    let denial = find(tx, case, id)?;
    let (case, _) = cases::row_visible(tx, case)?;
    cases::require_owner(tx, &case)?;
    tx.audit(case.id.0, None, None);
    tx.touch(id.0);
    if denial.row.lifted_at.is_some() {
        return Ok(denial);
    }
    let query = diesel::update(denials::table.find(id)).set(denials::lifted_at.eq(Some(tx.now)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(Denial { row: DenialRow { lifted_at: Some(tx.now), ..denial.row }, details: denial.details })
}

/// The owner records what the person says, and so does the coordination desk, to whom a person turns whose owner is the one to be
/// kept away.
fn require_care(tx: &Tx<'_>, case: &CaseRow) -> Result<()> {
    let is_care = case.owner_id == tx.actor.organisation_id() || facts::party(tx.actor) == Party::Coordinator;
    if is_care {
        return Ok(());
    }
    Err(Error::new(ErrorCode::PermissionDenied)
        .detail("Only the organisation that owns the case, or the coordination desk, can record this."))
}

/// The denials of the person, oldest first. That there are any is itself class E: none where the protection notes are closed.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Vec<Denial>>> {
    let (case, keys) = cases::row_visible(tx, case)?;
    tx.note(case.id.0);
    if keys.get(Compartment::Protection).is_none() {
        return Ok(None);
    }
    tx.disclose(case.id, CompartmentSet::EMPTY.with(Compartment::Protection));
    let mut shown = Vec::new();
    for row in rows_of(tx, case.person_id)? {
        // Each is sealed with the case it was recorded on; the caller may hold that one's keys or not.
        let keys = if row.case_id == case.id { Some(keys.clone()) } else { crate::db::grants::keys_for(tx, row.case_id)? };
        let details = keys.map(|keys| open_detail(row.id.0, 1, Compartment::Protection, &keys, &row.sealed_details)).transpose()?.flatten();
        shown.push(Denial { row, details });
    }
    Ok(Some(shown))
}

/// One denial.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: DenialId) -> Result<Denial> {
    found(list(tx, case)?.unwrap_or_default().into_iter().find(|denial| denial.row.id == id))
}

fn rows_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<DenialRow>> {
    let query = denials::table.filter(denials::person_id.eq(person)).order((denials::created_at, denials::id)).select(denials::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Whom the person denies now, for decisions; also by the word of whoever is taken for the same person.
pub(in crate::db) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Recipient>> {
    let mut denied = Vec::new();
    for same in merges::one_with(tx, person)? {
        for row in rows_of(tx, same)?.into_iter().filter(|row| row.lifted_at.is_none()) {
            denied.extend(details_of(tx, &row)?.and_then(|details| details.recipient()));
        }
    }
    Ok(denied)
}

/// Opens a denial with the system's key.
fn details_of(tx: &mut Tx<'_>, row: &DenialRow) -> Result<Option<DenialDetails>> {
    let protection = CompartmentSet::EMPTY.with(Compartment::Protection);
    let keys = persons::system_key(tx, row.person_id)?.compartment_keys(row.person_id, row.case_id, protection)?;
    open_detail(row.id.0, 1, Compartment::Protection, &keys, &row.sealed_details)
}

/// Records again, for somebody who was taken for this person, whom the person denied since then.
pub(in crate::db) fn repeat(tx: &mut Tx<'_>, person: PersonId, case: &CaseRow, since: Timestamp) -> Result<()> {
    let protection = CompartmentSet::EMPTY.with(Compartment::Protection);
    let keys = persons::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, protection)?;
    for row in rows_of(tx, person)?.into_iter().filter(|row| row.lifted_at.is_none() && row.created_at >= since) {
        let details = details_of(tx, &row)?;
        let id = DenialId::random();
        let sealed_details = seal_detail(id.0, 1, Compartment::Protection, &keys, &details)?;
        let repeated = DenialRow { id, person_id: case.person_id, case_id: case.id, sealed_details, ..row };
        let query = diesel::insert_into(denials::table).values(&repeated);
        on_backend!(tx.conn, |c| query.execute(c))?;
    }
    Ok(())
}

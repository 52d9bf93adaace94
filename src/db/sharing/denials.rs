//! Denials: whom a person never wants to see their case. They beat every grant, batch, emergency and rule, now and later.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::denied::{self, DenialDetails, DenialRow, candidate};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{lock, open, ownership, person_keys};
use crate::db::engine::page::found;
use crate::db::process::facts;
use crate::db::schema::denials;
use crate::db::sharing::reconcile::reconcile_access;
use crate::db::sharing::state::check_recipient;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, DenialId, PersonId};
use crate::domain::repatriation::Party;
use crate::domain::sharing::Recipient;
use crate::error::{Error, ErrorCode, Result};

/// A denial, opened.
pub struct Denial {
    pub row: DenialRow,
    /// None: closed to the caller.
    pub details: Option<DenialDetails>,
}

/// Records a denial and ends, in the same transaction, whatever those it names could see.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, details: &DenialDetails) -> Result<Denial> {
    lock::lock(tx, case)?;
    let (case, _) = open::row_visible(tx, case)?;
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
    let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::ALL)?;
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
    query.execute(tx.conn)?;
    take_from_denied(tx, &case, &recipient)?;
    reconcile_access(tx, case.person_id)?;
    tx.audit_change(case.id.0, None, Some(1));
    tx.audit_subject(id.0);
    Ok(Denial { row, details: Some(details.clone()) })
}

/// A case that a denied mission owns passes to whoever records the denial: a case that nobody can open is a person left behind. One
/// that anybody else owns does not: a desk must not come to hold a case whole by saying that its owner is denied.
fn take_from_denied(tx: &mut Tx<'_>, case: &CaseRow, recipient: &Recipient) -> Result<()> {
    for mut episode in row::of_person(tx, case.person_id)? {
        let owner = candidate(tx, episode.owner_id)?;
        if !recipient.includes(&owner) {
            continue;
        }
        if !owner.kind.is_mission() {
            return Err(Error::field("/scope", "owner", "owns a case of the person: ask for a transfer first"));
        }
        ownership::take_over(tx, &mut episode, tx.actor.organisation_id())?;
    }
    Ok(())
}

/// Lifts a denial, because the person changed their mind. It gives nobody anything back: what was ended is asked for anew.
pub fn lift(tx: &mut Tx<'_>, case: CaseId, id: DenialId) -> Result<Denial> {
    lock::lock(tx, case)?;
    let denial = find(tx, case, id)?;
    let (case, _) = open::row_visible(tx, case)?;
    row::require_owner(tx, &case)?;
    tx.audit_change(case.id.0, None, None);
    tx.audit_subject(id.0);
    if denial.row.lifted_at.is_some() {
        return Ok(denial);
    }
    let query = diesel::update(denials::table.find(id)).set(denials::lifted_at.eq(Some(tx.now)));
    query.execute(tx.conn)?;
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
    let (case, keys) = open::row_visible(tx, case)?;
    tx.audit_unchanged(case.id.0);
    if keys.get(Compartment::Protection).is_none() {
        return Ok(None);
    }
    tx.audit_disclosure(case.id, CompartmentSet::EMPTY.with(Compartment::Protection));
    let mut shown = Vec::new();
    for row in denied::rows_of(tx, case.person_id)? {
        // Each is sealed with the case it was recorded on; the caller may hold that one's keys or not.
        let keys = if row.case_id == case.id { Some(keys.clone()) } else { crate::db::casefile::grants::keys_for(tx, row.case_id)? };
        let details = keys.map(|keys| open_detail(row.id.0, 1, Compartment::Protection, &keys, &row.sealed_details)).transpose()?.flatten();
        shown.push(Denial { row, details });
    }
    Ok(Some(shown))
}

/// One denial.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: DenialId) -> Result<Denial> {
    found(list(tx, case)?.unwrap_or_default().into_iter().find(|denial| denial.row.id == id))
}

/// Records again, for somebody who was taken for this person, whom the person denied since then.
pub(in crate::db) fn repeat(tx: &mut Tx<'_>, person: PersonId, case: &CaseRow, since: Timestamp) -> Result<()> {
    let protection = CompartmentSet::EMPTY.with(Compartment::Protection);
    let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, protection)?;
    for row in denied::rows_of(tx, person)?.into_iter().filter(|row| row.lifted_at.is_none() && row.created_at >= since) {
        let details = denied::details_of(tx, &row)?;
        let id = DenialId::random();
        let sealed_details = seal_detail(id.0, 1, Compartment::Protection, &keys, &details)?;
        let repeated = DenialRow { id, person_id: case.person_id, case_id: case.id, sealed_details, ..row };
        let query = diesel::insert_into(denials::table).values(&repeated);
        query.execute(tx.conn)?;
    }
    Ok(())
}

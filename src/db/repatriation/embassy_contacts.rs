//! Contacts with missions, and the person's decisions about them. This is the only way in which a mission learns of a case.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::granting::{self, NewGrant};
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{access_events, denied, guest_missions, open, shielded, stored_consents};
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::process::contacts::{self, EmbassyContactRow};
use crate::db::process::{facts, follow};
use crate::db::reference::missions;
use crate::db::repatriation::child_contacts::{self, OpenContact};
use crate::db::schema::embassy_contacts;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{AccessEventKind, PersonDecision};
use crate::domain::ids::{CaseId, EmbassyContactId, OrganisationId};
use crate::domain::repatriation::{ASK_OWNER, Party};
use crate::domain::sharing::{Claim, Standing};
use crate::error::{Error, ErrorCode, Result};

/// Records a contact, or the decision against one. An accepted contact gives the mission its grant in the same transaction.
pub fn insert(tx: &mut Tx<'_>, new: OpenContact) -> Result<EmbassyContactRow> {
    let OpenContact { mut row, child } = new;
    let person = lock::lock_with_person(tx, row.case_id)?;
    let (case, keys) = open::row_visible(tx, row.case_id)?;
    row::refuse_if_closed(&case)?;
    refuse_referred(tx, &case)?;
    if tx.actor.is_mission() && tx.actor.organisation_id() != row.mission_id.into() {
        return Err(Error::field("/mission_id", "not_yours", "a mission can only record contacts with itself"));
    }
    if !missions::exists(tx, row.mission_id)? {
        return Err(Error::field("/mission_id", "not_found", "no mission with this id"));
    }
    child_contacts::check(tx, &case, &row, child.as_ref())?;
    row.sealed_child = child.as_ref().map(|child| child_contacts::seal(tx, &case, &row, child)).transpose()?;
    row.created_at = tx.now;
    row.updated_at = tx.now;
    row.created_by = tx.actor.user().map(|user| user.user_id);
    let query = diesel::insert_into(embassy_contacts::table).values(&row);
    query.execute(tx.conn).map_err(|error| match Error::from(error) {
        error if error.code == ErrorCode::AlreadyExists => error.detail("There is already a contact with this mission: change that one."),
        error => error,
    })?;
    follow_decision(tx, &person, &case, &keys, &row)?;
    tell_owner(tx, &case)?;
    let case = follow::apply_consequences_anew(tx, &case)?;
    if child.is_some() {
        child_contacts::note(tx, &case, &row, None, child.as_ref())?;
    }
    tx.audit_change(row.case_id.0, None, Some(row.version));
    tx.audit_subject(row.id.0);
    Ok(row)
}

/// Refuses an organisation that was only asked for a service: it must not open the case to a mission.
fn refuse_referred(tx: &Tx<'_>, case: &CaseRow) -> Result<()> {
    let is_referred = case.owner_id != tx.actor.organisation_id() && facts::party(tx.actor) == Party::Ngo;
    if is_referred {
        return Err(Error::new(ErrorCode::PermissionDenied)
            .detail("Only the owner of the case, the coordination desk or the mission can record this."));
    }
    Ok(())
}

/// Changes a contact. A withdrawn decision also withdraws the mission's grant, in the same transaction.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, id: EmbassyContactId, expected: &Expected, change: F) -> Result<OpenContact>
where
    F: FnOnce(&mut OpenContact) -> Result<()>,
{
    let person = lock::lock_with_person(tx, case)?;
    let (case, keys) = open::row_visible(tx, case)?;
    refuse_referred(tx, &case)?;
    let before = find_in(tx, &case, &keys, id)?;
    let read = expected.check(before.version)?;
    let known = child_contacts::open(tx, &case, before.clone(), &keys)?;
    let mut changed = known.clone();
    change(&mut changed)?;
    let OpenContact { mut row, child } = changed;
    row.version += 1;
    row.updated_at = tx.now;
    let decides_for_child = child != known.child;
    if decides_for_child {
        row.sealed_child = child.as_ref().map(|child| child_contacts::seal(tx, &case, &row, child)).transpose()?;
    }
    let is_guest = guest_missions::is_guest(tx, case.owner_id);
    let is_about_the_decision = decides_for_child
        || (row.person_decision, row.decided_on, row.informed_of_rights_on)
            != (before.person_decision, before.decided_on, before.informed_of_rights_on);
    if is_guest && is_about_the_decision {
        return Err(Error::field(
            "/person_decision",
            "not_yours",
            "the decision, its day and the information on rights are recorded by the organisation that accompanies the person, not by the mission",
        ));
    }
    let lets_in = row.person_decision.allows_contact() && !before.person_decision.allows_contact();
    if lets_in || decides_for_child {
        // Who once decided for the child, and what it said then, lets nobody in later: both are asked anew.
        let decided = child.as_ref().filter(|_| decides_for_child);
        child_contacts::check(tx, &case, &row, decided)?;
    }
    // A person can withdraw a consent at any time, even when the case is closed.
    if row.person_decision.allows_contact() {
        row::refuse_if_closed(&case)?;
    }
    let query = diesel::update(embassy_contacts::table.find(id).filter(embassy_contacts::version.eq(read))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    if row.person_decision != before.person_decision {
        let is_reversed = before.person_decision == PersonDecision::Declined && row.person_decision.allows_contact();
        if is_reversed && case.owner_id != tx.actor.organisation_id() {
            let message = "the person declined: only the organisation that owns the case records that they changed their mind";
            return Err(Error::field("/person_decision", "not_yours", message));
        }
        follow_decision(tx, &person, &case, &keys, &row)?;
        tell_owner(tx, &case)?;
    }
    let case = follow::apply_consequences_anew(tx, &case)?;
    if decides_for_child {
        child_contacts::note(tx, &case, &row, known.child.as_ref(), child.as_ref())?;
    }
    tx.audit_change(case.id.0, Some(read), Some(row.version));
    tx.audit_subject(id.0);
    told(tx, &case, row, &keys)
}

/// Gives or withdraws the mission's grant, according to the person's decision.
fn follow_decision(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    case: &CaseRow,
    keys: &CompartmentKeys,
    row: &EmbassyContactRow,
) -> Result<()> {
    if !row.person_decision.allows_contact() {
        return granting::withdraw(tx, person, case.id, row.mission_id.into(), GrantBasis::EmbassyContact);
    }
    if !contacts::allow(tx, case.id, row.mission_id)? {
        let message = "the person declined this mission on another contact of theirs: change that one first";
        return Err(Error::field("/person_decision", "declined", message));
    }
    if !missions::covers(tx, row.mission_id, case.claimed.as_ref(), case.host_country)? {
        return Err(Error::new(ErrorCode::MissionDoesNotCover).at(
            "/mission_id",
            "does_not_cover",
            "choose a mission that covers a claimed nationality",
        ));
    }
    if case.owner_id == row.mission_id.into() {
        return refuse_barred(tx, case, keys, row.mission_id.into(), CompartmentSet::EMPTY);
    }
    refuse_barred(tx, case, keys, row.mission_id.into(), CompartmentSet::WHO)?;
    let grant = NewGrant {
        organisation: row.mission_id.into(),
        basis: GrantBasis::EmbassyContact,
        compartments: CompartmentSet::WHO,
        expires_at: None,
        authority: granting::authority(tx)?,
    };
    granting::give(tx, person, case, keys, &grant)
}

/// Refuses a contact that the person barred: by a denial, by their answers about consent, by the protection pathway or an asylum claim.
/// Which of these it is, is told to whoever opens the protection compartment, and to nobody else.
fn refuse_barred(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    keys: &CompartmentKeys,
    mission: OrganisationId,
    compartments: CompartmentSet,
) -> Result<()> {
    let standing = Standing {
        denials: denied::of_person(tx, case.person_id)?,
        consents: stored_consents::of_person(tx, case.person_id)?,
        is_shielded: shielded::is_barred(tx, case)?,
        nationalities: Vec::new(),
        emergency_lifts: Vec::new(),
        now: tx.now,
    };
    let candidate = denied::candidate(tx, mission)?;
    let claim = Claim { basis: GrantBasis::EmbassyContact, compartments, expires_at: None, shares: Vec::new(), allows_contact: true };
    let is_refused = !compartments.is_empty() && standing.entitles(&candidate, &claim).is_empty();
    let refusal = match () {
        () if standing.denies(&candidate) => Error::field("/mission_id", "denied", "the person has refused to be seen by this mission"),
        () if standing.is_shielded => Error::new(ErrorCode::Conflict).detail("A protection concern bars contact with a mission."),
        () if is_refused => {
            let message = "the person refused contact with this mission, or took their consent back: record their consent first";
            Error::field("/person_decision", "refused", message)
        }
        () => return Ok(()),
    };
    match keys.get(Compartment::Protection) {
        Some(_) => Err(refusal),
        None => Err(Error::field("/mission_id", ASK_OWNER.guard, "the organisation that owns the case must be asked first")),
    }
}

/// Tells the owner of a case that another organisation recorded what the person decided about a mission.
fn tell_owner(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let is_of_another = case.owner_id != tx.actor.organisation_id() && tx.actor.user().is_some();
    if is_of_another && !denied::candidate(tx, case.owner_id)?.kind.is_mission() {
        access_events::tell(tx, case.owner_id, AccessEventKind::DecisionRecordedElsewhere, case.id)?;
    }
    Ok(())
}

/// Finds a contact of a case.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: EmbassyContactId) -> Result<OpenContact> {
    let (case, keys) = open::row_visible(tx, case)?;
    tx.audit_unchanged(case.id.0);
    let row = find_in(tx, &case, &keys, id)?;
    told(tx, &case, row, &keys)
}

fn find_in(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, id: EmbassyContactId) -> Result<EmbassyContactRow> {
    found(visible_rows(tx, case, keys)?.into_iter().find(|row| row.id == id))
}

/// The contacts of a case: all of them, or for a guest mission only its own.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<OpenContact>> {
    let (case, keys) = open::row_visible(tx, case)?;
    // Reading the decisions leaves an audit entry, although they are in no compartment.
    tx.audit_unchanged(case.id.0);
    let rows = visible_rows(tx, &case, &keys)?;
    rows.into_iter().map(|row| told(tx, &case, row, &keys)).collect()
}

/// A contact as the caller may read it: a guest mission knows of its own users alone. It has one contact with a case, or few.
fn told(tx: &mut Tx<'_>, case: &CaseRow, row: EmbassyContactRow, keys: &CompartmentKeys) -> Result<OpenContact> {
    let contact = child_contacts::open(tx, case, row, keys)?;
    if contact.child.is_some() {
        tx.audit_disclosure(case.id, CompartmentSet::EMPTY.with(child_contacts::SEALED_IN));
    }
    let Some(user) = contact.row.created_by else { return Ok(contact) };
    let created_by = guest_missions::known_among(tx, case.owner_id, vec![user])?.pop();
    Ok(OpenContact { row: EmbassyContactRow { created_by, ..contact.row }, ..contact })
}

fn visible_rows(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Vec<EmbassyContactRow>> {
    Ok(contacts::all_of(tx, case.id)?
        .into_iter()
        // Of a merged case only who saw that one is told.
        .filter(|row| keys.of(row.merged_from).is_some())
        .filter(|row| guest_missions::may_see_mission(tx, case.owner_id, Some(row.mission_id)))
        .collect())
}

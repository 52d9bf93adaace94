//! Consents: the answers of the person. Recorded, possibly withdrawn, never changed.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::accounts::approvals;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::data_protection::{About, tell_data_protection};
use crate::db::casefile::denied::candidate;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::stored_consents::{self, ConsentDetails, ConsentRow};
use crate::db::casefile::{grants, guest_missions, merged, open, person_keys};
use crate::db::engine::page::found;
use crate::db::schema::consents;
use crate::db::sharing::reconcile::reconcile_access;
use crate::db::sharing::state::check_recipient;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::accounts::approval::{Act, OverrideParameters};
use crate::domain::codes::{
    ConsentAnswer, ConsentGiver, ConsentPurpose, ConsentStatus, DataProtectionEventKind, OverrideBasis, RecipientScope,
};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, ConsentId, PersonId, UserId};
use crate::domain::sharing::Recipient;
use crate::error::{Error, ErrorCode, Result};

/// A consent that is about to be recorded.
#[derive(Clone)]
pub struct NewConsent {
    pub purpose: ConsentPurpose,
    pub answer: ConsentAnswer,
    pub recipient: Recipient,
    pub compartments: CompartmentSet,
    /// None: on the day that it is where the case is.
    pub given_on: Option<NaiveDate>,
    pub expires_at: Option<Timestamp>,
    pub override_basis: Option<OverrideBasis>,
    pub override_approval: Option<ApprovalId>,
    pub details: ConsentDetails,
}

/// A consent, opened as far as the caller's grants go.
pub struct OpenConsent {
    pub row: ConsentRow,
    pub status: ConsentStatus,
    /// None: closed to the caller.
    pub details: Option<ConsentDetails>,
    /// Whether the caller is told only what holds for the person: it was recorded on a case that is closed to them.
    pub is_outline: bool,
}

/// Records an answer of the person. Only the owner of the case asks.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, new: &NewConsent) -> Result<OpenConsent> {
    let person = lock::lock_with_person(tx, case)?;
    let (case, keys) = open::row_visible(tx, case)?;
    row::refuse_if_closed(&case)?;
    row::require_owner(tx, &case)?;
    check_who_gives(&case, new)?;
    check_recipient(tx, &new.recipient, "/recipient_organisation_id")?;
    let override_approver = approved_override(tx, &case, new)?;
    let id = ConsentId::random();
    let (recipient_scope, recipient_id, recipient_kind, recipient_country) = stored_consents::columns(&new.recipient);
    let row = ConsentRow {
        id,
        person_id: case.person_id,
        case_id: case.id,
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        version: 1,
        purpose: new.purpose,
        answer: new.answer,
        recipient_scope,
        recipient_id,
        recipient_kind,
        recipient_country,
        compartments: new.compartments,
        given_on: new.given_on.unwrap_or(case.today(tx)?.day()),
        expires_at: new.expires_at,
        withdrawn_at: None,
        withdrawn_by: None,
        override_basis: new.override_basis,
        override_approver,
        is_over: new.expires_at.is_none(),
        sealed_details: seal_detail(id.0, 1, Compartment::Identity, &keys, &new.details)?,
    };
    store(tx, &person, &row)?;
    // A refusal may end the access that an earlier consent gave.
    reconcile_access(tx, &person)?;
    tx.audit_change(case.id.0, None, Some(1));
    tx.audit_subject(id.0);
    let opened = open(tx, row, &keys)?;
    Ok(told(tx, &case, &keys, opened))
}

/// Refuses a consent that a child gives alone: a parent, guardian or representative must give it, with the child's assent.
fn check_who_gives(case: &CaseRow, new: &NewConsent) -> Result<()> {
    let is_alone = new.details.given_by == ConsentGiver::Person && new.answer == ConsentAnswer::Granted;
    let is_child = case.is_child == Some(true);
    if is_child && is_alone {
        return Err(Error::field("/given_by", "child", "for a child, a parent, guardian or legal representative must consent"));
    }
    let answers_for_it = matches!(new.details.given_by, ConsentGiver::Parent | ConsentGiver::Guardian);
    if is_child && answers_for_it && new.answer == ConsentAnswer::Granted && new.details.guardianship.is_none() {
        return Err(Error::field("/guardianship", "required", "say by what right they answer for the child"));
    }
    Ok(())
}

/// Uses up the approval of a second person for sharing without consent, and tells those who answer for data protection. Returns
/// who approved it; none where the person themselves answered.
fn approved_override(tx: &mut Tx<'_>, case: &CaseRow, new: &NewConsent) -> Result<Option<UserId>> {
    if new.answer != ConsentAnswer::Overridden {
        return Ok(None);
    }
    let lost = || Error::internal("an override without its basis or end");
    let (recipient, organisation, kind, country) = stored_consents::columns(&new.recipient);
    let asked = OverrideParameters {
        case_id: case.id,
        purpose: new.purpose,
        recipient,
        recipient_organisation_id: organisation,
        recipient_organisation_kind: kind,
        recipient_missions_of: country,
        compartments: new.compartments.iter().collect(),
        basis: new.override_basis.ok_or_else(lost)?,
        expires_at: new.expires_at.ok_or_else(lost)?,
    };
    let approved = approvals::consume(tx, new.override_approval, &Act { consent_override: Some(asked), ..Act::default() })?;
    let about = About { user: tx.actor.user().map(|user| user.user_id), case: Some(case.id), client: None };
    tell_data_protection(tx, tx.actor.organisation_id(), DataProtectionEventKind::ConsentOverridden, about)?;
    tx.audit_subject(approved.id.0);
    Ok(approved.second)
}

/// Withdraws a consent, for any organisation to which the person said so, and ends everything that rested on it. Repeating it
/// changes nothing.
pub fn withdraw(tx: &mut Tx<'_>, case: CaseId, id: ConsentId) -> Result<OpenConsent> {
    let person = lock::lock_with_person(tx, case)?;
    let (case, keys) = open::row_visible(tx, case)?;
    let row = found(visible(tx, &case, &keys)?.into_iter().find(|row| row.id == id))?;
    if row.answer == ConsentAnswer::Refused {
        return Err(Error::new(ErrorCode::Conflict).detail("A refusal cannot be withdrawn: record the new answer instead."));
    }
    tx.audit_change(case.id.0, Some(row.version), Some(row.version + 1));
    tx.audit_subject(id.0);
    if row.withdrawn_at.is_some() {
        return shown(tx, &case, row, &keys);
    }
    let before = shown(tx, &case, row, &keys)?;
    let withdrawn_by = tx.actor.user().map(|user| user.user_id);
    let query =
        diesel::update(consents::table.find(id)).set((consents::withdrawn_at.eq(Some(tx.now)), consents::withdrawn_by.eq(withdrawn_by)));
    query.execute(tx.conn)?;
    // The caller itself may lose access by the withdrawal; it gets the result anyway.
    reconcile_access(tx, &person)?;
    let row = ConsentRow { withdrawn_at: Some(tx.now), withdrawn_by, ..before.row };
    let status = row.as_rule()?.status(tx.now);
    Ok(OpenConsent { row, status, ..before })
}

/// The consents of the person, oldest first: all of them for the owner of the case, for another organisation those that it recorded
/// and those about itself.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<OpenConsent>> {
    let (case, keys) = open::row_visible(tx, case)?;
    // Reading the consents leaves an audit entry, although they are in no compartment.
    tx.audit_unchanged(case.id.0);
    let rows = visible(tx, &case, &keys)?;
    rows.into_iter().map(|row| shown(tx, &case, row, &keys)).collect()
}

/// A consent as far as the caller may read it: with the keys of the case on which it was recorded, whether that one goes on, was merged
/// into it, or is another case of the person. Recorded on a case that is closed to the caller, it is told as far as it holds for the
/// person.
fn shown(tx: &mut Tx<'_>, case: &CaseRow, row: ConsentRow, keys: &CompartmentKeys) -> Result<OpenConsent> {
    if row.case_id == case.id {
        let opened = open(tx, row, keys)?;
        return Ok(told(tx, case, keys, opened));
    }
    let keys = match keys.of(Some(row.case_id)) {
        Some(of_merged) => Some(of_merged.clone()),
        None => grants::keys_for(tx, row.case_id)?,
    };
    match keys {
        Some(keys) => {
            let opened = open(tx, row, &keys)?;
            Ok(told(tx, case, &keys, opened))
        }
        None => outline(tx, row),
    }
}

/// A consent without a child's words and who answers for it, to whoever did not record it and does not open the narrative, in which a child
/// is heard elsewhere; and to a mission that is a guest on the case, because the child may fear that very mission.
fn told(tx: &Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, opened: OpenConsent) -> OpenConsent {
    let is_heard = keys.get(Compartment::Narrative).is_some() && !guest_missions::is_guest(tx, case.owner_id);
    if is_heard || opened.row.organisation_id == tx.actor.organisation_id() {
        return opened;
    }
    let details = opened.details.map(|details| ConsentDetails { assent: None, guardianship: None, ..details });
    OpenConsent { details, ..opened }
}

/// A consent without what belongs to the case on which it was recorded.
fn outline(tx: &Tx<'_>, row: ConsentRow) -> Result<OpenConsent> {
    let status = row.as_rule()?.status(tx.now);
    let recipient_id = row.recipient_id.filter(|id| *id == tx.actor.organisation_id());
    Ok(OpenConsent { row: ConsentRow { recipient_id, override_approver: None, ..row }, status, details: None, is_outline: true })
}

/// Finds a consent.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: ConsentId) -> Result<OpenConsent> {
    found(list(tx, case)?.into_iter().find(|consent| consent.row.id == id))
}

fn visible(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Vec<ConsentRow>> {
    let mut rows = stored_consents::rows_of(tx, case.person_id)?;
    for person in merged::merged_into(tx, case.person_id)? {
        let of_merged = stored_consents::rows_of(tx, person)?;
        // Of a merged case only who saw that one is told.
        rows.extend(of_merged.into_iter().filter(|row| keys.of(Some(row.case_id)).is_some()));
    }
    let own = tx.actor.organisation_id();
    if case.owner_id != own {
        let candidate = candidate(tx, own)?;
        let about_own =
            |row: &ConsentRow| row.recipient_scope != RecipientScope::Anyone && row.recipient().is_ok_and(|to| to.includes(&candidate));
        rows.retain(|row| row.organisation_id == own || about_own(row));
    }
    Ok(rows)
}

/// Repeats this person's refusals since then for another person, with whom they were merged.
pub(in crate::db) fn repeat_refusals(
    tx: &mut Tx<'_>,
    person: PersonId,
    to_person: &PersonLocked<'_>,
    case: &CaseRow,
    since: Timestamp,
) -> Result<()> {
    let refused = |row: &ConsentRow| row.answer == ConsentAnswer::Refused && row.created_at >= since;
    for row in stored_consents::rows_of(tx, person)?.into_iter().filter(refused) {
        let mut of_case = |person, case| person_keys::system_key(tx, person)?.compartment_keys(person, case, CompartmentSet::WHO);
        let (from, to) = (of_case(person, row.case_id)?, of_case(case.person_id, case.id)?);
        let details = stored_consents::stored(&row, &from)?.ok_or_else(|| Error::internal("a refusal that is closed to the system"))?;
        let id = ConsentId::random();
        let sealed_details = seal_detail(id.0, 1, Compartment::Identity, &to, &details)?;
        let repeated = ConsentRow { id, person_id: case.person_id, case_id: case.id, sealed_details, ..row };
        store(tx, to_person, &repeated)?;
    }
    Ok(())
}

/// Stores an answer, under the lock of the person whose access it may change.
fn store(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &ConsentRow) -> Result<()> {
    person.check(row.person_id)?;
    let query = diesel::insert_into(consents::table).values(row);
    query.execute(tx.conn)?;
    Ok(())
}

fn open(tx: &mut Tx<'_>, row: ConsentRow, keys: &CompartmentKeys) -> Result<OpenConsent> {
    let details = stored_consents::stored(&row, keys)?;
    if details.is_some() {
        tx.audit_disclosure(row.case_id, CompartmentSet::EMPTY.with(Compartment::Identity));
    }
    let status = row.as_rule()?.status(tx.now);
    Ok(OpenConsent { row, status, details, is_outline: false })
}

//! Consents: what the person answered. Recorded, perhaps withdrawn, never changed.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{candidate, check_recipient, settle};
use crate::crypto::CompartmentKeys;
use crate::db::cases::{self, CaseRow};
use crate::db::compartments::{open_detail, seal_detail};
use crate::db::connection::on_backend;
use crate::db::schema::consents;
use crate::db::{Tx, found, merges, persons, users};
use crate::domain::codes::{ConsentAnswer, ConsentGiver, ConsentPurpose, ConsentStatus, OrganisationKind, OverrideBasis, RecipientScope};
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, PersonId, UserId};
use crate::domain::language::Language;
use crate::domain::sharing::{Consent, Disclosures, Recipient};
use crate::error::{Error, ErrorCode, Result};

/// A consent as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
pub struct ConsentRow {
    pub id: ConsentId,
    person_id: PersonId,
    pub case_id: CaseId,
    pub organisation_id: OrganisationId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub version: i64,
    pub purpose: ConsentPurpose,
    pub answer: ConsentAnswer,
    pub recipient_scope: RecipientScope,
    pub recipient_id: Option<OrganisationId>,
    pub recipient_kind: Option<OrganisationKind>,
    pub recipient_country: Option<Country>,
    pub compartments: CompartmentSet,
    pub given_on: NaiveDate,
    pub expires_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub withdrawn_by: Option<UserId>,
    pub override_basis: Option<OverrideBasis>,
    pub override_approver: Option<UserId>,
    /// Whether what its end asks for is done.
    is_over: bool,
    sealed_details: Vec<u8>,
}

/// How it was given. Sealed with the identity.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentDetails {
    pub given_by: ConsentGiver,
    pub capacity_note: Option<String>,
    pub disclosures: Disclosures,
    pub language: Option<Language>,
    pub interpreter: Option<String>,
    pub evidence: Option<String>,
    pub override_reason: Option<String>,
}

/// A consent to be recorded.
#[derive(Clone)]
pub struct NewConsent {
    pub purpose: ConsentPurpose,
    pub answer: ConsentAnswer,
    pub recipient: Recipient,
    pub compartments: CompartmentSet,
    pub given_on: NaiveDate,
    pub expires_at: Option<Timestamp>,
    pub override_basis: Option<OverrideBasis>,
    pub override_approver: Option<UserId>,
    pub details: ConsentDetails,
}

/// A consent, opened as far as the caller's grants go.
pub struct OpenConsent {
    pub row: ConsentRow,
    pub status: ConsentStatus,
    /// None: closed to the caller.
    pub details: Option<ConsentDetails>,
}

impl ConsentRow {
    fn recipient(&self) -> Result<Recipient> {
        let lost = || Error::internal("a consent without its recipient");
        Ok(match self.recipient_scope {
            RecipientScope::Organisation => Recipient::Organisation(self.recipient_id.ok_or_else(lost)?),
            RecipientScope::OrganisationKind => Recipient::Kind(self.recipient_kind.ok_or_else(lost)?),
            RecipientScope::MissionsOf => Recipient::MissionsOf(self.recipient_country.ok_or_else(lost)?),
            RecipientScope::Anyone => Recipient::Anyone,
        })
    }

    fn as_rule(&self) -> Result<Consent> {
        Ok(Consent {
            id: self.id,
            purpose: self.purpose,
            recipient: self.recipient()?,
            compartments: self.compartments,
            answer: self.answer,
            expires_at: self.expires_at,
            withdrawn_at: self.withdrawn_at,
        })
    }
}

/// Records what the person answered. Only the owner of the case asks.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, new: &NewConsent) -> Result<OpenConsent> {
    cases::lock(tx, case)?;
    let (case, keys) = cases::row_visible(tx, case)?;
    cases::refuse_if_closed(&case)?;
    cases::require_owner(tx, &case)?;
    check_who_gives(&case, new)?;
    check_recipient(tx, &new.recipient, "/recipient_organisation_id")?;
    check_approver(tx, new.override_approver)?;
    let id = ConsentId::random();
    let (recipient_scope, recipient_id, recipient_kind, recipient_country) = columns(&new.recipient);
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
        given_on: new.given_on,
        expires_at: new.expires_at,
        withdrawn_at: None,
        withdrawn_by: None,
        override_basis: new.override_basis,
        override_approver: new.override_approver,
        is_over: new.expires_at.is_none(),
        sealed_details: seal_detail(id.0, 1, Compartment::Identity, &keys, &new.details)?,
    };
    let query = diesel::insert_into(consents::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    // A refusal may end what an earlier consent began.
    settle(tx, case.person_id)?;
    tx.audit(case.id.0, None, Some(1));
    tx.touch(id.0);
    open(tx, row, &keys)
}

/// Nobody consents for themselves who is a child: a parent, guardian or representative does, with the child's assent.
fn check_who_gives(case: &CaseRow, new: &NewConsent) -> Result<()> {
    let is_alone = new.details.given_by == ConsentGiver::Person && new.answer == ConsentAnswer::Granted;
    if case.is_child == Some(true) && is_alone {
        return Err(Error::field("/given_by", "child", "for a child, a parent, guardian or legal representative must consent"));
    }
    Ok(())
}

/// Sharing without consent is approved by a supervisor who is somebody else.
fn check_approver(tx: &mut Tx<'_>, approver: Option<UserId>) -> Result<()> {
    let Some(approver) = approver else { return Ok(()) };
    let refused = |code, message| Error::field("/override_details/approver_id", code, message);
    if tx.actor.user().is_some_and(|user| user.user_id == approver) {
        return Err(refused("same_person", "must be somebody else"));
    }
    let is_supervisor = users::is_active_colleague(tx, approver)? && users::find(tx, approver)?.role.is_supervisor();
    if is_supervisor { Ok(()) } else { Err(refused("not_found", "no supervisor of your organisation with this id")) }
}

fn columns(recipient: &Recipient) -> (RecipientScope, Option<OrganisationId>, Option<OrganisationKind>, Option<Country>) {
    match *recipient {
        Recipient::Organisation(id) => (RecipientScope::Organisation, Some(id), None, None),
        Recipient::Kind(kind) => (RecipientScope::OrganisationKind, None, Some(kind), None),
        Recipient::MissionsOf(country) => (RecipientScope::MissionsOf, None, None, Some(country)),
        Recipient::Anyone => (RecipientScope::Anyone, None, None, None),
    }
}

/// Takes a consent back, whoever the person said it to, and ends everything that rested on it. Withdrawing twice is once.
pub fn withdraw(tx: &mut Tx<'_>, case: CaseId, id: ConsentId) -> Result<OpenConsent> {
    cases::lock(tx, case)?;
    let (case, keys) = cases::row_visible(tx, case)?;
    let row = found(visible(tx, &case)?.into_iter().find(|row| row.id == id))?;
    if row.answer == ConsentAnswer::Refused {
        return Err(Error::new(ErrorCode::Conflict).detail("A refusal cannot be withdrawn: record the new answer instead."));
    }
    tx.audit(case.id.0, Some(row.version), Some(row.version + 1));
    tx.touch(id.0);
    if row.withdrawn_at.is_some() {
        return open(tx, row, &keys);
    }
    let details: Option<ConsentDetails> = stored(&row, &keys)?;
    let withdrawn_by = tx.actor.user().map(|user| user.user_id);
    let query =
        diesel::update(consents::table.find(id)).set((consents::withdrawn_at.eq(Some(tx.now)), consents::withdrawn_by.eq(withdrawn_by)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    // Whoever withdraws may be whoever loses sight by it; they are told what they did all the same.
    settle(tx, case.person_id)?;
    let row = ConsentRow { withdrawn_at: Some(tx.now), withdrawn_by, ..row };
    let status = row.as_rule()?.status(tx.now);
    Ok(OpenConsent { row, status, details })
}

/// The consents of the person, oldest first: all of them for the owner of the case, for anybody else those about themselves.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<OpenConsent>> {
    let (case, keys) = cases::row_visible(tx, case)?;
    // Who may see a person is no compartment, and still nobody reads it unseen.
    tx.note(case.id.0);
    visible(tx, &case)?.into_iter().map(|row| open(tx, row, &keys)).collect()
}

/// One consent.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: ConsentId) -> Result<OpenConsent> {
    found(list(tx, case)?.into_iter().find(|consent| consent.row.id == id))
}

fn visible(tx: &mut Tx<'_>, case: &CaseRow) -> Result<Vec<ConsentRow>> {
    let mut rows = rows_of(tx, case.person_id)?;
    let own = tx.actor.organisation_id();
    if case.owner_id != own {
        let own = candidate(tx, own)?;
        let about_own =
            |row: &ConsentRow| row.recipient_scope != RecipientScope::Anyone && row.recipient().is_ok_and(|to| to.includes(&own));
        rows.retain(about_own);
    }
    Ok(rows)
}

fn rows_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<ConsentRow>> {
    let query =
        consents::table.filter(consents::person_id.eq(person)).order((consents::created_at, consents::id)).select(consents::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Every answer of the person, oldest first, for decisions.
pub(in crate::db) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Consent>> {
    let same = merges::one_with(tx, person)?;
    of_one(tx, person, &same)
}

/// Every answer of the person, and every refusal of whoever else is the same one: agreeing is each record's own, refusing holds for all.
pub(in crate::db) fn of_one(tx: &mut Tx<'_>, person: PersonId, same: &[PersonId]) -> Result<Vec<Consent>> {
    let query =
        consents::table.filter(consents::person_id.eq_any(same)).order((consents::created_at, consents::id)).select(consents::all_columns);
    let rows: Vec<ConsentRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let counts = |row: &&ConsentRow| row.person_id == person || row.answer == ConsentAnswer::Refused;
    rows.iter().filter(counts).map(ConsentRow::as_rule).collect()
}

/// Records again, for somebody who was taken for this person, what was refused since then.
pub(in crate::db) fn repeat_refusals(tx: &mut Tx<'_>, person: PersonId, case: &CaseRow, since: Timestamp) -> Result<()> {
    let refused = |row: &ConsentRow| row.answer == ConsentAnswer::Refused && row.created_at >= since;
    for row in rows_of(tx, person)?.into_iter().filter(refused) {
        let mut of_case = |person, case| persons::system_key(tx, person)?.compartment_keys(person, case, CompartmentSet::WHO);
        let (from, to) = (of_case(person, row.case_id)?, of_case(case.person_id, case.id)?);
        let details = stored(&row, &from)?.ok_or_else(|| Error::internal("a refusal that is closed to the system"))?;
        let id = ConsentId::random();
        let sealed_details = seal_detail(id.0, 1, Compartment::Identity, &to, &details)?;
        let repeated = ConsentRow { id, person_id: case.person_id, case_id: case.id, sealed_details, ..row };
        let query = diesel::insert_into(consents::table).values(&repeated);
        on_backend!(tx.conn, |c| query.execute(c))?;
    }
    Ok(())
}

/// Notes that what the end of the person's consents asks for is done.
pub(in crate::db) fn mark_over(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let over = consents::table.filter(consents::person_id.eq(person)).filter(consents::expires_at.le(tx.now));
    let query = diesel::update(over).set(consents::is_over.eq(true));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

fn stored(row: &ConsentRow, keys: &CompartmentKeys) -> Result<Option<ConsentDetails>> {
    open_detail(row.id.0, 1, Compartment::Identity, keys, &row.sealed_details)
}

fn open(tx: &mut Tx<'_>, row: ConsentRow, keys: &CompartmentKeys) -> Result<OpenConsent> {
    let details = stored(&row, keys)?;
    if details.is_some() {
        tx.disclose(row.case_id, CompartmentSet::EMPTY.with(Compartment::Identity));
    }
    let status = row.as_rule()?.status(tx.now);
    Ok(OpenConsent { row, status, details })
}

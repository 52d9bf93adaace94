//! Consents as stored.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::open_detail;
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::merged;
use crate::db::schema::consents;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::guardianship::{Assent, Guardianship};
use crate::domain::codes::{ConsentAnswer, ConsentGiver, ConsentPurpose, OrganisationKind, OverrideBasis, RecipientScope};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, PersonId, UserId};
use crate::domain::language::Language;
use crate::domain::sharing::{Candidate, Consent, ConsentWording, Disclosures, Recipient};
use crate::error::{Error, Result};

/// A consent as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
pub struct ConsentRow {
    pub id: ConsentId,
    pub(in crate::db) person_id: PersonId,
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
    /// Whether the consequences of its end are settled.
    pub(in crate::db) is_over: bool,
    pub(in crate::db) sealed_details: Vec<u8>,
}

/// The circumstances of a consent. Sealed with the identity.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentDetails {
    pub given_by: ConsentGiver,
    pub capacity_note: Option<String>,
    pub disclosures: Disclosures,
    pub language: Option<Language>,
    #[serde(default)]
    pub wording: Option<ConsentWording>,
    pub interpreter: Option<String>,
    pub evidence: Option<String>,
    pub override_reason: Option<String>,
    #[serde(default)]
    pub guardianship: Option<Guardianship>,
    #[serde(default)]
    pub assent: Option<Assent>,
}

impl ConsentRow {
    pub(in crate::db) fn recipient(&self) -> Result<Recipient> {
        recipient((self.recipient_scope, self.recipient_id, self.recipient_kind, self.recipient_country))
    }

    pub(in crate::db) fn as_rule(&self) -> Result<Consent> {
        Ok(Consent {
            id: self.id,
            purpose: self.purpose,
            recipient: self.recipient()?,
            compartments: self.compartments,
            answer: self.answer,
            recorded_at: self.created_at,
            expires_at: self.expires_at,
            withdrawn_at: self.withdrawn_at,
        })
    }
}

/// A recipient, as four columns.
type RecipientColumns = (RecipientScope, Option<OrganisationId>, Option<OrganisationKind>, Option<Country>);

fn recipient((scope, id, kind, country): RecipientColumns) -> Result<Recipient> {
    let lost = || Error::internal("a consent without its recipient");
    Ok(match scope {
        RecipientScope::Organisation => Recipient::Organisation(id.ok_or_else(lost)?),
        RecipientScope::OrganisationKind => Recipient::Kind(kind.ok_or_else(lost)?),
        RecipientScope::MissionsOf => Recipient::MissionsOf(country.ok_or_else(lost)?),
        RecipientScope::Anyone => Recipient::Anyone,
    })
}

/// The persons who agree that figures count them, as far as this organisation is concerned: what they said last holds.
pub(in crate::db) fn counted_in_figures(tx: &mut Tx<'_>, organisation: &Candidate) -> Result<HashSet<PersonId>> {
    type Said = (PersonId, OrganisationId, ConsentAnswer, Option<Timestamp>, Option<Timestamp>, RecipientColumns);
    let who = (consents::recipient_scope, consents::recipient_id, consents::recipient_kind, consents::recipient_country);
    let query = consents::table
        .filter(consents::purpose.eq(ConsentPurpose::StatisticsNonIdentifying))
        .order((consents::created_at, consents::id))
        .select((consents::person_id, consents::organisation_id, consents::answer, consents::expires_at, consents::withdrawn_at, who));
    let said: Vec<Said> = query.load(tx.conn)?;
    let mut counted = HashSet::new();
    for (person, recorded_by, answer, expires_at, withdrawn_at, who) in said {
        if recorded_by != organisation.id && !recipient(who)?.includes(organisation) {
            continue;
        }
        let holds = answer != ConsentAnswer::Refused && withdrawn_at.is_none() && expires_at.is_none_or(|at| at > tx.now);
        if holds {
            counted.insert(person)
        } else {
            counted.remove(&person)
        };
    }
    Ok(counted)
}

pub(in crate::db) fn columns(recipient: &Recipient) -> RecipientColumns {
    match *recipient {
        Recipient::Organisation(id) => (RecipientScope::Organisation, Some(id), None, None),
        Recipient::Kind(kind) => (RecipientScope::OrganisationKind, None, Some(kind), None),
        Recipient::MissionsOf(country) => (RecipientScope::MissionsOf, None, None, Some(country)),
        Recipient::Anyone => (RecipientScope::Anyone, None, None, None),
    }
}

pub(in crate::db) fn rows_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<ConsentRow>> {
    let query =
        consents::table.filter(consents::person_id.eq(person)).order((consents::created_at, consents::id)).select(consents::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Ends what a person once agreed to about missions: they are asked anew. What they refused stays.
pub(in crate::db) fn end_to_missions(tx: &mut Tx<'_>, person: &PersonLocked<'_>) -> Result<()> {
    let agreed = consents::table
        .filter(consents::person_id.eq(person.person()))
        .filter(consents::purpose.eq_any([ConsentPurpose::ContactOwnMission, ConsentPurpose::ShareWithMission]))
        .filter(consents::answer.eq(ConsentAnswer::Granted))
        .filter(consents::withdrawn_at.is_null())
        .filter(consents::expires_at.is_null().or(consents::expires_at.gt(tx.now)));
    let query = diesel::update(agreed).set((
        consents::expires_at.eq(Some(tx.now)),
        consents::is_over.eq(false),
        consents::version.eq(consents::version + 1),
    ));
    query.execute(tx.conn)?;
    Ok(())
}

/// Every answer of the person, oldest first, for decisions.
pub(in crate::db) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Consent>> {
    let same = merged::one_with(tx, person)?;
    of_one(tx, person, &same)
}

/// Every answer of the person, and every refusal of the persons merged with them: a consent counts for its own record only, a
/// refusal for all of them.
pub(in crate::db) fn of_one(tx: &mut Tx<'_>, person: PersonId, same: &[PersonId]) -> Result<Vec<Consent>> {
    let query =
        consents::table.filter(consents::person_id.eq_any(same)).order((consents::created_at, consents::id)).select(consents::all_columns);
    let rows: Vec<ConsentRow> = query.load(tx.conn)?;
    let counts = |row: &&ConsentRow| row.person_id == person || row.answer == ConsentAnswer::Refused;
    rows.iter().filter(counts).map(ConsentRow::as_rule).collect()
}

/// Marks the ended consents of the person as settled.
pub(in crate::db) fn mark_over(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let over = consents::table.filter(consents::person_id.eq(person)).filter(consents::expires_at.le(tx.now));
    let query = diesel::update(over).set(consents::is_over.eq(true));
    query.execute(tx.conn)?;
    Ok(())
}

pub(in crate::db) fn stored(row: &ConsentRow, keys: &CompartmentKeys) -> Result<Option<ConsentDetails>> {
    open_detail(row.id.0, 1, Compartment::Identity, keys, &row.sealed_details)
}

//! Consents: what the person answered, for which purpose and recipient.

use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::path_params::{CasePath, ConsentPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::stored_consents::ConsentDetails;
use crate::db::sharing::consents::{self, NewConsent, OpenConsent};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{ConsentAnswer, ConsentGiver, ConsentPurpose, ConsentStatus, OrganisationKind, OverrideBasis, RecipientScope};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, ConsentId, OrganisationId, UserId};
use crate::domain::language::Language;
use crate::domain::sharing::{Disclosures, REASON_LENGTH, Recipient};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// A consent. It is never changed; it can be withdrawn.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentRecord {
    /// Its id.
    id: ConsentId,
    /// The case it was recorded on; null where that case is closed to you.
    case_id: Option<CaseId>,
    /// What for.
    purpose: ConsentPurpose,
    /// What the person answered.
    answer: ConsentAnswer,
    /// Where it stands now.
    status: ConsentStatus,
    /// Whom it is about.
    recipient: RecipientScope,
    /// The organisation, for `organisation`.
    recipient_organisation_id: Option<OrganisationId>,
    /// The kind, for `organisation_kind`.
    recipient_organisation_kind: Option<OrganisationKind>,
    /// The country, for `missions_of`.
    recipient_missions_of: Option<Country>,
    /// The compartments it opens.
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// When the person answered.
    #[schema(max_length = 10)]
    given_on: NaiveDate,
    /// When it ends by itself.
    expires_at: Option<Timestamp>,
    /// When it was taken back.
    withdrawn_at: Option<Timestamp>,
    /// How it was given; absent where your grant does not open the identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    given: Option<ConsentGiven>,
    /// Why it needed no consent, for `overridden`.
    override_basis: Option<OverrideBasis>,
    /// The supervisor who approved that.
    override_approver_id: Option<UserId>,
    /// The compartment that `given` is absent for.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
    /// The organisation that recorded it; null where it was recorded on a case that is closed to you.
    recorded_by: Option<OrganisationId>,
    /// When it was recorded.
    created_at: Timestamp,
}

/// How a consent was given.
#[derive(Serialize, ToSchema)]
pub struct ConsentGiven {
    /// Who gave it.
    given_by: ConsentGiver,
    /// Why somebody else gave it, or how it was established that the person could.
    #[schema(max_length = 1000)]
    capacity_note: Option<String>,
    /// What the person was told.
    disclosures: Disclosures,
    /// The language it was asked in.
    language: Option<Language>,
    /// Who interpreted.
    #[schema(max_length = 200)]
    interpreter: Option<String>,
    /// Where the signed paper, or the recording, is.
    #[schema(max_length = 500)]
    evidence: Option<String>,
    /// Why it needed no consent, in words.
    #[schema(max_length = 2000)]
    override_reason: Option<String>,
}

/// The consents of a person.
#[derive(Serialize, ToSchema)]
pub struct ConsentList {
    /// The consents, oldest first. Whoever does not own the case sees those about their own organisation.
    #[schema(max_items = 1000)]
    items: Vec<ConsentRecord>,
}

/// What a person agrees to now.
#[derive(Serialize, ToSchema)]
pub struct CurrentConsents {
    /// One line for every purpose, also for those that nobody asked about.
    #[schema(max_items = 20)]
    items: Vec<CurrentConsent>,
}

/// Where one purpose stands.
#[derive(Serialize, ToSchema)]
pub struct CurrentConsent {
    /// The purpose.
    purpose: ConsentPurpose,
    /// `granted` or `overridden` while anything holds; else what the newest answer became; `not_asked` if there is none.
    status: ConsentStatus,
    /// The consents that hold now.
    #[schema(max_items = 1000)]
    holding: Vec<ConsentRecord>,
}

/// A consent to be recorded.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateConsent {
    /// What for.
    purpose: ConsentPurpose,
    /// What the person answered.
    answer: ConsentAnswer,
    /// Whom it is about. Exactly the field that belongs to it must be given; `anyone` has none.
    recipient: RecipientScope,
    /// The organisation, for `organisation`.
    recipient_organisation_id: Option<OrganisationId>,
    /// The kind, for `organisation_kind`.
    recipient_organisation_kind: Option<OrganisationKind>,
    /// The country, for `missions_of`.
    recipient_missions_of: Option<Country>,
    /// The compartments it opens; empty for a purpose that shares none, and for a refusal.
    #[validate(length(max = 6))]
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// When the person answered; today if not stated.
    #[schema(max_length = 10)]
    given_on: Option<NaiveDate>,
    /// When it ends by itself, if it does.
    expires_at: Option<Timestamp>,
    /// Who gave it.
    given_by: ConsentGiver,
    /// Why somebody else gave it, or how it was established that the person could.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    capacity_note: Option<String>,
    /// What the person was told.
    disclosures: Disclosures,
    /// The language it was asked in.
    language: Option<Language>,
    /// Who interpreted.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    interpreter: Option<String>,
    /// Where the signed paper, or the recording, is.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    evidence: Option<String>,
    /// For `overridden`, and only then.
    #[validate(nested)]
    override_details: Option<ConsentOverride>,
}

/// Why something is shared without the person's consent.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConsentOverride {
    /// The basis.
    basis: OverrideBasis,
    /// The approval of a second person, asked for at `/v1/approvals` with exactly these parameters.
    approval_id: ApprovalId,
    /// Why, in at least 20 characters.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = "REASON_LENGTH", max = 2000))]
    #[schema(min_length = 20, max_length = 2000)]
    reason: String,
}

impl Input for CreateConsent {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/given_on", self.given_on);
        let named = [
            (RecipientScope::Organisation, self.recipient_organisation_id.is_some(), "/recipient_organisation_id"),
            (RecipientScope::OrganisationKind, self.recipient_organisation_kind.is_some(), "/recipient_organisation_kind"),
            (RecipientScope::MissionsOf, self.recipient_missions_of.is_some(), "/recipient_missions_of"),
        ];
        for (scope, is_given, pointer) in named {
            checks.require(scope == self.recipient && !is_given, pointer, "says who is meant");
            checks.refuse(scope != self.recipient && is_given, pointer, "not_expected", "does not apply to this recipient");
        }
        checks.distinct("/compartments", &self.compartments);
        checks.refuse(!self.purpose.allows(&self.compartments), "/compartments", "too_wide", "only the identity can be shared for it");
        let told = self.disclosures;
        for (is_told, pointer, why) in [
            (told.informed_of_data_use, "/disclosures/informed_of_data_use", "nobody can consent to what they were not told"),
            (told.informed_of_withdrawal, "/disclosures/informed_of_withdrawal", "the person must have been told how to withdraw"),
        ] {
            checks.refuse(self.answer == ConsentAnswer::Granted && !is_told, pointer, "not_informed", why);
        }
        let is_given_by_another = self.given_by != ConsentGiver::Person;
        checks.require(is_given_by_another && self.capacity_note.is_none(), "/capacity_note", "must say why somebody else answered");
        let is_overridden = self.answer == ConsentAnswer::Overridden;
        checks.require(is_overridden && self.override_details.is_none(), "/override_details", "must say on what basis, by whom, and why");
        let is_misplaced = !is_overridden && self.override_details.is_some();
        checks.refuse(is_misplaced, "/override_details", "not_expected", "can only be given with the answer overridden");
        checks.refuse(is_overridden && self.expires_at.is_none(), "/expires_at", "required", "an override must have an end");
        checks.not_over("/expires_at", self.expires_at);
        checks.found()
    }
}

impl CreateConsent {
    fn into_new(self) -> Result<NewConsent> {
        let lost = || Error::internal("a recipient that was checked is gone");
        let recipient = match self.recipient {
            RecipientScope::Organisation => Recipient::Organisation(self.recipient_organisation_id.ok_or_else(lost)?),
            RecipientScope::OrganisationKind => Recipient::Kind(self.recipient_organisation_kind.ok_or_else(lost)?),
            RecipientScope::MissionsOf => Recipient::MissionsOf(self.recipient_missions_of.ok_or_else(lost)?),
            RecipientScope::Anyone => Recipient::Anyone,
        };
        Ok(NewConsent {
            purpose: self.purpose,
            answer: self.answer,
            recipient,
            compartments: self.compartments.into_iter().collect(),
            given_on: self.given_on,
            expires_at: self.expires_at,
            override_basis: self.override_details.as_ref().map(|without| without.basis),
            override_approval: self.override_details.as_ref().map(|without| without.approval_id),
            details: ConsentDetails {
                given_by: self.given_by,
                capacity_note: self.capacity_note,
                disclosures: self.disclosures,
                language: self.language,
                interpreter: self.interpreter,
                evidence: self.evidence,
                override_reason: self.override_details.map(|without| without.reason),
            },
        })
    }
}

impl From<OpenConsent> for ConsentRecord {
    fn from(consent: OpenConsent) -> Self {
        let OpenConsent { row, status, details, is_outline } = consent;
        let redacted = if details.is_some() { Vec::new() } else { vec![Compartment::Identity] };
        Self {
            id: row.id,
            case_id: (!is_outline).then_some(row.case_id),
            purpose: row.purpose,
            answer: row.answer,
            status,
            recipient: row.recipient_scope,
            recipient_organisation_id: row.recipient_id,
            recipient_organisation_kind: row.recipient_kind,
            recipient_missions_of: row.recipient_country,
            compartments: row.compartments.iter().collect(),
            given_on: row.given_on,
            expires_at: row.expires_at,
            withdrawn_at: row.withdrawn_at,
            given: details.map(ConsentGiven::from),
            override_basis: row.override_basis,
            override_approver_id: row.override_approver,
            redacted,
            recorded_by: (!is_outline).then_some(row.organisation_id),
            created_at: row.created_at,
        }
    }
}

impl From<ConsentDetails> for ConsentGiven {
    fn from(details: ConsentDetails) -> Self {
        let ConsentDetails { given_by, capacity_note, disclosures, language, interpreter, evidence, override_reason } = details;
        Self { given_by, capacity_note, disclosures, language, interpreter, evidence, override_reason }
    }
}

impl Rendered for OfCase<ConsentId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let consent = consents::find(tx, self.case, self.id)?;
        let location = format!("/v1/cases/{}/consents/{}", self.case, self.id);
        respond::answer(location, etag(&consent), &ConsentRecord::from(consent))
    }
}

fn etag(consent: &OpenConsent) -> String {
    let withdrawn = i64::from(consent.row.withdrawn_at.is_some());
    respond::etag(consent.row.version + withdrawn, CompartmentSet::EMPTY.with(Compartment::Identity))
}

/// List the consents of a person.
///
/// Those of all cases of the person.
#[utoipa::path(tag = "consent", params(CasePath), responses((status = 200, body = ConsentList, description = "The consents")))]
#[get("/v1/cases/{id}/consents")]
pub async fn list_consents(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<ConsentList>> {
    let items = allowed.read(move |tx| consents::list(tx, id.0)).await?;
    Ok(web::Json(ConsentList { items: items.into_iter().map(ConsentRecord::from).collect() }))
}

/// Get what the person agrees to now.
///
/// One line for every purpose. A consent that was withdrawn, expired, or was followed by a refusal does not hold.
#[utoipa::path(
    tag = "consent",
    params(CasePath),
    responses((status = 200, body = CurrentConsents, description = "Where each purpose stands"))
)]
#[get("/v1/cases/{id}/consents/current")]
pub async fn get_current_consents(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<CurrentConsents>> {
    let mut all = allowed.read(move |tx| consents::list(tx, id.0)).await?;
    let mut items = Vec::with_capacity(ConsentPurpose::ALL.len());
    for purpose in ConsentPurpose::ALL {
        let (of_purpose, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|consent| consent.row.purpose == *purpose);
        all = others;
        items.push(current(*purpose, of_purpose));
    }
    Ok(web::Json(CurrentConsents { items }))
}

fn current(purpose: ConsentPurpose, mut answers: Vec<OpenConsent>) -> CurrentConsent {
    let newest = answers.last().map_or(ConsentStatus::NotAsked, |consent| consent.status);
    // A refusal of everybody ends what was said before it; one of somebody in particular is the reader's to weigh.
    let refused = answers
        .iter()
        .rposition(|consent| consent.row.answer == ConsentAnswer::Refused && consent.row.recipient_scope == RecipientScope::Anyone);
    let mut holding = answers.split_off(refused.map_or(0, |at| at + 1));
    holding.retain(|consent| matches!(consent.status, ConsentStatus::Granted | ConsentStatus::Overridden));
    let status = holding.last().map_or(newest, |consent| consent.status);
    CurrentConsent { purpose, status, holding: holding.into_iter().map(ConsentRecord::from).collect() }
}

/// Get a consent.
#[utoipa::path(
    tag = "consent",
    params(ConsentPath),
    responses((status = 200, body = ConsentRecord, description = "The consent"))
)]
#[get("/v1/cases/{id}/consents/{consent_id}")]
pub async fn get_consent(http: actix_web::HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<ConsentPath>) -> Result<HttpResponse> {
    let ConsentPath { id: case, consent_id: id } = path.0;
    let consent = allowed.read(move |tx| consents::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(&consent), &ConsentRecord::from(consent)))
}

/// Record what the person answered.
///
/// Only the organisation that owns the case asks. A child's consent is given by a parent, guardian or representative. A refusal
/// ends at once whatever an earlier consent for the same purpose and recipient opened. `overridden` needs a second person's approval
/// with exactly these parameters, and those who answer for data protection are told; other parameters void the approval.
#[utoipa::path(
    tag = "consent",
    params(CasePath),
    request_body = CreateConsent,
    responses((status = 201, body = ConsentRecord, description = "Recorded"))
)]
#[post("/v1/cases/{id}/consents")]
pub async fn create_consent(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<CaseId>,
    body: CreateBody<CreateConsent>,
) -> Result<HttpResponse> {
    let new = body.input.into_new()?;
    let approval = new.override_approval;
    let recorded = allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: consents::insert(tx, id.0, &new)?.row.id })).await;
    void_if_misused(&allowed, approval, &recorded).await.and(recorded)
}

/// Withdraw a consent.
///
/// Whoever the person says it to records it, also on a closed case; withdrawing twice is once. Everything that rested on the consent
/// ends in the same transaction: grants, referrals, offers of the case. Whoever sees nothing any more finds an `access_ended` event.
#[utoipa::path(
    tag = "consent",
    params(ConsentPath),
    responses((status = 200, body = ConsentRecord, description = "Withdrawn"))
)]
#[post("/v1/cases/{id}/consents/{consent_id}/withdrawal")]
pub async fn withdraw_consent(allowed: Allowed<may::Fresh<may::SharingWrite>>, path: Path<ConsentPath>) -> Result<HttpResponse> {
    let ConsentPath { id: case, consent_id: id } = path.0;
    let consent = allowed.write(move |tx| consents::withdraw(tx, case, id)).await?;
    Ok(respond::changed(etag(&consent), &ConsentRecord::from(consent)))
}

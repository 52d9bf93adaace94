//! Consents: what the person answered, for which purpose and recipient.

use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, Path};
use crate::api::http::path_params::{CasePath, ConsentPath};
use crate::api::http::respond;
use crate::api::sharing::consent_input::CreateConsent;
use crate::db::Tx;
use crate::db::casefile::stored_consents::ConsentDetails;
use crate::db::sharing::consents::{self, OpenConsent};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::guardianship::{Assent, Guardianship};
use crate::domain::codes::{ConsentAnswer, ConsentGiver, ConsentPurpose, ConsentStatus, OrganisationKind, OverrideBasis, RecipientScope};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, UserId};
use crate::domain::language::Language;
use crate::domain::sharing::{ConsentWording, Disclosures};
use crate::error::Result;

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
    /// The text that was read to the person.
    wording: Option<ConsentWording>,
    /// Who interpreted.
    #[schema(max_length = 200)]
    interpreter: Option<String>,
    /// Where the signed paper, or the recording, is.
    #[schema(max_length = 500)]
    evidence: Option<String>,
    /// Why it needed no consent, in words.
    #[schema(max_length = 2000)]
    override_reason: Option<String>,
    /// By what right somebody else gave it. Null for whoever does not open `narrative`.
    guardianship: Option<Guardianship>,
    /// What the child says. Null for whoever does not open `narrative`.
    assent: Option<Assent>,
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
        Self {
            given_by: details.given_by,
            capacity_note: details.capacity_note,
            disclosures: details.disclosures,
            language: details.language,
            wording: details.wording,
            interpreter: details.interpreter,
            evidence: details.evidence,
            override_reason: details.override_reason,
            guardianship: details.guardianship,
            assent: details.assent,
        }
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
/// Only the organisation that owns the case asks. A child's consent is given by a parent, guardian or representative, whose right to it is
/// recorded; somebody whose interest is against the child's, such as a parent who recruited it, can give none. A refusal
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

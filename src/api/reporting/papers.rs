//! The papers of the counter: letters to the authorities of the host country, the application for a travel document, and the form on which
//! a person answers. In English, with a second language beside it; what is not known is a line to be filled in by hand.

mod application;
mod consent_form;
mod form;
mod letter;

use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Path, Query};
use crate::api::http::path_params::{CasePath, MovementBatchPath, WaiverRequestPath};
use crate::api::http::print_page::{Printed, sheet};
use crate::api::reporting::papers::consent_form::Asked;
use crate::api::reporting::papers::form::Form;
use crate::db::reporting::papers::{self, Sender};
use crate::domain::cases::person::Identity;
use crate::domain::codes::{AuthorityLetterPurpose, ConsentPurpose};
use crate::domain::ids::{CaseId, MovementBatchId, OrganisationId, WaiverRequestId};
use crate::domain::language::Language;
use crate::domain::reporting::paper_words;
use crate::domain::zones::Today;
use crate::error::Result;

/// What a letter is for, and in which languages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuthorityLetterQuery {
    /// What is asked for; without it each has a box to tick by hand.
    purpose: Option<AuthorityLetterPurpose>,
    /// The language beside English; without it that of the host country. English alone where the paper has no words in it.
    #[param(example = "km")]
    language: Option<Language>,
}

/// In which languages a paper is.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaperQuery {
    /// The language beside English. English alone without it, and where the paper has no words in it.
    #[param(example = "vi")]
    language: Option<Language>,
}

/// What the person is asked, and in which languages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsentFormQuery {
    /// What for; without it a line to be filled in by hand.
    purpose: Option<ConsentPurpose>,
    /// The organisation that is to see the case; without it a line to be filled in by hand.
    recipient: Option<OrganisationId>,
    /// The language beside English; without it the one that the person speaks best. English alone where the paper has no words in it.
    #[param(example = "vi")]
    language: Option<Language>,
}

fn printed(from: &Sender, at: Today) -> Printed {
    Printed { by: from.user.clone(), organisation: from.organisation.clone(), at }
}

/// Print the letter about a person to the authorities of the host country.
///
/// A page for A4 paper that asks for a release, an exit permit or the waiver of the fine, with what your organisation's grant opens; what
/// it does not open is said. Drafts of words: read them before you sign.
#[utoipa::path(
    tag = "cases",
    params(CasePath, AuthorityLetterQuery),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
#[get("/v1/cases/{id}/papers/authority-letter")]
pub async fn get_authority_letter(
    allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>,
    id: Path<CaseId>,
    query: Query<AuthorityLetterQuery>,
) -> Result<HttpResponse> {
    let at = allowed.today();
    let AuthorityLetterQuery { purpose, language } = query.0;
    let letter = allowed.read(move |tx| papers::letter(tx, id.0, purpose)).await?;
    let form = letter::form(&letter, language.as_ref());
    Ok(sheet("Letter to the authorities", &printed(&letter.from, at), letter::about_one(form, &letter, purpose, at.day())))
}

/// Print the letter about those on board to the authorities of the host country.
///
/// One page for A4 paper with a list of those whose cases you see and who can travel (`can_travel` of the manifest).
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath, AuthorityLetterQuery),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
#[get("/v1/movements/batches/{id}/authority-letter")]
pub async fn get_movement_authority_letter(
    allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>,
    id: Path<MovementBatchId>,
    query: Query<AuthorityLetterQuery>,
) -> Result<HttpResponse> {
    let at = allowed.today();
    let AuthorityLetterQuery { purpose, language } = query.0;
    let letter = allowed.read_long(move |tx| papers::letter_of_batch(tx, id.0, purpose)).await?;
    let form = letter::form(&letter, language.as_ref());
    Ok(sheet("Letter to the authorities", &printed(&letter.from, at), letter::about_many(form, &letter, purpose, None, at.day())))
}

/// Print the letter of a list of waivers.
///
/// One page for A4 paper, to whom the list goes, with what it asks for and the fine of each member whose case you see.
#[utoipa::path(
    tag = "immigration",
    params(WaiverRequestPath, PaperQuery),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
#[get("/v1/waiver-requests/{id}/authority-letter")]
pub async fn get_waiver_authority_letter(
    allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>,
    id: Path<WaiverRequestId>,
    query: Query<PaperQuery>,
) -> Result<HttpResponse> {
    let at = allowed.today();
    let (letter, request) = allowed.read_long(move |tx| papers::letter_of_waivers(tx, id.0)).await?;
    let form = letter::form(&letter, query.0.language.as_ref());
    let purpose = Some(AuthorityLetterPurpose::FineWaiver);
    Ok(sheet("Letter to the authorities", &printed(&letter.from, at), letter::about_many(form, &letter, purpose, Some(&request), at.day())))
}

/// Print the application of a person for an emergency travel document.
///
/// A page for A4 paper with what your organisation's grant opens of identity and contact. Of the family only those who may know where the
/// person is, and of the documents none that tells of a protection: the page goes to the authorities at home.
#[utoipa::path(
    tag = "cases",
    params(CasePath, PaperQuery),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
#[get("/v1/cases/{id}/papers/travel-document-application")]
pub async fn get_travel_document_application(
    allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>,
    id: Path<CaseId>,
    query: Query<PaperQuery>,
) -> Result<HttpResponse> {
    let at = allowed.today();
    let application = allowed.read(move |tx| papers::application(tx, id.0)).await?;
    let form = Form::beside(query.0.language.as_ref().and_then(paper_words::beside_english));
    Ok(sheet("Application for an emergency travel document", &printed(&application.from, at), application::body(form, &application)))
}

/// Print the form on which a person says yes or no.
///
/// A page for A4 paper with the sentences that are read to the person, boxes to tick, and lines for the signatures. The sentences are in
/// English so far: an interpreter reads them.
#[utoipa::path(
    tag = "consent",
    params(CasePath, ConsentFormQuery),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
#[get("/v1/cases/{id}/papers/consent-form")]
pub async fn get_consent_form(
    allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>,
    id: Path<CaseId>,
    query: Query<ConsentFormQuery>,
) -> Result<HttpResponse> {
    let at = allowed.today();
    let ConsentFormQuery { purpose, recipient, language } = query.0;
    let known = allowed.read(move |tx| papers::consent_form(tx, id.0, recipient)).await?;
    let language = language.or_else(|| spoken_best(known.identity.as_ref()));
    let form = Form::beside(language.as_ref().and_then(paper_words::beside_english));
    let body = consent_form::body(form, &known, &Asked { purpose, language })?;
    Ok(sheet("What I was told, and what I answer", &printed(&known.from, at), body))
}

fn spoken_best(identity: Option<&Identity>) -> Option<Language> {
    identity.and_then(|identity| identity.languages.first().cloned())
}

//! Finding somebody: among one's own cases, before registering, and blindly elsewhere. Personal data stands in the body, never in
//! an address.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::cases::list::not_a_code;
use crate::api::cases::summary::CaseSummary;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Input, Json};
use crate::api::people::match_reasons::{MatchReason, reasons};
use crate::crypto::BlindField;
use crate::db::casefile::list::{self, CaseSummaryRow};
use crate::db::people::blind_search;
use crate::db::people::search::{self, FoundCase};
use crate::domain::cases::code::read_case_code;
use crate::domain::cases::person::Alias;
use crate::domain::cases::phone::meanings;
use crate::domain::codes::Gender;
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{CaseId, OrganisationId};
use crate::domain::nationality::Nationality;
use crate::domain::people::matching::{FEWEST_ATTRIBUTES, Profile, Span, document_number};
use crate::domain::people::names::Name;
use crate::domain::text::copied;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// Cases that a search by name shows.
const MOST_FOUND: usize = 50;
/// Candidates before registering: a clerk at the gate reads only the first few.
const MOST_CANDIDATES: usize = 10;

/// Whom to look for: an exact identifier (`field` and `value`), or a description (a name or a document number, and what else is known).
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CaseSearch {
    /// Which identifier.
    field: Option<BlindField>,
    /// Its value; spaces, dashes and case do not matter. A phone number in any spelling: with the country's prefix, or as it is dialled
    /// where your organisation works.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 3, max = 254))]
    #[schema(min_length = 3, max_length = 254, example = "C 451-2378")]
    value: Option<String>,
    /// The code of a case, as people say it on the phone. Case, spaces and dashes do not matter.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "KHM-26-7F3M9Q-4")]
    code: Option<String>,
    /// A name in any script, or its beginning; order and spelling need not be the recorded ones.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "Chen Yi-Jun")]
    name: Option<String>,
    /// Date of birth, as far as known.
    birth_date: Option<PartialDate>,
    /// Nationality.
    nationality: Option<Nationality>,
    /// Number of a passport or another document.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 3, max = 60))]
    #[schema(min_length = 3, max_length = 60)]
    document_number: Option<String>,
}

impl Input for CaseSearch {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let describes = self.name.is_some() || self.document_number.is_some() || self.birth_date.is_some() || self.nationality.is_some();
        let is_identified = self.field.is_some() || self.value.is_some();
        let is_exact = is_identified || self.code.is_some();
        checks.refuse(is_identified && describes, "/field", "either_or", "give either an identifier or a description, not both");
        checks.refuse(self.code.is_some() && (is_identified || describes), "/code", "either_or", "give a code alone");
        checks.refuse(self.field.is_some() && self.value.is_none(), "/value", "required", "give the value of the identifier");
        checks.refuse(self.value.is_some() && self.field.is_none(), "/field", "required", "say which identifier it is");
        let is_empty = self.name.is_none() && self.document_number.is_none();
        checks.refuse(!is_exact && is_empty, "/name", "required", "give a name, a document number, a code or an identifier");
        checks.found()
    }
}

/// A case that was found, and how well it fits.
#[derive(Serialize, ToSchema)]
pub struct FoundCaseSummary {
    #[serde(flatten)]
    case: CaseSummary,
    /// How well it fits, from 0 to 1; null where an identifier was looked for, which fits or does not.
    #[schema(minimum = 0, maximum = 1)]
    score: Option<f64>,
    /// What was compared.
    #[schema(max_items = 6)]
    reasons: Vec<MatchReason>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub struct CaseSearchResult {
    /// The cases, the best first. Empty when there is none that you may see.
    #[schema(max_items = 1000)]
    items: Vec<FoundCaseSummary>,
}

/// Somebody who is about to be registered.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DescribedPerson {
    /// The whole name, in any script.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "Chen Yi-Jun")]
    name: Option<String>,
    /// Other names the person is known by, or the same in another script.
    #[serde(default, deserialize_with = "crate::domain::lists::null_as_empty")]
    #[validate(length(max = 10), nested)]
    #[schema(value_type = Option<Vec<Alias>>, max_items = 10)]
    other_names: Vec<Alias>,
    /// Date of birth, as far as known.
    birth_date: Option<PartialDate>,
    /// Nationality.
    nationality: Option<Nationality>,
    /// Gender.
    gender: Option<Gender>,
    /// Number of a passport or another document.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 3, max = 60))]
    #[schema(min_length = 3, max_length = 60)]
    document_number: Option<String>,
    /// A phone number in any spelling: with the country's prefix, or as it is dialled where your organisation works or in the country
    /// of the nationality.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 6, max = 60))]
    #[schema(min_length = 6, max_length = 60)]
    phone: Option<String>,
}

impl DescribedPerson {
    /// The description as it is compared, by somebody who asks in a country.
    fn profile(&self, here: Option<Country>) -> Profile {
        let countries: Vec<Country> = here.into_iter().chain(self.nationality.and_then(Nationality::state)).collect();
        Profile {
            is_unnamed: false,
            names: self.name.iter().chain(self.other_names.iter().map(|alias| &alias.name)).filter_map(|name| Name::read(name)).collect(),
            born: self.birth_date.map(Span::from),
            nationalities: self.nationality.into_iter().collect(),
            gender: self.gender.filter(|gender| *gender != Gender::UNKNOWN),
            documents: self.document_number.iter().map(|number| document_number(number)).collect(),
            phones: self.phone.iter().flat_map(|phone| meanings(phone, &countries)).collect(),
        }
    }
}

impl Input for DescribedPerson {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_anybody = self.name.is_none() && self.other_names.is_empty() && self.document_number.is_none() && self.phone.is_none();
        checks.refuse(is_anybody, "/name", "required", "give a name, a document number or a phone number");
        checks.found()
    }
}

/// Somebody who may be registered elsewhere: at least three of name, birth, nationality, gender, document and phone.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BlindSearch {
    /// The description.
    #[validate(nested)]
    person: DescribedPerson,
}

impl Input for BlindSearch {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_too_little = self.person.profile(None).attributes() < FEWEST_ATTRIBUTES;
        checks.refuse(
            is_too_little,
            "/person",
            "too_few_attributes",
            "give at least three of name, birth date, nationality, gender, document number and phone",
        );
        checks.found()
    }
}

/// Whether somebody may be registered elsewhere. Never who, never why.
#[derive(Serialize, ToSchema)]
pub struct BlindSearchAnswer {
    /// Whether there may be a match.
    possible_match: bool,
    /// The organisation to contact; null where there is no match.
    organisation: Option<OrganisationToContact>,
    /// What that organisation finds the case by; null where there is no match.
    #[schema(max_length = 2000)]
    token: Option<String>,
}

/// An organisation that can be contacted.
#[derive(Serialize, ToSchema)]
pub struct OrganisationToContact {
    /// Its id.
    id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200, example = "Safe Return")]
    name: String,
}

/// A token that somebody was given by a blind search.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BlindSearchToken {
    /// The token.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    token: String,
}
impl Input for BlindSearchToken {}

/// The case that somebody else asked about.
#[derive(Serialize, ToSchema)]
pub struct BlindSearchCase {
    /// The case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// Who asked.
    asked_by: OrganisationToContact,
    /// When.
    asked_at: Timestamp,
}

fn found(found: FoundCase) -> FoundCaseSummary {
    let reasons = reasons(&found.likeness);
    FoundCaseSummary {
        case: CaseSummary::from((found.case, Some(found.identity.display_name()))),
        score: Some(found.likeness.score),
        reasons,
    }
}

/// Find cases.
///
/// By the code of a case, by an exact identifier, or by a description: a name in any script, in any order and spelling, or its
/// beginning, with birth, nationality and document number where known. Finds only whom your organisation may identify; the others are not ranked either. While the
/// names are still being read after a start, the answer is 503 `names_not_ready`.
#[utoipa::path(
    tag = "cases",
    request_body = CaseSearch,
    responses((status = 200, body = CaseSearchResult, description = "What was found"))
)]
#[post("/v1/cases/search")]
pub async fn search_cases(allowed: Allowed<may::CaseRead>, body: Json<CaseSearch>) -> Result<web::Json<CaseSearchResult>> {
    let CaseSearch { field, value, code, name, birth_date, nationality, document_number } = body.0;
    let exact = |found: Vec<(CaseSummaryRow, Option<String>)>| {
        let found = found.into_iter().map(|case| FoundCaseSummary { case: CaseSummary::from(case), score: None, reasons: Vec::new() });
        Ok(web::Json(CaseSearchResult { items: found.collect() }))
    };
    if let Some(code) = code {
        let code = read_case_code(&code).ok_or_else(|| not_a_code("/code"))?;
        return exact(allowed.read(move |tx| list::with_code(tx, &code)).await?);
    }
    if let (Some(field), Some(value)) = (field, value) {
        return exact(allowed.read(move |tx| list::search(tx, field, &value)).await?);
    }
    let sought = DescribedPerson { name, other_names: Vec::new(), birth_date, nationality, gender: None, document_number, phone: None }
        .profile(None);
    let items = allowed.read(move |tx| search::search(tx, &sought, MOST_FOUND)).await?;
    Ok(web::Json(CaseSearchResult { items: items.into_iter().map(found).collect() }))
}

/// Search before you register.
///
/// Who among the people your organisation may identify may be the one at the desk, with the reasons. A hint: registering never
/// depends on it, and what is overlooked here comes into the queue of duplicates.
#[utoipa::path(
    tag = "duplicates",
    request_body = DescribedPerson,
    responses((status = 200, body = CaseSearchResult, description = "Who it may be"))
)]
#[post("/v1/cases/duplicate-candidates")]
pub async fn list_duplicate_candidates(
    allowed: Allowed<may::CaseRegister>,
    body: Json<DescribedPerson>,
) -> Result<web::Json<CaseSearchResult>> {
    let sought = body.0.profile(allowed.country());
    let items = allowed.read(move |tx| search::candidates(tx, &sought, MOST_CANDIDATES)).await?;
    Ok(web::Json(CaseSearchResult { items: items.into_iter().map(found).collect() }))
}

/// Ask blindly whether somebody is registered elsewhere.
///
/// The answer is at most an organisation to contact and a token by which that organisation finds the case: never a name, never
/// which attribute fits. Whoever is protected, refused your organisation or is not registered looks the same. A budget a day for
/// each user and each organisation: 429 `search_budget_spent`.
#[utoipa::path(
    tag = "duplicates",
    request_body = BlindSearch,
    responses((status = 200, body = BlindSearchAnswer, description = "Whether there may be a match"))
)]
#[post("/v1/cases/search/blind")]
pub async fn search_blind(allowed: Allowed<may::CaseBlindSearch>, body: Json<BlindSearch>) -> Result<web::Json<BlindSearchAnswer>> {
    let sought = body.0.person.profile(allowed.country());
    allowed.write(blind_search::spend).await?;
    let found = allowed.read(move |tx| blind_search::search(tx, &sought)).await?;
    let possible_match = found.is_some();
    let (organisation, token) =
        found.map(|found| (OrganisationToContact { id: found.organisation, name: found.name }, found.token)).unzip();
    Ok(web::Json(BlindSearchAnswer { possible_match, organisation, token }))
}

/// Find the case that somebody asked about.
///
/// For the organisation that owns the case, with the token that whoever asked was given, for 30 days. For everybody else there is
/// no such case.
#[utoipa::path(
    tag = "duplicates",
    request_body = BlindSearchToken,
    responses((status = 200, body = BlindSearchCase, description = "The case"))
)]
#[post("/v1/cases/search/blind/resolve")]
pub async fn resolve_blind_search(allowed: Allowed<may::CaseRead>, body: Json<BlindSearchToken>) -> Result<web::Json<BlindSearchCase>> {
    let token = body.0.token;
    let asked = allowed.read(move |tx| blind_search::resolve(tx, &token)).await?;
    Ok(web::Json(BlindSearchCase {
        case_id: asked.case.id,
        case_code: asked.case.code,
        asked_by: OrganisationToContact { id: asked.organisation, name: asked.name },
        asked_at: asked.asked_at,
    }))
}

//! Names of many people in one document: with a second person's approval, fetched once, made at that moment.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::csv::{csv, text};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::middleware::IsHead;
use crate::api::http::path_params::ExportPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::reporting::exports::{self, ExportRow, ExportedCase};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::approval::{ApprovalAction, ExportParameters};
use crate::domain::cases::person::{AgeEstimate, Alias, IdentityDocument};
use crate::domain::codes::{CaseStatus, ClosureReason, Gender, RiskLevel};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{ApprovalId, CaseId, ExportId};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::error::{ErrorCode, Result};

/// An export that can be fetched.
#[derive(Serialize, ToSchema)]
pub struct Export {
    /// Its id.
    id: ExportId,
    /// The approval that it was made with.
    approval_id: ApprovalId,
    /// When it was made.
    created_at: Timestamp,
    /// Until when it can be fetched, once: as CSV or as JSON.
    expires_at: Timestamp,
}

/// What is exported.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateExport {
    /// The approval of a second person.
    approval_id: Option<ApprovalId>,
    /// Which cases: exactly what was approved.
    export: ExportParameters,
}
impl Input for CreateExport {}

/// An export as a document.
#[derive(Serialize, ToSchema)]
pub struct ExportDocument {
    /// The time that it speaks of.
    as_of: Timestamp,
    /// Who, oldest case first.
    #[schema(max_items = 5000)]
    items: Vec<ExportedPerson>,
}

/// Who somebody is, as far as an export goes: identity, and nothing of where they are or what happened to them.
#[derive(Serialize, ToSchema)]
pub struct ExportedPerson {
    /// The case.
    case_id: CaseId,
    /// The code people say on the phone.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// Status of the case.
    status: CaseStatus,
    /// Stage on the road home.
    stage: Stage,
    /// State beside the road, such as `deceased`.
    side_state: Option<SideState>,
    /// Where the person is stranded.
    host_country: Country,
    /// The nationality the person claims.
    nationality_claimed: Option<Nationality>,
    /// Other states of which the person is a national too.
    #[schema(max_items = 12)]
    further_nationalities: Vec<Country>,
    /// The nationality a mission verified.
    nationality_verified: Option<Country>,
    /// Gender.
    gender: Gender,
    /// Whether the person is a child.
    is_child: Option<bool>,
    /// Danger to the person.
    risk_level: RiskLevel,
    /// Why the case was closed; null while it is open.
    closure_reason: Option<ClosureReason>,
    /// Whether somebody recorded afterwards that the person had left: the steps before it were not gone through.
    recorded_afterwards: bool,
    /// The name to call the person by: whichever is known.
    #[schema(max_length = 1000)]
    name: String,
    /// Given name.
    #[schema(max_length = 200)]
    given_name: Option<String>,
    /// Middle name.
    #[schema(max_length = 200)]
    middle_name: Option<String>,
    /// Family name.
    #[schema(max_length = 200)]
    family_name: Option<String>,
    /// The whole name as the person writes it.
    #[schema(max_length = 300)]
    original_script_name: Option<String>,
    /// Other names the person is known by.
    #[schema(max_items = 20)]
    aliases: Vec<Alias>,
    /// Date of birth, as far as known.
    birth_date: Option<PartialDate>,
    /// The age as somebody estimated it, where there is no date of birth.
    age_estimate: Option<AgeEstimate>,
    /// Place of birth.
    #[schema(max_length = 200)]
    birth_place: Option<String>,
    /// The country in which the person lived before.
    habitual_residence: Option<Country>,
    /// Identity documents.
    #[schema(max_items = 20)]
    documents: Vec<IdentityDocument>,
}

const COLUMNS: &[&str] = &[
    "case_code",
    "status",
    "stage",
    "side_state",
    "host_country",
    "nationality_claimed",
    "further_nationalities",
    "nationality_verified",
    "gender",
    "is_child",
    "risk_level",
    "closure_reason",
    "recorded_afterwards",
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "original_script_name",
    "aliases",
    "birth_date",
    "age_from",
    "age_to",
    "age_estimated_on",
    "birth_place",
    "habitual_residence",
    "document_numbers",
];

impl From<ExportedCase> for ExportedPerson {
    fn from(case: ExportedCase) -> Self {
        let ExportedCase { row, identity, closure_reason, is_recorded_afterwards } = case;
        Self {
            case_id: row.id,
            nationality_claimed: row.nationality_claimed(),
            further_nationalities: row.further_nationalities(),
            case_code: row.code,
            status: row.status,
            stage: row.stage,
            side_state: row.side_state,
            host_country: row.host_country,
            nationality_verified: row.nationality_verified,
            gender: row.gender,
            is_child: row.is_child,
            risk_level: row.risk_level,
            closure_reason,
            recorded_afterwards: is_recorded_afterwards,
            name: identity.display_name(),
            given_name: identity.given_name,
            middle_name: identity.middle_name,
            family_name: identity.family_name,
            original_script_name: identity.original_script_name,
            aliases: identity.aliases,
            birth_date: identity.birth_date,
            age_estimate: identity.age_estimate,
            birth_place: identity.birth_place,
            habitual_residence: identity.habitual_residence,
            documents: identity.documents,
        }
    }
}

fn yes_or_no(holds: bool) -> String {
    if holds { "yes" } else { "no" }.to_owned()
}

impl ExportedPerson {
    fn cells(self) -> Vec<String> {
        let numbers: Vec<String> = self.documents.into_iter().filter_map(|document| document.number).collect();
        let aliases: Vec<String> = self.aliases.into_iter().map(|alias| alias.name).collect();
        let further: Vec<String> = self.further_nationalities.iter().map(Country::to_string).collect();
        let age = self.age_estimate.as_ref();
        vec![
            self.case_code,
            self.status.to_string(),
            self.stage.to_string(),
            text(self.side_state),
            self.host_country.to_string(),
            text(self.nationality_claimed),
            further.join("; "),
            text(self.nationality_verified),
            self.gender.to_string(),
            text(self.is_child.map(yes_or_no)),
            self.risk_level.to_string(),
            text(self.closure_reason),
            yes_or_no(self.recorded_afterwards),
            self.name,
            text(self.given_name),
            text(self.middle_name),
            text(self.family_name),
            text(self.original_script_name),
            aliases.join("; "),
            text(self.birth_date),
            // Two columns: a spreadsheet takes `8-14` for a day.
            text(age.map(|age| age.from_years)),
            text(age.map(|age| age.to_years)),
            text(age.map(|age| age.estimated_on)),
            text(self.birth_place),
            text(self.habitual_residence),
            numbers.join("; "),
        ]
    }
}

impl Rendered for Apart<ExportId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let ExportRow { id, approval_id, created_at, expires_at, .. } = exports::find(tx, self.0, ApprovalAction::ExportIdentifiable)?;
        let shown = Export { id, approval_id, created_at, expires_at };
        respond::answer(format!("/v1/exports/{id}/csv"), respond::etag(1, CompartmentSet::EMPTY), &shown)
    }
}

/// Make an export of names.
///
/// Of the cases that your organisation owns, filtered as a second person approved it. Only whoever asked makes it, once, and
/// fetches it within fifteen minutes. Other parameters than those approved void the approval. Nothing is stored: what is in
/// it is found when it is fetched. Only with an approval.
#[utoipa::path(
    tag = "two persons",
    request_body = CreateExport,
    responses((status = 201, body = Export, description = "Made"))
)]
#[post("/v1/exports")]
pub async fn create_export(
    allowed: Allowed<may::TakesSpace<may::Fresh<may::ExportIdentifiable>>>,
    body: CreateBody<CreateExport>,
) -> Result<HttpResponse> {
    let CreateExport { approval_id, export } = body.input;
    let made = allowed.create(body.key, move |tx| Ok(Apart(exports::insert(tx, approval_id, &export)?.id))).await;
    void_if_misused(&allowed, approval_id, &made).await?;
    made
}

/// Claims the export first, so that of many who fetch one succeeds, and reads then, with the grants of this moment.
async fn fetch<P>(http: &HttpRequest, allowed: &Allowed<P>, id: ExportId) -> Result<Vec<ExportedPerson>> {
    if http.extensions().get::<IsHead>().is_some() {
        return Err(ErrorCode::MethodNotAllowed.into());
    }
    let parameters: ExportParameters = allowed.write(move |tx| exports::claim(tx, id, ApprovalAction::ExportIdentifiable)).await?;
    let rows = read_claimed(allowed, id, move |tx| exports::rows(tx, &parameters)).await?;
    Ok(rows.into_iter().map(ExportedPerson::from).collect())
}

/// Reads what a claimed export selects. One that cannot be read, because it is too large or the database fails, is given back.
pub async fn read_claimed<P, R: Send + 'static>(
    allowed: &Allowed<P>,
    id: ExportId,
    read: impl FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
) -> Result<R> {
    let found = allowed.read_long(read).await;
    if found.is_err() {
        allowed.write(move |tx| exports::give_back(tx, id)).await?;
    }
    found
}

/// Fetch an export as CSV.
///
/// Once, by whoever made it, within fifteen minutes: then it is gone, as CSV and as JSON. Every name is in the audit trail
/// before the answer leaves.
#[utoipa::path(
    tag = "two persons",
    params(ExportPath),
    responses((status = 200, content_type = "text/csv", body = String, description = "The names"))
)]
#[get("/v1/exports/{id}/csv")]
pub async fn get_export_csv(
    http: HttpRequest,
    allowed: Allowed<may::TakesSpace<may::Fresh<may::ExportIdentifiable>>>,
    id: Path<ExportId>,
) -> Result<HttpResponse> {
    let people = fetch(&http, &allowed, id.0).await?;
    csv(&format!("export-{}.csv", id.0), COLUMNS, people.into_iter().map(ExportedPerson::cells).collect())
}

/// Fetch an export as JSON.
///
/// Once, by whoever made it, within fifteen minutes: then it is gone, as CSV and as JSON. Every name is in the audit trail
/// before the answer leaves.
#[utoipa::path(
    tag = "two persons",
    params(ExportPath),
    responses((status = 200, body = ExportDocument, description = "The names"))
)]
#[get("/v1/exports/{id}/document")]
pub async fn get_export_document(
    http: HttpRequest,
    allowed: Allowed<may::TakesSpace<may::Fresh<may::ExportIdentifiable>>>,
    id: Path<ExportId>,
) -> Result<web::Json<ExportDocument>> {
    let items = fetch(&http, &allowed, id.0).await?;
    Ok(web::Json(ExportDocument { as_of: allowed.now(), items }))
}

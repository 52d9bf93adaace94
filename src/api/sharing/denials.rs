//! Denials: whom a person never wants to see their case.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::path_params::{CasePath, DenialPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::denied::DenialDetails;
use crate::db::sharing::denials::{self, Denial};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{OrganisationKind, RecipientScope};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, DenialId, OrganisationId};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// A denial. It holds for every case of the person, now and later.
#[derive(Serialize, ToSchema)]
#[schema(as = Denial)]
pub struct DenialRecord {
    /// Its id.
    id: DenialId,
    /// The case it was recorded on; null where that case is closed to you.
    case_id: Option<CaseId>,
    /// Whom it is about; absent where it was recorded on a case that is closed to you.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    denied: Option<Denied>,
    /// The organisation that recorded it; null where it was recorded on a case that is closed to you.
    recorded_by: Option<OrganisationId>,
    /// When it was recorded.
    created_at: Timestamp,
    /// When the person changed their mind.
    lifted_at: Option<Timestamp>,
}

/// Whom a denial is about.
#[derive(Serialize, ToSchema)]
pub struct Denied {
    /// What kind of recipient.
    scope: RecipientScope,
    /// The organisation, for `organisation`.
    organisation_id: Option<OrganisationId>,
    /// The kind, for `organisation_kind`.
    organisation_kind: Option<OrganisationKind>,
    /// The country, for `missions_of`.
    missions_of: Option<Country>,
    /// In the person's words.
    #[schema(max_length = 2000)]
    reason: Option<String>,
}

/// The denials of a person.
#[derive(Serialize, ToSchema)]
pub struct DenialList {
    /// The denials, oldest first; absent where your grant does not open the protection notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 1000, nullable = false)]
    items: Option<Vec<DenialRecord>>,
    /// The compartment that `items` is absent for.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
}

/// A denial to be recorded.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateDenial {
    /// Whom it is about. Exactly the field that belongs to it must be given. `anyone` is no denial: nobody could help then.
    scope: RecipientScope,
    /// The organisation, for `organisation`.
    organisation_id: Option<OrganisationId>,
    /// The kind, for `organisation_kind`.
    organisation_kind: Option<OrganisationKind>,
    /// The country, for `missions_of`: "never my embassy".
    missions_of: Option<Country>,
    /// In the person's words.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
    /// The approval of a second person, if you shut a mission out of another case of its own within the last hour.
    approval_id: Option<ApprovalId>,
}

impl Input for CreateDenial {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.refuse(
            self.scope == RecipientScope::Anyone,
            "/scope",
            "not_expected",
            "name an organisation, a kind of them, or the missions of a country",
        );
        let named = [
            (RecipientScope::Organisation, self.organisation_id.is_some(), "/organisation_id"),
            (RecipientScope::OrganisationKind, self.organisation_kind.is_some(), "/organisation_kind"),
            (RecipientScope::MissionsOf, self.missions_of.is_some(), "/missions_of"),
        ];
        for (scope, is_given, pointer) in named {
            checks.require(scope == self.scope && !is_given, pointer, "says who is meant");
            checks.refuse(scope != self.scope && is_given, pointer, "not_expected", "does not apply to this scope");
        }
        checks.found()
    }
}

impl From<CreateDenial> for DenialDetails {
    fn from(denial: CreateDenial) -> Self {
        let CreateDenial { scope, organisation_id, organisation_kind, missions_of, reason, approval_id: _ } = denial;
        Self { scope, organisation_id, organisation_kind, missions_of, reason }
    }
}

impl From<DenialDetails> for Denied {
    fn from(details: DenialDetails) -> Self {
        let DenialDetails { scope, organisation_id, organisation_kind, missions_of, reason } = details;
        Self { scope, organisation_id, organisation_kind, missions_of, reason }
    }
}

impl From<Denial> for DenialRecord {
    fn from(denial: Denial) -> Self {
        let Denial { row, details, is_outline } = denial;
        Self {
            id: row.id,
            case_id: (!is_outline).then_some(row.case_id),
            denied: details.map(Denied::from),
            recorded_by: (!is_outline).then_some(row.organisation_id),
            created_at: row.created_at,
            lifted_at: row.lifted_at,
        }
    }
}

impl Rendered for OfCase<DenialId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let denial = denials::find_recorded(tx, self.case, self.id)?;
        let location = format!("/v1/cases/{}/denials/{}", self.case, self.id);
        respond::answer(location, etag(&denial), &DenialRecord::from(denial))
    }
}

fn etag(denial: &Denial) -> String {
    let version = if denial.row.lifted_at.is_some() { 2 } else { 1 };
    respond::etag(version, CompartmentSet::EMPTY.with(Compartment::Protection))
}

/// List whom a person never wants to see their case.
///
/// That there are any is itself restricted (class E). Only with a grant that opens the protection notes.
#[utoipa::path(
    tag = "consent",
    params(CasePath),
    responses((status = 200, body = DenialList, description = "The denials"))
)]
#[get("/v1/cases/{id}/denials")]
pub async fn list_denials(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<DenialList>> {
    let items = allowed.read(move |tx| denials::list(tx, id.0)).await?;
    let redacted = if items.is_none() { vec![Compartment::Protection] } else { Vec::new() };
    Ok(web::Json(DenialList { items: items.map(|items| items.into_iter().map(DenialRecord::from).collect()), redacted }))
}

/// Get a denial.
///
/// Only with a grant that opens the protection notes.
#[utoipa::path(
    tag = "consent",
    params(DenialPath),
    responses((status = 200, body = DenialRecord, description = "The denial"))
)]
#[get("/v1/cases/{id}/denials/{denial_id}")]
pub async fn get_denial(http: HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<DenialPath>) -> Result<HttpResponse> {
    let DenialPath { id: case, denial_id: id } = path.0;
    let denial = allowed.read(move |tx| denials::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(&denial), &DenialRecord::from(denial)))
}

/// Record whom a person never wants to see their case.
///
/// Beats every grant, batch, emergency and rule, now and later, in every case of the person: what those named could see ends in the
/// same transaction. A case that a denied mission owns passes to the coordination desk, which opens no more of it than before until two
/// people of it answer for that; one that another denied organisation owns is transferred first. Who takes a second case from a mission within
/// an hour needs a second person's approval first (`exclusion`). The owner records it, or the coordination desk.
#[utoipa::path(
    tag = "consent",
    params(CasePath),
    request_body = CreateDenial,
    responses((status = 201, body = DenialRecord, description = "Recorded"))
)]
#[post("/v1/cases/{id}/denials")]
pub async fn create_denial(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<CaseId>,
    body: CreateBody<CreateDenial>,
) -> Result<HttpResponse> {
    let approval = body.input.approval_id;
    let details = DenialDetails::from(body.input);
    let recorded =
        allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: denials::insert(tx, id.0, &details, approval)?.row.id })).await;
    void_if_misused(&allowed, approval, &recorded).await?;
    recorded
}

/// Lift a denial.
///
/// Because the person changed their mind. It gives nobody anything back: what was ended is asked for anew. Lifting twice is once.
/// The owner of the case does it.
#[utoipa::path(
    tag = "consent",
    params(DenialPath),
    responses((status = 200, body = DenialRecord, description = "Lifted"))
)]
#[post("/v1/cases/{id}/denials/{denial_id}/lift")]
pub async fn lift_denial(allowed: Allowed<may::Fresh<may::SharingWrite>>, path: Path<DenialPath>) -> Result<HttpResponse> {
    let DenialPath { id: case, denial_id: id } = path.0;
    let denial = allowed.write(move |tx| denials::lift(tx, case, id)).await?;
    Ok(respond::changed(etag(&denial), &DenialRecord::from(denial)))
}

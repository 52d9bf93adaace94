//! The queue of people who may be registered twice.

use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Json, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::DuplicatePairPath;
use crate::api::http::respond;
use crate::api::people::match_reasons::{MatchReason, reasons};
use crate::db::people::duplicates::{self, Pair, Side};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{DuplicateStatus, Gender};
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{CaseId, DuplicatePairId, OrganisationId, PersonId};
use crate::domain::nationality::Nationality;
use crate::domain::text::lines;
use crate::error::Result;

/// One of the two: the newest case of the person that you see.
#[derive(Serialize, ToSchema)]
pub struct DuplicateSide {
    /// The person.
    person_id: PersonId,
    /// The case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// The organisation that owns it.
    owner_id: OrganisationId,
    /// The person's name.
    #[schema(max_length = 1000)]
    name: String,
    /// Date of birth, as far as known.
    birth_date: Option<PartialDate>,
    /// Nationality: verified, else claimed.
    nationality: Option<Nationality>,
    /// Gender.
    gender: Gender,
    /// When the case was registered.
    registered_at: Timestamp,
}

impl From<Side> for DuplicateSide {
    fn from(side: Side) -> Self {
        Self {
            person_id: side.case.person_id,
            case_id: side.case.id,
            nationality: side.case.nationality(),
            case_code: side.case.code,
            owner_id: side.case.owner_id,
            name: side.identity.display_name(),
            birth_date: side.identity.birth_date,
            gender: side.case.gender,
            registered_at: side.case.created_at,
        }
    }
}

/// Two people who may be one. Compared at each reading: nothing about either is kept with the pair.
#[derive(Serialize, ToSchema)]
pub struct DuplicatePair {
    /// Its id.
    id: DuplicatePairId,
    /// What was decided.
    status: DuplicateStatus,
    /// How alike they are now, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    score: f64,
    /// What was compared.
    #[schema(max_items = 6)]
    reasons: Vec<MatchReason>,
    /// Whoever was registered first.
    first: DuplicateSide,
    /// The other.
    second: DuplicateSide,
    /// Why they are two people.
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// When the pair was found.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<Pair> for DuplicatePair {
    fn from(pair: Pair) -> Self {
        Self {
            id: pair.row.id,
            status: pair.row.status,
            score: pair.likeness.score,
            reasons: reasons(&pair.likeness),
            first: pair.first.into(),
            second: pair.second.into(),
            reason: pair.reason,
            created_at: pair.row.created_at,
            updated_at: pair.row.updated_at,
            version: pair.row.version,
        }
    }
}

/// A page of pairs.
#[derive(Serialize, ToSchema)]
pub struct DuplicatePage {
    /// The pairs, the newest first.
    #[schema(max_items = 200)]
    items: Vec<DuplicatePair>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Which pairs, and which page of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DuplicateQuery {
    /// What was decided; `open` if not stated.
    status: Option<DuplicateStatus>,
    /// Items on a page; 50 if not stated.
    #[param(minimum = 1, maximum = 200)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// Cursor of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

/// Why two people are two.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DismissDuplicate {
    /// The reason.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 3, max = 2000))]
    #[schema(min_length = 3, max_length = 2000, example = "Brothers: both were at the desk")]
    reason: String,
}
impl Input for DismissDuplicate {}

fn etag(pair: &Pair) -> String {
    respond::etag(pair.row.version, CompartmentSet::WHO)
}

/// List people who may be registered twice.
///
/// Pairs of people, found after a registration or a change of a name or number, both of whom your organisation may identify. The
/// newest first.
#[utoipa::path(
    tag = "duplicates",
    params(DuplicateQuery),
    responses((status = 200, body = DuplicatePage, description = "A page"))
)]
#[get("/v1/duplicates")]
pub async fn list_duplicates(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<DuplicateQuery>) -> Result<HttpResponse> {
    let DuplicateQuery { status, limit, after } = query.0;
    let request = page_request(limit, after);
    let status = status.unwrap_or(DuplicateStatus::Open);
    let page = allowed.read(move |tx| duplicates::list(tx, status, &request)).await?.map(DuplicatePair::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &DuplicatePage { items: page.items, next: page.next }))
}

/// Get a pair.
///
/// Compared now, with what your grants open.
#[utoipa::path(
    tag = "duplicates",
    params(DuplicatePairPath),
    responses((status = 200, body = DuplicatePair, description = "The pair"))
)]
#[get("/v1/duplicates/{id}")]
pub async fn get_duplicate(allowed: Allowed<may::CaseRead>, id: Path<DuplicatePairId>) -> Result<HttpResponse> {
    let pair = allowed.read(move |tx| duplicates::find(tx, id.0)).await?;
    Ok(respond::changed(etag(&pair), &DuplicatePair::from(pair)))
}

/// Say that they are two people.
///
/// With `If-Match`, and a reason. They are not proposed again.
#[utoipa::path(
    tag = "duplicates",
    params(DuplicatePairPath, IfMatch),
    request_body = DismissDuplicate,
    responses((status = 200, body = DuplicatePair, description = "Dismissed"))
)]
#[post("/v1/duplicates/{id}/dismissal")]
pub async fn dismiss_duplicate(
    allowed: Allowed<may::CaseUpdate>,
    id: Path<DuplicatePairId>,
    if_match: IfMatch,
    body: Json<DismissDuplicate>,
) -> Result<HttpResponse> {
    let reason = body.0.reason;
    let pair = allowed.write(move |tx| duplicates::dismiss(tx, id.0, if_match.expected(), &reason)).await?;
    Ok(respond::changed(etag(&pair), &DuplicatePair::from(pair)))
}

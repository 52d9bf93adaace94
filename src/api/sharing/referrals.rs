//! Referrals: a service that another organisation is asked for.

pub mod organisation_wide;
pub mod transfers;
mod types;

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::OfCase;
use crate::api::http::extract::{CreateBody, IfMatch, Json, Path, Query};
use crate::api::http::page::page_request;
use crate::api::http::path_params::{CasePath, ReferralPath};
use crate::api::http::respond;
use crate::api::sharing::referrals::types::{
    CreateReferral, Direction, ReferralList, ReferralPage, ReferralQuery, ReferralRecord, ReferralStep, etag,
};
use crate::db::sharing::referrals::{self, NewReferral, ReferralFilter, Step};
use crate::domain::codes::ReferralKind;
use crate::domain::ids::{CaseId, ReferralId};
use crate::error::Result;

/// List the referrals of a case.
#[utoipa::path(
    tag = "referrals",
    params(CasePath),
    responses((status = 200, body = ReferralList, description = "The referrals"))
)]
#[get("/v1/cases/{id}/referrals")]
pub async fn list_case_referrals(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<ReferralList>> {
    let now = allowed.now();
    let items = allowed.read(move |tx| referrals::list_of_case(tx, id.0, &[ReferralKind::Referral])).await?;
    Ok(web::Json(ReferralList { items: items.into_iter().map(|item| ReferralRecord::of(item, now)).collect() }))
}

/// Refer a person to another organisation for a service.
///
/// Needs a live consent of the person that includes the organisation and covers every compartment: without one, 422
/// `consent_required` says which is missing. Until the other side accepts it sees a preview and no more; acceptance opens the
/// compartments. Only the owner of the case refers.
#[utoipa::path(
    tag = "referrals",
    params(CasePath),
    request_body = CreateReferral,
    responses((status = 201, body = ReferralRecord, description = "Made"))
)]
#[post("/v1/cases/{id}/referrals")]
pub async fn create_referral(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<CaseId>,
    body: CreateBody<CreateReferral>,
) -> Result<HttpResponse> {
    let new = NewReferral::from(body.input);
    allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: referrals::insert(tx, id.0, &new)?.row.id })).await
}

/// List referrals to my organisation and about its cases, newest first.
#[utoipa::path(
    tag = "referrals",
    params(ReferralQuery),
    responses((status = 200, body = ReferralPage, description = "A page"))
)]
#[get("/v1/referrals")]
pub async fn list_referrals(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<ReferralQuery>) -> Result<HttpResponse> {
    page_of(&http, &allowed, query.0, vec![ReferralKind::Referral]).await
}

/// A page of referrals of some kinds.
async fn page_of(
    http: &HttpRequest,
    allowed: &Allowed<may::CaseRead>,
    query: ReferralQuery,
    kinds: Vec<ReferralKind>,
) -> Result<HttpResponse> {
    let now = allowed.now();
    let ReferralQuery { direction, status, limit, after } = query;
    let filter = ReferralFilter { kinds, incoming: direction.map(|direction| matches!(direction, Direction::Incoming)), status };
    let page = page_request(limit, after);
    let page = allowed.read(move |tx| referrals::list(tx, &filter, &page)).await?.map(|item| ReferralRecord::of(item, now));
    Ok(respond::page(http, page.next.clone().as_deref(), &ReferralPage { items: page.items, next: page.next }))
}

/// Get a referral.
#[utoipa::path(
    tag = "referrals",
    params(ReferralPath),
    responses((status = 200, body = ReferralRecord, description = "The referral"))
)]
#[get("/v1/referrals/{id}")]
pub async fn get_referral(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<ReferralId>) -> Result<HttpResponse> {
    one_of(&http, &allowed, id.0, &[ReferralKind::Referral]).await
}

/// One referral of some kinds.
async fn one_of(
    http: &HttpRequest,
    allowed: &Allowed<may::CaseRead>,
    id: ReferralId,
    kinds: &'static [ReferralKind],
) -> Result<HttpResponse> {
    let now = allowed.now();
    let referral = allowed.read(move |tx| referrals::find(tx, id, kinds)).await?;
    Ok(respond::found(http, etag(&referral), &ReferralRecord::of(referral, now)))
}

/// Take a step of a referral.
///
/// The owner sends and revokes; the other side accepts or rejects; either says that it is done, with feedback. What is sent or
/// accepted must rest on a consent that holds now. `done`, `rejected` and `revoked` end the access that the referral gave. With
/// `If-Match`.
#[utoipa::path(
    tag = "referrals",
    params(ReferralPath, IfMatch),
    request_body = ReferralStep,
    responses((status = 200, body = ReferralRecord, description = "Where it stands now"))
)]
#[post("/v1/referrals/{id}/transitions")]
pub async fn advance_referral(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<ReferralId>,
    if_match: IfMatch,
    body: Json<ReferralStep>,
) -> Result<HttpResponse> {
    step_of(&allowed, id.0, if_match, body.0, &[ReferralKind::Referral]).await
}

/// A step of a referral of some kinds.
async fn step_of(
    allowed: &Allowed<may::Fresh<may::SharingWrite>>,
    id: ReferralId,
    if_match: IfMatch,
    step: ReferralStep,
    kinds: &'static [ReferralKind],
) -> Result<HttpResponse> {
    let (now, step) = (allowed.now(), Step::from(step));
    let referral = allowed.write(move |tx| referrals::advance(tx, id, kinds, if_match.expected(), &step)).await?;
    Ok(respond::changed(etag(&referral), &ReferralRecord::of(referral, now)))
}

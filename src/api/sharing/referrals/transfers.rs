//! Transfers: the owner offers a case to another organisation, or is asked for it. Both sides must agree, and the person.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::OfCase;
use crate::api::http::extract::{CreateBody, IfMatch, Input, Json, Path, Query};
use crate::api::http::path_params::{CasePath, TransferPath};
use crate::api::sharing::referrals::types::{ReferralList, ReferralPage, ReferralQuery, ReferralRecord, ReferralStep};
use crate::api::sharing::referrals::{one_of, page_of, step_of};
use crate::db::sharing::referrals::{self, NewReferral};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{ReferralKind, ReferralUrgency};
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, ReferralId};
use crate::domain::text::lines;
use crate::error::Result;

/// What is a transfer.
const TRANSFERS: &[ReferralKind] = &[ReferralKind::Transfer, ReferralKind::TransferRequest];

/// An offer of a case.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTransfer {
    /// The organisation that is to own the case.
    to_organisation_id: OrganisationId,
    /// How soon.
    urgency: ReferralUrgency,
    /// The consent it rests on, for every compartment; any that holds if not stated.
    consent_id: Option<ConsentId>,
    /// Why. The other side reads it after acceptance.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}
impl Input for CreateTransfer {}

/// A request for a case.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTransferRequest {
    /// How soon.
    urgency: ReferralUrgency,
    /// Why your organisation should own the case.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
}
impl Input for CreateTransferRequest {}

/// List the transfers of a case, and the requests for one.
#[utoipa::path(
    tag = "referrals",
    params(CasePath),
    responses((status = 200, body = ReferralList, description = "The transfers"))
)]
#[get("/v1/cases/{id}/transfers")]
pub async fn list_case_transfers(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<ReferralList>> {
    let now = allowed.now();
    let items = allowed.read(move |tx| referrals::list_of_case(tx, id.0, TRANSFERS)).await?;
    Ok(web::Json(ReferralList { items: items.into_iter().map(|item| ReferralRecord::of(item, now)).collect() }))
}

/// Offer a case to another organisation.
///
/// Needs a live consent of the person that includes the organisation and covers every compartment: without one, 422
/// `consent_required` says which is missing. When the other side accepts, the case is its own: all keys, all that is open on it, and
/// your organisation's access ends. One offer at a time. Only the owner offers.
#[utoipa::path(
    tag = "referrals",
    params(CasePath),
    request_body = CreateTransfer,
    responses((status = 201, body = ReferralRecord, description = "Offered"))
)]
#[post("/v1/cases/{id}/transfers")]
pub async fn create_transfer(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<CaseId>,
    body: CreateBody<CreateTransfer>,
) -> Result<HttpResponse> {
    let CreateTransfer { to_organisation_id, urgency, consent_id, note } = body.input;
    let new = whole(ReferralKind::Transfer, to_organisation_id, urgency, consent_id, note);
    allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: referrals::insert(tx, id.0, &new)?.row.id })).await
}

/// Ask the owner for a case.
///
/// For an organisation that sees the case and does not own it. The owner answers with the person's consent, or rejects.
#[utoipa::path(
    tag = "referrals",
    params(CasePath),
    request_body = CreateTransferRequest,
    responses((status = 201, body = ReferralRecord, description = "Asked"))
)]
#[post("/v1/cases/{id}/transfer-requests")]
pub async fn request_transfer(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<CaseId>,
    body: CreateBody<CreateTransferRequest>,
) -> Result<HttpResponse> {
    let CreateTransferRequest { urgency, note } = body.input;
    let new = whole(ReferralKind::TransferRequest, allowed.user()?.organisation_id, urgency, None, Some(note));
    allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: referrals::insert(tx, id.0, &new)?.row.id })).await
}

/// Whoever owns a case holds all of it.
fn whole(
    kind: ReferralKind,
    other: OrganisationId,
    urgency: ReferralUrgency,
    consent: Option<ConsentId>,
    note: Option<String>,
) -> NewReferral {
    NewReferral { kind, other, service: None, urgency, compartments: CompartmentSet::ALL, consent, is_draft: false, expires_at: None, note }
}

/// List transfers to and from my organisation, newest first.
#[utoipa::path(
    tag = "referrals",
    params(ReferralQuery),
    responses((status = 200, body = ReferralPage, description = "A page"))
)]
#[get("/v1/transfers")]
pub async fn list_transfers(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<ReferralQuery>) -> Result<HttpResponse> {
    page_of(&http, &allowed, query.0, TRANSFERS.to_vec()).await
}

/// Get a transfer, or a request for one.
#[utoipa::path(
    tag = "referrals",
    params(TransferPath),
    responses((status = 200, body = ReferralRecord, description = "The transfer"))
)]
#[get("/v1/transfers/{id}")]
pub async fn get_transfer(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<ReferralId>) -> Result<HttpResponse> {
    one_of(&http, &allowed, id.0, TRANSFERS).await
}

/// Take a step of a transfer.
///
/// An offer is accepted or rejected by the other side, a request by the owner; whoever began it takes it back with `revoked`. Accepting
/// needs a consent that holds now and covers every compartment, and hands the case over at once. With `If-Match`. Recorded in
/// the history of the case.
#[utoipa::path(
    tag = "referrals",
    params(TransferPath, IfMatch),
    request_body = ReferralStep,
    responses((status = 200, body = ReferralRecord, description = "Where it stands now"))
)]
#[post("/v1/transfers/{id}/transitions")]
pub async fn advance_transfer(
    allowed: Allowed<may::Fresh<may::SharingWrite>>,
    id: Path<ReferralId>,
    if_match: IfMatch,
    body: Json<ReferralStep>,
) -> Result<HttpResponse> {
    step_of(&allowed, id.0, if_match, body.0, TRANSFERS).await
}

//! Whoever may be looked for: told to the organisation that accompanies them, which asks them.

use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Json, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::TracingMatchPath;
use crate::api::http::respond;
use crate::api::people::match_reasons::{MatchReason, reasons};
use crate::db::people::tracing_matches::{self, Decided, TracingMatch as Matched};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{TracingDecision, TracingRelation};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, TracingMatchId};
use crate::domain::people::tracing::TracingDetails;
use crate::domain::text::lines;
use crate::error::Result;

/// A case that may be of somebody who is looked for.
#[derive(Serialize, ToSchema)]
pub struct TracingMatch {
    /// Its id.
    id: TracingMatchId,
    /// The case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// The person's name.
    #[schema(max_length = 1000)]
    name: String,
    /// Who asks.
    requester_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    requester: String,
    /// On whose behalf.
    relation: TracingRelation,
    /// Who is looked for, and what is known.
    details: TracingDetails,
    /// How alike they are now, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    score: f64,
    /// What was compared.
    #[schema(max_items = 6)]
    reasons: Vec<MatchReason>,
    /// What the person said; null: nobody asked them yet.
    decision: Option<TracingDecision>,
    /// When.
    decided_at: Option<Timestamp>,
    /// The consent that they gave.
    consent_id: Option<ConsentId>,
    /// What was noted.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// When it was found.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<Matched> for TracingMatch {
    fn from(matched: Matched) -> Self {
        Self {
            id: matched.row.id,
            case_id: matched.case.id,
            case_code: matched.case.code,
            name: matched.name,
            requester_id: matched.request.organisation_id,
            requester: matched.requester,
            relation: matched.request.relation,
            details: matched.details,
            score: matched.likeness.score,
            reasons: reasons(&matched.likeness),
            decision: matched.row.decision,
            decided_at: matched.row.decided_at,
            consent_id: matched.row.consent_id,
            note: matched.note,
            created_at: matched.row.created_at,
            updated_at: matched.row.updated_at,
            version: matched.row.version,
        }
    }
}

/// A page of matches.
#[derive(Serialize, ToSchema)]
pub struct TracingMatchPage {
    /// The matches, the newest first.
    #[schema(max_items = 200)]
    items: Vec<TracingMatch>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// What the person said.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideTracingMatch {
    /// What they said, or that they are not the one.
    decision: TracingDecision,
    /// The consent that they gave.
    consent_id: Option<ConsentId>,
    /// Anything to be noted.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}
impl Input for DecideTracingMatch {}

fn etag(matched: &Matched) -> String {
    respond::etag(matched.row.version, CompartmentSet::WHO)
}

/// List whoever may be looked for.
///
/// Of the cases that your organisation owns, the newest first: who asks, for whom, and why it may be this person. Nobody else
/// learns of it.
#[utoipa::path(
    tag = "tracing",
    params(PageQuery),
    responses((status = 200, body = TracingMatchPage, description = "A page"))
)]
#[get("/v1/tracing-matches")]
pub async fn list_tracing_matches(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| tracing_matches::list(tx, &page)).await?.map(TracingMatch::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &TracingMatchPage { items: page.items, next: page.next }))
}

/// Get a match.
///
/// Only of a case that your organisation owns.
#[utoipa::path(
    tag = "tracing",
    params(TracingMatchPath),
    responses((status = 200, body = TracingMatch, description = "The match"))
)]
#[get("/v1/tracing-matches/{id}")]
pub async fn get_tracing_match(allowed: Allowed<may::CaseRead>, id: Path<TracingMatchId>) -> Result<HttpResponse> {
    let matched = allowed.read(move |tx| tracing_matches::find(tx, id.0)).await?;
    Ok(respond::changed(etag(&matched), &TracingMatch::from(matched)))
}

/// Record what the person said.
///
/// With `If-Match`. Whoever asked learns only of a person who wants the contact, and only while a live consent of theirs covers it;
/// of everything else they learn nothing. The person may change their mind.
#[utoipa::path(
    tag = "tracing",
    params(TracingMatchPath, IfMatch),
    request_body = DecideTracingMatch,
    responses((status = 200, body = TracingMatch, description = "Recorded"))
)]
#[post("/v1/tracing-matches/{id}/decision")]
pub async fn decide_tracing_match(
    allowed: Allowed<may::ByPerson<may::CaseUpdate>>,
    id: Path<TracingMatchId>,
    if_match: IfMatch,
    body: Json<DecideTracingMatch>,
) -> Result<HttpResponse> {
    let DecideTracingMatch { decision, consent_id, note } = body.0;
    let decided = Decided { decision, consent_id, note };
    let matched = allowed.write(move |tx| tracing_matches::decide(tx, id.0, if_match.expected(), &decided)).await?;
    Ok(respond::changed(etag(&matched), &TracingMatch::from(matched)))
}

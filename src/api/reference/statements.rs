//! What the press, ministries and courts say: estimates, payments, advisories, sanctions, each with who said it and where.

mod wire;

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Patch, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::StatementPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::reference::statements::{self, StatementFilter, StatementRow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{StatementKind, StatementTopic};
use crate::domain::country::Country;
use crate::domain::ids::{CompoundId, OperationId, StatementId};
use crate::error::{Error, ErrorCode, Result};

use wire::{CreateStatement, Statement, StatementPage};

/// Characters of a publisher's name.
const LONGEST_PUBLISHER: usize = 200;

/// Which statements.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// Kind.
    kind: Option<StatementKind>,
    /// Topic.
    topic: Option<StatementTopic>,
    /// Country that it is about.
    country: Option<Country>,
    /// What is said of this operation.
    operation_id: Option<OperationId>,
    /// What is said of this compound.
    compound_id: Option<CompoundId>,
    /// The publisher, by its whole name.
    #[param(max_length = 200, example = "The Register")]
    publisher: Option<String>,
    /// About this day or later. What bears no date is dated by its publication, and left out without one.
    #[param(max_length = 10)]
    since: Option<NaiveDate>,
    /// About this day or earlier.
    #[param(max_length = 10)]
    until: Option<NaiveDate>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

fn etag(row: &StatementRow) -> String {
    respond::etag(row.version, CompartmentSet::EMPTY)
}

impl Rendered for Apart<StatementId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let found = statements::find(tx, self.0)?;
        respond::answer(format!("/v1/statements/{}", self.0), etag(&found), &Statement::from(found))
    }
}

/// List statements, in the order in which they were recorded.
///
/// What was said of one operation or compound is one request. Statements that contradict each other stand side by side. Recorded in the
/// audit trail.
#[utoipa::path(
    tag = "statements",
    params(StatementQuery),
    responses((status = 200, body = StatementPage, description = "A page"))
)]
#[get("/v1/statements")]
pub async fn list_statements(
    http: HttpRequest,
    allowed: Allowed<may::ReferenceRead>,
    query: Query<StatementQuery>,
) -> Result<HttpResponse> {
    let StatementQuery { kind, topic, country, operation_id, compound_id, publisher, since, until, limit, after } = query.0;
    if publisher.as_ref().is_some_and(|publisher| publisher.chars().count() > LONGEST_PUBLISHER) {
        return Err(Error::new(ErrorCode::InvalidQuery).at("publisher", "too_long", "must be at most 200 characters"));
    }
    let page = page_request(limit, after);
    let filter = StatementFilter { kind, topic, country, operation_id, compound_id, publisher, since, until };
    let page = allowed.read(move |tx| statements::list(tx, &filter, &page)).await?.map(Statement::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &StatementPage { items: page.items, next: page.next }))
}

/// Get a statement.
///
/// Recorded in the audit trail.
#[utoipa::path(
    tag = "statements",
    params(StatementPath),
    responses((status = 200, body = Statement, description = "The statement"))
)]
#[get("/v1/statements/{id}")]
pub async fn get_statement(http: HttpRequest, allowed: Allowed<may::ReferenceRead>, id: Path<StatementId>) -> Result<HttpResponse> {
    let row = allowed.read(move |tx| statements::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&row), &Statement::from(row)))
}

/// Record a statement.
///
/// One statement is what one publisher printed. Another one that says something else is recorded beside it, and neither is corrected.
#[utoipa::path(
    tag = "statements",
    request_body = CreateStatement,
    responses((status = 201, body = Statement, description = "Recorded"))
)]
#[post("/v1/statements")]
pub async fn create_statement(allowed: Allowed<may::ReferenceWrite>, body: CreateBody<CreateStatement>) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            let row = input.clone().into_row(StatementId::random(), None, 1, tx.now, tx.now);
            statements::insert(tx, &row)?;
            Ok(Apart(row.id))
        })
        .await
}

/// Change a statement.
///
/// A merge patch (RFC 7396) with `If-Match`, for what was copied wrongly.
#[utoipa::path(
    tag = "statements",
    params(StatementPath, IfMatch),
    request_body(content = ref("#/components/schemas/UpdateStatement"), content_type = "application/merge-patch+json"),
    responses((status = 200, body = Statement, description = "Changed"))
)]
#[patch("/v1/statements/{id}")]
pub async fn update_statement(
    allowed: Allowed<may::ReferenceWrite>,
    id: Path<StatementId>,
    if_match: IfMatch,
    patch: Patch<CreateStatement>,
) -> Result<HttpResponse> {
    let row = allowed
        .write(move |tx| {
            statements::update(tx, id.0, if_match.expected(), |row| {
                let state: CreateStatement = patch.apply(&row.clone().into())?;
                *row = state.into_row(row.id, row.reference.clone(), row.version, row.created_at, row.updated_at);
                Ok(())
            })
        })
        .await?;
    Ok(respond::changed(etag(&row), &Statement::from(row)))
}

//! Raids, releases and escapes, as they were published.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::OperationPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::reference::operations::{self, OperationFilter, OperationRow};
use crate::db::schema::types::Json as Column;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{DatePrecision, OperationKind};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::OperationId;
use crate::domain::lists::null_as_empty;
use crate::domain::reference::operation::{OperationCount, PlaceName, Reconciliation, Seizure, Source, StatedTotal};
use crate::domain::text::name;
use crate::domain::violation::Violation;
use crate::domain::zones::{DayAt, Today};
use crate::error::Result;

/// An operation: raid, release, escape.
#[derive(Serialize, ToSchema)]
pub struct OperationSummary {
    /// Its id.
    id: OperationId,
    /// Stable reference of published data.
    #[schema(max_length = 60, example = "KH-2025-07-POIPET")]
    reference: Option<String>,
    /// Its name.
    #[schema(max_length = 300, example = "July 2025 crackdown: Poipet")]
    name: String,
    /// What kind of operation.
    kind: OperationKind,
    /// The operation this one is a part of.
    part_of: Option<OperationId>,
    /// Country.
    country: Country,
    /// Places.
    #[schema(max_items = 50)]
    localities: Vec<PlaceName>,
    /// First day, as far as known.
    started_on: Option<PartialDate>,
    /// Last day, as far as known.
    ended_on: Option<PartialDate>,
    /// How exactly the dates were stated.
    date_precision: DatePrecision,
    /// How many days it lasted, where only that was published.
    #[schema(minimum = 1, maximum = 1000)]
    duration_days: Option<i32>,
    /// Authority in the lead.
    #[schema(max_length = 200)]
    lead_authority: Option<String>,
    /// The total that was stated.
    stated_total: Option<StatedTotal>,
    /// What was counted.
    #[schema(max_items = 500)]
    counts: Vec<OperationCount>,
    /// What was seized.
    #[schema(max_items = 200)]
    seizures: Vec<Seizure>,
    /// Where it was published.
    #[schema(max_items = 50)]
    sources: Vec<Source>,
    /// When it was recorded.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// An operation with its parts, and their sum against the stated total.
#[derive(Serialize, ToSchema)]
pub struct Operation {
    /// The operation.
    operation: OperationSummary,
    /// Its parts.
    #[schema(max_items = 200)]
    parts: Vec<OperationSummary>,
    /// The sum of all counts against the stated total: a warning where they disagree, never an error.
    reconciliation: Reconciliation,
}

/// A page of operations.
#[derive(Serialize, ToSchema)]
pub struct OperationPage {
    /// The operations.
    #[schema(max_items = 200)]
    items: Vec<OperationSummary>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// What an operation is recorded with.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateOperation {
    /// Its name.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// What kind of operation.
    kind: OperationKind,
    /// The operation this one is a part of.
    part_of: Option<OperationId>,
    /// Country.
    country: Country,
    /// Places.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 50), custom(function = "place_names"))]
    #[schema(value_type = Option<Vec<PlaceName>>, max_items = 50)]
    localities: Vec<PlaceName>,
    /// First day, as far as known.
    started_on: Option<PartialDate>,
    /// Last day, as far as known.
    ended_on: Option<PartialDate>,
    /// How exactly the dates are stated.
    date_precision: DatePrecision,
    /// How many days it lasted, where only that is known.
    #[validate(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000)]
    duration_days: Option<i32>,
    /// Authority in the lead.
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    lead_authority: Option<String>,
    /// The total that is stated.
    #[validate(nested)]
    stated_total: Option<StatedTotal>,
    /// What was counted.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 500), nested)]
    #[schema(value_type = Option<Vec<OperationCount>>, max_items = 500)]
    counts: Vec<OperationCount>,
    /// What was seized.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 200), nested)]
    #[schema(value_type = Option<Vec<Seizure>>, max_items = 200)]
    seizures: Vec<Seizure>,
    /// Where it was published.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 50), nested)]
    #[schema(value_type = Option<Vec<Source>>, max_items = 50)]
    sources: Vec<Source>,
}

impl Input for CreateOperation {
    fn day_at(&self) -> DayAt {
        DayAt::Country(self.country)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut found = Vec::new();
        if matches!((self.started_on, self.ended_on), (Some(start), Some(end)) if end.latest() < start.earliest()) {
            found.push(Violation::new("/ended_on", "out_of_order", "must not lie before started_on"));
        }
        if self.started_on.is_some_and(|start| start.earliest() > today) {
            found.push(Violation::new("/started_on", "date_in_future", "must not lie in the future"));
        }
        found
    }
}

fn place_names(names: &[PlaceName]) -> std::result::Result<(), validator::ValidationError> {
    let fits = |name: &PlaceName| (1..=100).contains(&name.0.chars().count());
    names.iter().all(fits).then_some(()).ok_or_else(|| validator::ValidationError::new("length"))
}

/// Which operations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OperationQuery {
    /// Country.
    country: Option<Country>,
    /// Kind.
    kind: Option<OperationKind>,
    /// Parts of this operation.
    part_of: Option<OperationId>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<OperationRow> for OperationSummary {
    fn from(row: OperationRow) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            name: row.name,
            kind: row.kind,
            part_of: row.parent_id,
            country: row.country,
            localities: row.localities.0,
            started_on: row.started_on,
            ended_on: row.ended_on,
            date_precision: row.date_precision,
            duration_days: row.duration_days,
            lead_authority: row.lead_authority,
            stated_total: row.stated_total.map(|total| total.0),
            counts: row.counts.0,
            seizures: row.seizures.0,
            sources: row.sources.0,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

impl From<operations::Operation> for Operation {
    fn from(operation: operations::Operation) -> Self {
        let parts = operation.parts.into_iter().map(OperationSummary::from).collect();
        Self { operation: operation.row.into(), parts, reconciliation: operation.reconciliation }
    }
}

impl From<OperationRow> for CreateOperation {
    fn from(row: OperationRow) -> Self {
        Self {
            name: row.name,
            kind: row.kind,
            part_of: row.parent_id,
            country: row.country,
            localities: row.localities.0,
            started_on: row.started_on,
            ended_on: row.ended_on,
            date_precision: row.date_precision,
            duration_days: row.duration_days,
            lead_authority: row.lead_authority,
            stated_total: row.stated_total.map(|total| total.0),
            counts: row.counts.0,
            seizures: row.seizures.0,
            sources: row.sources.0,
        }
    }
}

impl CreateOperation {
    /// The row with these fields, and the rest of another.
    fn into_row(
        self,
        id: OperationId,
        reference: Option<String>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> OperationRow {
        OperationRow {
            id,
            created_at,
            updated_at,
            version,
            reference,
            name: self.name,
            kind: self.kind,
            parent_id: self.part_of,
            country: self.country,
            localities: Column(self.localities),
            started_on: self.started_on,
            ended_on: self.ended_on,
            date_precision: self.date_precision,
            duration_days: self.duration_days,
            lead_authority: self.lead_authority,
            stated_total: self.stated_total.map(Column),
            counts: Column(self.counts),
            seizures: Column(self.seizures),
            sources: Column(self.sources),
        }
    }
}

fn etag(operation: &operations::Operation) -> String {
    respond::etag(operation.row.version, CompartmentSet::EMPTY)
}

impl Rendered for Apart<OperationId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let found = operations::find(tx, self.0)?;
        respond::answer(format!("/v1/operations/{}", self.0), etag(&found), &Operation::from(found))
    }
}

/// List operations, oldest first.
#[utoipa::path(
    tag = "operations",
    params(OperationQuery),
    responses((status = 200, body = OperationPage, description = "A page"))
)]
#[get("/v1/operations")]
pub async fn list_operations(
    http: HttpRequest,
    allowed: Allowed<may::ReferenceRead>,
    query: Query<OperationQuery>,
) -> Result<HttpResponse> {
    let OperationQuery { country, kind, part_of, limit, after } = query.0;
    let page = page_request(limit, after);
    let filter = OperationFilter { country, kind, part_of };
    let page = allowed.read(move |tx| operations::list(tx, &filter, &page)).await?.map(OperationSummary::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &OperationPage { items: page.items, next: page.next }))
}

/// Get an operation with its parts.
///
/// `reconciliation` compares the sum of all counts with the stated total.
#[utoipa::path(
    tag = "operations",
    params(OperationPath),
    responses((status = 200, body = Operation, description = "The operation"))
)]
#[get("/v1/operations/{id}")]
pub async fn get_operation(http: HttpRequest, allowed: Allowed<may::ReferenceRead>, id: Path<OperationId>) -> Result<HttpResponse> {
    let operation = allowed.read(move |tx| operations::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&operation), &Operation::from(operation)))
}

/// Record an operation.
///
/// Counts keep their qualifier; contradictions are shown, never refused.
#[utoipa::path(
    tag = "operations",
    request_body = CreateOperation,
    responses((status = 201, body = Operation, description = "Recorded"))
)]
#[post("/v1/operations")]
pub async fn create_operation(allowed: Allowed<may::ReferenceWrite>, body: CreateBody<CreateOperation>) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            let row = input.clone().into_row(OperationId::random(), None, 1, tx.now, tx.now);
            operations::insert(tx, &row)?;
            Ok(Apart(row.id))
        })
        .await
}

/// Change an operation.
///
/// A merge patch (RFC 7396) with `If-Match`.
#[utoipa::path(
    tag = "operations",
    params(OperationPath, IfMatch),
    request_body(content = ref("#/components/schemas/UpdateOperation"), content_type = "application/merge-patch+json"),
    responses((status = 200, body = Operation, description = "Changed"))
)]
#[patch("/v1/operations/{id}")]
pub async fn update_operation(
    allowed: Allowed<may::ReferenceWrite>,
    id: Path<OperationId>,
    if_match: IfMatch,
    patch: Patch<CreateOperation>,
) -> Result<HttpResponse> {
    let operation = allowed
        .write(move |tx| {
            operations::update(tx, id.0, if_match.expected(), |row| {
                let state: CreateOperation = patch.apply(&row.clone().into())?;
                *row = state.into_row(row.id, row.reference.clone(), row.version, row.created_at, row.updated_at);
                Ok(())
            })
        })
        .await?;
    Ok(respond::changed(etag(&operation), &Operation::from(operation)))
}

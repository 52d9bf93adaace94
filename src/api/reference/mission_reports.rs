//! What missions and ministries report about their nationals, as figures.

use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::MissionReportPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::reference::mission_reports::{self, MissionReportRow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{MissionReportKind, Qualifier};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MissionReportId, OperationId, OrganisationId};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};
use crate::error::Result;

/// A figure that a mission or ministry reported.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateMissionReport {
    /// The day of the report.
    #[schema(max_length = 10)]
    reported_on: NaiveDate,
    /// Of which nationals.
    nationality: Country,
    /// In which host country.
    host_country: Option<Country>,
    /// How many.
    #[validate(range(min = 0, max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000, format = Int32)]
    count: i32,
    /// How exact the figure is.
    qualifier: Qualifier,
    /// What was counted.
    kind: MissionReportKind,
    /// What the figure rests on: a press release, a list, a count at the gate.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "Press release of the ministry")]
    basis: Option<String>,
    /// The operation it is about.
    operation_id: Option<OperationId>,
}

impl Input for CreateMissionReport {
    fn day_at(&self) -> DayAt {
        self.host_country.map_or(DayAt::Here, DayAt::Country)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.refuse(self.reported_on > today, "/reported_on", "date_in_future", "must not lie in the future");
        checks.found()
    }
}

/// A report.
#[derive(Serialize, ToSchema)]
pub struct MissionReport {
    /// Its id.
    id: MissionReportId,
    /// Who recorded it.
    organisation_id: OrganisationId,
    /// The day of the report.
    #[schema(max_length = 10)]
    reported_on: NaiveDate,
    /// Of which nationals.
    nationality: Country,
    /// In which host country.
    host_country: Option<Country>,
    /// How many.
    #[schema(minimum = 0, maximum = 1_000_000, format = Int32)]
    count: i32,
    /// How exact the figure is.
    qualifier: Qualifier,
    /// What was counted.
    kind: MissionReportKind,
    /// What the figure rests on.
    #[schema(max_length = 500)]
    basis: Option<String>,
    /// The operation it is about.
    operation_id: Option<OperationId>,
    /// When it was recorded.
    created_at: Timestamp,
}

impl From<MissionReportRow> for MissionReport {
    fn from(row: MissionReportRow) -> Self {
        let MissionReportRow { id, organisation_id, created_at, reported_on, nationality, host_country, count, qualifier, kind, .. } = row;
        let MissionReportRow { basis, operation_id, .. } = row;
        Self { id, organisation_id, reported_on, nationality, host_country, count, qualifier, kind, basis, operation_id, created_at }
    }
}

/// A page of reports.
#[derive(Serialize, ToSchema)]
pub struct MissionReportPage {
    /// The reports, the newest first.
    #[schema(max_items = 200)]
    items: Vec<MissionReport>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

impl Rendered for Apart<MissionReportId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let report = mission_reports::find(tx, self.0)?;
        let etag = respond::etag(1, CompartmentSet::EMPTY);
        respond::answer(format!("/v1/mission-reports/{}", self.0), etag, &MissionReport::from(report))
    }
}

/// List mission reports.
///
/// A mission sees its own; everybody else with the permission sees all. The newest first. Recorded in the audit trail.
#[utoipa::path(
    tag = "mission reports",
    params(PageQuery),
    responses((status = 200, body = MissionReportPage, description = "A page"))
)]
#[get("/v1/mission-reports")]
pub async fn list_mission_reports(
    http: HttpRequest,
    allowed: Allowed<may::StatisticsRead>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| mission_reports::list(tx, &page)).await?.map(MissionReport::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &MissionReportPage { items: page.items, next: page.next }))
}

/// Get a mission report.
///
/// Recorded in the audit trail.
#[utoipa::path(
    tag = "mission reports",
    params(MissionReportPath),
    responses((status = 200, body = MissionReport, description = "The report"))
)]
#[get("/v1/mission-reports/{id}")]
pub async fn get_mission_report(
    http: HttpRequest,
    allowed: Allowed<may::StatisticsRead>,
    id: Path<MissionReportId>,
) -> Result<HttpResponse> {
    let row = allowed.read(move |tx| mission_reports::find(tx, id.0)).await?;
    Ok(respond::found(&http, respond::etag(1, CompartmentSet::EMPTY), &MissionReport::from(row)))
}

/// Record a mission report.
///
/// A report is never changed: reports contradict each other, and all are kept.
#[utoipa::path(
    tag = "mission reports",
    request_body = CreateMissionReport,
    responses((status = 201, body = MissionReport, description = "Recorded"))
)]
#[post("/v1/mission-reports")]
pub async fn create_mission_report(
    allowed: Allowed<may::MissionReportWrite>,
    body: CreateBody<CreateMissionReport>,
) -> Result<HttpResponse> {
    let new = body.input;
    allowed
        .create(body.key, move |tx| {
            let CreateMissionReport { reported_on, nationality, host_country, count, qualifier, kind, basis, operation_id } = new.clone();
            let row = MissionReportRow {
                id: MissionReportId::random(),
                organisation_id: tx.actor.organisation_id(),
                created_at: tx.now,
                created_by: tx.actor.user().map(|user| user.user_id),
                reported_on,
                nationality,
                host_country,
                count,
                qualifier,
                kind,
                basis,
                operation_id,
            };
            mission_reports::insert(tx, &row)?;
            Ok(Apart(row.id))
        })
        .await
}

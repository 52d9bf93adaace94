//! Figures over the cases that the organisation sees.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Query;
use crate::api::reporting::table::{Cell, Role, Table};
use crate::db::casefile::filter::CaseFilter;
use crate::db::reporting::statistics::{self, Dimension, MAX_DIMENSIONS};
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::ids::*;
use crate::domain::nationality::NationalityFilter;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::error::{Error, ErrorCode, Result};

/// What to count, and by what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatisticsQuery {
    /// Up to three dimensions, separated by commas. One that is named again counts once.
    #[param(
        inline,
        style = Form,
        explode = false,
        value_type = Vec<Dimension>,
        min_items = 1,
        max_items = 3,
        example = json!(["nationality", "stage"])
    )]
    by: String,
    /// Only this nationality; `none` for people who were not asked.
    #[param(inline)]
    nationality: Option<NationalityFilter>,
    /// Only this stage.
    stage: Option<Stage>,
    /// Only this side state.
    side_state: Option<SideState>,
    /// Only people from this compound.
    compound: Option<CompoundId>,
    /// Only people freed by this operation.
    operation: Option<OperationId>,
    /// Only this gender.
    gender: Option<Gender>,
    /// Only children, or only others.
    is_child: Option<bool>,
    /// Only people stranded here.
    host_country: Option<Country>,
    /// Only this status.
    status: Option<CaseStatus>,
}

/// Counts of cases.
#[derive(Serialize, ToSchema)]
pub struct CaseStatistics {
    /// The counts, largest first.
    #[schema(max_items = 10000)]
    items: Vec<CaseCount>,
    /// Their sum.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    total: i64,
}

/// One count. Only the fields that were asked for in `by` are there; null means not known.
#[derive(Default, Serialize, ToSchema)]
pub struct CaseCount {
    /// Nationality: verified, else claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 3, example = "IDN")]
    nationality: Option<Option<String>>,
    /// Stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40, example = "screened")]
    stage: Option<Option<String>>,
    /// Side state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    side_state: Option<Option<String>>,
    /// Status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    status: Option<Option<String>>,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    gender: Option<Option<String>>,
    /// `true` or `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 5)]
    is_child: Option<Option<String>>,
    /// Danger to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    risk_level: Option<Option<String>>,
    /// Where the person is stranded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 3)]
    host_country: Option<Option<String>>,
    /// How the person came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    intake_channel: Option<Option<String>>,
    /// How the person left the compound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    exit_mode: Option<Option<String>>,
    /// The finding on trafficking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    trafficking_status: Option<Option<String>>,
    /// Why it was closed; null while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    closure_reason: Option<Option<String>>,
    /// How many cases.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    count: i64,
}

impl CaseCount {
    fn of(by: &[Dimension], (values, count): statistics::Figure) -> Self {
        let mut row = Self { count, ..Self::default() };
        for (dimension, value) in by.iter().zip(values) {
            let field = match dimension {
                Dimension::Nationality => &mut row.nationality,
                Dimension::Stage => &mut row.stage,
                Dimension::SideState => &mut row.side_state,
                Dimension::Status => &mut row.status,
                Dimension::Gender => &mut row.gender,
                Dimension::IsChild => &mut row.is_child,
                Dimension::RiskLevel => &mut row.risk_level,
                Dimension::HostCountry => &mut row.host_country,
                Dimension::IntakeChannel => &mut row.intake_channel,
                Dimension::ExitMode => &mut row.exit_mode,
                Dimension::TraffickingStatus => &mut row.trafficking_status,
                Dimension::ClosureReason => &mut row.closure_reason,
            };
            *field = Some(value);
        }
        row
    }
}

/// The dimensions of a list, each once: a name that comes again asks for nothing more.
fn dimensions(by: &str) -> Result<Vec<Dimension>> {
    let refused = |message: &str| Error::new(ErrorCode::InvalidQuery).at("by", "unknown_dimension", message);
    let names: Vec<&str> = by.split(',').collect();
    if names.len() > MAX_DIMENSIONS {
        return Err(refused("names more than three dimensions"));
    }
    let mut found = Vec::new();
    for name in names {
        let dimension = Dimension::parse(name.trim()).ok_or_else(|| refused("is not one of the dimensions"))?;
        if !found.contains(&dimension) {
            found.push(dimension);
        }
    }
    Ok(found)
}

/// What was counted: the dimensions, in the order in which they were asked for, and the figures.
async fn counted(allowed: &Allowed<may::StatisticsExact>, query: StatisticsQuery) -> Result<(Vec<Dimension>, Vec<statistics::Figure>)> {
    let by = dimensions(&query.by)?;
    let StatisticsQuery { by: _, nationality, stage, side_state, compound, operation, gender, is_child, host_country, status } = query;
    let filter =
        CaseFilter { nationality, stage, side_state, compound, operation, gender, is_child, host_country, status, ..CaseFilter::default() };
    let dimensions = by.clone();
    let figures = allowed.read_long(move |tx| statistics::count(tx, &dimensions, &filter)).await?;
    Ok((by, figures))
}

/// Count cases.
///
/// Exact counts over the cases that your organisation sees, broken down by up to three dimensions, for those who may open these cases. What
/// is published comes from `/v1/statistics/releases`.
#[utoipa::path(
    tag = "statistics",
    params(StatisticsQuery),
    responses((status = 200, body = CaseStatistics, description = "The counts"))
)]
#[get("/v1/statistics/cases")]
pub async fn get_case_statistics(
    allowed: Allowed<may::StatisticsExact>,
    query: Query<StatisticsQuery>,
) -> Result<web::Json<CaseStatistics>> {
    let (by, figures) = counted(&allowed, query.0).await?;
    let items: Vec<CaseCount> = figures.into_iter().map(|figure| CaseCount::of(&by, figure)).collect();
    Ok(web::Json(CaseStatistics { total: items.iter().map(|item| item.count).sum(), items }))
}

/// Count cases, as CSV.
///
/// The same counts as a table: a column for each dimension, in the order of `by`, and the count. An empty cell means not known. The
/// first row names the columns; a cell that a spreadsheet would take for a formula begins with an apostrophe.
#[utoipa::path(
    tag = "statistics",
    params(StatisticsQuery),
    responses((status = 200, content_type = "text/csv", body = String, description = "The counts"))
)]
#[get("/v1/statistics/cases/csv")]
pub async fn get_case_statistics_csv(allowed: Allowed<may::StatisticsExact>, query: Query<StatisticsQuery>) -> Result<HttpResponse> {
    let (by, figures) = counted(&allowed, query.0).await?;
    let columns = by.iter().map(|dimension| (dimension.as_str(), Role::Label)).chain([("count", Role::Bar)]).collect();
    let mut table = Table::new("cases", "Cases", allowed.now(), columns);
    table.rows.extend(figures.into_iter().map(|(values, count)| values.into_iter().map(Cell::from).chain([Cell::from(count)]).collect()));
    table.csv(allowed.today().zone())
}

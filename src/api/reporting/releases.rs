//! Released figures: numbered, frozen, and about groups alone.

mod question;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::respond;
use crate::api::reporting::releases::question::{ReleasePath, ReleasedQuery};
use crate::api::reporting::table::{Cell, Role, Table};
use crate::db::Tx;
use crate::db::reporting::releases::{self, ReleaseRow};
use crate::domain::ids::ReleaseId;
use crate::domain::reporting::released::{MOST_CELLS, Published, PublishedCell, ReleasedDimension};
use crate::domain::zones::Zone;
use crate::error::{Error, ErrorCode, Result};

/// A release of figures.
#[derive(Serialize, ToSchema)]
pub struct StatisticsRelease {
    /// Its id, for a citation.
    id: ReleaseId,
    /// Its number; the first one of your organisation is 1.
    #[schema(minimum = 1, maximum = 2147483647, format = Int32)]
    number: i32,
    /// The day on which it was made.
    #[schema(max_length = 10)]
    made_on: NaiveDate,
    /// The smallest group of which it tells.
    #[schema(minimum = 10, maximum = 1000, format = Int32)]
    k: i32,
    /// How many records it counts, rounded down to a multiple of `k`.
    #[schema(minimum = 0, maximum = 2147483647, format = Int32)]
    records_considered_rounded: i32,
}

impl StatisticsRelease {
    fn of(row: &ReleaseRow, zone: Zone) -> Self {
        Self {
            id: row.id,
            number: row.number,
            made_on: zone.day_of(row.made_at),
            k: row.smallest_group,
            records_considered_rounded: row.records_rounded,
        }
    }
}

/// A page of releases.
#[derive(Serialize, ToSchema)]
pub struct StatisticsReleasePage {
    /// Newest first.
    #[schema(max_items = 200)]
    items: Vec<StatisticsRelease>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Released counts of cases.
#[derive(Serialize, ToSchema)]
pub struct ReleasedStatistics {
    /// The number of the release.
    #[schema(minimum = 1, maximum = 2147483647, format = Int32)]
    release: i32,
    /// The id of the release.
    snapshot_id: ReleaseId,
    /// The day on which it was made.
    #[schema(max_length = 10)]
    generated_on: NaiveDate,
    /// The smallest group of which it tells.
    #[schema(minimum = 10, maximum = 1000, format = Int32)]
    k: i32,
    /// How figures are rounded: `down_to_multiple_of_k`.
    #[schema(max_length = 40, example = "down_to_multiple_of_k")]
    rounding: &'static str,
    /// What is counted: `cases`.
    #[schema(max_length = 40, example = "cases")]
    unit: &'static str,
    /// The counts, a row for each combination of values that a whole group has.
    #[schema(max_items = 10000)]
    items: Vec<ReleasedCount>,
    /// How many there are in all that the filters leave; null where it is held back. Rounded by itself: the rows need not add up to it.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    total: Option<i64>,
    /// How many rows are held back.
    #[schema(minimum = 0, maximum = 10000, format = Int32)]
    suppressed_cells: i32,
    /// How many records the release counts, rounded down.
    #[schema(minimum = 0, maximum = 2147483647, format = Int32)]
    records_considered_rounded: i32,
    /// How to cite it.
    #[schema(max_length = 400)]
    citation: String,
}

/// One released count. Only the fields that were asked for in `by` are there.
#[derive(Default, Serialize, ToSchema)]
pub struct ReleasedCount {
    /// Nationality: verified, else claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 3, example = "IDN")]
    nationality: Option<String>,
    /// Gender; those that few have are one group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40)]
    gender: Option<String>,
    /// About how old the person was on the day of the release; children are one group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40)]
    age_band: Option<String>,
    /// The province of the compound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200)]
    compound_admin1: Option<String>,
    /// How the person left the compound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40)]
    exit_mode: Option<String>,
    /// Stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, example = "screened")]
    stage: Option<String>,
    /// The mission that accompanies the person, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40)]
    mission: Option<String>,
    /// The month of registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 7)]
    month: Option<String>,
    /// The quarter of registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 7)]
    quarter: Option<String>,
    /// The year of registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 4)]
    year: Option<String>,
    /// How many cases, rounded down; null where it is held back.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    count: Option<i64>,
    /// Whether it is held back.
    suppressed: bool,
    /// Why: `small_cell`, which is said too of what is held back to protect another one, and of some by chance.
    #[schema(max_length = 40)]
    reason: Option<&'static str>,
}

impl ReleasedCount {
    fn of(by: &[ReleasedDimension], cell: PublishedCell) -> Self {
        let suppressed = cell.count.is_none();
        let mut row = Self { count: cell.count, suppressed, reason: suppressed.then_some("small_cell"), ..Self::default() };
        for (dimension, value) in by.iter().zip(cell.values) {
            let field = match dimension {
                ReleasedDimension::Nationality => &mut row.nationality,
                ReleasedDimension::Gender => &mut row.gender,
                ReleasedDimension::AgeBand => &mut row.age_band,
                ReleasedDimension::CompoundAdmin1 => &mut row.compound_admin1,
                ReleasedDimension::ExitMode => &mut row.exit_mode,
                ReleasedDimension::Stage => &mut row.stage,
                ReleasedDimension::Mission => &mut row.mission,
                ReleasedDimension::Month => &mut row.month,
                ReleasedDimension::Quarter => &mut row.quarter,
                ReleasedDimension::Year => &mut row.year,
            };
            *field = Some(value);
        }
        row
    }
}

/// The answer to a question about a release.
struct Answered {
    row: ReleaseRow,
    by: Vec<ReleasedDimension>,
    cells: Vec<PublishedCell>,
    total: Option<i64>,
}

async fn answered(allowed: &Allowed<may::StatisticsRead>, number: i32, query: ReleasedQuery) -> Result<Answered> {
    let question = query.question()?;
    let text = question.text();
    let asked = text.clone();
    let (answered, was_asked) = allowed
        .read_long(move |tx| {
            let row = releases::find(tx, number)?;
            let was_asked = releases::was_asked(tx, row.id, &asked)?;
            let cross = releases::counted(tx, row.id)?;
            let published = Published::of(&cross, i64::from(row.smallest_group));
            if published.size(&question.by) > MOST_CELLS {
                return Err(Error::new(ErrorCode::ValidationFailed).at("by", "too_large", "gives more than 10,000 rows: ask for less"));
            }
            let (cells, total) = published.table(&question.by, &question.only);
            Ok((Answered { row, by: question.by, cells, total }, was_asked))
        })
        .await?;
    if !was_asked {
        let release = answered.row.id;
        allowed.write(move |tx| releases::spend(tx, release, &text)).await?;
    }
    Ok(answered)
}

/// List the releases of figures, newest first.
///
/// Each night a release is made of the records that your organisation sees, of people who agreed to be counted: if records of as many people
/// as `k` came, went or changed since the one before, so that the two, subtracted, tell of nobody. Recorded in the audit trail.
#[utoipa::path(
    tag = "statistics",
    params(PageQuery),
    responses((status = 200, body = StatisticsReleasePage, description = "A page"))
)]
#[get("/v1/statistics/releases")]
pub async fn list_statistics_releases(
    http: HttpRequest,
    allowed: Allowed<may::StatisticsRead>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let zone = allowed.today().zone();
    let page = allowed.read_long(move |tx| releases::list(tx, &page)).await?.map(|row| StatisticsRelease::of(&row, zone));
    Ok(respond::page(&http, page.next.clone().as_deref(), &StatisticsReleasePage { items: page.items, next: page.next }))
}

/// Make a release of figures now.
///
/// The answer is the newest release: a new one, if enough changed since the one before, else that one. Sent again it makes nothing twice. 409
/// `conflict` where fewer people than a group agreed to be counted.
#[utoipa::path(
    tag = "statistics",
    responses((status = 200, body = StatisticsRelease, description = "The newest release"))
)]
#[post("/v1/statistics/releases")]
pub async fn make_statistics_release(allowed: Allowed<may::ByPerson<may::StatisticsExact>>) -> Result<web::Json<StatisticsRelease>> {
    let zone = allowed.today().zone();
    let count = |tx: &mut Tx<'_>| {
        let own = tx.actor.organisation_id();
        releases::count(tx, own)
    };
    let counted = allowed.read_long(count).await?;
    let row = allowed.write(move |tx| releases::keep(tx, &counted)).await?;
    Ok(web::Json(StatisticsRelease::of(&row, zone)))
}

/// Count the cases of a release.
///
/// Counts by up to three dimensions, filters among them, rounded down to a multiple of `k`. All attribute combinations describe groups of `k`
/// or more individuals: what is smaller is held back, and so is what would give it away. The same question about the same release always has
/// the same answer; different ones are limited to some a day. Recorded in the audit trail.
#[utoipa::path(
    tag = "statistics",
    params(ReleasePath, ReleasedQuery),
    responses((status = 200, body = ReleasedStatistics, description = "The counts"))
)]
#[get("/v1/statistics/releases/{number}/cases")]
pub async fn get_released_statistics(
    allowed: Allowed<may::StatisticsRead>,
    path: Path<ReleasePath>,
    query: Query<ReleasedQuery>,
) -> Result<web::Json<ReleasedStatistics>> {
    let Answered { row, by, cells, total } = answered(&allowed, path.0.number, query.0).await?;
    let release = StatisticsRelease::of(&row, allowed.today().zone());
    let items: Vec<ReleasedCount> = cells.into_iter().map(|cell| ReleasedCount::of(&by, cell)).collect();
    let suppressed = items.iter().filter(|item| item.suppressed).count();
    Ok(web::Json(ReleasedStatistics {
        release: row.number,
        snapshot_id: row.id,
        generated_on: release.made_on,
        k: row.smallest_group,
        rounding: "down_to_multiple_of_k",
        unit: "cases",
        items,
        total,
        suppressed_cells: i32::try_from(suppressed).unwrap_or(i32::MAX),
        records_considered_rounded: row.records_rounded,
        citation: citation(&release),
    }))
}

fn citation(release: &StatisticsRelease) -> String {
    let StatisticsRelease { id, number, made_on, k, .. } = release;
    format!("Homeward, released figures no. {number} of {made_on} ({}). Groups of {k} or more, rounded down to multiples of {k}.", id.0)
}

/// Count the cases of a release, as CSV.
///
/// The same counts as a table: a column for each dimension, in the order of `by`, and the count, which is empty where it is held back.
/// Recorded in the audit trail.
#[utoipa::path(
    tag = "statistics",
    params(ReleasePath, ReleasedQuery),
    responses((status = 200, content_type = "text/csv", body = String, description = "The counts"))
)]
#[get("/v1/statistics/releases/{number}/cases/csv")]
pub async fn get_released_statistics_csv(
    allowed: Allowed<may::StatisticsRead>,
    path: Path<ReleasePath>,
    query: Query<ReleasedQuery>,
) -> Result<HttpResponse> {
    let Answered { row, by, cells, .. } = answered(&allowed, path.0.number, query.0).await?;
    let columns = by.iter().map(|dimension| (dimension.as_str(), Role::Label)).chain([("count", Role::Bar)]).collect();
    let mut table = Table::new("released-cases", "Cases", row.made_at, columns);
    table.rows.extend(cells.into_iter().map(|cell| cell.values.into_iter().map(Cell::from).chain([Cell::from(cell.count)]).collect()));
    table.csv(allowed.today().zone())
}

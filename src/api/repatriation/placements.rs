//! How many people are in which kind of place.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::db::repatriation::placements;
use crate::domain::codes::PlacementKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::error::Result;

/// How many people are in a kind of place.
#[derive(Serialize, ToSchema)]
pub struct PlacementCount {
    /// The country: of the place, else of the case.
    country: Country,
    /// The kind of place.
    kind: PlacementKind,
    /// How many people.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    people: i64,
}

/// How many people are where.
#[derive(Serialize, ToSchema)]
pub struct PlacementCounts {
    /// When they were counted.
    as_of: Timestamp,
    /// By country, then by kind of place. Kinds in which nobody is are left out.
    #[schema(max_items = 1000)]
    items: Vec<PlacementCount>,
}

/// List how many people are in which kind of place.
///
/// Today in the host country, over the open cases whose location your organisation opens: neither a name nor an address. Of each person
/// the place to which they went last counts, and none in a country that they left for home.
#[utoipa::path(tag = "daily work", responses((status = 200, body = PlacementCounts, description = "The counts")))]
#[get("/v1/placements/counts")]
pub async fn list_placement_counts(allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>) -> Result<web::Json<PlacementCounts>> {
    let (as_of, counts) = allowed.read_long(|tx| Ok((tx.now, placements::count(tx)?))).await?;
    let items = counts.into_iter().map(|((country, kind), people)| PlacementCount { country, kind, people });
    Ok(web::Json(PlacementCounts { as_of, items: items.collect() }))
}

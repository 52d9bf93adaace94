//! Compounds: the places people were held in.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::CompoundPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::reference::compounds::{self, CompoundFilter, CompoundRow};
use crate::db::schema::types::Json as Column;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::cases::person::Alias;
use crate::domain::codes::{CompoundStatus, SiteType};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::CompoundId;
use crate::domain::lists::null_as_empty;
use crate::domain::reference::operation::Source;
use crate::domain::text::name;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::{Error, ErrorCode, Result};

/// A scam compound.
#[derive(Serialize, ToSchema)]
pub struct Compound {
    /// Its id.
    id: CompoundId,
    /// Stable reference of published data.
    #[schema(max_length = 60)]
    reference: Option<String>,
    /// The name it is best known by.
    #[schema(max_length = 300, example = "Xinshan Great Wall Park")]
    name: String,
    /// Other names, in any script.
    #[schema(max_items = 20)]
    aliases: Vec<Alias>,
    /// What kind of place.
    site_type: SiteType,
    /// Country.
    country: Country,
    /// Province.
    #[schema(max_length = 100)]
    province: Option<String>,
    /// City.
    #[schema(max_length = 100)]
    city: Option<String>,
    /// Latitude in degrees, to about a kilometre.
    #[schema(minimum = -90, maximum = 90)]
    latitude: Option<f64>,
    /// Longitude in degrees, to about a kilometre.
    #[schema(minimum = -180, maximum = 180)]
    longitude: Option<f64>,
    /// What is known of its activity.
    status: CompoundStatus,
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

/// A page of compounds.
#[derive(Serialize, ToSchema)]
pub struct CompoundPage {
    /// The compounds.
    #[schema(max_items = 200)]
    items: Vec<Compound>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// What a compound is recorded with.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCompound {
    /// The name it is best known by.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// Other names, in any script.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20), nested)]
    #[schema(value_type = Option<Vec<Alias>>, max_items = 20)]
    aliases: Vec<Alias>,
    /// What kind of place.
    site_type: SiteType,
    /// Country.
    country: Country,
    /// Province.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    province: Option<String>,
    /// City.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    city: Option<String>,
    /// Latitude in degrees; kept to about a kilometre.
    #[validate(range(min = -90.0, max = 90.0))]
    #[schema(minimum = -90, maximum = 90)]
    latitude: Option<f64>,
    /// Longitude in degrees; kept to about a kilometre.
    #[validate(range(min = -180.0, max = 180.0))]
    #[schema(minimum = -180, maximum = 180)]
    longitude: Option<f64>,
    /// What is known of its activity.
    status: CompoundStatus,
    /// Where it was published.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 50), nested)]
    #[schema(value_type = Option<Vec<Source>>, max_items = 50)]
    sources: Vec<Source>,
}

impl Input for CreateCompound {
    fn violations(&self, _: Today) -> Vec<Violation> {
        let half = self.latitude.is_some() != self.longitude.is_some();
        half.then(|| Violation::new("/longitude", "incomplete_position", "give latitude and longitude, or neither")).into_iter().collect()
    }
}

/// Characters of a name that is searched for.
const LONGEST_NAME: usize = 100;

/// Which compounds.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompoundQuery {
    /// A name or alias, or any word of one, begins like this; any script. Empty: any.
    #[param(max_length = 100, example = "great wall")]
    name: Option<String>,
    /// Country.
    country: Option<Country>,
    /// What is known of the activity.
    status: Option<CompoundStatus>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<CompoundRow> for Compound {
    fn from(row: CompoundRow) -> Self {
        let CompoundRow {
            id,
            created_at,
            updated_at,
            version,
            reference,
            name,
            aliases,
            site_type,
            country,
            province,
            city,
            latitude,
            longitude,
            status,
            sources,
        } = row;
        let (aliases, sources) = (aliases.0, sources.0);
        Self {
            id,
            reference,
            name,
            aliases,
            site_type,
            country,
            province,
            city,
            latitude,
            longitude,
            status,
            sources,
            created_at,
            updated_at,
            version,
        }
    }
}

impl From<CompoundRow> for CreateCompound {
    fn from(row: CompoundRow) -> Self {
        let CompoundRow { name, aliases, site_type, country, province, city, latitude, longitude, status, sources, .. } = row;
        Self { name, aliases: aliases.0, site_type, country, province, city, latitude, longitude, status, sources: sources.0 }
    }
}

impl CreateCompound {
    fn put_into(self, row: &mut CompoundRow) {
        let Self { name, aliases, site_type, country, province, city, latitude, longitude, status, sources } = self;
        let (latitude, longitude) = (latitude.map(coarse), longitude.map(coarse));
        let (aliases, sources) = (Column(aliases), Column(sources));
        *row = CompoundRow { name, aliases, site_type, country, province, city, latitude, longitude, status, sources, ..row.clone() };
    }
}

/// Two decimals, about a kilometre: enough to tell places apart, not enough to lead anybody to a door.
fn coarse(degrees: f64) -> f64 {
    (degrees * 100.0).round() / 100.0
}

fn etag(row: &CompoundRow) -> String {
    respond::etag(row.version, CompartmentSet::EMPTY)
}

impl Rendered for Apart<CompoundId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let found = compounds::find(tx, self.0)?;
        respond::answer(format!("/v1/compounds/{}", self.0), etag(&found), &Compound::from(found))
    }
}

/// List compounds, oldest first.
///
/// Search by any name in any script with `name`.
#[utoipa::path(
    tag = "compounds",
    params(CompoundQuery),
    responses((status = 200, body = CompoundPage, description = "A page"))
)]
#[get("/v1/compounds")]
pub async fn list_compounds(http: HttpRequest, allowed: Allowed<may::ReferenceRead>, query: Query<CompoundQuery>) -> Result<HttpResponse> {
    let CompoundQuery { name, country, status, limit, after } = query.0;
    if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        return Err(Error::new(ErrorCode::InvalidQuery).at("name", "too_long", "must be at most 100 characters"));
    }
    let page = page_request(limit, after);
    let filter = CompoundFilter { name: name.filter(|name| !name.trim().is_empty()), country, status };
    let page = allowed.read(move |tx| compounds::list(tx, &filter, &page)).await?.map(Compound::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &CompoundPage { items: page.items, next: page.next }))
}

/// Get a compound.
#[utoipa::path(
    tag = "compounds",
    params(CompoundPath),
    responses((status = 200, body = Compound, description = "The compound"))
)]
#[get("/v1/compounds/{id}")]
pub async fn get_compound(http: HttpRequest, allowed: Allowed<may::ReferenceRead>, id: Path<CompoundId>) -> Result<HttpResponse> {
    let row = allowed.read(move |tx| compounds::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&row), &Compound::from(row)))
}

/// Record a compound.
#[utoipa::path(
    tag = "compounds",
    request_body = CreateCompound,
    responses((status = 201, body = Compound, description = "Recorded"))
)]
#[post("/v1/compounds")]
pub async fn create_compound(allowed: Allowed<may::ReferenceWrite>, body: CreateBody<CreateCompound>) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            let CreateCompound { name, aliases, site_type, country, province, city, latitude, longitude, status, sources } = input.clone();
            let row = CompoundRow {
                id: CompoundId::random(),
                created_at: tx.now,
                updated_at: tx.now,
                version: 1,
                reference: None,
                name,
                aliases: Column(aliases),
                site_type,
                country,
                province,
                city,
                latitude: latitude.map(coarse),
                longitude: longitude.map(coarse),
                status,
                sources: Column(sources),
            };
            Ok(Apart(compounds::insert(tx, &row)?.id))
        })
        .await
}

/// Change a compound.
///
/// A merge patch (RFC 7396) with `If-Match`.
#[utoipa::path(
    tag = "compounds",
    params(CompoundPath, IfMatch),
    request_body(content = ref("#/components/schemas/UpdateCompound"), content_type = "application/merge-patch+json"),
    responses((status = 200, body = Compound, description = "Changed"))
)]
#[patch("/v1/compounds/{id}")]
pub async fn update_compound(
    allowed: Allowed<may::ReferenceWrite>,
    id: Path<CompoundId>,
    if_match: IfMatch,
    patch: Patch<CreateCompound>,
) -> Result<HttpResponse> {
    let row = allowed
        .write(move |tx| {
            compounds::update(tx, id.0, if_match.expected(), |row| {
                patch.apply(&row.clone().into())?.put_into(row);
                Ok(())
            })
        })
        .await?;
    Ok(respond::changed(etag(&row), &Compound::from(row)))
}

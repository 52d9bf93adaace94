//! Organisations.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{self, CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::OrganisationPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::accounts::organisations::{self, OrganisationRow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::OrganisationId;
use crate::domain::text::{copied, lines, name};
use crate::domain::violation::Violation;
use crate::domain::zones::{Today, Zone};
use crate::error::Result;

/// An organisation: a mission, an NGO, a coordination desk.
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200, example = "Safe Return Cambodia")]
    name: String,
    /// What it is.
    kind: OrganisationKind,
    /// Where it is seated; for a mission the sending state.
    country: Country,
    /// The host country it coordinates, if it is a coordination desk.
    coordinates: Option<Country>,
    /// Postal address.
    #[schema(max_length = 500)]
    address: Option<String>,
    /// Phone.
    #[schema(max_length = 30)]
    phone: Option<String>,
    /// Whether its users may sign in.
    active: bool,
    /// The time zone where it works; null: that of the capital.
    #[schema(value_type = Option<String>, max_length = 40, example = "Asia/Makassar")]
    time_zone: Option<Zone>,
    /// When it was created.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A page of organisations.
#[derive(Serialize, ToSchema)]
pub struct OrganisationPage {
    /// The organisations.
    #[schema(max_items = 200)]
    items: Vec<Organisation>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// What an organisation is created with, and what can be changed.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganisation {
    /// Its name; unique.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Safe Return Cambodia")]
    name: String,
    /// What it is.
    kind: OrganisationKind,
    /// Where it is seated; for a mission the sending state.
    country: Country,
    /// The host country it coordinates: such a desk sees who every person stranded there is.
    coordinates: Option<Country>,
    /// Postal address.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    address: Option<String>,
    /// Phone.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(max = 30))]
    #[schema(max_length = 30)]
    phone: Option<String>,
    /// The time zone where it works, by its name in the IANA database, where the country has several. Left out: that of the capital. The
    /// days of its cases are days of this zone.
    #[serde(default)]
    #[validate(length(max = 40))]
    #[schema(max_length = 40, example = "Asia/Makassar")]
    time_zone: Option<String>,
}

impl Input for CreateOrganisation {
    fn violations(&self, _: Today) -> Vec<Violation> {
        let is_mission_desk = self.kind.is_mission() && self.coordinates.is_some();
        let violation = || Violation::new("/coordinates", "mission_cannot_coordinate", "a mission cannot be a coordination desk");
        is_mission_desk.then(violation).into_iter().chain(unknown_zone(self.time_zone.as_deref())).collect()
    }
}

fn zone(name: Option<String>) -> Option<Zone> {
    name.as_deref().and_then(Zone::parse)
}

/// A time zone that no country keeps.
fn unknown_zone(name: Option<&str>) -> Option<Violation> {
    let is_unknown = name.is_some_and(|name| Zone::parse(name).is_none());
    is_unknown.then(|| Violation::new("/time_zone", "unknown_time_zone", "must be a time zone of a country, such as Asia/Makassar"))
}

impl CreateOrganisation {
    /// What was typed in on the command line, which refuses what the API refuses.
    pub fn typed(name: String, kind: OrganisationKind, country: Country, coordinates: Option<Country>, today: Today) -> Result<Self> {
        let typed = serde_json::json!({ "name": name, "kind": kind, "country": country, "coordinates": coordinates });
        extract::typed(&typed, today)
    }

    /// The row of a new organisation.
    pub fn row(self, id: OrganisationId, now: Timestamp) -> OrganisationRow {
        let Self { name, kind, country, coordinates, address, phone, time_zone } = self;
        OrganisationRow {
            id,
            created_at: now,
            updated_at: now,
            version: 1,
            name,
            kind,
            country,
            coordinates,
            address,
            phone,
            active: true,
            time_zone: zone(time_zone),
        }
    }
}

/// What can be changed of an organisation.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganisation {
    /// Its name; unique.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Where it is seated.
    country: Country,
    /// The host country it coordinates. Taking it away ends the desk's sight of those cases at once.
    coordinates: Option<Country>,
    /// Postal address.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    address: Option<String>,
    /// Phone.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(max = 30))]
    #[schema(max_length = 30)]
    phone: Option<String>,
    /// Whether its users may sign in.
    active: bool,
    /// The time zone where it works, where the country has several; null: that of the capital.
    #[validate(length(max = 40))]
    #[schema(max_length = 40, example = "Asia/Makassar")]
    time_zone: Option<String>,
}
impl Input for UpdateOrganisation {
    fn violations(&self, _: Today) -> Vec<Violation> {
        unknown_zone(self.time_zone.as_deref()).into_iter().collect()
    }
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        let OrganisationRow { id, created_at, updated_at, version, name, kind, country, coordinates, address, phone, active, time_zone } =
            row;
        Self { id, name, kind, country, coordinates, address, phone, active, time_zone, created_at, updated_at, version }
    }
}

/// List organisations, oldest first.
#[utoipa::path(
    tag = "organisations",
    params(PageQuery),
    responses((status = 200, body = OrganisationPage, description = "A page"))
)]
#[get("/v1/organisations")]
pub async fn list_organisations(
    http: HttpRequest,
    allowed: Allowed<may::OrganisationManage>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| organisations::list(tx, &page)).await?.map(Organisation::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &OrganisationPage { items: page.items, next: page.next }))
}

/// Get an organisation.
#[utoipa::path(
    tag = "organisations",
    params(OrganisationPath),
    responses((status = 200, body = Organisation, description = "The organisation"))
)]
#[get("/v1/organisations/{id}")]
pub async fn get_organisation(
    http: HttpRequest,
    allowed: Allowed<may::OrganisationManage>,
    id: Path<OrganisationId>,
) -> Result<HttpResponse> {
    let row = allowed.read(move |tx| organisations::find(tx, id.0)).await?;
    Ok(respond::found(&http, respond::etag(row.version, CompartmentSet::EMPTY), &Organisation::from(row)))
}

impl Rendered for Apart<OrganisationId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let row = organisations::find(tx, self.0)?;
        let etag = respond::etag(row.version, CompartmentSet::EMPTY);
        respond::answer(format!("/v1/organisations/{}", self.0), etag, &Organisation::from(row))
    }
}

/// Create an organisation.
///
/// A coordination desk is given sight of who the people stranded in its host country are, at once.
#[utoipa::path(
    tag = "organisations",
    request_body = CreateOrganisation,
    responses((status = 201, body = Organisation, description = "Created"))
)]
#[post("/v1/organisations")]
pub async fn create_organisation(
    allowed: Allowed<may::Fresh<may::OrganisationManage>>,
    body: CreateBody<CreateOrganisation>,
) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            let row = input.clone().row(OrganisationId::random(), tx.now);
            Ok(Apart(organisations::insert(tx, &row)?.id))
        })
        .await
}

/// Change an organisation.
///
/// A merge patch (RFC 7396) with `If-Match`. An organisation that is deactivated has no signed-in users from
/// that moment: their sessions end for good. Nobody deactivates their own.
#[utoipa::path(
    tag = "organisations",
    params(OrganisationPath, IfMatch),
    request_body(content = UpdateOrganisation, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Organisation, description = "Changed"))
)]
#[patch("/v1/organisations/{id}")]
pub async fn update_organisation(
    allowed: Allowed<may::Fresh<may::OrganisationManage>>,
    id: Path<OrganisationId>,
    if_match: IfMatch,
    patch: Patch<UpdateOrganisation>,
) -> Result<HttpResponse> {
    let patched = allowed
        .write_access(move |tx| {
            let current = organisations::find(tx, id.0)?;
            let OrganisationRow { name, country, coordinates, address, phone, active, time_zone, .. } = current;
            let time_zone = time_zone.map(|zone| zone.as_str().to_owned());
            let state = patch.apply(&UpdateOrganisation { name, country, coordinates, address, phone, active, time_zone })?;
            organisations::update(tx, id.0, if_match.expected(), |row| {
                let UpdateOrganisation { name, country, coordinates, address, phone, active, time_zone } = state;
                *row = OrganisationRow { name, country, coordinates, address, phone, active, time_zone: zone(time_zone), ..row.clone() };
            })
        })
        .await?;
    Ok(respond::changed(respond::etag(patched.version, CompartmentSet::EMPTY), &Organisation::from(patched)))
}

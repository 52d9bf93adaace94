//! Missions and whom they cover.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Recalled, Referenced, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::{CoveragePath, MissionPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::idempotency::Reference;
use crate::db::reference::missions::{self, CoverageRow, MissionFilter, MissionRow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{CoverageBasis, MissionKind};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CoverageId, MissionId};
use crate::domain::text::{copied, name};
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// A mission: embassy, consulate or representative office.
#[derive(Serialize, ToSchema)]
pub struct Mission {
    /// Its id; also the id of its organisation.
    id: MissionId,
    /// Its name.
    #[schema(max_length = 200, example = "Embassy of Indonesia, Phnom Penh")]
    name: String,
    /// Whose mission it is.
    sending_state: Country,
    /// Where it is.
    host_state: Country,
    /// The city it is in.
    #[schema(max_length = 100, example = "Phnom Penh")]
    city: String,
    /// What kind of mission.
    kind: MissionKind,
    /// Whether it is resident in the country whose cases it serves.
    resident: bool,
    /// Hotline.
    #[schema(max_length = 30)]
    hotline: Option<String>,
    /// E-mail of the desk.
    #[schema(max_length = 254)]
    desk_email: Option<String>,
    /// Whom it covers, and where.
    #[schema(max_items = 1000)]
    coverage: Vec<Coverage>,
    /// When it was created.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// One line of coverage: the mission serves these nationals in this host country.
#[derive(Serialize, ToSchema)]
pub struct Coverage {
    /// Its id.
    id: CoverageId,
    /// The nationality.
    nationality: Country,
    /// The host country.
    host_country: Country,
    /// Why.
    basis: CoverageBasis,
    /// From when.
    #[schema(max_length = 10)]
    valid_from: Option<NaiveDate>,
    /// Until when.
    #[schema(max_length = 10)]
    valid_to: Option<NaiveDate>,
}

/// A page of missions.
#[derive(Serialize, ToSchema)]
pub struct MissionPage {
    /// The missions, in no order of preference.
    #[schema(max_items = 200)]
    items: Vec<Mission>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// A new mission, for an organisation of kind `diplomatic_mission`.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateMission {
    /// The organisation, of kind `diplomatic_mission`; the mission takes its id.
    organisation_id: crate::domain::ids::OrganisationId,
    /// Whose mission it is.
    sending_state: Country,
    /// Where it is.
    host_state: Country,
    /// The city it is in.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    city: String,
    /// What kind of mission.
    kind: MissionKind,
    /// Whether it is resident in the country whose cases it serves.
    resident: bool,
    /// Hotline.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(max = 30))]
    #[schema(max_length = 30)]
    hotline: Option<String>,
    /// E-mail of the desk.
    #[validate(email, length(max = 254))]
    #[schema(max_length = 254)]
    desk_email: Option<String>,
}
impl Input for CreateMission {}

/// What can be changed of a mission.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateMission {
    /// The city it is in.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    city: String,
    /// What kind of mission.
    kind: MissionKind,
    /// Whether it is resident.
    resident: bool,
    /// Hotline.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(max = 30))]
    #[schema(max_length = 30)]
    hotline: Option<String>,
    /// E-mail of the desk.
    #[validate(email, length(max = 254))]
    #[schema(max_length = 254)]
    desk_email: Option<String>,
}
impl Input for UpdateMission {}

/// A new line of coverage.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCoverage {
    /// The nationality.
    nationality: Country,
    /// The host country.
    host_country: Country,
    /// Why.
    basis: CoverageBasis,
    /// From when.
    #[schema(max_length = 10)]
    valid_from: Option<NaiveDate>,
    /// Until when.
    #[schema(max_length = 10)]
    valid_to: Option<NaiveDate>,
}

impl Input for CreateCoverage {
    fn violations(&self, _: Today) -> Vec<Violation> {
        let reversed = matches!((self.valid_from, self.valid_to), (Some(from), Some(to)) if to < from);
        reversed.then(|| Violation::new("/valid_to", "out_of_order", "must not lie before valid_from")).into_iter().collect()
    }
}

/// Which missions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MissionQuery {
    /// Missions that cover this nationality.
    #[param(example = "TWN")]
    nationality: Option<Country>,
    /// Missions that cover it in this host country.
    #[param(example = "KHM")]
    host_country: Option<Country>,
    /// Missions of this state.
    sending_state: Option<Country>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<missions::Mission> for Mission {
    fn from(mission: missions::Mission) -> Self {
        let MissionRow { id, created_at, updated_at, version, sending_state, host_state, city, kind, resident, hotline, desk_email } =
            mission.row;
        let coverage = mission.coverage.into_iter().map(Coverage::from).collect();
        Self {
            id,
            name: mission.name,
            sending_state,
            host_state,
            city,
            kind,
            resident,
            hotline,
            desk_email,
            coverage,
            created_at,
            updated_at,
            version,
        }
    }
}

impl From<CoverageRow> for Coverage {
    fn from(row: CoverageRow) -> Self {
        let CoverageRow { id, mission_id: _, nationality, host_country, basis, valid_from, valid_to } = row;
        Self { id, nationality, host_country, basis, valid_from, valid_to }
    }
}

fn etag(mission: &missions::Mission) -> String {
    respond::etag(mission.row.version, CompartmentSet::EMPTY)
}

impl Rendered for Apart<MissionId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let found = missions::find(tx, self.0)?;
        respond::answer(format!("/v1/missions/{}", self.0), etag(&found), &Mission::from(found))
    }
}

/// A line of coverage that was added to a mission.
struct CoverageOf {
    mission: MissionId,
    id: CoverageId,
}

impl Referenced for CoverageOf {
    fn reference(&self) -> Reference {
        Reference { case: None, ids: vec![self.mission.0, self.id.0] }
    }
}

impl Recalled for CoverageOf {
    fn recall(kept: &Reference) -> Option<Self> {
        match kept.ids.as_slice() {
            [mission, id] => Some(Self { mission: MissionId(*mission), id: CoverageId(*id) }),
            _ => None,
        }
    }
}

impl Rendered for CoverageOf {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let coverage = missions::find(tx, self.mission)?.coverage.into_iter().find(|line| line.id == self.id);
        let coverage = coverage.ok_or_else(Error::not_found)?;
        let location = format!("/v1/missions/{}/coverage/{}", self.mission, self.id);
        respond::answer(location, respond::etag(1, CompartmentSet::EMPTY), &Coverage::from(coverage))
    }
}

/// Who covers whom?
///
/// With `nationality` and `host_country`: the missions that serve those nationals there, in no order of preference. The
/// list may be empty, and nobody is contacted: the person chooses.
#[utoipa::path(
    tag = "missions",
    params(MissionQuery),
    responses((status = 200, body = MissionPage, description = "A page"))
)]
#[get("/v1/missions")]
pub async fn list_missions(http: HttpRequest, allowed: Allowed<may::ReferenceRead>, query: Query<MissionQuery>) -> Result<HttpResponse> {
    let MissionQuery { nationality, host_country, sending_state, limit, after } = query.0;
    let page = page_request(limit, after);
    let filter = MissionFilter { nationality, host_country, sending_state };
    let page = allowed.read(move |tx| missions::list(tx, &filter, &page)).await?.map(Mission::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &MissionPage { items: page.items, next: page.next }))
}

/// Get a mission.
#[utoipa::path(
    tag = "missions",
    params(MissionPath),
    responses((status = 200, body = Mission, description = "The mission"))
)]
#[get("/v1/missions/{id}")]
pub async fn get_mission(http: HttpRequest, allowed: Allowed<may::ReferenceRead>, id: Path<MissionId>) -> Result<HttpResponse> {
    let mission = allowed.read(move |tx| missions::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&mission), &Mission::from(mission)))
}

/// Create a mission.
///
/// For an organisation of kind `diplomatic_mission`, whose id and name it takes.
#[utoipa::path(
    tag = "missions",
    request_body = CreateMission,
    responses((status = 201, body = Mission, description = "Created"))
)]
#[post("/v1/missions")]
pub async fn create_mission(allowed: Allowed<may::OrganisationManage>, body: CreateBody<CreateMission>) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            let CreateMission { organisation_id, sending_state, host_state, city, kind, resident, hotline, desk_email } = input.clone();
            let refused = || Error::field("/organisation_id", "not_a_mission", "no organisation of kind diplomatic_mission with this id");
            let organisation = missions::organisation(tx, organisation_id).map_err(|_| refused())?;
            if !organisation.kind.is_mission() {
                return Err(refused());
            }
            let (id, created_at) = (organisation_id.into(), tx.now);
            let row = MissionRow {
                id,
                created_at,
                updated_at: created_at,
                version: 1,
                sending_state,
                host_state,
                city,
                kind,
                resident,
                hotline,
                desk_email,
            };
            missions::insert(tx, &row, &[])?;
            Ok(Apart(id))
        })
        .await
}

/// Change a mission.
///
/// A merge patch (RFC 7396) with `If-Match`.
#[utoipa::path(
    tag = "missions",
    params(MissionPath, IfMatch),
    request_body(content = UpdateMission, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Mission, description = "Changed"))
)]
#[patch("/v1/missions/{id}")]
pub async fn update_mission(
    allowed: Allowed<may::OrganisationManage>,
    id: Path<MissionId>,
    if_match: IfMatch,
    patch: Patch<UpdateMission>,
) -> Result<HttpResponse> {
    let mission = allowed
        .write(move |tx| {
            let MissionRow { city, kind, resident, hotline, desk_email, .. } = missions::find(tx, id.0)?.row;
            let state = patch.apply(&UpdateMission { city, kind, resident, hotline, desk_email })?;
            missions::update(tx, id.0, if_match.expected(), |row| {
                let UpdateMission { city, kind, resident, hotline, desk_email } = state;
                *row = MissionRow { city, kind, resident, hotline, desk_email, ..row.clone() };
            })
        })
        .await?;
    Ok(respond::changed(etag(&mission), &Mission::from(mission)))
}

/// Add a line of coverage.
#[utoipa::path(
    tag = "missions",
    params(MissionPath),
    request_body = CreateCoverage,
    responses((status = 201, body = Coverage, description = "Created"))
)]
#[post("/v1/missions/{id}/coverage")]
pub async fn create_coverage(
    allowed: Allowed<may::OrganisationManage>,
    id: Path<MissionId>,
    body: CreateBody<CreateCoverage>,
) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            missions::find(tx, id.0)?;
            let CreateCoverage { nationality, host_country, basis, valid_from, valid_to } = input.clone();
            let row = CoverageRow { id: CoverageId::random(), mission_id: id.0, nationality, host_country, basis, valid_from, valid_to };
            missions::add_coverage(tx, &row)?;
            Ok(CoverageOf { mission: id.0, id: row.id })
        })
        .await
}

/// Remove a line of coverage.
///
/// Cases that the mission already sees stay visible to it.
#[utoipa::path(tag = "missions", params(CoveragePath), responses((status = 204, description = "Removed")))]
#[delete("/v1/missions/{id}/coverage/{coverage_id}")]
pub async fn delete_coverage(allowed: Allowed<may::OrganisationManage>, path: Path<CoveragePath>) -> Result<HttpResponse> {
    let CoveragePath { id: mission, coverage_id: coverage } = path.0;
    allowed.write(move |tx| missions::remove_coverage(tx, mission, coverage)).await?;
    Ok(HttpResponse::NoContent().finish())
}

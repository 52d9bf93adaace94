//! Mappings that an organisation keeps for its next list.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::path_params::ImportProfilePath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::people::imports::profiles::{self, KeptMapping, Profile};
use crate::domain::dates::Timestamp;
use crate::domain::ids::ImportProfileId;
use crate::domain::imports::mapping::Mapping;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// A mapping that is kept.
#[derive(Serialize, ToSchema)]
pub struct ImportProfile {
    /// Its id.
    id: ImportProfileId,
    /// What it is called.
    #[schema(max_length = 200)]
    name: String,
    /// What each heading is.
    mapping: Mapping,
    /// When it was kept.
    created_at: Timestamp,
}

/// A mapping that is to be kept.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateImportProfile {
    /// What it is called.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Walk-in list of the embassy")]
    name: String,
    /// What each heading is.
    #[validate(nested)]
    mapping: Mapping,
}
impl Input for CreateImportProfile {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/mapping/defaults/listed_on", self.mapping.defaults.listed_on);
        checks.found()
    }
}

/// The mappings that are kept.
#[derive(Serialize, ToSchema)]
pub struct ImportProfileList {
    /// The newest first.
    #[schema(max_items = 100)]
    items: Vec<ImportProfile>,
}

impl From<Profile> for ImportProfile {
    fn from(profile: Profile) -> Self {
        let Profile { id, created_at, kept: KeptMapping { name, mapping } } = profile;
        Self { id, name, mapping, created_at }
    }
}

impl Rendered for Apart<ImportProfileId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let profile = profiles::find(tx, self.0)?;
        respond::answer_unversioned(format!("/v1/import-profiles/{}", self.0), &ImportProfile::from(profile))
    }
}

/// List the mappings of your organisation.
///
/// Those that were kept for the next list, the newest first.
#[utoipa::path(tag = "imports", responses((status = 200, body = ImportProfileList, description = "All of them")))]
#[get("/v1/import-profiles")]
pub async fn list_import_profiles(allowed: Allowed<may::ByPerson<may::CaseRegister>>) -> Result<web::Json<ImportProfileList>> {
    let found = allowed.read(profiles::list).await?;
    Ok(web::Json(ImportProfileList { items: found.into_iter().map(ImportProfile::from).collect() }))
}

/// Keep a mapping for the next list.
///
/// Its columns are found again by their headings, in whatever order they stand. Name it as `profile_id` when you announce a list.
#[utoipa::path(
    tag = "imports",
    request_body = CreateImportProfile,
    responses((status = 201, body = ImportProfile, description = "Kept"))
)]
#[post("/v1/import-profiles")]
pub async fn create_import_profile(
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    body: CreateBody<CreateImportProfile>,
) -> Result<HttpResponse> {
    let CreateImportProfile { name, mapping } = body.input;
    let kept = KeptMapping { name, mapping };
    allowed.create(body.key, move |tx| profiles::insert(tx, &kept).map(Apart)).await
}

/// Get a mapping.
///
/// One that your organisation keeps.
#[utoipa::path(
    tag = "imports",
    params(ImportProfilePath),
    responses((status = 200, body = ImportProfile, description = "The mapping"))
)]
#[get("/v1/import-profiles/{id}")]
pub async fn get_import_profile(
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    id: Path<ImportProfileId>,
) -> Result<web::Json<ImportProfile>> {
    let profile = allowed.read(move |tx| profiles::find(tx, id.0)).await?;
    Ok(web::Json(ImportProfile::from(profile)))
}

/// Delete a mapping.
///
/// Lists that took it keep it.
#[utoipa::path(tag = "imports", params(ImportProfilePath), responses((status = 204, description = "Deleted")))]
#[delete("/v1/import-profiles/{id}")]
pub async fn delete_import_profile(allowed: Allowed<may::ByPerson<may::CaseRegister>>, id: Path<ImportProfileId>) -> Result<HttpResponse> {
    allowed.write(move |tx| profiles::delete(tx, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

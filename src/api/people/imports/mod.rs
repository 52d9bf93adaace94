//! Lists that come in by the API: announced, sent, mapped, validated, decided about, committed, and taken back if they were wrong. What takes
//! long is done beside the requests; a list says how far it is.

mod profiles;
mod rows;
mod shown;
mod steps;
mod upload;

use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::ImportPath;
use crate::api::http::respond;
use crate::api::people::imports::shown::{Import, ImportPage, etag};
use crate::db::Tx;
use crate::db::people::imports::record::{self, Stated};
use crate::db::people::imports::{profiles as kept_profiles, steps as list_steps};
use crate::domain::ids::{ImportId, ImportProfileId};
use crate::domain::imports::stated::{Charset, Separator};
use crate::error::{Error, Result};

/// The operations on lists.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(list_imports).service(create_import).service(get_import).service(delete_import);
    api.service(upload::put_import_content);
    api.service(steps::put_import_mapping).service(steps::validate_import).service(steps::commit_import);
    api.service(steps::cancel_import).service(steps::undo_import);
    api.service(rows::list_import_rows).service(rows::decide_import_row).service(rows::get_import_report);
    api.service(profiles::list_import_profiles)
        .service(profiles::create_import_profile)
        .service(profiles::get_import_profile)
        .service(profiles::delete_import_profile);
}

/// What a list is announced with. Nothing of it is needed where the bytes of the file say it.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateImport {
    /// The encoding of a text.
    charset: Option<Charset>,
    /// The sign between the values of a text.
    separator: Option<Separator>,
    /// The sheet of a spreadsheet, counted from 1.
    #[validate(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000)]
    sheet: Option<u32>,
    /// A mapping of your organisation, taken where it fits the headings.
    profile_id: Option<ImportProfileId>,
}
impl Input for CreateImport {}

impl Rendered for Apart<ImportId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let import = record::find(tx, self.0)?;
        respond::answer(format!("/v1/imports/{}", self.0), etag(&import), &Import::from(import))
    }
}

/// List the lists of your organisation.
///
/// The newest first, for seven days after somebody last did anything with them.
#[utoipa::path(tag = "imports", params(PageQuery), responses((status = 200, body = ImportPage, description = "A page")))]
#[get("/v1/imports")]
pub async fn list_imports(
    http: HttpRequest,
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| record::list(tx, &page)).await?.map(Import::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &ImportPage { items: page.items, next: page.next }))
}

/// Announce a list.
///
/// The first step; its file is sent to `/content`.
#[utoipa::path(
    tag = "imports",
    request_body = CreateImport,
    responses((status = 201, body = Import, description = "Announced"))
)]
#[post("/v1/imports")]
pub async fn create_import(
    allowed: Allowed<may::TakesSpace<may::ByPerson<may::CaseRegister>>>,
    body: CreateBody<CreateImport>,
) -> Result<HttpResponse> {
    let CreateImport { charset, separator, sheet, profile_id } = body.input;
    let stated = Stated { charset, separator, sheet };
    allowed
        .create(body.key, move |tx| {
            if let Some(profile) = profile_id {
                let unknown = |_| Error::field("/profile_id", "not_found", "your organisation has no profile with this id");
                kept_profiles::find(tx, profile).map_err(unknown)?;
            }
            record::insert(tx, stated, profile_id).map(Apart)
        })
        .await
}

/// Get a list.
///
/// How far it is, what was assumed about its file, what each column probably is, and how many rows became what.
#[utoipa::path(tag = "imports", params(ImportPath), responses((status = 200, body = Import, description = "The list")))]
#[get("/v1/imports/{id}")]
pub async fn get_import(http: HttpRequest, allowed: Allowed<may::ByPerson<may::CaseRegister>>, id: Path<ImportId>) -> Result<HttpResponse> {
    let import = allowed.read(move |tx| record::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&import), &Import::from(import)))
}

/// Delete a list.
///
/// With `If-Match`. Its file and its rows go; whoever was registered stays registered. Not while it is worked on.
#[utoipa::path(tag = "imports", params(ImportPath, IfMatch), responses((status = 204, description = "Deleted")))]
#[delete("/v1/imports/{id}")]
pub async fn delete_import(
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    id: Path<ImportId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    allowed.write(move |tx| list_steps::delete(tx, id.0, if_match.expected())).await?;
    Ok(HttpResponse::NoContent().finish())
}

//! The code of conduct: what everybody promises before any case is shown to them.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Input, Json};
use crate::db::accounts::code_of_conduct;
use crate::domain::dates::Timestamp;
use crate::error::{Error, Result};

/// The code of conduct.
#[derive(Serialize, ToSchema)]
pub struct CodeOfConduct {
    /// Its version.
    #[schema(max_length = 40, example = "2026-11")]
    version: String,
    /// The text, as plain paragraphs.
    #[schema(max_length = 100000)]
    text: String,
    /// When you accepted this version; null if you did not.
    accepted_at: Option<Timestamp>,
}

/// The promise to keep to the code of conduct.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConductAcceptance {
    /// The version that you read.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "2026-11")]
    version: String,
}
impl Input for ConductAcceptance {}

/// Get the code of conduct.
///
/// The current version, and whether you accepted it.
#[utoipa::path(tag = "auth", responses((status = 200, body = CodeOfConduct, description = "The code of conduct")))]
#[get("/v1/code-of-conduct")]
pub async fn get_code_of_conduct(allowed: Allowed<may::OwnAccount>) -> Result<web::Json<CodeOfConduct>> {
    let id = allowed.user()?.user_id;
    let read = move |tx: &mut crate::db::Tx<'_>| {
        let accepted_at = code_of_conduct::accepted_at(tx, id)?;
        let current = &tx.accounts.conduct;
        Ok(web::Json(CodeOfConduct { version: current.version.clone(), text: current.text.clone(), accepted_at }))
    };
    allowed.read(read).await
}

/// Accept the code of conduct.
///
/// In the current version. Until then no operation shows or changes anything about a person or a case. Accepting again changes nothing.
#[utoipa::path(tag = "auth", request_body = ConductAcceptance, responses((status = 204, description = "Accepted")))]
#[post("/v1/code-of-conduct/acceptance")]
pub async fn accept_code_of_conduct(allowed: Allowed<may::OwnAccount>, body: Json<ConductAcceptance>) -> Result<HttpResponse> {
    let (id, version) = (allowed.user()?.user_id, body.0.version);
    allowed
        .write_access(move |tx| {
            if version != tx.accounts.conduct.version {
                return Err(Error::field("/version", "not_current", "is not the current version; read that one first"));
            }
            code_of_conduct::accept(tx, id)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

//! The API document as the service serves it.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::api::http::access::Public;
use crate::api::http::extract::Query;
use crate::api::openapi::documents::{DocumentSource, Version};
use crate::domain::access::audience::Audience;
use crate::error::Result;

/// For whom.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DocumentQuery {
    /// Only what these may call: `machine` for systems of organisations, the others for people in their roles. Everything without it.
    #[param(inline)]
    audience: Option<Audience>,
}

/// This document.
///
/// OpenAPI 3.1. Needs no session.
#[utoipa::path(tag = "service", params(DocumentQuery), responses((status = 200, body = ApiDocument, description = "The document")))]
#[get("/openapi.json")]
pub async fn get_openapi(
    _: Public,
    request: HttpRequest,
    query: Query<DocumentQuery>,
    source: web::Data<DocumentSource>,
) -> Result<HttpResponse> {
    Ok(source.page(Version::V31, query.0.audience)?.answer(&request))
}

/// This document for tools that stop at OpenAPI 3.0.
///
/// OpenAPI 3.0.3, made from the same source. Needs no session.
#[utoipa::path(tag = "service", params(DocumentQuery), responses((status = 200, body = ApiDocument, description = "The document")))]
#[get("/openapi-3.0.json")]
pub async fn get_openapi_30(
    _: Public,
    request: HttpRequest,
    query: Query<DocumentQuery>,
    source: web::Data<DocumentSource>,
) -> Result<HttpResponse> {
    Ok(source.page(Version::V30, query.0.audience)?.answer(&request))
}

/// An OpenAPI document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a document that is written elsewhere")]
pub struct ApiDocument {
    /// Version of the specification.
    #[schema(max_length = 10, example = "3.1.0")]
    pub openapi: String,
}

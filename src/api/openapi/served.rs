//! The API document as the service serves it.

use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa::ToSchema;

use crate::api::http::access::Public;
use crate::api::openapi::documents::DocumentSource;
use crate::error::Result;

/// This document.
///
/// OpenAPI 3.1. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ApiDocument, description = "The document")))]
#[get("/openapi.json")]
pub async fn get_openapi(_: Public, request: HttpRequest, source: web::Data<DocumentSource>) -> Result<HttpResponse> {
    Ok(source.openapi_31()?.answer(&request))
}

/// This document for tools that stop at OpenAPI 3.0.
///
/// OpenAPI 3.0.3, made from the same source. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ApiDocument, description = "The document")))]
#[get("/openapi-3.0.json")]
pub async fn get_openapi_30(_: Public, request: HttpRequest, source: web::Data<DocumentSource>) -> Result<HttpResponse> {
    Ok(source.openapi_30()?.answer(&request))
}

/// An OpenAPI document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a document that is written elsewhere")]
pub struct ApiDocument {
    /// Version of the specification.
    #[schema(max_length = 10, example = "3.1.0")]
    pub openapi: String,
}

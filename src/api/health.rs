//! For machines that watch: alive, ready, figures; and for whoever reads: the document and the state machine.

use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::{Allowed, Public, may};
use super::docs::{Kind, Page};
use super::metrics::Metrics;
use super::openapi::Documents;
use crate::db::migrate::SchemaState;
use crate::domain::repatriation::mermaid;
use crate::error::{Error, ErrorCode, Result};

/// The state of the service.
#[derive(Serialize, ToSchema)]
pub struct ServiceHealth {
    /// `ok`.
    #[schema(max_length = 10, example = "ok")]
    status: &'static str,
}

/// Is the service alive?
///
/// Answers as long as the process runs. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ServiceHealth, description = "Alive")))]
#[get("/healthz")]
pub async fn get_health() -> web::Json<ServiceHealth> {
    web::Json(ServiceHealth { status: "ok" })
}

/// Can the service work?
///
/// Writes to the database and compares the schema with the binary. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ServiceHealth, description = "Ready")))]
#[get("/readyz")]
pub async fn get_readiness(public: Public) -> Result<web::Json<ServiceHealth>> {
    let state = public.write("readiness", crate::db::probe).await?;
    match state {
        SchemaState::Current => Ok(web::Json(ServiceHealth { status: "ok" })),
        _ => Err(Error::new(ErrorCode::DatabaseUnavailable).detail("The database schema does not belong to this version.")),
    }
}

/// Figures of the service in Prometheus' text format.
///
/// Counts and times by operation. Needs no session; keep it inside your network.
#[utoipa::path(
    tag = "service",
    responses((status = 200, content_type = "text/plain", body = String, description = "The figures"))
)]
#[get("/metrics")]
pub async fn get_metrics(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.text())
}

/// The public keys that access tokens are signed with.
///
/// A JSON Web Key Set (RFC 7517). Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = JsonWebKeySet, description = "The keys")))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(public: Public) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(public.tokens().jwks())
}

/// A JSON Web Key Set (RFC 7517).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a document that is written elsewhere")]
pub struct JsonWebKeySet {
    /// The keys.
    #[schema(max_items = 20)]
    pub keys: Vec<JsonWebKey>,
}

/// A public Ed25519 key (RFC 8037).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a document that is written elsewhere")]
pub struct JsonWebKey {
    /// Key type.
    #[schema(max_length = 10, example = "OKP")]
    pub kty: String,
    /// Curve.
    #[schema(max_length = 20, example = "Ed25519")]
    pub crv: String,
    /// Use.
    #[schema(max_length = 10, rename = "use", example = "sig")]
    pub usage: String,
    /// Algorithm.
    #[schema(max_length = 10, example = "EdDSA")]
    pub alg: String,
    /// Key id: the RFC 7638 thumbprint.
    #[schema(max_length = 64)]
    pub kid: String,
    /// The public key.
    #[schema(max_length = 64)]
    pub x: String,
}

/// This document.
///
/// OpenAPI 3.1. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ApiDocument, description = "The document")))]
#[get("/openapi.json")]
pub async fn get_openapi(_: Public, request: HttpRequest) -> Result<HttpResponse> {
    static PAGE: OnceLock<Page> = OnceLock::new();
    let documents = Documents::of_this_process()?;
    Ok(PAGE.get_or_init(|| Page::new(Kind::Document, || documents.openapi_31.clone())).answer(&request))
}

/// This document for tools that stop at OpenAPI 3.0.
///
/// OpenAPI 3.0.3, made from the same source. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ApiDocument, description = "The document")))]
#[get("/openapi-3.0.json")]
pub async fn get_openapi_30(_: Public, request: HttpRequest) -> Result<HttpResponse> {
    static PAGE: OnceLock<Page> = OnceLock::new();
    let documents = Documents::of_this_process()?;
    Ok(PAGE.get_or_init(|| Page::new(Kind::Document, || documents.openapi_30.clone())).answer(&request))
}

/// An OpenAPI document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a document that is written elsewhere")]
pub struct ApiDocument {
    /// Version of the specification.
    #[schema(max_length = 10, example = "3.1.0")]
    pub openapi: String,
}

/// The stages of the road home as a diagram.
///
/// Mermaid text, drawn from the table that also decides.
#[utoipa::path(
    tag = "repatriation",
    responses((status = 200, content_type = "text/plain", body = String, description = "The diagram"))
)]
#[get("/v1/repatriation/diagram")]
pub async fn get_repatriation_diagram(_allowed: Allowed<may::ReferenceRead>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(mermaid())
}

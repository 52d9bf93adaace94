//! For machines that watch: alive, ready, figures; and for whoever reads: the document and the state machine.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::Public;
use crate::api::http::metrics::Metrics;
use crate::db::engine::migrate::SchemaState;
use crate::error::{Error, ErrorCode, Result};

/// The state of the service.
#[derive(Serialize, ToSchema)]
pub struct ServiceHealth {
    /// `ok`; or `degraded`, where the service works and somebody should look at it.
    #[schema(max_length = 10, example = "ok")]
    status: &'static str,
    /// What is wrong, where it is `degraded`: `disk_short`, where files, lists and exports are refused until there is space.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 30, nullable = false, example = "disk_short")]
    reason: Option<&'static str>,
}

/// Is the service alive?
///
/// Answers as long as the process runs. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ServiceHealth, description = "Alive")))]
#[get("/healthz")]
pub async fn get_health() -> web::Json<ServiceHealth> {
    web::Json(ServiceHealth { status: "ok", reason: None })
}

/// Can the service work?
///
/// Writes to the database and compares the schema with the binary. Still 200 where space is short. Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = ServiceHealth, description = "Ready")))]
#[get("/readyz")]
pub async fn get_readiness(public: Public) -> Result<web::Json<ServiceHealth>> {
    let full = |error: Error| match error.code {
        ErrorCode::StorageFull => Error::new(ErrorCode::DatabaseUnavailable).detail("The disk of the database is full.").retry_after(60),
        _ => error,
    };
    let state = public.probe(crate::db::readiness::probe).await.map_err(full)?;
    match state {
        SchemaState::Current if public.is_space_short() => Ok(web::Json(ServiceHealth { status: "degraded", reason: Some("disk_short") })),
        SchemaState::Current => Ok(web::Json(ServiceHealth { status: "ok", reason: None })),
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

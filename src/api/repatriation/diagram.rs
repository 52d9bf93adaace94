//! The diagram of the repatriation process, drawn from its rules.

use actix_web::{HttpResponse, get};

use crate::api::http::access::{Allowed, may};
use crate::domain::repatriation::mermaid;

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

//! The only place that knows actix and utoipa::path. One line a handler: route and specification come from the same line.

pub mod accounts;
pub(crate) mod cases;
pub mod docs;
mod health;
pub mod http;
pub mod openapi;
mod people;
mod reference;
mod repatriation;
mod reporting;
mod sharing;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::api::openapi::served;

/// Every operation of the API. A handler that no area names does not exist; one that is named is in the document.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(health::get_health).service(health::get_readiness).service(health::get_metrics);
    api.service(served::get_openapi).service(served::get_openapi_30);
    accounts::configure(api);
    reference::configure(api);
    cases::configure(api);
    repatriation::configure(api);
    sharing::configure(api);
    people::configure(api);
    reporting::configure(api);
}

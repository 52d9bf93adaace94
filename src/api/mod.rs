//! The only place that knows actix and utoipa::path. One line a handler: route and specification come from the same line.

pub mod access;
mod auth;
mod cases;
mod compounds;
mod embassy_contacts;
mod extract;
mod health;
mod json;
pub mod metrics;
pub mod middleware;
mod missions;
mod nationality_verifications;
pub mod openapi;
pub mod openapi_30;
mod operations;
mod organisations;
mod page;
pub mod problem;
pub mod rate_limit;
mod repatriation;
mod respond;
pub mod routes;
mod statistics;
mod stays;
mod users;

use utoipa_actix_web::service_config::ServiceConfig;

/// Every operation of the API. A handler that is not here does not exist; a handler that is here is in the document.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(health::get_health).service(health::get_readiness).service(health::get_metrics);
    api.service(health::get_jwks).service(health::get_openapi).service(health::get_openapi_30);
    api.service(auth::login).service(auth::refresh).service(auth::logout).service(auth::change_password).service(auth::get_me);
    api.service(organisations::list_organisations).service(organisations::get_organisation);
    api.service(organisations::create_organisation).service(organisations::update_organisation);
    api.service(users::list_users).service(users::get_user).service(users::create_user).service(users::update_user);
    api.service(users::reset_user_password);
    api.service(missions::list_missions).service(missions::get_mission).service(missions::create_mission).service(missions::update_mission);
    api.service(missions::create_coverage).service(missions::delete_coverage);
    api.service(compounds::list_compounds).service(compounds::get_compound);
    api.service(compounds::create_compound).service(compounds::update_compound);
    api.service(operations::list_operations).service(operations::get_operation);
    api.service(operations::create_operation).service(operations::update_operation);
    api.service(cases::list_cases).service(cases::search_cases).service(cases::create_case);
    api.service(cases::get_case).service(cases::update_case).service(cases::list_case_history);
    api.service(cases::close_case).service(cases::reopen_case).service(cases::assign_case);
    api.service(stays::list_stays)
        .service(stays::get_stay)
        .service(stays::create_stay)
        .service(stays::update_stay)
        .service(stays::delete_stay);
    api.service(embassy_contacts::list_embassy_contacts).service(embassy_contacts::get_embassy_contact);
    api.service(embassy_contacts::create_embassy_contact).service(embassy_contacts::update_embassy_contact);
    api.service(nationality_verifications::list_nationality_verifications);
    api.service(nationality_verifications::get_nationality_verification);
    api.service(nationality_verifications::create_nationality_verification);
    api.service(nationality_verifications::update_nationality_verification);
    api.service(repatriation::get_repatriation).service(repatriation::make_transition).service(health::get_repatriation_diagram);
    api.service(statistics::get_case_statistics);
}

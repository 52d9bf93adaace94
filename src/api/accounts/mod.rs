//! The operations of the area `accounts`: organisations, users, sessions, passwords, second factors, machine clients, approvals and the code of conduct.

mod absences;
pub(in crate::api) mod approvals;
mod client_key;
mod clients;
mod code_of_conduct;
mod directory;
mod handovers;
mod jwks;
mod me;
mod oauth;
pub mod organisations;
mod passwords;
mod second_factor;
mod session_cookie;
mod sessions;
mod sign_in;
mod sign_in_attempts;
mod step_up;
pub mod users;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(jwks::get_jwks);
    api.service(sign_in::login).service(sign_in::refresh).service(sign_in::logout).service(me::get_me).service(me::open_draft_key);
    api.service(step_up::step_up);
    api.service(passwords::change_password).service(passwords::reset_password);
    api.service(second_factor::begin_second_factor)
        .service(second_factor::confirm_second_factor)
        .service(second_factor::renew_recovery_codes)
        .service(second_factor::delete_second_factor);
    api.service(sessions::list_own_sessions).service(sessions::delete_own_session).service(sessions::delete_own_sessions);
    api.service(code_of_conduct::get_code_of_conduct).service(code_of_conduct::accept_code_of_conduct);
    api.service(oauth::issue_token).service(oauth::get_authorization_server);
    api.service(clients::list_clients).service(clients::get_client).service(clients::create_client).service(clients::update_client);
    api.service(clients::create_client_secret).service(clients::delete_client_secret);
    api.service(organisations::list_organisations)
        .service(organisations::get_organisation)
        .service(organisations::create_organisation)
        .service(organisations::update_organisation);
    api.service(directory::list_directory).service(directory::list_colleagues);
    api.service(users::list_users).service(users::get_user).service(users::create_user).service(users::update_user);
    api.service(absences::get_absence).service(absences::update_absence);
    api.service(handovers::create_handover).service(handovers::get_handover);
    api.service(passwords::begin_password_reset);
    api.service(second_factor::reset_user_second_factor);
    api.service(sessions::list_user_sessions).service(sessions::delete_user_sessions);
    api.service(approvals::list_approvals)
        .service(approvals::get_approval)
        .service(approvals::create_approval)
        .service(approvals::approve_approval);
    api.service(approvals::reject_approval);
}

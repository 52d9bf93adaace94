//! The operations of the area `sharing`: consents, denials, referrals, transfers and emergency access.

mod access_events;
mod consent_input;
mod consents;
mod denials;
mod emergency_accesses;
mod referrals;
mod takeovers;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(consents::list_consents)
        .service(consents::get_current_consents)
        .service(consents::get_consent)
        .service(consents::create_consent);
    api.service(consents::withdraw_consent);
    api.service(denials::list_denials).service(denials::get_denial).service(denials::create_denial).service(denials::lift_denial);
    api.service(referrals::organisation_wide::create_organisation_wide_referral);
    api.service(referrals::transfers::list_case_transfers)
        .service(referrals::transfers::create_transfer)
        .service(referrals::transfers::request_transfer)
        .service(referrals::transfers::list_transfers);
    api.service(referrals::transfers::get_transfer).service(referrals::transfers::advance_transfer);
    api.service(referrals::list_case_referrals).service(referrals::create_referral);
    api.service(referrals::list_referrals).service(referrals::get_referral).service(referrals::advance_referral);
    api.service(emergency_accesses::list_emergency_accesses)
        .service(emergency_accesses::create_emergency_access)
        .service(emergency_accesses::review_emergency_access)
        .service(emergency_accesses::lift_emergency_bar);
    api.service(takeovers::open_takeover).service(takeovers::undo_protection_pathway);
    api.service(access_events::list_access_events);
}

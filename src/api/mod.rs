//! The only place that knows actix and utoipa::path. One line a handler: route and specification come from the same line.

pub mod accounts;
mod cases;
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

use crate::api::accounts::{
    approvals, clients, code_of_conduct, jwks, oauth, organisations, passwords, second_factor, sessions, sign_in, users,
};
use crate::api::cases::{attachments, stays};
use crate::api::openapi::served;
use crate::api::people::{duplicates, erasure, merges, search, tracing_matches, tracing_requests};
use crate::api::reference::{compounds, fine_rates, mission_reports, missions, operations};
use crate::api::repatriation::{
    diagram, embassy_contacts, immigration_clearance, movement_batches, nationality_verifications, records, tasks, transitions,
};
use crate::api::reporting::{dossier, exports, reports, statistics};
use crate::api::sharing::referrals::{self, organisation_wide, transfers};
use crate::api::sharing::{access_events, consents, denials, emergency_accesses};

/// Every operation of the API. A handler that is not here does not exist; a handler that is here is in the document.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(health::get_health).service(health::get_readiness).service(health::get_metrics);
    api.service(jwks::get_jwks).service(served::get_openapi).service(served::get_openapi_30);
    api.service(sign_in::login).service(sign_in::refresh).service(sign_in::logout).service(sign_in::get_me);
    api.service(sign_in::step_up).service(passwords::change_password).service(passwords::reset_password);
    api.service(second_factor::begin_second_factor).service(second_factor::confirm_second_factor);
    api.service(second_factor::renew_recovery_codes).service(second_factor::delete_second_factor);
    api.service(sessions::list_own_sessions).service(sessions::delete_own_session).service(sessions::delete_own_sessions);
    api.service(code_of_conduct::get_code_of_conduct).service(code_of_conduct::accept_code_of_conduct);
    api.service(oauth::issue_token).service(oauth::get_authorization_server);
    api.service(clients::list_clients).service(clients::get_client).service(clients::create_client).service(clients::update_client);
    api.service(clients::create_client_secret).service(clients::delete_client_secret);
    api.service(organisations::list_organisations).service(organisations::get_organisation);
    api.service(organisations::create_organisation).service(organisations::update_organisation);
    api.service(users::list_users).service(users::get_user).service(users::create_user).service(users::update_user);
    api.service(passwords::begin_password_reset).service(second_factor::reset_user_second_factor);
    api.service(sessions::list_user_sessions).service(sessions::delete_user_sessions);
    api.service(missions::list_missions).service(missions::get_mission).service(missions::create_mission).service(missions::update_mission);
    api.service(missions::create_coverage).service(missions::delete_coverage);
    api.service(compounds::list_compounds).service(compounds::get_compound);
    api.service(compounds::create_compound).service(compounds::update_compound);
    api.service(operations::list_operations).service(operations::get_operation);
    api.service(operations::create_operation).service(operations::update_operation);
    api.service(cases::list_cases).service(search::search_cases).service(cases::create_case);
    api.service(cases::get_case).service(cases::update_case).service(cases::list_case_history);
    api.service(cases::get_case_location);
    api.service(search::list_duplicate_candidates).service(search::search_blind).service(search::resolve_blind_search);
    api.service(duplicates::list_duplicates).service(duplicates::get_duplicate).service(duplicates::dismiss_duplicate);
    api.service(merges::preview_merge).service(merges::merge_duplicate);
    api.service(merges::list_merges).service(merges::get_merge).service(merges::undo_merge);
    api.service(tracing_requests::list_tracing_requests)
        .service(tracing_requests::get_tracing_request)
        .service(tracing_requests::create_tracing_request)
        .service(tracing_requests::create_tracing_requests)
        .service(tracing_requests::close_tracing_request);
    api.service(tracing_matches::list_tracing_matches)
        .service(tracing_matches::get_tracing_match)
        .service(tracing_matches::decide_tracing_match);
    api.service(mission_reports::list_mission_reports)
        .service(mission_reports::get_mission_report)
        .service(mission_reports::create_mission_report);
    api.service(dossier::get_dossier);
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
    api.service(records::list_screenings)
        .service(records::get_screening)
        .service(records::create_screening)
        .service(records::update_screening);
    api.service(records::list_status_determinations)
        .service(records::get_status_determination)
        .service(records::create_status_determination);
    api.service(records::list_travel_documents)
        .service(records::get_travel_document)
        .service(records::create_travel_document)
        .service(records::update_travel_document);
    api.service(records::list_detentions)
        .service(records::get_detention)
        .service(records::create_detention)
        .service(records::update_detention);
    api.service(records::list_charges).service(records::get_charge).service(records::create_charge).service(records::update_charge);
    api.service(records::list_fine_waivers)
        .service(records::get_fine_waiver)
        .service(records::create_fine_waiver)
        .service(records::update_fine_waiver);
    api.service(records::list_fine_payments)
        .service(records::get_fine_payment)
        .service(records::create_fine_payment)
        .service(records::update_fine_payment);
    api.service(records::list_return_decisions)
        .service(records::get_return_decision)
        .service(records::create_return_decision)
        .service(records::update_return_decision);
    api.service(records::list_risk_assessments)
        .service(records::get_risk_assessment)
        .service(records::create_risk_assessment)
        .service(records::update_risk_assessment);
    api.service(records::list_fit_to_travel_clearances)
        .service(records::get_fit_to_travel_clearance)
        .service(records::create_fit_to_travel_clearance)
        .service(records::update_fit_to_travel_clearance);
    api.service(records::list_legal_holds)
        .service(records::get_legal_hold)
        .service(records::create_legal_hold)
        .service(records::update_legal_hold);
    api.service(records::list_best_interests_procedures)
        .service(records::get_best_interests_procedure)
        .service(records::create_best_interests_procedure)
        .service(records::update_best_interests_procedure);
    api.service(records::list_movements).service(records::get_movement).service(records::create_movement).service(records::update_movement);
    api.service(movement_batches::list_movement_batches)
        .service(movement_batches::get_movement_batch)
        .service(movement_batches::create_movement_batch)
        .service(movement_batches::update_movement_batch);
    api.service(movement_batches::add_movement_passengers)
        .service(movement_batches::remove_movement_passenger)
        .service(movement_batches::make_movement_transition);
    api.service(movement_batches::get_movement_manifest)
        .service(movement_batches::get_movement_manifest_csv)
        .service(movement_batches::get_movement_manifest_page);
    api.service(records::list_arrivals).service(records::get_arrival).service(records::create_arrival).service(records::update_arrival);
    api.service(records::list_support_plans)
        .service(records::get_support_plan)
        .service(records::create_support_plan)
        .service(records::update_support_plan);
    api.service(records::list_follow_ups)
        .service(records::get_follow_up)
        .service(records::create_follow_up)
        .service(records::update_follow_up);
    api.service(attachments::list_attachments)
        .service(attachments::get_attachment)
        .service(attachments::create_attachment)
        .service(attachments::delete_attachment)
        .service(attachments::put_attachment_content)
        .service(attachments::get_attachment_content);
    api.service(immigration_clearance::get_immigration_clearance).service(immigration_clearance::update_immigration_clearance);
    api.service(tasks::list_tasks)
        .service(tasks::get_task)
        .service(tasks::create_task)
        .service(tasks::update_task)
        .service(tasks::get_worklist);
    api.service(fine_rates::list_fine_rates).service(fine_rates::create_fine_rate);
    api.service(transitions::get_repatriation).service(transitions::make_transition).service(diagram::get_repatriation_diagram);
    api.service(consents::list_consents).service(consents::get_current_consents).service(consents::get_consent);
    api.service(consents::create_consent).service(consents::withdraw_consent);
    api.service(denials::list_denials).service(denials::get_denial).service(denials::create_denial).service(denials::lift_denial);
    api.service(referrals::list_case_referrals).service(referrals::create_referral);
    api.service(organisation_wide::create_organisation_wide_referral);
    api.service(referrals::list_referrals).service(referrals::get_referral).service(referrals::advance_referral);
    api.service(transfers::list_case_transfers).service(transfers::create_transfer).service(transfers::request_transfer);
    api.service(transfers::list_transfers).service(transfers::get_transfer).service(transfers::advance_transfer);
    api.service(emergency_accesses::list_emergency_accesses);
    api.service(emergency_accesses::create_emergency_access).service(emergency_accesses::review_emergency_access);
    api.service(access_events::list_access_events);
    api.service(approvals::list_approvals).service(approvals::get_approval).service(approvals::create_approval);
    api.service(approvals::approve_approval).service(approvals::reject_approval);
    api.service(exports::create_export).service(exports::get_export_csv).service(exports::get_export_document);
    api.service(erasure::erase_person);
    api.service(statistics::get_case_statistics);
    api.service(reports::get_funnel_report).service(reports::get_funnel_csv).service(reports::get_funnel_chart);
    api.service(reports::get_backlog_report).service(reports::get_backlog_csv).service(reports::get_backlog_chart);
    api.service(reports::get_ageing_report).service(reports::get_ageing_csv).service(reports::get_ageing_chart);
    api.service(reports::get_fines_report).service(reports::get_fines_csv).service(reports::get_fines_chart);
    api.service(reports::get_reconciliation_report).service(reports::get_reconciliation_csv).service(reports::get_reconciliation_chart);
    api.service(reports::get_re_trafficking_report).service(reports::get_re_trafficking_csv).service(reports::get_re_trafficking_chart);
    api.service(reports::get_forecast_report).service(reports::get_forecast_csv).service(reports::get_forecast_chart);
}

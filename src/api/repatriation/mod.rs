//! The operations of the area `repatriation`: transitions, embassy contacts, verifications, records, movement batches, tasks and clearance.

mod afterwards;
mod afterwards_list;
mod diagram;
mod embassy_contacts;
mod immigration_clearance;
mod movement_batches;
mod nationality_verifications;
mod records;
mod tasks;
mod transitions;
mod waiver_requests;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(embassy_contacts::list_embassy_contacts)
        .service(embassy_contacts::get_embassy_contact)
        .service(embassy_contacts::create_embassy_contact)
        .service(embassy_contacts::update_embassy_contact);
    api.service(nationality_verifications::list_nationality_verifications)
        .service(nationality_verifications::get_nationality_verification)
        .service(nationality_verifications::create_nationality_verification)
        .service(nationality_verifications::update_nationality_verification);
    api.service(records::list_screenings)
        .service(records::get_screening)
        .service(records::create_screening)
        .service(records::update_screening);
    api.service(records::list_status_determinations)
        .service(records::get_status_determination)
        .service(records::create_status_determination)
        .service(records::list_travel_documents);
    api.service(records::get_travel_document)
        .service(records::create_travel_document)
        .service(records::update_travel_document)
        .service(records::list_detentions);
    api.service(records::get_detention)
        .service(records::create_detention)
        .service(records::update_detention)
        .service(records::list_charges);
    api.service(records::get_charge).service(records::create_charge).service(records::update_charge).service(records::list_fine_waivers);
    api.service(records::get_fine_waiver)
        .service(records::create_fine_waiver)
        .service(records::update_fine_waiver)
        .service(records::list_fine_payments);
    api.service(records::get_fine_payment)
        .service(records::create_fine_payment)
        .service(records::update_fine_payment)
        .service(records::list_return_decisions);
    api.service(records::get_return_decision)
        .service(records::create_return_decision)
        .service(records::update_return_decision)
        .service(records::list_risk_assessments);
    api.service(records::get_risk_assessment)
        .service(records::create_risk_assessment)
        .service(records::update_risk_assessment)
        .service(records::list_fit_to_travel_clearances);
    api.service(records::get_fit_to_travel_clearance)
        .service(records::create_fit_to_travel_clearance)
        .service(records::update_fit_to_travel_clearance)
        .service(records::list_legal_holds);
    api.service(records::get_legal_hold)
        .service(records::create_legal_hold)
        .service(records::update_legal_hold)
        .service(records::list_best_interests_procedures);
    api.service(records::get_best_interests_procedure)
        .service(records::create_best_interests_procedure)
        .service(records::update_best_interests_procedure)
        .service(records::list_movements);
    api.service(records::get_movement).service(records::create_movement).service(records::update_movement);
    api.service(movement_batches::list_movement_batches)
        .service(movement_batches::get_movement_batch)
        .service(movement_batches::create_movement_batch)
        .service(movement_batches::update_movement_batch);
    api.service(movement_batches::add_movement_passengers)
        .service(movement_batches::remove_movement_passenger)
        .service(movement_batches::make_movement_transition)
        .service(movement_batches::get_movement_manifest);
    api.service(movement_batches::get_movement_manifest_csv).service(movement_batches::get_movement_manifest_page);
    api.service(records::list_arrivals).service(records::get_arrival).service(records::create_arrival).service(records::update_arrival);
    api.service(records::list_support_plans)
        .service(records::get_support_plan)
        .service(records::create_support_plan)
        .service(records::update_support_plan);
    api.service(records::list_follow_ups)
        .service(records::get_follow_up)
        .service(records::create_follow_up)
        .service(records::update_follow_up);
    api.service(records::list_deaths).service(records::get_death).service(records::create_death).service(records::update_death);
    api.service(immigration_clearance::get_immigration_clearance).service(immigration_clearance::update_immigration_clearance);
    api.service(waiver_requests::list_waiver_requests)
        .service(waiver_requests::get_waiver_request)
        .service(waiver_requests::create_waiver_request)
        .service(waiver_requests::add_waiver_request_members)
        .service(waiver_requests::answer_waiver_request);
    api.service(tasks::list_tasks).service(tasks::get_task).service(tasks::create_task).service(tasks::update_task);
    api.service(tasks::get_worklist);
    api.service(transitions::get_repatriation).service(transitions::make_transition).service(afterwards::record_afterwards);
    api.service(afterwards_list::record_afterwards_list);
    api.service(diagram::get_repatriation_diagram);
}

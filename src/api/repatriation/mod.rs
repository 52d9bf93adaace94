//! The operations of the area `repatriation`: transitions, embassy contacts, verifications, records, movement batches, tasks and clearance.

mod afterwards;
mod afterwards_list;
mod case_record;
pub mod daily_records;
mod diagram;
mod embassy_contacts;
mod host_country;
mod immigration_clearance;
mod movement_batches;
mod nationality_verifications;
mod placements;
mod records;
mod tasks;
mod transitions;
mod waiver_requests;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    records::configure(api);
    daily_records::configure(api);
    api.service(embassy_contacts::list_embassy_contacts)
        .service(embassy_contacts::get_embassy_contact)
        .service(embassy_contacts::create_embassy_contact)
        .service(embassy_contacts::update_embassy_contact);
    api.service(nationality_verifications::list_nationality_verifications)
        .service(nationality_verifications::get_nationality_verification)
        .service(nationality_verifications::create_nationality_verification)
        .service(nationality_verifications::update_nationality_verification);
    api.service(movement_batches::list_movement_batches)
        .service(movement_batches::get_movement_batch)
        .service(movement_batches::create_movement_batch)
        .service(movement_batches::update_movement_batch);
    api.service(movement_batches::list_movement_passengers)
        .service(movement_batches::add_movement_passengers)
        .service(movement_batches::remove_movement_passenger)
        .service(movement_batches::make_movement_transition)
        .service(movement_batches::get_movement_manifest);
    api.service(movement_batches::get_movement_manifest_csv).service(movement_batches::get_movement_manifest_page);
    api.service(placements::list_placement_counts);
    api.service(host_country::change_host_country);
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

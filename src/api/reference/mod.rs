//! The operations of the area `reference`: missions, compounds, operations, statements, mission reports and fine rates.

mod compounds;
mod fine_rates;
mod mission_reports;
mod missions;
mod operations;
mod statements;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(missions::list_missions).service(missions::get_mission).service(missions::create_mission).service(missions::update_mission);
    api.service(missions::create_coverage).service(missions::delete_coverage);
    api.service(compounds::list_compounds)
        .service(compounds::get_compound)
        .service(compounds::create_compound)
        .service(compounds::update_compound);
    api.service(operations::list_operations)
        .service(operations::get_operation)
        .service(operations::create_operation)
        .service(operations::update_operation);
    api.service(statements::list_statements)
        .service(statements::get_statement)
        .service(statements::create_statement)
        .service(statements::update_statement);
    api.service(mission_reports::list_mission_reports)
        .service(mission_reports::get_mission_report)
        .service(mission_reports::create_mission_report);
    api.service(fine_rates::list_fine_rates).service(fine_rates::create_fine_rate);
}

//! The operations of the area `reporting`: reports, statistics, dossiers, papers and exports.

mod accesses;
mod audit;
mod audit_exports;
mod chart;
mod data_protection;
mod dossier;
mod exports;
mod papers;
mod releases;
mod report;
mod reports;
mod statistics;
mod table;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(audit::list_audit_entries).service(audit::list_audit_checkpoints).service(accesses::list_case_accesses);
    api.service(audit_exports::create_audit_export).service(audit_exports::get_audit_export_csv);
    api.service(data_protection::list_data_protection_events);
    api.service(dossier::get_dossier);
    api.service(papers::get_authority_letter)
        .service(papers::get_travel_document_application)
        .service(papers::get_consent_form)
        .service(papers::get_movement_authority_letter)
        .service(papers::get_waiver_authority_letter);
    api.service(exports::create_export).service(exports::get_export_csv).service(exports::get_export_document);
    api.service(statistics::get_case_statistics).service(statistics::get_case_statistics_csv);
    api.service(releases::list_statistics_releases)
        .service(releases::make_statistics_release)
        .service(releases::get_released_statistics)
        .service(releases::get_released_statistics_csv);
    api.service(reports::get_funnel_report)
        .service(reports::get_funnel_csv)
        .service(reports::get_funnel_chart)
        .service(reports::get_backlog_report);
    api.service(reports::get_backlog_csv)
        .service(reports::get_backlog_chart)
        .service(reports::get_ageing_report)
        .service(reports::get_ageing_csv);
    api.service(reports::get_ageing_chart)
        .service(reports::get_fines_report)
        .service(reports::get_fines_csv)
        .service(reports::get_fines_chart);
    api.service(reports::get_reconciliation_report)
        .service(reports::get_reconciliation_csv)
        .service(reports::get_reconciliation_chart)
        .service(reports::get_re_trafficking_report);
    api.service(reports::get_re_trafficking_csv)
        .service(reports::get_re_trafficking_chart)
        .service(reports::get_forecast_report)
        .service(reports::get_forecast_csv);
    api.service(reports::get_forecast_chart);
}

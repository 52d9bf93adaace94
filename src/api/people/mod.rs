//! The operations of the area `people`: search, duplicates, merges, tracing, lists that come in, and erasure.

mod chain;
mod duplicates;
mod erasure;
mod imports;
mod match_reasons;
mod merges;
mod search;
mod tracing_matches;
mod tracing_requests;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the area.
pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(search::search_cases)
        .service(search::list_duplicate_candidates)
        .service(search::search_blind)
        .service(search::resolve_blind_search);
    api.service(chain::search_recruiters);
    api.service(duplicates::list_duplicates).service(duplicates::get_duplicate).service(duplicates::dismiss_duplicate);
    api.service(merges::preview_merge).service(merges::merge_duplicate).service(merges::list_merges).service(merges::get_merge);
    api.service(merges::undo_merge);
    api.service(tracing_requests::list_tracing_requests)
        .service(tracing_requests::get_tracing_request)
        .service(tracing_requests::create_tracing_request)
        .service(tracing_requests::create_tracing_requests);
    api.service(tracing_requests::close_tracing_request);
    api.service(tracing_matches::list_tracing_matches)
        .service(tracing_matches::get_tracing_match)
        .service(tracing_matches::decide_tracing_match);
    api.service(erasure::erase_person);
    imports::configure(api);
}

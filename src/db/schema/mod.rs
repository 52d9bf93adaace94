//! The tables, as both databases have them. Written by hand beside the migrations; a test compares the two.
#![allow(missing_docs, reason = "a column is documented where its row is read")]

mod account_tables;
mod approval_tables;
mod attachment_tables;
mod audit_tables;
mod case_tables;
mod client_tables;
mod import_tables;
mod organisation_tables;
mod people_tables;
mod reference_tables;
mod release_tables;
mod repatriation_tables;
mod sharing_tables;
pub mod types;

pub use account_tables::*;
pub use approval_tables::*;
pub use attachment_tables::*;
pub use audit_tables::*;
pub use case_tables::*;
pub use client_tables::*;
pub use import_tables::*;
pub use organisation_tables::*;
pub use people_tables::*;
pub use reference_tables::*;
pub use release_tables::*;
pub use repatriation_tables::*;
pub use sharing_tables::*;

use diesel::{allow_columns_to_appear_in_same_group_by_clause, allow_tables_to_appear_in_same_query, joinable};

joinable!(case_grants -> cases (case_id));
joinable!(case_records -> cases (case_id));
joinable!(missions -> organisations (id));
joinable!(mission_coverage -> missions (mission_id));
joinable!(users -> organisations (organisation_id));
joinable!(sessions -> users (user_id));
joinable!(absences -> users (user_id));
joinable!(clients -> organisations (organisation_id));
joinable!(machine_sessions -> clients (client_id));
joinable!(tasks -> cases (case_id));
joinable!(fine_ledger -> cases (case_id));
joinable!(waiver_request_members -> case_records (record_id));
joinable!(movement_batch_members -> cases (case_id));
joinable!(referrals -> cases (case_id));
joinable!(emergency_accesses -> cases (case_id));
joinable!(tracing_matches -> cases (case_id));
joinable!(merged_grants -> cases (case_id));
joinable!(compound_terms -> compounds (compound_id));
allow_tables_to_appear_in_same_query!(
    organisations,
    missions,
    mission_coverage,
    users,
    username_skeletons,
    sessions,
    signing_keys,
    approvals,
    exports,
    clients,
    client_secrets,
    machine_sessions,
    used_assertions,
    login_throttles,
    compounds,
    compound_terms,
    operations,
    persons,
    person_keys,
    erasures,
    compartments,
    blind_index,
    cases,
    case_grants,
    case_changes,
    case_nationalities,
    case_relations,
    listed_changes,
    stays,
    embassy_contacts,
    nationality_verifications,
    repatriation_transitions,
    case_records,
    tasks,
    fine_rates,
    fine_ledger,
    movement_batches,
    movement_batch_members,
    waiver_requests,
    waiver_request_members,
    consents,
    denials,
    referrals,
    emergency_accesses,
    emergency_lifts,
    exclusions,
    excluded_grants,
    access_events,
    audit_entries,
    audit_subjects,
    audit_readers,
    audit_keys,
    leases,
    last_backup,
    audit_checkpoints,
    anonymous_refusals,
    data_protection_events,
    idempotency_keys,
    second_factors,
    recovery_codes,
    password_resets,
    conduct_acceptances,
    absences,
    handovers,
    matching_queue,
    name_changes,
    duplicate_pairs,
    search_budgets,
    tracing_requests,
    tracing_matches,
    mission_reports,
    statements,
    merges,
    merged_grants,
    stored_files,
    attachments,
    imports,
    import_rows,
    import_profiles,
    statistics_releases,
    release_questions,
);
allow_columns_to_appear_in_same_group_by_clause!(case_grants::mission_id, cases::registered_on);
allow_columns_to_appear_in_same_group_by_clause!(cases::operation_id, case_grants::nationality);

//! The tables, as both databases have them. Written by hand beside the migrations; a test compares the two.

#![allow(missing_docs, reason = "a column is documented where its row is read")]

mod of_accounts;
mod of_approvals;
mod of_audit;
mod of_cases;
mod of_clients;
mod of_files;
mod of_matching;
mod of_organisations;
mod of_process;
mod of_reference;
mod of_sharing;

use diesel::{allow_columns_to_appear_in_same_group_by_clause, allow_tables_to_appear_in_same_query, joinable};

pub use self::of_accounts::*;
pub use self::of_approvals::*;
pub use self::of_audit::*;
pub use self::of_cases::*;
pub use self::of_clients::*;
pub use self::of_files::*;
pub use self::of_matching::*;
pub use self::of_organisations::*;
pub use self::of_process::*;
pub use self::of_reference::*;
pub use self::of_sharing::*;

joinable!(case_grants -> cases (case_id));
joinable!(missions -> organisations (id));
joinable!(mission_coverage -> missions (mission_id));
joinable!(users -> organisations (organisation_id));
joinable!(sessions -> users (user_id));
joinable!(clients -> organisations (organisation_id));
joinable!(machine_sessions -> clients (client_id));
joinable!(tasks -> cases (case_id));
joinable!(fine_ledger -> cases (case_id));
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
    compartments,
    blind_index,
    cases,
    case_grants,
    case_changes,
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
    consents,
    denials,
    referrals,
    emergency_accesses,
    access_events,
    audit_entries,
    idempotency_keys,
    second_factors,
    recovery_codes,
    password_resets,
    conduct_acceptances,
    matching_queue,
    duplicate_pairs,
    search_budgets,
    tracing_requests,
    tracing_matches,
    mission_reports,
    merges,
    merged_grants,
    stored_files,
    attachments,
);
allow_columns_to_appear_in_same_group_by_clause!(case_grants::mission_id, cases::registered_on);
allow_columns_to_appear_in_same_group_by_clause!(cases::operation_id, case_grants::nationality);

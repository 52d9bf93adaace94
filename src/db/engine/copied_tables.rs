//! The tables that a backup has, and those that it leaves out. A table that is in neither list is found by a test.

use crate::db::engine::connection::Connection;
use crate::db::engine::copied_table::{CopiedTable, describe};
use crate::db::schema;
use crate::error::Result;

/// Tables that live for one process, or give access that must end with a restore: whoever was signed in signs in again, and a code that was
/// used since, or a lease that somebody holds, does not come back. Nor does what a backup cannot know: when it was the last one. Lists that
/// wait to be brought in are sent again: a backup would keep the people on them for longer than the days that they are kept here.
pub const LEFT_OUT: &[&str] = &[
    "import_rows",
    "imports",
    "last_backup",
    "leases",
    "listed_changes",
    "machine_sessions",
    "name_changes",
    "password_resets",
    "sessions",
];

/// Columns that refer to a row of their own table, which may come later.
pub(in crate::db) const OF_ITSELF: &[(&str, &str)] = &[("operations", "parent_id"), ("cases", "previous_case_id")];

/// The table whose key Postgres counts by itself, and its key.
pub(in crate::db) const COUNTED: (&str, &str) = ("audit_entries", "seq");

/// The table that the migrations fill.
pub(in crate::db) const FILLED: &str = "fine_rates";

macro_rules! copied {
    ($($table:ident),+ $(,)?) => {
        /// The tables of a backup: each after those that it refers to.
        pub const COPIED: &[&str] = &[$(stringify!($table)),+];

        /// The same with their columns.
        pub(in crate::db) fn copied() -> Result<Vec<CopiedTable>> {
            Ok(vec![$(describe(stringify!($table), &schema::$table::table)?),+])
        }
    };
}

copied!(
    organisations,
    missions,
    mission_coverage,
    users,
    username_skeletons,
    signing_keys,
    login_throttles,
    second_factors,
    recovery_codes,
    conduct_acceptances,
    absences,
    handovers,
    clients,
    client_secrets,
    used_assertions,
    approvals,
    exports,
    compounds,
    compound_terms,
    operations,
    statements,
    fine_rates,
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
    stays,
    embassy_contacts,
    nationality_verifications,
    repatriation_transitions,
    case_records,
    tasks,
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
    idempotency_keys,
    data_protection_events,
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
    import_profiles,
    statistics_releases,
    release_questions,
    audit_keys,
    audit_entries,
    audit_subjects,
    audit_readers,
    audit_checkpoints,
    anonymous_refusals,
);

/// The tables with rows that no migration made. None: a backup can be restored here.
pub fn filled(conn: &mut Connection) -> Result<Option<&'static str>> {
    for table in copied()?.iter().filter(|table| table.name != FILLED) {
        if !table.is_empty(conn)? {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::Kind;

    #[test]
    fn a_table_is_described_as_the_schema_declares_it() {
        let tables = copied().expect("the tables");
        assert_eq!(tables.iter().map(|table| table.name).collect::<Vec<_>>(), COPIED);
        let organisations = &tables[0];
        assert_eq!((organisations.columns[0].name.as_str(), organisations.columns[0].kind), ("id", Kind::Id));
        assert_eq!(organisations.columns.last().map(|column| column.name.as_str()), Some("time_zone"));
        for (table, column) in OF_ITSELF {
            let table = tables.iter().find(|known| known.name == *table).expect("a table");
            assert!(table.columns.iter().any(|known| known.name == *column), "{column}");
        }
    }
}

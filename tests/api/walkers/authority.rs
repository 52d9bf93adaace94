//! Who may see a case: the tables in which that stands, and the few files that can write them.

use std::collections::BTreeSet;

use super::architecture::sources;

/// Each table of access, and the files that name it and write something. A new file here must demand the lock of the person
/// (`PersonLocked`) for what it writes in the table, or only read it.
const WRITERS: &[(&str, &[&str])] = &[
    (
        "case_grants",
        &[
            "src/db/casefile/grant_copies.rs", // figures only
            "src/db/casefile/granting.rs",
            "src/db/people/duplicates.rs", // reads
            "src/db/people/erasure.rs",
            "src/db/people/merges/suspended_grants.rs",
            "src/db/process/follow.rs",                // reads
            "src/db/repatriation/movement_batches.rs", // reads
            "src/db/sharing/reconcile.rs",             // reads
        ],
    ),
    ("merged_grants", &["src/db/people/erasure.rs", "src/db/people/merges/suspended_grants.rs"]),
    ("person_keys", &["src/db/casefile/person_keys.rs", "src/db/people/erasure.rs"]),
    ("denials", &["src/db/sharing/denials.rs", "src/db/sharing/reconcile.rs"]),
    ("consents", &["src/db/sharing/consents.rs", "src/db/sharing/reconcile.rs", "src/db/sharing/stored_consents.rs"]),
    (
        "merges",
        &[
            "src/db/casefile/lock.rs", // reads
            "src/db/people/merges.rs",
            "src/db/people/merges/merge.rs",
            "src/db/people/merges/undo.rs",
        ],
    ),
];

/// The tables that a file imports from the schema.
fn tables_named(code: &str) -> BTreeSet<String> {
    let lists = code.split("use crate::db::schema::").skip(1).filter_map(|rest| rest.split(';').next());
    let names = lists.flat_map(|list| list.split(['{', '}', ','])).filter_map(|name| name.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn only_these_files_write_the_tables_of_access() {
    let sources = sources("src");
    for (table, known) in WRITERS {
        let writes = |code: &str| ["insert_into(", "::update(", "::delete("].iter().any(|write| code.contains(write));
        let found: BTreeSet<&str> = sources
            .iter()
            .filter(|source| writes(&source.code()) && tables_named(&source.code()).contains(*table))
            .map(|source| source.path.as_str())
            .collect();
        let known: BTreeSet<&str> = known.iter().copied().collect();
        assert_eq!(found, known, "who writes {table}: what gives or takes access goes through the functions that demand the lock");
    }
}

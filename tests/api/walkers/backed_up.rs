//! What a backup does with every table. A table that comes later is not forgotten: it is here, or this fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use homeward::db::engine::copied_tables::{COPIED, LEFT_OUT};

use super::migrations::declared;

#[test]
fn every_table_is_in_a_backup_or_left_out_on_purpose() {
    let tables: BTreeSet<String> = declared().into_keys().collect();
    let known: Vec<String> = COPIED.iter().chain(LEFT_OUT).map(|name| (*name).to_owned()).collect();
    let once: BTreeSet<String> = known.iter().cloned().collect();
    assert_eq!(once.len(), known.len(), "a table is named twice");
    let forgotten: Vec<&String> = tables.difference(&once).collect();
    assert!(forgotten.is_empty(), "would be lost with the database: name them in db/engine/copied_tables.rs: {forgotten:?}");
    let gone: Vec<&String> = once.difference(&tables).collect();
    assert!(gone.is_empty(), "no such table: {gone:?}");
}

/// The tables to which each table refers, as the migrations say.
fn references(database: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let mut migrations: Vec<_> = fs::read_dir(folder).expect("the migrations").map(|entry| entry.expect("a migration").path()).collect();
    migrations.sort();
    let mut references: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for migration in migrations {
        let mut table = String::new();
        for line in fs::read_to_string(migration.join("up.sql")).expect("a migration").lines() {
            for words in ["CREATE TABLE ", "ALTER TABLE "] {
                if let Some(rest) = line.strip_prefix(words) {
                    table = rest.split_whitespace().next().expect("a table").to_owned();
                }
            }
            if let Some((_, rest)) = line.split_once("REFERENCES ") {
                let other = rest.split([' ', '(']).next().expect("a table").to_owned();
                references.entry(table.clone()).or_default().insert(other);
            }
        }
    }
    references
}

#[test]
fn a_table_is_restored_after_those_that_it_refers_to() {
    for database in ["sqlite", "postgres"] {
        let references = references(database);
        assert!(references.values().map(BTreeSet::len).sum::<usize>() > 60, "the migrations were not understood: {references:?}");
        let at = |name: &str| COPIED.iter().position(|known| *known == name);
        for (table, others) in &references {
            // A table that was made anew under another name for a while.
            let Some(here) = at(table) else { continue };
            for other in others.iter().filter(|other| *other != table) {
                let there = at(other).unwrap_or_else(|| panic!("{table} refers to {other}, which a backup leaves out"));
                assert!(there < here, "{table} refers to {other}, which is restored later");
            }
        }
    }
}

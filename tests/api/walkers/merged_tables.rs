//! What a merge does with every table of a case. A table that comes later is not forgotten: it is here, or this fails.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use serde_json::{Value, json};

use super::migrations::declared;
use crate::people::merges::nothing_lost::filled;
use crate::people::merges::{Twins, twins, undo};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::rows_naming;

/// What becomes of the rows of a merged case.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// They stand on the case that goes on, and go back with the undo.
    TakenOver,
    /// They stay with their case, and are shown at the one that goes on, too: they count for their own record only.
    ShownBeside,
    /// They stay on the cases that they were recorded on, and are read as being on the one that goes on.
    ReadThere,
    /// They stay at the address of their case, for its owner and whoever it is handed on to.
    AtItsAddress,
    /// They stay at the address of their case, and what is added since is told at the one that goes on to who opens the merged one.
    ToldOf,
    /// The merge and its undo write them in their own way.
    OfTheMerge,
    /// They follow from the facts of the case that goes on.
    Derived,
    /// They say what happened, or belong to a request or to hours.
    Past,
}

const FATES: &[(&str, Fate)] = &[
    ("stays", Fate::TakenOver),
    ("embassy_contacts", Fate::TakenOver),
    ("nationality_verifications", Fate::TakenOver),
    ("case_records", Fate::TakenOver),
    ("tasks", Fate::TakenOver),
    ("attachments", Fate::TakenOver),
    ("consents", Fate::ShownBeside),
    ("denials", Fate::ShownBeside),
    ("referrals", Fate::ShownBeside),
    ("case_relations", Fate::ReadThere),
    ("case_changes", Fate::ToldOf),
    ("repatriation_transitions", Fate::AtItsAddress),
    ("case_grants", Fate::OfTheMerge),
    ("case_nationalities", Fate::OfTheMerge),
    ("merged_grants", Fate::OfTheMerge),
    ("tracing_matches", Fate::OfTheMerge),
    ("fine_ledger", Fate::Derived),
    // Nobody is merged while a batch of theirs is not over, and who left on one is further on the road: their case goes on.
    ("movement_batch_members", Fate::AtItsAddress),
    ("emergency_accesses", Fate::Past),
    ("emergency_lifts", Fate::Past),
    ("access_events", Fate::Past),
    // The database writes it wherever a case changes, for the memory of the instances.
    ("listed_changes", Fate::Past),
    ("data_protection_events", Fate::Past),
    // What two persons answered for names the case as it was.
    ("approvals", Fate::Past),
    ("idempotency_keys", Fate::Past),
    // Who shut whom out, and what they held then.
    ("exclusions", Fate::Past),
    ("excluded_grants", Fate::Past),
    // It says which row of a list made the case, or found it again.
    ("import_rows", Fate::Past),
];

#[test]
fn a_merge_forgets_no_table_of_a_case() {
    let tables = declared();
    let is_of_a_case = |columns: &BTreeMap<_, _>| ["case_id", "first_case_id"].iter().any(|column| columns.contains_key(*column));
    let of_a_case: BTreeSet<&str> = tables.iter().filter(|(_, columns)| is_of_a_case(columns)).map(|(table, _)| table.as_str()).collect();
    let known: BTreeSet<&str> = FATES.iter().map(|(table, _)| *table).collect();
    assert_eq!(of_a_case, known, "say here what a merge, and its undo, do with the rows of a merged case");
    for (table, fate) in FATES {
        let is_marked = tables[*table].contains_key("merged_from");
        assert_eq!(is_marked, matches!(fate, Fate::TakenOver | Fate::ToldOf), "{table}: what is taken over says from where");
    }
}

/// The rows of a table that name the other case.
fn naming(world: &World, table: &str, twins: &Twins) -> Vec<Value> {
    let rows = rows_naming(world, &[&twins.other["id"]]);
    rows[table].iter().map(|row| serde_json::from_str(row).expect("a row")).collect()
}

fn is_of(row: &Value, column: &str, case: &Value) -> bool {
    let plain = |text: &str| text.replace('-', "").to_lowercase();
    row[column].as_str().is_some_and(|text| plain(text).contains(&plain(case["id"].as_str().expect("an id"))))
}

#[rstest]
#[actix_web::test]
async fn every_row_that_is_taken_over_stands_on_the_survivor_and_goes_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    filled(world, &twins.other, "of the other").await;
    let taken = || FATES.iter().filter(|(_, fate)| *fate == Fate::TakenOver).map(|(table, _)| *table);
    let added = |row: &Value, table: &str| table != "tasks" || row["kind"].as_str().is_some_and(|kind| kind.contains("added"));
    let merge = twins.merge(world).await;
    for table in taken() {
        let rows = naming(world, table, &twins);
        let rows: Vec<&Value> = rows.iter().filter(|row| added(row, table)).collect();
        assert!(!rows.is_empty(), "{table}: the test fills it");
        for row in rows {
            assert!(is_of(row, "case_id", &twins.survivor) && is_of(row, "merged_from", &twins.other), "{table}: {row}");
        }
    }
    undo(world, &merge).await.expect(200);
    for table in taken() {
        let rows = naming(world, table, &twins);
        assert!(
            rows.iter().all(|row| is_of(row, "case_id", &twins.other) && !is_of(row, "merged_from", &twins.other)),
            "{table}: {}",
            json!(rows)
        );
    }
}

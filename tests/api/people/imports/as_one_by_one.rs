//! Whoever is registered from a list has all that they would have if they had been registered alone.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use serde_json::{Value, json};

use super::List;
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::rows_naming;
use crate::support::journey::at;

/// How many rows of each table name a case, but for the list itself and the key by which its row is known again.
fn rows_of(world: &World, case: &Value) -> BTreeMap<String, usize> {
    let rows = rows_naming(world, &[&case["id"]]);
    let of_list = ["import_rows", "idempotency_keys"];
    rows.into_iter().filter(|(table, _)| !of_list.contains(&table.as_str())).map(|(table, rows)| (table, rows.len())).collect()
}

/// The columns of the rows of a table that name a case, without ids, versions, times and what is sealed.
fn told(world: &World, table: &str, case: &Value, columns: &[&str]) -> BTreeSet<String> {
    let rows = rows_naming(world, &[&case["id"]]).remove(table).expect("a table");
    let of = |row: &String| {
        let row: Value = serde_json::from_str(row).expect("a row");
        columns.iter().map(|column| row[column].to_string()).collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(of).collect()
}

#[rstest]
#[actix_web::test]
async fn who_comes_by_a_list_has_what_one_who_comes_alone_has(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let text = "No;Nama;Tgl lahir;JK;Paspor;Nationality\n1;Siti Rahmawati;17/3/1999;P;C4512378;IDN\n";
    let list = List::validated(world, "caseworker.a", text.as_bytes()).await;
    assert_eq!(list.commit().await["state"], "committed", "{}", list.see().await);
    let listed = list.rows("registered").await[0].clone();
    let listed = world.get("caseworker.a", &at(&json!({ "id": listed["case_id"] }), "")).await.expect(200).json();
    let mut body = json!({ "identity": listed["identity"] });
    for field in ["host_country", "intake_channel", "gender", "nationality_claimed"] {
        body[field] = listed[field].clone();
    }
    body["identity"]["original_script_name"] = json!("Dewi Lestari");
    body["identity"]["documents"][0]["number"] = json!("C4512379");
    let alone = world.register("caseworker.a", body).await;

    let (of_list, of_one) = (rows_of(world, &listed), rows_of(world, &alone));
    let without_entries = |rows: &BTreeMap<String, usize>| {
        let mut rows = rows.clone();
        assert!(rows.remove("audit_entries").is_some_and(|entries| entries > 0), "that somebody was registered has an entry");
        rows
    };
    assert_eq!(without_entries(&of_list), without_entries(&of_one));
    for (table, columns) in [
        ("tasks", ["kind", "status", "due_on", "organisation_id"].as_slice()),
        ("case_grants", ["organisation_id", "basis", "compartments", "is_primary"].as_slice()),
        ("cases", ["status", "stage", "host_country", "owner_id", "assigned_to", "created_by"].as_slice()),
    ] {
        let (of_list, of_one) = (told(world, table, &listed, columns), told(world, table, &alone, columns));
        assert_eq!(of_list, of_one, "{table}");
        assert!(!of_list.is_empty(), "{table}");
    }
}

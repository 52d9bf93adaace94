//! Every published fact of the list in `tests/data` comes back through the API, with what it counts, its doubt and its source.

use std::collections::BTreeMap;

use rstest::rstest;
use serde::Deserialize;
use serde_json::Value;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

const FACTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/published_facts.csv"));
const EXPECTED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/published_facts.json"));

/// Where a fact stands, and what stands there.
#[derive(Deserialize)]
struct Expectation {
    /// The collection and the stable reference.
    r#in: String,
    /// The fields that tell the fact; of a list, some of its entries. `@` names another thing by its reference.
    holds: Value,
}

/// The ids of the facts and their words.
fn facts() -> Vec<(String, String)> {
    let mut lines = csv::Reader::from_reader(FACTS.as_bytes());
    lines.deserialize().map(|line| line.expect("an id and a fact")).collect()
}

/// Everything that was published, by collection and reference.
async fn told(world: &World) -> BTreeMap<String, Value> {
    let mut told = BTreeMap::new();
    for collection in ["operations", "compounds", "statements"] {
        let page = world.get("analyst", &format!("/v1/{collection}?limit=200")).await.expect(200).json();
        assert_eq!(page["next"], Value::Null, "{collection}: one page holds them");
        for item in page["items"].as_array().expect("a list") {
            let reference = item["reference"].as_str().expect("a reference");
            told.insert(format!("{collection} {reference}"), item.clone());
        }
    }
    let operations: Vec<_> = told.iter().filter(|(name, _)| name.starts_with("operations ")).map(|(_, item)| item.clone()).collect();
    for operation in operations {
        let url = format!("/v1/operations/{}", operation["id"].as_str().expect("an id"));
        let read = world.get("analyst", &url).await.expect(200).json();
        told.insert(format!("reconciliation {}", operation["reference"].as_str().expect("a reference")), read["reconciliation"].clone());
    }
    told
}

/// Whether what is there tells all that is expected.
fn tells(there: &Value, expected: &Value, told: &BTreeMap<String, Value>) -> bool {
    match expected {
        Value::Object(fields) => fields.iter().all(|(name, value)| there.get(name).is_some_and(|there| tells(there, value, told))),
        Value::Array(entries) => {
            entries.iter().all(|entry| there.as_array().is_some_and(|list| list.iter().any(|there| tells(there, entry, told))))
        }
        Value::String(text) if text.starts_with('@') => {
            let named =
                ["operations", "compounds"].into_iter().find_map(|collection| told.get(&text.replacen('@', &format!("{collection} "), 1)));
            named.is_some_and(|named| named["id"] == *there)
        }
        _ => there == expected,
    }
}

#[test]
fn every_fact_of_the_list_has_an_expectation_and_every_expectation_a_fact() {
    let expected: BTreeMap<String, Vec<Expectation>> = serde_json::from_str(EXPECTED).expect("the expectations");
    let ids: Vec<String> = facts().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, (1..=62).map(|number| format!("F{number:02}")).collect::<Vec<_>>());
    assert_eq!(expected.keys().collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    for (id, places) in expected {
        let says_something = |place: &Expectation| place.holds.as_object().is_some_and(|fields| !fields.is_empty());
        assert!(!places.is_empty() && places.iter().all(says_something), "{id}");
    }
}

#[rstest]
#[actix_web::test]
async fn every_published_fact_comes_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let loaded = world.db.as_system("test").write(homeward::reference::load).await.expect("the published data");
    assert!(loaded.statements > 0 && loaded.operations > 0, "{loaded}");
    let told = told(world).await;
    let expected: BTreeMap<String, Vec<Expectation>> = serde_json::from_str(EXPECTED).expect("the expectations");
    let mut wrong = Vec::new();
    for (id, fact) in facts() {
        for Expectation { r#in: place, holds } in &expected[&id] {
            match told.get(place) {
                None => wrong.push(format!("{id} {fact}: there is no {place}")),
                Some(there) if !tells(there, holds, &told) => wrong.push(format!("{id} {fact}: expected {holds}, found {there}")),
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let again = world.db.as_system("test").write(homeward::reference::load).await.expect("the published data");
    assert_eq!(again, homeward::reference::Loaded::default(), "what is there is not loaded twice");
}

#[test]
fn a_fact_is_told_only_by_what_says_the_same() {
    let told = BTreeMap::from([("operations KH".to_owned(), serde_json::json!({ "id": "1" }))]);
    let there = serde_json::json!({ "counts": [{ "value": 27, "note": "x" }, { "value": 85 }], "operation_id": "1" });
    let is_told = |expected: Value| tells(&there, &expected, &told);
    assert!(is_told(serde_json::json!({ "counts": [{ "value": 85 }], "operation_id": "@KH" })));
    for wrong in [
        serde_json::json!({ "counts": [{ "value": 86 }] }),
        serde_json::json!({ "counts": [{ "value": 85, "note": "x" }] }),
        serde_json::json!({ "seizures": [] }),
        serde_json::json!({ "operation_id": "@TH" }),
        serde_json::json!({ "operation_id": null }),
    ] {
        assert!(!is_told(wrong.clone()), "{wrong}");
    }
}

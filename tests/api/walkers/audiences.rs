//! The API document as it is served: short, and for one audience only what that audience reaches.

use std::collections::BTreeSet;

use homeward::domain::access::Role;
use rstest::rstest;
use serde_json::Value;

use crate::support::World;
use crate::support::database::Kind::{self, Sqlite};
use crate::walkers::openapi::{document, objects, operations};

/// The most bytes of the whole document as it is served.
const LONGEST: usize = 1_000_000;

const AUDIENCES: [(&str, &[Role]); 6] = [
    ("machine", &[]),
    ("embassy", &[Role::EmbassyOfficer, Role::EmbassySupervisor]),
    ("ngo", &[Role::NgoCaseworker, Role::NgoSupervisor]),
    ("coordination", &[Role::Coordinator]),
    ("analysis", &[Role::Analyst]),
    ("administration", &[Role::Administrator, Role::Auditor]),
];

fn ids(document: &Value) -> BTreeSet<String> {
    let items = objects(&document["paths"]).flat_map(|(_, item)| objects(item));
    items.map(|(_, operation)| operation["operationId"].as_str().expect("a name").to_owned()).collect()
}

/// Who may call each operation, and with what.
fn who_may(document: &Value) -> BTreeSet<String> {
    let items = objects(&document["paths"]).flat_map(|(_, item)| objects(item));
    let told = |operation: &Value| {
        // The served document says once which roles have a permission.
        let of_permission = operation["x-permission"].as_str().map_or(&Value::Null, |permission| &document["x-roles"][permission]);
        let roles = operation.get("x-roles").unwrap_or(of_permission).to_string();
        ["operationId", "x-permission", "x-step-up", "security"].map(|field| operation[field].to_string()).join(" ") + &roles
    };
    items.map(|(_, operation)| told(operation)).collect()
}

/// The statuses with which each operation answers.
fn statuses(document: &Value) -> BTreeSet<String> {
    let items = objects(&document["paths"]).flat_map(|(_, item)| objects(item));
    items
        .flat_map(|(_, operation)| objects(&operation["responses"]).map(|(status, _)| format!("{} {status}", operation["operationId"])))
        .collect()
}

/// Asserts that each open list of values has its values, or names a list that has them.
fn assert_values_are_told(document: &Value, name: &str) {
    let schemas = &document["components"]["schemas"];
    let named = objects(schemas).filter_map(|(open, schema)| Some((open, schema["x-extensible-enum-of"].as_str()?)));
    for (open, closed) in named {
        assert!(
            schemas[closed]["enum"].as_array().is_some_and(|values| !values.is_empty()),
            "{name}: {open} names {closed}, which has none"
        );
    }
}

/// Every place that the document refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// Asserts that the document leads nowhere else, and carries nothing that nothing leads to.
fn assert_closed(document: &Value, name: &str, is_narrowed: bool) {
    let mut found = BTreeSet::new();
    references(document, &mut found);
    for place in &found {
        assert!(document.pointer(place.trim_start_matches('#')).is_some_and(|it| !it.is_null()), "{name}: {place} leads nowhere");
    }
    for part in ["schemas", "responses", "headers", "examples", "parameters"].into_iter().filter(|_| is_narrowed) {
        for (component, _) in objects(&document["components"][part]) {
            assert!(found.contains(&format!("#/components/{part}/{component}")), "{name}: nothing leads to {part}/{component}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn an_audience_gets_the_operations_that_it_reaches_and_what_they_need(#[values(Sqlite)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let printed = document();
    for path in ["/openapi.json", "/openapi-3.0.json"] {
        let whole = world.get("", path).await.expect(200);
        assert!(whole.body.len() <= LONGEST, "{path}: {} bytes", whole.body.len());
        let whole = whole.json();
        assert_eq!(ids(&whole), ids(&printed));
        assert_eq!(who_may(&whole), who_may(&printed), "{path}: tools read from it who may call what");
        assert_eq!(statuses(&whole), statuses(&printed), "{path}: what is served answers as what is printed");
        assert_closed(&whole, path, false);
        assert_values_are_told(&whole, path);
        for (audience, roles) in AUDIENCES {
            let url = format!("{path}?audience={audience}");
            let narrowed = world.get("", &url).await.expect(200).json();
            assert_closed(&narrowed, &url, true);
            assert_values_are_told(&narrowed, &url);
            let reached = operations(&printed).into_iter().filter(|operation| {
                let schemes = operation.fields["security"].as_array().expect("its doors");
                let known = operation.fields["x-roles"].as_array().map_or(&[][..], Vec::as_slice);
                let by_people = roles.iter().any(|role| known.iter().any(|known| known == role.as_str()));
                schemes.is_empty() || by_people || (audience == "machine" && schemes.iter().any(|scheme| scheme.get("oauth2").is_some()))
            });
            let reached: BTreeSet<String> = reached.map(|operation| operation.id.to_owned()).collect();
            assert_eq!(ids(&narrowed), reached, "{url}");
            assert!(reached.len() < ids(&printed).len(), "{audience} reaches less than everything");
            assert_eq!(narrowed["servers"][0]["url"], crate::support::world::PUBLIC_URL, "{url}");
        }
    }
    world.get("", "/openapi.json?audience=everybody").await.problem(400, "invalid_query");
}

//! The document for one audience: the operations that it reaches, and what those need.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value};
use std::collections::BTreeSet;

use crate::api::openapi::links;
use crate::domain::access::audience::Audience;

/// Takes out of the document what the audience does not reach, and what nothing needs then.
pub fn narrow(document: &mut Value, audience: Audience) {
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        if let Some(operations) = item.as_object_mut() {
            operations.retain(|_, operation| reaches(audience, operation));
        }
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|_, item| item.as_object().is_some_and(|operations| !operations.is_empty()));
    }
    links::retain_known(document);
    drop_unused_components(document);
    let operations = document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object).flat_map(Map::values);
    let used: BTreeSet<String> = operations.filter_map(|operation| operation["tags"][0].as_str().map(ToOwned::to_owned)).collect();
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.retain(|tag| tag["name"].as_str().is_some_and(|name| used.contains(name)));
    }
}

/// Whether an operation lets the audience in. What needs no session is for everybody.
fn reaches(audience: Audience, operation: &Value) -> bool {
    let list = |name: &str| operation[name].as_array().map_or(&[][..], Vec::as_slice);
    let (schemes, roles) = (list("security"), list("x-roles"));
    let is_for_people = audience.roles().iter().any(|role| roles.iter().any(|known| known == role.as_str()));
    let is_for_machines = audience == Audience::Machine && schemes.iter().any(|scheme| scheme.get("oauth2").is_some());
    schemes.is_empty() || is_for_people || is_for_machines
}

/// The parts of the components that are referred to by place.
const REFERRED: &[&str] = &["schemas", "responses", "headers", "examples", "parameters"];

fn drop_unused_components(document: &mut Value) {
    let mut used = BTreeSet::new();
    let mut queue = vec![&document["paths"]];
    while let Some(value) = queue.pop() {
        match value {
            Value::Object(fields) => queue.extend(fields.values()),
            Value::Array(items) => queue.extend(items),
            Value::String(text) => {
                let Some(place) = text.strip_prefix('#').filter(|place| place.starts_with("/components/")) else { continue };
                if used.insert(place.to_owned()) {
                    queue.extend(document.pointer(place));
                }
            }
            _ => {}
        }
    }
    for part in REFERRED {
        if let Some(components) = document["components"].get_mut(*part).and_then(Value::as_object_mut) {
            components.retain(|name, _| used.contains(&format!("/components/{part}/{name}")));
        }
    }
    if let Some(components) = document["components"].as_object_mut() {
        components.retain(|_, components| components.as_object().is_some_and(|all| !all.is_empty()));
    }
}

//! Walking the API document: every operation, and every schema that something reaches.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Where the schemas are.
pub(in crate::api) const PREFIX: &str = "#/components/schemas/";

/// The names of the schemas that these parts of any operation reach.
pub(in crate::api) fn reachable(document: &Value, parts: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut queue: Vec<&Value> = Vec::new();
    for item in document["paths"].as_object().into_iter().flat_map(Map::values) {
        let operations = item.as_object().into_iter().flat_map(Map::values);
        queue.extend(operations.flat_map(|operation| parts.iter().filter_map(|part| operation.get(*part))));
    }
    while let Some(value) = queue.pop() {
        match value {
            Value::Object(fields) => queue.extend(fields.values()),
            Value::Array(items) => queue.extend(items),
            Value::String(text) => {
                let Some(name) = text.strip_prefix(PREFIX) else { continue };
                if names.insert(name.to_owned()) {
                    queue.extend(document["components"]["schemas"].get(name));
                }
            }
            _ => {}
        }
    }
    names
}

pub(in crate::api) fn for_each_operation(document: &mut Value, mut change: impl FnMut(&str, &str, &mut Value)) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            change(path, method, operation);
        }
    }
}

/// Takes away what stands at a place (RFC 6901).
pub(in crate::api) fn remove_at(schema: &mut Value, place: &str) {
    let Some((parent, field)) = place.rsplit_once('/') else { return };
    if let Some(fields) = schema.pointer_mut(parent).and_then(Value::as_object_mut) {
        fields.shift_remove(field);
    }
}

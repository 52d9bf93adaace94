//! What stands in the served document at the first place where it is met, or where it is sent, and not again.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value};
use std::collections::BTreeSet;

use crate::api::openapi::walk::{for_each_operation, reachable, remove_at};

/// What an answer has that says what was made, wherever something is made.
const OF_WHAT_IS_MADE: &[&str] = &["Location", "Idempotent-Replayed"];

/// Where a made thing is, and whether it was made before, is said at the first answer that says it.
pub fn say_headers_of_what_is_made(document: &mut Value) {
    let mut is_said = false;
    for_each_operation(document, |_, _, operation| {
        // Indexing what is to be changed would insert an answer where there is none.
        let Some(headers) = operation.pointer_mut("/responses/201/headers").and_then(Value::as_object_mut) else { return };
        let says_all = OF_WHAT_IS_MADE.iter().all(|name| headers.contains_key(*name));
        if is_said {
            headers.retain(|name, _| !OF_WHAT_IS_MADE.contains(&name.as_str()));
        }
        is_said |= says_all;
        let is_empty = headers.is_empty();
        if is_empty {
            remove_at(operation, "/responses/201/headers");
        }
    });
}

/// The values of a list stand where it is closed: one that may grow names the closed one.
pub fn say_lists_of_values(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else { return };
    let names: Vec<String> = schemas.keys().filter(|name| schemas.contains_key(&format!("{name}Code"))).cloned().collect();
    for name in names {
        let closed = schemas.get(&name).map(|schema| schema["enum"].clone()).unwrap_or_default();
        let Some(open) = schemas.get_mut(&format!("{name}Code")).and_then(Value::as_object_mut) else { continue };
        if closed.is_array() && open.get(VALUES) == Some(&closed) {
            open.shift_remove(VALUES);
            open.insert(VALUES_OF.to_owned(), Value::from(name));
        }
    }
}

/// The values of a list that may grow.
const VALUES: &str = "x-extensible-enum";
/// The closed list that has the same values.
const VALUES_OF: &str = "x-extensible-enum-of";

/// The form of a date says how long it is.
pub fn say_lengths_of_dates(part: &mut Value) {
    match part {
        Value::Object(fields) => {
            if fields.get("format").is_some_and(|format| format == "date") {
                fields.shift_remove("maxLength");
            }
            fields.values_mut().for_each(say_lengths_of_dates);
        }
        Value::Array(items) => items.iter_mut().for_each(say_lengths_of_dates),
        _ => {}
    }
}

/// What a field of an answer looks like is shown once. What is sent is shown wherever it is sent: programs make requests of that.
pub fn show_fields_of_answers(document: &mut Value) {
    let sent = reachable(document, &["requestBody", "parameters"]);
    let mut met: BTreeSet<String> = BTreeSet::new();
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        for (field, part) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(part) = part.as_object_mut() else { continue };
            show_once(field, part, sent.contains(name), &mut met);
        }
    }
}

fn show_once(field: &str, part: &mut Map<String, Value>, is_sent: bool, met: &mut BTreeSet<String>) {
    let Some(shown) = part.get("example").map(|example| format!("{field}: {example}")) else { return };
    if !met.insert(shown) && !is_sent {
        part.shift_remove("example");
    }
}

//! Requests are closed and answers are open, so that old clients survive what new servers say.
//!
//! A generated client refuses an enumeration value that it does not know. So what an answer reaches holds no closed
//! enumeration: each becomes a text with its known values beside it. What a request reaches stays exact, for that is what
//! tells a programmer about a mistake before it is sent. A type that both sides use has a twin for requests.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use crate::api::openapi::walk::{self, PREFIX, reachable};

/// The longest value of an enumeration that may ever come, in characters.
const LONGEST_CODE: usize = 60;

/// Gives requests and answers each their own schemas.
pub fn part(document: &mut Value) {
    let asked = reachable(document, &["requestBody", "parameters"]);
    let told = reachable(document, &["responses"]);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let is_enum = |name: &String| schemas.get(name).is_some_and(|schema| schema.get("enum").is_some());
    let is_object = |name: &String| schemas.get(name).is_some_and(|schema| schema["type"] == "object");
    let codes: BTreeSet<String> = told.iter().filter(|name| is_enum(name)).cloned().collect();
    let twins: BTreeSet<String> = told.iter().filter(|name| asked.contains(*name) && is_object(name)).cloned().collect();
    let as_input = |name: &str| twins.contains(name).then(|| format!("{name}Input"));
    let as_code = |name: &str| codes.contains(name).then(|| format!("{name}Code"));

    let mut parted = Map::new();
    for (name, mut schema) in std::mem::take(schemas) {
        if twins.contains(&name) {
            let mut twin = schema.clone();
            redirect(&mut twin, &as_input);
            parted.insert(format!("{name}Input"), closed(twin));
        }
        if codes.contains(&name) {
            parted.insert(format!("{name}Code"), open_code(&schema));
        }
        if told.contains(&name) || name == "Problem" {
            if !codes.contains(&name) || asked.contains(&name) {
                redirect(&mut schema, &as_code);
                parted.insert(name, tolerant(schema));
            }
        } else {
            redirect(&mut schema, &as_input);
            parted.insert(name, closed(schema));
        }
    }
    add_nested_patches(&mut parted);
    *schemas = parted;
    walk::for_each_operation(document, |_, _, operation| {
        if let Some(body) = operation.get_mut("requestBody") {
            redirect(body, &as_input);
            // An empty merge patch is a body all the same: `{}`.
            body["required"] = Value::Bool(true);
        }
        redirect(&mut operation["responses"], &as_code);
    });
}

/// A merge patch merges what is nested too (RFC 7396): there, nothing is required either.
fn add_nested_patches(schemas: &mut Map<String, Value>) {
    let known = schemas.clone();
    let is_demanding = |name: &str| known.get(name).is_some_and(|schema| schema["type"] == "object" && !schema["required"].is_null());
    let as_patch = |name: &str| Some(format!("{}Patch", name.strip_suffix("Input")?)).filter(|_| is_demanding(name));
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| name.starts_with("Update")) {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
        // What stands in a list is replaced with the list.
        properties.filter(|property| property.get("items").is_none()).for_each(|property| redirect(property, &as_patch));
    }
    for (name, schema) in &known {
        let Some(patch) = as_patch(name) else { continue };
        let mut schema = schema.clone();
        let target = format!("{PREFIX}{patch}");
        if schemas.iter().any(|(name, schema)| name.starts_with("Update") && schema.to_string().contains(&target)) {
            schema.as_object_mut().map(|fields| fields.remove("required"));
            schemas.insert(patch, schema);
        }
    }
}

/// Leads references elsewhere.
fn redirect(value: &mut Value, elsewhere: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                let target = field.as_str().filter(|_| name == "$ref").and_then(|target| target.strip_prefix(PREFIX));
                match target.and_then(elsewhere) {
                    Some(other) => *field = json!(format!("{PREFIX}{other}")),
                    None => redirect(field, elsewhere),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, elsewhere)),
        _ => {}
    }
}

/// A request has no field that it does not name, and none that the system computes. Where a standard says that what is not understood
/// is ignored, the type has a place for it, and the schema says so.
fn closed(mut schema: Value) -> Value {
    let ignores = schema.get("additionalProperties").is_some_and(|others| others != false);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|_, property| property["readOnly"] != true);
        schema["additionalProperties"] = json!(ignores);
    }
    schema
}

/// An answer may hold more than a client knows. What only the system writes is no business of its reader.
fn tolerant(mut schema: Value) -> Value {
    if schema["additionalProperties"] == false {
        schema.as_object_mut().map(|fields| fields.remove("additionalProperties"));
    }
    for property in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        property.as_object_mut().map(|fields| fields.remove("readOnly"));
    }
    schema
}

/// What begins the list of the values of an open enumeration in words.
pub const KNOWN_VALUES: &str = "\n\nKnown values: ";

/// The text that an answer holds where a request has an enumeration.
fn open_code(schema: &Value) -> Value {
    let description = schema["description"].as_str().unwrap_or_default();
    let values = schema["enum"].as_array().map_or(&[][..], Vec::as_slice);
    let known: Vec<String> = values.iter().filter_map(Value::as_str).map(|value| format!("`{value}`")).collect();
    json!({
        "type": "string",
        "description": format!("{description}{KNOWN_VALUES}{}. More may come: treat one that you do not know as \"other\".", known.join(", ")),
        "minLength": 1,
        "maxLength": LONGEST_CODE,
        "x-extensible-enum": values,
        "example": values.first(),
    })
}

//! A value that fits a schema: where the document has no example, this one shows the form.

use serde_json::{Map, Value, json};

use crate::api::docs::document::resolved;

/// Deep enough for every body; a schema that contains itself ends here.
const DEEPEST: usize = 8;

/// A value to send: only what is required.
pub fn to_send(schema: &Value) -> Value {
    value(schema, false, 0)
}

/// A value as it is answered: everything.
pub fn to_read(schema: &Value) -> Value {
    value(schema, true, 0)
}

fn value(schema: &Value, all: bool, depth: usize) -> Value {
    // An example beside a reference is closer to the case than that of the schema.
    if let Some(example) = given(schema) {
        return example;
    }
    let schema = resolved(schema);
    if let Some(example) = given(schema) {
        return example;
    }
    let branches = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(*key)?.as_array());
    if let Some(branch) = branches.and_then(|branches| branches.iter().find(|branch| kind(branch) != "null")) {
        return value(branch, all, depth);
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    match kind(schema) {
        "object" => Value::Object(object(schema, all, depth)),
        "array" => {
            let is_empty = !all && schema.get("minItems").is_none();
            let item = schema.get("items").filter(|_| !is_empty).map(|items| value(items, all, depth + 1));
            Value::Array(item.into_iter().collect())
        }
        "boolean" => json!(false),
        "integer" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "number" => json!(0.5),
        "string" => json!(text(schema)),
        _ => Value::Null,
    }
}

/// What the schema itself names: an example, a default, the first of a list.
fn given(schema: &Value) -> Option<Value> {
    let first = |key: &str| schema.get(key)?.as_array()?.first().cloned();
    let one = |key: &str| schema.get(key).cloned();
    let known = || first("x-extensible-enum").or_else(|| first("enum"));
    one("example").or_else(|| first("examples")).or_else(|| one("const")).or_else(|| one("default")).or_else(known)
}

fn object(schema: &Value, all: bool, depth: usize) -> Map<String, Value> {
    let required: Vec<&str> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let shown = fields.filter(|(name, _)| all || required.contains(&name.as_str()));
    shown.map(|(name, field)| (name.clone(), value(field, all, depth + 1))).collect()
}

/// The type of a schema; the first that is not null where there are several.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ => "",
    }
}

fn text(schema: &Value) -> &'static str {
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T08:30:00Z",
        Some("uuid") => "5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        _ => "…",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{to_read, to_send};

    #[test]
    fn what_is_sent_has_what_is_required_and_what_is_read_has_everything() {
        let schema = json!({ "type": "object", "required": ["on"], "properties": {
            "on": { "type": "string", "format": "date" },
            "note": { "type": ["string", "null"] },
            "list": { "type": "array", "items": { "oneOf": [{ "type": "null" }, { "type": "integer", "example": 7 }] } } } });
        assert_eq!(to_send(&schema), json!({ "on": "2026-01-31" }));
        assert_eq!(to_read(&schema), json!({ "on": "2026-01-31", "note": "…", "list": [7] }));
    }
}

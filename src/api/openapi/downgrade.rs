//! The same document for tools that stop at OpenAPI 3.0: made from the 3.1 document by rule.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};

/// The document as OpenAPI 3.0.3.
pub fn down_convert(document: &Value) -> Value {
    let mut document = document.clone();
    document["openapi"] = json!("3.0.3");
    if let Some(info) = document["info"].as_object_mut() {
        info.remove("summary");
        if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut) {
            // 3.0 knows no SPDX identifier.
            if license.remove("identifier").is_some_and(|identifier| identifier == "Apache-2.0") {
                license.insert("url".to_owned(), json!("https://www.apache.org/licenses/LICENSE-2.0"));
            }
        }
    }
    if let Some(root) = document.as_object_mut() {
        root.remove("jsonSchemaDialect");
    }
    walk(&mut document, "");
    let schemas = document["components"]["schemas"].clone();
    type_nullables(&mut document, &schemas);
    document
}

/// `nullable` means something only beside a `type` (OpenAPI 3.0.3): that of what is referred to.
fn type_nullables(value: &mut Value, schemas: &Value) {
    match value {
        Value::Object(fields) => {
            let target = fields.get("allOf").and_then(|parts| parts[0]["$ref"].as_str()).and_then(|target| target.rsplit('/').next());
            let kind = target.map(|name| schemas[name]["type"].clone()).filter(|kind| !kind.is_null());
            if let Some(kind) = kind.filter(|_| fields.get("nullable").is_some_and(|nullable| nullable == true)) {
                fields.entry("type").or_insert(kind);
            }
            fields.values_mut().for_each(|field| type_nullables(field, schemas));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| type_nullables(item, schemas)),
        _ => {}
    }
}

fn walk(value: &mut Value, key: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match name.as_str() {
                    "schema" => *field = schema(field),
                    "schemas" if key == "components" => {
                        for (_, named) in field.as_object_mut().into_iter().flatten() {
                            *named = schema(named);
                        }
                    }
                    "example" | "examples" => {}
                    name => walk(field, name),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, key)),
        _ => {}
    }
}

/// One schema: type arrays, null branches and lists of examples become what 3.0 knows.
fn schema(original: &Value) -> Value {
    let Value::Object(fields) = original else { return json!({}) };
    if fields.contains_key("$ref") {
        return reference(fields);
    }
    let mut converted = fields.clone();
    let mut is_nullable = type_array(&mut converted);
    for choice in ["oneOf", "anyOf"] {
        is_nullable |= null_branch(&mut converted, choice);
    }
    for name in ["items", "not", "additionalProperties"] {
        if let Some(inner) = converted.get_mut(name).filter(|inner| inner.is_object()) {
            *inner = schema(inner);
        }
    }
    for (_, property) in converted.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        *property = schema(property);
    }
    if let Some(Value::Array(parts)) = converted.get_mut("allOf") {
        parts.iter_mut().for_each(|part| *part = schema(part));
    }
    if let Some(first) = converted.remove("examples").and_then(|examples| examples.as_array().and_then(|list| list.first().cloned())) {
        converted.entry("example").or_insert(first);
    }
    converted.remove("propertyNames");
    if converted.get("required").is_some_and(|required| required.as_array().is_some_and(Vec::is_empty)) {
        converted.remove("required");
    }
    if is_nullable {
        converted.insert("nullable".to_owned(), json!(true));
        if let Some(values) = converted.get_mut("enum").and_then(Value::as_array_mut).filter(|values| !values.contains(&Value::Null)) {
            values.push(Value::Null);
        }
    }
    Value::Object(converted)
}

/// In 3.0 nothing may stand beside a reference.
fn reference(fields: &Map<String, Value>) -> Value {
    if fields.len() == 1 {
        return Value::Object(fields.clone());
    }
    let mut wrapped: Map<String, Value> =
        fields.iter().filter(|(name, _)| *name != "$ref").map(|(name, field)| (name.clone(), field.clone())).collect();
    wrapped.insert("allOf".to_owned(), json!([{ "$ref": fields.get("$ref") }]));
    Value::Object(wrapped)
}

fn type_array(fields: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(types)) = fields.get("type").cloned() else { return false };
    let named: Vec<Value> = types.iter().filter(|name| *name != "null").cloned().collect();
    let is_nullable = named.len() < types.len();
    match named.as_slice() {
        [one] => {
            fields.insert("type".to_owned(), one.clone());
        }
        several => {
            fields.remove("type");
            fields.insert("anyOf".to_owned(), several.iter().map(|name| json!({ "type": name })).collect());
        }
    }
    is_nullable
}

fn null_branch(fields: &mut Map<String, Value>, choice: &str) -> bool {
    let Some(Value::Array(branches)) = fields.get(choice).cloned() else { return false };
    let kept: Vec<Value> = branches.iter().filter(|branch| branch["type"] != "null").map(schema).collect();
    let is_nullable = kept.len() < branches.len();
    if kept.len() == 1 && is_nullable {
        fields.remove(choice);
        match kept.first().and_then(Value::as_object).filter(|only| !only.contains_key("$ref")) {
            Some(only) => fields.extend(only.clone()),
            None => drop(fields.insert("allOf".to_owned(), Value::Array(kept))),
        }
    } else {
        fields.insert(choice.to_owned(), Value::Array(kept));
    }
    is_nullable
}

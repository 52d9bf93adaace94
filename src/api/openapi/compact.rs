//! The document as short as it can be served: what repeats stands once and is referred to, and what is told twice is told once.
//! The printed document repeats it where it is read.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

mod examples;
mod once;
mod shared;

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use crate::api::openapi::callers::{RECORDED, REPEATABLE, STEP_UP, TAKES_SPACE};
use crate::api::openapi::headers;
use crate::api::openapi::request_response::KNOWN_VALUES;
use crate::api::openapi::walk::{for_each_operation, reachable, remove_at};

/// Shortens the document.
pub fn shorten(document: &mut Value) {
    for_each_operation(document, |_, _, operation| {
        say_once_who_may(operation);
        leave_out_common_headers(operation);
        if let Some(fields) = operation.as_object_mut() {
            // The codes stand at each problem that the operation answers with; the pages of the reference list them for each operation.
            drop(fields.shift_remove("x-problem-codes"));
        }
    });
    leave_out_links(document);
    leave_out_limits_of_answers(document);
    say_once_which_roles(document);
    describe_like_operations_once(document);
    leave_out_known_values(&mut document["components"]["schemas"]);
    describe_fields_once(&mut document["components"]["schemas"]);
    describe_common_fields_once(&mut document["components"]["schemas"]);
    describe_lists_of_values_once(&mut document["components"]["schemas"]);
    once::say_lists_of_values(&mut document["components"]["schemas"]);
    once::say_headers_of_what_is_made(document);
    once::say_lengths_of_dates(&mut document["components"]["schemas"]);
    once::show_fields_of_answers(document);
    examples::shorten(document);
    shared::shorten(document);
    if let Some(said) = document["info"]["description"].as_str().map(|said| format!("{said}{AS_SERVED}")) {
        document["info"]["description"] = json!(said);
    }
}

/// What is said of the served form.
const AS_SERVED: &str = "\n\nIn this document, what several operations or fields say alike stands at the first of them, and \
    `x-extensible-enum-of` names the closed list that has the values of one that may grow. Limits stand at what is sent. The printed document has \
    the links from each answer to what follows, too.";

/// Limits of what is only told, to which whoever reads an answer keeps nothing; and what a field may look like, which the example of the whole
/// answer shows.
const LIMITS: &[&str] = &["minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern", "example"];

/// Leaves limits to what is sent.
fn leave_out_limits_of_answers(document: &mut Value) {
    let sent = reachable(document, &["requestBody", "parameters"]);
    let schemas = document["components"]["schemas"].as_object_mut();
    schemas.into_iter().flatten().filter(|(name, _)| !sent.contains(*name)).for_each(|(_, schema)| without_limits(schema));
}

fn without_limits(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            // A field may be called like a limit; its value is a schema then.
            fields.retain(|name, value| value.is_object() || !LIMITS.contains(&name.as_str()));
            fields.values_mut().for_each(without_limits);
        }
        Value::Array(items) => items.iter_mut().for_each(without_limits),
        _ => {}
    }
}

/// Takes away how a generator turns pages: one that does reads OpenAPI 3.1.
pub fn leave_out_pagination(document: &mut Value) {
    for_each_operation(document, |_, _, operation| {
        drop(operation.as_object_mut().and_then(|fields| fields.shift_remove("x-speakeasy-pagination")));
    });
}

/// Takes the links from the answers: what an answer leads to is told by the addresses, too.
fn leave_out_links(document: &mut Value) {
    let without = |answer: &mut Value| drop(answer.as_object_mut().and_then(|answer| answer.shift_remove("links")));
    for_each_operation(document, |_, _, operation| {
        operation["responses"].as_object_mut().into_iter().flat_map(|all| all.values_mut()).for_each(without);
    });
    document["components"]["responses"].as_object_mut().into_iter().flat_map(|all| all.values_mut()).for_each(without);
}

/// `x-roles`, `security` and `x-step-up` say who may call it; the paragraphs behind the first say the same in words. So does the
/// parameter, of the key that makes a request safe to repeat.
fn say_once_who_may(operation: &mut Value) {
    let Some(permission) = operation["x-permission"].as_str().map(ToOwned::to_owned) else { return };
    let description = operation["description"].as_str().unwrap_or_default();
    let is_twice = |paragraph: &str| {
        paragraph == STEP_UP
            || paragraph == TAKES_SPACE
            || paragraph.starts_with("Permission `")
            || paragraph.starts_with("Machine clients with the scope `")
    };
    let told = |paragraph: &&str| !is_twice(paragraph);
    let description = description.replace(REPEATABLE, "").split("\n\n").filter(told).collect::<Vec<_>>().join("\n\n");
    let needs = [
        format!("Needs `{permission}`; {RECORDED}."),
        format!("Needs `{permission}`."),
        format!("Administrators only; {RECORDED}."),
        format!("Any signed-in user; {RECORDED}."),
    ];
    let description = needs.iter().fold(description, |said, sentence| said.replace(sentence, ""));
    match (description.trim(), operation.as_object_mut()) {
        ("", Some(fields)) => drop(fields.shift_remove("description")),
        (said, _) => operation["description"] = json!(said),
    }
}

/// Which roles have a permission stands once for each, under `x-roles` of the document.
fn say_once_which_roles(document: &mut Value) {
    let mut roles = Map::new();
    for_each_operation(document, |_, _, operation| {
        let permission = operation["x-permission"].as_str().map(ToOwned::to_owned);
        let Some((permission, fields)) = permission.zip(operation.as_object_mut()) else { return };
        if let Some(of_permission) = fields.shift_remove("x-roles") {
            roles.insert(permission, of_permission);
        }
    });
    document["x-roles"] = Value::Object(roles);
}

/// The values of an open enumeration stand in `x-extensible-enum`.
fn leave_out_known_values(part: &mut Value) {
    if part.get("x-extensible-enum").is_some() {
        let description = part["description"].as_str().unwrap_or_default();
        let said = description.split(KNOWN_VALUES).next().unwrap_or_default().to_owned();
        part["description"] = json!(said);
        if part["example"] == part["x-extensible-enum"][0] {
            remove_at(part, "/example");
        }
    }
    match part {
        Value::Object(fields) => fields.values_mut().for_each(leave_out_known_values),
        Value::Array(items) => items.iter_mut().for_each(leave_out_known_values),
        _ => {}
    }
}

/// What a field is stands where a thing is made, or where it is only read, and not again where the same field is told, changed or sent.
fn describe_fields_once(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else { return };
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in names {
        let sent = name.strip_suffix("Input").map(ToOwned::to_owned);
        let changed = name.strip_prefix("Update").map(|thing| format!("Create{thing}"));
        let made = Some(format!("Create{name}")).filter(|made| schemas.contains_key(made));
        let is_made = made.is_some();
        let Some(told) = sent.or(changed).or(made).and_then(|other| schemas.get(&other)).cloned() else { continue };
        if is_made || schemas.get(&name).is_some_and(|schema| schema["description"] == told["description"]) {
            schemas.get_mut(&name).into_iter().for_each(|schema| remove_at(schema, "/description"));
        }
        let told = &told["properties"];
        let fields = schemas.get_mut(&name).and_then(|schema| schema.get_mut("properties")).and_then(Value::as_object_mut);
        for (field, schema) in fields.into_iter().flatten() {
            for place in DESCRIBED_AT {
                let said = told[field].pointer(place).cloned();
                if said.is_some() && schema.pointer(place) == said.as_ref() {
                    remove_at(schema, place);
                }
            }
        }
    }
}

/// Uses from which on a description stands once, such as that of the version of a record.
const COMMON: usize = 2;

/// What several operations say alike stands at the first of them.
fn describe_like_operations_once(document: &mut Value) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    let said = |operation: &Value| operation["description"].as_str().map(ToOwned::to_owned);
    for_each_operation(document, |_, _, operation| said(operation).into_iter().for_each(|said| *uses.entry(said).or_default() += 1));
    let mut met = BTreeSet::new();
    for_each_operation(document, |_, _, operation| {
        let is_known = |said: String| uses.get(&said).is_some_and(|uses| *uses >= COMMON) && !met.insert(said);
        if said(operation).is_some_and(is_known) {
            remove_at(operation, "/description");
        }
    });
}

/// What several say alike of the same field stands where it is met first.
fn describe_common_fields_once(schemas: &mut Value) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for_each_description(schemas, |said| {
        *uses.entry(said).or_default() += 1;
        false
    });
    let mut met = BTreeSet::new();
    for_each_description(schemas, |said| uses.get(&said).is_some_and(|uses| *uses >= COMMON) && !met.insert(said));
}

/// Calls `is_left_out` with each field and what it is said to be, and takes that away where the answer is yes.
fn for_each_description(schemas: &mut Value, mut is_left_out: impl FnMut(String) -> bool) {
    for schema in schemas.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        for (field, part) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            for place in DESCRIBED_AT {
                let said = part.pointer(place).and_then(Value::as_str).map(|said| format!("{field}: {said}"));
                if said.is_some_and(&mut is_left_out) {
                    remove_at(part, place);
                }
            }
        }
    }
}

/// A list of values is described where it is sent, and not again where it may grow.
fn describe_lists_of_values_once(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else { return };
    let described: Vec<String> = schemas.keys().filter(|name| schemas.contains_key(&format!("{name}Code"))).cloned().collect();
    for name in described {
        let said = schemas.get(&name).map(|schema| schema["description"].clone());
        let open = schemas.get_mut(&format!("{name}Code")).filter(|open| Some(&open["description"]) == said.as_ref());
        open.into_iter().for_each(|open| remove_at(open, "/description"));
    }
}

/// Where the description of a field stands: beside its type or reference, or beside the reference that may be null.
const DESCRIBED_AT: &[&str] = &["/description", "/oneOf/0/description"];

/// What every answer has stands at the problems, which every operation answers with. Which preference was applied stands at the answer
/// without a body.
fn leave_out_common_headers(operation: &mut Value) {
    let tells_preference = operation["responses"]["204"]["headers"].get(headers::APPLIED).is_some();
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let told = response.get_mut("headers").and_then(Value::as_object_mut).filter(|_| status.starts_with('2'));
        let Some(told) = told else { continue };
        told.retain(|name, _| name != headers::APPLIED || !tells_preference || status == "204");
        told.retain(|name, _| !headers::IN_EVERY_ANSWER.contains(&name.as_str()));
        let is_empty = told.is_empty();
        if let Some(response) = response.as_object_mut().filter(|_| is_empty) {
            response.shift_remove("headers");
        }
    }
}

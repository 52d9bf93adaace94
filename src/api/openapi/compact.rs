//! The document as short as it can be served: what repeats stands once and is referred to, and what is told twice is told once.
//! The printed document repeats it where it is read.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use crate::api::openapi::callers::{REPEATABLE, STEP_UP};
use crate::api::openapi::headers;
use crate::api::openapi::request_response::KNOWN_VALUES;
use crate::api::openapi::walk::{PREFIX, for_each_operation};

/// Uses from which a part stands among the components.
const OFTEN: usize = 2;

/// Shortens the document.
pub fn shorten(document: &mut Value) {
    for_each_operation(document, |_, _, operation| {
        say_once_who_may(operation);
        shorten_examples(operation);
        leave_out_common_headers(operation);
        if let Some(fields) = operation.as_object_mut() {
            // The codes stand at each problem that the operation answers with; the pages of the reference list them for each operation.
            fields.remove("x-problem-codes");
        }
    });
    say_once_which_roles(document);
    leave_out_known_values(&mut document["components"]["schemas"]);
    describe_fields_once(&mut document["components"]["schemas"]);
    share_examples(document);
    leave_out_lists_of_shown(document);
    share_parameters(document);
    share_answers_without_body(document);
}

/// `x-roles`, `security` and `x-step-up` say who may call it; the paragraphs behind the first say the same in words. So does the
/// parameter, of the key that makes a request safe to repeat.
fn say_once_who_may(operation: &mut Value) {
    if operation.get("x-permission").is_none() {
        return;
    }
    let description = operation["description"].as_str().unwrap_or_default();
    let is_twice = |paragraph: &str| {
        paragraph == STEP_UP || paragraph.starts_with("Permission `") || paragraph.starts_with("Machine clients with the scope `")
    };
    let told = |paragraph: &&str| !is_twice(paragraph);
    operation["description"] = json!(description.replace(REPEATABLE, "").split("\n\n").filter(told).collect::<Vec<_>>().join("\n\n"));
}

/// Which roles have a permission stands once for each, under `x-roles` of the document.
fn say_once_which_roles(document: &mut Value) {
    let mut roles = Map::new();
    for_each_operation(document, |_, _, operation| {
        let permission = operation["x-permission"].as_str().map(ToOwned::to_owned);
        let Some((permission, fields)) = permission.zip(operation.as_object_mut()) else { return };
        if let Some(of_permission) = fields.remove("x-roles") {
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
    }
    match part {
        Value::Object(fields) => fields.values_mut().for_each(leave_out_known_values),
        Value::Array(items) => items.iter_mut().for_each(leave_out_known_values),
        _ => {}
    }
}

/// What a field is stands where a thing is made or read, and not again where the same field is changed or sent.
fn describe_fields_once(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else { return };
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in names {
        let sent = name.strip_suffix("Input").map(ToOwned::to_owned);
        let changed = name.strip_prefix("Update").map(|thing| format!("Create{thing}"));
        let told = sent.or(changed).and_then(|other| schemas.get(&other)).map(|other| other["properties"].clone());
        let fields = schemas.get_mut(&name).and_then(|schema| schema.get_mut("properties")).and_then(Value::as_object_mut);
        let Some((told, fields)) = told.zip(fields) else { continue };
        for (field, schema) in fields {
            for place in DESCRIBED_AT {
                let said = told[field].pointer(place).cloned();
                if said.is_some() && schema.pointer(place) == said.as_ref() {
                    remove_at(schema, place);
                }
            }
        }
    }
}

/// Where the description of a field stands: beside its type or reference, or beside the reference that may be null.
const DESCRIBED_AT: &[&str] = &["/description", "/oneOf/0/description"];

fn remove_at(schema: &mut Value, place: &str) {
    let Some((parent, field)) = place.rsplit_once('/') else { return };
    if let Some(fields) = schema.pointer_mut(parent).and_then(Value::as_object_mut) {
        fields.remove(field);
    }
}

/// One entry shows what a list of things looks like, wherever it stands in an answer.
fn shorten_examples(operation: &mut Value) {
    for (_, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        for (_, content) in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(example) = content.get_mut("example") {
                shorten_lists(example);
            }
        }
    }
}

fn shorten_lists(part: &mut Value) {
    match part {
        Value::Object(fields) => fields.values_mut().for_each(shorten_lists),
        Value::Array(items) => {
            if items.first().is_some_and(Value::is_object) {
                items.truncate(1);
            }
            items.iter_mut().for_each(shorten_lists);
        }
        _ => {}
    }
}

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
            response.remove("headers");
        }
    }
}

/// What a record looks like stands once, however many operations answer with it.
fn share_examples(document: &mut Value) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for_each_example(document, |schema, _| *uses.entry(schema.to_owned()).or_default() += 1);
    let mut shared = Map::new();
    for_each_example(document, |schema, content| {
        if uses.get(schema).is_none_or(|uses| *uses < 2) {
            return;
        }
        let Some(example) = content.remove("example") else { return };
        shared.entry(schema).or_insert_with(|| json!({ "value": example }));
        content.insert("examples".to_owned(), json!({ "shown": { "$ref": format!("#/components/examples/{schema}") } }));
    });
    if let Some(examples) = document["components"]["examples"].as_object_mut() {
        examples.extend(shared);
    }
}

/// The answers that show an example of a schema with a name.
fn for_each_example(document: &mut Value, mut change: impl FnMut(&str, &mut Map<String, Value>)) {
    for_each_operation(document, |_, _, operation| {
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        let contents = responses.into_iter().flat_map(|all| all.values_mut()).filter_map(|response| response.get_mut("content"));
        for content in contents.filter_map(Value::as_object_mut).flat_map(|all| all.values_mut()).filter_map(Value::as_object_mut) {
            let schema = content.get("schema").and_then(|schema| schema["$ref"].as_str()).and_then(|place| place.strip_prefix(PREFIX));
            let Some(schema) = schema.map(ToOwned::to_owned).filter(|_| content.contains_key("example")) else { continue };
            change(&schema, content);
        }
    });
}

/// A list of things that are shown elsewhere needs no example of its own.
fn leave_out_lists_of_shown(document: &mut Value) {
    let shown: BTreeSet<String> = document["components"]["examples"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect();
    let schemas = document["components"]["schemas"].as_object();
    let item_of = |list: &Value| Some(list["properties"]["items"]["items"]["$ref"].as_str()?.strip_prefix(PREFIX)?.to_owned());
    let is_shown = |list: &Value| item_of(list).is_some_and(|item| shown.contains(&item));
    let lists = schemas.into_iter().flatten().filter(|(_, list)| is_shown(list)).map(|(name, _)| name.clone());
    let lists: BTreeSet<String> = lists.collect();
    for_each_example(document, |schema, content| {
        if lists.contains(schema) {
            content.remove("example");
        }
    });
}

fn share_parameters(document: &mut Value) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for_each_operation(document, |_, _, operation| {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            *uses.entry(parameter.to_string()).or_default() += 1;
        }
    });
    let mut shared = Map::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for_each_operation(document, |_, _, operation| {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let text = parameter.to_string();
            if uses.get(&text).is_none_or(|uses| *uses < OFTEN) {
                continue;
            }
            let name = names.entry(text).or_insert_with(|| free_name(&shared, parameter["name"].as_str().unwrap_or_default()));
            shared.entry(name.as_str()).or_insert_with(|| parameter.clone());
            *parameter = json!({ "$ref": format!("#/components/parameters/{name}") });
        }
    });
    document["components"]["parameters"] = Value::Object(shared);
}

fn share_answers_without_body(document: &mut Value) {
    let mut shared = Map::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for_each_operation(document, |_, _, operation| {
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            if !matches!(status.as_str(), "204" | "304") {
                continue;
            }
            let name = names.entry(response.to_string()).or_insert_with(|| free_name(&shared, &format!("NoBody{status}")));
            shared.entry(name.as_str()).or_insert_with(|| response.clone());
            *response = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    });
    if let Some(responses) = document["components"]["responses"].as_object_mut() {
        responses.extend(shared);
    }
}

/// A name that no other component has: several parameters of one name differ in what they say.
fn free_name(taken: &Map<String, Value>, wanted: &str) -> String {
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken.contains_key(name)).unwrap_or_default()
}

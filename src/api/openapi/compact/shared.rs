//! Parts of the served document that several operations refer to.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use crate::api::openapi::walk::{PREFIX, for_each_operation};

/// Uses from which a part stands among the components.
const OFTEN: usize = 2;

/// Puts what several operations say alike among the components.
pub fn shorten(document: &mut Value) {
    share_long_patterns(document);
    share_parameters(document);
    name_problems_shortly(document);
    share_answers(document);
}

/// Characters from which a pattern is long: one lists every country.
const LONG_PATTERN: usize = 300;

/// A schema with a long pattern stands once among the schemas, called by the first field that has it.
fn share_long_patterns(document: &mut Value) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for_each_long_pattern(document, "", &mut |_, schema| *uses.entry(schema.to_string()).or_default() += 1);
    let mut shared = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut moved = Map::new();
    for_each_long_pattern(document, "", &mut |field, schema| {
        let text = schema.to_string();
        if uses.get(&text).is_none_or(|uses| *uses < OFTEN) {
            return;
        }
        let name = names.entry(text).or_insert_with(|| free_name(&shared, &format!("{field}_pattern")));
        shared.insert(name.clone(), Value::Null);
        moved.entry(name.as_str()).or_insert_with(|| schema.clone());
        *schema = json!({ "$ref": format!("{PREFIX}{name}") });
    });
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(moved);
    }
}

/// The schemas with a long pattern, each with the name of the field or parameter that it is of.
fn for_each_long_pattern(part: &mut Value, field: &str, change: &mut impl FnMut(&str, &mut Value)) {
    if part.get("pattern").and_then(Value::as_str).is_some_and(|pattern| pattern.len() > LONG_PATTERN) {
        return change(field, part);
    }
    match part {
        Value::Object(members) => {
            let name = members.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            members.iter_mut().for_each(|(key, member)| for_each_long_pattern(member, if key == "schema" { &name } else { key }, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_long_pattern(item, field, change)),
        _ => {}
    }
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

/// An answer that several operations give stands once, called by the schema of its body, or by its status if it has none. What it is
/// described as may differ: to read, to change and to go on with a thing all answer with the thing.
fn share_answers(document: &mut Value) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for_each_answer(document, |_, answer| *uses.entry(without_description(answer)).or_default() += 1);
    let mut shared = Map::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for_each_answer(document, |status, answer| {
        let text = without_description(answer);
        if uses.get(&text).is_none_or(|uses| *uses < OFTEN) {
            return;
        }
        let body = answer["content"]["application/json"]["schema"]["$ref"].as_str().and_then(|place| place.strip_prefix(PREFIX));
        let name = names.entry(text).or_insert_with(|| free_name(&shared, body.unwrap_or(status)));
        shared.entry(name.as_str()).or_insert_with(|| answer.clone());
        *answer = json!({ "$ref": format!("{RESPONSES}{name}") });
    });
    if let Some(responses) = document["components"]["responses"].as_object_mut() {
        responses.extend(shared);
    }
}

/// The answers of all operations that stand in full, with their status.
fn for_each_answer(document: &mut Value, mut change: impl FnMut(&str, &mut Value)) {
    for_each_operation(document, |_, _, operation| {
        for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
            if answer.get("$ref").is_none() {
                change(status, answer);
            }
        }
    });
}

fn without_description(answer: &Value) -> String {
    let members = answer.as_object().into_iter().flatten().filter(|(name, _)| *name != "description");
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect()).to_string()
}

/// A name that no other component has: several parameters of one name differ in what they say.
fn free_name(taken: &Map<String, Value>, wanted: &str) -> String {
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken.contains_key(name)).unwrap_or_default()
}

/// A problem is called by its status: every operation refers to a dozen of them.
fn name_problems_shortly(document: &mut Value) {
    const LONG: &str = "Problem";
    for_each_operation(document, |_, _, operation| {
        for (_, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
            let short = answer["$ref"].as_str().and_then(|place| place.strip_prefix(RESPONSES)?.strip_prefix(LONG)).map(str::to_owned);
            if let Some(short) = short {
                *answer = json!({ "$ref": format!("{RESPONSES}{short}") });
            }
        }
    });
    let Some(answers) = document["components"]["responses"].as_object_mut() else { return };
    *answers = std::mem::take(answers).into_iter().map(|(name, answer)| (name.trim_start_matches(LONG).to_owned(), answer)).collect();
}

/// Where answers stand that several operations give.
const RESPONSES: &str = "#/components/responses/";

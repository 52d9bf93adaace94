//! Examples of the served document: what a thing looks like is shown once.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use crate::api::openapi::walk::{PREFIX, for_each_operation};

/// Leaves out the examples of what is shown elsewhere in the document.
pub fn shorten(document: &mut Value) {
    for_each_operation(document, |_, _, operation| shorten_examples(operation));
    let made = shown_where_made(document);
    leave_out_examples(document, &made);
    share_examples(document);
    leave_out_lists_of_shown(document, &made);
    leave_out_plain_problems(document);
}

/// One entry shows what a list of things looks like, wherever it stands in an answer. A picture that is cut short shows nothing.
fn shorten_examples(operation: &mut Value) {
    for (_, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        for (media_type, content) in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            match content.as_object_mut() {
                Some(content) if media_type.starts_with("image/") => drop(content.shift_remove("example")),
                Some(content) => content.get_mut("example").into_iter().for_each(shorten_lists),
                None => {}
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

/// The schemas of things that are made by a request which is shown, and of which the answer tells every field again.
fn shown_where_made(document: &mut Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].clone();
    let fields = |name: &str| schemas[name]["properties"].as_object().into_iter().flat_map(Map::keys).collect::<BTreeSet<_>>();
    let mut made = BTreeSet::new();
    for_each_operation(document, |_, _, operation| {
        let request = &operation["requestBody"]["content"]["application/json"];
        let sent =
            request["schema"]["$ref"].as_str().and_then(|place| place.strip_prefix(PREFIX)).filter(|_| !request["example"].is_null());
        let answer = &operation["responses"]["201"]["content"]["application/json"]["schema"]["$ref"];
        let told = answer.as_str().and_then(|place| place.strip_prefix(PREFIX));
        let both = sent.zip(told).filter(|(sent, told)| fields(sent).is_subset(&fields(told)));
        made.extend(both.map(|(_, told)| told.to_owned()));
    });
    made
}

/// Takes the examples of these schemas from the answers.
fn leave_out_examples(document: &mut Value, schemas: &BTreeSet<String>) {
    for_each_example(document, |schema, content| {
        if schemas.contains(schema) {
            content.shift_remove("example");
        }
    });
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
        let Some(example) = content.shift_remove("example") else { return };
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
fn leave_out_lists_of_shown(document: &mut Value, made: &BTreeSet<String>) {
    let mut shown: BTreeSet<String> =
        document["components"]["examples"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect();
    shown.extend(made.iter().cloned());
    let schemas = document["components"]["schemas"].as_object();
    let item_of = |list: &Value| Some(list["properties"]["items"]["items"]["$ref"].as_str()?.strip_prefix(PREFIX)?.to_owned());
    let is_shown = |list: &Value| item_of(list).is_some_and(|item| shown.contains(&item));
    let lists = schemas.into_iter().flatten().filter(|(_, list)| is_shown(list)).map(|(name, _)| name.clone());
    let lists: BTreeSet<String> = lists.collect();
    leave_out_examples(document, &lists);
}

/// The members that every problem has: the answer says its code and its title in words.
const OF_EVERY_PROBLEM: [&str; 5] = ["type", "title", "status", "code", "instance"];

/// One problem shows what they look like. The others are shown where they have more to tell than their title.
fn leave_out_plain_problems(document: &mut Value) {
    let examples = document["components"]["examples"].clone();
    let is_plain = |shown: &Value| {
        let name = shown["$ref"].as_str().and_then(|place| place.strip_prefix(EXAMPLES)).unwrap_or_default();
        let members = examples[name]["value"].as_object();
        members.is_some_and(|members| members.keys().all(|member| OF_EVERY_PROBLEM.contains(&member.as_str())))
    };
    let (mut kept, mut left_out) = (BTreeSet::new(), BTreeSet::new());
    for (_, answer) in document["components"]["responses"].as_object_mut().into_iter().flatten() {
        let shown = answer.pointer_mut("/content/application~1problem+json/examples").and_then(Value::as_object_mut);
        let Some(shown) = shown else { continue };
        let mut is_first = true;
        shown.retain(|name, example| {
            let stays = std::mem::take(&mut is_first) || !is_plain(example);
            if stays { &mut kept } else { &mut left_out }.insert(name.clone());
            stays
        });
    }
    if let Some(examples) = document["components"]["examples"].as_object_mut() {
        examples.retain(|name, _| kept.contains(name) || !left_out.contains(name));
    }
}

/// Where examples stand that are shown at several answers.
const EXAMPLES: &str = "#/components/examples/";

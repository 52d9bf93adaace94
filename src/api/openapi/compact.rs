//! The document as short as it can be served: what repeats stands once and is referred to, and what is told twice is told once.
//! The printed document repeats it where it is read.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use crate::api::openapi::callers::{RECORDED, REPEATABLE, STEP_UP};
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
    join_failures(document);
    leave_out_known_values(&mut document["components"]["schemas"]);
    describe_fields_once(&mut document["components"]["schemas"]);
    describe_common_fields_once(&mut document["components"]["schemas"]);
    describe_lists_of_values_once(&mut document["components"]["schemas"]);
    let made = shown_where_made(document);
    leave_out_examples(document, &made);
    share_examples(document);
    leave_out_lists_of_shown(document, &made);
    share_parameters(document);
    share_answers_without_body(document);
    name_problems_shortly(document);
}

/// `x-roles`, `security` and `x-step-up` say who may call it; the paragraphs behind the first say the same in words. So does the
/// parameter, of the key that makes a request safe to repeat.
fn say_once_who_may(operation: &mut Value) {
    let Some(permission) = operation["x-permission"].as_str().map(ToOwned::to_owned) else { return };
    let description = operation["description"].as_str().unwrap_or_default();
    let is_twice = |paragraph: &str| {
        paragraph == STEP_UP || paragraph.starts_with("Permission `") || paragraph.starts_with("Machine clients with the scope `")
    };
    let told = |paragraph: &&str| !is_twice(paragraph);
    let description = description.replace(REPEATABLE, "").split("\n\n").filter(told).collect::<Vec<_>>().join("\n\n");
    let needs = [format!("Needs `{permission}`; {RECORDED}."), format!("Needs `{permission}`.")];
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
        if let Some(of_permission) = fields.remove("x-roles") {
            roles.insert(permission, of_permission);
        }
    });
    document["x-roles"] = Value::Object(roles);
}

/// The failures that almost every operation has, and the range that they stand under.
const FAILURES: [&str; 2] = ["500", "503"];
const ANY_FAILURE: &str = "5XX";

/// What may fail on this side is one answer: no operation says more of it than that it may.
fn join_failures(document: &mut Value) {
    let name = |status: &str| format!("Problem{status}");
    let place = |status: &str| format!("#/components/responses/{}", name(status));
    let is_told = |answers: &Map<String, Value>, status: &str| answers.get(status).is_some_and(|answer| answer["$ref"] == place(status));
    let (mut joined, mut alone) = (false, BTreeSet::new());
    for_each_operation(document, |_, _, operation| {
        let Some(answers) = operation["responses"].as_object_mut() else { return };
        if FAILURES.iter().all(|status| is_told(answers, status)) {
            answers.retain(|status, _| !FAILURES.contains(&status.as_str()));
            answers.insert(ANY_FAILURE.to_owned(), json!({ "$ref": place(ANY_FAILURE) }));
            joined = true;
        }
        alone.extend(FAILURES.into_iter().filter(|status| is_told(answers, status)));
    });
    let Some(answers) = document["components"]["responses"].as_object_mut().filter(|_| joined) else { return };
    let told = FAILURES.map(|status| answers.get(&name(status)).cloned().unwrap_or_default());
    let mut whole = told.iter().fold(Value::Object(Map::new()), |whole, more| united(&whole, more));
    whole["description"] = json!(told.iter().filter_map(|answer| answer["description"].as_str()).collect::<Vec<_>>().join(" "));
    answers.insert(name(ANY_FAILURE), whole);
    for status in FAILURES.into_iter().filter(|status| !alone.contains(status)) {
        answers.remove(&name(status));
    }
}

/// Two objects as one: what both have is of the first.
fn united(first: &Value, second: &Value) -> Value {
    let (Some(fields), Some(more)) = (first.as_object(), second.as_object()) else { return first.clone() };
    let mut all = fields.clone();
    for (name, value) in more {
        let known = fields.get(name).map_or_else(|| value.clone(), |known| united(known, value));
        all.insert(name.clone(), known);
    }
    Value::Object(all)
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
        let Some(told) = sent.or(changed).or(made).and_then(|other| schemas.get(&other)).cloned() else { continue };
        if name.starts_with("Update") && schemas.get(&name).is_some_and(|schema| schema["description"] == told["description"]) {
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

/// Schemas from which on a field that they all describe alike is one that a reader knows, such as the version of a record.
const COMMON: usize = 10;

/// What many say alike of the same field stands where it is met first.
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
            content.remove("example");
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

//! The API document: the committed copies equal the generated one, it keeps its own rules, and the server behaves as it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use homeward::api::openapi::Documents;
use homeward::domain::access::{Permission, Role};
use serde_json::{Map, Value, json};

/// Whether committed files are to be rewritten instead of compared.
#[expect(clippy::disallowed_methods, reason = "a switch of the test run, not a setting")]
pub fn update() -> bool {
    std::env::var("HOMEWARD_UPDATE").is_ok_and(|value| value == "1")
}

fn at_root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn made() -> Documents {
    homeward::api::openapi::make().expect("the handlers make a document")
}

pub fn document() -> Value {
    serde_json::from_str(&made().openapi_31).expect("the document is JSON")
}

#[test]
fn the_committed_documents_are_what_the_handlers_make() {
    let made = made();
    for (path, text) in [("openapi/openapi.json", made.openapi_31), ("openapi/openapi-3.0.json", made.openapi_30)] {
        if update() {
            fs::write(at_root(path), &text).expect("the document is written");
        }
        let committed = fs::read_to_string(at_root(path)).unwrap_or_default();
        let first = text.lines().zip(committed.lines().chain(std::iter::repeat(""))).enumerate().find(|(_, (new, old))| new != old);
        assert!(
            text == committed,
            "{path} is old (first difference: {first:?}). Run with HOMEWARD_UPDATE=1, and read the difference as a client would"
        );
    }
}

/// An operation of the document.
pub struct Operation<'a> {
    pub path: &'a str,
    pub method: &'a str,
    pub id: &'a str,
    pub fields: &'a Value,
}

pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in objects(&document["paths"]) {
        for (method, fields) in objects(item) {
            assert!(
                ["get", "post", "put", "patch", "delete"].contains(&method.as_str()),
                "{path}: {method} is no method that the router knows"
            );
            let id = fields["operationId"].as_str().unwrap_or_default();
            found.push(Operation { path, method, id, fields });
        }
    }
    assert!(found.len() > 40, "the document holds only {} operations", found.len());
    found
}

pub fn objects(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn has_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Asserts that no part of the document breaks a rule.
#[track_caller]
pub fn rule(rule: &str, found: impl IntoIterator<Item = String>) {
    let found: BTreeSet<String> = found.into_iter().map(|place| format!("{rule}: {place}")).collect();
    assert!(found.is_empty(), "the document breaks its own rules; mend the handler or the wire type: {found:#?}");
}

#[test]
fn every_operation_says_what_it_is() {
    let document = document();
    let tags: BTreeSet<&str> = list(&document["tags"]).iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    let mut used = BTreeSet::new();
    let mut found = Vec::new();
    for Operation { path, method, id, fields } in operations(&document) {
        let is_snake = id.starts_with(|letter: char| letter.is_ascii_lowercase())
            && id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        if !is_snake || !ids.insert(id) {
            found.push(format!("{method} {path}: operationId `{id}` is not a snake_case name of its own"));
        }
        match list(&fields["tags"]) {
            [Value::String(tag)] if tags.contains(tag.as_str()) => {
                used.insert(tag.as_str());
            }
            other => found.push(format!("{id}: tags {other:?} are not one declared tag")),
        }
        for text in ["summary", "description"].into_iter().filter(|text| !has_text(&fields[*text])) {
            found.push(format!("{id}: no {text}"));
        }
        for parameter in list(&fields["parameters"]).iter().filter(|parameter| !has_text(&parameter["description"])) {
            found.push(format!("{id}: parameter {} has no description", parameter["name"]));
        }
        if fields.get("requestBody").is_some_and(|body| body["required"] != true) {
            found.push(format!("{id}: the body is sent or it is not; whoever leaves it out is refused"));
        }
        for (status, response) in objects(&fields["responses"]).filter(|(_, response)| response.get("$ref").is_none()) {
            if !has_text(&response["description"]) {
                found.push(format!("{id}: response {status} has no description"));
            }
        }
    }
    found.extend(tags.difference(&used).map(|tag| format!("tag `{tag}` has no operation")));
    rule("operation", found);
}

/// Operations without a session.
const OPEN: &[&str] = &[
    "get_authorization_server",
    "get_health",
    "get_jwks",
    "get_metrics",
    "get_openapi",
    "get_openapi_30",
    "get_readiness",
    "issue_token",
    "login",
    "refresh",
    "reset_password",
];

#[test]
fn every_operation_but_the_open_ones_says_who_may_call_it() {
    let document = document();
    let (secured, open): (Vec<_>, Vec<_>) =
        operations(&document).into_iter().partition(|operation| operation.fields.get("x-permission").is_some());
    let open_ids: BTreeSet<&str> = open.iter().map(|operation| operation.id).collect();
    assert_eq!(open_ids, OPEN.iter().copied().collect(), "the open operations are a short list that somebody decided on");
    for Operation { id, fields, .. } in open {
        assert_eq!(fields["security"], json!([]), "{id} says that it asks for nothing");
    }
    for Operation { id, fields, .. } in secured {
        let permission = fields["x-permission"].as_str().and_then(Permission::parse);
        let permission = permission.unwrap_or_else(|| panic!("{id} must name one permission"));
        let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.may(permission)).collect();
        assert_eq!(fields["x-roles"], json!(roles), "{id}");
        assert_eq!(fields["security"][0], json!({ "bearer": [] }), "{id}");
        for scheme in list(&fields["security"]).iter().skip(1) {
            assert_eq!(*scheme, json!({ "oauth2": [permission] }), "{id}: machines need the scope that people have as permission");
        }
        let description = fields["description"].as_str().unwrap_or_default();
        assert!(description.contains(&format!("`{permission}`")), "{id} does not say which permission it needs");
    }
}

#[test]
fn every_operation_has_an_example_of_what_it_was_asked_and_answered() {
    let document = document();
    let mut found = Vec::new();
    for Operation { id, fields, .. } in operations(&document) {
        let answers = objects(&fields["responses"]).filter(|(status, _)| status.starts_with('2'));
        let bodies = answers.map(|(_, answer)| answer).chain(fields.get("requestBody"));
        for (media_type, content) in bodies.flat_map(|body| objects(&body["content"])) {
            // The bytes of a file are no readable example.
            if content["example"].as_str().is_some_and(|text| text.starts_with('<') && !text.trim_end().ends_with('>')) {
                found.push(format!("{id} ({media_type}): is cut, and no markup any more"));
            }
            if content.get("example").is_none() && media_type != "application/octet-stream" {
                found.push(format!("{id} ({media_type}): run the whole suite with HOMEWARD_UPDATE=1, which records what it sees"));
            }
        }
    }
    rule("example", found);
}

#[test]
fn every_problem_shows_each_of_its_codes() {
    let document = document();
    let mut found = Vec::new();
    for Operation { id, fields, .. } in operations(&document) {
        for (status, response) in objects(&fields["responses"]).filter(|(status, _)| !status.starts_with('2')) {
            let name = response["$ref"].as_str().unwrap_or_default();
            let problem = &document.pointer(name.trim_start_matches('#')).unwrap_or(&Value::Null)["content"]["application/problem+json"];
            for (example, reference) in objects(&problem["examples"]) {
                let value = &document.pointer(reference["$ref"].as_str().unwrap_or_default().trim_start_matches('#'));
                let value = value.map_or(&Value::Null, |example| &example["value"]);
                if value["status"].as_u64() != status.parse().ok()
                    || *example != format!("problem_{}", value["code"].as_str().unwrap_or_default())
                {
                    found.push(format!("{id} {status}: {example}"));
                }
            }
        }
    }
    rule("problem", found);
}

#[test]
fn an_answer_is_a_named_schema_and_a_failure_a_shared_problem() {
    let document = document();
    let mut found = Vec::new();
    for Operation { id, fields, .. } in operations(&document) {
        for (status, response) in objects(&fields["responses"]) {
            let is_failure = status.parse().is_ok_and(|status: u16| status >= 400);
            let refers = response["$ref"].as_str().is_some_and(|name| name.starts_with("#/components/responses/"));
            if is_failure != refers {
                found.push(format!("{id} {status}: a failure refers to components/responses, an answer does not"));
            }
            for (media_type, content) in objects(&response["content"]).filter(|(media_type, _)| media_type.contains("json")) {
                if content["schema"].get("$ref").is_none() {
                    found.push(format!("{id} {status}: the body ({media_type}) is not a named schema"));
                }
            }
        }
        for (media_type, content) in objects(&fields["requestBody"]["content"]) {
            // A file is its bytes: generators cannot use a name for them.
            let is_file = content["schema"]["format"] == "binary";
            if !is_file && content["schema"].get("$ref").is_none() {
                found.push(format!("{id}: the request body ({media_type}) is not a named schema"));
            }
        }
    }
    rule("body", found);
}

/// Calls `visit` with every schema of the document and the place where it stands.
fn for_each_schema<'a>(document: &'a Value, visit: &mut dyn FnMut(&str, &'a Value)) {
    for (name, schema) in objects(&document["components"]["schemas"]) {
        descend(name, schema, visit);
    }
    for operation in operations(document) {
        for parameter in list(&operation.fields["parameters"]) {
            descend(&format!("{}?{}", operation.id, parameter["name"].as_str().unwrap_or_default()), &parameter["schema"], visit);
        }
    }
}

fn descend<'a>(place: &str, schema: &'a Value, visit: &mut dyn FnMut(&str, &'a Value)) {
    visit(place, schema);
    for (name, property) in objects(&schema["properties"]) {
        descend(&format!("{place}.{name}"), property, visit);
    }
    for (choice, mark) in [("oneOf", "|"), ("anyOf", "|"), ("allOf", "&")] {
        for part in list(&schema[choice]) {
            descend(&format!("{place}{mark}"), part, visit);
        }
    }
    for (inner, mark) in [("items", "[]"), ("additionalProperties", "{}")] {
        if schema[inner].is_object() {
            descend(&format!("{place}{mark}"), &schema[inner], visit);
        }
    }
}

fn is_a(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || list(&schema["type"]).iter().any(|name| name == kind)
}

#[test]
fn everything_in_a_schema_is_described_and_limited() {
    let document = document();
    let mut found = Vec::new();
    for_each_schema(&document, &mut |place, schema| {
        let has = |keyword: &str| schema.get(keyword).is_some();
        let is_root = document["components"]["schemas"].get(place).is_some();
        let is_formatted = ["uuid", "date", "date-time"].iter().any(|format| schema["format"] == **format);
        if is_a(schema, "string") && !(has("maxLength") || has("enum") || has("const") || (is_root && is_formatted)) {
            found.push(format!("{place}: a string without maxLength"));
        }
        if is_a(schema, "array") && !has("maxItems") {
            found.push(format!("{place}: an array without maxItems"));
        }
        if (is_a(schema, "integer") || is_a(schema, "number")) && !(has("minimum") && has("maximum")) {
            found.push(format!("{place}: a number without minimum and maximum"));
        }
        if has("nullable") || has("discriminator") {
            found.push(format!("{place}: `nullable` and `discriminator` are not for OpenAPI 3.1 and its generators"));
        }
        for (name, property) in objects(&schema["properties"]) {
            let branches = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|choice| list(&property[choice]));
            let is_described = |schema: &Value| schema.get("$ref").is_some() || has_text(&schema["description"]);
            if !std::iter::once(property).chain(branches).any(is_described) {
                found.push(format!("{place}.{name}: no description"));
            }
        }
        if is_root && !has_text(&schema["description"]) {
            found.push(format!("{place}: no description"));
        }
    });
    rule("schema", found);
}

/// Every `$ref` below a value.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let dangling = found.iter().filter(|name| document.pointer(name.trim_start_matches('#')).is_none());
    rule("dangling", dangling.map(|name| (*name).to_owned()));
    let unused =
        objects(&document["components"]["schemas"]).filter(|(name, _)| !found.contains(format!("#/components/schemas/{name}").as_str()));
    rule("unused", unused.map(|(name, _)| name.clone()));
}

/// The names of the schemas that a part of any operation reaches; only the outermost ones when not `deep`.
fn reached<'a>(document: &'a Value, part: &str, deep: bool) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    operations(document).iter().for_each(|operation| references(&operation.fields[part], &mut names));
    let mut all: BTreeSet<&str> = names.into_iter().filter_map(|name| name.strip_prefix("#/components/schemas/")).collect();
    let mut queue: Vec<&str> = if deep { all.iter().copied().collect() } else { Vec::new() };
    while let Some(name) = queue.pop() {
        let mut inner = BTreeSet::new();
        references(&document["components"]["schemas"][name], &mut inner);
        queue.extend(inner.into_iter().filter_map(|name| name.strip_prefix("#/components/schemas/")).filter(|name| all.insert(name)));
    }
    all
}

#[test]
fn a_request_is_closed_and_an_answer_open_and_complete() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let (requests, answers) = (reached(&document, "requestBody", true), reached(&document, "responses", true));
    let is_open = |name: &&&str| schemas[**name]["type"] == "object" && schemas[**name]["additionalProperties"] != false;
    // A JSON Web Key may have members that only its maker understands (RFC 7517 §4 and §5): those are ignored, and nothing else is.
    let keys = ["ClientKeyInput", "ClientKeySetInput", "ClientKeySetPatch"];
    assert!(keys.iter().all(|name| requests.contains(name) && is_open(&name)), "keys are read as they are exported");
    rule("tolerant request", requests.iter().filter(|name| is_open(name) && !keys.contains(name)).map(|name| (*name).to_owned()));
    let is_closed = |name: &&&str| schemas[**name].get("enum").is_some() || schemas[**name]["additionalProperties"] == false;
    rule("closed answer", answers.iter().filter(is_closed).map(|name| (*name).to_owned()));
    let mut found = Vec::new();
    // In a figure, a dimension that was not asked for is absent, and one with an unknown value is null.
    for name in answers.difference(&requests).filter(|name| **name != "CaseCount") {
        let schema = &schemas[*name];
        for (field, property) in objects(&schema["properties"]) {
            let may_be_null = is_a(property, "null") || list(&property["oneOf"]).iter().any(|choice| choice["type"] == "null");
            if may_be_null && !list(&schema["required"]).iter().any(|required| required == field) {
                found.push(format!("{name}.{field}: may be null and is not required, which is two ways to say nothing"));
            }
        }
    }
    rule("absent or null", found);
}

#[test]
fn the_other_document_holds_nothing_that_3_0_does_not_know() {
    let other: Value = serde_json::from_str(&made().openapi_30).expect("JSON");
    assert_eq!(other["openapi"], "3.0.3");
    let mut found = Vec::new();
    for_each_schema(&other, &mut |place, schema| {
        if schema["type"].is_array() || schema["type"] == "null" {
            found.push(format!("{place}: type {}", schema["type"]));
        }
        if schema.get("$ref").is_some() && schema.as_object().is_some_and(|fields| fields.len() > 1) {
            found.push(format!("{place}: something stands beside $ref"));
        }
        for keyword in ["const", "examples", "exclusiveMinimum", "exclusiveMaximum", "prefixItems", "propertyNames", "$defs"] {
            if schema.get(keyword).is_some_and(|value| !value.is_boolean()) {
                found.push(format!("{place}: {keyword}"));
            }
        }
    });
    assert!(found.is_empty(), "teach openapi_30 to convert it:\n{}", found.join("\n"));
    let ids = |document: &Value| operations(document).iter().map(|operation| operation.id.to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&other), ids(&document()), "both documents describe the same API");
}

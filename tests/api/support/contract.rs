//! Every answer of the suite is compared with the API document: its status, its media type, its headers and its body. Accepted
//! requests are compared too: no body may be accepted that the document forbids.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use actix_web::http::Method;
use homeward::api::http::plain_path::PlainPath;
use homeward::api::http::routes::Operations;
use homeward::api::openapi;
use jsonschema::{Registry, Validator};
use serde_json::{Map, Value, json};

use super::client::Answer;

/// The name under which the schemas refer to each other.
const ROOT: &str = "urn:homeward:document";

/// Headers that a program acts on: an answer has none of them unless the document names it.
const HEADERS: &[&str] = &[
    "etag",
    "location",
    "link",
    "retry-after",
    "www-authenticate",
    "idempotent-replayed",
    "content-disposition",
    "allow",
    "preference-applied",
];

/// The document in the form that the suite needs.
struct Contract {
    document: &'static Value,
    operations: Operations,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::document().expect("the document"));

/// The generated document: made once, because it takes a while.
pub fn document() -> &'static Value {
    &DOCUMENT
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let document = document();
    let mut strict = json!({ "components": { "schemas": document["components"]["schemas"] } });
    close(&mut strict);
    // The document itself has the form that OpenAPI prescribes.
    strict["components"]["schemas"]["ApiDocument"]["additionalProperties"] = json!(true);
    let registry = Registry::new().add(ROOT, strict).and_then(jsonschema::RegistryBuilder::prepare).expect("the schemas are schemas");
    Contract { document, operations: Operations::of(&openapi::from_handlers()), registry, validators: Mutex::default() }
});

/// Forbids unknown fields and codes. Clients must tolerate them; the suite does not: a field that is not in the document is a
/// leak, or the document is old.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(known) = fields.get("x-extensible-enum").cloned() {
                fields.insert("enum".to_owned(), known);
            }
            if fields.get("properties").is_some_and(Value::is_object) && !fields.contains_key("additionalProperties") {
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

impl Contract {
    fn operation(&self, method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let name = self.operations.find(method, PlainPath::read(path)?)?.name.as_str();
        let items = self.document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
        let found = items.flat_map(Map::values).find(|operation| operation["operationId"] == name)?;
        Some((found["operationId"].as_str()?, found))
    }

    /// The violations of a value against its schema. Names places and rules, not values.
    fn wrong(&self, schema: &Value, value: &Value) -> Option<String> {
        let name = schema["$ref"].as_str().expect("every body is a named schema");
        let validator = self.validators.lock().expect("no test died here").get(name).cloned();
        let validator = validator.unwrap_or_else(|| {
            let made = jsonschema::options()
                .with_registry(&self.registry)
                .should_validate_formats(true)
                .offline()
                .build(&json!({ "$ref": format!("{ROOT}{name}") }))
                .expect("a schema");
            let made = Arc::new(made);
            self.validators.lock().expect("no test died here").insert(name.to_owned(), made.clone());
            made
        });
        if validator.is_valid(value) {
            return None;
        }
        let found: Vec<String> = validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        Some(format!("{name}: {}", found.join("; ")))
    }

    fn wrong_answer(&self, operation: &Value, answer: &Answer) -> Option<String> {
        // A part is sent only to a request for a part, in place of the whole (RFC 9110 §15.3.7).
        let status = if answer.status == 206 { "200".to_owned() } else { answer.status.to_string() };
        let documented = &operation["responses"][&status];
        let referred = documented["$ref"].as_str().and_then(|name| self.document.pointer(name.trim_start_matches('#')));
        let documented = referred.unwrap_or(documented);
        if documented.is_null() {
            return Some(format!("{status} is not documented: {}", answer.text()));
        }
        self.wrong_body(operation, documented, answer)
            .or_else(|| wrong_header(operation, documented, answer))
            .map(|wrong| format!("{status}: {wrong}"))
    }

    fn wrong_body(&self, operation: &Value, documented: &Value, answer: &Answer) -> Option<String> {
        let media_type = answer.header("content-type").split(';').next().unwrap_or_default();
        match documented["content"].as_object().map(|content| content.get(media_type)) {
            None if answer.body.is_empty() => None,
            None => Some("a body that is not documented".to_owned()),
            Some(None) => Some(format!("{media_type} is not documented")),
            Some(Some(content)) if media_type.contains("json") => {
                let body = answer.json();
                let code = body["code"].as_str().filter(|_| media_type == "application/problem+json");
                let listed = operation["x-problem-codes"].as_array().map_or(&[][..], Vec::as_slice);
                let unlisted = code.filter(|code| {
                    content["examples"].get(format!("problem_{code}")).is_none() || !listed.iter().any(|listed| listed == code)
                });
                let unlisted = unlisted.map(|code| format!("the code `{code}` is not documented"));
                unlisted.or_else(|| self.wrong(&content["schema"], &body))
            }
            Some(Some(_)) => None,
        }
    }
}

fn wrong_header(operation: &Value, documented: &Value, answer: &Answer) -> Option<String> {
    let named: HashSet<String> =
        documented["headers"].as_object().into_iter().flat_map(Map::keys).map(|name| name.to_lowercase()).collect();
    if let Some(found) = HEADERS.iter().find(|name| answer.headers.contains_key(**name) && !named.contains(**name)) {
        return Some(format!("the header {found} is not documented"));
    }
    let is_conditional =
        operation["parameters"].as_array().is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "If-None-Match"));
    let is_missing = is_conditional && answer.status == 200 && !answer.headers.contains_key("etag");
    is_missing.then(|| "the ETag that If-None-Match asks for is not sent".to_owned())
}

/// Fails where an answer differs from the document.
pub fn check_answer(method: &Method, path: &str, answer: &Answer) {
    if *method == Method::HEAD && answer.status == 405 {
        // A HEAD must not use up a resource that can be read only once.
        return;
    }
    let Some((name, operation)) = CONTRACT.operation(method, path) else {
        let is_problem = answer.status < 400 || answer.header("content-type") == "application/problem+json";
        // A person who opens a wrong address in a browser gets a page; the API itself has problems alone.
        let is_page = answer.status == 404 && answer.header("content-type").starts_with("text/html") && !path.starts_with("/v1");
        assert!(is_problem || is_page, "{method} {path}: {} is no problem", answer.status);
        return;
    };
    if let Some(wrong) = CONTRACT.wrong_answer(operation, answer) {
        disagree(name, &wrong);
    }
}

/// Operations that take a list item by item, and report the violations of each item.
const ITEM_BY_ITEM: &[&str] = &["create_cases", "create_tracing_requests", "record_afterwards_list"];

/// The operation at this address, if it takes an idempotency key.
pub fn taking_a_key(method: &Method, path: &str) -> Option<&'static str> {
    let (name, operation) = CONTRACT.operation(method, path)?;
    takes_a_key(operation).then_some(name)
}

/// Whether an operation of the document takes an idempotency key.
pub fn takes_a_key(operation: &Value) -> bool {
    operation["parameters"].as_array().is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "Idempotency-Key"))
}

/// Whether the document has an answer in JSON to a `GET` at this address.
pub fn is_readable(path: &str) -> bool {
    CONTRACT
        .operation(&Method::GET, path)
        .is_some_and(|(_, operation)| operation["responses"]["200"]["content"].get("application/json").is_some())
}

/// Fails where the service accepted a body that the document forbids.
pub fn check_accepted(method: &Method, path: &str, body: &Value) {
    let Some((name, operation)) = CONTRACT.operation(method, path) else { return };
    if ITEM_BY_ITEM.contains(&name) {
        return;
    }
    let bodies = operation["requestBody"]["content"].as_object().into_iter().flatten();
    let Some((_, content)) = bodies.into_iter().find(|(media_type, _)| media_type.contains("json")) else { return };
    if let Some(wrong) = CONTRACT.wrong(&content["schema"], body) {
        disagree(name, &format!("accepted what the document forbids: {wrong}"));
    }
}

#[track_caller]
fn disagree(operation: &str, wrong: &str) {
    panic!("the document and the service disagree about {operation}: {wrong}");
}

/// Notes the answers to each role, for the table of `tests/contract/run`: one line for each role, operation and status, in the
/// file that `HOMEWARD_SEEN` names.
#[expect(clippy::disallowed_methods, reason = "a switch of the test run, not a setting")]
pub fn note(role: &str, method: &Method, path: &str, status: u16) {
    type Seen = Mutex<(HashSet<String>, std::fs::File)>;
    static SEEN: LazyLock<Option<Seen>> = LazyLock::new(|| {
        let path = std::env::var("HOMEWARD_SEEN").ok()?;
        Some(Mutex::new((HashSet::new(), std::fs::File::create(path).expect("the file of HOMEWARD_SEEN"))))
    });
    let (Some(seen), Some((name, _))) = (SEEN.as_ref(), CONTRACT.operation(method, path)) else { return };
    let line = format!("{role} {name} {status}\n");
    let mut seen = seen.lock().expect("no test died here");
    if seen.0.insert(line.clone()) {
        seen.1.write_all(line.as_bytes()).expect("the line is written");
    }
}

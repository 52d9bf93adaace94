//! Headers: what requests may send, and what answers carry. Described once, and referred to.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use crate::api::http::deprecation::DEPRECATED;
use crate::api::http::entity_tags;
use crate::api::openapi::walk::{PREFIX, for_each_operation};

/// Without an example: tools send it with every request, and a key belongs to one.
const IDEMPOTENCY_KEY: &str = "A key of your own for this request, such as a new UUID. For seven days the same request with the same key creates nothing: it reads what was made, as it is now. What you may no longer see is 404, a secret is null.";

/// Answers that have a version without showing it as a field.
const VERSIONED: &[&str] = &["Consent", "Denial", "Handover", "MissionReport", "MovementTransitionResult", "Operation", "Relation"];

const IF_NONE_MATCH: &str = "The ETag of what you have: 304 without a body while it is current. Compared weakly; several, or `*`, may be named. `If-Match`: 412 if it is another one.";
const PREFER: &str = "`return=minimal`: 204 without a body. `return=representation`: the record, as without it. Others are ignored.";

/// Adds the headers of requests and answers. Every operation that answers 201 accepts an idempotency key.
pub fn describe(document: &mut Value) {
    document["components"]["headers"] = headers();
    let versioned = versioned(document);
    let is_nothing_deprecated = DEPRECATED.is_empty();
    if let Some(headers) = document["components"]["headers"].as_object_mut() {
        // What nothing refers to is no part of the document.
        headers.retain(|name, _| !(is_nothing_deprecated && matches!(name.as_str(), "Deprecation" | "Sunset")));
    }
    for_each_operation(document, |path, method, operation| {
        if operation["responses"].get("201").is_some() {
            let key = json!({
                "name": "Idempotency-Key", "in": "header", "required": false, "description": IDEMPOTENCY_KEY,
                "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" }
            });
            add_parameter(operation, key);
        }
        let (is_list, is_conditional) = (parameter(operation, "after").is_some(), parameter(operation, "If-Match").is_some());
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            let mut names = common(path);
            names.extend(match status.as_str() {
                "201" => vec!["ETag", "Location", "Idempotent-Replayed"],
                "200" if method == "get" && path.ends_with("/content") => vec!["ETag", "Content-Disposition", "Repr-Digest"],
                "200" if path.starts_with("/openapi") => vec!["ETag"],
                "200" if is_list => vec!["Link"],
                "200" | "202" if path.contains('{') && shown(response).is_some_and(|name| versioned.contains(name)) => vec!["ETag"],
                "200" if response["content"].get("text/csv").is_some() => vec!["Content-Disposition"],
                "204" if is_conditional => vec!["ETag"],
                _ => vec![],
            });
            response["headers"] = references(&names);
        }
        describe_shorter_answers(path, method, operation);
    });
}

/// The schemas of what has a version, and so an ETag.
fn versioned(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let shown = schemas.filter(|(_, schema)| schema["properties"].get("version").is_some()).map(|(name, _)| name.clone());
    shown.chain(VERSIONED.iter().map(|name| (*name).to_owned())).collect()
}

/// The schema of an answer in JSON.
fn shown(response: &Value) -> Option<&str> {
    response["content"]["application/json"]["schema"]["$ref"].as_str()?.strip_prefix(PREFIX)
}

/// Adds what a client may ask for to get no body: the version that it has, or its preference.
fn describe_shorter_answers(path: &str, method: &str, operation: &mut Value) {
    let has_etag = |status: &str| operation["responses"][status]["headers"].get("ETag").is_some();
    let (is_told, is_made) = (has_etag("200"), has_etag("201"));
    if method == "get" && is_told {
        add_parameter(operation, text_parameter("If-None-Match", IF_NONE_MATCH, "\"1-3f\""));
        let names = common(path).into_iter().chain(["ETag"]).collect::<Vec<_>>();
        operation["responses"]["304"] = json!({ "description": "You have it already", "headers": references(&names) });
    }
    if method != "get" && path.starts_with("/v1/cases") && (is_told || is_made) {
        add_parameter(operation, text_parameter("Prefer", PREFER, "return=minimal"));
        let more: &[&str] = if is_made { &["ETag", "Location", "Idempotent-Replayed", APPLIED] } else { &["ETag", APPLIED] };
        let names = common(path).into_iter().chain(more.iter().copied()).collect::<Vec<_>>();
        operation["responses"]["204"] = json!({ "description": "Done; no body, as preferred", "headers": references(&names) });
        for status in ["200", "201"] {
            if let Some(headers) = operation["responses"].get_mut(status).and_then(|response| response["headers"].as_object_mut()) {
                headers.extend(references(&[APPLIED]).as_object().cloned().unwrap_or_default());
            }
        }
    }
}

/// The header that says which preference was followed.
pub const APPLIED: &str = "Preference-Applied";

fn text_parameter(name: &str, description: &str, example: &str) -> Value {
    json!({
        "name": name, "in": "header", "required": false, "description": description,
        "schema": { "type": "string", "maxLength": entity_tags::LONGEST }, "example": example
    })
}

fn add_parameter(operation: &mut Value, parameter: Value) {
    match parameters(operation) {
        Some(parameters) => parameters.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
}

fn parameters(operation: &mut Value) -> Option<&mut Vec<Value>> {
    operation.get_mut("parameters").and_then(Value::as_array_mut)
}

fn parameter<'a>(operation: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    parameters(operation)?.iter_mut().find(|parameter| parameter["name"] == name)
}

/// The headers of a problem.
pub fn of_problem(status: u16) -> Value {
    let mut names = common("/v1/");
    match status {
        401 | 403 => names.push("WWW-Authenticate"),
        429 | 503 | 507 => names.push("Retry-After"),
        _ => {}
    }
    references(&names)
}

/// The headers of every answer to a request that is counted.
pub const IN_EVERY_ANSWER: &[&str] = &["X-Request-Id", "RateLimit", "RateLimit-Policy"];

fn common(path: &str) -> Vec<&'static str> {
    if is_counted(path) { IN_EVERY_ANSWER.to_vec() } else { vec!["X-Request-Id"] }
}

/// Whether requests to a path are counted: all but what watches the service.
pub fn is_counted(path: &str) -> bool {
    !matches!(path, "/healthz" | "/metrics")
}

fn references(names: &[&str]) -> Value {
    let entries = names.iter().map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn headers() -> Value {
    let text = |description: &str, longest: u32, example: &str| json!({ "description": description, "schema": { "type": "string", "maxLength": longest }, "example": example });
    json!({
        "X-Request-Id": {
            "description": "The id of the request, which is also the `instance` of a problem. Give it to the operator when something fails.",
            "required": true, "schema": { "type": "string", "format": "uuid", "maxLength": 36 }, "example": "5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
        },
        "RateLimit": text("What is left, for each session or address: `r` requests, and `t` seconds until the whole limit is there again; requests come back one by one (draft-ietf-httpapi-ratelimit-headers).", 100, "\"default\";r=180;t=42"),
        "RateLimit-Policy": text("How many requests are allowed: `q` in `w` seconds.", 100, "\"default\";q=600;w=60"),
        "Retry-After": {
            "description": "Seconds to wait before trying again.",
            "schema": { "type": "integer", "format": "int32", "minimum": 1, "maximum": 86400 }, "example": 5
        },
        "WWW-Authenticate": text("What is asked for. `Bearer` alone: a token. With `error=\"invalid_token\"`: another token, since the one that was sent is not valid, has expired, or outlived its session (RFC 6750). With `error=\"insufficient_scope\"`: the scope it names. With `max_age`: a proof of identity that is not older (RFC 9470).", 300, "Bearer error=\"invalid_token\", error_description=\"The access token has expired. Get a new one, or sign in again.\""),
        "ETag": text("The version, for `If-Match` and `If-None-Match`.", 60, "\"1-3f\""),
        "Location": text("Where the new thing is.", 300, "/v1/cases/b5d658ab-3bfc-4500-a5c0-6305a4b3fc14"),
        "Idempotent-Replayed": text("`true` when this is the answer to an earlier request with the same key.", 10, "true"),
        "Preference-Applied": text("The preference that was followed (RFC 7240).", 40, "return=minimal"),
        "Content-Disposition": text("To be saved under this name (RFC 6266).", 1000, "attachment; filename=\"passport.jpg\"; filename*=UTF-8''passport.jpg"),
        "Repr-Digest": text("SHA-256 of the whole file (RFC 9530).", 100, "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"),
        "Deprecation": text("`@` and seconds since 1970: from when this operation was to go away (RFC 9745).", 20, "@1767225600"),
        "Sunset": text("Until when it answers (RFC 8594).", 40, "Fri, 31 Jul 2026 23:59:59 GMT"),
        "Link": text("`rel=\"next\"`: the next page (RFC 8288). Absent on the last one.", 4000, "<https://homeward.example/v1/cases?after=AQE50k5i>; rel=\"next\""),
    })
}

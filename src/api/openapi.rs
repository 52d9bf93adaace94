//! The API document: made from the handlers, finished here. Nothing in it is written twice.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

mod audience;
mod callers;
mod compact;
pub mod documents;
mod downgrade;
mod examples;
mod headers;
mod links;
mod machines;
mod paging;
mod problems;
mod request_response;
pub(in crate::api) mod served;
mod walk;

pub use problems::example as example_problem;

use actix_web::App;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;

use crate::api;
use crate::api::http::deprecation::{self, DEPRECATED};
use crate::api::http::door_probe::{self, Handlers};
use crate::api::http::problem::Problem;
use crate::api::http::routes::Operations;
use crate::db::casefile::list::CaseSort;
use crate::db::repatriation::tasks::WorklistOf;
use crate::domain::cases::attachment::MAX_BYTES;
use crate::domain::codes::AuthorityLetterPurpose;
use crate::domain::ids::CallerId;
use crate::error::{Error, Result};

/// Text of the document that belongs to no operation.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Homeward",
        contact(name = "Homeward", url = "https://homeward.example"),
        description = "Case management that helps people rescued from scam compounds to get home.\n\nSign in at `/v1/auth/login` and send the access token as `Authorization: Bearer …`. Your organisation sees a case because it holds a grant on it; what the grant does not open is absent and listed in `redacted`. A case that you may not see answers exactly like one that does not exist.\n\nErrors are problems (RFC 9457) with a stable `code`. Changes need `If-Match` with the ETag you read. Creating requests accept `Idempotency-Key`: repeat them with the same key for seven days without creating anything twice. Lists are followed by `next`, and come compressed to clients that send `Accept-Encoding: gzip`. With `Prefer: return=minimal` a change of a case is answered without a body. Every write, and every read of what is about a person, leaves an entry in the audit trail. Times are UTC. A date is a day where it happens: about a case, in its host country; about an arrival and the support after it, in the country of destination; in lists and reports, in the country of your organisation. Enumerations in answers may grow: treat a value you do not know as \"other\"."
    ),
    servers((url = "/", description = "This server, be it production or test")),
    components(schemas(Problem, CallerId, CaseSort, WorklistOf, AuthorityLetterPurpose)),
    tags(
        (name = "auth", description = "Signing in and out, and one's own account"),
        (name = "cases", description = "Cases: who the person is, what happened, what comes next"),
        (name = "imports", description = "Lists of people that come in as they are: a file, what its columns are, a check of each row, decisions, and then the cases"),
        (name = "duplicates", description = "People who may be registered twice"),
        (name = "tracing", description = "Looking for missing people, and what those who are found decide"),
        (name = "mission reports", description = "What missions report as figures"),
        (name = "stays", description = "The compounds a person was held in"),
        (name = "relations", description = "Who belongs together: family, guardians, travelling companions"),
        (name = "embassy contacts", description = "Contacts with missions, and what the person decided about them"),
        (name = "nationality verifications", description = "What a mission found about a claimed nationality"),
        (name = "repatriation", description = "The road home, stage by stage"),
        (name = "screening", description = "Screenings for trafficking, and what each body determined"),
        (name = "travel documents", description = "What a person travels on"),
        (name = "immigration", description = "Stay, overstay fine, exit permit, detention, charges"),
        (name = "departure", description = "What must be settled before anybody leaves: decision, risk, health, law, the best interests of a child"),
        (name = "movements", description = "How people travel, alone or in a batch"),
        (name = "reintegration", description = "Arrival, support, follow-up"),
        (name = "daily work", description = "Kin, money, beds, help, letters, health"),
        (name = "attachments", description = "Files on a case: announced, sent, downloaded"),
        (name = "consent", description = "What the person agreed to, and whom they never want to see their case"),
        (name = "referrals", description = "Handing on: services that are asked of others, and the case itself"),
        (name = "emergency access", description = "Three hours in an emergency, the review afterwards, and what organisations are told about access"),
        (name = "tasks", description = "What is to be done, by when"),
        (name = "two persons", description = "What takes two people: exports with names, and erasing a person"),
        (name = "statistics", description = "Figures over the cases you may see"),
        (name = "audit", description = "The sealed audit trail: reading it, who saw a person, and the checkpoints that partners keep"),
        (name = "reports", description = "Reports over the cases you may see, as JSON, CSV and charts"),
        (name = "missions", description = "Embassies, consulates and representative offices, and whom they cover"),
        (name = "compounds", description = "The places people were held in"),
        (name = "operations", description = "Raids, releases and escapes as they were published"),
        (name = "statements", description = "What the press, ministries and courts say, each with who said it and where"),
        (name = "organisations", description = "Organisations"),
        (name = "users", description = "User accounts"),
        (name = "clients", description = "Systems of organisations, on credentials of their own"),
        (name = "service", description = "The service itself"),
    )
)]
struct Base;

/// The API documents as they are printed.
pub struct Documents {
    /// OpenAPI 3.1.
    pub openapi_31: String,
    /// OpenAPI 3.0.3.
    pub openapi_30: String,
}

/// Makes both documents from the handlers.
pub fn make() -> Result<Documents> {
    let document = document()?;
    let text = |value: &Value| serde_json::to_string_pretty(value).map_err(Error::internal);
    Ok(Documents { openapi_31: text(&document)? + "\n", openapi_30: text(&downgrade::down_convert(&document))? + "\n" })
}

/// The document as the handlers make it.
pub fn from_handlers() -> utoipa::openapi::OpenApi {
    app().1
}

/// The handlers, and what they say about themselves.
fn app() -> (App<impl Handlers>, utoipa::openapi::OpenApi) {
    let mut base = Base::openapi();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "Access token of `/v1/auth/login`, signed as RFC8725 asks. The scopes are permissions; the role decides which ones a user has.",
        ))
        .build();
    base.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    App::new().into_utoipa_app().openapi(base).configure(api::configure).split_for_parts()
}

/// The finished document, OpenAPI 3.1.
pub fn document() -> Result<Value> {
    let (app, made) = app();
    let doors = door_probe::probe(app, &Operations::of(&made))?;
    let mut document = serde_json::to_value(made).map_err(Error::internal)?;
    // Nothing here is for the inside alone, and it is the same in production and in a test installation.
    document["servers"][0]["x-internal"] = json!(false);
    flatten_records(&mut document);
    say_which_files(&mut document);
    add_patch_schemas(&mut document);
    request_response::part(&mut document);
    require_what_is_always_there(&mut document);
    callers::describe(&mut document, &doors);
    headers::describe(&mut document);
    links::add(&mut document);
    paging::describe(&mut document);
    problems::describe(&mut document)?;
    machines::describe(&mut document);
    examples::add(&mut document)?;
    walk::for_each_operation(&mut document, |_, _, operation| deprecation::mark(operation, DEPRECATED));
    Ok(document)
}

/// The longest file that an operation makes, in bytes.
const LONGEST_FILE: u64 = 64 * 1024 * 1024;

/// Tables, pages and charts are text; only the bytes of an attachment are binary.
fn say_which_files(document: &mut Value) {
    walk::for_each_operation(document, |_, _, operation| {
        for place in ["/requestBody/content", "/responses/200/content"] {
            for (media_type, content) in operation.pointer_mut(place).and_then(Value::as_object_mut).into_iter().flatten() {
                match media_type.as_str() {
                    "text/csv" | "text/html" | "image/svg+xml" => {
                        content["schema"] = json!({ "type": "string", "maxLength": LONGEST_FILE });
                    }
                    "application/octet-stream" => {
                        content["schema"] = json!({ "type": "string", "format": "binary", "maxLength": MAX_BYTES });
                    }
                    "text/plain" => content["schema"]["maxLength"] = json!(LONGEST_FILE),
                    _ => {}
                }
            }
        }
    });
}

/// A record is its envelope and what was recorded, as one flat object: generators make classes of objects, and very
/// different things of `allOf`.
fn flatten_records(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let known = schemas.clone();
    for schema in schemas.values_mut() {
        let Some(parts) = schema.get("allOf").and_then(Value::as_array).cloned() else { continue };
        let mut flat = json!({ "type": "object", "description": schema["description"], "properties": {}, "required": [] });
        for part in parts.iter().rev() {
            let name = part["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            let part = name.and_then(|name| known.get(name)).unwrap_or(part);
            for (field, property) in part["properties"].as_object().into_iter().flatten() {
                flat["properties"][field] = property.clone();
            }
            let required = part["required"].as_array().cloned().unwrap_or_default();
            flat["required"].as_array_mut().into_iter().for_each(|all| all.extend(required.clone()));
        }
        *schema = flat;
    }
}

/// The schema of a patch is the schema of the state, with every field optional.
fn add_patch_schemas(document: &mut Value) {
    let asked: Vec<String> = walk::reachable(document, &["requestBody"]).into_iter().filter(|name| name.starts_with("Update")).collect();
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for patch in asked {
        let state = schemas.get(&patch.replacen("Update", "Create", 1)).cloned();
        if let (None, Some(schema)) = (schemas.get(&patch), state) {
            schemas.insert(patch, schema);
        }
    }
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| name.starts_with("Update")) {
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("required");
        }
    }
}

/// In an answer a field that may be null is still always there, so that clients see `T | null`. A field that is absent
/// when redacted is not nullable, and so stays optional.
fn require_what_is_always_there(document: &mut Value) {
    let requested = walk::reachable(document, &["requestBody"]);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !requested.contains(*name) && *name != "Problem" && *name != "CaseCount") {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { continue };
        let required: Vec<&str> =
            schema["required"].as_array().map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
        let always: Vec<String> = properties
            .iter()
            .filter(|(name, property)| required.contains(&name.as_str()) || is_nullable(property))
            .map(|(name, _)| name.clone())
            .collect();
        schema["required"] = json!(always);
    }
}

fn is_nullable(property: &Value) -> bool {
    let by_type = property["type"].as_array().is_some_and(|types| types.iter().any(|name| name == "null"));
    let by_choice = property["oneOf"].as_array().is_some_and(|choices| choices.iter().any(|choice| choice["type"] == "null"));
    by_type || by_choice
}

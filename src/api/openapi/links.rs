//! Links: what can be done with a thing is said at the answer that made it (OpenAPI Link Object), so that a tool can follow from one
//! operation to the next. Made from the paths and the schemas: what reads a thing tells where it is.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};

use crate::api::openapi::walk::{PREFIX, for_each_operation};

/// An operation that a link can lead to.
struct Target {
    method: String,
    path: String,
    id: String,
    /// The schema of its answer.
    shows: Option<String>,
    needs_version: bool,
}

impl Target {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            shows: shown(&operation["responses"]["200"]).map(ToOwned::to_owned),
            needs_version: parameters.iter().any(|parameter| parameter["name"] == "If-Match"),
        }
    }

    /// Whether it is an operation on the thing at this place: there, or on a part of it that has no id of its own.
    fn is_on(&self, home: &str) -> bool {
        self.path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && !rest.contains('{')))
    }

    /// Whether its `If-Match` names the version of the thing itself, and not that of a part.
    fn changes(&self, home: &str) -> bool {
        self.needs_version && (self.path == home || self.method == "post")
    }
}

/// Adds the links of every answer that made something.
pub fn add(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let mut targets = Vec::new();
    for_each_operation(document, |path, method, operation| targets.push(Target::of(path, method, operation)));
    for_each_operation(document, |path, _, operation| {
        let Some(made) = operation["responses"].get_mut("201").filter(|made| made["content"].get("application/json").is_some()) else {
            return;
        };
        let Some((schema, id)) = shown(made).and_then(|schema| Some((schema, id_in(&schemas, schema)?))) else { return };
        let links = links(&targets, path, schema, &id, made["headers"].get("ETag").is_some());
        made["links"] = Value::Object(links);
    });
}

/// Takes out the links to operations that the document does not have.
pub fn retain_known(document: &mut Value) {
    let mut known = Vec::new();
    for_each_operation(document, |_, _, operation| known.push(operation["operationId"].clone()));
    for_each_operation(document, |_, _, operation| {
        let Some(made) = operation["responses"].get_mut("201").and_then(Value::as_object_mut) else { return };
        let is_left = made.get_mut("links").and_then(Value::as_object_mut).is_some_and(|links| {
            links.retain(|_, link| known.contains(&link["operationId"]));
            !links.is_empty()
        });
        if !is_left {
            made.remove("links");
        }
    });
}

/// The schema of an answer.
fn shown(response: &Value) -> Option<&str> {
    response["content"]["application/json"]["schema"]["$ref"].as_str()?.strip_prefix(PREFIX)
}

/// Where the id of a thing is in an answer: in the thing, or in its summary.
fn id_in(schemas: &Value, schema: &str) -> Option<String> {
    let properties = schemas[schema]["properties"].as_object()?;
    if properties.contains_key("id") {
        return Some("/id".to_owned());
    }
    let has_id = |property: &Value| {
        let inner = property["$ref"].as_str().and_then(|target| target.strip_prefix(PREFIX));
        inner.is_some_and(|inner| schemas[inner]["properties"].get("id").is_some())
    };
    properties.iter().find(|(_, property)| has_id(property)).map(|(name, _)| format!("/{name}/id"))
}

/// The links of what was made at `path`. Where it can be read it has its own place; what cannot be read is changed below the list that
/// it was added to; and where there is neither, the list shows it.
fn links(targets: &[Target], path: &str, schema: &str, id: &str, has_version: bool) -> Map<String, Value> {
    let is_place = |target: &&Target| target.method == "get" && target.path.ends_with('}') && target.shows.as_deref() == Some(schema);
    let below = format!("{path}/{{");
    let read = targets.iter().find(is_place).map(|target| target.path.as_str());
    let added = targets.iter().find_map(|target| place_below(&target.path, &below));
    let mut links = Map::new();
    if let Some(home) = read.or(added) {
        let on_it = targets.iter().filter(|target| target.is_on(home));
        links.extend(on_it.map(|target| (target.id.clone(), link(target, home, id, has_version))));
    }
    if links.is_empty() {
        for list in targets.iter().filter(|target| target.method == "get" && target.path == path) {
            links.insert(list.id.clone(), json!({ "operationId": list.id, "parameters": of_request(&names(path)) }));
        }
    }
    links
}

/// The place of one thing below a list, of which this path is a part.
fn place_below<'a>(path: &'a str, below: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(below)?;
    path.get(..below.len() + rest.find('}')? + 1)
}

fn link(target: &Target, home: &str, id: &str, has_version: bool) -> Value {
    let mut names = names(home);
    let own = names.pop();
    let mut parameters = of_request(&names);
    if let Some(own) = own {
        parameters.insert(own.to_owned(), json!(format!("$response.body#{id}")));
    }
    if has_version && target.changes(home) {
        parameters.insert("If-Match".to_owned(), json!("$response.header.ETag"));
    }
    json!({ "operationId": target.id, "parameters": parameters })
}

/// The ids that the request had in its own path.
fn of_request(names: &[&str]) -> Map<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), json!(format!("$request.path.{name}")))).collect()
}

/// The parameters in a path.
fn names(path: &str) -> Vec<&str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

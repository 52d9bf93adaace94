//! Links of the API document: from every answer that made something to what can be done with it.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::data::{self, Ids};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World};
use crate::walkers::openapi::{document, objects, operations, rule};

/// What an expression of a link refers to.
fn is_there(document: &Value, path: &str, made: &Value, expression: &str) -> bool {
    if let Some(name) = expression.strip_prefix("$request.path.") {
        return path.contains(&format!("{{{name}}}"));
    }
    if let Some(name) = expression.strip_prefix("$response.header.") {
        return made["headers"].get(name).is_some();
    }
    let Some(pointer) = expression.strip_prefix("$response.body#/") else { return false };
    let mut schema = &made["content"]["application/json"]["schema"];
    for field in pointer.split('/') {
        schema = &schema_of(document, schema)["properties"][field];
    }
    !schema.is_null()
}

fn schema_of<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    schema["$ref"].as_str().and_then(|place| document.pointer(place.trim_start_matches('#'))).unwrap_or(schema)
}

#[test]
fn every_answer_that_made_something_leads_to_what_can_be_done_with_it() {
    let document = document();
    let all = operations(&document);
    let paths: BTreeMap<&str, &str> = all.iter().map(|operation| (operation.id, operation.path)).collect();
    let (mut found, mut links) = (Vec::new(), 0);
    for operation in &all {
        let made = &operation.fields["responses"]["201"];
        let schema = schema_of(&document, &made["content"]["application/json"]["schema"]);
        let has_id = schema["properties"].get("id").is_some();
        if has_id && objects(&made["links"]).next().is_none() {
            found.push(format!("{} makes something with an id and leads nowhere", operation.id));
        }
        for (name, link) in objects(&made["links"]) {
            links += 1;
            let id = link["operationId"].as_str().expect("the name of an operation");
            let Some(path) = paths.get(id) else {
                found.push(format!("{}: {id} does not exist", operation.id));
                continue;
            };
            let given: BTreeSet<&str> = objects(&link["parameters"]).map(|(name, _)| name.as_str()).collect();
            let asked: BTreeSet<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            let others: BTreeSet<&str> = given.difference(&asked).copied().collect();
            if name != id || !asked.is_subset(&given) || !(others.is_empty() || others == BTreeSet::from(["If-Match"])) {
                found.push(format!("{}: {name} gives {given:?}, and {path} needs {asked:?}", operation.id));
            }
            for (name, value) in objects(&link["parameters"]) {
                if !is_there(&document, operation.path, made, value.as_str().expect("an expression")) {
                    found.push(format!("{}: {id} has {name} from {value}, which is not there", operation.id));
                }
            }
        }
    }
    rule("link", found);
    assert!(links > 150, "{links} links");
}

/// The links of an operation, with the values that this answer and the ids of its request give them.
fn followed(operation: &str, ids: &[(&str, &str)], made: &Answer) -> Vec<(Method, String, String)> {
    let (document, body) = (document(), made.json());
    let all = operations(&document);
    let value = |expression: &str| match expression.strip_prefix("$request.path.") {
        Some(name) => ids.iter().find(|(known, _)| *known == name).expect("an id of the request").1.to_owned(),
        None if expression == "$response.header.ETag" => made.etag(),
        None => body.pointer(expression.trim_start_matches("$response.body#")).expect("an id").as_str().expect("a text").to_owned(),
    };
    let source = all.iter().find(|known| known.id == operation).expect("the operation");
    let links = objects(&source.fields["responses"]["201"]["links"]).map(|(_, link)| {
        let target = all.iter().find(|known| link["operationId"] == known.id).expect("the target");
        let (mut path, mut etag) = (target.path.to_owned(), String::new());
        for (name, expression) in objects(&link["parameters"]) {
            let value = value(expression.as_str().expect("an expression"));
            path = path.replace(&format!("{{{name}}}"), &value);
            etag = if name == "If-Match" { value } else { etag };
        }
        (target.method.to_uppercase().parse().expect("a method"), path, etag)
    });
    links.collect()
}

#[rstest]
#[actix_web::test]
async fn a_link_leads_to_what_was_made(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.post("caseworker.a", "/v1/cases", data::taiwanese()).await.expect(201);
    let id = case.json()["id"].as_str().unwrap().to_owned();
    let at = |rest: &str| format!("/v1/cases/{id}{rest}");
    let sample = |operation: &str| data::sample(operation, &Ids::default(), 1).expect("a body");
    let task = world.post("caseworker.a", &at("/tasks"), sample("create_task")).await.expect(201);
    let batch = world.post("caseworker.a", "/v1/movements/batches", sample("create_movement_batch")).await.expect(201);
    let compound = world.post("coordinator", "/v1/compounds", sample("create_compound")).await.expect(201);
    let of_case = [("id", id.as_str())];
    type Names<'a> = &'a [(&'a str, &'a str)];
    let made: [(&str, &str, Names<'_>, Answer); 4] = [
        ("create_case", "caseworker.a", &[], case),
        ("create_task", "caseworker.a", &of_case, task),
        ("create_movement_batch", "caseworker.a", &[], batch),
        ("create_compound", "coordinator", &[], compound),
    ];
    for (operation, actor, ids, made) in &made {
        let links = followed(operation, ids, made);
        let gets: Vec<_> = links.iter().filter(|(method, ..)| *method == Method::GET).collect();
        assert!(!gets.is_empty(), "{operation}");
        for (_, path, _) in gets {
            // What others may read is refused to this one; what was made is found, with everything that is read of it.
            let answer = world.get(actor, path).await;
            let is_for_others = answer.status == 403 && answer.json()["code"] == "permission_denied";
            assert!(answer.status == 200 || (is_for_others && path.ends_with("/accesses")), "{path}: {}", answer.text());
        }
        for (method, path, etag) in links.iter().filter(|(method, ..)| *method == Method::PATCH) {
            let headers: &[(&str, &str)] = if etag.is_empty() { &[] } else { &[("if-match", etag)] };
            let answer = world.send(actor, method.clone(), path, headers, Some(&json!({}))).await;
            // A patch of a part has the version of the part, which the answer that made the whole does not tell.
            assert!(answer.status == if etag.is_empty() { 428 } else { 200 }, "{path}: {}", answer.text());
        }
    }
}

#[test]
fn every_list_that_comes_in_pages_says_how_it_goes_on() {
    let document = document();
    let mut found = Vec::new();
    let mut lists = 0;
    for operation in operations(&document) {
        let parameters: BTreeSet<&str> =
            operation.fields["parameters"].as_array().into_iter().flatten().filter_map(|parameter| parameter["name"].as_str()).collect();
        let answer = schema_of(&document, &operation.fields["responses"]["200"]["content"]["application/json"]["schema"]);
        let is_paged = answer["properties"].get("next").is_some() && answer["properties"].get("items").is_some();
        let told = &operation.fields["x-speakeasy-pagination"];
        let inputs: BTreeSet<&str> = told["inputs"].as_array().into_iter().flatten().filter_map(|input| input["name"].as_str()).collect();
        lists += usize::from(is_paged);
        if is_paged != told.is_object() || !inputs.is_subset(&parameters) {
            found.push(operation.id.to_owned());
        }
    }
    rule("paging", found);
    assert!(lists > 20, "{lists} lists");
}

//! Methods: every path answers the methods in the document, and lists them.

use std::collections::BTreeSet;

use actix_web::http::Method;
use rstest::rstest;
use serde_json::Value;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::walkers::openapi::{Operation, document, objects, operations, rule};

/// A URL for a path of the document.
fn url(path: &str) -> String {
    let segment =
        |segment: &str| if segment.starts_with('{') { "0a6f3a1c-3a52-4a0b-8a44-2c5a1c0f1c11".to_owned() } else { segment.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// The documented methods of a path, and those that follow from them.
fn methods_of(item: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let documented: BTreeSet<String> = objects(item).map(|(method, _)| method.to_uppercase()).collect();
    let mut allowed = documented.clone();
    if documented.contains("GET") {
        allowed.insert("HEAD".to_owned());
    }
    allowed.insert("OPTIONS".to_owned());
    (documented, allowed)
}

#[rstest]
#[actix_web::test]
async fn a_path_answers_its_methods_and_says_which_they_are(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let document = document();
    let mut found = Vec::new();
    for (path, item) in objects(&document["paths"]) {
        let (documented, allowed) = methods_of(item);
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            if documented.contains(method.as_str()) {
                continue;
            }
            let answer = world.send("", method.clone(), &url(path), &[], None).await;
            if answer.status != 405 {
                found.push(format!("{method} {path}: {} instead of 405", answer.status));
            } else if words(answer.header("allow")) != allowed {
                found.push(format!("{method} {path}: Allow is {}", answer.header("allow")));
            } else {
                answer.problem(405, "method_not_allowed");
            }
        }
        let answer = world.send("", Method::OPTIONS, &url(path), &[], None).await.expect(204);
        assert_eq!(words(answer.header("allow")), allowed, "Allow of OPTIONS {path}");
        assert!(answer.body.is_empty(), "OPTIONS {path} has a body");
    }
    rule("method", found);
    for method in [Method::GET, Method::OPTIONS, Method::TRACE] {
        world.send("", method, "/v1/nothing-here", &[], None).await.problem(404, "route_not_found");
    }
}

// The server, not the application, removes the body: see `command_line`.
#[rstest]
#[actix_web::test]
async fn head_answers_like_get(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let document = document();
    for Operation { path, .. } in operations(&document).into_iter().filter(|operation| operation.method == "get") {
        let (get, head) = (world.get("", &url(path)).await, world.send("", Method::HEAD, &url(path), &[], None).await);
        assert_eq!(head.status, get.status, "HEAD {path}");
        for name in ["content-type", "cache-control", "etag", "www-authenticate"] {
            assert_eq!(head.header(name), get.header(name), "{name} of HEAD {path}");
        }
    }
}

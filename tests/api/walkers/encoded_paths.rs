//! One path, one operation: with a letter percent-encoded it is the same path (RFC 3986 §6.2.2.2), to the router, to every door,
//! to the audit trail and to the history.

use std::collections::HashMap;

use actix_web::http::Method;
use homeward::db::reporting::audit;
use homeward::domain::access::{Permission, Role};
use homeward::domain::accounts::machine::FOR_MACHINES;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::data::{self, USERS};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::Machine;
use crate::support::{Answer, World};
use crate::walkers::access_matrix::{Operation, nowhere, operations};

/// A path with the first letter of each fixed segment encoded in turn, and with all of them encoded.
fn spellings(template: &str, path: &str) -> Vec<String> {
    let fixed: Vec<usize> =
        template.split('/').enumerate().filter(|(_, part)| !part.is_empty() && !part.starts_with('{')).map(|(at, _)| at).collect();
    let spelt = |encoded: &[usize]| {
        let segments = path.split('/').enumerate().map(|(at, segment)| match segment.as_bytes() {
            [first, rest @ ..] if encoded.contains(&at) => format!("%{first:02x}{}", String::from_utf8_lossy(rest)),
            _ => segment.to_owned(),
        });
        segments.collect::<Vec<_>>().join("/")
    };
    fixed.iter().map(|at| spelt(&[*at])).chain([spelt(&fixed)]).collect()
}

/// The comparable outcome of an answer.
fn outcome(answer: &Answer) -> (u16, Value) {
    let is_problem = answer.header("content-type") == "application/problem+json";
    (answer.status, if is_problem { answer.json()["code"].clone() } else { Value::Null })
}

/// An actor with the permission, but without the resource: the decisions of the doors are compared.
fn somebody(operation: &Operation) -> &'static str {
    let permission = operation.scope.as_deref().and_then(Permission::parse).expect("a permission");
    let may = |role: &Role| role.may(permission);
    USERS.iter().find(|(_, role, _)| may(role)).expect("somebody may").0
}

async fn ask(world: &World, operation: &Operation, actor: &str, url: &str) -> Answer {
    let answer = world.send(actor, operation.method.clone(), url, &[("if-match", "\"1-0\"")], None).await;
    if actor != "machine" && operation.scope.as_deref() == Some("account:own") && operation.method != Method::GET {
        // The operation may have ended the session of the caller.
        world.forget(actor);
    }
    answer
}

#[rstest]
#[actix_web::test]
async fn an_encoded_letter_makes_no_other_operation(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let scopes: Vec<&str> = FOR_MACHINES.iter().map(|scope| scope.as_str()).collect();
    world.admit("machine", Machine::new(world, "NGO A", &scopes, json!({})).await);
    let mut asked: HashMap<String, String> = HashMap::new();
    for operation in operations().iter().filter(|operation| operation.scope.is_some()) {
        let path = data::path(&operation.template, &nowhere());
        for actor in ["machine", somebody(operation)] {
            let plain = ask(world, operation, actor, &path).await;
            if actor == "machine" {
                let is_for_people = !operation.is_for_machines;
                assert_eq!(plain.status == 403, is_for_people, "{}: what a machine is told is what the document says", operation.id);
            }
            for url in spellings(&operation.template, &path) {
                let answer = ask(world, operation, actor, &url).await;
                assert_eq!(outcome(&answer), outcome(&plain), "{actor}: {} {url}: {}", operation.method, answer.text());
                asked.insert(answer.header("x-request-id").to_owned(), operation.id.clone());
            }
        }
    }
    let trail = world.db.as_system("test").read(move |tx| audit::list(tx, 0)).await.expect("the trail");
    let named: Vec<_> = trail.iter().filter_map(|entry| Some((asked.get(&entry.request_id.to_string())?, &entry.operation))).collect();
    // What is refused again within a minute has no entry of its own.
    assert!(named.len() > 80, "only {} entries are of these requests", named.len());
    assert!(named.iter().all(|(operation, entry)| operation == entry), "{named:?}");
    assert!(trail.iter().all(|entry| entry.operation != "unknown"));
}

#[rstest]
#[actix_web::test]
async fn what_people_answer_for_stays_theirs_however_it_is_spelt(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let id = case["id"].as_str().expect("an id");
    world.admit("machine", Machine::new(world, "NGO A", &["case:read", "case:update"], json!({})).await);
    let decision = json!({ "decision": "return", "voluntary": true, "decided_on": "2026-01-19" });
    for url in [
        format!("/v1/cases/{id}/return-decision%73"),
        format!("/v1/%63ases/{id}/return-decisions"),
        format!("/%761/cases/{id}/%72eturn-decisions"),
    ] {
        world.post("machine", &url, decision.clone()).await.problem(403, "permission_denied");
    }
    let etag = world.get("caseworker.a", &format!("/v1/cases/{id}")).await.etag();
    let headers = [("if-match", etag.as_str()), ("prefer", "return=minimal")];
    let patch = json!({ "risk_level": "high" });
    let changed = world.send("caseworker.a", Method::PATCH, &format!("/v1/%63ases/{id}"), &headers, Some(&patch)).await.expect(200);
    assert!(changed.body.is_empty(), "a change of a case is one however it is spelt");
    let history = world.get("caseworker.a", &format!("/v1/cases/{id}/history")).await.expect(200).json();
    assert_eq!(history["items"][0]["operation"], "update_case");
}

#[rstest]
#[actix_web::test]
async fn a_path_is_one_path_before_it_is_routed_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // Must not be taken for a case that is named "search".
    for url in ["/v1/cases/search", "/v1/cases/%73earch", "/%761/cases/searc%68"] {
        world.get("caseworker.a", url).await.problem(405, "method_not_allowed");
    }
    for url in ["/v1/cases", "/%761/cases"] {
        world.send("caseworker.a", Method::GET, url, &[("accept", "text/csv")], None).await.problem(406, "not_acceptable");
    }
    // A slash that is encoded separates nothing.
    world.get("caseworker.a", "/v1%2Fcases").await.problem(404, "route_not_found");
}

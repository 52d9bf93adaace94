//! One path, one way to read it: whatever a router, a proxy or a table could read differently is refused before it is routed, for
//! every operation and every caller.

use std::collections::{BTreeSet, HashMap};

use actix_web::http::Method;
use homeward::db::reporting::audit;
use homeward::domain::access::{Permission, Role};
use homeward::domain::accounts::machine::FOR_MACHINES;
use rstest::rstest;
use serde_json::json;

use crate::support::World;
use crate::support::data::{self, USERS};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::Machine;
use crate::walkers::access_matrix::{Operation, nowhere, operations};

/// A path with one byte of each segment encoded in turn, with that of every segment encoded, and with what some readers cut off,
/// join or skip put at each slash.
fn mutations(path: &str) -> Vec<String> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let encoded = |segment: &str, upper: bool| match (segment.as_bytes(), upper) {
        ([first, ..], true) => format!("%{first:02X}{}", &segment[1..]),
        ([first, ..], false) => format!("%{first:02x}{}", &segment[1..]),
        ([], _) => String::new(),
    };
    let joined = |replaced: &dyn Fn(usize, &str) -> String| {
        segments.iter().enumerate().map(|(at, segment)| format!("/{}", replaced(at, segment))).collect::<String>()
    };
    let mut found = vec![joined(&|_, segment| encoded(segment, true))];
    for here in 0..segments.len() {
        let with = |made: &dyn Fn(&str) -> String| joined(&|at, segment| if at == here { made(segment) } else { segment.to_owned() });
        found.push(with(&|segment| encoded(segment, true)));
        found.push(with(&|segment| encoded(segment, false)));
        for before in ["/", "./", "%2e/", "%2E%2F", "x/../", "x/%2e%2e/", ".%2e/", "%2f", "%5c", "\\"] {
            found.push(with(&|segment| format!("{before}{segment}")));
        }
        for after in [";", ";a=b", "%3b", "%00", "%0a", "%20", "%09", "%ff", "%c0%ae", "%e2%80%8b", "%", "%zz", "%252f", "\\"] {
            found.push(with(&|segment| format!("{segment}{after}")));
        }
    }
    found.extend(["//", "/.", "/..", "/%2e", "/%2e%2e", "/./", "/..;/", "%2f", "%5c"].map(|after| format!("{path}{after}")));
    found
}

/// An actor with the permission, if one is needed.
fn somebody(operation: &Operation) -> &'static str {
    let Some(permission) = operation.scope.as_deref().map(|scope| Permission::parse(scope).expect("a permission")) else { return "" };
    let may = |role: &Role| role.may(permission);
    USERS.iter().find(|(_, role, _)| may(role)).expect("somebody may").0
}

// On one database: the requests are refused before either is asked.
#[actix_web::test]
async fn no_operation_has_a_second_path() {
    let world = &World::start(Sqlite).await.expect("SQLite is always there");
    let scopes: Vec<&str> = FOR_MACHINES.iter().map(|scope| scope.as_str()).collect();
    world.admit("machine", Machine::new(world, "NGO A", &scopes, json!({})).await);
    let mut asked = BTreeSet::new();
    for operation in operations() {
        let url = data::path(&operation.template, &nowhere());
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        for mutation in mutations(path) {
            let url = format!("{mutation}?{query}");
            for actor in ["", "machine", somebody(&operation)] {
                let answer = world.send(actor, operation.method.clone(), &url, &[("if-match", "\"1-0\"")], None).await;
                assert_eq!(answer.status, 400, "{actor}: {} {url}: {}", operation.method, answer.text());
                assert_eq!(answer.json()["code"], "invalid_path", "{actor}: {} {url}", operation.method);
                asked.insert(answer.header("x-request-id").to_owned());
            }
        }
    }
    assert!(asked.len() > 10_000, "only {} requests were made", asked.len());
    // No handler ran and no door was asked: the trail names none of them as an operation.
    let names: BTreeSet<String> = operations().into_iter().map(|operation| operation.id).collect();
    let trail = world.db.as_system("test").read(move |tx| audit::list(tx, 0)).await.expect("the trail");
    assert!(trail.iter().all(|entry| !asked.contains(&entry.request_id.to_string()) || !names.contains(&entry.operation)));
    // Nor did a path become a name in the figures.
    let figures = world.get("", "/metrics").await.expect(200).text().to_owned();
    let named = figures.split("operation=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let unknown: BTreeSet<&str> = named.filter(|name| !names.contains(*name) && !["page", "no_such_route"].contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[rstest]
#[actix_web::test]
async fn the_trail_names_the_operation_that_ran_and_machines_are_told_what_the_document_says(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let scopes: Vec<&str> = FOR_MACHINES.iter().map(|scope| scope.as_str()).collect();
    world.admit("machine", Machine::new(world, "NGO A", &scopes, json!({})).await);
    let mut asked: HashMap<String, String> = HashMap::new();
    for operation in operations().iter().filter(|operation| operation.scope.is_some()) {
        let path = data::path(&operation.template, &nowhere());
        for actor in ["machine", somebody(operation)] {
            let answer = world.send(actor, operation.method.clone(), &path, &[("if-match", "\"1-0\"")], None).await;
            if actor == "machine" {
                assert_eq!(answer.status == 403, !operation.is_for_machines, "{}: {}", operation.id, answer.text());
            } else if operation.scope.as_deref() == Some("account:own") && operation.method != Method::GET {
                // The operation may have ended the session of the caller.
                world.forget(actor);
            }
            asked.insert(answer.header("x-request-id").to_owned(), operation.id.clone());
        }
    }
    let trail = world.db.as_system("test").read(move |tx| audit::list(tx, 0)).await.expect("the trail");
    let named: Vec<_> = trail.iter().filter_map(|entry| Some((asked.get(&entry.request_id.to_string())?, &entry.operation))).collect();
    assert!(named.len() > 50, "only {} entries are of these requests", named.len());
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
    let decision = json!({ "decision": "return", "voluntariness": "voluntary", "decided_on": "2026-01-19" });
    world.post("machine", &format!("/v1/cases/{id}/return-decisions"), decision.clone()).await.problem(403, "permission_denied");
    for url in [
        format!("/v1/cases/{id}/return-decision%73"),
        format!("/v1/%63ases/{id}/return-decisions"),
        format!("/%761/cases/{id}/%72eturn-decisions"),
    ] {
        world.post("machine", &url, decision.clone()).await.problem(400, "invalid_path");
    }
    let listed = world.get("caseworker.a", &format!("/v1/cases/{id}/return-decisions")).await.expect(200).json();
    assert_eq!(listed["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn a_plain_path_is_looked_up_before_it_is_routed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // Must not be taken for a case that is named "search".
    world.get("caseworker.a", "/v1/cases/search").await.problem(405, "method_not_allowed");
    world.send("caseworker.a", Method::GET, "/v1/cases", &[("accept", "text/csv")], None).await.problem(406, "not_acceptable");
    world.get("caseworker.a", "/v1/cases/").await.problem(404, "route_not_found");
    // The query is no part of the path.
    world.get("caseworker.a", "/v1/cases?after=%2F..%2F").await.problem(400, "invalid_cursor");
}

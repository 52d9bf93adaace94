//! The door answers first: whatever else is wrong with a request, a caller who may not enter is told that and nothing else, every
//! time, and before the body has arrived.

use actix_http::Payload;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use futures_util::{StreamExt, stream};
use homeward::domain::access::Permission;
use rstest::rstest;
use serde_json::json;

use crate::support::World;
use crate::support::data::{self, USERS};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::Machine;
use crate::walkers::access_matrix::{Operation, nowhere, operations};

/// A path, headers, and whether the body ever arrives.
type Faulty = (String, Vec<(&'static str, &'static str)>, bool);

/// Requests that are refused for something else too.
fn faulty(operation: &Operation) -> Vec<Faulty> {
    let path = data::path(&operation.template, &nowhere());
    let malformed = operation.template.replace(['{', '}'], "");
    let json = ("content-type", if operation.method == Method::PATCH { "application/merge-patch+json" } else { "application/json" });
    vec![
        (path.clone(), vec![], true),
        (path.clone(), vec![json, ("if-match", "\"1-0\"")], true),
        (path.clone(), vec![("content-type", "text/plain"), ("if-match", "\"1-0\"")], true),
        (path.clone(), vec![json, ("content-encoding", "gzip"), ("idempotency-key", " ")], true),
        (path.clone(), vec![json, ("content-length", "99999999")], true),
        (format!("{path}?no_such_parameter=1&limit=x"), vec![json, ("if-match", "nonsense")], true),
        (malformed, vec![json], true),
        (path, vec![json, ("if-match", "\"1-0\"")], false),
    ]
}

/// Asserts that every faulty request is answered by the door.
async fn door_answers(world: &World, operation: &Operation, token: Option<&str>, status: u16, code: &str) {
    for (url, headers, arrives) in faulty(operation) {
        let mut request = TestRequest::with_uri(&url).method(operation.method.clone());
        if let Some(token) = token {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        for (name, value) in &headers {
            request = request.insert_header((*name, *value));
        }
        let request = match arrives {
            true => request.set_payload("{").to_request(),
            false => request.to_request().replace_payload(Payload::Stream { payload: stream::pending().boxed_local() }).0,
        };
        let answer = world.answered(request).await.expect("an answer");
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}: {url} {headers:?}", operation.id);
    }
}

fn guarded() -> Vec<Operation> {
    operations().into_iter().filter(|operation| operation.scope.is_some()).collect()
}

#[rstest]
#[actix_web::test]
async fn whoever_is_not_signed_in_is_told_that_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // The token of a session that ended is the slowest to refuse: the database is asked, each time.
    let ended = world.token("caseworker.a").await;
    world.post("caseworker.a", "/v1/auth/logout", json!({})).await.expect(204);
    world.forget("caseworker.a");
    for operation in guarded() {
        door_answers(world, &operation, None, 401, "unauthenticated").await;
        door_answers(world, &operation, Some(&ended), 401, "unauthenticated").await;
    }
}

#[rstest]
#[actix_web::test]
async fn whoever_may_not_is_told_that_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
    world.admit("machine", machine);
    for operation in guarded() {
        let permission = operation.scope.as_deref().and_then(Permission::parse).expect("a permission");
        if let Some((outsider, ..)) = USERS.iter().find(|(_, role, _)| !role.may(permission)) {
            let token = world.token(outsider).await;
            door_answers(world, &operation, Some(&token), 403, "permission_denied").await;
        }
        if !operation.is_for_machines {
            let token = world.token("machine").await;
            door_answers(world, &operation, Some(&token), 403, "permission_denied").await;
        }
    }
}

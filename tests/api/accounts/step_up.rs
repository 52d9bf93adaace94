//! Step-up: operations that need an authentication at most five minutes old, and the view of a session without one.

use actix_web::http::Method;
use homeward::domain::access::{Permission, Role};
use homeward::domain::sharing::ACCESS_ACTS;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::data::USERS;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;
use crate::support::{World, data};
use crate::walkers::access_matrix::{Operation, call, case_ids, operations, shared_ids};

/// The operations whose doors ask for a recent authentication, as the document says; and those that give, take or move access, as
/// the table of authority says, whatever their doors ask for.
fn step_up_operations() -> Vec<Operation> {
    let document = crate::support::contract::document();
    let moves_access = |id: &str| ACCESS_ACTS.iter().any(|act| act.operation == id && act.transitions.is_empty());
    let asks = |operation: &Operation| {
        let method = operation.method.as_str().to_lowercase();
        moves_access(&operation.id) || document["paths"][&operation.template][method]["x-step-up"]["max_age"] == 300
    };
    operations().into_iter().filter(asks).collect()
}

/// A user whose role may call the operation.
fn somebody_who_may(operation: &Operation) -> &'static str {
    let scope = operation.scope.as_deref().expect("a step-up operation has a scope");
    let permission = Permission::parse(scope).expect("the scope is a permission");
    let may = |role: &Role| role.may(permission);
    // An administrator where the role allows, otherwise a caseworker who sees the case of NGO A.
    let preferred = ["admin", "caseworker.a", "supervisor.a"].into_iter();
    let role_of = |name: &str| USERS.iter().find(|(username, ..)| *username == name).expect("a user").1;
    let found = preferred.into_iter().find(|name| may(&role_of(name)));
    found.unwrap_or_else(|| USERS.iter().find(|(_, role, _)| may(role)).expect("some role may").0)
}

async fn step_up(world: &World, actor: &str) {
    world.post(actor, "/v1/auth/step-up", json!({ "password": PASSWORD })).await.expect(204);
}

fn at(case: &Value) -> String {
    format!("/v1/cases/{}", case["id"].as_str().expect("an id"))
}

#[rstest]
#[actix_web::test]
async fn every_step_up_operation_refuses_a_session_older_than_five_minutes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let shared = shared_ids(world).await;
    let asked = step_up_operations();
    let names: Vec<&str> = asked.iter().map(|operation| operation.id.as_str()).collect();
    for known in ["create_user", "update_user", "begin_password_reset", "get_dossier", "get_movement_manifest_csv", "get_case_location"] {
        assert!(names.contains(&known), "{known} needs a step-up: {names:?}");
    }
    for (unique, operation) in asked.iter().enumerate() {
        let actor = somebody_who_may(operation);
        let ids = case_ids(world, &shared, &operation.template).await;
        world.grow_stale(actor).await;
        let refused = call(world, operation, actor, &ids, 700 + unique).await;
        assert_eq!(
            refused.header("www-authenticate"),
            "Bearer error=\"insufficient_user_authentication\", max_age=300",
            "{}",
            operation.id
        );
        refused.problem(401, "insufficient_user_authentication");
        step_up(world, actor).await;
        let served = call(world, operation, actor, &ids, 800 + unique).await;
        assert_ne!(served.status, 401, "{} after a step-up: {}", operation.id, served.text());
        world.forget(actor);
    }
}

#[rstest]
#[actix_web::test]
async fn a_transition_that_moves_access_needs_a_step_up_and_another_one_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", data::walk_in()).await;
    let go = async |to: &str| {
        let body = json!({ "to": to, "reason": "Threatened", "occurred_on": "2026-01-20", "source": "Her sister" });
        world.act("coordinator", &at(&case), "/repatriation/transitions", body).await
    };
    world.grow_stale("coordinator").await;
    let moving = ACCESS_ACTS.iter().flat_map(|act| act.transitions);
    assert!(moving.clone().count() > 0);
    for to in moving {
        go(to.as_str()).await.problem(401, "insufficient_user_authentication");
    }
    assert_ne!(go("screened").await.status, 401, "this one moves no access");
    world.get("officer.idn", &at(&case)).await.expect(200);
    step_up(world, "coordinator").await;
    go("protection_pathway").await.expect(200);
    world.get("officer.idn", &at(&case)).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_location_is_redacted_everywhere_until_its_reader_proves_again_who_they_are(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    assert_eq!(case["location"]["facility"], "House of the willow");
    let fresh = world.get("caseworker.a", &at(&case)).await.expect(200);
    world.grow_stale("caseworker.a").await;
    for path in ["", "/history", "/detentions"] {
        let answer = world.get("caseworker.a", &format!("{}{path}", at(&case))).await.expect(200);
        assert!(!answer.text().contains("willow"), "{path}: {}", answer.text());
    }
    let stale = world.get("caseworker.a", &at(&case)).await.expect(200);
    assert_eq!(stale.json()["redacted"], json!(["location"]));
    assert_ne!(stale.etag(), fresh.etag(), "another view is another ETag");
    world.get("caseworker.a", &format!("{}/location", at(&case))).await.problem(401, "insufficient_user_authentication");
    step_up(world, "caseworker.a").await;
    let location = world.get("caseworker.a", &format!("{}/location", at(&case))).await.expect(200).json();
    assert_eq!((&location["location"]["facility"], &location["redacted"]), (&json!("House of the willow"), &json!([])));
    assert_eq!(world.get("caseworker.a", &at(&case)).await.etag(), fresh.etag());
}

#[rstest]
#[actix_web::test]
async fn whoever_is_not_granted_the_location_gets_none_by_a_step_up_either(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let mission = world.mission("VNM").await;
    let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &format!("{}/embassy-contacts", at(&case)), contact).await.expect(201);
    let answer = world.get("officer.vnm", &format!("{}/location", at(&case))).await.expect(200).json();
    assert_eq!((answer.get("location"), &answer["redacted"]), (None, &json!(["location"])));
    world.get("officer.idn", &format!("{}/location", at(&case))).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_stale_session_writes_no_location_but_registers_a_case_with_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.grow_stale("caseworker.a").await;
    let moved = json!({ "location": { "facility": "House of the river" } });
    world.patch("caseworker.a", &at(&case), moved.clone()).await.problem(401, "insufficient_user_authentication");
    let detention = crate::support::records::body("create_detention").expect("a body");
    world
        .post("caseworker.a", &format!("{}/detentions", at(&case)), detention.clone())
        .await
        .problem(401, "insufficient_user_authentication");
    world.patch("caseworker.a", &at(&case), json!({ "risk_level": "imminent" })).await.expect(200);
    // Registration never needs step-up: a walk-in is registered, recent authentication or not.
    world.register("caseworker.a", data::taiwanese()).await;
    step_up(world, "caseworker.a").await;
    assert_eq!(world.get("caseworker.a", &at(&case)).await.json()["location"]["facility"], "House of the willow", "nothing was lost");
    world.patch("caseworker.a", &at(&case), moved).await.expect(200);
    world.post("caseworker.a", &format!("{}/detentions", at(&case)), detention).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn a_step_up_needs_the_right_password_and_costs_a_wait_after_a_wrong_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.grow_stale("admin").await;
    let with = async |password: &str| world.post("admin", "/v1/auth/step-up", json!({ "password": password })).await;
    with("wrong wrong wrong").await.problem(401, "invalid_credentials");
    with(PASSWORD).await.problem(429, "too_many_requests");
    world.clock.forward(2);
    with(PASSWORD).await.expect(204);
    world.send("", Method::POST, "/v1/auth/step-up", &[], Some(&json!({ "password": PASSWORD }))).await.problem(401, "unauthenticated");
}

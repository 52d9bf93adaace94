//! Acts that two persons answer for: asked by one, approved by another, done once, within the hour, exactly as approved.

pub mod erasure;
mod exports;

use actix_web::http::Method;
use homeward::command::background;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::machines::organisation;
use crate::support::world::PASSWORD;
use crate::support::{World, data};

const REASON: &str = "Handing over to the ministry's register";

/// A second supervisor at the organisation, who can sign in at once. Returns the address where the account is managed.
pub async fn colleague(world: &World, username: &str, role: &str, organisation_name: &str) -> String {
    let body = json!({ "organisation_id": organisation(world, organisation_name).await, "username": username, "display_name": username, "role": role });
    let made = world.post("admin", "/v1/users", body).await.expect(201);
    let place = made.header("location").to_owned();
    let reset = json!({ "username": username, "reset_code": made.json()["reset_code"], "new_password": PASSWORD });
    world.send("", Method::POST, "/v1/auth/password-reset", &[], Some(&reset)).await.expect(204);
    let conduct = world.get(username, "/v1/code-of-conduct").await.expect(200).json();
    world.post(username, "/v1/code-of-conduct/acceptance", json!({ "version": conduct["version"] })).await.expect(204);
    place
}

/// Tables that may still name an erased person or case: the stone, ids in audit entries and in approvals, the event that tells
/// others that their access ended, and that the person was erased, so that no backup brings them back. A new table is not one of them.
const STONES: &[&str] = &["access_events", "approvals", "audit_entries", "cases", "erasures", "persons"];

/// Asserts that no other table names any of these ids.
pub fn nothing_is_left(world: &World, ids: &[&Value]) {
    let left = crate::support::dump::rows_naming(world, ids);
    for (table, rows) in left.iter().filter(|(table, _)| !STONES.contains(&table.as_str())) {
        assert!(rows.is_empty(), "{table}: {rows:?}");
    }
}

/// Asks for an act, and returns the approval's id.
pub async fn ask(world: &World, actor: &str, act: Value) -> String {
    let mut body = act;
    body["reason"] = json!(REASON);
    world.post(actor, "/v1/approvals", body).await.expect(201).json()["id"].as_str().unwrap().to_owned()
}

/// Asks as one user and approves as another.
pub async fn approved(world: &World, asker: &str, second: &str, act: Value) -> String {
    let id = ask(world, asker, act).await;
    let approval = world.send(second, Method::POST, &format!("/v1/approvals/{id}/approve"), &[], None).await.expect(200).json();
    assert_eq!(approval["status"], "approved");
    id
}

async fn decide(world: &World, actor: &str, id: &str, verdict: &str) -> crate::support::Answer {
    world.send(actor, Method::POST, &format!("/v1/approvals/{id}/{verdict}"), &[], None).await
}

fn export(id: &str, filter: Value) -> Value {
    json!({ "approval_id": id, "export": filter })
}

async fn status(world: &World, id: &str) -> Value {
    world.get("supervisor.a", &format!("/v1/approvals/{id}")).await.expect(200).json()["status"].clone()
}

#[rstest]
#[actix_web::test]
async fn it_takes_two_and_happens_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let filter = json!({ "nationality": "VNM" });
    world.post("supervisor.a", "/v1/exports", json!({ "export": filter })).await.problem(409, "approval_required");
    let id = ask(world, "supervisor.a", json!({ "export": filter })).await;
    let shown = world.get("second.a", &format!("/v1/approvals/{id}")).await.expect(200).json();
    assert_eq!((&shown["action"], &shown["status"], &shown["reason"]), (&json!("export_identifiable"), &json!("open"), &json!(REASON)));
    assert_eq!((&shown["export"]["nationality"], &shown["erasure"]), (&json!("VNM"), &json!(null)));
    world.post("supervisor.a", "/v1/exports", export(&id, filter.clone())).await.problem(409, "approval_required");
    decide(world, "supervisor.a", &id, "approve").await.problem(409, "same_person");
    decide(world, "supervisor.a", &id, "reject").await.problem(409, "same_person");
    decide(world, "second.a", &id, "approve").await.expect(200);
    decide(world, "second.a", &id, "reject").await.problem(409, "approval_decided");
    world.post("second.a", "/v1/exports", export(&id, filter.clone())).await.problem(409, "approval_required");
    world.post("supervisor.a", "/v1/exports", export(&id, filter.clone())).await.expect(201);
    world.post("supervisor.a", "/v1/exports", export(&id, filter)).await.problem(409, "approval_decided");
    assert_eq!(status(world, &id).await, "executed");
}

#[rstest]
#[actix_web::test]
async fn other_parameters_void_what_was_approved(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let filter = json!({ "nationality": "VNM", "registered_from": "2026-01-01" });
    let id = approved(world, "supervisor.a", "second.a", json!({ "export": filter })).await;
    world.post("supervisor.a", "/v1/exports", export(&id, json!({ "registered_from": "2026-01-01" }))).await.problem(409, "approval_void");
    assert_eq!(status(world, &id).await, "void");
    world.post("supervisor.a", "/v1/exports", export(&id, filter.clone())).await.problem(409, "approval_void");
    // An approval of one act does not allow another act.
    let id = approved(world, "supervisor.a", "second.a", json!({ "export": filter })).await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}/erasure", case["id"].as_str().unwrap());
    world.post("supervisor.a", &url, json!({ "approval_id": id, "requested_by_person": true })).await.problem(409, "approval_void");
    world.get("supervisor.a", &format!("/v1/cases/{}", case["id"].as_str().unwrap())).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn an_hour_is_all_there_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let open = ask(world, "supervisor.a", json!({ "export": {} })).await;
    let ready = approved(world, "supervisor.a", "second.a", json!({ "export": {} })).await;
    world.clock.forward(3600);
    decide(world, "second.a", &open, "approve").await.problem(409, "approval_expired");
    world.post("supervisor.a", "/v1/exports", export(&ready, json!({}))).await.problem(409, "approval_expired");
    assert_eq!((status(world, &open).await, status(world, &ready).await), (json!("expired"), json!("expired")));
    let waiting = ask(world, "supervisor.a", json!({ "export": {} })).await;
    let listed = world.get("second.a", "/v1/approvals?limit=2").await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], json!(waiting), "what waits stands first");
    let rest = world.get("second.a", &format!("/v1/approvals?limit=2&after={}", listed["next"].as_str().unwrap())).await.expect(200).json();
    assert_eq!((listed["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));
}

#[rstest]
#[actix_web::test]
async fn a_second_person_who_may_no_more_voids_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (username, change) in [("second.a", json!({ "disabled": true })), ("third.a", json!({ "role": "ngo_caseworker" }))] {
        let place = colleague(world, username, "ngo_supervisor", "NGO A").await;
        let id = approved(world, "supervisor.a", username, json!({ "export": {} })).await;
        world.patch("admin", &place, change).await.expect(200);
        world.post("supervisor.a", "/v1/exports", export(&id, json!({}))).await.problem(409, "approval_void");
        assert_eq!(status(world, &id).await, "void");
    }
    colleague(world, "fourth.a", "ngo_supervisor", "NGO A").await;
    let id = ask(world, "supervisor.a", json!({ "export": {} })).await;
    decide(world, "fourth.a", &id, "reject").await.expect(200);
    world.post("supervisor.a", "/v1/exports", export(&id, json!({}))).await.problem(409, "approval_required");
}

#[rstest]
#[actix_web::test]
async fn nobody_else_learns_of_it_and_nobody_without_the_role_takes_part(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = ask(world, "supervisor.a", json!({ "export": {} })).await;
    for actor in ["supervisor.idn", "coordinator"] {
        world.get(actor, &format!("/v1/approvals/{id}")).await.problem(404, "not_found");
        decide(world, actor, &id, "approve").await.problem(404, "not_found");
        assert_eq!(world.get(actor, "/v1/approvals").await.expect(200).json()["items"], json!([]));
    }
    for actor in ["caseworker.a", "officer.idn"] {
        world.get(actor, &format!("/v1/approvals/{id}")).await.problem(404, "not_found");
        assert_eq!(world.get(actor, "/v1/approvals").await.expect(200).json()["items"], json!([]), "{actor}");
        let asked = json!({ "export": {}, "reason": REASON });
        world.post(actor, "/v1/approvals", asked).await.problem(403, "permission_denied");
    }
    assert_eq!(world.get("auditor", "/v1/approvals").await.expect(200).json()["items"], json!([]), "only what they asked for themselves");
    for actor in ["admin", "analyst"] {
        world.get(actor, "/v1/approvals").await.problem(403, "permission_denied");
    }
    for actor in ["caseworker.a", "officer.idn", "admin", "analyst", "auditor"] {
        decide(world, actor, &id, "approve").await.problem(403, "permission_denied");
        world.post(actor, "/v1/exports", export(&id, json!({}))).await.problem(403, "permission_denied");
    }
    assert_eq!(status(world, &id).await, "open");
}

#[rstest]
#[actix_web::test]
async fn both_steps_and_the_act_need_a_recent_proof_of_who_one_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let id = ask(world, "supervisor.a", json!({ "export": {} })).await;
    world.grow_stale("second.a").await;
    decide(world, "second.a", &id, "approve").await.problem(401, "insufficient_user_authentication");
    world.forget("second.a");
    decide(world, "second.a", &id, "approve").await.expect(200);
    world.grow_stale("supervisor.a").await;
    world.post("supervisor.a", "/v1/exports", export(&id, json!({}))).await.problem(401, "insufficient_user_authentication");
    world
        .post("supervisor.a", "/v1/approvals", json!({ "export": {}, "reason": REASON }))
        .await
        .problem(401, "insufficient_user_authentication");
}

#[rstest]
#[actix_web::test]
async fn the_owner_reads_who_read_why_an_act_on_a_case_was_asked_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let asked = ask(world, "supervisor.a", json!({ "erasure": { "case_id": case["id"], "requested_by_person": true } })).await;
    let listed = world.get("second.a", "/v1/approvals").await.expect(200).json();
    assert_eq!(listed["items"][0]["reason"], REASON);
    world.get("second.a", &format!("/v1/approvals/{asked}")).await.expect(200);
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
    let seen = world.get("supervisor.a", &at(&case, "/accesses")).await.expect(200).json();
    let operations: Vec<&str> = seen["items"].as_array().unwrap().iter().filter_map(|seen| seen["operation"].as_str()).collect();
    assert!(operations.contains(&"list_approvals") && operations.contains(&"get_approval"), "{operations:?}");
}

#[rstest]
#[actix_web::test]
async fn what_is_asked_is_one_sound_act(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let erasure = json!({ "case_id": case["id"], "requested_by_person": true });
    for (body, status, code) in [
        (json!({ "reason": REASON }), 422, "validation_failed"),
        (json!({ "reason": REASON, "export": {}, "erasure": erasure }), 422, "validation_failed"),
        (json!({ "reason": "too short", "export": {} }), 422, "validation_failed"),
        (json!({ "reason": REASON, "export": { "owner": "x" } }), 400, "invalid_body"),
        (json!({ "reason": REASON, "export": { "name": "Siti" } }), 400, "invalid_body"),
        (json!({ "reason": REASON, "erasure": {} }), 400, "invalid_body"),
    ] {
        world.post("supervisor.a", "/v1/approvals", body).await.problem(status, code);
    }
}

//! The road home: the allowed transitions, the unmet guards, and the actors.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().unwrap())
}

async fn go(world: &World, actor: &str, case: &Value, body: Value) -> crate::support::Answer {
    let etag = world.get(actor, &at(case, "")).await.etag();
    world.send(actor, actix_web::http::Method::POST, &at(case, "/repatriation/transitions"), &[("if-match", &etag)], Some(&body)).await
}

fn unmet(problem: &Value) -> Vec<String> {
    problem["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/repatriation/diagram").await.problem(401, "unauthenticated");
    world
        .post("", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/repatriation/transitions", json!({}))
        .await
        .problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn an_embassy_takes_its_walk_in_to_a_verified_nationality(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", data::walk_in()).await;
    let standing = world.get("officer.idn", &at(&case, "/repatriation")).await.expect(200).json();
    assert_eq!((standing["stage"].clone(), standing["history"][0]["rule"].clone()), (json!("registered"), json!("T1")));
    let next = |standing: &Value, to: &str| standing["next"].as_array().unwrap().iter().find(|step| step["to"] == to).cloned();
    assert_eq!(next(&standing, "screened").unwrap()["allowed"], true);
    assert_eq!(next(&standing, "clearing"), None, "only what leads away from here");
    go(world, "officer.idn", &case, json!({ "to": "screened" })).await.expect(200);

    let missing = go(world, "officer.idn", &case, json!({ "to": "mission_contacted" })).await.problem(409, "unmet_guards");
    assert_eq!(unmet(&missing), ["informed_of_rights"]);
    assert_eq!(
        (missing["unmet"][0]["resource"].clone(), missing["unmet"][0]["field"].clone()),
        (json!("embassy-contacts"), json!("informed_of_rights_on"))
    );
    let contacts = world.get("officer.idn", &at(&case, "/embassy-contacts")).await.expect(200).json();
    assert_eq!(
        (contacts["items"][0]["initiated_by"].clone(), contacts["items"][0]["person_decision"].clone()),
        (json!("walk_in"), json!("requested"))
    );
    let contact = at(&case, &format!("/embassy-contacts/{}", contacts["items"][0]["id"].as_str().unwrap()));
    world.patch("officer.idn", &contact, json!({ "informed_of_rights_on": "2026-01-19" })).await.expect(200);
    go(world, "officer.idn", &case, json!({ "to": "mission_contacted" })).await.expect(200);

    let missing = go(world, "officer.idn", &case, json!({ "to": "nationality_verified" })).await.problem(409, "unmet_guards");
    assert_eq!(unmet(&missing), ["nationality_verified"]);
    let mission = world.mission("IDN").await;
    let asked = world.post("officer.idn", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await.expect(201);
    world
        .post("officer.idn", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission }))
        .await
        .problem(409, "already_exists");
    let verification = asked.header("location").to_owned();
    let refused = world.patch("officer.idn", &verification, json!({ "result": "verified" })).await;
    assert_eq!(refused.pointers(), ["/evidence"]);
    let found = json!({ "result": "verified", "evidence": ["passport_copy"], "interview_on": "2026-01-20", "interview_mode": "in_person" });
    world.patch("officer.idn", &verification, found).await.expect(200);
    assert_eq!(world.get("officer.idn", &at(&case, "")).await.json()["nationality_verified"], "IDN");
    let standing = go(world, "officer.idn", &case, json!({ "to": "nationality_verified" })).await.expect(200).json();
    let rules: Vec<&str> = standing["history"].as_array().unwrap().iter().map(|entry| entry["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["T1", "T2", "T3", "T4"]);
    assert_eq!(world.get("officer.idn", "/v1/cases?stage=nationality_verified").await.json()["items"].as_array().map(Vec::len), Some(1));
    go(world, "officer.idn", &case, json!({ "to": "clearing" })).await.problem(409, "unmet_guards");
    go(world, "officer.idn", &case, json!({ "to": "departed" })).await.problem(409, "no_such_transition");
}

#[rstest]
#[actix_web::test]
async fn only_the_mission_that_was_asked_answers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let mission = world.mission("VNM").await;
    world
        .post("caseworker.a", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission }))
        .await
        .problem(422, "validation_failed");
    let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "requested", "informed_of_rights_on": "2026-01-02" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    let asked = world.post("caseworker.a", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await.expect(201);
    let verification = asked.header("location").to_owned();
    let found = json!({ "result": "rejected", "reason": "No record at home" });
    world.patch("caseworker.a", &verification, found.clone()).await.problem(403, "permission_denied");
    let blind = [("if-match", "\"1-1\"")];
    world.send("officer.idn", actix_web::http::Method::PATCH, &verification, &blind, Some(&found)).await.problem(404, "not_found");
    assert_eq!(world.patch("officer.vnm", &verification, json!({ "result": "inconclusive" })).await.pointers(), ["/reason"]);
    world.patch("officer.vnm", &verification, found).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.expect(200);
    let missing = go(world, "caseworker.a", &case, json!({ "to": "nationality_not_confirmed" })).await.problem(409, "unmet_guards");
    assert_eq!(unmet(&missing), ["mission_party"]);
    let standing = go(world, "officer.vnm", &case, json!({ "to": "nationality_not_confirmed" })).await.expect(200).json();
    assert_eq!(
        (standing["stage"].clone(), standing["side_state"].clone()),
        (json!("mission_contacted"), json!("nationality_not_confirmed"))
    );
    let standing = go(world, "caseworker.a", &case, json!({ "to": "resume" })).await.expect(200).json();
    assert_eq!((standing["stage"].clone(), standing["side_state"].clone()), (json!("mission_contacted"), json!(null)));
}

#[rstest]
#[actix_web::test]
async fn a_hold_keeps_the_stage_and_a_step_back_needs_a_supervisor(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    let missing = go(world, "caseworker.a", &case, json!({ "to": "on_hold" })).await.problem(409, "unmet_guards");
    assert_eq!(unmet(&missing), ["hold_reviewed"]);
    let standing = go(world, "caseworker.a", &case, json!({ "to": "on_hold", "hold_reason": "medical", "review_on": "2999-01-01" }))
        .await
        .expect(200)
        .json();
    assert_eq!((standing["stage"].clone(), standing["side_state"].clone()), (json!("screened"), json!("on_hold")));
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.problem(409, "no_such_transition");
    go(world, "caseworker.a", &case, json!({ "to": "resume" })).await.expect(200);
    let missing = go(world, "caseworker.a", &case, json!({ "to": "registered" })).await.problem(409, "unmet_guards");
    assert_eq!(unmet(&missing), ["supervisor_party"]);
    let standing =
        go(world, "supervisor.a", &case, json!({ "to": "registered", "reason": "Screened by mistake" })).await.expect(200).json();
    assert_eq!(
        (standing["stage"].clone(), standing["history"].as_array().unwrap().last().unwrap()["details"]["reason"].clone()),
        (json!("registered"), json!("Screened by mistake"))
    );
}

#[rstest]
#[actix_web::test]
async fn the_protection_pathway_ends_every_missions_sight_and_loses_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", data::walk_in()).await;
    go(world, "officer.idn", &case, json!({ "to": "protection_pathway", "reason": "x" })).await.problem(409, "unmet_guards");
    let standing =
        go(world, "coordinator", &case, json!({ "to": "protection_pathway", "reason": "Fears the embassy" })).await.expect(200).json();
    assert_eq!(standing["side_state"], "protection_pathway");
    world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
    assert_eq!(world.get("officer.idn", "/v1/cases").await.json()["items"], json!([]));
    let seen = world.get("coordinator", &at(&case, "")).await.expect(200).json();
    assert_eq!(seen["redacted"], json!(["location", "health", "narrative", "protection"]), "no more than the desk opened before");
    assert_eq!(seen["owner_id"], world.get("coordinator", "/v1/me").await.json()["organisation_id"]);
    let contacts = world.get("coordinator", &at(&case, "/embassy-contacts")).await.json();
    let contact = at(&case, &format!("/embassy-contacts/{}", contacts["items"][0]["id"].as_str().unwrap()));
    world.patch("coordinator", &contact, json!({ "person_decision": "declined" })).await.expect(200);
    world.patch("coordinator", &contact, json!({ "person_decision": "accepted" })).await.problem(422, "validation_failed");
    world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn what_happens_to_a_person_needs_a_day_and_a_source(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let missing = go(world, "caseworker.a", &case, json!({ "to": "lost_contact", "occurred_on": "2999-01-01", "source": "Shelter" }))
        .await
        .problem(409, "unmet_guards");
    assert_eq!(unmet(&missing), ["date_and_source"]);
    go(world, "caseworker.a", &case, json!({ "to": "lost_contact", "occurred_on": "2026-01-20", "source": "Shelter" })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "deceased", "occurred_on": "2026-01-22", "source": "Police" })).await.expect(200);
    let missing = go(world, "caseworker.a", &case, json!({ "to": "resume" })).await.problem(409, "unmet_guards");
    assert_eq!(unmet(&missing), ["supervisor_party"], "see corrections.rs");
}

#[rstest]
#[actix_web::test]
async fn two_officers_cannot_move_the_same_case_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", data::walk_in()).await;
    let etag = world.get("officer.idn", &at(&case, "")).await.etag();
    let url = at(&case, "/repatriation/transitions");
    let body = json!({ "to": "screened" });
    let moves = ["officer.idn", "supervisor.idn"].map(|actor| {
        let (etag, url, body) = (etag.clone(), url.clone(), body.clone());
        async move { world.send(actor, actix_web::http::Method::POST, &url, &[("if-match", &etag)], Some(&body)).await.status }
    });
    let mut statuses = futures_util::future::join_all(moves).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

#[rstest]
#[actix_web::test]
async fn the_diagram_is_drawn_for_whoever_is_signed_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let diagram = world.get("analyst", "/v1/repatriation/diagram").await.expect(200).text();
    assert!(diagram.starts_with("stateDiagram-v2") && diagram.contains("screened --> mission_contacted: T3"), "{diagram}");
}

//! The steps of a person who walked into an embassy, up to the day of departure.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Answer, World};

/// A URL below a case.
pub fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().expect("a case"))
}

/// Makes a transition in the current version.
pub async fn go(world: &World, actor: &str, case: &Value, body: Value) -> Answer {
    let etag = world.get(actor, &at(case, "")).await.etag();
    world.send(actor, Method::POST, &at(case, "/repatriation/transitions"), &[("if-match", &etag)], Some(&body)).await
}

/// Registers a walk-in at the actor's mission and brings the case to clearing, step by step.
pub async fn to_clearing(world: &World, actor: &str, body: Value) -> Value {
    let case = world.register(actor, body).await;
    go(world, actor, &case, json!({ "to": "screened" })).await.expect(200);
    let contact = world.get(actor, &at(&case, "/embassy-contacts")).await.expect(200).json()["items"][0].clone();
    let url = at(&case, &format!("/embassy-contacts/{}", contact["id"].as_str().expect("a contact")));
    world.patch(actor, &url, json!({ "informed_of_rights_on": world.day(0) })).await.expect(200);
    go(world, actor, &case, json!({ "to": "mission_contacted" })).await.expect(200);
    let asked =
        world.post(actor, &at(&case, "/nationality-verifications"), json!({ "mission_id": contact["mission_id"] })).await.expect(201);
    let found = json!({ "result": "verified", "evidence": ["passport_copy"], "interview_on": world.day(0), "interview_mode": "in_person" });
    world.patch(actor, asked.header("location"), found).await.expect(200);
    go(world, actor, &case, json!({ "to": "nationality_verified" })).await.expect(200);
    let decision = json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": world.day(0), "decided_on": world.day(0),
                           "signed_on": world.day(0), "evidence": "Folder 7" });
    world.post(actor, &at(&case, "/return-decisions"), decision).await.expect(201);
    go(world, actor, &case, json!({ "to": "clearing" })).await.expect(200);
    world.get(actor, &at(&case, "")).await.expect(200).json()
}

/// Records everything that a person at clearing needs to depart, except the movement. Valid for thirty days.
pub async fn ready_to_depart(world: &World, actor: &str, case: &Value) {
    let document = json!({ "kind": "passport_valid", "status": "handed_over", "number": "C1234567", "handed_over_on": world.day(0),
                           "expires_on": world.day(30) });
    world.post(actor, &at(case, "/travel-documents"), document).await.expect(201);
    let permit = json!({ "exit_track": "granted", "exit_permit_number": "EP-1", "exit_permit_granted_on": world.day(0),
                         "exit_permit_valid_until": world.day(30) });
    world.patch(actor, &at(case, "/immigration-clearance"), permit).await.expect(200);
    let risk = json!({ "kind": "return", "level": "low", "assessed_on": world.day(0) });
    world.post(actor, &at(case, "/risk-assessments"), risk).await.expect(201);
    let fit = json!({ "fit": true, "basis": "examination", "examined_on": world.day(0), "valid_until": world.day(30) });
    world.post(actor, &at(case, "/fit-to-travel"), fit).await.expect(201);
}

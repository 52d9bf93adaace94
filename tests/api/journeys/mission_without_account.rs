//! The road of somebody whose mission has no account here: the coordination desk records its answer from the note verbale.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

/// A mission that nobody signs in for: registered as reference data, and covering its nationals in the host country.
async fn embassy_of_ethiopia(world: &World) -> String {
    let organisation = json!({ "name": "Embassy of Ethiopia, New Delhi", "kind": "diplomatic_mission", "country": "ETH" });
    let id = world.post("admin", "/v1/organisations", organisation).await.expect(201).json()["id"].clone();
    let mission = json!({ "organisation_id": id, "sending_state": "ETH", "host_state": "IND", "city": "New Delhi", "kind": "embassy", "resident": false });
    world.post("admin", "/v1/missions", mission).await.expect(201);
    let id = id.as_str().unwrap().to_owned();
    let covers = json!({ "nationality": "ETH", "host_country": "KHM", "basis": "non_resident_accreditation" });
    world.post("admin", &format!("/v1/missions/{id}/coverage"), covers).await.expect(201);
    id
}

/// Somebody at the stage where the mission is asked; returns the address of the question.
async fn asked(world: &World, mission: &str) -> (Value, String) {
    let mut person = data::vietnamese();
    person["nationality_claimed"] = json!("ETH");
    person["identity"] =
        json!({ "given_name": "Tigist", "family_name": "Bekele", "original_script_name": "ትዕግስት በቀለ", "birth_date": "1998-04-01" });
    person["screening_skipped"] = json!("mass_arrival");
    let case = world.register("caseworker.a", person).await;
    world.patch("caseworker.a", &at(&case, ""), json!({ "health": { "immediate_needs": "Rest" } })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted", "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.expect(200);
    let question = world.post("coordinator", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await.expect(201);
    (case, question.header("location").to_owned())
}

async fn note_verbale(world: &World, case: &Value) -> Value {
    let file = json!({ "kind": "note_verbale", "media_type": "application/pdf", "file_name": "NV 114-2026.pdf" });
    let made = world.post("coordinator", &at(case, "/attachments"), file).await.expect(201);
    let id = made.json()["id"].clone();
    let content = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".to_vec();
    world.put_file("coordinator", made.header("location"), content).await.expect(200);
    id
}

#[rstest]
#[actix_web::test]
async fn the_desk_answers_for_a_mission_without_account(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mission = embassy_of_ethiopia(world).await;
    let (case, question) = asked(world, &mission).await;
    go(world, "coordinator", &case, json!({ "to": "nationality_verified" })).await.problem(409, "unmet_guards");
    let found = json!({ "result": "verified", "result_on": world.day(0), "evidence": ["home_authority_confirmation"] });
    world.patch("caseworker.a", &question, found.clone()).await.problem(403, "permission_denied");
    world.get("officer.vnm", &question).await.problem(404, "not_found");
    // It rests on paper.
    assert_eq!(world.patch("coordinator", &question, found.clone()).await.pointers(), ["/note_verbale"]);
    let mut with_number = found.clone();
    with_number["note_verbale"] = json!("NV 114/2026");
    assert_eq!(world.patch("coordinator", &question, with_number.clone()).await.pointers(), ["/note_verbale_id"]);
    let photo = json!({ "kind": "photo", "media_type": "application/pdf" });
    let photo = world.post("coordinator", &at(&case, "/attachments"), photo).await.expect(201).json()["id"].clone();
    for wrong in [photo, json!("5b1a2c3d-4e5f-4a6b-8c7d-000000000001")] {
        with_number["note_verbale_id"] = wrong;
        assert_eq!(world.patch("coordinator", &question, with_number.clone()).await.pointers(), ["/note_verbale_id"]);
    }
    let scan = note_verbale(world, &case).await;
    with_number["note_verbale_id"] = scan.clone();
    let answered = world.patch("coordinator", &question, with_number).await.expect(200).json();
    assert_eq!((&answered["result"], &answered["recorded_at_desk"]), (&json!("verified"), &json!(true)));
    let scan = at(&case, &format!("/attachments/{}", scan.as_str().unwrap()));
    let tag = world.get("coordinator", &scan).await.etag();
    world.send("coordinator", Method::DELETE, &scan, &[("if-match", &tag)], None).await.problem(409, "conflict");
    let stands = go(world, "coordinator", &case, json!({ "to": "nationality_verified" })).await.expect(200).json();
    assert_eq!(stands["stage"], "nationality_verified");
    assert_eq!(world.get("caseworker.a", &at(&case, "")).await.json()["nationality_verified"], "ETH");
}

#[rstest]
#[actix_web::test]
async fn a_mission_that_somebody_signs_in_for_answers_itself(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mission = embassy_of_ethiopia(world).await;
    let (case, question) = asked(world, &mission).await;
    let user = json!({ "organisation_id": mission, "username": "officer.eth", "display_name": "Officer", "role": "embassy_officer" });
    world.post("admin", "/v1/users", user).await.expect(201);
    let found = json!({ "result": "rejected", "reason": "Not in the register", "note_verbale": "NV 1", "note_verbale_id": note_verbale(world, &case).await });
    world.patch("coordinator", &question, found).await.problem(409, "conflict");
}

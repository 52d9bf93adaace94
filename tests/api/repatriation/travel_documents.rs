//! What becomes of a travel document after it was issued.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go, ready_to_depart, to_clearing};
use crate::support::{World, data};

const OFFICER: &str = "officer.idn";

async fn missing(world: &World, case: &Value) -> Vec<String> {
    let answer = go(world, OFFICER, case, json!({ "to": "departure_scheduled" })).await.json();
    answer["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn nobody_leaves_on_a_document_that_is_lost_and_none_is_used_before_the_journey(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = to_clearing(world, OFFICER, data::walk_in()).await;
    ready_to_depart(world, OFFICER, &case).await;
    assert_eq!(missing(world, &case).await, ["movement_booked"]);
    let passport = world.get(OFFICER, &at(&case, "/travel-documents")).await.json()["items"][0]["id"].clone();
    let passport = at(&case, &format!("/travel-documents/{}", passport.as_str().unwrap()));
    let early = world.patch(OFFICER, &passport, json!({ "status": "used" })).await;
    assert_eq!((early.status, early.pointers()), (422, vec!["/status".to_owned()]), "nobody has left");
    world.patch(OFFICER, &passport, json!({ "status": "lost" })).await.expect(200);
    assert_eq!(missing(world, &case).await, ["movement_booked", "travel_document_valid"]);
    let found = world.patch(OFFICER, &passport, json!({ "status": "handed_over" })).await;
    assert_eq!((found.status, found.pointers()), (422, vec!["/status".to_owned()]), "a lost passport is stopped at the border");
    let another = json!({ "kind": "emergency_travel_document", "local_name": "SPLP", "mission_id": world.mission("IDN").await, "status": "issued",
                          "number": "SPLP 12", "issued_on": world.day(0), "expires_on": world.day(30) });
    world.post(OFFICER, &at(&case, "/travel-documents"), another).await.expect(201);
    assert_eq!(missing(world, &case).await, ["movement_booked"]);
}

#[rstest]
#[actix_web::test]
async fn the_owner_says_that_a_missions_document_is_lost_and_nothing_else_of_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let mission = world.mission("VNM").await;
    let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted", "decided_on": world.day(0),
                          "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    let issued = json!({ "kind": "emergency_travel_document", "local_name": "giấy thông hành", "mission_id": mission, "status": "handed_over",
                         "number": "GTH 5", "issued_on": world.day(0), "expires_on": world.day(30), "handed_over_on": world.day(0) });
    let document = world.post("officer.vnm", &at(&case, "/travel-documents"), issued).await.expect(201).header("location").to_owned();
    for wrong in [json!({ "status": "cancelled" }), json!({ "status": "lost", "number": "GTH 6" }), json!({ "number": "GTH 6" })] {
        let refused = world.patch("caseworker.a", &document, wrong.clone()).await;
        assert_eq!((refused.status, refused.pointers()), (422, vec!["/status".to_owned()]), "{wrong}: it is the mission's");
    }
    let lost = world.patch("caseworker.a", &document, json!({ "status": "lost" })).await.expect(200).json();
    assert_eq!((&lost["status"], &lost["local_name"]), (&json!("lost"), &json!("giấy thông hành")));
    assert_eq!(world.get("officer.vnm", &document).await.expect(200).json()["status"], "lost", "and the mission learns of it");
}

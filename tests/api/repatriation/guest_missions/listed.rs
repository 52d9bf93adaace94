//! What a guest mission sees and changes is listed: its own records and those of the owner.

use std::collections::BTreeMap;

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::with_two_missions;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{World, data};
use crate::walkers::access_matrix::operations;

/// The answers to every `GET` of the document that concerns the case or lists cases, by operation. The reports count cases, with the
/// fine as it is.
async fn view(world: &World, actor: &str, case: &Value) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    let id = case["id"].as_str().expect("an id");
    let is_meant = |template: &str| template.starts_with("/v1/cases") || template.starts_with("/v1/worklist");
    for operation in operations().into_iter().filter(|operation| operation.method == Method::GET && is_meant(&operation.template)) {
        let url = operation.template.replace("{id}", id);
        if url.contains('{') {
            // What is read one by one is in the lists.
            continue;
        }
        let url = if operation.id == "list_worklist" { format!("{url}?horizon_days=90") } else { url };
        let answer = world.get(actor, &url).await;
        answers.insert(operation.id, answer.text());
    }
    answers
}

#[rstest]
#[actix_web::test]
async fn a_guest_changes_its_own_records_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    let flight = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{}T08:00:00Z", world.day(9)), "arrives_at": format!("{}T12:00:00Z", world.day(9)) });
    let cancelled = json!({ "status": "cancelled" });
    let clearance = at(&case, "/immigration-clearance");
    world.patch("caseworker.a", &clearance, json!({ "stay_expired_on": "2025-12-01" })).await.expect(200);
    let owed = world.get("caseworker.a", &clearance).await.json()["fine"].clone();
    world.patch("officer.vnm", &clearance, json!({ "stay_expired_on": "2024-01-01" })).await.problem(403, "permission_denied");
    assert_eq!(world.get("caseworker.a", &clearance).await.json()["fine"], owed);
    let of_the_owner = world.post("caseworker.a", &at(&case, "/movements"), flight.clone()).await.expect(201).header("location").to_owned();
    world.patch("officer.vnm", &of_the_owner, cancelled.clone()).await.problem(403, "permission_denied");
    assert_eq!(world.get("caseworker.a", &of_the_owner).await.json()["status"], "booked");
    world.patch("caseworker.a", &of_the_owner, cancelled.clone()).await.expect(200);
    let own = world.post("officer.vnm", &at(&case, "/movements"), flight).await.expect(201).header("location").to_owned();
    world.patch("officer.vnm", &own, json!({ "carrier": "Another airline" })).await.expect(200);
    world.patch("caseworker.a", &own, cancelled).await.expect(200);
    // What the owner addressed to a mission is that mission's to change.
    let asked = json!({ "mission_id": world.mission("VNM").await, "kind": "laissez_passer", "status": "requested" });
    let asked = world.post("caseworker.a", &at(&case, "/travel-documents"), asked).await.expect(201).header("location").to_owned();
    world.patch("officer.vnm", &asked, json!({ "number": "LP 7" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_reads_neither_a_childs_words_nor_why_somebody_changed_their_mind(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    let procedure = json!({ "kind": "bia", "initiated_on": world.day(0), "decision": "pending", "guardian": "canary-guardian",
                            "guardian_contact": "canary-phone", "views_of_the_child": "canary-words" });
    world.post("caseworker.a", &at(&case, "/best-interests"), procedure).await.expect(201);
    let decision = json!({ "decision": "return", "voluntary": true, "decided_on": world.day(0) });
    let decision = world.post("caseworker.a", &at(&case, "/return-decisions"), decision).await.expect(201).header("location").to_owned();
    let withdrawn = json!({ "withdrawn_on": world.day(0), "withdrawal_reason": "canary-reason" });
    world.patch("caseworker.a", &decision, withdrawn).await.expect(200);
    let told = world.get("officer.vnm", &decision).await.expect(200).json();
    assert_eq!((&told["withdrawn_on"], &told["withdrawal_reason"]), (&json!(world.day(0)), &Value::Null));
    for (operation, told) in view(world, "officer.vnm", &case).await {
        assert!(!told.contains("canary-"), "{operation}: {told}");
    }
    let owner = view(world, "caseworker.a", &case).await;
    for canary in ["canary-guardian", "canary-phone", "canary-words", "canary-reason"] {
        assert!(owner.values().any(|told| told.contains(canary)), "{canary}");
    }
    let desk = view(world, "coordinator", &case).await;
    assert!(!desk.values().any(|told| told.contains("canary-words")), "a child's words are in the narrative");
}

#[rstest]
#[actix_web::test]
async fn of_a_case_that_is_closed_to_one_a_list_tells_what_holds_for_the_person_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = world.register("caseworker.a", data::vietnamese()).await;
    let episode = json!({ "person_id": first["person_id"], "previous_case_id": first["id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM" });
    let second = world.register("caseworker.a", episode).await;
    // NGO B takes the second case over: from then on it does not exist for NGO A.
    world.post("caseworker.a", &at(&second, "/consents"), data::consent("share_with_ngo")).await.expect(201);
    let ngo_b = world.get("caseworker.b", "/v1/me").await.json()["organisation_id"].clone();
    let offer = json!({ "to_organisation_id": ngo_b, "urgency": "urgent" });
    let offer = world.post("caseworker.a", &at(&second, "/transfers"), offer).await.expect(201).header("location").to_owned();
    world.act("caseworker.b", &offer, "/transitions", json!({ "to": "accepted" })).await.expect(200);
    let mut consent = data::consent("share_with_ngo");
    consent["evidence"] = json!("canary-evidence");
    consent["recipient"] = json!("organisation");
    consent["recipient_organisation_id"] = ngo_b.clone();
    let consent = world.post("caseworker.b", &at(&second, "/consents"), consent).await.expect(201).json();
    let never = json!({ "scope": "missions_of", "missions_of": "TWN", "reason": "canary-evidence" });
    let denial = world.post("caseworker.b", &at(&second, "/denials"), never).await.expect(201).json();
    world.get("caseworker.a", &at(&second, "")).await.problem(404, "not_found");
    let hidden = second["id"].as_str().unwrap();
    for (collection, recorded) in [("consents", &consent), ("denials", &denial)] {
        let listed = world.get("caseworker.a", &at(&first, &format!("/{collection}"))).await.expect(200).json();
        let told = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == recorded["id"]).expect("it holds for the person");
        assert_eq!((&told["case_id"], &told["recorded_by"]), (&Value::Null, &Value::Null), "{collection}");
        let text = told.to_string();
        for secret in [hidden, "canary-evidence", ngo_b.as_str().unwrap()] {
            assert!(!text.contains(secret), "{collection} tells {secret}: {text}");
        }
        assert_eq!(told["created_at"], recorded["created_at"]);
        world.get("caseworker.a", &at(&first, &format!("/{collection}/{}", told["id"].as_str().unwrap()))).await.expect(200);
    }
}

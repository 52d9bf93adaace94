//! What a guest mission sees and changes is listed: its own records and those of the owner.

use std::collections::BTreeMap;

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::with_two_missions;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};
use crate::walkers::access_matrix::operations;

/// What a change of the case moves for everybody who sees it: its number and its time. They are left out of the comparison.
const OF_EVERY_CHANGE: &[&str] = &["version", "updated_at", "as_of", "generated_at", "from_version"];

fn without_moving_parts(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|field, _| !OF_EVERY_CHANGE.contains(&field.as_str()));
            fields.values_mut().for_each(without_moving_parts);
        }
        Value::Array(items) => items.iter_mut().for_each(without_moving_parts),
        _ => {}
    }
}

/// The answers to every `GET` of the document that concerns the case, lists cases or counts them, by operation.
async fn view(world: &World, actor: &str, case: &Value) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    let id = case["id"].as_str().expect("an id");
    let is_meant =
        |template: &str| ["/v1/cases", "/v1/worklist", "/v1/reports", "/v1/statistics"].iter().any(|part| template.starts_with(part));
    // Figures are kept for a second.
    world.clock.forward(2);
    for operation in operations().into_iter().filter(|operation| operation.method == Method::GET && is_meant(&operation.template)) {
        let url = operation.template.replace("{id}", id);
        if url.contains('{') {
            // What is read one by one is in the lists.
            continue;
        }
        let url = match operation.id.as_str() {
            "get_worklist" => format!("{url}?horizon_days=90"),
            id if id.starts_with("get_case_statistics") => format!("{url}?by=stage"),
            _ => url,
        };
        let answer = world.get(actor, &url).await;
        if answer.status == 403 {
            // Refused before anything is read. The id of the request is in it.
            answers.insert(operation.id, "403".to_owned());
            continue;
        }
        let told = match serde_json::from_slice::<Value>(&answer.body) {
            Ok(mut body) => {
                without_moving_parts(&mut body);
                body.to_string()
            }
            // On paper: the time of printing and the version stand in the lines of the print.
            Err(_) => answer.text_of_any_minute().lines().filter(|line| !line.contains("ersion") && !line.contains("rinted")).collect(),
        };
        answers.insert(operation.id, format!("{} {told}", answer.status));
    }
    for (what, sought) in searches(case) {
        let answer = world.post(actor, "/v1/cases/search", sought).await.expect(200);
        let mut found = answer.json();
        without_moving_parts(&mut found);
        answers.insert(what.to_owned(), found.to_string());
    }
    answers
}

/// The ways to search for the man of [`data::vietnamese`]: by what he is called, and by what stands on his card.
fn searches(case: &Value) -> [(&'static str, Value); 2] {
    [("search by name", json!({ "name": "Nguyễn Văn Hùng" })), ("search by code", json!({ "code": case["code"] }))]
}

/// Everything that a guest mission may do on a case, but move it: where a case stands is one for all who see it.
async fn acts_of_the_other_mission(world: &World, case: &Value) {
    let idn = world.mission("IDN").await;
    let flight = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{}T08:00:00Z", world.day(9)), "arrives_at": format!("{}T12:00:00Z", world.day(9)), "escort": "A consul" });
    let document = json!({ "mission_id": idn, "kind": "emergency_travel_document", "status": "issued", "number": "X1", "issued_on": world.day(0), "expires_on": world.day(30) });
    let file = json!({ "kind": "passport_scan", "media_type": "application/pdf", "file_name": "passport.pdf" });
    let waiver = json!({ "status": "requested", "reason": "non_punishment", "percent": "50" });
    let payment = json!({ "money": { "amount": "10.00", "currency": "USD" }, "payer": "family", "paid_on": world.day(0) });
    let task = json!({ "note": "Call the sister", "due_on": world.day(3) });
    for (collection, body) in [
        ("movements", flight),
        ("travel-documents", document),
        ("attachments", file),
        ("fine-waivers", waiver),
        ("fine-payments", payment),
        ("tasks", task),
    ] {
        world.post("officer.idn", &at(case, &format!("/{collection}")), body).await.expect(201);
    }
    let contacts = world.get("officer.idn", &at(case, "/embassy-contacts")).await.expect(200).json();
    let contact = at(case, &format!("/embassy-contacts/{}", contacts["items"][0]["id"].as_str().expect("a contact")));
    world.patch("officer.idn", &contact, json!({ "acknowledged_on": world.day(0), "visit_on": world.day(2) })).await.expect(200);
    let asked = world.post("officer.idn", &at(case, "/nationality-verifications"), json!({ "mission_id": idn })).await.expect(201);
    world.patch("officer.idn", asked.header("location"), json!({ "result": "verified", "evidence": ["passport_copy"] })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn the_whole_view_of_a_guest_mission_is_the_same_without_the_other_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "stay_expired_on": "2025-12-01" })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.expect(200);
    // Asked too, so that the case is in the worklist of the guest.
    let vnm = json!({ "mission_id": world.mission("VNM").await });
    world.post("caseworker.a", &at(&case, "/nationality-verifications"), vnm).await.expect(201);
    let before = view(world, "officer.vnm", &case).await;
    assert!(before.len() > 20 && before["get_case"].starts_with("200"), "{:?}", before.keys());
    let code = case["code"].as_str().expect("a code");
    for way in ["search by name", "search by code", "get_worklist"] {
        assert!(before[way].contains(code), "{way} finds the case: {}", before[way]);
    }
    acts_of_the_other_mission(world, &case).await;
    let owner = world.get("caseworker.a", &at(&case, "")).await.json();
    assert_eq!(owner["nationality_verified"], "VNM", "the owner knows");
    let after = view(world, "officer.vnm", &case).await;
    let telling: Vec<_> = after.iter().filter(|(operation, told)| before[*operation] != **told).collect();
    assert!(telling.is_empty(), "these tell of the other mission: {telling:#?}");
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
                            "guardian_contact": "canary-phone", "views_of_the_child": "canary-words", "caregiver": "canary-aunt",
                            "caregiver_assessed_on": world.day(0), "panel": ["canary-judge"], "escort": "A social worker",
                            "care_arrangement": "separated", "escort_gender": "feminine",
                            "carer_checks": [{ "carer": "canary-mother", "checked_by": "canary-checker", "checked_on": world.day(0), "finding": "violent" }],
                            "guardianship": { "basis": "customary_care", "document": "canary-paper", "conflict_of_interest": true },
                            "handover": { "family_tracing": "not_searched", "handed_over_to": "canary-hands", "handed_over_on": world.day(0) } });
    let procedure = world.post("caseworker.a", &at(&case, "/best-interests"), procedure).await.expect(201).header("location").to_owned();
    // What was decided, whether the caregiver was assessed and who travels along is all that a mission is told of it.
    let told = world.get("officer.vnm", &procedure).await.expect(200).json();
    assert_eq!(
        (&told["decision"], &told["caregiver_assessed_on"], &told["escort"], &told["panel"]),
        (&json!("pending"), &json!(world.day(0)), &json!("A social worker"), &json!([]))
    );
    assert_eq!(
        (&told["care_arrangement"], &told["escort_gender"], &told["carer_checks"]),
        (&json!("separated"), &json!("feminine"), &json!([]))
    );
    let change = json!({ "escort": "A consul" });
    world.patch("officer.vnm", &procedure, change).await.problem(403, "permission_denied");
    let flight = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{}T08:00:00Z", world.day(9)), "arrives_at": format!("{}T12:00:00Z", world.day(9)), "companions": ["canary-friend"] });
    world.post("caseworker.a", &at(&case, "/movements"), flight).await.expect(201);
    let decision = json!({ "decision": "return", "voluntariness": "voluntary", "decided_on": world.day(0) });
    let decision = world.post("caseworker.a", &at(&case, "/return-decisions"), decision).await.expect(201).header("location").to_owned();
    let withdrawn = json!({ "withdrawn_on": world.day(0), "withdrawal_reason": "canary-reason" });
    world.patch("caseworker.a", &decision, withdrawn).await.expect(200);
    let told = world.get("officer.vnm", &decision).await.expect(200).json();
    assert_eq!((&told["withdrawn_on"], &told["withdrawal_reason"]), (&json!(world.day(0)), &Value::Null));
    for (operation, told) in view(world, "officer.vnm", &case).await {
        assert!(!told.contains("canary-"), "{operation}: {told}");
    }
    let owner = view(world, "caseworker.a", &case).await;
    for canary in [
        "canary-guardian",
        "canary-phone",
        "canary-words",
        "canary-reason",
        "canary-aunt",
        "canary-judge",
        "canary-friend",
        "canary-mother",
        "canary-checker",
        "canary-paper",
        "canary-hands",
    ] {
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

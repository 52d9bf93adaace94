//! The view of a guest mission on a case: nothing of any other mission that the person turned to. And ids of one case under the
//! address of another: none of them opens the other.

mod listed;
mod others;
mod relatives;

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data, records};

/// A case of NGO A in which both the Vietnamese and the Indonesian embassy may help: the latter as protecting power.
pub async fn with_two_missions(world: &World) -> Value {
    let idn = world.mission("IDN").await;
    let coverage = json!({ "nationality": "VNM", "host_country": "KHM", "basis": "protecting_power" });
    world.post("admin", &format!("/v1/missions/{idn}/coverage"), coverage).await.expect(201);
    contacted_by_both(world).await
}

/// Another such case, once both may help.
async fn contacted_by_both(world: &World) -> Value {
    let (vnm, idn) = (world.mission("VNM").await, world.mission("IDN").await);
    let case = world.register("caseworker.a", data::vietnamese()).await;
    for mission in [&vnm, &idn] {
        let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted", "informed_of_rights_on": world.day(0) });
        world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    }
    case
}

/// Takes the case to a verified nationality and an issued document, both by the Indonesian embassy.
pub async fn helped_by_the_indonesian_embassy(world: &World) -> Value {
    let case = with_two_missions(world).await;
    let idn = world.mission("IDN").await;
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.expect(200);
    let asked = world.post("officer.idn", &at(&case, "/nationality-verifications"), json!({ "mission_id": idn })).await.expect(201);
    world.patch("officer.idn", asked.header("location"), json!({ "result": "verified", "evidence": ["passport_copy"] })).await.expect(200);
    go(world, "officer.idn", &case, json!({ "to": "nationality_verified" })).await.expect(200);
    let document = json!({ "mission_id": idn, "kind": "emergency_travel_document", "status": "issued", "number": "IDN-SECRET", "issued_on": world.day(0), "expires_on": world.day(30) });
    world.post("officer.idn", &at(&case, "/travel-documents"), document).await.expect(201);
    let flight = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{}T08:00:00Z", world.day(9)), "arrives_at": format!("{}T12:00:00Z", world.day(9)) });
    world.post("officer.idn", &at(&case, "/movements"), flight).await.expect(201);
    case
}

/// The number of a mission's cases that reached a milestone, as its funnel shows it.
async fn reached(world: &World, actor: &str, milestone: &str) -> Value {
    let funnel = world.get(actor, "/v1/reports/funnel").await.expect(200).json();
    let row = funnel["totals"].as_array().unwrap().iter().find(|row| row["milestone"] == milestone).cloned();
    row.expect("a milestone")["cases"].clone()
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_learns_of_no_other_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = helped_by_the_indonesian_embassy(world).await;
    let idn = world.mission("IDN").await;
    let officer = world.get("officer.idn", "/v1/me").await.json()["user_id"].as_str().unwrap().to_owned();
    let below = [
        "",
        "/repatriation",
        "/history?limit=200",
        "/embassy-contacts",
        "/nationality-verifications",
        "/travel-documents",
        "/movements",
        "/tasks",
        "/dossier",
        "/papers/authority-letter?purpose=fine_waiver",
        "/papers/travel-document-application",
        "/immigration-clearance",
    ];
    for url in below {
        let text = world.get("officer.vnm", &at(&case, url)).await.expect(200).text();
        for secret in [idn.as_str(), officer.as_str(), "IDN-SECRET", "Embassy of Indonesia"] {
            assert!(!text.contains(secret), "{url} tells {secret}: {text}");
        }
    }
    for url in [
        "/v1/worklist?horizon_days=90",
        "/v1/cases",
        "/v1/reports/funnel",
        "/v1/reports/fines",
        "/v1/reports/ageing",
        "/v1/movements/batches",
    ] {
        let text = world.get("officer.vnm", url).await.expect(200).text();
        assert!(!text.contains(&idn) && !text.contains("Embassy of Indonesia"), "{url}: {text}");
    }
    let owner = world.get("caseworker.a", &at(&case, "/repatriation")).await.expect(200).text();
    assert!(owner.contains(&idn) && owner.contains(&officer), "whoever accompanies the person knows who helped");
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_counts_its_own_documents_only(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    helped_by_the_indonesian_embassy(world).await;
    assert_eq!(reached(world, "officer.idn", "document_issued").await, 1);
    assert_eq!(reached(world, "officer.vnm", "document_issued").await, 0);
    assert_eq!(reached(world, "caseworker.a", "document_issued").await, 1);
    assert_eq!(reached(world, "officer.vnm", "nationality_verified").await, 1, "the stage is told to whoever sees the case");
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_reads_in_the_history_what_was_asked_of_itself(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    let asked = json!({ "mission_id": world.mission("VNM").await, "kind": "laissez_passer", "status": "requested", "number": "FOR-VNM" });
    world.post("caseworker.a", &at(&case, "/travel-documents"), asked).await.expect(201);
    assert!(world.get("officer.vnm", &at(&case, "/history")).await.expect(200).text().contains("FOR-VNM"));
    assert!(!world.get("officer.idn", &at(&case, "/history")).await.expect(200).text().contains("FOR-VNM"));
}

#[rstest]
#[actix_web::test]
async fn who_declines_a_mission_does_not_travel_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    let plane = json!({ "name": "Charter", "mode": "charter_flight", "status": "booked", "capacity": 2,
                        "departs_at": format!("{}T08:00:00Z", world.day(9)), "arrives_at": format!("{}T12:00:00Z", world.day(9)) });
    let plane = world.post("officer.idn", "/v1/movements/batches", plane).await.expect(201).header("location").to_owned();
    world.post("officer.idn", &format!("{plane}/passengers"), json!({ "case_ids": [case["id"]] })).await.expect(201);
    let contacts = world.get("caseworker.a", &at(&case, "/embassy-contacts")).await.json();
    let idn = json!(world.mission("IDN").await);
    let contact = contacts["items"].as_array().unwrap().iter().find(|contact| contact["mission_id"] == idn).unwrap()["id"].clone();
    let contact = at(&case, &format!("/embassy-contacts/{}", contact.as_str().unwrap()));
    world.patch("caseworker.a", &contact, json!({ "person_decision": "declined" })).await.expect(200);
    world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
    let movements = world.get("caseworker.a", &at(&case, "/movements")).await.json();
    assert_eq!((movements["items"][0]["status"].clone(), movements["items"].as_array().unwrap().len()), (json!("cancelled"), 1));
    assert_eq!(world.get("officer.idn", &plane).await.json()["on_board"], 0);
    let own = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{}T08:00:00Z", world.day(9)), "arrives_at": format!("{}T12:00:00Z", world.day(9)) });
    world.post("caseworker.a", &at(&case, "/movements"), own).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn what_a_mission_had_to_do_is_gone_with_its_sight(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    world
        .post("caseworker.a", &at(&case, "/nationality-verifications"), json!({ "mission_id": world.mission("VNM").await }))
        .await
        .expect(201);
    let waiting =
        async || world.get("officer.vnm", "/v1/worklist?horizon_days=90").await.expect(200).json()["items"].as_array().unwrap().len();
    assert_eq!(waiting().await, 1);
    go(world, "caseworker.a", &case, json!({ "to": "protection_pathway", "reason": "Threatened" })).await.expect(200);
    assert_eq!(waiting().await, 0);
    for url in ["/tasks", "/dossier", "/travel-documents", "/immigration-clearance", "/repatriation"] {
        world.get("officer.vnm", &at(&case, url)).await.problem(404, "not_found");
    }
    assert_eq!(reached(world, "officer.vnm", "registered").await, 0);
}

#[rstest]
#[actix_web::test]
async fn what_belongs_to_one_case_is_not_found_under_another(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let other = world.register("caseworker.a", data::taiwanese()).await;
    let mut one = other.clone();
    for (collection, _) in records::all() {
        one = world.register("caseworker.a", data::vietnamese()).await;
        let record = records::one_of(world, one["id"].as_str().unwrap(), collection).await;
        let (right, wrong) = (at(&one, &format!("/{collection}/{record}")), at(&other, &format!("/{collection}/{record}")));
        world.get("caseworker.a", &right).await.expect(200);
        world.get("caseworker.a", &wrong).await.problem(404, "not_found");
        world.get("caseworker.b", &right).await.problem(404, "not_found");
        if collection != "status-determinations" {
            world.send("caseworker.a", Method::PATCH, &wrong, &[("if-match", "\"1-0\"")], Some(&json!({}))).await.problem(404, "not_found");
        }
    }
    let task = json!({ "note": "x", "due_on": world.day(1) });
    let task = world.post("caseworker.a", &at(&one, "/tasks"), task).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    world.get("caseworker.a", &at(&other, &format!("/tasks/{task}"))).await.problem(404, "not_found");
    world.get("coordinator", &at(&one, &format!("/tasks/{task}"))).await.problem(404, "not_found");
    let stranger = world.get("caseworker.b", "/v1/me").await.json()["user_id"].clone();
    let refused =
        world.post("caseworker.a", &at(&one, "/tasks"), json!({ "note": "x", "due_on": world.day(1), "assigned_to": stranger })).await;
    assert_eq!((refused.status, refused.pointers()), (422, vec!["/assigned_to".to_owned()]));
}

//! The person decides whether a mission learns of them (Vienna Convention on Consular Relations art. 36).

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

async fn contact(world: &World, actor: &str, case: &Value, state: &str, decision: &str) -> crate::support::Answer {
    let body = json!({
        "mission_id": world.mission(state).await, "initiated_by": "ngo_with_consent", "person_decision": decision, "informed_of_rights_on": "2026-01-05"
    });
    world.post(actor, &format!("/v1/cases/{}/embassy-contacts", case["id"].as_str().unwrap()), body).await
}

/// Every way in which an organisation could learn of a case.
async fn can_sense(world: &World, actor: &str, case: &Value) -> Vec<String> {
    let id = case["id"].as_str().unwrap();
    let mut sensed = Vec::new();
    for url in ["", "/history", "/stays", "/embassy-contacts", "/nationality-verifications", "/repatriation"]
        .map(|rest| format!("/v1/cases/{id}{rest}"))
    {
        let seen = world.get(actor, &url).await;
        let nothing = world.get(actor, &url.replace(id, "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10")).await;
        let same = |answer: &crate::support::Answer| {
            let mut problem = answer.json();
            problem["instance"] = json!(null);
            (answer.status, problem)
        };
        if same(&seen) != same(&nothing) || seen.status != 404 {
            sensed.push(url);
        }
    }
    for query in ["", "?nationality=TWN", "?nationality=VNM", "?stage=screened", "?sort=risk"] {
        if world.get(actor, &format!("/v1/cases{query}")).await.text().contains(id) {
            sensed.push(format!("list {query}"));
        }
    }
    if world.get(actor, "/v1/statistics/cases?by=nationality").await.json()["total"] != 0 {
        sensed.push("statistics".to_owned());
    }
    for (field, value) in [("document_number", "X0888111"), ("phone", "+886900000001")] {
        let found = world.post(actor, "/v1/cases/search", json!({ "field": field, "value": value })).await.expect(200);
        if found.json()["items"] != json!([]) {
            sensed.push(format!("search {field}"));
        }
    }
    sensed
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let url = "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/embassy-contacts";
    world.get("", url).await.problem(401, "unauthenticated");
    world.post("", url, json!({})).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn coverage_says_who_could_help_and_contacts_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    let missions = world.get("caseworker.a", "/v1/missions?nationality=TWN&host_country=KHM").await.expect(200).json();
    assert_eq!(missions["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (missions["items"][0]["city"].clone(), missions["items"][0]["kind"].clone()),
        (json!("Ho Chi Minh City"), json!("representative_office"))
    );
    assert_eq!(world.get("caseworker.a", "/v1/missions?nationality=KEN&host_country=KHM").await.json()["items"], json!([]));
    assert_eq!(world.get("caseworker.a", "/v1/missions?nationality=TWN&host_country=THA").await.json()["items"], json!([]));
    for mission in ["officer.twn", "officer.idn", "officer.vnm"] {
        assert_eq!(can_sense(world, mission, &case).await, Vec::<String>::new(), "{mission}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_mission_that_was_declined_never_learns_of_the_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    contact(world, "caseworker.a", &case, "TWN", "declined").await.expect(201);
    for stranger in ["officer.twn", "officer.idn", "officer.vnm", "caseworker.b"] {
        assert_eq!(can_sense(world, stranger, &case).await, Vec::<String>::new(), "{stranger}");
    }
    let next = world.get("caseworker.a", &format!("/v1/cases/{}/repatriation", case["id"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(next["stage"], "registered");
}

#[rstest]
#[actix_web::test]
async fn a_mission_that_was_accepted_sees_who_and_not_what_happened(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    contact(world, "caseworker.a", &case, "VNM", "accepted").await.expect(201);
    let url = format!("/v1/cases/{}", case["id"].as_str().unwrap());
    let seen = world.get("officer.vnm", &url).await.expect(200).json();
    assert_eq!(
        (seen["identity"]["family_name"].clone(), seen["contact"]["safe_contact_instructions"].clone()),
        (json!("Nguyễn"), json!("Through his sister"))
    );
    for closed in ["location", "health", "narrative", "protection"] {
        assert!(seen.get(closed).is_none(), "{closed}");
    }
    assert_eq!(seen["redacted"], json!(["location", "health", "narrative", "protection"]));
    assert_eq!(world.get("officer.vnm", &format!("{url}/stays")).await.expect(200).json(), json!({ "redacted": ["narrative"] }));
    world.patch("officer.vnm", &url, json!({ "risk_level": "low" })).await.problem(403, "permission_denied");
    assert_eq!(can_sense(world, "officer.idn", &case).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn taking_the_consent_back_ends_the_sight_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    let made = contact(world, "caseworker.a", &case, "TWN", "accepted").await.expect(201);
    let url = made.header("location").to_owned();
    assert!(!can_sense(world, "officer.twn", &case).await.is_empty());
    world.patch("officer.twn", &url, json!({ "person_decision": "requested" })).await.problem(422, "validation_failed");
    world.patch("officer.twn", &url, json!({ "acknowledged_on": "2026-01-06" })).await.expect(200);
    world.patch("caseworker.a", &url, json!({ "person_decision": "declined" })).await.expect(200);
    assert_eq!(can_sense(world, "officer.twn", &case).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_new_nationality_ends_the_sight_of_a_mission_that_does_not_cover_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    contact(world, "caseworker.a", &case, "TWN", "accepted").await.expect(201);
    world
        .patch("caseworker.a", &format!("/v1/cases/{}", case["id"].as_str().unwrap()), json!({ "nationality_claimed": "VNM" }))
        .await
        .expect(200);
    assert_eq!(can_sense(world, "officer.twn", &case).await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn only_a_mission_that_covers_can_be_contacted_and_never_against_protection(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    contact(world, "caseworker.a", &case, "IDN", "accepted").await.problem(422, "mission_does_not_cover");
    assert_eq!(can_sense(world, "officer.idn", &case).await, Vec::<String>::new());
    contact(world, "caseworker.b", &case, "TWN", "accepted").await.problem(404, "not_found");
    world
        .patch(
            "caseworker.a",
            &format!("/v1/cases/{}", case["id"].as_str().unwrap()),
            json!({ "protection": { "asylum_claim_open": true } }),
        )
        .await
        .expect(200);
    contact(world, "caseworker.a", &case, "TWN", "accepted").await.problem(409, "conflict");
    assert_eq!(can_sense(world, "officer.twn", &case).await, Vec::<String>::new());
    contact(world, "caseworker.a", &case, "TWN", "declined").await.expect(201);
    contact(world, "caseworker.a", &case, "TWN", "declined").await.problem(409, "already_exists");
}

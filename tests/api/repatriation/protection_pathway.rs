//! Facts that a mission must never learn, even about a person it once knew: asylum, protection, another mission.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().unwrap())
}

async fn contact(world: &World, case: &Value, mission: &str, decision: &str) -> Answer {
    let body = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": decision, "informed_of_rights_on": "2026-01-05" });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await
}

async fn go(world: &World, actor: &str, case: &Value, body: Value) -> Answer {
    let etag = world.get(actor, &at(case, "")).await.etag();
    world.send(actor, Method::POST, &at(case, "/repatriation/transitions"), &[("if-match", &etag)], Some(&body)).await
}

#[rstest]
#[actix_web::test]
async fn an_asylum_claim_ends_the_sight_of_the_mission_and_shows_in_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let mission = world.mission("VNM").await;
    let made = contact(world, &case, &mission, "accepted").await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    let steps = world.get("officer.vnm", &at(&case, "/repatriation")).await.expect(200).json();
    let step = steps["next"].as_array().unwrap().iter().find(|step| step["to"] == "mission_contacted").cloned().unwrap();
    assert_eq!(step["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].clone()).collect::<Vec<_>>(), [json!("care_party")]);
    world.patch("caseworker.a", &at(&case, ""), json!({ "protection": { "asylum_claim_open": true } })).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.a", made.header("location")).await.json()["person_decision"], "deferred");
    for url in ["/repatriation", "/history"] {
        let text = world.get("coordinator", &at(&case, url)).await.expect(200).text();
        assert!(!text.contains("no_protection_bar") && !text.contains("\"compartment\":\"protection\""), "{url}: {text}");
    }
}

#[rstest]
#[actix_web::test]
async fn protection_is_for_the_person_and_not_for_one_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = world.register("caseworker.a", data::vietnamese()).await;
    let mission = world.mission("VNM").await;
    contact(world, &first, &mission, "accepted").await.expect(201);
    let episode = |previous: &Value| json!({ "person_id": first["person_id"], "previous_case_id": previous["id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM" });
    let second = world.register("caseworker.a", episode(&first)).await;
    go(world, "caseworker.a", &second, json!({ "to": "protection_pathway", "reason": "Threatened" })).await.expect(200);
    world.get("officer.vnm", &at(&first, "")).await.problem(404, "not_found");
    let third = world.register("caseworker.a", episode(&second)).await;
    contact(world, &third, &mission, "accepted").await.problem(409, "conflict");
    contact(world, &first, &mission, "accepted").await.problem(409, "already_exists");
    assert_eq!(world.get("officer.vnm", "/v1/cases").await.json()["items"], json!([]));
    assert_eq!(world.get("caseworker.a", &at(&third, "")).await.json()["previous_case_id"], second["id"]);
}

#[rstest]
#[actix_web::test]
async fn an_earlier_case_that_is_hidden_is_not_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = world.register("caseworker.a", data::vietnamese()).await;
    let second = json!({ "person_id": first["person_id"], "previous_case_id": first["id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM" });
    let second = world.register("caseworker.a", second).await;
    contact(world, &second, &world.mission("VNM").await, "accepted").await.expect(201);
    assert_eq!(world.get("officer.vnm", &at(&second, "")).await.expect(200).json()["previous_case_id"], json!(null));
}

#[rstest]
#[actix_web::test]
async fn one_mission_never_takes_away_or_learns_what_another_found(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let create = async |url: &str, body: Value| world.post("admin", url, body).await.expect(201).json();
    let consulate =
        create("/v1/organisations", json!({ "name": "Consulate", "kind": "diplomatic_mission", "country": "VNM" })).await["id"].clone();
    create("/v1/missions", json!({ "organisation_id": consulate, "sending_state": "VNM", "host_state": "KHM", "city": "Battambang", "kind": "consulate", "resident": true })).await;
    let consulate = consulate.as_str().unwrap();
    create(&format!("/v1/missions/{consulate}/coverage"), json!({ "nationality": "VNM", "host_country": "KHM", "basis": "resident" }))
        .await;
    let embassy = world.get("officer.vnm", "/v1/me").await.json()["organisation_id"].as_str().unwrap().to_owned();
    let case = world.register("caseworker.a", data::vietnamese()).await;
    contact(world, &case, &embassy, "accepted").await.expect(201);
    contact(world, &case, consulate, "declined").await.expect(201);
    let ask =
        async |mission: &str| world.post("caseworker.a", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await;
    ask(consulate).await.problem(422, "validation_failed");
    let verification = ask(&embassy).await.expect(201).header("location").to_owned();
    world.patch("officer.vnm", &verification, json!({ "result": "verified", "evidence": ["passport"] })).await.expect(200);
    assert_eq!(world.get("officer.vnm", &at(&case, "/embassy-contacts")).await.json()["items"].as_array().map(Vec::len), Some(1));
    world.get("officer.vnm", &format!("/v1/cases?mission={consulate}")).await.problem(422, "validation_failed");
    assert_eq!(world.get("officer.vnm", &format!("/v1/cases?mission={embassy}")).await.json()["items"].as_array().map(Vec::len), Some(1));
    let second = ask(&embassy).await.expect(201).header("location").to_owned();
    world.patch("officer.vnm", &second, json!({ "interview_on": "2026-01-20" })).await.expect(200);
    assert_eq!(
        world.get("caseworker.a", &at(&case, "")).await.json()["nationality_verified"],
        "VNM",
        "a pending record takes nothing away"
    );
    let verified = world.get("officer.vnm", &at(&case, "/repatriation")).await;
    assert_eq!(verified.expect(200).json()["stage"], "registered");
}

#[rstest]
#[actix_web::test]
async fn a_guest_does_not_rewrite_what_the_host_recorded(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let made = contact(world, &case, &world.mission("VNM").await, "accepted").await.expect(201);
    for patch in
        [json!({ "informed_of_rights_on": "2025-01-01" }), json!({ "decided_on": "2025-01-01" }), json!({ "person_decision": "requested" })]
    {
        world.patch("officer.vnm", made.header("location"), patch).await.problem(422, "validation_failed");
    }
    world.patch("officer.vnm", &at(&case, ""), json!({ "risk_level": "low" })).await.problem(403, "permission_denied");
    world.patch("coordinator", &at(&case, ""), json!({ "identity": { "given_name": "X" } })).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn a_mission_takes_in_only_those_it_serves(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("officer.vnm", "/v1/cases", data::walk_in()).await.problem(422, "mission_does_not_cover");
    let mut unknown = data::walk_in();
    unknown["nationality_claimed"] = json!(null);
    world.post("officer.vnm", "/v1/cases", unknown).await.expect(201);
    assert_eq!(world.get("coordinator", "/v1/cases").await.json()["items"].as_array().map(Vec::len), Some(1));
}

#[rstest]
#[actix_web::test]
async fn a_consent_can_be_taken_back_from_a_closed_case_and_given_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let made = contact(world, &case, &world.mission("VNM").await, "accepted").await.expect(201);
    world.patch("caseworker.a", &at(&case, ""), json!({ "nationality_claimed": "CHN" })).await.expect(200);
    world.patch("caseworker.a", &at(&case, ""), json!({ "nationality_claimed": "VNM" })).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    world.patch("caseworker.a", made.header("location"), json!({ "person_decision": "accepted" })).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    world.patch("caseworker.a", made.header("location"), json!({ "person_decision": "declined" })).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    world.patch("caseworker.a", made.header("location"), json!({ "person_decision": "accepted" })).await.problem(409, "case_closed");
}

#[rstest]
#[actix_web::test]
async fn what_changes_in_one_episode_is_stale_in_the_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = world.register("caseworker.a", data::vietnamese()).await;
    let second = world
        .register("caseworker.a", json!({ "person_id": first["person_id"], "host_country": "KHM", "intake_channel": "hotline" }))
        .await;
    let etag = world.get("caseworker.a", &at(&second, "")).await.etag();
    world.patch("caseworker.a", &at(&first, ""), json!({ "identity": { "given_name": "Other" } })).await.expect(200);
    world.send("caseworker.a", Method::GET, &at(&second, ""), &[("if-none-match", &etag)], None).await.expect(200);
    assert_eq!(world.patch("caseworker.a", &at(&first, ""), json!({ "identity": null })).await.pointers(), ["/identity/given_name"]);
    let etag = world.get("caseworker.a", &at(&first, "/repatriation")).await.etag();
    contact(world, &first, &world.mission("VNM").await, "accepted").await.expect(201);
    world.send("caseworker.a", Method::GET, &at(&first, "/repatriation"), &[("if-none-match", &etag)], None).await.expect(200);
}

/// Generated clients send the values of the document: each must be one that the service accepts.
#[test]
fn the_document_lists_the_values_that_the_wire_accepts() {
    use homeward::domain::codes::{IntakeChannel, RiskLevel, TraffickingStatus};
    let document = crate::support::contract::document();
    let listed = |schema: &str| document["components"]["schemas"][schema]["enum"].clone();
    assert_eq!(listed("RiskLevel"), json!(RiskLevel::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>()));
    assert_eq!(listed("TraffickingStatus"), json!(TraffickingStatus::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>()));
    assert_eq!(listed("IntakeChannel"), json!(IntakeChannel::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>()));
    // These names are prescribed by RFC 7517 and RFC 7518.
    let of_keys = ["KeyType", "Curve", "KeyAlgorithm"];
    for (name, schema) in
        document["components"]["schemas"].as_object().unwrap().iter().filter(|(name, _)| !of_keys.contains(&name.as_str()))
    {
        for value in schema["enum"].as_array().into_iter().flatten() {
            let text = value.as_str().unwrap();
            assert!(text.chars().all(|c| !c.is_ascii_uppercase()), "{name}: {text} is a name in Rust, not on the wire");
        }
    }
}

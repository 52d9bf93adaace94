//! "Never my embassy", "never this organisation": a denial beats every grant, now and later. And emergency access, which a denial
//! beats too.

use homeward::domain::access::Role;
use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::{answer, at, organisation_of, refer_to_b, referred, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

pub async fn deny(world: &World, actor: &str, case: &Value, body: Value) -> Answer {
    world.post(actor, &at(case, "/denials"), body).await
}

async fn contact(world: &World, case: &Value) -> Answer {
    let body = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await
}

pub async fn emergency(world: &World, actor: &str, case: &Value, compartments: Value) -> Answer {
    let reason = "Unconscious at the hospital, allergies unknown";
    world.post(actor, "/v1/emergency-accesses", json!({ "case_code": case["code"], "compartments": compartments, "reason": reason })).await
}

#[rstest]
#[actix_web::test]
async fn never_my_embassy_ends_its_sight_and_bars_it_for_ever(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    contact(world, &case).await.expect(201);
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    let denial =
        deny(world, "caseworker.a", &case, json!({ "scope": "missions_of", "missions_of": "VNM", "reason": "Her uncle works there" }))
            .await
            .expect(201);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    let contacts = world.get("caseworker.a", &at(&case, "/embassy-contacts")).await.json();
    assert_eq!(contacts["items"][0]["person_decision"], "deferred");
    let again = contacts["items"][0]["id"].as_str().unwrap().to_owned();
    world
        .patch("caseworker.a", &at(&case, &format!("/embassy-contacts/{again}")), json!({ "person_decision": "accepted" }))
        .await
        .problem(422, "validation_failed");
    let next = json!({ "person_id": case["person_id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM" });
    let next = world.register("caseworker.a", next).await;
    assert_eq!(contact(world, &next).await.pointers(), ["/mission_id"], "in every later case too");
    answer(world, &case, json!({ "purpose": "share_with_mission" })).await.expect(201);
    let body = data::referral(&organisation_of(world, "officer.vnm").await);
    assert_eq!(world.post("caseworker.a", &at(&case, "/referrals"), body).await.pointers(), ["/to_organisation_id"]);
    // A denial is readable to the actors who may read the protection compartment.
    assert_eq!(world.get("caseworker.a", denial.header("location")).await.json()["denied"]["reason"], "Her uncle works there");
    assert_eq!(world.get("coordinator", &at(&case, "/denials")).await.expect(200).json(), json!({ "redacted": ["protection"] }));
    world.post("caseworker.a", &format!("{}/lift", denial.header("location")), json!({})).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    contact(world, &next).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn a_denied_organisation_loses_referral_offer_and_desk_and_gets_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, ..) = referred(world).await;
    deny(world, "caseworker.a", &case, json!({ "scope": "organisation", "organisation_id": organisation_of(world, "caseworker.b").await }))
        .await
        .expect(201);
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    assert_eq!(refer_to_b(world, &case).await.pointers(), ["/to_organisation_id"]);
    emergency(world, "caseworker.b", &case, json!(["health"])).await.problem(404, "not_found");
    deny(world, "caseworker.a", &case, json!({ "scope": "organisation", "organisation_id": organisation_of(world, "coordinator").await }))
        .await
        .expect(201);
    world.get("coordinator", &at(&case, "")).await.problem(404, "not_found");
    let next = json!({ "person_id": case["person_id"], "host_country": "KHM", "intake_channel": "hotline" });
    let next = world.register("caseworker.a", next).await;
    world.get("coordinator", &at(&next, "")).await.problem(404, "not_found");
    // A desk that is closed and opened again gets its grants again, except this one.
    let desk = format!("/v1/organisations/{}", organisation_of(world, "coordinator").await);
    // The role exists at a desk only, so nobody holds it while the desk is closed.
    world.change_role("coordinator", Role::NgoSupervisor);
    for coordinates in [json!(null), json!("KHM")] {
        world.patch("admin", &desk, json!({ "coordinates": coordinates })).await.expect(200);
    }
    world.get("coordinator", &at(&next, "")).await.problem(404, "not_found");
    assert_eq!(world.get("coordinator", "/v1/cases").await.json()["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn an_embassy_that_took_somebody_in_loses_them_when_they_say_never(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", data::walk_in()).await;
    assert_eq!(deny(world, "officer.idn", &case, json!({ "scope": "missions_of", "missions_of": "IDN" })).await.pointers(), ["/scope"]);
    deny(world, "coordinator", &case, json!({ "scope": "missions_of", "missions_of": "IDN" })).await.expect(201);
    world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
    let taken = world.get("coordinator", &at(&case, "")).await.expect(200).json();
    let closed = json!(["location", "health", "narrative", "protection"]);
    assert_eq!((taken["owner_id"].clone(), taken["redacted"].clone()), (json!(organisation_of(world, "coordinator").await), closed));
    let person =
        json!({ "person_id": case["person_id"], "host_country": "KHM", "intake_channel": "walk_in_embassy", "nationality_claimed": "IDN" });
    world.post("officer.idn", "/v1/cases", person).await.problem(422, "validation_failed");
}

#[rstest]
#[actix_web::test]
async fn a_desk_takes_no_case_from_an_ngo_by_saying_that_it_is_denied(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    for body in [
        json!({ "scope": "organisation", "organisation_id": organisation_of(world, "caseworker.a").await }),
        json!({ "scope": "organisation_kind", "organisation_kind": "ngo" }),
    ] {
        assert_eq!(deny(world, "coordinator", &case, body).await.pointers(), ["/scope"]);
    }
    assert_eq!(
        world.get("coordinator", &at(&case, "")).await.expect(200).json()["redacted"],
        json!(["location", "health", "narrative", "protection"])
    );
    world.get("caseworker.a", &at(&case, "")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_denial_names_somebody_who_exists_and_not_everybody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    for (body, pointer) in [
        (json!({ "scope": "anyone" }), "/scope"),
        (json!({ "scope": "organisation" }), "/organisation_id"),
        (json!({ "scope": "missions_of", "missions_of": "VNM", "organisation_kind": "ngo" }), "/organisation_kind"),
        (json!({ "scope": "organisation", "organisation_id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10" }), "/organisation_id"),
        (json!({ "scope": "organisation_kind", "organisation_kind": "ngo" }), "/scope"),
    ] {
        assert_eq!(deny(world, "caseworker.a", &case, body.clone()).await.pointers(), [pointer], "{body}");
    }
    contact(world, &case).await.expect(201);
    deny(world, "officer.vnm", &case, json!({ "scope": "organisation_kind", "organisation_kind": "ngo" }))
        .await
        .problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn emergency_access_is_one_persons_for_three_hours_and_only_reads(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.b", data::vietnamese()).await;
    for (compartments, pointer) in [
        (json!(["location"]), "/compartments/0"),
        (json!(["health", "protection"]), "/compartments/1"),
        (json!([]), "/compartments"),
        (json!(["health", "health"]), "/compartments/1"),
    ] {
        assert_eq!(emergency(world, "caseworker.a", &case, compartments).await.pointers(), [pointer]);
    }
    let short = json!({ "case_code": case["code"], "compartments": ["health"], "reason": "             urgent             " });
    assert_eq!(world.post("caseworker.a", "/v1/emergency-accesses", short).await.pointers(), ["/reason"]);
    let taken = emergency(world, "caseworker.a", &case, json!(["health", "contact"])).await.expect(201);
    let seen = world.get("caseworker.a", &at(&case, "")).await.expect(200).json();
    assert_eq!(seen["redacted"], json!(["identity", "location", "narrative", "protection"]));
    // The emergency access is for its user alone, appears in no list, and allows no writes.
    world.get("supervisor.a", &at(&case, "")).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.a", "/v1/cases").await.json()["items"], json!([]));
    let found = world.post("caseworker.a", "/v1/cases/search", json!({ "name": "Nguyễn Văn Hùng" })).await.expect(200).text();
    assert!(!found.contains(case["code"].as_str().unwrap()), "{found}");
    world.patch("caseworker.a", &at(&case, ""), json!({ "health": { "immediate_needs": "x" } })).await.problem(404, "not_found");
    contact_by(world, "caseworker.a", &case).await.problem(404, "not_found");
    world
        .post("caseworker.a", &at(&case, "/transfer-requests"), json!({ "urgency": "immediate", "note": "Give it to us" }))
        .await
        .problem(404, "not_found");
    emergency(world, "caseworker.a", &case, json!(["narrative"])).await.problem(409, "already_exists");
    emergency(world, "supervisor.a", &case, json!(["narrative"])).await.problem(409, "already_exists");
    world.clock.forward(3 * 3600);
    world.forget("caseworker.a");
    world.get("caseworker.a", &at(&case, "")).await.problem(404, "not_found");
    world.days_pass(0).await;
    let queue = world.get("supervisor.a", "/v1/emergency-accesses").await.expect(200).json();
    assert_eq!(
        (queue["items"][0]["reason"].clone(), queue["items"][0]["verdict"].clone()),
        (json!("Unconscious at the hospital, allergies unknown"), json!(null))
    );
    assert_eq!(queue["items"][0]["id"], taken.json()["id"]);
    assert_eq!(world.get("officer.vnm", "/v1/emergency-accesses").await.json()["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn those_who_answer_for_the_case_are_told_at_once_and_review_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let taken = emergency(world, "coordinator", &case, json!(["health"])).await.expect(201).json();
    let events = world.get("supervisor.a", "/v1/access-events").await.expect(200).json();
    assert_eq!(events["items"][0]["kind"], "emergency_access");
    let day = world.get("supervisor.a", "/v1/worklist").await.expect(200).json();
    assert!(
        day["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["task"]["note"].as_str().is_some_and(|note| note.contains("Emergency access"))),
        "{day}"
    );
    let review = format!("/v1/emergency-accesses/{}/review", taken["id"].as_str().unwrap());
    let body = json!({ "verdict": "unjustified", "note": "Nobody was at the hospital" });
    world.post("coordinator", &review, body.clone()).await.problem(403, "permission_denied");
    world.post("caseworker.a", &review, body.clone()).await.problem(403, "permission_denied");
    world.post("supervisor.idn", &review, body.clone()).await.problem(404, "not_found");
    world.post("supervisor.a", &review, body.clone()).await.expect(200);
    world.post("supervisor.a", &review, body).await.problem(409, "conflict");
    assert_eq!(
        world.get("coordinator", &at(&case, "")).await.expect(200).json()["redacted"],
        json!(["location", "health", "narrative", "protection"])
    );
}

#[rstest]
#[actix_web::test]
async fn the_protected_stay_protected_in_an_emergency(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let etag = world.get("caseworker.a", &at(&case, "")).await.etag();
    let to = json!({ "to": "protection_pathway", "reason": "Threatened" });
    world
        .send("caseworker.a", actix_web::http::Method::POST, &at(&case, "/repatriation/transitions"), &[("if-match", &etag)], Some(&to))
        .await
        .expect(200);
    let hidden = emergency(world, "caseworker.b", &case, json!(["health"])).await;
    let unknown = emergency(world, "caseworker.b", &json!({ "code": "KHM-26-000000-0" }), json!(["health"])).await;
    assert_eq!((hidden.status, unknown.status), (404, 404));
    assert_eq!(hidden.json()["title"], unknown.json()["title"]);
    assert_eq!(hidden.json()["detail"], unknown.json()["detail"]);
    world
        .post(
            "officer.vnm",
            "/v1/emergency-accesses",
            json!({ "case_code": case["code"], "compartments": ["health"], "reason": "A reason that is long enough" }),
        )
        .await
        .problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn a_case_changes_hands_with_everything_on_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let ngo_b = organisation_of(world, "caseworker.b").await;
    let offer = json!({ "to_organisation_id": ngo_b, "urgency": "urgent", "note": "She moves north" });
    world.post("caseworker.a", &at(&case, "/transfers"), offer.clone()).await.problem(422, "consent_required");
    answer(world, &case, json!({})).await.expect(201);
    contact(world, &case).await.expect(201);
    let transfer = world.post("caseworker.a", &at(&case, "/transfers"), offer.clone()).await.expect(201).header("location").to_owned();
    world.post("caseworker.a", &at(&case, "/transfers"), offer).await.problem(409, "already_exists");
    let task = json!({ "note": "Call the sister", "due_on": world.day(1) });
    world.post("caseworker.a", &at(&case, "/tasks"), task).await.expect(201);
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    step(world, "caseworker.a", &transfer, json!({ "to": "accepted" })).await.problem(409, "conflict");
    step(world, "caseworker.b", &transfer, json!({ "to": "accepted" })).await.expect(200);
    let owned = world.get("caseworker.b", &at(&case, "")).await.expect(200).json();
    assert_eq!((owned["owner_id"].clone(), owned["redacted"].clone()), (json!(ngo_b), json!([])));
    assert_eq!(owned["protection"]["notes"], "Is a witness");
    world.patch("caseworker.b", &at(&case, ""), json!({ "risk_level": "low" })).await.expect(200);
    world.get("caseworker.a", &at(&case, "")).await.problem(404, "not_found");
    assert!(
        world.get("caseworker.b", &at(&case, "/tasks")).await.expect(200).text().contains("Call the sister"),
        "what was to be done goes on"
    );
    let again = json!({ "person_id": case["person_id"], "host_country": "KHM", "intake_channel": "hotline" });
    world.post("caseworker.a", "/v1/cases", again.clone()).await.problem(422, "validation_failed");
    world.post("caseworker.b", "/v1/cases", again).await.expect(201);
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    let history = world.get("caseworker.b", &at(&case, "/history")).await.expect(200).text();
    assert!(history.contains("owner_id"), "{history}");
    assert_eq!(world.get("caseworker.a", &transfer).await.json()["status"], "accepted");
}

#[rstest]
#[actix_web::test]
async fn whoever_asks_for_a_case_gets_it_only_with_consent(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, consent, _) = referred(world).await;
    let request = world
        .post("caseworker.b", &at(&case, "/transfer-requests"), json!({ "urgency": "routine", "note": "She lives in our shelter" }))
        .await
        .expect(201)
        .header("location")
        .to_owned();
    world
        .post("caseworker.a", &at(&case, "/transfer-requests"), json!({ "urgency": "routine", "note": "x" }))
        .await
        .problem(409, "conflict");
    step(world, "caseworker.b", &request, json!({ "to": "accepted" })).await.problem(409, "conflict");
    world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200);
    step(world, "caseworker.a", &request, json!({ "to": "accepted" })).await.problem(422, "consent_required");
    answer(world, &case, json!({})).await.expect(201);
    step(world, "caseworker.a", &request, json!({ "to": "accepted" })).await.expect(200);
    assert_eq!(world.get("caseworker.b", &at(&case, "")).await.expect(200).json()["redacted"], json!([]));
    world.get("caseworker.a", &at(&case, "")).await.problem(404, "not_found");
}

async fn contact_by(world: &World, actor: &str, case: &Value) -> Answer {
    let body = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post(actor, &at(case, "/embassy-contacts"), body).await
}

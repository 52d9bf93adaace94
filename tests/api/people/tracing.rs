//! Tracing the missing: only the organisation that accompanies the person learns of a match, and the asking organisation learns
//! nothing without its agreement.

use homeward::command::background::match_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

/// A request for the woman of [`data::taiwanese`].
fn chen() -> Value {
    json!({ "relation": "mission", "details": { "sought": { "name": "CHEN YI JUN", "birth_date": "2001", "nationality": "TWN", "document_number": "X0 888-111" },
            "on_behalf_of": "Her mother, canary-family" } })
}

async fn id(world: &World, actor: &str, body: Value) -> String {
    world.post(actor, "/v1/tracing-requests", body).await.expect(201).json()["id"].as_str().expect("an id").to_owned()
}

async fn matches(world: &World, actor: &str) -> Vec<Value> {
    match_once(&world.db).await.expect("everybody is compared");
    world.get(actor, "/v1/tracing-matches").await.expect(200).json()["items"].as_array().expect("items").clone()
}

async fn decide(world: &World, found: &Value, decision: &str) {
    let url = format!("/v1/tracing-matches/{}", found["id"].as_str().expect("an id"));
    world.act("caseworker.a", &url, "/decision", json!({ "decision": decision, "note": "Asked her alone" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn anonymous_looks_for_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("", "/v1/tracing-requests", chen()).await.problem(401, "unauthenticated");
    world.post("analyst", "/v1/tracing-requests", chen()).await.problem(403, "permission_denied");
    world.get("admin", "/v1/tracing-matches").await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn a_match_is_told_to_the_owner_alone_whenever_the_person_is_registered(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let before = id(world, "officer.twn", chen()).await;
    assert_eq!(matches(world, "caseworker.a").await, Vec::<Value>::new());
    let case = world.register("caseworker.a", data::taiwanese()).await;
    id(world, "officer.twn", chen()).await;
    let found = matches(world, "caseworker.a").await;
    assert_eq!(found.len(), 2, "registered after the one request, and before the other");
    for found in &found {
        assert_eq!((&found["case_id"], &found["requester"], &found["relation"]), (&case["id"], &json!("Taipei Office"), &json!("mission")));
        assert_eq!(found["details"]["on_behalf_of"], "Her mother, canary-family");
        assert!(found["reasons"].as_array().unwrap().contains(&json!({ "field": "document_number", "outcome": "same" })), "{found}");
    }
    for stranger in ["officer.twn", "caseworker.b", "coordinator", "officer.vnm"] {
        assert_eq!(matches(world, stranger).await, Vec::<Value>::new(), "{stranger}");
        world.get(stranger, &format!("/v1/tracing-matches/{}", found[0]["id"].as_str().unwrap())).await.problem(404, "not_found");
    }
    let asked = world.get("officer.twn", &format!("/v1/tracing-requests/{before}")).await.expect(200).json();
    assert_eq!((&asked["status"], &asked["contact"], &asked["version"]), (&json!("tracing_in_progress"), &json!([]), &json!(1)));
    world.get("caseworker.b", &format!("/v1/tracing-requests/{before}")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_refusal_another_person_and_nobody_look_the_same(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::taiwanese()).await;
    let (nobody, declined, mistaken) = (
        id(world, "officer.twn", data::looked_for("Kofi Mensah")).await,
        id(world, "officer.twn", chen()).await,
        id(world, "officer.twn", chen()).await,
    );
    let silent = async |id: &str| {
        let answer = world.get("officer.twn", &format!("/v1/tracing-requests/{id}")).await.expect(200);
        // The last part is the digest of what is shown, its own id among it.
        let etag = answer.etag().rsplit_once('-').expect("a digest").0.to_owned();
        let mut body = answer.json();
        assert_eq!(body["created_at"], body["updated_at"], "{body}");
        for own in ["id", "details", "created_at", "updated_at", "relation"] {
            body[own] = json!(null);
        }
        (body, etag)
    };
    let found = matches(world, "caseworker.a").await;
    assert_eq!(found.len(), 2);
    let undecided = silent(&nobody).await;
    for (found, decision) in found.iter().zip(["person_declines", "not_the_person"]) {
        world.clock.forward(60);
        decide(world, found, decision).await;
    }
    for id in [&nobody, &declined, &mistaken] {
        assert_eq!(silent(id).await, undecided);
    }
}

#[rstest]
#[actix_web::test]
async fn whoever_asks_learns_of_the_person_only_while_they_consent(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await["id"].as_str().unwrap().to_owned();
    let (mission, family) = (id(world, "officer.twn", chen()).await, id(world, "caseworker.b", chen()).await);
    let status = async |actor: &str, id: &str| {
        let answer = world.get(actor, &format!("/v1/tracing-requests/{id}")).await.expect(200).json();
        (answer["status"].as_str().unwrap().to_owned(), answer["contact"].to_string())
    };
    for found in matches(world, "caseworker.a").await {
        decide(world, &found, "person_wants_contact").await;
    }
    let nothing = ("tracing_in_progress".to_owned(), "[]".to_owned());
    assert_eq!(status("officer.twn", &mission).await, nothing, "wanting is no consent");
    let url = format!("/v1/cases/{case}/embassy-contacts");
    let contact = json!({ "mission_id": world.mission("TWN").await, "initiated_by": "ngo_with_consent", "person_decision": "accepted" });
    let contact = world.post("caseworker.a", &url, contact).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    let (verified, told) = status("officer.twn", &mission).await;
    assert_eq!(verified, "verified");
    assert!(told.contains("NGO A") && !told.contains(&case) && !told.contains("willow"), "{told}");
    assert_eq!(status("caseworker.b", &family).await, nothing, "a consent for the mission is none for the family");
    world.patch("caseworker.a", &format!("{url}/{contact}"), json!({ "person_decision": "declined" })).await.expect(200);
    assert_eq!(status("officer.twn", &mission).await, nothing, "a consent that is withdrawn tells nothing");
}

#[rstest]
#[actix_web::test]
async fn a_family_is_told_while_the_consent_to_tracing_lives(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, stranger) =
        (world.register("caseworker.a", data::taiwanese()).await, world.register("caseworker.a", data::vietnamese()).await);
    let family = id(world, "caseworker.b", chen()).await;
    let told = async || {
        let answer = world.get("caseworker.b", &format!("/v1/tracing-requests/{family}")).await.expect(200);
        (answer.json()["status"].as_str().unwrap().to_owned(), answer.text().contains("NGO A"))
    };
    let consent = async |case: &Value| {
        let url = format!("/v1/cases/{}/consents", case["id"].as_str().unwrap());
        world.post("caseworker.a", &url, data::consent("family_contact_tracing")).await.expect(201).header("location").to_owned()
    };
    let (of_stranger, own) = (consent(&stranger).await, consent(&case).await);
    let found = matches(world, "caseworker.a").await.remove(0);
    let url = format!("/v1/tracing-matches/{}", found["id"].as_str().unwrap());
    let wants = |consent: &str| json!({ "decision": "person_wants_contact", "consent_id": consent.rsplit('/').next() });
    assert_eq!(world.act("caseworker.a", &url, "/decision", wants(&of_stranger)).await.pointers(), ["/consent_id"]);
    assert_eq!(told().await, ("tracing_in_progress".to_owned(), false), "a consent alone is no decision");
    world.act("caseworker.a", &url, "/decision", wants(&own)).await.expect(200);
    assert_eq!(told().await, ("verified".to_owned(), true));
    let ngo_b = world.get("caseworker.b", "/v1/me").await.json()["organisation_id"].clone();
    let denials = format!("/v1/cases/{}/denials", case["id"].as_str().unwrap());
    let denial = world
        .post("caseworker.a", &denials, json!({ "scope": "organisation", "organisation_id": ngo_b }))
        .await
        .expect(201)
        .header("location")
        .to_owned();
    assert_eq!(told().await, ("tracing_in_progress".to_owned(), false), "a denial beats a consent");
    world.post("caseworker.a", &format!("{denial}/lift"), json!({})).await.expect(200);
    assert_eq!(told().await, ("verified".to_owned(), true));
    world.post("caseworker.a", &format!("{own}/withdrawal"), json!({})).await.expect(200);
    assert_eq!(told().await, ("tracing_in_progress".to_owned(), false), "a consent that is withdrawn tells nothing");
}

#[rstest]
#[actix_web::test]
async fn the_protected_are_told_to_their_owner_and_to_nobody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await["id"].as_str().unwrap().to_owned();
    let contact = json!({ "mission_id": world.mission("TWN").await, "initiated_by": "ngo_with_consent", "person_decision": "accepted" });
    world.post("caseworker.a", &format!("/v1/cases/{case}/embassy-contacts"), contact).await.expect(201);
    let asked = id(world, "officer.twn", chen()).await;
    let found = matches(world, "caseworker.a").await;
    decide(world, &found[0], "person_wants_contact").await;
    let url = format!("/v1/tracing-requests/{asked}");
    assert_eq!(world.get("officer.twn", &url).await.json()["status"], "verified");
    world
        .post("caseworker.a", &format!("/v1/cases/{case}/legal-holds"), crate::support::records::body("create_legal_hold").unwrap())
        .await
        .expect(201);
    assert_eq!(world.get("officer.twn", &url).await.json()["contact"], json!([]));
    assert_eq!(matches(world, "caseworker.a").await.len(), 1, "the owner still knows");
}

#[rstest]
#[actix_web::test]
async fn a_list_is_taken_item_by_item_and_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut bad = chen();
    bad["details"]["sought"]["document_number"] = json!("X");
    let body = json!({ "items": [chen(), bad, data::looked_for("Trần Thị Mai")] });
    let key = [("idempotency-key", "list-1")];
    let send = async || {
        world.send("caseworker.b", actix_web::http::Method::POST, "/v1/tracing-requests/batch", &key, Some(&body)).await.expect(201).json()
    };
    let first = send().await;
    assert_eq!(first["items"][1]["errors"][0]["pointer"], "/details/sought/document_number", "{first}");
    assert!(first["items"][0]["id"].is_string() && first["items"][1]["id"].is_null() && first["items"][2]["id"].is_string());
    assert_eq!(send().await, first, "sent again");
    let listed = world.get("caseworker.b", "/v1/tracing-requests").await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    let many = json!({ "items": vec![chen(); 501] });
    world.post("caseworker.b", "/v1/tracing-requests/batch", many).await.problem(422, "validation_failed");
}

#[rstest]
#[actix_web::test]
async fn whoever_asked_ends_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let url = format!("/v1/tracing-requests/{}", id(world, "caseworker.b", chen()).await);
    world.act("caseworker.b", &url, "/close", json!({ "status": "verified" })).await.problem(422, "validation_failed");
    let (known, closed) = ([("if-match", "\"1-0\"")], json!({ "status": "closed" }));
    world
        .send("caseworker.a", actix_web::http::Method::POST, &format!("{url}/close"), &known, Some(&closed))
        .await
        .problem(404, "not_found");
    let ended = world.act("caseworker.b", &url, "/close", json!({ "status": "reunified" })).await.expect(200).json();
    assert_eq!((&ended["status"], &ended["version"]), (&json!("reunified"), &json!(2)));
    world.register("caseworker.a", data::taiwanese()).await;
    assert_eq!(matches(world, "caseworker.a").await, Vec::<Value>::new(), "nobody looks any more");
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_read_of_a_list_stops_no_other_request(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut broken = data::looked_for("Siti Rahmawati");
    broken["details"]["sought"]["birth_date"] = json!("2001-13");
    let items = [data::looked_for("Kofi Mensah"), broken, data::looked_for("Nguyễn Văn Hùng")];
    let made = world.post("caseworker.a", "/v1/tracing-requests/batch", json!({ "items": items })).await.expect(201).json();
    let results = made["items"].as_array().unwrap();
    assert_eq!(results[1]["errors"][0]["pointer"], "/details/sought/birth_date", "{made}");
    assert!(results[1]["id"].is_null() && [0, 2].iter().all(|at| results[*at]["id"].is_string()), "{made}");
}

//! People who may be registered twice: before registering, and in the queue.

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use homeward::command::background::{match_once, seal_once};
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

async fn queue(world: &World, actor: &str) -> Vec<Value> {
    match_once(&world.db).await.expect("everybody is compared");
    world.get(actor, "/v1/duplicates").await.expect(200).json()["items"].as_array().expect("items").clone()
}

fn twin() -> Value {
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Van Hung", "family_name": "NGUYEN", "birth_date": "1995" });
    body
}

#[rstest]
#[actix_web::test]
async fn anonymous_sees_no_pairs(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/duplicates").await.problem(401, "unauthenticated");
    world.get("analyst", "/v1/duplicates").await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn candidates_before_registering_come_with_their_reasons(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::vietnamese()).await;
    let asked = json!({ "name": "Nguyen Van Hung", "birth_date": "1995-11-03", "nationality": "VNM", "gender": "masculine" });
    let answer = world.post("caseworker.a", "/v1/cases/duplicate-candidates", asked.clone()).await.expect(200).json();
    assert_eq!(answer["items"].as_array().map(Vec::len), Some(1), "{answer}");
    let reasons = answer["items"][0]["reasons"].as_array().unwrap();
    assert!(
        reasons.contains(&json!({ "field": "birth_date", "outcome": "same" }))
            && reasons.contains(&json!({ "field": "name", "outcome": "same" })),
        "{answer}"
    );
    assert_eq!(
        world.post("caseworker.b", "/v1/cases/duplicate-candidates", asked).await.expect(200).json()["items"],
        json!([]),
        "another organisation's"
    );
    let brother = json!({ "name": "Nguyễn Văn Dũng", "birth_date": "1993-01-07", "nationality": "VNM" });
    assert_eq!(world.post("caseworker.a", "/v1/cases/duplicate-candidates", brother).await.expect(200).json()["items"], json!([]));
    world.post("caseworker.a", "/v1/cases/duplicate-candidates", json!({ "nationality": "VNM" })).await.problem(422, "validation_failed");
}

/// A pair, a fine and an age change without a new version: a client that keeps answers must not decide by an old one.
#[rstest]
#[actix_web::test]
async fn a_pair_that_is_compared_anew_is_no_old_answer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = world.register("caseworker.a", data::vietnamese()).await;
    world.register("caseworker.a", twin()).await;
    let pair = format!("/v1/duplicates/{}", queue(world, "supervisor.a").await[0]["id"].as_str().expect("an id"));
    let known = world.get("supervisor.a", &pair).await.expect(200);
    let ask = async || world.send("supervisor.a", Method::GET, &pair, &[("if-none-match", &known.etag())], None).await;
    assert_eq!(ask().await.status, 304);
    let other = json!({ "identity": { "given_name": "Somchai", "family_name": "Rattanakul", "birth_date": "2012-03-04" } });
    world.patch("caseworker.a", &format!("/v1/cases/{}", first["id"].as_str().expect("an id")), other).await.expect(200);
    let now = ask().await.expect(200);
    assert!(now.text().contains("Rattanakul") && now.etag() != known.etag());
    assert_eq!(known.etag().split('-').next(), now.etag().split('-').next(), "it is the same version of the pair");
    let reason = json!({ "reason": "One was born in 2012" });
    let decided =
        world.send("supervisor.a", Method::POST, &format!("{pair}/dismissal"), &[("if-match", &known.etag())], Some(&reason)).await;
    decided.expect(200);
}

#[rstest]
#[actix_web::test]
async fn whoever_is_registered_twice_comes_into_the_queue_of_whoever_sees_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::vietnamese()).await;
    let second = world.register("caseworker.a", twin()).await;
    assert_eq!(queue(world, "caseworker.b").await, Vec::<Value>::new());
    assert_eq!(queue(world, "coordinator").await.len(), 1, "the desk sees both, in a pair of its own");
    let pairs = queue(world, "caseworker.a").await;
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!(pairs[0]["second"]["case_id"], second["id"]);
    assert!(pairs[0]["score"].as_f64().unwrap() >= 0.75);
    match_once(&world.db).await.unwrap();
    assert_eq!(queue(world, "caseworker.a").await.len(), 1, "once");
}

#[rstest]
#[actix_web::test]
async fn a_pair_across_organisations_is_the_desks_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::vietnamese()).await;
    world.register("caseworker.b", twin()).await;
    assert_eq!(queue(world, "coordinator").await.len(), 1);
    for blind in ["caseworker.a", "caseworker.b"] {
        assert_eq!(queue(world, blind).await, Vec::<Value>::new(), "{blind}");
    }
}

/// Whoever fled an embassy would be given away by the desk that looks at both registrations.
#[rstest]
#[actix_web::test]
async fn an_owner_does_not_read_in_the_accesses_that_the_person_is_registered_elsewhere(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.a", "auditor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.register("caseworker.b", twin()).await;
    let pairs = queue(world, "coordinator").await;
    let pair = format!("/v1/duplicates/{}", pairs[0]["id"].as_str().expect("a pair"));
    let etag = world.get("coordinator", &pair).await.expect(200).etag();
    let preview = json!({ "survivor_case_id": case["id"] });
    world.post("coordinator", &format!("{pair}/merge-preview"), preview).await.expect(200);
    let reason = json!({ "reason": "Two people" });
    world.send("coordinator", Method::POST, &format!("{pair}/dismissal"), &[("if-match", &etag)], Some(&reason)).await.expect(200);
    world.clock.forward(61);
    seal_once(&world.db).await.expect("a seal");
    let seen =
        world.get("supervisor.a", &format!("/v1/cases/{}/accesses?limit=200", case["id"].as_str().unwrap())).await.expect(200).text();
    let trail = world.get("auditor.a", "/v1/audit/entries?limit=200").await.expect(200).text();
    for word in ["duplicate", "preview_merge", "pair"] {
        assert!(!seen.contains(word) && !trail.contains(word), "{word}: {seen} {trail}");
    }
}

#[rstest]
#[actix_web::test]
async fn registering_a_passport_that_another_organisation_holds_answers_like_any_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::taiwanese()).await;
    let mut other = data::taiwanese();
    other["identity"]["documents"][0]["number"] = json!("X0999222");
    let (mut known, mut unknown) = (world.register("caseworker.b", data::taiwanese()).await, world.register("caseworker.b", other).await);
    for answer in [&mut known, &mut unknown] {
        for own in ["id", "code", "person_id", "created_at", "updated_at"] {
            answer[own] = json!(null);
        }
        answer["identity"]["documents"][0]["number"] = json!(null);
    }
    assert_eq!(known, unknown);
    assert_eq!(queue(world, "caseworker.b").await.len(), 1, "of its own two only");
}

#[rstest]
#[actix_web::test]
async fn a_dismissed_pair_stays_dismissed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::vietnamese()).await;
    let second = world.register("caseworker.a", twin()).await;
    let pair = queue(world, "caseworker.a").await[0]["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/duplicates/{pair}");
    world.post("caseworker.a", &format!("{url}/dismissal"), json!({ "reason": "Brothers" })).await.problem(428, "precondition_required");
    let reason = json!({ "reason": "Cousins of one name: canary-reason" });
    let known = [("if-match", "\"1-3\"")];
    world.send("caseworker.b", Method::POST, &format!("{url}/dismissal"), &known, Some(&reason)).await.problem(404, "not_found");
    let dismissed = world.act("caseworker.a", &url, "/dismissal", reason.clone()).await.expect(200).json();
    assert_eq!(
        (&dismissed["status"], &dismissed["reason"], &dismissed["version"]),
        (&json!("invalid"), &json!("Cousins of one name: canary-reason"), &json!(2))
    );
    world.act("caseworker.a", &url, "/dismissal", reason).await.problem(409, "conflict");
    let url = format!("/v1/cases/{}", second["id"].as_str().unwrap());
    world.patch("caseworker.a", &url, json!({ "identity": { "birth_date": "1995-11" } })).await.expect(200);
    assert_eq!(queue(world, "caseworker.a").await, Vec::<Value>::new(), "they are not proposed again");
    let invalid = world.get("caseworker.a", "/v1/duplicates?status=invalid").await.expect(200).json();
    assert_eq!(invalid["items"].as_array().map(Vec::len), Some(1));
}

#[rstest]
#[actix_web::test]
async fn whoever_loses_sight_of_one_loses_the_pair(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mission = world.mission("VNM").await;
    let mut contacts = Vec::new();
    for body in [data::vietnamese(), twin()] {
        let case = world.register("caseworker.a", body).await["id"].as_str().unwrap().to_owned();
        let url = format!("/v1/cases/{case}/embassy-contacts");
        let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted" });
        let id = world.post("caseworker.a", &url, contact).await.expect(201).json()["id"].as_str().unwrap().to_owned();
        contacts.push(format!("{url}/{id}"));
    }
    let pairs = queue(world, "officer.vnm").await;
    assert_eq!(pairs.len(), 1);
    world.patch("caseworker.a", &contacts[0], json!({ "person_decision": "declined" })).await.expect(200);
    assert_eq!(queue(world, "officer.vnm").await, Vec::<Value>::new());
    world.get("officer.vnm", &format!("/v1/duplicates/{}", pairs[0]["id"].as_str().unwrap())).await.problem(404, "not_found");
}

/// Several instances would do the same work several times.
#[rstest]
#[actix_web::test]
async fn one_instance_compares_at_a_time_and_another_takes_over_from_one_that_is_gone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let gone = world.restart(crate::support::database::keys()).await;
    world.register("caseworker.a", data::vietnamese()).await;
    match_once(&gone.db).await.expect("everybody is compared");
    world.register("caseworker.a", twin()).await;
    let pairs = async || {
        match_once(&world.db).await.expect("a round");
        world.get("caseworker.a", "/v1/duplicates").await.expect(200).json()["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(pairs().await, 0, "the other instance compares");
    world.clock.forward(60);
    assert_eq!(pairs().await, 1, "the other instance is gone");
    world.register("caseworker.a", twin()).await;
    match_once(&gone.db).await.expect("a round");
    assert_eq!(world.get("caseworker.a", "/v1/duplicates").await.expect(200).json()["items"].as_array().map(Vec::len), Some(1));
}

/// Somebody whose particulars cannot be opened must not keep the others from being compared, and is tried again later.
#[rstest]
#[actix_web::test]
async fn one_who_cannot_be_opened_keeps_nobody_from_being_compared(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let broken = world.register("caseworker.a", data::taiwanese()).await;
    let torn = format!(
        "UPDATE compartments SET version = version + 1 WHERE compartment = 'contact' AND owner_id = {}",
        match kind {
            Sqlite => format!("x'{}'", broken["person_id"].as_str().unwrap().replace('-', "")),
            Postgres => format!("'{}'", broken["person_id"].as_str().unwrap()),
        }
    );
    world.database.with_connection(|connection| connection.batch_execute(&torn).expect("a blob at another version does not open"));
    world.register("caseworker.a", data::vietnamese()).await;
    world.register("caseworker.a", twin()).await;
    assert_eq!(queue(world, "caseworker.a").await.len(), 1, "the others are compared");
    let waiting = || crate::support::dump::dump(world).get("matching_queue").map_or(0, Vec::len);
    assert_eq!(waiting(), 1, "and that one is not forgotten");
}

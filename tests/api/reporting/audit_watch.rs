//! Those who answer for data protection are told what is odd, read attempts to sign in, and take entries along with a second person.

use homeward::command::background;
use homeward::domain::limits::{CASES_OPENED_TOLD, REFUSALS_TOLD};
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::{approved, ask, colleague};
use crate::sharing::consents_and_referrals::{at, organisation_of};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::{self, Machine};
use crate::support::{World, data};
use crate::walkers::access_matrix::nowhere;

const EVENTS: &str = "/v1/audit/data-protection-events";

async fn seal(world: &World) {
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
}

/// The kinds of event that an actor is told, and whose acts each is about.
async fn told(world: &World, actor: &str) -> Vec<(String, Value, Value)> {
    let page = world.get(actor, &format!("{EVENTS}?limit=200")).await.expect(200).json();
    let items = page["items"].as_array().expect("events").iter();
    items.map(|event| (event["kind"].as_str().expect("a kind").to_owned(), event["user_id"].clone(), event["client_id"].clone())).collect()
}

async fn id_of(world: &World, actor: &str) -> Value {
    world.get(actor, "/v1/me").await.expect(200).json()["user_id"].clone()
}

#[rstest]
#[actix_web::test]
async fn whoever_opens_very_many_cases_within_an_hour_is_told_of_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    colleague(world, "reader.a", "ngo_supervisor", "NGO A").await;
    let mut cases = Vec::new();
    for _ in 0..CASES_OPENED_TOLD {
        cases.push(world.register("caseworker.a", data::walk_in()).await);
    }
    world.clock.forward(3700);
    let (last, most) = cases.split_last().expect("cases");
    for case in most {
        world.get("reader.a", &at(case, "")).await.expect(200);
        world.get("reader.a", &at(case, "")).await.expect(200);
    }
    seal(world).await;
    let reader = id_of(world, "reader.a").await;
    let opened = |events: Vec<(String, Value, Value)>| events.into_iter().filter(|(_, user, _)| *user == reader).count();
    assert_eq!(opened(told(world, "supervisor.a").await), 0, "one case fewer, each read twice, is a day's work");
    world.get("reader.a", &at(last, "")).await.expect(200);
    seal(world).await;
    let events = told(world, "supervisor.a").await;
    assert!(events.contains(&("many_cases_opened".to_owned(), reader.clone(), Value::Null)), "{events:?}");
    world.get("reader.a", &at(last, "")).await.expect(200);
    seal(world).await;
    assert_eq!(opened(told(world, "supervisor.a").await), 1, "once an hour");
    assert_eq!(told(world, "supervisor.b").await, [], "another organisation is told nothing");
    for actor in ["caseworker.a", "admin", "analyst"] {
        world.get(actor, EVENTS).await.problem(403, "permission_denied");
    }
    // Whoever is marked as answering for data protection is told what those are told.
    let caseworker = format!("/v1/users/{}", id_of(world, "caseworker.a").await.as_str().expect("an id"));
    world.patch("admin", &caseworker, json!({ "data_protection": true })).await.expect(200);
    assert_eq!(opened(told(world, "caseworker.a").await), 1);
}

#[rstest]
#[actix_web::test]
async fn short_pages_are_lists_and_not_cases_opened_one_by_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "reader.a", "ngo_supervisor", "NGO A").await;
    for _ in 0..CASES_OPENED_TOLD {
        world.register("caseworker.a", data::walk_in()).await;
    }
    world.clock.forward(3700);
    let mut page = "/v1/cases?limit=10".to_owned();
    loop {
        let read = world.get("reader.a", &page).await.expect(200).json();
        assert_eq!(read["items"].as_array().map(Vec::len), Some(10));
        let Some(next) = read["next"].as_str() else { break };
        page = format!("/v1/cases?limit=10&after={next}");
    }
    seal(world).await;
    let reader = id_of(world, "reader.a").await;
    assert!(told(world, "supervisor.a").await.iter().all(|(_, user, _)| *user != reader));
}

#[rstest]
#[actix_web::test]
async fn whoever_is_refused_again_and_again_is_told_of_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.a", "auditor", "NGO A").await;
    let nothing = format!("/v1/cases/{}", nowhere().case);
    // The first of a minute is an entry, the others of that minute are one together.
    for _ in 0..REFUSALS_TOLD - 2 {
        world.get("caseworker.a", &nothing).await.problem(404, "not_found");
    }
    world.clock.forward(61);
    world.get("caseworker.a", &nothing).await.problem(404, "not_found");
    seal(world).await;
    assert_eq!(told(world, "auditor.a").await, []);
    for _ in 0..2 {
        world.get("caseworker.a", &nothing).await.problem(404, "not_found");
        seal(world).await;
    }
    let user = id_of(world, "caseworker.a").await;
    assert_eq!(told(world, "auditor.a").await, [("refusals_in_a_row".to_owned(), user, Value::Null)]);
    assert_eq!(told(world, "supervisor.a").await.len(), 1);

    let machine = Machine::new(world, "NGO B", &["case:read"], json!({})).await;
    colleague(world, "auditor.b", "auditor", "NGO B").await;
    let token = machine.token(world).await;
    for _ in 0..REFUSALS_TOLD {
        machines::get(world, &token, &nothing).await.problem(404, "not_found");
    }
    world.clock.forward(61);
    machines::get(world, &token, &nothing).await.problem(404, "not_found");
    seal(world).await;
    let events = told(world, "auditor.b").await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!((events[0].0.as_str(), &events[0].1, events[0].2.is_string()), ("refusals_in_a_row", &Value::Null, true));
}

#[rstest]
#[actix_web::test]
async fn attempts_to_sign_in_stand_with_the_account_that_they_were_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.a", "auditor", "NGO A").await;
    colleague(world, "auditor.b", "auditor", "NGO B").await;
    let wrong = json!({ "username": "caseworker.a", "password": "not the pass phrase at all" });
    world.post("", "/v1/auth/login", wrong).await.problem(401, "invalid_credentials");
    world.clock.forward(5);
    world.sign_in("caseworker.a").await;
    seal(world).await;
    let user = id_of(world, "caseworker.a").await;
    let mine = format!("/v1/audit/entries?limit=200&operation=login&caller_id={}", user.as_str().expect("an id"));
    let page = world.get("auditor.a", &mine).await.expect(200).json();
    let codes: Vec<&str> = page["items"].as_array().expect("entries").iter().map(|entry| entry["code"].as_str().expect("a code")).collect();
    assert!(codes.contains(&"invalid_credentials") && codes.contains(&"ok"), "{page}");
    for entry in page["items"].as_array().expect("entries") {
        assert_eq!((&entry["account_ids"], &entry["user_id"]), (&json!([user]), &Value::Null), "{entry}");
    }
    let page = world.get("auditor.b", &mine).await.expect(200).json();
    assert_eq!(page["items"], json!([]), "of an account of another organisation");
}

fn export(approval: &str, parameters: &Value) -> Value {
    json!({ "approval_id": approval, "audit_export": parameters })
}

#[rstest]
#[actix_web::test]
async fn entries_leave_in_a_file_with_a_second_person_and_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (name, role) in [("auditor.a", "auditor"), ("auditor.2", "auditor")] {
        colleague(world, name, role, "NGO A").await;
    }
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.get("coordinator", &at(&case, "")).await.expect(200);
    seal(world).await;
    let parameters = json!({ "from": "2026-01-01T00:00:00Z", "to": "2036-01-01T00:00:00Z", "operation": "get_case" });
    world.post("auditor.a", "/v1/audit/exports", json!({ "audit_export": parameters })).await.problem(409, "approval_required");
    let asked = ask(world, "auditor.a", json!({ "audit_export": parameters })).await;
    let approve = format!("/v1/approvals/{asked}/approve");
    for actor in ["auditor.2", "caseworker.a"] {
        world.post(actor, &approve, json!({})).await.problem(403, "permission_denied");
    }
    world.post("supervisor.a", "/v1/audit/exports", export(&asked, &parameters)).await.problem(403, "permission_denied");
    let reason = "Looking into who read this";
    let backwards = json!({ "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z" });
    let asked = json!({ "audit_export": backwards, "reason": reason });
    assert_eq!(
        world.post("auditor.a", "/v1/approvals", asked).await.problem(422, "validation_failed")["errors"][0]["pointer"],
        "/audit_export/to"
    );

    let approval = approved(world, "auditor.a", "supervisor.a", json!({ "audit_export": parameters })).await;
    let made = world.post("auditor.a", "/v1/audit/exports", export(&approval, &parameters)).await.expect(201);
    let address = made.header("location").to_owned();
    world.get("auditor.2", &address).await.problem(404, "not_found");
    let names = format!("/v1/exports/{}/csv", made.json()["id"].as_str().expect("an id"));
    world.get("supervisor.a", &names).await.problem(404, "not_found");
    let file = world.get("auditor.a", &address).await.expect(200);
    assert_eq!(file.header("cache-control"), "no-store");
    let listed = world.get("auditor.a", "/v1/audit/entries?limit=200&operation=get_case").await.expect(200).json();
    let listed = listed["items"].as_array().expect("entries");
    let text = file.text();
    assert!(!listed.is_empty());
    assert_eq!(text.lines().count(), listed.len() + 1, "{text}");
    let (id, desk) = (case["id"].as_str().expect("an id"), organisation_of(world, "coordinator").await);
    assert!(text.contains(id) && text.contains(&desk) && text.contains("\"identity"), "{text}");
    world.get("auditor.a", &address).await.problem(404, "not_found");

    let approval = approved(world, "auditor.a", "supervisor.a", json!({ "audit_export": parameters })).await;
    let other = json!({ "from": "2026-01-01T00:00:00Z", "to": "2036-01-01T00:00:00Z" });
    world.post("auditor.a", "/v1/audit/exports", export(&approval, &other)).await.problem(409, "approval_void");
}

//! A case that must not stay with the mission that owns it: the mission is shut out at once, the coordination desk is responsible
//! from then on, and nobody reads more by that alone.

use homeward::command::background::follow_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::{approved, colleague};
use crate::sharing::consents_and_referrals::{at, organisation_of, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::everything;
use crate::support::world::without_second_factor;
use crate::support::{Answer, World, data};

const CLOSED: [&str; 4] = ["location", "health", "narrative", "protection"];

async fn shield(world: &World, actor: &str, case: &Value) -> Answer {
    let body = json!({ "to": "protection_pathway", "reason": "Fears the embassy" });
    world.act(actor, &at(case, ""), "/repatriation/transitions", body).await
}

async fn never(world: &World, actor: &str, case: &Value) -> Answer {
    world.post(actor, &at(case, "/denials"), json!({ "scope": "missions_of", "missions_of": "IDN" })).await
}

/// The owner of the case and what is closed, as the desk sees it.
async fn seen_by_desk(world: &World, case: &Value) -> (bool, Value) {
    let seen = world.get("coordinator", &at(case, "")).await.expect(200).json();
    (seen["owner_id"] == organisation_of(world, "coordinator").await, seen["redacted"].clone())
}

async fn open(world: &World, actor: &str, case: &Value, approval: Value) -> Answer {
    world.post(actor, &at(case, "/takeover"), json!({ "approval_id": approval })).await
}

#[rstest]
#[actix_web::test]
async fn who_takes_a_case_over_opens_no_more_of_it_until_two_people_answer_for_that(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "coordinator.two", "coordinator", "Desk").await;
    for way in ["pathway", "denial"] {
        // A second one within the hour waits for a second person first: see `exclusions`.
        world.clock.forward(3600);
        world.forget("coordinator");
        let case = world.register("officer.idn", data::walk_in()).await;
        match way {
            "pathway" => shield(world, "coordinator", &case).await.expect(200),
            _ => never(world, "coordinator", &case).await.expect(201),
        };
        world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
        assert_eq!(seen_by_desk(world, &case).await, (true, json!(CLOSED)), "{way}");
        let tasks = world.get("coordinator", &at(&case, "/tasks")).await.expect(200).json();
        let waits = |tasks: &Value| {
            tasks["items"].as_array().expect("tasks").iter().any(|task| task["kind"] == "takeover_waiting" && task["status"] == "open")
        };
        assert!(waits(&tasks), "{way}: {tasks}");

        open(world, "coordinator", &case, Value::Null).await.problem(409, "approval_required");
        let asked = json!({ "takeover": { "case_id": case["id"] }, "reason": "The shelter asks what she needs" });
        let asked = world.post("coordinator", "/v1/approvals", asked).await.expect(201).json()["id"].clone();
        let approve = format!("/v1/approvals/{}/approve", asked.as_str().expect("an id"));
        world.post("coordinator", &approve, Value::Null).await.problem(409, "same_person");
        open(world, "coordinator", &case, asked.clone()).await.problem(409, "approval_required");
        assert_eq!(seen_by_desk(world, &case).await, (true, json!(CLOSED)));
        world.post("coordinator.two", &approve, Value::Null).await.expect(200);
        open(world, "coordinator", &case, asked.clone()).await.expect(204);
        assert_eq!(seen_by_desk(world, &case).await, (true, json!([])), "{way}");
        open(world, "coordinator", &case, asked).await.problem(409, "conflict");
        let tasks = world.get("coordinator", &at(&case, "/tasks")).await.expect(200).json();
        assert!(!waits(&tasks), "{way}: {tasks}");
        world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
    }
}

#[rstest]
#[actix_web::test]
async fn who_was_only_referred_a_part_raises_the_alarm_and_does_not_take_the_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", data::walk_in()).await;
    world.post("officer.idn", &at(&case, "/consents"), data::consent("share_with_ngo")).await.expect(201);
    let mut referral = data::referral(&organisation_of(world, "caseworker.b").await);
    referral["compartments"] = json!(["identity"]);
    let referral = world.post("officer.idn", &at(&case, "/referrals"), referral).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    let part = json!(["contact", "location", "health", "narrative", "protection"]);
    assert_eq!(world.get("caseworker.b", &at(&case, "")).await.expect(200).json()["redacted"], part);

    shield(world, "caseworker.b", &case).await.expect(200);
    world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
    world.get("officer.idn", &referral).await.problem(404, "not_found");
    assert_eq!(seen_by_desk(world, &case).await, (true, json!(CLOSED)));
    let seen = world.get("caseworker.b", &at(&case, "")).await.expect(200).json();
    assert_eq!((seen["redacted"].clone(), seen["owner_id"].clone()), (part, json!(organisation_of(world, "coordinator").await)));
    let asked = json!({ "takeover": { "case_id": case["id"] }, "reason": "The shelter asks what she needs" });
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    world.post("supervisor.b", "/v1/approvals", asked).await.problem(403, "permission_denied");
    open(world, "caseworker.b", &case, Value::Null).await.problem(403, "permission_denied");
}

/// How many events of an overdue takeover there are: told to the desk, and to those who answer for data protection.
async fn alarms(world: &World, case: &Value) -> (usize, usize) {
    world.forget("coordinator");
    let items = world.get("coordinator", "/v1/access-events?limit=200").await.expect(200).json()["items"].clone();
    let is_it = |event: &&Value| event["kind"] == "takeover_overdue" && event["case_id"] == case["id"];
    let told = items.as_array().expect("events").iter().filter(is_it).count();
    let protection = everything(world)["data_protection_events"].iter().filter(|event| event.contains("takeover_overdue")).count();
    (told, protection)
}

#[rstest]
#[actix_web::test]
async fn a_second_person_who_does_not_come_within_a_day_raises_one_alarm(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "coordinator.two", "coordinator", "Desk").await;
    let (case, opened) = (world.register("officer.idn", data::walk_in()).await, world.register("officer.idn", data::walk_in()).await);
    shield(world, "coordinator", &case).await.expect(200);
    shield(world, "coordinator.two", &opened).await.expect(200);
    let act = json!({ "takeover": { "case_id": opened["id"] } });
    let approval = approved(world, "coordinator", "coordinator.two", act).await;
    open(world, "coordinator", &opened, json!(approval)).await.expect(204);

    world.clock.forward(24 * 3600 - 60);
    follow_once(&world.db).await.expect("a round");
    assert_eq!(alarms(world, &case).await, (0, 0), "there is a day's time");
    world.clock.forward(120);
    let other = &world.instance(without_second_factor()).await;
    for instance in [world, other, world] {
        follow_once(&instance.db).await.expect("a round");
    }
    assert_eq!(alarms(world, &case).await, (1, 1), "told once, however many instances look at the clock");
    assert_eq!(alarms(world, &opened).await.0, 0, "two people answered for this one");
    assert_eq!(seen_by_desk(world, &case).await, (true, json!(CLOSED)), "somebody is still responsible, and opens no more");
}

/// What a mission had to do on a closed case goes to the desk with the case, and not back to the mission when it is opened again.
#[rstest]
#[actix_web::test]
async fn tasks_that_ended_with_a_case_go_to_who_takes_it_over(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let closed = world.register("officer.idn", data::walk_in()).await;
    let episode = json!({ "person_id": closed["person_id"], "previous_case_id": closed["id"], "host_country": "KHM",
                          "intake_channel": "walk_in_embassy", "nationality_claimed": "IDN" });
    let case = world.register("officer.idn", episode).await;
    world.post("officer.idn", &at(&closed, "/tasks"), json!({ "note": "Call the sister", "due_on": world.day(0) })).await.expect(201);
    world.act("supervisor.idn", &at(&closed, ""), "/close", json!({ "reason": "other", "end_tasks": true })).await.expect(200);
    shield(world, "coordinator", &case).await.expect(200);
    let added = async || {
        let tasks = world.get("coordinator", &at(&closed, "/tasks")).await.expect(200).json();
        let added = tasks["items"].as_array().expect("tasks").iter().find(|task| task["kind"] == "added").cloned();
        added.map(|task| (task["status"].clone(), task["assigned_to"].clone()))
    };
    assert_eq!(added().await, Some((json!("ended_with_case"), Value::Null)));
    world.act("coordinator", &at(&closed, ""), "/reopen", json!({ "reason": "She is in danger" })).await.expect(200);
    assert_eq!(added().await, Some((json!("open"), Value::Null)));
}

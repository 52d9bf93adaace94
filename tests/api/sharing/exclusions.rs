//! Shutting missions out of cases: one at once, because somebody may be in danger, and the next one of the same account only with a
//! second person; and taking a wrong protection pathway back, which gives the mission what it held and no more.

use diesel::connection::SimpleConnection;
use futures_util::join;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::{approved, colleague};
use crate::sharing::consents_and_referrals::{at, organisation_of};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::everything;
use crate::support::world::without_second_factor;
use crate::support::{Answer, World, data};

/// Rounds of the race of one account on two instances.
const ROUNDS: usize = 40;

async fn shield(world: &World, actor: &str, case: &Value, approval: &Value) -> Answer {
    let body = json!({ "to": "protection_pathway", "reason": "Fears the embassy", "approval_id": approval });
    world.act(actor, &at(case, ""), "/repatriation/transitions", body).await
}

async fn never(world: &World, actor: &str, case: &Value, approval: &Value) -> Answer {
    let body = json!({ "scope": "missions_of", "missions_of": "IDN", "approval_id": approval });
    world.post(actor, &at(case, "/denials"), body).await
}

pub async fn shut_out(world: &World, way: &str, case: &Value, approval: &Value) -> Answer {
    if way == "denial" { never(world, "coordinator", case, approval).await } else { shield(world, "coordinator", case, approval).await }
}

/// A case that the embassy of Indonesia took in, and owns.
async fn walk_in(world: &World) -> Value {
    world.register("officer.idn", data::walk_in()).await
}

async fn redacted(world: &World, actor: &str, case: &Value) -> Value {
    world.get(actor, &at(case, "")).await.expect(200).json()["redacted"].clone()
}

async fn owner(world: &World, actor: &str, case: &Value) -> Value {
    world.get(actor, &at(case, "")).await.expect(200).json()["owner_id"].clone()
}

async fn told(world: &World, actor: &str, kind: &str, case: &Value) -> usize {
    let items = world.get(actor, "/v1/access-events?limit=200").await.expect(200).json()["items"].clone();
    items.as_array().expect("events").iter().filter(|event| event["kind"] == kind && event["case_id"] == case["id"]).count()
}

/// The version that the pathway of a case began with, from its log.
async fn began_with(world: &World, actor: &str, case: &Value) -> Value {
    let log = world.get(actor, &at(case, "/repatriation")).await.expect(200).json()["history"].clone();
    let begun = log.as_array().expect("a log").iter().rfind(|entry| entry["to_side_state"] == "protection_pathway");
    begun.expect("a pathway")["version"].clone()
}

pub async fn take_back(world: &World, actor: &str, case: &Value, approval: &Value) -> Answer {
    world.post(actor, &at(case, "/protection-pathway/undo"), json!({ "approval_id": approval })).await
}

/// Asks for the undo of the pathway of a case, and has it approved by a colleague.
pub async fn agreed(world: &World, case: &Value) -> Value {
    let act = json!({ "pathway_undo": { "case_id": case["id"], "began_with": began_with(world, "coordinator", case).await } });
    json!(approved(world, "coordinator", "coordinator.two", act).await)
}

#[rstest]
#[actix_web::test]
async fn the_second_mission_that_one_account_shuts_out_within_the_hour_waits_for_a_second_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "coordinator.two", "coordinator", "Desk").await;
    for (first, second) in
        [("protection_pathway", "protection_pathway"), ("denial", "protection_pathway"), ("protection_pathway", "denial")]
    {
        world.clock.forward(3600);
        ["coordinator", "coordinator.two"].into_iter().for_each(|actor| world.forget(actor));
        let (one, two) = (walk_in(world).await, walk_in(world).await);
        assert!(shut_out(world, first, &one, &Value::Null).await.status < 300, "the first one is immediate");
        world.get("officer.idn", &at(&one, "")).await.problem(404, "not_found");

        // Nothing of it happens before somebody else has approved exactly this.
        shut_out(world, second, &two, &Value::Null).await.problem(409, "approval_required");
        assert_eq!(owner(world, "officer.idn", &two).await, json!(organisation_of(world, "officer.idn").await));
        assert_eq!(redacted(world, "officer.idn", &two).await, json!([]));
        let asked = json!({ "exclusion": { "case_id": two["id"], "way": second }, "reason": "She is threatened in the same house" });
        let asked = world.post("coordinator", "/v1/approvals", asked).await.expect(201).json()["id"].clone();
        shut_out(world, second, &two, &asked).await.problem(409, "approval_required");
        let approve = format!("/v1/approvals/{}/approve", asked.as_str().expect("an id"));
        world.post("coordinator", &approve, Value::Null).await.problem(409, "same_person");
        world.post("coordinator.two", &approve, Value::Null).await.expect(200);
        assert!(shut_out(world, second, &two, &asked).await.status < 300, "{second} as approved");
        world.get("officer.idn", &at(&two, "")).await.problem(404, "not_found");

        // An approval of another case, or of the other way, is void.
        for (of, way) in [(&one, "protection_pathway"), (&walk_in(world).await, "denial")] {
            let third = walk_in(world).await;
            let act = json!({ "exclusion": { "case_id": of["id"], "way": way } });
            let approval = json!(approved(world, "coordinator", "coordinator.two", act).await);
            shield(world, "coordinator", &third, &approval).await.problem(409, "approval_void");
            world.get("officer.idn", &at(&third, "")).await.expect(200);
        }
    }
}

#[rstest]
#[actix_web::test]
async fn the_bar_is_of_the_account_and_not_of_cases_of_ones_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "coordinator.two", "coordinator", "Desk").await;
    // Whoever accompanies people shields as many of their own as are in danger.
    for _ in 0..3 {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        shield(world, "caseworker.a", &case, &Value::Null).await.expect(200);
    }
    for actor in ["coordinator", "coordinator.two"] {
        shield(world, actor, &walk_in(world).await, &Value::Null).await.expect(200);
        let foreign = world.register("caseworker.a", data::vietnamese()).await;
        shield(world, actor, &foreign, &Value::Null).await.problem(409, "approval_required");
    }
    // A denial that takes no case from a mission waits for nobody.
    let foreign = world.register("caseworker.a", data::vietnamese()).await;
    never(world, "coordinator", &foreign, &Value::Null).await.expect(201);
    world.clock.forward(3600);
    world.forget("coordinator");
    shield(world, "coordinator", &walk_in(world).await, &Value::Null).await.expect(200);
}

/// Makes every exclusion an hour older. The clock stays where it is, so that everybody stays signed in.
fn an_hour_passes(world: &World) {
    world.database.with_connection(|connection| {
        connection.batch_execute("UPDATE exclusions SET created_at = created_at - INTERVAL '1 hour'").expect("a change");
    });
}

#[actix_web::test]
async fn two_instances_let_one_account_shut_out_one_mission_alone() {
    let Some(world) = &World::start(Postgres).await else { return };
    let other = &world.instance(without_second_factor()).await;
    for round in 0..ROUNDS {
        let (one, two) = (&walk_in(world).await, &walk_in(world).await);
        let (way, none) = (if round % 2 == 0 { "denial" } else { "protection_pathway" }, &Value::Null);
        let (first, second) = join!(shut_out(world, way, one, none), shut_out(other, "protection_pathway", two, none));
        let done = [&first, &second].iter().filter(|answer| answer.status < 300).count();
        assert_eq!(done, 1, "round {round}: {} {}", first.text(), second.text());
        let late = if first.status < 300 { second } else { first };
        late.problem(409, "approval_required");
        an_hour_passes(world);
    }
}

#[rstest]
#[actix_web::test]
async fn two_people_take_a_wrong_pathway_back_and_the_mission_has_what_it_had(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let second = colleague(world, "coordinator.two", "coordinator", "Desk").await;
    world.patch("admin", &second, json!({ "data_protection": true })).await.expect(200);
    let case = walk_in(world).await;
    let before = world.get("officer.idn", &at(&case, "")).await.expect(200).json();
    let stood = world.get("officer.idn", &at(&case, "/repatriation")).await.expect(200).json();
    shield(world, "coordinator", &case, &Value::Null).await.expect(200);
    world.get("officer.idn", &at(&case, "")).await.problem(404, "not_found");
    let act = json!({ "takeover": { "case_id": case["id"] } });
    let opened = json!({ "approval_id": approved(world, "coordinator", "coordinator.two", act).await });
    world.post("coordinator", &at(&case, "/takeover"), opened).await.expect(204);
    assert_eq!(redacted(world, "coordinator", &case).await, json!([]));

    take_back(world, "coordinator", &case, &Value::Null).await.problem(409, "approval_required");
    let asked = json!({ "pathway_undo": { "case_id": case["id"], "began_with": began_with(world, "coordinator", &case).await },
                        "reason": "It was meant for somebody else" });
    let asked = world.post("coordinator", "/v1/approvals", asked).await.expect(201).json()["id"].clone();
    let approve = format!("/v1/approvals/{}/approve", asked.as_str().expect("an id"));
    world.post("coordinator", &approve, Value::Null).await.problem(409, "same_person");
    take_back(world, "coordinator", &case, &asked).await.problem(409, "approval_required");
    world.post("coordinator.two", &approve, Value::Null).await.expect(200);
    take_back(world, "coordinator", &case, &asked).await.expect(204);
    take_back(world, "coordinator", &case, &asked).await.problem(403, "permission_denied");

    let after = world.get("officer.idn", &at(&case, "")).await.expect(200).json();
    for field in ["owner_id", "redacted", "identity", "narrative", "protection", "stage", "side_state"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    let stands = world.get("officer.idn", &at(&case, "/repatriation")).await.expect(200);
    assert_eq!((&stands.json()["stage"], &stands.json()["side_state"]), (&stood["stage"], &stood["side_state"]));
    assert!(!stands.text().contains("Fears the embassy"), "why somebody was protected is not for the mission: {}", stands.text());
    // The desk sees again what it saw, and nothing of the task is left.
    assert_eq!(redacted(world, "coordinator", &case).await, json!(["location", "health", "narrative", "protection"]));
    let tasks = world.get("officer.idn", &at(&case, "/tasks")).await.expect(200).text();
    assert!(!tasks.contains("\"takeover_waiting\""), "{tasks}");
    // The mission goes on with its case as before, also with the next episode.
    world.patch("officer.idn", &at(&case, ""), json!({ "risk_level": "high" })).await.expect(200);
    let next = json!({ "person_id": case["person_id"], "previous_case_id": case["id"], "host_country": "KHM",
                       "intake_channel": "walk_in_embassy", "nationality_claimed": "IDN" });
    world.post("officer.idn", "/v1/cases", next).await.expect(201);
    assert_eq!(told(world, "officer.idn", "access_restored", &case).await, 1);
    let events = &everything(world)["data_protection_events"];
    assert_eq!(events.iter().filter(|event| event.contains("protection_pathway_undone")).count(), 1, "{events:?}");
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_gets_its_part_back_and_everybody_who_sees_the_case_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    let part = redacted(world, "officer.vnm", &case).await;
    shield(world, "caseworker.a", &case, &Value::Null).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    let act = json!({ "pathway_undo": { "case_id": case["id"], "began_with": began_with(world, "supervisor.a", &case).await } });
    world
        .post("caseworker.a", "/v1/approvals", json!({ "pathway_undo": act["pathway_undo"], "reason": "It was a mistake of mine" }))
        .await
        .problem(403, "permission_denied");
    let approval = json!(approved(world, "supervisor.a", "second.a", act).await);
    take_back(world, "supervisor.a", &case, &approval).await.expect(204);
    assert_eq!(redacted(world, "officer.vnm", &case).await, part);
    assert_eq!(owner(world, "officer.vnm", &case).await, case["owner_id"]);
    assert_eq!(told(world, "officer.vnm", "access_restored", &case).await, 1);
    assert_eq!(told(world, "coordinator", "protection_pathway_undone", &case).await, 1);
}

#[rstest]
#[actix_web::test]
async fn what_the_person_said_and_what_else_protects_them_outlives_the_undo(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "coordinator.two", "coordinator", "Desk").await;
    // "Never my embassy", said meanwhile: the pathway ends, and the embassy stays out.
    let denied = walk_in(world).await;
    shield(world, "coordinator", &denied, &Value::Null).await.expect(200);
    let desk = owner(world, "coordinator", &denied).await;
    never(world, "coordinator", &denied, &Value::Null).await.expect(201);
    let approval = agreed(world, &denied).await;
    take_back(world, "coordinator", &denied, &approval).await.expect(204);
    world.get("officer.idn", &at(&denied, "")).await.problem(404, "not_found");
    assert_eq!(owner(world, "coordinator", &denied).await, desk, "somebody stays responsible");
    assert_eq!(told(world, "officer.idn", "access_restored", &denied).await, 0);

    // A pathway that began anew is another one than the approved one.
    world.clock.forward(3600);
    ["coordinator", "coordinator.two"].into_iter().for_each(|actor| world.forget(actor));
    let again = walk_in(world).await;
    shield(world, "coordinator", &again, &Value::Null).await.expect(200);
    let (first, late) = (agreed(world, &again).await, agreed(world, &again).await);
    take_back(world, "coordinator", &again, &first).await.expect(204);
    let act = json!({ "exclusion": { "case_id": again["id"], "way": "protection_pathway" } });
    let approval = json!(approved(world, "coordinator", "coordinator.two", act).await);
    shield(world, "coordinator", &again, &approval).await.expect(200);
    take_back(world, "coordinator", &again, &late).await.problem(409, "approval_void");
    world.get("officer.idn", &at(&again, "")).await.problem(404, "not_found");

    // Notes on protection that were written meanwhile are not opened to the mission.
    let act = json!({ "takeover": { "case_id": again["id"] } });
    let opened = json!({ "approval_id": approved(world, "coordinator", "coordinator.two", act).await });
    world.post("coordinator", &at(&again, "/takeover"), opened).await.expect(204);
    let notes = json!({ "protection": { "embassy_refusal_reason": "Her uncle works there" } });
    world.patch("coordinator", &at(&again, ""), notes).await.expect(200);
    let approval = agreed(world, &again).await;
    take_back(world, "coordinator", &again, &approval).await.problem(409, "conflict");
    world.get("officer.idn", &at(&again, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn what_two_pathways_took_comes_back_with_the_last_of_them(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let first = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&first, "/embassy-contacts"), contact).await.expect(201);
    let next = json!({ "person_id": first["person_id"], "previous_case_id": first["id"], "host_country": "KHM",
                       "intake_channel": "hotline", "nationality_claimed": "VNM" });
    let next = world.register("caseworker.a", next).await;
    for case in [&first, &next] {
        shield(world, "caseworker.a", case, &Value::Null).await.expect(200);
    }
    for (case, seen) in [(&first, 404), (&next, 200)] {
        let act = json!({ "pathway_undo": { "case_id": case["id"], "began_with": began_with(world, "supervisor.a", case).await } });
        let approval = json!(approved(world, "supervisor.a", "second.a", act).await);
        take_back(world, "supervisor.a", case, &approval).await.expect(204);
        assert_eq!(world.get("officer.vnm", &at(&first, "")).await.status, seen);
    }
    world.get("officer.vnm", &at(&next, "")).await.problem(404, "not_found");
}

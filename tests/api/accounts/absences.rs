//! Absences and handovers: work that waits for somebody who is not there is seen, and goes to a colleague in one act.

use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::accounts::leavers::{account, assigned, id_of, listed};
use crate::sharing::consents_and_referrals::at;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

async fn hand_over(world: &World, actor: &str, from: &str, body: Value) -> Answer {
    world.post(actor, &format!("{from}/handover"), body).await
}

async fn assignee(world: &World, case: &Value) -> Value {
    world.get("supervisor.a", &at(case, "")).await.expect(200).json()["assigned_to"].clone()
}

#[actix_web::test]
async fn anonymous() {
    let Some(world) = &World::start(Sqlite).await else { return };
    let user = account(world, "caseworker.a").await;
    world.get("", &format!("{user}/absence")).await.problem(401, "unauthenticated");
    hand_over(world, "", &user, json!({ "assigned_to": id_of(&user) })).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn what_waits_for_somebody_who_is_away_is_seen_and_nothing_new_goes_there(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let user = account(world, "caseworker.a").await;
    let case = assigned(world, &user).await;
    let absence = format!("{user}/absence");
    assert_eq!(world.get("caseworker.a", &absence).await.expect(200).json()["version"], 0);
    world.get("caseworker.b", &absence).await.problem(404, "not_found");

    // Somebody says so for themselves; a colleague does not, and a supervisor may.
    let days = json!({ "away_from": world.day(0), "away_until": world.day(2) });
    colleague(world, "caseworker.two", "ngo_caseworker", "NGO A").await;
    world.patch("caseworker.two", &absence, days.clone()).await.problem(403, "permission_denied");
    world.patch("caseworker.a", &absence, days).await.expect(200);
    let backwards = json!({ "away_until": world.day(-1) });
    let refused = world.patch("supervisor.a", &absence, backwards).await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["pointer"], "/away_until", "{refused}");

    assert_eq!(assignee(world, &case).await, id_of(&user), "the case stays theirs");
    let uncovered = ["added", "child_without_guardian", "stalled"];
    assert_eq!(listed(world, "supervisor.a", "nobody", &case).await, uncovered);
    assert_eq!(listed(world, "caseworker.a", "me", &case).await, uncovered, "and they see it too");
    let page = world.get("supervisor.a", "/v1/worklist?of=nobody&horizon_days=90").await.json();
    assert!(page["items"].as_array().expect("lines").iter().all(|line| line["assignee_is_away"] == true), "{page}");
    world.post("supervisor.a", &at(&case, "/follow-ups"), json!({ "due_on": world.day(1) })).await.expect(201);
    let tasks = world.get("supervisor.a", &at(&case, "/tasks")).await.json();
    let new = tasks["items"].as_array().expect("tasks").iter().find(|task| task["kind"] == "follow_up_due").expect("the new task");
    assert_eq!(new["assigned_to"], Value::Null);
    // A change of the case takes nothing away that was theirs.
    world.patch("supervisor.a", &at(&case, ""), json!({ "risk_level": "imminent" })).await.expect(200);
    let tasks = world.get("supervisor.a", &at(&case, "/tasks")).await.json();
    for task in tasks["items"].as_array().expect("tasks").iter().filter(|task| task["kind"] != "follow_up_due") {
        assert_eq!(task["assigned_to"], id_of(&user), "{task}");
    }

    // Nor does anybody give them more by hand; what is theirs may be told to be theirs.
    let other = world.register("supervisor.a", data::vietnamese()).await;
    let refused = world.act("supervisor.a", &at(&other, ""), "/assign", json!({ "assigned_to": id_of(&user) })).await;
    let refused = refused.problem(422, "validation_failed");
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/assigned_to"), &json!("is_away")));
    let task = json!({ "note": "Call the shelter", "due_on": world.day(1), "assigned_to": id_of(&user) });
    let refused = world.post("supervisor.a", &at(&other, "/tasks"), task.clone()).await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["code"], "is_away");
    let mut open = task;
    open["assigned_to"] = Value::Null;
    let made = world.post("supervisor.a", &at(&other, "/tasks"), open).await.expect(201).header("location").to_owned();
    let refused = world.patch("supervisor.a", &made, json!({ "assigned_to": id_of(&user) })).await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["code"], "is_away");
    world.act("supervisor.a", &at(&case, ""), "/assign", json!({ "assigned_to": id_of(&user) })).await.expect(200);

    // On the day after the last one they are there again.
    world.days_pass(3).await;
    assert_eq!(listed(world, "supervisor.a", "nobody", &case).await, ["follow_up_due"]);
    world.patch("supervisor.a", &at(&case, ""), json!({ "risk_level": "high" })).await.expect(200);
    assert_eq!(listed(world, "supervisor.a", "nobody", &case).await, [""; 0], "what the process asks for is theirs again");

    // An absence that was stated by mistake is taken back in one change, its last day with it.
    world.patch("caseworker.a", &absence, json!({ "away_from": world.day(9), "away_until": world.day(12) })).await.expect(200);
    let there = world.patch("caseworker.a", &absence, json!({ "away_from": null })).await.expect(200).json();
    assert_eq!((&there["away_from"], &there["away_until"]), (&Value::Null, &Value::Null), "{there}");
}

#[rstest]
#[actix_web::test]
async fn all_work_goes_to_a_colleague_in_one_act(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (from, to) = (account(world, "caseworker.a").await, colleague(world, "caseworker.two", "ngo_caseworker", "NGO A").await);
    let cases = [assigned(world, &from).await, assigned(world, &from).await];
    let kept = assigned(world, &account(world, "supervisor.a").await).await;
    let body = json!({ "assigned_to": id_of(&to) });

    for (actor, at, code) in [("caseworker.a", 403, "permission_denied"), ("supervisor.idn", 404, "not_found")] {
        hand_over(world, actor, &from, body.clone()).await.problem(at, code);
    }
    let refusals = [
        (account(world, "caseworker.b").await, "not_found"),
        (from.clone(), "same_user"),
        (colleague(world, "analyst.a", "analyst", "NGO A").await, "cannot_act"),
    ];
    for (target, code) in refusals {
        let refused = hand_over(world, "supervisor.a", &from, json!({ "assigned_to": id_of(&target) })).await;
        assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["code"], code);
    }
    world.patch("supervisor.a", &format!("{to}/absence"), json!({ "away_from": world.day(0) })).await.expect(200);
    let refused = hand_over(world, "supervisor.a", &from, body.clone()).await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["code"], "is_away", "{refused}");
    world.patch("supervisor.a", &format!("{to}/absence"), json!({ "away_from": null })).await.expect(200);

    // Two cases, on each of which the process asks for a guardian and for a step; and two added tasks.
    let only = json!({ "assigned_to": id_of(&to), "only": "tasks" });
    let made = hand_over(world, "admin", &from, only).await.expect(201).json();
    assert_eq!((&made["cases"], &made["tasks"]), (&json!(0), &json!(2)), "{made}");
    let made = hand_over(world, "supervisor.a", &from, body.clone()).await.expect(201);
    let (counts, place) = (made.json(), made.header("location").to_owned());
    assert_eq!((&counts["cases"], &counts["tasks"]), (&json!(2), &json!(4)), "{counts}");
    assert_eq!(world.get("supervisor.a", &place).await.expect(200).json(), counts);
    world.get("supervisor.idn", &place).await.problem(404, "not_found");

    for case in &cases {
        assert_eq!(assignee(world, case).await, id_of(&to));
        assert_eq!(listed(world, "caseworker.two", "me", case).await, ["added", "child_without_guardian", "stalled"]);
        assert_eq!(listed(world, "caseworker.a", "me", case).await, [""; 0]);
        let told = world.get("supervisor.a", &at(case, "/history?limit=1")).await.json()["items"][0].clone();
        assert_eq!((&told["reason"], &told["operation"]), (&json!("handed_over"), &json!("create_handover")), "{told}");
        assert_eq!(told["changes"], json!([{ "field": "assigned_to", "from": id_of(&from), "to": id_of(&to) }]));
    }
    assert_ne!(assignee(world, &kept).await, id_of(&to));
    let again = hand_over(world, "supervisor.a", &from, body).await.expect(201).json();
    assert_eq!((&again["cases"], &again["tasks"]), (&json!(0), &json!(0)), "{again}");
}

#[rstest]
#[actix_web::test]
async fn what_somebody_left_behind_is_handed_over_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (from, to) = (account(world, "caseworker.a").await, account(world, "supervisor.a").await);
    let (left, taken) = (assigned(world, &from).await, assigned(world, &from).await);
    let of_others = world.register("supervisor.a", data::vietnamese()).await;
    world.patch("admin", &from, json!({ "disabled": true })).await.expect(200);
    let other = colleague(world, "caseworker.two", "ngo_caseworker", "NGO A").await;
    world.act("supervisor.a", &at(&taken, ""), "/assign", json!({ "assigned_to": id_of(&other) })).await.expect(200);
    let made = hand_over(world, "admin", &from, json!({ "assigned_to": id_of(&to) })).await.expect(201).json();
    assert_eq!((&made["cases"], &made["tasks"]), (&json!(1), &json!(4)), "two added tasks, and two that go with the case: {made}");
    assert_eq!(assignee(world, &left).await, id_of(&to));
    assert_eq!(assignee(world, &taken).await, id_of(&other));
    assert_eq!(assignee(world, &of_others).await, Value::Null);
    assert_eq!(listed(world, "supervisor.a", "nobody", &left).await, [""; 0], "nobody is asked for an assignee any more");
    assert!(listed(world, "supervisor.a", "me", &left).await.contains(&"added".to_owned()), "what somebody added is theirs too");
    let again = hand_over(world, "admin", &from, json!({ "assigned_to": id_of(&to) })).await.expect(201).json();
    assert_eq!((&again["cases"], &again["tasks"]), (&json!(0), &json!(0)), "{again}");
}

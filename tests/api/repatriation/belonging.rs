//! Who belongs together travels together: a manifest reminds of those who are not on board.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::sharing::consents_and_referrals::at;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{ready_to_depart, to_clearing};
use crate::support::world::without_second_factor;
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn a_manifest_says_whom_somebody_would_travel_without(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let person = async |name: &str| {
        let mut body = data::vietnamese();
        body["identity"] = json!({ "given_name": name, "family_name": "Nguyễn", "birth_date": "2001" });
        world.register("caseworker.a", body).await
    };
    let (mother, baby, sister) = (person("Thị Lan").await, person("Minh An").await, person("Thị Hoa").await);
    let hidden = world.register("caseworker.b", data::taiwanese()).await;
    for (other, relation) in [(&baby, "child"), (&sister, "sibling"), (&hidden, "travelling_companion")] {
        let body = json!({ "case_id": other["id"], "relation": relation });
        world.post("coordinator", &at(&mother, "/relations"), body).await.expect(201);
    }
    let batch = data::sample("create_movement_batch", &data::Ids::default(), 1).expect("a body");
    let batch = world.post("caseworker.a", "/v1/movements/batches", batch).await.expect(201).header("location").to_owned();
    let board = async |case: &Value| {
        let body = json!({ "case_ids": [case["id"]] });
        world.post("caseworker.a", &format!("{batch}/passengers"), body).await.expect(201);
    };
    let without = async || {
        let manifest = world.get("caseworker.a", &format!("{batch}/manifest")).await.expect(200).json();
        let of = |case: &Value| {
            let passengers = manifest["passengers"].as_array().expect("passengers");
            let passenger = passengers.iter().find(|line| line["case_id"] == case["id"]);
            passenger.map_or(json!(null), |line| line["travels_without"].clone())
        };
        (of(&mother), of(&baby))
    };
    board(&mother).await;
    let (of_mother, _) = without().await;
    let named: Vec<(&Value, &Value)> =
        of_mother.as_array().expect("a list").iter().map(|other| (&other["case_id"], &other["relation"])).collect();
    assert_eq!(named, [(&baby["id"], &json!("child")), (&sister["id"], &json!("sibling"))], "and nobody whom the reader does not see");
    world.act("supervisor.a", &at(&sister, ""), "/close", json!({ "reason": "returned_by_own_means" })).await.expect(200);
    board(&baby).await;
    assert_eq!(without().await, (json!([]), json!([])));
}

const OFFICER: &str = "officer.idn";

/// Somebody who came to the Indonesian embassy, with this year of birth, and lacks nothing but a movement. A child has a guardian, an
/// assessed caregiver and an escort.
async fn ready(world: &World, birth_year: &str) -> Value {
    let mut body = data::walk_in();
    body["identity"]["birth_date"] = json!(birth_year);
    let case = to_clearing(world, OFFICER, body).await;
    ready_to_depart(world, OFFICER, &case).await;
    let determination = json!({ "kind": "bid", "initiated_on": world.day(-3), "decided_on": world.day(-2), "decision": "return_to_family",
        "guardian": "The aunt", "caregiver": "The aunt", "caregiver_assessed_on": world.day(-2), "escort": "A consul" });
    world.post(OFFICER, &at(&case, "/best-interests"), determination).await.expect(201);
    case
}

async fn linked(world: &World, actor: &str, case: &Value, other: &Value, relation: &str) -> String {
    let body = json!({ "case_id": other["id"], "relation": relation });
    world.post(actor, &at(case, "/relations"), body).await.expect(201).header("location").to_owned()
}

async fn charter(world: &World, actor: &str) -> String {
    let body = json!({ "name": "Charter", "mode": "charter_flight", "status": "booked", "origin": "Phnom Penh", "destination": "Jakarta",
        "capacity": 30, "escort": "A consul", "departs_at": format!("{}T08:00:00Z", world.day(1)),
        "arrives_at": format!("{}T12:00:00Z", world.day(1)) });
    world.post(actor, "/v1/movements/batches", body).await.expect(201).header("location").to_owned()
}

async fn board(world: &World, actor: &str, batch: &str, case: &Value) -> Value {
    world.post(actor, &format!("{batch}/passengers"), json!({ "case_ids": [case["id"]] })).await.expect(201).json()
}

/// The people who are apart from the person of a case, and how, as a user reads it before a step.
async fn apart(world: &World, actor: &str, case: &Value) -> Vec<(Value, Value)> {
    let standing = world.get(actor, &at(case, "/repatriation")).await.expect(200).json();
    standing["apart"].as_array().expect("a list").iter().map(|other| (other["case_id"].clone(), other["apart"].clone())).collect()
}

fn one(case: &Value, how: &str) -> Vec<(Value, Value)> {
    vec![(case["id"].clone(), json!(how))]
}

/// The requirements that a person on board does not meet.
fn unmet(result: &Value, case: &Value) -> Vec<String> {
    let passengers = result["passengers"].as_array().expect("passengers");
    let of_case = passengers.iter().find(|passenger| passenger["case_id"] == case["id"]).expect("a passenger");
    of_case["unmet"].as_array().expect("a list").iter().map(|guard| guard["guard"].as_str().expect("a code").to_owned()).collect()
}

/// The reminders of people who belong together on the worklist of an organisation: their cases.
async fn reminders(world: &World, actor: &str) -> Vec<Value> {
    let list = world.get(actor, "/v1/worklist?of=my_organisation&horizon_days=90&kind=related_case").await.expect(200).json();
    list["items"].as_array().expect("items").iter().map(|item| item["task"]["case_id"].clone()).collect()
}

async fn hold(world: &World, actor: &str, case: &Value) -> Value {
    let body = json!({ "to": "on_hold", "hold_reason": "medical", "review_on": world.day(5) });
    world.act(actor, &at(case, ""), "/repatriation/transitions", body).await.expect(200).json()
}

#[rstest]
#[actix_web::test]
async fn no_child_departs_without_its_mother_until_a_supervisor_says_why(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, child) = (ready(world, "1990").await, ready(world, "2015").await);
    let relation = linked(world, OFFICER, &mother, &child, "child").await;
    let batch = charter(world, OFFICER).await;
    let boarded = board(world, OFFICER, &batch, &child).await;
    let left: Vec<(&Value, &Value)> =
        boarded["left_behind"].as_array().expect("a list").iter().map(|one| (&one["case_id"], &one["relation"])).collect();
    assert_eq!(left, [(&mother["id"], &json!("parent"))], "whoever puts a child on board is reminded of the mother");
    assert_eq!(apart(world, OFFICER, &child).await, one(&mother, "stays_behind"));
    let schedule = async || world.act(OFFICER, &batch, "/transitions", json!({ "to": "departure_scheduled" })).await.expect(200).json();
    assert_eq!(unmet(&schedule().await, &child), ["child_not_separated"]);
    let reason = json!({ "separation_reason": "The mother is in hospital, and the aunt takes the child home" });
    let tag = world.get(OFFICER, &relation).await.expect(200).etag();
    let say = async |actor: &str| world.send(actor, Method::PATCH, &relation, &[("if-match", &tag)], Some(&reason)).await;
    say(OFFICER).await.problem(403, "permission_denied");
    let decided = say("supervisor.idn").await.expect(200).json();
    assert_eq!(decided["separation_reason"], reason["separation_reason"]);
    say("supervisor.idn").await.problem(412, "stale_version");
    assert_eq!(unmet(&schedule().await, &child), Vec::<String>::new());
    let standing = world.get(OFFICER, &at(&child, "/repatriation")).await.expect(200).json();
    assert_eq!(
        (&standing["stage"], &standing["apart"][0]["separation_reason"]),
        (&json!("departure_scheduled"), &reason["separation_reason"])
    );
}

#[rstest]
#[actix_web::test]
async fn whoever_belongs_to_a_child_that_stays_behind_stays_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, child, uncle) = (ready(world, "1990").await, ready(world, "2015").await, ready(world, "1980").await);
    linked(world, OFFICER, &child, &mother, "parent").await;
    linked(world, OFFICER, &child, &uncle, "other_relative").await;
    let batch = charter(world, OFFICER).await;
    for case in [&mother, &child, &uncle] {
        board(world, OFFICER, &batch, case).await;
    }
    assert_eq!(apart(world, OFFICER, &child).await, [], "all are on one plane");
    let step = async |body: Value| world.act(OFFICER, &batch, "/transitions", body).await.expect(200).json();
    assert_eq!(step(json!({ "to": "departure_scheduled" })).await["moved"], 3);
    world.post(OFFICER, &at(&child, "/fit-to-travel"), json!({ "fit": false, "examined_on": world.day(0) })).await.expect(201);
    let result = step(json!({ "to": "departed" })).await;
    assert_eq!(unmet(&result, &mother), ["child_not_separated"], "{result}");
    assert_eq!(unmet(&result, &uncle), Vec::<String>::new(), "{result}");
    let left: Vec<&Value> = result["left_without"].as_array().expect("a list").iter().map(|one| &one["case_id"]).collect();
    assert_eq!(left, [&child["id"]], "of whom the uncle leaves without");
}

#[rstest]
#[actix_web::test]
async fn a_hold_reminds_of_those_who_go_on_and_tells_their_owner(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, child) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.a", a_child()).await);
    let relation = linked(world, "caseworker.a", &mother, &child, "child").await;
    assert_eq!(reminders(world, "caseworker.a").await, Vec::<Value>::new());
    let held = hold(world, "caseworker.a", &mother).await;
    assert_eq!((&held["apart"][0]["case_id"], &held["apart"][0]["apart"]), (&child["id"], &json!("goes_on")));
    assert_eq!(apart(world, "caseworker.a", &child).await, one(&mother, "on_hold"));
    assert_eq!(reminders(world, "caseworker.a").await, [child["id"].clone()]);
    hold(world, "caseworker.a", &child).await;
    assert_eq!(reminders(world, "caseworker.a").await, Vec::<Value>::new(), "both wait");
    world.act("caseworker.a", &at(&child, ""), "/repatriation/transitions", json!({ "to": "resume" })).await.expect(200);
    assert_eq!(reminders(world, "caseworker.a").await, [child["id"].clone()]);
    world.send("supervisor.a", Method::DELETE, &relation, &[], None).await.expect(204);
    assert_eq!(reminders(world, "caseworker.a").await, Vec::<Value>::new(), "they do not belong together after all");
    assert_eq!(apart(world, "caseworker.a", &child).await, []);
}

fn a_child() -> Value {
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Minh An", "family_name": "Nguyễn", "birth_date": "2018-10" });
    body
}

#[rstest]
#[actix_web::test]
async fn a_case_is_not_closed_over_a_child_who_remains(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, child) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.a", a_child()).await);
    linked(world, "caseworker.a", &mother, &child, "child").await;
    let close = async |body: Value| world.act("supervisor.a", &at(&mother, ""), "/close", body).await;
    let problem = close(json!({ "reason": "returned_by_own_means" })).await.problem(409, "child_remains");
    assert_eq!(problem["errors"][0]["pointer"], "/leaves_child");
    close(json!({ "reason": "returned_by_own_means", "leaves_child": true })).await.expect(200);
    assert_eq!(apart(world, "caseworker.a", &child).await, one(&mother, "ended"));
    assert_eq!(reminders(world, "caseworker.a").await, [child["id"].clone()]);
}

#[rstest]
#[actix_web::test]
async fn no_step_of_one_tells_an_owner_who_sees_the_other_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, child) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.b", a_child()).await);
    let views = async |case: &Value| {
        let mut views = Vec::new();
        for url in ["", "/repatriation", "/tasks", "/history", "/relations"].map(|rest| at(case, rest)) {
            let answer = world.get("caseworker.b", &url).await.expect(200);
            views.push((answer.etag(), answer.text()));
        }
        let list = world.get("caseworker.b", "/v1/worklist?of=my_organisation&horizon_days=90").await.expect(200);
        views.push((String::new(), list.text()));
        views
    };
    let before = views(&child).await;
    linked(world, "coordinator", &mother, &child, "child").await;
    hold(world, "caseworker.a", &mother).await;
    assert_eq!(views(&child).await, before, "nothing that the owner of the child reads has changed");
    assert_eq!(apart(world, "caseworker.a", &mother).await, []);
    world.act("supervisor.a", &at(&mother, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    assert_eq!(views(&child).await, before);
    assert_eq!(reminders(world, "caseworker.b").await, Vec::<Value>::new());
}

#[rstest]
#[actix_web::test]
async fn a_reminder_goes_with_its_case_to_whoever_gets_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, child) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.a", a_child()).await);
    linked(world, "caseworker.a", &mother, &child, "child").await;
    hold(world, "caseworker.a", &mother).await;
    let user = async |actor: &str| world.get(actor, "/v1/me").await.json()["user_id"].clone();
    let assign = async |to: &Value| world.act("supervisor.a", &at(&child, ""), "/assign", json!({ "assigned_to": to })).await.expect(200);
    let has = async || {
        let tasks = world.get("caseworker.a", &at(&child, "/tasks")).await.expect(200).json();
        let reminder = tasks["items"].as_array().expect("tasks").iter().find(|task| task["kind"] == "related_case").cloned();
        reminder.expect("a reminder")["assigned_to"].clone()
    };
    assert_eq!(has().await, Value::Null, "nobody has the case");
    let (first, second) = (user("caseworker.a").await, user("supervisor.a").await);
    assign(&first).await;
    assert_eq!(has().await, first);
    assign(&second).await;
    assert_eq!(has().await, second);
    colleague(world, "third.a", "ngo_caseworker", "NGO A").await;
    let third = user("third.a").await;
    let handover = format!("/v1/users/{}/handover", second.as_str().expect("an id"));
    world.post("supervisor.a", &handover, json!({ "assigned_to": third })).await.expect(201);
    assert_eq!(has().await, third);
    // A step of the other case changes nobody's work here.
    world.act("caseworker.a", &at(&mother, ""), "/repatriation/transitions", json!({ "to": "resume" })).await.expect(200);
    hold(world, "caseworker.a", &mother).await;
    assert_eq!(has().await, third);
}

/// SQLite has one writer, so this is about Postgres.
#[actix_web::test]
async fn two_steps_of_one_moment_settle_a_reminder_together() {
    let Some(world) = &World::start(Postgres).await else { return };
    let other = &world.instance(without_second_factor()).await;
    for round in 0..12 {
        let (mother, child) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.a", a_child()).await);
        linked(world, "caseworker.a", &mother, &child, "child").await;
        hold(world, "caseworker.a", &mother).await;
        let to = async |world: &World, case: &Value, body: Value| {
            world.act("caseworker.a", &at(case, ""), "/repatriation/transitions", body).await
        };
        let held = json!({ "to": "on_hold", "hold_reason": "medical", "review_on": world.day(5) });
        let (resumed, held) = futures_util::join!(to(world, &mother, json!({ "to": "resume" })), to(other, &child, held));
        assert_eq!((resumed.status, held.status), (200, 200), "round {round}: {} {}", resumed.text(), held.text());
        let tasks = world.get("caseworker.a", &at(&child, "/tasks")).await.expect(200).json();
        let open =
            tasks["items"].as_array().expect("tasks").iter().filter(|task| task["kind"] == "related_case" && task["status"] == "open");
        assert_eq!(open.count(), 0, "round {round}");
    }
}

//! The work of somebody who leaves: it goes to nobody, visibly and at once, and nothing new is given to who cannot act.

use diesel::connection::SimpleConnection;
use futures_util::join;
use homeward::command::background::follow_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::people::merges::{twins, undo};
use crate::repatriation::corrections::{enter, take_back};
use crate::sharing::consents_and_referrals::at;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::without_second_factor;
use crate::support::{World, data};

/// The address of a user's account.
pub async fn account(world: &World, username: &str) -> String {
    let id = world.get(username, "/v1/me").await.expect(200).json()["user_id"].clone();
    format!("/v1/users/{}", id.as_str().expect("an id"))
}

/// The id in the address of an account.
pub fn id_of(account: &str) -> &str {
    account.rsplit('/').next().expect("an id")
}

/// A case of a child, assigned to a user of NGO A, who has a task of their own on it.
pub async fn assigned(world: &World, user: &str) -> Value {
    let case = world.register("supervisor.a", data::vietnamese()).await;
    let case_url = at(&case, "");
    let child = json!({ "identity": { "birth_date": "2015-05" } });
    world.patch("supervisor.a", &case_url, child).await.expect(200);
    world.act("supervisor.a", &case_url, "/assign", json!({ "assigned_to": id_of(user) })).await.expect(200);
    let task = json!({ "note": "Collect the child from the police", "due_on": world.day(0), "assigned_to": id_of(user) });
    world.post("supervisor.a", &at(&case, "/tasks"), task).await.expect(201);
    case
}

/// The kinds of the tasks of one case on a worklist, each once.
pub async fn listed(world: &World, actor: &str, of: &str, case: &Value) -> Vec<String> {
    let url = format!("/v1/worklist?of={of}&horizon_days=90&limit=200");
    let page = world.get(actor, &url).await.expect(200).json();
    let lines = page["items"].as_array().expect("lines").iter().filter(|line| line["task"]["case_id"] == case["id"]);
    let mut kinds: Vec<String> = lines.map(|line| line["task"]["kind"].as_str().expect("a kind").to_owned()).collect();
    kinds.sort();
    kinds
}

/// The open tasks of NGO A on a case that are assigned to anybody.
async fn assigned_tasks(world: &World, case: &Value) -> Vec<Value> {
    let tasks = world.get("supervisor.a", &at(case, "/tasks")).await.expect(200).json();
    let open = tasks["items"].as_array().expect("tasks").iter().filter(|task| task["status"] == "open");
    open.filter(|task| !task["assigned_to"].is_null()).cloned().collect()
}

async fn newest_change(world: &World, case: &Value) -> Value {
    world.get("supervisor.a", &at(case, "/history?limit=1")).await.expect(200).json()["items"][0].clone()
}

#[rstest]
#[actix_web::test]
async fn work_of_an_account_that_cannot_act_goes_to_nobody_at_once(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values(("disabled", "account_disabled"), ("role", "role_changed"))] way: (&str, &str),
) {
    let Some(world) = &World::start(kind).await else { return };
    let (leaver, other) = (account(world, "caseworker.a").await, account(world, "supervisor.a").await);
    let (case, closed) = (assigned(world, &leaver).await, assigned(world, &leaver).await);
    let kept = assigned(world, &other).await;
    world.act("supervisor.a", &at(&closed, ""), "/close", json!({ "reason": "stayed_lawfully", "end_tasks": true })).await.expect(200);
    assert_eq!(listed(world, "supervisor.a", "nobody", &case).await, [""; 0]);

    let change = if way.0 == "disabled" { json!({ "disabled": true }) } else { json!({ "role": "analyst" }) };
    world.patch("admin", &leaver, change).await.expect(200);

    for case in [&case, &closed] {
        assert_eq!(world.get("supervisor.a", &at(case, "")).await.json()["assigned_to"], Value::Null);
        let told = newest_change(world, case).await;
        assert_eq!((&told["reason"], &told["operation"]), (&json!(way.1), &json!("update_user")), "{told}");
        assert_eq!(told["changes"], json!([{ "field": "assigned_to", "from": id_of(&leaver), "to": null }]));
    }
    assert_eq!(assigned_tasks(world, &case).await, [Value::Null; 0], "no open task stays behind");
    assert_eq!(
        listed(world, "supervisor.a", "nobody", &case).await,
        ["added", "assignee_left", "child_without_guardian", "stalled"],
        "the supervisor sees all of it, and is asked to assign the case"
    );
    assert_eq!(world.get("supervisor.a", &at(&kept, "")).await.json()["assigned_to"], id_of(&other), "the work of others stays");

    // Nothing new goes there, neither by itself nor by hand.
    world.post("supervisor.a", &at(&case, "/follow-ups"), json!({ "due_on": world.day(1) })).await.expect(201);
    assert_eq!(assigned_tasks(world, &case).await, [Value::Null; 0]);
    assert!(listed(world, "supervisor.a", "nobody", &case).await.contains(&"follow_up_due".to_owned()));
    let by_hand = json!({ "assigned_to": id_of(&leaver) });
    let refused = world.act("supervisor.a", &at(&case, ""), "/assign", by_hand).await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["code"], "cannot_act", "{refused}");
    let task = json!({ "note": "Call", "due_on": world.day(0), "assigned_to": id_of(&leaver) });
    world.post("supervisor.a", &at(&case, "/tasks"), task).await.problem(422, "validation_failed");

    // The new assignee has what follows from the case, and the question is settled.
    world.act("supervisor.a", &at(&case, ""), "/assign", json!({ "assigned_to": id_of(&other) })).await.expect(200);
    assert_eq!(listed(world, "supervisor.a", "nobody", &case).await, ["added"]);
    world.act("supervisor.a", &at(&closed, ""), "/reopen", json!({ "reason": "She came back" })).await.expect(200);
    assert_eq!(assigned_tasks(world, &closed).await, [Value::Null; 0], "a case that is opened again is nobody's");
    assert!(listed(world, "supervisor.a", "nobody", &closed).await.contains(&"assignee_left".to_owned()), "and asks for an assignee");
}

/// Who takes a case is asked as long as it goes on without anybody, whatever ended it meanwhile.
#[rstest]
#[actix_web::test]
async fn who_takes_a_case_is_asked_again_when_it_goes_on(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values("closed", "deceased")] end: &str,
) {
    let Some(world) = &World::start(kind).await else { return };
    let (leaver, other) = (account(world, "caseworker.a").await, account(world, "supervisor.a").await);
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let cases = [assigned(world, &leaver).await, assigned(world, &leaver).await];
    let stop = async |case: &Value| match end {
        "closed" => {
            let close = json!({ "reason": "stayed_lawfully", "end_tasks": true });
            world.act("supervisor.a", &at(case, ""), "/close", close).await.expect(200)
        }
        _ => world.act("supervisor.a", &at(case, ""), "/repatriation/transitions", enter(world, end)).await.expect(200),
    };
    // One ended before its assignee left, and one after.
    stop(&cases[0]).await;
    world.patch("admin", &leaver, json!({ "disabled": true })).await.expect(200);
    stop(&cases[1]).await;
    for case in &cases {
        match end {
            "closed" => drop(world.act("supervisor.a", &at(case, ""), "/reopen", json!({ "reason": "She came back" })).await.expect(200)),
            _ => drop(take_back(world, case).await),
        }
        let waiting = listed(world, "supervisor.a", "nobody", case).await;
        assert!(waiting.contains(&"assignee_left".to_owned()) && waiting.contains(&"added".to_owned()), "{waiting:?}");
    }
    let made = world.post("admin", &format!("{leaver}/handover"), json!({ "assigned_to": id_of(&other) })).await.expect(201).json();
    assert_eq!(made["cases"], 2, "{made}");
    for case in &cases {
        assert_eq!(world.get("supervisor.a", &at(case, "")).await.json()["assigned_to"], id_of(&other));
        assert_eq!(listed(world, "supervisor.a", "nobody", case).await, [""; 0]);
    }
}

/// Partners on a case read that it has another assignee, and not what became of the owner's staff.
#[rstest]
#[actix_web::test]
async fn why_an_assignee_changed_is_told_to_the_owner_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = assigned(world, &account(world, "caseworker.a").await).await;
    world.patch("admin", &account(world, "caseworker.a").await, json!({ "disabled": true })).await.expect(200);
    let reasons = async |actor: &str| {
        let page = world.get(actor, &at(&case, "/history?limit=200")).await.expect(200).json();
        page["items"].as_array().expect("entries").iter().filter(|entry| !entry["reason"].is_null()).count()
    };
    assert_eq!((reasons("supervisor.a").await, reasons("coordinator").await), (1, 0));
}

#[rstest]
#[actix_web::test]
async fn an_account_that_only_the_clock_stopped_is_found_within_a_minute(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (leaver, old) = (account(world, "caseworker.a").await, colleague(world, "caseworker.old", "ngo_caseworker", "NGO A").await);
    let (case, left_before) = (assigned(world, &leaver).await, assigned(world, &old).await);
    // The password is taken away, and the code to set another one is never used.
    world.post("admin", &format!("{leaver}/password-reset"), Value::Null).await.expect(200);
    let statement = "UPDATE users SET disabled_at = created_at WHERE username = 'caseworker.old'";
    world.database.with_connection(|connection| connection.batch_execute(statement)).expect("an account from before");
    follow_once(&world.db).await.expect("the process follows the clock");
    assert_eq!(world.get("supervisor.a", &at(&case, "")).await.json()["assigned_to"], id_of(&leaver), "the code can still be used");
    assert_eq!(newest_change(world, &left_before).await["reason"], "account_disabled");

    world.days_pass(2).await;
    assert_eq!(world.get("supervisor.a", &at(&case, "")).await.json()["assigned_to"], Value::Null);
    assert_eq!(newest_change(world, &case).await["reason"], "account_locked");
    for case in [&case, &left_before] {
        assert!(listed(world, "supervisor.a", "nobody", case).await.contains(&"assignee_left".to_owned()));
    }
}

#[rstest]
#[actix_web::test]
async fn an_undone_merge_assigns_nothing_to_who_left_meanwhile(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let leaver = account(world, "caseworker.a").await;
    let twins = twins(world).await;
    for case in [&twins.survivor, &twins.other] {
        world.act("supervisor.a", &at(case, ""), "/assign", json!({ "assigned_to": id_of(&leaver) })).await.expect(200);
    }
    let merge = twins.merge(world).await;
    world.patch("admin", &leaver, json!({ "disabled": true })).await.expect(200);
    undo(world, &merge).await.expect(200);
    for case in [&twins.survivor, &twins.other] {
        assert_eq!(world.get("supervisor.a", &at(case, "")).await.json()["assigned_to"], Value::Null);
        assert_eq!(assigned_tasks(world, case).await, [Value::Null; 0]);
    }
}

/// Rounds of a race of two instances.
const ROUNDS: usize = 20;

#[actix_web::test]
async fn nobody_assigns_work_while_another_instance_disables_the_account() {
    let Some(world) = &World::start(Postgres).await else { return };
    let other = &world.instance(without_second_factor()).await;
    let case = world.register("supervisor.a", data::vietnamese()).await;
    for round in 0..ROUNDS {
        let user = colleague(world, &format!("caseworker.race{round}"), "ngo_caseworker", "NGO A").await;
        let assign = async || world.act("supervisor.a", &at(&case, ""), "/assign", json!({ "assigned_to": id_of(&user) })).await.status;
        let add = async || {
            let task = json!({ "note": "Call", "due_on": world.day(0), "assigned_to": id_of(&user) });
            world.post("supervisor.a", &at(&case, "/tasks"), task).await.status
        };
        let disable = async || other.patch("admin", &user, json!({ "disabled": true })).await.expect(200);
        let (assign, add, _) = join!(assign(), add(), disable());
        let told = world.get("supervisor.a", &at(&case, "")).await.json();
        assert_ne!(told["assigned_to"], id_of(&user), "round {round}: {assign}");
        let tasks = world.get("supervisor.a", &at(&case, "/tasks")).await.expect(200).text();
        assert!(!tasks.contains(id_of(&user)), "round {round}: {add}: {tasks}");
    }
}

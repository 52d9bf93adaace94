//! Taking back what was entered by mistake: an end of the road, a step that did not happen, a closing.

mod follow_up_case;
mod reasons;

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use homeward::domain::repatriation::stage::{SideState, Stage};
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

const WHY: &str = "He is alive: the hospital mixed up two names";
const GRAVE: [&str; 3] = ["deceased", "removed_by_force", "re_trafficked"];

/// A world with a second supervisor at NGO A.
async fn world(kind: Kind) -> Option<World> {
    let world = World::start(kind).await?;
    colleague(&world, "second.a", "ngo_supervisor", "NGO A").await;
    Some(world)
}

/// Puts a case at a stage that the guards would allow only after many steps.
async fn stand_at(world: &World, case: &Value, stage: Stage) {
    let id = case["id"].as_str().unwrap();
    let statement = |postgres: bool| {
        let id = if postgres { format!("'{id}'") } else { format!("x'{}'", id.replace('-', "")) };
        format!("UPDATE cases SET stage = '{stage}', stage_since = '2026-01-05' WHERE id = {id}")
    };
    world.database.with_connection(|connection| connection.batch_execute(&statement(connection.is_postgres()))).expect("it is moved");
    // The process looks at the case again.
    for level in ["low", "medium"] {
        world.patch("caseworker.a", &at(case, ""), json!({ "risk_level": level })).await.expect(200);
    }
}

pub fn enter(world: &World, end: &str) -> Value {
    json!({ "to": end, "occurred_on": world.day(0), "source": "A list of the hospital" })
}

/// Takes a grave end back: one supervisor asks, a second one approves, the first one sends the same again.
pub async fn take_back(world: &World, case: &Value) -> Value {
    let back = json!({ "to": "resume", "reason": WHY });
    // A client that wants no answer gets this one: nothing is done yet.
    let url = at(case, "/repatriation/transitions");
    let asked = [("if-match", "*"), ("prefer", "return=minimal")];
    let asked = world.send("supervisor.a", Method::POST, &url, &asked, Some(&back)).await.expect(202).json();
    let approve = format!("/v1/approvals/{}/approve", asked["approval_id"].as_str().expect("an approval"));
    world.send("second.a", Method::POST, &approve, &[], None).await.expect(200);
    go(world, "supervisor.a", case, back).await.expect(200).json()
}

/// Everything that is counted, and where the case stands, as two organisations see it.
async fn picture(world: &World, case: &Value) -> Value {
    let mut all = json!({});
    let dimensions = ["nationality", "stage", "side_state", "status", "risk_level", "trafficking_status", "closure_reason"];
    let figures = dimensions.iter().map(|by| format!("/v1/statistics/cases?by={by}"));
    let reports = ["funnel", "backlog", "ageing", "fines", "reconciliation", "re-trafficking", "forecast"];
    let figures: Vec<String> = figures.chain(reports.iter().map(|name| format!("/v1/reports/{name}"))).collect();
    for actor in ["supervisor.a", "coordinator"] {
        for url in &figures {
            let mut figure = world.get(actor, url).await.expect(200).json();
            figure.as_object_mut().unwrap().remove("as_of");
            all[format!("{actor} {url}")] = figure;
        }
        let road = world.get(actor, &at(case, "/repatriation")).await.expect(200).json();
        all[format!("{actor} road")] = json!([road["stage"], road["side_state"], road["next"], road["next_case_id"]]);
        let codes = world.get(actor, "/v1/cases?limit=200").await.expect(200).json();
        let codes: Vec<Value> = codes["items"].as_array().unwrap().iter().map(|item| item["code"].clone()).collect();
        all[format!("{actor} list")] = json!(codes);
    }
    let stands = world.get("supervisor.a", &at(case, "")).await.expect(200).json();
    all["since"] = stands["stage_since"].clone();
    let worklist = world.get("supervisor.a", "/v1/worklist?of=my_organisation&horizon_days=90&limit=200").await.expect(200).json();
    let line =
        |item: &Value| json!([item["task"]["kind"], item["task"]["due_on"], item["task"]["deadline"], item["task"]["guard"]]).to_string();
    let mut lines: Vec<String> = worklist["items"].as_array().unwrap().iter().map(line).collect();
    lines.sort_unstable();
    all["worklist"] = json!(lines);
    all
}

fn assert_same(before: &Value, after: &Value, what: &str) {
    for (name, known) in before.as_object().unwrap() {
        assert_eq!(known, &after[name], "{what}: {name}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_wrong_end_that_is_taken_back_leaves_every_figure_as_it_was(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values("deceased", "removed_by_force", "re_trafficked")] end: &str,
) {
    let Some(world) = &world(kind).await else { return };
    world.register("caseworker.a", data::taiwanese()).await;
    for stage in Stage::ALL {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        stand_at(world, &case, *stage).await;
        world.post("caseworker.a", &at(&case, "/tasks"), json!({ "note": "Pay the clinic", "due_on": world.day(1) })).await.expect(201);
        let before = picture(world, &case).await;
        go(world, "caseworker.a", &case, enter(world, end)).await.expect(200);
        assert_ne!(picture(world, &case).await, before, "{end} at {stage} is counted while it stands");
        let standing = take_back(world, &case).await;
        assert_same(&before, &picture(world, &case).await, &format!("{end} at {stage}"));
        let log = standing["history"].as_array().unwrap();
        let (wrong, by) = (&log[log.len() - 2], &log[log.len() - 1]);
        assert_eq!((wrong["to_side_state"].as_str(), by["rule"].as_str()), (Some(end), Some("T14")), "the log keeps the wrong entry");
        assert_eq!((&wrong["taken_back"]["version"], &wrong["taken_back"]["reason"]), (&by["version"], &json!(WHY)));
        assert_eq!((&wrong["taken_back"]["at"], &wrong["taken_back"]["user_id"]), (&by["moved_at"], &by["user_id"]));
        assert!(by.get("taken_back").is_none());
    }
}

#[rstest]
#[actix_web::test]
async fn a_case_stands_again_beside_the_road_with_its_hold(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    for end in GRAVE {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        let hold = json!({ "to": "on_hold", "hold_reason": "medical", "review_on": world.day(5) });
        go(world, "caseworker.a", &case, hold).await.expect(200);
        let before = picture(world, &case).await;
        go(world, "caseworker.a", &case, enter(world, end)).await.expect(200);
        assert_eq!(take_back(world, &case).await["side_state"], "on_hold");
        assert_same(&before, &picture(world, &case).await, end);
        // A second mistake is taken back by itself: the first approval was used up.
        go(world, "caseworker.a", &case, enter(world, end)).await.expect(200);
        take_back(world, &case).await;
        assert_same(&before, &picture(world, &case).await, end);
    }
}

#[rstest]
#[actix_web::test]
async fn one_supervisor_alone_takes_no_grave_end_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, enter(world, "deceased")).await.expect(200);
    let step = |standing: &Value| standing["next"].as_array().unwrap().iter().find(|step| step["to"] == "resume").cloned();
    let offered = step(&world.get("supervisor.a", &at(&case, "/repatriation")).await.expect(200).json()).expect("it is offered");
    let asks: Vec<&str> = offered["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap()).collect();
    assert_eq!((offered["rule"].as_str(), asks), (Some("T14"), vec!["reason_given", "second_person"]));
    go(world, "supervisor.a", &case, json!({ "to": "resume" })).await.problem(409, "unmet_guards");
    go(world, "caseworker.a", &case, json!({ "to": "resume", "reason": WHY })).await.problem(409, "unmet_guards");
    go(world, "coordinator", &case, json!({ "to": "resume", "reason": WHY })).await.problem(409, "unmet_guards");
    let back = json!({ "to": "resume", "reason": WHY });
    let asked = go(world, "supervisor.a", &case, back.clone()).await.expect(202).json();
    assert_eq!(asked["side_state"], "deceased", "it stays until somebody else approved");
    let again = go(world, "supervisor.a", &case, back.clone()).await.expect(202).json();
    assert_eq!(asked["approval_id"], again["approval_id"], "a colleague is asked once");
    let approval = format!("/v1/approvals/{}", asked["approval_id"].as_str().unwrap());
    let shown = world.get("second.a", &approval).await.expect(200).json();
    assert_eq!((&shown["action"], &shown["reason"], &shown["correction"]["case_id"]), (&json!("take_back_end"), &json!(WHY), &case["id"]));
    world.send("supervisor.a", Method::POST, &format!("{approval}/approve"), &[], None).await.problem(409, "same_person");
    world.send("second.a", Method::POST, &format!("{approval}/reject"), &[], None).await.expect(200);
    let anew = go(world, "supervisor.a", &case, back.clone()).await.expect(202).json();
    assert_ne!(asked["approval_id"], anew["approval_id"], "what was rejected is over");
    // What was approved for one entry takes no other one back, and not for another user.
    let second = format!("/v1/approvals/{}/approve", anew["approval_id"].as_str().unwrap());
    world.send("second.a", Method::POST, &second, &[], None).await.expect(200);
    let other = world.register("caseworker.a", data::taiwanese()).await;
    go(world, "caseworker.a", &other, enter(world, "deceased")).await.expect(200);
    let mut borrowed = back.clone();
    borrowed["approval_id"] = anew["approval_id"].clone();
    go(world, "second.a", &case, borrowed.clone()).await.problem(409, "approval_required");
    go(world, "supervisor.a", &other, borrowed).await.problem(409, "approval_void");
    assert_eq!(take_back(world, &case).await["side_state"], json!(null));
}

#[rstest]
#[actix_web::test]
async fn every_end_offers_its_way_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    for state in SideState::ALL.iter().filter(|state| !state.is_resumable()) {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        let mut body = enter(world, state.as_str());
        body["reason"] = json!("A mistake");
        go(world, "supervisor.a", &case, body).await.expect(200);
        let standing = world.get("supervisor.a", &at(&case, "/repatriation")).await.expect(200).json();
        let next = standing["next"].as_array().unwrap();
        let ends = next.iter().map(|step| step["to"].as_str().unwrap()).collect::<Vec<_>>();
        // Something can still happen to whom missions are kept away from.
        let others: &[&str] = match state {
            SideState::ProtectionPathway => &["lost_contact", "removed_by_force", "re_trafficked", "deceased"],
            _ => &[],
        };
        assert_eq!(ends, [others, &["resume"]].concat(), "{state}");
        let missing = next.last().unwrap()["unmet"].as_array().unwrap();
        assert!(missing.iter().all(|guard| guard["resource"] != ""), "{state}: a supervisor of the owner may: {missing:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_step_back_from_a_departure_takes_back_what_did_not_happen(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    stand_at(world, &case, Stage::DepartureScheduled).await;
    let before = picture(world, &case).await;
    // The entry of a departure, as the guards would let it through after many records.
    let id = case["id"].as_str().unwrap();
    world
        .database
        .with_connection(|connection| {
            let id = if connection.is_postgres() { format!("'{id}'") } else { format!("x'{}'", id.replace('-', "")) };
            connection.batch_execute(&format!(
                "UPDATE repatriation_transitions SET rule = 'T7', from_stage = 'departure_scheduled', to_stage = 'departed', \
                 stood_since = '2026-01-05', days_at_stage = 3 WHERE case_id = {id} AND rule = 'T2'"
            ))
        })
        .expect("the entry is another one");
    stand_at(world, &case, Stage::Departed).await;
    let departed = picture(world, &case).await;
    assert_ne!(departed["supervisor.a /v1/reports/forecast"], before["supervisor.a /v1/reports/forecast"], "a departure is counted");
    // An arrival that was wrong too, and is taken back first.
    let arrival = json!({ "arrived_on": world.day(0), "port": "Nội Bài", "received_by": "Family", "reception_consent_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/arrivals"), arrival).await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "arrived" })).await.expect(200);
    go(world, "supervisor.a", &case, json!({ "to": "departed", "reason": "Another person arrived" })).await.expect(200);
    let standing = go(world, "supervisor.a", &case, json!({ "to": "departure_scheduled", "reason": "Another person flew" })).await;
    let log = standing.expect(200).json()["history"].clone();
    assert_eq!(log[1]["taken_back"]["reason"], "Another person flew");
    let after = picture(world, &case).await;
    for name in ["forecast", "backlog", "funnel"] {
        let name = format!("supervisor.a /v1/reports/{name}");
        let without_t2 = |picture: &Value| {
            let mut figure = picture[&name].clone();
            // The registration passed to screened in the first picture alone, since its entry became the departure.
            figure["items"]
                .as_array_mut()
                .into_iter()
                .flatten()
                .filter(|row| row["stage"] == "registered")
                .for_each(|row| *row = json!(null));
            figure
        };
        assert_eq!(without_t2(&after), without_t2(&before), "{name}");
    }
    assert_eq!(after["since"], before["since"]);
}

#[rstest]
#[actix_web::test]
async fn a_reason_for_closing_agrees_with_the_road_or_names_the_step(#[values(Sqlite, Postgres)] kind: Kind) {
    use homeward::domain::codes::ClosureReason;
    let Some(world) = &world(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let close = async |reason: &str| world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": reason })).await;
    let steps = [
        ("repatriated", "arrival_first"),
        ("deceased", "death_first"),
        ("lost_contact", "lost_contact_first"),
        ("deported", "removal_first"),
    ];
    for reason in ClosureReason::ALL {
        let answer = close(reason.as_str()).await;
        match steps.iter().find(|(known, _)| *known == reason.as_str()) {
            Some((_, step)) => {
                let problem = answer.problem(409, "closure_disagrees");
                assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/reason"), &json!(step)));
            }
            None => {
                answer.expect(200);
                world.act("supervisor.a", &at(&case, ""), "/reopen", json!({ "reason": "Typed wrongly" })).await.expect(200);
            }
        }
    }
    go(world, "caseworker.a", &case, enter(world, "deceased")).await.expect(200);
    assert_eq!(close("stayed_lawfully").await.problem(409, "closure_disagrees")["errors"][0]["code"], "another_end");
    let told_nobody = json!({ "reason": "deceased", "end_tasks": true });
    world.act("supervisor.a", &at(&case, ""), "/close", told_nobody).await.expect(200);
    let by = world.get("supervisor.a", "/v1/statistics/cases?by=closure_reason,side_state").await.expect(200).json();
    assert_eq!(by["items"], json!([{ "closure_reason": "deceased", "side_state": "deceased", "count": 1 }]));
    // Closed and wrong: reopened with a reason, and then taken back.
    go(world, "supervisor.a", &case, json!({ "to": "resume", "reason": WHY })).await.problem(409, "case_closed");
    world.act("supervisor.a", &at(&case, ""), "/reopen", json!({})).await.problem(400, "invalid_body");
    world.act("supervisor.a", &at(&case, ""), "/reopen", json!({ "reason": "She called us" })).await.expect(200);
    assert_eq!(take_back(world, &case).await["side_state"], json!(null));
    let history = world.get("supervisor.a", &at(&case, "/history?limit=200")).await.expect(200).text();
    assert!(history.contains("She called us") && history.contains("reopened.reason"), "{history}");
}

#[rstest]
#[actix_web::test]
async fn open_tasks_are_asked_about_end_with_the_case_and_come_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let note = json!({ "note": "Pay the clinic", "due_on": world.day(0) });
    let own = world.post("caseworker.a", &at(&case, "/tasks"), note).await.expect(201).header("location").to_owned();
    let desk = world.post("coordinator", &at(&case, "/tasks"), json!({ "note": "Ask the police", "due_on": world.day(0) })).await;
    let desk = desk.expect(201).header("location").to_owned();
    let waiting = async |actor: &str| {
        let list = world.get(actor, "/v1/worklist?of=my_organisation&horizon_days=90&limit=200").await.expect(200).json();
        list["items"].as_array().unwrap().iter().filter(|item| item["task"]["kind"] == "added").count()
    };
    assert_eq!((waiting("caseworker.a").await, waiting("coordinator").await), (1, 1));
    let etag = world.get("caseworker.a", &own).await.etag();
    let problem = world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "other" })).await.problem(409, "open_tasks");
    assert_eq!(problem["errors"][0]["pointer"], "/end_tasks");
    world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "other", "end_tasks": true })).await.expect(200);
    assert_eq!((waiting("caseworker.a").await, waiting("coordinator").await), (0, 0), "nothing of a closed case is on a worklist");
    for (actor, task) in [("caseworker.a", &own), ("coordinator", &desk)] {
        let ended = world.get(actor, task).await;
        assert_eq!(ended.json()["status"], "ended_with_case", "it shows on the case");
        assert!(!ended.json()["note"].is_null());
    }
    assert_ne!(world.get("caseworker.a", &own).await.etag(), etag, "it is another version");
    world.act("supervisor.a", &at(&case, ""), "/reopen", json!({ "reason": "She came back" })).await.expect(200);
    assert_eq!((waiting("caseworker.a").await, waiting("coordinator").await), (1, 1));
    assert_eq!(world.get("caseworker.a", &own).await.json()["note"], "Pay the clinic");
    world.patch("caseworker.a", &own, json!({ "status": "ended_with_case" })).await.problem(422, "validation_failed");
    world.patch("caseworker.a", &own, json!({ "status": "done" })).await.expect(200);
    world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    world.patch("caseworker.a", &own, json!({ "status": "open" })).await.problem(409, "case_closed");
    world.patch("coordinator", &desk, json!({ "status": "open" })).await.problem(409, "case_closed");
    world.act("supervisor.a", &at(&case, ""), "/reopen", json!({ "reason": "She came back" })).await.expect(200);
    assert_eq!(world.get("caseworker.a", &own).await.json()["status"], "done", "what was done stays done");
}

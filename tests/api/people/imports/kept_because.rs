//! Why a case that a list made is not taken back.

use diesel::connection::SimpleConnection;
use rstest::rstest;
use serde_json::{Value, json};

use super::taken_back::{case_of, undone};
use super::{List, cases_of};
use crate::accounts::approvals::erasure::erase;
use crate::accounts::approvals::{ask, colleague};
use crate::people::merges::paired;
use crate::sharing::consents_and_referrals::{answer, organisation_of, step};
use crate::sharing::denials::emergency;
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;

/// Six people, of whom the last two are one.
const SIX: &str = "No;Nama;Tgl lahir;JK;Paspor\n\
    1;Siti Rahmawati;17/3/1999;P;C4512378\n\
    2;Budi Santoso;13/4/1998;L;C4512379\n\
    3;Ani Wijaya;14/4/1997;P;C4512380\n\
    4;Dewi Lestari;15/4/1996;P;C4512381\n\
    5;Eko Prasetyo;16/4/1995;L;C4512382\n\
    6;Eko Prasetyo;16/4/1995;L;C4512382\n";

/// A list that was committed, and its rows with a case. Those who seem to stand twice on it are other people.
async fn committed<'a>(world: &'a World, text: &str) -> (List<'a>, Vec<Value>) {
    let list = List::validated(world, "caseworker.a", text.as_bytes()).await;
    list.step("/commit", Some(json!({ "undecided": "new" }))).await.expect(202);
    super::work(world).await;
    let rows = list.rows("registered").await;
    assert_eq!(rows.len(), text.lines().count() - 1);
    world.clock.forward(60);
    (list, rows)
}

async fn kept(list: &List<'_>) -> Vec<Value> {
    list.rows("").await.iter().map(|row| row["kept_because"].clone()).collect()
}

#[rstest]
#[actix_web::test]
async fn each_case_that_is_not_taken_back_says_why(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (list, rows) = committed(world, SIX).await;
    let cases: Vec<Value> = rows.iter().map(case_of).collect();
    answer(world, &cases[0], json!({})).await.expect(201);
    let transfer = json!({ "to_organisation_id": organisation_of(world, "caseworker.b").await, "urgency": "urgent" });
    let transfer = world.post("caseworker.a", &at(&cases[0], "/transfers"), transfer).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &transfer, json!({ "to": "accepted" })).await.expect(200);
    world.act("supervisor.a", &at(&cases[1], ""), "/close", json!({ "reason": "returned_by_own_means" })).await.expect(200);
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    erase(world, &cases[2], true).await.expect(204);
    paired(world, cases[4].clone(), cases[5].clone()).await.merge(world).await;

    assert_eq!(undone(&list, "second.a").await["state"], "undone");
    let told = ["handed_on", "closed", "erased", "", "worked_on", "merged"];
    let told: Vec<Value> = told.into_iter().map(|word| if word.is_empty() { Value::Null } else { json!(word) }).collect();
    assert_eq!(kept(&list).await, told);
    assert_eq!(list.count("taken_back").await, 1);
}

#[rstest]
#[actix_web::test]
async fn what_others_ask_of_a_case_keeps_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (list, rows) = committed(world, &SIX.split_inclusive('\n').take(6).collect::<String>()).await;
    for (name, born, number) in [("Siti Rahmawati", "1999-03-17", "C4512378"), ("Budi Santoso", "1998-04-13", "C4512379")] {
        let sought = json!({ "name": name, "birth_date": born, "nationality": "IDN", "document_number": number });
        let asked = json!({ "relation": "mission", "details": { "sought": sought } });
        world.post("officer.idn", "/v1/tracing-requests", asked).await.expect(201);
    }
    homeward::command::background::match_once(&world.db).await.expect("everybody is compared");
    let found = world.get("caseworker.a", "/v1/tracing-matches").await.expect(200).json()["items"].clone();
    let found = found.as_array().expect("matches");
    assert_eq!(found.len(), 2);
    let decided = found.iter().find(|found| found["case_id"] == rows[0]["case_id"]).expect("the first");
    let url = format!("/v1/tracing-matches/{}", decided["id"].as_str().expect("an id"));
    world.act("caseworker.a", &url, "/decision", json!({ "decision": "not_the_person", "note": "Asked her" })).await.expect(200);
    ask(world, "supervisor.a", json!({ "erasure": { "case_id": rows[2]["case_id"], "requested_by_person": true } })).await;
    emergency(world, "caseworker.b", &json!({ "code": rows[3]["case_code"] }), json!(["health"])).await.expect(201);

    assert_eq!(undone(&list, "supervisor.a").await["state"], "undone");
    let worked_on = json!("worked_on");
    let expected = [worked_on.clone(), Value::Null, worked_on.clone(), worked_on, Value::Null];
    assert_eq!(kept(&list).await, expected, "whoever was found and not decided about is nobody's work yet");
    let active = cases_of(world, "caseworker.a").await.iter().filter(|case| case["status"] == "active").count();
    assert_eq!(active, 3);
}

#[rstest]
#[actix_web::test]
async fn a_case_of_which_somebody_took_a_task_on_stays(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (list, _) = committed(world, &SIX.split_inclusive('\n').take(3).collect::<String>()).await;
    let minute = if kind == Sqlite { "60000000" } else { "interval '1 minute'" };
    let of_first = "(SELECT case_id FROM import_rows WHERE number = 2)";
    let statement = format!("UPDATE tasks SET updated_at = updated_at + {minute} WHERE case_id = {of_first}");
    world.database.with_connection(|connection| connection.batch_execute(&statement)).expect("a task changes");
    assert_eq!(undone(&list, "supervisor.a").await["state"], "undone");
    assert_eq!(kept(&list).await, [json!("worked_on"), Value::Null]);
}

//! What a list made is taken back, and nothing that anybody worked on.

use diesel::connection::SimpleConnection;
use homeward::domain::access::Role;
use rstest::rstest;
use serde_json::{Value, json};

use super::taken_up::many;
use super::{LIST, List, cases_of, work};
use crate::accounts::approvals::colleague;
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;

const PEOPLE: &str = "No;Nama;Tgl lahir;JK;Paspor\n\
    1;Siti Rahmawati;17/3/1999;P;C4512378\n\
    2;Budi Santoso;13/4/1998;L;C4512379\n\
    3;Ani Wijaya;14/4/1997;P;C4512380\n\
    4;Dewi Lestari;15/4/1996;P;C4512381\n";

pub async fn undone(list: &List<'_>, actor: &str) -> Value {
    let supervisor = List { world: list.world, actor, url: list.url.clone() };
    supervisor.step("/undo", None).await.expect(202);
    work(list.world).await;
    list.see().await
}

pub fn case_of(row: &Value) -> Value {
    json!({ "id": row["case_id"] })
}

#[rstest]
#[actix_web::test]
async fn what_a_list_made_is_closed_as_registered_in_error_unless_somebody_worked_on_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let untouched = world.register("caseworker.a", crate::support::data::vietnamese()).await;
    let list = List::validated(world, "caseworker.a", PEOPLE.as_bytes()).await;
    list.commit().await;
    let rows = list.rows("registered").await;
    world.clock.forward(60);
    world.patch("caseworker.a", &at(&case_of(&rows[1]), ""), json!({ "risk_level": "high" })).await.expect(200);
    world.post("caseworker.a", &at(&case_of(&rows[2]), "/stays"), json!({ "entry": "sold" })).await.expect(201);

    list.step("/undo", None).await.problem(403, "permission_denied");
    let seen = undone(&list, "supervisor.a").await;
    assert_eq!(seen["state"], "undone", "{seen}");
    let kept: Vec<(Value, Value)> = list.rows("").await.iter().map(|row| (row["state"].clone(), row["kept_because"].clone())).collect();
    let taken = (json!("taken_back"), Value::Null);
    let worked_on = (json!("registered"), json!("worked_on"));
    assert_eq!(kept, [taken.clone(), worked_on.clone(), worked_on, taken]);
    for (row, status) in rows.iter().zip(["closed", "active", "active", "closed"]) {
        let case = world.get("caseworker.a", &at(&case_of(row), "")).await.expect(200).json();
        let reason = if status == "closed" { json!("registered_in_error") } else { Value::Null };
        assert_eq!((&case["status"], &case["closure_reason"]), (&json!(status), &reason));
    }
    let other = world.get("caseworker.a", &at(&untouched, "")).await.expect(200).json();
    assert_eq!((&other["status"], &other["version"]), (&json!("active"), &untouched["version"]));
    let report = world.get("caseworker.a", &format!("{}/report", list.url)).await.expect(200).text();
    assert!(report.contains("worked_on"), "{report}");

    // Who was taken back can be registered again: that they were registered from the same row is forgotten.
    let again = List::validated(world, "caseworker.a", PEOPLE.as_bytes()).await;
    assert_eq!((again.count("ready").await, again.count("already_registered").await), (2, 2), "a case that was taken back is nobody's");
    again.step("/commit", Some(json!({ "undecided": "skip" }))).await.expect(202);
    work(world).await;
    let anew = again.rows("registered").await;
    assert_eq!(anew.len(), 2);
    assert!(anew.iter().all(|row| rows.iter().all(|before| row["case_id"] != before["case_id"])), "{anew:?}");
}

#[rstest]
#[actix_web::test]
async fn a_case_that_another_list_found_again_stays(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let two = PEOPLE.split_inclusive('\n').take(3).collect::<String>();
    let first = List::validated(world, "caseworker.a", two.as_bytes()).await;
    first.commit().await;
    let second = List::validated(world, "caseworker.a", two.as_bytes()).await;
    let rows = second.rows("already_registered").await;
    second.decide(&rows[0], "existing").await.expect(200);
    second.decide(&rows[1], "skip").await.expect(200);
    undone(&first, "supervisor.a").await;
    let kept: Vec<Value> = first.rows("").await.iter().map(|row| row["kept_because"].clone()).collect();
    assert_eq!(kept, ["known_again", "known_again"], "also before the decisions are committed");
    assert_eq!(second.commit().await["state"], "committed");
    assert!(cases_of(world, "caseworker.a").await.iter().all(|case| case["status"] == "active"));
}

#[rstest]
#[actix_web::test]
async fn that_another_organisation_has_the_person_on_a_list_is_not_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let one = PEOPLE.split_inclusive('\n').take(2).collect::<String>();
    let first = List::validated(world, "caseworker.a", one.as_bytes()).await;
    first.commit().await;
    world.clock.forward(1);
    List::validated(world, "caseworker.a", one.as_bytes()).await;
    let theirs = "UPDATE imports SET organisation_id = (SELECT id FROM organisations WHERE name = 'NGO B')
                  WHERE created_at = (SELECT max(created_at) FROM imports)";
    world.database.with_connection(|connection| connection.batch_execute(theirs)).expect("it is a list of NGO B");
    undone(&first, "supervisor.a").await;
    assert_eq!(first.rows("").await[0]["kept_because"], "worked_on");
}

#[rstest]
#[actix_web::test]
async fn a_list_takes_back_only_what_it_made(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let one = PEOPLE.split_inclusive('\n').take(2).collect::<String>();
    let first = List::validated(world, "caseworker.a", one.as_bytes()).await;
    first.commit().await;
    let case = case_of(&first.rows("").await[0]);
    let other = json!({ "identity": { "original_script_name": "Nur Aini", "birth_date": "1989", "documents": [] } });
    world.patch("caseworker.a", &at(&case, ""), other).await.expect(200);
    // Whom nothing but the row itself knows again: somebody says that it is the same person.
    let second = List::validated(world, "caseworker.a", one.as_bytes()).await;
    assert_eq!(second.commit().await["stopped_because"], "decisions_missing");
    second.decide(&second.rows("already_registered").await[0], "existing").await.expect(200);
    assert_eq!(second.commit().await["state"], "committed");
    assert_eq!((second.count("existing").await, cases_of(world, "caseworker.a").await.len()), (1, 1));
    undone(&second, "supervisor.a").await;
    assert_eq!(second.rows("").await[0]["state"], "existing");
    assert!(cases_of(world, "caseworker.a").await.iter().all(|case| case["status"] == "active"));
}

#[rstest]
#[actix_web::test]
async fn the_day_to_take_back_begins_with_the_first_who_are_registered(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let two = PEOPLE.split_inclusive('\n').take(3).collect::<String>();
    let list = List::validated(world, "caseworker.a", two.as_bytes()).await;
    let other = List::validated(world, "supervisor.a", PEOPLE.split_inclusive('\n').take(2).collect::<String>().as_bytes()).await;
    other.commit().await;
    let stopped = list.commit().await;
    assert_eq!(stopped["stopped_because"], "decisions_missing");
    assert_ne!(stopped["undo_until"], Value::Null);
    world.clock.forward(24 * 3600 + 1);
    assert_eq!(list.step("/cancel", None).await.expect(200).json()["undo_until"], stopped["undo_until"], "to cancel opens no new day");
    let supervisor = List { world, actor: "supervisor.a", url: list.url.clone() };
    supervisor.step("/undo", None).await.problem(409, "undo_too_late");
}

#[rstest]
#[actix_web::test]
async fn after_a_day_nothing_is_taken_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    let supervisor = List { world, actor: "supervisor.a", url: list.url.clone() };
    supervisor.step("/undo", None).await.problem(409, "import_not_at_step");
    list.step("/commit", Some(json!({ "undecided": "skip" }))).await.expect(202);
    work(world).await;
    world.clock.forward(24 * 3600 + 1);
    supervisor.step("/undo", None).await.problem(409, "undo_too_late");
}

#[rstest]
#[actix_web::test]
async fn what_takes_more_than_one_turn_is_taken_back_whole(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", many(45).as_bytes()).await;
    list.commit().await;
    assert_eq!(undone(&list, "supervisor.a").await["state"], "undone");
    assert_eq!((list.count("taken_back").await, list.count("registered").await), (45, 0));
    assert!(cases_of(world, "caseworker.a").await.iter().all(|case| case["status"] == "closed"));
}

#[rstest]
#[actix_web::test]
async fn who_may_close_no_more_takes_nothing_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let list = List::validated(world, "caseworker.a", PEOPLE.as_bytes()).await;
    list.commit().await;
    let supervisor = List { world, actor: "supervisor.a", url: list.url.clone() };
    supervisor.step("/undo", None).await.expect(202);
    world.change_role("supervisor.a", Role::NgoCaseworker);
    work(world).await;
    let seen = list.see().await;
    assert_eq!((&seen["state"], &seen["stopped_because"]), (&json!("cancelled"), &json!("no_longer_allowed")));
    assert!(cases_of(world, "caseworker.a").await.iter().all(|case| case["status"] == "active"));
    assert_eq!(undone(&list, "second.a").await["state"], "undone", "a colleague who may can");
    assert_eq!(list.count("taken_back").await, 4);
}

//! What a list made is taken back, and nothing that anybody worked on.

use rstest::rstest;
use serde_json::{Value, json};

use super::{LIST, List, cases_of, work};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;

const PEOPLE: &str = "No;Nama;Tgl lahir;JK;Paspor\n\
    1;Siti Rahmawati;17/3/1999;P;C4512378\n\
    2;Budi Santoso;13/4/1998;L;C4512379\n\
    3;Ani Wijaya;14/4/1997;P;C4512380\n\
    4;Dewi Lestari;15/4/1996;P;C4512381\n";

async fn undone(list: &List<'_>, actor: &str) -> Value {
    let supervisor = List { world: list.world, actor, url: list.url.clone() };
    supervisor.step("/undo", None).await.expect(202);
    work(list.world).await;
    list.see().await
}

fn case_of(row: &Value) -> Value {
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
    again.step("/commit", Some(json!({ "undecided": "new" }))).await.expect(202);
    work(world).await;
    let anew = again.rows("registered").await;
    assert_ne!(anew[0]["case_id"], rows[0]["case_id"]);
    assert_eq!(anew[1]["case_id"], rows[1]["case_id"]);
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
    second.step("/commit", Some(json!({ "undecided": "new" }))).await.expect(202);
    work(world).await;
    undone(&first, "supervisor.a").await;
    let kept: Vec<Value> = first.rows("").await.iter().map(|row| row["kept_because"].clone()).collect();
    assert_eq!(kept, ["known_again", "known_again"]);
    undone(&second, "supervisor.a").await;
    let made: Vec<Value> = second.rows("registered").await.iter().map(|row| row["kept_because"].clone()).collect();
    assert_eq!(made, ["not_made"], "a list takes back only what it made");
    assert!(cases_of(world, "caseworker.a").await.iter().all(|case| case["status"] == "active"));
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

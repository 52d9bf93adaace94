//! What people decide about rows, and what the service does not decide for them.

use actix_web::http::Method;
use homeward::command::background::follow_once;
use rstest::rstest;
use serde_json::{Value, json};

use super::{LIST, List, cases_of, work};
use crate::reporting::audit_reading::seal;
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::everything;

#[rstest]
#[actix_web::test]
async fn a_decision_is_about_what_was_validated_and_goes_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    let repeated = list.rows("repeated").await[0].clone();
    let decided = list.decide(&repeated, "new").await.expect(200).json();
    assert_eq!((&decided["decision"], &list.see().await["decided"]), (&json!("new"), &json!(1)));
    seal(world).await;
    let id = repeated["id"].as_str().expect("an id").replace('-', "");
    let named = |row: &String| row.replace('-', "").to_lowercase().contains(&id);
    assert!(everything(world)["audit_subjects"].iter().any(named), "it is recorded about which row somebody decided");
    list.decide(&repeated, "skip").await.problem(412, "stale_version");
    list.decide(&decided, "existing").await.problem(422, "validation_failed");
    list.decide(&list.rows("refused").await[0], "new").await.problem(422, "validation_failed");

    let before = world.get("caseworker.a", &list.url).await.etag();
    list.map(list.proposed().await).await.expect(200);
    assert_eq!((&list.see().await["state"], &list.see().await["decided"]), (&json!("read"), &json!(0)));
    list.step_from(&before, "/commit", Some(json!({}))).await.problem(412, "stale_version");
    list.step("/commit", Some(json!({}))).await.problem(409, "import_not_at_step");
    list.step("/validate", None).await.expect(202);
    work(world).await;
    list.decide(&decided, "skip").await.problem(404, "not_found");
    let anew = list.rows("repeated").await[0].clone();
    assert_eq!(anew["decision"], Value::Null);
    assert!(anew["version"].as_i64() > decided["version"].as_i64(), "no version of an earlier validation comes again");
    assert_eq!(list.see().await["undecided"], 1);
}

#[rstest]
#[actix_web::test]
async fn who_was_registered_since_the_validation_waits_for_a_decision(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let two = LIST.split_inclusive('\n').take(3).collect::<String>();
    let list = List::validated(world, "caseworker.a", two.as_bytes()).await;
    let other = List::validated(world, "supervisor.a", LIST.split_inclusive('\n').take(2).collect::<String>().as_bytes()).await;
    other.commit().await;
    let before = list.rows("ready").await[0].clone();
    let stopped = list.commit().await;
    assert_eq!((&stopped["state"], &stopped["stopped_because"]), (&json!("validated"), &json!("decisions_missing")));
    assert_eq!((list.count("registered").await, cases_of(world, "caseworker.a").await.len()), (1, 2));
    list.map(list.proposed().await).await.problem(409, "import_not_at_step");
    let waiting = &list.rows("already_registered").await[0];
    list.decide(&before, "skip").await.problem(412, "stale_version");
    list.decide(waiting, "existing").await.expect(200);
    assert_eq!(list.commit().await["state"], "committed");
    assert_eq!((list.count("existing").await, cases_of(world, "caseworker.a").await.len()), (1, 2));
}

#[rstest]
#[actix_web::test]
async fn of_two_who_commit_one_does(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    let etag = world.get("caseworker.a", &list.url).await.etag();
    let colleague = List { world, actor: "supervisor.a", url: list.url.clone() };
    let skip = json!({ "undecided": "skip" });
    list.step_from(&etag, "/commit", Some(json!({ "undecided": "existing" }))).await.problem(422, "validation_failed");
    list.step_from(&etag, "/commit", Some(skip.clone())).await.expect(202);
    colleague.step_from(&etag, "/commit", Some(skip)).await.problem(409, "import_busy");
    colleague.delete().await.problem(409, "import_busy");
    work(world).await;
    assert_eq!(cases_of(world, "caseworker.a").await.len(), 2);
    colleague.step_from(&etag, "/commit", Some(json!({}))).await.problem(412, "stale_version");
}

#[rstest]
#[actix_web::test]
async fn what_is_cancelled_registers_nobody_any_more(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    list.step("/commit", Some(json!({ "undecided": "skip" }))).await.expect(202);
    assert_eq!(list.step("/cancel", None).await.expect(200).json()["state"], "cancelled");
    work(world).await;
    assert_eq!((list.see().await["state"].clone(), cases_of(world, "caseworker.a").await.len()), (json!("cancelled"), 0));
    world.send("caseworker.a", Method::DELETE, &list.url, &[], None).await.problem(428, "precondition_required");
    world.send("caseworker.a", Method::DELETE, &list.url, &[("if-match", "\"1\"")], None).await.problem(412, "stale_version");
    list.delete().await.expect(204);
    world.get("caseworker.a", &list.url).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_list_about_which_somebody_decides_is_kept_with_its_file(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    world.clock.forward(6 * 24 * 3600);
    list.decide(&list.rows("repeated").await[0], "skip").await.expect(200);
    world.clock.forward(2 * 24 * 3600);
    follow_once(&world.db).await.expect("a round");
    homeward::command::storage::sweep_once(&world.db, &world.files).await.expect("files are removed");
    assert_eq!(list.commit().await["state"], "committed");
}

//! Work that ends before its end: another instance takes it up, and whoever lost the right does it no more.

use diesel::connection::SimpleConnection;
use homeward::command::imports::work_once;
use homeward::db::people::imports::work;
use homeward::domain::access::Role;
use rstest::rstest;
use serde_json::{Value, json};

use super::{List, cases_of};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::without_second_factor;

pub fn many(rows: usize) -> String {
    let row = |number: usize| format!("{number};Orang Nomor{number};{}/3/1990;P;Z{number:07}\n", number % 15 + 13);
    std::iter::once("No;Nama;Tgl lahir;JK;Paspor\n".to_owned()).chain((0..rows).map(row)).collect()
}

#[rstest]
#[actix_web::test]
async fn a_list_whose_instance_dies_is_taken_up_where_it_was(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", many(500).as_bytes()).await;
    list.step("/commit", Some(json!({}))).await.expect(202);
    // An instance takes the list up, registers the first hundred, and is gone.
    tokio::select! {
        _ = work_once(&world.db, &world.files) => panic!("it has done everything"),
        () = some_are_done(&list) => {}
    }
    // Whatever it had begun to write is written: what is asked for later waits behind it.
    world.db.keep_house("test", |_| Ok(())).await.expect("its turn");
    let other = world.instance(without_second_factor()).await;
    let entries = || crate::support::dump::everything(world)["audit_entries"].len();
    let before = entries();
    assert!(!work_once(&other.db, &other.files).await.expect("a round"), "the lease is held");
    assert_eq!(entries(), before, "who does not hold the lease writes nothing");
    assert_eq!(list.see().await["state"], "committing");
    world.clock.forward(31);
    while work_once(&other.db, &other.files).await.expect("a round") {}
    assert_eq!(list.see().await["state"], "committed");
    assert_eq!((list.count("registered").await, list.count("ready").await), (500, 0), "it goes on behind what was done");
    assert_eq!(crate::support::dump::everything(world)["cases"].len(), 500, "no row is registered twice");
}

/// Until the first rows of a list are done.
async fn some_are_done(list: &List<'_>) {
    while list.see().await["position"] == 0 {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

#[rstest]
#[actix_web::test]
async fn a_short_list_has_its_turn_before_a_long_one_is_done(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let long = List::validated(world, "caseworker.a", many(620).as_bytes()).await;
    let short = List::validated(world, "caseworker.b", many(2).as_bytes()).await;
    long.step("/commit", Some(json!({}))).await.expect(202);
    world.clock.forward(1);
    short.step("/commit", Some(json!({}))).await.expect(202);
    while short.see().await["state"] == "committing" {
        work_once(&world.db, &world.files).await.expect("a round");
    }
    assert_eq!((&short.see().await["state"], &long.see().await["state"]), (&json!("committed"), &json!("committing")));
    while work_once(&world.db, &world.files).await.expect("a round") {}
    assert_eq!((&long.see().await["state"], long.count("registered").await), (&json!("committed"), 620));
}

#[rstest]
#[actix_web::test]
async fn a_list_of_which_rows_were_passed_over_is_not_committed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", many(110).as_bytes()).await;
    list.step("/commit", Some(json!({}))).await.expect(202);
    let system = world.db.as_system("test");
    let id = system.read(work::due).await.expect("the list")[0];
    let job = system.write(move |tx| work::take(tx, id)).await.expect("it is free").expect("a list");
    assert!(system.write(move |tx| work::advance(tx, &job.record, 0, 100)).await.expect("a group"));
    while work_once(&world.db, &world.files).await.expect("a round") {}
    let seen = list.see().await;
    assert_eq!((&seen["state"], &seen["stopped_because"]), (&json!("validated"), &json!("failed")));
    assert_eq!((list.count("registered").await, list.count("ready").await), (10, 100));
    assert_eq!(list.commit().await["state"], "committed", "its file is still there");
    assert_eq!((list.count("registered").await, list.count("ready").await), (110, 0));
}

#[rstest]
#[actix_web::test]
async fn what_is_cancelled_halfway_ends_there(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", many(500).as_bytes()).await;
    list.step("/commit", Some(json!({}))).await.expect(202);
    let cancelled = async {
        some_are_done(&list).await;
        list.step_from("*", "/cancel", None).await.expect(200);
    };
    let (worked, ()) = futures_util::join!(work_once(&world.db, &world.files), cancelled);
    worked.expect("a round");
    while work_once(&world.db, &world.files).await.expect("a round") {}
    assert_eq!(list.see().await["state"], "cancelled");
    let (registered, ready) = (list.count("registered").await, list.count("ready").await);
    assert!(registered > 0 && ready > 0 && registered + ready == 500, "{registered} and {ready}");
    let cases = crate::support::dump::everything(world)["cases"].len();
    assert_eq!(i64::try_from(cases).expect("a number"), registered);
}

#[rstest]
#[actix_web::test]
async fn a_group_that_was_done_elsewhere_is_not_done_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", many(2).as_bytes()).await;
    list.step("/commit", Some(json!({}))).await.expect(202);
    let system = world.db.as_system("test");
    let id = system.read(work::due).await.expect("the list")[0];
    let job = system.write(move |tx| work::take(tx, id)).await.expect("it is free").expect("a list");
    let record = job.record.clone();
    assert!(system.write(move |tx| work::advance(tx, &record, 0, 2)).await.expect("the first"));
    let record = job.record.clone();
    assert!(!system.write(move |tx| work::advance(tx, &record, 0, 2)).await.expect("the second"), "the same rows");
    list.step("/cancel", None).await.expect(200);
    assert!(!system.write(move |tx| work::advance(tx, &job.record, 2, 2)).await.expect("a cancelled one"));
    assert_eq!(cases_of(world, "caseworker.a").await.len(), 0);
}

#[rstest]
#[actix_web::test]
async fn a_list_over_which_instances_die_is_given_up_and_the_next_one_goes_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let hostile = List::validated(world, "caseworker.a", many(1).as_bytes()).await;
    hostile.step("/commit", Some(json!({}))).await.expect(202);
    let next = List::announced(world, "caseworker.a").await;
    next.send(many(1).as_bytes()).await.expect(202);
    let system = world.db.as_system("test");
    let id = system.read(work::due).await.expect("the lists")[0];
    for _ in 0..3 {
        assert!(system.write(move |tx| work::take(tx, id)).await.expect("a try").is_some());
    }
    while work_once(&world.db, &world.files).await.expect("a round") {}
    let seen = hostile.see().await;
    assert_eq!((&seen["state"], &seen["stopped_because"]), (&json!("validated"), &json!("gave_up")));
    assert_eq!(next.see().await["state"], "read");
}

#[rstest]
#[actix_web::test]
async fn who_lost_the_right_registers_nobody_more(#[values(Sqlite, Postgres)] kind: Kind) {
    for how in ["disabled_at", "role", "active", "must_change_password", "organisation_id"] {
        let Some(world) = &World::start(kind).await else { return };
        let list = List::validated(world, "caseworker.a", many(2).as_bytes()).await;
        list.step("/commit", Some(json!({}))).await.expect(202);
        let (now, yes, no) = if kind == Sqlite { ("1", "1", "0") } else { ("now()", "TRUE", "FALSE") };
        let elsewhere = "(SELECT id FROM organisations WHERE name = 'NGO B')";
        let statement = match how {
            "disabled_at" => format!("UPDATE users SET disabled_at = {now} WHERE username = 'caseworker.a'"),
            "role" => format!("UPDATE users SET role = '{}' WHERE username = 'caseworker.a'", Role::Analyst.as_str()),
            "active" => format!("UPDATE organisations SET active = {no} WHERE name = 'NGO A'"),
            "must_change_password" => format!("UPDATE users SET must_change_password = {yes} WHERE username = 'caseworker.a'"),
            _ => format!("UPDATE users SET organisation_id = {elsewhere} WHERE username = 'caseworker.a'"),
        };
        world.database.with_connection(|connection| connection.batch_execute(&statement)).expect("the right is gone");
        while work_once(&world.db, &world.files).await.expect("a round") {}
        let rows = crate::support::dump::everything(world);
        let record: Value = serde_json::from_str(rows["imports"].first().expect("the list")).expect("a row");
        assert!(record.to_string().contains("no_longer_allowed") && record.to_string().contains("validated"), "{how}: {record}");
        assert!(rows["cases"].is_empty(), "{how}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_file_that_is_gone_ends_its_list_with_a_code(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", many(1).as_bytes()).await;
    world.database.with_connection(|connection| connection.batch_execute("UPDATE imports SET file_id = NULL")).expect("no file");
    list.step("/commit", Some(json!({}))).await.expect(202);
    while work_once(&world.db, &world.files).await.expect("a round") {}
    assert_eq!(list.see().await["stopped_because"], "file_gone");
}

#[rstest]
#[actix_web::test]
async fn a_file_that_left_the_storage_ends_its_list_with_a_code(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", many(1).as_bytes()).await;
    for file in super::whole_way::walked(&crate::support::database::files_of(&world.database.url)) {
        std::fs::remove_file(file).expect("it is removed");
    }
    list.step("/commit", Some(json!({}))).await.expect(202);
    while work_once(&world.db, &world.files).await.expect("a round") {}
    let seen = list.see().await;
    assert_eq!((&seen["state"], &seen["stopped_because"]), (&json!("validated"), &json!("file_gone")));
}

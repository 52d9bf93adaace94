//! What stays of a list and what goes: its file while something is away, its file and its key when it is over, and how many are kept.

use homeward::command::imports::work_once;
use homeward::command::storage::sweep_once;
use homeward::db::people::imports::work as list_work;
use rstest::rstest;
use serde_json::{Value, json};
use std::path::PathBuf;

use super::{LIST, List, cases_of, work};
use crate::accounts::approvals::colleague;
use crate::accounts::approvals::erasure::erase;
use crate::reporting::audit_reading::seal;
use crate::sharing::consents_and_referrals::{answer, refer_to_b, step};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::files_of;
use crate::support::dump::everything;

/// The storage of a world, away until it comes back.
struct Away(PathBuf);

impl Away {
    /// The folder goes; where it is the place of a disk, that place stays, and is empty.
    fn begins(world: &World, is_place_of_disk: bool) -> Self {
        let folder = files_of(&world.database.url);
        std::fs::rename(&folder, folder.with_extension("away")).expect("it goes");
        if is_place_of_disk {
            std::fs::create_dir(&folder).expect("an empty folder");
        }
        Self(folder)
    }

    fn ends(self) {
        if self.0.exists() {
            std::fs::remove_dir(&self.0).expect("nothing was put there");
        }
        std::fs::rename(self.0.with_extension("away"), &self.0).expect("it comes back");
    }
}

/// The lists that have something in a column.
fn with(world: &World, column: &str) -> usize {
    let has = |row: &&String| {
        let row: Value = serde_json::from_str(row).expect("a row");
        !row[column].is_null() && row[column] != "NULL"
    };
    everything(world)["imports"].iter().filter(has).count()
}

#[rstest]
#[actix_web::test]
async fn a_list_whose_storage_is_away_waits_and_goes_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for first in ["reading", "committing"] {
        let list = if first == "reading" {
            let list = List::announced(world, "caseworker.a").await;
            list.send(LIST.as_bytes()).await.expect(202);
            list
        } else {
            let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
            list.step("/commit", Some(json!({ "undecided": "skip" }))).await.expect(202);
            list
        };
        let updated_at = list.see().await["updated_at"].clone();
        let away = Away::begins(world, first == "committing");
        let entries = || everything(world)["audit_entries"].len();
        let before = entries();
        assert!(!work_once(&world.db, &world.files).await.expect("a round"), "nothing could be done");
        assert_eq!(entries(), before + 1, "that it was taken up, and no more");
        for _ in 0..5 {
            assert!(!work_once(&world.db, &world.files).await.expect("a round"));
        }
        assert_eq!(entries(), before + 1, "it is left alone for a while");
        let seen = list.see().await;
        assert_eq!((&seen["state"], &seen["stopped_because"], &seen["updated_at"]), (&json!(first), &Value::Null, &updated_at));
        away.ends();
        world.clock.forward(31);
        work(world).await;
        let seen = list.see().await;
        let then = if first == "reading" { "read" } else { "committed" };
        assert_eq!((&seen["state"], &seen["stopped_because"]), (&json!(then), &Value::Null), "{seen}");
        list.delete().await.expect(204);
    }
    assert_eq!(cases_of(world, "caseworker.a").await.len(), 2);
}

#[rstest]
#[actix_web::test]
async fn a_list_that_is_put_off_lets_the_others_go_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for _ in 0..2 {
        List::announced(world, "caseworker.a").await.send(LIST.as_bytes()).await.expect(202);
        world.clock.forward(1);
    }
    let system = world.db.as_system("test");
    let [first, second]: [_; 2] = system.read(list_work::due).await.expect("the lists").try_into().expect("two");
    system.write(move |tx| list_work::take(tx, first)).await.expect("it is free").expect("a list");
    world.db.keep_house("test", move |tx| list_work::put_off(tx, first).map(drop)).await.expect("it waits");
    assert_eq!(system.read(list_work::due).await.expect("the lists"), [second]);
    world.clock.forward(31);
    assert_eq!(system.read(list_work::due).await.expect("the lists"), [first, second], "who waits longest comes first again");
}

#[rstest]
#[actix_web::test]
async fn the_file_of_a_list_that_is_over_is_gone_and_so_is_its_key(#[values(Sqlite, Postgres)] kind: Kind) {
    for end in ["committed", "cancelled", "refused"] {
        let Some(world) = &World::start(kind).await else { return };
        let list = if end == "refused" {
            List::read(world, "caseworker.a", b"Name;Gender\n").await
        } else {
            List::validated(world, "caseworker.a", LIST.as_bytes()).await
        };
        match end {
            "committed" => list.step("/commit", Some(json!({ "undecided": "skip" }))).await.expect(202),
            "cancelled" => list.step("/cancel", None).await.expect(200),
            _ => list.world.get(list.actor, &list.url).await.expect(200),
        };
        work(world).await;
        assert_eq!(list.see().await["state"], end);
        sweep_once(&world.db, &world.files).await.expect("files are removed");
        assert_eq!((with(world, "sealed_about"), with(world, "file_id"), with(world, "sealed_key")), (1, 0, 0), "{end}");
        assert!(everything(world)["stored_files"].is_empty(), "{end}");
        assert!(super::whole_way::walked(&files_of(&world.database.url)).is_empty(), "{end}");
    }
}

/// How many entries of the audit trail name a list.
async fn entries_naming(world: &World, list: &List<'_>) -> usize {
    seal(world).await;
    let id = list.url.rsplit('/').next().expect("an id").replace('-', "");
    everything(world)["audit_subjects"].iter().filter(|row| row.replace('-', "").to_lowercase().contains(&id)).count()
}

#[rstest]
#[actix_web::test]
async fn a_list_that_names_whoever_is_erased_ends_with_its_file(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first: String = LIST.split_inclusive('\n').take(2).collect();
    let made = List::validated(world, "caseworker.a", first.as_bytes()).await;
    made.commit().await;
    let case = json!({ "id": made.rows("").await[0]["case_id"] });
    made.delete().await.expect(204);
    answer(world, &case, json!({})).await.expect(201);
    let referral = refer_to_b(world, &case).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    let untouched = List::validated(world, "caseworker.a", b"No;Nama;Tgl lahir;JK\n1;Nur Aini;18/3/1999;P\n").await;
    let own = List::validated(world, "caseworker.a", first.as_bytes()).await;
    let theirs = List::validated(world, "caseworker.b", first.as_bytes()).await;
    for list in [&own, &theirs] {
        assert_eq!(list.rows("already_registered").await[0]["case_id"], case["id"]);
    }
    // One of them is on its way.
    own.step("/commit", Some(json!({ "undecided": "new" }))).await.expect(202);
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let before = (entries_naming(world, &own).await, entries_naming(world, &theirs).await);
    erase(world, &case, true).await.expect(204);
    let after = (entries_naming(world, &own).await, entries_naming(world, &theirs).await);
    assert_eq!(after, (before.0 + 1, before.1), "no entry of NGO A says that NGO B has the person on a list");
    work(world).await;
    for list in [&own, &theirs] {
        assert_eq!(list.see().await["state"], "cancelled");
        list.map(list.proposed().await).await.problem(409, "import_not_at_step");
        list.step("/validate", None).await.problem(409, "import_not_at_step");
        let row = list.rows("").await[0].clone();
        assert_eq!((&row["state"], &row["case_id"]), (&json!("skipped"), &Value::Null));
    }
    assert_eq!(untouched.see().await["state"], "validated");
    sweep_once(&world.db, &world.files).await.expect("files are removed");
    assert_eq!(everything(world)["stored_files"].len(), 1, "that of the list on which they are not");
    assert_eq!((with(world, "sealed_about"), with(world, "file_id"), with(world, "sealed_key")), (3, 1, 1));
}

#[rstest]
#[actix_web::test]
async fn an_organisation_keeps_fifty_lists_and_a_hundred_profiles(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for _ in 0..50 {
        world.post("caseworker.a", "/v1/imports", json!({})).await.expect(201);
    }
    world.post("caseworker.a", "/v1/imports", json!({})).await.problem(409, "conflict");
    world.post("caseworker.b", "/v1/imports", json!({})).await.expect(201);
    let mapping = json!({ "columns": [{ "column": "B", "heading": "Name", "field": "full_name" }],
                          "defaults": { "host_country": "KHM", "intake_channel": "walk_in_ngo" } });
    let profile = |number: usize| json!({ "name": format!("List {number}"), "mapping": mapping });
    for number in 0..100 {
        world.post("caseworker.a", "/v1/import-profiles", profile(number)).await.expect(201);
    }
    world.post("caseworker.a", "/v1/import-profiles", profile(100)).await.problem(409, "conflict");
    world.post("caseworker.b", "/v1/import-profiles", profile(0)).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn the_rows_of_a_list_come_page_after_page(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    let mut numbers = Vec::new();
    let mut after = String::new();
    for _ in 0..2 {
        let page = world.get("caseworker.a", &format!("{}/rows?limit=2{after}", list.url)).await.expect(200).json();
        numbers.extend(page["items"].as_array().expect("rows").iter().map(|row| row["number"].as_i64()));
        after = page["next"].as_str().map_or(String::new(), |next| format!("&after={next}"));
    }
    assert_eq!((numbers, after.as_str()), (vec![Some(2), Some(3), Some(4), Some(5)], ""));
}

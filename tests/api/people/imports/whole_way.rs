//! The way of a spreadsheet, from the file to the report.

use actix_web::http::Method;
use homeward::command::background::follow_once;
use rstest::rstest;
use serde_json::{Value, json};

use super::{LIST, List, cases_of, work};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::{everything, has_text};

#[rstest]
#[actix_web::test]
async fn a_list_is_read_mapped_validated_decided_about_committed_and_reported(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::read(world, "caseworker.a", LIST.as_bytes()).await;
    let read = list.see().await;
    assert_eq!((&read["state"], &read["kind"], &read["row_count"]), (&json!("read"), &json!("csv"), &json!(4)));
    for told in [json!({ "told": "encoding", "detail": "utf-8" }), json!({ "told": "delimiter", "detail": "semicolon" })] {
        assert!(read["assumed"].as_array().expect("what was assumed").contains(&told), "{read}");
    }
    assert_eq!((&read["columns"][2]["field"], &read["columns"][2]["dates"]["order"]), (&json!("birth_date"), &json!("day_first")));
    list.step("/validate", None).await.problem(409, "import_not_at_step");

    list.map(list.proposed().await).await.expect(200);
    let begun = list.step("/validate", None).await.expect(202);
    assert_eq!(begun.json()["state"], "validating");
    list.step("/commit", Some(json!({}))).await.problem(409, "import_busy");
    work(world).await;
    let checked = list.see().await;
    assert_eq!((&checked["state"], &checked["position"], &checked["undecided"]), (&json!("validated"), &json!(4), &json!(1)));
    let states: Vec<Value> = list.rows("").await.iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["ready", "ready", "repeated", "refused"]);
    let refused = &list.rows("refused").await[0];
    assert_eq!((&refused["notes"][0]["cell"], &refused["notes"][0]["code"]), (&json!("C5"), &json!("no_such_day")));
    assert_eq!(cases_of(world, "caseworker.a").await.len(), 0, "nobody is registered by a validation");

    list.step("/commit", Some(json!({}))).await.problem(409, "decisions_missing");
    let repeated = &list.rows("repeated").await[0];
    assert_eq!((&repeated["alike"], &repeated["like_row"]), (&json!("document"), &json!(2)));
    list.decide(repeated, "skip").await.expect(200);
    let done = list.commit().await;
    assert_eq!((&done["state"], &done["stopped_because"]), (&json!("committed"), &Value::Null));
    assert_eq!((list.count("registered").await, list.count("skipped").await, list.count("refused").await), (2, 1, 1));
    let cases = cases_of(world, "caseworker.a").await;
    let codes: Vec<&Value> = cases.iter().map(|case| &case["code"]).collect();
    assert!(list.rows("registered").await.iter().all(|row| codes.contains(&&row["case_code"])), "{codes:?}");
    assert_eq!(cases.len(), 2);

    let report = world.get("caseworker.a", &format!("{}/report", list.url)).await.expect(200).text();
    for line in [
        "\"2\",\"1\",\"registered\",\"KHM-",
        "\"4\",\"3\",\"skipped\",\"\"",
        "\"5\",\"4\",\"refused\",\"\",\"C5\",\"birth_date\",\"no_such_day\"",
    ] {
        assert!(report.contains(line), "{line}: {report}");
    }
    for value in ["Siti", "31/2/1999", "C4512378"] {
        assert!(!report.contains(value), "no value of the list is repeated: {report}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_list_that_is_sent_twice_creates_nobody_twice(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let two = LIST.split_inclusive('\n').take(3).collect::<String>();
    List::validated(world, "caseworker.a", two.as_bytes()).await.commit().await;
    let anew = "No,Nama,Tgl lahir,JK,Paspor\n9,BUDI  SANTOSO,1998-04-03,L,\n8,Siti Rahmawati,17/3/1999,P,c 4512378\n";
    let again = List::validated(world, "supervisor.a", anew.as_bytes()).await;
    let rows = again.rows("already_registered").await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["case_code"].as_str().is_some_and(|code| code.starts_with("KHM-"))), "{rows:?}");
    for row in &rows {
        again.decide(row, "existing").await.expect(200);
    }
    assert_eq!(again.commit().await["state"], "committed");
    assert_eq!((again.count("existing").await, cases_of(world, "caseworker.a").await.len()), (2, 2));

    // Of whom somebody says that they are other people who say the same, they are registered: once.
    let once_more = List::validated(world, "caseworker.a", two.as_bytes()).await;
    once_more.step("/commit", Some(json!({ "undecided": "new" }))).await.expect(202);
    work(world).await;
    assert_eq!((once_more.count("registered").await, cases_of(world, "caseworker.a").await.len()), (2, 4));
}

#[rstest]
#[actix_web::test]
async fn a_list_is_its_organisations_and_nobody_elses(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    let row = list.rows("repeated").await[0].clone();
    for (actor, status) in [("caseworker.b", 404), ("officer.idn", 404), ("analyst", 403), ("admin", 403)] {
        for below in ["", "/rows", "/report"] {
            assert_eq!(world.get(actor, &format!("{}{below}", list.url)).await.status, status, "{actor} {below}");
        }
        let stranger = List { world, actor, url: list.url.clone() };
        for (verb, body) in [("/validate", None), ("/commit", Some(json!({}))), ("/cancel", None)] {
            assert_eq!(stranger.step_from("*", verb, body).await.status, status, "{actor} {verb}");
        }
        assert_eq!(stranger.decide(&row, "skip").await.status, status, "{actor} decides");
        let any = [("if-match", "*")];
        assert_eq!(world.send(actor, Method::DELETE, &list.url, &any, None).await.status, status, "{actor} deletes");
    }
    let others = world.get("caseworker.b", "/v1/imports").await.expect(200).json();
    assert_eq!(others["items"], json!([]));
    assert_eq!(world.get("supervisor.a", "/v1/imports").await.expect(200).json()["items"][0]["state"], "validated");
}

#[rstest]
#[actix_web::test]
async fn what_another_organisation_has_is_told_to_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let two = LIST.split_inclusive('\n').take(3).collect::<String>();
    List::validated(world, "caseworker.a", two.as_bytes()).await.commit().await;
    let elsewhere = List::validated(world, "caseworker.b", two.as_bytes()).await;
    assert_eq!((elsewhere.count("ready").await, elsewhere.count("already_registered").await), (2, 0));
}

#[rstest]
#[actix_web::test]
async fn a_mapping_is_kept_as_a_profile_and_fits_the_next_list(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = List::read(world, "caseworker.a", LIST.as_bytes()).await;
    let profile = json!({ "name": "Walk-in list", "mapping": first.proposed().await });
    let kept = world.post("caseworker.a", "/v1/import-profiles", profile).await.expect(201).json();
    world.get("caseworker.b", &format!("/v1/import-profiles/{}", kept["id"].as_str().unwrap())).await.problem(404, "not_found");
    world.get("supervisor.a", &format!("/v1/import-profiles/{}", kept["id"].as_str().unwrap())).await.expect(200);
    let foreign = json!({ "profile_id": kept["id"] });
    world.post("caseworker.b", "/v1/imports", foreign.clone()).await.problem(422, "validation_failed");

    let made = world.post("supervisor.a", "/v1/imports", foreign).await.expect(201);
    let next = List { world, actor: "supervisor.a", url: made.header("location").to_owned() };
    next.send("Paspor;Nama;No;JK;Tgl lahir\nC999;Ani Wijaya;1;P;18/3/1999\n".as_bytes()).await.expect(202);
    work(world).await;
    next.step("/validate", None).await.expect(202);
    work(world).await;
    assert_eq!(next.count("ready").await, 1, "{}", next.see().await);
    let url = format!("/v1/import-profiles/{}", kept["id"].as_str().unwrap());
    world.send("caseworker.a", Method::DELETE, &url, &[], None).await.expect(204);
    assert_eq!(world.get("caseworker.a", "/v1/import-profiles").await.expect(200).json()["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn nothing_that_a_list_says_is_at_rest_outside_sealed_bytes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let named = "No;Nama;Tgl lahir;Teman Siti Canary\n1;Canary Name;17/3/1999;Canary Friend\n2;;31/2/1999;x\n";
    let list = List::validated(world, "caseworker.a", named.as_bytes()).await;
    let profile = json!({ "name": "Canary list", "mapping": list.proposed().await });
    world.post("caseworker.a", "/v1/import-profiles", profile).await.expect(201);
    for (table, rows) in everything(world) {
        assert!(rows.iter().all(|row| !has_text(row, "Canary")), "{table}");
    }
    for file in walked(&crate::support::database::files_of(&world.database.url)) {
        let bytes = std::fs::read(&file).expect("a file");
        assert!(!bytes.windows(6).any(|window| window == b"Canary"), "{}", file.display());
    }
}

/// Every file of a folder.
pub fn walked(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { walked(&path) } else { vec![path] }).collect()
}

#[rstest]
#[actix_web::test]
async fn a_list_goes_with_its_file_and_its_rows_after_a_week(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    world.clock.forward(6 * 24 * 3600);
    follow_once(&world.db).await.expect("a round");
    world.get("caseworker.a", &list.url).await.expect(200);
    world.clock.forward(24 * 3600 + 1);
    follow_once(&world.db).await.expect("a round");
    world.get("caseworker.a", &list.url).await.problem(404, "not_found");
    let tables = everything(world);
    assert!(tables["imports"].is_empty() && tables["import_rows"].is_empty());
    homeward::command::storage::sweep_once(&world.db, &world.files).await.expect("files are removed");
    assert!(everything(world)["stored_files"].is_empty());
}

#[actix_web::test]
async fn hundreds_of_walk_ins_are_in_by_the_api_alone() {
    let world = &World::start(Sqlite).await.expect("SQLite is always there");
    let mut text = "No;Nama;Tgl lahir;JK;Paspor\n".to_owned();
    for number in 0..300 {
        text.push_str(&format!("{number};Walk In Nomor{number};{}/3/19{};P;W{number:07}\n", number % 28 + 1, 60 + number % 40));
    }
    let list = List::validated(world, "officer.idn", text.as_bytes()).await;
    assert_eq!(list.commit().await["state"], "committed");
    assert_eq!(list.count("registered").await, 300, "{}", list.see().await);
    let report = world.get("officer.idn", &format!("{}/report", list.url)).await.expect(200).text();
    assert_eq!(report.lines().count(), 301, "of each row one line, below the headings");
    assert!(report.contains("\"301\",\"299\",\"registered\""), "also of the last one");
}

//! A backup of one database, restored into the other one: the same rows, the same answers, the same seals; and whoever was erased stays so.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use homeward::backup::{ArchiveReader, ArchiveWriter, Cell, Fault, Header, Manifest, Part, Row};
use homeward::command::background;
use homeward::db::engine::context::Deployment;
use homeward::db::engine::copied_tables;
use homeward::db::engine::migrate;
use homeward::db::people::erasure;
use homeward::db::reporting::audit::verifying;
use homeward::db::reporting::{backup, restore};
use homeward::db::{Db, Tx};
use homeward::domain::ids::PersonId;
use homeward::error::Result;
use rstest::rstest;
use serde_json::Value;

use crate::accounts::approvals::colleague;
use crate::accounts::approvals::erasure::erase;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::{TestDatabase, keys};
use crate::support::journey::{at, to_clearing};
use crate::support::world::options;
use crate::support::{World, data};

/// A backup of a database, as bytes.
async fn backed_up(db: &Db) -> Vec<u8> {
    let write = |tx: &mut Tx<'_>| -> Result<Vec<u8>> {
        let sound = backup::examine(tx)?.expect("the state is sound");
        assert_eq!(sound.opened, 100, "a sample is opened");
        let (version, installation, proof) = ("0".to_owned(), "00".to_owned(), "00".to_owned());
        let header = Header { version, schema: sound.schema, installation, proof, made_at: tx.now.micros() };
        let mut archive = ArchiveWriter::begin(Vec::new(), &header).expect("it begins");
        backup::write(tx, &mut archive)?;
        let tables = archive.tables().to_vec();
        let manifest =
            Manifest { tables, files: Vec::new(), sealed_entries: sound.entries, sealed_root: String::new(), opened: sound.opened };
        Ok(archive.finish(&manifest, |_| Ok::<_, Fault>(Vec::new())).expect("it ends"))
    };
    db.as_system("test").beside_requests().read(write).await.expect("a backup")
}

/// Every row of a backup, by table.
fn rows(backup: &[u8]) -> BTreeMap<String, Vec<Row>> {
    let mut archive = ArchiveReader::open(backup).expect("it begins");
    let mut tables: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut open = String::new();
    loop {
        match archive.read().expect("it is whole") {
            Part::Table { name, .. } => {
                open.clone_from(&name);
                tables.insert(name, Vec::new());
            }
            Part::Rows(rows) => tables.get_mut(&open).expect("a table").extend(rows),
            Part::End => {}
            Part::Whole { .. } => return tables,
        }
    }
}

fn other(kind: Kind) -> Kind {
    if kind == Sqlite { Postgres } else { Sqlite }
}

/// Restores into an empty database of this kind. None: this machine has none.
async fn restored(kind: Kind, backup: &[u8], erased: Vec<PersonId>) -> Option<TestDatabase> {
    let database = TestDatabase::empty(kind)?;
    database.with_connection(migrate::migrate).expect("the schema");
    database.with_connection(|connection| assert_eq!(copied_tables::filled(connection).expect("an answer"), None));
    let deployment = Deployment { is_being_filled: kind == Sqlite, ..Deployment::default() };
    let db = Db::open(&database.url, keys(), 1, deployment).expect("it opens");
    let (backup, expected) = (backup.to_vec(), erased.len());
    let write = move |tx: &mut Tx<'_>| -> Result<usize> {
        restore::restore(tx, &mut ArchiveReader::open(Cursor::new(backup.clone())).expect("it begins"), &erased)
    };
    let again = db.as_system("test").write(write).await.expect("it is restored");
    assert!(again <= expected);
    db.checkpoint().await.expect("it is in the file");
    database.with_connection(|connection| assert!(copied_tables::filled(connection).expect("an answer").is_some()));
    Some(database)
}

/// A few people, with all that belongs to them.
async fn filled(world: &World) -> Vec<Value> {
    let first = to_clearing(world, "officer.idn", data::walk_in()).await;
    let second = world.register("caseworker.a", data::vietnamese()).await;
    let third = world.register("caseworker.a", data::taiwanese()).await;
    background::match_once(&world.db).await.expect("everybody is compared");
    world.clock.forward(120);
    background::seal_once(&world.db).await.expect("the trail is sealed");
    vec![first, second, third]
}

/// The answers about a case, without what a repeated reading changes.
async fn told(world: &World, actor: &str, case: &Value) -> Vec<Value> {
    let mut told = Vec::new();
    for part in ["", "/history", "/nationality-verifications", "/embassy-contacts"] {
        told.push(world.get(actor, &at(case, part)).await.expect(200).json());
    }
    told
}

#[rstest]
#[actix_web::test]
async fn what_is_restored_on_the_other_database_is_what_was_backed_up(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let people = filled(world).await;
    let before = told(world, "officer.idn", &people[0]).await;
    let backup = backed_up(&world.db).await;
    let tables = rows(&backup);
    assert!(tables["cases"].len() >= 3 && tables["audit_entries"].len() > 10, "there is something in it");
    assert!(!tables.contains_key("sessions"), "whoever is signed in is not in a backup");

    let Some(database) = restored(other(kind), &backup, Vec::new()).await else { return };
    let deployment_options = options(&database.url, 1_000_000, &world.clock);
    let there = World::serve(other(kind), Arc::new(database), deployment_options).await;
    let after = told(&there, "officer.idn", &people[0]).await;
    assert_eq!(before, after, "the same answers");
    let ours = world.db.as_system("test").read(|tx| verifying::verify(tx, None)).await.expect("an answer").expect("whole");
    let theirs = there.db.as_system("test").read(|tx| verifying::verify(tx, None)).await.expect("an answer").expect("whole");
    assert!(ours.size > 0 && (ours.size, ours.root) == (theirs.size, theirs.root), "the same seals");

    // It goes on: what is written there has places of its own, and is sealed and found like all else.
    let later = there.register("caseworker.a", data::walk_in()).await;
    there.get("caseworker.a", &at(&later, "")).await.expect(200);
    there.clock.forward(120);
    background::seal_once(&there.db).await.expect("the trail is sealed further");
    let further = there.db.as_system("test").read(|tx| verifying::verify(tx, None)).await.expect("an answer").expect("whole");
    assert!(further.size > theirs.size);

    // And back again.
    let back = rows(&backed_up(&there.db).await);
    let is_lost = |table: &String, rows: &Vec<Row>| rows.iter().any(|row| !back[table].contains(row));
    let changed: Vec<&String> = tables.iter().filter(|(table, rows)| is_lost(table, rows)).map(|(table, _)| table).collect();
    // An entry gets its place in the trail when it is sealed.
    assert!(changed.iter().all(|table| ["login_throttles", "matching_queue", "audit_entries"].contains(&table.as_str())), "{changed:?}");
}

#[rstest]
#[actix_web::test]
async fn whoever_was_erased_since_does_not_come_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let stays = world.register("caseworker.a", data::taiwanese()).await;
    let backup = backed_up(&world.db).await;
    erase(world, &case, true).await.expect(204);
    let erased = world.db.as_system("test").read(erasure::erased).await.expect("the list");
    assert_eq!(erased.iter().map(ToString::to_string).collect::<Vec<_>>(), [case["person_id"].as_str().expect("an id")]);

    let Some(database) = restored(other(kind), &backup, erased.clone()).await else { return };
    let person = erased[0].0.as_bytes().to_vec();
    let db = Db::open(&database.url, keys(), 1, Deployment::default()).expect("it opens");
    let tables = rows(&backed_up(&db).await);
    let of_person = |table: &str| tables[table].iter().filter(|row| row.contains(&Cell::Bytes(person.clone()))).count();
    for table in ["person_keys", "compartments", "blind_index"] {
        assert_eq!(of_person(table), 0, "{table} has something of an erased person");
    }
    assert_eq!(db.as_system("test").read(erasure::erased).await.expect("the list"), erased);
    let stone = tables["cases"].iter().filter(|row| row.contains(&Cell::Bytes(person.clone()))).count();
    let of_other = uuid::Uuid::parse_str(stays["person_id"].as_str().expect("an id")).expect("an id").as_bytes().to_vec();
    assert_eq!(stone, 1, "that there was a case is still counted");
    assert!(tables["person_keys"].iter().any(|row| row.contains(&Cell::Bytes(of_other.clone()))), "and nobody else is gone");
}

#[rstest]
#[actix_web::test]
async fn a_backup_of_an_earlier_moment_says_nothing_of_a_later_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    filled(world).await;
    let (one, two) = (backed_up(&world.db).await, backed_up(&world.db).await);
    let (one, two) = (rows(&one), rows(&two));
    assert_eq!(one["cases"], two["cases"]);
    let later = world.register("caseworker.a", data::vietnamese()).await;
    let id = Cell::Bytes(later["id"].as_str().expect("an id").parse::<uuid::Uuid>().expect("an id").as_bytes().to_vec());
    assert!(!one["cases"].iter().any(|row| row.contains(&id)));
    assert!(rows(&backed_up(&world.db).await)["cases"].iter().any(|row| row.contains(&id)));
}

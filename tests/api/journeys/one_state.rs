//! A read sees one state of the database, whatever is written while it runs, and holds it no longer than it runs.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use homeward::config::DatabaseUrl;
use homeward::db::Tx;
use homeward::db::accounts::organisations;
use homeward::domain::ids::OrganisationId;
use homeward::error::{Error, Result};
use rstest::rstest;
use serde_json::json;

use crate::sharing::consents_and_referrals::organisation_of;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::TestDatabase;
use crate::support::dump::open_transactions;
use crate::support::{World, data};

/// What somebody else commits.
fn change(database: &TestDatabase) {
    let statement = "UPDATE organisations SET version = version + 1";
    database.with_connection(|connection| connection.batch_execute(statement)).expect("it is changed");
}

fn version(tx: &mut Tx<'_>, id: OrganisationId) -> Result<i64> {
    Ok(organisations::find(tx, id)?.version)
}

async fn organisation(world: &World) -> OrganisationId {
    organisation_of(world, "caseworker.a").await.parse().map(OrganisationId).expect("an id")
}

#[rstest]
#[actix_web::test]
async fn what_is_written_during_a_read_is_seen_by_the_next_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = organisation(world).await;
    let (database, system) = (Arc::clone(&world.database), world.db.as_system("test"));
    let twice = move |tx: &mut Tx<'_>| {
        let before = version(tx, id)?;
        change(&database);
        Ok((before, version(tx, id)?))
    };
    let (before, after) = system.read(twice).await.expect("a read");
    assert_eq!(before, after, "two statements of one read saw two states");
    assert_eq!(system.read(move |tx| version(tx, id)).await.expect("a read"), before + 1, "the next read sees what was written");
}

#[rstest]
#[actix_web::test]
async fn a_read_that_failed_or_panicked_keeps_no_state(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = organisation(world).await;
    let system = world.db.as_system("test");
    let panics = move |tx: &mut Tx<'_>| -> Result<i64> {
        version(tx, id)?;
        panic!("a fault in a read")
    };
    let fails = move |tx: &mut Tx<'_>| -> Result<i64> { version(tx, id).and(Err(Error::internal("a fault in a read"))) };
    let refuses = move |tx: &mut Tx<'_>| -> Result<i64> { version(tx, id).and(Err(Error::not_found())) };
    // More than there are readers.
    for _ in 0..4 {
        join_all((0..4).map(|_| system.read(panics))).await.into_iter().for_each(|told| drop(told.expect_err("it panicked")));
        join_all((0..4).map(|_| system.read(fails))).await.into_iter().for_each(|told| drop(told.expect_err("it failed")));
        join_all((0..4).map(|_| system.read(refuses))).await.into_iter().for_each(|told| drop(told.expect_err("it was refused")));
    }
    let before = system.read(move |tx| version(tx, id)).await.expect("a read");
    change(&world.database);
    for seen in join_all((0..16).map(|_| system.read(move |tx| version(tx, id)))).await {
        assert_eq!(seen.expect("every reader still reads"), before + 1, "a reader still holds an old state");
    }
}

#[actix_web::test]
async fn no_read_that_is_over_keeps_the_log_of_sqlite_from_being_emptied() {
    let Some(world) = &World::start(Sqlite).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().expect("an id"));
    for level in ["high", "low"] {
        world.patch("caseworker.a", &url, json!({ "risk_level": level })).await.expect(200);
        let reads = (0..8).map(|_| world.get("caseworker.a", &url));
        join_all(reads).await.into_iter().for_each(|read| drop(read.expect(200)));
    }
    let DatabaseUrl::Sqlite(path) = &world.database.url else { unreachable!("a SQLite world") };
    let log = path.with_file_name("homeward.db-wal");
    assert!(std::fs::metadata(&log).expect("a log").len() > 0, "the reads had something to hold up");
    world.db.checkpoint().await.expect("a checkpoint");
    assert_eq!(std::fs::metadata(&log).expect("a log").len(), 0, "an open read keeps the log");
}

/// A state that is kept for a reader without work keeps Postgres from ever clearing away what was deleted.
#[actix_web::test]
async fn no_read_that_is_over_keeps_a_state_of_postgres() {
    let Some(world) = &World::start(Postgres).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().expect("an id"));
    for _ in 0..4 {
        join_all((0..8).map(|_| world.get("caseworker.a", &url))).await.into_iter().for_each(|read| drop(read.expect(200)));
    }
    let mut open = Vec::new();
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        open = open_transactions(&world.database);
        if open.is_empty() {
            return;
        }
    }
    panic!("two seconds after the last read transactions are open: {open:?}");
}

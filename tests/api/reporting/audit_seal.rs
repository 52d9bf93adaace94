//! The sealed audit trail: whatever is changed in it past the service is found, and where.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use diesel::connection::SimpleConnection;
use homeward::command::background;
use homeward::db::reporting::audit::verifying::{self, Proof, Sealed, Verdict};
use rstest::rstest;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data, world::without_second_factor};

const SEALED: usize = 60;

async fn verify(world: &World, kept: Option<String>) -> Verdict {
    world.db.as_system("test").read(move |tx| verifying::verify(tx, kept.as_deref())).await.expect("the trail is read")
}

async fn whole(world: &World) -> Sealed {
    verify(world, None).await.expect("the trail is whole")
}

async fn note(world: &World) -> String {
    let last = whole(world).await.size - 1;
    let proof = world.db.as_system("test").read(move |tx| verifying::prove(tx, last)).await.expect("a read");
    proof.expect("a proof").note
}

/// Lets things happen, and seals them in batches of a few entries.
async fn sealed(world: &World) {
    let case = world.register("caseworker.a", data::vietnamese()).await["id"].as_str().expect("an id").to_owned();
    for round in 0..SEALED {
        let actor = ["caseworker.a", "officer.idn", "analyst"][round % 3];
        world.get(actor, &format!("/v1/cases/{case}")).await;
        world.clock.forward(61);
        if round % 7 == 0 {
            background::seal_once(&world.db).await.expect("a seal");
        }
    }
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
}

fn run(world: &World, statement: &str) {
    world.database.with_connection(|connection| connection.batch_execute(statement)).expect("the statement runs");
}

/// A small generator of numbers, the same at each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).expect("a number") % end
    }
}

/// A change past the service and the entries at which it may be found first.
fn mutation(kind: i64, numbers: &mut Numbers, size: i64, id_of: &str) -> (String, std::ops::Range<i64>) {
    let at = numbers.below(size);
    let edit = |set: &str| (format!("UPDATE audit_entries SET {set} WHERE position = {at}"), at..at + 1);
    match kind {
        0 => edit("operation = operation || 'x'"),
        1 => edit("decision = 'allowed ', code = 'ok '"),
        2 => edit("status = status + 1"),
        3 => edit(&format!("user_id = {id_of}")),
        4 => edit(&format!("subject_ids = {id_of}")),
        5 => edit("compartments = compartments + 1"),
        6 => edit("occurrences = occurrences + 1"),
        7 => edit("new_version = coalesce(new_version, 0) + 1"),
        8 => edit("reason = 'because'"),
        9 => edit("client_id = organisation_id"),
        10 => (format!("DELETE FROM audit_entries WHERE position = {at}"), at..at + 1),
        11 => {
            let (one, other) = (at.min(size - 2), at.min(size - 2) + 1);
            let swap = format!(
                "UPDATE audit_entries SET position = -7 WHERE position = {one}; UPDATE audit_entries SET position = {one} WHERE position = {other}; \
                 UPDATE audit_entries SET position = {other} WHERE position = -7"
            );
            (swap, one..one + 1)
        }
        12 => (format!("UPDATE audit_entries SET position = NULL WHERE position = {at}"), at..at + 1),
        13 => (
            format!(
                "INSERT INTO audit_entries (recorded_at, organisation_id, operation, decision, subject_ids, compartments, request_id, position) \
                 SELECT recorded_at, organisation_id, operation, decision, subject_ids, compartments, request_id, {} FROM audit_entries \
                 WHERE position = {at}",
                size + numbers.below(3)
            ),
            size..size + 3,
        ),
        14 => ("DELETE FROM audit_checkpoints WHERE size = (SELECT max(size) FROM audit_checkpoints)".to_owned(), 0..size),
        15 => ("DELETE FROM audit_checkpoints WHERE size = (SELECT min(size) FROM audit_checkpoints)".to_owned(), 0..size),
        16 => (format!("DELETE FROM audit_entries WHERE position >= {at}"), at..at + 1),
        17 => {
            ("UPDATE audit_checkpoints SET note = note || 'x' WHERE size = (SELECT max(size) FROM audit_checkpoints)".to_owned(), 0..size)
        }
        18 => (
            "UPDATE audit_checkpoints SET root = randomblob(32) WHERE size = (SELECT min(size) FROM audit_checkpoints)".to_owned(),
            0..size,
        ),
        _ => edit("organisation_id = request_id"),
    }
}

const KINDS: i64 = 20;

#[actix_web::test]
async fn a_thousand_changes_past_the_service_are_a_thousand_found() {
    let world = &World::start(Sqlite).await.expect("SQLite is always there");
    sealed(world).await;
    let Sealed { size, .. } = whole(world).await;
    assert!(size > 60, "{size}");
    run(
        world,
        "CREATE TABLE kept_entries AS SELECT * FROM audit_entries; CREATE TABLE kept_checkpoints AS SELECT * FROM audit_checkpoints",
    );
    let mut numbers = Numbers(11);
    for round in 0..1000 {
        let kind = round % KINDS;
        let (statement, found_at) = mutation(kind, &mut numbers, size, "randomblob(16)");
        run(world, &statement);
        let fault = verify(world, None).await.expect_err(&statement);
        assert!(found_at.contains(&fault.position), "{statement}: {fault:?}");
        run(
            world,
            "DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM kept_entries; \
             DELETE FROM audit_checkpoints; INSERT INTO audit_checkpoints SELECT * FROM kept_checkpoints",
        );
    }
    assert_eq!(whole(world).await.size, size, "what was put back is whole");
}

#[rstest]
#[actix_web::test]
async fn an_end_that_is_cut_off_and_a_trail_written_anew_are_found_by_a_kept_checkpoint(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    sealed(world).await;
    let (kept, before) = (note(world).await, whole(world).await);
    world.get("analyst", "/v1/cases").await;
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
    assert!(whole(world).await.size > before.size);
    assert_eq!(verify(world, Some(kept.clone())).await, Ok(whole(world).await), "the trail goes on from what was kept");
    assert!(verify(world, Some(kept.replace("homeward", "elsewhere"))).await.is_err());
    // The last batches and everything in them are gone: what is left is whole, and shorter than what was kept.
    let older = "(SELECT max(size) FROM audit_checkpoints WHERE size < (SELECT max(size) FROM audit_checkpoints WHERE size < ";
    let cut = format!("{older}{}))", before.size);
    run(
        world,
        &format!("DELETE FROM audit_entries WHERE position >= {cut} OR position IS NULL; DELETE FROM audit_checkpoints WHERE size > {cut}"),
    );
    assert!(whole(world).await.size < before.size, "alone it looks whole");
    assert_eq!(
        verify(world, Some(kept.clone())).await.expect_err("it is cut off").what,
        "the kept checkpoint has more entries: the end is cut off"
    );
    // Somebody with the root key writes everything anew.
    run(
        world,
        "UPDATE audit_entries SET position = NULL, operation = 'get_me' WHERE position >= 0; DELETE FROM audit_checkpoints; DELETE FROM audit_subjects; DELETE FROM audit_readers",
    );
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
    whole(world).await;
    assert!(verify(world, Some(kept.clone())).await.is_err(), "under the same key");
    run(
        world,
        "UPDATE audit_entries SET position = NULL; DELETE FROM audit_checkpoints; DELETE FROM audit_keys; DELETE FROM audit_subjects; DELETE FROM audit_readers",
    );
    background::seal_once(&world.db).await.expect("a seal");
    whole(world).await;
    assert!(verify(world, Some(kept)).await.is_err(), "under another key");
}

#[rstest]
#[actix_web::test]
async fn every_sealed_entry_is_proven(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    sealed(world).await;
    let Sealed { size, root, key } = whole(world).await;
    let key = key.expect("a key");
    for position in 0..size {
        let proof = world.db.as_system("test").read(move |tx| verifying::prove(tx, position)).await.expect("a read");
        let Proof { entry, path, note } = proof.expect("a proof");
        let (index, of) = (u64::try_from(position).unwrap(), u64::try_from(size).unwrap());
        assert_eq!(homeward::crypto::root_of_inclusion(index, of, homeward::crypto::leaf(&entry), &path), Some(root));
        let signed = key.open(&note).expect("a signed checkpoint");
        assert_eq!((signed.size, signed.root), (of, root));
        assert!(note.contains(&BASE64_STANDARD.encode(root)));
    }
    let beyond = world.db.as_system("test").read(move |tx| verifying::prove(tx, size)).await.expect("a read");
    assert!(beyond.is_none());
}

/// Two instances seal while both work: every entry gets one place, and a place that was given keeps its entry.
#[actix_web::test]
async fn two_instances_seal_one_trail() {
    let Some(world) = &World::start(Postgres).await else { return };
    let other = &world.instance(without_second_factor()).await;
    let case = world.register("caseworker.a", data::vietnamese()).await["id"].as_str().expect("an id").to_owned();
    let url = format!("/v1/cases/{case}");
    let mut sizes = Vec::new();
    for _ in 0..40 {
        world.clock.forward(61);
        let work = async |instance: &World| {
            for _ in 0..3 {
                instance.get("caseworker.a", &url).await.expect(200);
            }
            background::seal_once(&instance.db).await
        };
        let (one, two) = futures_util::join!(work(world), work(other));
        one.expect("a seal");
        two.expect("a seal");
        sizes.push(whole(world).await.size);
    }
    assert!(sizes.is_sorted() && sizes.last() > Some(&200), "{sizes:?}");
}

#[rstest]
#[actix_web::test]
async fn a_batch_is_sealed_when_it_is_full_or_a_minute_old(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("caseworker.a", "/v1/me").await.expect(200);
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
    let before = whole(world).await.size;
    world.register("caseworker.a", data::vietnamese()).await;
    background::seal_once(&world.db).await.expect("a seal");
    assert_eq!(whole(world).await.size, before, "nothing is due yet");
    let many = "INSERT INTO audit_entries (recorded_at, organisation_id, operation, decision, subject_ids, compartments, request_id, code, status, occurrences) \
                SELECT recorded_at, organisation_id, operation, decision, subject_ids, compartments, request_id, code, status, occurrences FROM audit_entries";
    while whole(world).await.size == before {
        run(world, many);
        background::seal_once(&world.db).await.expect("a seal");
    }
    assert!(whole(world).await.size >= before + 1000);
    let waiting = whole(world).await.size;
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
    assert!(whole(world).await.size > waiting, "what is left is sealed within a minute");
}

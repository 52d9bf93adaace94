//! Backups that the service makes: when one is due, on one instance at a time, and how old the last one is.

use std::fs;
use std::path::Path;
use std::time::Duration;

use homeward::api::http::metrics::Metrics;
use homeward::command::backup_schedule::{Schedule, make_if_due, watch_once};
use homeward::config::Config;
use homeward::crypto::RecoveryKeys;
use homeward::db::engine::context::Deployment;
use homeward::db::{Clock, Db};
use rstest::rstest;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::{files_of, keys};

/// A schedule over the database of a world, with a folder of its own.
fn schedule(world: &World, place: &Path, folder: &str) -> Schedule {
    let (_, public) = RecoveryKeys::generate().expect("a key");
    fs::write(place.join("recipients"), public).expect("the public key");
    fs::create_dir_all(place.join("keys")).expect("a folder");
    let path = |name: &str| place.join(name).display().to_string();
    let text = |name: &str| match name {
        "DATABASE_URL" => Some(world.database.text.clone()),
        "HOMEWARD_KEY_FILE" => Some(path("keys/root.key")),
        "HOMEWARD_ATTACHMENTS" => Some(files_of(&world.database.url).display().to_string()),
        "HOMEWARD_BACKUP" => Some(path(folder)),
        "HOMEWARD_BACKUP_RECIPIENTS" => Some(path("recipients")),
        _ => None,
    };
    Schedule::of(&Config::read(text).expect("the settings"), &keys()).expect("a schedule")
}

fn count(place: &Path, folder: &str) -> usize {
    let Ok(entries) = fs::read_dir(place.join(folder)) else { return 0 };
    entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|ending| ending == "backup"))).count()
}

/// The age of the last backup, in seconds, as whoever watches reads it.
async fn age(world: &World) -> Option<u64> {
    let metrics = Metrics::default();
    watch_once(&world.db, &metrics).await.expect("an answer");
    metrics.text().lines().find_map(|line| line.strip_prefix("homeward_last_backup_age_seconds ")?.parse().ok())
}

#[rstest]
#[actix_web::test]
async fn one_instance_makes_a_backup_when_one_is_due_and_no_other_one_beside_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // A backup has the time of the machine.
    world.clock.set(Clock::default().now());
    let place = tempfile::tempdir().expect("a folder");
    let deployment = Deployment { clock: world.clock.clone(), ..Deployment::default() };
    let other_instance = Db::open(&world.database.url, keys(), 1, deployment).expect("another instance");
    let (one, other) = (schedule(world, place.path(), "one"), schedule(world, place.path(), "other"));
    assert_eq!(age(world).await, None, "there is none");

    assert!(make_if_due(&world.db, &one).await.expect("a backup"));
    assert!(!make_if_due(&other_instance, &other).await.expect("an answer"), "the first one has the lease");
    assert_eq!((count(place.path(), "one"), count(place.path(), "other")), (1, 0));
    assert!(age(world).await.is_some_and(|age| age < 600));
    world.clock.forward(31);
    assert!(make_if_due(&other_instance, &other).await.expect("a backup"), "a lease that nobody prolongs is over");
    assert_eq!(count(place.path(), "other"), 1);

    assert!(!make_if_due(&world.db, &one).await.expect("an answer"), "it is not due again");
    world.clock.forward(3_600);
    assert!(age(world).await.is_some_and(|age| age >= 3_600), "it grows old");
    // A backup is named by the second.
    actix_web::rt::time::sleep(Duration::from_millis(1_100)).await;
    assert!(make_if_due(&world.db, &one).await.expect("a backup"));
    assert_eq!(count(place.path(), "one"), 2);
}

#[actix_web::test]
async fn a_backup_that_failed_is_made_the_next_time() {
    let Some(world) = &World::start(Sqlite).await else { return };
    let place = tempfile::tempdir().expect("a folder");
    let schedule = schedule(world, place.path(), "one");
    let recipients = place.path().join("recipients");
    let kept = fs::read(&recipients).expect("the public key");
    fs::write(&recipients, "").expect("it is lost");
    let refused = make_if_due(&world.db, &schedule).await.expect_err("nobody could open it").to_string();
    assert!(refused.contains("HOMEWARD_BACKUP_RECIPIENTS") && refused.contains("age1"), "{refused}");
    assert_eq!((count(place.path(), "one"), age(world).await), (0, None));
    fs::write(&recipients, kept).expect("it is back");
    assert!(make_if_due(&world.db, &schedule).await.expect("a backup"));
    assert_eq!(count(place.path(), "one"), 1);
}

//! Nobody at the gate waits for a report, nobody waits for ever, and nothing is read for somebody who has left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use homeward::db::{Request, Tx};
use homeward::domain::access::Actor;
use homeward::error::{ErrorCode, Result};
use rstest::rstest;

use crate::support::contract;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

/// The readers of a test world.
const READERS: usize = 2;
/// The system as whoever asks.
const SYSTEM: Actor = Actor::System { reason: "test" };

#[derive(Clone, Copy)]
enum Lane {
    Gate,
    Long,
}

/// Keeps a reader busy with a read that ends when what is returned is dropped.
async fn occupy(world: &World, lane: Lane) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel::<()>();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let db = world.db.clone();
    let wait = move |_: &mut Tx<'_>| -> Result<()> {
        begun.send(()).expect("the test waits");
        let _over = released.recv();
        Ok(())
    };
    actix_web::rt::spawn(async move {
        match lane {
            Lane::Gate => db.read(&SYSTEM, &Request::system("test"), wait).await,
            Lane::Long => db.read_long(&SYSTEM, &Request::system("test"), wait).await,
        }
    });
    has_begun.await.expect("a reader takes it");
    release
}

fn shed(answer: Answer, what: &str) {
    assert_eq!(answer.status, 503, "{what}");
    assert_eq!(answer.json()["code"], "database_unavailable", "{what}");
    assert!(answer.header("retry-after").parse::<u64>().expect("seconds") >= 1, "{what}");
}

#[rstest]
#[actix_web::test]
async fn a_case_is_read_at_once_while_reports_wait_for_one_another(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().expect("an id"));
    let _slow_report = occupy(world, Lane::Long).await;
    let system = Request::system("test");
    let more = (0..READERS).map(|_| world.db.read_long(&SYSTEM, &system, |_: &mut Tx<'_>| Ok(())));
    let reports = (0..20).map(|_| world.get("caseworker.a", "/v1/reports/funnel"));
    let at_the_gate = async {
        for _ in 0..5 {
            let begun = Instant::now();
            world.get("caseworker.a", &url).await.expect(200);
            assert!(begun.elapsed() < Duration::from_millis(700), "{:?}: it waited for a report", begun.elapsed());
        }
    };
    let (reports, more, ()) = futures_util::future::join3(join_all(reports), join_all(more), at_the_gate).await;
    more.into_iter().for_each(|told| assert_eq!(told.expect_err("no reader is left for it").code, ErrorCode::DatabaseUnavailable));
    reports.into_iter().for_each(|report| shed(report, "a report that waited too long"));
}

#[actix_web::test]
async fn every_operation_that_looks_at_very_many_cases_waits_in_the_long_lane() {
    let Some(world) = &World::start(Sqlite).await else { return };
    world.token("caseworker.a").await;
    let long = ["/v1/reports/", "/v1/statistics/cases", "/v1/placements/counts"];
    let paths = contract::document()["paths"].as_object().expect("paths");
    let paths: Vec<&String> = paths.keys().filter(|path| long.iter().any(|long| path.starts_with(long))).collect();
    assert!(paths.len() >= 24, "only {paths:?}: the test does not look where they are");
    let ask = |path: String| async move {
        let query = if path.starts_with("/v1/statistics/") { "?by=stage" } else { "" };
        (world.get("caseworker.a", &format!("{path}{query}")).await, path)
    };
    for (answer, _) in join_all(paths.iter().map(|path| ask((*path).clone()))).await {
        drop(answer.expect(200));
    }
    let slow_report = occupy(world, Lane::Long).await;
    for (answer, path) in join_all(paths.iter().map(|path| ask((*path).clone()))).await {
        shed(answer, &format!("{path} is read with `Allowed::read`, as if somebody at the gate waited for it"));
    }
    drop(slow_report);
    // What an export holds is read once a second person agreed, and a release once there is one: looked for in its text.
    for file in ["exports.rs", "audit_exports.rs", "statistics.rs", "releases.rs"] {
        let path = format!("{}/src/api/reporting/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("a file of the area");
        assert!(!text.contains("allowed.read("), "{path}: read it with `read_long`");
    }
}

#[rstest]
#[actix_web::test]
async fn whoever_waits_too_long_is_told_to_come_back_and_is_not_read_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().expect("an id"));
    world.get("caseworker.a", &url).await.expect(200);
    let busy = [occupy(world, Lane::Gate).await, occupy(world, Lane::Gate).await];
    let was_read = Arc::new(AtomicBool::new(false));
    let system = Request::system("test");
    let noted = was_read.clone();
    let waits_too_long = world.db.read(&SYSTEM, &system, move |_: &mut Tx<'_>| {
        noted.store(true, Ordering::SeqCst);
        Ok(())
    });
    let begun = Instant::now();
    let (answer, told) = futures_util::future::join(world.get("caseworker.a", &url), waits_too_long).await;
    shed(answer, "a case that no reader was there for");
    assert_eq!(told.expect_err("no reader was there").code, ErrorCode::DatabaseUnavailable);
    assert!((Duration::from_millis(900)..Duration::from_secs(5)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    drop(busy);
    world.get("caseworker.a", &url).await.expect(200);
    assert!(!was_read.load(Ordering::SeqCst), "it was read for somebody who had been sent away");
}

#[rstest]
#[actix_web::test]
async fn nothing_is_read_for_somebody_who_has_left(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let busy = [occupy(world, Lane::Gate).await, occupy(world, Lane::Gate).await];
    let (was_read, system) = (Arc::new(AtomicBool::new(false)), Request::system("test"));
    let noted = was_read.clone();
    let leaves = world.db.read(&SYSTEM, &system, move |_: &mut Tx<'_>| {
        noted.store(true, Ordering::SeqCst);
        Ok(())
    });
    tokio::time::timeout(Duration::from_millis(50), leaves).await.expect_err("its caller leaves before a reader is free");
    drop(busy);
    // Those behind it are read, in their order.
    for _ in 0..READERS {
        world.db.read(&SYSTEM, &system, |_: &mut Tx<'_>| Ok(())).await.expect("a read");
    }
    assert!(!was_read.load(Ordering::SeqCst), "it was read for nobody");
}

#[rstest]
#[actix_web::test]
async fn no_reader_is_left_asleep_after_a_rush(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let system = Request::system("test");
    for _ in 0..100 {
        let rush = (0..40).map(|_| world.db.read(&SYSTEM, &system, |_: &mut Tx<'_>| Ok(())));
        let reports = (0..2).map(|_| world.db.read_long(&SYSTEM, &system, |_: &mut Tx<'_>| Ok(())));
        let (rush, reports) = futures_util::future::join(join_all(rush), join_all(reports)).await;
        rush.into_iter().chain(reports).for_each(|read| read.expect("a read"));
        // Each of them is taken by a reader of its own, or the test waits in vain.
        let _busy = [occupy(world, Lane::Gate).await, occupy(world, Lane::Gate).await];
    }
}

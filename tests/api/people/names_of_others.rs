//! What one instance registers is found by the others, whatever their clocks show, however long they were away, and in whatever order
//! it was committed.

use diesel::connection::SimpleConnection;
use homeward::command::background::keep_names_once;
use homeward::db::Clock;
use rstest::rstest;
use serde_json::json;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::options;
use crate::support::{World, data};

/// Another instance whose clock shows another time.
async fn beside(world: &World, clock: &Clock) -> World {
    World::serve(world.kind, world.database.clone(), options(&world.database.url, 1_000_000, clock)).await
}

/// How many names an instance holds after one look.
async fn held(world: &World) -> usize {
    keep_names_once(&world.db).await.expect("the names are compared");
    world.db.names_held()
}

#[rstest]
#[actix_web::test]
async fn an_instance_whose_clock_is_wrong_is_found_by_the_others_and_finds_them(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values(-600, 600)] seconds: i64,
) {
    let Some(world) = &World::start(kind).await else { return };
    let other = &beside(world, &Clock::ahead_by(seconds)).await;
    assert_eq!((held(world).await, held(other).await), (0, 0));
    other.register("caseworker.a", data::vietnamese()).await;
    assert_eq!(held(world).await, 1, "who was registered beside is found after one look");
    world.register("caseworker.a", data::taiwanese()).await;
    assert_eq!(held(other).await, 2, "and the other way round");
    let sought = json!({ "name": "Nguyễn Văn Hùng" });
    let found = world.post("caseworker.a", "/v1/cases/search", sought).await.expect(200).json();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{found}");
}

#[rstest]
#[actix_web::test]
async fn an_instance_that_stood_still_misses_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let clock = Clock::default();
    let other = &beside(world, &clock).await;
    assert_eq!(held(other).await, 0);
    for _ in 0..3 {
        world.register("caseworker.a", data::vietnamese()).await;
    }
    // Five minutes went by while it stood still, and nobody's clock says so to it.
    clock.forward(300);
    world.register("caseworker.a", data::taiwanese()).await;
    assert_eq!(held(other).await, 4);
}

#[actix_web::test]
async fn what_is_committed_late_is_not_overlooked() {
    let Some(world) = &World::start(Postgres).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    assert_eq!(held(world).await, 1);
    // Another instance erases somebody, and its transaction takes a while.
    let id = case["id"].as_str().expect("an id");
    let erase = format!(
        "BEGIN; INSERT INTO name_changes (person_id) VALUES (NULL); \
         DELETE FROM person_keys WHERE person_id IN (SELECT person_id FROM cases WHERE id = '{id}')"
    );
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (finish, finishes) = std::sync::mpsc::channel::<()>();
    let database = world.database.clone();
    let late = std::thread::spawn(move || {
        database.with_connection(move |connection| {
            connection.batch_execute(&erase).expect("it is erased");
            begun.send(()).expect("the test waits");
            finishes.recv().expect("the test goes on");
            connection.batch_execute("COMMIT").expect("it is committed");
        });
    });
    has_begun.recv().expect("it begins");
    world.register("caseworker.a", data::taiwanese()).await;
    assert_eq!(held(world).await, 2, "what came later is known, and the earlier one is not committed");
    assert_eq!(held(world).await, 2);
    finish.send(()).expect("it waits");
    late.join().expect("it ends");
    assert_eq!(held(world).await, 1, "a change that was committed after a later one was overlooked");
}

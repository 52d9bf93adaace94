//! Many clerks work on the same few cases at once, on two instances.

use futures_util::future::join_all;

use crate::support::database::Kind::Postgres;
use crate::support::journey::at;
use crate::support::world::without_second_factor;
use crate::support::{World, data};
use serde_json::json;

/// Cases that everybody changes.
const HOT: usize = 5;
/// Changes of each instance under way at once, and how often.
const AT_ONCE: usize = 20;
const ROUNDS: usize = 4;

/// Each write has a transaction of its own: in a shared one, two instances that take the cases in another order would hold each other up
/// until the database ends one of them.
#[actix_web::test]
async fn two_instances_that_change_the_same_cases_do_not_hold_each_other_up() {
    let Some(world) = &World::start(Postgres).await else { return };
    let other = &world.instance(without_second_factor()).await;
    // One sign-in each, and not one for every request.
    world.token("caseworker.a").await;
    other.token("caseworker.a").await;
    let mut cases = Vec::new();
    for _ in 0..HOT {
        cases.push(world.register("caseworker.a", data::vietnamese()).await);
    }
    let mut done = 0;
    for round in 0..ROUNDS {
        let change = async |instance: &World, number: usize| {
            // Each instance begins with another case.
            let case = &cases[(number * 3 + round) % HOT];
            let level = ["low", "medium", "high"][(number + round) % 3];
            instance.patch("caseworker.a", &at(case, ""), json!({ "risk_level": level })).await.status
        };
        let here = join_all((0..AT_ONCE).map(|number| change(world, number)));
        let there = join_all((0..AT_ONCE).map(|number| change(other, number + 1)));
        let (here, there) = futures_util::join!(here, there);
        for status in here.into_iter().chain(there) {
            assert!([200, 412].contains(&status), "changed, or told that somebody else was first: {status}");
            done += usize::from(status == 200);
        }
    }
    assert!(done >= ROUNDS * HOT, "{done} changes were made");
}

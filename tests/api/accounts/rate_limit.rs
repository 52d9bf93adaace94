//! The limit of requests, as a client meets it.

use std::sync::Arc;

use crate::support::World;
use crate::support::database::Kind;
use crate::support::world::options;

#[actix_web::test]
async fn whoever_asks_too_often_is_told_when_to_come_back_and_nobody_else_is() {
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    let options = options(&world.database.url, 2, &world.clock);
    let limited = World::serve(world.kind, Arc::clone(&world.database), options).await;
    for left in ["\"default\";r=1;t=30", "\"default\";r=0;t=60"] {
        let answer = limited.get("caseworker.a", "/v1/me").await.expect(200);
        assert_eq!((answer.header("ratelimit-policy"), answer.header("ratelimit")), ("\"default\";q=2;w=60", left));
    }
    let refused = limited.get("caseworker.a", "/v1/me").await;
    assert_eq!(refused.header("ratelimit"), "\"default\";r=0;t=60");
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}: the next of two requests a minute is half a minute away");
    refused.problem(429, "too_many_requests");
    limited.get("caseworker.b", "/v1/me").await.expect(200);
}

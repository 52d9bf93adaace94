//! The key with which a page seals what was not sent yet.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;

async fn key(world: &World, actor: &str) -> String {
    let answer = world.post(actor, "/v1/me/draft-key", Value::Null).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()["key"].as_str().expect("a key").to_owned()
}

#[actix_web::test]
async fn anonymous() {
    let Some(world) = &World::start(Sqlite).await else { return };
    world.post("", "/v1/me/draft-key", Value::Null).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn drafts_open_for_who_wrote_them_until_the_password_changes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = key(world, "officer.idn").await;
    assert_eq!(first.len(), 43, "32 bytes");
    world.forget("officer.idn");
    assert_eq!(key(world, "officer.idn").await, first, "at the next sign-in, too");
    assert_ne!(key(world, "officer.vnm").await, first, "somebody else at the same computer opens nothing");

    let new = "a lantern for every door";
    let change = json!({ "current_password": PASSWORD, "new_password": new });
    world.post("officer.idn", "/v1/auth/password", change).await.expect(204);
    world.forget("officer.idn");
    let login = json!({ "username": "officer.idn", "password": new });
    let session: Value = world.post("", "/v1/auth/login", login).await.expect(200).json();
    let bearer = format!("Bearer {}", session["access_token"].as_str().expect("a token"));
    let after = world.send("", actix_web::http::Method::POST, "/v1/me/draft-key", &[("authorization", &bearer)], None).await.expect(200);
    assert_ne!(after.json()["key"], json!(first));
}

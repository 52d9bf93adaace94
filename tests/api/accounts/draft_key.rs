//! The key with which a page seals what was not sent yet.

use actix_web::http::Method;
use homeward::db::accounts::users;
use homeward::domain::ids::UserId;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;

async fn keys(world: &World, actor: &str) -> Value {
    let answer = world.post(actor, "/v1/me/draft-key", Value::Null).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

#[actix_web::test]
async fn anonymous() {
    let Some(world) = &World::start(Sqlite).await else { return };
    world.post("", "/v1/me/draft-key", Value::Null).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn drafts_open_for_who_wrote_them_and_outlive_new_passwords(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = keys(world, "officer.idn").await;
    assert_eq!((first["key"].as_str().map(str::len), first["earlier"].clone()), (Some(43), json!([])), "32 bytes");
    world.forget("officer.idn");
    assert_eq!(keys(world, "officer.idn").await, first, "at the next sign-in, too");
    assert_ne!(keys(world, "officer.vnm").await["key"], first["key"], "somebody else at the same computer opens nothing");

    let new = "a lantern for every door";
    let change = json!({ "current_password": PASSWORD, "new_password": new });
    world.post("officer.idn", "/v1/auth/password", change).await.expect(204);
    let changed = keys_after(world, "officer.idn", new).await;
    assert_ne!(changed["key"], first["key"]);
    assert_eq!(changed["earlier"], json!([first["key"]]), "what waits can still be opened");

    // The same where the password was forgotten: it is taken away, and then set with a code.
    let id = world.get("officer.vnm", "/v1/me").await.json()["user_id"].as_str().expect("an id").to_owned();
    let before = keys(world, "officer.vnm").await["key"].clone();
    let begun = world.post("admin", &format!("/v1/users/{id}/password-reset"), Value::Null).await.expect(200).json();
    let reset = json!({ "username": "officer.vnm", "reset_code": begun["reset_code"], "new_password": new });
    world.post("", "/v1/auth/password-reset", reset).await.expect(204);
    let after = keys_after(world, "officer.vnm", new).await;
    assert_eq!((&after["earlier"], after["key"] == before), (&json!([before]), false));

    // A laptop in the field knows the key of some passwords ago.
    let mut given = vec![after["key"].clone(), before];
    let mut password = new.to_owned();
    for turn in 0..8 {
        let next = format!("a lantern for every door, and for {turn} windows");
        world.clock.forward(60);
        let bearer = bearer(world, "officer.vnm", &password).await;
        let change = json!({ "current_password": password, "new_password": next });
        world.send("", Method::POST, "/v1/auth/password", &[("authorization", &bearer)], Some(&change)).await.expect(204);
        password = next;
        let told = keys_after(world, "officer.vnm", &password).await;
        assert_eq!(told["earlier"], json!(given.iter().take(8).collect::<Vec<_>>()), "the last one first, and eight of them");
        given.insert(0, told["key"].clone());
    }
}

async fn bearer(world: &World, actor: &str, password: &str) -> String {
    let login = json!({ "username": actor, "password": password });
    let session: Value = world.post("", "/v1/auth/login", login).await.expect(200).json();
    format!("Bearer {}", session["access_token"].as_str().expect("a token"))
}

async fn keys_after(world: &World, actor: &str, password: &str) -> Value {
    world.forget(actor);
    let bearer = bearer(world, actor, password).await;
    world.send("", Method::POST, "/v1/me/draft-key", &[("authorization", &bearer)], None).await.expect(200).json()
}

#[rstest]
#[actix_web::test]
async fn a_better_hash_of_the_password_changes_no_key_of_drafts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let before = keys(world, "officer.idn").await;
    let id = world.get("officer.idn", "/v1/me").await.json()["user_id"].as_str().expect("an id").parse().expect("a UUID");
    world
        .db
        .as_system("test")
        .write(move |tx| users::rehash(tx, UserId(id), "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"))
        .await
        .expect("a hash");
    assert_eq!(keys(world, "officer.idn").await, before);
}

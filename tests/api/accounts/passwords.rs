//! Passwords: the rule, the one-time code that sets one, and the delays against guessing.

use actix_web::test::TestRequest;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::{PASSWORD, without_second_factor};
use crate::support::{Answer, World};

const NEW: &str = "a lantern for every door";

async fn begin(world: &World, username: &str) -> String {
    let id = world.get(username, "/v1/me").await.json()["user_id"].as_str().unwrap().to_owned();
    let begun = world.post("admin", &format!("/v1/users/{id}/password-reset"), Value::Null).await.expect(200).json();
    world.forget(username);
    begun["reset_code"].as_str().unwrap().to_owned()
}

async fn set(world: &World, username: &str, code: &str, password: &str) -> Answer {
    let body = json!({ "username": username, "reset_code": code, "new_password": password });
    world.post("", "/v1/auth/password-reset", body).await
}

async fn login(world: &World, username: &str, password: &str, device: Option<&str>) -> Answer {
    let body = json!({ "username": username, "password": password, "device_token": device });
    world.post("", "/v1/auth/login", body).await
}

#[rstest]
#[actix_web::test]
async fn nobody_chooses_a_password_for_somebody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let code = begin(world, "officer.idn").await;
    login(world, "officer.idn", PASSWORD, None).await.problem(401, "invalid_credentials");
    world.clock.forward(2);
    set(world, "officer.idn", &code, "officer.idn officer").await.problem(422, "validation_failed");
    world.clock.forward(2);
    set(world, "Officer.IDN", &code.to_lowercase(), NEW).await.expect(204);
    assert_eq!(login(world, "officer.idn", NEW, None).await.expect(200).json()["must_change_password"], false);
    set(world, "officer.idn", &code, "another lantern altogether").await.problem(401, "invalid_reset_code");
    login(world, "officer.idn", NEW, None).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_code_lives_a_day_and_a_later_one_takes_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = begin(world, "officer.vnm").await;
    // Signed out and without a password: only the administrator can start a new reset.
    let me = world.get("admin", "/v1/users?limit=200").await.json();
    let id =
        me["items"].as_array().unwrap().iter().find(|user| user["username"] == "officer.vnm").unwrap()["id"].as_str().unwrap().to_owned();
    let second = world.post("admin", &format!("/v1/users/{id}/password-reset"), Value::Null).await.expect(200).json();
    set(world, "officer.vnm", &first, NEW).await.problem(401, "invalid_reset_code");
    world.clock.forward(24 * 3600 + 1);
    set(world, "officer.vnm", second["reset_code"].as_str().unwrap(), NEW).await.problem(401, "invalid_reset_code");
}

#[rstest]
#[actix_web::test]
async fn a_reset_answers_alike_whether_or_not_the_account_exists(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let told = async |username: &str| {
        let mut problem = set(world, username, "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV", NEW).await.problem(401, "invalid_reset_code");
        problem["instance"] = Value::Null;
        problem
    };
    assert_eq!(told("officer.twn").await, told("nobody.at.all").await);
    // However many codes are tried: each one is answered alike.
    assert_eq!(told("officer.twn").await, told("nobody.at.all").await);
}

#[rstest]
#[actix_web::test]
async fn a_password_is_neither_short_nor_common_nor_obvious_nor_endless(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let change = async |new: &str| {
        let answer = world.post("caseworker.b", "/v1/auth/password", json!({ "current_password": PASSWORD, "new_password": new })).await;
        let code = answer.expect(422).json()["errors"][0]["code"].clone();
        code.as_str().unwrap().to_owned()
    };
    assert_eq!(change("too short").await, "too_short");
    assert_eq!(change("password123456789").await, "too_common");
    assert_eq!(change("caseworker.b.ngo-b").await, "too_obvious");
    assert_eq!(change(&"lantern".repeat(60)).await, "too_long");
    let endless = "x".repeat(4096);
    let answer = world.post("", "/v1/auth/login", json!({ "username": "caseworker.b", "password": endless })).await;
    answer.problem(422, "validation_failed");
    login(world, "caseworker.b", PASSWORD, None).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn no_character_of_a_long_password_is_dropped(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let long = "ň".repeat(100) + "a lantern for every door";
    let change = json!({ "current_password": PASSWORD, "new_password": format!("{long}!") });
    world.post("supervisor.a", "/v1/auth/password", change).await.expect(204);
    login(world, "supervisor.a", &format!("{long}?"), None).await.problem(401, "invalid_credentials");
    world.clock.forward(2);
    let decomposed = format!("{long}!").replace('ň', "n\u{30c}");
    login(world, "supervisor.a", &decomposed, None).await.problem(401, "invalid_credentials");
    world.clock.forward(2);
    login(world, "supervisor.a", &format!("{long}!"), None).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_hundred_failures_end_the_day_of_an_account_and_not_of_its_owner(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let device = login(world, "officer.idn", PASSWORD, None).await.expect(200).json()["device_token"].as_str().unwrap().to_owned();
    let of_another = login(world, "officer.vnm", PASSWORD, None).await.json()["device_token"].as_str().unwrap().to_owned();
    // The attack begins in the morning, from many addresses.
    let seconds = world.clock.now().micros() / 1_000_000 % 86_400;
    world.clock.forward(86_400 - seconds + 3600);
    let from_anywhere = attack(world, "officer.idn", 130).await;
    assert_eq!(from_anywhere, 100, "guesses that were heard");
    let restarted = world.instance(without_second_factor()).await;
    login(&restarted, "officer.idn", PASSWORD, None).await.problem(429, "too_many_requests");
    login(&restarted, "officer.idn", PASSWORD, Some(&of_another)).await.problem(429, "too_many_requests");
    login(&restarted, "officer.idn", PASSWORD, Some(&device)).await.expect(200);
    login(&restarted, "officer.idn", "wrong wrong wrong", Some(&device)).await.problem(401, "invalid_credentials");
    login(&restarted, "officer.idn", PASSWORD, Some(&device)).await.problem(429, "too_many_requests");
    world.clock.forward(86_400);
    login(world, "officer.idn", PASSWORD, None).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn whoever_tries_many_names_from_one_address_is_stopped_within_fifty(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut heard = 0;
    for number in 0..120 {
        let answer = login(world, &format!("nobody.{number}"), "wrong wrong wrong", None).await;
        heard += usize::from(answer.status == 401);
    }
    assert!((10..=50).contains(&heard), "{heard} names were tried");
}

/// Guesses this many times as fast as the account allows, each time from another address; returns the number of guesses that were
/// checked.
async fn attack(world: &World, username: &str, guesses: u16) -> usize {
    let mut heard = 0;
    for guess in 0..guesses {
        let body = json!({ "username": username, "password": "wrong wrong wrong" });
        let [high, low] = guess.to_be_bytes();
        let address = std::net::SocketAddr::from(([10, high, low, 1], 443));
        let request = TestRequest::post().uri("/v1/auth/login").peer_addr(address).set_json(body);
        heard += usize::from(world.raw(request).await.status == 401);
        world.clock.forward(11);
    }
    heard
}

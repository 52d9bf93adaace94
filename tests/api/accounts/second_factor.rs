//! The second factor: setting it up, signing in with it, losing it, and the delays against guessing.

use actix_web::http::Method;
use homeward::domain::accounts::policy::AccountPolicy;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::authenticator::{Authenticator, enrol, login};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::{PASSWORD, without_second_factor};

/// A service that needs a second factor of every user who opens cases.
async fn strict(world: &World) -> World {
    world.instance(AccountPolicy::default()).await
}

#[rstest]
#[actix_web::test]
async fn whoever_needs_a_second_factor_sets_it_up_before_anything_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let world = strict(world).await;
    let first = login(&world, "caseworker.a", None).await.expect(200).json();
    assert_eq!(first["must_enrol_second_factor"], true);
    world.get("caseworker.a", "/v1/cases").await.problem(403, "second_factor_enrolment_required");
    world.get("admin", "/v1/users").await.problem(403, "second_factor_enrolment_required");
    assert_eq!(world.get("caseworker.a", "/v1/me").await.expect(200).json()["second_factor_since"], Value::Null);

    let begun = world.post("caseworker.a", "/v1/auth/second-factor", Value::Null).await.expect(200).json();
    assert!(begun["otpauth_uri"].as_str().unwrap().starts_with("otpauth://totp/Homeward:caseworker.a?"));
    assert!(begun["qr_svg"].as_str().unwrap().contains("<svg"));
    world.get("caseworker.a", "/v1/cases").await.problem(403, "second_factor_enrolment_required");
    let wrong = world.post("caseworker.a", "/v1/auth/second-factor/confirm", json!({ "code": "000 000" })).await;
    assert_eq!(wrong.expect(422).pointers(), ["/code"]);
    let app = Authenticator::new(begun["secret"].as_str().unwrap());
    let on = world.post("caseworker.a", "/v1/auth/second-factor/confirm", json!({ "code": app.code(&world, 0) })).await.expect(200).json();
    assert_eq!(on["recovery_codes"].as_array().map(Vec::len), Some(10));
    world.get("caseworker.a", "/v1/cases").await.expect(200);
    let me = world.get("caseworker.a", "/v1/me").await.json();
    assert!(me["second_factor_since"].is_string() && me["recovery_codes_left"] == 10);
    // A user who needs no second factor is not asked for one.
    world.get("analyst", "/v1/statistics/releases").await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_right_password_alone_does_not_open_an_account_with_a_second_factor(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (app, _) = enrol(world, "caseworker.a").await;
    login(world, "caseworker.a", None).await.problem(401, "second_factor_required");
    let wrong = world
        .post("", "/v1/auth/login", json!({ "username": "caseworker.a", "password": "wrong wrong wrong", "code": app.code(world, 0) }))
        .await;
    let mut told = wrong.problem(401, "invalid_credentials");
    world.clock.forward(2);
    let unknown =
        world.post("", "/v1/auth/login", json!({ "username": "nobody.at.all", "password": "wrong wrong wrong", "code": "123456" })).await;
    let mut of_nobody = unknown.problem(401, "invalid_credentials");
    (told["instance"], of_nobody["instance"]) = (Value::Null, Value::Null);
    assert_eq!(told, of_nobody, "nothing is told of the factor before the password is right");
    world.clock.forward(2);
    login(world, "caseworker.a", Some("000000")).await.problem(401, "invalid_second_factor");
    world.clock.forward(2);
    login(world, "caseworker.a", Some(&app.code(world, 0))).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_code_works_once_whatever_came_in_between(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (app, _) = enrol(world, "officer.idn").await;
    let (a, b) = (app.code(world, 0), app.code(world, 1));
    login(world, "officer.idn", Some(&a)).await.expect(200);
    login(world, "officer.idn", Some(&a)).await.problem(401, "invalid_second_factor");
    world.clock.forward(2);
    login(world, "officer.idn", Some(&b)).await.expect(200);
    login(world, "officer.idn", Some(&a)).await.problem(401, "invalid_second_factor");
    world.clock.forward(70);
    let c = app.code(world, 0);
    login(world, "officer.idn", Some(&c)).await.expect(200);
    let restarted = world.instance(without_second_factor()).await;
    login(&restarted, "officer.idn", Some(&c)).await.problem(401, "invalid_second_factor");
}

#[rstest]
#[actix_web::test]
async fn five_codes_a_minute_may_be_tried_and_nobody_is_locked_out_for_good(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (app, _) = enrol(world, "officer.vnm").await;
    for _ in 0..5 {
        login(world, "officer.vnm", Some("000000")).await.problem(401, "invalid_second_factor");
        world.clock.forward(4);
    }
    let restarted = world.instance(without_second_factor()).await;
    let waits = login(&restarted, "officer.vnm", Some(&app.code(world, 0))).await;
    assert!(waits.header("retry-after").parse::<u64>().unwrap() <= 60);
    waits.problem(429, "too_many_requests");
    world.clock.forward(60);
    login(world, "officer.vnm", Some(&app.code(world, 0))).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_recovery_code_works_once_and_new_ones_replace_the_old(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (app, codes) = enrol(world, "caseworker.b").await;
    let spoken = codes[0].to_lowercase().replace('-', " ");
    login(world, "caseworker.b", Some(&spoken)).await.expect(200);
    login(world, "caseworker.b", Some(&codes[0])).await.problem(401, "invalid_second_factor");
    world.clock.forward(70);
    let of_another = enrol(world, "supervisor.a").await.1;
    login(world, "caseworker.b", Some(&of_another[0])).await.problem(401, "invalid_second_factor");
    world.clock.forward(4);
    let renewed = world.post("caseworker.b", "/v1/auth/second-factor/recovery-codes", Value::Null).await.expect(200).json();
    assert_eq!(renewed["recovery_codes"].as_array().map(Vec::len), Some(10));
    login(world, "caseworker.b", Some(&codes[1])).await.problem(401, "invalid_second_factor");
    world.clock.forward(70);
    login(world, "caseworker.b", renewed["recovery_codes"][0].as_str()).await.expect(200);
    login(world, "caseworker.b", Some(&app.code(world, 0))).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_new_phone_takes_the_place_of_the_old_one_only_when_it_is_confirmed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (old, _) = enrol(world, "officer.twn").await;
    let begun = world.post("officer.twn", "/v1/auth/second-factor", Value::Null).await.expect(200).json();
    login(world, "officer.twn", Some(&old.code(world, 0))).await.expect(200);
    world.clock.forward(60);
    let new = Authenticator::new(begun["secret"].as_str().unwrap());
    world.post("officer.twn", "/v1/auth/second-factor/confirm", json!({ "code": new.code(world, 0) })).await.expect(200);
    world.clock.forward(60);
    login(world, "officer.twn", Some(&old.code(world, 0))).await.problem(401, "invalid_second_factor");
    world.clock.forward(4);
    login(world, "officer.twn", Some(&new.code(world, 0))).await.expect(200);
    world.clock.forward(3600);
    world.forget("officer.twn");
    let late = world.post("officer.vnm", "/v1/auth/second-factor/confirm", json!({ "code": "000000" })).await;
    late.problem(409, "conflict");
}

#[rstest]
#[actix_web::test]
async fn a_factor_that_the_role_needs_is_not_turned_off_and_a_lost_one_is_reset(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let strict = strict(world).await;
    let (app, _) = enrol(world, "admin").await;
    let (_, codes) = enrol(world, "caseworker.a").await;
    let of = |login: Value| format!("Bearer {}", login["access_token"].as_str().expect("a token"));
    let worker = of(login(&strict, "caseworker.a", Some(&codes[0])).await.expect(200).json());
    let off = strict.send("", Method::DELETE, "/v1/auth/second-factor", &[("authorization", &worker)], None).await;
    off.problem(409, "conflict");

    let admin = of(login(&strict, "admin", Some(&app.code(world, 0))).await.expect(200).json());
    let me = strict.send("", Method::GET, "/v1/me", &[("authorization", &worker)], None).await.expect(200).json();
    let reset = format!("/v1/users/{}/second-factor/reset", me["user_id"].as_str().unwrap());
    strict.send("", Method::POST, &reset, &[("authorization", &admin)], None).await.expect(204);
    strict.send("", Method::GET, "/v1/me", &[("authorization", &worker)], None).await.problem(401, "unauthenticated");
    assert_eq!(login(&strict, "caseworker.a", None).await.expect(200).json()["must_enrol_second_factor"], true);
}

#[rstest]
#[actix_web::test]
async fn a_password_reset_never_gets_around_the_second_factor(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (app, _) = enrol(world, "officer.idn").await;
    let id = world.get("officer.idn", "/v1/me").await.json()["user_id"].as_str().unwrap().to_owned();
    let code = world.post("admin", &format!("/v1/users/{id}/password-reset"), Value::Null).await.expect(200).json();
    let set = json!({ "username": "officer.idn", "reset_code": code["reset_code"], "new_password": "a lantern for every door" });
    world.post("", "/v1/auth/password-reset", set).await.expect(204);
    let with = |code: Option<String>| json!({ "username": "officer.idn", "password": "a lantern for every door", "code": code });
    world.post("", "/v1/auth/login", with(None)).await.problem(401, "second_factor_required");
    world.post("", "/v1/auth/login", with(Some(app.code(world, 0)))).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_step_up_asks_for_the_second_factor_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (app, _) = enrol(world, "caseworker.a").await;
    world.grow_stale("caseworker.a").await;
    let with = async |body: Value| world.post("caseworker.a", "/v1/auth/step-up", body).await;
    with(json!({ "password": PASSWORD })).await.problem(401, "second_factor_required");
    with(json!({ "password": PASSWORD, "code": "000000" })).await.problem(401, "invalid_second_factor");
    world.clock.forward(2);
    with(json!({ "password": PASSWORD, "code": app.code(world, 0) })).await.expect(204);
}

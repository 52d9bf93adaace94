//! The end of credentials (ASSURANCE A9): every event, every credential, at once on the instance where it happens and within a
//! second on every other one. On Postgres there are two instances over one database; on SQLite there is one.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::authenticator::enrol;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::{PASSWORD, without_second_factor};

/// The user whose credentials end.
const USER: &str = "caseworker.b";

/// The events that end credentials.
const EVENTS: &[&str] = &[
    "logout",
    "all own sessions ended",
    "session ended by its id",
    "sessions ended by an administrator",
    "password changed",
    "password reset by an administrator",
    "second factor turned on in another session",
    "second factor turned off",
    "second factor reset by an administrator",
    "role changed",
    "user disabled",
    "organisation deactivated",
];

/// The credentials of a signed-in user. Machines' tokens, export links and the like: add them here, with their own `works`.
struct Credentials {
    access: String,
    refresh: Value,
}

impl Credentials {
    async fn of(world: &World, code: Option<&str>) -> Self {
        let body = json!({ "username": USER, "password": PASSWORD, "code": code });
        let signed_in = world.post("", "/v1/auth/login", body).await.expect(200).json();
        let access = format!("Bearer {}", signed_in["access_token"].as_str().expect("a token"));
        Self { access, refresh: signed_in["refresh_token"].clone() }
    }

    async fn access_works(&self, world: &World) -> bool {
        let answer = world.send("", Method::GET, "/v1/me", &[("authorization", &self.access)], None).await;
        assert!([200, 401].contains(&answer.status), "{}", answer.text());
        answer.status == 200
    }

    async fn refresh_works(&self, world: &World) -> bool {
        let answer = world.post("", "/v1/auth/refresh", json!({ "refresh_token": self.refresh })).await;
        assert!([200, 401].contains(&answer.status), "{}", answer.text());
        answer.status == 200
    }

    async fn call(&self, world: &World, method: Method, url: &str, body: Option<Value>) -> Value {
        let answer = world.send("", method, url, &[("authorization", &self.access)], body.as_ref()).await;
        assert!((200..300).contains(&answer.status), "{url}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }
}

/// Makes the event happen to the user of these credentials.
async fn happen(world: &World, event: &str, held: &Credentials, recovery: &[String]) {
    let me = held.call(world, Method::GET, "/v1/me", None).await;
    let user = format!("/v1/users/{}", me["user_id"].as_str().expect("an id"));
    let organisation = format!("/v1/organisations/{}", me["organisation_id"].as_str().expect("an id"));
    match event {
        "logout" => drop(held.call(world, Method::POST, "/v1/auth/logout", None).await),
        "all own sessions ended" => drop(held.call(world, Method::DELETE, "/v1/auth/sessions", None).await),
        "session ended by its id" => {
            let sessions = held.call(world, Method::GET, "/v1/auth/sessions", None).await;
            let own = sessions["items"].as_array().expect("sessions").iter().find(|session| session["current"] == true).expect("this one");
            let url = format!("/v1/auth/sessions/{}", own["id"].as_str().expect("an id"));
            held.call(world, Method::DELETE, &url, None).await;
        }
        "sessions ended by an administrator" => {
            drop(world.send("admin", Method::DELETE, &format!("{user}/sessions"), &[], None).await.expect(204));
        }
        "password changed" => {
            let body = json!({ "current_password": PASSWORD, "new_password": "a lantern for every door" });
            held.call(world, Method::POST, "/v1/auth/password", Some(body)).await;
        }
        "password reset by an administrator" => {
            drop(world.post("admin", &format!("{user}/password-reset"), Value::Null).await.expect(200));
        }
        "second factor turned on in another session" => drop(enrol(world, USER).await),
        "second factor turned off" => {
            let other = Credentials::of(world, Some(&recovery[1])).await;
            other.call(world, Method::DELETE, "/v1/auth/second-factor", None).await;
            assert!(!other.access_works(world).await, "the session that turned it off ends too");
        }
        "second factor reset by an administrator" => {
            drop(world.post("admin", &format!("{user}/second-factor/reset"), Value::Null).await.expect(204));
        }
        "role changed" => drop(world.patch("admin", &user, json!({ "role": "ngo_supervisor" })).await.expect(200)),
        "user disabled" => drop(world.patch("admin", &user, json!({ "disabled": true })).await.expect(200)),
        "organisation deactivated" => {
            world.patch("admin", &organisation, json!({ "active": false })).await.expect(200);
            assert!(!held.access_works(world).await);
            world.patch("admin", &organisation, json!({ "active": true })).await.expect(200);
        }
        new => panic!("{new}: say how it happens"),
    }
}

async fn ends_everything(kind: Kind, event: &str) {
    let Some(world) = World::start(kind).await else { return };
    let other = if kind == Kind::Postgres { Some(world.instance(without_second_factor()).await) } else { None };
    let has_factor = event == "second factor turned off" || event.starts_with("second factor reset");
    let recovery = if has_factor { enrol(&world, USER).await.1 } else { Vec::new() };
    let held = Credentials::of(&world, recovery.first().map(String::as_str)).await;
    assert!(held.access_works(&world).await, "{event}: the token works before");
    if let Some(other) = &other {
        assert!(held.access_works(other).await, "{event}: and on the other instance, which remembers it now");
    }
    happen(&world, event, &held, &recovery).await;
    let since = Instant::now();
    assert!(!held.access_works(&world).await, "{event}: the access token still works where it happened");
    assert!(!held.refresh_works(&world).await, "{event}: the refresh token still works where it happened");
    let Some(other) = other else { return };
    assert!(!held.refresh_works(&other).await, "{event}: the refresh token still works elsewhere");
    while held.access_works(&other).await {
        assert!(since.elapsed() < Duration::from_secs(2), "{event}: the access token still works elsewhere");
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn every_event_ends_what_it_must_on_sqlite() {
    for event in EVENTS {
        ends_everything(Kind::Sqlite, event).await;
    }
}

#[actix_web::test]
async fn every_event_ends_what_it_must_everywhere_on_postgres() {
    for event in EVENTS {
        ends_everything(Kind::Postgres, event).await;
    }
}

#[rstest]
#[actix_web::test]
async fn nobody_signs_in_at_an_organisation_that_is_not_active(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let organisation = world.get(USER, "/v1/me").await.json()["organisation_id"].as_str().expect("an id").to_owned();
    world.patch("admin", &format!("/v1/organisations/{organisation}"), json!({ "active": false })).await.expect(200);
    let body = json!({ "username": USER, "password": PASSWORD });
    world.post("", "/v1/auth/login", body).await.problem(401, "invalid_credentials");
}

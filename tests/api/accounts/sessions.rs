//! Sessions: the devices where a user is signed in, as the user and an administrator see them.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::Value;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

async fn list(world: &World, token: &Value) -> Vec<Value> {
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    let answer = world.send("", Method::GET, "/v1/auth/sessions", &[("authorization", &bearer)], None).await.expect(200);
    answer.json()["items"].as_array().expect("items").clone()
}

#[rstest]
#[actix_web::test]
async fn everybody_sees_their_own_sessions_and_ends_the_one_they_do_not_know(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (office, phone) = (world.sign_in("officer.idn").await, world.sign_in("officer.idn").await);
    world.sign_in("officer.vnm").await;
    let seen = list(world, &office).await;
    assert_eq!(seen.len(), 2);
    let current: Vec<&Value> = seen.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(current.len(), 1);
    let other = seen.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {}", office["access_token"].as_str().unwrap());
    let own = [("authorization", bearer.as_str())];
    world.send("officer.vnm", Method::DELETE, &format!("/v1/auth/sessions/{other}"), &[], None).await.problem(404, "not_found");
    world.send("", Method::DELETE, &format!("/v1/auth/sessions/{other}"), &own, None).await.expect(204);
    world.send("", Method::DELETE, &format!("/v1/auth/sessions/{other}"), &own, None).await.problem(404, "not_found");
    assert_eq!(list(world, &office).await.len(), 1);
    let lost = format!("Bearer {}", phone["access_token"].as_str().unwrap());
    world.send("", Method::GET, "/v1/me", &[("authorization", &lost)], None).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn an_administrator_sees_and_ends_the_sessions_of_a_user(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = world.get("officer.twn", "/v1/me").await.json()["user_id"].as_str().unwrap().to_owned();
    let url = format!("/v1/users/{id}/sessions");
    let seen = world.get("admin", &url).await.expect(200);
    assert_eq!(seen.json()["items"].as_array().map(Vec::len), Some(1));
    assert!(!seen.text().contains("127.0.0.1"), "no address is kept");
    world.get("coordinator", &url).await.problem(403, "permission_denied");
    world.send("admin", Method::DELETE, &url, &[], None).await.expect(204);
    world.get("officer.twn", "/v1/me").await.problem(401, "unauthenticated");
}

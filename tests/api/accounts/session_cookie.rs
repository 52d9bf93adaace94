//! The session of a browser, whose refresh token lies in a cookie.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;
use crate::support::{Answer, World};

const OURS: (&str, &str) = ("homeward-session", "cookie");

async fn sign_in(world: &World, headers: &[(&str, &str)]) -> Answer {
    let body = json!({ "username": "officer.idn", "password": PASSWORD, "session": "cookie" });
    world.send("", Method::POST, "/v1/auth/login", headers, Some(&body)).await
}

/// Name and value of the cookie of an answer, as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

async fn refresh(world: &World, cookie: &str, body: Value) -> Answer {
    world.send("", Method::POST, "/v1/auth/refresh", &[OURS, ("sec-fetch-site", "same-origin"), ("cookie", cookie)], Some(&body)).await
}

#[rstest]
#[actix_web::test]
async fn a_browser_stays_signed_in_by_a_cookie_that_is_in_no_body(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let session = json!({ "session": "cookie" });
    let first = sign_in(world, &[OURS]).await.expect(200);
    assert!(first.header("set-cookie").ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{}", first.header("set-cookie"));
    assert_eq!((&first.json()["refresh_token"], &first.json()["refresh_expires_in"]), (&json!(""), &json!(900)));

    let second = refresh(world, &cookie(&first), session.clone()).await.expect(200);
    assert_ne!(cookie(&second), cookie(&first), "used once");
    assert_eq!(second.json()["refresh_token"], json!(""));
    let repeated = refresh(world, &cookie(&first), session.clone()).await.expect(200);
    assert_eq!(cookie(&repeated), cookie(&second), "a lost answer can be asked for again");

    world.clock.forward(901);
    refresh(world, &cookie(&second), session.clone()).await.problem(401, "invalid_refresh_token");

    let bearer = |answer: &Answer| format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    let again = sign_in(world, &[OURS]).await.expect(200);
    let out = [("authorization", bearer(&again)), ("cookie", cookie(&again))];
    let out: Vec<(&str, &str)> = out.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let gone = world.send("", Method::POST, "/v1/auth/logout", &out, None).await.expect(204);
    assert!(gone.header("set-cookie").starts_with("__Host-homeward-session=; Max-Age=0;"), "{}", gone.header("set-cookie"));
    // A page that went away before that answer came still has the cookie, and loses it at its next start.
    let late = refresh(world, &cookie(&again), session).await;
    assert!(late.header("set-cookie").starts_with("__Host-homeward-session=; Max-Age=0;"), "{}", late.header("set-cookie"));
    late.problem(401, "invalid_refresh_token");
    // Nobody takes a cookie away from a page that did not send one, nor with another refusal.
    for (headers, body) in
        [(vec![OURS], json!({ "session": "cookie" })), (vec![], json!({ "refresh_token": "x" })), (vec![OURS], json!({ "session": 1 }))]
    {
        let refused = world.send("", Method::POST, "/v1/auth/refresh", &headers, Some(&body)).await;
        assert!(refused.status >= 400 && refused.header("set-cookie").is_empty(), "{body}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_session_in_a_cookie_is_for_pages_of_this_server_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = sign_in(world, &[OURS, ("sec-fetch-site", "same-origin")]).await.expect(200);
    assert!(
        ["__Host-", "Secure", "HttpOnly", "SameSite=Strict"].iter().all(|word| first.header("set-cookie").contains(word)),
        "{}",
        first.header("set-cookie")
    );
    for foreign in [
        &[][..],
        &[("homeward-session", "body")],
        &[OURS, ("sec-fetch-site", "cross-site")],
        &[OURS, ("sec-fetch-site", "same-site")],
        &[OURS, ("origin", "https://evil.example")],
        &[OURS, ("origin", "null")],
    ] {
        let refused = sign_in(world, foreign).await;
        assert_eq!(refused.header("set-cookie"), "", "{foreign:?}");
        refused.problem(422, "validation_failed");
        let sent = cookie(&first);
        let with_cookie = [foreign, &[("cookie", sent.as_str())][..]].concat();
        let refused = world.send("", Method::POST, "/v1/auth/refresh", &with_cookie, Some(&json!({ "session": "cookie" }))).await;
        refused.problem(422, "validation_failed");
    }
    // Neither does the cookie alone open anything, nor is it looked at where the token is in the body.
    world.send("", Method::GET, "/v1/me", &[("cookie", &cookie(&first))], None).await.problem(401, "unauthenticated");
    refresh(world, &cookie(&first), json!({})).await.problem(422, "validation_failed");
    refresh(world, &cookie(&first), json!({ "session": "cookie", "refresh_token": "x" })).await.problem(422, "validation_failed");
    let twice = format!("{}; {}", cookie(&first), cookie(&first));
    refresh(world, &twice, json!({ "session": "cookie" })).await.problem(401, "invalid_refresh_token");
    refresh(world, &cookie(&first), json!({ "session": "cookie" })).await.expect(200);
}

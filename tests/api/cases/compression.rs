//! Shorter answers for slow lines, and pages of other origins.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use rstest::rstest;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::ORIGIN;
use crate::support::{World, data};

async fn list(world: &World, encodings: &str) -> crate::support::Answer {
    let token = world.token("caseworker.a").await;
    let request = TestRequest::get().uri("/v1/cases?limit=50");
    let request = request.insert_header(("authorization", format!("Bearer {token}"))).insert_header(("accept-encoding", encodings));
    world.raw(request).await.expect(200)
}

#[rstest]
#[actix_web::test]
async fn a_long_list_comes_compressed_to_whoever_takes_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for _ in 0..8 {
        world.register("caseworker.a", data::taiwanese()).await;
    }
    let (plain, packed) = (list(world, "identity").await, list(world, "gzip, br").await);
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    assert_eq!(plain.json(), packed.json());
    let varies = plain.headers.get_all("vary").any(|value| value == "Accept-Encoding");
    assert!(varies, "a cache keeps the two apart");
    let one = world.get("caseworker.a", &format!("/v1/cases/{}", plain.json()["items"][0]["id"].as_str().expect("an id"))).await;
    assert_eq!(one.header("content-encoding"), "", "what has an ETag has one form");
}

#[rstest]
#[actix_web::test]
async fn whoever_needs_no_body_gets_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let minimal = [("prefer", "respond-async, return=minimal")];
    let made = world.send("caseworker.a", Method::POST, "/v1/cases", &minimal, Some(&data::taiwanese())).await.expect(204);
    assert!(made.body.is_empty() && made.header("content-type").is_empty());
    assert_eq!(made.header("preference-applied"), "return=minimal");
    let changed = [minimal[0], ("if-match", made.header("etag"))];
    let url = made.header("location").to_owned();
    let patch = serde_json::json!({ "risk_level": "high" });
    let changed = world.send("caseworker.a", Method::PATCH, &url, &changed, Some(&patch)).await.expect(204);
    assert!(changed.body.is_empty() && changed.etag() != made.etag());
    let etag = changed.etag();
    let whole = [("prefer", "Return=Representation; x=1, return=minimal"), ("if-match", &etag)];
    let whole = world.send("caseworker.a", Method::PATCH, &url, &whole, Some(&patch)).await.expect(200);
    assert_eq!((whole.header("preference-applied"), &whole.json()["risk_level"]), ("return=representation", &patch["risk_level"]));
    let etag = whole.etag();
    let neither = [("prefer", "return=nothing, wait=1"), ("if-match", &etag)];
    let neither = world.send("caseworker.a", Method::PATCH, &url, &neither, Some(&patch)).await.expect(200);
    assert!(neither.header("preference-applied").is_empty() && !neither.body.is_empty());
    let etag = neither.etag();
    let quoted = [("prefer", "return = \"minimal\""), ("if-match", &etag)];
    world.send("caseworker.a", Method::PATCH, &url, &quoted, Some(&patch)).await.expect(204);
    assert_eq!(world.get("caseworker.a", &url).await.json()["risk_level"], "high");
    // A refusal keeps its body, and so does an answer with a secret that is shown once.
    world.send("caseworker.a", Method::PATCH, &url, &minimal, Some(&patch)).await.problem(428, "precondition_required");
    let organisation = world.get("caseworker.b", "/v1/me").await.json()["organisation_id"].clone();
    let client = serde_json::json!({ "organisation_id": organisation, "name": "Register", "scopes": ["case:read"] });
    let client = world.send("admin", Method::POST, "/v1/clients", &minimal, Some(&client)).await.expect(201);
    let secrets = format!("{}/secrets", client.header("location"));
    let secret = world.send("admin", Method::POST, &secrets, &minimal, Some(&serde_json::json!({}))).await.expect(201);
    assert!(secret.json()["secret"].is_string());
}

#[rstest]
#[actix_web::test]
async fn only_pages_of_named_origins_may_ask(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let preflight = async |origin: &str| {
        let request = TestRequest::with_uri("/v1/cases").method(Method::OPTIONS).insert_header(("origin", origin.to_owned()));
        let asked = request.insert_header(("access-control-request-method", "POST"));
        world.raw(asked.insert_header(("access-control-request-headers", "authorization, idempotency-key"))).await
    };
    let open = preflight(ORIGIN).await;
    assert_eq!((open.status, open.header("access-control-allow-origin")), (200, ORIGIN));
    assert!(open.header("access-control-allow-headers").contains("idempotency-key"));
    assert_eq!(open.header("access-control-allow-credentials"), "", "there are no cookies to let through");
    assert_eq!(preflight("https://elsewhere.example.org").await.header("access-control-allow-origin"), "");
    let asked = [("origin", ORIGIN)];
    let refused = world.send("", Method::GET, "/v1/me", &asked, None).await;
    assert_eq!(refused.header("access-control-allow-origin"), ORIGIN, "a page must be able to read why it was refused");
    assert!(refused.header("access-control-expose-headers").contains("etag"));
    refused.problem(401, "unauthenticated");
    let elsewhere = world.send("", Method::GET, "/v1/me", &[("origin", "https://elsewhere.example.org")], None).await;
    assert_eq!(elsewhere.header("access-control-allow-origin"), "");
}

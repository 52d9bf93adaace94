//! Conditional requests: what was read before is read again, or changed, only where it is still that.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::json;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

/// RFC 9110 §13: a condition that does not hold is 412, for whoever reads and for whoever changes.
#[rstest]
#[actix_web::test]
async fn a_condition_that_does_not_hold_is_412(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().unwrap());
    let etag = world.get("caseworker.a", &url).await.expect(200).etag();
    let read = async |headers: &[(&str, &str)]| world.send("caseworker.a", Method::GET, &url, headers, None).await;
    for current in [etag.as_str(), "*", "\"1\"", "\"7\", \"1\""] {
        read(&[("if-match", current)]).await.expect(200);
    }
    read(&[("if-match", &etag), ("if-none-match", &etag)]).await.expect(304);
    for missed in [&[("if-match", "\"7\"")][..], &[("if-match", "\"7\""), ("if-none-match", etag.as_str())]] {
        read(missed).await.problem(412, "stale_version");
    }
    let change = json!({ "risk_level": "high" });
    let patch = async |url: &str, headers: &[(&str, &str)]| world.send("caseworker.a", Method::PATCH, url, headers, Some(&change)).await;
    for refused in [
        &[("if-none-match", "*")][..],
        &[("if-match", "*"), ("if-none-match", "*")],
        &[("if-match", etag.as_str()), ("if-none-match", "*")],
        &[("if-match", "*"), ("if-none-match", etag.as_str())],
        &[("if-match", etag.as_str()), ("if-none-match", "W/\"1\"")],
    ] {
        patch(&url, refused).await.problem(412, "stale_version");
    }
    patch("/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10", &[("if-none-match", "*")]).await.problem(404, "not_found");
    patch(&url, &[("if-none-match", "\"7\"")]).await.problem(428, "precondition_required");
    patch(&url, &[("if-match", "*"), ("if-none-match", "7")]).await.problem(400, "invalid_header");
    assert_eq!(world.get("caseworker.a", &url).await.json()["version"], 1);
    patch(&url, &[("if-match", "*"), ("if-none-match", "\"7\"")]).await.expect(200);
}

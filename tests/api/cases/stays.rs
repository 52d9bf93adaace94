//! Stays: a person sold on between compounds has several.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::json;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/stays").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn several_stays_are_kept_changed_and_removed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let compound =
        json!({ "name": "KK Park", "aliases": [{ "name": "KK園區" }], "site_type": "gated_complex", "country": "MMR", "status": "active" });
    let compound = world.post("caseworker.a", "/v1/compounds", compound).await.expect(201).json();
    let case = world.register("caseworker.a", data::taiwanese()).await;
    let url = format!("/v1/cases/{}/stays", case["id"].as_str().unwrap());
    let first = json!({ "compound_id": compound["id"], "entered_on": "2025-01", "entry": "recruited", "left_on": "2025-06", "notes": "Sold for a debt" });
    let first = world.post("caseworker.a", &url, first).await.expect(201);
    world.post("caseworker.a", &url, json!({ "entered_on": "2025-06", "entry": "sold", "exit_mode": "escaped" })).await.expect(201);
    let list = world.get("caseworker.a", &url).await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    let one = first.header("location").to_owned();
    let changed = world.patch("caseworker.a", &one, json!({ "notes": null, "left_on": "2025-07" })).await.expect(200).json();
    assert_eq!(
        (changed["notes"].clone(), changed["left_on"].clone(), changed["compound_id"].clone()),
        (json!(null), json!("2025-07"), compound["id"].clone())
    );
    assert_eq!(world.patch("caseworker.a", &one, json!({ "left_on": "2024" })).await.pointers(), ["/left_on"]);
    world.get("caseworker.b", &one).await.problem(404, "not_found");
    assert_eq!(world.get("coordinator", &url).await.expect(200).json(), json!({ "redacted": ["narrative"] }));
    world.post("coordinator", &url, json!({ "entry": "sold" })).await.problem(403, "permission_denied");
    let etag = world.get("caseworker.a", &one).await.etag();
    world.send("caseworker.a", Method::DELETE, &one, &[("if-match", "\"1-10\"")], None).await.problem(412, "stale_version");
    world.send("caseworker.a", Method::DELETE, &one, &[("if-match", &etag)], None).await.expect(204);
    world.get("caseworker.a", &one).await.problem(404, "not_found");
}

//! Compounds and operations: published facts, with their contradictions.

use rstest::rstest;
use serde_json::json;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for url in ["/v1/operations", "/v1/compounds", "/v1/missions"] {
        world.get("", url).await.problem(401, "unauthenticated");
    }
}

#[rstest]
#[actix_web::test]
async fn parts_that_do_not_add_up_are_a_warning_and_never_an_error(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let whole = json!({ "name": "Crackdown", "kind": "raid", "country": "KHM", "date_precision": "day", "started_on": "2025-07-14",
                        "stated_total": { "value": 1000, "qualifier": "more_than" } });
    let whole = world.post("coordinator", "/v1/operations", whole).await.expect(201).json();
    let id = whole["operation"]["id"].as_str().unwrap().to_owned();
    let part = |counts: serde_json::Value| json!({ "name": "Part", "kind": "raid", "part_of": id, "country": "KHM", "date_precision": "day", "counts": counts });
    let count = |nationality: &str, value: i32, qualifier: &str, is_subset: bool| json!({ "nationality": nationality, "outcome": "arrested", "value": value, "qualifier": qualifier, "is_subset": is_subset });
    world.post("coordinator", "/v1/operations", part(json!([count("VNM", 200, "more_than", false)]))).await.expect(201);
    world
        .post("coordinator", "/v1/operations", part(json!([count("IDN", 270, "exact", false), count("IDN", 45, "exact", true)])))
        .await
        .expect(201);
    let seen = world.get("officer.idn", &format!("/v1/operations/{id}")).await.expect(200).json();
    assert_eq!(seen["parts"].as_array().map(Vec::len), Some(2));
    let found = &seen["reconciliation"];
    assert_eq!(
        (found["sum_of_parts"].clone(), found["is_lower_bound"].clone(), found["status"].clone()),
        (json!(470), json!(true), json!("warning"))
    );
    let nested =
        json!({ "name": "Part of a part", "kind": "raid", "part_of": seen["parts"][0]["id"], "country": "KHM", "date_precision": "day" });
    assert_eq!(world.post("coordinator", "/v1/operations", nested).await.pointers(), ["/part_of"]);
    world.post("officer.idn", "/v1/operations", part(json!([]))).await.problem(403, "permission_denied");
    let url = format!("/v1/operations/{id}");
    let changed = world.patch("coordinator", &url, json!({ "stated_total": { "value": 400 } })).await.expect(200).json();
    assert_eq!(changed["reconciliation"]["status"], "consistent");
}

#[rstest]
#[actix_web::test]
async fn a_compound_is_found_by_any_name_in_any_script(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let compound = json!({ "name": "Xinshan Great Wall Park", "aliases": [{ "name": "新山長城園" }, { "name": "ឧទ្យានកំពែង" }], "site_type": "gated_complex",
                           "country": "KHM", "city": "Sihanoukville", "status": "raided", "latitude": 10.63456, "longitude": 103.52321 });
    let made = world.post("caseworker.a", "/v1/compounds", compound).await.expect(201).json();
    assert_eq!((made["latitude"].clone(), made["longitude"].clone()), (json!(10.63), json!(103.52)), "a door is never given away");
    for name in ["xinshan", "GREAT wall", "park", "長城", "新山", "ឧទ្យាន"] {
        let found = world
            .get("officer.idn", &format!("/v1/compounds?name={}", form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>()))
            .await;
        assert_eq!(found.expect(200).json()["items"].as_array().map(Vec::len), Some(1), "{name}");
    }
    assert_eq!(world.get("officer.idn", "/v1/compounds?name=wallpark").await.json()["items"], json!([]));
    let url = format!("/v1/compounds/{}", made["id"].as_str().unwrap());
    world.patch("caseworker.a", &url, json!({ "aliases": null, "name": "Renamed" })).await.expect(200);
    assert_eq!(world.get("officer.idn", "/v1/compounds?name=xinshan").await.json()["items"], json!([]));
    let endless = world.get("officer.idn", &format!("/v1/compounds?name={}", "a".repeat(101))).await;
    assert_eq!(endless.problem(400, "invalid_query")["errors"][0]["pointer"], "name");
    let half = json!({ "name": "x", "site_type": "other", "country": "KHM", "status": "unknown", "latitude": 1.0 });
    assert_eq!(world.post("caseworker.a", "/v1/compounds", half).await.pointers(), ["/longitude"]);
}

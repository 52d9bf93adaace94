//! What the press, ministries and courts say: kept as it was said, side by side with its opposite.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::Machine;
use crate::support::{World, data};

fn sample() -> Value {
    data::sample("create_statement", &data::Ids::default(), 0).expect("a body")
}

/// The sample with other fields.
fn with(fields: Value) -> Value {
    let mut body = sample();
    for (name, value) in fields.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}

/// The first figures of the statements that a question finds, in the order of recording.
async fn said(world: &World, question: &str) -> Vec<String> {
    let page = world.get("officer.idn", &format!("/v1/statements?{question}")).await.expect(200).json();
    let figure = |item: &Value| item["figures"][0]["value"].as_str().unwrap_or("-").to_owned();
    page["items"].as_array().expect("a list").iter().map(figure).collect()
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/statements").await.problem(401, "unauthenticated");
    world.post("", "/v1/statements", sample()).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn everybody_who_is_signed_in_reads_and_who_writes_reference_data_writes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let made = world.post("coordinator", "/v1/statements", sample()).await.expect(201);
    let url = made.header("location").to_owned();
    assert_eq!((made.json()["kind"].clone(), made.json()["version"].clone()), (json!("estimate"), json!(1)));
    world.admit("machine.narrow", Machine::new(world, "NGO A", &["reference:read"], json!({})).await);
    for reader in ["officer.idn", "caseworker.a", "analyst", "auditor", "admin", "machine.narrow"] {
        assert_eq!(world.get(reader, &url).await.expect(200).json(), made.json(), "{reader}");
    }
    for reader in ["officer.idn", "analyst", "auditor", "machine.narrow"] {
        world.post(reader, "/v1/statements", sample()).await.problem(403, "permission_denied");
        world.patch(reader, &url, json!({ "said": "Another figure" })).await.problem(403, "permission_denied");
    }
    assert_eq!(world.get("coordinator", &url).await.json()["version"], 1, "and nothing is changed");
}

#[rstest]
#[actix_web::test]
async fn contradictory_figures_stand_side_by_side(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let operation = json!({ "name": "Crackdown", "kind": "raid", "country": "KHM", "date_precision": "unknown" });
    let operation = world.post("coordinator", "/v1/operations", operation).await.expect(201).json()["operation"]["id"].clone();
    let figure = |value: &str| json!([{ "of": "people", "value": value, "qualifier": "approx" }]);
    for (value, asserted_by) in [("100000", "United Nations"), ("150000", "An analyst"), ("100000", "United Nations")] {
        let body = with(json!({ "figures": figure(value), "asserted_by": asserted_by, "operation_id": operation }));
        world.post("coordinator", "/v1/statements", body).await.expect(201);
    }
    let mut of_it = said(world, &format!("operation_id={}", operation.as_str().expect("an id"))).await;
    of_it.sort_unstable();
    assert_eq!(of_it, ["100000", "100000", "150000"], "nothing is reconciled away");
}

#[rstest]
#[actix_web::test]
async fn a_list_is_narrowed_by_what_when_where_and_who(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let compound = data::sample("create_compound", &data::Ids::default(), 0).expect("a body");
    let compound = world.post("coordinator", "/v1/compounds", compound).await.expect(201).json()["id"].clone();
    let source =
        |publisher: &str, day: Value| json!({ "publisher": publisher, "published_on": day, "kind": "news_report", "reliability": "media" });
    let paid = |amount: &str| json!([{ "of": "amount", "value": amount, "qualifier": "exact", "currency": "USD", "per": "person" }]);
    for fields in [
        json!({ "topic": "sale_price", "figures": paid("1"), "happened_on": "2022-08", "country": "KHM", "source": source("A", json!("2023-01-01")) }),
        json!({ "topic": "ransom", "figures": paid("2"), "happened_on": "2022", "ended_on": "2023-02", "country": "MMR", "source": source("B", json!(null)) }),
        json!({ "topic": "sale_price", "figures": paid("3"), "happened_on": null, "country": "KHM", "compound_id": compound, "source": source("A", json!("2025-07-17")) }),
        json!({ "topic": "travel", "figures": paid("4"), "happened_on": null, "country": "KHM", "source": source("A", json!(null)) }),
    ] {
        world.post("coordinator", "/v1/statements", with(fields)).await.expect(201);
        world.clock.forward(1);
    }
    let of_the_compound = format!("compound_id={}", compound.as_str().expect("an id"));
    for (question, expected) in [
        ("", vec!["1", "2", "3", "4"]),
        ("kind=payment", vec!["1", "2", "3"]),
        ("topic=ransom", vec!["2"]),
        ("country=KHM&kind=payment", vec!["1", "3"]),
        ("publisher=A", vec!["1", "3", "4"]),
        ("publisher=a", vec![]),
        (of_the_compound.as_str(), vec!["3"]),
        ("since=2022-08-31", vec!["1", "2", "3"]),
        ("since=2022-09-01", vec!["2", "3"]),
        ("until=2022-07-31", vec!["2"]),
        ("since=2022-08-15&until=2022-08-16", vec!["1", "2"]),
        ("since=2023-03-01", vec!["3"]),
        ("since=2025-07-18", vec![]),
    ] {
        assert_eq!(said(world, question).await, expected, "{question}");
    }
    let endless = world.get("officer.idn", &format!("/v1/statements?publisher={}", "a".repeat(201))).await;
    assert_eq!(endless.problem(400, "invalid_query")["errors"][0]["pointer"], "publisher");
    let first = world.get("officer.idn", "/v1/statements?limit=3").await.expect(200).json();
    let next = world.get("officer.idn", &format!("/v1/statements?limit=3&after={}", first["next"].as_str().expect("a cursor"))).await;
    assert_eq!(next.expect(200).json()["items"][0]["figures"][0]["value"], "4");
}

#[rstest]
#[actix_web::test]
async fn what_makes_no_sense_is_refused_where_it_stands(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let nobody = "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10";
    let people = |more: Value| {
        let mut figure = json!({ "of": "people", "qualifier": "exact" });
        for (name, value) in more.as_object().expect("fields") {
            figure[name] = value.clone();
        }
        json!({ "figures": [figure] })
    };
    let source = |more: (&str, Value)| {
        let mut source = json!({ "publisher": "A", "kind": "news_report", "reliability": "media" });
        source[more.0] = more.1;
        json!({ "source": source })
    };
    for (fields, pointer, code) in [
        (json!({ "happened_on": "2199" }), "/happened_on", "date_in_future"),
        (json!({ "happened_on": "2025-07-16", "ended_on": "2025-07-14" }), "/ended_on", "out_of_order"),
        (source(("published_on", json!("2199-01-01"))), "/source/published_on", "date_in_future"),
        (source(("url", json!("http://example.org"))), "/source/url", "not_https"),
        (json!({ "subject": "Somebody" }), "/subject", "not_applicable"),
        (people(json!({ "value": "1", "low": "1" })), "/figures/0/value", "either_or"),
        (people(json!({ "low": "20", "high": "10" })), "/figures/0/high", "out_of_order"),
        (people(json!({ "value": "1", "currency": "USD" })), "/figures/0/currency", "not_applicable"),
        (people(json!({ "of": "amount", "value": "1" })), "/figures/0/currency", "required"),
        (json!({ "operation_id": nobody }), "/operation_id", "not_found"),
        (json!({ "compound_id": nobody }), "/compound_id", "not_found"),
    ] {
        let refused = world.post("coordinator", "/v1/statements", with(fields)).await.problem(422, "validation_failed");
        assert_eq!((refused["errors"][0]["pointer"].as_str(), refused["errors"][0]["code"].as_str()), (Some(pointer), Some(code)));
    }
    for (fields, pointer, code) in [
        (people(json!({ "value": "-1" })), "/figures/0/value", "invalid_amount"),
        (json!({ "codes": ["Romance scams"] }), "/codes/0", "malformed"),
    ] {
        let refused = world.post("coordinator", "/v1/statements", with(fields)).await.problem(400, "invalid_body");
        assert_eq!((refused["errors"][0]["pointer"].as_str(), refused["errors"][0]["code"].as_str()), (Some(pointer), Some(code)));
    }
    let named = json!({ "topic": "sanction", "subject": "Somebody whom a court named" });
    world.post("coordinator", "/v1/statements", with(named)).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn a_statement_that_was_copied_wrongly_is_put_right_by_one_at_a_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let made = world.post("coordinator", "/v1/statements", sample()).await.expect(201);
    let (url, etag) = (made.header("location").to_owned(), made.etag());
    let change = json!({ "topic": "ransom", "happened_on": "2022-08", "asserted_by": null });
    let changed = world.patch("caseworker.a", &url, change).await.expect(200);
    let body = changed.json();
    assert_eq!((body["kind"].clone(), body["asserted_by"].clone(), body["version"].clone()), (json!("payment"), json!(null), json!(2)));
    assert_ne!(changed.etag(), etag);
    let stale =
        world.send("coordinator", actix_web::http::Method::PATCH, &url, &[("if-match", &etag)], Some(&json!({ "said": "x" }))).await;
    stale.problem(412, "stale_version");
    assert_eq!(said(world, "since=2022-08-01&until=2022-08-31").await.len(), 1, "the days to be found by follow the change");
    let unchanged = world.patch("coordinator", &url, json!({ "source": null })).await;
    assert_eq!(unchanged.status, 422, "a statement without a source is none: {}", unchanged.text());
}

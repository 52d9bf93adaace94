//! Why an end is taken back: sealed with the case, and told to who sees it.

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use rstest::rstest;
use serde_json::{Value, json};

use super::{WHY, enter, world};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn the_reason_of_a_correction_is_read_through_the_case_and_dies_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, enter(world, "deceased")).await.expect(200);
    let asked = go(world, "supervisor.a", &case, json!({ "to": "resume", "reason": WHY })).await.expect(202).json();
    let approval = format!("/v1/approvals/{}", asked["approval_id"].as_str().expect("an approval"));
    let shown = async |actor: &str| {
        let one = world.get(actor, &approval).await.expect(200).json()["reason"].clone();
        let list = world.get(actor, "/v1/approvals?limit=200").await.expect(200).json();
        let listed = list["items"].as_array().expect("approvals").iter().find(|item| item["id"] == asked["approval_id"]).cloned();
        assert_eq!(listed.expect("it is listed")["reason"], one);
        one
    };
    assert_eq!(shown("second.a").await, WHY);
    world.send("second.a", Method::POST, &format!("{approval}/approve"), &[], None).await.expect(200);
    // What a second person approved is what the log says.
    let other = json!({ "to": "resume", "reason": "Something else" });
    let standing = go(world, "supervisor.a", &case, other).await.expect(200).json();
    assert_eq!(standing["history"].as_array().unwrap().last().unwrap()["details"]["reason"], WHY);

    // Whoever sees the case no more reads none of it.
    let erasure = json!({ "erasure": { "case_id": case["id"], "requested_by_person": true } });
    let hidden = asked_about(world, &case, &erasure).await;
    let id = case["id"].as_str().unwrap().to_owned();
    let grants = async |set: &str| {
        world
            .database
            .with_connection(|connection| {
                let id = if connection.is_postgres() { format!("'{id}'") } else { format!("x'{}'", id.replace('-', "")) };
                connection.batch_execute(&format!("UPDATE case_grants SET expires_at = {set} WHERE case_id = {id}"))
            })
            .expect("the grants are others");
    };
    grants("created_at").await;
    assert_eq!(shown("second.a").await, Value::Null);
    assert_eq!(world.get("second.a", &format!("/v1/approvals/{hidden}")).await.expect(200).json()["reason"], Value::Null);
    grants("NULL").await;
    assert_eq!(shown("second.a").await, WHY);

    world.send("second.a", Method::POST, &format!("/v1/approvals/{hidden}/approve"), &[], None).await.expect(200);
    let body = json!({ "approval_id": hidden, "requested_by_person": true });
    world.post("supervisor.a", &at(&case, "/erasure"), body).await.expect(204);
    assert_eq!(shown("second.a").await, Value::Null);
    let rows = crate::support::dump::rows_naming(world, &[&case["id"]])["approvals"].clone();
    assert_eq!(rows.len(), 2, "the acts are still on record");
    for row in rows {
        let row: Value = serde_json::from_str(&row).expect("a row");
        assert!(row["sealed_reason"] == "X''" || row["sealed_reason"] == "\\x", "nothing is sealed there any more: {row}");
    }
}

async fn asked_about(world: &World, case: &Value, act: &Value) -> String {
    let mut body = act.clone();
    body["reason"] = json!(format!("The person {} asks for it", case["code"]));
    world.post("supervisor.a", "/v1/approvals", body).await.expect(201).json()["id"].as_str().expect("an id").to_owned()
}

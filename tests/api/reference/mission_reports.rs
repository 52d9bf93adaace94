//! The figures that missions report.

use rstest::rstest;
use serde_json::json;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn anonymous_reports_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/mission-reports").await.problem(401, "unauthenticated");
    let report = data::sample("create_mission_report", &data::Ids::default(), 0).unwrap();
    world.post("caseworker.a", "/v1/mission-reports", report).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn contradicting_reports_are_both_kept_and_a_mission_sees_its_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (actor, count, day) in [("officer.idn", 5008, "2026-01-19"), ("officer.idn", 5088, "2026-01-19"), ("officer.vnm", 12, "2026-01-20")]
    {
        let report = json!({ "reported_on": day, "nationality": if actor == "officer.idn" { "IDN" } else { "VNM" }, "count": count, "qualifier": "exact", "kind": "complaint", "basis": "Press release" });
        world.post(actor, "/v1/mission-reports", report).await.expect(201);
    }
    let counts = async |actor: &str| {
        let answer = world.get(actor, "/v1/mission-reports").await.expect(200).json();
        let mut counts: Vec<i64> = answer["items"].as_array().unwrap().iter().map(|item| item["count"].as_i64().unwrap()).collect();
        counts.sort_unstable();
        counts
    };
    assert_eq!(counts("officer.idn").await, [5008, 5088]);
    assert_eq!(counts("officer.vnm").await, [12]);
    assert_eq!(counts("coordinator").await, [12, 5008, 5088]);
    let foreign = world.get("coordinator", "/v1/mission-reports?limit=1").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    world.get("officer.idn", &format!("/v1/mission-reports/{foreign}")).await.problem(404, "not_found");
    world.get("officer.vnm", &format!("/v1/mission-reports/{foreign}")).await.expect(200);
    let ahead = json!({ "reported_on": "2199-01-01", "nationality": "IDN", "count": 1, "qualifier": "exact", "kind": "freed" });
    world.post("officer.idn", "/v1/mission-reports", ahead).await.problem(422, "validation_failed");
}

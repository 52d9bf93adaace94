//! How many people are in which kind of place, without a name or an address.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

const COUNTS: &str = "/v1/placements/counts";

async fn place(world: &World, case: &Value, kind: &str, from: i64, until: Option<i64>) {
    let until = until.map(|days| world.day(days));
    let placement = json!({ "kind": kind, "facility": "House of Mercy", "city": "Phnom Penh", "from": world.day(from), "until": until });
    world.post("caseworker.a", &at(case, "/placements"), placement).await.expect(201);
}

async fn counts(world: &World, actor: &str) -> Value {
    world.get(actor, COUNTS).await.expect(200).json()["items"].clone()
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", COUNTS).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn each_person_is_counted_where_they_are_today(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    assert_eq!(counts(world, "caseworker.a").await, json!([]));
    let mut cases = Vec::new();
    for _ in 0..4 {
        cases.push(world.register("caseworker.a", data::vietnamese()).await);
    }
    place(world, &cases[0], "shelter", -5, None).await;
    place(world, &cases[1], "shelter", -5, None).await;
    // To hospital yesterday: the shelter keeps the bed, and nobody is counted twice.
    place(world, &cases[1], "hospital", -1, None).await;
    // A bed that is booked, and one that was left.
    place(world, &cases[2], "hotel", 1, None).await;
    place(world, &cases[3], "police_station", -4, Some(-1)).await;
    let expected = |counted: &[(&str, i64)]| {
        json!(counted.iter().map(|(kind, people)| json!({ "country": "KHM", "kind": kind, "people": people })).collect::<Vec<_>>())
    };
    assert_eq!(counts(world, "caseworker.a").await, expected(&[("shelter", 1), ("hospital", 1)]));
    let whole = world.get("caseworker.a", COUNTS).await.expect(200).text();
    assert!(!whole.contains("Mercy") && !whole.contains("Phnom Penh"), "{whole}");
    for other in ["coordinator", "officer.vnm", "caseworker.b"] {
        assert_eq!(counts(world, other).await, json!([]), "{other} opens no location");
    }
    world.get("analyst", COUNTS).await.problem(403, "permission_denied");
    world.act("supervisor.a", &at(&cases[1], ""), "/close", json!({ "reason": "other", "end_tasks": true })).await.expect(200);
    assert_eq!(counts(world, "caseworker.a").await, expected(&[("shelter", 1)]), "a case that is closed is in no bed");
    let left =
        json!({ "departed_on": world.day(-1), "basis": "self_organised", "reason": "On a ticket of the family", "source": "His sister" });
    world.act("supervisor.a", &at(&cases[0], "/repatriation"), "/afterwards", left).await.expect(200);
    assert_eq!(counts(world, "caseworker.a").await, json!([]), "whoever left the country left the shelter");
    let dead = world.register("caseworker.a", data::vietnamese()).await;
    place(world, &dead, "hospital", -1, None).await;
    assert_eq!(counts(world, "caseworker.a").await, expected(&[("hospital", 1)]));
    go(world, "caseworker.a", &dead, json!({ "to": "deceased", "occurred_on": world.day(0), "source": "Hospital" })).await.expect(200);
    assert_eq!(counts(world, "caseworker.a").await, json!([]), "nobody who died is in a bed");
    world.grow_stale("caseworker.a").await;
    world.get("caseworker.a", COUNTS).await.problem(401, "insufficient_user_authentication");
}

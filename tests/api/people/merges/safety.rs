//! Of two facts about safety the stricter one holds for both until somebody decides; one who is dead and one who is not are asked about.

use super::*;
use crate::support::journey::go;

async fn warnings(world: &World, twins: &Twins) -> Value {
    twins.preview(world, "supervisor.a").await.expect(200).json()["warnings"].clone()
}

#[rstest]
#[actix_web::test]
async fn a_legal_hold_of_either_goes_over_and_holds(#[values(Sqlite, Postgres)] kind: Kind, #[values(true, false)] is_of_other: bool) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    assert_eq!(warnings(world, &twins).await, json!([]));
    let held = if is_of_other { &twins.other } else { &twins.survivor };
    let hold = json!({ "kind": "witness_proceedings", "imposed_on": world.day(-9) });
    world.post("caseworker.a", &at(held, "/legal-holds"), hold).await.expect(201);
    assert_eq!(warnings(world, &twins).await, json!(["legal_hold"]));
    let merge = twins.merge(world).await;
    let holds = world.get("caseworker.a", &at(&twins.survivor, "/legal-holds")).await.expect(200).json();
    assert_eq!(holds["items"].as_array().map(Vec::len), Some(1), "{holds}");
    assert_eq!(holds["items"][0]["lifted_on"], Value::Null);
    undo(world, &merge).await.expect(200);
    let holds = world.get("caseworker.a", &at(held, "/legal-holds")).await.expect(200).json();
    assert_eq!(holds["items"].as_array().map(Vec::len), Some(1), "{holds}");
}

#[rstest]
#[actix_web::test]
async fn a_claim_for_asylum_of_either_keeps_both_from_missions(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values(true, false)] is_of_other: bool,
) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let (claims, sees) = if is_of_other { (&twins.other, &twins.survivor) } else { (&twins.survivor, &twins.other) };
    accept_mission(world, sees).await;
    world.get("officer.vnm", &at(sees, "")).await.expect(200);
    world.patch("caseworker.a", &at(claims, ""), json!({ "protection": { "asylum_claim_open": true } })).await.expect(200);
    assert_eq!(warnings(world, &twins).await, json!(["kept_from_missions"]));
    twins.merge(world).await;
    let survivor = world.get("caseworker.a", &at(&twins.survivor, "")).await.expect(200).json();
    assert_eq!(survivor["protection"]["asylum_claim_open"], true);
    for case in [&twins.survivor, &twins.other] {
        world.get("officer.vnm", &at(case, "")).await.problem(404, "not_found");
    }
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    let barred = world.post("caseworker.a", &at(&twins.survivor, "/embassy-contacts"), contact).await;
    assert!((400..500).contains(&barred.status), "{}", barred.text());
}

#[rstest]
#[actix_web::test]
async fn somebody_dead_and_somebody_alive_are_merged_only_when_it_is_meant(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let died = json!({ "to": "deceased", "occurred_on": world.day(0), "source": "Hospital" });
    go(world, "caseworker.a", &twins.survivor, died).await.expect(200);
    assert_eq!(warnings(world, &twins).await, json!(["one_is_dead"]));
    let refused = twins.merge_as(world, "supervisor.a", json!([])).await.problem(409, "merge_blocked");
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/accepts"), &json!("one_is_dead")));
    let version = async |case: &Value| world.get("caseworker.a", &at(case, "")).await.json()["version"].clone();
    let body = json!({ "survivor_case_id": twins.survivor["id"], "survivor_version": version(&twins.survivor).await,
        "other_version": version(&twins.other).await, "accepts": ["one_is_dead"] });
    world.post("supervisor.a", &twins.url("/merge"), body).await.expect(201);
    assert_eq!(world.get("caseworker.a", &at(&twins.survivor, "")).await.expect(200).json()["side_state"], "deceased");
}

//! Keys of grants in memory: they save an opening, and never open what the database would not.

use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::people::merges;
use crate::sharing::consents_and_referrals::{at, referred};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

/// Has both organisations read what they see; returns how many grants' keys are in memory then.
async fn kept_after_reading(world: &World) -> usize {
    for actor in ["caseworker.a", "caseworker.b"] {
        world.get(actor, "/v1/cases").await.expect(200);
    }
    world.db.keys_kept()
}

async fn ids_listed(world: &World, actor: &str) -> Vec<Value> {
    let items = world.get(actor, "/v1/cases").await.expect(200).json()["items"].clone();
    items.as_array().expect("items").iter().map(|item| item["id"].clone()).collect()
}

#[rstest]
#[actix_web::test]
async fn the_keys_of_a_list_are_opened_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, ..) = referred(world).await;
    world.register("caseworker.a", data::taiwanese()).await;
    assert_eq!(kept_after_reading(world).await, 3, "two of the owner and one of the guest");
    assert_eq!(kept_after_reading(world).await, 3);
    world.patch("caseworker.a", &at(&case, ""), json!({ "risk_level": "low" })).await.expect(200);
    assert_eq!(kept_after_reading(world).await, 3, "a case that changes keeps its keys");
}

#[rstest]
#[actix_web::test]
async fn no_key_stays_in_memory_when_an_access_ends(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, consent, _) = referred(world).await;
    assert!(kept_after_reading(world).await > 0);
    world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200);
    assert_eq!(world.db.keys_kept(), 0, "withdrawn");
    assert_eq!(ids_listed(world, "caseworker.b").await, Vec::<Value>::new());

    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted",
        "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    assert!(kept_after_reading(world).await > 0);
    world.post("caseworker.a", &at(&case, "/denials"), json!({ "scope": "missions_of", "missions_of": "VNM" })).await.expect(201);
    assert_eq!(world.db.keys_kept(), 0, "denied");
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn no_key_stays_in_memory_when_cases_are_merged_and_parted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let merge = format!("/v1/merges/{}", merges::merged_twins(world).await);
    assert_eq!(world.db.keys_kept(), 0, "merged");
    assert!(kept_after_reading(world).await > 0);
    merges::undo(world, &merge).await.expect(200);
    assert_eq!(world.db.keys_kept(), 0, "parted");
    assert_eq!(kept_after_reading(world).await, 2);
}

/// Another instance does not learn at once that an access ended here, and its keys open nothing all the same.
#[rstest]
#[actix_web::test]
async fn a_key_in_memory_opens_nothing_without_a_grant(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let other = world.restart(crate::support::database::keys()).await;
    let (case, consent, _) = referred(world).await;
    other.get("caseworker.b", &at(&case, "")).await.expect(200);
    assert_eq!(ids_listed(&other, "caseworker.b").await, [case["id"].clone()]);
    world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200);
    assert!(other.db.keys_kept() > 0, "the test looks at keys that are still there");
    assert_eq!(ids_listed(&other, "caseworker.b").await, Vec::<Value>::new());
    other.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    let search = json!({ "code": case["code"] });
    assert_eq!(other.post("caseworker.b", "/v1/cases/search", search).await.expect(200).json()["items"], json!([]));
}

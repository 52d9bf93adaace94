//! Whoever is shut out of the case that goes on, in whatever way, is shut out of the merged ones too: they have one owner.

use super::*;
use crate::accounts::approvals::{approved, colleague};
use crate::sharing::consents_and_referrals::step;
use crate::sharing::exclusions::{agreed, shut_out, take_back};

/// Everybody who might read a case.
const READERS: &[&str] =
    &["caseworker.a", "supervisor.a", "caseworker.b", "coordinator", "officer.idn", "supervisor.idn", "officer.vnm", "officer.twn"];

/// What is read at a case.
const PARTS: &[&str] = &[
    "",
    "/location",
    "/history",
    "/dossier",
    "/papers/authority-letter",
    "/papers/travel-document-application",
    "/papers/consent-form",
    "/repatriation",
    "/consents",
    "/denials",
    "/attachments",
    "/tasks",
];

/// The woman of [`data::walk_in`], registered twice by her embassy, the second time with what can kill her.
async fn walked_in_twice(world: &World) -> Twins {
    let mut second = data::walk_in();
    second["location"] = json!({ "facility": "Shelter behind the market", "address": "Street 99" });
    second["protection"] = json!({ "notes": "Afraid of an official at home" });
    let (survivor, other) = (world.register("officer.idn", data::walk_in()).await, world.register("officer.idn", second).await);
    match_once(&world.db).await.expect("everybody is compared");
    let pairs = world.get("officer.idn", "/v1/duplicates").await.expect(200).json();
    let pair = pairs["items"][0]["id"].as_str().expect("the pair").to_owned();
    Twins { survivor, other, pair }
}

async fn merged(world: &World, twins: &Twins) -> String {
    let body = json!({ "survivor_case_id": twins.survivor["id"], "survivor_version": 1, "other_version": 1 });
    world.post("supervisor.idn", &twins.url("/merge"), body).await.expect(201).header("location").to_owned()
}

/// Asserts that nobody reads the merged case who does not read the one that goes on, and that both have one owner.
async fn are_open_to_the_same(world: &World, twins: &Twins) {
    for actor in READERS {
        let survivor = world.get(actor, &at(&twins.survivor, "")).await;
        for part in PARTS {
            let read = world.get(actor, &at(&twins.other, part)).await;
            assert!(read.status != 200 || survivor.status == 200, "{actor} reads {part} of the merged case: {}", read.text());
        }
        let other = world.get(actor, &at(&twins.other, "")).await;
        if other.status == 200 {
            assert_eq!(other.json()["owner_id"], survivor.json()["owner_id"], "{actor}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn who_is_shut_out_of_the_case_that_goes_on_is_shut_out_of_the_merged_one(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values("protection_pathway", "denial")] way: &str,
) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = walked_in_twice(world).await;
    let merge = merged(world, &twins).await;
    are_open_to_the_same(world, &twins).await;
    world.get("officer.idn", &at(&twins.other, "/location")).await.expect(200);
    assert!(shut_out(world, way, &twins.survivor, &Value::Null).await.status < 300);
    are_open_to_the_same(world, &twins).await;
    for mission in ["officer.idn", "supervisor.idn"] {
        for part in PARTS {
            world.get(mission, &at(&twins.other, part)).await.problem(404, "not_found");
        }
        world.get(mission, &merge).await.problem(404, "not_found");
        let found = world.get(mission, &format!("/v1/cases?code={}", twins.other["code"].as_str().unwrap())).await.expect(200).json();
        assert_eq!(found["items"], json!([]));
    }
    // Somebody is responsible for both, and opens of the merged one what it opened before.
    let other = world.get("coordinator", &at(&twins.other, "")).await.expect(200).json();
    assert_eq!(other["owner_id"], json!(organisation_of(world, "coordinator").await));
    assert_eq!((&other["location"], &other["protection"]), (&Value::Null, &Value::Null), "{other}");

    // And can erase both.
    colleague(world, "coordinator.two", "coordinator", "Desk").await;
    let act = json!({ "erasure": { "case_id": twins.survivor["id"], "requested_by_person": true } });
    let approval = approved(world, "coordinator", "coordinator.two", act).await;
    let body = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("coordinator", &at(&twins.survivor, "/erasure"), body).await.expect(204);
    world.get("coordinator", &at(&twins.other, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_wrong_pathway_is_taken_back_for_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = walked_in_twice(world).await;
    let merge = merged(world, &twins).await;
    let before = world.get("officer.idn", &at(&twins.other, "")).await.expect(200).json();
    assert!(shut_out(world, "protection_pathway", &twins.survivor, &Value::Null).await.status < 300);
    colleague(world, "coordinator.two", "coordinator", "Desk").await;
    let approval = agreed(world, &twins.survivor).await;
    take_back(world, "coordinator", &twins.survivor, &approval).await.expect(204);
    are_open_to_the_same(world, &twins).await;
    assert_eq!(world.get("officer.idn", &at(&twins.other, "")).await.expect(200).json()["location"], before["location"]);
    world.get("officer.idn", &at(&twins.survivor, "")).await.expect(200);
    world.act("supervisor.idn", &merge, "/undo", json!({ "reason": "Sisters" })).await.expect(200);
    for case in [&twins.survivor, &twins.other] {
        world.patch("officer.idn", &at(case, ""), json!({ "risk_level": "imminent" })).await.expect(200);
        world.get("coordinator", &at(case, "")).await.expect(200);
    }
}

/// Hands a case from one organisation to another one, with the consent of the person.
async fn hand_on(world: &World, keeper: &str, taker: &str, case: &Value) {
    let (mut consent, to) = (data::consent("share_with_ngo"), organisation_of(world, taker).await);
    consent["recipient"] = json!("anyone");
    world.post(keeper, &at(case, "/consents"), consent).await.expect(201);
    let offer = json!({ "to_organisation_id": to, "urgency": "urgent" });
    let transfer = world.post(keeper, &at(case, "/transfers"), offer).await.expect(201).header("location").to_owned();
    step(world, taker, &transfer, json!({ "to": "accepted" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_merged_case_goes_on_and_comes_back_with_the_other_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    let twins = twins(world).await;
    accept_mission(world, &twins.other).await;
    let mut merge = twins.merge(world).await;
    for _ in 0..2 {
        hand_on(world, "supervisor.a", "supervisor.b", &twins.survivor).await;
        are_open_to_the_same(world, &twins).await;
        world.get("supervisor.b", &at(&twins.other, "/history")).await.expect(200);
        world.get("supervisor.a", &at(&twins.other, "")).await.problem(404, "not_found");
        world.get("supervisor.a", &merge).await.problem(404, "not_found");
        hand_on(world, "supervisor.b", "supervisor.a", &twins.survivor).await;
        are_open_to_the_same(world, &twins).await;
        world.get("supervisor.a", &at(&twins.other, "/history")).await.expect(200);
        world.get("supervisor.b", &at(&twins.other, "")).await.problem(404, "not_found");
        undo(world, &merge).await.expect(200);
        let listed = world.get("caseworker.a", "/v1/cases").await.expect(200).json()["items"].as_array().unwrap().len();
        assert_eq!(listed, 2);
        merge = twins.merge(world).await;
    }
    // The new owner learns of the merge, and undoes it.
    hand_on(world, "supervisor.a", "supervisor.b", &twins.survivor).await;
    assert!(world.get("supervisor.b", "/v1/merges").await.expect(200).text().contains(merge.rsplit('/').next().unwrap()));
    world.act("supervisor.b", &merge, "/undo", json!({ "reason": "Twins: the sister called" })).await.expect(200);
    for case in [&twins.survivor, &twins.other] {
        world.get("supervisor.b", &at(case, "")).await.expect(200);
        world.get("supervisor.a", &at(case, "")).await.problem(404, "not_found");
    }
    let listed = world.get("supervisor.b", "/v1/cases").await.expect(200).json()["items"].as_array().unwrap().len();
    assert_eq!(listed, 2, "both are in its lists");
    world.get("officer.vnm", &at(&twins.other, "")).await.expect(200);
}

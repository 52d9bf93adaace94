//! Who belongs to somebody is told to a guest mission that sees both, and nothing with it of any other mission: neither how a relative
//! leaves with that one, nor what follows from it for the guards and the tasks.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{contacted_by_both, with_two_missions};
use crate::sharing::consents_and_referrals::{organisation_of, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

/// A man and a child of his, both known to both missions, and their relation at his case.
async fn a_man_and_his_child(world: &World) -> (Value, Value, String) {
    let (man, child) = (with_two_missions(world).await, contacted_by_both(world).await);
    world.patch("caseworker.a", &at(&child, ""), json!({ "identity": { "birth_date": "2018-10" } })).await.expect(200);
    let link = json!({ "case_id": child["id"], "relation": "child" });
    let relation = world.post("caseworker.a", &at(&man, "/relations"), link).await.expect(201).header("location").to_owned();
    (man, child, relation)
}

fn flight(world: &World, in_days: i64) -> Value {
    let at = |hour: &str| format!("{}T{hour}:00:00Z", world.day(in_days));
    json!({ "mode": "flight", "status": "booked", "departs_at": at("08"), "arrives_at": at("12") })
}

/// Everything that the Vietnamese mission reads of a case, and of its work on it.
async fn view(world: &World, case: &Value) -> Vec<(String, String)> {
    let below = ["", "/repatriation", "/relations", "/movements", "/tasks", "/history?limit=200", "/dossier", "/embassy-contacts"];
    let mut view = Vec::new();
    for url in below.map(|rest| at(case, rest)).into_iter().chain(["/v1/worklist?of=my_organisation&horizon_days=90".to_owned()]) {
        let read = world.get("officer.vnm", &url).await.expect(200).text_of_any_minute();
        view.push((url, read));
    }
    view
}

#[rstest]
#[actix_web::test]
async fn how_a_relative_leaves_with_another_mission_is_not_told_to_a_guest_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (man, child, _) = a_man_and_his_child(world).await;
    world.post("officer.vnm", &at(&man, "/movements"), flight(world, 9)).await.expect(201);
    let before = view(world, &man).await;
    assert!(before[1].1.contains("stays_behind"), "the child has no flight that the mission knows of: {}", before[1].1);
    let hold = json!({ "kind": "witness_proceedings", "imposed_on": world.day(-9) });
    world.post("caseworker.a", &at(&child, "/legal-holds"), hold).await.expect(201);
    assert_eq!(view(world, &man).await, before, "a hold of a court");
    // On one day they would leave together, and on another day the child would leave without him.
    for (day, what) in [(9, "a flight on the same day"), (12, "a flight on another day")] {
        let booked = world.post("officer.idn", &at(&child, "/movements"), flight(world, day)).await.expect(201);
        assert_eq!(view(world, &man).await, before, "{what}");
        world.patch("officer.idn", booked.header("location"), json!({ "status": "cancelled" })).await.expect(200);
        assert_eq!(view(world, &man).await, before, "{what}, cancelled");
    }
    let mut charter = flight(world, 15);
    (charter["name"], charter["capacity"]) = (json!("Charter"), json!(9));
    let charter = world.post("officer.idn", "/v1/movements/batches", charter).await.expect(201).header("location").to_owned();
    world.act("officer.idn", &charter, "/passengers", json!({ "case_ids": [child["id"]] })).await.expect(201);
    assert_eq!(view(world, &man).await, before, "a charter");
    let seat = format!("{charter}/passengers/{}", child["id"].as_str().expect("an id"));
    world.send("officer.idn", Method::DELETE, &seat, &[("if-match", "*")], None).await.expect(204);
    // What the owner books is told to every mission.
    world.post("caseworker.a", &at(&child, "/movements"), flight(world, 9)).await.expect(201);
    assert_ne!(view(world, &man).await, before);
}

#[rstest]
#[actix_web::test]
async fn no_task_tells_a_mission_how_a_relative_leaves_with_another_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let child = with_two_missions(world).await;
    let mut body = data::walk_in();
    body["nationality_claimed"] = json!("VNM");
    let man = world.register("officer.vnm", body).await;
    world.post("officer.vnm", &at(&man, "/consents"), data::consent("share_with_ngo")).await.expect(201);
    let referral = data::referral(&organisation_of(world, "caseworker.a").await);
    let referral = world.post("officer.vnm", &at(&man, "/referrals"), referral).await.expect(201).header("location").to_owned();
    step(world, "caseworker.a", &referral, json!({ "to": "accepted" })).await.expect(200);
    let link = json!({ "case_id": man["id"], "relation": "sibling" });
    world.post("caseworker.a", &at(&child, "/relations"), link).await.expect(201);
    let before = view(world, &man).await;
    let booked = world.post("officer.idn", &at(&child, "/movements"), flight(world, 9)).await.expect(201);
    assert_eq!(view(world, &man).await, before);
    world.patch("officer.idn", booked.header("location"), json!({ "status": "cancelled" })).await.expect(200);
    assert_eq!(view(world, &man).await, before);
    world.post("caseworker.a", &at(&child, "/movements"), flight(world, 9)).await.expect(201);
    let told = world.get("officer.vnm", "/v1/worklist?of=my_organisation&horizon_days=90&kind=related_case").await.expect(200).json();
    assert_eq!(told["items"][0]["task"]["case_id"], man["id"], "what the owner of the other case books is told: {told}");
}

#[rstest]
#[actix_web::test]
async fn the_answer_to_a_step_tells_a_guest_mission_no_more_than_it_reads(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (man, ..) = a_man_and_his_child(world).await;
    for to in ["screened", "mission_contacted"] {
        go(world, "caseworker.a", &man, json!({ "to": to })).await.expect(200);
    }
    let asked = json!({ "mission_id": world.mission("VNM").await });
    let asked = world.post("officer.vnm", &at(&man, "/nationality-verifications"), asked).await.expect(201);
    let found = json!({ "result": "verified", "evidence": ["passport_copy"] });
    world.patch("officer.vnm", asked.header("location"), found).await.expect(200);
    world.post("officer.idn", &at(&man, "/movements"), flight(world, 9)).await.expect(201);
    let moved = go(world, "officer.vnm", &man, json!({ "to": "nationality_verified" })).await.expect(200).json();
    assert_eq!(moved, world.get("officer.vnm", &at(&man, "/repatriation")).await.expect(200).json());
    assert_eq!(moved["apart"], json!([]), "the flight that the other mission booked parts nobody here");
}

#[rstest]
#[actix_web::test]
async fn why_a_family_is_parted_is_not_told_to_a_guest_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (man, child, relation) = a_man_and_his_child(world).await;
    go(world, "caseworker.a", &man, json!({ "to": "on_hold", "hold_reason": "medical", "review_on": world.day(5) })).await.expect(200);
    let reason = json!({ "separation_reason": "The child fears him" });
    world.send("supervisor.a", Method::PATCH, &relation, &[("if-match", "*")], Some(&reason)).await.expect(200);
    for case in [&man, &child] {
        for url in ["/relations", "/repatriation", "/dossier"] {
            let (told, owners) = (world.get("officer.vnm", &at(case, url)).await, world.get("caseworker.a", &at(case, url)).await);
            assert!(!told.expect(200).text().contains("fears him"), "{url}");
            assert!(owners.expect(200).text().contains("fears him"), "{url}");
        }
        let told = world.get("officer.vnm", &at(case, "/relations")).await.expect(200).json();
        let one = &told["items"][0];
        assert!(one["separation_reason"].is_null() && one["separation_recorded_at"].is_string(), "that it was decided: {told}");
    }
}

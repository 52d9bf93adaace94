//! What the person answers while two of their cases are one, and what they had answered on one of them before.

use super::*;
use crate::people::merges::partners::{all_read, recorded, shared_with_b};

async fn contact(world: &World, case: &Value, decision: &str) -> String {
    let body = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": decision });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await.expect(201).json()["id"].as_str().expect("an id").to_owned()
}

/// Records, on the case that goes on, what the person decided about a contact.
async fn decide(world: &World, case: &Value, contact: &str, decision: &str) {
    let url = at(case, &format!("/embassy-contacts/{contact}"));
    world.patch("caseworker.a", &url, json!({ "person_decision": decision })).await.expect(200);
}

async fn decision(world: &World, case: &Value) -> Value {
    world.get("caseworker.a", &at(case, "/embassy-contacts")).await.expect(200).json()["items"][0]["person_decision"].clone()
}

#[rstest]
#[actix_web::test]
async fn a_mission_that_was_declined_during_the_merge_sees_neither_case_after_it(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values("merged", "own")] which: &str,
) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let of_other = contact(world, &twins.other, "accepted").await;
    let of_survivor = if which == "own" { contact(world, &twins.survivor, "accepted").await } else { of_other.clone() };
    let merge = twins.merge(world).await;
    decide(world, &twins.survivor, &of_survivor, "declined").await;
    world.get("officer.vnm", &at(&twins.survivor, "")).await.problem(404, "not_found");
    undo(world, &merge).await.expect(200);
    follow_once(&world.db).await.unwrap();
    for case in [&twins.survivor, &twins.other] {
        world.get("officer.vnm", &at(case, "")).await.problem(404, "not_found");
    }
    assert_eq!(decision(world, &twins.other).await, "declined", "and nobody asks again what the person answered");
}

#[rstest]
#[actix_web::test]
async fn a_mission_that_was_declined_on_one_of_the_two_bars_the_merge_if_it_sees_the_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    contact(world, &twins.survivor, "accepted").await;
    let of_other = contact(world, &twins.other, "declined").await;
    assert_eq!(twins.blockers(world).await, json!(["refused_access"]));
    // The person decides: the same for both.
    decide(world, &twins.other, &of_other, "accepted").await;
    twins.merge(world).await;
    world.get("officer.vnm", &at(&twins.survivor, "")).await.expect(200);
    // Of two decisions about one mission the stricter counts, whichever is changed.
    decide(world, &twins.survivor, &of_other, "declined").await;
    world.get("officer.vnm", &at(&twins.survivor, "")).await.problem(404, "not_found");
    let contacts = world.get("caseworker.a", &at(&twins.survivor, "/embassy-contacts")).await.expect(200).json();
    let own = contacts["items"].as_array().unwrap().iter().find(|contact| contact["id"] != json!(of_other)).unwrap()["id"].clone();
    let own = at(&twins.survivor, &format!("/embassy-contacts/{}", own.as_str().unwrap()));
    world.patch("caseworker.a", &own, json!({ "person_decision": "deferred" })).await.expect(200);
    let again = world.patch("caseworker.a", &own, json!({ "person_decision": "accepted" })).await;
    assert_eq!(again.pointers(), ["/person_decision"]);
}

#[rstest]
#[actix_web::test]
async fn a_consent_of_the_merged_case_is_withdrawn_like_every_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let mut consents = Vec::new();
    for (case, mark) in [(&twins.survivor, "of-the-first"), (&twins.other, "of-the-second")] {
        recorded(world, case, mark).await;
        consents.push(shared_with_b(world, case).await);
    }
    let merge = twins.merge(world).await;
    let read = all_read(world, "caseworker.b", &twins.survivor).await;
    assert!(read.contains("of-the-first") && read.contains("of-the-second"), "{read}");
    let withdrawal = at(&twins.survivor, &format!("/consents/{}/withdrawal", consents[1]));
    for _ in 0..2 {
        let withdrawn = world.post("caseworker.a", &withdrawal, json!({})).await.expect(200).json();
        assert_eq!((&withdrawn["status"], &withdrawn["given"]["given_by"]), (&json!("withdrawn"), &json!("self")), "{withdrawn}");
    }
    let read = all_read(world, "caseworker.b", &twins.survivor).await;
    assert!(read.contains("of-the-first") && !read.contains("of-the-second"), "{read}");
    undo(world, &merge).await.expect(200);
    world.get("caseworker.b", &at(&twins.other, "")).await.problem(404, "not_found");
    world.get("caseworker.b", &at(&twins.survivor, "")).await.expect(200);
}

/// Refers a case to NGO B for a service, under a consent that ends.
async fn shared_until(world: &World, case: &Value, service: &str, days: Option<i64>) {
    let compartments = json!(["identity", "health"]);
    let expires_at = days.map(|days| format!("{}T12:00:00Z", world.day(days)));
    let consent = json!({ "purpose": "share_with_ngo", "compartments": compartments, "expires_at": expires_at });
    let consent = answer(world, case, consent).await.expect(201).json()["id"].clone();
    let mut referral = data::referral(&organisation_of(world, "caseworker.b").await);
    referral["compartments"] = compartments;
    referral["service"] = json!(service);
    referral["consent_id"] = consent;
    let made = world.post("caseworker.a", &at(case, "/referrals"), referral).await.expect(201).header("location").to_owned();
    crate::sharing::consents_and_referrals::step(world, "caseworker.b", &made, json!({ "to": "accepted" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn nobody_reads_the_merged_case_longer_than_the_consent_to_it_lasts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    recorded(world, &twins.other, "of-the-second").await;
    shared_until(world, &twins.survivor, "legal", Some(2)).await;
    shared_until(world, &twins.survivor, "health", None).await;
    shared_until(world, &twins.other, "health", Some(4)).await;
    twins.merge(world).await;
    assert!(all_read(world, "caseworker.b", &twins.survivor).await.contains("of-the-second"));
    for _ in 0..2 {
        world.days_pass(3).await;
    }
    let read = world.get("caseworker.b", &at(&twins.survivor, "/fit-to-travel")).await.expect(200).text();
    assert!(!read.contains("of-the-second"), "{read}");
}

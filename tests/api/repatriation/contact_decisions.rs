//! What the person said decides about a contact, whoever records it: a refusal, a denial and a need for protection bar it, and nobody but
//! the owner turns a no into a yes.

use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::answer;
use crate::sharing::denials::deny;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{Answer, World, data};

async fn contact(world: &World, actor: &str, case: &Value, decision: &str) -> Answer {
    let body = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": decision });
    world.post(actor, &at(case, "/embassy-contacts"), body).await
}

async fn told(world: &World) -> usize {
    let events = world.get("caseworker.a", "/v1/access-events?limit=200").await.expect(200).json();
    let about = |event: &&Value| event["kind"] == "decision_recorded_elsewhere";
    events["items"].as_array().expect("events").iter().filter(about).count()
}

/// Refusals of contact with the mission, by every scope that a consent can have.
async fn refusals(world: &World) -> Vec<Value> {
    let mission = world.mission("VNM").await;
    vec![
        json!({ "recipient": "organisation", "recipient_organisation_id": mission }),
        json!({ "recipient": "organisation_kind", "recipient_organisation_kind": "diplomatic_mission" }),
        json!({ "recipient": "missions_of", "recipient_missions_of": "VNM" }),
        json!({ "recipient": "anyone" }),
    ]
}

#[rstest]
#[actix_web::test]
async fn no_contact_opens_a_case_against_a_refusal(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for mut refusal in refusals(world).await {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        (refusal["purpose"], refusal["answer"], refusal["compartments"]) = (json!("contact_own_mission"), json!("refused"), json!([]));
        answer(world, &case, refusal.clone()).await.expect(201);
        for decision in ["requested", "accepted"] {
            assert_eq!(contact(world, "caseworker.a", &case, decision).await.pointers(), ["/person_decision"], "{refusal}");
            assert_eq!(contact(world, "coordinator", &case, decision).await.pointers(), ["/mission_id"], "{refusal}");
        }
        world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
        let next =
            json!({ "person_id": case["person_id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM" });
        let next = world.register("caseworker.a", next).await;
        assert_eq!(contact(world, "caseworker.a", &next, "accepted").await.pointers(), ["/person_decision"], "a later case: {refusal}");
        // Whoever changes their mind says so.
        let mut granted = refusal.clone();
        (granted["answer"], granted["compartments"]) = (json!("granted"), json!(["identity", "contact"]));
        answer(world, &case, granted).await.expect(201);
        contact(world, "caseworker.a", &case, "accepted").await.expect(201);
        world.get("officer.vnm", &at(&case, "")).await.expect(200);
    }
}

#[rstest]
#[actix_web::test]
async fn a_desk_learns_that_it_must_ask_the_owner_and_not_why(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut answers = Vec::new();
    for bar in ["denial", "asylum", "refusal"] {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        match bar {
            "denial" => {
                deny(world, "caseworker.a", &case, json!({ "scope": "missions_of", "missions_of": "VNM" })).await.expect(201);
            }
            "asylum" => {
                world.patch("caseworker.a", &at(&case, ""), json!({ "protection": { "asylum_claim_open": true } })).await.expect(200);
            }
            _ => {
                let refusal = json!({ "purpose": "contact_own_mission", "answer": "refused", "compartments": [], "recipient": "anyone" });
                answer(world, &case, refusal).await.expect(201);
            }
        }
        let mut refused = contact(world, "coordinator", &case, "accepted").await.problem(422, "validation_failed");
        refused["instance"] = json!(null);
        answers.push(refused);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[rstest]
#[actix_web::test]
async fn only_the_owner_turns_a_no_into_a_yes_and_reads_what_others_recorded(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let declined = contact(world, "caseworker.a", &case, "declined").await.expect(201).header("location").to_owned();
    assert_eq!(told(world).await, 0, "what the owner recorded itself is no news");
    let turned = world.patch("coordinator", &declined, json!({ "person_decision": "accepted" })).await;
    assert_eq!(turned.pointers(), ["/person_decision"]);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    world.patch("caseworker.a", &declined, json!({ "person_decision": "accepted" })).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    let other = world.register("caseworker.a", data::vietnamese()).await;
    let made = contact(world, "coordinator", &other, "requested").await.expect(201).header("location").to_owned();
    assert_eq!(told(world).await, 1, "the desk let a mission in");
    world.patch("coordinator", &made, json!({ "person_decision": "deferred" })).await.expect(200);
    assert_eq!(told(world).await, 2, "and kept it out");
}

#[rstest]
#[actix_web::test]
async fn one_account_of_a_desk_shuts_guest_missions_out_of_one_case_an_hour(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut cases = Vec::new();
    for _ in 0..2 {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        contact(world, "caseworker.a", &case, "accepted").await.expect(201);
        cases.push(case);
    }
    let denial = json!({ "scope": "missions_of", "missions_of": "VNM" });
    deny(world, "coordinator", &cases[0], denial.clone()).await.expect(201);
    assert_eq!(told(world).await, 1, "the owner is told");
    deny(world, "coordinator", &cases[1], denial.clone()).await.problem(409, "approval_required");
    world.get("officer.vnm", &at(&cases[1], "")).await.expect(200);
    deny(world, "caseworker.a", &cases[1], denial).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn what_happens_to_somebody_on_the_pathway_is_recorded_and_the_shield_stays(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for end in ["lost_contact", "removed_by_force", "re_trafficked", "deceased"] {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        go(world, "caseworker.a", &case, json!({ "to": "protection_pathway", "reason": "Afraid of officials" })).await.expect(200);
        let happened = json!({ "to": end, "occurred_on": world.day(0), "source": "Hospital" });
        let standing = go(world, "caseworker.a", &case, happened).await.expect(200).json();
        assert_eq!(standing["side_state"], end);
        let refused = contact(world, "caseworker.a", &case, "accepted").await;
        assert_eq!(refused.status, 409, "{end}: the shield stays: {}", refused.text());
    }
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, json!({ "to": "protection_pathway", "reason": "Afraid of officials" })).await.expect(200);
    let left = json!({ "departed_on": world.day(-2), "arrived_on": world.day(-1), "basis": "deportation_against_will",
                       "reason": "Sent back", "source": "A lawyer" });
    world.act("supervisor.a", &at(&case, ""), "/repatriation/afterwards", left).await.expect(200);
    assert_eq!(contact(world, "caseworker.a", &case, "accepted").await.status, 409);
}

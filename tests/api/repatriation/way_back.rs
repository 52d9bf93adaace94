//! Whoever was kept from every mission, and wishes to go home after all.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::{everything, has_text};
use crate::support::journey::{at, go};
use crate::support::{World, data};

async fn contact(world: &World, case: &Value, decision: &str) -> u16 {
    let body = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": decision,
                       "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await.status
}

/// A man whose embassy was to know nothing of him, at the stage at which it was contacted.
async fn on_the_pathway(world: &World) -> Value {
    let mut person = data::vietnamese();
    person["screening_skipped"] = json!("mass_arrival");
    let case = world.register("caseworker.a", person).await;
    world.patch("caseworker.a", &at(&case, ""), json!({ "health": { "immediate_needs": "Rest" } })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    assert_eq!(contact(world, &case, "accepted").await, 201);
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.expect(200);
    world.patch("caseworker.a", &at(&case, ""), json!({ "protection": { "asylum_claim_open": true } })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "protection_pathway", "reason": "Threatened from home" })).await.expect(200);
    case
}

async fn unmet(world: &World, actor: &str, case: &Value, body: Value) -> Vec<String> {
    let refused = go(world, actor, case, body).await.problem(409, "unmet_guards");
    refused["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn the_shield_ends_with_a_supervised_and_written_wish_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = on_the_pathway(world).await;
    let back = json!({ "to": "resume", "reason": "Wishes to see his mother" });
    let mut agreed = data::consent("share_with_mission");
    (agreed["recipient"], agreed["recipient_missions_of"]) = (json!("missions_of"), json!("VNM"));
    world.post("caseworker.a", &at(&case, "/consents"), agreed).await.expect(201);
    let missing = unmet(world, "caseworker.a", &case, json!({ "to": "resume" })).await;
    assert_eq!(missing, ["supervisor_party"]);
    let missing = unmet(world, "supervisor.a", &case, json!({ "to": "resume" })).await;
    assert_eq!(missing, ["reason_given", "protection_ended", "return_wished_anew"]);
    // An outcome alone ends nothing.
    let refused = json!({ "outcome": "claim_refused", "decided_on": world.day(0), "authority": "Refugee office", "reference": "R-114" });
    world.post("caseworker.a", &at(&case, "/protection-outcomes"), refused).await.expect(201);
    assert_eq!(unmet(world, "supervisor.a", &case, back.clone()).await, ["protection_ended", "return_wished_anew"]);
    world.patch("caseworker.a", &at(&case, ""), json!({ "protection": { "asylum_claim_open": false } })).await.expect(200);
    assert_eq!(unmet(world, "supervisor.a", &case, back.clone()).await, ["return_wished_anew"]);
    assert_eq!(contact(world, &case, "accepted").await, 409, "no mission is told before");
    let wish = |counselled: String| {
        json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": counselled, "decided_on": world.day(0), "signed_on": world.day(0),
                "evidence": "Folder 7" })
    };
    world.post("caseworker.a", &at(&case, "/return-decisions"), wish(world.day(-3))).await.expect(201);
    assert_eq!(unmet(world, "supervisor.a", &case, back.clone()).await, ["return_wished_anew"], "counselled before the outcome");
    world.post("caseworker.a", &at(&case, "/return-decisions"), wish(world.day(0))).await.expect(201);
    let standing = go(world, "supervisor.a", &case, back).await.expect(200).json();
    assert_eq!((&standing["stage"], &standing["side_state"]), (&json!("screened"), &Value::Null), "the person is asked anew");
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    // What they once agreed to about missions went with it.
    let agreed = world.get("caseworker.a", &at(&case, "/consents")).await.expect(200).json()["items"][0].clone();
    assert!(!agreed["expires_at"].is_null(), "{agreed}");
    let referral = data::referral(&world.mission("VNM").await);
    world.post("caseworker.a", &at(&case, "/referrals"), referral).await.problem(422, "consent_required");
    let events = &everything(world)["data_protection_events"];
    assert_eq!(
        events.iter().filter(|event| has_text(event, "protection_pathway_left")).count(),
        1,
        "who answers for data protection is told"
    );
    // What led off one pathway leads off no other, on the same day either.
    go(world, "supervisor.a", &case, json!({ "to": "protection_pathway", "reason": "Threatened again" })).await.expect(200);
    let again = json!({ "to": "resume", "reason": "Wishes to see his mother" });
    assert_eq!(unmet(world, "supervisor.a", &case, again).await, ["protection_ended", "return_wished_anew"]);
}

#[rstest]
#[actix_web::test]
async fn a_mission_asked_afterwards_does_not_learn_of_the_shield(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = on_the_pathway(world).await;
    world.patch("caseworker.a", &at(&case, ""), json!({ "protection": { "asylum_claim_open": false } })).await.expect(200);
    let ended = json!({ "outcome": "no_longer_needed", "decided_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/protection-outcomes"), ended).await.expect(201);
    let wish = json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": world.day(0), "decided_on": world.day(0),
                       "signed_on": world.day(0), "evidence": "Folder 7" });
    world.post("caseworker.a", &at(&case, "/return-decisions"), wish).await.expect(201);
    go(world, "supervisor.a", &case, json!({ "to": "resume", "reason": "Wishes to see his mother" })).await.expect(200);
    let contacts = world.get("caseworker.a", &at(&case, "/embassy-contacts")).await.json()["items"].clone();
    assert_eq!(contacts[0]["person_decision"], "deferred", "the person is asked anew about every mission");
    let missing = unmet(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await;
    assert!(missing.contains(&"contact_accepted".to_owned()), "{missing:?}");
    let url = at(&case, &format!("/embassy-contacts/{}", contacts[0]["id"].as_str().unwrap()));
    world.patch("caseworker.a", &url, json!({ "person_decision": "accepted" })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.expect(200);
    let log = world.get("officer.vnm", &at(&case, "/repatriation")).await.expect(200).json()["history"].clone();
    let steps: Vec<_> = log.as_array().unwrap().iter().map(|step| (&step["rule"], &step["to_stage"])).collect();
    let [.., (back, screened), (again, contacted)] = steps[..] else { panic!("{log}") };
    assert_eq!((back, screened), (&json!("T13"), &json!("screened")), "a step back, as its history tells");
    assert_eq!((again, contacted), (&json!("T3"), &json!("mission_contacted")));
    for rest in ["", "/repatriation", "/history", "/protection-outcomes", "/embassy-contacts"] {
        let mut told = world.get("officer.vnm", &at(&case, rest)).await.expect(200).json();
        // What could happen to anybody says nothing of this person.
        told.as_object_mut().unwrap().remove("next");
        let text = told.to_string();
        for hidden in ["protection_pathway", "claim_refused", "no_longer_needed", "\"T16\"", "Threatened", "mother"] {
            assert!(!text.contains(hidden), "{rest} tells {hidden}: {text}");
        }
    }
}

/// An asylum claim puts the contacts off at once; a pathway without one leaves that to the way back.
#[rstest]
#[actix_web::test]
async fn whoever_agreed_to_a_mission_before_the_pathway_is_asked_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    assert_eq!(contact(world, &case, "accepted").await, 201);
    go(world, "caseworker.a", &case, json!({ "to": "protection_pathway", "reason": "Threatened from home" })).await.expect(200);
    let began = world.day(0);
    world.days_pass(2).await;
    let ended = json!({ "outcome": "no_longer_needed", "decided_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/protection-outcomes"), ended).await.expect(201);
    let wish = json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": world.day(0), "decided_on": world.day(0),
                       "signed_on": world.day(0), "evidence": "Folder 7" });
    world.post("caseworker.a", &at(&case, "/return-decisions"), wish).await.expect(201);
    go(world, "supervisor.a", &case, json!({ "to": "resume", "reason": "Wishes to see his mother" })).await.expect(200);
    let contact = world.get("caseworker.a", &at(&case, "/embassy-contacts")).await.expect(200).json()["items"][0].clone();
    assert_eq!(contact["person_decision"], "deferred");
    assert_eq!(contact["decided_on"], began, "the day on which access ended, as where somebody puts a decision off");
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
}

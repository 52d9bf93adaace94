//! What is found about trafficking, by whom, and what it protects from.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

async fn unscreened(world: &World) -> Value {
    let mut body = data::vietnamese();
    body["trafficking_status"] = json!("unscreened");
    world.register("caseworker.a", body).await
}

async fn found(world: &World, case: &Value, outcome: &str, by: &str) {
    let finding = json!({ "outcome": outcome, "decided_by_kind": "ngo", "decided_by": by, "decided_on": world.day(0) });
    world.post("caseworker.a", &at(case, "/status-determinations"), finding).await.expect(201);
}

async fn status(world: &World, case: &Value) -> Value {
    world.get("caseworker.a", &at(case, "")).await.expect(200).json()["trafficking_status"].clone()
}

/// The kinds of open tasks that ask to raise that victims are not to be punished.
async fn reviews(world: &World, case: &Value) -> Vec<String> {
    let tasks = world.get("caseworker.a", &at(case, "/tasks")).await.expect(200).json();
    let open = tasks["items"].as_array().unwrap().iter().filter(|task| task["status"] == "open");
    let kinds = open.map(|task| task["kind"].as_str().unwrap().to_owned());
    let mut kinds: Vec<String> = kinds.filter(|kind| kind.ends_with("_review") && kind != "hold_review").collect();
    kinds.sort_unstable();
    kinds
}

#[rstest]
#[actix_web::test]
async fn reasonable_grounds_are_more_than_signs_and_raise_the_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = unscreened(world).await;
    found(world, &case, "possible", "Shelter").await;
    assert_eq!(status(world, &case).await, "possible");
    found(world, &case, "presumed", "Another shelter").await;
    assert_eq!(status(world, &case).await, "presumed");
    found(world, &case, "possible", "A third one").await;
    assert_eq!(status(world, &case).await, "presumed", "the strongest stands");
}

#[rstest]
#[actix_web::test]
async fn somebody_who_was_held_beaten_and_forced_is_never_suggested_to_be_no_victim(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    let grave = [
        "restriction_of_movement",
        "physical_sexual_violence",
        "intimidation_threats",
        "retention_of_identity_documents",
        "guarded_premises",
        "phone_confiscated",
        "forced_to_scam",
        "withholding_of_wages",
    ];
    let none = ["sold_or_transferred", "third_party_paid_travel", "coached_at_border", "job_differs_from_offer"];
    let yes = grave.iter().map(|indicator| json!({ "indicator": indicator, "answer": "yes" }));
    let no = none.iter().map(|indicator| json!({ "indicator": indicator, "answer": "no" }));
    let indicators: Vec<Value> = yes.chain(no).collect();
    let screening = json!({ "instrument": "ilo_indicators", "conducted_on": world.day(0), "interpreter": false, "indicators": indicators });
    let screening = world.post("caseworker.a", &at(&case, "/screenings"), screening).await.expect(201);
    assert_eq!(screening.json()["suggested_outcome"], "presumed", "kept on guarded premises is harboured");
    let location = screening.header("location").to_owned();
    let judged = world.patch("caseworker.a", &location, json!({ "act": "not_found" })).await.expect(200).json();
    assert_eq!(judged["suggested_outcome"], "possible", "an interviewer who finds no act is asked to look again");
    let alone = json!({ "instrument": "ilo_indicators", "conducted_on": world.day(0), "interpreter": false, "act": "not_found",
                        "indicators": [{ "indicator": "housed_or_received_by_operator", "answer": "no" }] });
    let alone = world.post("caseworker.a", &at(&case, "/screenings"), alone).await.expect(201).json();
    assert_eq!(alone["suggested_outcome"], "not_identified");
}

#[rstest]
#[actix_web::test]
async fn whatever_punishes_somebody_who_may_be_a_victim_is_raised(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for outcome in ["possible", "presumed"] {
        let case = unscreened(world).await;
        let record = async |collection: &str, body: Value| {
            world.post("caseworker.a", &at(&case, &format!("/{collection}")), body).await.expect(201).header("location").to_owned()
        };
        let charge = json!({ "status": "suspected", "offence": "Online fraud", "since": world.day(0) });
        let charge = record("charges", charge).await;
        let detention = record("detentions", json!({ "facility": "Immigration centre", "since": world.day(-1) })).await;
        let clearance = at(&case, "/immigration-clearance");
        world.patch("caseworker.a", &clearance, json!({ "stay_expired_on": world.day(-30) })).await.expect(200);
        assert!(reviews(world, &case).await.is_empty(), "nobody found anything yet");
        found(world, &case, outcome, "Shelter").await;
        assert_eq!(reviews(world, &case).await, ["detention_review", "fine_review", "non_punishment_review"], "{outcome}");
        world.patch("caseworker.a", &charge, json!({ "non_punishment_raised_on": world.day(0) })).await.expect(200);
        assert_eq!(reviews(world, &case).await, ["detention_review", "fine_review"]);
        world.patch("caseworker.a", &detention, json!({ "non_punishment_raised_on": world.day(0) })).await.expect(200);
        assert_eq!(reviews(world, &case).await, ["fine_review"]);
        record("fine-waivers", json!({ "status": "requested", "reason": "humanitarian", "percent": "50" })).await;
        assert_eq!(reviews(world, &case).await, ["fine_review"], "asked for another reason");
        record("fine-waivers", json!({ "status": "requested", "reason": "non_punishment", "percent": "100" })).await;
        assert!(reviews(world, &case).await.is_empty(), "{outcome}");
    }
}

#[rstest]
#[actix_web::test]
async fn only_the_competent_authority_identifies_formally(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = unscreened(world).await;
    let formal = |by: &str| json!({ "outcome": "formally_identified", "decided_by_kind": by, "decided_by": "Ministry of Interior", "decided_on": world.day(0) });
    let post = async |body: Value| world.post("caseworker.a", &at(&case, "/status-determinations"), body).await;
    for by in ["ngo", "other"] {
        assert!(post(formal(by)).await.pointers().contains(&"/decided_by_kind".to_owned()), "{by}");
    }
    assert_eq!(post(formal("police")).await.pointers(), ["/decided_in_country", "/reference"]);
    let mut body = formal("non_police_governmental_organization");
    body["decided_in_country"] = json!("KHM");
    body["reference"] = json!("MOI-2026-17");
    let kept = post(body).await.expect(201).json();
    assert_eq!((&kept["decided_in_country"], &kept["reference"]), (&json!("KHM"), &json!("MOI-2026-17")));
    assert_eq!(status(world, &case).await, "formally_identified");
    let mut at_intake = data::taiwanese();
    at_intake["trafficking_status"] = json!("formally_identified");
    let refused = world.post("caseworker.a", "/v1/cases", at_intake).await;
    assert_eq!(refused.pointers(), ["/trafficking_status"], "nobody registers somebody as formally identified");
}

#[rstest]
#[actix_web::test]
async fn a_finding_of_the_host_country_is_told_from_one_of_the_country_of_origin(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let country = async |actor: &str, body: Value| {
        let case = world.register(actor, body).await;
        let all = world.get(actor, &at(&case, "/status-determinations")).await.expect(200).json();
        all["items"][0]["decided_in_country"].clone()
    };
    let mut walk_in = data::vietnamese();
    walk_in["intake_channel"] = json!("walk_in_embassy");
    walk_in["trafficking_status"] = json!("not_identified");
    assert_eq!(country("officer.vnm", walk_in).await, "VNM", "what an embassy finds is its state's");
    let mut at_the_shelter = data::vietnamese();
    at_the_shelter["trafficking_status"] = json!("possible");
    assert_eq!(country("caseworker.a", at_the_shelter).await, "KHM");
}

/// The day on which the screening of somebody who went on unscreened is due.
async fn outstanding(world: &World, case: &Value) -> Option<String> {
    let tasks = world.get("caseworker.a", &at(case, "/tasks")).await.expect(200).json();
    let open = tasks["items"].as_array().unwrap().iter().find(|task| task["kind"] == "screening_outstanding" && task["status"] == "open");
    open.map(|task| task["due_on"].as_str().unwrap().to_owned())
}

#[rstest]
#[actix_web::test]
async fn a_mass_release_goes_on_unscreened_and_is_screened_at_arrival(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for reason in ["mass_arrival", "no_interpreter", "unfit_for_interview", "authority_prevented", "urgent_departure"] {
        let mut body = data::vietnamese();
        body["trafficking_status"] = json!("unscreened");
        body["screening_skipped"] = json!(reason);
        let case = world.register("caseworker.a", body).await;
        assert_eq!(outstanding(world, &case).await, None, "{reason}: nothing is skipped yet");
        go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
        assert_eq!(status(world, &case).await, "unscreened", "{reason}: no finding is invented");
        assert_eq!(outstanding(world, &case).await, Some(world.day(14)), "{reason}");
        let left = json!({ "departed_on": world.day(-3), "arrived_on": world.day(-2), "basis": "assisted_voluntary", "reason": "Charter of 300",
                           "source": "Airport desk" });
        world.act("supervisor.a", &at(&case, ""), "/repatriation/afterwards", left).await.expect(200);
        assert_eq!(outstanding(world, &case).await, Some(world.day(-3)), "{reason}: the departure settles nothing");
        let arrival = json!({ "arrived_on": world.day(-2), "port": "Nội Bài", "received_by": "Ministry" });
        world.post("caseworker.a", &at(&case, "/arrivals"), arrival).await.expect(201);
        assert_eq!(outstanding(world, &case).await, Some(world.day(-2)), "{reason}");
        found(world, &case, "possible", "The shelter at home").await;
        assert_eq!(outstanding(world, &case).await, None, "{reason}");
    }
    for found_by_somebody in ["authority_determined", "arrived_already_identified", "person_declined"] {
        let mut body = data::vietnamese();
        body["trafficking_status"] = json!("unscreened");
        body["screening_skipped"] = json!(found_by_somebody);
        let case = world.register("caseworker.a", body).await;
        let refused = go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.problem(409, "unmet_guards");
        assert_eq!(refused["unmet"][0]["guard"], "status_determined", "{found_by_somebody}");
    }
}

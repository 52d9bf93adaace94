//! The whole road home: from the gate to the follow-up visit, and the guards on the way.

mod children;
mod officers;

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().unwrap())
}

async fn go(world: &World, actor: &str, case: &Value, body: Value) -> Answer {
    let etag = world.get(actor, &at(case, "")).await.etag();
    world.send(actor, Method::POST, &at(case, "/repatriation/transitions"), &[("if-match", &etag)], Some(&body)).await
}

/// The unmet guards of a transition that must be refused.
async fn missing(world: &World, actor: &str, case: &Value, to: &str) -> Vec<String> {
    let problem = go(world, actor, case, json!({ "to": to })).await.problem(409, "unmet_guards");
    problem["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap().to_owned()).collect()
}

async fn record(world: &World, actor: &str, case: &Value, collection: &str, body: Value) -> String {
    world.post(actor, &at(case, &format!("/{collection}")), body).await.expect(201).header("location").to_owned()
}

/// A walk-in whose nationality the embassy verified.
async fn verified(world: &World) -> Value {
    let case = world.register("officer.idn", data::walk_in()).await;
    let contacts = world.get("officer.idn", &at(&case, "/embassy-contacts")).await.json();
    let contact = at(&case, &format!("/embassy-contacts/{}", contacts["items"][0]["id"].as_str().unwrap()));
    world.patch("officer.idn", &contact, json!({ "informed_of_rights_on": world.day(0) })).await.expect(200);
    let asked = json!({ "mission_id": world.mission("IDN").await });
    let verification = record(world, "officer.idn", &case, "nationality-verifications", asked).await;
    world.patch("officer.idn", &verification, json!({ "result": "verified", "evidence": ["passport_copy"] })).await.expect(200);
    for stage in ["screened", "mission_contacted", "nationality_verified"] {
        go(world, "officer.idn", &case, json!({ "to": stage })).await.expect(200);
    }
    case
}

/// A walk-in at clearing, with every record except a movement.
async fn cleared(world: &World) -> Value {
    let case = verified(world).await;
    let today = world.day(0);
    let decision = json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": today, "decided_on": today, "signed_on": today, "evidence": "Folder 7" });
    record(world, "officer.idn", &case, "return-decisions", decision).await;
    go(world, "officer.idn", &case, json!({ "to": "clearing" })).await.expect(200);
    let document = json!({ "mission_id": world.mission("IDN").await, "kind": "emergency_travel_document", "local_name": "SPLP", "status": "issued", "number": "SPLP 77", "issued_on": today, "expires_on": world.day(20) });
    record(world, "officer.idn", &case, "travel-documents", document).await;
    record(world, "officer.idn", &case, "risk-assessments", json!({ "kind": "return", "level": "medium", "assessed_on": today })).await;
    record(world, "officer.idn", &case, "fit-to-travel", json!({ "fit": true, "examined_on": today })).await;
    let permit = json!({ "exit_track": "granted", "exit_permit_number": "E-1", "exit_permit_granted_on": today, "exit_permit_valid_until": world.day(9) });
    world.patch("officer.idn", &at(&case, "/immigration-clearance"), permit).await.expect(200);
    case
}

fn flight(world: &World, in_days: i64) -> Value {
    let day = world.day(in_days);
    json!({ "mode": "flight", "status": "booked", "carrier": "An airline", "departs_at": format!("{day}T08:00:00Z"), "arrives_at": format!("{day}T12:00:00Z") })
}

async fn stage(world: &World, case: &Value) -> Value {
    world.get("officer.idn", &at(case, "")).await.expect(200).json()["stage"].clone()
}

#[rstest]
#[actix_web::test]
async fn from_the_gate_to_the_follow_up_visit(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = verified(world).await;
    let today = world.day(0);
    assert_eq!(missing(world, "officer.idn", &case, "clearing").await, ["return_decided"]);
    let decision = json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": today, "decided_on": today, "signed_on": today, "evidence": "Folder 7" });
    record(world, "officer.idn", &case, "return-decisions", decision).await;
    go(world, "officer.idn", &case, json!({ "to": "clearing" })).await.expect(200);
    assert_eq!(
        missing(world, "officer.idn", &case, "departure_scheduled").await,
        ["movement_booked", "travel_document_valid", "exit_permit_valid", "return_risk_accepted", "fit_to_travel"]
    );

    // Overstayed by a year: the embassy gets half of the fine waived, the family pays the rest.
    let clearance = at(&case, "/immigration-clearance");
    let fine =
        world.patch("officer.idn", &clearance, json!({ "stay_expired_on": world.day(-365) })).await.expect(200).json()["fine"].clone();
    assert_eq!(
        (fine["overstay_days"].clone(), fine["assessed"].clone(), fine["currency"].clone()),
        (json!(365), json!("3650.00"), json!("USD"))
    );
    let waiver = json!({ "status": "granted", "reason": "non_punishment", "percent": "50", "decided_on": today });
    record(world, "officer.idn", &case, "fine-waivers", waiver).await;
    let pay = |amount: &str| json!({ "money": { "amount": amount, "currency": "USD" }, "payer": "family", "paid_on": today });
    let refused = world.post("officer.idn", &at(&case, "/fine-payments"), pay("1825.01")).await;
    assert_eq!((refused.status, refused.pointers()), (422, vec!["/money/amount".to_owned()]));
    record(world, "officer.idn", &case, "fine-payments", pay("1825")).await;
    let settled = world.get("officer.idn", &clearance).await.json()["fine"].clone();
    assert_eq!((settled["outstanding"].clone(), settled["track"].clone()), (json!("0.00"), json!("waived_partial")));
    let permit = json!({ "exit_track": "granted", "exit_permit_number": "E-1", "exit_permit_granted_on": today, "exit_permit_valid_until": world.day(7) });
    world.patch("officer.idn", &clearance, permit).await.expect(200);

    let document = json!({ "mission_id": world.mission("IDN").await, "kind": "emergency_travel_document", "local_name": "SPLP", "status": "issued", "number": "SPLP 77", "issued_on": today, "expires_on": world.day(1) });
    let document = record(world, "officer.idn", &case, "travel-documents", document).await;
    record(world, "officer.idn", &case, "risk-assessments", json!({ "kind": "return", "level": "medium", "assessed_on": today })).await;
    record(world, "officer.idn", &case, "fit-to-travel", json!({ "fit": true, "examined_on": today })).await;
    let movement = record(world, "officer.idn", &case, "movements", flight(world, 2)).await;
    assert_eq!(missing(world, "officer.idn", &case, "departure_scheduled").await, ["travel_document_valid"], "it expires before arrival");
    world.patch("officer.idn", &document, json!({ "expires_on": world.day(30) })).await.expect(200);
    go(world, "officer.idn", &case, json!({ "to": "departure_scheduled" })).await.expect(200);
    assert_eq!(missing(world, "officer.idn", &case, "departed").await, ["departed"]);
    world.days_pass(2).await;
    world
        .patch("officer.idn", &movement, json!({ "status": "departed", "departed_at": format!("{}T00:00:00Z", world.day(0)) }))
        .await
        .expect(200);
    go(world, "officer.idn", &case, json!({ "to": "departed" })).await.expect(200);

    assert_eq!(missing(world, "officer.idn", &case, "arrived").await, ["arrived"]);
    let early = json!({ "arrived_on": world.day(-1), "port": "Jakarta", "received_by": "Ministry of Social Affairs" });
    assert_eq!(world.post("officer.idn", &at(&case, "/arrivals"), early).await.pointers(), ["/arrived_on"]);
    let arrival = json!({ "arrived_on": world.day(0), "port": "Jakarta", "received_by": "Ministry of Social Affairs" });
    let arrival = record(world, "officer.idn", &case, "arrivals", arrival).await;
    go(world, "officer.idn", &case, json!({ "to": "arrived" })).await.expect(200);
    assert_eq!(missing(world, "officer.idn", &case, "reintegration").await, ["reception_agreed", "support_planned"]);
    world.patch("officer.idn", &arrival, json!({ "reception_consent_on": world.day(0) })).await.expect(200);
    record(world, "officer.idn", &case, "support-plans", json!({ "kinds": ["livelihood", "legal"], "status": "active" })).await;
    go(world, "officer.idn", &case, json!({ "to": "reintegration" })).await.expect(200);
    let visit = record(world, "officer.idn", &case, "follow-ups", json!({ "due_on": world.day(30), "mode": "home_visit" })).await;
    assert_eq!(missing(world, "officer.idn", &case, "completed").await, ["followed_up", "monitoring_over"]);
    world.days_pass(181).await;
    world.patch("officer.idn", &visit, json!({ "done_on": world.day(0), "situation": "stable" })).await.expect(200);
    let standing = go(world, "officer.idn", &case, json!({ "to": "completed" })).await.expect(200).json();
    let rules: Vec<&str> = standing["history"].as_array().unwrap().iter().map(|entry| entry["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T9"]);
    assert_eq!(
        world.get("officer.idn", &at(&case, "/tasks")).await.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|task| task["status"] == "open")
            .count(),
        0
    );
}

#[rstest]
#[actix_web::test]
async fn a_document_expires_by_itself_on_the_day_after_and_drops_the_stage(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = cleared(world).await;
    record(world, "officer.idn", &case, "movements", flight(world, 5)).await;
    go(world, "officer.idn", &case, json!({ "to": "departure_scheduled" })).await.expect(200);
    world.days_pass(9).await;
    assert_eq!(stage(world, &case).await, "departure_scheduled", "the permit holds until the end of its last day");
    world.days_pass(1).await;
    let clearance = world.get("officer.idn", &at(&case, "/immigration-clearance")).await.json();
    assert_eq!((clearance["exit_track"].clone(), stage(world, &case).await), (json!("expired"), json!("clearing")));
    let standing = world.get("officer.idn", &at(&case, "/repatriation")).await.json();
    let last = standing["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["rule"].clone(), last["user_id"].clone()), (json!("T13"), json!(null)));
    world.days_pass(10).await;
    world.days_pass(1).await;
    let documents = world.get("officer.idn", &at(&case, "/travel-documents")).await.json();
    assert_eq!(documents["items"][0]["status"], "expired");
    let again = world.get("officer.idn", &at(&case, "/repatriation")).await.json()["history"].as_array().unwrap().len();
    assert_eq!(again, standing["history"].as_array().unwrap().len(), "the stage drops once");
}

#[rstest]
#[actix_web::test]
async fn two_instances_let_a_permit_expire_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = cleared(world).await;
    record(world, "officer.idn", &case, "movements", flight(world, 5)).await;
    go(world, "officer.idn", &case, json!({ "to": "departure_scheduled" })).await.expect(200);
    let before = world.get("officer.idn", &at(&case, "/repatriation")).await.json()["history"].as_array().unwrap().len();
    world.clock.forward(10 * 24 * 3600);
    let other = world.restart(crate::support::database::keys()).await;
    let rounds = [&world.db, &other.db, &world.db, &other.db].map(homeward::command::background::follow_once);
    for round in futures_util::future::join_all(rounds).await {
        round.expect("a round");
    }
    world.days_pass(0).await;
    let after = world.get("officer.idn", &at(&case, "/repatriation")).await.json()["history"].as_array().unwrap().len();
    assert_eq!(after, before + 1);
    let changes = world.get("officer.idn", &at(&case, "/history?limit=200")).await.json();
    let expired = |change: &Value| change["changes"].as_array().into_iter().flatten().any(|field| field["to"] == "expired");
    assert_eq!(changes["items"].as_array().unwrap().iter().filter(|change| expired(change)).count(), 1);
}

#[rstest]
#[actix_web::test]
async fn a_movement_that_is_delayed_or_cancelled_takes_the_case_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = cleared(world).await;
    let movement = record(world, "officer.idn", &case, "movements", flight(world, 5)).await;
    world.post("officer.idn", &at(&case, "/movements"), flight(world, 6)).await.problem(422, "validation_failed");
    go(world, "officer.idn", &case, json!({ "to": "departure_scheduled" })).await.expect(200);
    world.patch("officer.idn", &movement, json!({ "status": "delayed" })).await.expect(200);
    assert_eq!(stage(world, &case).await, "clearing");
    world.patch("officer.idn", &movement, json!({ "status": "booked" })).await.expect(200);
    go(world, "officer.idn", &case, json!({ "to": "departure_scheduled" })).await.expect(200);
    world.patch("officer.idn", &movement, json!({ "status": "cancelled" })).await.expect(200);
    assert_eq!(stage(world, &case).await, "clearing");
    record(world, "officer.idn", &case, "movements", flight(world, 6)).await;
}

#[rstest]
#[actix_web::test]
async fn one_body_never_overwrites_anothers_finding(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::vietnamese();
    body["trafficking_status"] = json!("unscreened");
    body["screening_skipped"] = json!(null);
    let case = world.register("caseworker.a", body).await;
    assert_eq!(missing(world, "caseworker.a", &case, "screened").await, ["screened_or_skipped", "status_determined"]);
    let screening = json!({ "instrument": "ilo_indicators", "conducted_on": world.day(0), "interpreter": false, "act": "found", "means": "found", "purpose": "found" });
    let screening = record(world, "caseworker.a", &case, "screenings", screening).await;
    assert_eq!(world.get("caseworker.a", &screening).await.json()["suggested_outcome"], "presumed");
    let status = async || world.get("caseworker.a", &at(&case, "")).await.json()["trafficking_status"].clone();
    assert_eq!(status().await, "unscreened", "a suggestion decides nothing");
    let found = |outcome: &str, kind: &str, by: &str| json!({ "outcome": outcome, "decided_by_kind": kind, "decided_by": by, "decided_on": "2026-01-20" });
    let ours = record(world, "caseworker.a", &case, "status-determinations", found("possible", "ngo", "NGO A")).await;
    record(world, "caseworker.a", &case, "status-determinations", found("not_identified", "police", "District police")).await;
    assert_eq!(status().await, "possible");
    let mut superseding = found("not_identified", "police", "District police");
    superseding["supersedes"] = json!(ours.rsplit('/').next().unwrap());
    assert_eq!(world.post("caseworker.a", &at(&case, "/status-determinations"), superseding).await.pointers(), ["/supersedes"]);
    let mut withdrawn = found("not_identified", "ngo", "NGO A");
    withdrawn["supersedes"] = json!(ours.rsplit('/').next().unwrap());
    record(world, "caseworker.a", &case, "status-determinations", withdrawn).await;
    assert_eq!(status().await, "not_identified");
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn somebody_trafficked_again_has_a_new_case_that_carries_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let standing = go(world, "caseworker.a", &case, json!({ "to": "re_trafficked", "occurred_on": "2026-01-20", "source": "His sister" }))
        .await
        .expect(200)
        .json();
    let next =
        world.get("caseworker.a", &format!("/v1/cases/{}", standing["next_case_id"].as_str().expect("a case"))).await.expect(200).json();
    assert_eq!((next["person_id"].clone(), next["previous_case_id"].clone()), (case["person_id"].clone(), case["id"].clone()));
    assert_eq!(
        (next["identity"]["given_name"].clone(), next["stage"].clone(), next["redacted"].clone()),
        (json!("Văn Hùng"), json!("registered"), json!([]))
    );
    assert_eq!(next["narrative"]["notes"], json!(null), "what happened then is not what happened now");
    let stranger = world.get("caseworker.b", &format!("/v1/cases/{}", next["id"].as_str().unwrap())).await;
    stranger.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn what_was_paid_beyond_a_corrected_fine_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = cleared(world).await;
    let clearance = at(&case, "/immigration-clearance");
    world.patch("officer.idn", &clearance, json!({ "exit_track": "requested", "stay_expired_on": world.day(-10) })).await.expect(200);
    let pay = |paid_on: String| json!({ "money": { "amount": "100", "currency": "USD" }, "payer": "self", "paid_on": paid_on });
    assert_eq!(world.post("officer.idn", &at(&case, "/fine-payments"), pay(world.day(-11))).await.pointers(), ["/paid_on"]);
    record(world, "officer.idn", &case, "fine-payments", pay(world.day(0))).await;
    let half = json!({ "country": "KHM", "valid_from": world.day(-9), "daily_amount": "5", "currency": "USD" });
    world.post("admin", "/v1/fine-rates", half).await.expect(201);
    let fine = world.get("officer.idn", &clearance).await.json()["fine"].clone();
    let shown = ["assessed", "paid", "outstanding", "overpaid"].map(|figure| fine[figure].as_str().unwrap().to_owned());
    assert_eq!(shown, ["50.00", "50.00", "0.00", "50.00"]);
    let report = world.get("officer.idn", "/v1/reports/fines").await.expect(200).json();
    assert_eq!(report["items"][0]["sums"]["overpaid"], "50.00");
}

#[rstest]
#[actix_web::test]
async fn a_withdrawn_decision_stays_withdrawn_and_an_older_examination_never_wins(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = cleared(world).await;
    record(world, "officer.idn", &case, "movements", flight(world, 5)).await;
    record(world, "officer.idn", &case, "fit-to-travel", json!({ "fit": false, "examined_on": world.day(0) })).await;
    record(world, "officer.idn", &case, "fit-to-travel", json!({ "fit": true, "examined_on": world.day(-30) })).await;
    assert_eq!(missing(world, "officer.idn", &case, "departure_scheduled").await, ["fit_to_travel"]);
    let decisions = world.get("officer.idn", &at(&case, "/return-decisions")).await.json();
    let decision = at(&case, &format!("/return-decisions/{}", decisions["items"][0]["id"].as_str().unwrap()));
    world.patch("officer.idn", &decision, json!({ "withdrawn_on": world.day(0) })).await.expect(200);
    assert_eq!(world.patch("officer.idn", &decision, json!({ "withdrawn_on": null })).await.pointers(), ["/withdrawn_on"]);
}

#[rstest]
#[actix_web::test]
async fn a_charge_against_somebody_who_may_be_a_victim_is_looked_at(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::vietnamese();
    body["trafficking_status"] = json!("unscreened");
    body["screening_skipped"] = json!(null);
    let case = world.register("caseworker.a", body).await;
    let review = async || {
        let tasks = world.get("caseworker.a", &at(&case, "/tasks")).await.json();
        tasks["items"].as_array().unwrap().iter().any(|task| task["kind"] == "non_punishment_review" && task["status"] == "open")
    };
    let charge =
        record(world, "caseworker.a", &case, "charges", json!({ "status": "charged", "offence": "Fraud", "since": "2026-01-10" })).await;
    assert!(!review().await, "nobody found anything yet");
    let found = json!({ "outcome": "formally_identified", "decided_by_kind": "court_or_prosecution", "decided_by": "Court", "decided_on": "2026-01-20",
                        "decided_in_country": "KHM", "reference": "PP-2026-3" });
    record(world, "caseworker.a", &case, "status-determinations", found).await;
    assert!(review().await);
    world.patch("caseworker.a", &charge, json!({ "non_punishment_raised_on": "2026-01-21" })).await.expect(200);
    assert!(!review().await);
}

#[rstest]
#[actix_web::test]
async fn what_is_recorded_stands_in_the_history_and_money_is_never_lost(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = cleared(world).await;
    let clearance = at(&case, "/immigration-clearance");
    world.patch("officer.idn", &clearance, json!({ "exit_track": "requested", "stay_expired_on": world.day(-10) })).await.expect(200);
    let payment = json!({ "money": { "amount": "60", "currency": "USD" }, "payer": "self", "paid_on": world.day(0) });
    let payment = record(world, "officer.idn", &case, "fine-payments", payment).await;
    assert_eq!(world.patch("officer.idn", &clearance, json!({ "stay_expired_on": world.day(-5) })).await.pointers(), ["/stay_expired_on"]);
    assert_eq!(world.patch("officer.idn", &payment, json!({ "money": { "amount": "70" } })).await.pointers(), ["/money"]);
    let wrong = json!({ "money": { "amount": "1", "currency": "KHR" }, "payer": "self", "paid_on": world.day(0) });
    assert_eq!(world.post("officer.idn", &at(&case, "/fine-payments"), wrong).await.pointers(), ["/money/currency"]);
    world
        .patch("officer.idn", &payment, json!({ "cancelled_on": world.day(0), "cancellation_reason": "Another person's" }))
        .await
        .expect(200);
    assert_eq!(world.get("officer.idn", &clearance).await.json()["fine"]["outstanding"], "100.00");
    let history = world.get("officer.idn", &at(&case, "/history?limit=200")).await.json();
    let fields: Vec<&str> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|change| change["changes"].as_array().unwrap())
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    assert!(fields.iter().any(|field| field.starts_with("fine_payment/") && field.ends_with("/cancelled_on")), "{fields:?}");
}

//! Whoever goes home decides so freely, is fit to travel, and is asked how they are for half a year.

use rstest::rstest;
use serde_json::{Value, json};

use crate::repatriation::afterwards::{record as record_afterwards, returned};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go, ready_to_depart, to_clearing};
use crate::support::{World, data};

const OFFICER: &str = "officer.idn";

/// What is missing for a step.
async fn missing(world: &World, actor: &str, case: &Value, to: &str) -> Vec<String> {
    let answer = go(world, actor, case, json!({ "to": to })).await.json();
    let unmet = answer["unmet"].as_array().cloned().unwrap_or_default();
    unmet.iter().map(|guard| guard["guard"].as_str().unwrap().to_owned()).collect()
}

/// The open tasks of a kind, by the day on which they are due.
async fn due(world: &World, actor: &str, case: &Value, kind: &str) -> Vec<String> {
    let tasks = world.get(actor, &at(case, "/tasks")).await.expect(200).json();
    let open = tasks["items"].as_array().unwrap().iter().filter(|task| task["kind"] == kind && task["status"] == "open");
    open.map(|task| task["due_on"].as_str().unwrap().to_owned()).collect()
}

async fn decide(world: &World, actor: &str, case: &Value, more: Value) -> String {
    let mut decision = json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": world.day(0),
                               "decided_on": world.day(0), "signed_on": world.day(0), "evidence": "Folder 7" });
    decision.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(actor, &at(case, "/return-decisions"), decision).await.expect(201).header("location").to_owned()
}

/// What the coordination desk, which reads neither the protection notes nor the health, is told that a step needs.
async fn told_to_the_desk(world: &World, case: &Value) -> Vec<String> {
    let next = world.get("coordinator", &at(case, "/repatriation")).await.expect(200).json()["next"].clone();
    let step = next.as_array().unwrap().iter().find(|step| step["to"] == "departure_scheduled").cloned().unwrap();
    step["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap().to_owned()).collect()
}

fn reflect(until: String) -> Value {
    json!({ "protection": { "reflection_until": until } })
}

#[rstest]
#[actix_web::test]
async fn in_a_reflection_period_a_decision_counts_only_if_the_person_asked_for_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::walk_in();
    body["protection"] = json!({ "registration_basis": "vital_interest" });
    let case = to_clearing(world, OFFICER, body).await;
    ready_to_depart(world, OFFICER, &case).await;
    assert_eq!(case["protection"]["registration_basis"], "vital_interest");
    for wrong in [world.day(400), "0001-01-01".to_owned()] {
        let far = world.patch(OFFICER, &at(&case, ""), reflect(wrong)).await;
        assert_eq!((far.status, far.pointers()), (422, vec!["/protection/reflection_until".to_owned()]));
    }
    assert_eq!(told_to_the_desk(world, &case).await, ["movement_booked"]);
    world.patch(OFFICER, &at(&case, ""), reflect(world.day(10))).await.expect(200);
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, ["movement_booked", "return_decided"]);
    assert_eq!(told_to_the_desk(world, &case).await, ["movement_booked", "ask_owner"], "who does not read of it learns of no period");
    let decision = world.get(OFFICER, &at(&case, "/return-decisions")).await.expect(200).json()["items"][0]["id"].clone();
    let decision = at(&case, &format!("/return-decisions/{}", decision.as_str().unwrap()));
    let later = world.patch(OFFICER, &decision, json!({ "asked_by_person": true })).await;
    assert_eq!((later.status, later.pointers()), (422, vec!["/asked_by_person".to_owned()]), "nobody remembers it afterwards");
    world.days_pass(11).await;
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, ["movement_booked", "return_decided"], "it was pressed then");
    world.patch(OFFICER, &at(&case, ""), reflect(world.day(5))).await.expect(200);
    decide(world, OFFICER, &case, json!({ "asked_by_person": true })).await;
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, ["movement_booked"]);
}

#[rstest]
#[actix_web::test]
async fn a_reflection_period_is_the_persons_and_a_supervisor_alone_ends_it_early(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let earlier = world.register(OFFICER, data::walk_in()).await;
    let mut again = data::walk_in();
    again.as_object_mut().unwrap().retain(|field, _| !["identity", "contact"].contains(&field.as_str()));
    (again["person_id"], again["previous_case_id"]) = (earlier["person_id"].clone(), earlier["id"].clone());
    let case = to_clearing(world, OFFICER, again).await;
    ready_to_depart(world, OFFICER, &case).await;
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, ["movement_booked"]);
    world.patch(OFFICER, &at(&earlier, ""), reflect(world.day(10))).await.expect(200);
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, ["movement_booked", "return_decided"]);

    let other = world.register("caseworker.a", data::vietnamese()).await;
    world.patch("caseworker.a", &at(&other, ""), reflect(world.day(10))).await.expect(200);
    world.patch("caseworker.a", &at(&other, ""), reflect(world.day(12))).await.expect(200);
    for sooner in [reflect(world.day(3)), json!({ "protection": { "reflection_until": null } }), json!({ "protection": null })] {
        let refused = world.patch("caseworker.a", &at(&other, ""), sooner).await;
        assert_eq!((refused.status, refused.pointers()), (422, vec!["/protection/reflection_until".to_owned()]));
    }
    world.patch("supervisor.a", &at(&other, ""), reflect(world.day(3))).await.expect(200);
    world.days_pass(4).await;
    world.patch("caseworker.a", &at(&other, ""), json!({ "protection": { "reflection_until": null } })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn nobody_is_said_to_have_left_more_freely_than_they_decided(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    decide(world, "caseworker.a", &case, json!({ "voluntariness": "against_will" })).await;
    let left = |basis: &str| {
        let mut left = returned(world, -2, -1);
        left["basis"] = json!(basis);
        left
    };
    for basis in ["assisted_voluntary", "deportation_agreed"] {
        let refused = record_afterwards(world, "supervisor.a", &case, left(basis)).await;
        assert_eq!((refused.status, refused.pointers()), (422, vec!["/basis".to_owned()]), "{basis}");
    }
    record_afterwards(world, "supervisor.a", &case, left("deportation_against_will")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_does_not_learn_of_a_reflection_period(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let mission = world.mission("VNM").await;
    let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted", "informed_of_rights_on": world.day(0), "decided_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    decide(world, "caseworker.a", &case, json!({ "asked_by_person": true })).await;
    let charter = json!({ "name": "Charter to Hà Nội", "mode": "charter_flight", "status": "booked", "capacity": 3,
        "departs_at": format!("{}T08:00:00Z", world.day(2)), "arrives_at": format!("{}T12:00:00Z", world.day(2)) });
    let plane = world.post("officer.vnm", "/v1/movements/batches", charter).await.expect(201).header("location").to_owned();
    world.post("officer.vnm", &format!("{plane}/passengers"), json!({ "case_ids": [case["id"]] })).await.expect(201);
    let read = async || {
        let mut told = Vec::new();
        for step in ["departure_scheduled", "departed"] {
            let board = world.get("officer.vnm", &format!("{plane}/passengers?step={step}")).await.expect(200).json();
            told.push(board["passengers"][0]["unmet"].to_string());
        }
        for rest in ["", "/repatriation", "/return-decisions", "/tasks"] {
            let mut answer = world.get("officer.vnm", &at(&case, rest)).await.expect(200).json();
            for changes in ["updated_at", "version"] {
                answer.as_object_mut().unwrap().remove(changes);
            }
            told.push(answer.to_string());
        }
        told
    };
    let before = read().await;
    world.patch("caseworker.a", &at(&case, ""), reflect(world.day(10))).await.expect(200);
    assert_eq!(read().await, before);
    let told = world.get("officer.vnm", &at(&case, "/return-decisions")).await.expect(200).json();
    assert_eq!(told["items"][0]["asked_by_person"], Value::Null, "that somebody says so tells that there was a reason to say it");
    let own = world.get("caseworker.a", &at(&case, "/return-decisions")).await.expect(200).json();
    assert_eq!(own["items"][0]["asked_by_person"], true);
}

#[rstest]
#[actix_web::test]
async fn whoever_decided_in_detention_is_asked_again_in_freedom(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    let held = json!({ "facility": "Immigration centre", "since": world.day(-3) });
    let held = world.post("caseworker.a", &at(&case, "/detentions"), held).await.expect(201).header("location").to_owned();
    decide(world, "caseworker.a", &case, json!({})).await;
    assert_eq!(due(world, "caseworker.a", &case, "detained_decision").await, Vec::<String>::new(), "not free to say yet");
    world.days_pass(2).await;
    let released = world.day(0);
    world.patch("caseworker.a", &held, json!({ "released_on": released })).await.expect(200);
    assert_eq!(due(world, "caseworker.a", &case, "detained_decision").await, [released]);
    decide(world, "caseworker.a", &case, json!({})).await;
    assert_eq!(due(world, "caseworker.a", &case, "detained_decision").await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_charter_takes_the_well_on_their_word_and_the_hurt_on_a_physicians(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = to_clearing(world, OFFICER, data::walk_in()).await;
    ready_to_depart(world, OFFICER, &case).await;
    let fit = |basis: &str| json!({ "fit": true, "basis": basis, "examined_on": world.day(0), "valid_until": world.day(30) });
    world.post(OFFICER, &at(&case, "/fit-to-travel"), fit("self_declaration")).await.expect(201);
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, ["movement_booked"]);
    world.days_pass(1).await;
    let screening = json!({ "screened_on": world.day(0), "triage": "green", "pregnancy": "yes", "suicide_risk": "none",
                                "sexual_violence_disclosed": "not_asked" });
    world.post(OFFICER, &at(&case, "/health-screenings"), screening).await.expect(201);
    let found = missing(world, OFFICER, &case, "departure_scheduled").await;
    assert_eq!(found, ["movement_booked", "fit_to_travel"], "the examination was before it was known");
    assert_eq!(
        told_to_the_desk(world, &case).await,
        ["movement_booked", "ask_owner"],
        "who does not read the screening learns nothing of it"
    );
    world.post(OFFICER, &at(&case, "/fit-to-travel"), fit("nurse_check")).await.expect(201);
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, found);
    world.post(OFFICER, &at(&case, "/fit-to-travel"), fit("examination")).await.expect(201);
    assert_eq!(missing(world, OFFICER, &case, "departure_scheduled").await, ["movement_booked"]);
}

#[rstest]
#[actix_web::test]
async fn whoever_came_home_is_followed_up_for_half_a_year(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("supervisor.a", data::vietnamese()).await;
    record_afterwards(world, "supervisor.a", &case, returned(world, -2, -1)).await.expect(200);
    let [first, next] = [28, 88].map(|ahead| world.day(ahead));
    assert_eq!(
        due(world, "supervisor.a", &case, "monitoring_due").await,
        [first],
        "thirty days after they left, where the arrival is not written down"
    );
    world.days_pass(20).await;
    let visit = json!({ "due_on": world.day(0), "done_on": world.day(0), "situation": "stable", "mode": "call" });
    world.post("supervisor.a", &at(&case, "/follow-ups"), visit).await.expect(201);
    assert_eq!(due(world, "supervisor.a", &case, "monitoring_due").await, [next]);
    world.days_pass(1).await;
    let gone = json!({ "due_on": world.day(0), "done_on": world.day(0), "situation": "declined_contact" });
    world.post("supervisor.a", &at(&case, "/follow-ups"), gone).await.expect(201);
    assert_eq!(due(world, "supervisor.a", &case, "monitoring_due").await, Vec::<String>::new(), "who wants to be left alone is");
}

//! People whose way home is not the ideal one: each as it happens, through the API alone.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go, ready_to_depart};
use crate::support::{World, data};

fn indonesian(intake: &str, given_name: &str, family_name: &str) -> Value {
    let mut person = data::walk_in();
    person["intake_channel"] = json!(intake);
    person["identity"]["given_name"] = json!(given_name);
    person["identity"]["family_name"] = json!(family_name);
    person
}

fn decision(world: &World) -> Value {
    let today = world.day(0);
    json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": today, "decided_on": today, "signed_on": today, "evidence": "Folder 7" })
}

fn unmet(step: &Value) -> Vec<&str> {
    step["unmet"].as_array().expect("guards").iter().filter_map(|guard| guard["guard"].as_str()).collect()
}

#[rstest]
#[actix_web::test]
async fn an_embassy_fetches_its_national_from_a_detention_centre(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", indonesian("detention_visit", "Bagus", "Setiawan")).await;
    let refused = go(world, "officer.idn", &case, json!({ "to": "screened" })).await.problem(409, "unmet_guards");
    assert!(unmet(&refused).contains(&"care_party"), "nobody asked him yet: {refused}");
    let contact =
        json!({ "mission_id": world.mission("IDN").await, "initiated_by": "authority_notification", "person_decision": "accepted" });
    let contact = world.post("officer.idn", &at(&case, "/embassy-contacts"), contact).await.expect(201).header("location").to_owned();
    go(world, "officer.idn", &case, json!({ "to": "screened" })).await.problem(409, "unmet_guards");
    world.patch("officer.idn", &contact, json!({ "informed_of_rights_on": world.day(0) })).await.expect(200);
    for stage in ["screened", "mission_contacted"] {
        let standing = go(world, "officer.idn", &case, json!({ "to": stage })).await.expect(200).json();
        assert_eq!(standing["stage"], stage);
    }
}

#[rstest]
#[actix_web::test]
async fn whoever_walked_into_an_embassy_and_changes_their_mind_is_recorded_there(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", indonesian("walk_in_embassy", "Dewi", "Lestari")).await;
    go(world, "officer.idn", &case, json!({ "to": "withdrawn" })).await.problem(409, "unmet_guards");
    let stays = json!({ "to": "withdrawn", "reason": "She found work at a hotel" });
    let standing = go(world, "officer.idn", &case, stays).await.expect(200).json();
    assert_eq!(standing["side_state"], "withdrawn");
    let refused = go(world, "officer.idn", &case, json!({ "to": "protection_pathway", "reason": "Afraid" })).await;
    assert!(unmet(&refused.problem(409, "unmet_guards")).contains(&"ngo_or_coordinator"), "a mission decides nothing against itself");
    go(world, "officer.idn", &case, json!({ "to": "resume" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn somebody_with_their_own_passport_goes_home_without_a_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let screening = json!({ "instrument": "ngo_form", "conducted_on": world.day(0), "interpreter": true, "indicators": [] });
    world.post("caseworker.a", &at(&case, "/screenings"), screening).await.expect(201);
    let finding = json!({ "outcome": "possible", "decided_by_kind": "ngo", "decided_by": "NGO A", "decided_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/status-determinations"), finding).await.expect(201);
    world.patch("caseworker.a", &at(&case, ""), json!({ "health": { "immediate_needs": "none" } })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    world.post("caseworker.a", &at(&case, "/return-decisions"), decision(world)).await.expect(201);
    let refused = go(world, "caseworker.a", &case, json!({ "to": "clearing" })).await.problem(409, "unmet_guards");
    assert_eq!(unmet(&refused), ["own_passport"]);
    ready_to_depart(world, "caseworker.a", &case).await;
    let standing = go(world, "caseworker.a", &case, json!({ "to": "clearing" })).await.expect(200).json();
    assert_eq!(standing["history"].as_array().expect("a log").last().expect("an entry")["rule"], "T5a");
    // No figure says that a mission was asked or verified her, and no step back leads where she never was.
    for milestone in ["mission_contacted", "nationality_verified"] {
        assert_eq!(reached(world, milestone).await, 0, "{milestone}");
    }
    let back = |to: &str| json!({ "to": to, "reason": "The passport is another's" });
    go(world, "supervisor.a", &case, back("nationality_verified")).await.problem(409, "no_such_transition");
    go(world, "supervisor.a", &case, back("screened")).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "clearing" })).await.expect(200);
    let day = world.day(1);
    let flight = json!({ "mode": "flight", "status": "booked", "carrier": "An airline", "departs_at": format!("{day}T08:00:00Z"),
                         "arrives_at": format!("{day}T12:00:00Z") });
    world.post("caseworker.a", &at(&case, "/movements"), flight).await.expect(201);
    go(world, "coordinator", &case, json!({ "to": "departure_scheduled" })).await.expect(200);
}

async fn reached(world: &World, milestone: &str) -> i64 {
    let funnel = world.get("supervisor.a", "/v1/reports/funnel").await.expect(200).json();
    let row = funnel["totals"].as_array().expect("rows").iter().find(|row| row["milestone"] == milestone).cloned().expect(milestone);
    row["cases"].as_i64().expect("a number")
}

#[rstest]
#[actix_web::test]
async fn whoever_was_deported_arrives_and_is_helped_at_home(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let removed = json!({ "to": "removed_by_force", "occurred_on": world.day(-3), "source": "Immigration police" });
    go(world, "caseworker.a", &case, removed).await.expect(200);
    let afterwards = |basis: &str| {
        json!({ "departed_on": world.day(-3), "arrived_on": world.day(-2), "basis": basis, "reason": "A deportation flight",
                "source": "Immigration police" })
    };
    let refused = world.act("supervisor.a", &at(&case, ""), "/repatriation/afterwards", afterwards("self_organised")).await;
    assert_eq!(refused.pointers(), ["/basis"]);
    let standing = world
        .act("supervisor.a", &at(&case, ""), "/repatriation/afterwards", afterwards("deportation_against_will"))
        .await
        .expect(200)
        .json();
    assert_eq!((&standing["stage"], &standing["side_state"]), (&json!("arrived"), &json!(null)));
    let log = standing["history"].as_array().expect("a log");
    assert!(log.iter().any(|entry| entry["side_state"] == "removed_by_force" || entry["to_side_state"] == "removed_by_force"), "{log:?}");
    let arrival =
        json!({ "arrived_on": world.day(-2), "port": "Nội Bài", "received_by": "Border guard", "reception_consent_on": world.day(-1) });
    world.post("caseworker.a", &at(&case, "/arrivals"), arrival).await.expect(201);
    world.post("caseworker.a", &at(&case, "/support-plans"), json!({ "kinds": ["legal"], "status": "planned" })).await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "reintegration" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_learns_of_no_document_that_no_mission_issued(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    let views = ["", "/travel-documents", "/history?limit=200", "/repatriation", "/dossier"];
    let view = async || {
        let mut seen = Vec::new();
        for part in views {
            seen.push(world.get("officer.vnm", &at(&case, part)).await.expect(200).text());
        }
        seen
    };
    let before = view().await;
    let refugee = json!({ "kind": "convention_travel_document", "issuer": "Immigration department", "status": "requested", "requested_on": world.day(0) });
    let document = world.post("caseworker.a", &at(&case, "/travel-documents"), refugee).await.expect(201).header("location").to_owned();
    world.get("officer.vnm", &document).await.problem(404, "not_found");
    let after = view().await;
    for (part, (before, after)) in views.iter().zip(before.iter().zip(&after)) {
        assert!(!after.contains("convention") && !after.contains("Immigration department"), "{part}: {after}");
        // The case itself has another version for everybody.
        assert!(*part != "/travel-documents" || before == after, "{part}");
    }
}

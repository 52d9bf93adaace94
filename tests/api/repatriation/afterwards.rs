//! What already happened is recorded afterwards, in one act, and every figure counts it on its own day.

use actix_web::http::Method;
use homeward::command::background;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{Answer, World, data};

pub async fn record(world: &World, actor: &str, case: &Value, body: Value) -> Answer {
    let etag = world.get(actor, &at(case, "")).await.etag();
    world.send(actor, Method::POST, &at(case, "/repatriation/afterwards"), &[("if-match", &etag)], Some(&body)).await
}

pub fn returned(world: &World, departed: i64, arrived: i64) -> Value {
    json!({ "departed_on": world.day(departed), "arrived_on": world.day(arrived), "basis": "self_organised",
            "reason": "Flew home on a ticket of the family", "source": "His sister" })
}

fn gaps(entry: &Value) -> Vec<String> {
    entry["gaps"].as_array().unwrap().iter().map(|gap| gap["guard"].as_str().unwrap().to_owned()).collect()
}

async fn reached(world: &World, milestone: &str) -> i64 {
    let report = world.get("supervisor.a", "/v1/reports/funnel").await.expect(200).json();
    let row = report["totals"].as_array().unwrap().iter().find(|row| row["milestone"] == milestone).cloned();
    row.unwrap()["cases"].as_i64().unwrap()
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world
        .post("", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/repatriation/afterwards", json!({}))
        .await
        .problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn somebody_who_flew_home_alone_is_recorded_in_one_act_with_its_gaps(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let standing = record(world, "supervisor.a", &case, returned(world, -30, -29)).await.expect(200).json();
    assert_eq!((&standing["stage"], &standing["side_state"]), (&json!("arrived"), &json!(null)));
    let log = standing["history"].as_array().unwrap();
    let (departure, arrival) = (&log[1], &log[2]);
    for (entry, day) in [(departure, -30), (arrival, -29)] {
        assert_eq!((&entry["rule"], &entry["recorded_afterwards"]), (&json!("T15"), &json!(true)));
        assert_eq!((&entry["occurred_on"], &entry["details"]["source"]), (&json!(world.day(day)), &json!("His sister")));
    }
    assert_eq!((&departure["departure_basis"], &log[0]["recorded_afterwards"]), (&json!("self_organised"), &json!(false)));
    let found = gaps(departure);
    for gap in ["contact_accepted", "return_decided", "travel_document_valid", "exit_permit_valid", "fit_to_travel"] {
        assert!(found.iter().any(|known| known == gap), "{gap} is missing of {found:?}");
    }
    assert!(gaps(arrival).is_empty());
    let tasks = world.get("supervisor.a", &at(&case, "/tasks")).await.expect(200).json();
    let reviews = tasks["items"].as_array().unwrap().iter().filter(|task| task["kind"] == "added" && task["status"] == "open").count();
    assert_eq!(reviews, found.len(), "one task to review each gap");
    // Figures count the journey on its own day, and no step that never was.
    for (milestone, cases) in
        [("departed", 1), ("arrived", 1), ("mission_contacted", 0), ("nationality_verified", 0), ("return_decided", 0)]
    {
        assert_eq!(reached(world, milestone).await, cases, "{milestone}");
    }
    assert_eq!(world.get("supervisor.a", &at(&case, "")).await.json()["stage_since"], json!(world.day(-29)));
    let pace = async || world.get("supervisor.a", "/v1/reports/forecast").await.expect(200).text();
    let quiet = pace().await;
    let recent = world.register("caseworker.a", data::vietnamese()).await;
    record(world, "supervisor.a", &recent, returned(world, -2, -1)).await.expect(200);
    assert_ne!(pace().await, quiet, "a departure of the last days is counted");
    // The road goes on.
    let arrival =
        json!({ "arrived_on": world.day(-29), "port": "Nội Bài", "received_by": "His family", "reception_consent_on": world.day(-28) });
    world.post("caseworker.a", &at(&case, "/arrivals"), arrival).await.expect(201);
    world.post("caseworker.a", &at(&case, "/support-plans"), json!({ "kinds": ["legal"], "status": "planned" })).await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "reintegration" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn it_is_no_way_round_a_guard(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    for day in [0, 1] {
        let refused = record(
            world,
            "supervisor.a",
            &case,
            json!({ "departed_on": world.day(day), "basis": "self_organised", "reason": "x", "source": "y" }),
        );
        assert_eq!(refused.await.pointers(), ["/departed_on"], "a day that is not over");
    }
    let past = returned(world, -3, -2);
    record(world, "caseworker.a", &case, past.clone()).await.problem(403, "permission_denied");
    let alone = json!({ "arrived_on": world.day(-2), "reason": "x", "source": "y" });
    assert_eq!(record(world, "supervisor.a", &case, alone.clone()).await.pointers(), ["/departed_on"]);
    let backwards = returned(world, -3, -9);
    assert_eq!(record(world, "supervisor.a", &case, backwards).await.pointers(), ["/arrived_on"]);
    let standing = world.get("supervisor.a", &at(&case, "/repatriation")).await.expect(200).json();
    assert_eq!((&standing["stage"], standing["history"].as_array().map(Vec::len)), (&json!("registered"), Some(1)), "all or nothing");
    record(world, "supervisor.a", &case, past.clone()).await.expect(200);
    record(world, "supervisor.a", &case, past.clone()).await.problem(409, "no_such_transition");
    let dead = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &dead, json!({ "to": "deceased", "occurred_on": world.day(0), "source": "Hospital" })).await.expect(200);
    record(world, "supervisor.a", &dead, past).await.problem(409, "no_such_transition");
}

#[rstest]
#[actix_web::test]
async fn what_protects_the_person_is_a_loud_gap_and_told_to_those_who_may_know(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.patch("caseworker.a", &at(&case, ""), json!({ "protection": { "asylum_claim_open": true } })).await.expect(200);
    world
        .post("caseworker.a", &at(&case, "/legal-holds"), json!({ "kind": "witness_proceedings", "imposed_on": world.day(-9) }))
        .await
        .expect(201);
    let denial = json!({ "scope": "missions_of", "missions_of": "VNM", "reason": "Afraid of them" });
    world.post("caseworker.a", &at(&case, "/denials"), denial).await.expect(201);
    let hold = json!({ "to": "on_hold", "hold_reason": "witness_proceedings", "review_on": world.day(3) });
    go(world, "caseworker.a", &case, hold).await.expect(200);
    let deported =
        json!({ "departed_on": world.day(-1), "basis": "deportation_against_will", "reason": "Seen on the list", "source": "Police" });
    record(world, "supervisor.a", &case, deported).await.expect(200);
    let entry = async |actor: &str| world.get(actor, &at(&case, "/repatriation")).await.expect(200).json()["history"][2].clone();
    let told = gaps(&entry("supervisor.a").await);
    for loud in ["on_the_road", "nothing_denied", "no_protection_bar", "no_legal_hold"] {
        assert!(told.iter().any(|known| known == loud), "{loud} is missing of {told:?}");
    }
    let desk = gaps(&entry("coordinator").await);
    assert!(desk.contains(&"ask_owner".to_owned()), "{desk:?}");
    for closed in ["nothing_denied", "no_protection_bar", "no_legal_hold"] {
        assert!(!desk.iter().any(|known| known == closed), "{closed} is not the desk's to know");
    }
    let tasks = world.get("caseworker.a", &at(&case, "/tasks")).await.expect(200).text();
    assert!(!tasks.contains("legal hold") && tasks.contains("Recorded afterwards"), "{tasks}");
}

#[rstest]
#[actix_web::test]
async fn what_was_recorded_by_mistake_is_taken_back_whole(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, json!({ "to": "lost_contact", "occurred_on": world.day(-9), "source": "Shelter" })).await.expect(200);
    let figures = async || {
        let mut all = Vec::new();
        for name in ["funnel", "backlog", "ageing", "forecast", "fines"] {
            let mut report = world.get("supervisor.a", &format!("/v1/reports/{name}")).await.expect(200).json();
            report.as_object_mut().unwrap().remove("as_of");
            all.push(report);
        }
        all.push(world.get("supervisor.a", "/v1/statistics/cases?by=stage,side_state").await.expect(200).json());
        all.push(world.get("supervisor.a", &at(&case, "")).await.expect(200).json()["stage_since"].clone());
        all
    };
    let before = figures().await;
    record(world, "supervisor.a", &case, returned(world, -3, -2)).await.expect(200);
    let back = json!({ "to": "resume", "reason": "It was his brother" });
    go(world, "supervisor.a", &case, json!({ "to": "departed", "reason": "x" })).await.problem(409, "no_such_transition");
    go(world, "caseworker.a", &case, back.clone()).await.problem(409, "unmet_guards");
    let standing = go(world, "supervisor.a", &case, back.clone()).await.expect(200).json();
    assert_eq!(standing["stage"], "departed", "the arrival alone");
    let standing = go(world, "supervisor.a", &case, back).await.expect(200).json();
    assert_eq!((&standing["stage"], &standing["side_state"]), (&json!("registered"), &json!("lost_contact")));
    let log = standing["history"].as_array().unwrap();
    assert_eq!(log.iter().filter(|entry| entry["taken_back"]["reason"] == "It was his brother").count(), 2);
    assert_eq!(figures().await, before);
}

/// An arrival at the end of an ordinary step, and its step back, leave the wrong departure in its place: it is taken back next.
#[rstest]
#[actix_web::test]
async fn a_wrong_departure_is_taken_back_also_after_a_step_back_from_the_arrival(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let forecast = async || {
        let mut report = world.get("supervisor.a", "/v1/reports/forecast").await.expect(200).json();
        report.as_object_mut().unwrap().remove("as_of");
        report
    };
    let before = forecast().await;
    let left = json!({ "departed_on": world.day(-3), "basis": "self_organised", "reason": "Flew alone", "source": "A sister" });
    record(world, "supervisor.a", &case, left).await.expect(200);
    assert_ne!(forecast().await, before, "a departure is counted");
    let arrival = json!({ "arrived_on": world.day(-2), "port": "Nội Bài", "received_by": "Family", "reception_consent_on": world.day(-2) });
    world.post("caseworker.a", &at(&case, "/arrivals"), arrival).await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "arrived" })).await.expect(200);
    let wrong = |to: &str| json!({ "to": to, "reason": "Another person flew" });
    go(world, "supervisor.a", &case, wrong("departed")).await.expect(200);
    go(world, "supervisor.a", &case, wrong("departure_scheduled")).await.problem(409, "no_such_transition");
    let standing = go(world, "supervisor.a", &case, wrong("resume")).await.expect(200).json();
    assert_eq!(standing["stage"], "registered");
    let log = standing["history"].as_array().unwrap();
    let taken_back: Vec<bool> = log.iter().map(|entry| entry["taken_back"].is_object()).collect();
    assert_eq!(taken_back, [false, true, true, false, false], "{log:?}");
    assert_eq!(forecast().await, before);
}

#[rstest]
#[actix_web::test]
async fn the_fine_ends_with_the_journey_and_what_was_booked_is_free_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "stay_expired_on": world.day(-10) })).await.expect(200);
    let flight = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{}T08:00:00Z", world.day(5)),
                         "arrives_at": format!("{}T12:00:00Z", world.day(5)) });
    let booked = world.post("caseworker.a", &at(&case, "/movements"), flight).await.expect(201).header("location").to_owned();
    record(world, "supervisor.a", &case, returned(world, -4, -3)).await.expect(200);
    assert_eq!(world.get("caseworker.a", &booked).await.expect(200).json()["status"], "cancelled");
    let fine = world.get("caseworker.a", &at(&case, "/immigration-clearance")).await.expect(200).json()["fine"].clone();
    assert_eq!((&fine["overstay_days"], &fine["counted_until"]), (&json!(6), &json!(world.day(-4))));
    world.days_pass(5).await;
    let fine = world.get("caseworker.a", &at(&case, "/immigration-clearance")).await.expect(200).json()["fine"].clone();
    assert_eq!(fine["overstay_days"], json!(6), "it grows no more");
}

async fn record_list(world: &World, actor: &str, key: &str, items: &[Value]) -> Answer {
    let body = json!({ "reason": "Flown home by their government", "source": "List of the airport desk", "items": items });
    world.send(actor, Method::POST, "/v1/cases/afterwards", &[("idempotency-key", key)], Some(&body)).await
}

fn on_the_list(world: &World, who: Value) -> Value {
    let mut item = json!({ "departed_on": world.day(-40), "arrived_on": world.day(-39), "basis": "assisted_voluntary" });
    item.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
    item
}

fn nobody_knew(number: usize) -> Value {
    json!({ "person": { "host_country": "KHM", "intake_channel": "other", "nationality_claimed": "VNM",
                        "identity": { "given_name": "Returned", "family_name": format!("Number {number}") } } })
}

#[rstest]
#[actix_web::test]
async fn a_list_of_45_who_returned_last_month_is_one_request(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut items = Vec::new();
    for at in 0..30 {
        let mut body = nobody_knew(at)["person"].clone();
        body["intake_channel"] = json!("hotline");
        let case = world.register("caseworker.a", body).await;
        items.push(on_the_list(world, json!({ "case_id": case["id"] })));
    }
    items.extend((30..45).map(|at| on_the_list(world, nobody_knew(at))));
    items[7]["departed_on"] = json!(world.day(3));
    items[9]["arrived_on"] = json!(world.day(-60));
    items[40]["departed_on"] = json!(world.day(0));
    let answer = record_list(world, "supervisor.a", "list-1", &items).await.expect(201).json();
    let results = answer["items"].as_array().unwrap();
    assert_eq!(results.len(), 45);
    for (at, result) in results.iter().enumerate() {
        if [7, 9, 40].contains(&at) {
            assert_eq!((&result["case_id"], &result["problem"]["code"]), (&json!(null), &json!("validation_failed")), "{at}: {result}");
            let pointer = if at == 9 { "/arrived_on" } else { "/departed_on" };
            assert_eq!(result["problem"]["errors"][0]["pointer"], pointer, "{at}");
        } else {
            assert_eq!((&result["stage"], &result["problem"]), (&json!("arrived"), &json!(null)), "{at}: {result}");
        }
    }
    for (milestone, cases) in [("registered", 44), ("departed", 42), ("arrived", 42), ("return_decided", 0)] {
        assert_eq!(reached(world, milestone).await, cases, "{milestone}: who was refused is not registered either");
    }
    let standing = at(&json!({ "id": results[44]["case_id"] }), "/repatriation");
    let log = world.get("supervisor.a", &standing).await.expect(200).json()["history"].clone();
    assert_eq!((&log[1]["recorded_afterwards"], &log[1]["occurred_on"]), (&json!(true), &json!(world.day(-40))));
    assert_eq!((&log[2]["occurred_on"], &log[1]["details"]["source"]), (&json!(world.day(-39)), &json!("List of the airport desk")));
    assert!(gaps(&log[1]).contains(&"contact_accepted".to_owned()));
    let tasks = world.get("supervisor.a", &at(&json!({ "id": results[0]["case_id"] }), "/tasks")).await.expect(200).text();
    assert!(tasks.contains("Recorded afterwards"), "the gaps are to be reviewed: {tasks}");
    // Sent again, because the connection broke: nobody is registered or recorded twice.
    let again = record_list(world, "supervisor.a", "list-1", &items).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let again = again.json();
    let cases = |list: &Value| list["items"].as_array().unwrap().iter().map(|item| item["case_id"].clone()).collect::<Vec<_>>();
    assert_eq!(cases(&again), cases(&answer));
    assert_eq!(reached(world, "registered").await, 44);
    // With what was wrong put right, and a new key: those who are recorded are refused, and the others are not.
    items[7]["departed_on"] = json!(world.day(-40));
    let mended = record_list(world, "supervisor.a", "list-2", &items[6..8]).await.expect(201).json();
    assert_eq!((&mended["items"][0]["problem"]["code"], &mended["items"][1]["stage"]), (&json!("no_such_transition"), &json!("arrived")));
}

#[rstest]
#[actix_web::test]
async fn a_list_is_no_way_to_a_case_or_past_a_guard(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let own = world.register("caseworker.a", data::vietnamese()).await;
    let dead = world.register("caseworker.a", data::taiwanese()).await;
    go(world, "caseworker.a", &dead, json!({ "to": "deceased", "occurred_on": world.day(0), "source": "Hospital" })).await.expect(200);
    let foreign = world.register("caseworker.b", data::taiwanese()).await;
    let nobody = json!({ "case_id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10" });
    let both = json!({ "case_id": own["id"], "person": nobody_knew(1)["person"] });
    let whoever =
        [json!({ "case_id": foreign["id"] }), nobody, json!({ "case_id": dead["id"] }), both, json!({}), json!({ "case_id": own["id"] })];
    let mut items: Vec<Value> = whoever.into_iter().map(|who| on_the_list(world, who)).collect();
    let mut victim = nobody_knew(2);
    victim["person"]["trafficking_status"] = json!("formally_identified");
    items.push(on_the_list(world, victim));
    record_list(world, "caseworker.a", "mine", &items).await.problem(403, "permission_denied");
    let answer = record_list(world, "supervisor.a", "ours", &items).await.expect(201).json();
    let codes: Vec<&str> =
        answer["items"].as_array().unwrap().iter().map(|item| item["problem"]["code"].as_str().unwrap_or("ok")).collect();
    assert_eq!(
        codes,
        ["not_found", "not_found", "no_such_transition", "validation_failed", "validation_failed", "ok", "validation_failed"]
    );
    assert_eq!(answer["items"][0]["problem"], answer["items"][1]["problem"], "a case of others is a case that is not there");
    assert_eq!(answer["items"][6]["problem"]["errors"][0]["pointer"], "/person/trafficking_status");
    let standing = world.get("caseworker.b", &at(&foreign, "/repatriation")).await.expect(200).json();
    assert_eq!(standing["stage"], "registered");
    let many = vec![on_the_list(world, nobody_knew(3)); 101];
    record_list(world, "supervisor.a", "many", &many).await.problem(422, "validation_failed");
    record_list(world, "supervisor.a", "none", &[]).await.problem(422, "validation_failed");
}

/// A day that is none, a case that is no id, a field that does not exist: the others on the list are recorded all the same.
#[rstest]
#[actix_web::test]
async fn what_cannot_be_read_of_a_list_stops_nobody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut items: Vec<Value> = (0..7).map(|at| on_the_list(world, nobody_knew(at))).collect();
    items[0]["departed_on"] = json!("2026-02-30");
    items[2] = json!({ "case_id": "Siti" });
    items[3]["person"]["identity"]["nickname"] = json!("Siti");
    items[5]["person"]["identity"]["given_name"] = json!("Siti\u{202e}");
    items[6] = json!("Siti");
    let answer = record_list(world, "supervisor.a", "broken", &items).await.expect(201);
    assert!(!answer.text().contains("Siti"), "{}", answer.text());
    let results = answer.json()["items"].clone();
    let told = |at: usize| (results[at]["problem"]["code"].clone(), results[at]["problem"]["errors"][0]["pointer"].clone());
    for (at, pointer) in
        [(0, "/departed_on"), (2, "/case_id"), (3, "/person/identity/nickname"), (5, "/person/identity/given_name"), (6, "")]
    {
        assert_eq!(told(at), (json!("invalid_body"), json!(pointer)), "{at}: {results}");
    }
    for at in [1, 4] {
        assert_eq!((&results[at]["stage"], &results[at]["problem"]), (&json!("arrived"), &json!(null)), "{at}: {results}");
    }
    let again = record_list(world, "supervisor.a", "broken", &items).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), again.json()["items"].clone()), ("true", results));
    record_list(world, "supervisor.a", "nobody", &items[5..7]).await.problem(400, "invalid_body");
}

/// What an auditor reads of lists that named a case.
async fn list_entries(world: &World, auditor: &str, case: &Value) -> Vec<(String, i64)> {
    let entries = world.get(auditor, "/v1/audit/entries?limit=200&operation=record_afterwards_list").await.expect(200).json();
    let all = entries["items"].as_array().expect("entries").iter();
    let about = all.filter(|entry| entry["case_ids"].as_array().expect("ids").contains(&case["id"]));
    about.map(|entry| (entry["code"].as_str().expect("a code").to_owned(), entry["status"].as_i64().expect("a status"))).collect()
}

#[rstest]
#[actix_web::test]
async fn each_of_a_list_has_an_audit_entry_with_its_own_outcome(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.a", "auditor", "NGO A").await;
    colleague(world, "auditor.b", "auditor", "NGO B").await;
    let own = world.register("caseworker.a", data::vietnamese()).await;
    let dead = world.register("caseworker.a", data::taiwanese()).await;
    go(world, "caseworker.a", &dead, json!({ "to": "deceased", "occurred_on": world.day(0), "source": "Hospital" })).await.expect(200);
    let foreign = world.register("caseworker.b", data::taiwanese()).await;
    let items: Vec<Value> = [&own, &dead, &foreign].into_iter().map(|case| on_the_list(world, json!({ "case_id": case["id"] }))).collect();
    record_list(world, "supervisor.a", "list", &items).await.expect(201);
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
    // Its own, and that of the list, which shows where it stands now.
    assert_eq!(list_entries(world, "auditor.a", &own).await, [("ok".to_owned(), 201), ("ok".to_owned(), 201)]);
    assert_eq!(list_entries(world, "auditor.a", &dead).await, [("no_such_transition".to_owned(), 409)]);
    let of_foreign = list_entries(world, "auditor.b", &foreign).await;
    assert_eq!(of_foreign, [("not_found".to_owned(), 404)], "asking for what one may not see is no success");
    let seen = world.get("supervisor.a", &at(&own, "/accesses")).await.expect(200).json();
    let operations: Vec<&str> = seen["items"].as_array().expect("accesses").iter().filter_map(|seen| seen["operation"].as_str()).collect();
    assert!(operations.contains(&"record_afterwards_list"), "the owner reads who recorded the departure: {operations:?}");
}

#[rstest]
#[actix_web::test]
async fn two_lists_with_the_same_people_in_another_order_record_each_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut items = Vec::new();
    for number in 0..8 {
        let case = world.register("caseworker.a", nobody_knew(number)["person"].clone()).await;
        items.push(on_the_list(world, json!({ "case_id": case["id"] })));
    }
    let backwards: Vec<Value> = items.iter().rev().cloned().collect();
    let (one, other) =
        futures_util::join!(record_list(world, "supervisor.a", "there", &items), record_list(world, "coordinator", "back", &backwards));
    let recorded = |answer: Answer| {
        let answer = answer.expect(201).json();
        answer["items"].as_array().unwrap().iter().filter(|item| item["problem"].is_null()).count()
    };
    assert_eq!(recorded(one) + recorded(other), 8);
    assert_eq!(reached(world, "arrived").await, 8);
}

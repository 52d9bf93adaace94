//! Batches: a plane of thirty, people who stay behind with their reasons, and no booking on a plane that does not fly.

mod incidents;
mod manifest;

use actix_web::http::Method;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::data::{self, Ids};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go, ready_to_depart, to_clearing};
use crate::support::{Answer, World};
use crate::walkers::access_matrix::{call, operations};

const OFFICER: &str = "officer.idn";
const BATCHES: &str = "/v1/movements/batches";

fn charter(world: &World, capacity: u32) -> Value {
    json!({ "name": "Charter to Jakarta", "mode": "charter_flight", "status": "booked", "carrier": "An airline", "reference": "GA 9801",
            "origin": "Phnom Penh (KTI)", "destination": "Jakarta (CGK)", "escort": "A consul", "capacity": capacity,
            "departs_at": format!("{}T08:00:00Z", world.day(2)), "arrives_at": format!("{}T12:00:00Z", world.day(2)) })
}

/// A batch of the Indonesian embassy.
async fn batch(world: &World, capacity: u32) -> String {
    world.post(OFFICER, BATCHES, charter(world, capacity)).await.expect(201).header("location").to_owned()
}

async fn board(world: &World, batch: &str, cases: &[&Value]) -> Answer {
    let ids: Vec<&Value> = cases.iter().map(|case| &case["id"]).collect();
    world.post(OFFICER, &format!("{batch}/passengers"), json!({ "case_ids": ids })).await
}

async fn step(world: &World, batch: &str, body: Value) -> Answer {
    world.act(OFFICER, batch, "/transitions", body).await
}

async fn manifest(world: &World, batch: &str) -> Value {
    world.get(OFFICER, &format!("{batch}/manifest")).await.expect(200).json()
}

/// Who is on board, and what keeps each from a step.
async fn passengers(world: &World, batch: &str, query: &str) -> Value {
    world.get(OFFICER, &format!("{batch}/passengers{query}")).await.expect(200).json()
}

async fn walk_in(world: &World) -> Value {
    world.register(OFFICER, data::walk_in()).await
}

/// A person who lacks nothing but a movement.
async fn ready(world: &World) -> Value {
    let case = to_clearing(world, OFFICER, data::walk_in()).await;
    ready_to_depart(world, OFFICER, &case).await;
    case
}

async fn stage(world: &World, actor: &str, case: &Value) -> Value {
    world.get(actor, &at(case, "")).await.expect(200).json()["stage"].clone()
}

async fn movement(world: &World, actor: &str, case: &Value) -> Value {
    world.get(actor, &at(case, "/movements")).await.expect(200).json()["items"][0].clone()
}

async fn fallbacks(world: &World, case: &Value) -> usize {
    let standing = world.get(OFFICER, &at(case, "/repatriation")).await.expect(200).json();
    standing["history"].as_array().unwrap().iter().filter(|entry| entry["rule"] == "T13").count()
}

/// The violations, as `pointer code`.
fn wrong(answer: Answer) -> Vec<String> {
    let problem = answer.problem(422, "validation_failed");
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

fn reasons(result: &Value, case: &Value) -> Vec<String> {
    let of_case = result["passengers"].as_array().unwrap().iter().find(|passenger| passenger["case_id"] == case["id"]).unwrap();
    assert_eq!(of_case["moved"], false);
    of_case["unmet"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", BATCHES).await.problem(401, "unauthenticated");
    world.post("", BATCHES, json!({})).await.problem(401, "unauthenticated");
    world.get("", &format!("{BATCHES}/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/manifest/csv")).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn a_plane_of_thirty_leaves_two_behind_with_the_reasons(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.token(OFFICER).await;
    let cases = join_all((0..30).map(|_| ready(world))).await;
    let (held, without_permit) = (&cases[3], &cases[7]);
    world
        .patch(OFFICER, &at(without_permit, "/immigration-clearance"), json!({ "exit_permit_valid_until": world.day(1) }))
        .await
        .expect(200);
    let plane = batch(world, 30).await;
    let all: Vec<&Value> = cases.iter().collect();
    assert_eq!(board(world, &plane, &all).await.expect(201).json()["on_board"], 30);
    assert_eq!(movement(world, OFFICER, held).await["batch_id"].as_str(), plane.rsplit('/').next());

    let before = passengers(world, &plane, "").await;
    assert_eq!(before["step"], "departure_scheduled", "what nobody made yet, though a booked one might leave, too");
    let codes: Vec<&str> = before["passengers"].as_array().unwrap().iter().map(|one| one["case"]["code"].as_str().unwrap()).collect();
    assert!(codes.len() == 30 && codes.is_sorted(), "everybody, and who is ready, too: {codes:?}");
    let kept = |case: &Value| before["passengers"].as_array().unwrap().iter().find(|one| one["case"]["id"] == case["id"]).unwrap().clone();
    assert_eq!(kept(without_permit)["unmet"][0]["guard"], "exit_permit_valid", "{before}");
    assert_eq!((kept(held)["unmet"].clone(), kept(held)["has_made"].clone()), (json!([]), json!(false)));
    assert!(kept(held)["case"]["name"].as_str().is_some_and(|name| !name.is_empty()), "a list of codes helps nobody at the gate");
    let unready = |told: &Value| told["passengers"].as_array().unwrap().iter().filter(|one| one["unmet"] != json!([])).count();
    assert_eq!(unready(&before), 1, "{before}");

    let scheduled = step(world, &plane, json!({ "to": "departure_scheduled" })).await.expect(200).json();
    assert_eq!((scheduled["moved"].clone(), scheduled["left_behind"].clone()), (json!(29), json!(1)));
    assert_eq!(reasons(&scheduled, without_permit), ["exit_permit_valid"]);
    world.post(OFFICER, &at(held, "/legal-holds"), json!({ "kind": "witness_proceedings", "imposed_on": world.day(0) })).await.expect(201);

    let again = passengers(world, &plane, "?step=departure_scheduled").await;
    assert_eq!(again["passengers"].as_array().unwrap().iter().filter(|one| one["has_made"] == true).count(), 29, "{again}");
    let none = passengers(world, &plane, "?step=arrived").await;
    assert_eq!(none["step"], json!(null), "a plane that did not leave does not arrive");

    world.days_pass(2).await;
    let before = passengers(world, &plane, "").await;
    assert_eq!((before["step"].clone(), unready(&before)), (json!("departed"), 2), "the next step, and what it will leave behind");
    let departed = step(world, &plane, json!({ "to": "departed" })).await.expect(200).json();
    assert_eq!((departed["moved"].clone(), departed["left_behind"].clone()), (json!(28), json!(2)), "{departed}");
    assert_eq!((departed["batch"]["status"].clone(), departed["batch"]["on_board"].clone()), (json!("departed"), json!(28)));
    assert_eq!(reasons(&departed, held), ["no_legal_hold"]);
    assert_eq!(reasons(&departed, without_permit), ["other_stage", "exit_permit_valid"]);
    for case in [held, without_permit] {
        assert_eq!(
            (stage(world, OFFICER, case).await, movement(world, OFFICER, case).await["status"].clone()),
            (json!("clearing"), json!("cancelled"))
        );
        assert_eq!(movement(world, OFFICER, case).await["departed_at"], json!(null), "nobody is shown as gone who stayed");
    }
    assert_eq!(
        (stage(world, OFFICER, &cases[0]).await, movement(world, OFFICER, &cases[0]).await["status"].clone()),
        (json!("departed"), json!("departed"))
    );

    let before = passengers(world, &plane, "").await;
    assert_eq!((before["step"].clone(), unready(&before)), (json!("arrived"), 0), "{before}");
    let landed = json!({ "to": "arrived", "arrived_on": world.day(0), "country": "IDN", "port": "CGK", "received_by": "Ministry of Social Affairs" });
    let arrived = step(world, &plane, landed.clone()).await.expect(200).json();
    assert_eq!(
        (arrived["moved"].clone(), arrived["left_behind"].clone(), arrived["batch"]["status"].clone()),
        (json!(28), json!(0), json!("arrived"))
    );
    let arrival = world.get(OFFICER, &at(&cases[0], "/arrivals")).await.expect(200).json()["items"][0].clone();
    assert_eq!((stage(world, OFFICER, &cases[0]).await, arrival["port"].clone()), (json!("arrived"), json!("CGK")));
    assert_eq!(movement(world, OFFICER, &cases[0]).await["status"], "arrived");
    let after = passengers(world, &plane, "").await;
    assert_eq!((after["step"].clone(), unready(&after)), (json!(null), 0), "there is no step behind the arrival");
    step(world, &plane, landed).await.problem(409, "no_such_transition");
    assert_eq!(world.patch(OFFICER, &plane, json!({ "name": "Another" })).await.status, 409);
}

#[rstest]
#[actix_web::test]
async fn where_nobody_can_depart_nothing_changes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, plane) = (walk_in(world).await, batch(world, 2).await);
    board(world, &plane, &[&case]).await.expect(201);
    let result = step(world, &plane, json!({ "to": "departed" })).await.expect(200).json();
    assert_eq!(
        (result["moved"].clone(), result["batch"]["status"].clone(), result["batch"]["version"].clone()),
        (json!(0), json!("booked"), json!(2))
    );
    assert_eq!(reasons(&result, &case).first().map(String::as_str), Some("other_stage"));
    assert_eq!(movement(world, OFFICER, &case).await["status"], "booked");
}

#[rstest]
#[actix_web::test]
async fn a_stranger_among_the_passengers_changes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (one, plane) = (walk_in(world).await, batch(world, 5).await);
    let stranger = world.register("caseworker.a", data::vietnamese()).await;
    let nobody = json!({ "id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10" });
    let found = wrong(board(world, &plane, &[&one, &stranger, &one, &nobody]).await);
    assert_eq!(found, ["/case_ids/1 not_found", "/case_ids/2 duplicate", "/case_ids/3 not_found"]);
    assert_eq!(world.get(OFFICER, &at(&one, "/movements")).await.json()["items"], json!([]));
    assert_eq!(world.get(OFFICER, &plane).await.json()["version"], 1);
    assert_eq!(manifest(world, &plane).await["passengers"], json!([]));
    assert_eq!(world.get("caseworker.a", &at(&stranger, "/movements")).await.json()["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn seats_bookings_and_closed_cases_are_checked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (one, two, three) = (walk_in(world).await, walk_in(world).await, walk_in(world).await);
    let (plane, other) = (batch(world, 1).await, batch(world, 2).await);
    assert_eq!(wrong(board(world, &plane, &[&one, &two]).await), ["/case_ids/1 capacity"]);
    board(world, &plane, &[&one]).await.expect(201);
    world.act("supervisor.idn", &at(&three, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    assert_eq!(wrong(board(world, &other, &[&one, &three]).await), ["/case_ids/0 already_booked", "/case_ids/1 case_closed"]);
    board(world, &other, &[&one, &two]).await.expect(422);
    world.patch(OFFICER, &other, json!({ "capacity": 3 })).await.expect(200);
    board(world, &other, &[&two]).await.expect(201);
    let record = format!("/movements/{}", movement(world, OFFICER, &two).await["id"].as_str().unwrap());
    assert_eq!(wrong(world.patch(OFFICER, &at(&two, &record), json!({ "status": "cancelled" })).await), ["/batch_id part_of_batch"]);
    world.patch(OFFICER, &at(&two, &record), json!({ "ticket": "126-7" })).await.expect(200);
    assert_eq!(manifest(world, &other).await["passengers"][0]["ticket"], "126-7");
    let seat = format!("{plane}/passengers/{}", one["id"].as_str().unwrap());
    world.send(OFFICER, Method::DELETE, &seat, &[], None).await.problem(428, "precondition_required");
    world.send(OFFICER, Method::DELETE, &seat, &[("if-match", "\"1-0\"")], None).await.problem(412, "stale_version");
    let etag = world.get(OFFICER, &plane).await.etag();
    world.send(OFFICER, Method::DELETE, &seat, &[("if-match", &etag)], None).await.expect(204);
    assert_eq!(movement(world, OFFICER, &one).await["status"], "cancelled");
    board(world, &other, &[&one]).await.expect(201);
    assert_eq!(wrong(world.patch(OFFICER, &other, json!({ "capacity": 1 })).await), ["/capacity capacity"]);
}

#[rstest]
#[actix_web::test]
async fn a_batch_that_contradicts_itself_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let changed = |change: Value| {
        let mut body = charter(world, 3);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (change, pointer) in [
        (json!({ "arrives_at": "2001-01-01T00:00:00Z" }), "/arrives_at"),
        (json!({ "capacity": 0 }), "/capacity"),
        (json!({ "capacity": 1001 }), "/capacity"),
        (json!({ "status": "departed", "departed_at": format!("{}T00:00:00Z", world.day(-1)) }), "/status"),
        (json!({ "status": "cancelled" }), "/status"),
        (json!({ "departed_at": format!("{}T00:00:00Z", world.day(-1)) }), "/departed_at"),
    ] {
        assert_eq!(world.post(OFFICER, BATCHES, changed(change.clone())).await.expect(422).pointers(), [pointer], "{change}");
    }
    let plane = world.post(OFFICER, BATCHES, changed(json!({ "status": "planned" }))).await.expect(201).header("location").to_owned();
    step(world, &plane, json!({ "to": "departed" })).await.problem(409, "no_such_transition");
    step(world, &plane, json!({ "to": "arrived", "arrived_on": world.day(0), "port": "CGK", "received_by": "x" }))
        .await
        .problem(409, "no_such_transition");
    assert_eq!(step(world, &plane, json!({ "to": "arrived" })).await.expect(422).pointers(), ["/arrived_on", "/port", "/received_by"]);
    world.patch(OFFICER, &plane, json!({ "status": "booked" })).await.expect(200);
    let future = json!({ "to": "departed", "departed_at": format!("{}T00:00:00Z", world.day(3)) });
    assert_eq!(step(world, &plane, future).await.expect(422).pointers(), ["/departed_at"]);
    let (patch, post) = (json!({ "name": "x" }), json!({ "to": "departed" }));
    world.send(OFFICER, Method::PATCH, &plane, &[], Some(&patch)).await.problem(428, "precondition_required");
    world.send(OFFICER, Method::PATCH, &plane, &[("if-match", "\"99-0\"")], Some(&patch)).await.problem(412, "stale_version");
    world.send(OFFICER, Method::POST, &format!("{plane}/transitions"), &[], Some(&post)).await.problem(428, "precondition_required");
    world
        .send(OFFICER, Method::POST, &format!("{plane}/transitions"), &[("if-match", "\"99-0\"")], Some(&post))
        .await
        .problem(412, "stale_version");
}

#[rstest]
#[actix_web::test]
async fn a_delayed_and_a_cancelled_plane_take_everybody_back_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.token(OFFICER).await;
    let cases = join_all((0..3).map(|_| ready(world))).await;
    let plane = batch(world, 3).await;
    board(world, &plane, &cases.iter().collect::<Vec<_>>()).await.expect(201);
    assert_eq!(step(world, &plane, json!({ "to": "departure_scheduled" })).await.expect(200).json()["moved"], 3);
    let again = step(world, &plane, json!({ "to": "departure_scheduled" })).await.expect(200).json();
    assert_eq!((again["moved"].clone(), again["left_behind"].clone()), (json!(0), json!(0)), "who is there already is not left behind");
    let later = json!({ "status": "delayed", "departs_at": format!("{}T08:00:00Z", world.day(5)), "arrives_at": format!("{}T12:00:00Z", world.day(5)) });
    world.patch(OFFICER, &plane, later).await.expect(200);
    for case in &cases {
        assert_eq!((stage(world, OFFICER, case).await, fallbacks(world, case).await), (json!("clearing"), 1));
        assert_eq!(movement(world, OFFICER, case).await["status"], "delayed");
    }
    world.patch(OFFICER, &plane, json!({ "status": "booked" })).await.expect(200);
    assert_eq!(step(world, &plane, json!({ "to": "departure_scheduled" })).await.expect(200).json()["moved"], 3);
    let too_late = json!({ "departs_at": format!("{}T08:00:00Z", world.day(40)), "arrives_at": format!("{}T12:00:00Z", world.day(40)) });
    world.patch(OFFICER, &plane, too_late).await.expect(200);
    assert_eq!(
        (stage(world, OFFICER, &cases[0]).await, fallbacks(world, &cases[0]).await),
        (json!("clearing"), 2),
        "no document covers that day"
    );
    world.patch(OFFICER, &plane, json!({ "status": "cancelled" })).await.expect(200);
    for case in &cases {
        assert_eq!((fallbacks(world, case).await, movement(world, OFFICER, case).await["status"].clone()), (2, json!("cancelled")));
    }
    assert_eq!(world.patch(OFFICER, &plane, json!({ "status": "booked" })).await.status, 409);
    assert_eq!(board(world, &batch(world, 3).await, &cases.iter().collect::<Vec<_>>()).await.expect(201).json()["on_board"], 3);
}

#[rstest]
#[actix_web::test]
async fn two_officers_at_once_do_not_undo_each_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (one, two, plane) = (walk_in(world).await, walk_in(world).await, batch(world, 1).await);
    world.token("supervisor.idn").await;
    let etag = world.get(OFFICER, &plane).await.etag();
    let (first, second) = (json!({ "name": "First" }), json!({ "name": "Second" }));
    let tried = [(OFFICER, &first), ("supervisor.idn", &second)].map(|(actor, body)| {
        let headers = [("if-match", etag.as_str())];
        let plane = &plane;
        async move { world.send(actor, Method::PATCH, plane, &headers, Some(body)).await.status }
    });
    let mut statuses = join_all(tried).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let mut seats = join_all([&one, &two].map(|case| {
        let plane = &plane;
        async move { board(world, plane, &[case]).await.status }
    }))
    .await;
    seats.sort_unstable();
    assert_eq!(seats, [201, 422], "one seat, two people");
    assert_eq!(world.get(OFFICER, &plane).await.json()["on_board"], 1);
}

#[rstest]
#[actix_web::test]
async fn only_a_mission_or_the_desk_lets_a_plane_depart(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let plane = world.post("caseworker.a", BATCHES, charter(world, 2)).await.expect(201).header("location").to_owned();
    world.post("caseworker.a", &format!("{plane}/passengers"), json!({ "case_ids": [case["id"]] })).await.expect(201);
    let refused = world.act("caseworker.a", &plane, "/transitions", json!({ "to": "departed" })).await.problem(409, "unmet_guards");
    assert_eq!(refused["unmet"][0]["guard"], "mission_or_coordinator");
    assert_eq!(movement(world, "caseworker.a", &case).await["status"], "booked");
}

#[rstest]
#[actix_web::test]
async fn a_batch_is_made_once_and_listed_by_departure(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (body, key) = (charter(world, 3), [("idempotency-key", "pressed-often")]);
    let first = world.send(OFFICER, Method::POST, BATCHES, &key, Some(&body)).await.expect(201);
    let again = world.send(OFFICER, Method::POST, BATCHES, &key, Some(&body)).await.expect(201);
    assert_eq!(first.body, again.body);
    let case = walk_in(world).await;
    let (seats, on_board) = (json!({ "case_ids": [case["id"]] }), format!("{}/passengers", first.header("location")));
    for _ in 0..2 {
        world.send(OFFICER, Method::POST, &on_board, &[("idempotency-key", "boarding")], Some(&seats)).await.expect(201);
    }
    let mut sooner = charter(world, 3);
    sooner["departs_at"] = json!(format!("{}T08:00:00Z", world.day(1)));
    world.post(OFFICER, BATCHES, sooner).await.expect(201);
    // What changed just before a list is read comes again at its end.
    world.clock.forward(60);
    let page = world.get(OFFICER, &format!("{BATCHES}?limit=1")).await.expect(200).json();
    assert_eq!((page["items"][0]["id"].clone(), page["items"][0]["on_board"].clone()), (first.json()["id"].clone(), json!(1)));
    let rest = world.get(OFFICER, &format!("{BATCHES}?limit=1&after={}", page["next"].as_str().unwrap())).await.expect(200).json();
    assert_eq!((rest["items"].as_array().map(Vec::len), rest["next"].clone()), (Some(1), json!(null)));
    assert_eq!(world.get("officer.vnm", BATCHES).await.expect(200).json()["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn another_organisation_finds_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, plane) = (walk_in(world).await, batch(world, 3).await);
    board(world, &plane, &[&case]).await.expect(201);
    let ids = Ids { batch: plane.rsplit('/').next().unwrap().to_owned(), case: case["id"].as_str().unwrap().to_owned(), ..Ids::default() };
    let below: Vec<_> = operations().into_iter().filter(|operation| operation.template.starts_with("/v1/movements/batches/{id}")).collect();
    assert_eq!(below.len(), 10);
    for operation in below {
        for actor in ["officer.vnm", "coordinator", "caseworker.a"] {
            assert_eq!(call(world, &operation, actor, &ids, 0).await.status, 404, "{}: {actor}", operation.id);
        }
    }
    assert_eq!(world.get("supervisor.idn", &plane).await.expect(200).json()["version"], 2);
}

//! The day is the day of the place: half past six in the morning in Phnom Penh is still yesterday in UTC, and two o'clock in UTC
//! is still yesterday in Mexico.

use homeward::command::background::{follow_birthdays, follow_once};
use homeward::domain::dates::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go, ready_to_depart, to_clearing};
use crate::support::{World, data};

/// Half past six in the morning of the 20th in Phnom Penh.
const EARLY: &str = "2026-01-19T23:30:00Z";

fn moment(text: &str) -> Timestamp {
    Timestamp::new(text.parse().expect("a moment"))
}

/// A case of NGO A in a host country.
async fn registered_in(world: &World, host: &str) -> Value {
    let body = json!({ "host_country": host, "intake_channel": "hotline", "identity": { "given_name": "Rina" } });
    world.register("caseworker.a", body).await
}

async fn screened(world: &World, case: &Value, on: &str) -> u16 {
    let body = json!({ "instrument": "ngo_form", "conducted_on": on, "interpreter": false });
    world.post("caseworker.a", &at(case, "/screenings"), body).await.status
}

#[rstest]
#[actix_web::test]
async fn what_happened_this_morning_is_entered_this_morning(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_at(kind, EARLY).await else { return };
    let case = registered_in(world, "KHM").await;
    assert_eq!(case["registered_on"], "2026-01-20");
    assert_eq!(screened(world, &case, "2026-01-20").await, 201);
    assert_eq!(screened(world, &case, "2026-01-21").await, 422);
    for (field, value) in [
        ("exited_on", json!("2026-01-20")),
        ("identity", json!({ "given_name": "Baby", "birth_date": "2026-01-20" })),
        ("identity", json!({ "given_name": "Kid", "age_estimate": { "from_years": 15, "to_years": 18, "estimated_on": "2026-01-20" } })),
    ] {
        let mut body = json!({ "host_country": "KHM", "intake_channel": "hotline", "identity": { "given_name": "Rina" } });
        body[field] = value.clone();
        world.post("caseworker.a", "/v1/cases", body.clone()).await.expect(201);
        body["host_country"] = json!("COL");
        let refused = world.post("caseworker.a", "/v1/cases", body).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["code"], "date_in_future", "in Colombia it is still the 19th: {value}");
    }
    let closed = world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "other" })).await.expect(200).json();
    assert_eq!(closed["closed_on"], "2026-01-20");
}

#[rstest]
#[actix_web::test]
async fn west_of_greenwich_it_is_still_yesterday(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_at(kind, "2026-01-20T02:00:00Z").await else { return };
    for host in ["MEX", "COL"] {
        let case = registered_in(world, host).await;
        assert_eq!(case["registered_on"], "2026-01-19", "{host}");
        assert_eq!(screened(world, &case, "2026-01-19").await, 201, "{host}");
        assert_eq!(screened(world, &case, "2026-01-20").await, 422, "{host}: the day of the organisation in Cambodia is not asked");
    }
}

#[rstest]
#[actix_web::test]
async fn the_fine_counts_the_day_of_departure_at_the_border(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_at(kind, EARLY).await else { return };
    let case = registered_in(world, "KHM").await;
    let clearance = at(&case, "/immigration-clearance");
    let cleared = world.patch("caseworker.a", &clearance, json!({ "stay_expired_on": "2025-12-21" })).await.expect(200).json();
    assert_eq!((&cleared["fine"]["overstay_days"], &cleared["fine"]["counted_until"]), (&json!(30), &json!("2026-01-20")));
    let left = json!({ "mode": "flight", "status": "departed", "departs_at": "2026-01-20T06:10:00+07:00",
                       "arrives_at": "2026-01-20T10:10:00+07:00", "departed_at": "2026-01-20T06:10:00+07:00" });
    world.post("caseworker.a", &at(&case, "/movements"), left).await.expect(201);
    world.days_pass(5).await;
    let fine = world.get("caseworker.a", &clearance).await.expect(200).json()["fine"].clone();
    assert_eq!((&fine["overstay_days"], &fine["counted_until"]), (&json!(30), &json!("2026-01-20")), "{fine}");
}

#[rstest]
#[actix_web::test]
async fn nobody_boards_at_dawn_with_a_permit_that_ended_at_midnight(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_on(kind, "2026-01-20").await else { return };
    let case = &to_clearing(world, "officer.idn", data::walk_in()).await;
    ready_to_depart(world, "officer.idn", case).await;
    let permit = json!({ "exit_permit_valid_until": "2026-01-30" });
    world.patch("officer.idn", &at(case, "/immigration-clearance"), permit).await.expect(200);
    let booked = json!({ "mode": "flight", "status": "booked", "departs_at": "2026-01-30T23:55:00+07:00", "arrives_at": "2026-01-31T06:00:00+07:00" });
    let movement = world.post("officer.idn", &at(case, "/movements"), booked).await.expect(201).header("location").to_owned();
    for (departs_at, is_open) in [
        ("2026-01-30T23:55:00+07:00", true),
        ("2026-01-31T00:05:00+07:00", false),
        ("2026-01-31T05:30:00+07:00", false),
        ("2026-01-31T09:30:00+07:00", false),
        ("2026-01-30T00:05:00+07:00", true),
    ] {
        world
            .patch("officer.idn", &movement, json!({ "departs_at": departs_at, "arrives_at": "2026-01-31T14:00:00+07:00" }))
            .await
            .expect(200);
        let standing = world.get("officer.idn", &at(case, "/repatriation")).await.json();
        let next = standing["next"].as_array().expect("steps").iter().find(|next| next["to"] == "departure_scheduled").expect("a step");
        let unmet: Vec<&str> = next["unmet"].as_array().expect("guards").iter().filter_map(|unmet| unmet["guard"].as_str()).collect();
        assert_eq!(!unmet.contains(&"exit_permit_valid"), is_open, "{departs_at}: {unmet:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn an_arrival_is_dated_where_the_person_arrives(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_at(kind, "2026-01-20T10:00:00Z").await else { return };
    let case = registered_in(world, "KHM").await;
    crate::support::records::has_departed(world, case["id"].as_str().expect("an id"));
    let arrived = async |on: &str, country: Value| {
        let body = json!({ "arrived_on": on, "country": country, "port": "Airport", "received_by": "Ministry" });
        world.post("caseworker.a", &at(&case, "/arrivals"), body).await.status
    };
    // In Kiribati the 21st has begun; in Hawaii the 20th has.
    assert_eq!(arrived("2026-01-21", json!("KHM")).await, 422);
    assert_eq!(arrived("2026-01-21", json!("KIR")).await, 422, "Tarawa is twelve hours ahead of UTC, not fourteen");
    world.clock.forward(2 * 3600 + 60);
    world.forget("caseworker.a");
    assert_eq!(arrived("2026-01-21", json!("KIR")).await, 201);
    assert_eq!(arrived("2026-01-20", json!("COL")).await, 201);
    assert_eq!(arrived("2026-01-21", json!("COL")).await, 422);
}

#[rstest]
#[actix_web::test]
async fn a_permit_lapses_and_a_child_comes_of_age_at_midnight_of_the_host_country(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_at(kind, "2026-01-19T16:50:00Z").await else { return };
    let mut cases = Vec::new();
    for host in ["KHM", "COL"] {
        let body =
            json!({ "host_country": host, "intake_channel": "hotline", "identity": { "given_name": "Rina", "birth_date": "2008-01-20" } });
        let case = world.register("caseworker.a", body).await;
        assert_eq!(case["is_child"], true);
        let permit = json!({ "exit_track": "granted", "exit_permit_number": "EP-1", "exit_permit_granted_on": "2026-01-19",
                             "exit_permit_valid_until": "2026-01-19" });
        world.patch("caseworker.a", &at(&case, "/immigration-clearance"), permit).await.expect(200);
        cases.push(case);
    }
    let standing = async || {
        let mut told = Vec::new();
        for case in &cases {
            let child = world.get("caseworker.a", &at(case, "")).await.json()["is_child"].clone();
            let track = world.get("caseworker.a", &at(case, "/immigration-clearance")).await.json()["exit_track"].clone();
            told.push((child, track));
        }
        told
    };
    let (before, after) = ((json!(true), json!("granted")), (json!(false), json!("expired")));
    let mut looked_at = None;
    for (moment_of_look, expected) in [
        ("2026-01-19T16:59:30Z", [&before, &before]),
        ("2026-01-19T17:00:30Z", [&after, &before]),
        ("2026-01-20T00:00:30Z", [&after, &before]),
        ("2026-01-20T04:59:30Z", [&after, &before]),
        ("2026-01-20T05:00:30Z", [&after, &after]),
    ] {
        world.clock.set(moment(moment_of_look));
        world.forget("caseworker.a");
        follow_birthdays(&world.db, looked_at).await.expect("birthdays");
        follow_once(&world.db).await.expect("the calendar");
        looked_at = Some(world.clock.now());
        assert_eq!(standing().await.iter().collect::<Vec<_>>(), expected, "{moment_of_look}");
    }
}

#[rstest]
#[actix_web::test]
async fn lists_and_worklists_know_the_local_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_at(kind, "2026-01-19T16:30:00Z").await else { return };
    let evening = registered_in(world, "KHM").await;
    let bogota = registered_in(world, "COL").await;
    world.clock.set(moment(EARLY));
    world.forget("caseworker.a");
    let morning = registered_in(world, "KHM").await;
    let west = registered_in(world, "COL").await;
    let listed = async |query: &str| {
        let items = world.get("caseworker.a", &format!("/v1/cases?{query}")).await.expect(200).json()["items"].clone();
        let mut ids: Vec<String> =
            items.as_array().expect("items").iter().map(|case| case["id"].as_str().expect("an id").to_owned()).collect();
        ids.sort();
        ids
    };
    let ids = |cases: &[&Value]| {
        let mut ids: Vec<String> = cases.iter().map(|case| case["id"].as_str().expect("an id").to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(listed("registered_from=2026-01-20").await, ids(&[&morning]), "in Bogotá it is the 19th");
    assert_eq!(listed("registered_to=2026-01-19").await, ids(&[&evening, &bogota, &west]));
    assert_eq!(listed("registered_from=2026-01-19&registered_to=2026-01-19").await, ids(&[&evening, &bogota, &west]));
    // When something changed is told by the calendar of the one who asks.
    assert_eq!(listed("updated_from=2026-01-20").await, ids(&[&morning, &west]));
    assert_eq!(listed("updated_to=2026-01-19").await, ids(&[&evening, &bogota]));
    let task = json!({ "note": "Call the sister", "due_on": "2026-01-20" });
    world.post("caseworker.a", &at(&morning, "/tasks"), task).await.expect(201);
    let items = world.get("caseworker.a", "/v1/worklist?horizon_days=0&kind=added").await.expect(200).json()["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(1), "due this morning: {items}");
    let (csv, page) = ("/v1/reports/backlog/csv", at(&morning, "/dossier"));
    let name = world.get("coordinator", csv).await.expect(200).header("content-disposition").to_owned();
    assert!(name.contains("2026-01-20"), "{name}");
    let printed = world.get("caseworker.a", &page).await.expect(200);
    assert!(printed.text().contains("on 2026-01-20 06:") && printed.text().contains("(UTC+07:00)"), "{}", printed.text());
}

/// One in the afternoon in UTC is eleven at night in Jakarta, and one in the morning of the next day in Jayapura.
#[rstest]
#[actix_web::test]
async fn an_organisation_works_by_the_clock_of_its_part_of_the_country(#[values(Sqlite, Postgres)] kind: Kind) {
    use diesel::connection::SimpleConnection;
    let Some(world) = &World::beginning_at(kind, "2026-01-20T16:00:00Z").await else { return };
    let moved = "UPDATE organisations SET country = 'IDN' WHERE name IN ('NGO A', 'NGO B')";
    world.database.with_connection(|connection| connection.batch_execute(moved).expect("two NGOs in Indonesia"));
    let own = world.get("caseworker.a", "/v1/me").await.expect(200).json()["organisation_id"].clone();
    let organisation = format!("/v1/organisations/{}", own.as_str().expect("an id"));
    for wrong in ["Asia/Bangkok", "Asia/Nowhere", "UTC"] {
        let refused = world.patch("admin", &organisation, json!({ "time_zone": wrong })).await;
        assert!([400, 422].contains(&refused.status), "{wrong}: {}", refused.text());
    }
    world.patch("admin", &organisation, json!({ "time_zone": "Asia/Ujung_Pandang" })).await.expect(200);
    assert_eq!(world.get("admin", &organisation).await.json()["time_zone"], "Asia/Makassar", "the name of before is that of today");
    world.patch("admin", &organisation, json!({ "time_zone": "Asia/Jayapura" })).await.expect(200);
    assert_eq!(world.get("admin", &organisation).await.json()["time_zone"], "Asia/Jayapura");
    let exited =
        |day: &str| json!({ "host_country": "IDN", "intake_channel": "hotline", "exited_on": day, "identity": { "given_name": "Yohana" } });
    let east = world.register("caseworker.a", exited("2026-01-21")).await;
    let west = world.register("caseworker.b", exited("2026-01-20")).await;
    assert_eq!((&east["registered_on"], &west["registered_on"]), (&json!("2026-01-21"), &json!("2026-01-20")));
    for (actor, case, tomorrow) in [("caseworker.a", &east, "2026-01-22"), ("caseworker.b", &west, "2026-01-21")] {
        world.post(actor, "/v1/cases", exited(tomorrow)).await.problem(422, "validation_failed");
        world.patch(actor, &at(case, ""), json!({ "exited_on": tomorrow })).await.problem(422, "validation_failed");
    }
    for (actor, case, status) in [("caseworker.a", &east, 201), ("caseworker.b", &west, 422)] {
        crate::support::records::has_departed(world, case["id"].as_str().expect("an id"));
        let arrived = json!({ "arrived_on": "2026-01-21", "country": "IDN", "port": "Airport", "received_by": "Ministry" });
        let answer = world.post(actor, &at(case, "/arrivals"), arrived).await;
        assert_eq!(answer.status, status, "{actor} receives somebody in Indonesia: {}", answer.text());
    }
    let due = |day: &str| json!({ "note": "Call the brother", "due_on": day });
    world.post("caseworker.a", &at(&east, "/tasks"), due("2026-01-21")).await.expect(201);
    world.post("caseworker.b", &at(&west, "/tasks"), due("2026-01-21")).await.expect(201);
    for (actor, count) in [("caseworker.a", 1), ("caseworker.b", 0)] {
        let due = world.get(actor, "/v1/worklist?of=my_organisation&horizon_days=0&kind=added").await.expect(200).json();
        assert_eq!(due["items"].as_array().map(Vec::len), Some(count), "{actor}: {due}");
    }
}

/// The embassy of a state where it is still yesterday works by the clock of the city where it is.
#[rstest]
#[actix_web::test]
async fn the_day_of_an_embassy_is_that_of_the_state_that_hosts_it(#[values(Sqlite, Postgres)] kind: Kind) {
    use diesel::connection::SimpleConnection;
    let Some(world) = &World::beginning_at(kind, "2026-01-20T02:00:00Z").await else { return };
    let far = "UPDATE organisations SET country = 'COL' WHERE name = 'Embassy of Indonesia'";
    world.database.with_connection(|connection| connection.batch_execute(far).expect("a state on the other side of the world"));
    let case = world.register("officer.idn", data::walk_in()).await;
    let task = json!({ "note": "Call the sister", "due_on": "2026-01-20" });
    world.post("officer.idn", &at(&case, "/tasks"), task).await.expect(201);
    let due = world.get("officer.idn", "/v1/worklist?horizon_days=0&kind=added").await.expect(200).json()["items"].clone();
    assert_eq!(due.as_array().map(Vec::len), Some(1), "due today, where the embassy is: {due}");
    let printed = world.get("officer.idn", &at(&case, "/dossier")).await.expect(200).text();
    assert!(printed.contains("on 2026-01-20 0") && printed.contains("(UTC+07:00)"), "{printed}");
}

#[rstest]
#[actix_web::test]
async fn a_child_who_leaves_on_the_birthday_leaves_as_an_adult(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_at(kind, EARLY).await else { return };
    for (birth_date, child) in [("2008-01-20", false), ("2008-01-21", true)] {
        let body =
            json!({ "host_country": "KHM", "intake_channel": "hotline", "identity": { "given_name": "Rina", "birth_date": birth_date } });
        assert_eq!(world.register("caseworker.a", body).await["is_child"], child, "{birth_date}");
    }
    let case = registered_in(world, "KHM").await;
    let hold = |review_on: &str| json!({ "to": "on_hold", "hold_reason": "medical", "review_on": review_on });
    go(world, "caseworker.a", &case, hold("2026-01-19")).await.problem(409, "unmet_guards");
    go(world, "caseworker.a", &case, hold("2026-01-20")).await.expect(200);
}

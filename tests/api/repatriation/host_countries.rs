//! A road through two host countries: out of the compounds of Myanmar, over the river, home from Thailand.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::denials::emergency;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{Answer, World, data};

/// Puts the cases of this host country in the charge of the organisation of an actor.
async fn desk_of(world: &World, country: Value, actor: &str) {
    let own = world.get(actor, "/v1/me").await.json()["organisation_id"].as_str().unwrap().to_owned();
    world.patch("admin", &format!("/v1/organisations/{own}"), json!({ "coordinates": country })).await.expect(200);
}

async fn go_to(world: &World, actor: &str, case: &Value, body: Value) -> Answer {
    world.act(actor, &at(case, ""), "/host-country", body).await
}

async fn rate(world: &World, country: &str, amount: &str, currency: &str) {
    let rate = json!({ "country": country, "valid_from": "2000-01-01", "daily_amount": amount, "currency": currency, "source": "Gazette" });
    world.post("admin", "/v1/fine-rates", rate).await.expect(201);
}

async fn standing(world: &World, case: &Value) -> Value {
    world.get("caseworker.a", &at(case, "/immigration-clearance")).await.expect(200).json()
}

async fn episodes(world: &World, actor: &str, case: &Value) -> Vec<Value> {
    world.get(actor, &at(case, "/host-episodes")).await.expect(200).json()["items"].as_array().cloned().unwrap()
}

/// A woman who overstayed in Myanmar, paid a part of the fine, and asked her embassy there for help.
async fn in_myanmar(world: &World) -> Value {
    rate(world, "MMR", "3", "USD").await;
    let mission = world.mission("VNM").await;
    let covers = json!({ "nationality": "VNM", "host_country": "MMR", "basis": "non_resident_accreditation" });
    world.post("admin", &format!("/v1/missions/{mission}/coverage"), covers).await.expect(201);
    let body = json!({ "host_country": "MMR", "intake_channel": "hotline", "nationality_claimed": "VNM",
                       "identity": { "given_name": "Lan", "original_script_name": "Nguyễn Thị Lan", "birth_date": "1999-03-02" } });
    let case = world.register("caseworker.a", body).await;
    let stay = json!({ "entered_on": world.day(-200), "stay_expired_on": world.day(-100), "entry_ban_until": world.day(300),
                       "penalties": [{ "kind": "illegal_entry", "status": "open" }] });
    world.patch("caseworker.a", &at(&case, "/immigration-clearance"), stay).await.expect(200);
    let paid = json!({ "money": { "amount": "60", "currency": "USD" }, "payer": "family", "paid_on": world.day(-10) });
    world.post("caseworker.a", &at(&case, "/fine-payments"), paid).await.expect(201);
    let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    case
}

#[rstest]
#[actix_web::test]
async fn who_goes_on_leaves_fine_desk_and_embassy_behind(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    rate(world, "THA", "500", "THB").await;
    desk_of(world, json!("THA"), "caseworker.b").await;
    let case = in_myanmar(world).await;
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    let over_the_river = json!({ "country": "THA", "reason": "moved_on", "left_on": world.day(-5), "left_by": "handed_over_by_armed_group",
                                 "entered_on": world.day(-5), "entered_by": "irregular", "immigration_status": "irregular_entry" });
    let moved = go_to(world, "caseworker.a", &case, over_the_river).await.expect(200).json();
    assert_eq!((&moved["host_country"], &moved["immigration_status"]), (&json!("THA"), &json!("irregular_entry")));
    // What was owed is kept as it stood: 95 days at 3 dollars, less 60.
    let left = episodes(world, "caseworker.a", &case).await;
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0]["country"], &left[0]["left_by"]), (&json!("MMR"), &json!("handed_over_by_armed_group")));
    assert_eq!(left[0]["fine_left"], json!({ "amount": "225.00", "currency": "USD" }));
    assert_eq!((&left[0]["entry_ban"]["until"], &left[0]["penalties"][0]["kind"]), (&json!(world.day(300)), &json!("illegal_entry")));
    // In the new country all begins anew, and the old payment says what it was for.
    let there = standing(world, &case).await;
    assert_eq!((&there["entered_on"], &there["entered_by"]), (&json!(world.day(-5)), &json!("irregular")));
    assert_eq!((&there["stay_expired_on"], &there["penalties"], &there["fine"]["paid"]), (&Value::Null, &json!([]), &json!("0.00")));
    assert_eq!(there["fine"]["currency"], "THB");
    let payment = world.get("caseworker.a", &at(&case, "/fine-payments")).await.json()["items"][0].clone();
    assert_eq!(payment["host_episode_id"], left[0]["id"]);
    let url = at(&case, &format!("/fine-payments/{}", payment["id"].as_str().unwrap()));
    let cancelled = json!({ "cancelled_on": world.day(0), "cancellation_reason": "Booked twice" });
    world.patch("caseworker.a", &url, cancelled).await.problem(409, "conflict");
    // The embassy that does not cover her there sees her no more; the desk of the country does.
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.b", &at(&case, "")).await.expect(200).json()["host_country"], "THA");
    let overstay = json!({ "stay_expired_on": world.day(-2) });
    let fine = world.patch("caseworker.a", &at(&case, "/immigration-clearance"), overstay).await.expect(200).json()["fine"].clone();
    assert_eq!((&fine["assessed"], &fine["currency"]), (&json!("1000.00"), &json!("THB")));
    let report = world.get("caseworker.a", "/v1/reports/fines").await.expect(200).json();
    assert_eq!((report["items"].as_array().map(Vec::len), &report["items"][0]["currency"]), (Some(1), &json!("THB")));
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_reads_the_way_and_not_the_debts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = in_myanmar(world).await;
    let mission = world.mission("VNM").await;
    let covers = json!({ "nationality": "VNM", "host_country": "THA", "basis": "non_resident_accreditation" });
    world.post("admin", &format!("/v1/missions/{mission}/coverage"), covers).await.expect(201);
    let over = json!({ "country": "THA", "reason": "moved_on", "left_on": world.day(-5), "left_by": "fled" });
    go_to(world, "caseworker.a", &case, over).await.expect(200);
    let read = episodes(world, "officer.vnm", &case).await;
    assert_eq!((&read[0]["country"], &read[0]["left_by"], &read[0]["left_on"]), (&json!("MMR"), &json!("fled"), &json!(world.day(-5))));
    for closed in ["fine_left", "entry_ban", "stay_expired_on", "immigration_status", "visa_kind"] {
        assert_eq!(read[0][closed], Value::Null, "{closed}");
    }
    assert_eq!(read[0]["penalties"], json!([]));
    go_to(world, "officer.vnm", &case, json!({ "country": "LAO", "reason": "moved_on" })).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn a_move_entered_by_mistake_is_taken_back_whole(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = in_myanmar(world).await;
    let before = standing(world, &case).await;
    go_to(world, "caseworker.a", &case, json!({ "country": "LAO", "reason": "moved_on" })).await.expect(200);
    assert_eq!(standing(world, &case).await["version"], 0);
    world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "stay_expired_on": world.day(-1) })).await.expect(200);
    let wrong = episodes(world, "caseworker.a", &case).await[0].clone();
    let url = at(&case, &format!("/host-episodes/{}", wrong["id"].as_str().unwrap()));
    let mistake = json!({ "cancelled_on": world.day(0), "cancellation_reason": "Another person" });
    world.patch("caseworker.a", &url, mistake.clone()).await.problem(409, "conflict");
    let back = json!({ "country": "MMR", "reason": "wrong_entry", "left_on": world.day(-1) });
    assert_eq!(go_to(world, "caseworker.a", &case, back).await.pointers(), ["/left_on"]);
    go_to(world, "caseworker.a", &case, json!({ "country": "MMR", "reason": "wrong_entry" })).await.expect(200);
    world.patch("caseworker.a", &url, mistake).await.expect(200);
    world.patch("caseworker.a", &url, json!({ "cancelled_on": null })).await.problem(422, "validation_failed");
    assert_eq!(standing(world, &case).await, before, "standing and fine are as they were");
    assert_eq!(episodes(world, "caseworker.a", &case).await.len(), 1, "the mistake stays readable");
}

#[rstest]
#[actix_web::test]
async fn an_earlier_country_can_be_recorded_at_any_time_and_soundly(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let post = async |body: Value| world.post("caseworker.a", &at(&case, "/host-episodes"), body).await;
    post(json!({ "country": "MMR", "entered_on": "2025-02-01", "left_on": "2025-10-22", "left_by": "fled", "penalties": null }))
        .await
        .expect(201);
    for (pointer, body) in [
        ("/left_on", json!({ "country": "MMR", "entered_on": "2025-10-22", "left_on": "2025-02-01" })),
        ("/entered_on", json!({ "country": "MMR", "entered_on": world.day(2) })),
        ("/cancellation_reason", json!({ "country": "MMR", "cancelled_on": world.day(0) })),
    ] {
        assert_eq!(post(body).await.pointers(), [pointer]);
    }
    for (pointers, days) in [
        (&["/entered_on"][..], ["2025-01-01", "2025-02-02"]),
        (&["/entered_on"], ["2025-03-01", "2025-04-01"]),
        (&[], ["2024-12-01", "2025-02-01"]),
    ] {
        let laos = json!({ "country": "LAO", "entered_on": days[0], "left_on": days[1] });
        assert_eq!(post(laos).await.pointers(), pointers, "{days:?}: nobody is in two countries");
    }
    world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "entered_on": "2025-10-22" })).await.expect(200);
    assert_eq!(post(json!({ "country": "MMR", "left_on": "2025-10-23" })).await.pointers(), ["/left_on"]);
    let early = json!({ "country": "THA", "reason": "moved_on", "left_on": "2025-10-21" });
    assert_eq!(go_to(world, "caseworker.a", &case, early).await.pointers(), ["/left_on"]);
    let unchanged = json!({ "country": "KHM", "reason": "moved_on" });
    assert_eq!(go_to(world, "caseworker.a", &case, unchanged).await.pointers(), ["/country"]);
    let stale = json!({ "country": "THA", "reason": "moved_on" });
    let url = at(&case, "/host-country");
    world
        .send("caseworker.a", actix_web::http::Method::POST, &url, &[("if-match", "\"1-0\"")], Some(&stale))
        .await
        .problem(412, "stale_version");
}

#[rstest]
#[actix_web::test]
async fn a_tag_of_the_country_before_changes_nothing_in_the_next(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = in_myanmar(world).await;
    let url = at(&case, "/immigration-clearance");
    let read = world.get("caseworker.a", &url).await.etag();
    let over = json!({ "country": "THA", "reason": "moved_on", "entered_on": world.day(-1) });
    go_to(world, "caseworker.a", &case, over).await.expect(200);
    let of_myanmar = json!({ "entered_on": world.day(-200), "stay_expired_on": world.day(-100) });
    let late = world.send("caseworker.a", Method::PATCH, &url, &[("if-match", &read)], Some(&of_myanmar)).await;
    late.problem(412, "stale_version");
    assert_eq!(standing(world, &case).await["entered_on"], world.day(-1), "Thailand keeps its own dates");
}

#[rstest]
#[actix_web::test]
async fn moves_are_taken_back_in_their_order_and_nobody_moves_on_to_their_own_country(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = in_myanmar(world).await;
    let held = json!({ "facility": "Myawaddy", "since": world.day(-30) });
    world.post("caseworker.a", &at(&case, "/detentions"), held).await.expect(201);
    for country in ["THA", "LAO"] {
        go_to(world, "caseworker.a", &case, json!({ "country": country, "reason": "moved_on" })).await.expect(200);
        world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "entered_on": world.day(0) })).await.expect(200);
    }
    let detention = world.get("caseworker.a", &at(&case, "/detentions")).await.expect(200).json()["items"][0].clone();
    let left = episodes(world, "caseworker.a", &case).await;
    assert_eq!(detention["host_episode_id"], left[0]["id"], "nobody is held in a country that they left");
    let mistake = json!({ "cancelled_on": world.day(0), "cancellation_reason": "Another person" });
    for episode in &left {
        let url = at(&case, &format!("/host-episodes/{}", episode["id"].as_str().unwrap()));
        world.patch("caseworker.a", &url, mistake.clone()).await.problem(409, "conflict");
    }
    world.patch("caseworker.a", &at(&case, ""), json!({ "further_nationalities": ["PHL"] })).await.expect(200);
    for home in ["VNM", "PHL"] {
        assert_eq!(
            go_to(world, "caseworker.a", &case, json!({ "country": home, "reason": "moved_on" })).await.pointers(),
            ["/country"],
            "{home}"
        );
    }
}

#[rstest]
#[actix_web::test]
async fn a_move_of_somebody_without_any_standing_is_taken_back_like_every_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut person = data::vietnamese();
    person["immigration_status"] = json!("overstay");
    let case = world.register("caseworker.a", person).await;
    let bed = json!({ "kind": "shelter", "facility": "House of Mercy", "from": world.day(-3) });
    world.post("caseworker.a", &at(&case, "/placements"), bed).await.expect(201);
    go_to(world, "caseworker.a", &case, json!({ "country": "THA", "reason": "moved_on" })).await.expect(200);
    let counts = world.get("caseworker.a", "/v1/placements/counts").await.expect(200).json();
    assert_eq!(counts["items"], json!([]), "whoever went on left the bed");
    world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "stay_expired_on": world.day(-10) })).await.expect(200);
    let wrong = episodes(world, "caseworker.a", &case).await[0].clone();
    let url = at(&case, &format!("/host-episodes/{}", wrong["id"].as_str().unwrap()));
    let mistake = json!({ "cancelled_on": world.day(0), "cancellation_reason": "Another person" });
    world.patch("caseworker.a", &url, mistake.clone()).await.problem(409, "conflict");
    go_to(world, "caseworker.a", &case, json!({ "country": "KHM", "reason": "wrong_entry" })).await.expect(200);
    world.patch("caseworker.a", &url, mistake).await.expect(200);
    assert_eq!(standing(world, &case).await["stay_expired_on"], Value::Null, "nothing of Thailand counts in Cambodia");
    assert_eq!(world.get("caseworker.a", &at(&case, "")).await.expect(200).json()["immigration_status"], "overstay");
}

#[rstest]
#[actix_web::test]
async fn a_desk_that_holds_emergency_access_sees_who_came_when_that_is_over(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    desk_of(world, json!("THA"), "caseworker.b").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    emergency(world, "caseworker.b", &case, json!(["health"])).await.expect(201);
    go_to(world, "caseworker.a", &case, json!({ "country": "THA", "reason": "moved_on" })).await.expect(200);
    world.days_pass(1).await;
    assert_eq!(world.get("caseworker.b", &at(&case, "")).await.expect(200).json()["host_country"], "THA");
}

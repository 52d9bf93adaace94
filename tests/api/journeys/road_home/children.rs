//! Children on the road home.

use super::*;

/// The birthday of somebody who comes of age in so many days, in Cambodia.
fn comes_of_age_in(world: &World, days: i64) -> String {
    let today = homeward::demo::today(world.clock.now().plus_seconds(days * 24 * 3600));
    today.checked_sub_months(chrono::Months::new(12 * 18)).expect("a day").to_string()
}

#[rstest]
#[actix_web::test]
async fn a_child_travels_only_with_a_determination_a_guardian_and_an_escort(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::walk_in();
    body["identity"] = json!({ "given_name": "Dewi", "age_estimate": { "from_years": 16, "to_years": 20, "estimated_on": world.day(0) } });
    let case = world.register("officer.idn", body).await;
    assert_eq!(case["is_child"], true, "the range includes 17");
    let tasks = world.get("officer.idn", &at(&case, "/tasks")).await.json();
    assert!(tasks["items"].as_array().unwrap().iter().any(|task| task["kind"] == "child_without_guardian"), "{tasks}");
    let assessment = json!({ "kind": "bia", "initiated_on": world.day(0), "decision": "pending", "guardian": "Aunt" });
    record(world, "officer.idn", &case, "best-interests", assessment).await;
    let tasks = world.get("officer.idn", &at(&case, "/tasks")).await.json();
    assert!(
        !tasks["items"].as_array().unwrap().iter().any(|task| task["kind"] == "child_without_guardian" && task["status"] == "open"),
        "{tasks}"
    );
}

#[rstest]
#[actix_web::test]
async fn a_child_comes_of_age_on_the_birthday(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::walk_in();
    let birth = comes_of_age_in(world, 1);
    body["identity"] = json!({ "given_name": "Dewi", "birth_date": birth });
    let case = world.register("officer.idn", body).await;
    let is_child = async || world.get("officer.idn", &at(&case, "")).await.json()["is_child"].clone();
    assert_eq!(is_child().await, true);
    world.days_pass(1).await;
    assert_eq!(is_child().await, false);
    let tasks = world.get("officer.idn", &at(&case, "/tasks")).await.json();
    assert!(
        !tasks["items"].as_array().unwrap().iter().any(|task| task["kind"] == "child_without_guardian" && task["status"] == "open"),
        "{tasks}"
    );
}

#[rstest]
#[actix_web::test]
async fn somebody_who_left_at_17_is_a_child_also_when_it_is_recorded_later(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = cleared(world).await;
    let birth = comes_of_age_in(world, 3);
    world.patch("officer.idn", &at(&case, ""), json!({ "identity": { "birth_date": birth } })).await.expect(200);
    let movement = record(world, "officer.idn", &case, "movements", flight(world, 1)).await;
    let for_children = ["child_return_determined", "child_accompanied"];
    assert_eq!(missing(world, "officer.idn", &case, "departure_scheduled").await, for_children);
    world.days_pass(5).await;
    world
        .patch("officer.idn", &movement, json!({ "status": "departed", "departed_at": format!("{}T08:00:00Z", world.day(-4)) }))
        .await
        .expect(200);
    assert_eq!(world.get("officer.idn", &at(&case, "")).await.json()["is_child"], false);
    assert_eq!(missing(world, "officer.idn", &case, "departure_scheduled").await, [&["movement_booked"][..], &for_children].concat());
}

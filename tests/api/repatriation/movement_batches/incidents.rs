//! What keeps one person from travelling, or from arriving, while the others go on.

use super::*;

async fn incident(world: &World, case: &Value, what: &str) -> Answer {
    let id = movement(world, OFFICER, case).await["id"].as_str().unwrap().to_owned();
    world.patch(OFFICER, &at(case, &format!("/movements/{id}")), json!({ "incident": what })).await
}

#[rstest]
#[actix_web::test]
async fn who_did_not_board_and_who_left_on_the_way_are_told_apart(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.token(OFFICER).await;
    let cases = join_all((0..3).map(|_| ready(world))).await;
    let [home, turned_back, absconded] = &cases[..] else { panic!("three") };
    let plane = batch(world, 3).await;
    board(world, &plane, &[home, turned_back, absconded]).await.expect(201);
    step(world, &plane, json!({ "to": "departure_scheduled" })).await.expect(200);
    let refused = incident(world, turned_back, "no_show").await;
    assert_eq!((refused.status, refused.pointers()), (422, vec!["/incident".to_owned()]), "their seat is booked still");
    world.days_pass(2).await;
    // Stopped at exit control: taken off the plane, with the reason.
    world.post(OFFICER, &at(turned_back, "/legal-holds"), json!({ "kind": "debt_claim", "imposed_on": world.day(0) })).await.expect(201);
    step(world, &plane, json!({ "to": "departed" })).await.expect(200);
    incident(world, turned_back, "turned_back_at_exit_control").await.expect(200);
    let stopped = movement(world, OFFICER, turned_back).await;
    assert_eq!((&stopped["status"], &stopped["incident"]), (&json!("cancelled"), &json!("turned_back_at_exit_control")));
    assert_eq!(stage(world, OFFICER, turned_back).await, "clearing");
    assert_eq!(incident(world, home, "denied_boarding").await.pointers(), ["/incident"], "they have left");
    incident(world, absconded, "absconded_in_transit").await.expect(200);

    let landed = json!({ "to": "arrived", "arrived_on": world.day(0), "country": "IDN", "port": "CGK", "received_by": "Ministry of Social Affairs" });
    let arrived = step(world, &plane, landed).await.expect(200).json();
    assert_eq!((&arrived["moved"], &arrived["left_behind"]), (&json!(1), &json!(1)), "{arrived}");
    assert_eq!(reasons(&arrived, absconded), ["left_on_the_way"]);
    assert_eq!((stage(world, OFFICER, home).await, stage(world, OFFICER, absconded).await), (json!("arrived"), json!("departed")));
    let later = movement(world, OFFICER, absconded).await;
    assert_eq!((&later["status"], &later["incident"]), (&json!("departed"), &json!("absconded_in_transit")), "and the batch keeps it");
}

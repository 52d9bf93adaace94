//! What the case that goes on tells of the merged one, to whom, and what is left of that after the undo.

use futures_util::join;

use super::*;
use crate::people::merges::partners::{recorded, shared_with_b};
use crate::sharing::consents_and_referrals::step;
use crate::support::world::without_second_factor;

/// Rounds of the race of a merge with a change on the merged case.
const ROUNDS: usize = 12;

async fn history(world: &World, actor: &str, case: &Value) -> String {
    world.get(actor, &at(case, "/history?limit=200")).await.expect(200).text()
}

#[rstest]
#[actix_web::test]
async fn the_history_tells_of_the_merged_case_only_to_who_saw_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut second = twin();
    second["identity"]["aliases"] = json!([{ "name": "Of-the-second Nguyen" }]);
    second["contact"]["home_address"] = json!("Street of-the-second");
    let twins = twins_of(world, data::vietnamese(), second).await;
    recorded(world, &twins.other, "record-of-the-second").await;
    shared_with_b(world, &twins.survivor).await;
    let merge = twins.merge(world).await;
    let fit = world.get("caseworker.a", &at(&twins.survivor, "/fit-to-travel")).await.expect(200).json()["items"][0]["id"].clone();
    let fit = at(&twins.survivor, &format!("/fit-to-travel/{}", fit.as_str().unwrap()));
    world.patch("caseworker.a", &fit, json!({ "conditions": "record-of-the-second, worse" })).await.expect(200);
    let files = world.get("caseworker.a", &at(&twins.survivor, "/attachments")).await.expect(200).json();
    let file = at(&twins.survivor, &format!("/attachments/{}", files["items"][0]["id"].as_str().unwrap()));
    let content = b"%PDF-1.4\n% x\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec();
    world.put_file("caseworker.a", &file, content).await.expect(200);
    let marks = ["Of-the-second", "Street of-the-second", "record-of-the-second, worse", "record-of-the-second.pdf"];
    let owners = history(world, "caseworker.a", &twins.survivor).await;
    for mark in marks {
        assert!(owners.contains(mark), "the owner is told: {mark}");
    }
    let told = history(world, "caseworker.b", &twins.survivor).await;
    assert!(!told.to_lowercase().contains("of-the-second") && !told.contains("merge"), "{told}");
    undo(world, &merge).await.expect(200);
    let told = history(world, "caseworker.b", &twins.survivor).await;
    assert!(!told.to_lowercase().contains("of-the-second"), "{told}");
    let owners = history(world, "caseworker.a", &twins.survivor).await;
    assert!(owners.contains("Of-the-second") && owners.contains("record-of-the-second, worse"), "who sees both is told of both");
}

#[rstest]
#[actix_web::test]
async fn no_list_tells_with_which_mission_the_merged_one_was_in_contact(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    accept_mission(world, &twins.other).await;
    shared_with_b(world, &twins.survivor).await;
    twins.merge(world).await;
    let of_mission = format!("/v1/cases?mission={}", world.mission("VNM").await);
    let found = async |actor: &str| world.get(actor, &of_mission).await.expect(200).json()["items"].as_array().unwrap().len();
    assert_eq!((found("caseworker.a").await, found("coordinator").await, found("caseworker.b").await), (1, 1, 0));
}

#[rstest]
#[actix_web::test]
async fn an_undo_leaves_no_fine_and_no_finding_of_the_other_one_and_keeps_its_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mut one, mut other) = (data::vietnamese(), twin());
    for body in [&mut one, &mut other] {
        body["trafficking_status"] = json!("unscreened");
        body.as_object_mut().expect("an object").remove("screening_skipped");
    }
    let twins = twins_of(world, one, other).await;
    world.patch("caseworker.a", &at(&twins.other, "/immigration-clearance"), json!({ "stay_expired_on": "2025-12-01" })).await.expect(200);
    let presumed = json!({ "outcome": "presumed", "decided_on": world.day(0), "decided_by_kind": "ngo", "decided_by": "NGO A" });
    world.post("caseworker.a", &at(&twins.other, "/status-determinations"), presumed.clone()).await.expect(201);
    let fines = async || world.get("caseworker.a", "/v1/reports/fines").await.expect(200).json()["items"].clone();
    let status = async |case: &Value| world.get("caseworker.a", &at(case, "")).await.expect(200).json()["trafficking_status"].clone();
    let before = (fines().await, status(&twins.survivor).await, status(&twins.other).await);
    let merge = twins.merge(world).await;
    undo(world, &merge).await.expect(200);
    let after = (fines().await, status(&twins.survivor).await, status(&twins.other).await);
    assert_eq!(after, before, "one person owes one fine, and was found to be what was found");
    // What was found about the survivor itself meanwhile stays.
    let merge = twins.merge(world).await;
    world.post("caseworker.a", &at(&twins.survivor, "/status-determinations"), presumed).await.expect(201);
    undo(world, &merge).await.expect(200);
    assert_eq!(status(&twins.survivor).await, "presumed");
}

#[rstest]
#[actix_web::test]
async fn two_stays_in_two_countries_are_two_cases(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut elsewhere = twin();
    elsewhere["host_country"] = json!("THA");
    let twins = twins_of(world, data::vietnamese(), elsewhere).await;
    assert_eq!(twins.blockers(world).await, json!(["different_host_countries"]));
}

#[actix_web::test]
async fn what_is_changed_while_two_are_merged_is_on_the_case_that_goes_on() {
    let Some(world) = &World::start(Postgres).await else { return };
    let other = &world.instance(without_second_factor()).await;
    // Signed in once, and not by each of the requests that run at the same time.
    other.get("caseworker.a", "/v1/me").await.expect(200);
    let twins = twins(world).await;
    let add = async |collection: &str, body: &Value| {
        world.post("caseworker.a", &at(&twins.other, collection), body.clone()).await.expect(201).json()["id"].as_str().unwrap().to_owned()
    };
    let (stay, task) = (json!({ "entry": "sold" }), json!({ "note": "Call the sister", "due_on": world.day(3) }));
    for round in 0..ROUNDS {
        let (old_stay, old_task) = (add("/stays", &stay).await, add("/tasks", &task).await);
        let (stay_url, task_url) = (at(&twins.other, &format!("/stays/{old_stay}")), at(&twins.other, &format!("/tasks/{old_task}")));
        let (stays_url, tasks_url) = (at(&twins.other, "/stays"), at(&twins.other, "/tasks"));
        let (noted, done) = (json!({ "notes": format!("Floor {round}.") }), json!({ "note": format!("Call brother {round}.") }));
        let (merge, new_stay, new_task, changed_stay, changed_task) = join!(
            twins.merge_as(world, "supervisor.a", json!([])),
            other.post("caseworker.a", &stays_url, stay.clone()),
            other.post("caseworker.a", &tasks_url, task.clone()),
            other.patch("caseworker.a", &stay_url, noted),
            other.patch("caseworker.a", &task_url, done),
        );
        let merge = merge.expect(201).header("location").to_owned();
        let there = async |collection: &str| world.get("caseworker.a", &at(&twins.survivor, collection)).await.expect(200).text();
        let (stays, tasks) = (there("/stays").await, there("/tasks").await);
        assert!(stays.contains(&old_stay) && tasks.contains(&old_task), "round {round}: nothing is left behind");
        for (answer, list) in [(new_stay, &stays), (new_task, &tasks)] {
            let is_lost = answer.status == 201 && !list.contains(answer.json()["id"].as_str().unwrap());
            assert!(!is_lost, "round {round}: what was added is lost");
        }
        assert!(changed_stay.status != 200 || stays.contains(&format!("Floor {round}.")), "round {round}");
        assert!(changed_task.status != 200 || tasks.contains(&format!("Call brother {round}.")), "round {round}");
        undo(world, &merge).await.expect(200);
    }
}

#[rstest]
#[actix_web::test]
async fn no_operation_names_a_merge_to_who_saw_one_of_the_two(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    // NGO B opens a part that has nothing to do with who the person is: a closed entry would be told to it by the name of its operation.
    answer(world, &twins.survivor, json!({ "purpose": "share_with_ngo", "compartments": ["health"] })).await.expect(201);
    let mut referral = data::referral(&organisation_of(world, "caseworker.b").await);
    referral["compartments"] = json!(["health"]);
    let made = world.post("caseworker.a", &at(&twins.survivor, "/referrals"), referral).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &made, json!({ "to": "accepted" })).await.expect(200);
    let merge = twins.merge(world).await;
    let told = history(world, "caseworker.b", &twins.survivor).await;
    assert!(!told.contains("merge"), "{told}");
    undo(world, &merge).await.expect(200);
    let told = history(world, "caseworker.b", &twins.survivor).await;
    assert!(!told.contains("merge"), "{told}");
    let owners = history(world, "caseworker.a", &twins.survivor).await;
    assert!(owners.contains("merge_duplicate") && owners.contains("undo_merge"), "{owners}");
}

#[rstest]
#[actix_web::test]
async fn who_saw_one_of_the_two_counts_by_the_missions_of_that_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    accept_mission(world, &twins.other).await;
    shared_with_b(world, &twins.survivor).await;
    let counted = async |actor: &str| {
        // Figures are kept for a second.
        world.clock.forward(2);
        let report = world.get(actor, "/v1/reports/funnel").await.expect(200);
        report.text().contains(&world.mission("VNM").await)
    };
    twins.merge(world).await;
    assert_eq!((counted("caseworker.a").await, counted("coordinator").await), (true, true), "who saw both counts both");
    assert!(!counted("caseworker.b").await);
    // Also after whatever happens next.
    world.patch("caseworker.a", &at(&twins.survivor, ""), json!({ "risk_level": "high" })).await.expect(200);
    assert_eq!((counted("coordinator").await, counted("caseworker.b").await), (true, false));
}

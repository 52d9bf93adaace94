//! The case that a wrong new trafficking opened: it is withdrawn with the mistake, unless somebody worked on it.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{WHY, enter, take_back, world};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{Answer, World, data};

#[rstest]
#[actix_web::test]
async fn the_case_that_a_wrong_new_trafficking_opened_is_gone_unless_somebody_worked_on_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let opened = go(world, "caseworker.a", &case, enter(world, "re_trafficked")).await.expect(200).json();
    let next = format!("/v1/cases/{}", opened["next_case_id"].as_str().expect("a case is opened"));
    take_back(world, &case).await;
    for actor in ["supervisor.a", "coordinator"] {
        world.get(actor, &next).await.problem(404, "not_found");
    }
    let opened = go(world, "caseworker.a", &case, enter(world, "re_trafficked")).await.expect(200).json();
    let next = json!({ "id": opened["next_case_id"] });
    world.post("caseworker.a", &at(&next, "/stays"), json!({ "entry": "recruited" })).await.expect(201);
    let back = json!({ "to": "resume", "reason": WHY });
    let asked = go(world, "supervisor.a", &case, back.clone()).await.expect(202).json();
    let approve = format!("/v1/approvals/{}/approve", asked["approval_id"].as_str().unwrap());
    world.send("second.a", Method::POST, &approve, &[], None).await.expect(200);
    go(world, "supervisor.a", &case, back.clone()).await.problem(409, "conflict");
    world.act("supervisor.a", &at(&next, ""), "/close", json!({ "reason": "registered_in_error" })).await.expect(200);
    go(world, "supervisor.a", &case, back).await.expect(200);
    world.get("supervisor.a", &at(&next, "")).await.expect(200);
    let chains = world.get("supervisor.a", "/v1/reports/re-trafficking").await.expect(200).json();
    assert_eq!(chains["items"], json!([]), "nobody was trafficked again by a mistake");
}

/// Asks for taking a grave end back, has it approved, and does it: the last answer.
async fn approve_and_resume(world: &World, case: &Value) -> Answer {
    let back = json!({ "to": "resume", "reason": WHY });
    let asked = go(world, "supervisor.a", case, back.clone()).await.expect(202).json();
    let approve = format!("/v1/approvals/{}/approve", asked["approval_id"].as_str().expect("an approval"));
    world.send("second.a", Method::POST, &approve, &[], None).await.expect(200);
    go(world, "supervisor.a", case, back).await
}

#[rstest]
#[actix_web::test]
async fn kinship_on_the_follow_up_case_is_work_and_a_name_corrected_elsewhere_is_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &world(kind).await else { return };
    let mother = world.register("caseworker.a", data::taiwanese()).await;
    for is_linked in [false, true] {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        let opened = go(world, "caseworker.a", &case, enter(world, "re_trafficked")).await.expect(200).json();
        let next = json!({ "id": opened["next_case_id"] });
        // The name is of the person: the follow-up case is another version now, and nobody worked on it.
        world.patch("caseworker.a", &at(&case, ""), json!({ "identity": { "given_name": "Minh Anh" } })).await.expect(200);
        if is_linked {
            let relation = json!({ "case_id": mother["id"], "relation": "parent" });
            world.post("caseworker.a", &at(&next, "/relations"), relation).await.expect(201);
            approve_and_resume(world, &case).await.problem(409, "conflict");
            world.get("supervisor.a", &at(&next, "")).await.expect(200);
        } else {
            approve_and_resume(world, &case).await.expect(200);
            world.get("supervisor.a", &at(&next, "")).await.problem(404, "not_found");
        }
    }
}

//! Emergency access again: what bars an organisation from it, and how the owner of the case lifts that. A barred organisation is
//! answered as if the case did not exist.

use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::sharing::consents_and_referrals::{answer, at, organisation_of, referred};
use crate::sharing::denials::{deny, emergency};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

async fn take(world: &World, case: &Value) -> Answer {
    world.forget("caseworker.b");
    emergency(world, "caseworker.b", case, json!(["health"])).await
}

async fn review(world: &World, actor: &str, taken: &Answer, verdict: &str) -> Answer {
    let url = format!("/v1/emergency-accesses/{}/review", taken.json()["id"].as_str().expect("an id"));
    world.post(actor, &url, json!({ "verdict": verdict, "note": "Looked into" })).await
}

async fn lift(world: &World, actor: &str, case: &Value) -> Answer {
    let ngo_b = organisation_of(world, "caseworker.b").await;
    world.post(actor, &at(case, "/emergency-access-bar/lift"), json!({ "organisation_id": ngo_b })).await
}

/// The answer to a barred organisation is that of a code that nobody has.
async fn is_barred(world: &World, case: &Value) {
    let without_instance = |answer: Answer| {
        let mut problem = answer.problem(404, "not_found");
        problem.as_object_mut().expect("a problem").remove("instance");
        problem
    };
    let barred = without_instance(take(world, case).await);
    let missing = without_instance(take(world, &json!({ "code": "KHM-26-000000-0" })).await);
    assert_eq!(barred, missing, "a barred organisation learns that there is a case");
    world.get("caseworker.b", &at(case, "")).await.problem(404, "not_found");
}

fn episode(of: &Value) -> Value {
    json!({ "person_id": of["person_id"], "host_country": "KHM", "intake_channel": "hotline" })
}

#[rstest]
#[actix_web::test]
async fn after_an_unjustified_emergency_the_organisation_is_barred_until_the_owner_lifts_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let taken = take(world, &case).await.expect(201);
    review(world, "supervisor.a", &taken, "unjustified").await.expect(200);
    is_barred(world, &case).await;
    world.days_pass(30).await;
    is_barred(world, &case).await;
    let next = world.register("caseworker.a", episode(&case)).await;
    is_barred(world, &next).await;

    lift(world, "caseworker.a", &case).await.problem(403, "permission_denied");
    lift(world, "coordinator", &case).await.problem(403, "permission_denied");
    lift(world, "supervisor.idn", &case).await.problem(404, "not_found");
    let nobody = json!({ "organisation_id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10" });
    assert_eq!(world.post("supervisor.a", &at(&case, "/emergency-access-bar/lift"), nobody).await.pointers(), ["/organisation_id"]);
    world.grow_stale("supervisor.a").await;
    lift(world, "supervisor.a", &case).await.problem(401, "insufficient_user_authentication");
    world.forget("supervisor.a");
    is_barred(world, &case).await;
    lift(world, "supervisor.a", &case).await.expect(200);
    let again = take(world, &next).await.expect(201);
    review(world, "supervisor.a", &again, "unjustified").await.expect(200);
    is_barred(world, &case).await;
}

#[rstest]
#[actix_web::test]
async fn whom_the_person_refused_takes_no_emergency_access(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // A refusal ends what was taken before it, and bars what would come after it.
    let case = world.register("caseworker.a", data::vietnamese()).await;
    take(world, &case).await.expect(201);
    world.get("caseworker.b", &at(&case, "")).await.expect(200);
    answer(world, &case, json!({ "answer": "refused", "compartments": [] })).await.expect(201);
    is_barred(world, &case).await;
    world.days_pass(8).await;
    is_barred(world, &case).await;
    lift(world, "supervisor.a", &case).await.expect(200);
    take(world, &case).await.expect(201);

    let (case, consent, _) = referred(world).await;
    world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200);
    is_barred(world, &case).await;
    answer(world, &case, json!({})).await.expect(201);
    take(world, &case).await.expect(201);

    let case = world.register("caseworker.a", data::vietnamese()).await;
    let of_another_kind = json!({ "answer": "refused", "compartments": [], "purpose": "share_with_court" });
    answer(world, &case, of_another_kind).await.expect(201);
    take(world, &case).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn an_organisation_takes_emergency_access_to_a_person_once_in_seven_days(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let next = world.register("caseworker.a", episode(&case)).await;
    let taken = take(world, &case).await.expect(201);
    is_barred(world, &next).await;
    world.days_pass(6).await;
    is_barred(world, &case).await;
    review(world, "supervisor.a", &taken, "justified").await.expect(200);
    let second = take(world, &case).await.expect(201);

    // What an organisation says about its own access frees it from nothing, and does not keep the owner from reviewing it.
    let url = colleague(world, "dpo.b", "ngo_supervisor", "NGO B").await;
    world.patch("admin", &url, json!({ "data_protection": true })).await.expect(200);
    review(world, "dpo.b", &second, "justified").await.expect(200);
    world.days_pass(1).await;
    is_barred(world, &case).await;
    review(world, "supervisor.a", &second, "unjustified").await.expect(200);
    review(world, "supervisor.a", &second, "justified").await.problem(409, "conflict");
    world.days_pass(30).await;
    is_barred(world, &case).await;
}

#[rstest]
#[actix_web::test]
async fn the_lift_of_a_bar_lifts_no_denial(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let ngo_b = json!({ "scope": "organisation", "organisation_id": organisation_of(world, "caseworker.b").await });
    deny(world, "caseworker.a", &case, ngo_b).await.expect(201);
    lift(world, "supervisor.a", &case).await.expect(200);
    is_barred(world, &case).await;
}

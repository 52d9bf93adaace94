//! Codes of cases that somebody guesses to take emergency access: few a day, and those who answer for data protection are told.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::denials::emergency;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::rows_naming;
use crate::support::{Answer, World, data};

fn code(number: usize) -> Value {
    json!({ "code": format!("KHM-26-AAAA{number:02}-A") })
}

async fn guess(world: &World, actor: &str, number: usize) -> Answer {
    emergency(world, actor, &code(number), json!(["health"])).await
}

async fn id_of(world: &World, actor: &str) -> Value {
    world.get(actor, "/v1/me").await.expect(200).json()["user_id"].clone()
}

/// Messages about this user to those who answer for data protection.
fn told(world: &World, user: &Value) -> usize {
    rows_naming(world, &[user]).get("data_protection_events").map_or(0, std::collections::BTreeSet::len)
}

#[rstest]
#[actix_web::test]
async fn ten_codes_a_day_may_lead_nowhere_and_somebody_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_on(kind, "2026-01-19").await else { return };
    let user = id_of(world, "caseworker.b").await;
    let hidden = world.register("caseworker.a", data::vietnamese()).await;
    let denial = json!({ "scope": "organisation", "organisation_id": world.get("caseworker.b", "/v1/me").await.json()["organisation_id"] });
    world.post("caseworker.a", &format!("/v1/cases/{}/denials", hidden["id"].as_str().expect("an id")), denial).await.expect(201);
    let plain = |answer: Answer| {
        let mut problem = answer.problem(404, "not_found");
        problem["instance"] = Value::Null;
        problem
    };
    // A code that is denied and one that nobody has are the same miss, and the same answer.
    let denied = plain(emergency(world, "caseworker.b", &hidden, json!(["health"])).await);
    assert_eq!(denied, plain(guess(world, "caseworker.b", 1).await));
    assert_eq!(told(world, &user), 0);
    guess(world, "caseworker.b", 2).await.expect(404);
    assert_eq!(told(world, &user), 1);
    // A code that leads somewhere costs nothing, and hides nothing.
    let open = world.register("caseworker.a", data::taiwanese()).await;
    emergency(world, "caseworker.b", &open, json!(["health"])).await.expect(201);
    // Another session of the same user is no other user.
    world.forget("caseworker.b");
    for number in 3..10 {
        guess(world, "caseworker.b", number).await.expect(404);
    }
    assert_eq!(told(world, &user), 2);
    let refused = guess(world, "caseworker.b", 10).await;
    assert!(refused.header("retry-after").parse::<u32>().expect("seconds") > 3600);
    refused.problem(429, "too_many_requests");
    // Denied, missing and open are the same when the day's tries are used up.
    emergency(world, "caseworker.b", &hidden, json!(["health"])).await.problem(429, "too_many_requests");
    emergency(world, "caseworker.b", &open, json!(["health"])).await.problem(429, "too_many_requests");
    assert_eq!(told(world, &user), 2, "once for each");
    guess(world, "supervisor.a", 1).await.expect(404);
    world.clock.forward(24 * 3600);
    world.forget("caseworker.b");
    guess(world, "caseworker.b", 11).await.expect(404);
}

#[rstest]
#[actix_web::test]
async fn many_guesses_at_once_are_no_more_than_ten(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_on(kind, "2026-01-19").await else { return };
    world.token("caseworker.b").await;
    let another = world.instance(crate::support::world::without_second_factor()).await;
    another.token("caseworker.b").await;
    let instances = [world, &another];
    let answers = join_all((0..60).map(|number| guess(instances[number % 2], "caseworker.b", number))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 404).count(), 10);
    assert!(answers.iter().all(|answer| matches!(answer.status, 404 | 429)));
}

#[rstest]
#[actix_web::test]
async fn an_organisation_has_thirty_together(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::beginning_on(kind, "2026-01-19").await else { return };
    let colleagues = ["caseworker.a", "supervisor.a", "third.a", "fourth.a"];
    for colleague in &colleagues[2..] {
        crate::accounts::approvals::colleague(world, colleague, "ngo_supervisor", "NGO A").await;
    }
    for colleague in &colleagues[..3] {
        for number in 0..10 {
            guess(world, colleague, number).await.expect(404);
        }
    }
    guess(world, colleagues[3], 0).await.problem(429, "too_many_requests");
    guess(world, "caseworker.b", 0).await.expect(404);
}

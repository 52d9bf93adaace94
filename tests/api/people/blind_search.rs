//! The blind search: it discloses at most an organisation to contact, and for protected and denied cases not even that.

use homeward::app::Options;
use homeward::db::engine::context::Deployment;
use homeward::domain::people::matching::SearchBudget;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

/// The woman of [`data::taiwanese`], as another organisation describes her.
fn described() -> Value {
    json!({ "person": { "name": "Chen Yi-Jun", "birth_date": "2001", "nationality": "TWN", "gender": "feminine", "document_number": "X0888111" } })
}

async fn ask(world: &World, actor: &str, body: Value) -> Value {
    world.post(actor, "/v1/cases/search/blind", body).await.expect(200).json()
}

fn nothing() -> Value {
    json!({ "possible_match": false, "organisation": null, "token": null })
}

#[rstest]
#[actix_web::test]
async fn only_those_who_accompany_people_may_ask(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("", "/v1/cases/search/blind", described()).await.problem(401, "unauthenticated");
    for refused in ["officer.idn", "supervisor.idn", "analyst", "admin", "auditor"] {
        world.post(refused, "/v1/cases/search/blind", described()).await.problem(403, "permission_denied");
    }
}

#[rstest]
#[actix_web::test]
async fn a_match_names_an_organisation_and_nothing_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await;
    let answer = ask(world, "caseworker.b", described()).await;
    assert_eq!(answer["possible_match"], true, "{answer}");
    assert_eq!(answer["organisation"]["name"], "NGO A");
    assert_eq!(answer.as_object().map(serde_json::Map::len), Some(3), "{answer}");
    let text = answer.to_string();
    for secret in ["Chen", "陳", "X0888111", "2001", "KHM-", case["id"].as_str().unwrap(), case["code"].as_str().unwrap()] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let token = json!({ "token": answer["token"] });
    let resolved = world.post("caseworker.a", "/v1/cases/search/blind/resolve", token.clone()).await.expect(200).json();
    assert_eq!((&resolved["case_id"], &resolved["asked_by"]["name"]), (&case["id"], &json!("NGO B")));
    for stranger in ["caseworker.b", "coordinator", "officer.idn"] {
        world.post(stranger, "/v1/cases/search/blind/resolve", token.clone()).await.problem(404, "not_found");
    }
    world.clock.forward(31 * 24 * 3600);
    world.forget("caseworker.a");
    world.post("caseworker.a", "/v1/cases/search/blind/resolve", token).await.problem(404, "not_found");
    world.post("caseworker.a", "/v1/cases/search/blind/resolve", json!({ "token": "AAAA" })).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn whatever_does_not_fit_is_answered_alike(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::taiwanese()).await;
    for (field, other) in
        [("name", json!("Lin Ya-Ting")), ("birth_date", json!("1987")), ("nationality", json!("MYS")), ("gender", json!("masculine"))]
    {
        let mut body = described();
        body["person"][field] = other;
        assert_eq!(ask(world, "caseworker.b", body).await, nothing(), "{field}");
    }
    let few = json!({ "person": { "name": "Chen Yi-Jun", "birth_date": "2001" } });
    let answer = world.post("caseworker.b", "/v1/cases/search/blind", few).await;
    assert_eq!((answer.status, answer.pointers()), (422, vec!["/person".to_owned()]));
}

#[rstest]
#[actix_web::test]
async fn the_protected_never_answer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await["id"].as_str().unwrap().to_owned();
    assert_eq!(ask(world, "caseworker.b", described()).await["possible_match"], true);
    world.patch("caseworker.a", &format!("/v1/cases/{case}"), json!({ "protection": { "asylum_claim_open": true } })).await.expect(200);
    assert_eq!(ask(world, "caseworker.b", described()).await, nothing(), "an asylum claim");
    world.patch("caseworker.a", &format!("/v1/cases/{case}"), json!({ "protection": { "asylum_claim_open": null } })).await.expect(200);
    assert_eq!(ask(world, "caseworker.b", described()).await["possible_match"], true);
    world
        .post("caseworker.a", &format!("/v1/cases/{case}/legal-holds"), crate::support::records::body("create_legal_hold").unwrap())
        .await
        .expect(201);
    assert_eq!(ask(world, "caseworker.b", described()).await, nothing(), "a legal hold");
}

#[rstest]
#[actix_web::test]
async fn who_is_on_the_protection_pathway_never_answers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::taiwanese()).await["id"].as_str().unwrap().to_owned();
    let transition = json!({ "to": "protection_pathway", "reason": "Fears her family" });
    world.act("supervisor.a", &format!("/v1/cases/{case}"), "/repatriation/transitions", transition).await.expect(200);
    assert_eq!(ask(world, "caseworker.b", described()).await, nothing());
}

#[rstest]
#[actix_web::test]
async fn the_budget_is_counted_for_users_and_organisations_and_outlives_a_restart(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let options = crate::support::world::options(&world.database.url, 1_000_000, &world.clock);
    let deployment = Deployment { searches: SearchBudget { user: 3, organisation: 4 }, ..options.deployment.clone() };
    let small = World::serve(world.kind, world.database.clone(), Options { deployment: deployment.clone(), ..options }).await;
    for _ in 0..3 {
        ask(&small, "caseworker.a", described()).await;
    }
    let spent = small.post("caseworker.a", "/v1/cases/search/blind", described()).await;
    assert!(spent.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 24 * 3600 + 1));
    spent.problem(429, "search_budget_spent");
    ask(&small, "supervisor.a", described()).await;
    small.post("supervisor.a", "/v1/cases/search/blind", described()).await.problem(429, "search_budget_spent");
    ask(&small, "caseworker.b", described()).await;
    let options = crate::support::world::options(&world.database.url, 1_000_000, &world.clock);
    let again = World::serve(world.kind, world.database.clone(), Options { deployment, ..options }).await;
    again.post("caseworker.a", "/v1/cases/search/blind", described()).await.problem(429, "search_budget_spent");
    world.clock.forward(24 * 3600);
    again.forget("caseworker.a");
    ask(&again, "caseworker.a", described()).await;
}

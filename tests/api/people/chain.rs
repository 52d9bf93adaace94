//! One recruiter whom several people named is found by supervisors, over the cases whose chains they open, and by nobody else.

use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::reporting::audit_reading::seal;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{World, data};

async fn link(world: &World, actor: &str, case: &Value, body: Value) -> String {
    let mut link = json!({ "position": 1, "role": "recruiter" });
    for (field, value) in body.as_object().expect("fields") {
        link[field] = value.clone();
    }
    let made = world.post(actor, &at(case, "/recruiters"), link).await.expect(201).json();
    made["id"].as_str().expect("an id").to_owned()
}

async fn search(world: &World, actor: &str, body: Value) -> Vec<Value> {
    let found = world.post(actor, "/v1/recruiters/search", body).await.expect(200).json();
    found["items"].as_array().expect("links").clone()
}

fn ids(found: &[Value]) -> Vec<&str> {
    found.iter().map(|item| item["link"]["id"].as_str().expect("an id")).collect()
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("", "/v1/recruiters/search", json!({ "handle": "@longjobs" })).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn one_recruiter_of_two_people_is_found_by_the_supervisor_of_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (hung, thuy) = (data::vietnamese(), data::vietnamese());
    let (hung, thuy) = (world.register("caseworker.a", hung).await, world.register("caseworker.a", thuy).await);
    let first =
        link(world, "caseworker.a", &hung, json!({ "alias": "Anh Long", "handle": "Zalo @LongJobs88", "phone": "012 345 678" })).await;
    let second = link(world, "caseworker.a", &thuy, json!({ "name": "Long", "handle": "https://zalo.me/longjobs88" })).await;
    link(world, "caseworker.a", &thuy, json!({ "position": 2, "name": "Mr Wu", "handle": "Zalo @wu" })).await;
    let found = search(world, "supervisor.a", json!({ "handle": "longjobs88" })).await;
    assert_eq!(ids(&found), [second.as_str(), &first], "the newest first");
    assert_eq!((&found[0]["case_code"], &found[1]["case_code"]), (&thuy["code"], &hung["code"]));
    let found = search(world, "supervisor.a", json!({ "handle": "longjobs88", "phone": "+855 12 345 678", "name": "Anh Long" })).await;
    assert_eq!(ids(&found)[0], first, "what fits in most comes first");
    assert_eq!(found[0]["fits"], json!(["name", "handle", "phone"]));
    assert!(!found[0].to_string().contains("Nguyễn"), "whoever named it is not told by name");
    assert!(search(world, "supervisor.a", json!({ "account": "ABA 000 111" })).await.is_empty());
    // What closes a case takes no chain away.
    world.act("supervisor.a", &at(&hung, ""), "/close", json!({ "reason": "other", "end_tasks": true })).await.expect(200);
    assert_eq!(search(world, "supervisor.a", json!({ "phone": "012345678" })).await.len(), 1);
    seal(world).await;
    let told = world.get("supervisor.a", &at(&thuy, "/accesses?limit=200")).await.expect(200).json();
    let told: Vec<&Value> =
        told["items"].as_array().expect("accesses").iter().filter(|item| item["operation"] == "search_recruiters").collect();
    assert_eq!(told.len(), 2, "each search that showed a link of the case");
    assert!(told.iter().all(|access| access["compartments"] == json!(["protection"])), "{told:?}");
}

#[rstest]
#[actix_web::test]
async fn nobody_finds_a_chain_that_they_do_not_open(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted",
                          "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    link(world, "caseworker.a", &case, json!({ "handle": "Zalo @longjobs88" })).await;
    let sought = json!({ "handle": "longjobs88" });
    for caseworker in ["caseworker.a", "officer.vnm", "officer.idn", "analyst", "auditor", "admin"] {
        world.post(caseworker, "/v1/recruiters/search", sought.clone()).await.problem(403, "permission_denied");
    }
    for other in ["supervisor.b", "supervisor.idn", "coordinator"] {
        assert!(search(world, other, sought.clone()).await.is_empty(), "{other}");
    }
    assert_eq!(search(world, "supervisor.a", sought).await.len(), 1);
    for nothing in [json!({}), json!({ "name": "?!" }), json!({ "handle": "@" })] {
        let refused = world.post("supervisor.a", "/v1/recruiters/search", nothing).await;
        assert_eq!(refused.pointers(), ["/name"]);
        refused.problem(422, "validation_failed");
    }
}

//! Exports with names: fetched once, of the organisation's own cases, with their contents at the time of the fetch.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use super::{approved, colleague, export};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

/// An export that was approved and made; returns its id.
async fn made(world: &World, filter: Value) -> String {
    let approval = approved(world, "supervisor.a", "second.a", json!({ "export": filter })).await;
    let answer = world.post("supervisor.a", "/v1/exports", export(&approval, filter)).await.expect(201).json();
    answer["id"].as_str().unwrap().to_owned()
}

fn at(id: &str, form: &str) -> String {
    format!("/v1/exports/{id}/{form}")
}

#[rstest]
#[actix_web::test]
async fn an_export_holds_who_ones_own_people_are_and_nothing_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let mut formula = data::taiwanese();
    formula["identity"]["original_script_name"] = json!("=cmd|' /C calc'!A0");
    world.register("caseworker.a", data::vietnamese()).await;
    world.register("caseworker.a", formula).await;
    world.register("caseworker.b", data::walk_in()).await;
    world.register("officer.idn", data::walk_in()).await;
    let id = made(world, json!({})).await;
    let look = world.send("supervisor.a", actix_web::http::Method::HEAD, &at(&id, "csv"), &[], None).await;
    assert_eq!(look.status, 405, "a look at the headers spends nothing");
    let csv = world.get("supervisor.a", &at(&id, "csv")).await.expect(200);
    assert_eq!(csv.header("cache-control"), "no-store");
    let text = csv.text();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("Văn Hùng") && text.contains("'=cmd|") && text.contains("X0888111"), "{text}");
    for absent in ["Siti", "+886900000001", "willow", "Sleep", "sold twice", "witness", "sister"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    let id = made(world, json!({ "nationality": "VNM" })).await;
    let document = world.get("supervisor.a", &at(&id, "document")).await.expect(200).json();
    assert_eq!(document["items"].as_array().unwrap().len(), 1);
    assert_eq!(document["items"][0]["family_name"], "Nguyễn");
    let trail = world.db.as_system("test").read(|tx| homeward::db::reporting::audit::list(tx, 0)).await.unwrap();
    let last = trail.last().unwrap();
    assert_eq!(last.operation, "get_export_document");
    assert_eq!(last.compartments.iter().map(|part| part.to_string()).collect::<Vec<_>>(), ["identity"]);
}

#[rstest]
#[actix_web::test]
async fn a_mission_exports_whom_it_took_in_and_not_whom_it_was_told_of(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.idn", "embassy_supervisor", "Embassy of Indonesia").await;
    let mut guest = data::vietnamese();
    guest["nationality_claimed"] = json!("IDN");
    guest["identity"]["given_name"] = json!("Guest");
    let case = world.register("caseworker.a", guest).await;
    let contact = json!({ "mission_id": world.mission("IDN").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &format!("/v1/cases/{}/embassy-contacts", case["id"].as_str().unwrap()), contact).await.expect(201);
    world.register("officer.idn", data::walk_in()).await;
    assert_eq!(world.get("supervisor.idn", "/v1/cases").await.json()["items"].as_array().unwrap().len(), 2);
    let approval = approved(world, "supervisor.idn", "second.idn", json!({ "export": {} })).await;
    let id = world.post("supervisor.idn", "/v1/exports", export(&approval, json!({}))).await.expect(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let document = world.get("supervisor.idn", &at(&id, "document")).await.expect(200).json();
    assert_eq!(document["items"].as_array().unwrap().iter().map(|item| item["given_name"].clone()).collect::<Vec<_>>(), [json!("Siti")]);
}

#[rstest]
#[actix_web::test]
async fn of_sixty_four_who_fetch_at_once_one_succeeds(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    world.register("caseworker.a", data::vietnamese()).await;
    let id = made(world, json!({})).await;
    world.token("supervisor.a").await;
    let urls: Vec<String> = (0..64).map(|turn| at(&id, if turn % 2 == 0 { "csv" } else { "document" })).collect();
    let answers = join_all(urls.iter().map(|url| world.get("supervisor.a", url))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 404).count(), 63);
    world.get("supervisor.a", &at(&id, "csv")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn it_is_fetched_by_whoever_made_it_within_a_quarter_of_an_hour(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let id = made(world, json!({})).await;
    for actor in ["second.a", "supervisor.idn", "coordinator"] {
        world.get(actor, &at(&id, "csv")).await.problem(404, "not_found");
    }
    world.clock.forward(15 * 60);
    world.get("supervisor.a", &at(&id, "csv")).await.problem(404, "not_found");
}

// No content of an export is stored, so the end of a grant, by a withdrawn consent for example, removes the case from every
// pending export too.
#[rstest]
#[actix_web::test]
async fn a_case_whose_grant_ended_is_in_no_export_that_was_pending(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.idn", "embassy_supervisor", "Embassy of Indonesia").await;
    let gone = world.register("officer.idn", data::walk_in()).await;
    let mut other = data::walk_in();
    other["identity"]["given_name"] = json!("Dewi");
    other["identity"]["documents"] = json!([]);
    world.register("officer.idn", other).await;
    let approval = approved(world, "supervisor.idn", "second.idn", json!({ "export": {} })).await;
    let id = world.post("supervisor.idn", "/v1/exports", export(&approval, json!({}))).await.expect(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let protect = json!({ "to": "protection_pathway", "reason": "Threatened by officials" });
    let url = format!("/v1/cases/{}", gone["id"].as_str().unwrap());
    world.act("coordinator", &url, "/repatriation/transitions", protect).await.expect(200);
    world.get("officer.idn", &url).await.problem(404, "not_found");
    let text = world.get("supervisor.idn", &at(&id, "document")).await.expect(200).text();
    assert!(text.contains("Dewi") && !text.contains("Siti") && !text.contains("X0 451-2378"), "{text}");
}

/// What identifies and what protects a person: every list that leaves the service has it, in a column of its own.
const NEEDED: &[&str] = &["case_code", "name", "gender", "is_child", "birth_date", "age_from", "age_to", "side_state", "stage", "status"];

/// The first row that has this text, by column.
fn row(csv: &str, text: &str) -> std::collections::HashMap<String, String> {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim_start_matches('\u{feff}').trim_end().trim_matches('"');
        inner.split("\",\"").map(|cell| cell.replace("\"\"", "\"")).collect()
    };
    let line = csv.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("no row has {text}: {csv}"));
    cells(csv.lines().next().unwrap()).into_iter().zip(cells(line)).collect()
}

#[rstest]
#[actix_web::test]
async fn a_list_that_leaves_says_who_is_a_child_by_what_name_and_who_has_died(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let register = async |identity: Value| {
        let mut body = data::vietnamese();
        body["identity"] = identity;
        world.register("supervisor.a", body).await
    };
    let estimate = json!({ "from_years": 15, "to_years": 17, "estimated_on": world.day(0) });
    let child = register(json!({ "given_name": "Quỳnh", "age_estimate": estimate })).await;
    let known_as = register(json!({ "aliases": [{ "name": "阿强" }], "birth_date": "1998-05" })).await;
    let dead = register(json!({ "given_name": "Tuấn", "birth_date": "1990" })).await;
    let url = format!("/v1/cases/{}/repatriation", dead["id"].as_str().unwrap());
    let step = json!({ "to": "deceased", "occurred_on": world.day(0), "source": "The hospital" });
    world.act("supervisor.a", &url, "/transitions", step).await.expect(200);
    let closed = register(json!({ "given_name": "Hà", "birth_date": "1991" })).await;

    let plane = json!({ "name": "Charter", "mode": "charter_flight", "departs_at": format!("{}T08:00:00Z", world.day(2)),
        "arrives_at": format!("{}T12:00:00Z", world.day(2)), "capacity": 9 });
    let plane = world.post("supervisor.a", "/v1/movements/batches", plane).await.expect(201).header("location").to_owned();
    let ids: Vec<&Value> = [&child, &known_as, &closed].map(|case| &case["id"]).to_vec();
    world.post("supervisor.a", &format!("{plane}/passengers"), json!({ "case_ids": ids })).await.expect(201);
    world
        .act(
            "supervisor.a",
            &format!("/v1/cases/{}", closed["id"].as_str().unwrap()),
            "/close",
            json!({ "reason": "returned_by_own_means" }),
        )
        .await
        .expect(200);

    let filter = json!({ "nationality": "VNM" });
    let id = approved(world, "supervisor.a", "second.a", json!({ "export": filter })).await;
    let made = world.post("supervisor.a", "/v1/exports", export(&id, filter)).await.expect(201);
    let export = world.get("supervisor.a", made.header("location")).await.expect(200).text();
    let manifest = world.get("supervisor.a", &format!("{plane}/manifest/csv")).await.expect(200).text();
    let code = |case: &Value| case["code"].as_str().unwrap().to_owned();
    for list in [&export, &manifest] {
        let (child, known_as) = (row(list, &code(&child)), row(list, &code(&known_as)));
        assert!(NEEDED.iter().all(|column| child.contains_key(*column)), "{:?}", child.keys());
        assert_eq!((&*child["name"], &*child["is_child"], &*child["age_from"], &*child["age_to"]), ("Quỳnh", "yes", "15", "17"));
        assert_eq!((&*known_as["name"], &*known_as["birth_date"], &*known_as["age_from"]), ("阿强", "1998-05", ""));
    }
    assert_eq!((&*row(&export, &code(&dead))["side_state"], &*row(&export, &code(&closed))["status"]), ("deceased", "closed"));
    assert!(!manifest.contains(&code(&closed)), "whoever cannot travel is on no passenger list");
    let seen = world.get("supervisor.a", &format!("{plane}/manifest")).await.expect(200).json();
    let of_closed = seen["passengers"].as_array().unwrap().iter().find(|passenger| passenger["case_code"] == closed["code"]).unwrap();
    assert_eq!((&of_closed["can_travel"], &of_closed["case_status"]), (&json!(false), &json!("closed")));
    let paper = world.get("supervisor.a", &format!("{plane}/manifest/page")).await.expect(200).text();
    assert!(paper.split("Not travelling").nth(1).is_some_and(|rest| rest.contains(&code(&closed))), "{paper}");
}

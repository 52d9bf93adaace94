//! Nationality: stateless, refugee, not known, not determined and not asked are told apart, in lists and in figures.

use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::at;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

fn of(nationality: Value) -> Value {
    let mut body = data::vietnamese();
    body["nationality_claimed"] = nationality;
    body
}

/// Codes as they are sent, and as they are answered.
const CODES: &[(&str, &str)] = &[
    ("XXA", "XXA"),
    ("XXB", "XXB"),
    ("XXC", "XXC"),
    ("XXX", "XXX"),
    ("XXU", "XXU"),
    ("GBD", "GBD"),
    ("GBN", "GBN"),
    ("GBO", "GBO"),
    ("GBP", "GBP"),
    ("GBS", "GBS"),
    ("RKS", "XKX"),
    ("XKX", "XKX"),
    ("TWN", "TWN"),
    ("PSE", "PSE"),
    ("VNM", "VNM"),
];

#[rstest]
#[actix_web::test]
async fn every_nationality_is_kept_and_each_figure_is_the_length_of_its_list(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (sent, answered) in CODES {
        let case = world.register("caseworker.a", of(json!(sent))).await;
        assert_eq!(case["nationality_claimed"], json!(answered));
    }
    for _ in 0..2 {
        world.register("caseworker.a", of(json!(null))).await;
    }
    for code in ["EUE", "UNO", "UNA", "UNK", "XPO", "XOM", "xxa", "none", "ZZZ"] {
        let refused = world.post("caseworker.a", "/v1/cases", of(json!(code))).await;
        assert_eq!((refused.status, refused.pointers()), (400, vec!["/nationality_claimed".to_owned()]), "{code} is no nationality");
    }
    let figures = world.get("caseworker.a", "/v1/statistics/cases?by=nationality").await.expect(200).json();
    let items = figures["items"].as_array().expect("figures");
    let mut sum = 0;
    for item in items {
        let filter = item["nationality"].as_str().unwrap_or("none");
        let listed = world.get("caseworker.a", &format!("/v1/cases?limit=200&nationality={filter}")).await.expect(200).json();
        let listed = listed["items"].as_array().expect("cases").len();
        assert_eq!(json!(listed), item["count"], "{filter}");
        let counted = world.get("caseworker.a", &format!("/v1/statistics/cases?by=stage&nationality={filter}")).await.expect(200).json();
        assert_eq!(counted["total"], item["count"], "{filter}");
        sum += listed;
    }
    assert_eq!((items.len(), sum), (CODES.len(), CODES.len() + 2), "one figure a code, and one for whoever was not asked");
    assert!(items.contains(&json!({ "nationality": null, "count": 2 })), "{figures}");
    for wrong in ["", "null", "EUE", "NONE"] {
        world.get("caseworker.a", &format!("/v1/cases?nationality={wrong}")).await.problem(400, "invalid_query");
    }
}

#[rstest]
#[actix_web::test]
async fn no_mission_sees_somebody_for_whom_no_state_answers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    for code in ["XXA", "XXB", "XXC", "XXX", "XXU"] {
        let case = world.register("caseworker.a", of(json!(code))).await;
        world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact.clone()).await.problem(422, "mission_does_not_cover");
        world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    }
    for code in ["XXA", "XXB", "XXC"] {
        world.post("officer.vnm", "/v1/cases", of(json!(code))).await.problem(422, "mission_does_not_cover");
    }
    for unknown in [json!("XXX"), json!("XXU"), json!(null)] {
        world.post("officer.vnm", "/v1/cases", of(unknown)).await.expect(201);
    }
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    world.patch("caseworker.a", &at(&case, ""), json!({ "nationality_claimed": "XXA" })).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn an_export_of_the_stateless_is_of_them_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    crate::accounts::approvals::colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    for nationality in [json!("XXA"), json!("XXX"), json!("VNM"), json!(null)] {
        world.register("caseworker.a", of(nationality)).await;
    }
    let export = json!({ "nationality": "XXA" });
    let approval = crate::accounts::approvals::approved(world, "supervisor.a", "second.a", json!({ "export": export })).await;
    let made = world.post("supervisor.a", "/v1/exports", json!({ "approval_id": approval, "export": export })).await.expect(201);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let listed = world.get("supervisor.a", &format!("/v1/exports/{id}/document")).await.expect(200).json();
    let exported: Vec<&Value> = listed["items"].as_array().expect("people").iter().map(|person| &person["nationality_claimed"]).collect();
    assert_eq!(exported, [&json!("XXA")]);
}

#[rstest]
#[actix_web::test]
async fn everybody_is_found_by_the_nationality_that_was_registered(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let same = |reasons: &Value| reasons.as_array().unwrap().contains(&json!({ "field": "nationality", "outcome": "same" }));
    for (sent, answered) in CODES {
        let case = world.register("caseworker.a", of(json!(sent))).await;
        for code in [sent, answered] {
            let body = json!({ "name": "Nguyễn Văn Hùng", "nationality": code });
            let found = world.post("caseworker.a", "/v1/cases/search", body).await.expect(200).json();
            let found = found["items"].as_array().unwrap().iter().find(|item| item["id"] == case["id"]).expect("the case");
            assert!(same(&found["reasons"]), "{code}: {found}");
        }
        let described = json!({ "name": "Nguyễn Văn Hùng", "birth_date": "1995-11-03", "nationality": sent });
        let found = world.post("caseworker.a", "/v1/cases/duplicate-candidates", described.clone()).await.expect(200).json();
        let found = found["items"].as_array().unwrap().iter().find(|item| item["id"] == case["id"]);
        if *sent != "XXX" && *sent != "XXU" && found.is_some_and(|found| !same(&found["reasons"])) {
            panic!("{sent}: {found:?}");
        }
        // That it is not known is no attribute by which a stranger could tell a person.
        let told = if ["XXX", "XXU"].contains(sent) { 422 } else { 200 };
        world.post("caseworker.b", "/v1/cases/search/blind", json!({ "person": described })).await.expect(told);
        let sought = json!({ "relation": "ngo", "details": { "sought": { "name": "Kofi Mensah", "nationality": sent } } });
        let asked = world.post("caseworker.a", "/v1/tracing-requests", sought).await.expect(201).json();
        let asked = world.get("caseworker.a", &format!("/v1/tracing-requests/{}", asked["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(asked.json()["details"]["sought"]["nationality"], json!(answered));
    }
    for code in ["EUE", "none", "xxa"] {
        let refused = world.post("caseworker.a", "/v1/cases/search", json!({ "name": "Hùng", "nationality": code })).await;
        assert_eq!((refused.status, refused.pointers()), (400, vec!["/nationality".to_owned()]), "{code}");
    }
}

async fn exported(world: &World, export: Value, form: &str) -> crate::support::Answer {
    let approval = crate::accounts::approvals::approved(world, "supervisor.a", "second.a", json!({ "export": export })).await;
    let made = world.post("supervisor.a", "/v1/exports", json!({ "approval_id": approval, "export": export })).await.expect(201);
    world.get("supervisor.a", &format!("/v1/exports/{}/{form}", made.json()["id"].as_str().expect("an id"))).await.expect(200)
}

#[rstest]
#[actix_web::test]
async fn an_export_takes_the_filters_of_the_list_and_says_how_a_case_ended(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    crate::accounts::approvals::colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let open = world.register("caseworker.a", of(json!(null))).await;
    world.register("caseworker.a", of(json!("XXX"))).await;
    let listed = exported(world, json!({ "nationality": "none" }), "document").await.json();
    let codes: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|person| &person["case_code"]).collect();
    assert_eq!(codes, [&open["code"]]);
    assert_eq!((&listed["items"][0]["closure_reason"], &listed["items"][0]["recorded_afterwards"]), (&Value::Null, &json!(false)));

    let home = world.register("caseworker.a", of(json!("VNM"))).await;
    let returned = json!({ "departed_on": world.day(-30), "arrived_on": world.day(-29), "basis": "self_organised",
        "reason": "Flew home on a ticket of the family", "source": "His sister" });
    world.act("supervisor.a", &at(&home, ""), "/repatriation/afterwards", returned).await.expect(200);
    let closed = json!({ "reason": "other", "end_tasks": true });
    world.act("supervisor.a", &at(&home, ""), "/close", closed).await.expect(200);
    let told = exported(world, json!({ "nationality": "VNM" }), "csv").await.text();
    let mut lines = told.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect::<Vec<_>>());
    let (head, row) = (lines.next().unwrap(), lines.next().unwrap());
    let cell = |name: &str| &row[head.iter().position(|column| column.trim_start_matches('\u{feff}') == name).expect("the column")];
    assert_eq!((cell("closure_reason").as_str(), cell("recorded_afterwards").as_str()), ("other", "yes"), "{told}");
}

#[rstest]
#[actix_web::test]
async fn where_somebody_without_a_state_lived_is_recorded_and_corrected(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut person = data::vietnamese();
    person["nationality_claimed"] = json!("XXA");
    person["identity"]["habitual_residence"] = json!("MYS");
    let case = world.register("caseworker.a", person.clone()).await;
    let read = || async { world.get("caseworker.a", &at(&case, "")).await.expect(200).json()["identity"]["habitual_residence"].clone() };
    assert_eq!(read().await, "MYS");
    world.patch("caseworker.a", &at(&case, ""), json!({ "identity": { "habitual_residence": "THA" } })).await.expect(200);
    assert_eq!(read().await, "THA");
    world.patch("caseworker.a", &at(&case, ""), json!({ "identity": { "habitual_residence": null } })).await.expect(200);
    assert_eq!(read().await, json!(null));
    person["identity"]["habitual_residence"] = json!("XXA");
    let refused = world.post("caseworker.a", "/v1/cases", person).await;
    assert_eq!(refused.pointers(), ["/identity/habitual_residence"], "a state, or nothing");
}

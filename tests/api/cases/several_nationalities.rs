//! Several nationalities of one person: each state's mission answers for its own, and hears of no other.

use rstest::rstest;
use serde_json::{Value, json};

use crate::people::merges::twins_of;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{World, data};

/// A woman of Indonesia and Viet Nam.
fn of_two_states() -> Value {
    let mut body = data::vietnamese();
    body["nationality_claimed"] = json!("IDN");
    body["further_nationalities"] = json!(["VNM"]);
    body
}

async fn accept(world: &World, case: &Value, state: &str) {
    let contact = json!({ "mission_id": world.mission(state).await, "initiated_by": "person_request",
        "person_decision": "accepted", "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), contact).await.expect(201);
}

/// How many cases an actor finds in the list, and in the figures, by a nationality.
async fn found(world: &World, actor: &str, nationality: &str) -> (usize, i64) {
    let page = world.get(actor, &format!("/v1/cases?nationality={nationality}")).await.expect(200).json();
    let figures = world.get(actor, "/v1/statistics/cases?by=nationality").await.expect(200).json();
    let figure = figures["items"].as_array().expect("figures").iter().find(|figure| figure["nationality"] == nationality);
    (page["items"].as_array().expect("cases").len(), figure.map_or(0, |figure| figure["count"].as_i64().expect("a count")))
}

#[rstest]
#[actix_web::test]
async fn they_are_kept_found_by_each_and_counted_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", of_two_states()).await;
    world.register("caseworker.a", data::vietnamese()).await;
    assert_eq!((&case["nationality_claimed"], &case["further_nationalities"]), (&json!("IDN"), &json!(["VNM"])));
    assert_eq!(found(world, "caseworker.a", "IDN").await, (1, 1));
    assert_eq!(found(world, "caseworker.a", "VNM").await, (2, 1), "the list has her, the figure has her once: as Indonesian");
    assert_eq!(found(world, "coordinator", "VNM").await, (2, 1));
    let listed = world.get("caseworker.a", "/v1/cases?nationality=IDN").await.json();
    assert_eq!(listed["items"][0]["further_nationalities"], json!(["VNM"]));
    let sought = json!({ "name": "Nguyen Van Hung", "nationality": "VNM" });
    let sought = world.post("caseworker.a", "/v1/cases/search", sought).await.expect(200).json();
    for item in sought["items"].as_array().expect("cases") {
        assert!(item.to_string().contains("{\"field\":\"nationality\",\"outcome\":\"same\"}"), "{item}");
    }
    let dossier = world.get("caseworker.a", &at(&case, "/dossier")).await.expect(200).text();
    assert!(dossier.contains("VNM"), "{dossier}");

    let patched = world.patch("caseworker.a", &at(&case, ""), json!({ "further_nationalities": ["SGP"] })).await.expect(200).json();
    assert_eq!((&patched["nationality_claimed"], &patched["further_nationalities"]), (&json!("IDN"), &json!(["SGP"])));
    assert_eq!(found(world, "caseworker.a", "VNM").await, (1, 1));
    assert_eq!(found(world, "caseworker.a", "SGP").await, (1, 0));
    let history = world.get("caseworker.a", &at(&case, "/history")).await.expect(200).json();
    let change = json!([{ "field": "further_nationalities", "from": ["VNM"], "to": ["SGP"] }]);
    assert_eq!(history["items"][0]["changes"], change);
    world.patch("caseworker.a", &at(&case, ""), json!({ "further_nationalities": null })).await.expect(200);
    assert_eq!(found(world, "caseworker.a", "SGP").await, (0, 0));
}

#[rstest]
#[actix_web::test]
async fn what_nobody_can_be_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (main, further, pointer) in [
        (json!(null), json!(["VNM"]), "/nationality_claimed"),
        (json!("XXA"), json!(["VNM"]), "/further_nationalities"),
        (json!("XXX"), json!(["VNM"]), "/further_nationalities"),
        (json!("VNM"), json!(["VNM"]), "/further_nationalities/0"),
        (json!("IDN"), json!(["VNM", "MMR", "VNM"]), "/further_nationalities/2"),
        (json!("IDN"), json!(["XXA"]), "/further_nationalities/0"),
        (json!("IDN"), json!(["VNM", "MMR", "SGP", "MYS", "CHN", "THA"]), "/further_nationalities"),
    ] {
        let mut body = data::vietnamese();
        (body["nationality_claimed"], body["further_nationalities"]) = (main, further);
        let refused = world.post("caseworker.a", "/v1/cases", body.clone()).await;
        assert_eq!((refused.status, refused.pointers()), (refused.status.max(400), vec![pointer.to_owned()]), "{body}");
    }
    let case = world.register("caseworker.a", of_two_states()).await;
    let refused = world.patch("caseworker.a", &at(&case, ""), json!({ "nationality_claimed": "XXA" })).await;
    assert_eq!((refused.status, refused.pointers()), (422, vec!["/further_nationalities".to_owned()]));
}

#[rstest]
#[actix_web::test]
async fn the_mission_of_each_state_answers_for_its_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", of_two_states()).await;
    let screening =
        json!({ "instrument": "none", "indicators": [], "conclusion_basis": "Talked for an hour", "screened_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/screenings"), screening).await;
    for state in ["VNM", "IDN"] {
        accept(world, &case, state).await;
        let (officer, mission) = (format!("officer.{}", state.to_lowercase()), world.mission(state).await);
        let asked = world.post(&officer, &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await.expect(201);
        assert_eq!(asked.json()["claimed_state"], json!(state));
        let answer = json!({ "result": "verified", "evidence": ["passport_copy"] });
        world.patch(&officer, asked.header("location"), answer).await.expect(200);
    }
    let known = world.get("caseworker.a", &at(&case, "")).await.json();
    assert_eq!(known["nationality_verified"], "VNM", "the first that was verified stands");
    // A mission is no more needed for a nationality that is claimed no more.
    world.patch("caseworker.a", &at(&case, ""), json!({ "further_nationalities": [] })).await.expect(200);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    world.get("officer.idn", &at(&case, "")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn no_mission_hears_that_its_national_is_of_another_state_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", of_two_states()).await;
    for state in ["VNM", "IDN"] {
        accept(world, &case, state).await;
    }
    // It becomes known later, or is corrected.
    world.patch("caseworker.a", &at(&case, ""), json!({ "further_nationalities": ["VNM", "SGP"] })).await.expect(200);
    world
        .patch("caseworker.a", &at(&case, ""), json!({ "nationality_claimed": "VNM", "further_nationalities": ["IDN", "SGP"] }))
        .await
        .expect(200);
    let (id, code) = (case["id"].as_str().expect("an id"), case["code"].clone());
    for (officer, own, other) in [("officer.vnm", "VNM", "IDN"), ("officer.idn", "IDN", "VNM")] {
        let read = world.get(officer, &at(&case, "")).await.expect(200).json();
        assert_eq!((&read["nationality_claimed"], &read["further_nationalities"]), (&json!(own), &json!([])), "{officer}");
        assert_eq!(found(world, officer, own).await, (1, 1), "{officer}");
        for hidden in [other, "SGP"] {
            assert_eq!(found(world, officer, hidden).await, (0, 0), "{officer} {hidden}");
        }
        let task = json!({ "note": "Ask the village", "due_on": world.day(1) });
        world.post(officer, &at(&case, "/tasks"), task).await.expect(201);
        for url in [
            "",
            "/history?limit=200",
            "/dossier",
            "/repatriation",
            "/immigration-clearance",
            "/embassy-contacts",
            "/nationality-verifications",
        ] {
            let text = world.get(officer, &at(&case, url)).await.expect(200).text();
            for hidden in [format!("\"{other}\""), "SGP".to_owned(), "further_nationalities\",\"from".to_owned()] {
                assert!(!text.contains(&hidden), "{officer} {url} {hidden}: {text}");
            }
        }
        for asked in
            [json!({ "name": "Nguyen Van Hung" }), json!({ "name": "Nguyen Van Hung", "nationality": other }), json!({ "code": code })]
        {
            let found = world.post(officer, "/v1/cases/search", asked.clone()).await.expect(200);
            assert!(found.text().contains(id) && !found.text().contains(&format!("\"{other}\"")), "{officer} {asked}: {}", found.text());
        }
        for url in ["/v1/worklist?of=my_organisation&horizon_days=90", "/v1/cases"] {
            let text = world.get(officer, url).await.expect(200).text();
            assert!(text.contains(id) && !text.contains(&format!("\"{other}\"")), "{officer} {url}: {text}");
        }
    }
    let read = world.get("coordinator", &at(&case, "")).await.expect(200).json();
    assert_eq!(read["further_nationalities"], json!(["IDN", "SGP"]), "a desk brings the missions together");
}

#[rstest]
#[actix_web::test]
async fn a_mission_takes_in_and_a_denial_bars_by_each_of_them(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = of_two_states();
    body["intake_channel"] = json!("walk_in_embassy");
    world.post("officer.vnm", "/v1/cases", body.clone()).await.expect(201);
    body["further_nationalities"] = json!(["MMR"]);
    world.post("officer.vnm", "/v1/cases", body).await.problem(422, "mission_does_not_cover");

    let case = world.register("caseworker.a", of_two_states()).await;
    accept(world, &case, "VNM").await;
    let denial = json!({ "scope": "missions_of", "missions_of": "VNM", "reason": "Her uncle works there" });
    world.post("caseworker.a", &at(&case, "/denials"), denial).await.expect(201);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    accept(world, &case, "IDN").await;
    world.get("officer.idn", &at(&case, "")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_merge_unites_them_and_its_undo_takes_them_apart(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut other = data::vietnamese();
    (other["nationality_claimed"], other["further_nationalities"]) = (json!("IDN"), json!(["SGP"]));
    let twins = twins_of(world, data::vietnamese(), other).await;
    let merge = twins.merge(world).await;
    let read = async || {
        let case = world.get("caseworker.a", &at(&twins.survivor, "")).await.expect(200).json();
        (case["nationality_claimed"].clone(), case["further_nationalities"].clone())
    };
    assert_eq!(read().await, (json!("VNM"), json!(["IDN", "SGP"])));
    assert_eq!(found(world, "caseworker.a", "SGP").await.0, 1);
    crate::people::merges::undo(world, &merge).await.expect(200);
    assert_eq!(read().await, (json!("VNM"), json!([])));
    let other = world.get("caseworker.a", &at(&twins.other, "")).await.expect(200).json();
    assert_eq!((&other["nationality_claimed"], &other["further_nationalities"]), (&json!("IDN"), &json!(["SGP"])));
}

#[rstest]
#[actix_web::test]
async fn a_mission_that_covers_nobody_any_more_is_told_of_no_other_state(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", of_two_states()).await;
    accept(world, &case, "VNM").await;
    let mission = world.mission("VNM").await;
    let lines = world.get("admin", &format!("/v1/missions/{mission}")).await.expect(200).json()["coverage"].clone();
    for line in lines.as_array().expect("lines") {
        let url = format!("/v1/missions/{mission}/coverage/{}", line["id"].as_str().expect("an id"));
        world.send("admin", actix_web::http::Method::DELETE, &url, &[], None).await.expect(204);
    }
    let asked = world.post("officer.vnm", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await.expect(201);
    assert_eq!(asked.json()["claimed_state"], "VNM");
    assert_eq!(world.get("officer.vnm", &at(&case, "")).await.expect(200).json()["nationality_claimed"], "VNM");
}

//! What others did and wrote on a case is not for a guest mission: reasons, files, and what another mission found.

use rstest::rstest;
use serde_json::{Value, json};

use super::{contacted_by_both, with_two_missions};
use crate::sharing::consents_and_referrals::{answer, refer_to_b, referred, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

fn moves(answer: &Value) -> &Vec<Value> {
    answer["history"].as_array().expect("moves")
}

#[rstest]
#[actix_web::test]
async fn why_somebody_holds_back_is_not_told_to_a_guest_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    let hold = json!({ "to": "on_hold", "hold_reason": "person_request", "review_on": world.day(5), "reason": "Fears the men at the embassy gate" });
    go(world, "caseworker.a", &case, hold).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "resume" })).await.expect(200);
    let withdrawn = json!({ "to": "withdrawn", "reason": "An uncle works at the embassy" });
    go(world, "coordinator", &case, withdrawn).await.expect(200);
    for actor in ["officer.vnm", "officer.idn"] {
        let told = world.get(actor, &at(&case, "/repatriation")).await.expect(200);
        assert!(!told.text().contains("Fears") && !told.text().contains("uncle"), "{actor}: {}", told.text());
        let told = told.json();
        assert!(moves(&told).iter().all(|entry| entry["organisation_id"].is_string()), "{told}");
        assert!(moves(&told).iter().any(|entry| entry["to_side_state"] == "on_hold"), "that the owner put it on hold: {told}");
        assert!(!moves(&told).iter().any(|entry| entry["to_side_state"] == "withdrawn"), "what the desk did: {told}");
        for url in ["/dossier", "/history?limit=200"] {
            let text = world.get(actor, &at(&case, url)).await.expect(200).text();
            assert!(!text.contains("Fears") && !text.contains("uncle"), "{actor} {url}: {text}");
        }
    }
    let told = world.get("supervisor.a", &at(&case, "/repatriation")).await.expect(200).text();
    assert!(told.contains("Fears") && told.contains("uncle"), "{told}");
}

/// The desk that writes a reason on a mission's case holds no key of what it protects.
#[rstest]
#[actix_web::test]
async fn why_somebody_withdrew_is_protected_whoever_wrote_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, ..) = referred(world).await;
    go(world, "coordinator", &case, json!({ "to": "withdrawn", "reason": "An uncle works at the embassy" })).await.expect(200);
    let told = world.get("caseworker.b", &at(&case, "/repatriation")).await.expect(200).text();
    assert!(told.contains("withdrawn") && !told.contains("uncle"), "{told}");
}

#[rstest]
#[actix_web::test]
async fn a_file_of_a_partner_is_not_for_a_guest_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    answer(world, &case, json!({})).await.expect(201);
    let referral = refer_to_b(world, &case).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    let scan = json!({ "kind": "passport_scan", "media_type": "application/pdf", "file_name": "from-the-partner.pdf" });
    let file = world.post("caseworker.b", &at(&case, "/attachments"), scan).await.expect(201).header("location").to_owned();
    for url in ["/attachments", "/dossier", "/history?limit=200"] {
        let text = world.get("officer.vnm", &at(&case, url)).await.expect(200).text();
        assert!(!text.contains("from-the-partner"), "{url}: {text}");
    }
    world.get("officer.vnm", &file).await.problem(404, "not_found");
    world.get("officer.vnm", &format!("{file}/content")).await.problem(404, "not_found");
    world.get("caseworker.a", &file).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn what_another_mission_verified_is_in_no_list_of_a_guest(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (vnm, idn) = (world.mission("VNM").await, world.mission("IDN").await);
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = |mission: &str| json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted", "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact(&vnm)).await.expect(201);
    let asked = world.post("officer.vnm", &at(&case, "/nationality-verifications"), json!({ "mission_id": vnm })).await.expect(201);
    world.patch("officer.vnm", asked.header("location"), json!({ "result": "verified", "evidence": ["passport_copy"] })).await.expect(200);
    world.patch("caseworker.a", &at(&case, ""), json!({ "nationality_claimed": "IDN" })).await.expect(200);
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact(&idn)).await.expect(201);
    world.patch("caseworker.a", &at(&case, ""), json!({ "risk_level": "high" })).await.expect(200);
    let found = async |actor: &str, nationality: &str| {
        let page = world.get(actor, &format!("/v1/cases?nationality={nationality}")).await.expect(200).json();
        let items = page["items"].as_array().expect("cases").len();
        let figures = world.get(actor, "/v1/statistics/cases?by=nationality").await.expect(200).json();
        let figure = figures["items"].as_array().expect("figures").iter().find(|figure| figure["nationality"] == nationality).cloned();
        (items, figure.map_or(json!(0), |figure| figure["count"].clone()))
    };
    for (actor, nationality, expected) in
        [("officer.idn", "VNM", 0), ("officer.idn", "IDN", 1), ("caseworker.a", "VNM", 1), ("caseworker.a", "IDN", 0)]
    {
        assert_eq!(found(actor, nationality).await, (expected, json!(expected)), "{actor} {nationality}");
    }
    // However it is found: by name, by code, as work, and on a list of passengers.
    let code = case["code"].clone();
    let batch = json!({ "name": "Garuda", "mode": "flight", "departs_at": format!("{}T05:00:00Z", world.day(20)), "arrives_at": format!("{}T09:00:00Z", world.day(20)), "capacity": 9 });
    let batch = world.post("officer.idn", "/v1/movements/batches", batch).await.expect(201).header("location").to_owned();
    world.act("officer.idn", &batch, "/passengers", json!({ "case_ids": [case["id"]] })).await.expect(201);
    let work = json!({ "note": "Ask the village", "due_on": world.day(1) });
    world.post("officer.idn", &at(&case, "/tasks"), work).await.expect(201);
    for asked in [json!({ "name": "Nguyen Van Hung" }), json!({ "name": "Nguyen Van Hung", "nationality": "VNM" }), json!({ "code": code })]
    {
        let found = world.post("officer.idn", "/v1/cases/search", asked.clone()).await.expect(200);
        assert_eq!(found.json()["items"].as_array().map(Vec::len), Some(1), "{asked}: {}", found.text());
        assert!(!found.text().contains("VNM") && !found.text().contains("\"same\",\"field\":\"nationality\""), "{asked}: {}", found.text());
    }
    for url in [
        "/v1/worklist?of=my_organisation&horizon_days=90",
        &format!("{batch}/manifest"),
        &format!("{batch}/manifest/csv"),
        &format!("{batch}/manifest/page"),
    ] {
        let read = world.get("officer.idn", url).await.expect(200).text();
        assert!(read.contains(code.as_str().expect("a code")) && !read.contains("VNM"), "{url}: {read}");
    }
    let history = world.get("officer.idn", &at(&case, "/history?limit=200")).await.expect(200).text();
    assert!(!history.contains("nationality_verified"), "{history}");
    assert!(world.get("caseworker.a", &at(&case, "/history?limit=200")).await.expect(200).text().contains("nationality_verified"));
}

#[rstest]
#[actix_web::test]
async fn the_history_tells_a_guest_mission_of_no_entry_that_is_closed_to_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    let charge = json!({ "status": "suspected", "offence": "Irregular entry", "since": world.day(-9) });
    world.post("caseworker.a", &at(&case, "/charges"), charge).await.expect(201);
    let ill = json!({ "fit": false, "examined_on": world.day(0), "conditions": "In hospital" });
    world.post("caseworker.a", &at(&case, "/fit-to-travel"), ill).await.expect(201);
    let user = world.get("caseworker.a", "/v1/me").await.json()["user_id"].clone();
    world.patch("supervisor.a", &at(&case, ""), json!({ "risk_level": "imminent" })).await.expect(200);
    let told = world.get("officer.vnm", &at(&case, "/history?limit=200")).await.expect(200);
    // The name of the operation is enough to know of a charge.
    for word in ["charge", "fit_to_travel", "narrative", "health"] {
        assert!(!told.text().contains(word), "{word}: {}", told.text());
    }
    assert!(!told.text().contains(user.as_str().unwrap()), "nor of who works on it: {}", told.text());
    assert!(told.text().contains("imminent"), "but of what it may read: {}", told.text());
    let owners = world.get("caseworker.a", &at(&case, "/history?limit=200")).await.expect(200).text();
    assert!(owners.contains("create_charge") && owners.contains(user.as_str().unwrap()), "{owners}");
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_is_not_told_who_works_on_a_case_and_finds_none_by_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = with_two_missions(world).await;
    let user = world.get("caseworker.a", "/v1/me").await.json()["user_id"].as_str().unwrap().to_owned();
    world.act("supervisor.a", &at(&case, ""), "/assign", json!({ "assigned_to": user })).await.expect(200);
    for url in ["", "/embassy-contacts", "/repatriation", "/dossier", "/history"] {
        let told = world.get("officer.vnm", &at(&case, url)).await.expect(200).text();
        assert!(!told.contains(&user), "{url}: {told}");
    }
    let found = async |actor: &str| {
        let listed = world.get(actor, &format!("/v1/cases?assigned_to={user}")).await.expect(200).json();
        listed["items"].as_array().unwrap().len()
    };
    assert_eq!((found("caseworker.a").await, found("officer.vnm").await), (1, 0));
}

/// What a departure lacked says what the person denied, or what binds them here.
#[rstest]
#[actix_web::test]
async fn what_a_departure_lacked_is_not_told_to_a_guest_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut told = Vec::new();
    for secret in ["none", "denial", "hold"] {
        let case = if secret == "none" { with_two_missions(world).await } else { contacted_by_both(world).await };
        match secret {
            "denial" => {
                let denial = json!({ "scope": "missions_of", "missions_of": "CHN", "reason": "Fears them" });
                world.post("caseworker.a", &at(&case, "/denials"), denial).await.expect(201);
            }
            "hold" => {
                let hold = json!({ "kind": "witness_proceedings", "imposed_on": world.day(-9) });
                world.post("caseworker.a", &at(&case, "/legal-holds"), hold).await.expect(201);
            }
            _ => {}
        }
        let left = json!({ "departed_on": world.day(-1), "basis": "self_organised", "reason": "Flew alone", "source": "A sister" });
        world.act("supervisor.a", &at(&case, ""), "/repatriation/afterwards", left).await.expect(200);
        let owner = world.get("supervisor.a", &at(&case, "/repatriation")).await.expect(200).json();
        assert_ne!(owner["history"][1]["gaps"], json!([]), "the owner reads what was missing");
        for actor in ["officer.vnm", "officer.idn"] {
            let log = world.get(actor, &at(&case, "/repatriation")).await.expect(200).json();
            let gaps: Vec<Value> = moves(&log).iter().map(|entry| entry["gaps"].clone()).collect();
            let paper = world.get(actor, &at(&case, "/dossier")).await.expect(200).text();
            told.push((actor, secret, gaps, paper.contains("ask_owner")));
        }
    }
    for (actor, secret, gaps, on_paper) in told {
        assert_eq!((gaps, on_paper), (vec![json!([]), json!([])], false), "{actor}, {secret}");
    }
}

//! Contents that a grant does not open appear nowhere: a canary in every field of every compartment, and every operation called.

mod pairs;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data, dump, records};
use crate::walkers::access_matrix::{operations, shared_ids};

/// The case of [`data::vietnamese`] with a canary in every text of every compartment.
pub fn canaries() -> Value {
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "canary-identity", "family_name": "canary-identity", "birth_date": "1990", "birth_place": "canary-identity",
                               "documents": [{ "kind": "passport", "number": "canary-identity", "custody": "lost" }] });
    body["contact"] = json!({ "home_address": "canary-contact", "safe_contact_instructions": "canary-contact", "emails": [{ "address": "canary-contact@example.org", "safe": true }] });
    body["location"] = json!({ "facility": "canary-location", "address": "canary-location", "notes": "canary-location" });
    body["health"] = json!({ "immediate_needs": "canary-health", "medical_notes": "canary-health" });
    body["narrative"] = json!({ "notes": "canary-narrative", "exploitation_types": ["organ_removal"] });
    body["protection"] = json!({ "notes": "canary-protection", "embassy_refusal_reason": "canary-protection" });
    body
}

/// All texts that an actor can read about a case, joined into one.
pub async fn everything(world: &World, actor: &str, case: &str, shared: &data::Ids) -> String {
    let shared = data::Ids {
        case: case.to_owned(),
        stay: case.to_owned(),
        relation: case.to_owned(),
        contact: case.to_owned(),
        verification: case.to_owned(),
        record: case.to_owned(),
        task: case.to_owned(),
        attachment: case.to_owned(),
        ..shared.clone()
    };
    let mut text = String::new();
    for operation in
        operations().iter().filter(|operation| operation.template.starts_with("/v1") && operation.method == actix_web::http::Method::GET)
    {
        text.push_str(&world.get(actor, &data::path(&operation.template, &shared)).await.text());
    }
    for search in [
        json!({ "field": "document_number", "value": "canary-identity" }),
        json!({ "field": "email", "value": "canary-contact@example.org" }),
    ] {
        text.push_str(&world.post(actor, "/v1/cases/search", search).await.text());
    }
    // The searches: by name, before registering, blind; the queues are among the operations above.
    let name = json!({ "name": "canary-identity canary-identity", "birth_date": "1990", "document_number": "canary-identity" });
    text.push_str(&world.post(actor, "/v1/cases/search", name).await.text());
    let described = json!({ "name": "canary-identity canary-identity", "birth_date": "1990", "document_number": "canary-identity", "nationality": "VNM" });
    text.push_str(&world.post(actor, "/v1/cases/duplicate-candidates", described.clone()).await.text());
    text.push_str(&world.post(actor, "/v1/cases/search/blind", json!({ "person": described })).await.text());
    text
}

/// A canary in every record on the road home, each with the compartment it must be sealed with.
pub async fn road_canaries(world: &World, url: &str) {
    file_canaries(world, url).await;
    for (collection, mut body) in records::all() {
        let Some((field, canary)) = record_canary(collection) else { continue };
        body[field] = json!(canary);
        if collection == "follow-ups" {
            body["done_on"] = json!("2026-01-21");
            body["situation"] = json!("stable");
        }
        let case = url.trim_start_matches("/v1/cases/");
        if collection == "deaths" {
            records::has_died(world, case);
        }
        world.post("caseworker.a", &format!("{url}/{collection}"), body).await.expect(201);
        if collection == "deaths" {
            records::is_alive(world, case);
        }
    }
}

/// The text of a kind of record and the canary of the compartment that it must be sealed with; none for a kind without a text.
pub fn record_canary(collection: &str) -> Option<(&'static str, &'static str)> {
    Some(match collection {
        "screenings" => ("recommendation", "canary-narrative"),
        "status-determinations" => ("evidence_note", "canary-narrative"),
        "charges" => ("offence", "canary-narrative"),
        "risk-assessments" => ("assessor", "canary-narrative"),
        "support-plans" => ("goals", "canary-narrative"),
        "follow-ups" => ("notes", "canary-narrative"),
        "travel-documents" => ("number", "canary-identity"),
        "return-decisions" => ("evidence", "canary-identity"),
        "best-interests" => ("guardian", "canary-narrative"),
        "deaths" => ("cause_stated", "canary-narrative"),
        "host-episodes" => ("entry_point", "canary-identity"),
        "protection-outcomes" => ("note", "canary-protection"),
        "births" => ("place", "canary-identity"),
        "movements" => ("escort", "canary-identity"),
        "fit-to-travel" => ("conditions", "canary-health"),
        "detentions" => ("facility", "canary-location"),
        "legal-holds" => ("note", "canary-protection"),
        "next-of-kin" => ("may_know", "canary-contact"),
        "family-contacts" => ("said", "canary-narrative"),
        "recruiters" => ("account", "canary-protection"),
        "money-events" => ("threats", "canary-narrative"),
        "placements" => ("capacity_notes", "canary-location"),
        "assistance" => ("what", "canary-identity"),
        "letters" => ("subject", "canary-identity"),
        "health-screenings" => ("medication", "canary-health"),
        // Nothing is owed and the person has not left yet; money has no free text, and an arrival is like a contact.
        "fine-waivers" | "fine-payments" | "arrivals" => return None,
        new => panic!("{new}: say which compartment it is sealed with"),
    })
}

/// Files whose names are canaries; one of them with a content.
async fn file_canaries(world: &World, url: &str) {
    for (compartment, kind) in
        [("identity", "passport_scan"), ("health", "fit_to_travel"), ("protection", "complaint"), ("narrative", "verdict")]
    {
        let name = format!("canary-{compartment}");
        let body =
            json!({ "kind": kind, "media_type": "application/pdf", "file_name": name, "description": name, "compartment": compartment });
        let file = world.post("caseworker.a", &format!("{url}/attachments"), body).await.expect(201).header("location").to_owned();
        if compartment == "health" {
            world.put_file("caseworker.a", &file, data::PDF.replace("identity", "health").into()).await.expect(200);
        }
    }
}

/// A canary in every record below a case, and in its referrals and transfers.
pub async fn record_canaries(world: &World, url: &str) {
    road_canaries(world, url).await;
    let mut consent = data::consent("share_with_ngo");
    consent["interpreter"] = json!("canary-identity");
    world.post("caseworker.a", &format!("{url}/consents"), consent).await.expect(201);
    let denial = json!({ "scope": "missions_of", "missions_of": "IDN", "reason": "canary-protection" });
    world.post("caseworker.a", &format!("{url}/denials"), denial).await.expect(201);
    let mut referral = data::referral(world.get("caseworker.b", "/v1/me").await.json()["organisation_id"].as_str().unwrap());
    referral["note"] = json!("canary-identity");
    world.post("caseworker.a", &format!("{url}/referrals"), referral).await.expect(201);
    let task = json!({ "note": "canary-identity", "due_on": world.day(0) });
    world.post("caseworker.a", &format!("{url}/tasks"), task).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn a_canary_is_seen_only_through_a_grant_that_opens_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", canaries()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{case}");
    world
        .patch(
            "caseworker.a",
            &url,
            json!({ "narrative": { "notes": "canary-narrative, changed" }, "location": { "notes": "canary-location, changed" } }),
        )
        .await
        .expect(200);
    world.post("caseworker.a", &format!("{url}/stays"), json!({ "entry": "sold", "notes": "canary-narrative" })).await.expect(201);
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &format!("{url}/embassy-contacts"), contact).await.expect(201);
    record_canaries(world, &url).await;
    // Registered twice, and sought in a tracing request whose text only the owner of the case reads.
    world.register("caseworker.a", canaries()).await;
    let sought = json!({ "name": "canary-identity canary-identity", "birth_date": "1990", "document_number": "canary-identity" });
    let asked = json!({ "relation": "ngo", "details": { "sought": sought, "on_behalf_of": "canary-requester" } });
    world.post("officer.twn", "/v1/tracing-requests", asked).await.expect(201);
    homeward::command::background::match_once(&world.db).await.expect("everybody is compared");
    let queued = world.get("caseworker.a", "/v1/duplicates").await.text() + &world.get("caseworker.a", "/v1/tracing-matches").await.text();
    assert!(queued.contains("canary-identity") && queued.contains("canary-requester"), "{queued}");
    let all =
        ["canary-identity", "canary-contact", "canary-location", "canary-health", "canary-narrative", "canary-protection", "organ_removal"];
    let shared = shared_ids(world).await;
    let movements = world.get("caseworker.a", &format!("{url}/movements")).await.json();
    let booked = format!("{url}/movements/{}", movements["items"][0]["id"].as_str().unwrap());
    world.patch("caseworker.a", &booked, json!({ "status": "cancelled" })).await.expect(200);
    world
        .post("caseworker.a", &format!("/v1/movements/batches/{}/passengers", shared.batch), json!({ "case_ids": [case] }))
        .await
        .expect(201);
    for (actor, sees) in [
        ("caseworker.a", 7),
        ("officer.vnm", 2),
        ("coordinator", 2),
        ("officer.idn", 0),
        ("caseworker.b", 0),
        ("analyst", 0),
        ("admin", 0),
        ("auditor", 0),
    ] {
        let text = everything(world, actor, &case, &shared).await;
        let seen: Vec<&str> = all.into_iter().filter(|canary| text.contains(canary)).collect();
        assert_eq!(seen, all[..sees], "{actor}");
    }
}

/// What is written into the fields of a person, a case and its records, and must not be found again: canaries, and what is like nothing
/// that a table has in the clear.
const WRITTEN: &[&str] = &[
    "canary-",
    "organ_removal",
    "Folder 7",
    "Debt at home",
    "With her medicine",
    "A workshop of her own",
    "Irregular entry",
    "C1234567",
    "Aunt",
    "Social worker",
    "By phone",
    "An airline",
    "Immigration centre",
    "Rest first",
    "As told",
    "Trần Thị Lan",
    "84912345678",
    "They sent a video",
    "Brother Long",
    "longjobs88",
    "Team leader Wu",
    "Hotel of the lotus",
    "NV 7/I/2026",
    "Burns on both hands",
];

#[rstest]
#[actix_web::test]
async fn nothing_that_may_be_about_a_person_is_in_the_clear_in_the_database(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", canaries()).await["id"].as_str().unwrap().to_owned();
    record_canaries(world, &format!("/v1/cases/{case}")).await;
    world.register("caseworker.a", canaries()).await;
    let asked = json!({ "relation": "ngo", "details": { "sought": { "name": "canary-identity canary-identity", "birth_date": "1990" }, "on_behalf_of": "canary-requester" } });
    world.post("caseworker.b", "/v1/tracing-requests", asked).await.expect(201);
    homeward::command::background::match_once(&world.db).await.expect("everybody is compared");
    for (queue, verb, body) in [
        ("duplicates", "dismissal", json!({ "reason": "canary-reason" })),
        ("tracing-matches", "decision", json!({ "decision": "person_declines", "note": "canary-note" })),
    ] {
        let found =
            world.get("caseworker.a", &format!("/v1/{queue}")).await.expect(200).json()["items"][0]["id"].as_str().unwrap().to_owned();
        world.act("caseworker.a", &format!("/v1/{queue}/{found}"), &format!("/{verb}"), body).await.expect(200);
    }
    let mut rows = 0;
    for (table, row) in dump::everything(world).into_iter().flat_map(|(table, rows)| rows.into_iter().map(move |row| (table.clone(), row)))
    {
        rows += 1;
        for text in WRITTEN {
            assert!(!dump::has_text(&row, text), "{text} lies in the clear in {table}: {row}");
        }
    }
    assert!(rows > 100, "only {rows} rows were read");
    let homeward::config::DatabaseUrl::Sqlite(path) = &world.database.url else { return };
    for suffix in ["", "-wal", "-shm"] {
        let bytes = std::fs::read(format!("{}{suffix}", path.display())).unwrap_or_default();
        assert!(!bytes.windows(7).any(|window| window == b"canary-"), "a canary lies in the clear in the database{suffix}");
    }
}

#[rstest]
#[actix_web::test]
async fn two_views_of_one_version_have_two_etags(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", canaries()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{case}");
    let (whole, part) = (world.get("caseworker.a", &url).await.etag(), world.get("coordinator", &url).await.etag());
    assert_ne!(whole, part);
    world.send("caseworker.a", actix_web::http::Method::GET, &url, &[("if-none-match", &whole)], None).await.expect(304);
    world.send("coordinator", actix_web::http::Method::GET, &url, &[("if-none-match", &whole)], None).await.expect(200);
}

//! Everything that was recorded about either stands on the case that goes on, and goes back as it was.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::support::records;

/// What hangs on a case, apart from its records.
const BESIDE: &[&str] =
    &["stays", "embassy-contacts", "nationality-verifications", "attachments", "consents", "denials", "referrals", "tasks"];

/// Every collection below a case.
fn collections() -> Vec<&'static str> {
    BESIDE.iter().copied().chain(records::all().into_iter().map(|(collection, _)| collection)).collect()
}

fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.4\n% {text}\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n").into_bytes()
}

/// Gives a case one of everything.
pub async fn filled(world: &World, case: &Value, mark: &str) {
    let add = async |collection: &str, body: Value| world.post("caseworker.a", &at(case, collection), body).await.expect(201).json();
    add("/stays", json!({ "entry": "sold", "notes": mark })).await;
    accept_mission(world, case).await;
    add("/nationality-verifications", json!({ "mission_id": world.mission("VNM").await, "requested_on": world.day(0) })).await;
    add("/tasks", json!({ "note": format!("Bring the medicine: {mark}"), "due_on": world.day(3) })).await;
    add("/denials", json!({ "scope": "missions_of", "missions_of": "TWN", "reason": mark })).await;
    answer(world, case, json!({ "purpose": "share_with_ngo" })).await.expect(201);
    refer_to_b(world, case).await.expect(201);
    let referrals = world.get("caseworker.a", &at(case, "/referrals")).await.expect(200).json();
    let referral = format!("/v1/referrals/{}", referrals["items"][0]["id"].as_str().unwrap());
    crate::sharing::consents_and_referrals::step(world, "caseworker.a", &referral, json!({ "to": "revoked", "reason": mark }))
        .await
        .expect(200);
    let file = json!({ "kind": "passport_scan", "media_type": "application/pdf", "file_name": format!("{mark}.pdf") });
    let file = world.post("caseworker.a", &at(case, "/attachments"), file).await.expect(201).header("location").to_owned();
    world.put_file("caseworker.a", &file, pdf(mark)).await.expect(200);
    for (collection, _) in records::all().into_iter().filter(|(collection, _)| !matches!(*collection, "arrivals" | "deaths")) {
        records::one_of(world, case["id"].as_str().unwrap(), collection).await;
    }
}

/// What a user reads at a case: every list of what hangs on it, and the standing with the authority.
async fn read(world: &World, actor: &str, case: &Value) -> BTreeMap<&'static str, Value> {
    let mut all = BTreeMap::new();
    for collection in collections() {
        let list = world.get(actor, &at(case, &format!("/{collection}"))).await;
        all.insert(collection, if list.status == 200 { list.json() } else { json!(list.status) });
    }
    all.insert("immigration-clearance", world.get(actor, &at(case, "/immigration-clearance")).await.json());
    all
}

fn ids(list: &Value) -> BTreeSet<String> {
    list["items"].as_array().expect("a list").iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// Tasks that somebody added: the others follow from the facts of a case.
fn added(list: &Value) -> BTreeSet<String> {
    let items = list["items"].as_array().expect("a list").iter().filter(|item| item["kind"] == "added");
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

async fn file(world: &World, actor: &str, case: &Value) -> Value {
    world.get(actor, &at(case, "")).await.expect(200).json()
}

fn dangerous(mut body: Value) -> Value {
    body["health"] = json!({ "immediate_needs": "Insulin, twice a day", "medical_notes": "Diabetes" });
    body["narrative"] = json!({ "notes": "Held in building 7", "months_exploited": 9, "scam_types": ["investment"] });
    body["location"] = json!({ "facility": "Shelter B" });
    body["protection"] = json!({ "notes": "Witness against the manager" });
    body["risk_level"] = json!("high");
    body["exited_on"] = json!("2025-11-01");
    body
}

/// Two full registrations of one man. The second one knows what can kill him.
async fn full_twins(world: &World) -> Twins {
    let twins = twins_of(world, data::vietnamese(), dangerous(twin())).await;
    filled(world, &twins.survivor, "first").await;
    filled(world, &twins.other, "second").await;
    follow_once(&world.db).await.unwrap();
    twins
}

#[rstest]
#[actix_web::test]
async fn everything_of_both_is_on_the_case_that_goes_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = full_twins(world).await;
    let (of_survivor, of_other) = (read(world, "caseworker.a", &twins.survivor).await, read(world, "caseworker.a", &twins.other).await);
    twins.merge(world).await;
    let merged = read(world, "caseworker.a", &twins.survivor).await;
    for collection in collections() {
        let of = if collection == "tasks" { added } else { ids };
        let both: BTreeSet<String> = of(&of_survivor[collection]).union(&of(&of_other[collection])).cloned().collect();
        assert!(both.len() >= 2 || matches!(collection, "arrivals" | "deaths"), "{collection}: both have one");
        assert_eq!(of(&merged[collection]), both, "{collection}");
        // As it was said, and at an address of its own.
        for item in of_other[collection]["items"].as_array().unwrap().iter().filter(|item| both.contains(item["id"].as_str().unwrap())) {
            let same = merged[collection]["items"].as_array().unwrap().iter().find(|known| known["id"] == item["id"]).unwrap();
            let without_case = |item: &Value| {
                let mut item = item.clone();
                item.as_object_mut().unwrap().remove("case_id");
                item
            };
            assert_eq!(without_case(same), without_case(item), "{collection}");
        }
    }
    for collection in ["stays", "tasks", "attachments", "charges", "embassy-contacts", "nationality-verifications"] {
        for id in added_or_all(collection, &of_other) {
            world.get("caseworker.a", &at(&twins.survivor, &format!("/{collection}/{id}"))).await.expect(200);
        }
    }
    let survivor = file(world, "caseworker.a", &twins.survivor).await;
    assert!(survivor["health"]["immediate_needs"].as_str().unwrap().contains("Insulin"), "{survivor}");
    assert_eq!((&survivor["risk_level"], &survivor["exited_on"]), (&json!("high"), &json!("2025-11-01")));
    assert!(survivor["narrative"]["notes"].as_str().unwrap().contains("building 7"));
    assert!(survivor["protection"]["notes"].as_str().unwrap().contains("Witness"));
    assert!(survivor["location"].to_string().contains("Shelter B"));

    // The file opens, the record is changed, and every view has both.
    let scan = of_other["attachments"]["items"][0]["id"].as_str().unwrap();
    let content = world.get("caseworker.a", &at(&twins.survivor, &format!("/attachments/{scan}/content"))).await.expect(200);
    assert!(content.text().contains("second"));
    let charge = at(&twins.survivor, &format!("/charges/{}", of_other["charges"]["items"][0]["id"].as_str().unwrap()));
    world.patch("caseworker.a", &charge, json!({ "offence": "Illegal entry at Poipet" })).await.expect(200);
    let stay = at(&twins.survivor, &format!("/stays/{}", of_other["stays"]["items"][0]["id"].as_str().unwrap()));
    world.patch("caseworker.a", &stay, json!({ "notes": "Building 7, fourth floor" })).await.expect(200);
    let dossier = world.get("caseworker.a", &at(&twins.survivor, "/dossier")).await.expect(200).text();
    for told in ["Insulin, twice a day", "Illegal entry at Poipet", "fourth floor", "second.pdf", "Witness against"] {
        assert!(dossier.contains(told), "the dossier does not tell {told}");
    }
    let worklist = world.get("caseworker.a", "/v1/worklist?of=my_organisation&horizon_days=90&limit=200").await.expect(200).text();
    assert!(worklist.contains("Bring the medicine: first") && worklist.contains("Bring the medicine: second"), "{worklist}");
    let by_risk = world.get("caseworker.a", "/v1/statistics/cases?by=risk_level").await.expect(200).json();
    assert_eq!(by_risk["total"], 1, "{by_risk}");
    assert!(by_risk.to_string().contains("high"), "{by_risk}");
}

fn added_or_all(collection: &str, of: &BTreeMap<&'static str, Value>) -> BTreeSet<String> {
    if collection == "tasks" { added(&of["tasks"]) } else { ids(&of[collection]) }
}

#[rstest]
#[actix_web::test]
async fn a_guard_looks_at_what_either_registration_says(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins_of(world, data::vietnamese(), twin()).await;
    let unfit = json!({ "fit": false, "examined_on": "2026-01-20", "conditions": "Insulin must be carried" });
    world.post("caseworker.a", &at(&twins.other, "/fit-to-travel"), unfit).await.expect(201);
    world.patch("caseworker.a", &at(&twins.other, "/immigration-clearance"), json!({ "stay_expired_on": "2025-12-01" })).await.expect(200);
    world.patch("caseworker.a", &at(&twins.survivor, "/immigration-clearance"), json!({ "entry_point": "Poipet" })).await.expect(200);
    let unmet = async |case: &Value| {
        let standing = world.get("caseworker.a", &at(case, "/repatriation")).await.expect(200).json();
        let next = standing["next"].as_array().expect("next steps").clone();
        next.iter().map(|step| (step["to"].to_string(), step["unmet"].clone())).collect::<BTreeMap<_, _>>()
    };
    let before = unmet(&twins.other).await;
    twins.merge(world).await;
    let standing = world.get("caseworker.a", &at(&twins.survivor, "/immigration-clearance")).await.expect(200).json();
    assert_eq!((&standing["entry_point"], &standing["stay_expired_on"]), (&json!("Poipet"), &json!("2025-12-01")));
    assert_eq!(unmet(&twins.survivor).await, before, "the guards of the one who was not fit hold for both");
    let fines = world.get("caseworker.a", "/v1/reports/fines").await.expect(200).text();
    assert!(fines.contains("\"people\":1") || fines.contains("\"cases\":1"), "{fines}");
}

#[rstest]
#[actix_web::test]
async fn an_undo_gives_each_what_it_had_with_what_was_changed_since(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = full_twins(world).await;
    let (survivor, other) = (&twins.survivor, &twins.other);
    let read_both = async || {
        let files = [file(world, "caseworker.a", survivor).await, file(world, "caseworker.a", other).await];
        (read(world, "caseworker.a", survivor).await, read(world, "caseworker.a", other).await, files)
    };
    let (own, others, files) = read_both().await;
    let merge = twins.merge(world).await;
    undo(world, &merge).await.expect(200);
    let (own_after, others_after, files_after) = read_both().await;
    let without_version = |mut file: Value| {
        for field in ["version", "updated_at"] {
            file.as_object_mut().unwrap().remove(field);
        }
        file
    };
    assert_eq!(others_after, others, "the other one is as it was");
    assert_eq!(files_after[1], files[1]);
    for (collection, list) in &own {
        let same = if *collection == "tasks" { tasks_without_versions } else { Value::clone };
        assert_eq!(same(&own_after[collection]), same(list), "{collection}");
    }
    assert_eq!(without_version(files_after[0].clone()), without_version(files[0].clone()));

    // Once more, and meanwhile something is added, and something of the other one is changed.
    let merge = twins.merge(world).await;
    let charge = others["charges"]["items"][0]["id"].as_str().unwrap();
    let dropped = json!({ "status": "acquitted" });
    world.patch("caseworker.a", &at(survivor, &format!("/charges/{charge}")), dropped).await.expect(200);
    let added = world.post("caseworker.a", &at(survivor, "/stays"), json!({ "entry": "recruited" })).await.expect(201).json();
    world.patch("caseworker.a", &at(survivor, ""), json!({ "health": { "medical_notes": "Diabetes, and asthma" } })).await.expect(200);
    undo(world, &merge).await.expect(200);
    let charge = world.get("caseworker.a", &at(other, &format!("/charges/{charge}"))).await.expect(200).json();
    assert_eq!(charge["status"], "acquitted", "what was changed goes back as it is now");
    let stays = |list: Value| ids(&list);
    let own_stays = stays(world.get("caseworker.a", &at(survivor, "/stays")).await.json());
    assert!(own_stays.contains(added["id"].as_str().unwrap()), "what was added stays with the survivor");
    assert_eq!(stays(world.get("caseworker.a", &at(other, "/stays")).await.json()), ids(&others["stays"]));
    let health = file(world, "caseworker.a", survivor).await["health"].clone();
    assert_eq!(
        (&health["medical_notes"], &health["immediate_needs"]),
        (&json!("Diabetes, and asthma"), &files[0]["health"]["immediate_needs"])
    );
    assert_eq!(file(world, "caseworker.a", other).await["health"], files[1]["health"]);
}

/// A task that was settled and is open again has a new version.
fn tasks_without_versions(list: &Value) -> Value {
    let mut list = list.clone();
    for task in list["items"].as_array_mut().expect("a list") {
        for field in ["version", "updated_at"] {
            task.as_object_mut().unwrap().remove(field);
        }
    }
    list
}

#[rstest]
#[actix_web::test]
async fn a_new_owner_gets_everything_of_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = full_twins(world).await;
    twins.merge(world).await;
    let before = read(world, "caseworker.a", &twins.survivor).await;
    let consent =
        json!({ "purpose": "share_with_ngo", "compartments": ["identity", "contact", "location", "health", "narrative", "protection"] });
    answer(world, &twins.survivor, consent).await.expect(201);
    let ngo_b = organisation_of(world, "caseworker.b").await;
    let offer = json!({ "to_organisation_id": ngo_b, "urgency": "urgent" });
    let transfer = world.post("supervisor.a", &at(&twins.survivor, "/transfers"), offer).await.expect(201).header("location").to_owned();
    let step = json!({ "to": "accepted" });
    crate::sharing::consents_and_referrals::step(world, "caseworker.b", &transfer, step).await.expect(200);
    let after = read(world, "caseworker.b", &twins.survivor).await;
    for collection in collections().into_iter().filter(|collection| !["tasks", "consents", "referrals"].contains(collection)) {
        assert_eq!(ids(&after[collection]), ids(&before[collection]), "{collection}");
    }
    assert_eq!(added(&after["tasks"]).len(), 2);
    assert!(ids(&after["consents"]).is_superset(&ids(&before["consents"])));
    assert!(file(world, "caseworker.b", &twins.survivor).await["health"].to_string().contains("Insulin"));
    let scans = after["attachments"]["items"].as_array().unwrap();
    for scan in scans {
        let content = at(&twins.survivor, &format!("/attachments/{}/content", scan["id"].as_str().unwrap()));
        world.get("caseworker.b", &content).await.expect(200);
    }
    // The history of the merged one, at its own address; and nobody who handed it on reads it any more.
    world.get("caseworker.b", &at(&twins.other, "/history")).await.expect(200);
    world.get("caseworker.a", &at(&twins.other, "/history")).await.problem(404, "not_found");
    world.get("caseworker.a", &at(&twins.survivor, "")).await.problem(404, "not_found");
}

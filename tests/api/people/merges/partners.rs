//! Nobody comes to read more by a merge: what was recorded on one of the two cases opens to whoever saw that one.

use super::*;
use crate::accounts::approvals::colleague;

/// Refers a case to NGO B, which accepts; with the health of the person. Returns the id of the consent.
pub(super) async fn shared_with_b(world: &World, case: &Value) -> String {
    let compartments = json!(["identity", "contact", "health"]);
    let consent = answer(world, case, json!({ "purpose": "share_with_ngo", "compartments": compartments })).await.expect(201);
    let mut referral = data::referral(&organisation_of(world, "caseworker.b").await);
    referral["compartments"] = compartments;
    let made = world.post("caseworker.a", &at(case, "/referrals"), referral).await.expect(201).header("location").to_owned();
    crate::sharing::consents_and_referrals::step(world, "caseworker.b", &made, json!({ "to": "accepted" })).await.expect(200);
    consent.json()["id"].as_str().expect("an id").to_owned()
}

pub(super) async fn recorded(world: &World, case: &Value, mark: &str) {
    let unfit = json!({ "fit": false, "examined_on": "2026-01-20", "conditions": mark });
    world.post("caseworker.a", &at(case, "/fit-to-travel"), unfit).await.expect(201);
    let screening = json!({ "instrument": "ngo_form", "conducted_on": "2026-01-20", "interpreter": false, "recommendation": mark });
    world.post("caseworker.a", &at(case, "/screenings"), screening).await.expect(201);
    let file =
        json!({ "kind": "fit_to_travel", "media_type": "application/pdf", "file_name": format!("{mark}.pdf"), "compartment": "health" });
    world.post("caseworker.a", &at(case, "/attachments"), file).await.expect(201);
}

/// Everything that a user reads at a case, as one text.
pub(super) async fn all_read(world: &World, actor: &str, case: &Value) -> String {
    let mut all = String::new();
    for rest in ["/fit-to-travel", "/screenings", "/attachments", "/stays", "/tasks", "/embassy-contacts", "/nationality-verifications"] {
        all.push_str(&world.get(actor, &at(case, rest)).await.text());
    }
    all.push_str(&world.get(actor, &at(case, "/consents")).await.text());
    all.push_str(&world.get(actor, &at(case, "/denials")).await.text());
    all
}

#[rstest]
#[actix_web::test]
async fn who_saw_one_of_the_two_reads_no_record_of_the_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    recorded(world, &twins.survivor, "of-the-first").await;
    recorded(world, &twins.other, "of-the-second").await;
    accept_mission(world, &twins.other).await;
    shared_with_b(world, &twins.survivor).await;
    let merge = twins.merge(world).await;
    let read = all_read(world, "caseworker.b", &twins.survivor).await;
    assert!(read.contains("of-the-first") && !read.contains("of-the-second"), "{read}");
    let contacts = world.get("caseworker.b", &at(&twins.survivor, "/embassy-contacts")).await.text();
    assert!(!contacts.contains(&world.mission("VNM").await), "nor with whom the other one was in contact: {contacts}");
    let owners = all_read(world, "caseworker.a", &twins.survivor).await;
    assert!(owners.contains("of-the-first") && owners.contains("of-the-second"));
    world.get("caseworker.b", &at(&twins.other, "")).await.problem(404, "not_found");
    // A change of what they may read does not open the rest.
    world.days_pass(1).await;
    follow_once(&world.db).await.unwrap();
    assert!(!all_read(world, "caseworker.b", &twins.survivor).await.contains("of-the-second"));
    undo(world, &merge).await.expect(200);
    assert!(!all_read(world, "caseworker.b", &twins.survivor).await.contains("of-the-second"));
}

#[rstest]
#[actix_web::test]
async fn who_saw_both_reads_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    for (case, mark) in [(&twins.survivor, "of-the-first"), (&twins.other, "of-the-second")] {
        recorded(world, case, mark).await;
        shared_with_b(world, case).await;
    }
    let merge = twins.merge(world).await;
    let read = all_read(world, "caseworker.b", &twins.survivor).await;
    assert!(read.contains("of-the-first") && read.contains("of-the-second"), "{read}");
    undo(world, &merge).await.expect(200);
    let (first, second) = (all_read(world, "caseworker.b", &twins.survivor).await, all_read(world, "caseworker.b", &twins.other).await);
    assert!(first.contains("of-the-first") && !first.contains("of-the-second"));
    assert!(second.contains("of-the-second") && !second.contains("of-the-first"));
}

#[rstest]
#[actix_web::test]
async fn who_is_referred_since_the_merge_reads_what_the_person_agreed_to_of_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    recorded(world, &twins.survivor, "of-the-first").await;
    recorded(world, &twins.other, "of-the-second").await;
    twins.merge(world).await;
    shared_with_b(world, &twins.survivor).await;
    let read = all_read(world, "caseworker.b", &twins.survivor).await;
    assert!(read.contains("of-the-first") && read.contains("of-the-second"), "{read}");
}

#[rstest]
#[actix_web::test]
async fn the_preview_tells_who_would_see_nothing_any_more(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let ends = async || twins.preview(world, "supervisor.a").await.expect(200).json()["ends_access_of"].clone();
    assert_eq!(ends().await, json!([]));
    shared_with_b(world, &twins.other).await;
    assert_eq!(ends().await, json!([organisation_of(world, "caseworker.b").await]));
    shared_with_b(world, &twins.survivor).await;
    assert_eq!(ends().await, json!([]));
}

#[rstest]
#[actix_web::test]
async fn the_preview_tells_who_would_read_more(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let opens = async || twins.preview(world, "supervisor.a").await.expect(200).json()["opens_to"].clone();
    assert_eq!(opens().await, json!([]), "the owner and the desk see both");
    shared_with_b(world, &twins.survivor).await;
    let told = opens().await;
    assert_eq!(told[0]["organisation_id"], organisation_of(world, "caseworker.b").await);
    let compartments = told[0]["compartments"].as_array().expect("compartments").clone();
    // What the other one says there, and no more than was shared of the case that goes on.
    assert!(compartments.contains(&json!("identity")) && compartments.contains(&json!("health")), "{told}");
    assert!(!compartments.contains(&json!("narrative")), "{told}");
    shared_with_b(world, &twins.other).await;
    assert_eq!(opens().await, json!([]), "who sees both alike reads no more");
}

#[rstest]
#[actix_web::test]
async fn who_does_not_own_both_is_told_neither_who_sees_them_nor_what_else_stands_in_the_way(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "supervisor.vnm", "embassy_supervisor", "Embassy of Viet Nam").await;
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    let (one, other) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.a", twin()).await);
    for case in [&one, &other] {
        accept_mission(world, case).await;
        shared_with_b(world, case).await;
    }
    let idn = json!({ "mission_id": world.mission("IDN").await, "initiated_by": "person_request", "person_decision": "accepted" });
    let coverage = json!({ "nationality": "VNM", "host_country": "KHM", "basis": "protecting_power" });
    world.post("admin", &format!("/v1/missions/{}/coverage", world.mission("IDN").await), coverage).await.expect(201);
    world.post("caseworker.a", &at(&other, "/embassy-contacts"), idn).await.expect(201);
    let hold = json!({ "kind": "witness_proceedings", "imposed_on": world.day(-9) });
    world.post("caseworker.a", &at(&one, "/legal-holds"), hold).await.expect(201);
    match_once(&world.db).await.expect("everybody is compared");
    let preview = async |actor: &str| {
        let pairs = world.get(actor, "/v1/duplicates").await.expect(200).json();
        let url = format!("/v1/duplicates/{}/merge-preview", pairs["items"][0]["id"].as_str().expect("a pair"));
        let told = world.post(actor, &url, json!({ "survivor_case_id": one["id"] })).await.expect(200).json();
        (told["blockers"].clone(), told["warnings"].clone(), told["ends_access_of"].clone(), told["opens_to"].clone())
    };
    let owners = preview("supervisor.a").await;
    assert_eq!((owners.0, owners.1, owners.2), (json!([]), json!(["legal_hold"]), json!([world.mission("IDN").await])));
    for actor in ["supervisor.vnm", "supervisor.b", "coordinator"] {
        assert_eq!(preview(actor).await, (json!(["different_owners"]), json!([]), json!([]), json!([])), "{actor}");
    }
}

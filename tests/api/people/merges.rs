//! Two persons who turn out to be one: merged with a preview, and undone without a trace in their data.

mod answers;
pub mod nothing_lost;
mod partners;
mod safety;
mod shut_out;
mod told;
mod undo;
mod united;

use std::collections::BTreeSet;

use homeward::command::background::{follow_once, match_once};
use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::{answer, at, organisation_of, refer_to_b};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::rows_naming;
use crate::support::{Answer, World, data};

/// The man of [`data::vietnamese`], registered a second time: with another spelling, and a number.
fn twin() -> Value {
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Van Hung", "family_name": "NGUYEN", "birth_date": "1995-11-03", "birth_place": "Hải Phòng", "documents": [{ "kind": "passport", "number": "C7770001", "custody": "with_person" }] });
    body.as_object_mut().expect("an object").remove("protection");
    body["contact"] = json!({ "phones": [{ "number": "+84912000777", "safe": true }] });
    body
}

/// Two records of one man, and the pair.
pub struct Twins {
    pub survivor: Value,
    pub other: Value,
    pair: String,
}

impl Twins {
    fn url(&self, rest: &str) -> String {
        format!("/v1/duplicates/{}{rest}", self.pair)
    }

    async fn preview(&self, world: &World, actor: &str) -> Answer {
        world.post(actor, &self.url("/merge-preview"), json!({ "survivor_case_id": self.survivor["id"] })).await
    }

    async fn merge_as(&self, world: &World, actor: &str, choices: Value) -> Answer {
        let version = async |case: &Value| world.get("caseworker.a", &at(case, "")).await.json()["version"].clone();
        let body = json!({ "survivor_case_id": self.survivor["id"], "survivor_version": version(&self.survivor).await, "other_version": version(&self.other).await, "choices": choices });
        world.post(actor, &self.url("/merge"), body).await
    }

    /// Merges, as read in this version.
    pub async fn merge_in_version(&self, world: &World, version: i64) -> Answer {
        let body = json!({ "survivor_case_id": self.survivor["id"], "survivor_version": version, "other_version": version });
        world.post("supervisor.a", &self.url("/merge"), body).await
    }

    pub async fn merge(&self, world: &World) -> String {
        let merged = self.merge_as(world, "supervisor.a", json!([])).await.expect(201);
        merged.header("location").to_owned()
    }

    async fn blockers(&self, world: &World) -> Value {
        let blockers = self.preview(world, "supervisor.a").await.expect(200).json()["blockers"].clone();
        let refused = self.merge_as(world, "supervisor.a", json!([])).await.problem(409, "merge_blocked");
        let codes: Vec<&Value> = refused["errors"].as_array().expect("a list").iter().map(|error| &error["code"]).collect();
        assert_eq!(json!(codes), blockers, "the refusal says what the preview said");
        blockers
    }
}

pub async fn twins_of(world: &World, one: Value, other: Value) -> Twins {
    let (survivor, other) = (world.register("caseworker.a", one).await, world.register("caseworker.a", other).await);
    paired(world, survivor, other).await
}

/// Two cases of which the matcher found that they may be of one person.
pub async fn paired(world: &World, survivor: Value, other: Value) -> Twins {
    match_once(&world.db).await.expect("everybody is compared");
    let pairs = world.get("caseworker.a", "/v1/duplicates?limit=200").await.expect(200).json();
    let is_it = |pair: &&Value| {
        [&pair["first"]["case_id"], &pair["second"]["case_id"]].iter().all(|case| [&survivor["id"], &other["id"]].contains(case))
    };
    let pair = pairs["items"].as_array().unwrap().iter().find(is_it).expect("the pair")["id"].as_str().unwrap().to_owned();
    Twins { survivor, other, pair }
}

pub async fn twins(world: &World) -> Twins {
    twins_of(world, data::vietnamese(), twin()).await
}

/// A merge, for the walkers.
pub async fn merged_twins(world: &World) -> String {
    let twins = twins_of(world, data::taiwanese(), data::taiwanese()).await;
    twins.merge(world).await.rsplit('/').next().expect("an id").to_owned()
}

pub async fn undo(world: &World, merge: &str) -> Answer {
    world.act("supervisor.a", merge, "/undo", json!({ "reason": "Twins: the sister called" })).await
}

async fn accept_mission(world: &World, case: &Value) {
    let body = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await.expect(201);
}

/// The rows without the columns that only tell that, and when, a row was written.
fn without_versions(rows: &BTreeSet<String>) -> BTreeSet<String> {
    let strip = |row: &String| {
        let mut row: Value = serde_json::from_str(row).expect("a row");
        // Keys are sealed anew when those of the other one are added to them or taken out.
        for column in ["version", "updated_at", "changed_at", "sealed_keys"] {
            row.as_object_mut().expect("an object").remove(column);
        }
        row.to_string()
    };
    rows.iter().map(strip).collect()
}

#[rstest]
#[actix_web::test]
async fn only_supervisors_of_the_owner_merge_and_with_a_recent_proof(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    for (actor, status, code) in [
        ("", 401, "unauthenticated"),
        ("caseworker.a", 403, "permission_denied"),
        ("coordinator", 404, "not_found"),
        ("analyst", 403, "permission_denied"),
    ] {
        twins.preview(world, actor).await.problem(status, code);
        twins.merge_as(world, actor, json!([])).await.problem(status, code);
    }
    let merge = twins.merge(world).await;
    world.get("caseworker.a", &merge).await.expect(200);
    for stranger in ["caseworker.b", "coordinator", "officer.vnm"] {
        world.get(stranger, &merge).await.problem(404, "not_found");
        assert_eq!(world.get(stranger, "/v1/merges").await.expect(200).json()["items"], json!([]));
    }
}

#[rstest]
#[actix_web::test]
async fn the_preview_shows_both_and_what_is_kept(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let preview = twins.preview(world, "supervisor.a").await.expect(200).json();
    let field = |name: &str| preview["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).unwrap().clone();
    assert_eq!(preview["blockers"], json!([]));
    assert_eq!(
        (&field("identity.birth_place")["other"], &field("identity.birth_place")["by_default"]),
        (&json!("Hải Phòng"), &json!("other"))
    );
    assert_eq!(
        (&field("identity.family_name")["survivor"], &field("identity.family_name")["other"]),
        (&data::vietnamese()["identity"].get("family_name").cloned().unwrap_or_default(), &json!("NGUYEN"))
    );
    let stranger = json!({ "survivor_case_id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10" });
    assert_eq!(world.post("supervisor.a", &twins.url("/merge-preview"), stranger).await.pointers(), ["/survivor_case_id"]);
    assert_eq!(world.get("caseworker.a", "/v1/cases").await.json()["items"].as_array().map(Vec::len), Some(2), "a preview changes nothing");
}

#[rstest]
#[actix_web::test]
async fn a_merge_of_what_changed_meanwhile_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let body = json!({ "survivor_case_id": twins.survivor["id"], "survivor_version": twins.survivor["version"], "other_version": twins.other["version"] });
    world.patch("caseworker.a", &at(&twins.other, ""), json!({ "risk_level": "high" })).await.expect(200);
    world.post("supervisor.a", &twins.url("/merge"), body).await.problem(412, "stale_version");
    let twice = json!([{ "field": "contact.phones", "keep": "other" }, { "field": "contact.phones", "keep": "survivor" }]);
    assert_eq!(twins.merge_as(world, "supervisor.a", twice).await.pointers(), ["/choices/1"]);
}

#[rstest]
#[actix_web::test]
async fn the_survivor_takes_over_what_was_chosen_and_the_other_is_nowhere(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    accept_mission(world, &twins.other).await;
    world.post("caseworker.a", &at(&twins.other, "/tasks"), json!({ "note": "Call the sister", "due_on": world.day(3) })).await.expect(201);
    let blind = json!({ "person": { "name": "Nguyen Van Hung", "birth_date": "1995-11-03", "nationality": "VNM", "gender": twins.other["gender"], "document_number": "C7770001" } });
    assert_eq!(world.post("caseworker.b", "/v1/cases/search/blind", blind.clone()).await.expect(200).json()["possible_match"], true);
    let choices = json!([{ "field": "identity.documents", "keep": "survivor" }, { "field": "contact.phones", "keep": "other" }]);
    let merge = twins.merge_as(world, "supervisor.a", choices).await.expect(201);
    let (merge, location) = (merge.json(), merge.header("location").to_owned());
    let survivor = world.get("caseworker.a", &at(&twins.survivor, "")).await.expect(200).json();
    assert_eq!(
        (&survivor["contact"]["phones"][0]["number"], &survivor["identity"]["birth_place"]),
        (&json!("+84912000777"), &json!("Hải Phòng"))
    );
    assert!(!survivor["identity"].to_string().contains("C7770001"), "what was not chosen is not taken");
    let history = world.get("caseworker.a", &at(&twins.survivor, "/history")).await.expect(200).json().to_string();
    assert!(history.contains(&format!("merges/{}", merge["id"].as_str().unwrap())) && history.contains("contact.phones"), "{history}");
    world.get("supervisor.a", &twins.url("")).await.problem(404, "not_found");

    // The merged case is found nowhere.
    let other = twins.other["id"].as_str().unwrap();
    for actor in ["caseworker.a", "supervisor.a", "coordinator", "officer.vnm"] {
        for list in ["/v1/cases", "/v1/worklist?horizon_days=30", "/v1/duplicates", "/v1/statistics/cases?by=nationality"] {
            assert!(!world.get(actor, list).await.expect(200).text().contains(other), "{actor} {list}");
        }
    }
    assert_eq!(world.get("caseworker.a", "/v1/cases").await.json()["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.get("caseworker.a", "/v1/worklist?horizon_days=30").await.expect(200).text().matches("Call the sister").count(), 1);
    assert_eq!(world.get("caseworker.a", "/v1/statistics/cases?by=nationality").await.json()["total"], 1);
    let funnel = world.get("caseworker.a", "/v1/reports/funnel").await.expect(200).json();
    assert_eq!(funnel["rows"][0]["registered"].as_i64().or(funnel["total"]["registered"].as_i64()).unwrap_or(1), 1, "{funnel}");
    let by_name = world.post("caseworker.a", "/v1/cases/search", json!({ "field": "name", "value": "Nguyen Van Hung" })).await;
    assert!(!by_name.text().contains(other));
    let by_number =
        world.post("caseworker.a", "/v1/cases/search", json!({ "field": "document_number", "value": "C7770001" })).await.expect(200);
    assert!(!by_number.text().contains(other));
    world.get("officer.vnm", &at(&twins.other, "")).await.problem(404, "not_found");
    world.get("coordinator", &at(&twins.other, "")).await.problem(404, "not_found");
    let told = world.get("officer.vnm", "/v1/access-events").await.expect(200).json();
    assert_eq!((&told["items"][0]["kind"], &told["items"][0]["case_id"]), (&json!("access_ended"), &twins.other["id"]));
    assert_eq!(
        world.post("caseworker.b", "/v1/cases/search/blind", blind).await.expect(200).json()["possible_match"],
        false,
        "one who has his number is nobody"
    );

    // Its owner reads what stays of it at its old address, and cannot write it.
    assert_eq!(world.get("caseworker.a", &at(&twins.other, "")).await.expect(200).json()["identity"]["family_name"], "NGUYEN");
    world.get("caseworker.a", &at(&twins.other, "/history")).await.expect(200);
    let etag = world.get("caseworker.a", &at(&twins.other, "")).await.etag();
    let refused = world
        .send(
            "caseworker.a",
            actix_web::http::Method::PATCH,
            &at(&twins.other, ""),
            &[("if-match", &etag)],
            Some(&json!({ "risk_level": "low" })),
        )
        .await
        .problem(409, "case_merged");
    assert!(refused["detail"].as_str().unwrap().contains(twins.survivor["id"].as_str().unwrap()), "{refused}");
    world.post("caseworker.a", &at(&twins.other, "/stays"), json!({ "entry": "sold" })).await.problem(409, "case_merged");
    world.post("caseworker.a", &at(&twins.other, "/consents"), data::consent("share_with_ngo")).await.problem(409, "case_merged");
    let strange = world
        .send(
            "officer.vnm",
            actix_web::http::Method::PATCH,
            &at(&twins.other, ""),
            &[("if-match", &etag)],
            Some(&json!({ "risk_level": "low" })),
        )
        .await;
    assert!([403, 404].contains(&strange.status), "whoever saw it is told nothing");
    let episode = json!({ "person_id": twins.other["person_id"], "host_country": "KHM", "intake_channel": "hotline" });
    assert_eq!(world.post("caseworker.a", "/v1/cases", episode).await.pointers(), ["/person_id"]);
    let emergency =
        json!({ "case_code": twins.other["code"], "compartments": ["health"], "reason": "Unconscious at the hospital, allergies unknown" });
    let emergency = world.post("caseworker.b", "/v1/emergency-accesses", emergency).await.expect(201).json();
    assert_eq!(emergency["case_id"], twins.survivor["id"], "the card of either leads to the case that goes on");
    assert_eq!(world.get("supervisor.a", "/v1/merges").await.expect(200).json()["items"][0]["id"], merge["id"]);
    undo(world, &location).await.expect(200);
    undo(world, &location).await.problem(409, "conflict");
}

#[rstest]
#[actix_web::test]
async fn what_one_of_them_refused_holds_for_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let never_b = json!({ "scope": "organisation", "organisation_id": organisation_of(world, "caseworker.b").await });
    world.post("caseworker.a", &at(&twins.other, "/denials"), never_b).await.expect(201);
    accept_mission(world, &twins.other).await;
    let merge = twins.merge(world).await;
    answer(world, &twins.survivor, json!({ "purpose": "share_with_ngo" })).await.expect(201);
    assert_eq!(refer_to_b(world, &twins.survivor).await.pointers(), ["/to_organisation_id"], "the other record denies them");
    // A denial recorded while the two are one holds for both after the undo.
    world.post("caseworker.a", &at(&twins.survivor, "/denials"), json!({ "scope": "missions_of", "missions_of": "VNM" })).await.expect(201);
    undo(world, &merge).await.expect(200);
    world.get("officer.vnm", &at(&twins.other, "")).await.problem(404, "not_found");
    let denials = world.get("caseworker.a", &at(&twins.other, "/denials")).await.expect(200).text();
    assert!(denials.contains("VNM"), "{denials}");
    world.get("coordinator", &at(&twins.other, "")).await.expect(200);
    let survivor = world.get("caseworker.a", &at(&twins.survivor, "/denials")).await.expect(200).json();
    assert_eq!(survivor["items"].as_array().map(Vec::len), Some(1), "each has its own again");
    assert!(refer_to_b(world, &twins.survivor).await.status < 300);
}

#[rstest]
#[actix_web::test]
async fn a_merge_that_would_lose_something_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    accept_mission(world, &twins.survivor).await;
    world.post("caseworker.a", &at(&twins.other, "/denials"), json!({ "scope": "missions_of", "missions_of": "VNM" })).await.expect(201);
    assert_eq!(twins.blockers(world).await, json!(["refused_access"]));
    world.act("supervisor.a", &at(&twins.survivor, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    assert_eq!(twins.blockers(world).await, json!(["survivor_closed", "refused_access"]));
    world.patch("caseworker.a", &at(&twins.other, ""), json!({ "protection": { "asylum_claim_open": true } })).await.expect(200);
    assert_eq!(twins.blockers(world).await, json!(["survivor_closed", "refused_access"]), "a claim for asylum goes over");
}

#[rstest]
#[actix_web::test]
async fn a_case_of_another_organisation_is_not_merged(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::vietnamese()).await;
    let other = world.register("caseworker.b", twin()).await;
    match_once(&world.db).await.unwrap();
    let pair = world.get("coordinator", "/v1/duplicates").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/duplicates/{pair}");
    let preview =
        world.post("coordinator", &format!("{url}/merge-preview"), json!({ "survivor_case_id": other["id"] })).await.expect(200).json();
    assert_eq!(preview["blockers"], json!(["different_owners"]));
    let body = json!({ "survivor_case_id": other["id"], "survivor_version": preview["survivor_version"], "other_version": preview["other_version"] });
    world.post("coordinator", &format!("{url}/merge"), body).await.problem(409, "merge_blocked");
}

#[rstest]
#[actix_web::test]
async fn whoever_survived_a_merge_is_merged_with_more_and_not_away(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let first = twins.merge(world).await;
    let third = world.register("caseworker.a", twin()).await;
    match_once(&world.db).await.unwrap();
    let pairs = world.get("caseworker.a", "/v1/duplicates?limit=200").await.json();
    assert_eq!(pairs["items"].as_array().map(Vec::len), Some(1), "the merged one is compared with nobody: {pairs}");
    let pair = pairs["items"][0]["id"].as_str().unwrap().to_owned();
    let away = Twins { survivor: third.clone(), other: twins.survivor.clone(), pair: pair.clone() };
    assert_eq!(away.blockers(world).await, json!(["merged_before"]));
    let second = Twins { survivor: twins.survivor.clone(), other: third, pair }.merge(world).await;
    // What both brought is told apart from the newer one to the older one.
    assert_eq!(undo(world, &first).await.problem(409, "undo_blocked")["errors"][0]["code"], "merged_since");
    undo(world, &second).await.expect(200);
    undo(world, &first).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn erasing_the_survivor_erases_whoever_was_merged(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let merge = twins.merge(world).await;
    let second = world.get("caseworker.a", "/v1/me").await.json()["user_id"].as_str().unwrap().to_owned();
    world.patch("admin", &format!("/v1/users/{second}"), json!({ "role": "ngo_supervisor" })).await.expect(200);
    world.forget("caseworker.a");
    let act = json!({ "erasure": { "case_id": twins.survivor["id"], "requested_by_person": true } });
    let approval = crate::accounts::approvals::approved(world, "supervisor.a", "caseworker.a", act).await;
    let body = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("supervisor.a", &at(&twins.survivor, "/erasure"), body).await.expect(204);
    crate::accounts::approvals::nothing_is_left(
        world,
        &[&twins.other["id"], &twins.other["person_id"], &twins.survivor["id"], &twins.survivor["person_id"]],
    );
    world.get("caseworker.a", &at(&twins.other, "")).await.problem(404, "not_found");
    world.get("supervisor.a", &merge).await.problem(404, "not_found");
}

//! Erasing a person: afterwards the person cannot be found, in the service or in its files.

use diesel::prelude::*;
use homeward::command::background::keep_names_once;
use homeward::config::DatabaseUrl;
use homeward::db::schema::{blind_index, case_grants, cases, compartments, person_keys};
use homeward::domain::ids::{CaseId, OwnerId, PersonId};
use rstest::rstest;
use serde_json::{Value, json};

use super::{approved, colleague};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{Answer, World, data};

pub async fn erase(world: &World, case: &Value, requested_by_person: bool) -> Answer {
    let act = json!({ "erasure": { "case_id": case["id"], "requested_by_person": requested_by_person } });
    let approval = approved(world, "supervisor.a", "second.a", act).await;
    let body = json!({ "approval_id": approval, "requested_by_person": requested_by_person });
    world.post("supervisor.a", &at(case, "/erasure"), body).await
}

/// Shares a case in every possible way: a referral that was accepted, a denial, an emergency access, a tracing request for the
/// person, a possible duplicate.
async fn share_everything(world: &World, case: &Value) -> Value {
    crate::sharing::consents_and_referrals::answer(world, case, json!({})).await.expect(201);
    let referral = crate::sharing::consents_and_referrals::refer_to_b(world, case).await.expect(201).header("location").to_owned();
    crate::sharing::consents_and_referrals::step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    world.post("caseworker.a", &at(case, "/denials"), json!({ "scope": "missions_of", "missions_of": "TWN" })).await.expect(201);
    crate::sharing::denials::emergency(world, "coordinator", case, json!(["health"])).await.expect(201);
    let details = json!({ "sought": { "name": "CHEN YI JUN", "birth_date": "2001", "nationality": "TWN", "document_number": "X0888111" } });
    world.post("officer.twn", "/v1/tracing-requests", json!({ "relation": "mission", "details": details })).await.expect(201);
    let mut twin = data::taiwanese();
    twin["identity"]["documents"][0]["number"] = json!("X0999222");
    let twin = world.register("caseworker.a", twin).await;
    homeward::command::background::match_once(&world.db).await.expect("everybody is compared");
    let pairs = world.get("caseworker.a", "/v1/duplicates").await.expect(200).text();
    assert!([&twin, case].iter().all(|one| pairs.contains(one["person_id"].as_str().unwrap())), "{pairs}");
    assert_ne!(world.get("caseworker.a", "/v1/tracing-matches").await.expect(200).json()["items"], json!([]));
    twin
}

fn id(value: &Value) -> uuid::Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// Runs one query on the database of the world, of either kind.
macro_rules! load {
    ($world:expr, $query:expr) => {{
        let query = $query;
        $world.database.with_connection(|connection| query.load(connection)).unwrap()
    }};
}

/// Every sealed copy of the keys of a person and a case.
fn sealed_keys(world: &World, case: &Value) -> Vec<Vec<u8>> {
    let whole: Vec<Vec<u8>> = load!(
        world,
        person_keys::table.filter(person_keys::person_id.eq(PersonId(id(&case["person_id"])))).select(person_keys::sealed_key)
    );
    let granted: Vec<Vec<u8>> =
        load!(world, case_grants::table.filter(case_grants::case_id.eq(CaseId(id(&case["id"])))).select(case_grants::sealed_keys));
    whole.into_iter().chain(granted).collect()
}

/// The number of these byte strings that are in the files of an embedded database.
fn found_in_files(world: &World, needles: &[Vec<u8>]) -> usize {
    let DatabaseUrl::Sqlite(path) = &world.database.url else { return 0 };
    let files = ["", "-wal"].map(|ending| std::fs::read(format!("{}{ending}", path.display())).unwrap_or_default());
    needles.iter().filter(|needle| files.iter().any(|file| file.windows(needle.len()).any(|window| window == needle.as_slice()))).count()
}

#[rstest]
#[actix_web::test]
async fn an_erased_person_is_found_nowhere(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::taiwanese()).await;
    let kept = world.register("caseworker.a", data::vietnamese()).await;
    let episode = json!({ "person_id": case["person_id"], "previous_case_id": case["id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "TWN" });
    let second = world.register("caseworker.a", episode).await;
    world.post("caseworker.a", &at(&case, "/stays"), json!({ "entry": "sold" })).await.expect(201);
    world.post("caseworker.a", &at(&case, "/tasks"), json!({ "note": "Call the sister", "due_on": world.day(3) })).await.expect(201);
    let twin = share_everything(world, &case).await;
    let keyed = [("idempotency-key", "intake-7")];
    let third =
        world.send("caseworker.a", actix_web::http::Method::POST, "/v1/cases", &keyed, Some(&data::vietnamese())).await.expect(201).json();
    let keys: Vec<Vec<u8>> = [&case, &second].into_iter().flat_map(|case| sealed_keys(world, case)).collect();
    assert!(keys.len() >= 6, "the organisation, the system and the desk hold keys: {}", keys.len());
    if matches!(world.database.url, DatabaseUrl::Sqlite(_)) {
        assert!(found_in_files(world, &keys) > 0, "the test looks where they are");
    }

    erase(world, &case, true).await.expect(204);
    for actor in ["caseworker.a", "supervisor.a", "coordinator", "caseworker.b"] {
        for gone in [&case, &second] {
            let missing = world.get(actor, "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10").await.problem(404, "not_found");
            let mut answer = world.get(actor, &at(gone, "")).await.problem(404, "not_found");
            answer["instance"] = missing["instance"].clone();
            assert_eq!(answer, missing);
        }
    }
    let listed = world.get("caseworker.a", "/v1/cases").await.expect(200).json();
    let ids: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&third["id"], &twin["id"], &kept["id"]]);
    let search = json!({ "field": "document_number", "value": "X0888111" });
    assert_eq!(world.post("caseworker.a", "/v1/cases/search", search).await.expect(200).json()["items"], json!([]));
    assert!(!world.get("caseworker.a", "/v1/worklist").await.expect(200).text().contains(case["code"].as_str().unwrap()));

    let owners = vec![OwnerId(id(&case["person_id"])), OwnerId(id(&case["id"])), OwnerId(id(&second["id"]))];
    let sealed: Vec<i64> = load!(world, compartments::table.filter(compartments::owner_id.eq_any(owners)).select(compartments::version));
    let index: Vec<i32> = load!(
        world,
        blind_index::table.filter(blind_index::person_id.eq(PersonId(id(&case["person_id"])))).select(blind_index::normaliser)
    );
    let stone: Vec<(String, Option<i32>, Option<bool>)> =
        load!(world, cases::table.filter(cases::id.eq(CaseId(id(&case["id"])))).select((cases::code, cases::birth_year, cases::is_child)));
    assert!(sealed.is_empty() && index.is_empty() && sealed_keys(world, &case).is_empty());
    super::nothing_is_left(world, &[&case["id"], &case["person_id"], &second["id"]]);
    let told = world.get("caseworker.b", "/v1/access-events").await.expect(200).text();
    assert!(told.contains(case["id"].as_str().unwrap()) && !told.contains(case["code"].as_str().unwrap()), "{told}");
    assert_eq!(world.get("caseworker.b", "/v1/referrals").await.expect(200).json()["items"], json!([]));
    assert_eq!(stone, [(format!("erased-{}", id(&case["id"])), None, None)]);
    assert_eq!(found_in_files(world, &keys), 0, "a wrapped key is still in the files");

    let trail = world.db.as_system("test").read(|tx| homeward::db::reporting::audit::list(tx, 0)).await.unwrap();
    let entry = trail.iter().rfind(|entry| entry.operation == "erase_person").unwrap();
    assert!(entry.subject_ids.chunks(16).any(|subject| subject == id(&case["person_id"]).as_bytes()));
    world.days_pass(2).await;
    world.get("coordinator", "/v1/reports/funnel").await.expect(200);
    world.get("caseworker.a", &at(&kept, "")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn whoever_is_held_or_on_the_way_home_is_not_erased(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let hold = json!({ "kind": "witness_proceedings", "imposed_on": world.day(0) });
    let hold = world.post("caseworker.a", &at(&case, "/legal-holds"), hold).await.expect(201).header("location").to_owned();
    erase(world, &case, true).await.problem(409, "erasure_refused");
    world.patch("caseworker.a", &hold, json!({ "lifted_on": world.day(0) })).await.expect(200);
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted", "informed_of_rights_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await.expect(200);
    erase(world, &case, false).await.problem(409, "erasure_refused");
    world.get("officer.vnm", &at(&case, "")).await.expect(200);
    erase(world, &case, true).await.expect(204);
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn only_the_owner_erases(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let act = json!({ "erasure": { "case_id": case["id"], "requested_by_person": true } });
    let mut asked = act.clone();
    asked["reason"] = json!("She asked for it at the desk");
    world.post("coordinator", "/v1/approvals", asked.clone()).await.problem(403, "permission_denied");
    world.post("supervisor.idn", "/v1/approvals", asked).await.problem(404, "not_found");
    let approval = approved(world, "supervisor.a", "second.a", act).await;
    let body = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("coordinator", &at(&case, "/erasure"), body.clone()).await.problem(403, "permission_denied");
    world.post("supervisor.idn", &at(&case, "/erasure"), body.clone()).await.problem(404, "not_found");
    world.post("caseworker.a", &at(&case, "/erasure"), body).await.problem(403, "permission_denied");
    world.get("caseworker.a", &at(&case, "")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn an_erased_name_is_gone_from_the_memory_of_every_instance(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let other = world.restart(crate::support::database::keys()).await;
    let look = async || {
        keep_names_once(&world.db).await.expect("the names are compared");
        keep_names_once(&other.db).await.expect("the names are compared");
        (world.db.names_held(), other.db.names_held())
    };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::taiwanese()).await;
    world.register("caseworker.a", data::vietnamese()).await;
    assert_eq!(look().await, (2, 2));

    erase(world, &case, true).await.expect(204);
    assert_eq!(world.db.names_held(), 1, "gone here before the answer");
    // The other instance could not reach the database for a while, and looks back as far as it has to.
    world.clock.forward(3600);
    keep_names_once(&other.db).await.expect("the names are compared");
    assert_eq!(other.db.names_held(), 1, "gone there after one look");
    assert_eq!(look().await, (1, 1), "nothing brings it back");

    let merge = format!("/v1/merges/{}", crate::people::merges::merged_twins(world).await);
    assert_eq!(world.db.names_held(), 2, "who is merged into another one is found by no name");
    assert_eq!(look().await, (2, 2));
    crate::people::merges::undo(world, &merge).await.expect(200);
    assert_eq!(world.db.names_held(), 3);
    assert_eq!(look().await, (3, 3));
}

#[rstest]
#[actix_web::test]
async fn the_keys_of_an_erased_person_are_gone_from_the_memory_before_the_answer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::taiwanese()).await;
    world.register("caseworker.a", data::vietnamese()).await;
    world.get("caseworker.a", "/v1/cases").await.expect(200);
    assert_eq!(world.db.keys_kept(), 2);
    erase(world, &case, true).await.expect(204);
    assert_eq!(world.db.keys_kept(), 0);
    world.get("caseworker.a", "/v1/cases").await.expect(200);
    assert_eq!(world.db.keys_kept(), 1, "nothing brings it back");
}

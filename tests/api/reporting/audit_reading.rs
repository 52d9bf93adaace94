//! Reading the audit trail: an auditor reads what their organisation did and what others did on its cases; a supervisor reads who saw a
//! person; everybody keeps checkpoints.

use homeward::command::background;
use homeward::db::engine::migrate;
use homeward::db::reporting::audit::verifying;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::{ask, colleague};
use crate::people::merges::twins;
use crate::sharing::consents_and_referrals::{answer, at, organisation_of, step};
use crate::sharing::denials::emergency;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::TestDatabase;
use crate::support::journey::go;
use crate::support::machines::{self, Machine};
use crate::support::{World, data};
use crate::walkers::query_counts::{cost, plan};

const ENTRIES: &str = "/v1/audit/entries";

pub async fn seal(world: &World) {
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
}

async fn read(world: &World, actor: &str, filter: &str) -> Vec<Value> {
    let page = world.get(actor, &format!("{ENTRIES}?limit=200{filter}")).await.expect(200).json();
    assert_eq!(page["next"], Value::Null, "one page is enough here");
    page["items"].as_array().expect("entries").clone()
}

fn is_sign_in_of(entry: &Value, user: &Value) -> bool {
    entry["user_id"].is_null() && entry["account_ids"] == json!([user])
}

fn is_about(entry: &Value, case: &Value) -> bool {
    entry["case_ids"].as_array().expect("ids").contains(&case["id"])
}

/// Two organisations with an auditor and a case each, and what they tried on the other one's.
async fn two_sides(world: &World) -> (Value, Value) {
    colleague(world, "auditor.a", "auditor", "NGO A").await;
    colleague(world, "auditor.b", "auditor", "NGO B").await;
    let (case_a, case_b) =
        (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.b", data::taiwanese()).await);
    world.get("caseworker.a", &at(&case_b, "")).await.problem(404, "not_found");
    world.get("caseworker.b", &at(&case_a, "")).await.problem(404, "not_found");
    world.get("coordinator", &at(&case_a, "")).await.expect(200);
    world.get("caseworker.a", &at(&case_a, "")).await.expect(200);
    seal(world).await;
    (case_a, case_b)
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    for url in [ENTRIES, "/v1/audit/checkpoints", &at(&case, "/accesses")] {
        world.get("", url).await.problem(401, "unauthenticated");
    }
    for actor in ["admin", "caseworker.a", "supervisor.a", "coordinator", "analyst"] {
        world.get(actor, ENTRIES).await.problem(403, "permission_denied");
    }
}

#[rstest]
#[actix_web::test]
async fn an_auditor_reads_what_their_organisation_did_and_what_others_did_on_its_cases(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case_a, case_b) = two_sides(world).await;
    let (own, desk, other) = (
        organisation_of(world, "caseworker.a").await,
        organisation_of(world, "coordinator").await,
        organisation_of(world, "caseworker.b").await,
    );
    let entries = read(world, "auditor.a", "").await;
    for entry in &entries {
        let is_own = entry["organisation_id"] == json!(own);
        let is_sign_in = entry["account_ids"] != json!([]) && entry["user_id"].is_null();
        assert!(is_own || is_sign_in || is_about(entry, &case_a), "neither an own act nor about an own case: {entry}");
        assert_eq!(is_own, !entry["request_id"].is_null(), "{entry}");
        assert!(!is_about(entry, &case_b), "a case of somebody else: {entry}");
    }
    let has = |organisation: &str, operation: &str, decision: &str| {
        entries.iter().any(|entry| {
            entry["organisation_id"] == json!(organisation) && entry["operation"] == operation && entry["decision"] == decision
        })
    };
    assert!(has(&own, "create_case", "allowed"), "{entries:#?}");
    assert!(has(&own, "get_case", "not_found"), "an own act on a case of somebody else, without its id");
    assert!(has(&desk, "get_case", "allowed"), "the desk read the case");
    assert!(has(&other, "get_case", "not_found"), "somebody tried the case");
    assert!(!has(&other, "create_case", "allowed"), "what others do on their own cases");
    assert!(!json!(entries).to_string().contains(case_b["id"].as_str().expect("an id")));
    assert_eq!(read(world, "auditor.a", &format!("&case_id={}", case_b["id"].as_str().expect("an id"))).await, Vec::<Value>::new());

    let theirs = read(world, "auditor.b", "").await;
    assert!(theirs.iter().any(|entry| entry["organisation_id"] == json!(own) && is_about(entry, &case_b)));
    assert!(!json!(theirs).to_string().contains(case_a["id"].as_str().expect("an id")));
    // An organisation that owns nothing here reads its own acts, and the system's reading is one of them.
    let first = read(world, "auditor", "").await;
    let administration = organisation_of(world, "auditor").await;
    let is_own = |entry: &Value| entry["organisation_id"] == json!(administration) || entry["account_ids"] != json!([]);
    assert!(!first.is_empty() && first.iter().all(is_own));
    seal(world).await;
    assert!(!read(world, "auditor.a", "&operation=list_audit_entries").await.is_empty(), "reading the trail is an entry");
}

#[rstest]
#[actix_web::test]
async fn whoever_gave_a_case_away_reads_no_acts_of_others_on_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, _) = two_sides(world).await;
    let desk = organisation_of(world, "coordinator").await;
    let of_desk = format!("&organisation_id={desk}");
    let of_case = format!("&case_id={}", case["id"].as_str().expect("an id"));
    assert!(!read(world, "auditor.a", &of_desk).await.is_empty());
    assert!(!read(world, "auditor.a", &of_case).await.is_empty());
    let give = "UPDATE cases SET owner_id = (SELECT id FROM organisations WHERE name = 'NGO B')";
    let close = "DELETE FROM case_grants WHERE organisation_id = (SELECT id FROM organisations WHERE name = 'NGO A')";
    world.database.with_connection(|connection| {
        use diesel::connection::SimpleConnection;
        connection.batch_execute(&format!("{give}; {close}")).expect("the case is given away");
    });
    assert_eq!(read(world, "auditor.a", &of_desk).await, Vec::<Value>::new());
    assert_eq!(read(world, "auditor.a", &of_case).await, Vec::<Value>::new());
    assert!(!read(world, "auditor.a", "").await.iter().any(|entry| is_about(entry, &case)), "a case that it sees no more");
}

#[rstest]
#[actix_web::test]
async fn every_filter_and_every_page_of_the_trail_is_a_part_of_the_whole(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, _) = two_sides(world).await;
    let whole = read(world, "auditor.a", "").await;
    let times: Vec<&str> = whole.iter().map(|entry| entry["recorded_at"].as_str().expect("a time")).collect();
    assert!(times.len() >= 6 && times.iter().rev().is_sorted(), "newest first: {times:?}");
    let desk = json!(organisation_of(world, "coordinator").await);
    let caller = whole.iter().find(|entry| entry["operation"] == "create_case").expect("the registration")["user_id"].clone();
    let middle = times[times.len() / 2];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    type Test<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let filters: Vec<(String, Test<'_>)> = vec![
        (format!("&caller_id={}", text(&caller)), Box::new(|entry| entry["user_id"] == caller || is_sign_in_of(entry, &caller))),
        (format!("&organisation_id={}", text(&desk)), Box::new(|entry| entry["organisation_id"] == desk)),
        ("&operation=get_case".to_owned(), Box::new(|entry| entry["operation"] == "get_case")),
        ("&decision=not_found".to_owned(), Box::new(|entry| entry["decision"] == "not_found")),
        ("&code=ok".to_owned(), Box::new(|entry| entry["code"] == "ok")),
        (format!("&case_id={}", text(&case["id"])), Box::new(|entry| is_about(entry, &case))),
        (format!("&from={middle}"), Box::new(|entry| entry["recorded_at"].as_str() >= Some(middle))),
        (format!("&to={middle}"), Box::new(|entry| entry["recorded_at"].as_str() < Some(middle))),
    ];
    for (filter, is_in) in filters {
        let expected: Vec<Value> = whole.iter().filter(|entry| is_in(entry)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < whole.len(), "{filter} tells nothing apart");
        assert_eq!(read(world, "auditor.a", &filter).await, expected, "{filter}");
    }
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get("auditor.a", &format!("{ENTRIES}?limit=2{after}")).await.expect(200).json();
        pages.extend(page["items"].as_array().expect("entries").clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(pages, whole, "page by page");
    world.get("auditor.b", &format!("{ENTRIES}?limit=2{after}")).await.problem(400, "invalid_cursor");
    world.get("auditor.a", &format!("{ENTRIES}?decision=perhaps")).await.problem(400, "invalid_query");
    // A page costs the same, however many entries are on it.
    let one = cost(world, "auditor.a", &format!("{ENTRIES}?limit=1")).await;
    let many = cost(world, "auditor.a", &format!("{ENTRIES}?limit=200")).await;
    assert!(many.1 > one.1);
    assert_eq!(one.0, many.0);
}

#[test]
fn every_filter_of_the_trail_walks_an_index_in_its_order() {
    let database = TestDatabase::empty(Sqlite).expect("SQLite is always there");
    database.with_connection(|connection| {
        migrate::migrate(connection).expect("up");
        for (filter, index) in [
            ("", "sqlite_autoindex_audit_readers_1 (reader_id=?"),
            ("AND r.organisation_id = ?", "audit_readers_by_organisation (reader_id=? AND organisation_id=?"),
            ("AND r.caller_id = ?", "audit_readers_by_caller (reader_id=? AND caller_id=?"),
            ("AND r.operation = ?", "audit_readers_by_operation (reader_id=? AND operation=?"),
            ("AND r.decision = ?", "audit_readers_by_decision (reader_id=? AND decision=?"),
            ("AND r.code = ?", "audit_readers_by_code (reader_id=? AND code=?"),
        ] {
            let query = format!(
                "SELECT e.operation FROM audit_readers r INNER JOIN audit_entries e ON e.position = r.position WHERE r.reader_id = ? AND \
                 r.recorded_at <= ? AND (r.recorded_at < ? OR r.position < ?) {filter} ORDER BY r.recorded_at DESC, r.position DESC LIMIT ?"
            );
            let plan = plan(connection, &query);
            assert!(plan[0].contains(index) && plan[0].contains("recorded_at<?"), "{filter}: {plan:#?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE")), "{filter}: {plan:#?}");
        }
    });
}

async fn accesses_by(world: &World, actor: &str, case: &Value) -> Vec<Value> {
    let page = world.get(actor, &at(case, "/accesses?limit=200")).await.expect(200).json();
    page["items"].as_array().expect("accesses").clone()
}

async fn accesses(world: &World, case: &Value) -> Vec<Value> {
    accesses_by(world, "supervisor.a", case).await
}

/// What an organisation did with a case of somebody else, as the readers of the owner are told: auditor and supervisor.
async fn told_of(world: &World, organisation: &str, readers: [&str; 2], case: &Value) -> [Vec<String>; 2] {
    let names = |items: &[Value]| -> Vec<String> {
        let of_it = items.iter().filter(|item| item["organisation_id"] == json!(organisation));
        let mut names: Vec<String> = of_it.map(|item| item["operation"].as_str().expect("a name").to_owned()).collect();
        names.sort();
        names.dedup();
        names
    };
    let entries = read(world, readers[0], &format!("&case_id={}", case["id"].as_str().expect("an id"))).await;
    [names(&entries), names(&accesses_by(world, readers[1], case).await)]
}

/// An embassy that reads in its trail who is about to shut it out could reach the person first.
#[rstest]
#[actix_web::test]
async fn an_owner_is_not_told_what_decides_who_sees_the_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.idn", "auditor", "Embassy of Indonesia").await;
    let (first, second) = (world.register("officer.idn", data::walk_in()).await, world.register("officer.idn", data::walk_in()).await);
    let shield = json!({ "to": "protection_pathway", "reason": "Fears the embassy" });
    go(world, "coordinator", &first, shield.clone()).await.expect(200);
    go(world, "coordinator", &second, shield).await.problem(409, "approval_required");
    let never = json!({ "scope": "missions_of", "missions_of": "IDN" });
    world.post("coordinator", &at(&second, "/denials"), never).await.problem(409, "approval_required");
    ask(world, "coordinator", json!({ "exclusion": { "case_id": second["id"], "way": "protection_pathway" } })).await;
    seal(world).await;
    let desk = organisation_of(world, "coordinator").await;
    let told = told_of(world, &desk, ["auditor.idn", "supervisor.idn"], &second).await;
    assert_eq!(told, [vec!["get_case".to_owned()], vec!["get_case".to_owned()]], "that the desk read the case, and nothing else");
}

/// Whoever took a case over reads who saw the person since, and not what the earlier owner and its partners did.
#[rstest]
#[actix_web::test]
async fn a_new_owner_is_not_told_who_saw_a_person_before(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.b", "auditor", "NGO B").await;
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    answer(world, &case, json!({})).await.expect(201);
    world.get("coordinator", &at(&case, "/dossier")).await.expect(200);
    assert!(accesses(world, &case).await.is_empty(), "nothing is sealed yet");
    let (ngo_b, desk) = (organisation_of(world, "caseworker.b").await, organisation_of(world, "coordinator").await);
    seal(world).await;
    assert!(accesses(world, &case).await.iter().any(|access| access["operation"] == "get_dossier"), "the owner of then is told");
    let transfer = json!({ "to_organisation_id": ngo_b, "urgency": "urgent" });
    let transfer = world.post("caseworker.a", &at(&case, "/transfers"), transfer).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &transfer, json!({ "to": "accepted" })).await.expect(200);
    world.get("coordinator", &at(&case, "")).await.expect(200);
    seal(world).await;
    let told = told_of(world, &desk, ["auditor.b", "supervisor.b"], &case).await;
    assert_eq!(told, [vec!["get_case".to_owned()], vec!["get_case".to_owned()]], "what was read since");
}

#[rstest]
#[actix_web::test]
async fn the_owners_supervisor_reads_who_saw_a_person_when_and_which_part(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let (desk, ngo_b) = (organisation_of(world, "coordinator").await, organisation_of(world, "caseworker.b").await);
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    world.get("coordinator", &at(&case, "")).await.expect(200);
    seal(world).await;
    let seen = accesses(world, &case).await;
    let by = |seen: &[Value], organisation: &str, operation: &str| {
        seen.iter().find(|access| access["organisation_id"] == json!(organisation) && access["operation"] == operation).cloned()
    };
    let read = by(&seen, &desk, "get_case").expect("the desk read it");
    assert!(read["compartments"].as_array().expect("parts").contains(&json!("identity")), "{read}");
    assert_eq!((&read["is_emergency"], &read["case_ids"]), (&json!(false), &json!([case["id"]])));
    assert!(read["user_id"].is_string() && read["at"].is_string());
    assert!(by(&seen, &ngo_b, "get_case").is_none(), "who was refused saw nothing");

    emergency(world, "caseworker.b", &case, json!(["health"])).await.expect(201);
    world.get("caseworker.b", &at(&case, "")).await.expect(200);
    world.get("coordinator", &at(&case, "")).await.expect(200);
    seal(world).await;
    let seen = accesses(world, &case).await;
    let read = by(&seen, &ngo_b, "get_case").expect("the emergency");
    assert_eq!(read["is_emergency"], true);
    assert_eq!(by(&seen, &desk, "get_case").expect("the newest")["is_emergency"], false, "nobody else had it");
    let times: Vec<&str> = seen.iter().map(|access| access["at"].as_str().expect("a time")).collect();
    assert!(times.iter().rev().is_sorted(), "newest first: {times:?}");

    // Neither a colleague without the charge, nor a guest, nor a partner, nor a stranger.
    let url = at(&case, "/accesses");
    for actor in ["caseworker.a", "caseworker.b", "coordinator", "auditor", "admin"] {
        world.get(actor, &url).await.problem(403, "permission_denied");
    }
    world.get("supervisor.idn", &url).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn who_saw_a_person_includes_who_saw_them_before_a_merge(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    world.get("coordinator", &at(&twins.other, "")).await.expect(200);
    seal(world).await;
    let desk = organisation_of(world, "coordinator").await;
    let of_desk = |seen: Vec<Value>| {
        seen.into_iter().filter(|access| access["organisation_id"] == json!(desk) && access["operation"] == "get_case").count()
    };
    assert_eq!(of_desk(accesses(world, &twins.survivor).await), 0, "they are two people");
    twins.merge(world).await;
    assert_eq!(of_desk(accesses(world, &twins.survivor).await), 1, "whoever saw the one saw the other");
}

#[rstest]
#[actix_web::test]
async fn whoever_is_signed_in_keeps_checkpoints_and_the_key(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::vietnamese()).await;
    seal(world).await;
    world.register("caseworker.a", data::taiwanese()).await;
    seal(world).await;
    let machine = Machine::new(world, "NGO B", &["reference:read"], json!({})).await;
    let page = world.get("officer.idn", "/v1/audit/checkpoints").await.expect(200).json();
    let token = machine.token(world).await;
    assert_eq!(machines::get(world, &token, "/v1/audit/checkpoints").await.expect(200).json(), page);
    let key = world.db.as_system("test").read(verifying::public_key).await.expect("a read").expect("a key");
    assert_eq!(page["keys"], json!([key.verifier()]));
    let items = page["items"].as_array().expect("checkpoints");
    assert!(items.len() >= 2);
    let sizes: Vec<u64> = items.iter().map(|item| item["size"].as_u64().expect("a size")).collect();
    assert!(sizes.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {sizes:?}");
    for item in items {
        let note = item["note"].as_str().expect("a note").to_owned();
        assert_eq!(key.open(&note).map(|checkpoint| checkpoint.size), item["size"].as_u64());
        let verdict = world.db.as_system("test").read(move |tx| verifying::verify(tx, Some(&note))).await.expect("a read");
        assert!(verdict.is_ok(), "{verdict:?}");
    }
    let first = world.get("officer.idn", "/v1/audit/checkpoints?limit=1").await.expect(200).json();
    let url = format!("/v1/audit/checkpoints?limit=1&after={}", first["next"].as_str().expect("a next page"));
    assert_eq!(world.get("officer.idn", &url).await.expect(200).json()["items"][0], items[1]);
}

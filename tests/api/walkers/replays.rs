//! A repeated creating request is a read: it answers what its sender may read now of what was made, and nothing else.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use homeward::domain::access::{Permission, Role};
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::{approved, colleague, nothing_is_left};
use crate::sharing::denials::emergency;
use crate::support::data::{self, Ids};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::replays::Creation;
use crate::support::{Answer, World, contract, dump};
use crate::walkers::access_matrix::{Operation, operations, shared_ids};
use crate::walkers::every_role::{WALKERS, attempt, twins};
use crate::walkers::redaction::{canaries, record_canary};

/// The operations of the document that take a key.
fn keyed() -> Vec<Operation> {
    operations().into_iter().filter(|operation| operation.takes_a_key).collect()
}

/// The sample of a creating operation, with a canary in its text.
pub fn marked(operation: &Operation, ids: &Ids) -> Value {
    let mut body = data::sample(&operation.id, ids, 1).expect("a creating request has a body");
    let collection = operation.template.rsplit('/').next().unwrap_or_default();
    let text = match operation.id.as_str() {
        "create_case" => return canaries(),
        "create_stay" => Some(("notes", "canary-narrative")),
        "create_task" | "create_referral" | "request_transfer" | "create_transfer" => Some(("note", "canary-identity")),
        "create_attachment" => Some(("description", "canary-identity")),
        "create_consent" => Some(("interpreter", "canary-identity")),
        "create_denial" => Some(("reason", "canary-protection")),
        record if crate::support::records::body(record).is_some() => record_canary(collection),
        _ => None,
    };
    if let Some((field, canary)) = text {
        body[field] = json!(canary);
    }
    body
}

/// Asserts that an answer to a repeated request tells what a read tells, and nothing besides.
fn is_a_read(creation: &Creation, repeated: &Answer, read: &Answer) {
    let what = format!("{}: {}", creation.operation, creation.location);
    assert_eq!((repeated.status, repeated.header("idempotent-replayed")), (201, "true"), "{what}: {}", repeated.text());
    assert_eq!(read.status, 200, "{what}");
    // The digest is of what is shown, and what the first answer alone had is null in this one.
    let tag = |answer: &Answer| match repeated.body == read.body {
        true => answer.etag(),
        false => answer.etag().rsplit_once('-').map(|(version, _)| version.to_owned()).unwrap_or_default(),
    };
    if !read.etag().is_empty() {
        assert_eq!(tag(repeated), tag(read), "{what}");
    }
    let (repeated, read) = (repeated.json(), read.json());
    for (field, value) in repeated.as_object().expect("a resource") {
        // What the first answer alone has is not told again; whom a batch leaves behind is asked anew.
        let is_nothing = read.get(field).is_none() && (value.is_null() || *value == json!([]));
        assert!(is_nothing || Some(value) == read.get(field), "{what}: {field} is {value}");
    }
    assert!(read.as_object().expect("a resource").keys().all(|field| repeated.get(field).is_some()), "{what}: {repeated}");
}

/// Whether the location of something that was made is the thing itself, and can be read.
fn is_at_its_location(creation: &Creation, made: &Value) -> bool {
    let id = made.get("id").or_else(|| made.pointer("/operation/id")).and_then(Value::as_str);
    contract::is_readable(&creation.location) && id.is_some_and(|id| creation.location.ends_with(id))
}

/// Repeats everything that was created in a world, once for each operation.
async fn repeat_all(world: &World, done: &mut BTreeSet<String>, read: &mut BTreeSet<String>) {
    for creation in world.creations() {
        if !done.insert(creation.operation.clone()) {
            continue;
        }
        let repeated = world.repeat(&creation).await;
        assert_eq!((repeated.status, repeated.header("idempotent-replayed")), (201, "true"), "{}: {}", creation.operation, repeated.text());
        assert_eq!(repeated.header("location"), creation.location, "{}", creation.operation);
        if is_at_its_location(&creation, &repeated.json()) {
            is_a_read(&creation, &repeated, &world.get(&creation.actor, &creation.location).await);
            read.insert(creation.operation.clone());
        }
    }
}

#[actix_web::test]
async fn what_was_created_is_told_again_as_it_is_read() {
    let (mut done, mut read) = (BTreeSet::new(), BTreeSet::new());
    for role in [Role::NgoSupervisor, Role::Administrator, Role::EmbassySupervisor, Role::Auditor] {
        let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
        for (walker, organisation) in WALKERS {
            colleague(&world, walker, "ngo_supervisor", organisation).await;
            world.change_role(walker, role);
        }
        let mut pairs = vec![twins(&world, "Ngozi", "Okonkwo", "1991-07-05").await, twins(&world, "Thandiwe", "Nkosi", "1988-02-11").await];
        let shared = shared_ids(&world).await;
        colleague(&world, "second.a", "ngo_supervisor", "NGO A").await;
        world.remember_creations();
        let mut unique = 0;
        for operation in keyed().iter().filter(|operation| !done.contains(&operation.id)) {
            let scope = operation.scope.as_deref().and_then(Permission::parse).expect("a permission");
            if role.may(scope) {
                attempt(&world, operation, &shared, &mut pairs, &mut unique).await;
            }
        }
        repeat_all(&world, &mut done, &mut read).await;
    }
    let all: BTreeSet<String> = keyed().into_iter().map(|operation| operation.id).collect();
    assert_eq!(done, all, "make each succeed in `after_something` of every_role.rs");
    let without_address: BTreeSet<String> = all.difference(&read).cloned().collect();
    // What these make is told in a list, or once.
    let known = [
        "create_audit_export",
        "create_cases",
        "create_client_secret",
        "create_coverage",
        "create_emergency_access",
        "create_export",
        "create_fine_rate",
        "create_organisation_wide_referral",
        "create_tracing_requests",
        "record_afterwards_list",
    ];
    assert_eq!(without_address, known.map(str::to_owned).into());
}

#[rstest]
#[actix_web::test]
async fn what_changed_is_told_as_it_is_and_what_is_gone_is_not_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.remember_creations();
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.post("caseworker.a", &at(&case, "/stays"), json!({ "entry": "sold", "notes": "As told at first" })).await.expect(201);
    let [registered, stayed] = world.creations().try_into().unwrap_or_else(|_| panic!("two were made"));
    world.patch("caseworker.a", &registered.location, json!({ "risk_level": "high" })).await.expect(200);
    let again = world.repeat(&registered).await;
    assert_eq!(again.json()["risk_level"], "high");
    is_a_read(&registered, &again, &world.get("caseworker.a", &registered.location).await);
    let etag = world.get("caseworker.a", &stayed.location).await.etag();
    world.send("caseworker.a", actix_web::http::Method::DELETE, &stayed.location, &[("if-match", &etag)], None).await.expect(204);
    world.repeat(&stayed).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.a", "/v1/cases").await.json()["items"].as_array().map(Vec::len), Some(1), "nothing is made twice");
}

#[rstest]
#[actix_web::test]
async fn a_code_is_shown_once_and_stored_nowhere(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.remember_creations();
    let organisation = crate::support::machines::organisation(world, "NGO A").await;
    let body = json!({ "organisation_id": organisation, "username": "minh", "display_name": "x", "role": "ngo_caseworker" });
    let first = world.post("admin", "/v1/users", body).await.expect(201).json();
    assert!(first["reset_code"].is_string() && first["reset_code_expires_at"].is_string(), "{first}");
    let again = world.repeat(&world.creations()[0]).await.expect(201).json();
    assert_eq!((&again["reset_code"], &again["reset_code_expires_at"]), (&Value::Null, &Value::Null));
    assert_eq!(again["id"], first["id"]);
}

#[rstest]
#[actix_web::test]
async fn a_request_from_before_the_upgrade_is_refused_and_not_made_twice(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.remember_creations();
    world.register("caseworker.a", data::vietnamese()).await;
    world.database.with_connection(|connection| connection.batch_execute("UPDATE idempotency_keys SET resource_ids = NULL")).unwrap();
    world.repeat(&world.creations()[0]).await.problem(409, "answer_not_kept");
    assert_eq!(world.get("caseworker.a", "/v1/cases").await.json()["items"].as_array().map(Vec::len), Some(1));
}

/// Sends every creating request that is about a case, as its owner; some cannot be carried out on it.
async fn create_everything(world: &World, case: &Value) {
    let shared = Ids { other: crate::support::machines::organisation(world, "NGO B").await, ..shared_ids(world).await };
    let id = case["id"].as_str().expect("an id").to_owned();
    let relative = world.register("caseworker.a", data::taiwanese()).await["id"].as_str().expect("an id").to_owned();
    crate::support::records::one_of(world, &id, "fine-payments").await;
    let ids =
        Ids { case: id, relative, code: case["code"].as_str().expect("a code").to_owned(), mission: world.mission("VNM").await, ..shared };
    let consent = data::consent("share_with_ngo");
    world.post("caseworker.a", &at(case, "/consents"), consent).await.expect(201);
    for operation in keyed().iter().filter(|operation| operation.template.starts_with("/v1/cases/{id}/")) {
        let mut body = marked(operation, &ids);
        if operation.id == "create_embassy_contact" {
            body["person_decision"] = json!("accepted");
        }
        if operation.id == "create_death" {
            crate::support::records::has_died(world, &ids.case);
        }
        world.post("caseworker.a", &data::path(&operation.template, &ids), body).await;
        crate::support::records::is_alive(world, &ids.case);
    }
    let on_board = format!("/v1/movements/batches/{}/passengers", ids.batch);
    world.post("caseworker.a", &on_board, json!({ "case_ids": [ids.case] })).await;
    emergency(world, "coordinator", case, json!(["health"])).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn no_repeated_request_tells_of_an_erased_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    world.remember_creations();
    let case = world.register("caseworker.a", canaries()).await;
    create_everything(world, &case).await;
    let id = case["id"].as_str().unwrap();
    let about: Vec<Creation> = world
        .creations()
        .into_iter()
        .filter(|creation| creation.url.contains(id) || creation.location.contains(id) || creation.operation == "create_emergency_access")
        .collect();
    let operations: BTreeSet<&str> = about.iter().map(|creation| creation.operation.as_str()).collect();
    let of_a_case = keyed().into_iter().filter(|operation| operation.template.starts_with("/v1/cases/{id}/"));
    let missing: Vec<String> = of_a_case.map(|operation| operation.id).filter(|id| !operations.contains(id.as_str())).collect();
    // The owner asks itself for nothing; nobody arrives before they leave; a legal hold forbids the erasure.
    assert_eq!(missing, ["create_arrival", "request_transfer"]);
    let act = json!({ "erasure": { "case_id": case["id"], "requested_by_person": true } });
    let approval = approved(world, "supervisor.a", "second.a", act).await;
    let erasure = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("supervisor.a", &at(&case, "/erasure"), erasure).await.expect(204);
    nothing_is_left(world, &[&case["id"], &case["person_id"]]);
    for creation in &about {
        let again = world.repeat(creation).await;
        assert_eq!(again.status, 404, "{}: {}", creation.operation, again.text());
        assert!(!again.text().contains("canary-"), "{}", creation.operation);
    }
    for (table, rows) in dump::everything(world) {
        for row in rows {
            assert!(!dump::has_text(&row, "canary-"), "{table}: {row}");
        }
    }
}

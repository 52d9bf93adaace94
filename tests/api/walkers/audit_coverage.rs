//! Every operation leaves an audit entry that says truthfully how it ended: who asked, with which outcome, about what, and which
//! compartments were opened. It is there before the answer, it holds nothing about a person, and nobody fills the trail from outside.

use std::collections::HashMap;

use actix_web::http::Method;
use homeward::db::reporting::audit::{self, AuditEntryRow};
use homeward::domain::access::compartments::Compartment;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::data::{Ids, USERS};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};
use crate::walkers::access_matrix::{Operation, call, case_ids, ends_sessions, nowhere, operations, shared_ids};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/walkers/audit_coverage.txt");

/// Operations whose success leaves no entry: what anybody may know, one's own account, and figures. The list may only shrink.
const LEAVES_NONE: &[&str] = &[
    "get_health",
    "get_readiness",
    "get_metrics",
    "get_jwks",
    "get_authorization_server",
    "get_openapi",
    "get_openapi_30",
    "get_me",
    "list_missions",
    "get_mission",
    "list_compounds",
    "get_compound",
    "list_operations",
    "get_operation",
    "get_repatriation_diagram",
    "list_audit_checkpoints",
    "get_case_statistics",
    "get_case_statistics_csv",
    "get_funnel_report",
    "get_funnel_csv",
    "get_funnel_chart",
    "get_backlog_report",
    "get_backlog_csv",
    "get_backlog_chart",
    "get_ageing_report",
    "get_ageing_csv",
    "get_ageing_chart",
    "get_fines_report",
    "get_fines_csv",
    "get_fines_chart",
    "get_reconciliation_report",
    "get_reconciliation_csv",
    "get_reconciliation_chart",
    "get_re_trafficking_report",
    "get_re_trafficking_csv",
    "get_re_trafficking_chart",
    "get_forecast_report",
    "get_forecast_csv",
    "get_forecast_chart",
    "list_fine_rates",
    "list_own_sessions",
    "get_code_of_conduct",
];

async fn entries(world: &World, after: i64) -> Vec<AuditEntryRow> {
    world.db.as_system("test").read(move |tx| audit::list(tx, after)).await.expect("the trail")
}

async fn last_seq(world: &World) -> i64 {
    entries(world, 0).await.last().map_or(0, |entry| entry.seq)
}

/// The entries of one request.
async fn of_request(world: &World, before: i64, answer: &Answer) -> Vec<AuditEntryRow> {
    let request = answer.header("x-request-id").to_owned();
    entries(world, before).await.into_iter().filter(|entry| entry.request_id.to_string() == request).collect()
}

fn right_actor(operation: &str) -> &'static str {
    match operation {
        "create_organisation_wide_referral" | "list_case_accesses" => "supervisor.a",
        "list_audit_entries" | "create_audit_export" | "get_audit_export_csv" | "list_data_protection_events" => "auditor",
        name if name.contains("mission_report") => "coordinator",
        name if name.contains("organisation")
            || name.contains("user")
            || name.contains("password_reset")
            || name.contains("client")
            || name.contains("mission")
            || name.contains("coverage")
            || name.contains("fine_rate") =>
        {
            "admin"
        }
        "create_nationality_verification" => "caseworker.a",
        "update_nationality_verification" => "officer.vnm",
        "review_emergency_access" => "supervisor.a",
        "advance_referral" | "advance_transfer" => "caseworker.b",
        name if name.contains("merge") || name.starts_with("record_afterwards") => "supervisor.a",
        "close_case" | "reopen_case" | "assign_case" | "erase_person" | "undo_protection_pathway" => "supervisor.a",
        name if name.contains("approval") || name.contains("export") => "supervisor.a",
        "login" | "refresh" | "reset_password" | "issue_token" | "get_readiness" => "",
        _ => "caseworker.a",
    }
}

/// How an answer ended: the code of its problem, or `ok`.
fn code_of(answer: &Answer) -> String {
    if answer.status < 400 {
        return "ok".to_owned();
    }
    let code = answer.json()["code"].as_str().map(ToOwned::to_owned);
    // The token endpoint answers in the form of OAuth 2.0.
    code.unwrap_or_else(|| "unauthenticated".to_owned())
}

/// The ids in the address of a request.
fn ids_of(url: &str) -> Vec<uuid::Uuid> {
    url.split(['/', '?']).filter_map(|segment| uuid::Uuid::parse_str(segment).ok()).collect()
}

/// Somebody who may not call an operation, if there is such a role.
fn wrong_actor(operation: &Operation, roles: &HashMap<String, Vec<String>>) -> Option<&'static str> {
    let may = roles.get(&operation.id)?;
    USERS.iter().find(|(_, role, _)| !may.iter().any(|known| known == role.as_str())).map(|(username, ..)| *username)
}

fn roles_of_operations() -> HashMap<String, Vec<String>> {
    let document = crate::support::contract::document();
    let items = document["paths"].as_object().expect("paths").values().flat_map(|item| item.as_object().expect("operations").values());
    let with_roles = items.filter_map(|operation| {
        let roles = operation["x-roles"].as_array()?.iter().filter_map(|role| role.as_str().map(ToOwned::to_owned)).collect();
        Some((operation["operationId"].as_str()?.to_owned(), roles))
    });
    with_roles.collect()
}

/// The last entry of a request tells the truth, and none of its entries tells the opposite.
fn check_truth(operation: &Operation, answer: &Answer, found: &[AuditEntryRow], url: &str) {
    let context = format!("{} ({} {})", operation.id, answer.status, code_of(answer));
    let last = found.last().unwrap_or_else(|| panic!("{context} left no entry"));
    assert_eq!(last.operation, operation.id, "{context}");
    assert_eq!(last.code, code_of(answer), "{context}");
    assert_eq!(last.status, i32::from(answer.status), "{context}");
    let decision = match answer.status {
        0..400 => "allowed",
        404 => "not_found",
        400..500 => "refused",
        _ => "failed",
    };
    assert_eq!(last.decision, decision, "{context}");
    if answer.status >= 400 {
        assert!(found.iter().all(|entry| entry.decision != "allowed"), "{context}: an entry says that it succeeded");
        assert!(last.compartments.is_empty(), "{context}: a refusal shows nothing");
    }
    for id in ids_of(url) {
        assert!(last.subject_ids.chunks(16).any(|subject| subject == id.as_bytes()), "{context} does not name {id}");
    }
    assert!(last.subject_ids.chunks(16).all(|subject| subject != uuid::Uuid::nil().as_bytes()), "{context} names nothing as something");
}

async fn check_actor(world: &World, actor: &str, operation: &Operation, found: &[AuditEntryRow]) {
    if actor.is_empty() {
        return;
    }
    let me = world.get(actor, "/v1/me").await.expect(200).json();
    for entry in found {
        let user = entry.user_id.map(|id| id.to_string());
        assert_eq!(user.as_deref(), me["user_id"].as_str(), "{} of {actor}", operation.id);
        assert_eq!(Some(entry.organisation_id.to_string().as_str()), me["organisation_id"].as_str(), "{} of {actor}", operation.id);
    }
}

/// What the trail says of one operation: one line for the call of whoever may, one for that of whoever may not.
async fn line(world: &World, operation: &Operation, shared: &Ids, roles: &HashMap<String, Vec<String>>, unique: usize) -> String {
    let ids = case_ids(world, shared, &operation.template).await;
    let actor = right_actor(&operation.id);
    if !actor.is_empty() {
        world.get(actor, "/v1/me").await.expect(200);
    }
    if operation.id == "reopen_case" {
        world.act("supervisor.a", &format!("/v1/cases/{}", ids.case), "/close", json!({ "reason": "other" })).await.expect(200);
    }
    let url = data::path(&operation.template, &ids);
    let refused = match wrong_actor(operation, roles) {
        Some(stranger) => {
            world.get(stranger, "/v1/me").await.expect(200);
            let before = last_seq(world).await;
            let answer = call(world, operation, stranger, &ids, unique).await;
            let found = of_request(world, before, &answer).await;
            assert_eq!((answer.status, found.len()), (403, 1), "{}: {found:?}", operation.id);
            check_truth(operation, &answer, &found, &url);
            check_actor(world, stranger, operation, &found).await;
            format!("{stranger} {} {}", answer.status, code_of(&answer))
        }
        None => "-".to_owned(),
    };
    let before = last_seq(world).await;
    let answer = call(world, operation, actor, &ids, unique).await;
    let found = of_request(world, before, &answer).await;
    if ends_sessions(&operation.id) {
        world.forget(actor);
    }
    let mut opened = "-".to_owned();
    if LEAVES_NONE.contains(&operation.id.as_str()) && answer.status < 400 {
        assert!(found.is_empty(), "{} leaves an entry now: take it off the list", operation.id);
        opened = "no entry".to_owned();
    } else if operation.scope.is_none() && answer.status >= 400 && found.is_empty() {
        opened = "counted".to_owned();
    } else {
        check_truth(operation, &answer, &found, &url);
        check_actor(world, actor, operation, &found).await;
        let compartments: Vec<String> = found.iter().flat_map(|entry| entry.compartments.iter()).map(|part| part.to_string()).collect();
        if !compartments.is_empty() {
            opened = compartments.join(" ");
        }
    }
    format!("{:<38} {:<17} {:<33} {:<40} {opened}", operation.id, actor, format!("{} {}", answer.status, code_of(&answer)), refused)
}

#[rstest]
#[actix_web::test]
async fn every_operation_leaves_an_entry_that_tells_how_it_ended(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let shared = shared_ids(world).await;
    let roles = roles_of_operations();
    let mut lines = vec![
        "What the audit trail says of a call by somebody who may, and of one by somebody who may not. Regenerate: HOMEWARD_UPDATE=1 cargo test audit_coverage".to_owned(),
        format!("{:<38} {:<17} {:<33} {:<40} opened", "operation", "who may", "ended", "who may not"),
    ];
    for (unique, operation) in operations().into_iter().enumerate() {
        world.post("caseworker.a", "/v1/cases", data::taiwanese()).await.expect(201);
        // A failed proof makes its user wait, and nothing here is about that.
        world.clock.forward(61);
        lines.push(line(world, &operation, &shared, &roles, 500 + unique).await.trim_end().to_owned());
    }
    let text = lines.join("\n") + "\n";
    #[expect(clippy::disallowed_methods, reason = "the committed table is rewritten on request")]
    let is_rewritten = std::env::var("HOMEWARD_UPDATE").is_ok();
    if is_rewritten {
        std::fs::write(TABLE, &text).expect("the table is written");
    }
    let committed = std::fs::read_to_string(TABLE).unwrap_or_default();
    let first = committed.lines().zip(text.lines()).find(|(old, new)| old != new);
    assert!(text == committed, "{TABLE} differs, first at {first:?}; if it should, run with HOMEWARD_UPDATE=1 and read the diff");
}

#[rstest]
#[actix_web::test]
async fn a_request_without_a_token_is_counted_and_is_no_entry(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let before = last_seq(world).await;
    let behind_doors: Vec<Operation> = operations().into_iter().filter(|operation| operation.scope.is_some()).collect();
    for operation in &behind_doors {
        let url = data::path(&operation.template, &nowhere());
        for _ in 0..2 {
            assert_eq!(world.send("", operation.method.clone(), &url, &[], None).await.status, 401, "{}", operation.id);
        }
    }
    for _ in 0..200 {
        let forged = json!({ "refresh_token": "not-one-of-ours" });
        world.post("", "/v1/auth/refresh", forged).await.problem(401, "invalid_refresh_token");
        world.get("", "/readyz").await.expect(200);
    }
    world.db.flush_refusals().await;
    let found = entries(world, before).await;
    assert!(found.is_empty(), "{found:?}");
    let counted = world.db.as_system("test").read(audit::anonymous_refusals).await.expect("the counts");
    let count = |operation: &str| counted.iter().filter(|(name, ..)| name == operation).map(|(.., count)| *count).sum::<i64>();
    assert!(behind_doors.iter().all(|operation| count(&operation.id) == 2), "{counted:?}");
    assert_eq!((count("refresh"), count("get_readiness")), (200, 0));
}

#[rstest]
#[actix_web::test]
async fn a_failed_sign_in_names_the_account_and_a_hash_of_what_was_tried(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let user = world.get("caseworker.a", "/v1/me").await.json()["user_id"].as_str().expect("an id").to_owned();
    let tries = async |name: &str| {
        let before = last_seq(world).await;
        let answer = world.post("", "/v1/auth/login", json!({ "username": name, "password": "a wrong password" })).await;
        let found = of_request(world, before, &answer).await;
        answer.problem(401, "invalid_credentials");
        let [entry] = found.as_slice() else { panic!("one entry: {found:?}") };
        assert_eq!((entry.operation.as_str(), entry.decision.as_str(), entry.code.as_str()), ("login", "refused", "invalid_credentials"));
        assert_eq!((entry.status, entry.user_id), (401, None));
        (entry.name_tried.clone().expect("a hash"), entry.subject_ids.clone())
    };
    let (known, subject) = tries("caseworker.a").await;
    assert_eq!(uuid::Uuid::from_slice(&subject).expect("one id").to_string(), user);
    world.clock.forward(61);
    assert_eq!(tries("CASEWORKER.A").await, (known.clone(), subject), "one name has one hash");
    let (nobody, subject) = tries("nobody.of.this.name").await;
    assert!(subject.is_empty() && nobody != known && !nobody.windows(6).any(|part| part == b"nobody"));
}

#[rstest]
#[actix_web::test]
async fn a_wrong_proof_is_no_success_in_the_trail(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let ended = async |url: &str, body: Value| {
        world.clock.forward(61);
        world.get("caseworker.a", "/v1/me").await.expect(200);
        let before = last_seq(world).await;
        let answer = world.post("caseworker.a", url, body).await;
        let found = of_request(world, before, &answer).await;
        let entries: Vec<_> = found.iter().map(|entry| (entry.code.clone(), entry.status, entry.user_id.is_some())).collect();
        (answer.status, entries)
    };
    let wrong = ended("/v1/auth/step-up", json!({ "password": "a wrong password" })).await;
    assert_eq!(wrong, (401, vec![("invalid_credentials".to_owned(), 401, true)]));
    let right = ended("/v1/auth/step-up", json!({ "password": crate::support::world::PASSWORD })).await;
    assert_eq!(right, (204, vec![("ok".to_owned(), 204, true)]));
    let change = json!({ "current_password": "a wrong password", "new_password": "a new and long password of mine" });
    assert_eq!(ended("/v1/auth/password", change).await, (422, vec![("validation_failed".to_owned(), 422, true)]));
}

#[rstest]
#[actix_web::test]
async fn whoever_is_refused_again_and_again_is_counted_in_one_entry(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.clock.set(world.clock.now());
    let case = world.register("caseworker.a", data::vietnamese()).await["id"].as_str().expect("an id").to_owned();
    world.get("analyst", "/v1/me").await.expect(200);
    let before = last_seq(world).await;
    for _ in 0..100 {
        world.get("analyst", &format!("/v1/cases/{case}")).await.problem(403, "permission_denied");
    }
    world.db.flush_refusals().await;
    let found: Vec<_> = entries(world, before).await.into_iter().filter(|entry| entry.operation == "get_case").collect();
    // Two, or a few more if the clock passed a minute meanwhile.
    assert!(found.len() <= 6, "{found:?}");
    assert_eq!(found.iter().map(|entry| entry.occurrences).sum::<i32>(), 100);
    let id = uuid::Uuid::parse_str(&case).expect("an id");
    assert!(found.iter().all(|entry| entry.subject_ids == id.as_bytes() && entry.code == "permission_denied"));
    // Five hundred names do not make five hundred entries.
    let before = last_seq(world).await;
    for number in 0..500 {
        world.post("", "/v1/auth/login", json!({ "username": format!("guess{number}"), "password": "a wrong password" })).await;
    }
    world.db.flush_refusals().await;
    let minutes = 5;
    let named = entries(world, before).await.len();
    assert!((1..=60 * minutes).contains(&named), "{named}");
}

/// What somebody with a valid token is refused before any door was reached is theirs, too.
#[rstest]
#[actix_web::test]
async fn a_refusal_before_the_door_names_its_caller(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (method, url, code) in [
        (Method::GET, "/v1/nowhere", "route_not_found"),
        (Method::PUT, "/v1/cases", "method_not_allowed"),
        (Method::GET, "/v1/cases/x", "not_found"),
    ] {
        world.get("caseworker.a", "/v1/me").await.expect(200);
        let before = last_seq(world).await;
        let answer = world.send("caseworker.a", method, url, &[], None).await;
        let found = of_request(world, before, &answer).await;
        assert_eq!(found.iter().map(|entry| (entry.code.as_str(), entry.user_id.is_some())).collect::<Vec<_>>(), [(code, true)], "{url}");
    }
}

#[test]
fn an_operation_says_that_it_is_recorded_where_it_is() {
    let document = crate::support::contract::document();
    for item in document["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("operations").values().filter(|operation| operation.get("x-permission").is_some()) {
            let (id, description) = (operation["operationId"].as_str().expect("an id"), operation["description"].as_str().expect("a text"));
            assert_ne!(LEAVES_NONE.contains(&id), description.contains("audit trail"), "{id}: {description}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_read_names_the_compartments_it_opened_and_a_refusal_is_recorded_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let shared = shared_ids(world).await;
    let ids = case_ids(world, &shared, "").await;
    let last = async || entries(world, 0).await.pop().expect("an entry");
    world.get("officer.vnm", &format!("/v1/cases/{}", ids.case)).await.expect(200);
    let entry = last().await;
    assert_eq!(entry.compartments.iter().collect::<Vec<_>>(), [Compartment::Identity, Compartment::Contact]);
    assert_eq!((entry.operation.as_str(), entry.decision.as_str()), ("get_case", "allowed"));
    world.get("officer.idn", &format!("/v1/cases/{}", ids.case)).await.expect(404);
    let entry = last().await;
    assert_eq!((entry.operation.as_str(), entry.decision.as_str(), entry.compartments.is_empty()), ("get_case", "not_found", true));
    world
        .send(
            "caseworker.a",
            Method::PATCH,
            &format!("/v1/cases/{}", ids.case),
            &[("if-match", "\"999-0\"")],
            Some(&serde_json::json!({ "risk_level": "low" })),
        )
        .await
        .expect(412);
    assert_eq!(last().await.decision, "refused");
}

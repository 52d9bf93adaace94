//! Every operation that changes data, and every one that opens a compartment, leaves an audit entry in its name before the caller
//! has the answer; and no entry holds anything about a person.

use actix_web::http::Method;
use homeward::db::reporting::audit;
use homeward::domain::access::compartments::Compartment;
use rstest::rstest;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};
use crate::walkers::access_matrix::{call, case_ids, ends_sessions, operations, shared_ids};

/// Operations that open no compartment and change nothing. The list may only shrink.
const LEAVES_NONE: &[&str] = &[
    "get_health",
    "get_metrics",
    "get_jwks",
    "get_authorization_server",
    "get_openapi",
    "get_openapi_30",
    "get_me",
    "list_organisations",
    "get_organisation",
    "list_users",
    "list_clients",
    "list_approvals",
    "get_approval",
    "get_client",
    "get_user",
    "list_missions",
    "get_mission",
    "list_compounds",
    "get_compound",
    "list_operations",
    "get_operation",
    "get_repatriation_diagram",
    "get_case_statistics",
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
    "list_user_sessions",
    "get_code_of_conduct",
];

async fn entries(world: &World, after: i64) -> Vec<audit::AuditEntryRow> {
    world.db.as_system("test").read(move |tx| audit::list(tx, after)).await.expect("the trail")
}

fn right_actor(operation: &str) -> &'static str {
    match operation {
        "create_organisation_wide_referral" => "supervisor.a",
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
        name if name.contains("merge") => "supervisor.a",
        "close_case" | "reopen_case" | "assign_case" | "erase_person" => "supervisor.a",
        name if name.contains("approval") || name.contains("export") => "supervisor.a",
        "login" | "refresh" | "reset_password" | "issue_token" | "get_readiness" => "",
        _ => "caseworker.a",
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
async fn every_operation_leaves_its_entry(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let shared = shared_ids(world).await;
    for (unique, operation) in operations().into_iter().enumerate() {
        let ids = case_ids(world, &shared, &operation.template).await;
        world.post("caseworker.a", "/v1/cases", data::taiwanese()).await.expect(201);
        let actor = right_actor(&operation.id);
        if !actor.is_empty() {
            world.get(actor, "/v1/me").await.expect(200);
        }
        if operation.id == "reopen_case" {
            world
                .act("supervisor.a", &format!("/v1/cases/{}", ids.case), "/close", serde_json::json!({ "reason": "other" }))
                .await
                .expect(200);
        }
        let before = entries(world, 0).await.last().map_or(0, |entry| entry.seq);
        let answer = call(world, &operation, actor, &ids, 500 + unique).await;
        let found: Vec<_> = entries(world, before).await.into_iter().filter(|entry| entry.operation == operation.id).collect();
        if ends_sessions(&operation.id) {
            world.forget(actor);
        }
        if LEAVES_NONE.contains(&operation.id.as_str()) {
            assert!(found.is_empty(), "{} leaves an entry now: take it off the list", operation.id);
            continue;
        }
        assert!(!found.is_empty(), "{} ({}) left no audit entry", operation.id, answer.status);
        let request = answer.header("x-request-id").to_owned();
        assert!(found.iter().all(|entry| entry.request_id.to_string() == request), "{}", operation.id);
        if operation.template.starts_with("/v1/cases/{id}") {
            let case = uuid::Uuid::parse_str(&ids.case).unwrap();
            assert!(
                found.iter().any(|entry| entry.subject_ids.chunks(16).any(|id| id == case.as_bytes())),
                "{} names no case",
                operation.id
            );
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

//! Sharing without the person's consent: two people answer for it, each in a session of their own, and those who answer for data
//! protection are told.

use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::sharing::consents_and_referrals::{answer, at, refer_to_b};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::everything;
use crate::support::{Answer, World, data};

const REASON: &str = "Unconscious at the hospital; the surgeon asks";

fn parameters(case: &Value) -> Value {
    json!({ "case_id": case["id"], "purpose": "share_with_ngo", "recipient": "anyone", "compartments": ["health", "identity"],
            "basis": "vital_interest", "expires_at": "2999-01-01T00:00:00Z" })
}

async fn ask(world: &World, actor: &str, case: &Value) -> Answer {
    world.post(actor, "/v1/approvals", json!({ "consent_override": parameters(case), "reason": REASON })).await
}

async fn record(world: &World, actor: &str, case: &Value, approval: &Value, change: Value) -> Answer {
    let mut body = data::consent("share_with_ngo");
    body["answer"] = json!("overridden");
    body["compartments"] = json!(["identity", "health"]);
    body["expires_at"] = json!("2999-01-01T00:00:00Z");
    body["override_details"] = json!({ "basis": "vital_interest", "approval_id": approval, "reason": REASON });
    for (field, value) in change.as_object().expect("fields") {
        body[field] = value.clone();
    }
    world.post(actor, &at(case, "/consents"), body).await
}

#[rstest]
#[actix_web::test]
async fn a_caseworker_asks_and_a_supervisor_decides(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "caseworker.two", "ngo_caseworker", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    answer(world, &case, json!({ "answer": "refused", "compartments": [] })).await.expect(201);
    let asked = ask(world, "caseworker.a", &case).await.expect(201).json()["id"].clone();
    let at = format!("/v1/approvals/{}", asked.as_str().expect("an id"));
    let approve = format!("{at}/approve");
    // Asking is not deciding, neither on one's own request nor on that of a colleague, whose request stays unseen.
    for actor in ["caseworker.a", "caseworker.two"] {
        world.post(actor, &approve, Value::Null).await.problem(403, "permission_denied");
    }
    world.get("caseworker.two", &at).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.two", "/v1/approvals").await.expect(200).json()["items"], json!([]));
    record(world, "caseworker.a", &case, &asked, json!({})).await.problem(409, "approval_required");

    assert_eq!(world.get("supervisor.a", &at).await.expect(200).json()["status"], "open");
    world.post("supervisor.a", &approve, Value::Null).await.expect(200);
    assert_eq!(world.get("caseworker.a", "/v1/approvals").await.expect(200).json()["items"][0]["status"], "approved");
    // Whoever approved it does not do it, and a colleague neither: the one who asked does.
    for actor in ["supervisor.a", "caseworker.two"] {
        record(world, actor, &case, &asked, json!({})).await.problem(409, "approval_required");
    }
    record(world, "caseworker.a", &case, &asked, json!({})).await.expect(201);
    refer_to_b(world, &case).await.expect(201);
    // One asks for no more than one may do: the officer of a mission that sees nothing of the case, a caseworker who erases nobody.
    ask(world, "officer.idn", &case).await.problem(404, "not_found");
    let erasure = json!({ "erasure": { "case_id": case["id"], "requested_by_person": true }, "reason": REASON });
    world.post("caseworker.a", "/v1/approvals", erasure).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn sharing_without_consent_takes_two_and_the_data_protection_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let second = colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    world.patch("admin", &second, json!({ "data_protection": true })).await.expect(200);
    let case = world.register("caseworker.a", data::vietnamese()).await;
    answer(world, &case, json!({ "answer": "refused", "compartments": [] })).await.expect(201);
    refer_to_b(world, &case).await.problem(422, "consent_required");

    let asked = ask(world, "supervisor.a", &case).await.expect(201).json()["id"].clone();
    record(world, "supervisor.a", &case, &asked, json!({})).await.problem(409, "approval_required");
    let approve = format!("/v1/approvals/{}/approve", asked.as_str().expect("an id"));
    world.post("supervisor.a", &approve, Value::Null).await.problem(409, "same_person");
    world.post("second.a", &approve, Value::Null).await.expect(200);
    // Only whoever asked, and only once.
    record(world, "second.a", &case, &asked, json!({})).await.problem(409, "approval_required");
    let recorded = record(world, "supervisor.a", &case, &asked, json!({})).await.expect(201).json();
    let approver = world.get("second.a", "/v1/me").await.json()["user_id"].clone();
    assert_eq!(recorded["override_approver_id"], approver);
    record(world, "supervisor.a", &case, &asked, json!({})).await.problem(409, "approval_decided");
    refer_to_b(world, &case).await.expect(201);
    let told = &everything(world)["data_protection_events"];
    assert_eq!(told.iter().filter(|event| event.contains("consent_overridden")).count(), 1, "{told:?}");
}

#[rstest]
#[actix_web::test]
async fn another_override_than_the_approved_one_is_refused_and_voids_the_approval(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let other = world.register("caseworker.a", data::taiwanese()).await;
    for (case_of, change) in [
        (&case, json!({ "compartments": ["identity", "health", "narrative"] })),
        (&case, json!({ "purpose": "share_with_court" })),
        (&case, json!({ "recipient": "organisation_kind", "recipient_organisation_kind": "ngo" })),
        (&case, json!({ "expires_at": "2999-01-02T00:00:00Z" })),
        (&other, json!({})),
    ] {
        let asked = ask(world, "supervisor.a", &case).await.expect(201).json()["id"].clone();
        world.post("second.a", &format!("/v1/approvals/{}/approve", asked.as_str().expect("an id")), Value::Null).await.expect(200);
        record(world, "supervisor.a", case_of, &asked, change).await.problem(409, "approval_void");
        record(world, "supervisor.a", &case, &asked, json!({})).await.problem(409, "approval_void");
    }
    refer_to_b(world, &case).await.problem(422, "consent_required");
    ask(world, "supervisor.idn", &case).await.problem(404, "not_found");
}

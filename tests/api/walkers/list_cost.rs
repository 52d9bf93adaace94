//! Lists that decide something: empty, null, absent, with an item twice, and with one stranger among many. Refused as a whole or
//! handled as the document says, and never half done.

use std::collections::BTreeSet;

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::repatriation::waiver_requests;
use crate::sharing::consents_and_referrals::{answer, at, organisation_of};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::{changed, dump};
use crate::support::machines::Machine;
use crate::support::{Answer, World, data};
use crate::walkers::access_matrix::{nowhere, operations};
use crate::walkers::cross_reference::ids::{described, walk};

/// A list that decides something: its operation and place, and the answers to: an empty list, null, no list, an element
/// twice, and a stranger among the rest.
type Decisive = (&'static str, &'static str, [u16; 5]);

const DECISIVE: &[Decisive] = &[
    // Some purposes share nothing: a consent to nothing opens nothing.
    ("create_consent", "/compartments", [201, 400, 400, 422, 400]),
    ("create_referral", "/compartments", [422, 400, 400, 422, 422]),
    ("create_emergency_access", "/compartments", [422, 400, 400, 422, 422]),
    ("add_movement_passengers", "/case_ids", [422, 400, 400, 422, 422]),
    ("add_waiver_request_members", "/case_ids", [422, 400, 400, 422, 422]),
    ("answer_waiver_request", "/answers", [422, 400, 400, 422, 422]),
    // The same scope twice is that scope.
    ("create_client", "/scopes", [422, 400, 400, 201, 422]),
    // A merge patch that says nothing of a list leaves it as it is.
    ("update_client", "/scopes", [422, 422, 200, 200, 422]),
    // No address: from any.
    ("create_client", "/allowed_from", [201, 400, 201, 201, 400]),
    ("update_client", "/allowed_from", [200, 422, 200, 200, 400]),
    ("create_approval", "/sharing/compartments", [422, 400, 400, 422, 400]),
    ("create_approval", "/consent_override/compartments", [422, 400, 400, 422, 400]),
    ("create_organisation_wide_referral", "/sharing/compartments", [422, 400, 400, 422, 400]),
    // Each is taken or refused on its own, and the answer says which.
    ("create_tracing_requests", "/items", [422, 400, 400, 201, 201]),
    ("create_cases", "/items", [422, 400, 400, 201, 201]),
    ("record_afterwards_list", "/items", [422, 400, 400, 201, 201]),
];

/// Lists that describe a person or a thing, and decide nothing about access.
const DESCRIPTIVE: &[&str] = &[
    // The warnings that somebody read: they take one off, and no guard.
    "/accepts",
    "/aliases",
    "/bands",
    "/choices",
    // What each column of a list is: who registers is decided by the rows.
    "/columns",
    "/companions",
    "/contact/emails",
    "/contact/phones",
    "/contact/phones/0/several",
    "/counts",
    "/counts/0/includes_nationalities",
    "/details/sought/other_names",
    "/carer_checks",
    "/codes",
    "/evidence",
    "/factors",
    "/further_nationalities",
    "/figures",
    "/identity/aliases",
    "/identity/documents",
    "/identity/languages",
    "/indicators",
    "/items/0/details/sought/other_names",
    // Public keys: each is one that may sign, and tests/api/machines tries the wrong ones.
    "/keys/keys",
    "/kinds",
    "/legs",
    "/localities",
    "/mapping/columns",
    "/mitigations",
    "/narrative/control_methods",
    "/narrative/exploitation_types",
    "/narrative/recruitment_methods",
    "/narrative/scam_types",
    "/nationalities",
    "/other_names",
    "/panel",
    "/penalties",
    "/permits",
    "/person/other_names",
    "/phone/several",
    "/seizures",
    "/sources",
    "/states",
    "/steps",
    "/tests",
];

/// A request with a list: its sender, its address, the fields besides the list, and a good list.
struct Request {
    actor: &'static str,
    method: Method,
    url: String,
    body: Value,
    good: Vec<Value>,
    stranger: Value,
}

async fn case(world: &World) -> Value {
    let case = world.register("caseworker.a", data::vietnamese()).await;
    answer(world, &case, json!({ "compartments": ["identity", "health"] })).await.expect(201);
    case
}

async fn request(world: &World, operation: &str, field: &str) -> Request {
    let request = |actor, url: String, body, good: Value, stranger| Request {
        actor,
        method: if operation.starts_with("update") { Method::PATCH } else { Method::POST },
        url,
        body,
        good: good.as_array().expect("a list").clone(),
        stranger,
    };
    match (operation, field) {
        ("create_consent", _) => {
            let case = case(world).await;
            request(
                "caseworker.a",
                at(&case, "/consents"),
                data::consent("share_with_ngo"),
                json!(["identity", "health"]),
                json!("everything"),
            )
        }
        ("create_referral", _) => {
            let body = data::referral(&organisation_of(world, "caseworker.b").await);
            let case = case(world).await;
            request("caseworker.a", at(&case, "/referrals"), body, json!(["identity", "health"]), json!("protection"))
        }
        ("create_emergency_access", _) => {
            let ids = data::Ids { code: case(world).await["code"].as_str().expect("a code").to_owned(), ..data::Ids::default() };
            let body = data::sample(operation, &ids, 0).expect("a body");
            request("caseworker.b", "/v1/emergency-accesses".to_owned(), body, json!(["health", "contact"]), json!("protection"))
        }
        ("add_movement_passengers", _) => {
            let mut batch = data::sample("create_movement_batch", &data::Ids::default(), 0).expect("a body");
            batch["capacity"] = json!(60);
            let batch = world.post("caseworker.a", "/v1/movements/batches", batch).await.expect(201).header("location").to_owned();
            let mut own = Vec::new();
            for _ in 0..50 {
                own.push(world.register("caseworker.a", data::vietnamese()).await["id"].clone());
            }
            let stranger = world.register("caseworker.b", data::vietnamese()).await["id"].clone();
            request("caseworker.a", format!("{batch}/passengers"), json!({}), json!(own), stranger)
        }
        ("add_waiver_request_members" | "answer_waiver_request", _) => {
            let url = format!("/v1/waiver-requests/{}", waiver_requests::made(world, "caseworker.a").await);
            let mut own = Vec::new();
            for _ in 0..50 {
                own.push(world.register("caseworker.a", data::vietnamese()).await["id"].clone());
            }
            let stranger = world.register("caseworker.b", data::vietnamese()).await["id"].clone();
            if operation == "add_waiver_request_members" {
                return request("caseworker.a", format!("{url}/members"), json!({}), json!(own), stranger);
            }
            world.post("caseworker.a", &format!("{url}/members"), json!({ "case_ids": own })).await.expect(201);
            let answer = |case: &Value| json!({ "case_id": case, "status": "refused", "answered_on": "2026-01-19" });
            let answers: Vec<Value> = own.iter().map(answer).collect();
            request("caseworker.a", format!("{url}/answers"), json!({}), json!(answers), answer(&stranger))
        }
        ("create_client" | "update_client", field) => {
            let machine = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
            let ids = data::Ids { organisation: organisation_of(world, "caseworker.a").await, ..data::Ids::default() };
            let (url, body) = match operation {
                "create_client" => ("/v1/clients".to_owned(), data::sample(operation, &ids, 0).expect("a body")),
                _ => (machine.url(), json!({ "name": "The register" })),
            };
            match field {
                "/scopes" => request("admin", url, body, json!(["case:read", "statistics:read"]), json!("user:manage")),
                _ => request("admin", url, body, json!(["192.0.2.0/24", "198.51.100.7/32"]), json!("everywhere")),
            }
        }
        ("create_approval", "/consent_override/compartments") => {
            let case = world.register("supervisor.a", data::vietnamese()).await;
            let parameters = json!({
                "case_id": case["id"], "purpose": "share_with_ngo", "recipient": "anyone", "compartments": ["health", "identity"],
                "basis": "vital_interest", "expires_at": "2999-01-01T00:00:00Z",
            });
            let body = json!({ "reason": "Unconscious at the hospital; the surgeon asks", "consent_override": parameters });
            request("supervisor.a", "/v1/approvals".to_owned(), body, json!(["identity", "health"]), json!("everything"))
        }
        ("create_approval" | "create_organisation_wide_referral", _) => {
            let sharing = data::sharing(&organisation_of(world, "caseworker.b").await);
            let (good, stranger) = (json!(["identity", "health"]), json!("everything"));
            if operation == "create_approval" {
                let body = json!({ "reason": "The clinic takes everybody over on Monday", "sharing": sharing });
                return request("supervisor.a", "/v1/approvals".to_owned(), body, good, stranger);
            }
            crate::accounts::approvals::colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
            let approval = crate::accounts::approvals::approved(world, "supervisor.a", "second.a", json!({ "sharing": sharing })).await;
            let body = json!({ "approval_id": approval, "sharing": sharing });
            request("supervisor.a", "/v1/referrals/organisation-wide".to_owned(), body, good, stranger)
        }
        ("create_tracing_requests", _) => {
            let good: Vec<Value> = (0..50).map(|number| data::looked_for(&format!("Nguyễn Văn {number}"))).collect();
            let mut stranger = data::looked_for("Nobody");
            stranger["details"]["sought"]["birth_date"] = json!("2199-01-01");
            request("officer.vnm", "/v1/tracing-requests/batch".to_owned(), json!({}), json!(good), stranger)
        }
        ("create_cases", _) => {
            let who = |number: usize| json!({ "person": { "host_country": "KHM", "intake_channel": "other", "identity": { "given_name": format!("Arrived {number}") } } });
            let good: Vec<Value> = (0..50).map(who).collect();
            let mut stranger = who(0);
            stranger["person"]["compound_id"] = json!(nowhere().case);
            request("caseworker.a", "/v1/cases/batch".to_owned(), json!({}), json!(good), stranger)
        }
        ("record_afterwards_list", _) => {
            let who = |number: usize| {
                json!({ "person": { "host_country": "KHM", "intake_channel": "other", "identity": { "given_name": format!("Returned {number}") } },
                        "departed_on": "2026-01-05", "basis": "self_organised" })
            };
            let good: Vec<Value> = (0..20).map(who).collect();
            let stranger = json!({ "case_id": nowhere().case, "departed_on": "2026-01-05", "basis": "self_organised" });
            let body = json!({ "reason": "Known only now", "source": "Airport desk" });
            request("supervisor.a", "/v1/cases/afterwards".to_owned(), body, json!(good), stranger)
        }
        (new, field) => panic!("{new} {field}: say how it is asked for"),
    }
}

impl Request {
    async fn send(&self, world: &World, field: &str, list: Option<Value>) -> Answer {
        let mut body = self.body.clone();
        let (parent, name) = field.rsplit_once('/').expect("a pointer");
        let around = body.pointer_mut(parent).expect("the parent is there");
        match list {
            Some(list) => around[name] = list,
            None => drop(around.as_object_mut().expect("an object").remove(name)),
        }
        if name != "case_ids" && self.url.starts_with("/v1/clients") {
            body["name"] = json!(format!("Register {}", uuid::Uuid::new_v4()));
        }
        match self.method {
            Method::PATCH => world.patch(self.actor, &self.url, body).await,
            _ => world.post(self.actor, &self.url, body).await,
        }
    }

    /// The five lists of the table.
    fn lists(&self) -> [(&'static str, Option<Value>); 5] {
        let with = |more: &Value| json!(self.good.iter().chain([more]).collect::<Vec<_>>());
        let first = self.good.first().expect("a good element");
        [
            ("empty", Some(json!([]))),
            ("null", Some(Value::Null)),
            ("missing", None),
            ("twice", Some(with(first))),
            ("a stranger among them", Some(with(&self.stranger))),
        ]
    }
}

#[test]
fn every_list_of_the_document_is_known() {
    let document = crate::support::contract::document();
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    for operation in operations() {
        for content in
            described(document, &operation)["requestBody"]["content"].as_object().into_iter().flatten().map(|(_, content)| content)
        {
            walk(document, &content["schema"], "", &mut |pointer, schema| {
                let is_list = schema["type"] == "array" || schema["type"].as_array().is_some_and(|types| types.contains(&json!("array")));
                let decides = DECISIVE.iter().any(|(id, field, _)| *id == operation.id && *field == pointer);
                if is_list && decides {
                    known.insert((operation.id.clone(), pointer.to_owned()));
                } else if is_list {
                    // A person among several is registered as one alone is.
                    let pointer = pointer.strip_prefix("/items/0/person").unwrap_or(pointer);
                    let what =
                        format!("{} {pointer}: does this list decide who may see or do something? Say so in the table", operation.id);
                    assert!(DESCRIPTIVE.contains(&pointer), "{what}");
                }
            });
        }
    }
    assert_eq!(known.len(), DECISIVE.len(), "the table speaks of a list that is no more");
}

#[rstest]
#[actix_web::test]
async fn a_list_that_decides_is_taken_as_a_whole_or_not_at_all(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut wrong = Vec::new();
    for (operation, field, expected) in DECISIVE {
        let request = request(world, operation, field).await;
        for ((what, list), expected) in request.lists().into_iter().zip(expected) {
            let before = dump(world);
            let answer = request.send(world, field, list).await;
            let said = format!("{operation} {field}: {what}: {} instead of {expected}: {}", answer.status, answer.text());
            if answer.status != *expected {
                wrong.push(said.clone());
            }
            let changed = changed(&before, &dump(world));
            if answer.status >= 400 && !changed.is_empty() {
                wrong.push(format!("{changed:?} changed: {said}"));
            }
            if answer.status >= 400
                && !answer.pointers().iter().any(|pointer| pointer.starts_with(field))
                && answer.json()["code"] != "consent_required"
                && what != "missing"
            {
                wrong.push(format!("the list is not named: {said}"));
            }
        }
        // The original list must be accepted.
        let good = request.send(world, field, Some(json!(request.good))).await;
        assert!((200..300).contains(&good.status), "{operation}: {}", good.text());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

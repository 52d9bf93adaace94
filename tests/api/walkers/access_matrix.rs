//! Every operation of the document × every kind of actor × a case of NGO A (which the Vietnamese mission may see too) and one
//! that does not exist. The outcome is compared with a committed table that can be read without knowing any code.

use actix_web::http::Method;
use homeward::domain::access::{Permission, Role};
use homeward::domain::accounts::machine::FOR_MACHINES;
use serde_json::{Value, json};

use crate::support::data::{self, Ids, USERS};
use crate::support::database::Kind;
use crate::support::machines::Machine;
use crate::support::{Answer, World};
use crate::support::{machines, records};

pub use super::nowhere::nowhere;

pub const NOBODY: &str = "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10";
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/walkers/access_matrix.txt");

/// An operation of the document.
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub template: String,
    pub scope: Option<String>,
    pub is_for_machines: bool,
    pub takes_a_key: bool,
}

/// Every operation of the generated document.
pub fn operations() -> Vec<Operation> {
    let document = crate::support::contract::document();
    let mut found = Vec::new();
    for (template, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            found.push(Operation {
                id: operation["operationId"].as_str().expect("an id").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                template: template.clone(),
                takes_a_key: crate::support::contract::takes_a_key(operation),
                is_for_machines: operation["security"][1].get("oauth2").is_some(),
                scope: operation["x-permission"].as_str().map(ToOwned::to_owned),
            });
        }
    }
    found
}

/// A fresh case of NGO A with everything below it. The Vietnamese mission may see it.
pub async fn case_ids(world: &World, shared: &Ids, template: &str) -> Ids {
    let id_of = |answer: Answer| answer.expect(201).json()["id"].as_str().expect("an id").to_owned();
    let case = id_of(world.post("caseworker.a", "/v1/cases", data::vietnamese()).await);
    let below = |rest: &str| format!("/v1/cases/{case}/{rest}");
    let mission = world.mission("VNM").await;
    let contact = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted" });
    let collection = template.split('/').nth(4).unwrap_or_default();
    let record = records::one_of(world, &case, collection).await;
    let handed = handed_on(world, shared, &case, template).await;
    let task = json!({ "note": "Call the sister", "due_on": "2026-02-01" });
    let (relative, relation) = records::related(world, &case, template).await;
    let announced = data::sample("create_attachment", shared, 0).expect("a body");
    let only_of = async |kind: &str, body: Value| {
        if collection == kind { id_of(world.post("caseworker.a", &below(kind), body).await) } else { String::new() }
    };
    Ids {
        attachment: only_of("attachments", announced).await,
        task: only_of("tasks", task).await,
        record,
        relative,
        relation,
        stay: id_of(world.post("caseworker.a", &below("stays"), json!({ "entry": "sold" })).await),
        contact: id_of(world.post("caseworker.a", &below("embassy-contacts"), contact).await),
        verification: id_of(world.post("caseworker.a", &below("nationality-verifications"), json!({ "mission_id": mission })).await),
        case,
        ..crate::people::imports::ids_for(world, template, handed).await
    }
}

/// The referral, transfer or emergency access that an operation needs, from a case to NGO B.
async fn handed_on(world: &World, shared: &Ids, case: &str, template: &str) -> Ids {
    let id_of = |answer: Answer| answer.expect(201).json()["id"].as_str().expect("an id").to_owned();
    let below = |rest: &str| format!("/v1/cases/{case}/{rest}");
    let needs = |part: &str| template.contains(part);
    let mut ids = Ids {
        code: world.get("caseworker.a", &format!("/v1/cases/{case}")).await.json()["code"].as_str().expect("a code").to_owned(),
        other: world.get("caseworker.b", "/v1/me").await.json()["organisation_id"].as_str().expect("an id").to_owned(),
        ..shared.clone()
    };
    if needs("/consents") || needs("/referrals") || needs("/transfers") {
        ids.consent = id_of(world.post("caseworker.a", &below("consents"), data::consent("share_with_ngo")).await);
    }
    if needs("/denials") {
        let never = json!({ "scope": "missions_of", "missions_of": "IDN" });
        ids.denial = id_of(world.post("caseworker.a", &below("denials"), never).await);
    }
    if template.starts_with("/v1/referrals/") {
        ids.referral = id_of(world.post("caseworker.a", &below("referrals"), data::referral(&ids.other)).await);
    }
    if template.starts_with("/v1/transfers/") {
        let body = data::sample("create_transfer", &ids, 0).expect("a body");
        ids.transfer = id_of(world.post("caseworker.a", &below("transfers"), body).await);
    }
    if template.starts_with("/v1/emergency-accesses/") {
        // One person may have only a few at a time.
        world.clock.forward(3 * 3600);
        let body = data::sample("create_emergency_access", &ids, 0).expect("a body");
        ids.emergency = id_of(world.post("caseworker.b", "/v1/emergency-accesses", body).await);
    }
    ids
}

/// Whether an operation is about one case, so that each call needs a fresh one.
pub fn is_of_case(operation: &Operation) -> bool {
    let below = ["/v1/cases/{id}", "/v1/referrals/", "/v1/transfers/", "/v1/emergency-accesses", "/v1/imports/", "/v1/import-profiles/"];
    below.iter().any(|below| operation.template.starts_with(below))
}

/// Resources that belong to no case.
pub async fn shared_ids(world: &World) -> Ids {
    let create = async |url: &str, body: Value| world.post("admin", url, body).await.expect(201).json();
    let organisation = json!({ "name": "NGO C", "kind": "diplomatic_mission", "country": "KEN" });
    let organisation = create("/v1/organisations", organisation).await["id"].clone();
    let user = json!({ "organisation_id": organisation, "username": "somebody", "display_name": "x", "role": "analyst" });
    let mission = json!({ "organisation_id": organisation, "sending_state": "KEN", "host_state": "THA", "city": "Bangkok", "kind": "embassy", "resident": false });
    let mission = create("/v1/missions", mission).await["id"].as_str().expect("an id").to_owned();
    let coverage = json!({ "nationality": "KEN", "host_country": "KHM", "basis": "resident" });
    let client = create("/v1/clients", json!({ "organisation_id": organisation, "name": "Register", "scopes": ["case:read"] })).await;
    let text = |value: Value| value.as_str().expect("an id").to_owned();
    let operation = data::sample("create_operation", &Ids::default(), 0).expect("a body");
    let batch = data::sample("create_movement_batch", &Ids::default(), 0).expect("a body");
    // Registered twice, and sought by another organisation.
    let twin = text(world.register("caseworker.a", data::vietnamese()).await["id"].clone());
    world.register("caseworker.a", data::vietnamese()).await;
    let asked = world.post("caseworker.b", "/v1/tracing-requests", data::looked_for("Nguyễn Văn Hùng")).await.expect(201);
    let tracing_request = text(asked.json()["id"].clone());
    homeward::command::background::match_once(&world.db).await.expect("everybody is compared");
    let pair = text(world.get("caseworker.a", "/v1/duplicates").await.json()["items"][0]["id"].clone());
    let merge = crate::people::merges::merged_twins(world).await;
    let colleague = json!({ "organisation_id": organisation, "username": "colleague", "display_name": "x", "role": "embassy_officer" });
    let (user, colleague) = (text(create("/v1/users", user).await["id"].clone()), text(create("/v1/users", colleague).await["id"].clone()));
    let handover = create(&format!("/v1/users/{user}/handover"), json!({ "assigned_to": colleague })).await;
    Ids {
        user,
        colleague,
        handover: text(handover["id"].clone()),
        coverage: text(create(&format!("/v1/missions/{mission}/coverage"), coverage).await["id"].clone()),
        compound: text(create("/v1/compounds", data::sample("create_compound", &Ids::default(), 0).expect("a body")).await["id"].clone()),
        operation: text(create("/v1/operations", operation).await["operation"]["id"].clone()),
        organisation: text(organisation),
        client: text(client["id"].clone()),
        secret: text(create(&format!("/v1/clients/{}/secrets", text(client["id"].clone())), json!({})).await["id"].clone()),
        approval: text(
            world
                .post("supervisor.a", "/v1/approvals", data::sample("create_approval", &Ids::default(), 0).expect("a body"))
                .await
                .expect(201)
                .json()["id"]
                .clone(),
        ),
        export: NOBODY.to_owned(),
        case: twin,
        pair,
        merge,
        tracing_request,
        tracing_match: world.get("caseworker.a", "/v1/tracing-matches").await.json()["items"][0]["id"]
            .as_str()
            .expect("a match")
            .to_owned(),
        mission_report: text(create_report(world).await),
        statement: text(
            create("/v1/statements", data::sample("create_statement", &Ids::default(), 0).expect("a body")).await["id"].clone(),
        ),
        waiver_request: crate::repatriation::waiver_requests::made(world, "caseworker.a").await,
        batch: text(world.post("caseworker.a", "/v1/movements/batches", batch).await.expect(201).json()["id"].clone()),
        mission,
        // A session of another user than the caller.
        session: NOBODY.to_owned(),
        ..Ids::default()
    }
}

async fn create_report(world: &World) -> Value {
    let report = data::sample("create_mission_report", &Ids::default(), 0).expect("a body");
    world.post("officer.idn", "/v1/mission-reports", report).await.expect(201).json()["id"].clone()
}

/// The resource whose version a change at this address needs.
pub fn versioned(url: &str) -> &str {
    let verbs = "/close /reopen /dismissal /undo /decision /assign /repatriation/afterwards /repatriation/transitions /transitions /content \
                 /mapping /validate /commit /cancel";
    let thing = verbs.split(' ').fold(url, |url, verb| url.strip_suffix(verb).unwrap_or(url));
    thing.split("/passengers").next().unwrap_or_default()
}

/// Sends an operation as an actor, in the current version.
pub async fn call(world: &World, operation: &Operation, actor: &str, ids: &Ids, unique: usize) -> Answer {
    let url = data::path(&operation.template, ids);
    let body = data::sample(&operation.id, ids, unique);
    if operation.id == "issue_token" {
        return machines::ask(world, &body.expect("a form")).await;
    }
    let of_cases =
        "/v1/cases /v1/movements /v1/referrals /v1/transfers /v1/duplicates /v1/merges /v1/tracing-matches /v1/waiver-requests /v1/imports";
    let is_of_cases = of_cases.split(' ').any(|start| url.starts_with(start));
    let owner = if is_of_cases {
        "caseworker.a"
    } else if url.starts_with("/v1/tracing-requests") {
        "caseworker.b"
    } else {
        "admin"
    };
    let versioned = versioned(&url);
    let etag = if operation.method == Method::GET { String::new() } else { world.get(owner, versioned).await.etag() };
    let etag = match operation.id.as_str() {
        // A row is read in its list.
        "decide_import_row" => "*".to_owned(),
        _ if etag.is_empty() => "\"1-0\"".to_owned(),
        _ => etag,
    };
    content_is_there(world, operation, &url).await;
    let headers: &[(&str, &str)] = if operation.method == Method::GET { &[] } else { &[("if-match", &etag)] };
    world.send(actor, operation.method.clone(), &url, headers, body.as_ref()).await
}

/// Makes sure that a download finds a file.
pub async fn content_is_there(world: &World, operation: &Operation, url: &str) {
    if operation.id != "get_attachment_content" {
        return;
    }
    for owner in ["caseworker.a", "caseworker.b"] {
        let attachment = world.get(owner, versioned(url)).await;
        if attachment.status == 200 && attachment.json()["status"] == "awaiting_content" {
            world.put_file(owner, versioned(url), data::PDF.into()).await.expect(200);
        }
    }
}

/// Whether the operation ends the session that calls it.
pub fn ends_sessions(operation: &str) -> bool {
    matches!(operation, "logout" | "delete_own_sessions")
}

fn without_instance(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["instance"] = json!(null);
    problem
}

/// Machines as actors: the largest possible scope, too small a scope, a client of another organisation, and two that ended.
const MACHINES: &[&str] = &["machine.a", "m.a-narrow", "machine.b", "m.a-disabled", "m.a-expired"];

async fn admit_machines(world: &World) {
    let scopes: Vec<&str> = FOR_MACHINES.iter().map(|scope| scope.as_str()).collect();
    let expired = Machine::new(world, "NGO A", &scopes, json!({})).await;
    world.clock.forward(90 * 24 * 3600 - 100);
    world.admit("m.a-expired", expired);
    world.keep_session("m.a-expired").await;
    world.clock.forward(101);
    let disabled = Machine::new(world, "NGO A", &scopes, json!({})).await;
    world.admit("m.a-disabled", disabled.clone());
    world.keep_session("m.a-disabled").await;
    world.patch("admin", &disabled.url(), json!({ "disabled": true })).await.expect(200);
    for (name, organisation, scopes) in
        [("machine.a", "NGO A", scopes.as_slice()), ("m.a-narrow", "NGO A", &["reference:read"]), ("machine.b", "NGO B", &scopes)]
    {
        world.admit(name, Machine::new(world, organisation, scopes, json!({})).await);
    }
}

/// The status with which a machine is refused; none if it is let in.
fn refused_machine(actor: &str, operation: &Operation) -> Option<u16> {
    let scope = operation.scope.as_deref()?;
    let is_narrow = actor == "m.a-narrow" && scope != "reference:read";
    match actor {
        "m.a-disabled" | "m.a-expired" => Some(401),
        _ => (is_narrow || !operation.is_for_machines).then_some(403),
    }
}

fn may(actor: &str, scope: &str) -> bool {
    let role: Role = USERS.iter().find(|(username, ..)| *username == actor).expect("a user").1;
    role.may(Permission::parse(scope).expect("the scope is a permission"))
}

async fn row(world: &World, operation: &Operation, shared: &Ids, unique: &mut usize) -> String {
    let mut cells = Vec::new();
    for actor in std::iter::once("").chain(USERS.iter().map(|(username, ..)| *username)).chain(MACHINES.iter().copied()) {
        *unique += 1;
        let ids = if is_of_case(operation) { case_ids(world, shared, &operation.template).await } else { shared.clone() };
        if operation.scope.is_none() {
            // An anonymous caller would have to wait after a failure: the clock moves on, so that the table is the same on any
            // machine.
            world.clock.forward(61);
        }
        let there = call(world, operation, actor, &ids, *unique).await;
        if ends_sessions(&operation.id) && !MACHINES.contains(&actor) {
            world.forget(actor);
        }
        match (&operation.scope, actor) {
            (None, _) => assert_ne!(there.status, 403, "{}", operation.id),
            (Some(_), machine) if MACHINES.contains(&machine) => match refused_machine(machine, operation) {
                Some(status) => assert_eq!(there.status, status, "{}: {machine}", operation.id),
                None => assert!(!matches!(there.status, 401 | 403), "{}: {machine} {}", operation.id, there.text()),
            },
            (Some(_), "") => assert_eq!(there.status, 401, "{}: anonymous", operation.id),
            (Some(scope), _) if !may(actor, scope) => assert_eq!(there.status, 403, "{}: {actor} has no {scope}", operation.id),
            (Some(_), _) => assert_ne!(there.status, 401, "{}: {actor}", operation.id),
        }
        let mut cell = there.status.to_string();
        if operation.template.contains('{') {
            let missing = call(world, operation, actor, &nowhere(), *unique).await;
            cell.push_str(&format!("/{}", missing.status));
            if there.status == 404 {
                assert_eq!(
                    without_instance(&there),
                    without_instance(&missing),
                    "{}: {actor} can tell a hidden thing from none",
                    operation.id
                );
            }
        }
        cells.push(format!("{cell:>9}"));
    }
    format!("{:<33}{}", operation.id, cells.join(" "))
}

#[actix_web::test]
async fn every_operation_answers_every_actor_as_the_committed_table_says() {
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    admit_machines(&world).await;
    let shared = shared_ids(&world).await;
    let names: Vec<String> = std::iter::once("anonymous")
        .chain(USERS.iter().map(|(username, ..)| *username))
        .chain(MACHINES.iter().copied())
        .map(|name| {
            format!(
                "{:>9}",
                name.replace("m.a-disabled", "m.a-off")
                    .replace("m.a-expired", "m.a-late")
                    .replace("m.a-narrow", "m.a-few")
                    .replace("caseworker", "cw")
                    .replace("supervisor", "sv")
                    .replace("coordinator", "coord")
                    .replace("officer", "of")
            )
        })
        .collect();
    let mut lines = vec![
        "Status for a case of NGO A (the Vietnamese mission was accepted) / for an id that does not exist. Regenerate: HOMEWARD_UPDATE=1 cargo test access_matrix".to_owned(),
        format!("{:<33}{}", "operation", names.join(" ")),
    ];
    let mut unique = 0;
    for operation in operations() {
        lines.push(row(&world, &operation, &shared, &mut unique).await);
    }
    compare(TABLE, &(lines.join("\n") + "\n"));
}

/// Compares with a committed file, or rewrites it when told to.
pub fn compare(path: &str, text: &str) {
    #[expect(clippy::disallowed_methods, reason = "the switch that rewrites committed files")]
    if std::env::var("HOMEWARD_UPDATE").is_ok() {
        std::fs::write(path, text).expect("the file is written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let first = text.lines().zip(committed.lines()).find(|(now, then)| now != then);
    assert!(text == committed, "{path} differs, first at {first:?}; if it should, run with HOMEWARD_UPDATE=1 and read the diff");
}

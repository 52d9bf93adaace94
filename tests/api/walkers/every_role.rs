//! Every role, and a machine, can succeed with every operation of the document that it may call.

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use homeward::domain::access::{Permission, Role};
use homeward::domain::accounts::machine::FOR_MACHINES;
use serde_json::{Value, json};

use crate::accounts::approvals::{approved, ask, colleague};
use crate::accounts::leavers::{account, id_of};
use crate::reporting::releases;
use crate::support::authenticator::enrol;
use crate::support::data::{self, Ids};
use crate::support::database::Kind;
use crate::support::journey::at;
use crate::support::machines::Machine;
use crate::support::world::PASSWORD;
use crate::support::{Answer, World};
use crate::walkers::access_matrix::{Operation, call, case_ids, ends_sessions, is_of_case, operations, shared_ids};

/// Role and operation that never succeed here, each with the reason. The list may only become shorter.
const WITHOUT_SUCCESS: &str = include_str!("every_role.txt");

/// The users who walk through the operations: at NGO A, which has the cases, and at NGO B, which is asked and asks.
pub const WALKERS: [(&str, &str); 2] = [("walker.a", "NGO A"), ("walker.b", "NGO B")];

/// Performs an act with the approval of a second person.
async fn approved_act(world: &World, actor: &str, url: &str, act: Value, mut body: Value) -> Answer {
    body["approval_id"] = json!(approved(world, actor, "second.a", act).await);
    world.post(actor, url, body).await
}

/// Asks for what a caseworker may do; an auditor has nothing to do with cases, and asks for entries of the trail.
async fn ask_what_one_may(world: &World, actor: &str, case: &Value, entries: Value) -> Answer {
    let reason = json!("The shelter asks what the person needs");
    let asked = json!({ "takeover": { "case_id": case["id"] }, "reason": reason });
    let made = world.post(actor, "/v1/approvals", asked).await;
    if made.status != 403 {
        return made;
    }
    let mut asked = entries;
    asked["reason"] = reason;
    world.post(actor, "/v1/approvals", asked).await
}

/// Two records of one person with an undecided pair, and the pair's address.
pub struct Twins {
    pair: String,
    one: Value,
    other: Value,
}

/// Makes the pair while there are few people, so that they are compared at once.
pub async fn twins(world: &World, given_name: &str, family_name: &str, birth_date: &str) -> Twins {
    let mut person = data::vietnamese();
    person["identity"] = json!({ "given_name": given_name, "family_name": family_name, "birth_date": birth_date });
    let (one, other) = (world.register("caseworker.a", person.clone()).await, world.register("caseworker.a", person).await);
    homeward::command::background::match_once(&world.db).await.expect("everybody is compared");
    let pairs = world.get("caseworker.a", "/v1/duplicates").await.expect(200).json();
    let ids = [&one["id"], &other["id"]];
    let is_it = |pair: &&Value| ["first", "second"].iter().all(|side| ids.contains(&&pair[side]["case_id"]));
    let pair = pairs["items"].as_array().expect("pairs").iter().find(is_it).expect("the pair")["id"].clone();
    Twins { pair: format!("/v1/duplicates/{}", pair.as_str().expect("an id")), one, other }
}

/// Calls an operation after the steps that it requires; none for an operation that needs no such steps.
async fn after_something(world: &World, operation: &Operation, actor: &str, shared: &Ids, twins: &mut Vec<Twins>) -> Option<Answer> {
    let export = json!({ "export": { "nationality": "VNM" } });
    let entries = json!({ "audit_export": { "from": "2026-01-01T00:00:00Z", "to": "2036-01-01T00:00:00Z" } });
    let case = async || world.register("caseworker.a", data::vietnamese()).await;
    Some(match operation.id.as_str() {
        "create_movement" => {
            let body = data::sample(&operation.id, shared, 0).expect("a body");
            world.post(actor, &at(&case().await, "/movements"), body).await
        }
        "create_nationality_verification" => {
            let (case, mission) = (case().await, world.mission("VNM").await);
            let accepted = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted" });
            world.post("caseworker.a", &at(&case, "/embassy-contacts"), accepted).await.expect(201);
            world.post(actor, &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await
        }
        "answer_waiver_request" => {
            let list = data::sample("create_waiver_request", shared, 0).expect("a body");
            let list = world.post(actor, "/v1/waiver-requests", list).await.expect(201).header("location").to_owned();
            let case = case().await["id"].clone();
            world.post(actor, &format!("{list}/members"), json!({ "case_ids": [case] })).await;
            let answer = json!({ "case_id": case, "status": "refused", "answered_on": "2026-01-19" });
            world.post(actor, &format!("{list}/answers"), json!({ "answers": [answer] })).await
        }
        "request_transfer" => {
            let (case, ..) = crate::sharing::consents_and_referrals::referred(world).await;
            let body = data::sample(&operation.id, shared, 0).expect("a body");
            world.post("walker.b", &at(&case, "/transfer-requests"), body).await
        }
        "create_mission" => {
            let mut body = data::sample(&operation.id, shared, 0).expect("a body");
            let seat = json!({ "name": "Embassy of Kenya, Hà Nội", "kind": "diplomatic_mission", "country": "KEN" });
            body["organisation_id"] = world.post(actor, "/v1/organisations", seat).await.expect(201).json()["id"].clone();
            body["host_state"] = json!("VNM");
            world.post(actor, "/v1/missions", body).await
        }
        "list_data_protection_events" => {
            let marked = "UPDATE users SET data_protection = TRUE";
            world.database.with_connection(|connection| connection.batch_execute(marked).expect("everybody answers for data protection"));
            world.get(actor, "/v1/audit/data-protection-events").await
        }
        "record_afterwards_list" => {
            let left = json!({ "case_id": case().await["id"], "departed_on": "2026-01-05", "basis": "self_organised" });
            let body = json!({ "reason": "Known only now", "source": "List of the airport desk", "items": [left] });
            world.post(actor, "/v1/cases/afterwards", body).await
        }
        "get_absence" => world.get(actor, &format!("{}/absence", account(world, actor).await)).await,
        "update_absence" => {
            world.patch(actor, &format!("{}/absence", account(world, actor).await), json!({ "away_from": "2999-01-01" })).await
        }
        "create_handover" | "get_handover" => {
            let (from, to) = (account(world, actor).await, account(world, "caseworker.a").await);
            let made = world.post(actor, &format!("{from}/handover"), json!({ "assigned_to": id_of(&to) })).await;
            if operation.method == Method::GET { world.get(actor, made.expect(201).header("location")).await } else { made }
        }
        "reopen_case" => {
            let case = case().await;
            world.act(actor, &at(&case, ""), "/close", json!({ "reason": "other" })).await.expect(200);
            world.act(actor, &at(&case, ""), "/reopen", json!({ "reason": "It goes on" })).await
        }
        "resolve_blind_search" => {
            world.register("caseworker.a", data::taiwanese()).await;
            let person = json!({ "name": "Chen Yi-Jun", "birth_date": "2001", "nationality": "TWN", "document_number": "X0888111" });
            let found = world.post("coordinator", "/v1/cases/search/blind", json!({ "person": person })).await.expect(200).json();
            world.post(actor, "/v1/cases/search/blind/resolve", json!({ "token": found["token"] })).await
        }
        "preview_merge" => {
            let Twins { pair, one, .. } = twins.pop()?;
            world.post(actor, &format!("{pair}/merge-preview"), json!({ "survivor_case_id": one["id"] })).await
        }
        "merge_duplicate" => {
            let Twins { pair, one, other } = twins.pop()?;
            let body = json!({ "survivor_case_id": one["id"], "survivor_version": one["version"], "other_version": other["version"] });
            world.post(actor, &format!("{pair}/merge"), body).await
        }
        "create_approval" => ask_what_one_may(world, actor, &case().await, entries).await,
        "get_approval" => {
            let asked = ask_what_one_may(world, actor, &case().await, entries).await.expect(201);
            world.get(actor, asked.header("location")).await
        }
        "approve_approval" | "reject_approval" => {
            let approval = ask(world, "supervisor.a", export).await;
            let url = data::path(&operation.template, &Ids { approval, ..Ids::default() });
            world.send(actor, Method::POST, &url, &[], None).await
        }
        "create_audit_export" => approved_act(world, actor, "/v1/audit/exports", entries.clone(), entries).await,
        "get_audit_export_csv" => {
            let made = approved_act(world, actor, "/v1/audit/exports", entries.clone(), entries).await.expect(201);
            world.get(actor, made.header("location")).await
        }
        "create_export" => approved_act(world, actor, "/v1/exports", export.clone(), export).await,
        "get_export_csv" | "get_export_document" => {
            let made = approved_act(world, actor, "/v1/exports", export.clone(), export).await.expect(201).json();
            let export = made["id"].as_str().expect("an id").to_owned();
            world.get(actor, &data::path(&operation.template, &Ids { export, ..Ids::default() })).await
        }
        "erase_person" => {
            let case = case().await;
            let act = json!({ "erasure": { "case_id": case["id"], "requested_by_person": true } });
            approved_act(world, actor, &at(&case, "/erasure"), act, json!({ "requested_by_person": true })).await
        }
        "undo_protection_pathway" => {
            let case = case().await;
            let moved = json!({ "to": "protection_pathway", "reason": "Meant for somebody else" });
            let moved = world.act(actor, &at(&case, ""), "/repatriation/transitions", moved).await.expect(200).json();
            let act = json!({ "pathway_undo": { "case_id": case["id"], "began_with": moved["version"] } });
            approved_act(world, actor, &at(&case, "/protection-pathway/undo"), act, json!({})).await
        }
        "create_organisation_wide_referral" => {
            let sharing = json!({ "sharing": data::sharing(&shared.other) });
            approved_act(world, actor, "/v1/referrals/organisation-wide", sharing.clone(), sharing).await
        }
        _ => return None,
    })
}

/// The operations that [`keeps_the_account`] calls.
const OF_THE_ACCOUNT: &[&str] = &[
    "begin_second_factor",
    "confirm_second_factor",
    "renew_recovery_codes",
    "delete_second_factor",
    "delete_own_session",
    "change_password",
];

/// Calls every operation on the user's own account, up to its end.
async fn keeps_the_account(world: &World, actor: &str) {
    enrol(world, actor).await;
    world.post(actor, "/v1/auth/second-factor/recovery-codes", Value::Null).await.expect(200);
    world.send(actor, Method::DELETE, "/v1/auth/second-factor", &[], None).await.expect(204);
    world.forget(actor);
    let sessions = world.get(actor, "/v1/auth/sessions").await.expect(200).json();
    let session = sessions["items"][0]["id"].as_str().expect("a session").to_owned();
    world.send(actor, Method::DELETE, &format!("/v1/auth/sessions/{session}"), &[], None).await.expect(204);
    world.forget(actor);
    let change = json!({ "current_password": PASSWORD, "new_password": "a lantern for every door" });
    world.post(actor, "/v1/auth/password", change).await.expect(204);
}

/// One attempt, on a fresh case where the operation is about one. Also as the other side, if this side may not call it.
pub async fn attempt(world: &World, operation: &Operation, shared: &Ids, twins: &mut Vec<Twins>, unique: &mut usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (actor, _) in WALKERS {
        *unique += 1;
        let ids = if is_of_case(operation) { case_ids(world, shared, &operation.template).await } else { shared.clone() };
        let answer = match after_something(world, operation, actor, &ids, twins).await {
            Some(answer) => answer,
            None => call(world, operation, actor, &ids, *unique).await,
        };
        if ends_sessions(&operation.id) {
            world.forget(actor);
        }
        let is_done = (200..300).contains(&answer.status);
        answers.push(answer);
        if is_done {
            break;
        }
    }
    answers
}

/// The operations that a role may call and that never succeeded, with the answers.
async fn never(world: &World, role: &str, may: impl Fn(&Operation) -> bool) -> Vec<String> {
    let mut pairs = vec![
        twins(world, "Ngozi", "Okonkwo", "1991-07-05").await,
        twins(world, "Thandiwe", "Nkosi", "1988-02-11").await,
        twins(world, "Aigerim", "Bekova", "1979-03-17").await,
        twins(world, "Rosa", "Quispe", "2001-12-30").await,
    ];
    let shared = shared_ids(world).await;
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    releases::register(world, 10, "IDN", "feminine").await;
    assert_eq!(releases::release(world).await["number"], 1, "which the paths of released figures name");
    let (mut never, mut unique) = (Vec::new(), 0);
    for operation in operations().iter().filter(|operation| may(operation) && !OF_THE_ACCOUNT.contains(&operation.id.as_str())) {
        let answers = attempt(world, operation, &shared, &mut pairs, &mut unique).await;
        let is_excused = WITHOUT_SUCCESS.lines().any(|line| line.starts_with(&format!("{role} {}:", operation.id)));
        let has_succeeded = answers.iter().any(|answer| (200..300).contains(&answer.status));
        if has_succeeded == is_excused {
            let told: Vec<String> = answers.iter().map(|answer| format!("{} {}", answer.status, answer.text())).collect();
            never.push(format!(
                "{role} {}: {}",
                operation.id,
                if is_excused { "succeeds now: off the list".to_owned() } else { told.join(" / ") }
            ));
        }
    }
    if let Some((user, ..)) = data::USERS.iter().find(|(_, of_user, _)| of_user.as_str() == role) {
        keeps_the_account(world, user).await;
    }
    never
}

#[actix_web::test]
async fn every_role_succeeds_with_what_it_may_call() {
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
        let may = |operation: &Operation| operation.scope.as_deref().and_then(Permission::parse).is_some_and(|scope| role.may(scope));
        for (walker, organisation) in WALKERS {
            colleague(&world, walker, "ngo_supervisor", organisation).await;
            world.change_role(walker, *role);
        }
        wrong.extend(never(&world, role.as_str(), may).await);
    }
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    let scopes: Vec<&str> = FOR_MACHINES.iter().map(|scope| scope.as_str()).collect();
    for (walker, organisation) in WALKERS {
        world.admit(walker, Machine::new(&world, organisation, &scopes, json!({})).await);
    }
    wrong.extend(never(&world, "machine", |operation| operation.is_for_machines).await);
    assert!(
        wrong.is_empty(),
        "make it succeed in `after_something`, or say in tests/api/walkers/every_role.txt why it cannot:\n{}",
        wrong.join("\n")
    );
}

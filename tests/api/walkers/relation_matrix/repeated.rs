//! Creating requests that are repeated after the grant or the session of their sender changed.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::relations::{Place, Subject};
use super::{cell, disclosed};
use crate::sharing::consents_and_referrals::{at, organisation_of, step};
use crate::support::data::{self, Ids};
use crate::support::database::Kind;
use crate::support::replays::Creation;
use crate::support::{World, machines};
use crate::walkers::access_matrix::{Operation, operations, shared_ids};
use crate::walkers::replays::marked;

/// What happens between a request and its repetition: the name of the column, the sender, the compartments that the repetition may
/// tell at most, and a description.
pub const BETWEEN: &[(&str, &str, &str, &str)] = &[
    ("again", "caseworker.a", "ICLHNP", "NGO A repeats what it created, with a fresh session"),
    ("a.stale", "caseworker.a", "ICHNP", "the same, more than five minutes after signing in"),
    ("a.shrunk", "caseworker.a", "IH", "the same, after NGO B took the case over and referred NGO A identity and health"),
    ("a.former", "caseworker.a", "", "the same, after NGO B took the case over"),
    ("v.again", "officer.vnm", "IC", "a mission that is a guest repeats what it created"),
    ("v.declined", "officer.vnm", "", "the same, after the person declined the mission"),
];

/// The creating operations about a case, as far as they take a key.
pub fn rows() -> Vec<Operation> {
    let is_of_a_case = |template: &str| template == "/v1/cases" || template.starts_with("/v1/cases/{id}/");
    operations().into_iter().filter(|operation| operation.takes_a_key && is_of_a_case(&operation.template)).collect()
}

/// Lets NGO B take a case over, by the transfer that was offered or by another one.
async fn hand_over(world: &World, case: &Value, offered: Option<&Creation>) {
    let offer = match offered {
        Some(transfer) => transfer.location.clone(),
        None => {
            world.post("caseworker.a", &at(case, "/consents"), data::consent("share_with_ngo")).await.expect(201);
            let body = json!({ "to_organisation_id": organisation_of(world, "caseworker.b").await, "urgency": "urgent" });
            world.post("caseworker.a", &at(case, "/transfers"), body).await.expect(201).header("location").to_owned()
        }
    };
    step(world, "caseworker.b", &offer, json!({ "to": "accepted" })).await.expect(200);
}

/// Lets NGO B refer NGO A identity and health of a case.
async fn refer_back(world: &World, case: &Value) {
    let ngo_a = organisation_of(world, "caseworker.a").await;
    world.post("caseworker.b", &at(case, "/consents"), data::consent("share_with_ngo")).await.expect(201);
    let referral = world.post("caseworker.b", &at(case, "/referrals"), data::referral(&ngo_a)).await.expect(201);
    step(world, "caseworker.a", referral.header("location"), json!({ "to": "accepted" })).await.expect(200);
}

async fn change(world: &World, name: &str, subject: &Subject, made: &[Creation]) {
    let of = |operation: &str| made.iter().find(|creation| creation.operation == operation);
    match name {
        "again" | "v.again" => {}
        "a.stale" => world.grow_stale("caseworker.a").await,
        "a.shrunk" | "a.former" => {
            let registered = of("create_case").expect("a case was registered").location.rsplit('/').next().map(|id| json!({ "id": id }));
            for (case, offered) in [(subject.case.clone(), of("create_transfer")), (registered.expect("an id"), None)] {
                hand_over(world, &case, offered).await;
                if name == "a.shrunk" {
                    refer_back(world, &case).await;
                }
            }
        }
        "v.declined" => {
            let listed = world.get("caseworker.a", &at(&subject.case, "/embassy-contacts")).await.expect(200).json();
            let vnm = json!(world.mission("VNM").await);
            let contact = listed["items"].as_array().expect("contacts").iter().find(|contact| contact["mission_id"] == vnm);
            let contact = contact.and_then(|contact| contact["id"].as_str()).expect("the contact").to_owned();
            let declined = json!({ "person_decision": "declined" });
            world.patch("caseworker.a", &at(&subject.case, &format!("/embassy-contacts/{contact}")), declined).await.expect(200);
        }
        other => panic!("{other}: say what happens"),
    }
}

/// One column: the answers to the repetitions, and the status of what could not be created.
pub async fn column(name: &str, actor: &str, most: &str, rows: &[Operation]) -> Vec<String> {
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    let shared = shared_ids(&world).await;
    let subject = Subject::new(&world, Place::OnTheRoad, true).await;
    let ids = Ids {
        case: subject.case["id"].as_str().expect("an id").to_owned(),
        other: machines::organisation(&world, "NGO B").await,
        mission: world.mission("TWN").await,
        ..shared
    };
    world.post("caseworker.a", &at(&subject.case, "/consents"), data::consent("share_with_ngo")).await.expect(201);
    world.remember_creations();
    let mut refused = Vec::new();
    for operation in rows {
        let mut body = marked(operation, &ids);
        if operation.id == "create_case" && actor == "officer.vnm" {
            body["intake_channel"] = json!("walk_in_embassy");
        }
        refused.push(world.send(actor, Method::POST, &data::path(&operation.template, &ids), &[], Some(&body)).await.status);
    }
    let made = world.creations();
    change(&world, name, &subject, &made).await;
    let mut cells = Vec::new();
    for (operation, status) in rows.iter().zip(refused) {
        let Some(creation) = made.iter().find(|creation| creation.operation == operation.id) else {
            cells.push(format!("({status})"));
            continue;
        };
        let repeated = world.repeat(creation).await;
        let told = disclosed(&repeated);
        // What a mission registered itself it owns, and keeps.
        let is_owned = name.starts_with("v.") && operation.id == "create_case";
        assert!(is_owned || told.chars().all(|letter| most.contains(letter)), "{name} {}: {told}: {}", operation.id, repeated.text());
        cells.push(cell(&repeated));
    }
    cells
}

//! The places of ids in an operation, and the strangers' ids for them.

use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::accounts::leavers::{account, id_of as user_of};
use crate::repatriation::waiver_requests;
use crate::sharing::consents_and_referrals::{answer, at, organisation_of, referred, step};
use crate::support::World;
use crate::support::data::{self, Ids};
use crate::support::machines::Machine;
use crate::walkers::access_matrix::{Operation, case_ids};

/// The place of an id in a request.
#[derive(Debug)]
pub enum Place {
    Path(String),
    Query(String),
    Body(String),
}

/// A schema with its references followed.
pub fn resolved<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    while let Some(name) = schema["$ref"].as_str() {
        schema = document.pointer(name.trim_start_matches('#')).expect("the reference leads somewhere");
    }
    schema
}

/// Calls `found` for every schema below one, with its place in the body. One item stands for all items of a list.
pub fn walk(document: &Value, schema: &Value, pointer: &str, found: &mut dyn FnMut(&str, &Value)) {
    let schema = resolved(document, schema);
    found(pointer, schema);
    for union in ["oneOf", "anyOf", "allOf"] {
        for part in schema[union].as_array().into_iter().flatten() {
            walk(document, part, pointer, found);
        }
    }
    if schema["items"].is_object() {
        walk(document, &schema["items"], &format!("{pointer}/0"), found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        walk(document, property, &format!("{pointer}/{name}"), found);
    }
}

/// The description of an operation in the document.
pub fn described<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    &document["paths"][&operation.template][operation.method.as_str().to_lowercase()]
}

/// Every id that an operation takes.
pub fn places(operation: &Operation) -> Vec<Place> {
    let document = crate::support::contract::document();
    let described = described(document, operation);
    let mut places = Vec::new();
    let is_id = |schema: &Value| {
        let mut is_id = false;
        walk(document, schema, "", &mut |pointer, schema| is_id |= pointer.is_empty() && schema["format"] == "uuid");
        is_id
    };
    for parameter in described["parameters"].as_array().into_iter().flatten().filter(|parameter| is_id(&parameter["schema"])) {
        let name = parameter["name"].as_str().expect("a name").to_owned();
        match parameter["in"].as_str() {
            Some("path") => places.push(Place::Path(name)),
            _ => places.push(Place::Query(name)),
        }
    }
    for content in described["requestBody"]["content"].as_object().into_iter().flatten().map(|(_, content)| content) {
        walk(document, &content["schema"], "", &mut |pointer, schema| {
            if schema["format"] == "uuid" {
                places.push(Place::Body(pointer.to_owned()));
            }
        });
    }
    places
}

/// The subject of an operation, and those of two strangers.
pub struct Strangers {
    pub home: Ids,
    pub others: Vec<(&'static str, Ids)>,
}

fn id_of(answer: crate::support::Answer) -> String {
    answer.expect(201).json()["id"].as_str().expect("an id").to_owned()
}

impl Strangers {
    pub async fn of(world: &World, operation: &Operation, shared: &Ids) -> Self {
        let template = operation.template.as_str();
        let mut home = case_ids(world, shared, template).await;
        let mut sibling = case_ids(world, shared, template).await;
        let mut foreign = case_ids(world, shared, template).await;
        give_away(world, &foreign).await;
        for ids in [&mut home, &mut sibling, &mut foreign] {
            ids.approval.clone_from(&shared.approval);
        }
        if template.starts_with("/v1/transfers/") {
            // The owner is asked for the case, and names the consent.
            let (case, ..) = referred(world).await;
            let request = json!({ "urgency": "routine", "note": "She lives in our shelter" });
            home.transfer = id_of(world.post("caseworker.b", &at(&case, "/transfer-requests"), request).await);
        }
        if template.starts_with("/v1/transfers/") || template.starts_with("/v1/referrals/") {
            (foreign.referral, foreign.transfer) = between_others(world).await;
        }
        if template.starts_with("/v1/movements/") {
            let batch = |unique| data::sample("create_movement_batch", &Ids::default(), unique).expect("a body");
            home.batch = id_of(world.post("caseworker.a", "/v1/movements/batches", batch(20)).await);
            sibling.batch = id_of(world.post("caseworker.a", "/v1/movements/batches", batch(21)).await);
            foreign.batch = id_of(world.post("caseworker.b", "/v1/movements/batches", batch(22)).await);
            if template.contains("{case_id}") {
                let aboard = json!({ "case_ids": [home.case] });
                world.post("caseworker.a", &format!("/v1/movements/batches/{}/passengers", home.batch), aboard).await.expect(201);
            }
        }
        if template.starts_with("/v1/waiver-requests/") {
            for (ids, actor) in [(&mut home, "caseworker.a"), (&mut sibling, "caseworker.a"), (&mut foreign, "caseworker.b")] {
                ids.waiver_request = waiver_requests::made(world, actor).await;
            }
            let members = json!({ "case_ids": [home.case] });
            if template.ends_with("/answers") {
                let url = format!("/v1/waiver-requests/{}/members", home.waiver_request);
                world.post("caseworker.a", &url, members).await.expect(201);
            }
        }
        if template.starts_with("/v1/clients/") {
            for (ids, organisation) in [(&mut sibling, "NGO A"), (&mut foreign, "NGO B")] {
                let machine = Machine::new(world, organisation, &["case:read"], json!({})).await;
                (ids.client, ids.secret) = (machine.id, machine.secret_id);
            }
        }
        if template.starts_with("/v1/missions/") {
            for (ids, state) in [(&mut sibling, "VNM"), (&mut foreign, "IDN")] {
                ids.mission = world.mission(state).await;
                let mission = world.get("admin", &format!("/v1/missions/{}", ids.mission)).await.expect(200).json();
                mission["coverage"][0]["id"].as_str().expect("a coverage").clone_into(&mut ids.coverage);
            }
        }
        if template.starts_with("/v1/operations/") {
            for (ids, unique) in [(&mut sibling, 31), (&mut foreign, 32)] {
                let body = data::sample("create_operation", &Ids::default(), unique).expect("a body");
                let made = world.post("admin", "/v1/operations", body).await.expect(201).json();
                made["operation"]["id"].as_str().expect("an id").clone_into(&mut ids.operation);
            }
        }
        if template.starts_with("/v1/statements/") {
            for (ids, unique) in [(&mut sibling, 33), (&mut foreign, 34)] {
                let body = data::sample("create_statement", &Ids::default(), unique).expect("a body");
                ids.statement = id_of(world.post("admin", "/v1/statements", body).await);
            }
        }
        if template.starts_with("/v1/duplicates/") {
            let nothing = crate::walkers::access_matrix::nowhere().pair;
            (sibling.pair, foreign.pair) = (nothing.clone(), nothing);
        }
        if template.starts_with("/v1/users/") {
            let other = format!("other.{}", operation.id);
            colleague(world, &other, "ngo_caseworker", "NGO B").await;
            for (ids, from, to) in [
                (&mut home, "caseworker.a", "supervisor.a"),
                (&mut sibling, "supervisor.a", "caseworker.a"),
                (&mut foreign, "caseworker.b", other.as_str()),
            ] {
                let (from, to) = (account(world, from).await, account(world, to).await);
                let handover = json!({ "assigned_to": user_of(&to) });
                ids.handover = id_of(world.post("admin", &format!("{from}/handover"), handover).await);
                (ids.user, ids.colleague) = (user_of(&from).to_owned(), user_of(&to).to_owned());
            }
        }
        if template.starts_with("/v1/tracing-matches/") {
            let nothing = crate::walkers::access_matrix::nowhere().tracing_match;
            (sibling.tracing_match, foreign.tracing_match) = (nothing.clone(), nothing);
        }
        Self { home, others: vec![("another case of the organisation", sibling), ("another organisation", foreign)] }
    }
}

/// A referral and a transfer of a case of NGO B to an organisation that is not NGO A.
async fn between_others(world: &World) -> (String, String) {
    let name = format!("NGO {}", uuid::Uuid::new_v4());
    let third = id_of(world.post("admin", "/v1/organisations", json!({ "name": name, "kind": "ngo", "country": "KHM" })).await);
    let case = world.register("caseworker.b", data::vietnamese()).await;
    world.post("caseworker.b", &at(&case, "/consents"), data::consent("share_with_ngo")).await.expect(201);
    let referral = id_of(world.post("caseworker.b", &at(&case, "/referrals"), data::referral(&third)).await);
    let offer = json!({ "to_organisation_id": third, "urgency": "urgent" });
    (referral, id_of(world.post("caseworker.b", &at(&case, "/transfers"), offer).await))
}

/// Lets NGO B own a case, and all that is below it.
async fn give_away(world: &World, ids: &Ids) {
    let case = json!({ "id": ids.case });
    answer(world, &case, json!({})).await.expect(201);
    let mut transfer = ids.transfer.clone();
    if transfer.is_empty() {
        let offer = json!({ "to_organisation_id": organisation_of(world, "caseworker.b").await, "urgency": "urgent" });
        transfer = id_of(world.post("caseworker.a", &at(&case, "/transfers"), offer).await);
    }
    step(world, "caseworker.b", &format!("/v1/transfers/{transfer}"), json!({ "to": "accepted" })).await.expect(200);
}

/// Whether an id only narrows a search, as in a list: records that the caller does not see stay out.
pub fn is_narrowing(pointer: &str) -> bool {
    pointer.starts_with("/export/")
}

/// A stranger's value for a place in a body; none where this stranger has no such record.
pub async fn strange_values(world: &World, pointer: &str, whose: &str, stranger: &Ids, operation: &Operation) -> Option<Value> {
    if pointer.starts_with("/audit_export/") {
        // A filter of what an auditor may read: a stranger in it finds nothing, as in the list of entries.
        return None;
    }
    let is_foreign = whose == "another organisation";
    let owner = if is_foreign { "caseworker.b" } else { "caseworker.a" };
    let case = json!({ "id": stranger.case });
    let field = pointer.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
    let value = match field {
        "previous_case_id" | "survivor_case_id" => json!(stranger.case),
        "child_of" if is_foreign => json!(stranger.case),
        "child_of" => return None,
        // Another case of the same owner is as good.
        "case_id" | "case_ids" if is_foreign => json!(stranger.case),
        "case_id" | "case_ids" => return None,
        // A person of the same owner may have another case; a person of another owner may not.
        "person_id" if is_foreign => world.get("caseworker.b", &at(&case, "")).await.expect(200).json()["person_id"].clone(),
        "person_id" => return None,
        "consent_id" => {
            let consents = world.get(owner, &at(&case, "/consents")).await.expect(200).json();
            match consents["items"][0]["id"].clone() {
                Value::Null => {
                    world.post(owner, &at(&case, "/consents"), data::consent("share_with_ngo")).await.expect(201).json()["id"].clone()
                }
                known => known,
            }
        }
        "supersedes" => {
            let record = crate::support::records::body("create_status_determination").expect("a body");
            world.post(owner, &at(&case, "/status-determinations"), record).await.expect(201).json()["id"].clone()
        }
        // A file of another case is not a file of this one.
        "note_verbale_id" => {
            let note = json!({ "kind": "note_verbale", "media_type": "application/pdf" });
            world.post(owner, &at(&case, "/attachments"), note).await.expect(201).json()["id"].clone()
        }
        // A link of another case is not one to somebody who takes this child along.
        "relation_id" => {
            let relative = world.register(owner, data::vietnamese()).await;
            let link = json!({ "case_id": relative["id"], "relation": "parent" });
            world.post(owner, &at(&case, "/relations"), link).await.expect(201).json()["id"].clone()
        }
        "approval_id" => json!(stranger.approval),
        "profile_id" if is_foreign => {
            let profile = data::sample("create_import_profile", stranger, 0).expect("a body");
            world.post("caseworker.b", "/v1/import-profiles", profile).await.expect(201).json()["id"].clone()
        }
        "profile_id" => return None,
        // Users of the caller's own organisation are colleagues.
        "assigned_to" if is_foreign => world.get("caseworker.b", "/v1/me").await.json()["user_id"].clone(),
        "assigned_to" => world.get("officer.idn", "/v1/me").await.json()["user_id"].clone(),
        // Published directories have no strangers, but an id that is not in them is refused.
        "organisation_id"
        | "to_organisation_id"
        | "recipient_organisation_id"
        | "mission_id"
        | "mission"
        | "compound_id"
        | "compound"
        | "operation_id"
        | "operation"
        | "part_of" => json!(stranger.case),
        new => panic!("{}: {new} is an id: say whose it can be", operation.id),
    };
    Some(value)
}

/// What an approval of sharing without consent is asked for.
fn overriding(case: &Value) -> Value {
    json!({ "case_id": case, "purpose": "share_with_ngo", "recipient": "anyone", "compartments": ["health"],
            "basis": "vital_interest", "expires_at": "2999-01-01T00:00:00Z" })
}

/// A body with this value at this place, and with the further fields that the place requires.
pub fn completed(operation: &str, body: Option<Value>, pointer: &str, value: Value) -> Value {
    let mut body = body.unwrap_or_else(|| json!({}));
    let besides = match (operation, pointer) {
        ("create_approval", "/erasure/case_id") => {
            return json!({ "reason": "At the end of the operation", "erasure": { "case_id": value, "requested_by_person": true } });
        }
        ("create_approval", "/sharing/to_organisation_id") => {
            let mut sharing = data::sharing("");
            sharing["to_organisation_id"] = value;
            return json!({ "reason": "At the end of the operation", "sharing": sharing });
        }
        ("create_approval", "/takeover/case_id") => {
            return json!({ "reason": "At the end of the operation", "takeover": { "case_id": value } });
        }
        ("create_approval", "/exclusion/case_id") => {
            let exclusion = json!({ "case_id": value, "way": "denial" });
            return json!({ "reason": "At the end of the operation", "exclusion": exclusion });
        }
        ("create_approval", "/pathway_undo/case_id") => {
            let undo = json!({ "case_id": value, "began_with": 2 });
            return json!({ "reason": "At the end of the operation", "pathway_undo": undo });
        }
        ("create_approval", "/correction/case_id") => {
            let correction = json!({ "case_id": value, "wrong_version": 2 });
            return json!({ "reason": "At the end of the operation", "correction": correction });
        }
        ("create_consent", "/override_details/approval_id") => {
            let details = json!({ "basis": "vital_interest", "approval_id": value, "reason": "She was unconscious when she came in" });
            json!({ "answer": "overridden", "expires_at": "2999-01-01T00:00:00Z", "override_details": details })
        }
        ("create_approval", "/consent_override/case_id" | "/consent_override/recipient_organisation_id") => {
            let mut asked = overriding(&value);
            asked[pointer.rsplit('/').next().expect("a field")] = value.clone();
            if pointer.ends_with("organisation_id") {
                asked["recipient"] = json!("organisation");
            }
            return json!({ "reason": "At the end of the operation", "consent_override": asked });
        }
        ("record_afterwards_list", place) if place.starts_with("/items/0/person/") => {
            let mut person = json!({ "host_country": "KHM", "intake_channel": "hotline" });
            if !place.ends_with("/person_id") {
                person["identity"] = json!({ "given_name": "Rina" });
            }
            let mut item = body["items"][0].clone();
            item.as_object_mut().expect("an item").remove("case_id");
            item["person"] = person;
            json!({ "items": [item] })
        }
        ("create_cases", place) if place.ends_with("/person_id") => {
            json!({ "items": [{ "person": { "host_country": "KHM", "intake_channel": "hotline" } }] })
        }
        ("create_best_interests_procedure" | "update_best_interests_procedure", "/carer_checks/0/relation_id") => json!({ "carer_checks": [
            { "carer": "Her father", "checked_by": "Social worker", "checked_on": "2026-01-20", "finding": "no_concern" }] }),
        ("update_nationality_verification", "/note_verbale_id") => json!({ "note_verbale": "NV 114/2026" }),
        ("create_consent", "/recipient_organisation_id") => json!({ "recipient": "organisation" }),
        ("create_case", "/person_id") => return json!({ "host_country": "KHM", "intake_channel": "hotline", "person_id": value }),
        ("decide_tracing_match", "/consent_id") => json!({ "decision": "person_wants_contact" }),
        _ => json!({}),
    };
    for (field, value) in besides.as_object().expect("fields") {
        body[field] = value.clone();
    }
    let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).expect("the parent is there");
    match field.parse::<usize>() {
        Ok(place) => parent[place] = value,
        Err(_) => parent[field] = value,
    }
    body
}

//! Every date field of every body of the document: the day of the place is accepted, and the next one is refused. Half past six in
//! the morning in Phnom Penh, when UTC is a day behind; and the evening in Mexico, when UTC is a day ahead.

use diesel::connection::SimpleConnection;
use homeward::domain::access::{Permission, Role};
use serde_json::{Value, json};

use crate::support::database::Kind;
use crate::support::{World, contract, data};
use crate::walkers::access_matrix::{Operation, case_ids, is_of_case, operations, shared_ids, versioned};

/// Fields whose day may lie ahead, wherever they stand: what is planned, due, valid or asked for. The guard of a transition asks
/// for `occurred_on`.
const AHEAD: &[&str] = &[
    "appeal_until",
    "away_from",
    "away_until",
    "due_on",
    "entry_ban_until",
    "exit_permit_valid_until",
    "expires_on",
    "from",
    "next_due_on",
    "occurred_on",
    "registered_from",
    "registered_to",
    "reflection_until",
    "review_on",
    "stay_expired_on",
    "until",
    "updated_from",
    "updated_to",
    "valid_from",
    "valid_to",
    "valid_until",
    "visit_on",
];
/// Fields that are past elsewhere, and here are looked for or announced.
const AHEAD_HERE: &[(&str, &str)] = &[
    ("create_operation", "/ended_on"),
    ("update_operation", "/ended_on"),
    ("create_tracing_request", "/details/sought/birth_date"),
    ("search_cases", "/birth_date"),
    ("list_duplicate_candidates", "/birth_date"),
    ("search_blind", "/person/birth_date"),
];
const ACTORS: &[(&str, Role)] = &[
    ("caseworker.a", Role::NgoCaseworker),
    ("supervisor.a", Role::NgoSupervisor),
    ("officer.vnm", Role::EmbassyOfficer),
    ("coordinator", Role::Coordinator),
    ("admin", Role::Administrator),
];

/// A moment, and the days around it.
struct Moment {
    at: &'static str,
    /// Where the cases are, and the organisations.
    place: &'static str,
    here: [&'static str; 2],
    /// In Viet Nam, where the person goes.
    destination: [&'static str; 2],
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|target| document.pointer(target.trim_start_matches('#')));
    target.map_or(schema, |target| resolved(document, target))
}

/// The schema, and what it is made of.
fn parts<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = resolved(document, schema);
    let made_of = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|of| schema[of].as_array()).flatten();
    std::iter::once(schema).chain(made_of.flat_map(|part| parts(document, part))).collect()
}

fn is_date(document: &Value, schema: &Value) -> bool {
    let partial = &document["components"]["schemas"]["PartialDate"];
    parts(document, schema).into_iter().any(|part| part["format"] == "date" || part == partial)
}

/// The date fields of a schema, as pointers. What stands in a list is checked where the list is.
fn dates(document: &Value, schema: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in parts(document, schema) {
        for (name, field) in part["properties"].as_object().into_iter().flatten() {
            let pointer = format!("{at}/{name}");
            match is_date(document, field) {
                _ if field["readOnly"] == true => {}
                true => found.push(pointer),
                false => found.extend(dates(document, field, &pointer)),
            }
        }
    }
    found
}

fn dates_of(document: &Value, operation: &Operation) -> Vec<String> {
    let method = operation.method.as_str().to_lowercase();
    let body = resolved(document, &document["paths"][&operation.template][method]["requestBody"]);
    let mut found: Vec<String> = body["content"]
        .as_object()
        .into_iter()
        .flat_map(|content| content.values())
        .flat_map(|form| dates(document, &form["schema"], ""))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn may_lie_ahead(operation: &Operation, pointer: &str) -> bool {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    AHEAD.contains(&name) || AHEAD_HERE.contains(&(operation.id.as_str(), pointer))
}

/// What stands beside a day in a part of a body that the sample leaves out; null, where nothing need.
fn whole(part: &str) -> Value {
    let guardianship = json!({ "basis": "court_order", "appointed_by": "Court of Phnom Penh", "appointed_on": "2026-01-20", "conflict_of_interest": false });
    let assent = json!({ "agrees": true, "asked_on": "2026-01-20", "words": "Wants to go home", "explained_for_age": true });
    match part {
        "guardianship" => guardianship,
        "assent" => assent,
        "child_decision" => json!({ "given_by": "guardian", "guardianship": guardianship, "assent": assent }),
        "consular_registration" => json!({ "mission": "Embassy of Viet Nam", "number": "12/26" }),
        _ => Value::Null,
    }
}

/// The sample body at a place, with a day in one field.
fn dated(mut body: Value, place: &str, pointer: &str, day: &str) -> Value {
    for field in ["host_country", "country"] {
        if body.get(field).is_some() {
            body[field] = json!(place);
        }
    }
    let mut at = &mut body;
    for part in pointer.split('/').skip(1) {
        if at[part].is_null() && part == "age_estimate" {
            at[part] = json!({ "from_years": 15, "to_years": 18 });
        }
        if at[part].is_null() {
            at[part] = whole(part);
        }
        at = &mut at[part];
    }
    *at = json!(day);
    body
}

fn say(world: &World, statement: &str) {
    let saying = |connection: &mut homeward::db::engine::connection::Connection| connection.batch_execute(statement);
    world.database.with_connection(saying).expect("the statement runs");
}

/// What is wrong in the answers to every date field of an operation.
async fn wrong(world: &World, document: &Value, operation: &Operation, shared: &data::Ids, moment: &Moment) -> Vec<String> {
    let pointers = dates_of(document, operation);
    let scope = operation.scope.as_deref().and_then(Permission::parse);
    let actors: Vec<&str> = ACTORS.iter().filter(|(_, role)| scope.is_some_and(|scope| role.may(scope))).map(|(actor, _)| *actor).collect();
    if pointers.is_empty() || actors.is_empty() {
        return Vec::new();
    }
    let ids = if is_of_case(operation) { case_ids(world, shared, &operation.template).await } else { shared.clone() };
    say(world, &format!("UPDATE cases SET host_country = '{}'", moment.place));
    say(world, &format!("UPDATE operations SET country = '{}'", moment.place));
    say(world, &format!("UPDATE statements SET country = '{}'", moment.place));
    let url = data::path(&operation.template, &ids);
    let is_there = ["arrivals", "support-plans", "follow-ups"].iter().any(|there| operation.template.contains(there));
    let [today, tomorrow] = if is_there { moment.destination } else { moment.here };
    let mut wrong = Vec::new();
    for (unique, pointer) in pointers.iter().enumerate() {
        for (day, is_refused) in [(today, false), (tomorrow, !may_lie_ahead(operation, pointer))] {
            let mut told = Vec::new();
            for actor in &actors {
                let sample = data::sample(&operation.id, &ids, unique).expect("a body");
                let body = dated(sample, moment.place, pointer, day);
                let etag = world.get("caseworker.a", versioned(&url)).await.etag();
                let etag = if etag.is_empty() { "\"1-0\"".to_owned() } else { etag };
                told.push(world.send(actor, operation.method.clone(), &url, &[("if-match", &etag)], Some(&body)).await);
            }
            let ahead = |answer: &crate::support::Answer| {
                let errors = if answer.status == 422 { answer.json()["errors"].clone() } else { Value::Null };
                errors
                    .as_array()
                    .is_some_and(|errors| errors.iter().any(|one| one["pointer"] == *pointer && one["code"] == "date_in_future"))
            };
            if told.iter().any(ahead) != is_refused {
                let told: Vec<String> = told.iter().map(|answer| format!("{} {:.300}", answer.status, answer.text())).collect();
                wrong.push(format!("{} {pointer} on {day} in {}: {}", operation.id, moment.place, told.join(" / ")));
            }
        }
    }
    wrong
}

async fn walk(moment: &Moment) {
    let world = &World::beginning_at(Kind::Sqlite, moment.at).await.expect("SQLite is always there");
    // A mission is of the state that sends it, and works in the one that hosts it.
    say(world, &format!("UPDATE organisations SET country = '{}' WHERE kind <> 'diplomatic_mission'", moment.place));
    say(world, &format!("UPDATE missions SET host_state = '{}'", moment.place));
    let shared = shared_ids(world).await;
    let document = contract::document();
    let (mut found, mut fields) = (Vec::new(), 0);
    for operation in operations().iter().filter(|operation| operation.scope.is_some()) {
        fields += dates_of(document, operation).len();
        found.extend(wrong(world, document, operation, &shared, moment).await);
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    assert!(fields > 90, "{fields} date fields are not all");
}

#[actix_web::test]
async fn at_dawn_in_phnom_penh_today_is_today() {
    let days = ["2026-03-10", "2026-03-11"];
    walk(&Moment { at: "2026-03-09T23:30:00Z", place: "KHM", here: days, destination: days }).await;
}

#[actix_web::test]
async fn in_the_evening_in_mexico_today_is_still_today() {
    let (here, destination) = (["2026-03-09", "2026-03-10"], ["2026-03-10", "2026-03-11"]);
    walk(&Moment { at: "2026-03-10T02:00:00Z", place: "MEX", here, destination }).await;
}

//! Every field that an answer about a case can have, and what a guest mission reads of it: a committed table, held against the document
//! and against what two missions were really told. A field without a line, and a line that is not true, are red.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use actix_web::http::Method;
use homeward::domain::repatriation::records::RecordKind;
use serde_json::{Value, json};

use super::access_matrix::{Operation, operations};
use super::guest_fields::{COMPUTED, OF_EVERY_RECORD};
use crate::repatriation::guest_missions::with_two_missions;
use crate::support::contract::document;
use crate::support::database::Kind::Sqlite;
use crate::support::journey::{at, go};
use crate::support::{World, records};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/walkers/guest_fields.txt");
const HEAD: &str = "\
# Who reads what of a case of another organisation: every field of every answer about a case, by the schema of the document, with the
# compartment that it is sealed with. A coordination desk and a partner read the compartments that their grant opens; a guest mission:
# open      as the owner has it, where the mission's grant opens the compartment
# own       of what the mission recorded itself, or what is addressed to it; null or absent of everything else
# closed    never
# computed  for the reader, from what the reader may know
# undecided somebody has to decide: the test is red
";

/// What the grant of a mission opens that a person accepted, beside what is in the clear.
const OPENED: &[&str] = &["clear", "identity", "contact"];

/// What a guest mission reads of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    Open,
    Own,
    Closed,
    Computed,
}

impl Answer {
    fn read(word: &str) -> Option<Self> {
        [(Self::Open, "open"), (Self::Own, "own"), (Self::Closed, "closed"), (Self::Computed, "computed")]
            .into_iter()
            .find_map(|(answer, known)| (known == word).then_some(answer))
    }
}

/// The operations whose answers are about cases, and may be read by a mission.
fn surface() -> impl Iterator<Item = Operation> {
    let is_about_cases = |template: &str| ["/v1/cases", "/v1/worklist", "/v1/movements"].iter().any(|part| template.starts_with(part));
    operations().into_iter().filter(move |operation| operation.method == Method::GET && is_about_cases(&operation.template))
}

fn answer_of<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    &document["paths"][&operation.template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
}

/// Calls `met` for every field below a schema, with the schema that names it: an object without a name belongs to the one around it.
fn fields(document: &Value, schema: &Value, of: &str, seen: &mut BTreeSet<String>, met: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().expect("a name");
        if seen.insert(name.to_owned()) {
            fields(document, document.pointer(reference.trim_start_matches('#')).expect("a schema"), name, seen, met);
        }
        return;
    }
    for union in ["oneOf", "anyOf", "allOf"] {
        schema[union].as_array().into_iter().flatten().for_each(|part| fields(document, part, of, seen, met));
    }
    if schema["items"].is_object() {
        fields(document, &schema["items"], of, seen, met);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        met.insert(format!("{of}.{name}"));
        fields(document, property, of, seen, met);
    }
}

/// The leaves of an answer by the thing that they stand in, its schema and the field.
type Told = BTreeMap<(String, String), Value>;

fn flatten(document: &Value, schema: &Value, value: &Value, of: &str, place: &str, told: &mut Told) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().expect("a name");
        return flatten(document, document.pointer(reference.trim_start_matches('#')).expect("a schema"), value, name, place, told);
    }
    for union in ["oneOf", "anyOf", "allOf"] {
        schema[union].as_array().into_iter().flatten().for_each(|part| flatten(document, part, value, of, place, told));
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
        // A thing is the same in two lists if its id is, whatever else is in them; a change, if its version and its place are.
        let names = ["id", "to", "field", "version", "compartment", "moved_at"].map(|name| item[name].to_string());
        let of_task = item["task"]["id"].as_str().unwrap_or_default();
        flatten(document, &schema["items"], item, of, &format!("{place}/{}{of_task}", names.concat()), told);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let (leaf, inner) = (&value[name], format!("{place}/{name}"));
        if leaf.is_object() || leaf.as_array().is_some_and(|items| items.iter().any(Value::is_object)) {
            told.insert((place.to_owned(), format!("{of}.{name}")), json!("something"));
            flatten(document, property, leaf, of, &inner, told);
        } else if value.is_object() {
            told.insert((place.to_owned(), format!("{of}.{name}")), leaf.clone());
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Everything that an actor is told about a case, by operation and place.
async fn told(world: &World, actor: &str, case: &Value) -> Told {
    let (document, id) = (document(), case["id"].as_str().expect("an id"));
    let mut all = Told::new();
    for operation in surface() {
        let url = operation.template.replace("{id}", id);
        if url.contains('{') || operation.template.starts_with("/v1/movements") {
            continue;
        }
        let url = if operation.id == "get_worklist" { format!("{url}?horizon_days=90") } else { url };
        let url = if operation.id == "list_case_history" { format!("{url}?limit=200") } else { url };
        let answer = world.get(actor, &url).await;
        if let (200, Ok(body)) = (answer.status, serde_json::from_slice::<Value>(&answer.body)) {
            flatten(document, answer_of(document, &operation), &body, "", &operation.id, &mut all);
        }
    }
    all
}

/// A case on which the owner filled in everything that it can, and the Vietnamese mission everything that it may.
async fn filled_in(world: &World) -> Value {
    let case = with_two_missions(world).await;
    let user = world.get("caseworker.a", "/v1/me").await.json()["user_id"].clone();
    world.act("supervisor.a", &at(&case, ""), "/assign", json!({ "assigned_to": user })).await.expect(200);
    let id = case["id"].as_str().expect("an id");
    for (collection, body) in records::all() {
        if !["fine-waivers", "fine-payments", "arrivals"].contains(&collection) {
            world.post("caseworker.a", &at(&case, &format!("/{collection}")), body).await;
        }
    }
    for collection in ["fine-waivers", "fine-payments"] {
        records::one_of(world, id, collection).await;
    }
    for actor in ["caseworker.a", "officer.vnm"] {
        let file = json!({ "kind": "passport_scan", "media_type": "application/pdf", "file_name": "a.pdf", "description": "Beside it" });
        world.post(actor, &at(&case, "/attachments"), file).await.expect(201);
        let task = json!({ "note": "Call the sister", "due_on": world.day(3) });
        world.post(actor, &at(&case, "/tasks"), task).await.expect(201);
    }
    let mission = world.mission("VNM").await;
    world.post("caseworker.a", &at(&case, "/nationality-verifications"), json!({ "mission_id": mission })).await.expect(201);
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await.expect(200);
    let hold = json!({ "to": "on_hold", "hold_reason": "witness_proceedings", "review_on": world.day(5), "reason": "In court" });
    go(world, "caseworker.a", &case, hold).await.expect(200);
    go(world, "caseworker.a", &case, json!({ "to": "resume" })).await.expect(200);
    world.patch("caseworker.a", &at(&case, ""), json!({ "risk_level": "high", "further_nationalities": ["SGP"] })).await.expect(200);
    case
}

fn committed() -> BTreeMap<String, (String, Option<Answer>)> {
    let text = std::fs::read_to_string(TABLE).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[0].to_owned(), (words[1].to_owned(), Answer::read(words[2])))
        })
        .collect()
}

/// Writes the table with a line for every field; what was decided stays.
fn write(fields: &BTreeSet<String>, known: &BTreeMap<String, (String, Option<Answer>)>) {
    let mut text = HEAD.to_owned();
    for field in fields {
        let (compartment, answer) = known.get(field).cloned().unwrap_or(("?".to_owned(), None));
        let answer = answer.map_or("undecided".to_owned(), |answer| format!("{answer:?}").to_lowercase());
        writeln!(text, "{field:<52} {compartment:<11} {answer}").expect("a text");
    }
    std::fs::write(TABLE, text).expect("the table is written");
}

#[test]
fn every_field_of_every_answer_about_a_case_is_decided_for_guests() {
    let document = document();
    let (mut met, mut seen) = (BTreeSet::new(), BTreeSet::new());
    surface().for_each(|operation| fields(document, answer_of(document, &operation), &operation.id, &mut seen, &mut met));
    assert!(met.len() > 300, "{}", met.len());
    if std::env::var_os("HOMEWARD_UPDATE").is_some() {
        write(&met, &committed());
    }
    let known = committed();
    let listed: BTreeSet<String> = known.keys().cloned().collect();
    let different: Vec<&String> = met.symmetric_difference(&listed).collect();
    assert!(different.is_empty(), "decide what a guest mission reads of these, or take them off {TABLE}: {different:?}");
    let undecided: Vec<&String> = known.iter().filter(|(_, (_, answer))| answer.is_none()).map(|(field, _)| field).collect();
    assert!(undecided.is_empty(), "decide what a guest mission reads of these: {undecided:?}");
    // What the code lists of records is what the table says of them.
    for kind in RecordKind::ALL {
        let schema: String = kind.as_str().split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        let of_kind = known.iter().filter_map(|(field, line)| Some((field.strip_prefix(&format!("{schema}."))?, line)));
        let of_kind = of_kind.filter(|(name, _)| !OF_EVERY_RECORD.contains(name) && !COMPUTED.contains(name));
        let mut lines = 0;
        for (name, (compartment, answer)) in of_kind {
            let is_open = kind.open_to_guest_missions().contains(&name);
            assert_eq!(*answer == Some(Answer::Open), is_open, "{schema}.{name}: the code says otherwise");
            assert_eq!(compartment, kind.compartment().as_str(), "{schema}.{name}");
            lines += 1;
        }
        assert!(lines > 3, "{schema}: {lines}");
    }
}

#[actix_web::test]
async fn a_guest_mission_reads_what_the_table_says() {
    let Some(world) = &World::start(Sqlite).await else { return };
    let case = filled_in(world).await;
    let (owner, guest) = (told(world, "caseworker.a", &case).await, told(world, "officer.vnm", &case).await);
    let places: BTreeSet<&String> = guest.keys().map(|(place, _)| place).collect();
    let own = world.get("officer.vnm", "/v1/me").await.json()["organisation_id"].to_string();
    let table = committed();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for ((place, field), value) in owner.iter().filter(|((place, _), value)| places.contains(place) && !is_nothing(value)) {
        let Some((compartment, Some(answer))) = table.get(field) else { continue };
        let read = guest.get(&(place.clone(), field.clone())).unwrap_or(&Value::Null);
        // Which organisation recorded the thing in which the field stands, or to which mission it is addressed.
        let about =
            |name: &str| guest.iter().find(|((at, field), _)| at == place && field.ends_with(name)).map(|(_, value)| value.to_string());
        let is_own = ["recorded_by", "organisation_id", "mission_id"].iter().any(|name| about(&format!(".{name}")) == Some(own.clone()));
        let is_true = match answer {
            Answer::Computed => true,
            Answer::Open => read == value || (is_nothing(read) && !OPENED.contains(&compartment.as_str())),
            Answer::Own if is_own => true,
            Answer::Own | Answer::Closed => is_nothing(read),
        };
        compared += 1;
        if !is_true {
            wrong.push(format!("{field} is {answer:?}; at {place} the owner reads {value} and the guest {read}"));
        }
    }
    assert!(compared > 200, "only {compared} values were compared");
    assert!(wrong.is_empty(), "{} lines are not true:\n{}", wrong.len(), wrong.join("\n"));
    let only: Vec<_> = guest.iter().filter(|(key, value)| !is_nothing(value) && owner.get(*key).is_some_and(is_nothing)).collect();
    let only: Vec<_> =
        only.into_iter().filter(|((_, field), _)| table.get(field).is_some_and(|(_, is)| *is != Some(Answer::Computed))).collect();
    assert!(only.is_empty(), "a guest reads what the owner does not: {only:?}");
}

//! Every text of every input in the document: what misleads the eye, or shows nothing, is refused with a problem that names the
//! field, and nothing that a script needs is.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Map, Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{World, data};
use crate::walkers::access_matrix::{Operation, nowhere, operations};
use crate::walkers::cross_reference::ids::{described, walk};
use crate::walkers::cross_reference::somebody_who_may;

/// What no text may hold, each with the code of its refusal.
const UNFIT: [(&str, &str); 12] = [
    ("nul_character", "Qx\0z"),
    ("control_character", "Qxz\u{7}"),
    ("control_character", "\u{9b}Qxz"),
    ("direction_control", "\u{202e}zxQ"),
    ("direction_control", "Qx\u{2066}z"),
    ("hidden_character", "Qxz\u{e0041}"),
    ("hidden_character", "\u{feff}Qxz"),
    ("unassigned_character", "Qx\u{ffff}z"),
    ("unassigned_character", "\u{378}"),
    ("misplaced_joiner", "\u{200d}Qxz"),
    ("invisible_text", "\u{200b}"),
    ("invisible_text", "\u{3164} "),
];

/// From so many characters on, a text may have several lines.
const LONG: u64 = 500;

/// A text in an input.
struct Text {
    pointer: String,
    /// Whether it may have several lines; none for a text of a fixed form, such as a date.
    has_lines: Option<bool>,
}

fn is_text(schema: &Value) -> bool {
    let kind = &schema["type"];
    kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string")))
}

fn text(pointer: &str, schema: &Value) -> Option<Text> {
    let is_formed = ["format", "enum", "pattern", "const"].iter().any(|form| !schema[form].is_null()) || schema["maxLength"].is_null();
    // An entry of a list is one line, and so are addresses of pages and tokens, however long they are.
    let is_line = ["/0", "/url", "token"].iter().any(|end| pointer.ends_with(end));
    let has_lines = schema["maxLength"].as_u64().is_some_and(|most| most >= LONG) && !is_line;
    is_text(schema).then(|| Text { pointer: pointer.to_owned(), has_lines: (!is_formed).then_some(has_lines) })
}

/// The texts of an operation's JSON body, and whether the body is a patch.
fn texts_of_body(operation: &Operation) -> (Vec<Text>, bool) {
    let document = crate::support::contract::document();
    let content = &described(document, operation)["requestBody"]["content"];
    let (json, patch) = (&content["application/json"], &content["application/merge-patch+json"]);
    let mut texts = Vec::new();
    for described in [json, patch].into_iter().filter(|described| described.is_object()).take(1) {
        walk(document, &described["schema"], "", &mut |pointer, schema| texts.extend(text(pointer, schema)));
    }
    texts.dedup_by(|one, other| one.pointer == other.pointer);
    (texts, patch.is_object())
}

fn names_of_query(operation: &Operation) -> Vec<String> {
    let document = crate::support::contract::document();
    let parameters = described(document, operation)["parameters"].as_array().into_iter().flatten();
    let in_query = parameters.filter(|parameter| parameter["in"] == "query");
    in_query.filter_map(|parameter| parameter["name"].as_str()).map(ToOwned::to_owned).collect()
}

/// Puts a value at a pointer, with every object and list on the way.
fn put(place: &mut Value, pointer: &str, value: &str) {
    let Some((head, rest)) = pointer.trim_start_matches('/').split_once('/').or(Some((pointer.trim_start_matches('/'), ""))) else {
        return;
    };
    if head.is_empty() {
        *place = json!(value);
    } else if head == "0" {
        if !place.is_array() {
            *place = json!([null]);
        }
        put(&mut place[0], rest, value);
    } else {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        put(&mut place[head], rest, value);
    }
}

/// The places and codes of what was found wrong with a body in which all these texts say the same.
async fn refused(world: &World, operation: &Operation, texts: &[Text], value: &str) -> Vec<(String, String)> {
    let mut body = json!({});
    // What is inside another text stands behind it, and would replace it.
    texts.iter().for_each(|text| put(&mut body, &text.pointer, value));
    let actor = operation.scope.as_ref().map_or("", |_| somebody_who_may(operation));
    let url = data::path(&operation.template, &nowhere());
    let answer = world.send(actor, operation.method.clone(), &url, &[("if-match", "\"1-0\"")], Some(&body)).await;
    let told = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    assert!(!answer.text().contains("Qx"), "{}: what was sent is repeated: {}", operation.id, answer.text());
    told.iter().map(|told| (told["pointer"].as_str().unwrap().to_owned(), told["code"].as_str().unwrap().to_owned())).collect()
}

#[rstest]
#[actix_web::test]
async fn no_text_of_any_input_misleads_the_eye(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mut wrong, mut texts_seen, mut queries_seen) = (Vec::new(), 0, 0);
    for operation in operations() {
        let (texts, is_patch) = texts_of_body(&operation);
        texts_seen += texts.len();
        for (code, value) in UNFIT.iter().filter(|_| !texts.is_empty()) {
            let told = refused(world, &operation, &texts, value).await;
            let missing = texts.iter().filter(|text| !told.contains(&(text.pointer.clone(), (*code).to_owned())));
            wrong.extend(missing.map(|text| format!("{} {} takes {value:?}: {told:?}", operation.id, text.pointer)));
        }
        // A patch is read as a text alone; of which form its texts are is known when it meets what it changes.
        if !is_patch && !texts.is_empty() {
            let told = refused(world, &operation, &texts, "Qxz\nQxz").await;
            for text in &texts {
                let is_refused = told.contains(&(text.pointer.clone(), "line_break".to_owned()));
                if text.has_lines.is_some_and(|has_lines| has_lines == is_refused) {
                    wrong.push(format!(
                        "{} {} {}: {told:?}",
                        operation.id,
                        text.pointer,
                        if is_refused { "is long and takes one line" } else { "takes a line break" }
                    ));
                }
            }
        }
        for name in names_of_query(&operation) {
            queries_seen += 1;
            let path = data::path(&operation.template, &nowhere());
            let url = format!("{}?{name}=Qx%E2%80%AEz", path.split('?').next().unwrap_or_default());
            let actor = operation.scope.as_ref().map_or("", |_| somebody_who_may(&operation));
            let answer = world.send(actor, operation.method.clone(), &url, &[], None).await;
            let told = answer.json()["errors"][0].clone();
            if (told["pointer"].as_str(), told["code"].as_str()) != (Some(name.as_str()), Some("direction_control")) {
                wrong.push(format!("{} ?{name}: {}", operation.id, answer.text()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {texts_seen}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(texts_seen > 150 && queries_seen > 50, "only {texts_seen} texts and {queries_seen} parameters were found");
}

#[rstest]
#[actix_web::test]
async fn every_script_is_kept_as_it_was_written(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (name, notes) in [
        ("សុខ\u{200b} សុភា", "first line\nsecond line\r\n\tthird"),
        ("می\u{200c}خواهم", "\u{200f}محمد \u{200e}(Ali)\u{200f}"),
        ("ශ්\u{200d}රී", "👩\u{200d}👩\u{200d}👧"),
        ("葛\u{e0100}城", "١٢٣"),
        ("𐴀𐴞𐴕𐴐𐴝", "o\u{2019}Brien"),
    ] {
        let mut body = data::walk_in();
        body["identity"]["given_name"] = json!(name);
        body["narrative"]["notes"] = json!(notes);
        let case = world.register("officer.idn", body).await;
        let read = world.get("officer.idn", &at(&case, "")).await.expect(200).json();
        assert_eq!((&read["identity"]["given_name"], &read["narrative"]["notes"]), (&json!(name), &json!(notes)));
        let patched = json!({ "identity": { "family_name": name }, "narrative": { "notes": format!("{notes}\n{name}") } });
        world.patch("officer.idn", &at(&case, ""), patched).await.expect(200);
        let refused = world.patch("officer.idn", &at(&case, ""), json!({ "identity": { "family_name": "two\nlines" } })).await;
        assert_eq!(refused.problem(400, "invalid_body")["errors"][0]["code"], "line_break");
        let refused = world.patch("officer.idn", &at(&case, ""), json!({ "narrative": { "notes": "\u{202e}seton" } })).await;
        assert_eq!(refused.problem(400, "invalid_body")["errors"][0]["pointer"], "/narrative/notes");
    }
    assert_eq!(world.send("officer.idn", Method::GET, "/v1/cases?after=%E2%80%8B", &[], None).await.status, 400);
}

#[rstest]
#[actix_web::test]
async fn what_nobody_sees_makes_no_other_name_of_a_person_a_place_or_an_organisation(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let places = ["/identity/given_name", "/identity/original_script_name", "/identity/birth_place", "/identity/aliases/0/name"];
    for hidden in ["\u{ad}", "\u{200b}", "\u{2060}", "\u{200d}", "\u{fe0f}", "\u{3164}", "\u{1160}", "\u{e0100}", "\u{e0041}"] {
        let name = format!("Si{hidden}ti");
        let mut body = data::walk_in();
        body["identity"]["aliases"] = json!([{ "name": "Siti" }]);
        for place in places {
            put(&mut body, place, &name);
        }
        let refused = world.post("officer.idn", "/v1/cases", body).await.problem(400, "invalid_body");
        let told =
            refused["errors"].as_array().unwrap().iter().map(|told| (told["pointer"].as_str().unwrap(), told["code"].as_str().unwrap()));
        let told: Vec<_> = told.collect();
        for place in places {
            assert!(told.contains(&(place, "hidden_character")), "{hidden:?} {place}: {told:?}");
        }
        let (missing, organisation, user) = (data::looked_for(&name), "/v1/organisations", "/v1/users");
        assert_eq!(world.post("officer.idn", "/v1/tracing-requests", missing).await.status, 400, "{hidden:?}");
        let new = json!({ "name": format!("Safe{hidden}Return"), "kind": "ngo", "country": "KHM" });
        assert_eq!(world.post("admin", organisation, new).await.status, 400, "{hidden:?}");
        let listed = world.get("admin", user).await.expect(200).json();
        let address = format!("{user}/{}", listed["items"][0]["id"].as_str().unwrap());
        assert_eq!(world.patch("admin", &address, json!({ "display_name": name })).await.status, 400, "{hidden:?}");
    }
    // Whoever searches may have pasted it.
    let pasted = json!({ "name": "Siti\u{200b} Rahma\u{ad}wati" });
    world.post("officer.idn", "/v1/cases/search", pasted).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn no_organisation_looks_like_another_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let named = |name: &str| json!({ "name": name, "kind": "ngo", "country": "KHM" });
    let first = world.post("admin", "/v1/organisations", named("Safe Return Cambodia")).await.expect(201).json();
    for same in ["Safe Return Cambodia", "S\u{430}fe Return C\u{430}mbodia", "SAFE RETURN CAMBODIA", "Safe  Return\u{a0}Cambodia "] {
        world.post("admin", "/v1/organisations", named(same)).await.problem(409, "already_exists");
    }
    let other = world.post("admin", "/v1/organisations", named("Safe Return Thailand")).await.expect(201).json();
    let address = |organisation: &Value| format!("/v1/organisations/{}", organisation["id"].as_str().unwrap());
    let renamed = json!({ "name": "Saf\u{435} Return Cambodia" });
    world.patch("admin", &address(&other), renamed.clone()).await.problem(409, "already_exists");
    world.patch("admin", &address(&first), json!({ "name": "SAFE Return Cambodia" })).await.expect(200);
    world.patch("admin", &address(&other), json!({ "phone": "012 345 678" })).await.expect(200);
}

//! Records the real answers of the service, for the examples of the API document.
//!
//! A run with `HOMEWARD_UPDATE=1` fills in the operations that have no example in `openapi/examples.json`; delete an entry there
//! to have it recorded anew. Runs without it test that every operation has an example, and that it still fits its schema.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};

use actix_web::http::Method;
use homeward::api::http::plain_path::PlainPath;
use homeward::api::http::routes::Operations;
use homeward::api::openapi::from_handlers;
use serde_json::{Map, Value, json};

use super::client::Answer;
use crate::walkers::openapi::update;

pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/examples.json");

/// An example longer than this, in characters, is too long to read.
const LONGEST: usize = 4000;

static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| Operations::of(&from_handlers()));
static RECORDED: LazyLock<Mutex<Recorded>> = LazyLock::new(|| Mutex::new(Recorded::read()));

struct Recorded {
    examples: BTreeMap<String, Value>,
    /// Examples recorded in this run, which a fuller one may replace.
    fresh: BTreeSet<String>,
}

impl Recorded {
    fn read() -> Self {
        let text = std::fs::read_to_string(FILE).unwrap_or_else(|_| "{}".to_owned());
        Self { examples: serde_json::from_str(&text).expect("the examples are JSON"), fresh: BTreeSet::new() }
    }

    fn keep(&mut self, operation: &str, example: Value) {
        let size = |example: &Value| Some(example.to_string().len()).filter(|size| *size <= LONGEST).unwrap_or(1);
        let shows_more = self.examples.get(operation).is_none_or(|known| self.fresh.contains(operation) && size(known) < size(&example));
        if shows_more {
            self.fresh.insert(operation.to_owned());
            self.examples.insert(operation.to_owned(), example);
            let text = serde_json::to_string_pretty(&self.examples).expect("JSON") + "\n";
            std::fs::write(FILE, text).expect("the examples are written");
        }
    }
}

/// Notes a successful answer, when committed files are being rewritten.
pub fn record(method: &Method, path: &str, request: Option<&Value>, answer: &Answer) {
    if !update() || !(200..300).contains(&answer.status) {
        return;
    }
    let Some(operation) = PlainPath::read(path.split('?').next().unwrap_or_default())
        .and_then(|path| OPERATIONS.find(method, path))
        .map(|found| found.name.as_str())
    else {
        return;
    };
    let mut ids = Ids::default();
    let mut example = Map::new();
    if let Some(request) = request {
        example.insert("request".to_owned(), tidy(request, "", &mut ids));
    }
    // The bytes of a file are no readable example.
    if !answer.body.is_empty() && answer.header("content-type") != "application/octet-stream" {
        let is_json = answer.header("content-type").starts_with("application/json");
        let mut body = if is_json { answer.json() } else { json!(answer.text()) };
        if let Some(document) = body.as_object_mut().filter(|fields| fields.contains_key("openapi")) {
            // The document as an example in itself would contain itself.
            document.retain(|field, _| field == "openapi");
        }
        example.insert("response".to_owned(), tidy(&body, "", &mut ids));
    }
    let example = Value::Object(example);
    // The marks that reveal a leak mean nothing to a reader.
    if example.to_string().contains("canary") {
        return;
    }
    RECORDED.lock().expect("nobody panicked here").keep(operation, example);
}

/// The ids of an example: equal ids stay equal within it.
#[derive(Default)]
struct Ids(BTreeMap<String, String>);

impl Ids {
    fn of(&mut self, id: &str) -> String {
        let next = self.0.len() + 1;
        self.0.entry(id.to_owned()).or_insert_with(|| format!("5b1a2c3d-4e5f-4a6b-8c7d-{next:012x}")).clone()
    }
}

/// An answer prepared for a reader: no long lists, and no text that looks like a real, leaked secret.
fn tidy(value: &Value, key: &str, ids: &mut Ids) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.iter().map(|(name, field)| (name.clone(), tidy(field, name, ids))).collect()),
        Value::Array(items) => items.iter().take(2).map(|item| tidy(item, key, ids)).collect(),
        Value::String(text) => json!(tidy_text(text, key, ids)),
        other => other.clone(),
    }
}

/// Elements that have no end in HTML.
const WITHOUT_END: &[&str] = &["meta", "link", "br", "hr", "img", "input"];

/// The beginning of a picture or of a page, with the ends of the elements that are open there: it is read as markup all the same.
fn cut_markup(text: &str) -> String {
    let (mut kept, mut open): (String, Vec<&str>) = (String::new(), Vec::new());
    for tag in text.split_inclusive('>') {
        if kept.chars().count() + tag.chars().count() > 600 {
            break;
        }
        kept.push_str(tag);
        let Some((_, inside)) = tag.rsplit_once('<') else { continue };
        let name = inside.split([' ', '>', '/']).next().unwrap_or_default();
        if inside.starts_with('/') {
            open.pop();
        } else if !inside.starts_with(['?', '!']) && !inside.ends_with("/>") && !WITHOUT_END.contains(&name) {
            open.push(name);
        }
    }
    kept + &open.iter().rev().map(|name| format!("</{name}>")).collect::<String>()
}

fn tidy_text(text: &str, key: &str, ids: &mut Ids) -> String {
    // Readers send the example unchanged to try an operation: it must be accepted.
    if key == "new_password" {
        return "tidur di bawah pohon besar".to_owned();
    }
    if key == "password" || key.ends_with("_password") {
        return "a lantern for every door".to_owned();
    }
    let secret = ["token", "secret", "recovery_codes", "assertion"];
    if uuid::Uuid::parse_str(text).is_ok() {
        ids.of(text)
    } else if key == "next" && text.len() > 20 {
        // A cursor; the possible next steps of a case have the same field name.
        text.chars().take(8).chain(".example".chars()).collect()
    } else if secret.contains(&key) || key.ends_with("_token") || key.ends_with("_secret") || key.ends_with("_assertion") {
        text.chars().take(8).chain(".example".chars()).collect()
    } else if text.starts_with('<') && text.chars().count() > 400 {
        cut_markup(text)
    } else if text.chars().count() > 400 {
        text.chars().take(200).chain("…".chars()).collect()
    } else {
        text.to_owned()
    }
}

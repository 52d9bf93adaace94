//! One reading of an input: the values that were refused, and their stand-ins while the rest is read.

use serde_json::{Map, Value};
use std::cell::RefCell;

use crate::api::http::json::fault::{Fault, Kind};
use crate::api::http::json::path::{Path, shown};
use crate::api::http::json::wiped::Wiped;
use crate::domain::violation::Violation;

/// Violations that are reported for one input. The API document states this number too.
pub const MAX_VIOLATIONS: usize = 1000;
/// How often one input is read.
const MAX_ROUNDS: usize = 100;
/// Values that are looked at in all rounds together, so that a long body full of mistakes takes no longer than a good one.
const MAX_VISITS: usize = 20_000;

/// Sample texts for types that cannot name an example themselves, each with the message that describes the form.
const FORMS: &[(&str, &str)] = &[
    ("2000-01-01", "must be an existing date: YYYY-MM-DD"),
    ("00000000-0000-4000-8000-000000000000", "must be a UUID, such as 5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"),
    ("2000-01-01T00:00:00Z", "must be a time as in RFC 3339, such as 2026-01-19T03:12:45Z"),
];

/// The value that is read in place of a refused one.
#[derive(Debug)]
pub enum StandIn {
    /// Null where null is allowed, otherwise the least that the type can hold.
    Nothing,
    /// A text that the type itself gave as an example.
    Example(String),
    /// One of the texts that pass for a type with a form.
    Form(usize),
    /// Nothing: the name does not exist.
    LeftOut,
}

impl StandIn {
    /// The first stand-in to try.
    fn after(kind: Kind) -> Self {
        match kind {
            Kind::Told(_, _, example) => Self::Example(example),
            Kind::UnknownField => Self::LeftOut,
            Kind::Untold => Self::Form(0),
            Kind::Plain(..) | Kind::Missing(_) | Kind::Unlisted(..) => Self::Nothing,
        }
    }

    /// The stand-in to try after this one was refused as well.
    fn next(&self, kind: Kind) -> Option<Self> {
        match (self, kind) {
            (Self::Nothing, Kind::Told(_, _, example)) => Some(Self::Example(example)),
            (Self::Nothing, Kind::Untold) => Some(Self::Form(0)),
            (Self::Form(at), Kind::Untold) if at + 1 < FORMS.len() => Some(Self::Form(at + 1)),
            _ => None,
        }
    }

    /// The text to read where the type expects a text.
    pub fn text(&self) -> &str {
        match self {
            Self::Example(text) => text,
            Self::Form(at) => FORMS.get(*at).map_or("", |(text, _)| text),
            Self::Nothing | Self::LeftOut => "",
        }
    }
}

/// A refused value and its stand-in.
struct Refused {
    pointer: String,
    /// The field that its object lacks.
    lacking: Option<&'static str>,
    stand_in: StandIn,
    /// Whether the type did not say why.
    is_untold: bool,
    /// The violation to report; none for a part of a value that is refused as a whole.
    violation: Option<Violation>,
}

/// One input while it is read.
pub struct Reading {
    root: Wiped,
    is_query: bool,
    violations: Vec<Violation>,
    refused: Vec<Refused>,
    unknown: RefCell<Vec<String>>,
    rounds: usize,
}

impl Reading {
    /// Begins to read a body in which these violations are known already.
    pub fn of_body(root: Value, violations: Vec<Violation>) -> Self {
        let rounds = (MAX_VISITS / count(&root)).clamp(1, MAX_ROUNDS);
        Self { root: Wiped(root), is_query: false, violations, refused: Vec::new(), unknown: RefCell::default(), rounds }
    }

    /// Begins to read a query in which these violations are known already.
    pub fn of_query(root: Value, violations: Vec<Violation>) -> Self {
        Self { is_query: true, ..Self::of_body(root, violations) }
    }

    /// Whether texts may be numbers.
    pub fn is_query(&self) -> bool {
        self.is_query
    }

    /// The stand-in for this place, if the value there was refused.
    pub fn stand_in(&self, path: &Path<'_>) -> Option<&StandIn> {
        if self.refused.is_empty() {
            return None;
        }
        let pointer = path.to_string();
        self.refused.iter().find(|refused| refused.pointer == pointer).map(|refused| &refused.stand_in)
    }

    /// The fields that an object lacks, as far as a stand-in exists for them.
    pub fn lacking_at(&self, path: &Path<'_>, given: Option<&Map<String, Value>>) -> Vec<&'static str> {
        if self.refused.is_empty() {
            return Vec::new();
        }
        let is_here = |field: &str, refused: &Refused| refused.pointer == Path::Field(path, field).to_string();
        let lacking = self.refused.iter().filter_map(|refused| refused.lacking.filter(|field| is_here(field, refused)));
        lacking.filter(|field| !given.is_some_and(|given| given.contains_key(*field))).collect()
    }

    /// Remembers a name that the type ignores.
    pub fn note_unknown(&self, path: &Path<'_>) {
        let mut unknown = self.unknown.borrow_mut();
        let pointer = path.to_string();
        if unknown.len() < MAX_VIOLATIONS && !unknown.contains(&pointer) {
            unknown.push(pointer);
        }
    }

    /// The value that was sent.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Whether no violation was found.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty() && self.refused.is_empty() && self.unknown.borrow().is_empty()
    }

    /// Records a refusal and sets a stand-in. Tells whether the reading can go on: whether a stand-in and rounds are left.
    pub fn goes_on_after(&mut self, fault: Fault) -> bool {
        let (pointer, kind) = fault.into_parts();
        self.rounds -= 1;
        if let Some(known) = self.refused.iter_mut().find(|refused| refused.pointer == pointer) {
            let next = known.stand_in.next(kind).filter(|_| self.rounds > 0);
            let goes_on = next.is_some();
            known.stand_in = next.unwrap_or(StandIn::Nothing);
            return goes_on;
        }
        let is_part = self.refused.iter().any(|refused| pointer.strip_prefix(&refused.pointer).is_some_and(|rest| rest.starts_with('/')));
        let (code, message) = kind.told();
        let violation = (!is_part).then(|| Violation::new(shown(&pointer), code, message));
        let lacking = if let Kind::Missing(field) = kind { Some(field) } else { None };
        let is_untold = matches!(kind, Kind::Untold);
        let goes_on = self.rounds > 0 && !pointer.is_empty();
        let stand_in = if goes_on { StandIn::after(kind) } else { StandIn::Nothing };
        self.refused.push(Refused { pointer, lacking, stand_in, is_untold, violation });
        goes_on
    }

    /// All violations that were found, each once.
    pub fn into_violations(self) -> Vec<Violation> {
        let refused = self.refused.into_iter().filter_map(|refused| match (refused.violation, refused.stand_in) {
            (Some(violation), StandIn::Form(at)) if refused.is_untold => {
                let message = FORMS.get(at).map_or("", |(_, message)| message).to_owned();
                Some(Violation { message, ..violation })
            }
            (violation, _) => violation,
        });
        let unknown = self.unknown.into_inner().into_iter().map(|pointer| match self.is_query {
            true => Violation::new(shown(&pointer), "unknown_parameter", "there is no such parameter"),
            false => Violation::new(shown(&pointer), "unknown_field", "there is no such field"),
        });
        let mut told: Vec<Violation> = Vec::new();
        for violation in self.violations.into_iter().chain(refused).chain(unknown).take(MAX_VIOLATIONS) {
            if !told.iter().any(|before| before.pointer == violation.pointer) {
                told.push(violation);
            }
        }
        told
    }
}

/// How many values a tree has.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

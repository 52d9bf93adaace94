//! Reading JSON so that an error names the field and never repeats the value.

mod fault;
mod path;
mod place;
mod reading;
mod tree;
mod whole;
mod wiped;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use validator::{ValidationErrors, ValidationErrorsKind};

use crate::api::http::json::reading::Reading;
pub use crate::api::http::json::wiped::Wiped;
use crate::domain::text::without_marks_around;
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode, Result};

/// Reads a body strictly: known fields only, each once, no text that misleads the eye, not too deep.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let (tree, violations) = tree::parse(bytes).map_err(|violation| refused(vec![violation]))?;
    whole::read(Reading::of_body(tree, violations)).map_err(refused)
}

/// Entries of a list that cannot be read, each by its place, with what is wrong within it.
pub type Unread = BTreeMap<usize, Vec<Violation>>;

/// Reads a body whose list is taken entry by entry: entries that cannot be read are left out of it and told apart. A body in which
/// anything else is wrong, or no entry can be read, is refused as a whole.
pub fn read_entries<T: DeserializeOwned>(bytes: &[u8], list: &str) -> Result<(T, Unread)> {
    let (mut tree, mut known) = tree::parse(bytes).map_err(|violation| refused(vec![violation]))?;
    // Where each entry that is left stood in the list that was sent.
    let mut places: Vec<usize> = (0..tree.get(list).and_then(Value::as_array).map_or(0, Vec::len)).collect();
    let mut unread = Unread::new();
    loop {
        let violations = match whole::read(Reading::of_body(tree.clone(), known.clone())) {
            Ok(body) => return Ok((body, unread)),
            Err(violations) => violations,
        };
        let mut found = Unread::new();
        for violation in &violations {
            match within(list, violation) {
                Some((at, inside)) => found.entry(at).or_default().push(inside),
                None => return Err(refused(violations)),
            }
        }
        if found.is_empty() || found.len() >= places.len() {
            return Err(refused(violations));
        }
        known.retain(|violation| within(list, violation).is_none());
        for (at, errors) in found.into_iter().rev() {
            if let Some(entries) = tree.get_mut(list).and_then(Value::as_array_mut).filter(|entries| at < entries.len()) {
                entries.remove(at);
                unread.insert(places.remove(at), errors);
            }
        }
    }
}

/// What became of each entry of a list, in the order in which they were sent.
pub fn in_order<T>(read: Vec<T>, unread: Unread, refused: impl Fn(Vec<Violation>) -> T) -> Vec<T> {
    let mut all = read;
    for (at, errors) in unread {
        all.insert(at.min(all.len()), refused(errors));
    }
    all
}

/// The place of an entry of a list, and the violation as it is within that entry.
fn within(list: &str, violation: &Violation) -> Option<(usize, Violation)> {
    let rest = violation.pointer.strip_prefix('/')?.strip_prefix(list)?.strip_prefix('/')?;
    let (at, inside) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    Some((at.parse().ok()?, Violation { pointer: inside.to_owned(), ..violation.clone() }))
}

/// Reads what was typed in somewhere else than in a body, and refuses what a body is refused for.
pub fn read_typed<T: DeserializeOwned>(typed: &Value) -> Result<T> {
    read(&serde_json::to_vec(typed).map_err(|_| Error::internal("what was typed in is no JSON"))?)
}

/// Reads a body of any shape.
pub fn read_value(bytes: &[u8]) -> Result<Value> {
    match tree::parse(bytes) {
        Ok((tree, violations)) if violations.is_empty() => Ok(tree),
        Ok((_, violations)) => Err(refused(violations)),
        Err(violation) => Err(refused(vec![violation])),
    }
}

/// Reads a value that was put together here, as strictly.
pub fn read_checked<T: DeserializeOwned>(value: Value) -> Result<T> {
    whole::read(Reading::of_body(value, Vec::new())).map_err(refused)
}

/// Reads a query: known parameters only, each once. Where a body has a pointer, a query has the name of the parameter.
pub fn read_query<T: DeserializeOwned>(query: &str) -> Result<T> {
    let (tree, violations) = parameters(query);
    whole::read(Reading::of_query(tree, violations)).map_err(|violations| {
        let named = |violation: Violation| Violation { pointer: violation.pointer.trim_start_matches('/').to_owned(), ..violation };
        Error::new(ErrorCode::InvalidQuery).with(violations.into_iter().map(named).collect())
    })
}

fn parameters(query: &str) -> (Value, Vec<Violation>) {
    let (mut tree, mut violations) = (Map::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if tree.contains_key(name.as_ref()) {
            let pointer = path::shown(&path::Path::Field(&path::Path::Root, &name).to_string());
            violations.push(Violation::new(pointer, "duplicate_field", "is given twice"));
        }
        if let Some((code, message)) = tree::unfit(&name).or_else(|| tree::unfit(without_marks_around(&value))) {
            let pointer = path::shown(&path::Path::Field(&path::Path::Root, &name).to_string());
            violations.push(Violation::new(pointer, code, message));
        }
        tree.insert(name.into_owned(), Value::String(value.into_owned()));
    }
    (Value::Object(tree), violations)
}

fn refused(violations: Vec<Violation>) -> Error {
    Error::new(ErrorCode::InvalidBody).with(violations)
}

/// The violations that the validator found, without the rejected values it carries.
pub fn limits(errors: &ValidationErrors) -> Vec<Violation> {
    let mut found = Vec::new();
    collect(errors, "", &mut found);
    found.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    found
}

fn collect(errors: &ValidationErrors, at: &str, found: &mut Vec<Violation>) {
    for (field, kind) in errors.errors() {
        let at = format!("{at}/{field}");
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &at, found),
            ValidationErrorsKind::List(items) => items.iter().for_each(|(index, inner)| collect(inner, &format!("{at}/{index}"), found)),
            ValidationErrorsKind::Field(errors) => found.extend(errors.iter().map(|error| limit(&at, error))),
        }
    }
}

fn limit(at: &str, error: &validator::ValidationError) -> Violation {
    let bound = |name: &str| error.params.get(name).map(ToString::to_string);
    let unit = if error.params.get("value").is_some_and(Value::is_array) { "entries" } else { "characters" };
    let message = match (error.code.as_ref(), bound("min"), bound("max")) {
        ("length", Some(min), Some(max)) => format!("must have {min} to {max} {unit}"),
        ("length", None, Some(max)) => format!("must have at most {max} {unit}"),
        ("range", Some(min), Some(max)) => format!("must lie between {min} and {max}"),
        ("email", ..) => "must be an e-mail address".to_owned(),
        ("no_digits", ..) => "must be a phone number, in digits of any script".to_owned(),
        _ => "is not acceptable".to_owned(),
    };
    Violation::new(at, error.code.as_ref(), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 7396, Appendix A.
    #[test]
    fn merge_patch_does_what_the_rfc_shows() {
        for (original, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            let mut target = original.clone();
            json_patch::merge(&mut target, &patch);
            assert_eq!(target, result, "{original} with {patch}");
        }
    }

    #[test]
    fn nothing_that_was_sent_is_repeated() {
        let error = |body: &str| read::<crate::domain::cases::person::Identity>(body.as_bytes()).err().unwrap();
        for body in [
            r#"{"given_name": 77777}"#,
            r#"{"77777": 1}"#,
            r#"{"given_name": "a\u000077777"}"#,
            r#"{"birth_date": "77777"}"#,
            r#"{"languages": ["77777!"]}"#,
            r#"{"aliases": [{"name": "x", "77777 Maria": 1}]}"#,
            r#"{"given_name": "77777"#,
            r#"{"given_name":"x","given_name":"77777"}"#,
        ] {
            let error = error(body);
            assert!(!format!("{:?}{:?}", error.errors, error.detail).contains("77777"), "{body}: {:?}", error.errors);
            assert_eq!(error.errors.len(), 1, "{body}");
        }
    }

    #[test]
    fn the_field_is_named() {
        let at = |body: &str| read::<crate::domain::cases::person::Identity>(body.as_bytes()).err().unwrap().errors[0].clone();
        assert_eq!(at(r#"{"birth_date": "2026-13"}"#).pointer, "/birth_date");
        assert_eq!(at(r#"{"documents": [{"kind": "passport", "custody": "x"}]}"#).pointer, "/documents/0/custody");
        assert_eq!(at(r#"{"documents": [{"kind": 1}]}"#).code, "invalid_type");
        assert_eq!(at(r#"{"documents": [{"kind": }]}"#).code, "malformed");
        assert_eq!((at(r#"{"nickname": 1}"#).pointer.as_str(), at(r#"{"nickname": 1}"#).code.as_str()), ("/nickname", "unknown_field"));
        assert_eq!(at(r#"{"aliases": [{}]}"#).pointer, "/aliases/0/name");
        let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
        assert_eq!(at(&deep).code, "too_deep");
    }
}

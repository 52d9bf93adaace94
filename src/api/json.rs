//! Reading JSON so that an error names the field and never repeats the value.

use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::{ValidationErrors, ValidationErrorsKind};

use crate::domain::violation::{Violation, carried};
use crate::error::{Error, ErrorCode, Result};

/// Levels a body may be nested.
const MAX_DEPTH: usize = 32;

/// Reads a body strictly: known fields only, no NUL, not too deep.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    check_shape(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = strictly(&mut deserializer).map_err(|error| of_well_formed(error, bytes))?;
    deserializer.end().map_err(|_| malformed())?;
    Ok(value)
}

/// Where a word of a list is expected and something else comes, the parser says what it says of broken JSON. Whoever sent
/// whole JSON is told what is wrong with it instead.
fn of_well_formed(mut error: Error, bytes: &[u8]) -> Error {
    if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        for violation in error.errors.iter_mut().filter(|violation| violation.code == "malformed") {
            *violation = Violation::new(std::mem::take(&mut violation.pointer), "invalid_type", "has the wrong type");
        }
    }
    error
}

/// Reads a body of any shape.
pub fn read_value(bytes: &[u8]) -> Result<Value> {
    check_shape(bytes)?;
    serde_json::from_slice(bytes).map_err(|_| malformed())
}

/// Reads a value that was put together here, as strictly.
pub fn read_checked<T: DeserializeOwned>(value: Value) -> Result<T> {
    strictly(value)
}

fn strictly<'de, T: DeserializeOwned, D: serde::Deserializer<'de>>(deserializer: D) -> Result<T> {
    let mut unknown = Vec::new();
    let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(deserializer, &mut track);
    let value = T::deserialize(serde_ignored::Deserializer::new(tracked, &mut note));
    let refused = |errors| Error::new(ErrorCode::InvalidBody).with(errors);
    let value = value.map_err(|error| refused(vec![violation(&track.path().to_string(), &error.to_string())]))?;
    if unknown.is_empty() {
        return Ok(value);
    }
    Err(refused(unknown.iter().map(|path| Violation::new(pointer(path), "unknown_field", "there is no such field")).collect()))
}

fn malformed() -> Error {
    Error::new(ErrorCode::InvalidBody).at("", "malformed", "the body is not well-formed JSON")
}

/// What a serde error amounts to. Its own text is never passed on: it repeats the value.
pub fn violation(path: &str, text: &str) -> Violation {
    let at = pointer(path);
    if let Some((code, message)) = carried(text) {
        return Violation::new(at, code, message);
    }
    if let Some(field) = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return Violation::new(format!("{at}/{field}"), "required", "is required");
    }
    if let Some(field) = text.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) {
        let field = safe_name(field);
        let at = if at.ends_with(&format!("/{field}")) { at } else { format!("{at}/{field}") };
        return Violation::new(at, "unknown_field", "there is no such field");
    }
    let (code, message) = match text {
        text if text.starts_with("unknown variant") => ("unknown_value", "is not one of the values allowed here"),
        text if text.starts_with("duplicate field") => ("duplicate_field", "is given twice"),
        text if text.starts_with("invalid type") => ("invalid_type", "has the wrong type"),
        text if text.starts_with("invalid value") || text.starts_with("invalid length") => ("invalid_value", "is not acceptable here"),
        text if text.contains("EOF") || text.contains("expected") || text.contains("control character") => {
            ("malformed", "the body is not well-formed JSON")
        }
        _ => ("invalid_value", "is not acceptable here"),
    };
    Violation::new(at, code, message)
}

/// A serde path (`identity.documents[0].number`) as a JSON Pointer. Names that are no names of ours are left out.
fn pointer(path: &str) -> String {
    let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty() && !matches!(*part, "?"));
    parts.map(|part| format!("/{}", safe_name(part))).collect()
}

/// A field name, or the place in a list, that may be repeated: it looks like one of ours. Anything else could be
/// somebody's name or number.
pub fn safe_name(name: &str) -> String {
    let is_place = name.len() <= 4 && name.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = name.len() <= 40
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_place || is_word { name.to_owned() } else { "…".to_owned() }
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
    let message = match (error.code.as_ref(), bound("min"), bound("max")) {
        ("length", Some(min), Some(max)) => format!("must have {min} to {max} characters or entries"),
        ("length", None, Some(max)) => format!("must have at most {max} characters or entries"),
        ("range", Some(min), Some(max)) => format!("must lie between {min} and {max}"),
        ("email", ..) => "must be an e-mail address".to_owned(),
        ("not_e164", ..) => "must be a phone number in E.164, such as +6281234567890".to_owned(),
        _ => "is not acceptable here".to_owned(),
    };
    Violation::new(at, error.code.as_ref(), message)
}

/// Applies a merge patch (RFC 7396).
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

/// Refuses what is nested too deep, and any NUL: Postgres cannot store one.
fn check_shape(bytes: &[u8]) -> Result<()> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (in_string, escaped, *byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (true, false, b'"') => in_string = false,
            (false, _, b'"') => in_string = true,
            (false, _, b'{' | b'[') => depth += 1,
            (false, _, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Error::new(ErrorCode::InvalidBody).at("", "too_deep", "must not be nested deeper than 32 levels"));
        }
    }
    let may_hold_nul = bytes.contains(&0) || bytes.windows(6).any(|window| window == b"\\u0000");
    if may_hold_nul { refuse_nul(bytes) } else { Ok(()) }
}

fn refuse_nul(bytes: &[u8]) -> Result<()> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| malformed())?;
    match nul_in(&value, String::new()) {
        Some(pointer) => Err(Error::new(ErrorCode::InvalidBody).at(&pointer, "nul_character", "must not contain the NUL character")),
        None => Ok(()),
    }
}

fn nul_in(value: &Value, at: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(at),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| nul_in(item, format!("{at}/{index}"))),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let at = format!("{at}/{}", safe_name(name));
            if name.contains('\0') { Some(at) } else { nul_in(field, at) }
        }),
        _ => None,
    }
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
            merge(&mut target, &patch);
            assert_eq!(target, result, "{original} with {patch}");
        }
    }

    #[test]
    fn nothing_that_was_sent_is_repeated() {
        let error = |body: &str| read::<crate::domain::person::Identity>(body.as_bytes()).err().unwrap();
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
        let at = |body: &str| read::<crate::domain::person::Identity>(body.as_bytes()).err().unwrap().errors[0].clone();
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

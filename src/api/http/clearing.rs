//! Patches that clear a whole resource. Several generated clients send null for every field that their caller did not set: what was
//! meant as one change, or as none, would wipe the record.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::http::json;
use crate::domain::violation::Violation;

/// Fields below which clearing all of them is an ordinary change.
const SEVERAL: usize = 2;

/// Refuses a patch that clears several fields and leaves none untouched of those that hold something and can be cleared, of the resource
/// or of an object in it, unless somebody meant it: it sets something, too, and leaves out what is empty already. A client that sends
/// null for what was not set, also an older one that does not know every field, does not.
pub fn violations<T: DeserializeOwned>(state: &Value, patch: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    look::<T>(state, patch, "", &mut found);
    found
}

fn look<T: DeserializeOwned>(state: &Value, patch: &Value, at: &str, found: &mut Vec<Violation>) {
    let (Some(Value::Object(current)), Value::Object(asked)) = (state.pointer(at), patch) else { return };
    let filled = || current.iter().filter(|(_, value)| !is_empty(value)).map(|(name, _)| name);
    let cleared = filled().filter(|name| asked.get(*name).is_some_and(Value::is_null)).count();
    // The state is read anew for each field, so that is asked last.
    let is_kept = |name: &&String| !asked.contains_key(*name) && can_be_cleared::<T>(state, at, name);
    let sets = asked.values().any(|value| !value.is_null());
    let mut empty = current.iter().filter(|(_, value)| is_empty(value)).map(|(name, _)| name).peekable();
    let is_meant = sets && empty.peek().is_some() && !empty.any(|name| asked.contains_key(name));
    if cleared >= SEVERAL && !is_meant && !filled().any(|name| is_kept(&name)) {
        let message = "clears every field that can be cleared, as clients do that send null for what was not set; \
                       send only the fields that change, and clear the last of them in a change of its own";
        found.push(Violation::new(at, "clears_everything", message));
    }
    for (name, inner) in asked {
        look::<T>(state, inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether the state is still one without this field.
fn can_be_cleared<T: DeserializeOwned>(state: &Value, at: &str, name: &str) -> bool {
    let mut without = state.clone();
    if let Some(object) = without.pointer_mut(at).and_then(Value::as_object_mut) {
        object.remove(name);
    }
    json::read_checked::<T>(without).is_ok()
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use super::violations;

    #[derive(Deserialize, Serialize)]
    #[serde(deny_unknown_fields)]
    struct Name {
        given: Option<String>,
        family: Option<String>,
    }

    #[derive(Deserialize, Serialize)]
    #[serde(deny_unknown_fields)]
    struct Record {
        kind: String,
        place: Option<String>,
        note: Option<String>,
        #[serde(default)]
        tags: Vec<String>,
        name: Option<Name>,
    }

    fn refused(patch: Value) -> Vec<String> {
        let state = json!({ "kind": "a", "place": "b", "note": null, "tags": [], "name": { "given": "c", "family": "d" } });
        violations::<Record>(&state, &patch).into_iter().map(|violation| violation.pointer).collect()
    }

    #[test]
    fn a_patch_that_clears_everything_is_refused_whatever_else_it_sets() {
        let all = json!({ "place": null, "note": null, "tags": null, "name": null });
        assert_eq!(refused(all.clone()), [""]);
        let mut with_more = all;
        with_more["kind"] = json!("z");
        assert_eq!(refused(with_more), [""], "what cannot be cleared does not count");
        assert_eq!(refused(json!({ "place": null, "name": null })), [""], "what is empty already need not be named");
        let filled = json!({ "kind": "a", "place": "b", "note": "c", "tags": ["d"], "name": null });
        let set = json!({ "place": null, "note": null, "tags": ["x"], "name": null });
        assert_eq!(violations::<Record>(&filled, &set).len(), 1, "a change of one field that wipes the rest");
        assert_eq!(refused(json!({ "name": { "given": null, "family": null } })), ["/name"], "an object within");
    }

    #[test]
    fn a_patch_that_leaves_or_sets_something_is_a_change() {
        let bus = json!({ "kind": "bus", "place": null, "name": null });
        assert_eq!(refused(bus), Vec::<String>::new(), "what belongs to another kind goes with it");
        for patch in [
            json!({}),
            json!({ "place": null }),
            json!({ "place": null, "note": null, "tags": null }),
            json!({ "place": null, "note": null, "tags": null, "name": { "given": "x" } }),
            json!({ "name": { "given": null } }),
            json!({ "name": null }),
        ] {
            assert_eq!(refused(patch.clone()), Vec::<String>::new(), "{patch}");
        }
    }
}

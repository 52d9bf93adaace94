//! A tree whose texts are overwritten in memory when it is dropped.

use serde_json::Value;
use std::ops::Deref;
use zeroize::Zeroize;

/// A tree that was read from a body: the names of people are in it, and passwords.
pub struct Wiped(pub Value);

impl Deref for Wiped {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_text_is_left_in_a_tree_that_is_wiped() {
        let mut tree = json!({ "a": "secret", "b": [{ "c": ["secret"] }], "d": 1 });
        wipe(&mut tree);
        assert_eq!(tree, json!({ "a": "", "b": [{ "c": [""] }], "d": 1 }));
    }
}

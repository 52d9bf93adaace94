//! The API document, read once, as the pages need it.

use maud::Markup;
use serde_json::Value;
use std::sync::LazyLock;

use crate::api::docs::markdown;
use crate::api::openapi;

/// The finished API document. If it could not be made, the service would not have started.
pub(in crate::api) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    openapi::document().unwrap_or_else(|error| {
        tracing::error!(cause = error.cause(), "the API document cannot be made");
        Value::Null
    })
});

/// One operation of the document.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its id.
    pub id: &'static str,
    /// Its method, in small letters.
    pub method: &'static str,
    /// Its path.
    pub path: &'static str,
    /// What the document says of it.
    pub says: &'static Value,
}

impl Operation {
    /// The page of the operation.
    pub fn address(&self) -> String {
        format!("/docs/reference/{}", self.id)
    }

    /// A text that the document has of it.
    pub fn text(&self, key: &str) -> &'static str {
        self.says.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its summary without the full stop.
    pub fn summary(&self) -> &'static str {
        self.text("summary").trim_end_matches('.')
    }

    pub(in crate::api) fn is_about(&self, tag: &str) -> bool {
        self.says.pointer("/tags/0").and_then(Value::as_str) == Some(tag)
    }
}

/// What a reference leads to; anything else is itself.
pub fn resolved(value: &Value) -> &Value {
    let target = value.get("$ref").and_then(Value::as_str).and_then(|reference| DOCUMENT.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}

/// The name of the schema that a reference leads to.
pub fn named(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// A description of the document.
pub fn description(value: &Value) -> Markup {
    markdown::render(value.get("description").and_then(Value::as_str).unwrap_or_default())
}

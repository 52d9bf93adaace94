//! Examples: what the service was really asked and really answered, recorded by a test that goes red when it would differ.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::Value;

use crate::api::openapi::walk::for_each_operation;
use crate::error::{Error, Result};

/// `{operation: {request, response}}`, written by `tests/api/support/examples.rs`.
const RECORDED: &str = include_str!("../../../openapi/examples.json");

/// Puts the recorded examples beside the schemas.
pub fn add(document: &mut Value) -> Result<()> {
    let recorded: Value = serde_json::from_str(RECORDED).map_err(Error::internal)?;
    for_each_operation(document, |_, _, operation| {
        let example = &recorded[operation["operationId"].as_str().unwrap_or_default()];
        if let Some(body) = operation.get_mut("requestBody") {
            put(body, &example["request"]);
        }
        for (_, answer) in operation["responses"].as_object_mut().into_iter().flatten().filter(|(status, _)| status.starts_with('2')) {
            put(answer, &example["response"]);
        }
    });
    Ok(())
}

/// Adds the example to each media type that a body may have.
fn put(body: &mut Value, example: &Value) {
    let media_types = body.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, media_type) in media_types.filter(|_| !example.is_null()) {
        media_type["example"] = example.clone();
    }
}

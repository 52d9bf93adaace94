//! How a list goes on, in the form that generators read: those that know it make an iterator of the operation.

use serde_json::{Value, json};

use crate::api::openapi::walk::for_each_operation;

/// The extension of a list that comes in pages.
const PAGING: &str = "x-speakeasy-pagination";

/// Says of every list that comes in pages where its cursor is, and where it goes.
pub fn describe(document: &mut Value) {
    for_each_operation(document, |_, _, operation| {
        if operation["parameters"].as_array().is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "after")) {
            operation[PAGING] = json!({
                "type": "cursor",
                "inputs": [{ "name": "after", "in": "parameters", "type": "cursor" }],
                "outputs": { "results": "$.items", "nextCursor": "$.next" }
            });
        }
    });
}

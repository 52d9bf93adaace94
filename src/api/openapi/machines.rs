//! What the API document says to machines: how they sign in, which operations they may call, and how the token endpoint
//! refuses. Made from what the door asks, so that both say the same.

#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};

use crate::api::machines;
use crate::domain::access::Permission;
use crate::domain::machine::FOR_MACHINES;

/// Adds the machines' way in to the document.
pub fn describe(document: &mut Value) {
    add_scheme(document);
    add_alternatives(document);
    describe_token_endpoint(document);
}

fn add_scheme(document: &mut Value) {
    let scopes: Map<String, Value> = FOR_MACHINES.iter().map(|scope| (scope.to_string(), json!(meaning(*scope)))).collect();
    document["components"]["securitySchemes"]["oauth2"] = json!({
        "type": "oauth2",
        "description": "For machine clients: the client credentials grant of OAuth 2.0. A machine never opens `location` and `protection`, whatever a grant says. Metadata: `/.well-known/oauth-authorization-server`.",
        "flows": { "clientCredentials": { "tokenUrl": "/v1/oauth/token", "scopes": scopes } }
    });
}

fn meaning(scope: Permission) -> &'static str {
    match scope {
        Permission::ReferenceRead => "Read missions, coverage, compounds and operations",
        Permission::CaseRead => "Read the cases that the organisation holds a grant on",
        Permission::CaseRegister => "Register a person",
        Permission::CaseUpdate => "Change a case and what belongs to it",
        Permission::StatisticsRead => "Figures over the cases that the organisation may see",
        _ => "Not for machines",
    }
}

/// Whoever may call an operation as a machine finds its scope beside the permission.
fn add_alternatives(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        if operation.get("x-step-up").is_some() {
            continue;
        }
        let name = operation["operationId"].as_str().unwrap_or_default();
        let permission = operation["security"][0]["bearer"][0].as_str().and_then(Permission::parse);
        let Some(scope) = permission.filter(|permission| machines::may_call(*permission, name)) else { continue };
        operation["security"] = json!([{ "bearer": [scope] }, { "oauth2": [scope] }]);
    }
}

fn describe_token_endpoint(document: &mut Value) {
    for (status, description) in [
        (400, "`invalid_request`, `invalid_scope` or `unsupported_grant_type` (RFC 6749 §5.2)."),
        (401, "`invalid_client`: unknown, or not proven (RFC 6749 §5.2)."),
        (429, "`temporarily_unavailable`: too many failures. Wait as `Retry-After` says."),
    ] {
        let name = format!("TokenError{status}");
        document["components"]["responses"][&name] = json!({
            "description": description,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/TokenError" } } }
        });
        document["paths"]["/v1/oauth/token"]["post"]["responses"][status.to_string()] =
            json!({ "$ref": format!("#/components/responses/{name}") });
    }
    document["components"]["schemas"]["TokenForm"]["additionalProperties"] = json!(false);
    if let Some(responses) = document["paths"]["/v1/oauth/token"]["post"]["responses"].as_object_mut() {
        // What the form is wrong in is told in the form of its own, with 400.
        responses.retain(|status, _| !matches!(status.as_str(), "413" | "415" | "422"));
    }
}

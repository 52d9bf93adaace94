//! What the API document says to machines: how they sign in, which operations they may call, and how the token endpoint
//! refuses. Made from what the door asks, so that both say the same.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};

use crate::api::openapi::headers;
use crate::domain::access::Permission;
use crate::domain::accounts::machine::FOR_MACHINES;

/// Adds the machines' way in to the document.
pub fn describe(document: &mut Value) {
    add_scheme(document);
    describe_token_endpoint(document);
}

fn add_scheme(document: &mut Value) {
    let scopes: Map<String, Value> = FOR_MACHINES.iter().map(|scope| (scope.to_string(), json!(meaning(*scope)))).collect();
    document["components"]["securitySchemes"]["oauth2"] = json!({
        "type": "oauth2",
        "description": "For machine clients: the client credentials grant of OAuth 2.0. Tokens are signed as RFC8725 asks. A machine never opens `location` and `protection`, whatever a grant says. Metadata: `/.well-known/oauth-authorization-server`.",
        "flows": { "clientCredentials": { "tokenUrl": "/v1/oauth/token", "scopes": scopes } }
    });
}

fn meaning(scope: Permission) -> &'static str {
    match scope {
        Permission::ReferenceRead => "Read missions, coverage, compounds, operations and statements",
        Permission::CaseRead => "Read the cases that the organisation holds a grant on",
        Permission::CaseRegister => "Register a person",
        Permission::CaseUpdate => "Change a case and what belongs to it",
        Permission::StatisticsRead => "Released figures, and what missions reported",
        Permission::StatisticsExact => "Exact figures over the cases that the organisation may see",
        _ => "Not for machines",
    }
}

fn describe_token_endpoint(document: &mut Value) {
    for (status, description) in [
        (400_u16, "`invalid_request`, `invalid_scope` or `unsupported_grant_type` (RFC 6749 §5.2)."),
        (401, "`invalid_client`: unknown, or not proven (RFC 6749 §5.2)."),
        (429, "`temporarily_unavailable`: too many failures. Wait as `Retry-After` says."),
    ] {
        let name = format!("TokenError{status}");
        document["components"]["responses"][&name] = json!({
            "description": description,
            "headers": headers::of_problem(status),
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

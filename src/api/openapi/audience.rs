//! Who may call an operation, as its door says: the permission, the roles that have it, and machines.

#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use std::collections::HashMap;

use serde_json::{Value, json};

use super::for_each_operation;
use crate::api::doors::Door;
use crate::domain::access::{Permission, RECENT_SECONDS, Role};

/// What every step-up operation says.
const STEP_UP: &str = "You must have proved who you are at most five minutes ago; otherwise the answer is 401 `insufficient_user_authentication` (RFC 9470), and `POST /v1/auth/step-up` helps.";

/// Says of every operation who may call it, as its door does.
pub fn describe(document: &mut Value, doors: &HashMap<String, Door>) {
    for_each_operation(document, |_, _, operation| match operation["operationId"].as_str().and_then(|name| doors.get(name)) {
        Some(door) => say(operation, *door),
        None => operation["security"] = json!([]),
    });
}

fn say(operation: &mut Value, door: Door) {
    let permission = door.permission;
    let description = operation["description"].as_str().unwrap_or_default();
    let mut paragraphs = vec![description.to_owned(), who(permission)];
    operation["security"] = match door.admits_machines() {
        true => json!([{ "bearer": [] }, { "oauth2": [permission] }]),
        false => json!([{ "bearer": [] }]),
    };
    operation["x-permission"] = json!(permission);
    operation["x-roles"] = json!(Role::ALL.iter().filter(|role| role.may(permission)).collect::<Vec<_>>());
    if door.needs_recent {
        paragraphs.push(STEP_UP.to_owned());
        operation["x-step-up"] = json!({ "max_age": RECENT_SECONDS });
    } else if door.admits_machines() {
        paragraphs.push(format!("Machine clients with the scope `{permission}` may call it too."));
    }
    operation["description"] = json!(paragraphs.join("\n\n"));
}

fn who(permission: Permission) -> String {
    let roles: Vec<String> = Role::ALL.iter().filter(|role| role.may(permission)).map(|role| format!("`{role}`")).collect();
    if roles.len() == Role::ALL.len() {
        return format!("Permission `{permission}`, which every user has.");
    }
    format!("Permission `{permission}`, which these roles have: {}.", roles.join(", "))
}

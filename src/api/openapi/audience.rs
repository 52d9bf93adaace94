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
use crate::error::{Error, Result};

/// What every step-up operation says.
const STEP_UP: &str = "You must have proved who you are at most five minutes ago; otherwise the answer is 401 `insufficient_user_authentication` (RFC 9470), and `POST /v1/auth/step-up` helps.";

/// Says of every operation who may call it, as its door does. A permission that is not the door's is a mistake.
pub fn describe(document: &mut Value, doors: &HashMap<String, Door>) -> Result<()> {
    let mut wrong = Vec::new();
    for_each_operation(document, |_, _, operation| {
        let name = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let door = doors.get(&name);
        if operation["security"][0]["bearer"][0].as_str() != door.map(|door| door.permission.as_str()) {
            wrong.push(name.clone());
        }
        match door {
            Some(door) => say(operation, *door),
            None => operation["security"] = json!([]),
        }
    });
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Error::internal(format!("the scope of {} is not what the door asks", wrong.join(", ")))),
    }
}

fn say(operation: &mut Value, door: Door) {
    let permission = door.permission;
    let description = operation["description"].as_str().unwrap_or_default();
    let mut paragraphs = vec![description.to_owned(), who(permission)];
    operation["x-permission"] = json!(permission);
    operation["x-roles"] = json!(Role::ALL.iter().filter(|role| role.may(permission)).collect::<Vec<_>>());
    operation["security"] = json!([{ "bearer": [] }]);
    if door.needs_recent {
        paragraphs.push(STEP_UP.to_owned());
        operation["x-step-up"] = json!({ "max_age": RECENT_SECONDS });
    } else if door.admits_machines() {
        paragraphs.push(format!("Machine clients with the scope `{permission}` may call it too."));
        operation["security"] = json!([{ "bearer": [] }, { "oauth2": [permission] }]);
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

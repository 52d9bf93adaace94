//! Who may call an operation, as its door says: the permission, the roles that have it, and machines.

use serde_json::{Value, json};
use std::collections::HashMap;

use crate::api::http::door_probe::Door;
use crate::api::openapi::walk::for_each_operation;
use crate::domain::access::{Permission, RECENT_SECONDS, Role};

/// What every step-up operation says.
pub const STEP_UP: &str = "You must have proved who you are at most five minutes ago; otherwise the answer is 401 `insufficient_user_authentication` (RFC 9470), and `POST /v1/auth/step-up` helps.";

/// What every operation says that takes much space.
pub const TAKES_SPACE: &str = "Refused with 507 `storage_full` while the installation is short of space.";

/// What every creating operation says.
pub const REPEATABLE: &str = "; send an `Idempotency-Key` to be able to repeat the request safely";

/// What every operation says that leaves an entry.
pub const RECORDED: &str = "recorded in the audit trail";

/// Says of every operation who may call it, as its door does.
pub fn describe(document: &mut Value, doors: &HashMap<String, Door>) {
    for_each_operation(document, |_, method, operation| {
        let door = operation["operationId"].as_str().and_then(|name| doors.get(name));
        if let Some(door) = door {
            say(operation, method, *door);
        } else {
            let own = on_one_line(operation["description"].as_str().unwrap_or_default());
            set_description(operation, own);
            operation["security"] = json!([]);
        }
    });
}

fn say(operation: &mut Value, method: &str, door: Door) {
    let permission = door.permission;
    let own = on_one_line(operation["description"].as_str().unwrap_or_default());
    let short = in_short(permission, method, operation["responses"].get("201").is_some());
    let mut paragraphs = vec![if own.is_empty() { short } else { format!("{own} {short}") }, who(permission)];
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
    if door.takes_space {
        paragraphs.push(TAKES_SPACE.to_owned());
        operation["x-takes-space"] = json!(true);
    }
    set_description(operation, paragraphs.join("\n\n"));
}

/// Where the source breaks its lines is no part of a description.
fn on_one_line(text: &str) -> String {
    text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n\n")
}

/// What the door asks for and what a call leaves behind, in one sentence.
fn in_short(permission: Permission, method: &str, creates: bool) -> String {
    let may = |role: &Role| role.may(permission);
    let mut sentence = match Role::ALL.iter().copied().filter(may).collect::<Vec<_>>().as_slice() {
        roles if roles.len() == Role::ALL.len() => "Any signed-in user".to_owned(),
        [Role::Administrator] => "Administrators only".to_owned(),
        _ => format!("Needs `{permission}`"),
    };
    // Every write leaves an entry, and every read but of what anybody may know: `audit_coverage` compares.
    if method != "get" || permission.reads_are_recorded() {
        sentence.push_str("; ");
        sentence.push_str(RECORDED);
    }
    if creates {
        sentence.push_str(REPEATABLE);
    }
    sentence + "."
}

fn set_description(operation: &mut Value, text: String) {
    let Some(fields) = operation.as_object_mut() else { return };
    if let Some(description) = fields.get_mut("description") {
        *description = json!(text);
    } else {
        // A handler that says no more than its summary has no description yet: its place is behind the summary.
        let place = fields.keys().position(|key| key == "summary").map_or(0, |at| at + 1);
        fields.shift_insert(place, "description".to_owned(), json!(text));
    }
}

fn who(permission: Permission) -> String {
    let roles: Vec<String> = Role::ALL.iter().filter(|role| role.may(permission)).map(|role| format!("`{role}`")).collect();
    if roles.len() == Role::ALL.len() {
        return format!("Permission `{permission}`, which every user has.");
    }
    format!("Permission `{permission}`, which these roles have: {}.", roles.join(", "))
}

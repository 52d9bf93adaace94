//! Which operations a machine may call: those of a permission that a machine can hold, apart from the ones that somebody
//! answers for with their name. The door asks here, and the API document says the same.

use crate::domain::access::Permission;

/// Operations for people, although a machine may hold their permission.
pub const FOR_PEOPLE: &[&str] = &[
    // Paper bears the name of whoever printed it.
    "get_dossier",
    "get_movement_manifest_page",
    // Two persons who were found to be one: somebody decided it, and answers for it.
    "list_merges",
    "get_merge",
    // Where somebody is held is told to no machine.
    "create_detention",
    "update_detention",
    // Somebody decides that a file is gone.
    "delete_attachment",
    // Whether a person wants to be found is asked by a person.
    "decide_tracing_match",
    // Somebody decided, found or assessed this, and answers for it.
    "create_status_determination",
    "create_return_decision",
    "update_return_decision",
    "create_risk_assessment",
    "update_risk_assessment",
    "create_fit_to_travel_clearance",
    "update_fit_to_travel_clearance",
    "create_legal_hold",
    "update_legal_hold",
    "create_best_interests_procedure",
    "update_best_interests_procedure",
];

/// Whether a machine may call an operation at all, given the scope.
pub fn may_call(permission: Permission, operation: &str) -> bool {
    permission.is_for_machines() && !FOR_PEOPLE.contains(&operation)
}

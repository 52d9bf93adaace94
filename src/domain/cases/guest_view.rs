//! What a mission that is a guest on a case reads of the case itself: listed field by field, so that a new field is closed to it until
//! somebody lists it here.

use crate::domain::access::compartments::Compartment;

/// The fields outside the compartments, as the history names them. Not among them: who works on the case at the organisation that owns
/// it, and what another mission verified.
pub const OPEN_TO_GUEST_MISSIONS: &[&str] = &[
    "closed_on",
    "closure_reason",
    "compound_id",
    "exit_mode",
    "exited_on",
    "gender",
    "host_country",
    "immigration_status",
    "intake_channel",
    "is_child",
    "nationality_claimed",
    "operation_id",
    "owner_id",
    "registered_on",
    "risk_level",
    "screening_skipped",
    "side_state",
    "stage",
    "status",
    "trafficking_status",
];

/// Whether a guest mission is told of a change of this field. A field of a compartment is told where the grant opens the compartment.
pub fn is_open_to_guest_missions(field: &str) -> bool {
    match field.split_once('.') {
        Some((compartment, _)) => Compartment::parse(compartment).is_some(),
        None => OPEN_TO_GUEST_MISSIONS.contains(&field),
    }
}

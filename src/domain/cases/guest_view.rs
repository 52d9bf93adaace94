//! What a mission that is a guest on a case reads of the case itself: listed field by field, so that a new field is closed to it until
//! somebody lists it here.

use crate::domain::access::compartments::Compartment;
use crate::domain::codes::ClosureReason;
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::stage::SideState;

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

/// The field that names the nationality of which a guest mission is told one at most.
const NATIONALITY: &str = "nationality_claimed";

/// Whether a value says that the person was to be protected from missions: one that they turned to afterwards does not learn of it.
fn tells_of_protection(value: &str) -> bool {
    SideState::parse(value) == Some(SideState::ProtectionPathway)
        || ClosureReason::parse(value) == Some(ClosureReason::ProtectedOrResettled)
}

/// Whether a guest mission is told of a change of this field between these values. A field of a compartment is told where the grant opens
/// the compartment; the claimed nationality, where it was and is the one that the mission is told of.
pub fn is_open_to_guest_missions(field: &str, values: [Option<&str>; 2], nationality: Option<Nationality>) -> bool {
    let is_told = |value: &Option<&str>| value.is_none_or(|value| nationality.is_some_and(|told| value == told.as_str()));
    match field.split_once('.') {
        Some((compartment, _)) => Compartment::parse(compartment).is_some(),
        None if field == NATIONALITY => values.iter().all(is_told),
        None if values.into_iter().flatten().any(tells_of_protection) => false,
        None => OPEN_TO_GUEST_MISSIONS.contains(&field),
    }
}

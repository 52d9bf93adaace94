//! What the inputs about sharing have in common.

use crate::domain::compartments::Compartment;
use crate::domain::violation::Checks;

/// A list of compartments says each once: one that says it twice was put together by mistake.
pub fn check_distinct(checks: &mut Checks, compartments: &[Compartment]) {
    for (at, compartment) in compartments.iter().enumerate() {
        let is_repeated = compartments.iter().take(at).any(|before| before == compartment);
        checks.refuse(is_repeated, &format!("/compartments/{at}"), "duplicate", "is in the list already");
    }
}

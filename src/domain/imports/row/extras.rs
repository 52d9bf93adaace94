//! What is told of the columns of a template that fill no field.

use crate::domain::imports::folding::fold;
use crate::domain::imports::htcds::{Home, says_yes};

/// The code and the sentence for what stands in such a column; none where there is nothing to tell.
pub(super) fn told(home: Home, text: &str) -> Option<(&'static str, &'static str)> {
    match home {
        Home::Field(_) => Some(("left_out", "was left out of the mapping")),
        Home::Consent if says_yes(text) == Some(false) => {
            Some(("consent_refused", "says that the person does not agree: register them only on another legal ground, and record that"))
        }
        Home::Consent => Some((
            "consent_not_taken",
            "is one box there; here a consent names its purpose and who receives: ask the person, and record it",
        )),
        Home::Status if fold(text) == "active" => None,
        Home::Status => Some(("status_not_taken", "the case begins as an active one: follow it up or close it here")),
        Home::DecidedBy => Some(("decision_not_taken", "who decided is recorded with the decision: record a status determination")),
        Home::Adds(..) if says_yes(text) == Some(false) => None,
        Home::Adds(..) => Some(("unknown_code", "is neither yes nor no: it is left out")),
        Home::Nowhere => Some(("not_held", "is not held here: it stays in the file")),
    }
}

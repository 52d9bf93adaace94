//! What is told of the columns of a template that fill no field.

use crate::domain::imports::folding::fold;
use crate::domain::imports::htcds::{Home, says_yes};
use crate::domain::imports::report::Weight;

/// What is told of what stands in such a column, how heavily, with its code and a sentence; none where there is nothing to tell.
pub(super) fn told(home: Home, text: &str) -> Option<(Weight, &'static str, &'static str)> {
    let (code, message) = match home {
        Home::Field(_) => ("left_out", "was left out of the mapping"),
        // Nobody is registered against their will because nobody read a line of a report.
        Home::Consent if says_yes(text) == Some(false) => {
            let message =
                "says that the person does not agree: take the row out, or clear the cell if another legal ground is recorded for them";
            return Some((Weight::Asked, "consent_refused", message));
        }
        Home::Consent => {
            ("consent_not_taken", "is one box there; here a consent names its purpose and who receives: ask the person, and record it")
        }
        Home::Status if fold(text) == "active" => return None,
        Home::Status => ("status_not_taken", "the case begins as an active one: follow it up or close it here"),
        Home::DecidedBy => ("decision_not_taken", "who decided is recorded with the decision: record a status determination"),
        Home::Adds(..) if says_yes(text) == Some(false) => return None,
        Home::Adds(..) => ("unknown_code", "is neither yes nor no: it is left out"),
        Home::Nowhere => ("not_held", "is not held here: it stays in the file"),
    };
    Some((Weight::Told, code, message))
}

//! How alike two people are, and why: the same on every answer.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::people::matching::{Likeness, MatchField, MatchOutcome};

/// One field that both have, and how it compares. Never a value.
#[derive(Serialize, ToSchema)]
pub struct MatchReason {
    /// Which field.
    field: MatchField,
    /// How it compares.
    outcome: MatchOutcome,
}

/// The reasons of a score.
pub fn reasons(likeness: &Likeness) -> Vec<MatchReason> {
    likeness.reasons.iter().map(|reason| MatchReason { field: reason.field, outcome: reason.outcome }).collect()
}

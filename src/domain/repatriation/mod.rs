//! The road home as data: stages, side states, the transitions between them and what each one requires.
//! The same table decides, lists the next steps and draws the diagram.

mod afterwards;
pub mod belonging;
mod case_fine;
mod closing;
pub mod deadlines;
mod diagram;
mod facts;
pub mod fines;
mod fitness;
mod guards;
pub mod milestones;
pub mod movement_batch;
mod party;
pub mod record_rules;
pub mod records;
mod rules;
pub mod stage;
pub mod task_kind;
pub mod tasks;
mod together;
pub mod unmet;
pub mod waiver_request;

pub use afterwards::{Afterwards, Happened, gaps};
pub use closing::{Disagreement, disagreement};
pub use diagram::mermaid;
pub use facts::{ContactFacts, Facts, TransitionDetails, VerificationFacts};
pub use guards::Guard;
pub use milestones::{Milestone, MilestoneSet, milestones, milestones_told_to};
pub use party::Party;
pub use rules::{RULES, Rule, RuleName, Target, falls_back, forward_step, next_steps, rule_for, rule_from, stage_after};
pub use stage::{CoarseStatus, SideState, Stage, is_over};
pub use unmet::{ASK_OWNER, UnmetGuard, unmet};

#[cfg(test)]
mod tests;

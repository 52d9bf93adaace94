//! The state machine draws itself.

use crate::domain::repatriation::Target;
use crate::domain::repatriation::rules::{RULES, RuleName};
use crate::domain::repatriation::stage::{SideState, Stage};

/// The state machine as a Mermaid state diagram, made from the same table that decides.
pub fn mermaid() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned(), format!("    [*] --> registered: {}", RuleName::T1)];
    for rule in RULES {
        match rule.from {
            [from] => lines.push(format!("    {from} --> {}: {}", rule.to, rule.name)),
            from if from.len() == Stage::ALL.len() => lines.push(format!("    any_stage --> {}: {}", rule.to, rule.name)),
            _ => lines.push(format!("    before_departed --> {}: {}", rule.to, rule.name)),
        }
    }
    for state in SideState::ALL {
        let resumed =
            if state.is_resumable() { format!("    {state} --> stored_stage: {}", Target::Resume) } else { format!("    {state} --> [*]") };
        lines.push(resumed);
        if !state.is_resumable() {
            // Only where the entry was wrong.
            lines.push(format!("    {state} --> stored_stage: {}", RuleName::T14));
        }
    }
    lines.push(format!("    {} --> {}: {}", SideState::ProtectionPathway, Stage::Screened, RuleName::T16));
    lines.push("    completed --> [*]".to_owned());
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_diagram_shows_every_stage_and_side_state() {
        let diagram = super::mermaid();
        for name in super::Stage::ALL.iter().map(|stage| stage.as_str()).chain(super::SideState::ALL.iter().map(|state| state.as_str())) {
            assert!(diagram.contains(&format!(" {name}")), "{name}");
        }
    }
}

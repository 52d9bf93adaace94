//! The names of the settings: the list for people, and the refusal of unknown names.

use crate::config::VARIABLES;
use crate::config::error::ConfigError;

/// The prefix of every variable of Homeward, apart from those that other programs know too.
const PREFIX: &str = "HOMEWARD_";
/// The similarity from which an unknown name counts as a misspelling of a known one.
const ALIKE: f64 = 0.85;

/// The settings as a table in Markdown: name, default, meaning.
pub fn table_markdown() -> String {
    let mut table = "| Variable | Default | Meaning |\n|---|---|---|\n".to_owned();
    for (name, default, meaning) in VARIABLES {
        let default = if default.is_empty() { "–".to_owned() } else { format!("`{default}`") };
        table.push_str(&format!("| `{name}` | {default} | {meaning} |\n"));
    }
    table
}

/// The settings as they are listed on a terminal.
pub fn table_text() -> String {
    let mut text = String::new();
    for (name, default, meaning) in VARIABLES {
        let default = if default.is_empty() { "none" } else { default };
        text.push_str(&format!("{name}\n    {}\n    Default: {default}\n", meaning.replace('`', "")));
    }
    text
}

/// Refuses a variable with the prefix of Homeward that is not in the table: a misspelt one would be ignored, and its default
/// used.
pub fn require_known(names: impl Iterator<Item = String>) -> Result<(), ConfigError> {
    let is_known = |name: &str| VARIABLES.iter().any(|(known, _, _)| *known == name);
    let mut unknown: Vec<String> = names.filter(|name| name.to_uppercase().starts_with(PREFIX) && !is_known(name)).collect();
    unknown.sort();
    let mut errors = ConfigError::default();
    for name in &unknown {
        let hint = match nearest(name) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "`homeward settings` lists them".to_owned(),
        };
        errors.add(ConfigError::new(name, format!("there is no such setting; {hint}")));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_uppercase();
    let own = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let alike = |known: &str| strsim::jaro_winkler(&own(known), &own(&name));
    let known = VARIABLES.iter().map(|(known, _, _)| (*known, alike(known)));
    known.filter(|(_, alike)| *alike >= ALIKE).max_by(|one, other| one.1.total_cmp(&other.1)).map(|(known, _)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> String {
        require_known([name.to_owned()].into_iter()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_the_one_that_was_meant() {
        for (misspelt, meant) in [
            ("HOMEWARD_LISTENN", "HOMEWARD_LISTEN"),
            ("HOMEWARD_PUBLICURL", "HOMEWARD_PUBLIC_URL"),
            ("HOMEWARD_KEYFILE", "HOMEWARD_KEY_FILE"),
            ("homeward_listen", "HOMEWARD_LISTEN"),
        ] {
            let said = said(misspelt);
            assert!(said.starts_with(misspelt) && said.ends_with(&format!("{meant}?")), "{said}");
        }
        assert!(said("HOMEWARD_COFFEE").contains("homeward settings"), "{}", said("HOMEWARD_COFFEE"));
        assert!(VARIABLES.iter().all(|(known, _, _)| said(known).is_empty()));
        assert_eq!(said("HOME"), "");
    }
}

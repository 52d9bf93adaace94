//! The documents state the settings, permissions and stages of the code. `HOMEWARD_UPDATE=1` writes them anew.

use homeward::config::VARIABLES;
use homeward::domain::access::{Permission, Role};
use homeward::domain::repatriation::mermaid;

use crate::walkers::access_matrix::compare;

/// Compares the text between `<!-- name -->` and `<!-- /name -->` in a document with the text made from the code.
fn compare_part(document: &str, name: &str, made: &str) {
    let path = format!("{}/docs/{document}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the document");
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&open).unwrap_or_else(|| panic!("{document} has no {open}"));
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("{document} has no {close}"));
    compare(&path, &format!("{before}{open}{made}{close}{after}"));
}

#[test]
fn settings_permissions_and_stages_are_those_of_the_code() {
    let mut settings = "| Variable | Default | Meaning |\n|---|---|---|\n".to_owned();
    for (name, default, meaning) in VARIABLES {
        let default = if default.is_empty() { "–".to_owned() } else { format!("`{default}`") };
        settings.push_str(&format!("| `{name}` | {default} | {meaning} |\n"));
    }
    compare_part("configuration.md", "settings", &settings);

    let names: Vec<String> = Role::ALL.iter().map(|role| format!("`{role}`")).collect();
    let mut permissions = format!("| Permission | {} | machine |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len() + 1));
    for permission in Permission::ALL {
        let marks = Role::ALL.iter().map(|role| role.may(*permission)).chain([permission.is_for_machines()]);
        let marks: Vec<&str> = marks.map(|may| if may { "yes" } else { "" }).collect();
        permissions.push_str(&format!("| `{permission}` | {} |\n", marks.join(" | ")));
    }
    compare_part("security.md", "permissions", &permissions);
    compare_part("security.md", "limits", &homeward::domain::limits::table());
    compare_part("tour.md", "diagram", &format!("```mermaid\n{}\n```\n", mermaid().trim()));
}

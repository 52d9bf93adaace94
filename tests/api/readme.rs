//! What the README says about settings, operations and stages is what the code says. `HOMEWARD_UPDATE=1` writes it anew.

use homeward::config::VARIABLES;
use homeward::domain::access::{Permission, Role};
use homeward::domain::repatriation::mermaid;

use crate::access_matrix::compare;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// Compares what stands between `<!-- name -->` and `<!-- /name -->` with what the code makes.
fn compare_part(name: &str, made: &str) {
    let readme = std::fs::read_to_string(README).expect("the README");
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = readme.split_once(&open).unwrap_or_else(|| panic!("the README has no {open}"));
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("the README has no {close}"));
    compare(README, &format!("{before}{open}{made}{close}{after}"));
}

/// Each part is compared with the same file, so they are compared one after another.
#[test]
fn settings_operations_and_stages_are_those_of_the_code() {
    let mut settings = "| Variable | Default | Meaning |\n|---|---|---|\n".to_owned();
    for (name, default, meaning) in VARIABLES {
        let default = if default.is_empty() { "–".to_owned() } else { format!("`{default}`") };
        settings.push_str(&format!("| `{name}` | {default} | {meaning} |\n"));
    }
    compare_part("settings", &settings);

    let document = crate::support::contract::document();
    let mut operations = "| Operation | Permission | What it does |\n|---|---|---|\n".to_owned();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let permission = operation["x-permission"].as_str().map_or("–".to_owned(), |scope| format!("`{scope}`"));
            let summary = operation["summary"].as_str().unwrap_or_default().trim_end_matches('.');
            operations.push_str(&format!("| `{} {path}` | {permission} | {summary} |\n", method.to_uppercase()));
        }
    }
    compare_part("operations", &operations);
    let names: Vec<String> = Role::ALL.iter().map(|role| format!("`{role}`")).collect();
    let mut permissions = format!("| Permission | {} | machine |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len() + 1));
    for permission in Permission::ALL {
        let marks = Role::ALL.iter().map(|role| role.may(*permission)).chain([permission.is_for_machines()]);
        let marks: Vec<&str> = marks.map(|may| if may { "yes" } else { "" }).collect();
        permissions.push_str(&format!("| `{permission}` | {} |\n", marks.join(" | ")));
    }
    compare_part("permissions", &permissions);
    compare_part("diagram", &format!("```mermaid\n{}\n```\n", mermaid().trim()));
}

//! What the README says about settings, operations and stages is what the code says.

use homeward::config::VARIABLES;
use homeward::domain::repatriation::mermaid;

use crate::access_matrix::operations;

const README: &str = include_str!("../../README.md");

#[test]
fn every_setting_stands_in_the_table() {
    for (name, default, meaning) in VARIABLES {
        let default = if default.is_empty() { "–".to_owned() } else { format!("`{default}`") };
        let row = format!("| `{name}` | {default} | {meaning} |");
        assert!(README.contains(&row), "the README lacks the row: {row}");
    }
}

#[test]
fn every_operation_stands_in_the_table_with_its_permission() {
    for operation in operations() {
        let path = format!("`{} {}`", operation.method, operation.template);
        let row = README.lines().find(|line| line.starts_with(&format!("| {path} |")));
        let row = row.unwrap_or_else(|| panic!("the README has no row for {path}"));
        let permission = operation.scope.map_or_else(String::new, |scope| format!("`{scope}`"));
        assert!(row.contains(&permission), "{row}: the permission is {permission}");
    }
}

#[test]
fn the_diagram_is_the_one_that_the_code_draws() {
    let between = README.split("<!-- diagram -->").nth(1).and_then(|rest| rest.split("<!-- /diagram -->").next()).unwrap_or_default();
    assert!(between.contains(mermaid().trim()), "print it anew: GET /v1/repatriation/diagram");
}

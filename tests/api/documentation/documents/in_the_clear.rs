//! `docs/security.md`: what stands in the clear in the database is what the tables have.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::root;
use crate::walkers::migrations::declared;

type Columns = BTreeMap<String, BTreeSet<String>>;

/// Whether what stands in a column is sealed. A test writes canaries into every field and finds none of them outside.
fn is_sealed(column: &str) -> bool {
    // When a batch of the trail was sealed is a time, and stands in the clear.
    column == "ciphertext" || (column.starts_with("sealed_") && column != "sealed_at")
}

/// The tables and columns that the document lists.
fn listed(text: &str) -> Columns {
    let list = text.split("<!-- in the clear -->").nth(1).and_then(|rest| rest.split("<!-- /in the clear -->").next()).expect("the list");
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(table, columns)| (table.to_owned(), quoted(columns).into_iter().collect())).collect()
}

/// The columns of one that the other has not, as rows that can be taken over.
fn beyond(one: &Columns, other: &Columns) -> Vec<String> {
    let none = BTreeSet::new();
    let left = one.iter().map(|(table, columns)| (table, columns - other.get(table).unwrap_or(&none)));
    left.filter(|(_, columns)| !columns.is_empty())
        .map(|(table, columns)| {
            format!("| `{table}` | {} |", columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", "))
        })
        .collect()
}

#[test]
fn what_stands_in_the_clear_is_what_the_document_lists() {
    let text = std::fs::read_to_string(root().join("docs/security.md")).expect("the document");
    let listed = listed(&text);
    let clear = |columns: BTreeMap<String, bool>| columns.into_keys().filter(|column| !is_sealed(column)).collect();
    let declared: Columns = declared().into_iter().map(|(table, columns)| (table, clear(columns))).collect();
    let (unlisted, gone) = (beyond(&declared, &listed), beyond(&listed, &declared));
    assert!(
        unlisted.is_empty(),
        "in the clear, and not in docs/security.md. Seal it, or write down what it tells, here and in the table of words above:\n{}",
        unlisted.join("\n")
    );
    assert!(gone.is_empty(), "in docs/security.md, and in no table:\n{}", gone.join("\n"));
    assert!(listed.len() > 50, "{} tables are listed", listed.len());
}

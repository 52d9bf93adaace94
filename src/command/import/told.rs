//! What is told of a list beside its rows: what was assumed, and how its columns are read. No value of a cell is repeated.

use crate::domain::imports::proposal::{Because, ProposedColumn};
use crate::domain::imports::table::Table;

/// A line for each thing that should be known.
pub(super) fn told(table: &Table, columns: &[ProposedColumn]) -> String {
    let assumed = table.told.iter().map(|assumption| format!("assumed {}: {}\n", assumption.told, assumption.detail));
    assumed.chain(columns.iter().flat_map(of_column)).collect()
}

fn of_column(column: &ProposedColumn) -> Vec<String> {
    let name = &column.column;
    let mut lines = Vec::new();
    if let Some(repair) = column.repaired {
        lines.push(format!("column {name} was put right: {repair}\n"));
    }
    if let (Some(field), Because::Values) = (column.field, column.because) {
        lines.push(format!("column {name} is {field} by its values alone: its heading does not say it\n"));
    }
    if let Some(field) = column.field.filter(|_| column.unreadable > 0) {
        lines.push(format!("column {name} has {} values, of which {} cannot be read as {field}\n", column.filled, column.unreadable));
    }
    lines.extend(column.questions.iter().map(|question| format!("column {name} {}\n", question.message())));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::imports::cell::Cell;
    use crate::domain::imports::grid::{FileKind, Grid, Row};
    use crate::domain::imports::mapping::Defaults;
    use crate::domain::imports::proposal::{as_mapping, confirmed, propose};

    #[test]
    fn a_column_is_told_of_whether_it_is_proposed_or_confirmed() {
        let rows = [&["Name", "Gender", "Column"][..], &["Siti", "P", "F"], &["Budi", "blue", "M"], &["Ani", "P", "F"]];
        let row = |(number, texts): (u32, &&[&str])| Row { number, cells: texts.iter().map(|text| Cell::of_text(text)).collect() };
        let rows = (1..).zip(&rows).map(row).collect();
        let table = Table::of(Grid { kind: FileKind::Delimited, rows, told: Vec::new() }).unwrap();
        let proposed = propose(&table);
        let first = told(&table, &proposed);
        let mapping = as_mapping(proposed, Defaults::default());
        for text in [first, told(&table, &confirmed(&table, &mapping))] {
            for line in ["assumed heading_row: 1\n", "column B has 3 values, of which 1 cannot be read as gender\n"] {
                assert!(text.contains(line), "{text}");
            }
            assert!(!text.contains("blue"), "{text}");
        }
    }
}

//! A list as it was sent: where its headings stand, and its rows.

use crate::domain::imports::cell::Cell;
use crate::domain::imports::grid::{Assumption, FileKind, Grid, Heading, Row, Told};
use crate::domain::imports::{headings, htcds};

/// Rows above the headings: the name of the embassy, the day, a seal.
const ROWS_ABOVE: usize = 20;

/// A list: its headings, and a row for each person.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What kind of file it was.
    pub kind: FileKind,
    /// The headings, from left to right.
    pub headings: Vec<Heading>,
    /// The rows below them that hold anything under a heading.
    pub rows: Vec<Row>,
    /// What was assumed.
    pub told: Vec<Assumption>,
    /// Whether it is a template of HTCDS.
    pub is_htcds: bool,
}

text_enum! {
    /// Why a file is no list.
    pub enum NoTable {
        Empty = "empty_file",
        NoHeadings = "no_headings",
        NoRows = "no_rows",
    }
}

impl Table {
    /// The list in a grid: the row of headings is the one in which most headings are known, and the first one where none is.
    pub fn of(grid: Grid) -> Result<Self, NoTable> {
        let Grid { kind, mut rows, mut told } = grid;
        // JSON names each value: its first row is made of the names.
        let found = if kind == FileKind::JsonLines { Some(0) } else { heading_row(&rows) };
        let at = found.ok_or(NoTable::Empty)?;
        let below = rows.split_off((at + 1).min(rows.len()));
        let row = rows.pop().ok_or(NoTable::Empty)?;
        let hidden = rows.last().filter(|above| htcds::are_machine_names(above));
        let headings = headings_of(&row, hidden);
        if headings.is_empty() {
            return Err(NoTable::NoHeadings);
        }
        let is_headed = |row: &Row| headings.iter().any(|heading| !row.cell(heading.column).is_empty());
        let rows: Vec<Row> = below.into_iter().filter(is_headed).collect();
        if rows.is_empty() {
            return Err(NoTable::NoRows);
        }
        told.push(Assumption::new(Told::HeadingRow, row.number.to_string()));
        let is_htcds = htcds::is_template(&headings);
        if is_htcds {
            told.push(Assumption::new(Told::Htcds, "2.0"));
        }
        if let Some(surplus) = surplus(&headings, &rows) {
            told.push(Assumption::new(Told::SurplusCells, surplus.to_string()));
        }
        Ok(Self { kind, headings, rows, told, is_htcds })
    }
}

/// Where the headings stand: not in a hidden row of names for programs, if a row of labels follows.
fn heading_row(rows: &[Row]) -> Option<usize> {
    let known = |row: &Row| row.cells.iter().filter_map(Cell::written).filter(|label| headings::is_known(label)).count();
    let scored = rows.iter().take(ROWS_ABOVE).enumerate().map(|(at, row)| (known(row), at));
    let (best, at) = scored.max_by_key(|(score, at)| (*score, usize::MAX - at))?;
    let is_followed = rows.get(at).is_some_and(htcds::are_machine_names) && rows.get(at + 1).is_some_and(htcds::are_labels);
    match (best, is_followed) {
        (0, _) => Some(0),
        (_, true) => Some(at + 1),
        (_, false) => Some(at),
    }
}

fn headings_of(row: &Row, hidden: Option<&Row>) -> Vec<Heading> {
    let labelled = row.cells.iter().enumerate().filter_map(|(column, cell)| Some((column, cell.written()?)));
    let machine_name = |column: usize| hidden.and_then(|hidden| hidden.cell(column).written());
    labelled.map(|(column, label)| Heading { column, label, machine_name: machine_name(column) }).collect()
}

/// How many rows hold something in a column without a heading, to the right of the last one.
fn surplus(headings: &[Heading], rows: &[Row]) -> Option<usize> {
    let last = headings.last()?.column;
    let count = rows.iter().filter(|row| row.cells.iter().skip(last + 1).any(|cell| !cell.is_empty())).count();
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[(u32, &[&str])]) -> Grid {
        let row = |(number, cells): &(u32, &[&str])| Row { number: *number, cells: cells.iter().map(|text| Cell::of_text(text)).collect() };
        Grid { kind: FileKind::Delimited, rows: rows.iter().map(row).collect(), told: Vec::new() }
    }

    #[test]
    fn headings_are_found_below_a_letterhead() {
        let table =
            Table::of(grid(&[(1, &["KBRI", "", "2026"]), (3, &["No", "Nama lengkap", "Paspor"]), (4, &["1", "Siti", "C1"])])).unwrap();
        assert_eq!(table.headings.iter().map(|heading| heading.label.as_str()).collect::<Vec<_>>(), ["No", "Nama lengkap", "Paspor"]);
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.told, [Assumption::new(Told::HeadingRow, "3")]);
    }

    #[test]
    fn what_stands_beside_the_headings_is_told_and_is_no_row() {
        let table = Table::of(grid(&[(1, &["Name", "Gender"]), (2, &["A", "F", "", "x"]), (3, &["", "", "y"])])).unwrap();
        assert_eq!(table.rows.len(), 1);
        assert!(table.told.contains(&Assumption::new(Told::SurplusCells, "1")));
    }

    #[test]
    fn a_file_without_a_list_is_told_so() {
        assert_eq!(Table::of(grid(&[])).unwrap_err(), NoTable::Empty);
        assert_eq!(Table::of(grid(&[(1, &["Name", "Gender"])])).unwrap_err(), NoTable::NoRows);
        assert_eq!(Table::of(grid(&[(1, &[""]), (2, &["x"])])).unwrap_err(), NoTable::NoHeadings);
    }
}

//! A list as it was sent: where its headings stand, and its rows.

use crate::domain::imports::cell::{Cell, column_name};
use crate::domain::imports::folding::fold;
use crate::domain::imports::grid::{Assumption, FileKind, Grid, Heading, Row, Told};
use crate::domain::imports::{headings, htcds};

/// Rows above the headings: the name of the embassy, the day, a seal.
const ROWS_ABOVE: usize = 20;
/// The most characters of a heading: what is longer is cut, here and in a mapping.
const LONGEST_HEADING: usize = 300;

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

impl NoTable {
    /// A sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::NoHeadings => {
                "has no row of headings that is known here: write `name`, `date of birth` and `nationality` above the columns that hold them"
            }
            Self::NoRows => "has headings and nobody below them",
        }
    }
}

impl Table {
    /// The list in a grid: the row of headings is the one in which most headings are known. Where none is, the first row may be a person,
    /// and nobody becomes a heading.
    pub fn of(grid: Grid) -> Result<Self, NoTable> {
        let Grid { kind, mut rows, mut told } = grid;
        // JSON names each value: its first row is made of the names.
        if rows.is_empty() {
            return Err(NoTable::Empty);
        }
        let found = if kind == FileKind::JsonLines { Some(0) } else { heading_row(&rows) };
        let at = found.ok_or(NoTable::NoHeadings)?;
        let below = rows.split_off((at + 1).min(rows.len()));
        let row = rows.pop().ok_or(NoTable::Empty)?;
        let hidden = rows.last().filter(|above| htcds::are_machine_names(above));
        let headings = headings_of(&row, hidden);
        if headings.is_empty() {
            return Err(NoTable::NoHeadings);
        }
        let beside = beside(&headings, &below);
        let (repeated, below): (Vec<Row>, Vec<Row>) = below.into_iter().partition(|row| repeats(&headings, row));
        let is_headed = |row: &Row| headings.iter().any(|heading| !row.cell(heading.column).is_empty());
        let rows: Vec<Row> = below.into_iter().filter(is_headed).collect();
        if rows.is_empty() {
            return Err(NoTable::NoRows);
        }
        told.push(Assumption::new(Told::HeadingRow, row.number.to_string()));
        if !repeated.is_empty() {
            told.push(Assumption::new(Told::RepeatedHeadings, repeated.len().to_string()));
        }
        let is_htcds = htcds::is_template(&headings);
        if is_htcds {
            told.push(Assumption::new(Told::Htcds, "2.0"));
        }
        told.extend(beside);
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
        (0, false) => None,
        (_, true) => Some(at + 1),
        (_, false) => Some(at),
    }
}

/// Whether a row below is the headings once more.
fn repeats(headings: &[Heading], row: &Row) -> bool {
    headings.len() > 1
        && headings.iter().all(|heading| row.cell(heading.column).written().is_some_and(|label| fold(&label) == fold(&heading.label)))
}

fn headings_of(row: &Row, hidden: Option<&Row>) -> Vec<Heading> {
    let labelled = row.cells.iter().enumerate().filter_map(|(column, cell)| Some((column, cell.written()?)));
    let machine_name = |column: usize| hidden.and_then(|hidden| hidden.cell(column).written());
    let cut = |label: String| label.chars().take(LONGEST_HEADING).collect::<String>().trim_end().to_owned();
    labelled.map(|(column, label)| Heading { column, label: cut(label), machine_name: machine_name(column) }).collect()
}

/// What rows hold that stands under no heading: to the right of the last one, or in columns left of it.
fn beside(headings: &[Heading], rows: &[Row]) -> Vec<Assumption> {
    let Some(last) = headings.last().map(|heading| heading.column) else { return Vec::new() };
    let is_headed = |column: usize| headings.iter().any(|heading| heading.column == column);
    let unheaded = (0..last).filter(|column| !is_headed(*column) && rows.iter().any(|row| !row.cell(*column).is_empty()));
    let unheaded: Vec<String> = unheaded.map(column_name).collect();
    let surplus = rows.iter().filter(|row| row.has_beyond(last)).count();
    let mut told = Vec::new();
    if !unheaded.is_empty() {
        told.push(Assumption::new(Told::UnheadedColumns, unheaded.join(" ")));
    }
    if surplus > 0 {
        told.push(Assumption::new(Told::SurplusCells, surplus.to_string()));
    }
    told
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
        let table =
            Table::of(grid(&[(1, &["Name", "", "Gender"]), (2, &["A", "b", "F", "", "x"]), (3, &["", "", "", "y"]), (4, &["C"])])).unwrap();
        assert_eq!(table.rows.iter().map(|row| (row.number, row.has_beyond(2))).collect::<Vec<_>>(), [(2, true), (4, false)]);
        assert!(table.told.contains(&Assumption::new(Told::SurplusCells, "2")), "a row that is none is counted, too");
        assert!(table.told.contains(&Assumption::new(Told::UnheadedColumns, "B")));
    }

    #[test]
    fn headings_of_a_second_page_are_nobody() {
        let rows: &[(u32, &[&str])] = &[(1, &["Name", "Gender"]), (2, &["A", "F"]), (3, &["NAME ", "gender"]), (4, &["B", "M"])];
        let table = Table::of(grid(rows)).unwrap();
        assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4]);
        assert!(table.told.contains(&Assumption::new(Told::RepeatedHeadings, "1")));
    }

    #[test]
    fn a_long_heading_fits_into_a_mapping() {
        let long = format!("Name {}", "(as in the passport) ".repeat(40));
        let table = Table::of(grid(&[(1, &[long.as_str(), "Gender"]), (2, &["A", "F"])])).unwrap();
        assert!((200..=LONGEST_HEADING).contains(&table.headings[0].label.chars().count()));
    }

    #[test]
    fn a_file_without_a_list_is_told_so() {
        assert_eq!(Table::of(grid(&[])).unwrap_err(), NoTable::Empty);
        assert_eq!(Table::of(grid(&[(1, &["Name", "Gender"])])).unwrap_err(), NoTable::NoRows);
        assert_eq!(Table::of(grid(&[(1, &[""]), (2, &["x"])])).unwrap_err(), NoTable::NoHeadings);
        let nobody = grid(&[(1, &["Siti Rahmawati", "17/3/1999"]), (2, &["Budi Santoso", "3/4/1998"])]);
        assert_eq!(Table::of(nobody).unwrap_err(), NoTable::NoHeadings, "the first person is no heading");
    }
}

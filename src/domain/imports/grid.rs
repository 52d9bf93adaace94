//! A file that was read into cells, and what was assumed while it was read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::imports::cell::Cell;

/// The most bytes of a file.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// The most rows.
pub const MOST_ROWS: usize = 50_000;
/// The most columns. A spreadsheet can say a cell stands in column 16,384 and mean nothing by it.
pub const MOST_COLUMNS: usize = 256;
/// The most characters of one cell, as Excel has it.
pub const LONGEST_CELL: usize = 32_767;
/// The most bytes of one line of a text.
pub const LONGEST_LINE: usize = 1024 * 1024;
/// The most bytes of the texts of all cells. A spreadsheet says a text once, and can show it in every cell.
const MOST_TEXT: usize = 64 * 1024 * 1024;
/// The most places of all rows: a cell far to the right makes the row as long, whatever stands left of it.
const MOST_PLACES: usize = 4_000_000;

text_enum! {
    /// What kind of file it is.
    pub enum FileKind {
        Delimited = "csv",
        Spreadsheet = "xlsx",
        JsonLines = "ndjson",
    }
}

text_enum! {
    /// What was assumed or left out while the file was read.
    pub enum Told {
        /// The characters were read in this encoding.
        Encoding = "encoding",
        /// Values were separated by this sign.
        Delimiter = "delimiter",
        /// Only this sheet was read, counted from 1.
        Sheet = "sheet",
        /// Formulas were not computed: their last values were taken.
        FormulasIgnored = "formulas_ignored",
        /// Macros were not looked at.
        MacrosIgnored = "macros_ignored",
        /// Links to other files were not followed.
        ExternalLinksIgnored = "external_links_ignored",
        /// Days are counted from 1904.
        Epoch1904 = "epoch_1904",
        /// Headings stand in this row.
        HeadingRow = "heading_row",
        /// It is a template of HTCDS 2.0, and read by its visible headings.
        Htcds = "htcds",
        /// So many rows have cells to the right of the last heading.
        SurplusCells = "surplus_cells",
        /// These columns have values and no heading: they are left out.
        UnheadedColumns = "unheaded_columns",
        /// So many rows repeat the headings, as printed pages do: they are left out.
        RepeatedHeadings = "repeated_headings",
        /// So many other sheets that people see were not read.
        OtherSheets = "other_sheets_not_read",
        /// So many lists of objects inside an object were left out.
        ListsLeftOut = "inner_lists_left_out",
        /// The file says that it is one page of several: the others are not in it.
        OtherPages = "other_pages_not_in_file",
    }
}

/// Something that was assumed, with what: never with a value of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assumption {
    /// What was assumed.
    pub told: Told,
    /// Which encoding, which sign, which row, how many.
    #[schema(max_length = 2000)]
    pub detail: String,
}

impl Assumption {
    /// An assumption with its detail.
    pub fn new(told: Told, detail: impl Into<String>) -> Self {
        Self { told, detail: detail.into() }
    }
}

/// One row of a file, with the number by which the file counts it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number in the file, from 1.
    pub number: u32,
    /// Its cells, from column A.
    pub cells: Vec<Cell>,
}

impl Row {
    /// What stands in a column.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    /// Whether anything stands to the right of a column. Below the last heading, that is a value too many, such as a sign that divided one
    /// in two, and all values behind it stand in the columns of others.
    pub fn has_beyond(&self, column: usize) -> bool {
        self.cells.iter().skip(column + 1).any(|cell| !cell.is_empty())
    }

    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }
}

/// What the cells of a file may still take.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    text: usize,
    places: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { text: MOST_TEXT, places: MOST_PLACES }
    }
}

impl Budget {
    /// Takes a cell, with so many places that it adds to its row; false where the file holds more than a list does.
    pub fn spend(&mut self, cell: &Cell, places: usize) -> bool {
        let text = if let Cell::Text(text) | Cell::Number(text) = cell { text.len() } else { 0 };
        let left = self.text.checked_sub(text).zip(self.places.checked_sub(places));
        left.map(|(text, places)| (self.text, self.places) = (text, places)).is_some()
    }
}

/// A file that was read into cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// What kind of file it was.
    pub kind: FileKind,
    /// Its rows that are not blank.
    pub rows: Vec<Row>,
    /// What was assumed.
    pub told: Vec<Assumption>,
}

/// The heading of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The column, from 0.
    pub column: usize,
    /// What people read.
    pub label: String,
    /// The name for programs that a template hides above it.
    pub machine_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_stands_in_every_cell_is_counted_in_each_of_them() {
        let cell = Cell::Text("a".repeat(LONGEST_CELL));
        let (mut budget, mut taken) = (Budget::default(), 0);
        while budget.spend(&cell, 1) {
            taken += 1;
        }
        assert_eq!(taken, MOST_TEXT / LONGEST_CELL);
        let mut budget = Budget::default();
        assert!(budget.spend(&Cell::Empty, MOST_PLACES) && !budget.spend(&Cell::Empty, 1), "places count without a text");
    }
}

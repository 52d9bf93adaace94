//! A file that was read into cells, and what was assumed while it was read.

use crate::domain::imports::cell::Cell;

/// The most bytes of a file.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// The most rows.
pub const MOST_ROWS: usize = 50_000;
/// The most columns. A spreadsheet can say a cell stands in column 16,384 and mean nothing by it.
pub const MOST_COLUMNS: usize = 256;
/// The most characters of one cell, as Excel has it.
pub const LONGEST_CELL: usize = 32_767;

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
        /// A row has more cells than there are headings.
        SurplusCells = "surplus_cells",
    }
}

/// Something that was assumed, with what: never with a value of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What was assumed.
    pub told: Told,
    /// Which encoding, which sign, which row, how many.
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

    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The column, from 0.
    pub column: usize,
    /// What people read.
    pub label: String,
    /// The name for programs that a template hides above it.
    pub machine_name: Option<String>,
}

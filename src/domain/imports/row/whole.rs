//! What is wrong with a row as a whole, whatever its cells say.

use crate::domain::imports::cell::Cell;
use crate::domain::imports::field::ImportField;
use crate::domain::imports::report::{Note, Weight};
use crate::domain::imports::row::{Reader, RowReading};

/// Fields whose texts have lines of their own.
const OF_LINES: &[ImportField] = &[
    ImportField::Notes,
    ImportField::HomeAddress,
    ImportField::HomeStreet,
    ImportField::SafeContact,
    ImportField::ImmediateNeeds,
    ImportField::MedicalNotes,
];
/// Fields of which one alone says that somebody is called something, and nothing more.
const NAMES: &[ImportField] =
    &[ImportField::GivenName, ImportField::MiddleName, ImportField::FamilyName, ImportField::FullName, ImportField::Alias];

impl RowReading<'_> {
    /// Asks about a cell of two lines where a field has one: a quotation mark that was left open makes rows, and people, part of a cell.
    pub(super) fn ask_about_lines(&mut self, column: usize, field: ImportField, text: &str) {
        if text.contains(['\n', '\r']) && !OF_LINES.contains(&field) {
            let message = "has a line break, as a cell has in which rows were swallowed: write the value in one line";
            self.note(column, Some(field), Weight::Asked, "line_break", message);
        }
    }

    /// Asks about a row whose values stand in the wrong columns, and about one that may be a sum.
    pub(super) fn ask_about_whole(&mut self, reader: &Reader) {
        if reader.last_heading.is_some_and(|last| self.row.has_beyond(last)) {
            let message = "has cells to the right of the last heading: its values may stand in the columns of others";
            self.read.notes.push(Note::on_row(Weight::Asked, "shifted_cells", message));
        }
        if self.is_only_a_name(reader) {
            let message =
                "has one name and nothing else, as a sum or a remark below a list has: if it is a person, say one thing more of them";
            self.read.notes.push(Note::on_row(Weight::Asked, "only_a_name", message));
        }
    }

    fn is_only_a_name(&self, reader: &Reader) -> bool {
        let is_filled = |column: usize| *self.row.cell(column) != Cell::Empty;
        let mapped = || reader.columns.iter().filter(|column| column.field != ImportField::RowKey);
        let mut filled = mapped().filter(|column| is_filled(column.at));
        let is_one_name = filled.next().is_some_and(|first| NAMES.contains(&first.field)) && filled.next().is_none();
        let has_others = mapped().any(|column| !NAMES.contains(&column.field));
        is_one_name && has_others && !reader.extras.iter().any(|(column, _)| is_filled(*column))
    }
}

//! What is told of a row: the field, a code and the name of the cell, never what stands in it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::imports::cell::cell_name;
use crate::domain::imports::field::ImportField;

/// Notes of one row that are told: a row with three hundred errors is a row of another list.
pub const MOST_NOTES: usize = 20;

text_enum! {
    /// What a note means for its row.
    pub enum Weight {
        /// The row is not taken.
        Refused = "refused",
        /// The row is not taken until something is answered for its column.
        Asked = "asked",
        /// The row is taken, and this should be known.
        Told = "told",
    }
}

/// A note on a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    /// The cell, as a spreadsheet names it; null: it is about the row.
    #[schema(max_length = 12, example = "C17")]
    pub cell: Option<String>,
    /// The field that the cell fills.
    pub field: Option<ImportField>,
    /// Stable code for programs.
    #[schema(max_length = 60, example = "ambiguous_day_and_month")]
    pub code: String,
    /// A sentence for people, in English.
    #[schema(max_length = 500)]
    pub message: String,
    /// What it means for the row.
    pub weight: Weight,
}

impl Note {
    /// A note on a cell.
    pub fn at(column: usize, row: u32, field: Option<ImportField>, weight: Weight, code: &str, message: &str) -> Self {
        Self { cell: Some(cell_name(column, row)), field, code: code.to_owned(), message: message.to_owned(), weight }
    }

    /// A note on a row.
    pub fn on_row(weight: Weight, code: &str, message: &str) -> Self {
        Self { cell: None, field: None, code: code.to_owned(), message: message.to_owned(), weight }
    }
}

/// The notes of a row, the heaviest first, and no more than somebody reads.
pub fn limited(mut notes: Vec<Note>) -> Vec<Note> {
    notes.sort_by_key(|note| note.weight);
    let left_out = notes.len().saturating_sub(MOST_NOTES);
    if left_out > 0 {
        let heaviest = notes.get(MOST_NOTES).map_or(Weight::Told, |note| note.weight);
        notes.truncate(MOST_NOTES);
        notes.push(Note::on_row(heaviest, "more_notes", &format!("and {left_out} more: mend these first")));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_with_three_hundred_errors_has_one_more_note_than_somebody_reads() {
        let told = Note::at(0, 2, None, Weight::Told, "told", "…");
        let refused = Note::at(1, 2, None, Weight::Refused, "refused", "…");
        let notes: Vec<Note> = std::iter::once(told).chain(std::iter::repeat_n(refused, 299)).collect();
        let notes = limited(notes);
        assert_eq!(notes.len(), MOST_NOTES + 1);
        assert!(notes.iter().all(|note| note.weight == Weight::Refused));
        assert_eq!(notes.last().map(|note| note.message.as_str()), Some("and 280 more: mend these first"));
    }
}

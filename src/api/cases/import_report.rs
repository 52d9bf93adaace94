//! The report of a list: what became of each row, as CSV for whoever keeps the list. It names cells and codes, and repeats no value.

use crate::api::http::csv;
use crate::domain::imports::report::{Note, limited};
use crate::error::Result;

/// The columns of the report.
pub const HEADER: &[&str] = &["row", "key", "result", "case_code", "cell", "field", "code", "message"];

/// What became of one row.
pub struct ReportedRow {
    /// Its number in the file.
    pub number: u32,
    /// Its own running number.
    pub key: Option<String>,
    /// What became of it.
    pub result: &'static str,
    /// The code of the case, where the reader sees it.
    pub case_code: Option<String>,
    /// What is told of it.
    pub notes: Vec<Note>,
}

/// The lines of the report: one for each note, and one for a row without any.
pub fn lines(rows: impl Iterator<Item = ReportedRow>) -> Vec<Vec<String>> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    for ReportedRow { number, key, result, case_code, notes } in rows {
        let begin = [number.to_string(), key.unwrap_or_default(), result.to_owned(), case_code.unwrap_or_default()];
        let notes = limited(notes);
        if notes.is_empty() {
            lines.push(begin.iter().cloned().chain(["", "", "", ""].map(str::to_owned)).collect());
        }
        for note in notes {
            let field = note.field.map(|field| field.as_str().to_owned()).unwrap_or_default();
            let end = [note.cell.unwrap_or_default(), field, note.code, note.message];
            lines.push(begin.iter().cloned().chain(end).collect());
        }
    }
    lines
}

/// The report as a file.
pub fn file(rows: impl Iterator<Item = ReportedRow>) -> Result<Vec<u8>> {
    csv::file(HEADER, lines(rows))
}

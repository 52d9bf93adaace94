//! Numbers that are written as they stand on a document or in a telephone: a spreadsheet that takes them for sums damages them.

use crate::domain::codes::{DocumentCustody, DocumentKind};
use crate::domain::imports::cell::Cell;
use crate::domain::imports::codes;
use crate::domain::imports::field::ImportField;
use crate::domain::imports::report::Weight;
use crate::domain::imports::row::{RowReading, Written};

/// Digits that a spreadsheet keeps of a number. What stands behind them is not what was typed.
const DIGITS_KEPT: usize = 15;

impl RowReading<'_> {
    pub(super) fn take_document(&mut self, column: usize, field: ImportField, cell: &Cell, number: String) {
        if !number.chars().any(char::is_numeric) {
            let message = "has no digit, and so is no number: it may say that the document is lost, or who holds it";
            return self.refuse(column, field, "not_a_document_number", message);
        }
        if !self.is_whole(column, field, cell) {
            return;
        }
        let kind = if field == ImportField::PassportNumber { DocumentKind::Passport } else { DocumentKind::NationalId };
        let at = self.entries("/identity/documents/", "/kind");
        self.put_text(column, format!("/identity/documents/{at}/kind"), kind.as_str());
        self.put_text(column, format!("/identity/documents/{at}/number"), number);
        self.put_text(column, format!("/identity/documents/{at}/custody"), DocumentCustody::Unknown.as_str());
    }

    /// Who holds the passport; it was read before, if the list has one. Of another document this says nothing.
    pub(super) fn take_custody(&mut self, column: usize, text: &str) {
        let Some(code) = codes::code(ImportField::PassportCustody, text) else {
            return self.refuse(column, ImportField::PassportCustody, "unknown_code", "is none of the values of this field");
        };
        let passport = Written::Text(DocumentKind::Passport.as_str().to_owned());
        let is_passport = |at: &usize| {
            let pointer = format!("/identity/documents/{at}/kind");
            self.read.values.iter().any(|value| value.pointer == pointer && value.written == passport)
        };
        let entries = self.entries("/identity/documents/", "/kind");
        let at = (0..entries).find(is_passport).unwrap_or(entries);
        if at == entries {
            self.put_text(column, format!("/identity/documents/{at}/kind"), DocumentKind::Passport.as_str());
        }
        let pointer = format!("/identity/documents/{at}/custody");
        self.read.values.retain(|value| value.pointer != pointer);
        self.put_text(column, pointer, code);
    }

    /// A telephone. Nobody said that it is safe to call.
    pub(super) fn take_phone(&mut self, column: usize, field: ImportField, cell: &Cell, text: String) {
        if !self.is_whole(column, field, cell) {
            return;
        }
        let at = self.entries("/contact/phones/", "/number");
        self.put_text(column, format!("/contact/phones/{at}/number"), text);
        self.put(column, format!("/contact/phones/{at}/safe"), Written::Flag(false));
    }

    /// Whether a number can be what was typed. One that the spreadsheet took for a sum has lost the nought before it, which is told; a
    /// long one has lost its last digits, too.
    fn is_whole(&mut self, column: usize, field: ImportField, cell: &Cell) -> bool {
        let is_cut = match cell {
            Cell::Number(number) => !number.bytes().all(|byte| byte.is_ascii_digit()) || number.len() > DIGITS_KEPT,
            Cell::Text(text) => is_of_powers(text),
            Cell::Empty | Cell::Day(_) | Cell::Broken => matches!(cell, Cell::Day(_)),
        };
        if is_cut {
            let message = "was kept as a sum or a date by the spreadsheet, and is not what was typed: type it again in a column of texts";
            self.refuse(column, field, "damaged_number", message);
        } else if matches!(cell, Cell::Number(_)) {
            let message = "was kept as a number by the spreadsheet, which drops a nought or a plus before it: see that it is whole";
            self.note(column, Some(field), Weight::Told, "number_without_prefix", message);
        }
        !is_cut
    }
}

/// `3.17123E+15`, as a spreadsheet writes a long number into a text.
fn is_of_powers(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e']) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    is_number(number) && power.strip_prefix('+').is_some_and(is_number)
}

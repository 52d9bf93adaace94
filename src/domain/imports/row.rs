//! A row, read by a mapping: the person that it describes, as `POST /v1/cases` takes one, and what could not be read.

use crate::domain::codes::{DocumentCustody, DocumentKind, TraffickingStatus};
use crate::domain::imports::cell::Cell;
use crate::domain::imports::codes;
use crate::domain::imports::dates::{self, DateForm};
use crate::domain::imports::field::{ImportField, Reading};
use crate::domain::imports::grid::Row;
use crate::domain::imports::htcds::{self, Home};
use crate::domain::imports::mapping::{Defaults, Mapping};
use crate::domain::imports::report::{Note, Weight};
use crate::domain::imports::table::Table;

mod extras;
#[cfg(test)]
mod tests;

/// A value, as JSON knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// A value of the person, with its place in the body and the column it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// A JSON pointer into the body of `POST /v1/cases`.
    pub pointer: String,
    /// The value.
    pub written: Written,
    /// The column, from 0; none for what holds for everybody.
    pub column: Option<usize>,
}

/// A row that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadRow {
    /// The number of the row in the file.
    pub number: u32,
    /// The list's own key of the row.
    pub key: Option<String>,
    /// What it says of the person.
    pub values: Vec<Value>,
    /// What could not be read, and what should be known.
    pub notes: Vec<Note>,
}

/// How the rows of one list are read: worked out once, and not for every row.
pub struct Reader {
    columns: Vec<(usize, ImportField, DateForm)>,
    /// Columns of a template that fill no field.
    extras: Vec<(usize, &'static htcds::Column)>,
    defaults: Defaults,
}

impl Reader {
    /// The reader of a list, by its mapping.
    pub fn new(table: &Table, mapping: &Mapping) -> Self {
        let mut columns = mapping.placed(table);
        // The name comes first whatever the order of the columns, so that notes do.
        columns.sort_by_key(|(column, field, _)| (*field, *column));
        let is_mapped = |column: usize| columns.iter().any(|(mapped, ..)| *mapped == column);
        let unmapped = table.headings.iter().filter(|heading| table.is_htcds && !is_mapped(heading.column));
        let extras = unmapped.filter_map(|heading| htcds::resolve(heading).map(|(column, _)| (heading.column, column))).collect();
        Self { columns, extras, defaults: mapping.defaults.clone() }
    }

    /// Reads a row.
    pub fn read(&self, row: &Row) -> ReadRow {
        let mut reading = RowReading { row, read: ReadRow { number: row.number, ..ReadRow::default() }, address: Vec::new() };
        for (column, field, form) in &self.columns {
            reading.take(*column, *field, *form, &self.defaults);
        }
        reading.put_address();
        for (column, of_template) in &self.extras {
            reading.take_extra(*column, of_template);
        }
        reading.fill_in(&self.defaults);
        reading.read
    }
}

/// A row while it is read.
struct RowReading<'a> {
    row: &'a Row,
    read: ReadRow,
    /// The parts of the home address, with their columns.
    address: Vec<(usize, String)>,
}

impl RowReading<'_> {
    fn note(&mut self, column: usize, field: Option<ImportField>, weight: Weight, code: &str, message: &str) {
        self.read.notes.push(Note::at(column, self.row.number, field, weight, code, message));
    }

    fn refuse(&mut self, column: usize, field: ImportField, code: &str, message: &str) {
        self.note(column, Some(field), Weight::Refused, code, message);
    }

    fn put(&mut self, column: usize, pointer: impl Into<String>, written: Written) {
        self.read.values.push(Value { pointer: pointer.into(), written, column: Some(column) });
    }

    fn put_text(&mut self, column: usize, pointer: impl Into<String>, text: impl Into<String>) {
        self.put(column, pointer, Written::Text(text.into()));
    }

    fn has(&self, pointer: &str) -> bool {
        self.read.values.iter().any(|value| value.pointer == pointer)
    }

    /// How many entries of a list are there already.
    fn entries(&self, pointer: &str, member: &str) -> usize {
        let is_entry = |value: &&Value| value.pointer.strip_prefix(pointer).is_some_and(|rest| rest.ends_with(member));
        self.read.values.iter().filter(is_entry).count()
    }

    /// Takes what stands in a column into its field.
    fn take(&mut self, column: usize, field: ImportField, form: DateForm, defaults: &Defaults) {
        let cell = self.row.cell(column);
        if *cell == Cell::Broken {
            return self.refuse(column, field, "broken_cell", "holds an error of the spreadsheet, and no value");
        }
        let Some(text) = cell.written() else { return };
        match field.reading() {
            Reading::Text if dates::says_unknown(&text) => {}
            Reading::Text => self.put_more_text(column, field, text),
            Reading::Date => self.take_date(column, field, cell, form),
            Reading::Number => match text.parse::<i64>() {
                Ok(number) => self.put(column, field.pointer(), Written::Number(number)),
                Err(_) => self.refuse(column, field, "not_a_number", "is not a whole number"),
            },
            Reading::Code => self.take_code(column, field, &text),
            Reading::Codes => self.take_codes(column, field, &text),
            Reading::Country => match codes::country(&text) {
                Some(country) => self.put_text(column, field.pointer(), country.to_string()),
                None => self.refuse(column, field, "unknown_country", "is not a country that is known by this code or name"),
            },
            Reading::Nationalities => self.take_nationalities(column, field, &text),
            Reading::Part => self.take_part(column, field, cell, text, defaults),
        }
    }

    /// A text. A second column of the same field goes on where the first one ended.
    fn put_more_text(&mut self, column: usize, field: ImportField, text: String) {
        let before = self.read.values.iter_mut().find(|value| value.pointer == field.pointer());
        match before.map(|value| &mut value.written) {
            Some(Written::Text(written)) => {
                written.push('\n');
                written.push_str(&text);
            }
            _ => self.put_text(column, field.pointer(), text),
        }
    }

    fn take_date(&mut self, column: usize, field: ImportField, cell: &Cell, form: DateForm) {
        match dates::read(cell, form) {
            Ok(None) => {}
            Ok(Some(read)) => {
                if read.is_converted {
                    let message = "was a year of another era, and is taken as the year of the common era";
                    self.note(column, Some(field), Weight::Told, "year_converted", message);
                }
                self.put_text(column, field.pointer(), read.date.to_string());
            }
            Err(unread) => {
                let weight = if unread.is_question() { Weight::Asked } else { Weight::Refused };
                self.note(column, Some(field), weight, unread.as_str(), unread.message());
            }
        }
    }

    fn take_code(&mut self, column: usize, field: ImportField, text: &str) {
        match codes::code(field, text) {
            Some(code) if code == TraffickingStatus::FormallyIdentified.as_str() => {
                let message =
                    "is the finding of an authority: taken as presumed, until the authority's own is recorded as a status determination";
                self.note(column, Some(field), Weight::Told, "finding_of_an_authority", message);
                self.put_text(column, field.pointer(), TraffickingStatus::Presumed.as_str());
            }
            Some(code) => self.put_text(column, field.pointer(), code),
            None if dates::says_unknown(text) => {}
            None => self.refuse(column, field, "unknown_code", "is none of the values of this field"),
        }
    }

    /// Several codes: each once. One that is not known is told, and keeps nobody out.
    fn take_codes(&mut self, column: usize, field: ImportField, text: &str) {
        let pieces = codes::several(text, |one| codes::code(field, one).is_some());
        for piece in pieces {
            match codes::code(field, &piece) {
                Some(code) => self.put_code(column, field, code),
                None => {
                    self.note(column, Some(field), Weight::Told, "unknown_code", "holds a value that this field has not: it is left out")
                }
            }
        }
    }

    fn put_code(&mut self, column: usize, field: ImportField, code: &str) {
        let within = format!("{}/", field.pointer());
        let is_there = |value: &Value| value.pointer.starts_with(&within) && value.written == Written::Text(code.to_owned());
        if !self.read.values.iter().any(is_there) {
            let at = self.entries(&within, "");
            self.put_text(column, format!("{within}{at}"), code);
        }
    }

    /// One nationality or several: the first is the main one (DOMAIN D8).
    fn take_nationalities(&mut self, column: usize, field: ImportField, text: &str) {
        if dates::says_unknown(text) {
            return;
        }
        let pieces = codes::several(text, |one| codes::nationality(one).is_some());
        let read: Option<Vec<_>> = pieces.iter().map(|piece| codes::nationality(piece)).collect();
        let Some(read) = read else {
            return self.refuse(column, field, "unknown_nationality", "is not a nationality that is known by this code or name");
        };
        let mut seen = Vec::new();
        for nationality in read {
            if seen.contains(&nationality) {
                continue;
            }
            match seen.len() {
                0 => self.put_text(column, field.pointer(), nationality.to_string()),
                further => self.put_text(column, format!("/further_nationalities/{}", further - 1), nationality.to_string()),
            }
            seen.push(nationality);
        }
    }

    /// What is put together of several columns.
    fn take_part(&mut self, column: usize, field: ImportField, cell: &Cell, text: String, defaults: &Defaults) {
        match field {
            ImportField::RowKey => self.read.key = Some(text),
            _ if dates::says_unknown(&text) => {}
            ImportField::Age => self.take_age(column, &text, defaults),
            ImportField::Alias => {
                let at = self.entries("/identity/aliases/", "/name");
                self.put_text(column, format!("/identity/aliases/{at}/name"), text);
            }
            ImportField::PassportNumber => self.take_document(column, DocumentKind::Passport, text),
            ImportField::NationalIdNumber => self.take_document(column, DocumentKind::NationalId, text),
            ImportField::PassportCustody => self.take_custody(column, &text),
            ImportField::Phone | ImportField::OtherPhone => self.take_phone(column, field, cell, text),
            ImportField::Email => {
                self.put_text(column, "/contact/emails/0/address", text);
                self.put(column, "/contact/emails/0/safe", Written::Flag(false));
            }
            _ => self.address.push((column, text)),
        }
    }

    fn take_age(&mut self, column: usize, text: &str, defaults: &Defaults) {
        if self.has(ImportField::BirthDate.pointer()) {
            return;
        }
        let Some((years, day)) = text.parse::<i64>().ok().zip(defaults.listed_on) else {
            return self.refuse(column, ImportField::Age, "not_a_number", "is not an age in whole years");
        };
        self.put(column, "/identity/age_estimate/from_years", Written::Number(years));
        self.put(column, "/identity/age_estimate/to_years", Written::Number(years));
        self.put_text(column, "/identity/age_estimate/estimated_on", day.to_string());
    }

    fn take_document(&mut self, column: usize, kind: DocumentKind, number: String) {
        let at = self.entries("/identity/documents/", "/kind");
        self.put_text(column, format!("/identity/documents/{at}/kind"), kind.as_str());
        self.put_text(column, format!("/identity/documents/{at}/number"), number);
        self.put_text(column, format!("/identity/documents/{at}/custody"), DocumentCustody::Unknown.as_str());
    }

    /// Who holds the passport; it was read before, if the list has one.
    fn take_custody(&mut self, column: usize, text: &str) {
        let Some(code) = codes::code(ImportField::PassportCustody, text) else {
            return self.refuse(column, ImportField::PassportCustody, "unknown_code", "is none of the values of this field");
        };
        if !self.has("/identity/documents/0/kind") {
            self.put_text(column, "/identity/documents/0/kind", DocumentKind::Passport.as_str());
        }
        self.read.values.retain(|value| value.pointer != "/identity/documents/0/custody");
        self.put_text(column, "/identity/documents/0/custody", code);
    }

    /// A telephone. Nobody said that it is safe to call. A spreadsheet that took it for a number dropped the nought before it.
    fn take_phone(&mut self, column: usize, field: ImportField, cell: &Cell, text: String) {
        if matches!(cell, Cell::Number(_)) {
            let message = "was kept as a number by the spreadsheet, which drops a nought or a plus before it: see that it is whole";
            self.note(column, Some(field), Weight::Told, "number_without_prefix", message);
        }
        let at = self.entries("/contact/phones/", "/number");
        self.put_text(column, format!("/contact/phones/{at}/number"), text);
        self.put(column, format!("/contact/phones/{at}/safe"), Written::Flag(false));
    }

    /// The home address, of its parts in the order of the fields: street, city, state, code, country.
    fn put_address(&mut self) {
        let parts = std::mem::take(&mut self.address);
        let Some((column, _)) = parts.first() else { return };
        let lines: Vec<&str> = parts.iter().map(|(_, text)| text.as_str()).collect();
        self.put_text(*column, "/contact/home_address", lines.join("\n"));
    }

    /// A column of a template that fills no field.
    fn take_extra(&mut self, column: usize, of_template: &htcds::Column) {
        let Some(text) = self.row.cell(column).written() else { return };
        if let Home::Adds(field, code) = of_template.home
            && htcds::says_yes(&text) == Some(true)
        {
            return self.put_code(column, field, code);
        }
        if let Some((code, message)) = extras::told(of_template.home, &text) {
            self.note(column, None, Weight::Told, code, message);
        }
    }

    /// What holds for everybody whose row does not say it.
    fn fill_in(&mut self, defaults: &Defaults) {
        let of_all = [
            (ImportField::HostCountry, defaults.host_country.map(|country| country.to_string())),
            (ImportField::IntakeChannel, defaults.intake_channel.map(|channel| channel.as_str().to_owned())),
            (ImportField::Nationality, defaults.nationality.map(|nationality| nationality.to_string())),
        ];
        for (field, value) in of_all {
            if let Some(text) = value.filter(|_| !self.has(field.pointer())) {
                self.read.values.push(Value { pointer: field.pointer().to_owned(), written: Written::Text(text), column: None });
            }
        }
    }
}

impl ReadRow {
    /// Whether the row can be taken, as far as it could be read.
    pub fn is_readable(&self) -> bool {
        self.notes.iter().all(|note| note.weight == Weight::Told)
    }

    /// The column from which the value at a pointer came, or that of what stands in it.
    pub fn column_of(&self, pointer: &str) -> Option<usize> {
        let is_it =
            |value: &&Value| value.pointer == pointer || value.pointer.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
        self.values.iter().find(is_it).and_then(|value| value.column)
    }
}

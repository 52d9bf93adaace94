//! A row, read by a mapping: the person that it describes, as `POST /v1/cases` takes one, and what could not be read.

use crate::domain::codes::TraffickingStatus;
use crate::domain::imports::cell::Cell;
use crate::domain::imports::codes;
use crate::domain::imports::dates::{self, DateForm};
use crate::domain::imports::field::{ImportField, Reading, is_running_number};
use crate::domain::imports::grid::{FileKind, Row};
use crate::domain::imports::htcds::{self, Home};
use crate::domain::imports::mapping::{Defaults, Mapping};
use crate::domain::imports::report::{Note, Weight};
use crate::domain::imports::table::Table;

mod documents;
mod extras;
#[cfg(test)]
mod tests;
mod whole;

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
    /// The running number of the row in the list.
    pub key: Option<String>,
    /// What it says of the person.
    pub values: Vec<Value>,
    /// What could not be read, and what should be known.
    pub notes: Vec<Note>,
}

/// A column that fills a field.
struct FilledBy {
    at: usize,
    field: ImportField,
    form: DateForm,
    /// Whether it has days of the spreadsheet among dates that were typed.
    mixes: bool,
}

/// How the rows of one list are read: worked out once, and not for every row.
pub struct Reader {
    columns: Vec<FilledBy>,
    /// Columns of a template that fill no field.
    extras: Vec<(usize, &'static htcds::Column)>,
    defaults: Defaults,
    last_heading: Option<usize>,
    /// Whether a line break in a cell can be one between two rows.
    is_delimited: bool,
}

impl Reader {
    /// The reader of a list, by its mapping.
    pub fn new(table: &Table, mapping: &Mapping) -> Self {
        let filled = |(at, field, form): (usize, ImportField, DateForm)| {
            let mixes = field.reading() == Reading::Date && dates::mixes(table.rows.iter().map(|row| row.cell(at)));
            FilledBy { at, field, form, mixes }
        };
        let mut columns: Vec<FilledBy> = mapping.placed(table).into_iter().map(filled).collect();
        // The name comes first whatever the order of the columns, so that notes do.
        columns.sort_by_key(|column| (column.field, column.at));
        let is_mapped = |at: usize| columns.iter().any(|column| column.at == at);
        let unmapped = table.headings.iter().filter(|heading| table.is_htcds && !is_mapped(heading.column));
        let extras = unmapped.filter_map(|heading| htcds::resolve(heading).map(|(column, _)| (heading.column, column))).collect();
        let last_heading = table.headings.last().map(|heading| heading.column);
        let is_delimited = table.kind == FileKind::Delimited;
        Self { columns, extras, defaults: mapping.defaults.clone(), last_heading, is_delimited }
    }

    /// Reads a row.
    pub fn read(&self, row: &Row) -> ReadRow {
        let mut reading = RowReading { row, read: ReadRow { number: row.number, ..ReadRow::default() }, address: Vec::new() };
        for column in &self.columns {
            reading.take(column, self);
        }
        reading.put_address();
        for (column, of_template) in &self.extras {
            reading.take_extra(*column, of_template);
        }
        reading.fill_in(&self.defaults);
        reading.ask_about_whole(self);
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
    fn take(&mut self, filled: &FilledBy, reader: &Reader) {
        let (column, field) = (filled.at, filled.field);
        let cell = self.row.cell(column);
        if *cell == Cell::Broken {
            return self.refuse(column, field, "broken_cell", "holds an error of the spreadsheet, and no value");
        }
        let Some(text) = cell.written() else { return };
        if reader.is_delimited {
            self.ask_about_lines(column, field, &text);
        }
        match field.reading() {
            Reading::Text if field.is_name() => self.take_name(column, field, text),
            Reading::Text if dates::says_unknown(&text) => {}
            Reading::Text => self.put_more_text(column, field, text),
            Reading::Date => self.take_date(filled, cell),
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
            Reading::Part => self.take_part(column, field, cell, text, &reader.defaults),
        }
    }

    /// A name. A dash is none; a word that says that nothing is known may be somebody's name all the same.
    fn take_name(&mut self, column: usize, field: ImportField, text: String) {
        if !text.chars().any(char::is_alphanumeric) {
            return;
        }
        if dates::says_unknown(&text) {
            let message = "says that the name is not known, and no name: leave the cell empty, or write how the person is called";
            self.note(column, Some(field), Weight::Asked, "no_name", message);
        }
        self.put_more_text(column, field, text);
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

    fn take_date(&mut self, filled: &FilledBy, cell: &Cell) {
        let (column, field) = (filled.at, filled.field);
        match dates::read_in_column(cell, filled.form, filled.mixes) {
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
        let mut unknown = 0;
        for piece in pieces {
            match codes::code(field, &piece) {
                Some(code) => self.put_code(column, field, code),
                None => unknown += 1,
            }
        }
        if unknown > 0 {
            let message = format!("holds {unknown} values that this field has not: they are left out");
            self.note(column, Some(field), Weight::Told, "unknown_code", &message);
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
            ImportField::RowKey => self.take_key(column, text),
            _ if dates::says_unknown(&text) => {}
            ImportField::Age => self.take_age(column, &text, defaults),
            ImportField::Alias => {
                let at = self.entries("/identity/aliases/", "/name");
                self.put_text(column, format!("/identity/aliases/{at}/name"), text);
            }
            ImportField::PassportNumber | ImportField::NationalIdNumber => self.take_document(column, field, cell, text),
            ImportField::PassportCustody => self.take_custody(column, &text),
            ImportField::Phone | ImportField::OtherPhone => self.take_phone(column, field, cell, text),
            ImportField::Email => {
                self.put_text(column, "/contact/emails/0/address", text);
                self.put(column, "/contact/emails/0/safe", Written::Flag(false));
            }
            _ => self.address.push((column, text)),
        }
    }

    /// The running number of the row, which the report repeats. What is longer may be the number of a document, or a name.
    fn take_key(&mut self, column: usize, text: String) {
        if is_running_number(&text) {
            self.read.key = Some(text);
            return;
        }
        let message = "is no running number of a row: map the column to what it is, such as national_id_number, or to null to leave it out";
        self.note(column, Some(ImportField::RowKey), Weight::Asked, "not_a_running_number", message);
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
        if let Some((weight, code, message)) = extras::told(of_template.home, &text) {
            self.note(column, None, weight, code, message);
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

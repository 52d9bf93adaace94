//! A row of a list, as the person whom `POST /v1/cases` would be sent: put together, and checked by the same rules.

use serde_json::{Map, Value};
use std::collections::HashMap;

use crate::api::cases::CreateCase;
use crate::api::http::extract::check_item;
use crate::api::http::idempotency_key::bound;
use crate::api::http::json::{Wiped, read_typed};
use crate::crypto::{Key, sha256};
use crate::db::casefile::idempotency::CreateRequest;
use crate::db::cases::register::Registration;
use crate::domain::ids::OrganisationId;
use crate::domain::imports::cell::cell_name;
use crate::domain::imports::field::ImportField;
use crate::domain::imports::folding::fold_name;
use crate::domain::imports::report::{Note, Weight};
use crate::domain::imports::row::{ReadRow, Written};
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// Bytes of the hash of a row by which it is known again.
const KEY_BYTES: usize = 16;

/// By what the rows of a list are known again: by what they say, for one organisation. So a list that was saved anew, sorted or made
/// longer registers nobody twice, and a default that was changed meanwhile makes nobody another person. The hash is keyed: a plain one, which
/// stays for some days also of somebody who was erased, would let whoever reads the database try names and numbers.
pub struct RowKeys {
    key: Key,
    organisation: OrganisationId,
    /// How often a row that says the same was met: two that were both taken are two people.
    met: HashMap<String, u32>,
}

impl RowKeys {
    /// The keys of a list of an organisation, under the key of [`crate::crypto::Purpose::ImportedRow`].
    pub fn of(organisation: OrganisationId, key: Key) -> Self {
        Self { key, organisation, met: HashMap::new() }
    }

    /// The request by which a row that is to be registered is known again.
    pub fn request(&mut self, row: &ReadRow) -> Result<CreateRequest> {
        let hash = self.key.fingerprint(&[self.organisation.0.as_bytes(), &sha256(said(row).as_bytes())])?;
        let content: String = hash.iter().take(KEY_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let times = self.met.entry(content.clone()).or_default();
        *times += 1;
        let key = format!("import-{content}-{times}");
        Ok(CreateRequest { body_hash: bound("/v1/cases", key.as_bytes()), key })
    }
}

/// What the cells of a row say, whatever holds for everybody.
fn said(row: &ReadRow) -> String {
    let of_row = row.values.iter().filter(|value| value.column.is_some() && value.pointer != "/identity/age_estimate/estimated_on");
    let mut lines: Vec<String> = of_row
        .map(|value| match &value.written {
            Written::Text(text) => format!("{} {}", value.pointer, fold_name(text)),
            Written::Number(number) => format!("{} {number}", value.pointer),
            Written::Flag(flag) => format!("{} {flag}", value.pointer),
        })
        .collect();
    // Columns that change their places change nothing.
    lines.sort();
    lines.join("\n")
}

/// Checks the person of a row by every rule that one alone is checked by. What is wrong is noted at its cell.
pub fn registration(row: &ReadRow, here: Today) -> std::result::Result<Registration, Vec<Note>> {
    let body = Wiped(body(row));
    checked(&body, here).map_err(|error| notes(row, error))
}

fn checked(body: &Value, here: Today) -> Result<Registration> {
    let person: CreateCase = check_item(read_typed(body)?, here)?;
    Ok(Registration { new: person.into_new_case(), request: None })
}

/// What is wrong with a row, each at the cell that it comes from.
pub fn notes(row: &ReadRow, error: Error) -> Vec<Note> {
    if error.errors.is_empty() {
        return vec![Note::on_row(Weight::Refused, error.code.as_str(), error.detail.as_deref().unwrap_or(error.code.title()))];
    }
    error.errors.into_iter().map(|violation| note(row, violation)).collect()
}

fn note(row: &ReadRow, violation: Violation) -> Note {
    // Of one of a list, a pointer begins at the person.
    let pointer = violation.pointer.strip_prefix("/person").unwrap_or(&violation.pointer);
    let is_of = |field: &&ImportField| {
        !field.pointer().is_empty() && (pointer == field.pointer() || pointer.starts_with(&format!("{}/", field.pointer())))
    };
    Note {
        cell: row.column_of(pointer).map(|column| cell_name(column, row.number)),
        field: ImportField::ALL.iter().find(is_of).copied(),
        code: violation.code,
        message: violation.message,
        weight: Weight::Refused,
    }
}

/// The body, of its values by their pointers.
fn body(row: &ReadRow) -> Value {
    let mut body = Value::Object(Map::new());
    for value in &row.values {
        let path: Vec<&str> = value.pointer.split('/').skip(1).collect();
        let leaf = match &value.written {
            Written::Text(text) => Value::String(text.clone()),
            Written::Number(number) => Value::from(*number),
            Written::Flag(flag) => Value::Bool(*flag),
        };
        put(&mut body, &path, leaf);
    }
    body
}

fn put(at: &mut Value, path: &[&str], leaf: Value) {
    let Some((name, rest)) = path.split_first() else {
        *at = leaf;
        return;
    };
    if let Ok(place) = name.parse::<usize>() {
        if !at.is_array() {
            *at = Value::Array(Vec::new());
        }
        let Some(list) = at.as_array_mut() else { return };
        // Entries are put in their order, so no place is far behind the end.
        if place == list.len() {
            list.push(Value::Null);
        }
        if let Some(entry) = list.get_mut(place) {
            put(entry, rest, leaf);
        }
        return;
    }
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    if let Some(members) = at.as_object_mut() {
        put(members.entry((*name).to_owned()).or_insert(Value::Null), rest, leaf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::imports::row::Value as RowValue;

    fn row(values: &[(&str, Written)]) -> ReadRow {
        let value = |(at, (pointer, written)): (usize, &(&str, Written))| RowValue {
            pointer: (*pointer).to_owned(),
            written: written.clone(),
            column: Some(at),
        };
        ReadRow { number: 17, values: values.iter().enumerate().map(value).collect(), ..ReadRow::default() }
    }

    fn text(text: &str) -> Written {
        Written::Text(text.to_owned())
    }

    fn noon() -> Today {
        Today::noon("2026-01-19".parse().unwrap())
    }

    fn whole() -> Vec<(&'static str, Written)> {
        vec![
            ("/host_country", text("KHM")),
            ("/intake_channel", text("walk_in_embassy")),
            ("/identity/original_script_name", text("Siti Rahmawati")),
            ("/identity/birth_date", text("1999-03-17")),
            ("/identity/documents/0/kind", text("passport")),
            ("/identity/documents/0/number", text("C4512378")),
            ("/identity/documents/0/custody", text("unknown")),
            ("/contact/phones/0/number", text("0812 3456 7890")),
            ("/contact/phones/0/safe", Written::Flag(false)),
        ]
    }

    #[test]
    fn a_row_is_the_person_that_the_api_takes() {
        let first = registration(&row(&whole()), noon()).unwrap();
        let identity = first.new.contents.identity.clone().unwrap_or_default();
        assert_eq!(identity.original_script_name.as_deref(), Some("Siti Rahmawati"));
        assert_eq!(identity.documents.len(), 1);
    }

    #[test]
    fn a_row_is_known_again_by_what_it_says_and_by_whose_it_is() {
        let (own, other) = (OrganisationId::random(), OrganisationId::random());
        let under = |secret: u8, organisation| RowKeys::of(organisation, Key::new([secret; 32]));
        let key = |row: &ReadRow, organisation| {
            let request = under(7, organisation).request(row).unwrap();
            (request.key, request.body_hash)
        };
        let first = key(&row(&whole()), own);
        let mut saved_anew = row(&whole());
        saved_anew.number = 4;
        saved_anew.values.reverse();
        saved_anew
            .values
            .iter_mut()
            .filter(|value| value.pointer.ends_with("_name"))
            .for_each(|value| value.written = text("SITI  RAHMAWATI"));
        assert_eq!(key(&saved_anew, own), first);
        let mut of_all = row(&whole());
        of_all.values.push(RowValue { pointer: "/risk_level".to_owned(), written: text("high"), column: None });
        assert_eq!(key(&of_all, own), first, "a default is no part of the row");
        let mut another = row(&whole());
        another.values.retain(|value| value.pointer != "/identity/birth_date");
        assert_ne!(key(&another, own), first);
        assert_ne!(key(&row(&whole()), other), first);
        let elsewhere = under(8, own).request(&row(&whole())).unwrap();
        assert_ne!(elsewhere.key, first.0, "who does not have the key cannot try names");
        let mut keys = under(7, own);
        let [one, other] = [keys.request(&row(&whole())).unwrap(), keys.request(&row(&whole())).unwrap()];
        assert_ne!(one.key, other.key, "two that were both taken are two people");
    }

    #[test]
    fn what_the_api_refuses_is_refused_at_its_cell() {
        for (pointer, value, cell, code) in [
            ("/identity/birth_date", "2030", "D17", "date_in_future"),
            ("/identity/original_script_name", "Siti\u{202e}", "C17", "direction_control"),
        ] {
            let mut values = whole();
            values.iter_mut().filter(|(at, _)| *at == pointer).for_each(|(_, written)| *written = text(value));
            let notes = registration(&row(&values), noon()).map(|_| ()).unwrap_err();
            assert_eq!(notes.iter().map(|note| (note.cell.as_deref(), note.code.as_str())).collect::<Vec<_>>(), [(Some(cell), code)]);
            assert!(notes.iter().all(|note| !note.message.contains(value)));
        }
    }

    #[test]
    fn a_row_without_a_name_is_refused_as_a_row() {
        let values: Vec<_> = whole().into_iter().filter(|(pointer, _)| *pointer != "/identity/original_script_name").collect();
        let notes = registration(&row(&values), noon()).map(|_| ()).unwrap_err();
        assert_eq!(notes.iter().map(|note| (note.cell.as_deref(), note.code.as_str())).collect::<Vec<_>>(), [(None, "name_required")]);
    }
}

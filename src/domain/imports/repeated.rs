//! Rows of one list that are about one person: a list that was put together of two has them twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::domain::imports::folding::fold;
use crate::domain::imports::row::{ReadRow, Written};

/// For each row, the number of an earlier row that has the same document, or the same name and the same date of birth.
pub fn repeated(rows: &[ReadRow]) -> Vec<Option<u32>> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut before = None;
        for sign in signs(row) {
            match seen.entry(sign) {
                Entry::Occupied(known) => before = before.or(Some(*known.get())),
                Entry::Vacant(new) => {
                    new.insert(row.number);
                }
            }
        }
        found.push(before);
    }
    found
}

/// What a person is known by within a list.
fn signs(row: &ReadRow) -> Vec<String> {
    let text = |pointer: &str| {
        row.values.iter().find(|value| value.pointer == pointer).and_then(|value| match &value.written {
            Written::Text(text) => Some(fold(text)).filter(|folded| !folded.is_empty()),
            Written::Number(_) | Written::Flag(_) => None,
        })
    };
    let documents = (0..2).filter_map(|at| {
        let kind = text(&format!("/identity/documents/{at}/kind"))?;
        Some(format!("{kind} {}", text(&format!("/identity/documents/{at}/number"))?))
    });
    let parts = ["/identity/original_script_name", "/identity/given_name", "/identity/middle_name", "/identity/family_name"];
    let name: String = parts.iter().filter_map(|part| text(part)).collect::<Vec<_>>().join(" ");
    let born = text("/identity/birth_date").filter(|_| !name.is_empty()).map(|born| format!("{name} {born}"));
    documents.chain(born).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::imports::row::Value;

    fn row(number: u32, values: &[(&str, &str)]) -> ReadRow {
        let value = |(pointer, text): &(&str, &str)| Value {
            pointer: (*pointer).to_owned(),
            written: Written::Text((*text).to_owned()),
            column: None,
        };
        ReadRow { number, values: values.iter().map(value).collect(), ..ReadRow::default() }
    }

    #[test]
    fn a_person_who_stands_twice_on_a_list_is_told() {
        let passport = |number: &'static str| [("/identity/documents/0/kind", "passport"), ("/identity/documents/0/number", number)];
        let named = |name: &'static str, born: &'static str| [("/identity/original_script_name", name), ("/identity/birth_date", born)];
        let rows = [
            row(2, &passport("C 123-456")),
            row(3, &named("Siti Rahmawati", "1999-03-17")),
            row(4, &passport("c123456")),
            row(5, &named("SITI RAHMAWATI", "1999-03-17")),
            row(6, &named("Siti Rahmawati", "1998-03-17")),
            row(7, &[("/identity/original_script_name", "Siti Rahmawati")]),
        ];
        assert_eq!(repeated(&rows), [None, None, Some(2), Some(3), None, None]);
    }
}

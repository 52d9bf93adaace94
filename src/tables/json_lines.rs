//! JSON, one object a line, as forms of Kobo and ODK are exported. What stands inside an object is named by its path.

use serde_json::Value;
use std::collections::HashMap;

use crate::domain::imports::cell::Cell;
use crate::domain::imports::grid::{FileKind, Grid, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row};
use crate::tables::encoding::Decoded;
use crate::tables::refused::Refused;

/// How deep objects may stand in each other.
const DEEPEST: usize = 8;

/// Reads the objects of a text. The names of their members are the headings, in the order in which they are first seen.
pub(super) fn read(decoded: Decoded) -> Result<Grid, Refused> {
    let Decoded { text, told } = decoded;
    let mut columns = Columns::default();
    let mut rows: Vec<Row> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(Refused::TooManyRows);
        }
        let value: Value = serde_json::from_str(line).map_err(|_| Refused::NotJson)?;
        let Value::Object(members) = value else { return Err(Refused::NotJson) };
        let mut cells = Vec::new();
        for (name, member) in members {
            put(&mut columns, &mut cells, name, member, 0)?;
        }
        rows.push(Row { number, cells });
    }
    let headings = Row { number: 0, cells: columns.names.iter().map(|name| Cell::of_text(name)).collect() };
    rows.insert(0, headings);
    Ok(Grid { kind: FileKind::JsonLines, rows, told })
}

/// The columns, by their names.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Columns {
    fn place(&mut self, name: String) -> Result<usize, Refused> {
        if let Some(place) = self.places.get(&name) {
            return Ok(*place);
        }
        let place = self.names.len();
        if place == MOST_COLUMNS {
            return Err(Refused::TooManyColumns);
        }
        self.names.push(name.clone());
        self.places.insert(name, place);
        Ok(place)
    }
}

fn put(columns: &mut Columns, cells: &mut Vec<Cell>, name: String, member: Value, depth: usize) -> Result<(), Refused> {
    if depth > DEEPEST {
        return Err(Refused::NotJson);
    }
    let cell = match member {
        Value::Object(members) => {
            for (inner, member) in members {
                put(columns, cells, format!("{name}/{inner}"), member, depth + 1)?;
            }
            return Ok(());
        }
        Value::Array(list) => Cell::of_text(&list.iter().filter_map(single).collect::<Vec<_>>().join("; ")),
        Value::Number(number) => Cell::Number(number.to_string()),
        single_value => single(&single_value).map_or(Cell::Empty, |text| Cell::of_text(&text)),
    };
    if cell.written().is_some_and(|text| text.chars().count() > LONGEST_CELL) {
        return Err(Refused::CellTooLong);
    }
    let place = columns.place(name)?;
    if cells.len() <= place {
        cells.resize(place + 1, Cell::Empty);
    }
    if let Some(there) = cells.get_mut(place) {
        *there = cell;
    }
    Ok(())
}

/// A value that is neither a list nor an object, as a text.
fn single(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(if *yes { "TRUE" } else { "FALSE" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

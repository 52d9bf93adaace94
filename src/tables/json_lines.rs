//! JSON, one object a line or in one list, as forms of Kobo and ODK are exported. What stands inside an object is named by its path.

use serde_json::{Map, Value};
use std::collections::HashMap;

use crate::domain::imports::cell::Cell;
use crate::domain::imports::grid::{Assumption, Budget, FileKind, Grid, LONGEST_CELL, LONGEST_LINE, MOST_COLUMNS, MOST_ROWS, Row, Told};
use crate::tables::encoding::Decoded;
use crate::tables::json_list::List;
use crate::tables::refused::Refused;

/// How deep objects may stand in each other.
const DEEPEST: usize = 8;

/// Reads the objects of a text. The names of their members are the headings, in the order in which they are first seen.
pub(super) fn read(decoded: Decoded) -> Result<Grid, Refused> {
    let Decoded { text, mut told } = decoded;
    let mut rows = Rows::default();
    match List::find(&text)? {
        Some(mut list) => {
            let mut number = 0;
            while let Some(members) = list.next_object()? {
                number += 1;
                rows.push(number, members)?;
            }
            if list.has_other_pages {
                told.push(Assumption::new(Told::OtherPages, ""));
            }
        }
        None => of_lines(&text, &mut rows)?,
    }
    if rows.lists_left_out > 0 {
        told.push(Assumption::new(Told::ListsLeftOut, rows.lists_left_out.to_string()));
    }
    let headings = Row { number: 0, cells: rows.columns.names.iter().map(|name| Cell::of_text(name)).collect() };
    rows.rows.insert(0, headings);
    Ok(Grid { kind: FileKind::JsonLines, rows: rows.rows, told })
}

fn of_lines(text: &str, rows: &mut Rows) -> Result<(), Refused> {
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        // Before it is taken apart: what is made of a line is many times longer.
        if line.len() > LONGEST_LINE {
            return Err(Refused::LineTooLong);
        }
        let value: Value = serde_json::from_str(line).map_err(|_| Refused::NotJson)?;
        let Value::Object(members) = value else { return Err(Refused::NotJson) };
        rows.push(number, members)?;
    }
    Ok(())
}

/// The rows that were read so far.
#[derive(Default)]
struct Rows {
    columns: Columns,
    rows: Vec<Row>,
    budget: Budget,
    /// Lists of objects inside an object, such as the members of a household: nobody knows which row they would be.
    lists_left_out: usize,
}

impl Rows {
    fn push(&mut self, number: u32, members: Map<String, Value>) -> Result<(), Refused> {
        if self.rows.len() == MOST_ROWS {
            return Err(Refused::TooManyRows);
        }
        let mut cells = Vec::new();
        for (name, member) in members {
            self.put(&mut cells, name, member, 0)?;
        }
        self.rows.push(Row { number, cells });
        Ok(())
    }

    fn put(&mut self, cells: &mut Vec<Cell>, name: String, member: Value, depth: usize) -> Result<(), Refused> {
        if depth > DEEPEST {
            return Err(Refused::NotJson);
        }
        let cell = match member {
            Value::Object(members) => {
                for (inner, member) in members {
                    self.put(cells, format!("{name}/{inner}"), member, depth + 1)?;
                }
                return Ok(());
            }
            Value::Array(list) => {
                self.lists_left_out += usize::from(list.iter().any(|one| one.is_object() || one.is_array()));
                Cell::of_text(&list.iter().filter_map(single).collect::<Vec<_>>().join("; "))
            }
            Value::Number(number) => Cell::Number(number.to_string()),
            single_value => single(&single_value).map_or(Cell::Empty, |text| Cell::of_text(&text)),
        };
        if cell.written().is_some_and(|text| text.chars().count() > LONGEST_CELL) {
            return Err(Refused::CellTooLong);
        }
        let place = self.columns.place(name)?;
        if !self.budget.spend(&cell, (place + 1).saturating_sub(cells.len())) {
            return Err(Refused::TooMuch);
        }
        if cells.len() <= place {
            cells.resize(place + 1, Cell::Empty);
        }
        if let Some(there) = cells.get_mut(place) {
            *there = cell;
        }
        Ok(())
    }
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

/// A value that is neither a list nor an object, as a text.
fn single(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(if *yes { "TRUE" } else { "FALSE" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

//! Spreadsheets: their cells as they stand, one after the other. What a formula last came to is taken, and the formula is not.

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook_from_rs};
use std::io::Cursor;

use crate::domain::imports::cell::{Cell, Epoch};
use crate::domain::imports::grid::{Assumption, Budget, FileKind, Grid, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, Told};
use crate::tables::archive;
use crate::tables::refused::Refused;

#[cfg(test)]
mod tests;

/// Rows above the people: a letterhead, hidden names, headings.
const MOST_ROWS_OF_SHEET: usize = MOST_ROWS + 20;

/// Reads one sheet: the one that was stated, or the first that somebody sees.
pub(super) fn read(bytes: &[u8], stated: Option<usize>) -> Result<Grid, Refused> {
    let besides = archive::look_through(bytes)?;
    let mut book: Xlsx<Cursor<&[u8]>> = open_workbook_from_rs(Cursor::new(bytes)).map_err(refused)?;
    let Chosen { number, name, others } = sheet(&book, stated).ok_or(Refused::NoSheet)?;
    let epoch = if book.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
    let mut told = vec![Assumption::new(Told::Sheet, number.to_string())];
    if others > 0 {
        told.push(Assumption::new(Told::OtherSheets, others.to_string()));
    }
    for (is_there, what) in [
        (besides.formulas, Told::FormulasIgnored),
        (besides.macros, Told::MacrosIgnored),
        (besides.external_links, Told::ExternalLinksIgnored),
        (epoch == Epoch::Of1904, Told::Epoch1904),
    ] {
        if is_there {
            told.push(Assumption::new(what, ""));
        }
    }
    Ok(Grid { kind: FileKind::Spreadsheet, rows: rows(&mut book, &name, epoch)?, told })
}

/// The sheet that is read.
struct Chosen {
    number: usize,
    name: String,
    /// How many others people see.
    others: usize,
}

/// The sheet among those that people see.
fn sheet(book: &Xlsx<Cursor<&[u8]>>, stated: Option<usize>) -> Option<Chosen> {
    let sheets = book.sheets_metadata().iter().enumerate().map(|(at, sheet)| (at + 1, sheet));
    let seen = sheets.filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let seen: Vec<_> = seen.collect();
    let (number, sheet) = seen.iter().find(|(number, _)| stated.is_none_or(|stated| stated == *number))?;
    Some(Chosen { number: *number, name: sheet.name.clone(), others: seen.len() - 1 })
}

fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, epoch: Epoch) -> Result<Vec<Row>, Refused> {
    let mut cells = book.worksheet_cells_reader(name).map_err(refused)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut budget = Budget::default();
    while let Some(cell) = cells.next_cell().map_err(refused)? {
        let value = value(cell.get_value(), epoch)?;
        if value.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let number = row.checked_add(1).ok_or(Refused::Damaged)?;
        let column = usize::try_from(column).ok().filter(|column| *column < MOST_COLUMNS).ok_or(Refused::TooManyColumns)?;
        match rows.last().map(|last| last.number) {
            Some(last) if last == number => {}
            // A sheet says its rows from top to bottom: one that does not was made to confuse.
            Some(last) if last > number => return Err(Refused::Damaged),
            _ if rows.len() == MOST_ROWS_OF_SHEET => return Err(Refused::TooManyRows),
            _ => rows.push(Row { number, cells: Vec::new() }),
        }
        if let Some(last) = rows.last_mut() {
            if !budget.spend(&value, (column + 1).saturating_sub(last.cells.len())) {
                return Err(Refused::TooMuch);
            }
            put(&mut last.cells, column, value);
        }
    }
    Ok(rows)
}

fn put(cells: &mut Vec<Cell>, column: usize, value: Cell) {
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    if let Some(cell) = cells.get_mut(column) {
        *cell = value;
    }
}

fn value(value: &DataRef<'_>, epoch: Epoch) -> Result<Cell, Refused> {
    let text = |text: &str| if text.len() > LONGEST_CELL * 4 { Err(Refused::CellTooLong) } else { Ok(Cell::of_text(text)) };
    match value {
        DataRef::Empty => Ok(Cell::Empty),
        DataRef::Error(_) => Ok(Cell::Broken),
        DataRef::Bool(yes) => Ok(Cell::Text(if *yes { "TRUE" } else { "FALSE" }.to_owned())),
        DataRef::Int(number) => Ok(Cell::Number(number.to_string())),
        DataRef::Float(number) => Ok(of_number(*number)),
        DataRef::DateTime(at) if at.is_duration() => Ok(of_number(at.as_f64())),
        DataRef::DateTime(at) => Ok(of_day(at.as_f64(), epoch)),
        DataRef::String(written) => text(written),
        DataRef::SharedString(written) => text(written),
        DataRef::DateTimeIso(written) | DataRef::DurationIso(written) => text(written),
    }
}

fn of_number(number: f64) -> Cell {
    if number.is_finite() { Cell::Number(number.to_string()) } else { Cell::Broken }
}

/// Seconds of a day.
const DAY: u64 = 86_400;

/// The day; with the hour as a text, where it is not midnight: a program that reckons in another zone can have moved it to the day before.
fn of_day(serial: f64, epoch: Epoch) -> Cell {
    let seconds: Option<u64> = format!("{:.0}", serial * 86_400.0).parse().ok();
    let read = seconds.and_then(|seconds| Some((epoch.day(seconds / DAY)?, seconds % DAY)));
    match read {
        None => Cell::Broken,
        Some((day, 0)) => Cell::Day(day),
        Some((day, hour)) => Cell::Text(format!("{day}T{:02}:{:02}:{:02}", hour / 3600, hour / 60 % 60, hour % 60)),
    }
}

fn refused(error: XlsxError) -> Refused {
    match error {
        XlsxError::Password => Refused::Encrypted,
        XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_) => Refused::NoSheet,
        _ => Refused::Damaged,
    }
}

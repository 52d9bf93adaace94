//! Values with a sign between them: commas, semicolons, tabs, bars, or what the file or somebody says.

use crate::domain::imports::cell::Cell;
use crate::domain::imports::grid::{Assumption, Budget, FileKind, Grid, LONGEST_CELL, LONGEST_LINE, MOST_COLUMNS, MOST_ROWS, Row, Told};
use crate::tables::encoding::Decoded;
use crate::tables::refused::Refused;

/// The sign between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiter(u8);

/// The usual signs, by their names. Of two that divide equally, the last one is the rarer sign.
const NAMED: [(&str, Delimiter); 4] =
    [("comma", Delimiter(b',')), ("semicolon", Delimiter(b';')), ("tab", Delimiter(b'\t')), ("bar", Delimiter(b'|'))];

impl Delimiter {
    /// A sign by its name, or as it is written: any one that is neither a letter, a digit, a blank nor a quotation mark.
    pub fn parse(text: &str) -> Option<Self> {
        let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, delimiter)| *delimiter);
        named.or_else(|| match text.as_bytes() {
            [b'\t'] => Some(Self(b'\t')),
            [sign] if sign.is_ascii_punctuation() && *sign != b'"' => Some(Self(*sign)),
            _ => None,
        })
    }

    fn name(self) -> String {
        NAMED
            .iter()
            .find(|(_, delimiter)| *delimiter == self)
            .map_or_else(|| char::from(self.0).to_string(), |(name, _)| (*name).to_owned())
    }
}

/// Lines that are looked at to tell the sign.
const LOOKED_AT: usize = 20;
/// Lines in one cell from which a quotation mark was left open.
const MOST_LINES_OF_CELL: usize = 200;
/// Rows above the people.
const MOST_ROWS_OF_FILE: usize = MOST_ROWS + 20;

/// Reads the rows of a text.
pub(super) fn read(decoded: Decoded, stated: Option<Delimiter>) -> Result<Grid, Refused> {
    let Decoded { text, mut told } = decoded;
    let (said, text) = first_line_says(&text);
    if text.split(['\r', '\n']).any(|line| line.len() > LONGEST_LINE) {
        return Err(Refused::LineTooLong);
    }
    let delimiter = stated.or(said).unwrap_or_else(|| likeliest(text));
    if leaves_a_quote_open(text, delimiter) {
        return Err(Refused::OpenQuote);
    }
    told.push(Assumption::new(Told::Delimiter, delimiter.name()));
    let lines_before = u32::from(said.is_some());
    Ok(Grid { kind: FileKind::Delimited, rows: rows(text, delimiter, lines_before)?, told })
}

/// `sep=;`, with which Excel begins a file, and what follows.
fn first_line_says(text: &str) -> (Option<Delimiter>, &str) {
    let said = text.strip_prefix("sep=").and_then(|rest| {
        let (sign, rest) = rest.split_once('\n')?;
        Some((Delimiter::parse(sign.trim_end_matches('\r'))?, rest))
    });
    said.map_or((None, text), |(delimiter, rest)| (Some(delimiter), rest))
}

/// The sign that divides most lines into the same number of values, and into most values.
fn likeliest(text: &str) -> Delimiter {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    let score = |(_, delimiter): &&(&str, Delimiter)| -> usize {
        let counts: Vec<usize> = lines.iter().map(|line| signs_outside_quotes(line, delimiter.0)).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let alike = counts.iter().filter(|count| **count == most).count();
        alike * most
    };
    // Commas stand in texts, too: of two that divide equally, the last one is the rarer sign, and was meant.
    let best = NAMED.iter().max_by_key(score).filter(|named| score(named) > 0);
    best.map_or(Delimiter(b','), |(_, delimiter)| *delimiter)
}

fn signs_outside_quotes(line: &str, sign: u8) -> usize {
    let mut is_inside = false;
    let mut count = 0;
    for byte in line.bytes() {
        match byte {
            b'"' => is_inside = !is_inside,
            _ if byte == sign && !is_inside => count += 1,
            _ => {}
        }
    }
    count
}

/// Whether a quotation mark is never closed, or closes in the middle of a value: then it was opened by mistake further up, and rows in
/// between, with the people in them, would become the text of one cell. Marks count as the reader counts them: one that stands within a
/// value that began without one is a sign like any other.
fn leaves_a_quote_open(text: &str, delimiter: Delimiter) -> bool {
    enum At {
        Begin,
        Within,
        Quoted,
        Closed,
    }
    let mut at = At::Begin;
    for byte in text.bytes() {
        let ends = byte == delimiter.0 || matches!(byte, b'\r' | b'\n');
        at = match (at, byte) {
            (At::Begin, b'"') | (At::Closed, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => At::Quoted,
            _ if ends => At::Begin,
            (At::Closed, b' ' | b'\t') => At::Closed,
            (At::Closed, _) => return true,
            (At::Begin | At::Within, _) => At::Within,
        };
    }
    matches!(at, At::Quoted)
}

fn rows(text: &str, delimiter: Delimiter, lines_before: u32) -> Result<Vec<Row>, Refused> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter.0).from_reader(text.as_bytes());
    let mut rows: Vec<Row> = Vec::new();
    let mut budget = Budget::default();
    let mut number = lines_before;
    for record in reader.records() {
        let record = record.map_err(|_| Refused::Damaged)?;
        let at = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        number = number.checked_add(1 + blank_lines(text, at)).ok_or(Refused::TooManyRows)?;
        let row = Row { number, cells: cells(&record, &mut budget)? };
        if !row.is_blank() {
            if rows.len() == MOST_ROWS_OF_FILE {
                return Err(Refused::TooManyRows);
            }
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The cells of a record, up to the last one in which something stands.
fn cells(record: &csv::StringRecord, budget: &mut Budget) -> Result<Vec<Cell>, Refused> {
    let blank = record.iter().rev().position(|value| !value.trim().is_empty());
    let filled = blank.map_or(0, |blank| record.len() - blank);
    if filled > MOST_COLUMNS {
        return Err(Refused::TooManyColumns);
    }
    let mut cells = Vec::with_capacity(filled);
    for value in record.iter().take(filled) {
        if value.bytes().filter(|byte| *byte == b'\n').count() > MOST_LINES_OF_CELL {
            return Err(Refused::OpenQuote);
        }
        if value.chars().count() > LONGEST_CELL {
            return Err(Refused::CellTooLong);
        }
        let cell = Cell::of_text(value);
        if !budget.spend(&cell, 1) {
            return Err(Refused::TooMuch);
        }
        cells.push(cell);
    }
    Ok(cells)
}

/// The lines without anything before a record that begins here. A spreadsheet counts them as rows, and the reader passes over them.
fn blank_lines(text: &str, at: usize) -> u32 {
    let bytes = text.as_bytes();
    let breaks: Vec<u8> = bytes.iter().skip(at).take_while(|byte| matches!(byte, b'\r' | b'\n')).copied().collect();
    let of = |sign: u8| breaks.iter().filter(|byte| **byte == sign).count();
    let lines = if breaks.contains(&b'\n') { of(b'\n') } else { of(b'\r') };
    // The second half of the break that ended the record before is none.
    let is_half = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r') && breaks.first() == Some(&b'\n');
    u32::try_from(lines.saturating_sub(usize::from(is_half))).unwrap_or(u32::MAX)
}

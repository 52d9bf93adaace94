//! Values with a sign between them: commas, semicolons, tabs or bars.

use crate::domain::imports::cell::Cell;
use crate::domain::imports::grid::{Assumption, FileKind, Grid, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, Told};
use crate::tables::encoding::Decoded;
use crate::tables::refused::Refused;

text_enum! {
    /// The sign between two values.
    pub enum Delimiter {
        Comma = "comma",
        Semicolon = "semicolon",
        Tab = "tab",
        Bar = "bar",
    }
}

impl Delimiter {
    const fn sign(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
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
    let delimiter = stated.or(said).unwrap_or_else(|| likeliest(text));
    told.push(Assumption::new(Told::Delimiter, delimiter.as_str()));
    let lines_before = u32::from(said.is_some());
    Ok(Grid { kind: FileKind::Delimited, rows: rows(text, delimiter, lines_before)?, told })
}

/// `sep=;`, with which Excel begins a file, and what follows.
fn first_line_says(text: &str) -> (Option<Delimiter>, &str) {
    let said = text.strip_prefix("sep=").and_then(|rest| {
        let mut letters = rest.chars();
        let sign = u8::try_from(letters.next()?).ok()?;
        let delimiter = Delimiter::ALL.iter().find(|delimiter| delimiter.sign() == sign)?;
        let rest = letters.as_str().strip_prefix("\r\n").or_else(|| letters.as_str().strip_prefix('\n'))?;
        Some((*delimiter, rest))
    });
    said.map_or((None, text), |(delimiter, rest)| (Some(delimiter), rest))
}

/// The sign that divides most lines into the same number of values, and into most values.
fn likeliest(text: &str) -> Delimiter {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    let score = |delimiter: &&Delimiter| -> usize {
        let counts: Vec<usize> = lines.iter().map(|line| signs_outside_quotes(line, delimiter.sign())).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let alike = counts.iter().filter(|count| **count == most).count();
        alike * most
    };
    // Commas stand in texts, too: of two that divide equally, the last one is the rarer sign, and was meant.
    Delimiter::ALL.iter().max_by_key(score).copied().unwrap_or(Delimiter::Comma)
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

fn rows(text: &str, delimiter: Delimiter, lines_before: u32) -> Result<Vec<Row>, Refused> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter.sign()).from_reader(text.as_bytes());
    let mut rows: Vec<Row> = Vec::new();
    let mut number = lines_before;
    for record in reader.records() {
        let record = record.map_err(|_| Refused::Damaged)?;
        let at = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        number = number.checked_add(1 + blank_lines(text, at)).ok_or(Refused::TooManyRows)?;
        if record.len() > MOST_COLUMNS && record.iter().skip(MOST_COLUMNS).any(|value| !value.trim().is_empty()) {
            return Err(Refused::TooManyColumns);
        }
        let mut cells = Vec::with_capacity(record.len().min(MOST_COLUMNS));
        for value in record.iter().take(MOST_COLUMNS) {
            if value.bytes().filter(|byte| *byte == b'\n').count() > MOST_LINES_OF_CELL {
                return Err(Refused::OpenQuote);
            }
            if value.chars().count() > LONGEST_CELL {
                return Err(Refused::CellTooLong);
            }
            cells.push(Cell::of_text(value));
        }
        let row = Row { number, cells };
        if !row.is_blank() {
            if rows.len() == MOST_ROWS_OF_FILE {
                return Err(Refused::TooManyRows);
            }
            rows.push(row);
        }
    }
    Ok(rows)
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

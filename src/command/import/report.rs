//! What became of each row: as a table for whoever keeps the list, and in a few words on the terminal.

use crate::api::cases::imported;
use crate::api::http::csv;
use crate::command::failure::Failure;
use crate::domain::imports::report::{Note, Weight, limited};
use crate::domain::imports::row::ReadRow;
use crate::error::Error;

/// The columns of the report.
const HEADER: &[&str] = &["row", "key", "result", "case_code", "cell", "field", "code", "message"];

/// Somebody who was registered, now or when the same file was brought in before.
pub(super) struct Outcome {
    /// The code of the case, where the user still sees it.
    pub code: Option<String>,
}

/// What became of a row.
pub(super) struct Reported {
    row: ReadRow,
    notes: Vec<Note>,
    registered: Option<Outcome>,
}

impl Reported {
    pub(super) fn new(row: ReadRow, notes: Vec<Note>) -> Self {
        Self { row, notes, registered: None }
    }

    /// Takes note of what became of the row when it was registered.
    pub(super) fn conclude(&mut self, outcome: Result<Outcome, Error>) {
        match outcome {
            Ok(made) => self.registered = Some(made),
            Err(error) => self.notes.extend(imported::notes(&self.row, error)),
        }
    }

    /// In one word.
    fn result(&self) -> &'static str {
        let weighs = |weight: Weight| self.notes.iter().any(|note| note.weight == weight);
        match () {
            () if self.registered.is_some() => "registered",
            () if weighs(Weight::Refused) => "refused",
            () if weighs(Weight::Asked) => "asked",
            () => "ready",
        }
    }
}

/// The report as CSV: a line for each note, and one for a row without any. Keys are the list's own, and no value of a cell is repeated.
pub(super) fn table(reported: &[Reported]) -> Result<Vec<u8>, Failure> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    for one in reported {
        let code = one.registered.as_ref().and_then(|made| made.code.clone()).unwrap_or_default();
        let begin = [one.row.number.to_string(), one.row.key.clone().unwrap_or_default(), one.result().to_owned(), code];
        let notes = limited(one.notes.clone());
        if notes.is_empty() {
            lines.push(begin.iter().cloned().chain(["", "", "", ""].map(str::to_owned)).collect());
        }
        for note in notes {
            let field = note.field.map(|field| field.as_str().to_owned()).unwrap_or_default();
            let end = [note.cell.unwrap_or_default(), field, note.code, note.message];
            lines.push(begin.iter().cloned().chain(end).collect());
        }
    }
    Ok(csv::file(HEADER, lines)?)
}

/// How many rows became what.
pub(super) struct Counted {
    registered: usize,
    ready: usize,
    asked: usize,
    refused: usize,
    /// The codes of the notes that keep rows out, with how many rows each keeps out: the commonest first.
    reasons: Vec<(String, usize)>,
}

/// Reasons that are told on the terminal. The report has them all.
const MOST_REASONS: usize = 10;

impl Counted {
    pub(super) fn of(reported: &[Reported]) -> Self {
        let count = |result: &str| reported.iter().filter(|one| one.result() == result).count();
        let mut reasons: Vec<(String, usize)> = Vec::new();
        for one in reported.iter().filter(|one| one.registered.is_none()) {
            let mut codes: Vec<&str> = one.notes.iter().filter(|note| note.weight != Weight::Told).map(|note| note.code.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            for code in codes {
                match reasons.iter_mut().find(|(known, _)| known == code) {
                    Some((_, rows)) => *rows += 1,
                    None => reasons.push((code.to_owned(), 1)),
                }
            }
        }
        reasons.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        Self { registered: count("registered"), ready: count("ready"), asked: count("asked"), refused: count("refused"), reasons }
    }

    /// In a few lines.
    pub(super) fn told(&self, check_only: bool) -> String {
        let Self { registered, ready, asked, refused, reasons } = self;
        let first = match check_only {
            true => format!("Nobody was registered. {ready} rows can be, {asked} wait for an answer, {refused} are refused.\n"),
            false => format!("{registered} rows are registered, {asked} wait for an answer, {refused} are refused.\n"),
        };
        let lines = reasons.iter().take(MOST_REASONS).map(|(code, rows)| format!("  {code}: {rows}\n"));
        std::iter::once(first).chain(lines).collect()
    }
}

//! What became of each row: as a table for whoever keeps the list, and in a few words on the terminal.

use std::collections::HashMap;

use crate::api::cases::import_report::{self, ReportedRow};
use crate::command::failure::Failure;
use crate::domain::imports::report::{Note, Weight};

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Became {
    /// The person has a case: made now, or when the same row was brought in before.
    Registered,
    /// The person can be registered.
    Ready,
    /// Something must be answered first.
    Asked,
    /// Something is wrong.
    Refused,
    /// Somebody with the same document, or of the same name and date of birth, is on a case.
    AlreadyRegistered,
    /// The work ended before it came to the row.
    NotReached,
}

impl Became {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Ready => "ready",
            Self::Asked => "asked",
            Self::Refused => "refused",
            Self::AlreadyRegistered => "already_registered",
            Self::NotReached => "not_reached",
        }
    }
}

/// What became of a row: its number and its notes, and nothing of what it says.
pub(super) struct Reported {
    number: u32,
    key: Option<String>,
    notes: Vec<Note>,
    became: Became,
    /// The code of the case, where the user sees it.
    code: Option<String>,
}

impl Reported {
    /// A row that was read.
    pub(super) fn new(number: u32, key: Option<String>, notes: Vec<Note>) -> Self {
        let mut read = Self { number, key, notes: Vec::new(), became: Became::Ready, code: None };
        read.note(notes);
        read
    }

    /// A row to which nobody came.
    pub(super) fn not_reached(number: u32) -> Self {
        Self { number, key: None, notes: Vec::new(), became: Became::NotReached, code: None }
    }

    /// Whether the person of the row can be registered.
    pub(super) fn is_ready(&self) -> bool {
        self.became == Became::Ready
    }

    /// Takes note of what is wrong with the row.
    pub(super) fn note(&mut self, notes: Vec<Note>) {
        let weighs = |weight: Weight| notes.iter().any(|note| note.weight == weight);
        self.became = match self.became {
            _ if weighs(Weight::Refused) => Became::Refused,
            Became::Ready if weighs(Weight::Asked) => Became::Asked,
            became => became,
        };
        self.notes.extend(notes);
    }

    /// Takes note of the case that the person has now.
    pub(super) fn registered(&mut self, code: Option<String>) {
        (self.became, self.code) = (Became::Registered, code);
    }

    /// Takes note of the case on which somebody is who may be the person.
    pub(super) fn already_on(&mut self, code: String, alike: &str) {
        let message = format!("has {alike} as case {code}: work on that case, or register the person anew with --take-repeated");
        self.notes.push(Note::on_row(Weight::Asked, "already_registered", &message));
        (self.became, self.code) = (Became::AlreadyRegistered, Some(code));
    }

    /// Takes note that the work ended before the row.
    pub(super) fn leave(&mut self) {
        if self.is_ready() {
            self.became = Became::NotReached;
        }
    }
}

/// The report as CSV.
pub(super) fn table(reported: &[Reported]) -> Result<Vec<u8>, Failure> {
    Ok(import_report::file(reported.iter().map(|one| ReportedRow {
        number: one.number,
        key: one.key.clone(),
        result: one.became.as_str(),
        case_code: one.code.clone(),
        notes: one.notes.clone(),
    }))?)
}

/// How many rows became what.
pub(super) struct Counted {
    rows: HashMap<Became, usize>,
    /// The codes of the notes that keep rows out, with how many rows each keeps out: the commonest first.
    reasons: Vec<(String, usize)>,
}

/// Reasons that are told on the terminal. The report has them all.
const MOST_REASONS: usize = 10;

impl Counted {
    pub(super) fn of(reported: &[Reported]) -> Self {
        let mut rows: HashMap<Became, usize> = HashMap::new();
        let mut reasons: HashMap<&str, usize> = HashMap::new();
        for one in reported {
            *rows.entry(one.became).or_default() += 1;
            if one.became == Became::Registered {
                continue;
            }
            let mut codes: Vec<&str> = one.notes.iter().filter(|note| note.weight != Weight::Told).map(|note| note.code.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            for code in codes {
                *reasons.entry(code).or_default() += 1;
            }
        }
        let mut reasons: Vec<(String, usize)> = reasons.into_iter().map(|(code, rows)| (code.to_owned(), rows)).collect();
        reasons.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        Self { rows, reasons }
    }

    /// In a few lines.
    pub(super) fn told(&self, check_only: bool) -> String {
        let count = |became: Became| self.rows.get(&became).copied().unwrap_or_default();
        let begin = match check_only {
            true => format!("Nobody was registered. {} rows can be", count(Became::Ready)),
            false => format!("{} rows are registered", count(Became::Registered)),
        };
        let (asked, refused, already) = (count(Became::Asked), count(Became::Refused), count(Became::AlreadyRegistered));
        let first = format!("{begin}, {asked} wait for an answer, {refused} are refused, {already} are on a case already.\n");
        let left = Some(count(Became::NotReached)).filter(|left| *left > 0).map(|left| format!("{left} rows were not reached.\n"));
        let reasons = self.reasons.iter().take(MOST_REASONS).map(|(code, rows)| format!("  {code}: {rows}\n"));
        std::iter::once(first).chain(left).chain(reasons).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_accounted_for_whatever_became_of_it() {
        let note = |weight| vec![Note::on_row(weight, "a_code", "…")];
        let ready = || Reported::new(2, Some("17".to_owned()), note(Weight::Told));
        let (mut registered, mut already, mut left, mut refused_late) = (ready(), ready(), ready(), ready());
        registered.registered(Some("KHM-2026-AAAA".to_owned()));
        already.already_on("KHM-2026-BBBB".to_owned(), "the same document");
        left.leave();
        refused_late.note(note(Weight::Refused));
        let asked = Reported::new(3, None, note(Weight::Asked));
        let refused = Reported::new(4, None, [note(Weight::Asked), note(Weight::Refused)].concat());
        let all = [registered, already, left, refused_late, asked, refused, Reported::not_reached(9)];
        let became: Vec<&str> = all.iter().map(|one| one.became.as_str()).collect();
        assert_eq!(became, ["registered", "already_registered", "not_reached", "refused", "asked", "refused", "not_reached"]);
        let told = Counted::of(&all).told(false);
        let first = "1 rows are registered, 1 wait for an answer, 2 are refused, 1 are on a case already.\n2 rows were not reached.\n";
        assert!(told.starts_with(first), "{told}");
        let table = String::from_utf8(table(&all).unwrap()).unwrap();
        for line in
            [["2", "17", "registered", "KHM-2026-AAAA"], ["2", "17", "already_registered", "KHM-2026-BBBB"], ["9", "", "not_reached", ""]]
        {
            let line = format!("\"{}\",", line.join("\",\""));
            assert!(table.contains(&line), "{line}: {table}");
        }
    }
}

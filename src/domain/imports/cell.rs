//! One cell of a table, and its name as a spreadsheet shows it.

use chrono::{Days, NaiveDate};

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text, as it was written.
    Text(String),
    /// A number of a spreadsheet, written out: nobody knows whether it is a year, a day or a telephone.
    Number(String),
    /// A day that the spreadsheet itself shows as one.
    Day(NaiveDate),
    /// No value: an error of the spreadsheet, such as `#REF!`.
    Broken,
}

impl Cell {
    /// A text, or nothing where it shows nothing.
    pub fn of_text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// Whether nothing stands here.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// What stands here, as a text.
    pub fn written(&self) -> Option<String> {
        match self {
            Self::Empty | Self::Broken => None,
            Self::Text(text) | Self::Number(text) => Some(text.clone()),
            Self::Day(day) => Some(day.to_string()),
        }
    }
}

/// The name of a column, counted from 0: `A`, `Z`, `AA`.
pub fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        let letter = u8::try_from(rest % 26).map_or('?', |at| char::from(b'A' + at));
        letters.push(letter);
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

/// The name of a cell, with its column counted from 0 and its row as the file counts: `C17`.
pub fn cell_name(column: usize, row: u32) -> String {
    format!("{}{row}", column_name(column))
}

/// From which day a spreadsheet counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epoch {
    /// Excel for Windows, and almost everything since. It believes in 29 February 1900.
    Of1900,
    /// Excel for the Macintosh, before 2011.
    Of1904,
}

/// The last day of a leap year that never was: whatever comes after it is counted one too high.
const NEVER_WAS: u64 = 60;

impl Epoch {
    /// The day with this number.
    pub fn day(self, serial: u64) -> Option<NaiveDate> {
        let (first, days) = match self {
            Self::Of1904 => (NaiveDate::from_ymd_opt(1904, 1, 1)?, serial),
            Self::Of1900 if serial == 0 || serial == NEVER_WAS => return None,
            Self::Of1900 if serial < NEVER_WAS => (NaiveDate::from_ymd_opt(1899, 12, 31)?, serial),
            Self::Of1900 => (NaiveDate::from_ymd_opt(1899, 12, 30)?, serial),
        };
        first.checked_add_days(Days::new(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_do() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (38, "AM"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column_name(column), name);
        }
        assert_eq!(cell_name(2, 17), "C17");
    }

    #[test]
    fn days_are_counted_as_excel_counts_them() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        for (epoch, serial, expected) in [
            (Epoch::Of1900, 1, day("1900-01-01")),
            (Epoch::Of1900, 59, day("1900-02-28")),
            (Epoch::Of1900, 60, None),
            (Epoch::Of1900, 61, day("1900-03-01")),
            (Epoch::Of1900, 36_236, day("1999-03-17")),
            (Epoch::Of1904, 0, day("1904-01-01")),
            (Epoch::Of1904, 34_774, day("1999-03-17")),
            (Epoch::Of1900, u64::MAX, None),
        ] {
            assert_eq!(epoch.day(serial), expected, "{epoch:?} {serial}");
        }
    }
}

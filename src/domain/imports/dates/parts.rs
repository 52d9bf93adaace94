//! A date in pieces: its numbers, the name of its month, its era.

use crate::domain::imports::dates::form::Unread;
use crate::domain::imports::dates::months::month_named;

/// The digit that a character of any script means.
pub(super) fn decimal(letter: char) -> Option<char> {
    const ZEROS: [char; 8] = ['๐', '០', '၀', '႐', '໐', '०', '٠', '۰'];
    let value = ZEROS.iter().find_map(|zero| u32::from(letter).checked_sub(u32::from(*zero)).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// An era that was written beside the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Common,
    Buddhist,
    Republic,
}

/// The eras, as they are written.
const ERAS: &[(&str, Era)] = &[
    ("พ.ศ.", Era::Buddhist),
    ("พ.ศ", Era::Buddhist),
    ("พศ", Era::Buddhist),
    ("ព.ស.", Era::Buddhist),
    ("ព.ស", Era::Buddhist),
    ("b.e.", Era::Buddhist),
    ("be", Era::Buddhist),
    ("ค.ศ.", Era::Common),
    ("ค.ศ", Era::Common),
    ("คศ", Era::Common),
    ("គ.ស.", Era::Common),
    ("គ.ស", Era::Common),
    ("a.d.", Era::Common),
    ("ad", Era::Common),
    ("ce", Era::Common),
    ("公元", Era::Common),
    ("西元", Era::Common),
    ("民國", Era::Republic),
    ("民国", Era::Republic),
];

/// A piece of a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Number(String),
    Month(u32),
    Era(Era),
    /// The sign behind a number that says what it is: 年, 月, 日.
    Unit(Unit),
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
}

/// Words for year, month and day that stand before or behind their number.
const UNITS: &[(&str, Unit)] = &[("年", Unit::Year), ("月", Unit::Month), ("日", Unit::Day), ("号", Unit::Day), ("號", Unit::Day)];

/// Words that say nothing by themselves.
const FILLERS: &[&str] = &["ngày", "năm", "tanggal", "tgl", "วันที่", "เดือน", "ปี", "ថ្ងៃទី", "ខែ", "ឆ្នាំ", "of", "the", "st", "nd", "rd", "th"];

/// The pieces of a date, in the order in which they were written.
pub(super) fn parts(text: &str) -> Result<Vec<Part>, Unread> {
    let mut found = Vec::new();
    let mut rest = text;
    'text: while !rest.is_empty() {
        if let Some(next) = rest.strip_prefix(|letter: char| letter.is_whitespace() || "/-.,–\u{200b}".contains(letter)) {
            rest = next;
            continue;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let Some((number, next)) = rest.split_at_checked(digits).filter(|(number, _)| !number.is_empty()) {
            found.push(Part::Number(number.to_owned()));
            rest = next;
            continue;
        }
        for (written, era) in ERAS {
            if let Some(next) = word(rest, written) {
                found.push(Part::Era(*era));
                rest = next;
                continue 'text;
            }
        }
        for (written, unit) in UNITS {
            if let Some(next) = rest.strip_prefix(written) {
                found.push(Part::Unit(*unit));
                rest = next;
                continue 'text;
            }
        }
        if let Some((month, next)) = month_named(rest) {
            found.push(Part::Month(month));
            rest = next;
            continue;
        }
        rest = FILLERS.iter().find_map(|filler| word(rest, filler)).ok_or(Unread::NotADate)?;
    }
    Ok(found)
}

/// What follows a word, where the word is not only the beginning of a longer one.
fn word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    let goes_on = word.is_ascii() && rest.starts_with(|letter: char| letter.is_ascii_alphabetic());
    (!goes_on).then_some(rest)
}

//! Dates in the forms in which people write them. What can be read in two ways is a question, and never an answer.

use unicode_normalization::UnicodeNormalization;

use crate::domain::imports::cell::Cell;
use crate::domain::imports::dates::arranged::{dated, of_parts, order_shown};
use crate::domain::imports::dates::parts::{decimal, parts};
use crate::domain::imports::dates::years::full_year;

pub use crate::domain::imports::dates::form::{DateForm, DateOrder, ReadDate, Serials, ShortYears, Unread};

mod arranged;
mod form;
mod months;
mod parts;
mod years;

#[cfg(test)]
mod tests;

/// Days of a spreadsheet that lie in 1927 to 2064: a bare number outside is none.
const SERIALS: std::ops::RangeInclusive<u64> = 10_000..=60_000;

/// Reads the date in a cell.
pub fn read(cell: &Cell, form: DateForm) -> Result<Option<ReadDate>, Unread> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Broken => Err(Unread::NotADate),
        // Spreadsheets of Thailand are sometimes filled with the years of their calendar as if they were those of the common era.
        Cell::Day(day) => year_first(&chrono::Datelike::year(day).to_string(), *day).map(Some),
        Cell::Number(number) => of_number(number, form).map(Some),
        Cell::Text(text) => of_text(text, form),
    }
}

/// A day of a spreadsheet, with its year as the era of the reader has it.
fn year_first(year: &str, day: chrono::NaiveDate) -> Result<ReadDate, Unread> {
    let (month, of_month) = (chrono::Datelike::month(&day), chrono::Datelike::day(&day));
    let (year, is_converted) = full_year(year)?;
    dated(year, Some(month), Some(of_month), is_converted)
}

/// A bare number: a year, where it can only be one, or a day that a spreadsheet counted.
fn of_number(number: &str, form: DateForm) -> Result<ReadDate, Unread> {
    let whole = number.split('.').next().unwrap_or_default();
    if whole.len() == 4 {
        let (year, is_converted) = full_year(whole)?;
        return dated(year, None, None, is_converted);
    }
    if whole.len() == 8 {
        return of_eight_digits(whole);
    }
    let serial: u64 = whole.parse().map_err(|_| Unread::NotADate)?;
    if !SERIALS.contains(&serial) {
        return Err(Unread::NotADate);
    }
    let epoch = form.serials.ok_or(Unread::WhichDay)?.epoch();
    let day = epoch.day(serial).ok_or(Unread::NoSuchDay)?;
    Ok(ReadDate { date: day.into(), is_converted: false })
}

/// `19990317`, as registers write it.
fn of_eight_digits(digits: &str) -> Result<ReadDate, Unread> {
    let (year, rest) = digits.split_at_checked(4).ok_or(Unread::NotADate)?;
    let (month, day) = rest.split_at_checked(2).ok_or(Unread::NotADate)?;
    let (year, is_converted) = full_year(year).map_err(|_| Unread::NotADate)?;
    let (month, day) = (month.parse().map_err(|_| Unread::NotADate)?, day.parse().map_err(|_| Unread::NotADate)?);
    dated(year, Some(month), Some(day), is_converted)
}

/// Words that people write where nothing is known.
const UNKNOWN: &[&str] =
    &["-", "--", "?", "n/a", "na", "unknown", "tidak diketahui", "không rõ", "ไม่ทราบ", "មិនដឹង", "မသိ", "不明", "不详", "不詳"];

/// Whether a text says that nothing is known.
pub fn says_unknown(text: &str) -> bool {
    UNKNOWN.contains(&text.trim().to_lowercase().as_str())
}

fn of_text(text: &str, form: DateForm) -> Result<Option<ReadDate>, Unread> {
    let normal = normal(text);
    if normal.is_empty() || says_unknown(&normal) {
        return Ok(None);
    }
    let is_bare = normal.bytes().all(|byte| byte.is_ascii_digit());
    let read = if is_bare && normal.len() > 2 { of_number(&normal, form) } else { of_parts(&parts(&normal)?, form) };
    read.map(Some)
}

/// The order that the date in a cell shows by itself, if it shows one: what a column is asked about is proposed from that.
pub fn shown_order(cell: &Cell) -> Option<DateOrder> {
    if let Cell::Text(text) = cell { order_shown(&parts(&normal(text)).ok()?) } else { None }
}

/// The text with digits of one kind, without the hour.
fn normal(text: &str) -> String {
    let normal: String = text.nfkc().map(|letter| decimal(letter).unwrap_or(letter)).collect();
    without_time(normal.trim()).to_lowercase()
}

/// `1999-03-17T00:00:00Z` and `17/3/1999 12:00 AM` without the hour.
fn without_time(text: &str) -> &str {
    let text = [" AM", " PM", " am", " pm"].iter().find_map(|half| text.strip_suffix(half)).unwrap_or(text);
    text.rsplit_once(['T', ' ']).filter(|(_, hour)| is_hour(hour)).map_or(text, |(day, _)| day.trim_end())
}

fn is_hour(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit()) && text.contains(':')
}

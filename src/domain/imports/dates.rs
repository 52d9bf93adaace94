//! Dates in the forms in which people write them. What can be read in two ways is a question, and never an answer.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::domain::imports::cell::Cell;
use crate::domain::imports::dates::arranged::{dated, has_an_order, of_parts, order_shown};
use crate::domain::imports::dates::parts::{decimal, parts};
use crate::domain::imports::dates::years::full_year;

pub use crate::domain::imports::dates::form::{DateForm, DateOrder, DayCells, ReadDate, Serials, ShortYears, Unread};

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
        Cell::Day(day) => of_day(*day, form).map(Some),
        Cell::Number(number) => of_number(number, form).map(Some),
        Cell::Text(text) => of_text(text, form),
    }
}

/// Reads the date in a cell of a column of which is known whether it mixes days of the spreadsheet with dates that it left as texts.
pub fn read_in_column(cell: &Cell, form: DateForm, mixes: bool) -> Result<Option<ReadDate>, Unread> {
    match cell {
        Cell::Day(day) if mixes && can_be_swapped(*day) && form.day_cells.is_none() => Err(Unread::WhichWasSwapped),
        _ => read(cell, form),
    }
}

/// Whether a column has days of the spreadsheet whose day can be the month, and beside them dates that the spreadsheet did not take for
/// dates: it read the column in another order than whoever typed it.
pub fn mixes<'a>(mut cells: impl Iterator<Item = &'a Cell> + Clone) -> bool {
    let is_left = |cell: &Cell| matches!(cell, Cell::Text(text) if parts(&normal(text).0).is_ok_and(|parts| has_an_order(&parts)));
    cells.clone().any(|cell| matches!(cell, Cell::Day(day) if can_be_swapped(*day))) && cells.any(is_left)
}

fn can_be_swapped(day: NaiveDate) -> bool {
    day.day() <= 12 && day.day() != day.month()
}

/// The first year from which a day of a spreadsheet is believed: earlier ones are what it makes of small numbers, such as an age.
const FIRST_YEAR: i32 = 1908;

/// A day of a spreadsheet. Those of Thailand are sometimes filled with the years of their calendar as if they were of the common era.
fn of_day(day: NaiveDate, form: DateForm) -> Result<ReadDate, Unread> {
    if day.year() < FIRST_YEAR {
        return Err(Unread::EarlyDay);
    }
    let (year, is_converted) = full_year(&day.year().to_string())?;
    let is_swapped = form.day_cells == Some(DayCells::Swapped) && day.day() <= 12;
    let (month, of_month) = if is_swapped { (day.day(), day.month()) } else { (day.month(), day.day()) };
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

/// Words that people write where nothing is known. `NA` is none of them: it is Namibia, and a name.
const UNKNOWN: &[&str] = &["-", "--", "?", "n/a", "unknown", "tidak diketahui", "không rõ", "ไม่ทราบ", "មិនដឹង", "မသိ", "不明", "不详", "不詳"];

/// Whether a text says that nothing is known.
pub fn says_unknown(text: &str) -> bool {
    UNKNOWN.contains(&text.trim().to_lowercase().as_str())
}

fn of_text(text: &str, form: DateForm) -> Result<Option<ReadDate>, Unread> {
    let (normal, has_hour) = normal(text);
    if normal.is_empty() || says_unknown(&normal) {
        return Ok(None);
    }
    if has_hour {
        return Err(Unread::HasHour);
    }
    let is_bare = normal.bytes().all(|byte| byte.is_ascii_digit());
    let read = if is_bare && normal.len() > 2 { of_number(&normal, form) } else { of_parts(&parts(&normal)?, form) };
    read.map(Some)
}

/// The order that the date in a cell shows by itself, if it shows one: what a column is asked about is proposed from that.
pub fn shown_order(cell: &Cell) -> Option<DateOrder> {
    if let Cell::Text(text) = cell { order_shown(&parts(&normal(text).0).ok()?) } else { None }
}

/// The text with digits of one kind and without the hour, and whether that was another one than midnight.
fn normal(text: &str) -> (String, bool) {
    let normal: String = text.nfkc().map(|letter| decimal(letter).unwrap_or(letter)).collect();
    let (day, has_hour) = without_time(normal.trim());
    (day.to_lowercase(), has_hour)
}

/// `1999-03-17T00:00:00Z` and `17/3/1999 12:00 AM` without the hour, and whether that was another one than midnight.
fn without_time(text: &str) -> (&str, bool) {
    let halves = [(" AM", true), (" am", true), (" PM", false), (" pm", false)];
    let half = halves.iter().find_map(|(half, is_first)| Some((text.strip_suffix(half)?, *is_first)));
    let (rest, is_first) = half.unwrap_or((text, true));
    match rest.rsplit_once(['T', ' ']).filter(|(_, hour)| is_hour(hour)) {
        Some((day, hour)) => (day.trim_end(), !is_first || !is_midnight(hour, half.is_some())),
        None => (rest, false),
    }
}

/// `00:00:00.000+07:00`; of a clock of twelve hours, `12:00`.
fn is_midnight(hour: &str, is_of_twelve: bool) -> bool {
    let clock = hour.split(['+', '-', 'Z', 'z']).next().unwrap_or_default();
    let mut numbers = clock.split([':', '.']).map(|number| number.parse::<u32>().ok());
    let first = numbers.next().flatten();
    (first == Some(0) || (is_of_twelve && first == Some(12))) && numbers.all(|number| number == Some(0))
}

fn is_hour(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit()) && text.contains(':')
}
